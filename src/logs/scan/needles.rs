//! The few texts of which every refusal holds one, searched for all at once.
//!
//! Pure. Relies on `finders::EVIDENCE`. Deliberately absent: whether what was found is evidence; it may be somebody's
//! value, or only half of what is needed.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::logs::finders::EVIDENCE;
use crate::logs::parse::Encoding;

/// More bytes than the longest takes, in either encoding.
pub const LONGEST: usize = 128;

static NARROW: LazyLock<Option<Regex>> = LazyLock::new(|| any_of(""));
static WIDE: LazyLock<Option<Regex>> = LazyLock::new(|| any_of(r"\x00"));

/// One alternation, with this behind every character.
fn any_of(behind: &str) -> Option<Regex> {
    let spelt = |text: &&str| text.chars().map(|c| format!("{c}{behind}")).collect::<String>();
    let texts: Vec<String> = EVIDENCE.iter().map(spelt).collect();
    Regex::new(&format!("(?-u){}", texts.join("|"))).ok()
}

/// The first place from `from` on where one of them stands. Without a pattern every place could be one.
pub fn first(bytes: &[u8], from: usize, encoding: Encoding) -> Option<usize> {
    let pattern = match encoding {
        Encoding::Utf8 => &NARROW,
        Encoding::Utf16 => &WIDE,
    };
    match pattern.as_ref() {
        Some(pattern) if from <= bytes.len() => pattern.find_at(bytes, from).map(|found| found.start()),
        Some(_) => None,
        None => (from < bytes.len()).then_some(from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_found_in_either_encoding() {
        assert!(NARROW.is_some() && WIDE.is_some());
        for text in EVIDENCE {
            assert!(
                text.len() * 2 <= LONGEST
                    && text.chars().all(|c| c.is_ascii_alphanumeric() || " =".contains(c))
            );
            let text = format!("2024 {text}.");
            assert_eq!(first(text.as_bytes(), 0, Encoding::Utf8), Some(5));
            assert_eq!(first(text.as_bytes(), 6, Encoding::Utf8), None);
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(first(&wide, 0, Encoding::Utf16), Some(10));
        }
    }
}
