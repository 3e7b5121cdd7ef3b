//! The credential entry as the workspace stores it: its fields, its version, and when a change to it is taken.
//!
//! Relies on moments handed in. Pure. Deliberately absent: HTTP; the portal turns a refusal into a status.

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::{ACCOUNT, DOMAIN, MANAGED_ACCOUNT, PREVIOUS_PASSWORD, WRONG_PASSWORD};
use crate::lab::scenario::{PortalSettings, Stored};
use crate::lab::seeded;

/// What someone asks to be stored.
pub struct Change {
    pub if_match: Option<String>,
    pub id: Option<String>,
    pub account: String,
    pub domain: String,
    pub password: Zeroizing<String>,
    pub by: String,
}

/// Why a change was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeRefused {
    NoPrecondition,
    NoChangeId,
    Stale,
    /// A field that the portal doesn't take.
    Illegal(&'static str),
}

pub struct StoredEntry {
    id: String,
    account: String,
    domain: String,
    password: Zeroizing<String>,
    version: u64,
    generation: u64,
    saves: u32,
    pub last_change: String,
    pub changed_by: String,
    pub changed_at: Timestamp,
}

impl StoredEntry {
    pub fn new(settings: &PortalSettings, now: Timestamp) -> Self {
        let (password, hours) = match settings.stored {
            Stored::Previous => (PREVIOUS_PASSWORD, 24 * 90),
            Stored::Wrong => (WRONG_PASSWORD, 3),
        };
        Self {
            id: seeded::guid(0x0e17),
            account: if settings.managed { MANAGED_ACCOUNT } else { ACCOUNT }.into(),
            domain: DOMAIN.into(),
            password: Zeroizing::new(password.into()),
            version: 1,
            generation: 0,
            saves: 0,
            last_change: seeded::guid(0x0e18),
            changed_by: "ben@contoso.test".into(),
            changed_at: now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(now),
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn account(&self) -> &str {
        &self.account
    }

    /// Active Directory keeps its password.
    pub fn managed(&self) -> bool {
        self.account.ends_with('$')
    }

    pub fn domain(&self) -> &str {
        &self.domain
    }

    pub fn password(&self) -> &str {
        &self.password
    }

    /// Which password this is, counted from 0; what a sensor that started on an older one may compare.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    pub fn saves(&self) -> u32 {
        self.saves
    }

    pub fn etag(&self) -> String {
        format!("\"{:08x}\"", self.version)
    }

    /// Somebody else changes the entry, though not its password.
    pub fn change_by_someone(&mut self, now: Timestamp) {
        self.version = self.version.wrapping_add(1);
        self.last_change = seeded::guid(0x0e19 ^ self.version);
        self.changed_by = "ben@contoso.test".into();
        self.changed_at = now;
    }

    pub fn change(&mut self, change: Change, now: Timestamp) -> Result<(), ChangeRefused> {
        let wanted = change.if_match.ok_or(ChangeRefused::NoPrecondition)?;
        let id = change.id.filter(|id| !id.is_empty()).ok_or(ChangeRefused::NoChangeId)?;
        if wanted != self.etag() {
            return Err(ChangeRefused::Stale);
        }
        if change.account.is_empty() || change.account.contains(['@', '\\', '/']) {
            return Err(ChangeRefused::Illegal("AccountName"));
        }
        if !change.domain.contains('.') || change.domain.contains(['@', '\\', '/']) {
            return Err(ChangeRefused::Illegal("DomainDnsName"));
        }
        if change.password.is_empty() {
            return Err(ChangeRefused::Illegal("AccountPassword"));
        }
        self.account = change.account;
        self.domain = change.domain;
        self.password = change.password;
        self.version = self.version.wrapping_add(1);
        self.generation = self.generation.wrapping_add(1);
        self.saves = self.saves.saturating_add(1);
        self.last_change = id;
        self.changed_by = change.by;
        self.changed_at = now;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(if_match: Option<String>) -> Change {
        Change {
            if_match,
            id: Some("change".into()),
            account: ACCOUNT.into(),
            domain: DOMAIN.into(),
            password: Zeroizing::new("new".into()),
            by: "ana".into(),
        }
    }

    #[test]
    fn only_a_whole_change_to_the_version_that_was_read_is_taken() {
        let now = Timestamp::UNIX_EPOCH;
        let mut entry = StoredEntry::new(&PortalSettings::default(), now);
        let read = entry.etag();
        let tag = || Some(read.clone());
        let mut check = |wanted: Change, refused| assert_eq!(entry.change(wanted, now), Err(refused));
        check(change(None), ChangeRefused::NoPrecondition);
        check(Change { id: None, ..change(tag()) }, ChangeRefused::NoChangeId);
        check(change(Some("\"older\"".into())), ChangeRefused::Stale);
        check(Change { account: "a@b".into(), ..change(tag()) }, ChangeRefused::Illegal("AccountName"));
        check(Change { domain: "CONTOSO".into(), ..change(tag()) }, ChangeRefused::Illegal("DomainDnsName"));
        let empty = Zeroizing::new(String::new());
        check(Change { password: empty, ..change(tag()) }, ChangeRefused::Illegal("AccountPassword"));
        assert_eq!((entry.saves(), entry.generation()), (0, 0));

        assert_eq!(entry.change(change(tag()), now), Ok(()));
        assert_eq!((entry.saves(), entry.generation(), entry.password()), (1, 1, "new"));
        assert_eq!(entry.change(change(tag()), now), Err(ChangeRefused::Stale));
    }
}
