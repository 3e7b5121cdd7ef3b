//! The guard's judgement: the attempts made and the policy in, leave or a shut gate out.
//!
//! Relies on the parent's types. Pure; the caller holds the ledger's lock for as long as the judgement is to hold.
//! Deliberately absent: trust in a success having set Active Directory's count back. Accepted attempts count nothing,
//! and forgive nothing either.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    Attempt, Budget, Charge, IN_HAND, Judgement, LONGEST_ATTEMPT, Outcome, Request, Shut, Standing, Why,
    policy,
};
use crate::directory::{AccountKey, Host, LockoutPolicy};

/// Whether the requested attempts may be made now. `standing` is what a reader saw just before: at the PDC emulator for
/// attempts charged to the account, and at the controllers to be asked.
pub fn judge(attempts: &[Attempt], request: &Request, standing: &[Standing], now: Timestamp) -> Judgement {
    let guard = Guard { attempts, request, standing, now, policy: policy(standing) };
    if let Some(shut) = guard.locked() {
        return Judgement::Shut(shut);
    }
    match guard.budgets().iter().try_fold(None, |tightest: Option<Budget>, account| {
        let budget = guard.grant(account)?;
        Ok(Some(tightest.filter(|so_far| so_far.safe <= budget.safe).unwrap_or(budget)))
    }) {
        Ok(Some(left)) => Judgement::Granted { left },
        // Nothing asked for is nothing granted.
        Ok(None) => Judgement::Shut(Shut::Never(Why::TooManyAtOnce { asked: 0, safe: 0 })),
        Err(shut) => Judgement::Shut(shut),
    }
}

struct Guard<'a> {
    attempts: &'a [Attempt],
    request: &'a Request,
    standing: &'a [Standing],
    now: Timestamp,
    policy: Option<LockoutPolicy>,
}

/// One of the budgets that a request draws on.
struct Draw<'a> {
    /// `None`: the account's.
    controller: Option<&'a Host>,
    asked: u32,
}

/// Failures as the ledger has them.
#[derive(Clone, Copy)]
struct Counted {
    own: u32,
    /// Of them, lines that can't be read.
    unreadable: u32,
    /// When the youngest of them will have been forgotten.
    forgotten: Option<Timestamp>,
}

