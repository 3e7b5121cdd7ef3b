//! Bytes, in whatever pieces they were read, to records.
//!
//! UTF-8 or UTF-16LE, with or without a byte order mark; broken bytes are shown as such. A line that begins with a
//! date begins a record, any other goes on with the one above. Memory is bounded however long a line or a record is:
//! what is kept of them is cut, but what matters in them is seen to the end.
//! Pure. Deliberately absent: reading files, and time zones.

mod head;
mod line;

use crate::logs::finders::{self, secrets};
use crate::logs::sight::{MOST, Sign};
use crate::logs::{Position, Record, SourceId, WrittenTime};
use crate::text::Safe;
use head::Head;
pub use line::{Encoding, HELD};
use line::{Line, Lines};

/// The most of a line's text that is kept.
pub const LINE_KEPT: usize = 4 * 1024;
/// The most lines of a record that are kept, and the most text of them all.
pub const LINES_KEPT: usize = 200;
pub const TEXT_KEPT: usize = 64 * 1024;

/// Where the bytes come from.
#[derive(Clone, Debug)]
pub struct Origin {
    pub source: SourceId,
    pub host: Safe,
    /// Where the first byte stands.
    pub at: Position,
}

/// What the first byte is the beginning of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// The file; its first bytes show the encoding.
    File,
    /// Somewhere in it: the rest of the line is passed over.
    Middle(Encoding),
}

/// Takes bytes, gives records.
#[derive(Debug)]
pub struct Parser {
    origin: Origin,
    /// The first bytes, as long as they are too few to show the encoding; afterwards nothing.
    sniffing: Option<Vec<u8>>,
    lines: Lines,
    first_line: Option<u64>,
    open: Option<Open>,
    context: bool,
    /// Whether what is worth a colour is looked for.
    finding: bool,
    /// Whether a record without a time is given in parts, none of which is too long to be kept.
    parts: bool,
}

/// A record that may still go on.
#[derive(Debug, Default)]
struct Open {
    offset: u64,
    bytes: u64,
    context: bool,
    head: Head,
    kept: Vec<Safe>,
    weight: usize,
    cut: u32,
    signs: Vec<Sign>,
    carry: secrets::Carry,
}

impl Parser {
    #[must_use]
    pub fn new(origin: Origin, beginning: Beginning) -> Self {
        let offset = origin.at.offset;
        let (lines, sniffing) = match beginning {
            Beginning::File => (Lines::new(offset, Encoding::Utf8, false), Some(Vec::new())),
            Beginning::Middle(encoding) => (Lines::new(offset, encoding, true), None),
        };
        let first_line = (beginning == Beginning::File).then_some(offset);
        Self { origin, sniffing, lines, first_line, open: None, context: false, finding: true, parts: false }
    }

    /// A parser for the rest of a file whose bytes up to here ended a line.
    #[must_use]
    pub fn resuming(origin: Origin, encoding: Encoding) -> Self {
        let lines = Lines::new(origin.at.offset, encoding, false);
        let first_line = Some(origin.at.offset);
        Self {
            origin,
            sniffing: None,
            lines,
            first_line,
            open: None,
            context: false,
            finding: true,
            parts: false,
        }
    }

    /// Leaves [`Record::finds`] empty, for who shows no colours.
    #[must_use]
    pub fn without_finds(self) -> Self {
        Self { finding: false, ..self }
    }

    /// Lines without a time that are too many for one record begin another, so that the last ones are there as well.
    #[must_use]
    pub fn in_parts(self) -> Self {
        Self { parts: true, ..self }
    }

    /// Whether records that begin from here on were there before the source was opened.
    pub fn context(&mut self, context: bool) {
        self.context = context;
    }

    /// The record that is held back was there too.
    pub fn doubt(&mut self) {
        if let Some(open) = &mut self.open {
            open.context = true;
        }
    }

    /// Whether something is held back that [`Self::flush`] or [`Self::finish`] would give.
    #[must_use]
    pub fn is_holding(&self) -> bool {
        self.open.is_some() || self.lines.is_within_line()
    }

    /// Where the next byte stands that [`Self::push`] is given.
    #[must_use]
    pub fn offset(&self) -> u64 {
        let sniffed = self.sniffing.as_ref().map_or(0, Vec::len);
        self.lines.offset().saturating_add(sniffed as u64)
    }

    /// Where the first line begins that is not passed over; unknown as long as it is.
    #[must_use]
    pub fn first_line(&self) -> Option<u64> {
        self.first_line
    }

    /// Where the record begins that may still go on, or else the line.
    #[must_use]
    pub fn held_from(&self) -> u64 {
        self.open.as_ref().map_or(self.lines.began(), |open| open.offset)
    }

    /// The file is known under another identity from now on.
    pub fn rename(&mut self, file: u64) {
        self.origin.at.file = file;
    }

    /// Takes the next bytes, and adds the records they complete to `records`.
    pub fn push(&mut self, bytes: &[u8], records: &mut Vec<Record>) {
        let mut rest = bytes;
        while let Some(sniffed) = &mut self.sniffing {
            let Some((first, others)) = rest.split_first() else { return };
            sniffed.push(*first);
            rest = others;
            if let Some(encoding) = Encoding::of(sniffed) {
                self.begin(encoding, records);
            }
        }
        self.push_known(rest, records);
    }

    /// The encoding is known: what was held back to find it comes first.
    fn begin(&mut self, encoding: Encoding, records: &mut Vec<Record>) {
        if let Some(sniffed) = self.sniffing.take() {
            self.lines = Lines::new(self.origin.at.offset, encoding, false);
            self.push_known(&sniffed, records);
        }
    }

