//! Where a secret value ends, by the way it is written.
//!
//! Pure. A quote or a bracket closes a value only where something follows that may follow a value, for both stand in
//! passwords too. Deliberately absent: what announces a value (`keys`).

use std::sync::LazyLock;

use regex::Regex;

use super::Carry;
use crate::logs::finders::EVIDENCE;

/// The next key of a group. What ends in `=` alone is the end of something encoded.
static NEXT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\s+(?:[A-Za-z_][A-Za-z0-9_.]*=[^=\s\]}]|--->)").ok());

/// Words after which a colon may begin a reason rather than a value.
const BEFORE_A_REASON: [&str; 20] = [
    "the", "a", "an", "this", "that", "your", "its", "their", "no", "read", "decrypt", "retrieve", "get",
    "set", "load", "find", "obtain", "store", "change", "validate",
];

/// Words that begin a reason: any other two may be a passphrase.
const OF_A_REASON: [&str; 27] = [
    "access",
    "bad",
    "can",
    "cannot",
    "could",
    "denied",
    "does",
    "error",
    "expired",
    "failed",
    "incorrect",
    "invalid",
    "is",
    "it",
    "key",
    "logon",
    "no",
    "not",
    "object",
    "operation",
    "permission",
    "the",
    "timed",
    "unable",
    "unknown",
    "was",
    "wrong",
];

/// `Failed to read the password: access denied` gives none.
pub(super) fn is_prose(before: &str, after: &str) -> bool {
    let word = before.split_whitespace().next_back().unwrap_or("");
    let spaced = before.ends_with(char::is_whitespace);
    let plain = after.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '.' | ',' | '\''));
    let mut words = after.split_whitespace();
    let reason = words.next().is_some_and(|first| OF_A_REASON.contains(&&*first.to_ascii_lowercase()));
    spaced && BEFORE_A_REASON.contains(&word) && plain && reason && words.next().is_some()
}

/// How long the value is behind its key, and what of it is still to come.
pub(super) fn behind_key(closed: &str, spaced: bool, after: &str) -> (usize, Carry) {
    if let Some(quote) = opening(closed, after) {
        return quoted(quote, after);
    }
    if spaced && begins_with_key(after) {
        return (0, Carry::Nothing);
    }
    let listed = after.starts_with('[') && after.chars().all(is_of_list);
    let open = listed || after.trim_end() == "{";
    match unquoted(after) {
        Some(length) => (length, Carry::Nothing),
        None if open => (after.len(), Carry::List),
        None if after.trim().is_empty() => (0, Carry::Below),
        None => (after.len(), Carry::Value),
    }
}

/// Of a header: to its quote, or to the line's end but for a sentence that is looked for.
pub(super) fn header(after: &str) -> (usize, Carry) {
    if let Some(quote) = opening("", after) {
        return quoted(quote, after);
    }
    (sentence(after).unwrap_or(after.len()), Carry::Value)
}

/// To the next tag, or else over all of the line.
pub(super) fn tagged(after: &str) -> (usize, Carry) {
    after.find(['<']).map_or((after.len(), Carry::Element), |end| (end, Carry::Nothing))
}

/// What opens the value, if it stands in quotes: backslashes and a quote, or two where the key had two.
fn opening<'a>(closed: &str, after: &'a str) -> Option<&'a str> {
    if closed == "\"\"" && after.starts_with("\"\"") {
        return after.get(..2);
    }
    let escapes = after.len().saturating_sub(after.trim_start_matches('\\').len());
    let end = escapes.saturating_add(1);
    after.get(..end).filter(|open| open.ends_with(['"', '\'', '`']))
}

/// To the same quote, with as many backslashes, where a value may end.
fn quoted(open: &str, after: &str) -> (usize, Carry) {
    let quote = open.chars().next_back().unwrap_or('"');
    let doubled = open.len() == 2 && !open.starts_with('\\');
    let escapes = if doubled { 0 } else { open.len().saturating_sub(1) };
    let mut at = open.len();
    while let Some(found) = after.get(at..).and_then(|inside| inside.find(quote)) {
        let place = at.saturating_add(found);
        let before = after.get(open.len()..place).unwrap_or("");
        let slashes = before.len().saturating_sub(before.trim_end_matches('\\').len());
        let behind = after.get(place..).unwrap_or("");
        let run = behind.len().saturating_sub(behind.trim_start_matches(quote).len());
        let right_run = if doubled { matches!(run, 2 | 3) } else { run == 1 || place == open.len() };
        let right_escape = if escapes == 0 { slashes.is_multiple_of(2) } else { slashes == escapes };
        let width = if doubled { 2 } else { 1 };
        let follows = behind.get(width..).unwrap_or("");
        if right_run && right_escape && may_follow(follows) {
            let end = place.saturating_sub(escapes);
            // The quotes around nothing stay as they are.
            return (if end <= open.len() { 0 } else { end }, Carry::Nothing);
        }
        at = place.saturating_add(run);
    }
    (after.len(), Carry::Value)
}

fn may_follow(behind: &str) -> bool {
    behind.is_empty() || behind.starts_with(|c: char| c.is_whitespace() || ",;}])>.\\/&\"'".contains(c))
}

fn begins_with_key(after: &str) -> bool {
    let (key, more) = after.split_once('=').unwrap_or_default();
    let word = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
    word && key.starts_with(|c: char| c.is_ascii_alphabetic()) && !more.is_empty() && !more.starts_with('=')
}

