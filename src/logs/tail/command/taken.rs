//! How far a command's output was taken, known to whoever takes the mark.
//!
//! Relies on the pipe telling how much waits in it: that was printed before the mark too. Deliberately absent: reading.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::logs::Position;

/// Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Taken(Arc<Mutex<Place>>);

#[derive(Debug, Default)]
struct Place {
    at: Position,
    pipe: Option<OwnedFd>,
    /// What was there before the run has been told from what is new.
    settled: bool,
    /// A mark was taken when there was no place to be named.
    missed: bool,
}

impl Taken {
    /// Where the output ends now; nothing unless it is followed and what comes is known to be new.
    #[must_use]
    pub fn mark(&self) -> Option<Position> {
        let mut place = self.place();
        if place.settled {
            let offset = place.at.offset.saturating_add(place.waiting());
            return Some(Position { offset, ..place.at });
        }
        place.missed = true;
        None
    }

    pub(super) fn begin(&self, pipe: Option<OwnedFd>) {
        let mut place = self.place();
        place.pipe = pipe;
        place.settled = false;
    }

    pub(super) fn reach(&self, at: Position) {
        self.place().at = at;
    }

    #[cfg(test)]
    pub(super) fn reached(&self) -> u64 {
        self.place().at.offset
    }

    pub(super) fn settle(&self) {
        let mut place = self.place();
        place.settled = true;
        place.missed = false;
    }

    pub(super) fn nothing(&self) {
        self.begin(None);
    }

    /// A mark was taken while nothing could be said: what came meanwhile may lie on either side of it.
    pub(super) fn missed_a_mark(&self) -> bool {
        self.place().missed
    }

    pub(super) fn waiting(&self) -> u64 {
        self.place().waiting()
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn waiting(&self) -> u64 {
        self.pipe.as_ref().and_then(|pipe| rustix::io::ioctl_fionread(pipe).ok()).unwrap_or(0)
    }
}
