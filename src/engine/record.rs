//! The record's writer: one thread, one line after another, each forced to disk before it is called written.
//!
//! Relies on `journal::file`. Every line is compared with the secrets held before it is written. Lines that wait while
//! others are forced to disk go there together; none is answered for before it is there.
//! Deliberately absent: what a fact means.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use crate::clock::{Clock, Work};
use crate::journal::Read;
use crate::journal::file::{Disk, JournalFile, Together};
use crate::text::Safe;
use crate::walkthrough::effect::Ticket;
use crate::walkthrough::event::{self, Event, Opened};
use crate::walkthrough::fact::Fact;
use crate::walkthrough::resume::Dated;

use super::secrets::Secrets;
use super::{Answer, Told};

/// So many lines may go to disk together.
const TOGETHER: usize = 64;

/// Hands facts to the writer's thread, in order.
#[derive(Clone, Debug)]
pub struct Recorder {
    lines: mpsc::Sender<Line>,
    path: PathBuf,
}

#[derive(Debug)]
enum Line {
    Fact {
        ticket: Ticket,
        fact: Box<Fact>,
        work: Work,
    },
    /// Another record takes the new one's place.
    Open {
        ticket: Ticket,
        name: String,
        work: Work,
    },
    /// Answers once everything before it has been written.
    Flush(mpsc::Sender<()>),
}

impl Recorder {
    /// Starts the writer on an open record.
    pub fn start<D: Disk + Send + 'static>(
        file: JournalFile<D>,
        clock: Clock,
        vault: Arc<Secrets>,
        out: Sender<Answer>,
    ) -> std::io::Result<Self> {
        let (lines, waiting) = mpsc::channel();
        let path = file.path().to_owned();
        let writer = Writer { file: file.boxed(), clock, vault, out };
        thread::Builder::new().name("record".into()).spawn(move || writer.run(&waiting))?;
        Ok(Self { lines, path })
    }

    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The file's path, as it is shown.
    pub fn name(&self) -> Safe {
        Safe::new(&self.path.to_string_lossy())
    }

    /// Queues a fact; the answer comes when it is on disk, or can't be.
    pub fn write(&self, ticket: Ticket, fact: Fact, work: Work) {
        // The writer lives as long as anybody can ask it.
        let _ = self.lines.send(Line::Fact { ticket, fact: Box::new(fact), work });
    }

    /// Takes up a record that is there in place of the new one, which is removed if nothing stands in it.
    pub fn open(&self, ticket: Ticket, name: &str, work: Work) {
        let _ = self.lines.send(Line::Open { ticket, name: name.to_owned(), work });
    }

    /// Waits until what was queued is on disk, at most `by`. For leaving in a hurry.
    pub fn flush(&self, by: Duration) -> bool {
        let (done, wait) = mpsc::channel();
        self.lines.send(Line::Flush(done)).is_ok() && wait.recv_timeout(by).is_ok()
    }
}

/// A line whose body this version doesn't know.
#[derive(Debug, thiserror::Error)]
#[error(
    "line {line} of the record says what this version doesn't know ({why}); a later mdi-console wrote it, so use that one"
)]
pub struct Unknown {
    pub line: u64,
    why: Safe,
}

/// What the lines of a record say.
pub fn facts(record: &Read) -> Result<Vec<Dated>, Unknown> {
    let (facts, unknown) = known(record);
    unknown.map_or(Ok(facts), Err)
}

/// The same as far as this version knows it.
pub fn known(record: &Read) -> (Vec<Dated>, Option<Unknown>) {
    let mut facts = Vec::new();
    for line in &record.lines {
        match serde_json::from_str(line.body.get()) {
            Ok(fact) => facts.push((line.time, fact)),
            Err(why) => {
                // What it would have known is a long list.
                let why = why.to_string();
                let why = Safe::new(why.split(", expected").next().unwrap_or_default());
                return (facts, Some(Unknown { line: line.number, why }));
            }
        }
    }
    (facts, None)
}

/// One record may give way to another.
type AnyDisk = Box<dyn Disk + Send>;

struct Writer<D: Disk> {
    file: JournalFile<D>,
    clock: Clock,
    vault: Arc<Secrets>,
    out: Sender<Answer>,
}

/// A fact that was asked to be written, and what came of it so far.
struct Asked {
    ticket: Ticket,
    work: Work,
    came: event::Record,
}

