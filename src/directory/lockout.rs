//! How many attempts are safe, given the attempts made and the policy: grants or refuses.
//!
//! Relies on nothing but its arguments: the ledger's attempts, what a reader saw, the time. The source of the rules is
//! Active Directory's own counting (MS-ADTS, badPwdCount): failures add up as long as each comes within the observation
//! window of the one before, and are all forgotten once a whole window has passed without one. Deliberately absent: the
//! ledger on disk (`engine::ledger`), and waiting for a gate to open.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountKey, Host, LockoutPolicy, Protocol, Standing};

mod judge;
#[cfg(test)]
mod tests;

pub use judge::judge;

/// Failures left unspent below the threshold: one for a retest, one for whoever else is using the account.
pub const IN_HAND: u32 = 2;

/// How long an attempt may be under way: one without an outcome may have reached the controller this much later.
pub const LONGEST_ATTEMPT: Duration = Duration::from_mins(1);

/// Names an attempt in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttemptId(pub u64);

/// Whose budget a failure is charged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charge {
    /// The account's and the controller's.
    Account,
    /// The controller's alone: the password is proved current, and a refusal here means it has not replicated.
    ControllerOnly,
}

/// How an attempt ended, as far as counting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Accepted,
    Refused,
    /// Sent, and neither accepted nor refused.
    NotKnown,
    /// It never reached the password.
    NotSent,
    /// The program ended before the answer.
    Interrupted,
}

impl Outcome {
    /// Every outcome but these two may have cost a failure.
    pub fn counts(self) -> bool {
        !matches!(self, Self::Accepted | Self::NotSent)
    }
}

/// One attempt as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub id: AttemptId,
    /// When it was reserved: nothing left before.
    pub at: Timestamp,
    /// When its outcome was written down.
    pub settled_at: Option<Timestamp>,
    /// [`AccountKey::UNKNOWN`]: a damaged line, counted against everyone.
    pub account: AccountKey,
    pub controller: Host,
    pub protocol: Protocol,
    pub charge: Charge,
    /// `None` counts: it is under way, or nobody was left to write it down.
    pub outcome: Option<Outcome>,
}

impl AccountKey {
    /// The account of an attempt that can't be read any more.
    pub const UNKNOWN: Self = Self(String::new());
}

/// Attempts asked for: one at each of the controllers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub account: AccountKey,
    pub controllers: Vec<Host>,
    pub protocol: Protocol,
    pub charge: Charge,
    /// The operator typed the account's name for these very attempts.
    pub typed_account_name: bool,
    /// The secret was accepted as *current* before.
    pub retest_of_current: bool,
    /// There is a reader account, and it could not tell what stands with the account.
    pub unseen: bool,
    /// Taken where the policy is not known.
    pub lockout_window: Duration,
}

/// What is left, as it stood before the attempts were granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// `None`: not known, or a fine-grained policy can't be excluded. `Some(0)`: the account never locks.
    pub threshold: Option<u32>,
    /// Failures that count now.
    pub counted: u32,
    /// So many of them are lines of the ledger that can't be read: each counts against every account.
    pub unreadable: u32,
    /// Failures that can be afforded; [`u32::MAX`] where the account never locks.
    pub safe: u32,
    /// Left unspent below the threshold besides those.
    pub in_hand: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    Granted { left: Budget },
    Shut(Shut),
}

/// Why no attempt may be made, and what opens the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shut {
    NotBefore(Timestamp, Why),
    /// The account is locked, and doesn't unlock by itself.
    UntilUnlocked,
    TypeAccountName {
        why: Why,
    },
    /// No waiting helps.
    Never(Why),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing is left of the account's budget.
    AccountSpent(Budget),
    /// Nothing is left at this controller.
    ControllerSpent(Host, Budget),
    /// The account is locked until then.
    Locked,
    /// Even one failure can lock the account: its policy can't be read, or a fine-grained one can't be excluded.
    PolicyNotKnown,
    /// A reader account should have told what counts against the account, and could not.
    StandingNotRead,
    /// The account locks at 2 or 3 failures: one attempt is all there is.
    SmallThreshold(u32),
    /// The first failure locks the account.
    FirstFailureLocks,
    /// More attempts were asked for at once than can be afforded.
    TooManyAtOnce { asked: u32, safe: u32 },
}

/// Leave for one attempt with one password: made when the ledger has the attempt on disk, consumed by the bind.
/// Neither `Clone` nor to be made elsewhere.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a permit that isn't spent must be settled as not sent"]
pub struct Permit {
    attempt: AttemptId,
    account: AccountKey,
    controller: Host,
    protocol: Protocol,
}

impl Permit {
    /// For `engine::ledger` alone, and only once the attempt is forced to disk.
    pub(crate) fn granted(attempt: &Attempt) -> Self {
        Self {
            attempt: attempt.id,
            account: attempt.account.clone(),
            controller: attempt.controller.clone(),
            protocol: attempt.protocol,
        }
    }

    pub fn attempt(&self) -> AttemptId {
        self.attempt
    }

    pub fn controller(&self) -> &Host {
        &self.controller
    }

    /// It was granted for this account, controller and protocol.
    pub fn covers(&self, account: &AccountKey, controller: &Host, protocol: Protocol) -> bool {
        self.account == *account && self.controller == *controller && self.protocol == protocol
    }
}

/// The policy to go by: the strictest that was read, and none if any reading could not exclude another.
fn policy(standing: &[Standing]) -> Option<LockoutPolicy> {
    let mut read = standing.iter().map(|standing| standing.policy);
    let first = read.next()??;
    read.try_fold(first, |strictest, next| {
        let next = next?;
        let rank = |policy: &LockoutPolicy| policy.threshold.wrapping_sub(1);
        let threshold = std::cmp::min_by_key(strictest, next, rank).threshold;
        let duration = strictest.duration.zip(next.duration).map(|(one, other)| one.max(other));
        Some(LockoutPolicy { threshold, window: strictest.window.max(next.window), duration })
    })
}
