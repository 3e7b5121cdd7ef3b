//! Bytes from the terminal to keys and pastes, incrementally, in buffers that are wiped.
//!
//! Pure: it reads nothing and knows no time; the reader says when the rest of a sequence won't come.
//! The program has its own decoder because the usual one spins when the terminal is gone, stalls in the middle of
//! long pastes, and leaves what was typed in buffers nobody wipes.
//! Deliberately absent: the mouse, which is the terminal's, and protocols that must be asked for first.

use zeroize::{Zeroize as _, Zeroizing};

use crate::key::{Code, Key};

/// More than this is not a paste into a field.
const LONGEST_PASTE: usize = 64 * 1024;
/// No sequence that means a key is longer.
const LONGEST_SEQUENCE: usize = 32;
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// What the bytes meant.
#[derive(PartialEq, Eq)]
pub enum Decoded {
    Key(Key),
    Paste(Zeroizing<String>),
    PasteTooLong,
    FocusGained,
    FocusLost,
}

/// What the bytes may still become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// A lone Esc, or the beginning of a key.
    Sequence,
    Paste,
}

enum Found {
    Event(Decoded),
    PasteBegins,
    Nothing,
}

#[derive(Default)]
pub struct Decoder {
    pending: Zeroizing<Vec<u8>>,
    paste: Option<Paste>,
}

/// A paste under way; grows by hand so that no old place is left unwiped.
#[derive(Default)]
struct Paste {
    bytes: Zeroizing<Vec<u8>>,
    too_long: bool,
}

impl Decoder {
    /// What is complete with these bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Decoded> {
        let mut all = Zeroizing::new(Vec::with_capacity(self.pending.len().saturating_add(bytes.len())));
        all.extend_from_slice(&self.pending);
        all.extend_from_slice(bytes);
        self.pending.zeroize();
        let mut decoded = Vec::new();
        let mut rest = all.as_slice();
        while let Some((found, used)) = self.next(rest) {
            rest = rest.get(used..).unwrap_or_default();
            match found {
                Found::Event(event) => decoded.push(event),
                Found::PasteBegins => self.paste = Some(Paste::default()),
                Found::Nothing => {}
            }
        }
        self.pending = Zeroizing::new(rest.to_vec());
        decoded
    }

    #[must_use]
    pub fn unfinished(&self) -> Option<Unfinished> {
        match self.paste {
            Some(_) => Some(Unfinished::Paste),
            None if self.pending.is_empty() => None,
            None => Some(Unfinished::Sequence),
        }
    }

    /// The rest won't come: what is there stands for itself.
    pub fn give_up(&mut self) -> Option<Decoded> {
        let pending = std::mem::take(&mut self.pending);
        if let Some(mut paste) = self.paste.take() {
            paste.extend(&pending);
            return Some(paste.finish());
        }
        match pending.as_slice() {
            [0x1b] => Some(Decoded::Key(Key::plain(Code::Esc))),
            [0x1b, byte] => Some(Decoded::Key(Key { alt: true, ..Key::char(char::from(*byte)) })),
            _ => None,
        }
    }

    fn next(&mut self, bytes: &[u8]) -> Option<(Found, usize)> {
        let Some(paste) = &mut self.paste else { return first(bytes) };
        if let Some(end) = memchr::memmem::find(bytes, PASTE_ENDS) {
            paste.extend(bytes.get(..end).unwrap_or_default());
            let event = std::mem::take(paste).finish();
            self.paste = None;
            return Some((Found::Event(event), end.saturating_add(PASTE_ENDS.len())));
        }
        // The end may have arrived in part.
        let kept = (1..PASTE_ENDS.len())
            .rev()
            .find(|length| PASTE_ENDS.get(..*length).is_some_and(|part| bytes.ends_with(part)))
            .unwrap_or(0);
        let taken = bytes.len().saturating_sub(kept);
        paste.extend(bytes.get(..taken).unwrap_or_default());
        (taken > 0).then_some((Found::Nothing, taken))
    }
}

