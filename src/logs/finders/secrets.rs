//! Blacks out what must never be seen: `EncryptedBytes` are passwords that any sensor host can decrypt.
//!
//! Pure. Done to a line before anything else keeps it. A value that reaches the end of its line may go on below. Errs on
//! the side of blacking out: a value without quotes goes as far as the next ` key=`, closing bracket or end of the line.
//! Deliberately absent: doing without, there is no switch for it; and telling a secret that nothing names.

mod keys;
mod value;

use std::borrow::Cow;

use keys::Named;

use crate::text;

/// What stands for a value that was there.
pub const BLACK: &str = "▇▇▇";

/// What of a value is still to come on the next line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carry {
    #[default]
    Nothing,
    /// The value reached the end of the line and might go on.
    Value,
    /// Nothing stood behind the key on its own line.
    Below,
    /// A list was opened and not closed.
    List,
    /// An element was opened and not closed.
    Element,
    /// A private key was begun and not ended.
    Pem,
    /// A value of LDIF reached the end of the line.
    Folded,
}

/// The line with every secret value blacked out, and what goes on below it.
#[must_use]
pub fn black_out(line: &str, carry: Carry) -> (Cow<'_, str>, Carry) {
    if let Some(seen) = unseen_removed(line) {
        let (shown, next) = of_plain(&seen, carry);
        if shown != seen {
            return (Cow::Owned(shown.into_owned()), next);
        }
    }
    of_plain(line, carry)
}

/// A sentence that gives a password away, as `the new password is Abc-123`. What only speaks of one does not: `the password
/// is wrong`, `is 12 days old`.
#[must_use]
pub fn says_secret(text: &str) -> bool {
    keys::said(text).any(|word| {
        let word = word.trim_matches(['.', ',', ';', ':', '!', '?', '(', ')', '"', '\'', '`']);
        let has = |of: fn(&char) -> bool| word.chars().any(|c| of(&c));
        let marks = has(|c| "!@#$%^&*+=?~_".contains(*c));
        marks || has(char::is_ascii_digit) && has(|c| c.is_alphabetic())
    })
}

/// The line without what is between its letters and not seen: the NULs of UTF-16 in a file that is none, colours, joiners.
/// Nothing, where all of it is seen.
fn unseen_removed(line: &str) -> Option<String> {
    if line.is_ascii() && !line.bytes().any(|byte| byte < b' ' && byte != b'\t') {
        return None;
    }
    let mut seen = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' && rest.as_str().starts_with('[') {
            // To the letter that ends it.
            let _ = rest.by_ref().find(char::is_ascii_alphabetic);
        } else if c == '\t' || text::is_plain(c) {
            seen.push(c);
        }
    }
    (seen != line).then_some(seen)
}

fn of_plain(line: &str, carry: Carry) -> (Cow<'_, str>, Carry) {
    // Most lines are stack frames, and name no secret.
    if carry == Carry::Nothing && !keys::perhaps(line) {
        return (Cow::Borrowed(line), carry);
    }
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    let mut carry = carry;
    if carry != Carry::Nothing {
        let (length, next) = value::going_on(rest, carry);
        rest = take(rest, length, &mut shown);
        carry = next;
    }
    loop {
        let found = match keys::next(rest) {
            Ok(Some(found)) => found,
            Ok(None) => break,
            // Without the pattern nothing could be trusted, so nothing would be shown.
            Err(keys::NoPattern) => return (Cow::Borrowed(BLACK), Carry::Nothing),
        };
        let (before, after) = rest.split_at_checked(found.end).unwrap_or((rest, ""));
        let (length, next) = match found.named {
            Named::Key { closed, colon, spaced } => {
                if colon && value::is_prose(before.get(..found.start).unwrap_or(before), after) {
                    shown.push_str(before);
                    rest = after;
                    continue;
                }
                value::behind_key(closed, spaced, after)
            }
            Named::Element(name) => value::element(name, after),
            Named::Tagged => value::tagged(after),
            Named::Header => value::header(after),
            Named::Pem => value::pem(after),
            Named::Folded => (after.len(), Carry::Folded),
            Named::Word => (value::word(after), Carry::Nothing),
            Named::User => (value::of_address(after), Carry::Nothing),
        };
        shown.push_str(before);
        let opens_pem = value::opens_pem(after.get(..length).unwrap_or(after));
        rest = take(after, length, &mut shown);
        carry = if opens_pem { Carry::Pem } else { next };
    }
    shown.push_str(rest);
    (Cow::Owned(shown), carry)
}

/// Puts a mark for the first `length` bytes of `rest`, and returns what is behind them.
fn take<'a>(rest: &'a str, length: usize, shown: &mut String) -> &'a str {
    if length > 0 {
        shown.push_str(BLACK);
    }
    rest.get(length..).unwrap_or("")
}

#[cfg(test)]
mod tests;
