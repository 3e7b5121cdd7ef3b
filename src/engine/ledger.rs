//! The attempts on disk: every password test is reserved here, under one lock, before anything leaves.
//!
//! Relies on `directory::lockout` for the judgement and on the file system's locks for there being one judge at a time,
//! whatever number of walks and processes share the folder. Every call opens, locks, reads, appends, forces and lets go;
//! it blocks while another holds the lock (ten seconds at most), so callers put it on a blocking thread. What can't be
//! read counts as an attempt. Deliberately absent: rewriting. Lines are only ever added; a torn last one is cut.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::directory::Standing;
use crate::directory::lockout::{
    Attempt, AttemptId, Budget, Judgement, Outcome, Permit, Request, Shut, Why, judge,
};
use crate::text::Safe;

mod book;
mod file;
#[cfg(test)]
mod tests;

pub use book::VERSION;
use book::{Book, End, Line};
pub use file::Paper;
use file::{Held, Keep, Plain};

/// Lines older than this are ignored, unless a lockout window is longer.
const KEPT: Duration = Duration::from_hours(24);

/// The ledger of this user on this host; names a file and holds nothing open.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    path: PathBuf,
    paper: Arc<dyn Paper>,
}

/// Attempts that are on disk and may now be made.
#[derive(Debug)]
pub struct Reserved {
    /// One for each controller, in the order asked for.
    pub attempts: Vec<AttemptId>,
    pub permits: Vec<Permit>,
    /// As it stood before these attempts.
    pub budget: Budget,
}

/// What came of an attempt, and when that was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    pub attempt: AttemptId,
    pub outcome: Outcome,
    pub at: Timestamp,
}

/// What was found amiss in the file, and what was made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    #[error("line {0} of the ledger was torn, as by a crash while writing, and was cut off")]
    TornLineCut(usize),
    #[error("line {0} of the ledger can't be read; it counts as a failed attempt of every account")]
    DamagedLine(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReserveRefused {
    /// The guard's answer.
    Shut(Shut),
    /// Nothing was granted, because nothing could be put on disk.
    Fault(LedgerFault),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    #[error(
        "the ledger of attempts could not be {doing} ({path}: {why}). No password is tested without it. \
         Check the folder's owner and the space on its disk, then try again."
    )]
    Disk { doing: &'static str, path: Safe, why: Safe },
    #[error(
        "the ledger of attempts at {path} belongs to another user or is not a plain file. No password is tested \
         without a ledger of one's own. Remove what stands there, or run as its owner."
    )]
    NotOurs { path: Safe },
    #[error(
        "the ledger of attempts at {path} has been held by another process for ten seconds. No password is tested without \
         it. `fuser {path}` tells which process: go on with it or end it, then try again."
    )]
    Busy { path: Safe },
}

impl LedgerFault {
    /// What happened alone, for whoever says the rest.
    #[must_use]
    pub fn happened(&self) -> String {
        match self {
            Self::Disk { doing, path, why } => format!("{path} could not be {doing}: {why}"),
            Self::NotOurs { path } => format!("{path} belongs to another user or is not a plain file"),
            Self::Busy { path } => format!("{path} is held by another process"),
        }
    }
}

/// What the ledger says, for those who only look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub attempts: Vec<Attempt>,
    pub notes: Vec<Note>,
}

impl LedgerFile {
    /// The ledger in `folder`, which is made (0700) if it isn't there.
    pub fn in_folder(folder: &Path) -> Result<Self, LedgerFault> {
        file::make_folder(folder)?;
        Ok(Self { path: folder.join("attempts.jsonl"), paper: Arc::new(Plain) })
    }