    fn push_known(&mut self, bytes: &[u8], records: &mut Vec<Record>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = self.lines.push(rest);
            if let Some(line) = self.lines.take_whole() {
                self.take(&line, records);
            }
            if self.first_line.is_none() && !self.lines.is_passing() {
                self.first_line = Some(self.lines.began());
            }
        }
    }

    /// The file has been quiet: the open record is complete, unless a line that may belong to it is half written.
    pub fn flush(&mut self, records: &mut Vec<Record>) {
        if !self.lines.is_within_line() || self.lines.is_dated_so_far() {
            self.lines.forget_value();
            self.close(records);
        }
    }

    /// The file has ended for good: whatever there is, is all there will be.
    /// Bytes that come nevertheless begin a line of their own.
    pub fn finish(&mut self, records: &mut Vec<Record>) {
        self.begin(Encoding::Utf8, records);
        if let Some(line) = self.lines.take_rest() {
            self.take(&line, records);
        }
        self.lines.forget_value();
        self.close(records);
    }

    fn take(&mut self, line: &Line, records: &mut Vec<Record>) {
        let head = head::read(&line.text);
        let full = self.open.as_ref().filter(|open| self.parts && open.head.time.is_none() && open.is_full());
        // A secret goes on across parts.
        let carry = full.map(|open| open.carry);
        if head.is_some() || self.open.is_none() || carry.is_some() {
            self.close(records);
            let carry = carry.filter(|_| head.is_none()).unwrap_or_default();
            self.open = Some(Open { offset: line.offset, context: self.context, carry, ..Open::default() });
        }
        if let Some(open) = &mut self.open {
            open.take(line, head);
        }
    }

    fn close(&mut self, records: &mut Vec<Record>) {
        if let Some(open) = self.open.take() {
            records.push(open.into_record(&self.origin, self.finding));
        }
    }
}

impl Open {
    fn take(&mut self, line: &Line, head: Option<Head>) {
        self.bytes = self.bytes.saturating_add(line.bytes);
        for sign in &line.signs {
            add(&mut self.signs, *sign);
        }
        let (text, carry) = secrets::black_out(&line.text, self.carry);
        self.carry = carry;
        let mut text = text.as_ref();
        if let Some(head) = head {
            // What looked like a component may have been a secret, so what is shown is read again if there was one.
            let head = if text == line.text { head } else { head::read(text).unwrap_or_default() };
            text = text.get(head.length..).unwrap_or("");
            self.head = head;
        }
        if self.is_full() {
            self.cut = self.cut.saturating_add(1);
            return;
        }
        let text = shorten(text);
        self.weight = self.weight.saturating_add(text.len());
        self.kept.push(text);
    }

    fn is_full(&self) -> bool {
        self.kept.len() > LINES_KEPT || self.weight > TEXT_KEPT
    }

    fn into_record(self, origin: &Origin, finding: bool) -> Record {
        let known = finders::judge(&self.signs, self.head.component.as_deref(), &self.kept);
        let refused = matches!(known, Some(crate::logs::Known::Refused { .. }));
        let finds = if finding { finders::find(&self.kept, refused) } else { Vec::new() };
        let mut kept = self.kept.into_iter();
        let message = kept.next().unwrap_or_default();
        Record {
            source: origin.source,
            host: origin.host.clone(),
            at: Position { file: origin.at.file, offset: self.offset },
            length: self.bytes,
            context: self.context,
            time: self.head.time,
            level: self.head.level,
            component: self.head.component,
            method: self.head.method,
            message,
            more: kept.collect(),
            cut: self.cut,
            finds,
            known,
        }
    }
}

fn add(signs: &mut Vec<Sign>, sign: Sign) {
    if !signs.contains(&sign) && (signs.len() < MOST || sign.always_counts()) {
        signs.push(sign);
    }
}

/// Text made safe, and cut to what is kept of a line.
fn shorten(text: &str) -> Safe {
    let safe = Safe::new(text);
    if safe.len() <= LINE_KEPT {
        return safe;
    }
    let end = (0..=LINE_KEPT.saturating_sub('…'.len_utf8())).rev().find(|end| safe.is_char_boundary(*end));
    Safe::from(safe.get(..end.unwrap_or(0)).unwrap_or("").to_owned() + "…")
}

/// Whether one whole record is a refusal: the judgement of [`Parser`], without making the record.
#[must_use]
pub fn is_refusal(encoding: Encoding, record: &[u8]) -> bool {
    let mut lines = Lines::new(0, encoding, false);
    let mut signs = Vec::new();
    let mut rest = record;
    while !rest.is_empty() {
        rest = lines.push(rest);
        let line = lines.take_whole().or_else(|| lines.take_rest());
        line.into_iter().flat_map(|line| line.signs).for_each(|sign| add(&mut signs, sign));
        if finders::refuses(&signs) {
            return true;
        }
    }
    false
}

/// The time that a record's first line begins with, if it does.
#[must_use]
pub fn written_time(encoding: Encoding, line: &[u8]) -> Option<WrittenTime> {
    head::time(&encoding.text(line))
}

/// All records of bytes that are all there is.
#[must_use]
pub fn read_all(source: SourceId, host: &Safe, bytes: &[u8]) -> Vec<Record> {
    let origin = Origin { source, host: host.clone(), at: Position::default() };
    let mut parser = Parser::new(origin, Beginning::File);
    let mut records = Vec::new();
    parser.push(bytes, &mut records);
    parser.finish(&mut records);
    records
}

#[cfg(test)]
mod tests;
