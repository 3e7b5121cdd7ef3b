//! The domain: its controllers, its accounts, and what becomes of a bind.
//!
//! Plays Windows: 525 for an unknown account, an empty password is anonymous, a failure counts where it was made and
//! at the PDC emulator, a lockout holds everywhere. Relies on moments handed in. Pure.
//! Deliberately absent: replication delay other than of the account's last change; Kerberos, which is beside it.

use jiff::{SignedDuration, Timestamp};

use super::ACCOUNT;
use super::account::{Account, Count, Match, Restriction};
use super::remedy::Remedy;
use crate::lab::scenario::{DirectorySettings, KdcManner};

mod opening;

use opening::seconds;

/// The password of the accounts that are there to be refused in their own way.
pub const SERVICE_PASSWORDS: [&str; 3] = ["Svc-Pass-123!", "Svc-Pass-122!", "Svc-Pass-121!"];
/// Of the account that has another's name.
pub const CLAIMANT_PASSWORD: &str = "Claimant-Pass-1!";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    PdcEmulator,
    Writable,
    ReadOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Main,
    /// A branch office: sensors ask the others.
    Branch,
    /// Somewhere the site doesn't know of.
    Unlisted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    pub host: String,
    pub role: Role,
    pub listening: bool,
    /// Holds the previous password as the current one.
    pub stale: bool,
    pub place: Place,
    /// By how much its clock is ahead.
    pub ahead: SignedDuration,
}

/// Where and when a bind arrived.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Counted from 0 in the directory's order.
    pub controller: usize,
    pub encrypted: bool,
    pub by_sensor: bool,
    pub now: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindAnswer {
    Anonymous,
    Accepted,
    /// The sub-code.
    Refused(&'static str),
    /// A password in clear text.
    NotEncrypted,
}

/// One bind with a name, or one AS exchange with a timestamp, as an oracle for tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub controller: String,
    pub name: String,
    /// `accepted`, `anonymous`, `clear text`, or the sub-code; `kerberos accepted`, or `kerberos` and the error.
    pub outcome: &'static str,
    pub by_sensor: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// 0: never.
    pub threshold: u32,
    pub window: SignedDuration,
    pub lockout: SignedDuration,
    pub old_password_window: SignedDuration,
}

pub struct Directory {
    pub controllers: Vec<Controller>,
    pub accounts: Vec<Account>,
    pub policy: Policy,
    pub kdc: KdcManner,
    pub(super) remedies: Remedies,
    attempts: Vec<Attempt>,
}

/// What others put right for the entry's account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Remedies {
    pub(super) unlock: Remedy,
    pub(super) reset: Remedy,
    pub(super) replication: Remedy,
}

impl Directory {
    pub fn new(settings: &DirectorySettings, right: &str, now: Timestamp) -> Self {
        let controllers = opening::controllers(settings);
        let mut accounts = opening::accounts(settings, right, now);
        for account in &mut accounts {
            account.counts = vec![Count::default(); controllers.len()];
            if account.name == ACCOUNT {
                account.locked = settings.locked.then_some(now);
                account.restriction = settings.expired.then_some(Restriction::PasswordExpired);
                let bad = if settings.locked { settings.lockout_threshold } else { settings.bad_count };
                if let (Some(first), true) = (account.counts.first_mut(), bad > 0) {
                    *first = Count { bad, last: Some(now) };
                }
            }
        }
        let policy = Policy {
            threshold: settings.lockout_threshold,
            window: seconds(settings.observation_window_seconds),
            lockout: seconds(settings.lockout_seconds),
            old_password_window: seconds(settings.old_password_window_seconds),
        };
        let remedies = Remedies {
            unlock: Remedy::after(settings.unlock_after_seconds),
            reset: Remedy::after(settings.reset_after_seconds),
            replication: Remedy::after(settings.replicated_after_seconds),
        };
        Self { controllers, accounts, policy, kdc: settings.kdc, remedies, attempts: Vec::new() }
    }

    /// Whatever others were to put right by now is put right.
    pub fn catch_up(&mut self, now: Timestamp) {
        if self.remedies.unlock.comes(now) {
            self.unlock(ACCOUNT);
        }
        if self.remedies.reset.comes(now) {
            for account in self.accounts.iter_mut().filter(|account| account.name == ACCOUNT) {
                account.set_again(now);
            }
        }
        if self.remedies.replication.comes(now) {
            for controller in self.controllers.iter_mut().filter(|known| known.place == Place::Branch) {
                controller.stale = false;
            }
        }
    }

