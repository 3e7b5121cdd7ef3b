//! One account of the directory: its names, its passwords, its failures, and the bits that say what is wrong with it.
//!
//! Relies on jiff's moments. Pure. Deliberately absent: which controller was asked, and what the protocol says of it.

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::{BASE, DOMAIN, NETBIOS};

/// What stands in an account's way although the password is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    Disabled,
    AccountExpired,
    LogonHours,
    Workstation,
    MustChange,
    PasswordExpired,
}

impl Restriction {
    /// The sub-code that Active Directory puts after `data`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Disabled => "533",
            Self::AccountExpired => "701",
            Self::LogonHours => "530",
            Self::Workstation => "531",
            Self::MustChange => "773",
            Self::PasswordExpired => "532",
        }
    }
}

/// The failures one controller has counted. As on Windows the figure stays after the window has passed, until the
/// next logon; only the time beside it tells that it no longer counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub bad: u32,
    pub last: Option<Timestamp>,
}

impl Count {
    pub fn add(&mut self, now: Timestamp, window: SignedDuration) {
        let fresh = self.last.is_some_and(|last| now.duration_since(last) < window);
        self.bad = if fresh { self.bad.saturating_add(1) } else { 1 };
        self.last = Some(now);
    }
}

/// What a password is to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    Current,
    Previous,
    /// One of the two before the current one, outside its window: refused, and not counted.
    Remembered,
    Wrong,
}

pub struct Account {
    pub name: String,
    pub relative_id: u32,
    passwords: [Zeroizing<String>; 3],
    pub changed: Timestamp,
    pub created: Timestamp,
    pub restriction: Option<Restriction>,
    pub locked: Option<Timestamp>,
    /// One for each controller.
    pub counts: Vec<Count>,
    pub service_principal: Option<String>,
    /// The `userPrincipalName` that was given to it; none: the one that every account has by itself.
    pub user_principal: Option<String>,
}

impl Account {
    /// `passwords`: current, previous, the one before.
    pub fn new(name: &str, relative_id: u32, passwords: [&str; 3], changed: Timestamp) -> Self {
        Self {
            name: name.into(),
            relative_id,
            passwords: passwords.map(|password| Zeroizing::new(password.into())),
            changed,
            created: changed.saturating_sub(SignedDuration::from_hours(24 * 400)).unwrap_or(changed),
            restriction: None,
            locked: None,
            counts: Vec::new(),
            service_principal: None,
            user_principal: None,
        }
    }

    pub fn dn(&self) -> String {
        format!("CN={},OU=Service Accounts,{BASE}", self.name)
    }

    pub fn principal(&self) -> String {
        format!("{}@{DOMAIN}", self.name)
    }

    /// Whether a bind may call the account by this name.
    pub fn answers_to(&self, name: &str) -> bool {
        let forms = [
            self.dn(),
            self.principal(),
            format!("{NETBIOS}\\{}", self.name),
            format!("{}@{NETBIOS}", self.name),
        ];
        forms.iter().any(|form| form.eq_ignore_ascii_case(name))
    }

    pub fn compare(&self, password: &str, window: SignedDuration, now: Timestamp) -> Match {
        let [current, previous, older] = &self.passwords;
        if current.as_str() == password {
            Match::Current
        } else if previous.as_str() == password {
            let open = now.duration_since(self.changed) < window;
            if open { Match::Previous } else { Match::Remembered }
        } else if older.as_str() == password {
            Match::Remembered
        } else {
            Match::Wrong
        }
    }

    pub fn is_current(&self, password: &str) -> bool {
        self.passwords.first().is_some_and(|current| current.as_str() == password)
    }

    pub fn was_previous(&self, password: &str) -> bool {
        self.passwords.get(1).is_some_and(|previous| previous.as_str() == password)
    }

    /// An administrator sets the password again, to the same, so that it has not expired any more.
    pub fn set_again(&mut self, now: Timestamp) {
        let [current, previous, _] = std::mem::take(&mut self.passwords);
        self.passwords = [current.clone(), current, previous];
        self.changed = now;
        self.restriction =
            self.restriction.filter(|restriction| *restriction != Restriction::PasswordExpired);
    }

    /// The password whose key a controller holds: the previous one where its cache is stale.
    pub fn key_password(&self, stale: bool) -> &str {
        let [current, previous, _] = &self.passwords;
        if stale { previous } else { current }
    }

    /// What a logon leaves behind at a controller.
    pub fn let_in(&mut self, controller: usize) {
        self.locked = None;
        if let Some(count) = self.counts.get_mut(controller) {
            *count = Count::default();
        }
    }

    /// Locked now; a lockout without end (`duration` zero) lasts until it is undone.
    pub fn is_locked(&self, duration: SignedDuration, now: Timestamp) -> bool {
        self.locked.is_some_and(|since| duration.is_zero() || now.duration_since(since) < duration)
    }

    /// `userAccountControl`: a normal account, with the bits that its restriction has.
    pub fn control(&self) -> u32 {
        let normal = 0x200;
        match self.restriction {
            Some(Restriction::Disabled) => normal | 0x2 | 0x1_0000,
            Some(Restriction::MustChange | Restriction::PasswordExpired) => normal,
            _ => normal | 0x1_0000,
        }
    }

    /// `msDS-User-Account-Control-Computed`.
    pub fn computed_control(&self, locked: bool) -> u32 {
        let expired =
            matches!(self.restriction, Some(Restriction::MustChange | Restriction::PasswordExpired));
        (u32::from(locked) * 0x10) | (u32::from(expired) * 0x0080_0000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_names_are_known_and_the_others_are_not() {
        let account = Account::new("svc-mdi", 1104, ["a", "b", "c"], Timestamp::UNIX_EPOCH);
        let check = |name: &str, known: bool| assert_eq!(account.answers_to(name), known, "{name}");
        check("CN=svc-mdi,OU=Service Accounts,DC=contoso,DC=test", true);
        check("SVC-MDI@contoso.test", true);
        check("CONTOSO\\svc-mdi", true);
        check("svc-mdi@CONTOSO", true);
        check("svc-mdi", false);
        check("contoso.test\\svc-mdi", false);
    }

    #[test]
    fn a_failure_after_the_window_is_the_first_again() {
        let window = SignedDuration::from_secs(60);
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let mut count = Count::default();
        count.add(at(0), window);
        count.add(at(59), window);
        assert_eq!(count.bad, 2);
        count.add(at(119), window);
        assert_eq!(count.bad, 1);
    }
}