impl Guard<'_> {
    fn window(&self) -> Duration {
        self.policy.map_or(self.request.lockout_window, |policy| policy.window)
    }

    fn locked(&self) -> Option<Shut> {
        let locked = self.standing.iter().map(|standing| &standing.account).find(|account| {
            account.locked
                || account
                    .lockout_time
                    .is_some_and(|since| self.lock_ends(since).is_none_or(|end| end > self.now))
        })?;
        let end = locked.lockout_time.and_then(|since| self.lock_ends(since)).filter(|end| *end > self.now);
        Some(end.map_or(Shut::UntilUnlocked, |end| Shut::NotBefore(end, Why::Locked)))
    }

    fn lock_ends(&self, since: Timestamp) -> Option<Timestamp> {
        self.policy?.duration.map(|duration| later(since, duration))
    }

    fn budgets(&self) -> Vec<Draw<'_>> {
        let asked = |host: &Host| self.request.controllers.iter().filter(|other| *other == host).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let mut draws: Vec<_> = self
            .request
            .controllers
            .iter()
            .map(|host| Draw { controller: Some(host), asked: number(asked(host)) })
            .collect();
        if self.request.charge == Charge::Account && !draws.is_empty() {
            draws.insert(0, Draw { controller: None, asked: number(draws.len()) });
        }
        draws
    }

    fn grant(&self, draw: &Draw<'_>) -> Result<Budget, Shut> {
        let own = self.own(draw);
        let budget = self.budget(own, self.seen(draw).saturating_add(self.under_way(draw)).max(own.own));
        if draw.asked <= budget.safe {
            return match self.needs_the_name(own) {
                Some(why) if !self.request.typed_account_name => Err(Shut::TypeAccountName { why }),
                _ => Ok(budget),
            };
        }
        if self.policy.is_some_and(|policy| policy.threshold == 1) {
            return Err(Shut::Never(Why::FirstFailureLocks));
        }
        if budget.safe > 0 {
            return Err(Shut::Never(Why::TooManyAtOnce { asked: draw.asked, safe: budget.safe }));
        }
        let why = match draw.controller {
            None => Why::AccountSpent(budget),
            Some(host) => Why::ControllerSpent(host.clone(), budget),
        };
        let others = (self.policy.is_some() && self.seen(draw) > own.own)
            .then(|| later(self.last_seen(draw), self.window()));
        let opens = own.forgotten.max(others).unwrap_or_else(|| later(self.now, self.window()));
        Err(Shut::NotBefore(opens, why))
    }

    /// The failures of the ledger that Active Directory may still remember.
    fn own(&self, draw: &Draw<'_>) -> Counted {
        let mut remembered: Vec<_> = self
            .attempts
            .iter()
            .filter(|attempt| attempt.outcome.is_none_or(Outcome::counts) && self.concerns(attempt, draw))
            .map(|attempt| {
                (self.remembered_until(attempt), attempt.at, attempt.account == AccountKey::UNKNOWN)
            })
            .collect();
        remembered.sort_unstable();
        // From the youngest back, as long as each was still remembered when the one after it may have arrived.
        let mut counted = Counted { own: 0, unreadable: 0, forgotten: None };
        let mut from = self.now;
        for (until, at, unreadable) in remembered.into_iter().rev() {
            if until <= from {
                break;
            }
            counted.own = counted.own.saturating_add(1);
            counted.unreadable = counted.unreadable.saturating_add(u32::from(unreadable));
            counted.forgotten = counted.forgotten.max(Some(until));
            from = from.min(at);
        }
        counted
    }

    /// From the latest moment at which it can have reached a controller.
    fn remembered_until(&self, attempt: &Attempt) -> Timestamp {
        let arrived = attempt.settled_at.unwrap_or_else(|| later(attempt.at, LONGEST_ATTEMPT));
        later(arrived.max(attempt.at), self.window())
    }

    fn concerns(&self, attempt: &Attempt, draw: &Draw<'_>) -> bool {
        if attempt.account == AccountKey::UNKNOWN {
            return true;
        }
        attempt.account == self.request.account
            && match draw.controller {
                None => attempt.charge == Charge::Account,
                Some(host) => attempt.controller == *host,
            }
    }

    /// Attempts that may not have arrived when the reader looked.
    fn under_way(&self, draw: &Draw<'_>) -> u32 {
        let open = self
            .attempts
            .iter()
            .filter(|attempt| attempt.outcome.is_none() && later(attempt.at, LONGEST_ATTEMPT) >= self.now);
        let count = open.filter(|attempt| self.concerns(attempt, draw)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The highest `badPwdCount` a reader saw that this budget has to answer for.
    fn seen(&self, draw: &Draw<'_>) -> u32 {
        let concerned =
            |standing: &&Standing| draw.controller.is_none_or(|host| standing.controller == *host);
        let counts =
            self.standing.iter().filter(concerned).filter_map(|standing| standing.account.bad_password_count);
        counts.max().unwrap_or(0)
    }

    /// When the youngest of the failures seen was counted; where a controller doesn't tell, it may be of this moment.
    fn last_seen(&self, draw: &Draw<'_>) -> Timestamp {
        self.standing
            .iter()
            .filter(|standing| draw.controller.is_none_or(|host| standing.controller == *host))
            .filter(|standing| standing.account.bad_password_count.is_some_and(|count| count > 0))
            .map(|standing| standing.account.last_failure.unwrap_or(self.now))
            .max()
            .map_or(self.now, |last| last.min(self.now))
    }

    fn budget(&self, own: Counted, counted: u32) -> Budget {
        let in_hand = if self.request.retest_of_current { IN_HAND - 1 } else { IN_HAND };
        let threshold = self.policy.map(|policy| policy.threshold);
        let (safe, in_hand) = match threshold {
            Some(0) => (u32::MAX, 0),
            Some(1) => (0, 0),
            Some(small @ 2..=3) => (
                u32::from(own.own == 0 && counted.saturating_add(1) < small),
                small.saturating_sub(counted.saturating_add(1)),
            ),
            Some(threshold) => (threshold.saturating_sub(counted.saturating_add(in_hand)), in_hand),
            // One failure, a second once the name was typed; then the window has to pass. What others did can't be
            // weighed against a threshold nobody knows: it asks for the name, and doesn't shut the gate for ever.
            None => (2_u32.saturating_sub(own.own).min(1), 0),
        };
        Budget { threshold, counted, unreadable: own.unreadable, safe, in_hand }
    }

    fn needs_the_name(&self, own: Counted) -> Option<Why> {
        match self.policy.map(|policy| policy.threshold) {
            Some(small @ 2..=3) => Some(Why::SmallThreshold(small)),
            // What it would have shown may be a locked account, or the last failure but one.
            None if self.request.unseen && self.request.charge == Charge::Account => {
                Some(Why::StandingNotRead)
            }
            None if own.own > 0 || self.account_seen() > 0 => Some(Why::PolicyNotKnown),
            _ => None,
        }
    }

    fn account_seen(&self) -> u32 {
        self.seen(&Draw { controller: None, asked: 0 })
    }
}

/// At the end of time the end of time.
fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}