    /// Somebody reads the accounts, and so sees what stands in the way.
    pub fn read(&mut self, now: Timestamp) {
        let lockout = self.policy.lockout;
        if self.accounts.iter().any(|account| account.name == ACCOUNT && account.is_locked(lockout, now)) {
            self.remedies.unlock.meet(now);
        }
    }

    /// What a controller's clock shows.
    pub fn time_at(&self, controller: usize, now: Timestamp) -> Timestamp {
        let ahead = self.controllers.get(controller).map_or(SignedDuration::ZERO, |known| known.ahead);
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Whether a controller still holds the account's previous password.
    pub(super) fn is_stale(&self, controller: usize) -> bool {
        self.controllers.get(controller).is_some_and(|known| known.stale)
    }

    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    pub fn is_current(&self, account: &str, password: &str) -> bool {
        self.accounts.iter().any(|known| known.name == account && known.is_current(password))
    }

    pub fn unlock(&mut self, name: &str) {
        for account in self.accounts.iter_mut().filter(|account| account.name == name) {
            account.locked = None;
            account.counts.fill(Count::default());
        }
    }

    /// A simple bind: judged, counted and noted.
    pub fn bind(&mut self, arrival: Arrival, name: &str, password: &str) -> BindAnswer {
        self.catch_up(arrival.now);
        let answer = self.judge(arrival, name, password);
        if !name.is_empty() {
            let outcome = match answer {
                BindAnswer::Anonymous => "anonymous",
                BindAnswer::Accepted => "accepted",
                BindAnswer::Refused(code) => code,
                BindAnswer::NotEncrypted => "clear text",
            };
            self.note(arrival, name, outcome);
        }
        answer
    }

    pub(super) fn note(&mut self, arrival: Arrival, name: &str, outcome: &'static str) {
        let host = self.controllers.get(arrival.controller).map(|controller| controller.host.clone());
        self.attempts.push(Attempt {
            controller: host.unwrap_or_default(),
            name: name.into(),
            outcome,
            by_sensor: arrival.by_sensor,
        });
    }

    /// The account that a bind by this name is; a name that was given goes before those that are had by themselves.
    pub fn named(&self, name: &str) -> Option<usize> {
        let given = |account: &Account| {
            account.user_principal.as_ref().is_some_and(|given| given.eq_ignore_ascii_case(name))
        };
        let mut accounts = self.accounts.iter();
        accounts.position(given).or_else(|| self.accounts.iter().position(|account| account.answers_to(name)))
    }

    fn judge(&mut self, arrival: Arrival, name: &str, password: &str) -> BindAnswer {
        if name.is_empty() || password.is_empty() {
            return BindAnswer::Anonymous;
        }
        if !arrival.encrypted {
            return BindAnswer::NotEncrypted;
        }
        let policy = self.policy;
        let stale = self.is_stale(arrival.controller);
        let Some(account) = self.named(name).and_then(|number| self.accounts.get_mut(number)) else {
            return BindAnswer::Refused("525");
        };
        let entry = account.name == ACCOUNT;
        if account.is_locked(policy.lockout, arrival.now) {
            if entry {
                self.remedies.unlock.meet(arrival.now);
            }
            return BindAnswer::Refused("775");
        }
        let found = if stale && entry {
            if account.is_current(password) {
                self.remedies.replication.meet(arrival.now);
            }
            if account.was_previous(password) { Match::Current } else { Match::Wrong }
        } else {
            account.compare(password, policy.old_password_window, arrival.now)
        };
        match found {
            Match::Remembered => BindAnswer::Refused("52e"),
            Match::Wrong => {
                // A controller whose cache is stale asks nobody.
                let also = if stale { arrival.controller } else { 0 };
                count(account, policy, (arrival.controller, also), arrival.now);
                BindAnswer::Refused("52e")
            }
            Match::Current | Match::Previous => {
                if let Some(restriction) = account.restriction {
                    if entry {
                        self.remedies.reset.meet(arrival.now);
                    }
                    return BindAnswer::Refused(restriction.code());
                }
                account.let_in(arrival.controller);
                BindAnswer::Accepted
            }
        }
    }
}

/// Counts a failure at both controllers, once where they are the same, and locks at the threshold.
pub(super) fn count(account: &mut Account, policy: Policy, at: (usize, usize), now: Timestamp) {
    let mut reached = false;
    for (index, count) in account.counts.iter_mut().enumerate() {
        if index == at.0 || index == at.1 {
            count.add(now, policy.window);
            reached |= policy.threshold > 0 && count.bad >= policy.threshold;
        }
    }
    if reached {
        account.locked = Some(now);
    }
}

#[cfg(test)]
mod tests;
