//! Follows one source's files by looking at them again and again, and delivers what was added.
//!
//! Relies on nothing but lengths, identities and first bytes, for no notification reaches a mounted share. All reading
//! is done on a thread of its own, so that a share that hangs stalls nobody else.
//! Deliberately absent: following the output of a command, and counting what lies far above the end (`scan`).

mod file;
mod find;
mod since;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::{Position, Record, SourceId};
use crate::clock::{Clock, Now};
use crate::text::Safe;
use file::{Followed, Start};

/// How much of a file that is already there is read for context.
pub const CONTEXT: u64 = 256 * 1024;

/// How long one look may take before the source is called unreachable.
pub const STALLED: Duration = Duration::from_secs(10);

/// The most records in one delivery.
const BATCH: usize = 500;

/// What is followed: files that belong to one host. Of several version folders the newest counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub id: SourceId,
    pub host: Safe,
    /// Paths, with `*`, `?` and `[…]` where wanted. File names without regard to case.
    pub patterns: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    Records(Vec<Record>),
    State(SourceState),
    /// It was to be taken up from a place that can't be found any more.
    Lost(SourceId),
}

/// How a source stands. Delivered whenever something of it changed, after the records that changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    pub source: SourceId,
    pub state: State,
    pub files: Vec<File>,
    /// Since when the state has been this one.
    pub since: Now,
}

/// A file that is followed, and how far it has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: Safe,
    pub at: Position,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Following,
    /// No file matches yet.
    Waiting,
    Unreachable(Unreachable),
}

/// Why a source can't be followed now. It is tried again at every poll.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    #[error(
        "the pattern {pattern} is not one: {reason}. Nothing is followed there; correct it in the site file"
    )]
    Pattern { pattern: Safe, reason: Safe },
    #[error(
        "{folder} isn't there. New refusals on this host would not be seen; see that the share is mounted"
    )]
    NoFolder { folder: Safe },
    #[error(
        "{path} can't be read: {reason}. New refusals in it would not be seen; check the share and your rights"
    )]
    CanNotRead { path: Safe, reason: Safe },
    #[error(
        "no answer from the share for {seconds} s. New refusals on this host would not be seen until it answers"
    )]
    NoAnswer { seconds: u64 },
    #[error(
        "reading the log failed inside the program. New refusals on this host are not seen; use `mdi-console scan`"
    )]
    Broken,
}

/// Follows `source` until nobody listens any more. From the places on, where there are any, all that it gained is news.
pub async fn follow(
    (source, from): (Source, Vec<Position>),
    clock: Clock,
    poll: Duration,
    out: Sender<Delivery>,
) {
    let mut follower = Follower { told: None, source: source.id, clock: clock.clone(), out: out.clone() };
    let mut tail = Tail::new(source, from);
    loop {
        let work = clock.work();
        let mut looking = tokio::task::spawn_blocking(move || {
            let look = tail.look();
            (tail, look)
        });
        let (looked, work) = match clock.timeout(STALLED, &mut looking).await {
            Ok(looked) => (looked, work),
            Err(_) => {
                let state = State::Unreachable(Unreachable::NoAnswer { seconds: STALLED.as_secs() });
                if follower.tell(state, None).await.is_none() {
                    return;
                }
                // The clock must not stand still for a share that may never answer.
                drop(work);
                tokio::select! {
                    looked = &mut looking => (looked, clock.work()),
                    () = out.closed() => return,
                }
            }
        };
        let Ok((back, look)) = looked else {
            follower.tell(State::Unreachable(Unreachable::Broken), Some(Vec::new())).await;
            return;
        };
        tail = back;
        let more = look.more;
        if follower.deliver(look).await.is_none() {
            return;
        }
        drop(work);
        if !more {
            tokio::select! {
                () = clock.sleep(poll) => {}
                () = out.closed() => return,
            }
        }
    }
}

/// Where a source's files end at this moment: for the mark, which must not be older than the last write.
/// Blocking; call it on a thread of its own.
pub fn ends(source: &Source) -> Result<Vec<File>, Unreachable> {
    let paths = find::newest(&source.patterns)?;
    paths.iter().map(|path| file::end(path).map_err(|error| file::fault(path, &error))).collect()
}

