//! Step 3: is the account one that can be used? What port 88 told of it without a password, and what the reader saw.
//!
//! Only what is said in so many words shuts the gate: disabled, expired, locked, unknown. Error 18 without a reason may be
//! logon hours, which mend themselves. Deliberately absent: the account after its password was accepted.

use crate::directory::probe::Found;
use crate::directory::refusal::SubCode;
use crate::directory::{AccountFacts, Host, Standing};

use super::effect::Effect;
use super::errand::Errand;
use super::fact::Fact;
use super::{Reaching, Walkthrough};

impl Walkthrough {
    /// The PDC emulator's word on the account, else that of the first controller that had one.
    pub fn account_found(&self) -> Option<(&Host, &Found)> {
        let mut told: Vec<_> = self
            .stations
            .iter()
            .filter_map(|station| match &station.state {
                Reaching::Reached(reach) => Some((reach, &reach.probe.as_ref()?.found)),
                Reaching::NotAsked | Reaching::Asking | Reaching::Failed(_) => None,
            })
            .collect();
        told.sort_by_key(|(reach, _)| !reach.pdc_emulator);
        told.first().map(|(reach, found)| (&reach.host, *found))
    }

    /// Why it can't be used as it is.
    pub(super) fn unusable(&self) -> Option<SubCode> {
        let said = match self.account_found() {
            Some((_, Found::NoSuchAccount)) => Some(SubCode::NoSuchAccount),
            Some((_, Found::Closed(code))) => code.filter(|code| {
                matches!(code, SubCode::Disabled | SubCode::AccountExpired | SubCode::LockedOut)
            }),
            Some((_, Found::Keys(_) | Found::NoPreauthentication)) | None => None,
        };
        said.or_else(|| self.standing.as_ref().and_then(|standing| closed(&standing.account)))
    }

    pub fn account_is_unusable(&self) -> bool {
        self.unusable().is_some()
    }

    /// Asks the reader, once each time the controllers are reached; true while its answer is out.
    pub(super) fn asks_reader(&mut self) -> bool {
        if self.errands.values().any(|errand| *errand == Errand::LookUp) {
            return true;
        }
        let lead = self.candidates().into_iter().find(|one| one.ldap && one.pdc_emulator);
        let (true, Some(lead), Some(account)) = (self.terms.reader && !self.looked_up, lead, self.account())
        else {
            return false;
        };
        self.looked_up = true;
        let ticket = self.errand(Errand::LookUp);
        self.out(Effect::ReadStanding(ticket, lead.host, account));
        true
    }

    pub(super) fn looked_up(&mut self, standing: Option<Standing>) {
        self.standing = standing;
        self.all_reached();
    }

    /// On record, once each time the controllers are reached.
    pub(super) fn record_account(&mut self) {
        let Some((host, found)) = self.account_found() else { return };
        let fact = Fact::AccountFound { host: host.clone(), found: found.clone() };
        if self.account_recorded {
            return;
        }
        self.account_recorded = true;
        self.record(fact);
    }
}

fn closed(facts: &AccountFacts) -> Option<SubCode> {
    let flags = [
        (facts.disabled, SubCode::Disabled),
        (facts.account_expired, SubCode::AccountExpired),
        (facts.locked, SubCode::LockedOut),
    ];
    flags.into_iter().find(|(set, _)| *set).map(|(_, code)| code)
}
