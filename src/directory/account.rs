//! What one controller says of an account, as far as the bind that asked may read it.
//!
//! Sources: MS-ADTS 2.2.16 (`userAccountControl`), MS-DTYP 2.4.2.4 (well-known SIDs), MS-KILE 2.2.7 (encryption types). Groups
//! are known by SID, since their names are translated. Pure. Deliberately absent: what it means for the walk, and in words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::Safe;

use super::refusal::SubCode;

/// What the directory says of an account. Absent means it could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the directory's own, any of them may be set"
)]
pub struct AccountFacts {
    /// Empty where only the SID of who had bound is known.
    pub name: Safe,
    /// `S-1-5-21-…`
    pub sid: Safe,
    pub distinguished_name: Safe,
    pub whose: Whose,
    /// Another account whose explicit `userPrincipalName` is `name@domain`: a bind by that name may be its.
    pub claimed_by: Option<Safe>,
    pub password_changed: Option<Timestamp>,
    /// `None`: never, or not readable.
    pub password_expires: Option<Timestamp>,
    /// The directory says so; `false`: it does expire, or that could not be read.
    pub password_never_expires: bool,
    pub disabled: bool,
    pub locked: bool,
    pub account_expired: bool,
    pub password_expired: bool,
    pub must_change: bool,
    /// Of the controller that was asked; not replicated. Failures it has forgotten already are not in it, where the
    /// policy's window is known.
    pub bad_password_count: Option<u32>,
    pub lockout_time: Option<Timestamp>,
    /// When the controller counted the last failure, by this console's clock; known only with a [`super::Standing`].
    pub last_failure: Option<Timestamp>,
    /// In order; `None`: `userAccountControl` is not readable.
    pub flags: Option<Vec<Flag>>,
    /// Privileged groups it is in, through other groups too, in order; `None`: its groups are not readable.
    pub groups: Option<Vec<Group>>,
    /// The first few of its service principal names.
    pub service_principals: Vec<Safe>,
    /// Of all its service principal names.
    pub service_principal_count: usize,
}

/// Whose bind the facts were read over, by the connection's own token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// The controller doesn't tell, or the bind was a reader's.
    #[default]
    NotKnown,
    /// The account that was meant.
    Meant,
    /// Another one, whose facts these are.
    Another,
}

/// What is unusual about an account, as it is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// `UF_TRUSTED_FOR_DELEGATION`
    Delegation,
    /// `UF_TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION`
    ProtocolTransition,
    /// `msDS-AllowedToDelegateTo` names services.
    ConstrainedDelegation,
    /// `UF_DONT_REQUIRE_PREAUTH`
    NoPreauthentication,
    /// `UF_ENCRYPTED_TEXT_PASSWORD_ALLOWED`
    ReversiblePassword,
    /// `UF_USE_DES_KEY_ONLY`
    DesOnly,
    /// `msDS-SupportedEncryptionTypes` names RC4, and no AES.
    Rc4Only,
    /// `UF_SMARTCARD_REQUIRED`
    SmartCardRequired,
    /// `adminCount`: is, or once was, in a privileged group.
    AdminCount,
}

/// A privileged group, by its well-known SID or relative identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    EnterpriseAdmins,
    DomainAdmins,
    SchemaAdmins,
    Administrators,
    AccountOperators,
    ServerOperators,
    BackupOperators,
    PrintOperators,
}

impl Group {
    /// `sid` as people write it; `None`: not one of the privileged.
    pub fn of_sid(sid: &str) -> Option<Self> {
        if let Some(relative) = sid.strip_prefix("S-1-5-32-") {
            return match relative {
                "544" => Some(Self::Administrators),
                "548" => Some(Self::AccountOperators),
                "549" => Some(Self::ServerOperators),
                "550" => Some(Self::PrintOperators),
                "551" => Some(Self::BackupOperators),
                _ => None,
            };
        }
        match sid.strip_prefix("S-1-5-21-")?.rsplit('-').next()? {
            "512" => Some(Self::DomainAdmins),
            "518" => Some(Self::SchemaAdmins),
            "519" => Some(Self::EnterpriseAdmins),
            _ => None,
        }
    }

