//! Lets bytes through and keeps the refused credentials: the parser's findings, without parsing what can't be one.
//!
//! What makes a refusal is searched for as it stands; only the record around it is parsed. That is right because a
//! record owes nothing to the one before: its dated line ends every value that was left open.
//! Pure. Memory is bounded: a record too long to be held goes through the parser as it comes.
//! Deliberately absent: reading, and choosing among what was found.

use super::edges::{Next, Stretch};
use super::{Refusal, Wanted, needles};
use crate::logs::parse::{self, Encoding, HELD, Origin, Parser};
use crate::logs::{Position, Record, SourceId};
use crate::text::Safe;

/// What a sieve takes at once, and how long a record may be to be held whole.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub read: usize,
    pub record: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        // What is read at once is searched while it is still in the cache next to the processor.
        Self { read: 256 * 1024, record: 1024 * 1024 }
    }
}

#[derive(Debug)]
pub struct Sieve {
    wanted: Wanted,
    sizes: Sizes,
    /// None until the file's first bytes have shown it.
    encoding: Option<Encoding>,
    /// Records that begin from here on are somebody else's.
    until: u64,
    stage: Stage,
    buffer: Vec<u8>,
    filled: usize,
    /// Where the buffer's first byte stands in the file.
    base: u64,
    /// Up to here nothing has to be searched for again.
    searched: usize,
    /// Up to here no record begins but the one at the buffer's beginning.
    undated: usize,
    finished: bool,
}

/// What the buffer begins with.
#[derive(Debug)]
enum Stage {
    /// A record.
    Record,
    /// Something in a record that is another sieve's.
    Passing,
    /// Something in a record that is too long to be held.
    Parsing(Box<Parser>),
}

impl Sieve {
    /// For a file from its first byte on.
    #[must_use]
    pub fn new(wanted: Wanted, sizes: Sizes) -> Self {
        Self {
            wanted,
            sizes,
            encoding: None,
            until: u64::MAX,
            stage: Stage::Record,
            buffer: Vec::new(),
            filled: 0,
            base: 0,
            searched: 0,
            undated: 0,
            finished: false,
        }
    }

    /// Begins anew, for the records alone that begin in this part of a file. The bytes it takes begin at
    /// [`Self::offset`], and go on until it [is finished](Self::is_finished) or the file is.
    pub fn begin_part(&mut self, from: u64, until: u64, encoding: Encoding) {
        // The line feed before a line shows that one begins there.
        let before = if encoding == Encoding::Utf16 { 2 } else { 1 };
        *self = Self {
            until,
            encoding: Some(encoding),
            base: from.saturating_sub(before),
            stage: if from == 0 { Stage::Record } else { Stage::Passing },
            buffer: std::mem::take(&mut self.buffer),
            ..Self::new(self.wanted, self.sizes)
        };
    }

