//! Which part of each file is held in the window, and which is to be read next.
//!
//! Pure. A file is opened at its end and the window is bounded, so there may be more above what is held, and, once the
//! newest was let go of in favour of what is far up, below it as well. Pieces of one file at a time are asked for and put
//! where they belong. What a command printed can't be read again: it is never asked for.
//! Deliberately absent: reading (`tail::piece`), and putting in what was read (`pieces`).

use std::collections::HashMap;

use super::{Entry, Window};
use crate::logs::source::{File, Unreachable};
use crate::logs::{Record, SourceId, WrittenTime};

/// A piece of a file that is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    pub source: SourceId,
    /// As in [`crate::logs::Position::file`].
    pub file: u64,
    pub way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The records that end here.
    Above(u64),
    /// The records from here on, and none that begins at `until` or behind it.
    Below { from: u64, until: u64 },
}

/// What was read: all records that begin in these bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub records: Vec<Record>,
    pub begin: u64,
    pub end: u64,
}

/// What became of a piece that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    pub load: Load,
    pub got: Result<Piece, NotLoaded>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLoaded {
    #[error("What stands there is no longer in any file of {0}. What is shown is all there is of it")]
    Gone(crate::text::Safe),
    #[error("The rest of the log can't be read now: {0}. What is shown stays; move on to try again")]
    Unreachable(#[from] Unreachable),
}

/// What the pieces are read for; each key says it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    Above,
    Below,
    /// The files' first lines; `begun` once something of them is held.
    First {
        begun: bool,
    },
    /// Their ends, after they had been let go of.
    Newest,
    Next {
        what: Sought,
        forward: bool,
    },
}

/// What is looked for in the files where it isn't held yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    Refused,
    /// Of the search.
    Match,
    /// The first record that was written then or later.
    Time(WrittenTime),
}

/// One file's part that is held: every record that begins in it, as far as nothing was left out to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub source: SourceId,
    pub file: u64,
    pub begin: u64,
    pub end: u64,
    /// So far it was delivered; what comes is news.
    pub told: u64,
    /// Records that begin before this place were there when the file was opened.
    pub old: u64,
}

impl Held {
    pub fn is_of(&self, (source, file): (SourceId, u64)) -> bool {
        (self.source, self.file) == (source, file)
    }
}

/// The first and the last entry of each file.
pub(super) type Ends = HashMap<(SourceId, u64), (usize, usize)>;

impl Window {
    /// How a source stands: its files can be read again, also where nothing of them was shown yet.
    pub fn take_files(&mut self, source: SourceId, files: &[File]) {
        for file in files {
            let Some(begin) = file.begins else { continue };
            self.files.insert(source);
            let held = self.held_of((source, file.at.file), begin);
            if held.told == begin {
                held.old = held.old.max(begin);
            }
        }
    }

    /// What is held of a file; of one that was not known yet, nothing, from this place on.
    pub(super) fn held_of(&mut self, name: (SourceId, u64), begin: u64) -> &mut Held {
        let fresh = || Held { source: name.0, file: name.1, begin, end: begin, told: begin, old: 0 };
        self.held.entry(name).or_insert_with(fresh)
    }

    /// Notes what a delivery brought.
    pub(super) fn note(&mut self, records: &[Record]) {
        let attached = !self.detached;
        for record in records {
            let end = record.at.offset.saturating_add(record.length);
            let held = self.held_of((record.source, record.at.file), record.at.offset);
            held.told = held.told.max(end);
            if attached {
                held.end = held.told;
            }
            if record.context {
                held.old = held.old.max(end);
            }
        }
    }

