//! Active Directory's sub-codes: their meaning, and what to do.
//!
//! Source: the `data` value of LDAP result 49's diagnostic text (MS-ADTS, Win32 error codes in hexadecimal).
//! Pure. Deliberately absent: what a refusal does to the walk (`walkthrough::trial`).

use serde::{Deserialize, Serialize};

use crate::text::Safe;

/// A password put to a controller and not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: SubCode,
    /// The controller's own words.
    pub text: Safe,
}

/// Why, in Active Directory's own terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubCode {
    /// 525
    NoSuchAccount,
    /// 52e
    WrongPassword,
    /// 530
    LogonHours,
    /// 531
    Workstation,
    /// 532
    PasswordExpired,
    /// 533
    Disabled,
    /// 701
    AccountExpired,
    /// 773
    MustChange,
    /// 775
    LockedOut,
    /// 52f, 534, 569: an account restriction or the logon type
    Restricted(u32),
    /// 57, 80090346 and everything not listed
    Other(u32),
}
