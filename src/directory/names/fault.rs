//! Why a name can't be an account's, or not a portal entry's, and what to do.
//!
//! Pure. Deliberately absent: what it means where the name was read; whoever read it says that.

use crate::text::Safe;

use super::{Form, LONGEST};

/// Why a text names no account whose password can be tested.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    #[error("no account is named")]
    Empty,
    #[error("the account's name begins or ends with a space")]
    EdgeSpace,
    #[error("the account's name has {length} characters, and a user's has {LONGEST} at most")]
    TooLong { length: usize },
    #[error("{found:?} can't stand in an account's name")]
    Illegal { found: Safe },
    #[error("the account's name ends with a dot, which Active Directory doesn't allow")]
    EndsWithDot,
    #[error(
        "the account's name ends with $, as a group managed service account's or a computer's does: the directory \
         keeps its password, and nobody types it"
    )]
    Managed,
    #[error("the account's domain is not told")]
    NoDomain,
    #[error("{given} is not a domain's DNS name")]
    NotADomain { given: Safe },
    #[error("the name itself says {named}, and the domain told beside it is {told}")]
    OtherDomain { named: Safe, told: Safe },
    #[error("the distinguished name is broken off, or is not an account's")]
    BrokenDistinguishedName,
}

impl NameFault {
    /// What the operator can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty | Self::EdgeSpace | Self::Illegal { .. } | Self::EndsWithDot => {
                "Use the bare account name, like svc-mdi: the user logon name (pre-Windows 2000) without its domain."
            }
            Self::TooLong { .. } => {
                "Use the user logon name (pre-Windows 2000); the display name and the common name may be longer."
            }
            Self::Managed => "Name a regular account; a managed one has no password to test.",
            Self::NoDomain => "Name the account's own domain in full, like contoso.test.",
            Self::NotADomain { .. } => "Use the domain's full DNS name, like contoso.test.",
            Self::OtherDomain { .. } => {
                "Use the bare account name with the account's own domain; a principal may end with another suffix."
            }
            Self::BrokenDistinguishedName => {
                "Write it as in CN=svc-mdi,OU=Service Accounts,DC=contoso,DC=test, or use the bare account name."
            }
        }
    }
}

/// What is wrong with a credential entry, by the portal's rule: the bare name, and the full domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFault {
    /// Not the bare name; that is `bare`, where it can be read from what stands there.
    Form {
        form: Form,
        bare: Option<Safe>,
    },
    /// A domain in short, and not marked as one of a single label.
    ShortDomain {
        domain: Safe,
    },
    Name(NameFault),
}
