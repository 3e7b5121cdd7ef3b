//! Blacks out what must never be seen: `EncryptedBytes` are passwords that any sensor host can decrypt.
//!
//! Pure. Done to a line before anything else keeps it. A value that reaches the end of its line may go on below.
//! Deliberately absent: doing without; there is no switch for it.

use std::sync::LazyLock;

use regex::Regex;

/// What stands for a value that was there.
pub const BLACK: &str = "▇▇▇";

/// The keys whose values are secrets, in .NET's and in JSON's way of writing.
static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:encryptedbytes|(?:account|user|encrypted|service)?password|clientsecret)["']?\s*(?:=|:\s*["'\[]|:=)\s*"#)
        .ok()
});

/// What of a value is still to come on the next line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carry {
    #[default]
    Nothing,
    /// The value reached the end of the line and might go on.
    Value,
    /// A list was opened and not closed.
    List,
}

/// The line with every secret value blacked out, and what goes on below it.
#[must_use]
pub fn black_out(line: &str, carry: Carry) -> (String, Carry) {
    // Most lines are stack frames, and hold no key.
    if carry == Carry::Nothing && memchr::memchr2(b'=', b':', line.as_bytes()).is_none() {
        return (line.to_owned(), carry);
    }
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    let mut carry = carry;
    if carry != Carry::Nothing {
        let (length, next) = going_on(rest, carry);
        rest = take(rest, length, &mut shown);
        carry = next;
    }
    // Without the pattern nothing could be trusted, so nothing would be shown.
    let Some(key) = KEY.as_ref() else { return (BLACK.to_owned(), Carry::Nothing) };
    while let Some(found) = key.find(rest) {
        let (before, after) = rest.split_at(found.end());
        shown.push_str(before);
        let (length, next) = value(before, after);
        rest = take(after, length, &mut shown);
        carry = next;
    }
    shown.push_str(rest);
    (shown, carry)
}

/// Puts a mark for the first `length` bytes of `rest`, and returns what is behind them.
fn take<'a>(rest: &'a str, length: usize, shown: &mut String) -> &'a str {
    if length > 0 {
        shown.push_str(BLACK);
    }
    rest.get(length..).unwrap_or("")
}

fn value(before: &str, after: &str) -> (usize, Carry) {
    let open = before.ends_with('[') || after.starts_with(['[', '{', '(']);
    if open {
        return list(after);
    }
    let quote = before.chars().next_back().filter(|c| *c == '"' || *c == '\'');
    let quoted = quote.or_else(|| after.chars().next().filter(|c| *c == '"' || *c == '\''));
    match quoted {
        Some(quote) => {
            let skip = usize::from(!before.ends_with(quote));
            let end = after.get(skip..).and_then(|inside| inside.find(quote));
            end.map_or((after.len(), Carry::Value), |end| (skip.saturating_add(end), Carry::Nothing))
        }
        None => word(after),
    }
}

/// A list of numbers, to its closing bracket.
fn list(after: &str) -> (usize, Carry) {
    after.find([']', '}', ')']).map_or((after.len(), Carry::List), |end| (end, Carry::Nothing))
}

/// To the end of the word. Groups of hexadecimal digits behind it belong to it.
fn word(after: &str) -> (usize, Carry) {
    const ENDS: [char; 6] = [']', '}', '"', '\'', ';', '<'];
    let (mut at, mut end) = (0_usize, 0_usize);
    for piece in after.split_inclusive(char::is_whitespace) {
        let text = piece.trim_end();
        if end > 0 && !is_hexadecimal(text) {
            return (end, Carry::Nothing);
        }
        if let Some(within) = text.find(ENDS) {
            return (at.saturating_add(within), Carry::Nothing);
        }
        end = at.saturating_add(text.len());
        at = at.saturating_add(piece.len());
    }
    (after.len(), Carry::Value)
}

fn is_hexadecimal(text: &str) -> bool {
    let text = text.trim_end_matches([']', ',', '}']);
    (1..=2).contains(&text.trim_start_matches("0x").len())
        && text.trim_start_matches("0x").chars().all(|c| c.is_ascii_hexdigit())
}

/// The part of a line that goes on with the value above it: nothing, if the line begins with a space or a key.
fn going_on(line: &str, carry: Carry) -> (usize, Carry) {
    if carry == Carry::List {
        return list(line);
    }
    let first = line.split_whitespace().next().unwrap_or("");
    let encoded = first.trim_end_matches([']', '}', '"', ';', ',']);
    let goes_on = !line.starts_with(char::is_whitespace)
        && !encoded.is_empty()
        && encoded.chars().all(|c| c.is_ascii_alphanumeric() || "+/=-_".contains(c))
        && (encoded.len() >= 16 || encoded.ends_with('=') || encoded.len() < first.len());
    if goes_on { word(line) } else { (0, Carry::Nothing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_values_are_blacked_out_however_they_are_written() {
        let check = |line: &str, shown: &str| assert_eq!(black_out(line, Carry::Nothing).0, shown);
        check("x [EncryptedBytes=AQAAANCMnd8BFdERjHoAwE/Cl+s= A=b]", "x [EncryptedBytes=▇▇▇ A=b]");
        check("x [EncryptedBytes=AQAA]", "x [EncryptedBytes=▇▇▇]");
        check("EncryptedBytes=AQAA", "EncryptedBytes=▇▇▇");
        check("encryptedbytes = AQAA end", "encryptedbytes = ▇▇▇ end");
        check(r#"{"EncryptedBytes":"AQAA==","A":1}"#, r#"{"EncryptedBytes":"▇▇▇","A":1}"#);
        check(r#"{"EncryptedBytes": [1, 2, 3], "A": 1}"#, r#"{"EncryptedBytes": [▇▇▇], "A": 1}"#);
        check("EncryptedBytes=[1, 2, 3] x", "EncryptedBytes=▇▇▇] x");
        check("EncryptedBytes=01 02 FF Other=1", "EncryptedBytes=▇▇▇ Other=1");
        check("EncryptedBytes=\"A B C\" x", "EncryptedBytes=▇▇▇\" x");
        check("[AccountPassword=S3cret] [EncryptedBytes=x]", "[AccountPassword=▇▇▇] [EncryptedBytes=▇▇▇]");
        check("GMSA password could not be retrieved", "GMSA password could not be retrieved");
        check("Failed to read the password: access denied", "Failed to read the password: access denied");
    }

    #[test]
    fn a_value_that_goes_on_below_is_blacked_out_there_too() {
        let check = |lines: &[&str], shown: &[&str]| {
            let mut carry = Carry::Nothing;
            let all: Vec<String> = lines
                .iter()
                .map(|line| {
                    let (shown, next) = black_out(line, carry);
                    carry = next;
                    shown
                })
                .collect();
            assert_eq!(all, shown);
        };
        check(
            &["EncryptedBytes=AQAAANCMnd8BFdER", "jHoAwE/Cl+sBAAAAjHoA", "q==] x"],
            &["EncryptedBytes=▇▇▇", "▇▇▇", "▇▇▇] x"],
        );
        check(
            &["EncryptedBytes=AQAA", "   at Some.Method()"],
            &["EncryptedBytes=▇▇▇", "   at Some.Method()"],
        );
        check(&["\"EncryptedBytes\": [", "1, 2", "3], x"], &["\"EncryptedBytes\": [", "▇▇▇", "▇▇▇], x"]);
    }
}
