//! Finds the refused credentials in whole files, about as fast as they can be read, in bounded memory.
//!
//! Relies on `sieve` for what is found. A file is read in pieces by a few threads and told in its own order; what
//! can't be read at any place, like a pipe, by one. Blocking: whoever has a screen to draw calls it on a thread of its own.
//! Deliberately absent: following a file that grows (`tail`); what is written while a file is scanned isn't in it.

mod edges;
mod needles;
mod pieces;
mod sieve;

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;

use super::{Record, WrittenTime};
pub use sieve::{Sieve, Sizes};

/// What is told of each refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Where it stands, and when it was written.
    Places,
    /// The record too, without [`Record::finds`].
    Records,
}

/// A record that is a refused credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where the record begins.
    pub at: u64,
    /// Absent only for lines at the very beginning of a file that belong to a record of another.
    pub time: Option<WrittenTime>,
    pub record: Option<Box<Record>>,
}

impl Refusal {
    fn of(record: Record, wanted: Wanted) -> Self {
        let (at, time) = (record.at.offset, record.time);
        Self { at, time, record: (wanted == Wanted::Records).then(|| Box::new(record)) }
    }
}

/// What is done with each refusal, in the order of the file; a break ends the scan.
pub type Telling<'a> = dyn FnMut(Refusal) -> ControlFlow<()> + 'a;

/// Asked before each read, on any thread: whether the scan is still wanted.
pub type Asking<'a> = dyn Fn() -> bool + Sync + 'a;

/// How far a scan came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The refusals that were found; those for which the scan was ended included.
    pub refusals: u64,
    /// How many bytes were looked at, from the first on.
    pub bytes: u64,
    /// Whether those are all there were.
    pub whole: bool,
}

/// Counts the refused credentials in the first `upto` bytes of a file that is open already, in a few megabytes of memory.
///
/// The file's own place of reading stays as it is. A record counts if it begins in those bytes and says what makes it a
/// refusal within them, so `upto` should be where a line begins: whoever shows the file from there on has the rest.
/// `wanted` is asked about every megabyte, from the threads that read; once it says no the count ends early, and
/// [`Scanned::whole`] is false, as it is when the file has fewer bytes.
///
/// # Errors
/// The file can't be read.
pub fn count_refusals(file: &File, upto: u64, wanted: &Asking<'_>) -> io::Result<Scanned> {
    pieces::scan(file, upto, (Wanted::Places, wanted), &mut |_| ControlFlow::Continue(()))
}

/// Tells every refusal in the first `upto` bytes of a file that can be read at any place.
///
/// # Errors
/// The file can't be read; what was told before holds all the same.
pub fn scan_file(
    file: &File,
    upto: u64,
    wanted: (Wanted, &Asking<'_>),
    telling: &mut Telling<'_>,
) -> io::Result<Scanned> {
    pieces::scan(file, upto, wanted, telling)
}

/// Tells every refusal in whatever comes, to its end.
///
/// # Errors
/// It can't be read any further; what was told before holds all the same.
pub fn scan_stream(
    stream: &mut dyn Read,
    (wanted, asking): (Wanted, &Asking<'_>),
    telling: &mut Telling<'_>,
) -> io::Result<Scanned> {
    let mut sieve = Sieve::new(wanted, Sizes::default());
    let mut scanned = Scanned::default();
    let mut found = Vec::new();
    while asking() {
        let length = match stream.read(sieve.room()) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if length == 0 {
            sieve.finish(&mut found);
        } else {
            sieve.take(length, &mut found);
        }
        scanned.bytes = scanned.bytes.saturating_add(length as u64);
        for refusal in found.drain(..) {
            scanned.refusals = scanned.refusals.saturating_add(1);
            if telling(refusal).is_break() {
                return Ok(scanned);
            }
        }
        if length == 0 {
            scanned.whole = true;
            break;
        }
    }
    Ok(scanned)
}

#[cfg(test)]
mod tests;
