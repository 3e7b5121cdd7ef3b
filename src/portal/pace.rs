//! When to read the portal again after it failed. Pure.
//!
//! Deliberately absent: when nothing failed, which the site says.

use std::time::Duration;

use super::Fault;
use crate::clock::Now;

/// The longest wait between two readings that fail.
const SLOWEST: Duration = Duration::from_mins(2);

/// How long to wait after this failure, which is one of so many in a row.
pub fn wait(fault: &Fault, failures: u32, poll: Duration, now: Now) -> Duration {
    match fault {
        Fault::Throttled(asked) => (*asked).max(poll),
        Fault::Unreachable(_)
        | Fault::TimedOut
        | Fault::CutShort
        | Fault::Certificate(_)
        | Fault::Unauthorized
        | Fault::Forbidden(_)
        | Fault::NotFound
        | Fault::Server(_)
        | Fault::Refused(..)
        | Fault::Garbled(_)
        | Fault::Foreign(_)
        | Fault::Internal(_) => backed_off(failures, poll, now),
    }
}

/// Doubled with each failure, up to a bound; up to a quarter less, so that consoles that failed together don't come back
/// together. Which moment it failed at decides: a machine that decides by chance could not be played again.
fn backed_off(failures: u32, poll: Duration, now: Now) -> Duration {
    let doubled = poll.saturating_mul(2u32.saturating_pow(failures.min(6)));
    let wait = doubled.min(SLOWEST).max(poll);
    let share = now.wall.subsec_nanosecond().unsigned_abs().checked_rem(1_000).unwrap_or_default();
    let less = wait.saturating_mul(share).checked_div(4_000).unwrap_or_default();
    wait.saturating_sub(less).max(poll)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::clock::Instant;

    fn at(nanosecond: i32) -> Now {
        Now { at: Instant::default(), wall: Timestamp::new(1_000, nanosecond).unwrap() }
    }

    #[test]
    fn waits_grow_to_a_bound_and_are_spread_but_never_shorter_than_a_poll() {
        let seconds = Duration::from_secs;
        let check = |failures: u32, poll: u64, nanosecond: i32, least: u64, most: u64| {
            let wait = wait(&Fault::Server(500), failures, seconds(poll), at(nanosecond));
            assert!(
                (seconds(least)..=seconds(most)).contains(&wait),
                "{failures} {poll} {nanosecond}: {wait:?}"
            );
        };
        check(1, 15, 0, 30, 30);
        check(2, 15, 0, 60, 60);
        check(3, 15, 0, 120, 120);
        check(60, 15, 0, 120, 120);
        check(1, 15, 999, 22, 23);
        check(3, 15, 500, 104, 106);
        // A site that polls more slowly than the bound is not polled faster because it failed.
        check(1, 600, 999, 600, 600);
    }

    #[test]
    fn what_was_asked_for_is_waited_for() {
        let check = |asked: u64, poll: u64, wait_then: u64| {
            let fault = Fault::Throttled(Duration::from_secs(asked));
            let wait = wait(&fault, 1, Duration::from_secs(poll), at(700));
            assert_eq!(wait, Duration::from_secs(wait_then), "{asked} {poll}");
        };
        check(40, 15, 40);
        check(3600, 15, 3600);
        check(0, 15, 15);
    }
}
