//! Where lines and records begin in a stretch of bytes, without reading what is in them.
//!
//! Pure. Relies on the parser's own idea of a date, so that both find the same records. A stretch may end anywhere;
//! what it is too short to tell is not guessed. Deliberately absent: what a record says.

use crate::logs::WrittenTime;
use crate::logs::parse::{self, Encoding, HELD};

/// More characters than a date takes to be one or not.
const ENOUGH: usize = 64;

/// A stretch of a file, and whether the file ends with it.
#[derive(Clone, Copy)]
pub struct Stretch<'a> {
    pub bytes: &'a [u8],
    pub last: bool,
    pub encoding: Encoding,
}

/// Where the next record begins, or up to where it is known that none does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Begins(usize),
    /// None that can be told. What is before this place matters no more; the search goes on from here.
    NotBefore(usize),
}

impl<'a> Stretch<'a> {
    /// The beginning of the first line behind `from`; none if no line ends between there and the end.
    pub fn line_after(self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let end = at.saturating_add(memchr::memchr(b'\n', self.bytes.get(at..)?)?);
            at = end.saturating_add(1);
            if let Some(start) = self.line_end(end) {
                return Some(start);
            }
        }
    }

    /// The beginning of the line in which `at` stands, if it is behind `floor`.
    fn line_of(self, at: usize, floor: usize) -> Option<usize> {
        let mut before = at;
        loop {
            let found = memchr::memrchr(b'\n', self.bytes.get(floor..before)?)?;
            let end = floor.saturating_add(found);
            match self.line_end(end) {
                Some(start) if start <= at => return Some(start),
                _ => before = end,
            }
        }
    }

    /// Where the next line begins if a line feed stands at `at`: in UTF-16 a whole unit, at an even place.
    fn line_end(self, at: usize) -> Option<usize> {
        match self.encoding {
            Encoding::Utf8 => Some(at.saturating_add(1)),
            Encoding::Utf16 => {
                let high = self.bytes.get(at.saturating_add(1))?;
                (at.is_multiple_of(2) && *high == 0).then(|| at.saturating_add(2))
            }
        }
    }

    /// Whether the line that begins at `at` begins a record; none if there is too little of it to tell.
    pub fn begins_record(self, at: usize) -> Option<bool> {
        let rest = self.bytes.get(at..).unwrap_or(&[]);
        let unit = match (self.encoding, rest) {
            (Encoding::Utf8, [first, ..]) => u16::from(*first),
            (Encoding::Utf16, [low, high, ..]) => u16::from_le_bytes([*low, *high]),
            _ => return self.last.then_some(false),
        };
        // Byte order marks and nulls may stand before a date, as many as a line holds.
        let far = match unit {
            0x30..=0x39 => ENOUGH,
            0 | 0xef | 0xfeff => HELD,
            _ => return Some(false),
        };
        let far = far.saturating_mul(self.unit()).min(HELD);
        let seen = Stretch { bytes: rest.get(..far).unwrap_or(rest), ..self };
        if seen.line_after(0).is_none() && seen.bytes.len() < far && !self.last {
            return None;
        }
        Some(seen.first_time().is_some())
    }

    /// The time that the first line begins with.
    pub fn first_time(self) -> Option<WrittenTime> {
        let bytes = self.bytes.get(..HELD).unwrap_or(self.bytes);
        let whole = Stretch { bytes, ..self }.line_after(0);
        // Without its line feed; half a unit at the end of the file is none.
        let length = whole.unwrap_or(bytes.len().saturating_add(self.unit())).saturating_sub(self.unit());
        let line = bytes.get(..length - length % self.unit()).unwrap_or(bytes);
        parse::written_time(self.encoding, line)
    }

    fn unit(self) -> usize {
        match self.encoding {
            Encoding::Utf8 => 1,
            Encoding::Utf16 => 2,
        }
    }

    /// Where the next record begins, of the lines that begin behind `from`.
    pub fn record_after(self, from: usize) -> Next {
        let mut at = from;
        while let Some(line) = self.line_after(at) {
            match self.begins_record(line) {
                Some(true) => return Next::Begins(line),
                Some(false) => at = line,
                None => return Next::NotBefore(self.before(line)),
            }
        }
        Next::NotBefore(self.before(self.bytes.len()))
    }

    /// The place of the line feed before a line, or of what may turn out to be one.
    fn before(self, line: usize) -> usize {
        let before = line.saturating_sub(self.unit());
        before - before % self.unit()
    }

    /// Where the record begins in which `at` stands, if that is behind `floor`.
    pub fn record_of(self, at: usize, floor: usize) -> Option<usize> {
        let mut line = self.line_of(at, floor)?;
        while self.begins_record(line) != Some(true) {
            line = self.line_of(line.checked_sub(1)?, floor)?;
        }
        Some(line)
    }

    pub fn part(self, from: usize, to: usize) -> &'a [u8] {
        self.bytes.get(from..to).unwrap_or(&[])
    }
}
