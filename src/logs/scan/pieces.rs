//! A file in pieces: read by several threads at once, told in order.
//!
//! Relies on reading at a place, which leaves the file's own place alone. A piece's records are those that begin in it,
//! so that pieces put end to end are the file. What was found waits in channels of a fixed length: a slow reader of the
//! answers slows the scan, and its memory stays bounded. Deliberately absent: what can't be read at any place.

use std::fs::File;
use std::io;
use std::num::NonZero;
use std::os::unix::fs::FileExt as _;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::{Asking, Refusal, Scanned, Sieve, Sizes, Telling, Wanted};
use crate::logs::parse::Encoding;

/// How long a piece is. An even number, so that it can't begin within a unit of UTF-16.
const PIECE: u64 = 8 * 1024 * 1024;
/// How much is read at once behind it.
const BEHIND: u64 = 64 * 1024;
/// More threads than this only wait for the same memory.
const THREADS: usize = 4;
/// How many refusals go over at once, and how many such bundles may wait.
const BUNDLE: usize = 128;
const WAITING: usize = 8;

/// What a thread tells of its pieces.
enum Told {
    Found(Vec<Refusal>),
    /// The piece is read.
    Read(Ended),
    Failed(io::Error),
}

/// How a piece was left.
#[derive(Clone, Copy)]
enum Ended {
    Whole,
    /// The file had no more bytes, or nobody wanted more; it was read up to here.
    Early(u64),
}

/// Nobody listens any more.
struct Unheard;

#[derive(Clone, Copy)]
struct Task<'a> {
    file: &'a File,
    upto: u64,
    encoding: Encoding,
    asking: &'a Asking<'a>,
}

pub fn scan(
    file: &File,
    upto: u64,
    (wanted, asking): (Wanted, &Asking<'_>),
    telling: &mut Telling<'_>,
) -> io::Result<Scanned> {
    let task = Task { file, upto, encoding: encoding(file, upto)?, asking };
    let pieces = upto.div_ceil(PIECE);
    let processors = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS);
    let threads = processors.min(usize::try_from(pieces).unwrap_or(processors)).max(1);
    thread::scope(|scope| {
        let listening = (0..threads).map(|first| {
            let (tell, told) = sync_channel(WAITING);
            scope.spawn(move || {
                let mut sieve = Sieve::new(wanted, Sizes::default());
                for piece in (first as u64..pieces).step_by(threads) {
                    if task.read(piece, &mut sieve, &tell).is_err() {
                        return;
                    }
                }
            });
            told
        });
        // Dropped on every way out, before the threads are waited for: nobody then waits for anybody.
        let listening: Vec<Receiver<Told>> = listening.collect();
        listen(&listening, pieces, upto, telling)
    })
}

fn encoding(file: &File, upto: u64) -> io::Result<Encoding> {
    let mut first = [0; 4];
    let mut length = 0;
    while let Some(rest) = first.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match read_at(file, rest, length as u64)? {
            0 => break,
            read => length = length.saturating_add(read),
        }
    }
    let length = length.min(usize::try_from(upto).unwrap_or(usize::MAX));
    Ok(first.get(..length).and_then(Encoding::of).unwrap_or_default())
}

/// Hears the threads in turn, piece after piece.
fn listen(
    listening: &[Receiver<Told>],
    pieces: u64,
    upto: u64,
    telling: &mut Telling<'_>,
) -> io::Result<Scanned> {
    let mut scanned = Scanned::default();
    let mut piece = 0_u64;
    let mut turns = listening.iter().cycle();
    let mut thread = turns.next();
    while piece < pieces {
        // A thread that is gone without a word has panicked, which its scope hands on.
        let Some(Ok(told)) = thread.map(Receiver::recv) else { return Ok(scanned) };
        match told {
            Told::Found(refusals) => {
                for refusal in refusals {
                    scanned.refusals = scanned.refusals.saturating_add(1);
                    if telling(refusal).is_break() {
                        return Ok(scanned);
                    }
                }
            }
            Told::Read(Ended::Whole) => {
                piece = piece.saturating_add(1);
                scanned.bytes = piece.saturating_mul(PIECE).min(upto);
                thread = turns.next();
            }
            Told::Read(Ended::Early(at)) => {
                scanned.bytes = at;
                return Ok(scanned);
            }
            Told::Failed(error) => return Err(error),
        }
    }
    scanned.whole = true;
    Ok(scanned)
}

impl Task<'_> {
    /// Reads one piece, and on to the end of its last record.
    fn read(self, piece: u64, sieve: &mut Sieve, tell: &SyncSender<Told>) -> Result<(), Unheard> {
        let from = piece.saturating_mul(PIECE);
        let until = from.saturating_add(PIECE);
        sieve.begin_part(from, until, self.encoding);
        let mut found = Vec::new();
        let mut ended = Ended::Whole;
        while !sieve.is_finished() {
            let at = sieve.offset();
            if !(self.asking)() {
                ended = Ended::Early(at.min(until));
                break;
            }
            let room = sieve.room();
            // Of what is behind the piece only the end of its last record.
            let end = if at < until { until } else { at.saturating_add(BEHIND) };
            let left = usize::try_from(end.min(self.upto).saturating_sub(at)).unwrap_or(usize::MAX);
            let most = left.min(room.len());
            let length = match read_at(self.file, room.get_mut(..most).unwrap_or_default(), at) {
                Ok(length) => length,
                Err(error) => return tell.send(Told::Failed(error)).map_err(|_| Unheard),
            };
            if length == 0 {
                // Shorter than it was when the scan began.
                if at < self.upto {
                    ended = Ended::Early(at);
                }
                sieve.finish(&mut found);
            } else {
                sieve.take(length, &mut found);
            }
            hand_over(&mut found, BUNDLE, tell)?;
        }
        hand_over(&mut found, 1, tell)?;
        tell.send(Told::Read(ended)).map_err(|_| Unheard)
    }
}

/// Hands over what was found once there is so much of it.
fn hand_over(found: &mut Vec<Refusal>, least: usize, tell: &SyncSender<Told>) -> Result<(), Unheard> {
    while found.len() >= least.max(1) {
        let rest = found.split_off(found.len().min(BUNDLE));
        let bundle = std::mem::replace(found, rest);
        tell.send(Told::Found(bundle)).map_err(|_| Unheard)?;
    }
    Ok(())
}

fn read_at(file: &File, room: &mut [u8], at: u64) -> io::Result<usize> {
    loop {
        match file.read_at(room, at) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(test)]
mod tests;
