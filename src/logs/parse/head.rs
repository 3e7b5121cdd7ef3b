//! The beginning of a record: date, time, level, component.
//!
//! The sensor writes `date time LEVEL Component[+<Method>d__N] message`; its ancestor ATA
//! `date time pid tid  LEVEL [Component] message`. Pure.
//! Deliberately absent: zones; none is written.

use jiff::civil::{Date, DateTime, Time};

use crate::logs::Level;
use crate::text::Safe;

/// What a dated line begins with, and how many bytes of it that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub time: Option<DateTime>,
    pub level: Option<Level>,
    pub component: Option<Safe>,
    pub method: Option<Safe>,
    pub length: usize,
}

/// The head of a line that begins with a date.
#[must_use]
pub fn read(line: &str) -> Option<Head> {
    let (time, after_time) = dated(line)?;
    let mut head = Head { time: Some(time), ..Head::default() };
    let mut rest = after_time.trim_start();
    if let Some((level, after)) = level_at(rest).or_else(|| level_at(skip_numbers(rest))) {
        head.level = Some(level);
        rest = after.trim_start();
        if let Some((component, method, after)) = component_at(rest) {
            head.component = Some(Safe::new(component));
            head.method = method.map(Safe::new);
            rest = after.trim_start();
        }
    }
    head.length = line.len().saturating_sub(rest.len());
    Some(head)
}

/// Whether bytes begin with a date, as far as so few can tell; for lines that aren't whole yet.
#[must_use]
pub fn is_dated(line: &str) -> bool {
    dated(line).is_some()
}

/// The time a line begins with.
#[must_use]
pub fn time(line: &str) -> Option<DateTime> {
    dated(line).map(|(time, _)| time)
}

/// A byte order mark, or the nulls that a truncated file is filled up with, may stand before a date.
fn dated(line: &str) -> Option<(DateTime, &str)> {
    let line = line.trim_start_matches(['\u{feff}', '\0']);
    let (date, rest) = line.split_at_checked(10)?;
    let (gap, rest) = rest.split_at_checked(1)?;
    let (clock, rest) = rest.split_at_checked(8)?;
    if gap != " " && gap != "T" {
        return None;
    }
    let (year, month, day) = three(date, '-', [4, 2, 2])?;
    let (hour, minute, second) = three(clock, ':', [2, 2, 2])?;
    let (nanosecond, rest) = fraction(rest)?;
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, nanosecond).ok()?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| (DateTime::from_parts(date, time), rest))
}

/// Three numbers of exactly these lengths.
fn three(text: &str, between: char, lengths: [usize; 3]) -> Option<(i16, i16, i16)> {
    let mut parts = text.split(between).zip(lengths).map(|(part, length)| {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    });
    let numbers = (parts.next()??, parts.next()??, parts.next()??);
    (text.matches(between).count() == 2).then_some(numbers)
}

/// The part of a second, in nanoseconds.
fn fraction(rest: &str) -> Option<(i32, &str)> {
    let Some(digits) = rest.strip_prefix(['.', ',']) else { return Some((0, rest)) };
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = digits.split_at_checked(length)?;
    if !(1..=9).contains(&length) {
        return None;
    }
    let missing = u32::try_from(9_usize.checked_sub(length)?).ok()?;
    let value: i32 = number.parse().ok()?;
    Some((value.checked_mul(10_i32.checked_pow(missing)?)?, rest))
}

fn word(text: &str) -> (&str, &str) {
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn level_at(rest: &str) -> Option<(Level, &str)> {
    let (first, after) = word(rest);
    Level::from_word(first).map(|level| (level, after))
}

/// ATA's process and thread id.
fn skip_numbers(rest: &str) -> &str {
    let mut rest = rest;
    for _ in 0..2 {
        let (number, after) = word(rest);
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

fn component_at(rest: &str) -> Option<(&str, Option<&str>, &str)> {
    let (name, after) = match rest.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?,
        None => word(rest),
    };
    let (component, method) = match name.split_once('+') {
        Some((component, method)) => (component, Some(method_name(method))),
        None => (name, None),
    };
    let legal = component.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && component.chars().all(|c| c.is_alphanumeric() || "_.`<>".contains(c));
    legal.then_some((component, method, after))
}

/// `<Method>d__47` is how a compiler writes `Method`.
fn method_name(written: &str) -> &str {
    written.strip_prefix('<').and_then(|rest| rest.split_once('>')).map_or(written, |(method, _)| method)
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_shapes_of_a_head_are_read() {
        let check = |line: &str, level: Option<Level>, component: Option<&str>, message: &str| {
            let head = read(line).unwrap();
            assert_eq!(head.time, Some(datetime(2024, 4, 15, 21, 28, 12, 452_500_000)), "{line}");
            assert_eq!((head.level, head.component.as_deref()), (level, component), "{line}");
            assert_eq!(&line[head.length..], message, "{line}");
        };
        let (error, warn) = (Some(Level::Error), Some(Level::Warn));
        check(
            "2024-04-15 21:28:12.4525 Error Client+<Create>d__47 It failed",
            error,
            Some("Client"),
            "It failed",
        );
        check("2024-04-15 21:28:12.4525 Warn  Client It failed", warn, Some("Client"), "It failed");
        check(
            "2024-04-15 21:28:12.4525 3084 9     Error [Client+<C>d__16] It failed",
            error,
            Some("Client"),
            "It failed",
        );
        check("2024-04-15 21:28:12.4525 3084 9 Error [k=v] It", error, None, "[k=v] It");
        check("2024-04-15 21:28:12,4525 It failed", None, None, "It failed");
        check("\u{feff}2024-04-15T21:28:12.452500 ERROR Client", error, Some("Client"), "");
        check("\0\0\x002024-04-15 21:28:12.4525", None, None, "");
        check("2024-04-15 21:28:12.4525 12 monkeys", None, None, "12 monkeys");
        let method = read("2024-04-15 21:28:12.4525 Error Client+<Create>d__47 x").unwrap().method;
        assert_eq!(method.as_deref(), Some("Create"));
    }

    #[test]
    fn what_only_looks_like_a_date_begins_nothing() {
        for line in [
            "",
            "   at X()",
            "2024-04-15",
            "2024-13-15 21:28:12 x",
            "2024-02-30 21:28:12 x",
            "2024-04-15 25:28:12 x",
            "2024-04-15 21:28:12x",
            "2024-04-15 21:28:12. x",
            "2024-04-15 21:28:12.1234567890 x",
            " 2024-04-15 21:28:12 x",
            "+024-04-15 21:28:12 x",
            "2024-4-150 21:28:12 x",
            "ä024-04-15 21:28:12",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_can_be_read(line in any::<String>()) {
            if let Some(head) = read(&format!("2024-04-15 21:28:12 {line}")) {
                prop_assert!(head.length >= 19);
            }
            let _ = read(&line);
        }
    }
}
