//! Puts what was read further up or down where it belongs, and keeps the window bounded at whichever end is far away.
//!
//! Pure. What is put in was counted when it was delivered, or by whoever counts what lies above: it is never counted
//! again. Deliberately absent: what to read next (`held`).

use std::collections::VecDeque;

use super::held::{Goal, Loaded, NotLoaded, Piece, Sought, Way};
use super::{Entry, RECORDS, WEIGHT, Window};
use crate::logs::{Record, SourceId};

/// Of what can't be read again so many records are kept while the pane is elsewhere.
const ASIDE: usize = 2_000;

/// What became of what was wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Took {
    /// It was put in, or came too late.
    Quiet,
    Failed(NotLoaded),
    /// It was looked for in all there is, and there is none.
    NotThere {
        what: Sought,
        forward: bool,
    },
}

/// Which end of the window lets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Front,
    Back,
}

impl Window {
    /// Takes a piece that was asked for.
    pub fn take_loaded(&mut self, loaded: Loaded) -> Took {
        if self.loading == Some(loaded.load) {
            self.loading = None;
        }
        let name = (loaded.load.source, loaded.load.file);
        let piece = match loaded.got {
            Ok(piece) => piece,
            Err(NotLoaded::Unreachable(why)) => {
                self.goal = None;
                return Took::Failed(NotLoaded::Unreachable(why));
            }
            Err(gone @ NotLoaded::Gone(_)) => {
                self.close_gap(name, loaded.load.way);
                return Took::Failed(gone);
            }
        };
        self.tried.insert(name);
        match loaded.load.way {
            Way::Above(end) => self.put_above(name, end, piece),
            Way::Below { from, .. } => self.put_below(name, from, piece),
        }
        self.reattach();
        self.keep_in_view();
        self.go_on()
    }

    /// What can't be had is not asked for again.
    fn close_gap(&mut self, name: (SourceId, u64), way: Way) {
        if let Some(held) = self.held.get_mut(&name) {
            match way {
                Way::Above(_) => held.begin = 0,
                Way::Below { .. } => held.end = held.told,
            }
        }
        self.reattach();
    }

    fn put_above(&mut self, name: (SourceId, u64), end: u64, piece: Piece) {
        let ends = self.ends();
        let Some(held) = self.held.get(&name).copied() else { return };
        if self.edge(&held, &ends) != end || held.begin == 0 {
            return;
        }
        let before = ends.get(&name).map_or(self.entries.len(), |(first, _)| *first);
        let batch = self.batch(piece.records, held.old);
        let last = batch.back().map(|entry| entry.id);
        let mut rest = self.entries.split_off(before);
        // What was cut off from its beginning comes with it now.
        if let Some(cut) = rest.front().filter(|entry| {
            held.is_of((entry.record.source, entry.record.at.file)) && entry.record.at.offset < end
        }) {
            let (id, weight) = (cut.id, cut.record.weight());
            self.weight = self.weight.saturating_sub(weight);
            rest.pop_front();
            for cursor in [&mut self.cursor, &mut self.top].into_iter().flatten() {
                if cursor.id == id {
                    cursor.id = last.unwrap_or(id);
                    cursor.line = 0;
                }
            }
        }
        let earlier = std::mem::take(&mut self.entries);
        self.entries = merged(earlier, batch);
        self.entries.append(&mut rest);
        self.held_of(name, 0).begin = piece.begin;
        self.let_go(self.end_to_let_go());
    }

    fn put_below(&mut self, name: (SourceId, u64), from: u64, piece: Piece) {
        if self.goal == Some(Goal::First { begun: false }) && from == 0 {
            self.clear(|_| 0);
            self.detached = true;
            self.goal = Some(Goal::First { begun: true });
        }
        let Some(held) = self.held.get(&name).copied() else { return };
        if held.end != from || !self.detached {
            return;
        }
        let after = self.ends().get(&name).map_or(0, |(_, last)| last.saturating_add(1));
        let batch = self.batch(piece.records, held.old);
        let later = self.entries.split_off(after);
        self.entries.append(&mut merged(later, batch));
        self.held_of(name, 0).end = piece.end.max(from);
        self.let_go(self.end_to_let_go());
        if matches!(self.goal, Some(Goal::First { .. })) {
            self.go_first();
        }
    }

    /// Once everything is read up to what was delivered, what comes belongs to it again.
    fn reattach(&mut self) {
        let ended = |held: &super::Held| held.end >= held.told || !self.files.contains(&held.source);
        if self.detached && self.held.values().all(ended) {
            self.detached = false;
            self.bring_back();
        }
    }