/// Up to the next key, a closing bracket or a sentence that is looked for; none of them, and it goes to the line's end.
fn unquoted(after: &str) -> Option<usize> {
    let end = NEXT.as_ref().and_then(|next| next.find(after)).map(|next| next.start());
    let within = after.get(..end.unwrap_or(after.len())).unwrap_or(after);
    let end = within
        .char_indices()
        .filter(|(_, c)| matches!(c, ']' | '}'))
        .map(|(at, _)| at)
        .find(|at| within.get(at.saturating_add(1)..).is_some_and(may_follow))
        .or(end);
    let within = after.get(..end.unwrap_or(after.len())).unwrap_or(after);
    sentence(within).or(end)
}

/// Where a sentence that is looked for begins.
fn sentence(within: &str) -> Option<usize> {
    let sentences = EVIDENCE.iter().filter_map(|sentence| {
        let at = within.find(sentence)?;
        let before = within.get(..at)?;
        (before.is_empty() || before.ends_with(' ')).then(|| before.trim_end().len())
    });
    sentences.min()
}

/// To the element's own end, or else over all of the line.
pub(super) fn element(name: &str, after: &str) -> (usize, Carry) {
    let mut ends = after.char_indices().filter_map(|(at, c)| {
        let behind = after.get(at..)?;
        let tag = matches!(c, '<' | '&' | '\\').then(|| {
            behind
                .strip_prefix("</")
                .or_else(|| behind.strip_prefix("&lt;/"))
                .or_else(|| behind.strip_prefix("\\u003c/"))
        })??;
        let tag = tag.get(..tag.find(['>', '&', '\\']).unwrap_or(tag.len()))?;
        let tag = tag.rsplit(':').next().unwrap_or(tag).trim();
        tag.eq_ignore_ascii_case(name).then_some(at)
    });
    ends.next().map_or((after.len(), Carry::Element), |end| (end, Carry::Nothing))
}

/// What ends a private key, of whatever kind.
const PEM_END: &str = "-----END";

/// To the key's own end, or else over all of the line.
pub(super) fn pem(after: &str) -> (usize, Carry) {
    after.find(PEM_END).map_or((after.len(), Carry::Pem), |end| (end, Carry::Nothing))
}

/// Whether a private key begins in a value, and ends below it.
pub(super) fn opens_pem(value: &str) -> bool {
    let begins = value.rfind("-----BEGIN ").filter(|_| value.contains("PRIVATE KEY"));
    begins.is_some_and(|at| !value.get(at..).unwrap_or_default().contains(PEM_END))
}

/// A token has no blanks in it, nor what closes whatever it stands in.
pub(super) fn word(after: &str) -> usize {
    after.find(|c: char| c.is_whitespace() || "\"'<>,;]})\\".contains(c)).unwrap_or(after.len())
}

/// To the last `@` before the host.
pub(super) fn of_address(after: &str) -> usize {
    let host = after.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(after.len());
    after.get(..host).and_then(|both| both.rfind('@')).unwrap_or(host)
}

/// Bytes in hexadecimal, as `01 15 D1`.
fn is_of_pairs(line: &str) -> bool {
    let is_pair = |word: &str| word.len() == 2 && word.chars().all(|c| c.is_ascii_hexdigit());
    let mut words = line.split([' ', ',', '-']).filter(|word| !word.is_empty());
    words.next().is_some_and(is_pair) && words.all(is_pair)
}

fn is_of_list(c: char) -> bool {
    c.is_ascii_hexdigit() || c.is_whitespace() || "[,x".contains(c)
}

/// The part of a line that goes on with the value above it: nothing, if the line begins with a space or a key.
pub(super) fn going_on(line: &str, carry: Carry) -> (usize, Carry) {
    match carry {
        Carry::Nothing => return (0, carry),
        Carry::List => {
            return line.find([']', '}', ')']).map_or((line.len(), carry), |end| (end, Carry::Nothing));
        }
        Carry::Element => {
            return line.find("</").map_or((line.len(), carry), |end| (end, Carry::Nothing));
        }
        Carry::Pem => {
            // Whoever breaks off a key leaves the frames below it readable.
            return match line.find(PEM_END) {
                Some(end) => (end, Carry::Nothing),
                None if line.trim_start().starts_with("at ") => (0, Carry::Nothing),
                None => (line.len(), carry),
            };
        }
        Carry::Folded => {
            let more = line.strip_prefix(' ').filter(|more| !more.is_empty() && !more.contains(' '));
            return more.map_or((0, Carry::Nothing), |_| (line.len(), carry));
        }
        // Nothing stood behind the key: one word below it is its value, and a sentence is none.
        Carry::Below => {
            let word = line.trim();
            let single = !word.is_empty() && !word.contains(char::is_whitespace);
            return (if single { line.len() } else { 0 }, Carry::Nothing);
        }
        Carry::Value => {}
    }
    if is_of_pairs(line) {
        return (line.len(), Carry::Value);
    }
    let first = line.split_whitespace().next().unwrap_or("");
    let encoded = first.trim_end_matches([']', '}', '"', ';', ',']);
    let alone = line.trim() == first;
    let goes_on = (alone || !line.starts_with(char::is_whitespace))
        && !encoded.is_empty()
        && encoded.chars().all(|c| c.is_ascii_alphanumeric() || "+/=-_".contains(c))
        && (encoded.len() >= 16 || encoded.ends_with('=') || encoded.len() < first.len());
    match unquoted(line) {
        _ if !goes_on => (0, Carry::Nothing),
        Some(length) => (length, Carry::Nothing),
        None => (line.len(), Carry::Value),
    }
}
