//! One run of a command: its output to records, until it ends.
//!
//! Relies on the clock for when a record is complete and when what was there before has all been printed.
//! Deliberately absent: starting it, and starting it again.

use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{ChildStderr, ChildStdout};

use super::{Follower, Stand};
use crate::child::Running;
use crate::clock::Instant;
use crate::logs::finders::secrets::{Carry, black_out};
use crate::logs::parse::{Beginning, Origin, Parser};
use crate::logs::source::{File, State, Unreachable};
use crate::logs::tail::number;
use crate::logs::{Position, Record};
use crate::text::Safe;

/// A record is complete when nothing has come for so long; half a line is shown as it is after the longer time.
const QUIET: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(10);
/// What was there before the run has been printed when nothing has come for so long, and at the latest so long after
/// the first byte. Where no byte comes at all, there was nothing.
const PRINTED: Duration = Duration::from_secs(2);
const ALL_PRINTED: Duration = Duration::from_secs(10);
const NOTHING_PRINTED: Duration = Duration::from_secs(30);
/// Deliveries are so far apart, unless there is much.
const APART: Duration = Duration::from_millis(100);
const MUCH: usize = 500;
/// How long a program may take to end once its output has.
const GRACE: Duration = Duration::from_millis(500);
/// The most of what it complained of that is kept.
const LAST_WORDS: usize = 2048;

/// Why a run is over.
pub struct Ended {
    pub why: Unreachable,
    /// Something was printed, so that the next run need not wait for long.
    pub came_to_something: bool,
}

pub struct Run {
    running: Running,
    out: Option<ChildStdout>,
    err: Option<ChildStderr>,
    shown: Safe,
    file: u64,
    offset: u64,
    parser: Parser,
    begun: Instant,
    first: Option<Instant>,
    last: Instant,
    flushed: bool,
    pending: Vec<Record>,
    delivered: Option<Instant>,
    last_words: Vec<u8>,
}

/// What there is to do next.
enum Turn {
    Read(usize),
    Complained(usize),
    Due,
    NobodyListens,
}

impl Run {
    pub fn new(of: &Follower, mut running: Running) -> Self {
        let (out, err) = running.pipes();
        let begun = of.clock.now();
        let words = of.command.command.join(" ");
        let (run, moment) = (of.runs.to_le_bytes(), begun.wall.as_nanosecond().to_le_bytes());
        let file = number([words.as_bytes(), &run, &moment]);
        let at = Position { file, offset: 0 };
        let twin = out.as_ref().and_then(|out| std::os::fd::AsFd::as_fd(out).try_clone_to_owned().ok());
        of.taken.begin(twin);
        of.taken.reach(at);
        let origin = Origin { source: of.command.id, host: of.command.host.clone(), at };
        Self {
            running,
            out,
            err,
            shown: Safe::from(words),
            file,
            offset: 0,
            parser: Parser::new(origin, Beginning::File),
            begun: begun.at,
            first: None,
            last: begun.at,
            flushed: true,
            pending: Vec::new(),
            delivered: None,
            last_words: Vec::new(),
        }
    }

    /// To its end; nothing once nobody listens any more.
    pub async fn follow(mut self, of: &mut Follower) -> Option<Ended> {
        let mut piece = vec![0; 64 * 1024];
        loop {
            match self.turn(of, &mut piece).await {
                Turn::NobodyListens => return None,
                Turn::Read(0) => break,
                Turn::Read(length) => {
                    let _work = of.clock.work();
                    self.take(of, piece.get(..length).unwrap_or_default());
                    self.settle(of).await?;
                }
                Turn::Complained(length) => self.complain(piece.get(..length).unwrap_or_default()),
                Turn::Due => self.settle(of).await?,
            }
        }
        self.end(of).await
    }

    async fn turn(&mut self, of: &Follower, piece: &mut [u8]) -> Turn {
        let due = self.due(of.overlap.is_opening());
        let mut complaint = [0; 512];
        let length = tokio::select! {
            biased;
            read = read(self.out.as_mut(), piece) => return Turn::Read(read),
            read = read(self.err.as_mut(), &mut complaint), if self.err.is_some() => read,
            () = sleep_until(of, due) => return Turn::Due,
            () = of.teller.closed() => return Turn::NobodyListens,
        };
        if length == 0 {
            self.err = None;
        }
        let told = complaint.get(..length).unwrap_or_default();
        if let Some(room) = piece.get_mut(..length) {
            room.copy_from_slice(told);
        }
        Turn::Complained(length)
    }

    /// When something is to be done although nothing comes.
    fn due(&self, opening: bool) -> Option<Instant> {
        let held = self.parser.is_holding();
        let quiet = held.then(|| self.last.after(if self.flushed { PATIENCE } else { QUIET }));
        let pending = if self.pending.is_empty() { None } else { Some(self.deliver_at()) };
        let opened = opening.then(|| self.opened_at());
        [quiet, pending, opened].into_iter().flatten().min()
    }

    /// When what was there before has all been printed.
    fn opened_at(&self) -> Instant {
        match self.first {
            Some(first) => self.last.after(PRINTED).min(first.after(ALL_PRINTED)),
            None => self.begun.after(NOTHING_PRINTED),
        }
    }

