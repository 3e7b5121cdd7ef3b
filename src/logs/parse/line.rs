//! Bytes to lines, in either encoding, in bounded memory.
//!
//! A line is ended by a line feed alone. Its beginning is kept, all of it is looked at, and all its bytes are counted,
//! so that lines put end to end are the file. Pure.
//! Deliberately absent: telling encodings apart beyond the two that occur.

use super::head;
use crate::logs::sight::{Sight, Sign};

/// The most bytes of a line that are held.
pub const HELD: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    Utf8,
    Utf16,
}

impl Encoding {
    /// The encoding of a file that begins with `bytes`; none yet if they are too few to tell.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xfe, ..] => Some(Self::Utf16),
            [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(Self::Utf16),
            [] | [_] | [_, 0] | [_, 0, _] => None,
            [..] => Some(Self::Utf8),
        }
    }

    /// The text of a line's bytes, without the carriage return or the byte order mark that may stand around it.
    #[must_use]
    pub fn text(self, line: &[u8]) -> String {
        let mut text = match self {
            Self::Utf16 => {
                let units = line.chunks(2).map(|unit| match unit {
                    [low, high] => u16::from_le_bytes([*low, *high]),
                    _ => u16::from(b'?'),
                });
                char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
            Self::Utf8 => String::from_utf8_lossy(line).into_owned(),
        };
        if text.ends_with('\r') {
            text.pop();
        }
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        text
    }
}

/// One line: its text as far as it is kept, without what ended it.
#[derive(Debug, Default)]
pub struct Line {
    pub offset: u64,
    pub bytes: u64,
    pub text: String,
    pub signs: Vec<Sign>,
}

/// The line that is being put together.
#[derive(Default)]
pub struct Lines {
    encoding: Encoding,
    /// Where the line began, and how long it is so far.
    offset: u64,
    bytes: u64,
    held: Vec<u8>,
    /// How much of what is held the sight has had; it waits until it is clear whether the line is dated.
    sight: Sight,
    sighted: bool,
    /// The first half of a UTF-16 unit.
    half: Option<u8>,
    whole: bool,
    /// The rest of this line is passed over: its beginning was never seen.
    passing: bool,
}

/// What is held may hold a secret, so only its length is told.
impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines")
            .field("offset", &self.offset)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Lines {
    /// `passing` is whether the rest of the first line is passed over.
    pub fn new(offset: u64, encoding: Encoding, passing: bool) -> Self {
        Self { encoding, offset, passing, ..Self::default() }
    }

    /// Where the next byte stands.
    pub fn offset(&self) -> u64 {
        self.offset.saturating_add(self.bytes)
    }

    /// Where the line began that is being put together.
    pub fn began(&self) -> u64 {
        self.offset
    }

    pub fn is_passing(&self) -> bool {
        self.passing
    }

    pub fn is_within_line(&self) -> bool {
        self.bytes > 0
    }

    /// Whether what there is of a line begins a record already.
    pub fn is_dated_so_far(&self) -> bool {
        !self.passing && head::is_dated(&self.encoding.text(&self.held))
    }

    /// A value that a record left open doesn't go on in the next one.
    pub fn forget_value(&mut self) {
        if !self.sighted {
            self.sight.begin(true);
        }
    }

    /// Takes bytes to the end of the line at most, and returns the rest.
    pub fn push<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let taken = match self.encoding {
            Encoding::Utf8 => {
                let end = memchr::memchr(b'\n', bytes);
                let taken = end.map_or(bytes.len(), |end| end.saturating_add(1));
                self.whole = end.is_some();
                self.hold(bytes.get(..end.unwrap_or(taken)).unwrap_or(bytes));
                taken
            }
            Encoding::Utf16 => self.take_units(bytes),
        };
        self.bytes = self.bytes.saturating_add(taken as u64);
        bytes.get(taken..).unwrap_or(&[])
    }

    fn take_units(&mut self, bytes: &[u8]) -> usize {
        for (at, byte) in bytes.iter().enumerate() {
            match self.half.take() {
                None => self.half = Some(*byte),
                Some(b'\n') if *byte == 0 => {
                    self.whole = true;
                    return at.saturating_add(1);
                }
                Some(low) => self.hold(&[low, *byte]),
            }
        }
        bytes.len()
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.passing {
            return;
        }
        let room = HELD.saturating_sub(self.held.len());
        let (fits, over) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        self.held.extend_from_slice(fits);
        if !over.is_empty() {
            self.sight_held();
            self.sight_bytes(over);
        }
    }

    /// Lets the sight have what is held, now that there is enough of it to tell whether a record begins.
    fn sight_held(&mut self) {
        if self.sighted {
            return;
        }
        self.sighted = true;
        let text = self.encoding.text(&self.held);
        let leaves_values = ["at ", "---"].iter().any(|start| text.trim_start().starts_with(start));
        self.sight.begin(leaves_values || head::is_dated(&text));
        let held = std::mem::take(&mut self.held);
        self.sight_bytes(&held);
        self.held = held;
    }

    fn sight_bytes(&mut self, bytes: &[u8]) {
        match self.encoding {
            // Only ASCII matters to the sight; any other character is one it has never heard of.
            Encoding::Utf16 => {
                for unit in bytes.chunks(2) {
                    self.sight.push(match unit {
                        [low, 0] => std::slice::from_ref(low),
                        _ => b"\xff",
                    });
                }
            }
            Encoding::Utf8 => self.sight.push(bytes),
        }
    }

    /// The line, if it is whole. One whose beginning was never seen is not given.
    pub fn take_whole(&mut self) -> Option<Line> {
        if !self.whole {
            return None;
        }
        let passed = self.passing;
        self.passing = false;
        let line = self.take();
        (!passed).then_some(line)
    }

    /// What there is of a line that will never be whole.
    pub fn take_rest(&mut self) -> Option<Line> {
        if !self.is_within_line() || self.passing {
            return None;
        }
        self.half = None;
        Some(self.take())
    }

    fn take(&mut self) -> Line {
        self.sight_held();
        let signs = self.sight.end().signs.into_iter().map(|(sign, _)| sign).collect();
        let text = self.encoding.text(&self.held);
        let line = Line { offset: self.offset, bytes: self.bytes, text, signs };
        self.offset = self.offset();
        self.bytes = 0;
        self.held.clear();
        self.whole = false;
        self.sighted = false;
        line
    }
}