    /// The same ledger, written by another hand.
    #[must_use]
    pub fn on(self, paper: Arc<dyn Paper>) -> Self {
        Self { paper, ..self }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Judges, and if the attempts may be made puts them on disk before anybody hears of it.
    pub fn reserve(
        &self,
        request: &Request,
        standing: &[Standing],
        now: Timestamp,
    ) -> Result<Reserved, ReserveRefused> {
        let judged = self.reserve_each(&[(request, standing)], now).map_err(ReserveRefused::Fault)?;
        let nothing = Err(Shut::Never(Why::TooManyAtOnce { asked: 0, safe: 0 }));
        judged.into_iter().next().unwrap_or(nothing).map_err(ReserveRefused::Shut)
    }

    /// Judges one request after the other, each with the ones before it counted, and forces what may be made to disk once
    /// for all of them: one that is refused doesn't shut the others out.
    pub fn reserve_each(
        &self,
        requests: &[(&Request, &[Standing])],
        now: Timestamp,
    ) -> Result<Vec<Result<Reserved, Shut>>, LedgerFault> {
        let mut held = Held::open(&self.path, &self.paper)?;
        let text = held.read()?;
        let mut book = Book::read(&text, now);
        let oldest = requests.iter().map(|(request, standing)| oldest(request, standing, now)).min();
        book.forget(oldest.unwrap_or(now));
        let (mut judged, mut lines) = (Vec::new(), Vec::new());
        for (request, standing) in requests {
            let granted = grant(&mut book, (request, standing), now);
            lines.extend(granted.iter().flat_map(|(attempts, _)| attempts.iter().map(Line::reserved)));
            judged.push(granted.map(|(attempts, budget)| Granted { attempts, budget }));
        }
        if !lines.is_empty() {
            held.append(End::of(&text), &lines, Keep::Forced)?;
        }
        // Not before they are on disk.
        Ok(judged.into_iter().map(|one| one.map(Granted::reserved)).collect())
    }

    /// Writes the outcomes of attempts down, in one write. Without its outcome an attempt counts.
    pub fn settle(&self, settled: &[Settled]) -> Result<(), LedgerFault> {
        let mut held = Held::open(&self.path, &self.paper)?;
        let end = End::of(&held.read()?);
        let lines: Vec<Line> = settled.iter().map(Line::settled).collect();
        held.append(end, &lines, Keep::Written)
    }

    /// The attempts of the last day, of every account.
    pub fn page(&self, now: Timestamp) -> Result<Page, LedgerFault> {
        let text = Held::open(&self.path, &self.paper)?.read()?;
        let mut book = Book::read(&text, now);
        book.forget(now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN));
        Ok(Page { attempts: book.attempts().to_vec(), notes: book.notes() })
    }
}

/// Judged, and not on disk yet.
struct Granted {
    attempts: Vec<Attempt>,
    budget: Budget,
}

impl Granted {
    fn reserved(self) -> Reserved {
        Reserved {
            attempts: self.attempts.iter().map(|attempt| attempt.id).collect(),
            permits: self.attempts.iter().map(Permit::granted).collect(),
            budget: self.budget,
        }
    }
}

fn grant(
    book: &mut Book,
    (request, standing): (&Request, &[Standing]),
    now: Timestamp,
) -> Result<(Vec<Attempt>, Budget), Shut> {
    match judge(book.attempts(), request, standing, now) {
        Judgement::Granted { left } => {
            let attempts = new_attempts(request, book.next_id(), now);
            book.add(&attempts);
            Ok((attempts, left))
        }
        Judgement::Shut(shut) => Err(shut),
    }
}

/// Twice the longest window, so that failures which keep each other alive are seen.
fn oldest(request: &Request, standing: &[Standing], now: Timestamp) -> Timestamp {
    let windows = standing.iter().filter_map(|standing| standing.policy).map(|policy| policy.window);
    let longest = windows.fold(request.lockout_window, Duration::max).saturating_mul(2);
    now.saturating_sub(longest.max(KEPT)).unwrap_or(Timestamp::MIN)
}

fn new_attempts(request: &Request, first: AttemptId, now: Timestamp) -> Vec<Attempt> {
    let ids = (first.0..).map(AttemptId);
    let attempt = |(controller, id): (&Safe, AttemptId)| Attempt {
        id,
        at: now,
        settled_at: None,
        account: request.account.clone(),
        controller: controller.clone(),
        protocol: request.protocol,
        charge: request.charge,
        outcome: None,
    };
    request.controllers.iter().zip(ids).map(attempt).collect()
}