    /// After a piece: is what it was read for there now?
    fn go_on(&mut self) -> Took {
        if let Some(Goal::Next { what, forward }) = self.goal {
            if self.find_sought(what, forward) {
                self.goal = None;
            } else if !self.has_more(forward) {
                self.goal = None;
                return Took::NotThere { what, forward };
            }
        }
        Took::Quiet
    }

    /// Back to what comes in: the ends of all files are read anew, for they were let go of.
    pub(super) fn return_to_newest(&mut self) {
        self.clear(|told| told);
        self.detached = false;
        self.bring_back();
        self.want(Some(Goal::Newest));
    }

    /// Lets go of everything; of each file nothing is held, at the place that `at` makes of its end.
    fn clear(&mut self, at: impl Fn(u64) -> u64) {
        for entry in std::mem::take(&mut self.entries).into_iter().rev() {
            self.put_aside(entry, End::Front);
        }
        self.weight = 0;
        (self.cursor, self.top) = (None, None);
        for held in self.held.values_mut() {
            if self.files.contains(&held.source) {
                held.begin = at(held.told);
                held.end = held.begin;
            }
        }
    }

    /// What can't be read again is kept while the pane is elsewhere: the newest of it.
    pub(super) fn put_aside(&mut self, entry: Entry, end: End) {
        if self.files.contains(&entry.record.source) {
            return;
        }
        self.aside_weight = self.aside_weight.saturating_add(entry.record.weight());
        match end {
            End::Front => self.aside.push_front(entry),
            End::Back => self.aside.push_back(entry),
        }
        while self.aside.len() > ASIDE || self.aside_weight > WEIGHT {
            let Some(oldest) = self.aside.pop_front() else { return };
            self.aside_weight = self.aside_weight.saturating_sub(oldest.record.weight());
        }
    }

    fn bring_back(&mut self) {
        let aside = std::mem::take(&mut self.aside);
        self.weight = self.weight.saturating_add(std::mem::take(&mut self.aside_weight));
        let held = std::mem::take(&mut self.entries);
        self.entries = merged(held, aside);
    }

    /// Never where the pieces come in, nor where the cursor is.
    fn end_to_let_go(&self) -> End {
        let upper = self.is_in_upper_half();
        match self.goal {
            Some(Goal::Newest | Goal::Next { forward: true, .. }) => End::Front,
            Some(Goal::First { .. } | Goal::Next { forward: false, .. }) => End::Back,
            Some(Goal::Above) if upper == Some(false) => End::Front,
            Some(Goal::Above) => End::Back,
            Some(Goal::Below) | None if upper == Some(true) => End::Back,
            Some(Goal::Below) | None => End::Front,
        }
    }

    pub(super) fn is_over_full(&self) -> bool {
        self.entries.len() > RECORDS || self.weight > WEIGHT && self.entries.len() > 1
    }

    /// Keeps to the bounds, at this end.
    pub(super) fn let_go(&mut self, end: End) {
        while self.is_over_full() {
            let gone = match end {
                End::Front => self.entries.pop_front(),
                End::Back => self.entries.pop_back(),
            };
            let Some(gone) = gone else { return };
            let record = &gone.record;
            self.weight = self.weight.saturating_sub(record.weight());
            self.dropped = self.dropped.saturating_add(1);
            let (begins, ends) = (record.at.offset, record.at.offset.saturating_add(record.length));
            let held = self.held_of((record.source, record.at.file), begins);
            match end {
                End::Front => held.begin = held.begin.max(ends).min(held.told.max(held.begin)),
                End::Back => {
                    held.end = held.end.min(begins);
                    held.begin = held.begin.min(held.end);
                }
            }
            if end == End::Back {
                self.detached = true;
                self.put_aside(gone, End::Front);
            }
        }
    }

    /// Records of one file, in its order, ready to be put in.
    fn batch(&mut self, records: Vec<Record>, old: u64) -> VecDeque<Entry> {
        let mut time = None;
        let mut batch = VecDeque::with_capacity(records.len());
        for mut record in records {
            record.context = record.at.offset < old;
            let entry = self.entry(record, time);
            time = entry.time;
            self.weight = self.weight.saturating_add(entry.record.weight());
            batch.push_back(entry);
        }
        batch
    }
}

/// Both in their own order, and among each other in that of their times.
fn merged(mut held: VecDeque<Entry>, mut batch: VecDeque<Entry>) -> VecDeque<Entry> {
    let mut all = VecDeque::with_capacity(held.len().saturating_add(batch.len()));
    while let (Some(new), Some(old)) = (batch.front(), held.front()) {
        let next = if new.time < old.time { batch.pop_front() } else { held.pop_front() };
        all.extend(next);
    }
    all.append(&mut held);
    all.append(&mut batch);
    all
}

#[cfg(test)]
mod tests;