impl Paste {
    fn extend(&mut self, bytes: &[u8]) {
        let length = self.bytes.len().saturating_add(bytes.len());
        if self.too_long || length > LONGEST_PASTE {
            self.too_long = true;
            self.bytes.zeroize();
            return;
        }
        if length > self.bytes.capacity() {
            let mut grown = Zeroizing::new(Vec::with_capacity(length.saturating_mul(2)));
            grown.extend_from_slice(&self.bytes);
            self.bytes = grown;
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn finish(self) -> Decoded {
        if self.too_long {
            return Decoded::PasteTooLong;
        }
        // Room for every byte to become the replacement character, so that the text never moves.
        let mut text = Zeroizing::new(String::with_capacity(self.bytes.len().saturating_mul(3)));
        for chunk in self.bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        Decoded::Paste(text)
    }
}

/// The first thing in `bytes` and how many of them it took; `None` while it may still become something.
fn first(bytes: &[u8]) -> Option<(Found, usize)> {
    match bytes {
        [] | [0x1b] => None,
        [0x1b, 0x1b, ..] => Some((key(Key::plain(Code::Esc)), 1)),
        [0x1b, b'[', rest @ ..] => {
            control_sequence(rest).map(|(found, used)| (found, used.saturating_add(2)))
        }
        [0x1b, b'O', rest @ ..] => {
            let letter = rest.first()?;
            let code = if *letter == b'M' { Some(Code::Enter) } else { lettered(*letter) };
            Some((code.map_or(Found::Nothing, |code| key(Key::plain(code))), 3))
        }
        [0x1b, rest @ ..] => {
            let (pressed, used) = plain(rest)?;
            let found = pressed.map_or(Found::Nothing, |pressed| key(Key { alt: true, ..pressed }));
            Some((found, used.saturating_add(1)))
        }
        _ => {
            let (pressed, used) = plain(bytes)?;
            Some((pressed.map_or(Found::Nothing, key), used))
        }
    }
}

fn key(key: Key) -> Found {
    Found::Event(Decoded::Key(key))
}

/// What follows `ESC [`.
fn control_sequence(bytes: &[u8]) -> Option<(Found, usize)> {
    if let [b'[', rest @ ..] = bytes {
        // The Linux console's function keys.
        let letter = *rest.first()?;
        let number = letter.wrapping_sub(b'A').wrapping_add(1);
        let found =
            if (1..=5).contains(&number) { key(Key::plain(Code::Function(number))) } else { Found::Nothing };
        return Some((found, 2));
    }
    let Some(end) = bytes.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return (bytes.len() > LONGEST_SEQUENCE).then_some((Found::Nothing, bytes.len()));
    };
    let (parameters, last) = (bytes.get(..end)?, *bytes.get(end)?);
    if !(0x40..=0x7e).contains(&last) {
        return Some((Found::Nothing, end));
    }
    let numbers: Vec<u32> = std::str::from_utf8(parameters)
        .unwrap_or_default()
        .split(';')
        .map(|number| number.split(':').next().unwrap_or_default().parse().unwrap_or(0))
        .collect();
    Some((meaning(&numbers, last), end.saturating_add(1)))
}

fn meaning(numbers: &[u32], last: u8) -> Found {
    let number = |nth: usize| numbers.get(nth).copied().unwrap_or(0);
    let with = |code: Code, held: u32| {
        let held = held.saturating_sub(1);
        let shift = held & 1 != 0 && !matches!(code, Code::Char(_));
        key(Key { code, shift, alt: held & 2 != 0, ctrl: held & 4 != 0 })
    };
    match last {
        b'I' => Found::Event(Decoded::FocusGained),
        b'O' => Found::Event(Decoded::FocusLost),
        b'Z' => key(Key::plain(Code::BackTab)),
        b'~' if number(0) == 200 => Found::PasteBegins,
        b'~' if number(0) == 27 => typed(number(2)).map_or(Found::Nothing, |code| with(code, number(1))),
        b'~' => numbered(number(0)).map_or(Found::Nothing, |code| with(code, number(1))),
        b'u' => typed(number(0)).map_or(Found::Nothing, |code| with(code, number(1))),
        letter => lettered(letter).map_or(Found::Nothing, |code| with(code, number(1))),
    }
}

fn lettered(letter: u8) -> Option<Code> {
    Some(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'P' => Code::Function(1),
        b'Q' => Code::Function(2),
        b'R' => Code::Function(3),
        b'S' => Code::Function(4),
        _ => return None,
    })
}

fn numbered(number: u32) -> Option<Code> {
    // The gaps are DEC's: 16 and 22 were never given out.
    const FUNCTIONS: [u32; 12] = [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24];
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        _ => {
            let nth = FUNCTIONS.iter().position(|function| *function == number)?;
            Code::Function(u8::try_from(nth.saturating_add(1)).ok()?)
        }
    })
}

/// A key named by its character's number.
fn typed(number: u32) -> Option<Code> {
    Some(match number {
        9 => Code::Tab,
        13 => Code::Enter,
        27 => Code::Esc,
        8 | 127 => Code::Backspace,
        _ => Code::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    })
}

/// A key that is one character; `Some((None, …))` for bytes that are no text.
fn plain(bytes: &[u8]) -> Option<(Option<Key>, usize)> {
    let lead = *bytes.first()?;
    let pressed = match lead {
        b'\r' | b'\n' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x08 | 0x7f => Key::plain(Code::Backspace),
        0x00 => Key::ctrl(' '),
        0x01..=0x1a => Key::ctrl(char::from(lead.wrapping_add(b'a').wrapping_sub(1))),
        0x1b => Key::plain(Code::Esc),
        0x1c..=0x1f => Key::ctrl(char::from(lead.wrapping_add(0x40))),
        0x20..=0x7e => Key::char(char::from(lead)),
        0x80.. => return several(bytes, lead),
    };
    Some((Some(pressed), 1))
}

fn several(bytes: &[u8], lead: u8) -> Option<(Option<Key>, usize)> {
    let length = match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((None, 1)),
    };
    let whole = bytes.get(..length).unwrap_or(bytes);
    match std::str::from_utf8(whole) {
        Ok(text) => Some((text.chars().next().filter(|c| !c.is_control()).map(Key::char), whole.len())),
        Err(error) if error.error_len().is_none() => None,
        Err(_) => Some((None, 1)),
    }
}

#[cfg(test)]
mod tests;
