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
    RegistryDenied,
    ImpersonatorFinished,
    /// `ErrorCode=` and its number.
    Code(u16),
}

/// The first byte of each stands nowhere else in it, so a search that fails can only begin anew at that byte.
const SENTENCES: [(Sign, &[u8]); 14] = [
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
    (Sign::RegistryDenied, b"Access to the registry key 'Global' is denied"),
    (Sign::ImpersonatorFinished, b"CreateImpersonatorAsync finished"),
];

const CODE: &[u8] = b"ErrorCode=";

/// So many signs of one line are kept; of what comes later only kinds that were not there yet. Nobody writes more.
pub const MOST: usize = 64;

/// With which byte the sentences begin, a bit for each; and the bytes that mean something while nothing else is open.
const STARTS: [u16; 256] = starts();
const WAKING: [bool; 256] = waking();

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

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Named {
    #[default]
    Nothing,
    Code(u16, Range<usize>),
    Several,
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
    /// A bit for each sentence that has begun.
    begun: u16,
    number: Option<Number>,
    previous: u8,
    bracket: Bracket,
    /// Seen in what may turn out to be a group.
    pending: Vec<(Sign, Range<usize>)>,
    /// The code that the group names; two that differ are none.
    named: Named,
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
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.is_idle() {
                rest = self.pass(rest);
            }
            let Some((byte, behind)) = rest.split_first() else { return };
            self.look(*byte);
            rest = behind;
        }
    }

    /// Whether nothing has begun, so that most bytes mean nothing.
    fn is_idle(&self) -> bool {
        self.begun == 0
            && self.code == 0
            && self.number.is_none()
            && !matches!(self.bracket, Bracket::Opening { .. })
    }

    /// Passes over bytes that mean nothing while nothing has begun.
    fn pass<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let wakes = |byte: &u8| WAKING.get(usize::from(*byte)).is_none_or(|wakes| *wakes);
        let length = bytes.iter().position(wakes).unwrap_or(bytes.len());
        let (passed, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
        if let Some(last) = passed.last() {
            self.previous = *last;
            self.at = self.at.saturating_add(length);
        }
        rest
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
                self.named = Named::Nothing;
            }
        }
        std::mem::take(&mut self.seen)
    }

    fn look(&mut self, byte: u8) {
        self.at = self.at.saturating_add(1);
        // What ends a number or completes a sentence before a bracket belongs to the side of the bracket it stands on.
        self.look_for_code(byte);
        self.look_for_brackets(byte);
        let mut open = self.begun | STARTS.get(usize::from(byte)).copied().unwrap_or(u16::MAX);
        while open != 0 {
            self.look_for_sentence(open.trailing_zeros(), byte);
            open &= open.wrapping_sub(1);
        }
        self.previous = byte;
    }

    fn look_for_sentence(&mut self, which: u32, byte: u8) {
        let index = which as usize;
        let (Some((sign, text)), Some(progress)) = (SENTENCES.get(index), self.sentences.get_mut(index))
        else {
            return;
        };
        let complete = advance(progress, text, byte);
        let bit = 1_u16.checked_shl(which).unwrap_or(0);
        self.begun = if *progress == 0 { self.begun & !bit } else { self.begun | bit };
        if complete {
            let found = (*sign, self.at.saturating_sub(text.len())..self.at);
            self.note(found);
        }
    }

    fn look_for_code(&mut self, byte: u8) {
        if let Some(number) = &mut self.number {
            if byte.is_ascii_digit() {
                // No code is written with a leading zero.
                let first = number.start.saturating_add(CODE.len()).saturating_add(1);
                number.key &= number.value != 0 || self.at == first;
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
            Bracket::Group { depth: 1, .. } => self.named.add(value, start..end),
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
        add(to, found);
    }

    fn keep_pending(&mut self) {
        for found in std::mem::take(&mut self.pending) {
            add(&mut self.seen.signs, found);
        }
    }

    fn close_group(&mut self, range: Range<usize>) {
        self.bracket = Bracket::None;
        if self.seen.groups.len() < MOST {
            self.seen.groups.push(range);
        }
        if let Named::Code(code, place) = std::mem::take(&mut self.named) {
            self.note((Sign::Code(code), place));
        }
    }
}

impl Named {
    fn add(&mut self, code: u16, place: Range<usize>) {
        *self = match std::mem::take(self) {
            Self::Nothing => Self::Code(code, place),
            Self::Code(known, place) if known == code => Self::Code(known, place),
            Self::Code(..) | Self::Several => Self::Several,
        };
    }
}

impl Sign {
    /// Whether it is kept however much there is already: each of these can decide, and there are few of them.
    #[must_use]
    pub const fn always_counts(self) -> bool {
        !matches!(self, Self::Code(_)) || matches!(self, Self::Code(49))
    }
}

fn add(to: &mut Vec<(Sign, Range<usize>)>, found: (Sign, Range<usize>)) {
    let is_new = || found.0.always_counts() && to.iter().all(|(sign, _)| *sign != found.0);
    if to.len() < MOST || is_new() {
        to.push(found);
    }
}

#[expect(clippy::indexing_slicing, reason = "worked out by the compiler, which would stop at a wrong index")]
const fn starts() -> [u16; 256] {
    let mut starts = [0; 256];
    let mut which = 0;
    while which < SENTENCES.len() {
        starts[SENTENCES[which].1[0] as usize] |= 1 << which;
        which += 1;
    }
    starts
}

#[expect(clippy::indexing_slicing, reason = "worked out by the compiler, which would stop at a wrong index")]
const fn waking() -> [bool; 256] {
    let mut waking = [false; 256];
    let mut byte = 0;
    while byte < waking.len() {
        waking[byte] = STARTS[byte] != 0;
        byte += 1;
    }
    waking[CODE[0] as usize] = true;
    waking[b'[' as usize] = true;
    waking[b']' as usize] = true;
    waking
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
