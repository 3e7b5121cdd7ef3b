//! What the log pane shows: a bounded window on the records of all sources, with a cursor, a filter and a search.
//!
//! Pure. Records stand in the order in which they arrived; only what was there when a source was opened, and what
//! arrived within moments of each other, is put in the order of written times, for hosts' clocks disagree and what is
//! new must be at the end. Refusals are remembered when their records have long gone from memory.
//! Deliberately absent: drawing, and keys.

mod further_up;
mod held;
mod pieces;
mod search;
mod seek;
mod view;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::zone::Zone;
use super::{Level, Mark, Position, Record, Side, SourceId, WrittenTime};
use crate::text::Safe;
pub use further_up::{Counted, Counting, FurtherUp};
pub use held::{Load, Loaded, NotLoaded, Piece, Sought, Way};
pub use pieces::Took;
pub use search::{Search, SearchFault};
pub use seek::{Matches, Stepped};
pub use view::{Cursor, Found, Row, RowLine};

use held::{Goal, Held};
use pieces::End;

/// The most records that are kept, and the most memory they take.
pub const RECORDS: usize = 20_000;
pub const WEIGHT: usize = 16 * 1024 * 1024;
/// The most refusals that are remembered one by one; further ones are only counted.
pub const REFUSALS: usize = 10_000;
/// New records are put in order of their times when these are at most so many seconds apart.
const MOMENTS: i64 = 5;

/// A record's number in the order of arrival; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

#[derive(Debug)]
struct Entry {
    id: RecordId,
    record: Record,
    /// When it was written, by this machine's clock where its source's zone is known; or when the one before it in its
    /// file was.
    time: Option<WrittenTime>,
    unfolded: bool,
    bookmarked: bool,
    /// How many of its lines match the search.
    matches: usize,
}

impl Entry {
    /// As it stands in the log, or nearly so.
    fn written(&self) -> Option<WrittenTime> {
        self.record.time.or(self.time)
    }
}

/// What is remembered of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub id: RecordId,
    pub source: SourceId,
    pub host: Safe,
    pub at: Position,
    pub context: bool,
}

/// How many refusals stand where against the mark; with no mark, all are `before`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    pub before: usize,
    pub after: usize,
    /// Found in files that were opened after the mark and were there before.
    pub not_known: usize,
}

/// Which records are shown. Refusals are shown whatever their level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub at_least: Option<Level>,
    pub source: Option<SourceId>,
}

impl Filter {
    #[must_use]
    pub fn admits(&self, record: &Record) -> bool {
        let loud = match (self.at_least, record.level) {
            (None, _) => true,
            (Some(least), Some(level)) => level >= least || record.is_refusal(),
            // Lines whose beginning was never seen could be anything.
            (Some(_), None) => true,
        };
        loud && self.source.is_none_or(|source| record.source == source)
    }
}

#[derive(Debug, Default)]
pub struct Window {
    entries: VecDeque<Entry>,
    next: u64,
    weight: usize,
    dropped: u64,
    /// Of each file, what of it is here.
    held: BTreeMap<(SourceId, u64), Held>,
    /// Sources of files, which can be read again.
    files: BTreeSet<SourceId>,
    /// The newest were let go of: what comes is only noted, until what lies between has been read.
    detached: bool,
    /// What comes meanwhile and can't be read again.
    aside: VecDeque<Entry>,
    aside_weight: usize,
    loading: Option<Load>,
    goal: Option<Goal>,
    /// Files of which nothing is held and a piece was read for this goal: once is enough, should it not be kept.
    tried: BTreeSet<(SourceId, u64)>,
    bookmarks: BTreeSet<(SourceId, Position)>,
    refusals: VecDeque<Refusal>,
    forgotten: Refusals,
    counted: Vec<Counted>,
    mark: Option<Mark>,
    zones: BTreeMap<SourceId, Zone>,
    filter: Filter,
    search: Option<Search>,
    cursor: Option<Cursor>,
    top: Option<Cursor>,
    free: bool,
    height: usize,
}

impl Window {
    #[must_use]
    pub fn new() -> Self {
        Self { height: 1, ..Self::default() }
    }

    /// Takes one delivery: records of one source's files, in each file's order.
    pub fn push_batch(&mut self, records: Vec<Record>) {
        self.note(&records);
        if self.detached {
            for entry in self.number(records) {
                self.weight = self.weight.saturating_sub(entry.record.weight());
                self.put_aside(entry, End::Back);
            }
            return;
        }
        let mut rest = records.into_iter().peekable();
        while let Some(first) = rest.next() {
            let file = first.at.file;
            let mut run = vec![first];
            while let Some(next) = rest.next_if(|next| next.at.file == file) {
                run.push(next);
            }
            self.push_run(run);
        }
        if self.is_over_full() {
            self.let_go(self.far_end());
        }
        self.keep_in_view();
    }

    fn push_run(&mut self, records: Vec<Record>) {
        let batch = self.number(records);
        let mut later = self.take_later(&batch);
        let mut batch = batch.into_iter().peekable();
        while let (Some(new), Some(old)) = (batch.peek(), later.front()) {
            let next = if new.time < old.time { batch.next() } else { later.pop_front() };
            self.entries.extend(next);
        }
        self.entries.extend(batch);
        self.entries.extend(later);
    }