/// The last records of a source, as far up as is read of any file. Blocking.
pub fn last(source: &Source) -> Result<Vec<Record>, Unreachable> {
    let paths = find::newest(&source.patterns)?;
    let mut records = Vec::new();
    for path in &paths {
        let mut followed = Followed::new(source, path, Start::MayBeOld);
        followed.look(&mut records).map_err(|error| file::fault(path, &error))?;
        followed.close(&mut records);
    }
    Ok(records)
}

/// Tells what changed, and nothing twice.
struct Follower {
    told: Option<SourceState>,
    source: SourceId,
    clock: Clock,
    out: Sender<Delivery>,
}

impl Follower {
    async fn deliver(&mut self, look: Look) -> Option<()> {
        let mut records = look.records.into_iter().peekable();
        while records.peek().is_some() {
            let batch: Vec<Record> = records.by_ref().take(BATCH).collect();
            self.out.send(Delivery::Records(batch)).await.ok()?;
        }
        if look.lost {
            self.out.send(Delivery::Lost(self.source)).await.ok()?;
        }
        self.tell(look.state, Some(look.files)).await
    }

    /// Tells a state; without `files` the ones told last still hold.
    async fn tell(&mut self, state: State, files: Option<Vec<File>>) -> Option<()> {
        let told = self.told.as_ref();
        let since =
            told.filter(|told| told.state == state).map_or_else(|| self.clock.now(), |told| told.since);
        let files = files.or_else(|| told.map(|told| told.files.clone())).unwrap_or_default();
        let now = SourceState { source: self.source, state, files, since };
        if told != Some(&now) {
            self.told = Some(now.clone());
            self.out.send(Delivery::State(now)).await.ok()?;
        }
        Some(())
    }
}

/// What one look at all files of a source gave.
struct Look {
    records: Vec<Record>,
    state: State,
    files: Vec<File>,
    /// There is more to read at once.
    more: bool,
    /// What was to be taken up is not there.
    lost: bool,
}

/// The files of one source, as they were at the last look. Blocking.
struct Tail {
    source: Source,
    followed: Vec<Followed>,
    /// Where it is to be taken up, until it has been.
    from: Vec<Position>,
}

impl Tail {
    fn new(source: Source, from: Vec<Position>) -> Self {
        Self { source, followed: Vec::new(), from }
    }

    fn look(&mut self) -> Look {
        let mut records = Vec::new();
        let (mut more, mut fault) = (false, None);
        let paths = find::newest(&self.source.patterns).unwrap_or_else(|why| {
            fault = Some(why);
            Vec::new()
        });
        // The first files there are may be old; one that comes beside them later is new.
        let start = if self.followed.is_empty() { Start::MayBeOld } else { Start::Beside };
        let lost = fault.is_none() && self.take_up(&paths);
        for path in &paths {
            if !self.followed.iter().any(|followed| followed.is_at(path)) {
                self.followed.push(Followed::new(&self.source, path, start));
            }
        }
        for followed in &mut self.followed {
            match followed.look(&mut records) {
                Ok(rest) => more |= rest,
                // Whatever goes missing is finished by being looked at; that it is missing is for the search to say.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    fault.get_or_insert(file::fault(followed.path(), &error));
                }
            }
        }
        let present = self.followed.iter().filter(|followed| followed.is_open());
        let files: Vec<File> = present.map(Followed::place).collect();
        let state = match fault {
            Some(why) => State::Unreachable(why),
            None if files.is_empty() => State::Waiting,
            None => State::Following,
        };
        Look { records, state, files, more, lost }
    }

    /// Once, as soon as the source can be read. True if something of it is lost.
    fn take_up(&mut self, paths: &[PathBuf]) -> bool {
        if self.from.is_empty() || paths.is_empty() {
            return false;
        }
        let since = since::take_up(&self.source, paths, &std::mem::take(&mut self.from));
        self.followed = since.followed;
        !since.complete
    }
}

#[cfg(test)]
mod tests;
