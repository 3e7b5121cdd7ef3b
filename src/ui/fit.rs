//! Making text fit: how wide it is, shortening it, breaking it into lines. Pure; works on whole graphemes.
//!
//! Deliberately absent: making text safe to show; it comes as `Safe`.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::text::Safe;

const MORE: &str = "…";

/// Columns that a text takes.
pub fn width(text: &Safe) -> usize {
    text.as_str().width()
}

/// A number of rows or columns as ratatui counts them.
pub fn cells(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// Cut at the end.
pub fn at_end(text: &Safe, columns: usize) -> Safe {
    if width(text) <= columns {
        return text.clone();
    }
    if columns == 0 {
        return Safe::default();
    }
    let kept = front(text, columns.saturating_sub(1));
    Safe::from(format!("{kept}{MORE}"))
}

/// Cut in the middle: of a host's name the first label is kept whole if that leaves something of the rest.
pub fn in_the_middle(text: &Safe, columns: usize) -> Safe {
    if width(text) <= columns {
        return text.clone();
    }
    let room = columns.saturating_sub(1);
    if room < 2 {
        return at_end(text, columns);
    }
    let label = text.split('.').next().map(UnicodeWidthStr::width).unwrap_or_default();
    if let Some(rest) = whole_labels(text, room.saturating_sub(label)) {
        return Safe::from(format!("{}{MORE}{rest}", front(text, label)));
    }
    let half = room.div_ceil(2);
    let before = if label.saturating_add(4) <= room { label.max(1) } else { half };
    let (front, back) = (front(text, before), back(text, room.saturating_sub(before)));
    Safe::from(format!("{front}{MORE}{back}"))
}

/// The longest end of a host's name that fits and begins with a whole label.
fn whole_labels(name: &Safe, columns: usize) -> Option<Safe> {
    let dots = name.match_indices('.').filter_map(|(at, dot)| name.get(at.saturating_add(dot.len())..));
    dots.skip(1).map(Safe::from).find(|rest| !rest.is_empty() && width(rest) <= columns)
}

/// As much of the beginning as fits.
pub fn front(text: &Safe, columns: usize) -> String {
    take(text.graphemes(true), columns).concat()
}

/// As much of the end as fits.
pub fn back(text: &Safe, columns: usize) -> String {
    let mut kept = take(text.graphemes(true).rev(), columns);
    kept.reverse();
    kept.concat()
}

fn take<'a>(graphemes: impl Iterator<Item = &'a str>, columns: usize) -> Vec<&'a str> {
    let mut used = 0_usize;
    graphemes
        .take_while(|grapheme| {
            used = used.saturating_add(grapheme.width());
            used <= columns
        })
        .collect()
}

/// Broken at spaces; a word longer than a line is broken anywhere.
pub fn wrap(text: &Safe, columns: usize) -> Vec<Safe> {
    if columns == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let gap = usize::from(!line.is_empty());
        if line.width().saturating_add(gap).saturating_add(word.width()) <= columns {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(Safe::from(std::mem::take(&mut line)));
        }
        line = broken(Safe::from(word), columns, &mut lines);
    }
    if !line.is_empty() {
        lines.push(Safe::from(line));
    }
    lines
}

/// The same, in at most so many lines; what is left out is marked.
pub fn wrap_within(text: &Safe, columns: usize, rows: usize) -> Vec<Safe> {
    let mut lines = wrap(text, columns);
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some(last) = lines.last_mut() {
            *last = Safe::from(format!("{}{MORE}", front(last, columns.saturating_sub(1))));
        }
    }
    lines
}

/// The whole lines of a long word go to `lines`; the rest comes back.
fn broken(word: Safe, columns: usize, lines: &mut Vec<Safe>) -> String {
    let mut rest = word;
    while width(&rest) > columns {
        let line = front(&rest, columns);
        if line.is_empty() {
            return String::new();
        }
        rest = Safe::from(rest.get(line.len()..).unwrap_or_default());
        lines.push(Safe::from(line));
    }
    rest.as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_into_its_lines_ends_in_an_ellipsis() {
        let check = |text: &str, rows: usize, shown: &[&str]| {
            let lines = wrap_within(&Safe::new(text), 8, rows);
            assert_eq!(lines.iter().map(Safe::as_str).collect::<Vec<_>>(), shown);
        };
        check("one two three", 2, &["one two", "three"]);
        check("one two three four", 1, &["one two…"]);
        check("one abcdefgh i", 2, &["one", "abcdefg…"]);
    }

    #[test]
    fn long_names_are_shortened_in_the_middle() {
        let check = |name: &str, columns: usize, shown: &str| {
            let cut = in_the_middle(&Safe::new(name), columns);
            assert_eq!(cut.as_str(), shown);
            assert!(width(&cut) <= columns);
        };
        check("dc1.contoso.test", 16, "dc1.contoso.test");
        check("dc01.europe.contoso.test", 17, "dc01…contoso.test");
        check("a-very-long-server-name.contoso.test", 10, "a-ver…test");
        check("sensor1.contoso.test", 18, "sensor1…test");
        check("漢字漢字漢字", 5, "漢…字");
        check("abc", 1, "…");
        check("abc", 0, "");
    }

    #[test]
    fn wrapping_loses_nothing_but_spaces() {
        let text = Safe::new("one two  three averyveryverylongword end");
        for columns in 1..30 {
            let lines = wrap(&text, columns);
            assert!(lines.iter().all(|line| width(line) <= columns));
            let joined: String = lines.iter().map(Safe::as_str).collect();
            assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
        }
    }
}
