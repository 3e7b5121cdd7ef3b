//! Sees the sentences and codes that matter in a line of any length, byte by byte, in bounded memory.
//!
//! What stands in a `[key=value …]` group of a message is somebody's value, not the sensor's own words: a sentence in
//! there is not seen. `ErrorCode=49` is the exception, as the sensor writes the code as a key of its own: it is seen in
//! a group, as a key of the outermost group, and only if that group names no second, different code.
//! A group ends at the bracket that balances it; if none on the line does (a value held a lone `[`), at the last `]`
//! of the line; if there is no `]` at all, the value goes on below, until a stack frame or an inner exception.
//! Deliberately absent: what a sight amounts to; one line can't tell, see `finders`.

use std::ops::Range;

/// What can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// .NET's sentence for LDAP result 49.
    CredentialInvalid,
    /// The directory's own diagnostic text of a refused bind.
    BindRefused,
    /// Result 49 in other programs' words.
    Result49,
    LdapException,
    ServerUnavailable,
    LocalError,
    StrongAuthentication,
    NotEstablished,
    TimedOut,
    ControllersUnreachable,
    GroupManagedAccount,
    ImpersonatorFinished,
    /// `ErrorCode=` and its number.
    Code(u16),
}

/// The first byte of each stands nowhere else in it, so a search that fails can only begin anew at that byte.
const SENTENCES: [(Sign, &[u8]); 13] = [
    (Sign::CredentialInvalid, b"The supplied credential is invalid"),
    (Sign::BindRefused, b"AcceptSecurityContext error"),
    (Sign::Result49, b"LDAP result 49"),
    (Sign::LdapException, b"LdapException"),
    (Sign::ServerUnavailable, b"The LDAP server is unavailable"),
    (Sign::LocalError, b"A local error occurred"),
    (Sign::StrongAuthentication, b"Strong authentication is required"),
    (Sign::NotEstablished, b"The connection cannot be established"),
    (Sign::TimedOut, b"The operation was aborted because the client side timeout limit was exceeded"),
    (Sign::ControllersUnreachable, b"Failed to communicate with configured domain controllers"),
    (Sign::GroupManagedAccount, b"GMSA password could not be retrieved"),
    (Sign::GroupManagedAccount, b"GroupManagedServiceAccountAccessTokenAsync failed"),
    (Sign::ImpersonatorFinished, b"CreateImpersonatorAsync finished"),
];

const CODE: &[u8] = b"ErrorCode=";

/// More on one line than this is not looked at; nobody writes it.
const MOST: usize = 64;

/// What one line showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub signs: Vec<(Sign, Range<usize>)>,
    /// The groups that ended on the line, brackets included.
    pub groups: Vec<Range<usize>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Bracket {
    #[default]
    None,
    /// After a `[`, until it is clear whether a key follows.
    Opening { start: usize, named: bool },
    /// In a group; `closed` is where its last `]` stood so far, if one did.
    Group { start: usize, depth: u32, closed: Option<usize> },
}

#[derive(Clone, Copy, Debug)]
struct Number {
    start: usize,
    value: u16,
    key: bool,
}

/// Looks at one line after the other.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    at: usize,
    sentences: [usize; SENTENCES.len()],
    code: usize,
    code_after: u8,
    number: Option<Number>,
    previous: u8,
    bracket: Bracket,
    /// Seen in what may turn out to be a group.
    pending: Vec<(Sign, Range<usize>)>,
    codes: Vec<(u16, Range<usize>)>,
    seen: Seen,
}

impl Sight {
    /// Begins a line. `fresh` forgets a group that the line before left open: it begins a record, or can't be a value.
    pub fn begin(&mut self, fresh: bool) {
        let open = matches!(self.bracket, Bracket::Group { .. }) && !fresh;
        *self = Self::default();
        if open {
            self.bracket = Bracket::Group { start: 0, depth: 1, closed: None };
        }
    }