impl Writer<AnyDisk> {
    fn run(mut self, lines: &mpsc::Receiver<Line>) {
        while let Ok(first) = lines.recv() {
            let waiting: Vec<Line> = std::iter::once(first).chain(lines.try_iter()).take(TOGETHER).collect();
            self.serve(waiting);
        }
        // Nothing was begun.
        self.file.remove_if_empty();
    }

    /// What was asked before another record is opened goes to the one that is open.
    fn serve(&mut self, waiting: Vec<Line>) {
        let mut before = Vec::new();
        for line in waiting {
            if let Line::Open { ticket, name, work } = line {
                self.take(std::mem::take(&mut before));
                let opened = self.open(&name);
                self.tell(ticket, opened, work);
            } else {
                before.push(line);
            }
        }
        self.take(before);
    }

    fn open(&mut self, name: &str) -> event::Record {
        let folder = self.file.path().parent().map(Path::to_owned).unwrap_or_default();
        let (file, read) = match JournalFile::open_existing(&folder, &format!("{name}.jsonl")) {
            Ok(opened) => opened,
            Err(fault) => return event::Record::Failed(fault.to_string().into()),
        };
        let lines = match facts(&read) {
            Ok(lines) => lines,
            Err(fault) => return event::Record::Failed(fault.to_string().into()),
        };
        let opened = Opened {
            path: Safe::new(&file.path().to_string_lossy()),
            lines,
            hash: read.chain.last.map(|seal| Safe::new(seal.as_str())).unwrap_or_default(),
            torn: read.torn.map(|torn| torn.bytes),
        };
        std::mem::replace(&mut self.file, file.boxed()).remove_if_empty();
        event::Record::Opened(Box::new(opened))
    }
}

impl<D: Disk> Writer<D> {
    fn tell(&self, ticket: Ticket, record: event::Record, work: Work) {
        let told = Told::Event(Box::new(Event::Record(ticket, record)));
        // A loop that is gone doesn't need the answer; the line is on disk all the same.
        let _ = self.out.blocking_send(Answer { told, work });
    }

    fn take(&mut self, waiting: Vec<Line>) {
        let (mut together, mut asked, mut flushes) = (Together::after(&self.file), Vec::new(), Vec::new());
        for line in waiting {
            match line {
                Line::Fact { ticket, fact, work } => {
                    let came = self.add(&mut together, &fact);
                    asked.push(Asked { ticket, work, came });
                }
                Line::Flush(done) => flushes.push(done),
                // Served one by one.
                Line::Open { .. } => {}
            }
        }
        let written = if together.is_empty() { Ok(()) } else { self.file.write(together) };
        let fault = written.err().map(|fault| Safe::from(fault.happened()));
        for Asked { ticket, work, came } in asked {
            let came = match (&fault, came) {
                (Some(fault), event::Record::Recorded { .. }) => event::Record::Failed(fault.clone()),
                (_, came) => came,
            };
            self.tell(ticket, came, work);
        }
        for done in flushes {
            let _ = done.send(());
        }
    }

    /// What will have come of it, if what is added can be written.
    fn add(&self, together: &mut Together, fact: &Fact) -> event::Record {
        let body = match serde_json::to_string(fact) {
            Ok(body) => body,
            Err(error) => return event::Record::Failed(error.to_string().into()),
        };
        if self.holds_secret(&body) {
            return event::Record::HoldsSecret;
        }
        match together.add(self.clock.now().wall, fact) {
            Ok(line) => event::Record::Recorded { count: line.number, hash: Safe::new(line.seal.as_str()) },
            Err(fault) => event::Record::Failed(fault.to_string().into()),
        }
    }

    /// Compared as it would stand in the file, and as it was before JSON's escapes.
    fn holds_secret(&self, body: &str) -> bool {
        let plain: Option<serde_json::Value> = serde_json::from_str(body).ok();
        self.vault.given_away_by(body) || plain.is_some_and(|value| self.any_text_holds_secret(&value))
    }

    fn any_text_holds_secret(&self, value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::String(text) => self.vault.given_away_by(text),
            serde_json::Value::Array(values) => values.iter().any(|value| self.any_text_holds_secret(value)),
            serde_json::Value::Object(fields) => {
                fields.values().any(|value| self.any_text_holds_secret(value))
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
