//! Time, handed to everything that waits: the system's, or one that a test drives.
//!
//! Relies on tokio for the system's timers. A moment has two faces: `at`, which only ever grows and is what
//! waits are measured by, and `wall`, which is what is written down. Pure rooms use the types and never a `Clock`.
//! The system's `at` runs on while the machine sleeps, so that nothing is younger for it; its timers don't.
//! Deliberately absent: time zones; what is shown and recorded is UTC.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, oneshot};

/// A point on the clock's own line: the time since the clock was made. Never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub Duration);

impl Instant {
    /// How long ago `earlier` was; zero if it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// The point `by` later.
    #[must_use]
    pub fn after(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by))
    }
}

/// One moment, with both its faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    pub at: Instant,
    pub wall: Timestamp,
}

/// The clock had reached the deadline before the work was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time-out was reached")]
pub struct TimedOut;

/// The source of time. Cheap to clone; all clones are one clock.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The time it was made, by either face: since the machine was started, and by the wall.
    System(Duration, Timestamp),
    Driven(Driven),
}

impl Clock {
    #[must_use]
    pub fn system() -> Self {
        Self::System(since_start(), Timestamp::now())
    }

    #[must_use]
    pub fn now(&self) -> Now {
        match self {
            Self::System(origin, _) => system_now(*origin),
            Self::Driven(driven) => driven.now(),
        }
    }

    /// What the wall would tell, had it not been set back since the clock was made: for what must not be forgotten early.
    #[must_use]
    pub fn latest(&self) -> Timestamp {
        let now = self.now();
        let made = match self {
            Self::System(_, made) => *made,
            Self::Driven(driven) => driven.lock().made,
        };
        made.saturating_add(now.at.0).unwrap_or(now.wall).max(now.wall)
    }

    pub async fn sleep(&self, by: Duration) {
        self.sleep_until(self.now().at.after(by)).await;
    }

    pub async fn sleep_until(&self, at: Instant) {
        match self {
            Self::System(..) => tokio::time::sleep(at.since(self.now().at)).await,
            Self::Driven(driven) => driven.sleep_until(at).await,
        }
    }

    /// Awaits `work` for at most `by`.
    ///
    /// # Errors
    /// [`TimedOut`] when the clock got there first.
    pub async fn timeout<F: Future>(&self, by: Duration, work: F) -> Result<F::Output, TimedOut> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = self.sleep(by) => Err(TimedOut),
        }
    }

    /// Says that something is being done that will have a consequence. A driven clock is not moved while one is held;
    /// the system's clock takes no notice.
    #[must_use]
    pub fn work(&self) -> Work {
        if let Self::Driven(driven) = self {
            driven.lock().working += 1;
            Work(Some(driven.clone()))
        } else {
            Work(None)
        }
    }
}

/// Both faces of one moment: a process that was stopped between two looks would see a clock that was set.
fn system_now(origin: Duration) -> Now {
    let elapsed = || since_start().saturating_sub(origin);
    loop {
        let (before, wall, after) = (elapsed(), Timestamp::now(), elapsed());
        if after.saturating_sub(before) < Duration::from_secs(1) {
            return Now { at: Instant(before), wall };
        }
    }
}

/// How long ago the machine was started, its sleep counted. Source: `clock_gettime(2)`, `CLOCK_BOOTTIME`.
#[cfg(target_os = "linux")]
fn since_start() -> Duration {
    let told = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(told.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(told.tv_nsec).unwrap_or_default())
}

/// How long ago this was asked first.
#[cfg(not(target_os = "linux"))]
fn since_start() -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed()
}

/// Something is under way; dropped when its consequence has been handed on.
#[derive(Debug)]
pub struct Work(Option<Driven>);

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(driven) = &self.0 {
            let mut line = driven.lock();
            line.working = line.working.saturating_sub(1);
            if line.working == 0 {
                driven.idle.notify_waiters();
            }
        }
    }
}

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
pub struct Driven {
    line: Arc<Mutex<Line>>,
    idle: Arc<Notify>,
}

