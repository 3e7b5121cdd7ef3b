//! Says what is found, as it is found; at the end how much it was, and with which code to leave.
//!
//! Relies on `line`. Only whole lines are written. A reader that is gone ends the search quietly.
//! Deliberately absent: colours; the text is as it would be in a ticket.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use serde::Serialize;

use crate::logs::scan::{Refusal, Scanned};
use crate::logs::{Known, WrittenTime};
use crate::text::Safe;

use super::input::{Unread, is_standard_input};
use super::line::{self, Count, Line};
use super::since::Since;

/// So many bytes are written at once.
const WRITTEN: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Text { ascii: bool },
    Json,
    Count,
}

#[derive(Debug)]
pub struct Telling<O, A> {
    manner: Manner,
    since: Option<Since>,
    out: O,
    /// For what is not the answer.
    aside: A,
    waiting: Vec<u8>,
    /// What keeps the answers from being written.
    broken: Option<io::Error>,
    file: OneFile,
    total: Total,
}

/// What was found in the file at hand.
#[derive(Debug, Default)]
struct OneFile {
    name: Safe,
    matches: u64,
    first: Option<WrittenTime>,
    last: Option<WrittenTime>,
}

#[derive(Debug, Default)]
struct Total {
    matches: u64,
    with_matches: u64,
    searched: u64,
    unread: u64,
}

impl<O: Write, A: Write> Telling<O, A> {
    pub fn new(manner: Manner, since: Option<Since>, (out, aside): (O, A)) -> Self {
        let (waiting, file, total) = (Vec::with_capacity(WRITTEN), OneFile::default(), Total::default());
        Self { manner, since, out, aside, waiting, broken: None, file, total }
    }

    pub fn counts(&self) -> bool {
        self.manner == Manner::Count
    }

    /// Whether nobody reads the answers any more.
    pub fn is_over(&self) -> bool {
        self.broken.is_some()
    }

    pub fn begin(&mut self, path: &Path) {
        let name = if is_standard_input(path) { "standard input".into() } else { path.to_string_lossy() };
        self.file = OneFile { name: Safe::new(&name), ..OneFile::default() };
    }

    pub fn refused(&mut self, refusal: &Refusal) -> ControlFlow<()> {
        if self.since.is_some_and(|since| !since.includes(refusal.time)) {
            return ControlFlow::Continue(());
        }
        self.file.matches = self.file.matches.saturating_add(1);
        self.file.first = self.file.first.or(refusal.time);
        self.file.last = refusal.time.or(self.file.last);
        if let Some(record) = &refusal.record {
            match self.manner {
                Manner::Text { ascii } => {
                    let line = line::text(&self.file.name, record);
                    let line = if ascii { line.in_ascii() } else { line };
                    self.waiting.extend_from_slice(line.as_bytes());
                    self.waiting.push(b'\n');
                }
                Manner::Json => add(&mut self.waiting, &Line::of(&self.file.name, record)),
                Manner::Count => {}
            }
        }
        if self.waiting.len() >= WRITTEN { self.flush() } else { ControlFlow::Continue(()) }
    }

    pub fn flush(&mut self) -> ControlFlow<()> {
        let written = self.out.write_all(&self.waiting).and_then(|()| self.out.flush());
        self.waiting.clear();
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.broken = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// The file at hand was searched.
    pub fn searched(&mut self, scanned: Scanned) {
        self.total.searched = self.total.searched.saturating_add(1);
        self.add();
        self.count(Some(scanned.bytes), scanned.whole);
        if !scanned.whole && !self.is_over() {
            let shorter = format!(
                "became shorter while it was searched, and was read up to byte {}. Refusals may be missing here; \
                 search again",
                scanned.bytes
            );
            self.fault(&shorter);
        }
    }

    /// The file at hand could not be read, or not to its end.
    pub fn unread(&mut self, why: &Unread) {
        self.add();
        self.count(None, false);
        self.fault(&why.to_string());
    }

    fn count(&mut self, bytes: Option<u64>, whole: bool) {
        if self.manner == Manner::Count && !self.is_over() {
            let OneFile { name: file, matches, first, last } = &self.file;
            let (first, last) = (*first, *last);
            // Nothing was found, and nothing says that there is nothing.
            let matches = Some(*matches).filter(|matches| whole || bytes.is_some() || *matches > 0);
            add(&mut self.waiting, &Count { file, matches, first, last, bytes, whole });
        }
    }

    fn add(&mut self) {
        self.total.matches = self.total.matches.saturating_add(self.file.matches);
        self.total.with_matches = self.total.with_matches.saturating_add(u64::from(self.file.matches > 0));
    }

    fn fault(&mut self, what: &str) {
        self.total.unread = self.total.unread.saturating_add(1);
        let line = format!("mdi-console: {} {what}.", self.file.name);
        // In the order in which it happened, should both lead to the same place.
        let _ = self.flush();
        self.aside(&line);
    }

    fn aside(&mut self, line: &str) {
        let line = Safe::new(line);
        let line = if self.manner == (Manner::Text { ascii: true }) { line.in_ascii() } else { line };
        // Nobody there to be told.
        let _ = writeln!(self.aside, "{line}");
    }

    /// Says how much it was, and gives the exit code.
    pub fn end(&mut self) -> u8 {
        let _ = self.flush();
        if let Some(broken) = self.broken.take() {
            if broken.kind() == io::ErrorKind::BrokenPipe {
                return self.code();
            }
            self.aside(&format!(
                "mdi-console: what was found can't be written: {broken}. The list is not whole; make room, and search again."
            ));
            return 3;
        }
        if matches!(self.manner, Manner::Text { .. }) && self.total.searched > 0 {
            let told = self.summary();
            self.aside(&told);
        }
        self.code()
    }

    fn code(&self) -> u8 {
        match self.total {
            // Nothing was looked into, so there is no answer.
            Total { searched: 0, matches: 0, .. } => 3,
            Total { matches: 0, .. } => 1,
            Total { unread: 0, .. } => 0,
            _ => 3,
        }
    }

    fn summary(&self) -> String {
        let Total { matches, with_matches, searched, unread } = self.total;
        let credentials = if matches == 1 { "refused credential" } else { "refused credentials" };
        let number = if matches == 0 { "No".to_owned() } else { matches.to_string() };
        let of = searched.saturating_add(unread).max(with_matches);
        let place = match (of, matches) {
            (1, _) => format!("in {}", self.file.name),
            (_, 0) => format!("in the {searched} files that could be read"),
            _ => format!("in {with_matches} of {of} files"),
        };
        let since = self.since.map_or_else(String::new, |since| {
            format!(" since {since}, by the clocks of the hosts that wrote the logs")
        });
        let refused = Known::Refused { account: None, domain: None, controller: None };
        let meaning = if matches > 0 { format!(" {}", refused.explanation().meaning) } else { String::new() };
        format!("{number} {credentials} {place}{since}.{meaning}")
    }
}

/// One object and the end of its line. Text and numbers always become JSON, and memory takes any of it.
fn add(waiting: &mut Vec<u8>, object: &impl Serialize) {
    let _ = serde_json::to_writer(&mut *waiting, object);
    waiting.push(b'\n');
}
