//! When to draw: a key's echo at once, everything else at most every 33 ms, or every 84 ms over a link.
//!
//! Relies on the clock's `Instant` alone and asks no one the time.
//! Deliberately absent: drawing, and knowing *that* something changed; the loop says both.

use std::time::Duration;

use crate::clock::Instant;

/// The least time between two frames on this machine's own terminal.
pub const LOCAL: Duration = Duration::from_millis(33);
/// The least time between two frames over SSH, where a frame not sent is a key that arrives sooner: twelve a second.
pub const REMOTE: Duration = Duration::from_millis(84);

/// Why the screen is out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Something became known, or the time shown moved on.
    News,
    /// The operator pressed a key or changed the window's size, and waits to see it.
    Echo,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The screen shows what is true.
    Nothing,
    Now,
    At(Instant),
}

/// What the screen owes the operator.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    between: Duration,
    drawn: Option<Instant>,
    owed: Option<Cause>,
}

impl Pace {
    /// A screen that has not been drawn yet, and owes that.
    #[must_use]
    pub fn new(ssh: bool) -> Self {
        Self { between: if ssh { REMOTE } else { LOCAL }, drawn: None, owed: Some(Cause::Echo) }
    }

    /// The screen no longer shows what is true. An echo owed stays an echo.
    pub fn changed(&mut self, cause: Cause) {
        self.owed = self.owed.max(Some(cause));
    }

    /// The operator waits to see what a key did.
    #[must_use]
    pub fn owes_an_echo(&self) -> bool {
        self.owed == Some(Cause::Echo)
    }

    /// A frame was drawn.
    pub fn drawn(&mut self, now: Instant) {
        self.drawn = Some(now);
        self.owed = None;
    }

    #[must_use]
    pub fn due(&self, now: Instant) -> Due {
        match (self.owed, self.drawn) {
            (None, _) => Due::Nothing,
            (Some(Cause::Echo), _) | (Some(Cause::News), None) => Due::Now,
            (Some(Cause::News), Some(drawn)) => {
                let next = drawn.after(self.between);
                if next <= now { Due::Now } else { Due::At(next) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Instant {
        Instant(Duration::from_millis(millis))
    }

    #[test]
    fn a_frame_comes_when_it_is_due_and_an_echo_at_once() {
        // over SSH, drawn at, owed, now, due
        let check = |ssh: bool, drawn: Option<u64>, owed: &[Cause], now: u64, due: Due| {
            let mut pace = Pace::new(ssh);
            if let Some(drawn) = drawn {
                pace.drawn(at(drawn));
            }
            for cause in owed {
                pace.changed(*cause);
            }
            assert_eq!(pace.due(at(now)), due, "ssh {ssh}, drawn {drawn:?}, owed {owed:?}, now {now}");
        };
        check(false, None, &[], 0, Due::Now);
        check(false, None, &[Cause::News], 0, Due::Now);
        check(false, Some(100), &[], 1_000, Due::Nothing);
        check(false, Some(100), &[Cause::News], 100, Due::At(at(133)));
        check(false, Some(100), &[Cause::News], 132, Due::At(at(133)));
        check(false, Some(100), &[Cause::News], 133, Due::Now);
        check(false, Some(100), &[Cause::Echo], 100, Due::Now);
        check(true, Some(100), &[Cause::News], 133, Due::At(at(184)));
        check(true, Some(100), &[Cause::News], 184, Due::Now);
        check(true, Some(100), &[Cause::Echo], 101, Due::Now);
        check(true, Some(100), &[Cause::News, Cause::Echo, Cause::News], 101, Due::Now);
    }

    #[test]
    fn a_flood_of_news_is_drawn_at_most_twelve_times_a_second_over_a_link_and_a_key_at_once() {
        let mut pace = Pace::new(true);
        let (mut frames, mut echoes) = (Vec::new(), 0);
        for now in 0..10_000 {
            pace.changed(Cause::News);
            let key = now % 500 == 250;
            if key {
                pace.changed(Cause::Echo);
            }
            if pace.due(at(now)) == Due::Now {
                pace.drawn(at(now));
                frames.push(now);
                echoes += u32::from(key);
            }
        }
        let most = (0..9).map(|second| {
            frames.iter().filter(|frame| (second * 1000..(second + 1) * 1000).contains(*frame)).count()
        });
        let most = most.max().unwrap();
        println!("{} frames in ten seconds, {most} in one at most, 2 of them echoes", frames.len());
        // Twelve, and the two echoes of each second.
        assert!(most <= 14, "{most}");
        assert_eq!(echoes, 20);
    }

    #[test]
    fn once_drawn_nothing_is_owed() {
        let mut pace = Pace::new(false);
        pace.changed(Cause::Echo);
        pace.drawn(at(5));
        assert_eq!(pace.due(at(500)), Due::Nothing);
    }
}