#[derive(Debug)]
struct Line {
    at: Instant,
    start: Timestamp,
    /// As it was before the wall was set.
    made: Timestamp,
    working: usize,
    sleepers: Vec<(Instant, oneshot::Sender<Work>)>,
}

impl Driven {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self {
            line: Arc::new(Mutex::new(Line {
                at: Instant::default(),
                start,
                made: start,
                working: 0,
                sleepers: Vec::new(),
            })),
            idle: Arc::new(Notify::new()),
        }
    }

    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::Driven(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Now {
        let line = self.lock();
        Now { at: line.at, wall: line.start.saturating_add(line.at.0).unwrap_or(line.start) }
    }

    /// Sets the clock on the wall, forward or back; nobody's wait is touched.
    pub fn set_wall(&self, by: SignedDuration) {
        let mut line = self.lock();
        line.start = line.start.saturating_add(by).unwrap_or(line.start);
    }

    async fn sleep_until(&self, at: Instant) {
        let woken = {
            let mut line = self.lock();
            if at <= line.at {
                return;
            }
            line.sleepers.retain(|(_, sleeper)| !sleeper.is_closed());
            let (wake, woken) = oneshot::channel();
            line.sleepers.push((at, wake));
            woken
        };
        // The wake-up itself counts as work until the sleeper has run on, so that the clock can't be moved past it.
        if let Ok(work) = woken.await {
            tokio::task::yield_now().await;
            drop(work);
        }
    }

    /// Returns once nothing is under way.
    pub async fn idle(&self) {
        loop {
            let notified = self.idle.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if self.lock().working == 0 {
                return;
            }
            notified.await;
        }
    }

    /// How many things are under way.
    #[must_use]
    pub fn working(&self) -> usize {
        self.lock().working
    }

    /// When the next sleeper wants to wake.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        let mut line = self.lock();
        line.sleepers.retain(|(_, sleeper)| !sleeper.is_closed());
        line.sleepers.iter().map(|(at, _)| *at).min()
    }

    /// Moves the clock to `at` (never back) and wakes everyone whose time has come.
    pub fn move_to(&self, at: Instant) {
        let due = {
            let mut line = self.lock();
            line.at = line.at.max(at);
            let now = line.at;
            let (due, later): (Vec<_>, Vec<_>) =
                std::mem::take(&mut line.sleepers).into_iter().partition(|(at, _)| *at <= now);
            line.sleepers = later;
            line.working += due.len();
            due
        };
        for (_, sleeper) in due {
            // Dropping the returned work when the sleeper is gone takes the count back.
            drop(sleeper.send(Work(Some(self.clone()))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driven() -> Driven {
        Driven::new(Timestamp::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn a_sleeper_wakes_only_when_the_clock_is_moved_past_it() {
        let driven = driven();
        let clock = driven.clock();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(5)).await;
                clock.now().at
            }
        });
        while driven.next().is_none() {
            tokio::task::yield_now().await;
        }
        driven.move_to(Instant(Duration::from_secs(4)));
        assert!(!sleeper.is_finished());
        driven.move_to(Instant(Duration::from_secs(5)));
        assert_eq!(sleeper.await.ok(), Some(Instant(Duration::from_secs(5))));
        driven.idle().await;
    }

    #[tokio::test]
    async fn work_held_keeps_the_clock_from_being_idle() {
        let driven = driven();
        let work = driven.clock().work();
        assert_eq!(driven.working(), 1);
        drop(work);
        driven.idle().await;
        assert_eq!(driven.working(), 0);
    }

    #[tokio::test]
    async fn a_timeout_ends_the_wait_and_not_before() {
        let driven = driven();
        let clock = driven.clock();
        let waiting =
            tokio::spawn(
                async move { clock.timeout(Duration::from_secs(3), std::future::pending::<()>()).await },
            );
        while driven.next().is_none() {
            tokio::task::yield_now().await;
        }
        driven.move_to(Instant(Duration::from_secs(3)));
        assert_eq!(waiting.await.ok(), Some(Err(TimedOut)));
    }
}
