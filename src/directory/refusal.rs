//! Active Directory's sub-codes: their meaning, and what to do.
//!
//! Source: the `data` value of LDAP result 49's diagnostic text (MS-ADTS, Win32 error codes in hexadecimal), and what a
//! Samba domain answers; Kerberos's errors as their equals, in a child. Pure. Deliberately absent: what a refusal does to the walk (`walkthrough::trial`).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Safe;

mod kerberos;
#[cfg(test)]
mod tests;

/// A password put to a controller and not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: SubCode,
    /// The controller's own words.
    pub text: Safe,
}

/// More of a controller's words than this is not kept.
const LONGEST_TEXT: usize = 500;

impl Refusal {
    /// Reads result 49's diagnostic text, however it looks. A text without a code is [`SubCode::Other`] of 0.
    pub fn parse(diagnostic: &str) -> Self {
        let kept: String =
            diagnostic.trim_end_matches(['\0', ' ', '\r', '\n']).chars().take(LONGEST_TEXT).collect();
        Self { code: SubCode::read(&kept), text: Safe::new(&kept) }
    }
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
    /// 57, 80090346 and everything not listed; 0 where the controller gave no code
    Other(u32),
}

/// What a sub-code lets one conclude about the password itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaysOfPassword {
    Wrong,
    Right,
    NotLookedAt,
    NotKnown,
}

/// What a sub-code means for the test as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Ends the trial as refused.
    Refused,
    /// The account may not log on here or now; the secret is kept, and Save needs a typed reason.
    RestrictedHere,
    /// The account can't be used as it is: Save stays shut until that is mended.
    Closed,
    /// Says nothing; counts as an attempt all the same.
    NotKnown,
}

impl SubCode {
    /// The code a Win32 error number stands for.
    pub fn from_number(number: u32) -> Self {
        match number {
            0x525 => Self::NoSuchAccount,
            0x52e => Self::WrongPassword,
            0x530 => Self::LogonHours,
            0x531 => Self::Workstation,
            0x532 => Self::PasswordExpired,
            0x533 => Self::Disabled,
            0x701 => Self::AccountExpired,
            0x773 => Self::MustChange,
            0x775 => Self::LockedOut,
            0x52f | 0x534 | 0x569 => Self::Restricted(number),
            other => Self::Other(other),
        }
    }

    pub fn number(self) -> u32 {
        match self {
            Self::NoSuchAccount => 0x525,
            Self::WrongPassword => 0x52e,
            Self::LogonHours => 0x530,
            Self::Workstation => 0x531,
            Self::PasswordExpired => 0x532,
            Self::Disabled => 0x533,
            Self::AccountExpired => 0x701,
            Self::MustChange => 0x773,
            Self::LockedOut => 0x775,
            Self::Restricted(number) | Self::Other(number) => number,
        }
    }

    /// The `data` value if there is one; else the status in front of `LdapErr`, which is how a channel binding failure
    /// comes. The usual status 80090308 ("the token is invalid") says nothing by itself.
    fn read(text: &str) -> Self {
        let data = text
            .rmatch_indices("data ")
            .find_map(|(at, word)| hexadecimal(text.get(at.saturating_add(word.len())..)?));
        let status = || hexadecimal(text).filter(|status| text.contains("LdapErr") && *status != 0x8009_0308);
        match data.filter(|data| *data != 0).or_else(status) {
            Some(number) => Self::from_number(number),
            None => Self::Other(0),
        }
    }

    pub fn says_of_password(self) -> SaysOfPassword {
        match self {
            Self::WrongPassword => SaysOfPassword::Wrong,
            Self::NoSuchAccount => SaysOfPassword::NotLookedAt,
            Self::LogonHours
            | Self::Workstation
            | Self::PasswordExpired
            | Self::Disabled
            | Self::AccountExpired
            | Self::MustChange => SaysOfPassword::Right,
            Self::LockedOut | Self::Restricted(_) | Self::Other(_) => SaysOfPassword::NotKnown,
        }
    }

    pub fn class(self) -> Class {
        match self {
            // Result 49 without any code is the standard's own "invalid credentials".
            Self::NoSuchAccount | Self::WrongPassword | Self::Other(0) => Class::Refused,
            Self::LogonHours | Self::Workstation => Class::RestrictedHere,
            Self::PasswordExpired
            | Self::Disabled
            | Self::AccountExpired
            | Self::MustChange
            | Self::LockedOut => Class::Closed,
            Self::Restricted(_) | Self::Other(_) => Class::NotKnown,
        }
    }

    /// What it means, to follow "… refused the password: ".
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NoSuchAccount => "there is no such account",
            Self::WrongPassword => "the password is wrong, or the account is not known",
            Self::LogonHours => "the account may not log on at this hour",
            Self::Workstation => "the account may not log on from this machine",
            Self::PasswordExpired => "the password has expired",
            Self::Disabled => "the account is disabled",
            Self::AccountExpired => "the account has expired",
            Self::MustChange => "the password must be changed at the next logon",
            Self::LockedOut => "the account is locked out; this says nothing about the password",
            Self::Restricted(0x569) => "the account lacks the right to this type of logon",
            Self::Restricted(_) => {
                "the account is restricted (Protected Users, a silo, or an empty password forbidden)"
            }
            Self::Other(0) => "the credentials are not valid; the controller gave no code",
            Self::Other(0x57) => "the controller could not read the request",
            Self::Other(0x8009_0346) => "channel binding failed; the password was not looked at",
            Self::Other(_) => "a reason this console does not know",
        }
    }

    /// What the operator can do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NoSuchAccount => {
                "Compare the account's name and domain with Active Directory; the portal wants the bare name and the full domain."
            }
            Self::WrongPassword => {
                "Type the password again from its source. If it was set just now, ask whether it was set for this account and domain."
            }
            Self::LogonHours => "Have the account's logon hours opened: the sensors need it at every hour.",
            Self::Workstation => {
                "Have the account's \"Log On To\" list opened for the sensors' hosts; this machine alone being left out is no fault."
            }
            Self::PasswordExpired => {
                "Set a new password in Active Directory, or exempt the account from expiry, then test again."
            }
            Self::Disabled => "Have the account enabled in Active Directory, then test again.",
            Self::AccountExpired => "Have the account's end date moved or removed, then test again.",
            Self::MustChange => {
                "Clear \"User must change password at next logon\" in Active Directory, then test again."
            }
            Self::LockedOut => "Unlock the account on the PDC emulator, then test again.",
            Self::Restricted(_) => {
                "Take the account out of Protected Users or the authentication silo, or prove it by Kerberos."
            }
            Self::Other(0) => "Treat it as a wrong password: compare name and password before testing again.",
            Self::Other(_) => {
                "Look the code up on another machine (net helpmsg, or err.exe); ask another controller only after that."
            }
        }
    }
}

/// In hexadecimal, as controllers and Microsoft's documents write it.
impl fmt::Display for SubCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.number())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code.meaning(), self.code)
    }
}

/// The hexadecimal number a text begins with, if a whole word of it is one and it fits.
fn hexadecimal(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(' ');
    let text = text.strip_prefix("0x").unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(text.len());
    let follows = text.get(end..)?.chars().next();
    if follows.is_some_and(char::is_alphanumeric) {
        return None;
    }
    u32::from_str_radix(text.get(..end)?, 16).ok()
}