    fn deliver_at(&self) -> Instant {
        self.delivered.map_or(self.begun, |delivered| delivered.after(APART))
    }

    fn take(&mut self, of: &mut Follower, bytes: &[u8]) {
        let now = of.clock.now().at;
        if of.overlap.is_opening() && now >= self.opened_at() {
            self.open(of);
        }
        self.first.get_or_insert(now);
        self.last = now;
        self.flushed = false;
        self.offset = self.offset.saturating_add(bytes.len() as u64);
        of.taken.reach(self.at());
        let mut records = Vec::new();
        self.parser.push(bytes, &mut records);
        self.judge(of, records);
    }

    fn judge(&mut self, of: &mut Follower, records: Vec<Record>) {
        let doubtful = of.taken.missed_a_mark();
        self.pending.extend(records.into_iter().filter_map(|record| of.overlap.judge(record, doubtful)));
    }

    /// What comes from now on is new. What is held back came before.
    fn open(&mut self, of: &mut Follower) {
        let mut records = Vec::new();
        self.parser.flush(&mut records);
        self.judge(of, records);
        of.overlap.opened();
        if self.first.is_some() {
            of.taken.settle();
        }
    }

    /// Does what is due.
    async fn settle(&mut self, of: &mut Follower) -> Option<()> {
        let now = of.clock.now().at;
        let quiet = now.since(self.last);
        let mut records = Vec::new();
        if quiet >= PATIENCE {
            self.parser.finish(&mut records);
        } else if quiet >= QUIET && !self.flushed {
            self.parser.flush(&mut records);
        }
        self.flushed |= quiet >= QUIET;
        self.judge(of, records);
        if of.overlap.is_opening() && now >= self.opened_at() {
            self.open(of);
        }
        if now >= self.deliver_at() || self.pending.len() >= MUCH {
            self.deliver(of).await?;
        }
        Some(())
    }

    async fn deliver(&mut self, of: &mut Follower) -> Option<()> {
        if self.first.is_none() {
            return Some(());
        }
        if !self.pending.is_empty() {
            self.delivered = Some(of.clock.now().at);
            of.teller.records(std::mem::take(&mut self.pending)).await?;
        }
        let files = Some(vec![File { path: self.shown.clone(), at: self.at(), begins: None }]);
        of.teller.tell(Stand { state: State::Following, files, behind: of.taken.waiting() }).await
    }

    fn at(&self) -> Position {
        Position { file: self.file, offset: self.offset }
    }

    fn complain(&mut self, bytes: &[u8]) {
        self.last_words.extend_from_slice(bytes);
        let over = self.last_words.len().saturating_sub(LAST_WORDS);
        self.last_words.drain(..over);
    }

    /// Its output has ended. Half a line may come whole from the next run, so it is left to that.
    async fn end(mut self, of: &mut Follower) -> Option<Ended> {
        let mut records = Vec::new();
        self.parser.flush(&mut records);
        self.judge(of, records);
        self.deliver(of).await?;
        let mut rest = vec![0; LAST_WORDS];
        let ending = async {
            loop {
                match read(self.err.as_mut(), &mut rest).await {
                    0 => break,
                    length => {
                        self.last_words.extend_from_slice(rest.get(..length).unwrap_or_default());
                        let over = self.last_words.len().saturating_sub(LAST_WORDS);
                        self.last_words.drain(..over);
                    }
                }
            }
            self.running.wait().await
        };
        let status = match of.clock.timeout(GRACE, ending).await {
            Ok(Ok(status)) => Safe::from(status.to_string()),
            Ok(Err(error)) => Safe::from(error.to_string()),
            Err(_) => Safe::new("its output closed"),
        };
        self.running.kill();
        let said = last_line(&self.last_words);
        let why = Unreachable::Ended { status, said, again: 0 };
        Some(Ended { why, came_to_something: self.first.is_some() })
    }
}

/// Whatever ends it is the end of it.
async fn read(from: Option<&mut (impl tokio::io::AsyncRead + Unpin)>, into: &mut [u8]) -> usize {
    match from {
        Some(from) => from.read(into).await.unwrap_or(0),
        None => 0,
    }
}

async fn sleep_until(of: &Follower, due: Option<Instant>) {
    match due {
        Some(due) => of.clock.sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// What a program said last, in a length that a sentence can hold, and without what it names as a secret.
fn last_line(words: &[u8]) -> Safe {
    let words = String::from_utf8_lossy(words);
    let line = words.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let (line, _) = black_out(line, Carry::Nothing);
    Safe::from(line.chars().take(200).collect::<String>().trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_of_a_program_hold_no_secret_that_they_name() {
        let check = |words: &str, expected: &str| assert_eq!(&*last_line(words.as_bytes()), expected);
        check("Connected.\nConnection closed by dc1.\n\n", "Connection closed by dc1");
        let said = last_line(b"tail: cannot log in with password=Kiosk-4711!\n");
        assert!(said.contains("password") && !said.contains("Kiosk"), "{said}");
    }
}