    /// In English, as the documentation names it; a directory may have translated it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EnterpriseAdmins => "Enterprise Admins",
            Self::DomainAdmins => "Domain Admins",
            Self::SchemaAdmins => "Schema Admins",
            Self::Administrators => "Administrators",
            Self::AccountOperators => "Account Operators",
            Self::ServerOperators => "Server Operators",
            Self::BackupOperators => "Backup Operators",
            Self::PrintOperators => "Print Operators",
        }
    }
}

impl AccountFacts {
    /// Why the account can't be used as it is, in the terms of a refused bind.
    pub fn closed(&self) -> Option<SubCode> {
        [
            (self.disabled, SubCode::Disabled),
            (self.account_expired, SubCode::AccountExpired),
            (self.locked, SubCode::LockedOut),
            (self.must_change, SubCode::MustChange),
            (self.password_expired, SubCode::PasswordExpired),
        ]
        .into_iter()
        .find_map(|(closed, code)| closed.then_some(code))
    }

    /// What the account is known by: its name, or its SID where nothing else could be read.
    pub fn known_as(&self) -> Safe {
        if self.name.is_empty() { self.sid.clone() } else { self.name.clone() }
    }

    /// The other account that the bind was, or may have been.
    pub fn another(&self) -> Option<Safe> {
        match self.whose {
            Whose::Another => Some(self.known_as()),
            Whose::NotKnown => self.claimed_by.clone(),
            Whose::Meant => None,
        }
    }

    /// Both have a SID, and not the same one.
    pub fn differs_from(&self, other: &Self) -> bool {
        !self.sid.is_empty() && !other.sid.is_empty() && self.sid != other.sid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileged_groups_are_known_by_their_identifiers_and_no_other() {
        let check = |sid: &str, expected: Option<Group>| assert_eq!(Group::of_sid(sid), expected, "{sid}");
        check("S-1-5-21-1-2-3-512", Some(Group::DomainAdmins));
        check("S-1-5-21-9-8-7-519", Some(Group::EnterpriseAdmins));
        check("S-1-5-21-9-8-7-518", Some(Group::SchemaAdmins));
        check("S-1-5-32-544", Some(Group::Administrators));
        check("S-1-5-32-548", Some(Group::AccountOperators));
        check("S-1-5-32-549", Some(Group::ServerOperators));
        check("S-1-5-32-550", Some(Group::PrintOperators));
        check("S-1-5-32-551", Some(Group::BackupOperators));
        check("S-1-5-32-545", None);
        check("S-1-5-21-1-2-3-513", None);
        check("S-1-5-21-1-2-3-1512", None);
        check("S-1-5-11", None);
        check("", None);
    }

    #[test]
    fn an_account_that_can_not_be_used_says_why_in_the_terms_of_a_refusal() {
        let check = |facts: AccountFacts, expected: Option<SubCode>| {
            assert_eq!(facts.closed(), expected, "{facts:?}");
        };
        let plain = AccountFacts::default;
        check(plain(), None);
        check(AccountFacts { disabled: true, locked: true, ..plain() }, Some(SubCode::Disabled));
        check(AccountFacts { account_expired: true, ..plain() }, Some(SubCode::AccountExpired));
        check(AccountFacts { locked: true, ..plain() }, Some(SubCode::LockedOut));
        check(
            AccountFacts { must_change: true, password_expired: true, ..plain() },
            Some(SubCode::MustChange),
        );
        check(AccountFacts { password_expired: true, ..plain() }, Some(SubCode::PasswordExpired));
    }

    #[test]
    fn a_bind_is_anothers_by_the_token_and_only_without_one_by_the_name() {
        let check = |whose: Whose, claimed_by: Option<&str>, expected: Option<&str>| {
            let claimed_by = claimed_by.map(Safe::new);
            let facts = AccountFacts { name: "svc-sql".into(), whose, claimed_by, ..AccountFacts::default() };
            assert_eq!(facts.another().as_deref(), expected, "{facts:?}");
        };
        check(Whose::Meant, Some("svc-old"), None);
        check(Whose::Another, None, Some("svc-sql"));
        check(Whose::NotKnown, Some("svc-old"), Some("svc-old"));
        check(Whose::NotKnown, None, None);
        let nameless =
            AccountFacts { sid: "S-1-5-21-7".into(), whose: Whose::Another, ..AccountFacts::default() };
        assert_eq!(nameless.another().as_deref(), Some("S-1-5-21-7"));
    }
}