    /// The next piece to be read, if one is wanted and none is under way.
    pub fn next_load(&mut self) -> Option<Load> {
        if self.loading.is_some() {
            return None;
        }
        let goal = self.goal?;
        let ends = self.ends();
        self.loading = match goal {
            Goal::First { begun: false } => self.held.values().find(|held| self.concerns(held)).map(|held| {
                Load { source: held.source, file: held.file, way: Way::Below { from: 0, until: held.told } }
            }),
            Goal::Above | Goal::Newest | Goal::Next { forward: false, .. } => self.gap_above(&ends),
            Goal::Below | Goal::First { begun: true } | Goal::Next { forward: true, .. } => {
                self.gap_below(&ends)
            }
        };
        if self.loading.is_none() {
            self.goal = None;
        }
        self.loading
    }

    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.loading.is_some()
    }

    /// The newest records were let go of; following returns to them.
    #[must_use]
    pub fn is_detached(&self) -> bool {
        self.detached
    }

    /// The cursor stands on the first row, and above it there is nothing in any file that is shown.
    #[must_use]
    pub fn is_at_beginning(&self) -> bool {
        let on_first = || self.place().is_some_and(|place| self.above(place).is_none());
        self.free && !self.files.is_empty() && self.holds_beginnings() && on_first()
    }

    /// What pieces were read for is no longer wanted.
    pub fn want_nothing(&mut self) {
        self.want(None);
    }

    pub(super) fn want(&mut self, goal: Option<Goal>) {
        self.goal = goal;
        self.tried.clear();
    }

    /// Whether there is more of what is shown in the files, further down or up.
    #[must_use]
    pub fn has_more(&self, below: bool) -> bool {
        self.held
            .values()
            .any(|held| self.concerns(held) && if below { held.end < held.told } else { held.begin > 0 })
    }

    /// Whether the first lines of all that is shown are here.
    pub(super) fn holds_beginnings(&self) -> bool {
        let mut shown = self.held.values().filter(|held| self.concerns(held));
        shown.all(|held| held.begin == 0 && (held.end > 0 || held.told == 0))
    }

    /// Whether a record of this time or later may be missing above what is held.
    pub(super) fn lacks_since(&self, time: WrittenTime) -> bool {
        let ends = self.ends();
        let first =
            |held: &Held| ends.get(&(held.source, held.file)).and_then(|(first, _)| self.entries.get(*first));
        let lacks = |held: &Held| match first(held) {
            Some(first) => first.written().is_none_or(|written| written >= time),
            None => !self.tried.contains(&(held.source, held.file)),
        };
        self.held.values().any(|held| self.concerns(held) && held.begin > 0 && lacks(held))
    }

    /// It can be read again, and the filter shows its source.
    fn concerns(&self, held: &Held) -> bool {
        self.files.contains(&held.source) && self.filter.source.is_none_or(|source| source == held.source)
    }

    pub(super) fn ends(&self) -> Ends {
        let mut ends = Ends::new();
        for (at, Entry { record, .. }) in self.entries.iter().enumerate() {
            ends.entry((record.source, record.at.file)).or_insert((at, at)).1 = at;
        }
        ends
    }

    /// The file whose part that is missing above is the nearest.
    fn gap_above(&self, ends: &Ends) -> Option<Load> {
        let missing = self.held.values().filter(|held| self.concerns(held) && held.begin > 0);
        let gaps = missing.map(|held| (ends.get(&(held.source, held.file)).map(|(first, _)| *first), held));
        let wanted = gaps.filter(|(first, held)| match (self.goal, first) {
            (_, None) => !self.tried.contains(&(held.source, held.file)),
            (Some(Goal::Newest), Some(_)) => false,
            (Some(Goal::Next { .. }), _) => true,
            (_, Some(first)) => self.is_near(*first, self.cursor_entry()),
        });
        let (_, held) = wanted.max_by_key(|(first, _)| first.unwrap_or(usize::MAX))?;
        Some(Load { source: held.source, file: held.file, way: Way::Above(self.edge(held, ends)) })
    }

    fn gap_below(&self, ends: &Ends) -> Option<Load> {
        let here = self.cursor_entry();
        let gaps =
            self.held.values().filter(|held| self.files.contains(&held.source) && held.end < held.told);
        let gaps = gaps.map(|held| (ends.get(&(held.source, held.file)).map(|(_, last)| *last), held));
        let wanted = gaps.filter(|(last, held)| match (self.goal, last) {
            (_, None) => self.concerns(held) && !self.tried.contains(&(held.source, held.file)),
            (Some(Goal::Next { .. }), _) => self.concerns(held),
            (Some(Goal::First { .. }), Some(_)) => false,
            (_, Some(last)) => self.concerns(held) && self.is_near(here, *last),
        });
        let nearest = wanted.min_by_key(|(last, _)| *last).map(|(_, held)| held);
        // At the end of all that is shown, what the filter hides is brought to its end too: then the newest come in again.
        let hidden =
            || self.held.values().find(|held| self.files.contains(&held.source) && held.end < held.told);
        let at_end = self.goal == Some(Goal::Below) && self.is_near(here, self.entries.len());
        let held = nearest.or_else(|| hidden().filter(|held| at_end && !self.concerns(held)))?;
        let way = Way::Below { from: held.end, until: held.told };
        Some(Load { source: held.source, file: held.file, way })
    }

    /// Less than a page that is shown lies between the two.
    fn is_near(&self, upper: usize, lower: usize) -> bool {
        let between = self.entries.iter().skip(upper).take(lower.saturating_sub(upper));
        between.filter(|entry| self.filter.admits(&entry.record)).take(self.height).count() < self.height
    }

    /// Where the cursor stands, if it stands anywhere.
    pub(super) fn is_in_upper_half(&self) -> Option<bool> {
        self.place().map(|place| place.entry < self.entries.len().div_euclid(2))
    }

    fn cursor_entry(&self) -> usize {
        self.place().map_or(0, |place| place.entry)
    }

    /// Up to where a piece above is to reach: what was cut off from its beginning is read again with it.
    pub(super) fn edge(&self, held: &Held, ends: &Ends) -> u64 {
        let name = (held.source, held.file);
        let Some((first, _)) = ends.get(&name) else { return held.begin };
        let of_file = self.entries.iter().skip(*first).map(|entry| &entry.record);
        let mut whole = of_file.filter(|record| held.is_of((record.source, record.at.file)));
        match whole.next() {
            Some(record) if record.time.is_some() => record.at.offset,
            _ => whole.next().map_or(held.end, |record| record.at.offset),
        }
    }

    /// The first entry that may be said to come next: what lies beyond it may still be missing in between.
    pub(super) fn frontier(&self, forward: bool) -> Option<usize> {
        let ends = self.ends();
        let of = |held: &Held| ends.get(&(held.source, held.file)).copied();
        let gaps = self.held.values().filter(|held| self.concerns(held));
        if forward {
            gaps.filter(|held| held.end < held.told).map(|held| of(held).map_or(0, |(_, last)| last)).min()
        } else {
            let above = gaps.filter(|held| held.begin > 0);
            above.map(|held| of(held).map_or(usize::MAX, |(first, _)| first)).max()
        }
    }
}
