//! This machine's clock, held against the time that passed: one that is set back is said and put on record.
//!
//! Pure. Waits go by the time that passed, so none is shortened; only what is written down bears the clock's own time.
//! A clock that runs ahead is not told by itself: a machine that slept wakes with one (`paused`).

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Now;

use super::Walkthrough;
use super::fact::Fact;

/// What a clock is corrected by in good order is less.
const NOTED: Duration = Duration::from_secs(5);

impl Walkthrough {
    /// Takes the time in, and says so if the clock doesn't stand where it should by now.
    pub(super) fn time_told(&mut self, now: Now) {
        let passed = now.at.since(self.now.at);
        let due = self.now.wall.saturating_add(passed).unwrap_or(now.wall);
        self.now = now;
        if let Some(by) = noted(now.wall, due) {
            self.clock_behind(by);
        } else if let Some(by) = noted(due, now.wall).filter(|_| self.behind > Duration::ZERO) {
            let left = self.behind.saturating_sub(by);
            self.behind = if left < NOTED { Duration::ZERO } else { left };
            self.record_clock(Fact::ClockSetForward { by_seconds: by.as_secs() });
        }
    }

    /// A record whose last line is of a later time than now.
    pub(super) fn clock_behind_record(&mut self, last: Option<Timestamp>) {
        if let Some(by) = last.and_then(|last| noted(self.now.wall, last)) {
            self.clock_behind(by);
        }
    }

    fn clock_behind(&mut self, by: Duration) {
        self.behind = self.behind.saturating_add(by);
        // What was said of the last key would hide it.
        self.notice = None;
        self.record_clock(Fact::ClockSetBack { by_seconds: by.as_secs() });
    }

    fn record_clock(&mut self, fact: Fact) {
        // Before there is a record nothing bears a time; the closing line stays the last.
        if self.begun && !self.left && !self.over {
            self.record(fact);
        }
    }
}

/// How much earlier, if that is to be noted.
fn noted(earlier: Timestamp, later: Timestamp) -> Option<Duration> {
    Duration::try_from(later.duration_since(earlier)).ok().filter(|by| *by >= NOTED)
}