    /// Whether a value of the line before may go on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.bracket, Bracket::Group { .. })
    }

    pub fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.look(*byte);
        }
    }

    /// Ends the line and tells what was seen on it.
    pub fn end(&mut self) -> Seen {
        self.end_number();
        match self.bracket {
            Bracket::None => {}
            Bracket::Opening { .. } => {
                self.keep_pending();
                self.bracket = Bracket::None;
            }
            Bracket::Group { start, closed: Some(closed), .. } => {
                self.close_group(start..closed);
                self.keep_pending();
            }
            Bracket::Group { .. } => {
                self.pending.clear();
                self.codes.clear();
            }
        }
        std::mem::take(&mut self.seen)
    }

    fn look(&mut self, byte: u8) {
        self.at = self.at.saturating_add(1);
        // What ends a number or completes a sentence before a bracket belongs to the side of the bracket it stands on.
        self.look_for_code(byte);
        self.look_for_brackets(byte);
        for (index, (sign, text)) in SENTENCES.iter().enumerate() {
            let Some(progress) = self.sentences.get_mut(index) else { continue };
            if advance(progress, text, byte) {
                let found = (*sign, self.at.saturating_sub(text.len())..self.at);
                self.note(found);
            }
        }
        self.previous = byte;
    }

    fn look_for_code(&mut self, byte: u8) {
        if let Some(number) = &mut self.number {
            if byte.is_ascii_digit() {
                number.value = number.value.saturating_mul(10).saturating_add(u16::from(byte - b'0'));
                return;
            }
            let end = self.at.saturating_sub(1);
            self.end_number_at(end);
        }
        if advance(&mut self.code, CODE, byte) {
            let start = self.at.saturating_sub(CODE.len());
            let key = matches!(self.code_after, 0 | b' ' | b'\t' | b'[' | b'(' | b',' | b';');
            self.number = Some(Number { start, value: 0, key });
        } else if self.code == 1 {
            self.code_after = self.previous;
        }
    }

    fn end_number(&mut self) {
        self.end_number_at(self.at);
    }

    fn end_number_at(&mut self, end: usize) {
        let Some(Number { start, value, key }) = self.number.take() else { return };
        if !key || end <= start.saturating_add(CODE.len()) {
            return;
        }
        match self.bracket {
            Bracket::None => self.note((Sign::Code(value), start..end)),
            Bracket::Group { depth: 1, .. } if self.codes.len() < MOST => {
                self.codes.push((value, start..end));
            }
            _ => {}
        }
    }

    fn look_for_brackets(&mut self, byte: u8) {
        let at = self.at.saturating_sub(1);
        match (&mut self.bracket, byte) {
            (Bracket::None, b'[') => self.bracket = Bracket::Opening { start: at, named: false },
            (Bracket::None, _) => {}
            (Bracket::Opening { start, named: true }, b'=') => {
                self.bracket = Bracket::Group { start: *start, depth: 1, closed: None };
            }
            (Bracket::Opening { named, .. }, b'_' | b'.' | b'A'..=b'Z' | b'a'..=b'z') => *named = true,
            (Bracket::Opening { named: true, .. }, b'0'..=b'9') => {}
            (Bracket::Opening { named: false, .. }, b' ') => {}
            (Bracket::Opening { .. }, other) => {
                self.bracket = Bracket::None;
                self.keep_pending();
                if other == b'[' {
                    self.bracket = Bracket::Opening { start: at, named: false };
                }
            }
            (Bracket::Group { depth, .. }, b'[') => *depth = depth.saturating_add(1),
            (Bracket::Group { start, depth: 1, .. }, b']') => {
                let range = *start..at.saturating_add(1);
                self.close_group(range);
                self.pending.clear();
            }
            (Bracket::Group { depth, closed, .. }, b']') => {
                *depth = depth.saturating_sub(1);
                *closed = Some(at.saturating_add(1));
                self.pending.clear();
            }
            (Bracket::Group { .. }, _) => {}
        }
    }

    fn note(&mut self, found: (Sign, Range<usize>)) {
        let to = if self.bracket == Bracket::None { &mut self.seen.signs } else { &mut self.pending };
        if to.len() < MOST {
            to.push(found);
        }
    }

    fn keep_pending(&mut self) {
        let room = MOST.saturating_sub(self.seen.signs.len());
        self.seen.signs.extend(self.pending.drain(..).take(room));
    }

    fn close_group(&mut self, range: Range<usize>) {
        self.bracket = Bracket::None;
        if self.seen.groups.len() < MOST {
            self.seen.groups.push(range);
        }
        let codes = std::mem::take(&mut self.codes);
        if let Some((code, place)) = codes.first()
            && codes.iter().all(|(other, _)| other == code)
        {
            self.note((Sign::Code(*code), place.clone()));
        }
    }
}

/// Moves a search on by one byte; true when it is complete.
fn advance(progress: &mut usize, text: &[u8], byte: u8) -> bool {
    if text.get(*progress) == Some(&byte) {
        *progress = progress.saturating_add(1);
    } else {
        *progress = usize::from(text.first() == Some(&byte));
    }
    let complete = *progress == text.len();
    if complete {
        *progress = 0;
    }
    complete
}

/// What one whole line shows, when no other line matters.
#[must_use]
pub fn look_at(line: &str) -> Seen {
    let mut sight = Sight::default();
    sight.begin(true);
    sight.push(line.as_bytes());
    sight.end()
}

#[cfg(test)]
mod tests;
