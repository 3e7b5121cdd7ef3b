//! What becomes of an AS exchange: the account's keys, the errors, and what is counted.
//!
//! Plays what a Samba domain was seen to answer, and Windows as far as it is known to differ. Relies on the caller to say
//! which password opens a timestamp. Pure. Deliberately absent: ciphers and messages.

use jiff::Timestamp;

use super::account::{Account, Restriction};
use super::directory::{Arrival, Directory, Policy};
use super::{ACCOUNT, DOMAIN};

/// How far a timestamp may be off, in seconds.
const SKEW: i64 = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 6
    NoSuchAccount,
    /// 18, with the status that says which.
    Closed(Option<u32>),
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
            Self::Closed(status) => (18, status),
            Self::Expired(status) => (23, Some(status)),
            Self::Wrong => (24, None),
            Self::Skewed => (37, None),
        }
    }

    fn outcome(self) -> &'static str {
        match self {
            Self::NoSuchAccount => "kerberos 6",
            Self::Closed(_) => "kerberos 18",
            Self::Expired(_) => "kerberos 23",
            Self::Wrong => "kerberos 24",
            Self::Skewed => "kerberos 37",
        }
    }
}

impl Directory {
    /// The salt of an account that may prove itself.
    pub fn salt(&self, name: &str, now: Timestamp) -> Result<String, Refused> {
        let account = self.accounts.iter().find(|account| account.name.eq_ignore_ascii_case(name));
        let account = account.ok_or(Refused::NoSuchAccount)?;
        if account.is_locked(self.policy.lockout, now) {
            return Err(Refused::Closed(None));
        }
        Ok(format!("{}{}", DOMAIN.to_uppercase(), account.name))
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
        let stale = self.controllers.get(arrival.controller).is_some_and(|controller| controller.stale);
        self.salt(name, now)?;
        let found = self.accounts.iter_mut().find(|account| account.name.eq_ignore_ascii_case(name));
        let account = found.ok_or(Refused::NoSuchAccount)?;
        let held = account.key_password(stale && account.name == ACCOUNT).to_owned();
        let Some(at) = opens(&held) else {
            count(account, policy, arrival, stale);
            return Err(Refused::Wrong);
        };
        if at.duration_since(now).as_secs().abs() > SKEW {
            return Err(Refused::Skewed);
        }
        account.restriction.map_or(Ok(()), restricted)?;
        account.let_in(arrival.controller);
        Ok(held)
    }
}

fn count(account: &mut Account, policy: Policy, arrival: Arrival, stale: bool) {
    // A controller whose cache is stale asks nobody.
    let also = if stale { arrival.controller } else { 0 };
    super::directory::count(account, policy, (arrival.controller, also), arrival.now);
}

fn restricted(restriction: Restriction) -> Result<(), Refused> {
    Err(match restriction {
        Restriction::Disabled => Refused::Closed(Some(0xc000_0072)),
        Restriction::AccountExpired => Refused::Closed(Some(0xc000_0193)),
        Restriction::LogonHours => Refused::Closed(Some(0xc000_006f)),
        Restriction::MustChange => Refused::Expired(0xc000_0224),
        Restriction::PasswordExpired => Refused::Expired(0xc000_0071),
        // Not looked at.
        Restriction::Workstation => return Ok(()),
    })
}