    fn number(&mut self, records: Vec<Record>) -> Vec<Entry> {
        let mut time = records.first().and_then(|first| {
            self.entries
                .iter()
                .rev()
                .find(|entry| is_same_file(&entry.record, first))
                .and_then(|entry| entry.time)
        });
        let mut batch = Vec::with_capacity(records.len());
        for record in records {
            let entry = self.entry(record, time);
            time = entry.time;
            self.weight = self.weight.saturating_add(entry.record.weight());
            if entry.record.is_refusal() {
                self.remember(&entry.record, entry.id);
            }
            batch.push(entry);
        }
        batch
    }

    /// A record with its number; where it has no time, that of the one before it in its file.
    fn entry(&mut self, record: Record, before: Option<WrittenTime>) -> Entry {
        let id = RecordId(self.next);
        self.next = self.next.saturating_add(1);
        let time = self.moment(&record).or(before);
        let matches = self.search.as_ref().map_or(0, |search| search.lines_of(&record).count());
        let bookmarked = self.bookmarks.contains(&(record.source, record.at));
        Entry { id, record, time, unfolded: false, bookmarked, matches }
    }

    /// Whoever reads further up is not disturbed by what comes: then the newest go, if they can be read again.
    fn far_end(&self) -> End {
        let again = || self.entries.iter().all(|entry| self.files.contains(&entry.record.source));
        if self.free && self.is_in_upper_half() == Some(true) && again() { End::Back } else { End::Front }
    }

    /// Takes off the end what the batch may have to stand before: never a record of its own file.
    fn take_later(&mut self, batch: &[Entry]) -> VecDeque<Entry> {
        let mut later = VecDeque::new();
        let Some(Entry { record, time: Some(first), .. }) = batch.first() else { return later };
        while let Some(last) = self.entries.back() {
            let together = record.context && last.record.context
                || last.time.is_some_and(|last| seconds_between(last, *first) <= MOMENTS);
            if is_same_file(&last.record, record) || !together || last.time <= Some(*first) {
                break;
            }
            later.extend(self.entries.pop_back());
        }
        later.into_iter().rev().collect()
    }

    fn remember(&mut self, record: &Record, id: RecordId) {
        let Record { source, at, context, .. } = *record;
        self.refusals.push_back(Refusal { id, source, host: record.host.clone(), at, context });
        if self.refusals.len() > REFUSALS
            && let Some(oldest) = self.refusals.pop_front()
        {
            let side = self.side(&oldest);
            self.forgotten.add(Some(side), 1);
        }
    }

    /// Everything that arrives is measured against this mark from now on, and what is here as well.
    pub fn set_mark(&mut self, mark: Option<Mark>) {
        self.mark = mark;
    }

    /// Records that come from now on are ordered by this zone. It is inferred, and what is shown stays as it was written.
    pub fn set_zone(&mut self, source: SourceId, zone: Option<Zone>) {
        match zone {
            Some(zone) => self.zones.insert(source, zone),
            None => self.zones.remove(&source),
        };
    }

    /// A record's place among those of other sources.
    fn moment(&self, record: &Record) -> Option<WrittenTime> {
        let zone = self.zones.get(&record.source);
        record.time.map(|written| zone.map_or(written, |zone| zone.utc(written)))
    }

    fn side(&self, refusal: &Refusal) -> Side {
        let Refusal { source, at, context, .. } = *refusal;
        self.mark.as_ref().map_or(Side::Before, |mark| mark.side_of(source, at, context))
    }

    /// The refusals that are remembered, oldest first.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.refusals.iter()
    }

    #[must_use]
    pub fn count_refusals(&self) -> Refusals {
        let mut count = self.forgotten;
        for refusal in &self.refusals {
            count.add(Some(self.side(refusal)), 1);
        }
        self.count_further_up(&mut count);
        count
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many records were let go of because there were too many.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    #[must_use]
    pub fn filter(&self) -> Filter {
        self.filter
    }

    /// Shows only what the filter admits. The cursor goes to the nearest record that is shown.
    pub fn set_filter(&mut self, filter: Filter) {
        self.filter = filter;
        self.want(self.detached.then_some(Goal::Below));
        self.keep_in_view();
    }

    /// The next severity: all, warnings and worse, errors and worse, all.
    pub fn cycle_severity(&mut self) {
        let at_least = match self.filter.at_least {
            None => Some(Level::Warn),
            Some(Level::Warn) => Some(Level::Error),
            Some(_) => None,
        };
        self.set_filter(Filter { at_least, ..self.filter });
    }

    /// The next source: all, then each of those that have records here, then all.
    pub fn cycle_source(&mut self) {
        let mut sources: Vec<SourceId> = self.entries.iter().map(|entry| entry.record.source).collect();
        sources.sort_unstable();
        sources.dedup();
        let source = sources.into_iter().find(|source| self.filter.source.is_none_or(|now| *source > now));
        self.set_filter(Filter { source, ..self.filter });
    }
}

impl Refusals {
    fn add(&mut self, side: Option<Side>, so_many: usize) {
        let counter = match side {
            Some(Side::Before) | None => &mut self.before,
            Some(Side::After) => &mut self.after,
            Some(Side::NotKnown) => &mut self.not_known,
        };
        *counter = counter.saturating_add(so_many);
    }
}

fn is_same_file(one: &Record, other: &Record) -> bool {
    (one.source, one.at.file) == (other.source, other.at.file)
}

fn seconds_between(later: WrittenTime, earlier: WrittenTime) -> i64 {
    later.duration_since(earlier).as_secs()
}

#[cfg(test)]
mod tests;
