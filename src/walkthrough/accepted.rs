//! After acceptance: whether the account that was read back is the portal's, and whether it can be used as it is.
//!
//! The portal knows a name and no SID; the SID is compared with what a reader saw under that name. Both block: what was
//! proved for another account says nothing of this one, and an account that is shut stops every sensor. Deliberately absent:
//! warnings, which stand in the way of nothing (`words::account_facts`).

use crate::directory::lockout::AttemptId;
use crate::directory::{Account, Host, Protocol, Standing};
use crate::secret::SecretId;
use crate::text::Safe;

use super::Walkthrough;
use super::effect::Effect;
use super::fact::Fact;
use super::step::{Reason, Step};

impl Walkthrough {
    /// The guard let attempts through; unless a reader saw meanwhile that the name is another account's, they are made.
    pub(super) fn granted(
        &mut self,
        attempts: &[(AttemptId, Host)],
        protocol: Protocol,
        standing: &[Standing],
    ) {
        let Some(by) = standing.iter().find_map(|one| one.account.claimed_by.clone()) else {
            return self.reserved(attempts, protocol);
        };
        for (attempt, _) in attempts {
            self.out(Effect::Release(*attempt));
        }
        self.stopped_before(Reason::NameClaimed { by });
    }

    /// Another account than the portal's was read back: by name, or by SID where a reader saw the right one.
    pub(super) fn read_another(&self, account: &Account) -> Option<Safe> {
        let read = self.trial.as_ref()?.account.as_ref()?;
        let same_name = |name: &Safe| name.to_lowercase() == account.name.to_lowercase();
        let named_otherwise = !read.name.is_empty() && !same_name(&read.name);
        let seen = self.standing.as_ref().map(|standing| &standing.account);
        let another_sid = seen.is_some_and(|seen| same_name(&seen.name) && seen.differs_from(read));
        (named_otherwise || another_sid).then(|| {
            if named_otherwise {
                read.name.clone()
            } else {
                Safe::from(format!("{} ({})", read.name, read.sid))
            }
        })
    }

    /// The password was accepted, and yet the directory says that the account is shut: it waits for that to be mended.
    pub(super) fn blocked_by_account(&mut self, secret: SecretId) -> bool {
        let read = self.trial.as_ref().and_then(|trial| trial.account.as_ref());
        let Some(code) = read.and_then(crate::directory::AccountFacts::closed) else { return false };
        self.acceptance = None;
        // Whoever approved its save did so while the account was open.
        self.second_person.end();
        let why = Safe::from(format!("{}; it is kept, to be tested again", code.meaning()));
        self.record(Fact::AcceptedInVain { why });
        self.waiting = Some(secret);
        self.ring();
        self.block(Step::Password, Reason::AcceptedButShut(code));
        true
    }

    /// What was read of the account goes to the record, whatever follows from it.
    pub(super) fn record_read_back(&mut self) {
        let Some(trial) = &self.trial else { return };
        let Some(read) = trial.account.as_ref() else { return };
        let fact = Fact::AccountRead {
            name: read.name.clone(),
            sid: read.sid.clone(),
            password_changed: read.password_changed,
            password_expires: read.password_expires,
            password_never_expires: read.password_never_expires,
            flags: read.flags.clone(),
            groups: read.groups.clone(),
            service_principals: read.service_principal_count,
            bad_password_counts: trial.bad_password_counts(),
        };
        self.record(fact);
    }
}
