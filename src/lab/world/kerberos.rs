//! What becomes of an AS exchange: the account's keys, the errors, and what is counted.
//!
//! Plays Windows, which tells of a closed account before anything is proved and of an expired password only after; Samba,
//! which does it the other way round, stands beside it in the table of cases. Relies on the caller to say which password
//! opens a timestamp. Pure. Deliberately absent: ciphers and messages.

use jiff::Timestamp;

use super::account::{Account, Restriction};
use super::directory::{Arrival, Directory, Policy};
use super::{ACCOUNT, DOMAIN};
use crate::lab::scenario::KdcManner;

/// How far a timestamp may be off, in seconds.
const SKEW: i64 = 300;
/// `STATUS_ACCOUNT_LOCKED_OUT`
const LOCKED_OUT: u32 = 0xc000_0234;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 6
    NoSuchAccount,
    /// 12
    Forbidden,
    /// 18, with the status that says which.
    Closed(u32),
    /// 23, with its status.
    Expired(u32),
    /// 24
    Wrong,
    /// 37
    Skewed,
}

impl Refused {
    /// The error's number, and the status beside it.
    pub fn error(self) -> (u32, Option<u32>) {
        match self {
            Self::NoSuchAccount => (6, None),
            Self::Forbidden => (12, None),
            Self::Closed(status) => (18, Some(status)),
            Self::Expired(status) => (23, Some(status)),
            Self::Wrong => (24, None),
            Self::Skewed => (37, None),
        }
    }

    fn outcome(self) -> &'static str {
        match self {
            Self::NoSuchAccount => "kerberos 6",
            Self::Forbidden => "kerberos 12",
            Self::Closed(_) => "kerberos 18",
            Self::Expired(_) => "kerberos 23",
            Self::Wrong => "kerberos 24",
            Self::Skewed => "kerberos 37",
        }
    }
}

impl Directory {
    /// The salt of an account that may prove itself.
    pub fn salt(&mut self, name: &str, now: Timestamp) -> Result<String, Refused> {
        self.catch_up(now);
        let found = self.accounts.iter().find(|account| account.name.eq_ignore_ascii_case(name));
        let account = found.ok_or(Refused::NoSuchAccount)?;
        if account.is_locked(self.policy.lockout, now) {
            if account.name == ACCOUNT {
                self.remedies.unlock.meet(now);
            }
            return Err(Refused::Closed(LOCKED_OUT));
        }
        account.restriction.and_then(closed).map_or(Ok(()), Err)?;
        Ok(format!("{}{}", DOMAIN.to_uppercase(), account.name))
    }

    /// The password whose key seals a ticket that is given without proof.
    pub fn unasked(&self, controller: usize, name: &str) -> Option<String> {
        let account = self.accounts.iter().find(|account| account.name.eq_ignore_ascii_case(name))?;
        Some(self.held(controller, account).to_owned())
    }

    /// The password whose key a controller has.
    fn held<'account>(&self, controller: usize, account: &'account Account) -> &'account str {
        account.key_password(self.is_stale(controller) && account.name == ACCOUNT)
    }

    /// A sealed timestamp: judged, counted and noted. `opens` says what moment a password's key finds in it. The
    /// password whose key seals the ticket.
    pub fn prove(
        &mut self,
        arrival: Arrival,
        name: &str,
        opens: impl Fn(&str) -> Option<Timestamp>,
    ) -> Result<String, Refused> {
        let judged = self.judge_proof(arrival, name, opens);
        let outcome = judged.as_ref().map_or_else(|refused| refused.outcome(), |_| "kerberos accepted");
        self.note(arrival, &format!("{name}@{DOMAIN}"), outcome);
        judged
    }

    fn judge_proof(
        &mut self,
        arrival: Arrival,
        name: &str,
        opens: impl Fn(&str) -> Option<Timestamp>,
    ) -> Result<String, Refused> {
        let (policy, now) = (self.policy, arrival.now);
        self.salt(name, now)?;
        let place = self.accounts.iter().position(|account| account.name.eq_ignore_ascii_case(name));
        let place = place.ok_or(Refused::NoSuchAccount)?;
        let account = self.accounts.get(place).ok_or(Refused::NoSuchAccount)?;
        let held = self.held(arrival.controller, account).to_owned();
        let (entry, stale) = (account.name == ACCOUNT, self.is_stale(arrival.controller));
        let at = opens(&held);
        if entry && stale && at.is_none() && opens(account.key_password(false)).is_some() {
            self.remedies.replication.meet(now);
        }
        let there = self.time_at(arrival.controller, now);
        let account = self.accounts.get_mut(place).ok_or(Refused::NoSuchAccount)?;
        let Some(at) = at else {
            count(account, policy, arrival, stale);
            return Err(Refused::Wrong);
        };
        if at.duration_since(there).as_secs().abs() > SKEW {
            return Err(Refused::Skewed);
        }
        if let Some(expired) = account.restriction.and_then(expired) {
            if entry {
                self.remedies.reset.meet(now);
            }
            return Err(expired);
        }
        if entry && self.kdc == KdcManner::Forbidding {
            return Err(Refused::Forbidden);
        }
        account.let_in(arrival.controller);
        Ok(held)
    }
}

fn count(account: &mut Account, policy: Policy, arrival: Arrival, stale: bool) {
    // A controller whose cache is stale asks nobody.
    let also = if stale { arrival.controller } else { 0 };
    super::directory::count(account, policy, (arrival.controller, also), arrival.now);
}

/// Told before anything is proved.
fn closed(restriction: Restriction) -> Option<Refused> {
    let status = match restriction {
        Restriction::Disabled => 0xc000_0072,
        Restriction::AccountExpired => 0xc000_0193,
        Restriction::LogonHours => 0xc000_006f,
        // Workstations are not looked at.
        Restriction::MustChange | Restriction::PasswordExpired | Restriction::Workstation => return None,
    };
    Some(Refused::Closed(status))
}

/// Told only to who has proved the password.
fn expired(restriction: Restriction) -> Option<Refused> {
    match restriction {
        Restriction::MustChange => Some(Refused::Expired(0xc000_0224)),
        Restriction::PasswordExpired => Some(Refused::Expired(0xc000_0071)),
        Restriction::Disabled
        | Restriction::AccountExpired
        | Restriction::LogonHours
        | Restriction::Workstation => None,
    }
}
