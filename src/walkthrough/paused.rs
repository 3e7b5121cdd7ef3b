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
        self.proof_aged(self.slept(now));
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
        let due = self.due().unwrap_or(now.at).max(self.now.at);
        let pause = Pause { stopped: self.noted(now.at.since(due)), slept: self.slept(now) };
        Some(pause).filter(|pause| *pause != Pause::default())
    }

    /// By how much the clock on the wall ran ahead of the time that passed. One that is behind is set right.
    fn slept(&self, now: Now) -> Duration {
        let ahead = Duration::try_from(now.wall.duration_since(self.now.wall)).unwrap_or_default();
        let ahead = ahead.saturating_sub(now.at.since(self.now.at));
        if self.behind.is_zero() { self.noted(ahead) } else { Duration::ZERO }
    }

    fn noted(&self, by: Duration) -> Duration {
        if by > self.late() { by } else { Duration::ZERO }
    }

    /// How old a proof is that was slept over nobody can say; the password is tested again before it is saved.
    fn proof_aged(&mut self, slept: Duration) {
        if slept > Duration::ZERO && !self.sending() && !self.testing() && self.acceptance.is_some() {
            self.type_it_again();
        }
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
