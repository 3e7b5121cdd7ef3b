//! What is wrong with a site file: where it stands, what was expected there, and the nearest thing that would do.
//!
//! Pure. All that is wrong is told at once, in the order of the lines. Deliberately absent: any value that was found in
//! the file; it may be a secret that was put in the wrong place, and its line and column say enough.

use std::fmt;
use std::ops::Range;

use crate::text::Safe;

use super::secrets::Suspicion;

/// Everything that is wrong with one file. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The file as it is to be called.
    pub file: Safe,
    pub all: Vec<Fault>,
}

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (things, them) = match self.all.len() {
            1 => ("one thing is".to_owned(), "it"),
            count => (format!("{count} things are"), "them"),
        };
        write!(
            f,
            "{} can't be used: {things} wrong in it. Nothing was started. Correct {them} and start again.",
            self.file
        )?;
        self.all.iter().try_for_each(|fault| write!(f, "\n  {}:{fault}", self.file))
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// With its table: `cloud.tenant`. Empty where there is none.
    pub key: Safe,
    pub wrong: Wrong,
}

impl Fault {
    /// `at` counts bytes of `text`.
    pub(super) fn new(text: &str, at: &Range<usize>, key: &str, wrong: Wrong) -> Self {
        let before = text.get(..at.start.min(text.len())).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count().saturating_add(1),
            column: line.chars().count().saturating_add(1),
            key: Safe::new(key),
            wrong,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}", self.wrong)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("this is not TOML: {0}")]
    Syntax(Safe),
    #[error("there is no such key here; {0}")]
    UnknownKey(Instead),
    #[error("it is missing; expected {0}")]
    Missing(Safe),
    #[error("expected {expected}, found {found}")]
    Type { expected: Safe, found: &'static str },
    #[error("expected {expected}{}", meant(*.nearest))]
    Value { expected: Safe, nearest: Option<&'static str> },
    /// Two things that are right by themselves and don't go together.
    #[error("{0}")]
    Together(Safe),
    #[error("{0}. A site file holds no secret: take it out, and change it if others could read it")]
    Secret(Suspicion),
}

impl Wrong {
    /// Can this be nothing but what follows from text that couldn't be read?
    pub(super) fn follows_from_broken_text(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Together(_) | Self::Type { .. })
    }
}

/// What may have been meant by a key that there isn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    Nearest(&'static str),
    /// The key is right and stands in the wrong table.
    Table(&'static str),
    OneOf(&'static [&'static str]),
}

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nearest(key) => write!(f, "did you mean `{key}`?"),
            Self::Table(table) => write!(f, "it belongs under {table}"),
            Self::OneOf(keys) => write!(f, "expected {}", one_of(keys.iter().copied())),
        }
    }
}

/// `a`, `b` or `c`, each in backquotes.
pub(super) fn one_of(words: impl IntoIterator<Item = &'static str>) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() { last } else { format!("{} or {last}", words.join(", ")) }
}

fn meant(word: Option<&str>) -> String {
    word.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

/// The word that was most likely meant, if any is near enough to be taken for it.
pub(super) fn nearest_of(found: &str, known: &[&'static str]) -> Option<&'static str> {
    let found = found.to_lowercase().replace('-', "_");
    let plain = |known: &str| known.replace('-', "_");
    // A unit that was left off, or was the only thing added.
    let part = |word: &str| found.len() > 2 && (word.starts_with(&found) || found.starts_with(word));
    if let Some(whole) = known.iter().find(|known| part(&plain(known))) {
        return Some(whole);
    }
    let distance = |known: &&&'static str| strsim::damerau_levenshtein(&found, &plain(known));
    let near = known.iter().min_by_key(distance)?;
    let most = found.chars().count().div_euclid(3).max(1);
    (distance(&near) <= most).then_some(*near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_lines_and_characters() {
        let check = |at: usize, line: usize, column: usize| {
            let fault = Fault::new("a = 1\n# Grüße\nb = 2", &(at..at), "", Wrong::Missing("it".into()));
            assert_eq!((fault.line, fault.column), (line, column), "{at}");
        };
        check(0, 1, 1);
        check(4, 1, 5);
        check(6, 2, 1);
        check(15, 2, 8);
        check(16, 3, 1);
        check(9999, 3, 6);
    }

    #[test]
    fn the_nearest_key_is_named_only_when_it_is_near() {
        let check = |found: &str, expected: Option<&str>| {
            assert_eq!(nearest_of(found, &["tenant", "client_id", "connect_seconds", "net-rpc"]), expected);
        };
        check("tenent", Some("tenant"));
        check("Tenant", Some("tenant"));
        check("cleint-id", Some("client_id"));
        check("connect", Some("connect_seconds"));
        check("net_rpc", Some("net-rpc"));
        check("colour", None);
        check("", None);
    }
}
