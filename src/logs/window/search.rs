//! What is searched for: words as they are written, or a regular expression behind a `/`.
//!
//! Pure. Without a capital letter in it, case doesn't matter.
//! Deliberately absent: the history of searches.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use crate::logs::Record;
use crate::text::Safe;

#[derive(Clone, Debug)]
pub struct Search {
    text: Safe,
    pattern: Regex,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "This is not a regular expression: {0}. The search is as before. Correct it, or leave out the / at the beginning to search for the words as they are."
)]
pub struct SearchFault(Safe);

impl Search {
    pub fn new(text: &str) -> Result<Self, SearchFault> {
        let written = text.strip_prefix('/').map_or_else(|| regex::escape(text), str::to_owned);
        let pattern = RegexBuilder::new(&written)
            .case_insensitive(!text.chars().any(char::is_uppercase))
            .size_limit(1 << 20)
            .build()
            .map_err(|error| SearchFault(last_line(&error.to_string())))?;
        Ok(Self { text: Safe::new(text), pattern })
    }

    #[must_use]
    pub fn text(&self) -> &Safe {
        &self.text
    }

    /// The places in one line.
    #[must_use]
    pub fn places(&self, line: &str) -> Vec<Range<usize>> {
        self.pattern.find_iter(line).map(|place| place.range()).filter(|range| !range.is_empty()).collect()
    }

    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.pattern.is_match(text)
    }

    /// The lines of a record that have it; its host and component count as its first line.
    pub fn lines_of(&self, record: &Record) -> impl Iterator<Item = usize> {
        let head = [Some(&record.host), record.component.as_ref()];
        let named = head.into_iter().flatten().any(|text| self.is_in(text));
        let lines = record.lines().enumerate();
        lines.filter(move |(line, text)| (*line == 0 && named) || self.is_in(text)).map(|(line, _)| line)
    }
}

/// The regex crate draws a picture of several lines; its last one says what is wrong.
fn last_line(error: &str) -> Safe {
    Safe::new(error.lines().last().unwrap_or(error).trim().trim_start_matches("error: "))
}
