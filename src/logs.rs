//! Sensor logs: a record once read, what was found in it, and where it stands against the mark.
//!
//! Relies on the grammar of `Microsoft.Tri.*.log`: a dated line begins a record, an undated one continues it.
//! Evidence is ordered by position, never by clocks: written times carry no zone and hosts disagree.
//! Deliberately absent: what a refusal means for the walk; that is decided where the kinds of evidence meet.

pub mod explain;
pub mod finders;
pub mod parse;
pub mod scan;
pub mod sight;
pub mod source;
pub mod tail;
pub mod window;
pub mod zone;

use std::fmt;
use std::ops::Range;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::text::Safe;

pub use explain::{Explanation, Known};

/// Names one source, as the site file lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(pub u32);

impl SourceId {
    /// Numbers from here on are a record's own; none of them counts a source of the site file.
    pub const RECORDED: u32 = 1 << 31;
}

/// A place in a file. `file` tells one file from another across renaming, truncation and return.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    pub file: u64,
    pub offset: u64,
}

/// A time as it was written: without a zone, so it can't be compared between hosts.
pub type WrittenTime = DateTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Verbose,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

impl Level {
    pub const ALL: [Self; 6] = [Self::Verbose, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verbose => "Verbose",
            Self::Debug => "Debug",
            Self::Info => "Info",
            Self::Warn => "Warn",
            Self::Error => "Error",
            Self::Fatal => "Fatal",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| word.eq_ignore_ascii_case(level.word()))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One record: a dated line and the undated lines that follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub source: SourceId,
    pub host: Safe,
    pub at: Position,
    /// How many bytes of the file it takes; the next record begins right behind.
    pub length: u64,
    /// It was there before the source was opened, and is shown for context.
    pub context: bool,
    /// Absent for lines whose beginning was never seen.
    pub time: Option<WrittenTime>,
    pub level: Option<Level>,
    pub component: Option<Safe>,
    /// The method that the component's name carries, if it does (`+<Method>d__47`).
    pub method: Option<Safe>,
    /// What stands behind the component on the first line; shortened when very long.
    pub message: Safe,
    /// The lines below it; the first ones when there are very many.
    pub more: Vec<Safe>,
    /// How many further lines were read but not kept.
    pub cut: u32,
    /// What was found, in the order of the text, never overlapping.
    pub finds: Vec<Find>,
    pub known: Option<Known>,
}

impl Record {
    /// The text of a line: 0 is the message, the rest are the lines below it.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<&Safe> {
        match line.checked_sub(1) {
            None => Some(&self.message),
            Some(below) => self.more.get(below),
        }
    }

    pub fn lines(&self) -> impl Iterator<Item = &Safe> {
        std::iter::once(&self.message).chain(&self.more)
    }

    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.known, Some(Known::Refused { .. }))
    }

    /// About how much memory it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let text: usize = self.lines().map(|line| line.len().saturating_add(24)).sum();
        text.saturating_add(self.finds.len().saturating_mul(size_of::<Find>()))
            .saturating_add(size_of::<Self>())
    }
}

/// Something in a record's text that has a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    pub kind: FindKind,
    /// Which line: 0 is the message.
    pub line: usize,
    /// Bytes of that line's [`Safe`] text.
    pub range: Range<usize>,
}

/// What a find means, the weightiest first: where two overlap, the earlier kind stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindKind {
    /// A value that was blacked out.
    Secret,
    CredentialRefused,
    OtherFault,
    Account,
    Host,
    Time,
    Level,
}

/// Where every source stood when the password was saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub sources: Vec<MarkedSource>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedSource {
    pub source: SourceId,
    /// One place for each of its files.
    pub files: Vec<Position>,
}

/// On which side of the mark a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Before,
    After,
    /// The file wasn't open at the mark, and the record was in it when it was opened. Only its written time could tell,
    /// and that has no zone.
    NotKnown,
}

impl Mark {
    /// Gathers the places by their source.
    #[must_use]
    pub fn of(places: &[(SourceId, Position)]) -> Self {
        let mut mark = Self::default();
        for (source, place) in places {
            match mark.sources.iter_mut().find(|marked| marked.source == *source) {
                Some(marked) => marked.files.push(*place),
                None => mark.sources.push(MarkedSource { source: *source, files: vec![*place] }),
            }
        }
        mark
    }

    /// Where a record stands against the mark. A file that the mark doesn't name and that
    /// was there from its first line on came after it.
    #[must_use]
    pub fn side(&self, record: &Record) -> Side {
        self.side_of(record.source, record.at, record.context)
    }

    /// The same for a record of which only this much is kept.
    #[must_use]
    pub fn side_of(&self, source: SourceId, at: Position, context: bool) -> Side {
        let mut files =
            self.sources.iter().filter(|marked| marked.source == source).flat_map(|marked| &marked.files);
        match files.find(|place| place.file == at.file) {
            Some(place) if at.offset < place.offset => Side::Before,
            Some(_) => Side::After,
            // A share that came back late shows files that may be old.
            None if context => Side::NotKnown,
            None => Side::After,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(source: u32, file: u64, offset: u64, context: bool) -> Record {
        let mut records = Vec::new();
        let origin =
            parse::Origin { source: SourceId(source), host: "dc1".into(), at: Position { file, offset } };
        let mut parser = parse::Parser::new(origin, parse::Beginning::File);
        parser.context(context);
        parser.push(b"2024-04-15 21:28:12.4525 Error A b\n", &mut records);
        parser.finish(&mut records);
        records.remove(0)
    }

    #[test]
    fn a_record_stands_before_or_after_the_mark_by_its_position() {
        let files = vec![Position { file: 7, offset: 100 }, Position { file: 8, offset: 0 }];
        let mark = Mark { sources: vec![MarkedSource { source: SourceId(1), files }] };
        let check = |record: Record, side: Side| assert_eq!(mark.side(&record), side, "{record:?}");
        check(record(1, 7, 99, false), Side::Before);
        check(record(1, 7, 99, true), Side::Before);
        check(record(1, 7, 100, false), Side::After);
        check(record(1, 8, 0, false), Side::After);
        // A rotated log's successor, or a new version's folder.
        check(record(1, 9, 0, false), Side::After);
        check(record(1, 9, 0, true), Side::NotKnown);
        check(record(2, 9, 0, false), Side::After);
        check(record(2, 9, 0, true), Side::NotKnown);
    }
}
