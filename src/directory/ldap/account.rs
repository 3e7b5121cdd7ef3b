//! Reading an account.
//!
//! Relies on a bind having succeeded on the connection. Source: MS-ADTS 3.1.1.4.5 for the constructed attributes.
//! Deliberately absent: whose bind it was (`identity`), and comparing the account with the portal's.

use std::time::Duration;

use jiff::Timestamp;
use ldap3::{Ldap, Scope, ldap_escape};

use super::entry::{Entry, Query};
use super::reach::Root;
use super::{Client, decode, privileges};
use crate::directory::{AccountFacts, Fault, Group};
use crate::text::Safe;

const STORED: [&str; 13] = [
    "sAMAccountName",
    "objectSid",
    "pwdLastSet",
    "userAccountControl",
    "accountExpires",
    "badPwdCount",
    "badPasswordTime",
    "lockoutTime",
    "servicePrincipalName",
    "primaryGroupID",
    "adminCount",
    "msDS-SupportedEncryptionTypes",
    "msDS-AllowedToDelegateTo",
];

/// Made up by the controller on a search for the object itself, and only then.
const COMPUTED: [&str; 4] = [
    "msDS-User-Account-Control-Computed",
    "msDS-UserPasswordExpiryTimeComputed",
    "msDS-ResultantPSO",
    "tokenGroups",
];

const DISABLED: i64 = 0x2;
const LOCKED: i64 = 0x10;
const NEVER_EXPIRES: i64 = 0x1_0000;
const PASSWORD_EXPIRED: i64 = 0x80_0000;
/// A FILETIME that never comes.
const NEVER: i64 = i64::MAX;

/// So many service principal names are kept to be shown.
const SHOWN_PRINCIPALS: usize = 3;

/// An account as one controller has it.
pub(super) struct Found {
    stored: Entry,
    computed: Option<Entry>,
}

impl Client {
    pub(super) async fn account(
        &self,
        ldap: &mut Ldap,
        root: &Root,
        name: &str,
    ) -> Result<Option<Found>, Fault> {
        self.account_by(ldap, root, &format!("(sAMAccountName={})", ldap_escape(name))).await
    }

    pub(super) async fn account_by(
        &self,
        ldap: &mut Ldap,
        root: &Root,
        filter: &str,
    ) -> Result<Option<Found>, Fault> {
        let query = Query { base: &root.naming_context, scope: Scope::Subtree, filter, attributes: &STORED };
        let Some(stored) = self.first(ldap, query).await? else { return Ok(None) };
        let computed = self.first(ldap, Query::object(stored.dn(), &COMPUTED)).await.ok().flatten();
        Ok(Some(Found { stored, computed }))
    }
}

impl Found {
    /// The privileged groups among all it is in; the connection's own token where the account's can't be read.
    pub(super) fn groups(&self, token: &[Vec<u8>]) -> Option<Vec<Group>> {
        let own = self.computed.iter().flat_map(|computed| computed.all_bytes("tokenGroups"));
        let mut sids: Vec<&[u8]> = own.collect();
        if sids.is_empty() {
            sids = token.iter().map(Vec::as_slice).collect();
        }
        privileges::groups(&sids, self.stored.number("primaryGroupID"))
    }

    pub(super) fn sid(&self) -> Option<&[u8]> {
        self.stored.all_bytes("objectSid").first().copied()
    }

    /// What the directory works out of it could be read.
    pub(super) fn is_computed(&self) -> bool {
        self.computed.is_some()
    }

    /// The DN of the fine-grained policy that holds for it.
    pub(super) fn fine_grained(&self) -> Option<&str> {
        self.computed.as_ref()?.text("msDS-ResultantPSO")
    }

    pub(super) fn facts(&self, now: Option<Timestamp>) -> AccountFacts {
        let stored = &self.stored;
        let filetime = |name: &str| stored.text(name).and_then(decode::filetime);
        let control = stored.number("userAccountControl");
        let flags =
            self.computed.as_ref().and_then(|entry| entry.number("msDS-User-Account-Control-Computed"));
        let has = |flags: Option<i64>, bit: i64| flags.is_some_and(|flags| flags & bit != 0);
        let expires =
            self.computed.as_ref().and_then(|entry| entry.text("msDS-UserPasswordExpiryTimeComputed"));
        let principals: Vec<&str> = stored.texts("servicePrincipalName").collect();
        AccountFacts {
            name: stored.text("sAMAccountName").map(Safe::new).unwrap_or_default(),
            sid: stored.sid("objectSid").map(Safe::from).unwrap_or_default(),
            distinguished_name: Safe::new(stored.dn()),
            password_changed: filetime("pwdLastSet"),
            password_expires: expires.and_then(decode::filetime),
            password_never_expires: has(control, NEVER_EXPIRES)
                || expires.and_then(|text| text.trim().parse().ok()) == Some(NEVER),
            disabled: has(control, DISABLED),
            locked: has(flags, LOCKED),
            account_expired: filetime("accountExpires").zip(now).is_some_and(|(end, now)| end <= now),
            password_expired: has(flags, PASSWORD_EXPIRED),
            // Of one that never expires nobody asks for another password.
            must_change: stored.number("pwdLastSet") == Some(0) && !has(control, NEVER_EXPIRES),
            bad_password_count: stored.number("badPwdCount").and_then(|count| u32::try_from(count).ok()),
            // It stays set when the lock has run out; the computed flag knows that.
            lockout_time: filetime("lockoutTime").filter(|_| flags.is_none() || has(flags, LOCKED)),
            flags: control.map(|control| privileges::flags(control, stored)),
            service_principals: principals
                .iter()
                .take(SHOWN_PRINCIPALS)
                .map(|name| Safe::new(name))
                .collect(),
            service_principal_count: principals.len(),
            ..AccountFacts::default()
        }
    }

    /// The count, or none of it if a whole window has passed since the last failure.
    pub(super) fn bad_password_count(&self, window: Duration, now: Option<Timestamp>) -> Option<u32> {
        let count = u32::try_from(self.stored.number("badPwdCount")?).ok()?;
        Some(if forgotten(self.last_failure(), window, now) { 0 } else { count })
    }

    /// By the controller's own clock.
    pub(super) fn last_failure(&self) -> Option<Timestamp> {
        self.stored.text("badPasswordTime").and_then(decode::filetime)
    }
}

/// Both times are the controller's own.
fn forgotten(last: Option<Timestamp>, window: Duration, now: Option<Timestamp>) -> bool {
    let since = last.zip(now).map(|(last, now)| now.duration_since(last));
    since.and_then(|since| Duration::try_from(since).ok()).is_some_and(|since| since >= window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_forgotten_only_when_the_times_are_known_and_a_window_lies_between_them() {
        let at = |second: i64| Some(Timestamp::from_second(second).unwrap());
        let check = |last: Option<Timestamp>, now: Option<Timestamp>, expected: bool| {
            assert_eq!(forgotten(last, Duration::from_mins(1), now), expected, "{last:?} {now:?}");
        };
        check(at(100), at(159), false);
        check(at(100), at(160), true);
        check(at(100), at(50), false);
        check(None, at(160), false);
        check(at(100), None, false);
    }
}
