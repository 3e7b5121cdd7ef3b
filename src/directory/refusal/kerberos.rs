//! Kerberos's errors that judge an account or its password, as the sub-codes Active Directory has for the same.
//!
//! Source: RFC 4120 §7.5.9 for the errors, MS-KILE 2.2.2 for the status that a controller may add, and what a Samba domain
//! answers. Pure. Deliberately absent: the errors that judge neither; they are faults.

use super::{Refusal, SubCode};
use crate::text::Safe;

pub const NO_SUCH_ACCOUNT: u32 = 6;
/// Disabled, locked, expired or outside its hours.
pub const CLOSED: u32 = 18;
pub const KEY_EXPIRED: u32 = 23;
pub const WRONG_PASSWORD: u32 = 24;

impl SubCode {
    /// What a status (`NTSTATUS`) says of an account.
    pub fn from_status(status: u32) -> Option<Self> {
        Some(match status {
            0xc000_0064 => Self::NoSuchAccount,
            0xc000_006a | 0xc000_006d => Self::WrongPassword,
            0xc000_006f => Self::LogonHours,
            0xc000_0070 => Self::Workstation,
            0xc000_0071 => Self::PasswordExpired,
            0xc000_0072 => Self::Disabled,
            0xc000_0193 => Self::AccountExpired,
            0xc000_0224 => Self::MustChange,
            0xc000_0234 => Self::LockedOut,
            0xc000_006e => Self::Restricted(0x52f),
            0xc000_015b => Self::Restricted(0x569),
            _ => return None,
        })
    }
}

impl Refusal {
    /// `None`: the error judges neither the account nor its password.
    pub fn from_kerberos(error: u32, status: Option<u32>, text: &str) -> Option<Self> {
        let told = status.and_then(SubCode::from_status);
        let code = match error {
            NO_SUCH_ACCOUNT => SubCode::NoSuchAccount,
            // A locked account is the one that Samba adds nothing for.
            CLOSED => told.unwrap_or(SubCode::LockedOut),
            KEY_EXPIRED => told.unwrap_or(SubCode::PasswordExpired),
            WRONG_PASSWORD => SubCode::WrongPassword,
            _ => return None,
        };
        Some(Self { code, text: words(error, status, text) })
    }
}

/// The controller's answer in words of ours, since most say nothing but numbers.
fn words(error: u32, status: Option<u32>, text: &str) -> Safe {
    let meaning = match error {
        NO_SUCH_ACCOUNT => "no such account",
        CLOSED if status.is_none() => "disabled, locked or expired; it does not say which",
        CLOSED => "the account may not be used",
        KEY_EXPIRED => "the password has expired or must be changed",
        _ => "the password does not fit the account's key",
    };
    let status = status.map(|status| format!(", status {status:08X}")).unwrap_or_default();
    let kept: String = text.trim().chars().take(super::LONGEST_TEXT).collect();
    let theirs = if kept.is_empty() { String::new() } else { format!(": {kept}") };
    Safe::new(&format!("Kerberos error {error}{status} ({meaning}){theirs}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_and_its_status_are_a_sub_code() {
        let check = |error: u32, status: Option<u32>, expected: Option<SubCode>| {
            let refusal = Refusal::from_kerberos(error, status, "");
            assert_eq!(refusal.map(|refusal| refusal.code), expected, "{error} {status:x?}");
        };
        check(6, None, Some(SubCode::NoSuchAccount));
        check(18, Some(0xc000_0072), Some(SubCode::Disabled));
        check(18, Some(0xc000_0193), Some(SubCode::AccountExpired));
        check(18, Some(0xc000_006f), Some(SubCode::LogonHours));
        check(18, Some(0xc000_0234), Some(SubCode::LockedOut));
        check(18, None, Some(SubCode::LockedOut));
        check(18, Some(0xc000_9999), Some(SubCode::LockedOut));
        check(23, Some(0xc000_0224), Some(SubCode::MustChange));
        check(23, Some(0xc000_0071), Some(SubCode::PasswordExpired));
        check(23, None, Some(SubCode::PasswordExpired));
        check(24, None, Some(SubCode::WrongPassword));
        for judges_nothing in [0, 7, 12, 14, 25, 37, 52, 60, 68, 91, u32::MAX] {
            check(judges_nothing, Some(0xc000_0072), None);
        }
    }

    #[test]
    fn the_words_hold_the_numbers_and_what_the_controller_added() {
        let check = |error: u32, status: Option<u32>, text: &str, expected: &str| {
            let refusal = Refusal::from_kerberos(error, status, text).unwrap();
            assert_eq!(refusal.text.as_str(), expected);
        };
        check(24, None, "", "Kerberos error 24 (the password does not fit the account's key)");
        check(18, Some(0xc000_0072), "", "Kerberos error 18, status C0000072 (the account may not be used)");
        check(
            18,
            None,
            "re\u{1b}voked",
            "Kerberos error 18 (disabled, locked or expired; it does not say which): re␛voked",
        );
    }
}
