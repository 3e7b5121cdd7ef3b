//! Time in which nobody watched: the console was stopped, or its machine slept. On record, and no watch time.
//!
//! Pure. Told by how late an event comes after the one that was due, or by how far the clock on the wall ran ahead of the
//! time that passed, which stands still while a machine sleeps. A clock that was set forward looks like that too, and
//! shortens no watch for it. Deliberately absent: a clock that was set back (`wall_clock`).

use std::time::Duration;

use crate::clock::{Instant, Now};

use super::errand::Errand;
use super::fact::Fact;
use super::{Notice, Walkthrough};

/// What a busy machine is late by is less.
const NOTED: Duration = Duration::from_secs(30);

/// How long nobody watched, up to now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pause {
    /// Of the time that waits are measured by.
    stopped: Duration,
    /// Of the clock on the wall alone.
    slept: Duration,
}

impl Walkthrough {
    /// Once there is something to watch for, the machine is never left alone for longer than this.
    pub(super) fn heartbeat(&self) -> Option<Instant> {
        let reading = self.errands.values().any(Errand::is_reading);
        (self.watching() && reading).then(|| self.now.at.after(self.late()))
    }

    /// A refusal that came and went meanwhile may stand in a log, and the portal doesn't show it any more.
    pub(super) fn pause_told(&mut self, now: Now) {
        let Some(Pause { stopped, slept }) = self.pause(now) else { return };
        for watch in [&mut self.watch, &mut self.next_watch].into_iter().flatten() {
            watch.portal_failed();
            watch.wait_for(stopped);
        }
        let by = stopped.saturating_add(slept);
        self.notice = Some(Notice::Paused(by));
        self.record(Fact::Paused { by_seconds: by.as_secs() });
    }

    /// The line about it, for a walk that can't go on.
    pub(super) fn pause_on_record(&self, now: Now) -> Option<Fact> {
        let Pause { stopped, slept } = self.pause(now)?;
        Some(Fact::Paused { by_seconds: stopped.saturating_add(slept).as_secs() })
    }

    fn pause(&self, now: Now) -> Option<Pause> {
        if !self.watching() {
            return None;
        }
        let passed = now.at.since(self.now.at);
        let noted = |by: Duration| if by > self.late() { by } else { Duration::ZERO };
        let due = self.due().unwrap_or(now.at).max(self.now.at);
        let stopped = noted(now.at.since(due));
        // A clock that is behind is set right.
        let ahead = now.wall.duration_since(self.now.wall);
        let ahead = Duration::try_from(ahead).unwrap_or_default().saturating_sub(passed);
        let slept = if self.behind.is_zero() { noted(ahead) } else { Duration::ZERO };
        Some(Pause { stopped, slept }).filter(|pause| *pause != Pause::default())
    }

    fn late(&self) -> Duration {
        self.terms.poll.saturating_mul(2).max(NOTED)
    }

    /// A save is watched over, or the page is shown at which it may be made.
    fn watching(&self) -> bool {
        let going_on = self.watch.as_ref().is_some_and(|watch| watch.verdict.is_none());
        let here = self.taken_up.target.is_none() && !self.leaving && !self.over;
        here && (going_on || self.next_watch.is_some())
    }
}
