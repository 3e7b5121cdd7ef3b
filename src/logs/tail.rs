//! Follows one source's files by looking at them again and again, and delivers what was added.
//!
//! Relies on nothing but lengths, identities and first bytes, for no notification reaches a mounted share. All reading
//! is done on a thread of its own, so that a share that hangs stalls nobody else.
//! Deliberately absent: counting what lies far above the end (`scan`). Commands are followed by `command`.

mod command;
mod file;
mod find;
mod last;
mod piece;
mod telling;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::source::{File, SourceState, State, Unreachable};
use super::{Position, Record, SourceId};
use crate::clock::Clock;
use crate::text::Safe;
pub use command::{LogCommand, Taken, follow_command};
use file::Followed;
pub use last::{Last, last};
pub use piece::read as read_piece;
use telling::{Stand, Teller};

/// How much of a file that is already there is read for context.
pub const CONTEXT: u64 = 256 * 1024;

/// How long one look may take before the source is called unreachable.
pub const STALLED: Duration = Duration::from_secs(10);

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
    /// It was to be taken up from a place that can't be found any more, or something was deleted before it was read.
    Lost(SourceId),
}

/// Follows `source` until nobody listens any more. Since the places, where there are any, all that it gained is news.
pub async fn follow(
    (source, since): (Source, Vec<Position>),
    (clock, poll): (Clock, Duration),
    missed: Missed,
    out: Sender<Delivery>,
) {
    let mut teller = Teller::new(source.id, clock.clone(), out);
    let mut tail = Tail { source, followed: Vec::new(), missed, since };
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
                if teller.tell(state).await.is_none() {
                    return;
                }
                // The clock must not stand still for a share that may never answer.
                drop(work);
                tokio::select! {
                    looked = &mut looking => (looked, clock.work()),
                    () = teller.closed() => return,
                }
            }
        };
        let Ok((back, look)) = looked else {
            let state = State::Unreachable(Unreachable::Broken);
            teller.tell(Stand { state, files: Some(Vec::new()), behind: 0 }).await;
            return;
        };
        tail = back;
        let more = look.more;
        let lost = if look.lost { teller.lost().await } else { Some(()) };
        let records = teller.records(look.records).await;
        if lost.or(records).is_none() || teller.tell(look.stand).await.is_none() {
            return;
        }
        drop(work);
        if !more {
            tokio::select! {
                () = clock.sleep(poll) => {}
                () = teller.closed() => return,
            }
        }
    }
}

/// A mark was taken that could not name a source: what is read next may lie on either side of it.
#[derive(Clone, Debug, Default)]
pub struct Missed(Arc<AtomicBool>);

impl Missed {
    pub fn a_mark(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where a source's files end at this moment: for the mark, which must not be older than the last write. The archives
/// and older versions with them, for what was written there last may not have been read yet; nothing if there is no
/// file to be followed. Blocking; call it on a thread of its own.
pub fn ends(source: &Source) -> Result<Vec<File>, Unreachable> {
    let mut ends = Vec::new();
    let newest = find::newest(&source.patterns)?;
    for path in &newest {
        ends.extend(file::ends(path).map_err(|error| file::fault(path, &error))?);
    }
    if !newest.is_empty() {
        let older = find::all(&source.patterns)?.into_iter().filter(|path| !newest.contains(path));
        ends.extend(older.filter_map(|path| file::ends(&path).ok()).flatten());
    }
    Ok(ends)
}

/// How many files would be followed, each of them opened. Blocking.
pub fn count(source: &Source) -> Result<usize, Unreachable> {
    let newest = find::newest(&source.patterns)?;
    for path in &newest {
        file::ends(path).map_err(|error| file::fault(path, &error))?;
    }
    Ok(newest.len())
}

/// The number a file is known by. It goes into the record, so it must come out the same in every version of this
/// program: FNV-1a.
fn number<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let bytes = parts.into_iter().flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What one look at all files of a source gave.
struct Look {
    records: Vec<Record>,
    stand: Stand,
    /// There is more to read at once.
    more: bool,
    /// Something that was to be read is not there.
    lost: bool,
}

/// The files of one source, as they were at the last look. Blocking.
struct Tail {
    source: Source,
    followed: Vec<Followed>,
    missed: Missed,
    /// Where it is to be taken up, until it has been.
    since: Vec<Position>,
}

impl Tail {
    fn look(&mut self) -> Look {
        let mut records = Vec::new();
        let (mut more, mut fault) = (false, None);
        let paths = find::newest(&self.source.patterns).unwrap_or_else(|why| {
            fault = Some(why);
            Vec::new()
        });
        let taking_up = fault.is_none() && self.take_up(!paths.is_empty());
        // The first files there are may be old; one that comes beside them later is new.
        let first = self.followed.is_empty();
        for path in &paths {
            if !self.followed.iter().any(|followed| followed.is_at(path)) {
                self.followed.push(Followed::new(&self.source, path, first));
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
        let deleted =
            self.followed.iter_mut().filter_map(|followed| followed.take_lost().then_some(())).count() > 0;
        let lost = taking_up && self.is_incomplete() || deleted;
        let present = self.followed.iter().filter(|followed| followed.is_open());
        let (files, behind): (Vec<File>, Vec<u64>) =
            present.map(|followed| (followed.place(), followed.behind())).unzip();
        if self.missed.0.load(Ordering::Relaxed) {
            for record in &mut records {
                record.context = true;
            }
            self.followed.iter_mut().for_each(Followed::doubt);
            self.missed.0.store(more || fault.is_some(), Ordering::Relaxed);
        }
        let state = match fault {
            Some(why) => State::Unreachable(why),
            None if files.is_empty() => State::Waiting,
            None => State::Following,
        };
        let behind = behind.into_iter().fold(0, u64::saturating_add);
        Look { records, stand: Stand { state, files: Some(files), behind }, more, lost }
    }

    /// Once the source can be read: the files of every version, for what one of them gained may lie in an older one.
    fn take_up(&mut self, there: bool) -> bool {
        if self.since.is_empty() || !self.followed.is_empty() || !there {
            return false;
        }
        let since: Arc<[Position]> = std::mem::take(&mut self.since).into();
        for path in find::all(&self.source.patterns).unwrap_or_default() {
            self.followed.push(Followed::since(&self.source, &path, Arc::clone(&since)));
        }
        self.since = since.to_vec();
        true
    }

    /// Whether a place was found nowhere; after the first look.
    fn is_incomplete(&mut self) -> bool {
        let places = std::mem::take(&mut self.since);
        places.iter().any(|place| self.followed.iter().all(|followed| !followed.found(place)))
    }
}

#[cfg(test)]
mod tests;