    /// Where the next byte stands that it takes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.base.saturating_add(self.filled as u64)
    }

    /// Whether nothing that may still come is its own.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// How many bytes it holds room for.
    #[must_use]
    pub fn room_held(&self) -> usize {
        self.buffer.capacity()
    }

    /// Where to put the next bytes; [`Self::take`] says how many they were.
    pub fn room(&mut self) -> &mut [u8] {
        let end = self.filled.saturating_add(self.sizes.read.max(1));
        if self.buffer.len() < end {
            self.buffer.reserve_exact(end.saturating_sub(self.buffer.len()));
            self.buffer.resize(end, 0);
        }
        self.buffer.get_mut(self.filled..end).unwrap_or(&mut [])
    }

    /// Takes so many of the bytes in its room, and adds what they complete to `found`.
    pub fn take(&mut self, length: usize, found: &mut Vec<Refusal>) {
        self.filled = self.filled.saturating_add(length).min(self.buffer.len());
        self.go_on(false, found);
    }

    /// The file has ended.
    pub fn finish(&mut self, found: &mut Vec<Refusal>) {
        self.go_on(true, found);
        self.finished = true;
    }

    fn go_on(&mut self, last: bool, found: &mut Vec<Refusal>) {
        let Some(encoding) = self.known_encoding(last) else { return };
        while !self.finished {
            let begins = match &self.stage {
                Stage::Record => self.search(encoding, last, found),
                Stage::Passing | Stage::Parsing(_) => self.go_through(encoding, last, found),
            };
            if !begins {
                return;
            }
        }
    }

    fn known_encoding(&mut self, last: bool) -> Option<Encoding> {
        if self.encoding.is_none() {
            let first = self.buffer.get(..self.filled).unwrap_or(&[]);
            self.encoding = Encoding::of(first).or(last.then_some(Encoding::Utf8));
        }
        self.encoding
    }

    /// Searches the records in the buffer, and keeps of it only the one that may still go on. True if that one is too
    /// long, so that it has to be gone through.
    fn search(&mut self, encoding: Encoding, last: bool, found: &mut Vec<Refusal>) -> bool {
        let buffer = std::mem::take(&mut self.buffer);
        let bytes = buffer.get(..self.filled).unwrap_or(&buffer);
        let stretch = Stretch { bytes, last, encoding };
        let (mut open, mut waiting) = (0, false);
        while let Some(place) = needles::first(bytes, self.searched, encoding) {
            open = stretch.record_of(place, open.max(self.undated.min(place))).unwrap_or(open);
            let end = match stretch.record_after(place) {
                Next::Begins(end) => end,
                Next::NotBefore(_) if last => bytes.len(),
                Next::NotBefore(_) => {
                    // Once more, when it is known where its record ends.
                    self.searched = place;
                    waiting = true;
                    break;
                }
            };
            if !self.owns(open) {
                break;
            }
            found.extend(self.judge(stretch, open, end));
            (open, self.searched, self.undated) = (end, end, end);
        }
        if !waiting {
            open = stretch.record_of(bytes.len(), open.max(self.undated)).unwrap_or(open);
            self.searched = bytes.len().saturating_sub(needles::LONGEST);
        }
        self.finished = !self.owns(open) || last;
        self.buffer = buffer;
        self.undated = self.filled.saturating_sub(HELD);
        self.drop_before(open);
        let long = self.filled > self.sizes.record && !self.finished;
        if long {
            self.stage = Stage::Parsing(Box::new(self.parser(encoding)));
        }
        long
    }

    /// Goes through a record to its end. True if there is one in the buffer, so that the next can be searched.
    fn go_through(&mut self, encoding: Encoding, last: bool, found: &mut Vec<Refusal>) -> bool {
        let bytes = self.buffer.get(..self.filled).unwrap_or(&self.buffer);
        let next = Stretch { bytes, last, encoding }.record_after(0);
        let (end, begins) = match next {
            Next::Begins(end) => (end, true),
            Next::NotBefore(_) if last => (bytes.len(), false),
            Next::NotBefore(place) => (place, false),
        };
        if let Stage::Parsing(parser) = &mut self.stage {
            let mut records = Vec::new();
            parser.push(bytes.get(..end).unwrap_or(bytes), &mut records);
            if begins || last {
                parser.finish(&mut records);
            }
            let refused = records.into_iter().filter(Record::is_refusal);
            found.extend(refused.map(|record| Refusal::of(record, self.wanted)));
        }
        // A record that is parsed may go on behind what is this sieve's own.
        let foreign = !self.owns(end) && (begins || matches!(self.stage, Stage::Passing));
        self.finished = foreign || (last && !begins);
        self.drop_before(end);
        (self.searched, self.undated) = (0, 0);
        if begins {
            self.stage = Stage::Record;
        }
        begins
    }

    fn owns(&self, place: usize) -> bool {
        self.base.saturating_add(place as u64) < self.until
    }

    fn drop_before(&mut self, place: usize) {
        self.buffer.copy_within(place.min(self.filled)..self.filled, 0);
        self.filled = self.filled.saturating_sub(place);
        self.base = self.base.saturating_add(place as u64);
        self.searched = self.searched.saturating_sub(place);
        self.undated = self.undated.saturating_sub(place);
    }

    fn judge(&self, stretch: Stretch<'_>, from: usize, to: usize) -> Option<Refusal> {
        let bytes = stretch.part(from, to);
        let at = self.base.saturating_add(from as u64);
        if self.wanted == Wanted::Places {
            let found = || Refusal { at, time: Stretch { bytes, ..stretch }.first_time(), record: None };
            return parse::is_refusal(stretch.encoding, bytes).then(found);
        }
        let mut parser = parser(at, stretch.encoding);
        let mut records = Vec::with_capacity(1);
        parser.push(bytes, &mut records);
        parser.finish(&mut records);
        let refused = records.into_iter().find(Record::is_refusal);
        refused.map(|record| Refusal::of(record, self.wanted))
    }

    fn parser(&self, encoding: Encoding) -> Parser {
        parser(self.base, encoding)
    }
}

/// For one record.
fn parser(offset: u64, encoding: Encoding) -> Parser {
    let at = Position { file: 0, offset };
    let origin = Origin { source: SourceId(0), host: Safe::default(), at };
    Parser::resuming(origin, encoding).without_finds()
}
