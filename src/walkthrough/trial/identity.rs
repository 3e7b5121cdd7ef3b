//! Whose password it is that was accepted.
//!
//! `name@domain` can be another account's explicit user principal name; what its bind proves is not what will be saved. The
//! first such answer ends the trial: a Kerberos exchange after it would only cost the right account a failure. Pure.
//! Deliberately absent: the portal's name for the account, which is compared when the trial is over (`walkthrough::accepted`).

use crate::directory::{AccountFacts, Host};
use crate::text::Safe;

use super::{RowWord, Step, Trial, Verdict};

impl Trial {
    /// Keeps what one controller read of the account; `Some`: it is not the one that was meant, or not the one that the
    /// others read.
    pub(super) fn read_back(&mut self, host: &Host, facts: Option<&AccountFacts>) -> Option<Safe> {
        let facts = facts?;
        let another = facts.another().or_else(|| {
            let differs = self.account.as_ref().is_some_and(|known| known.differs_from(facts));
            differs.then(|| facts.known_as())
        });
        if self.account.is_none() || self.leads(host) {
            self.account = Some(facts.clone());
        }
        self.read.retain(|(read, _)| read != host);
        self.read.push((host.clone(), facts.clone()));
        another
    }

    pub(super) fn anothers(&mut self, host: &Host, read: Safe) -> Vec<Step> {
        self.set_word(host, RowWord::AnotherAccounts);
        self.end(Verdict::AnotherAccounts { host: host.clone(), read })
    }

    /// What this controller read of the account.
    pub fn account_at(&self, host: &Host) -> Option<&AccountFacts> {
        self.read.iter().find_map(|(read, facts)| (read == host).then_some(facts))
    }

    /// Each controller's own count of failures, where it was read.
    pub fn bad_password_counts(&self) -> Vec<(Host, u32)> {
        let counted = |(host, facts): &(Host, AccountFacts)| Some((host.clone(), facts.bad_password_count?));
        self.read.iter().filter_map(counted).collect()
    }
}
