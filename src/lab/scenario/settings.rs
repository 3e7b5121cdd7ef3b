//! The settings a scenario may change, with what holds when it says nothing.
//!
//! Relies on serde alone. Deliberately absent: names and passwords, which are the same in every scenario.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The domain and its controllers. Times in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirectorySettings {
    /// How many controllers the site knows; the first is the PDC emulator.
    pub controllers: usize,
    /// How many of them, counted from the last, are read-only.
    pub read_only: usize,
    /// Controllers that don't listen.
    pub down: Vec<String>,
    /// Controllers the site doesn't know, which still hold the previous password as the current one.
    pub stale: Vec<String>,
    /// Controllers of a branch office, which the site knows and no sensor asks: the change has not reached them yet, and
    /// they can't ask the PDC emulator.
    pub behind: Vec<String>,
    /// The change reaches them this long after one of them first refused the new password.
    pub replicated_after_seconds: Option<u32>,
    /// How long before the start the password was changed.
    pub changed_seconds_ago: u32,
    /// How long after a change the previous password is still taken.
    pub old_password_window_seconds: u32,
    pub lockout_threshold: u32,
    pub observation_window_seconds: u32,
    pub lockout_seconds: u32,
    /// Failures that the PDC emulator has counted just before the start.
    pub bad_count: u32,
    pub locked: bool,
    /// An administrator unlocks the account this long after the directory first told that it is locked.
    pub unlock_after_seconds: Option<u32>,
    /// The account's password has expired.
    pub expired: bool,
    /// An administrator sets it again, to the same, this long after the directory first told that it has expired.
    pub reset_after_seconds: Option<u32>,
    /// What the site is told about the old password's window.
    pub old_password_minutes: u32,
    /// Whether the controllers have a key distribution centre.
    pub kerberos: bool,
    pub kdc: KdcManner,
    pub certificates: Certificates,
    /// By how many seconds a controller's clock is ahead.
    pub ahead_seconds: BTreeMap<String, i64>,
}

/// Whether the controllers have server certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certificates {
    #[default]
    Held,
    /// Nobody can bind, sensors included.
    Missing,
}

/// How the key distribution centres take a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KdcManner {
    /// A sealed timestamp is judged.
    #[default]
    Judging,
    /// Only armored requests are taken.
    Armored,
    /// An authentication policy forbids the account whose password is right.
    Forbidding,
    /// No AES keys are taken.
    WithoutAes,
    /// They answer for another realm.
    Elsewhere,
    /// The account is given a ticket without having proved itself.
    Unasked,
}

impl Default for DirectorySettings {
    fn default() -> Self {
        Self {
            controllers: 3,
            read_only: 1,
            down: Vec::new(),
            stale: Vec::new(),
            behind: Vec::new(),
            replicated_after_seconds: None,
            changed_seconds_ago: 240,
            // As long as the site is told: a previous password must never pass for the current one by age.
            old_password_window_seconds: 60,
            lockout_threshold: 5,
            observation_window_seconds: 60,
            lockout_seconds: 60,
            bad_count: 0,
            locked: false,
            unlock_after_seconds: None,
            reset_after_seconds: None,
            old_password_minutes: 1,
            expired: false,
            kerberos: true,
            kdc: KdcManner::Judging,
            certificates: Certificates::Held,
            ahead_seconds: BTreeMap::new(),
        }
    }
}

/// The sensors.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FleetSettings {
    pub sensors: usize,
    pub standalone: usize,
    /// How many run version 3, which doesn't use the entry.
    pub version_three: usize,
    pub at_start: AtStart,
    /// How many hosts write log files.
    pub logging: usize,
    /// A log with so many bytes is full: it becomes an archive before its next record is written.
    pub log_bytes: Option<u64>,
    /// Sensors of an older version are updated when the entry changes, and write to the new version's folder.
    pub updates: bool,
    pub watch_seconds: u32,
    pub poll_seconds: u32,
    pub settle_seconds: u32,
}

impl Default for FleetSettings {
    fn default() -> Self {
        Self {
            sensors: 12,
            standalone: 2,
            version_three: 0,
            at_start: AtStart::Running,
            logging: 24,
            log_bytes: None,
            updates: false,
            watch_seconds: 10,
            poll_seconds: 1,
            settle_seconds: 2,
        }
    }
}

/// How the sensors are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtStart {
    /// Running on connections made earlier.
    Running,
    /// Running, and binding once with the stored password.
    Bind,
    /// Stopped, because the stored password was refused hours ago.
    Stopped,
}

/// The portal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PortalSettings {
    pub page_size: usize,
    pub stored: Stored,
    /// The entry is of a group managed service account, whose password Active Directory keeps.
    pub managed: bool,
    /// What the token endpoint answers to the first polls of a device code; after them it is approved.
    pub sign_in: Vec<String>,
    /// The same for every code after the first; left out: as for the first.
    pub sign_in_again: Option<Vec<String>>,
    /// One for each save, in order; saves beyond them meet none.
    pub put: Vec<PutFault>,
    /// How often Graph asks to wait, in order; beyond them it answers.
    pub throttled: Vec<Throttling>,
}

impl Default for PortalSettings {
    fn default() -> Self {
        Self {
            page_size: 5,
            stored: Stored::Previous,
            managed: false,
            sign_in: vec!["authorization_pending".into(), "authorization_pending".into()],
            sign_in_again: None,
            put: Vec::new(),
            throttled: Vec::new(),
        }
    }
}

/// Graph answers so many pages, and then none for so long.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttling {
    pub after_pages: u32,
    pub seconds: u32,
    #[serde(default)]
    pub form: WaitForm,
    /// By 503 rather than 429.
    #[serde(default)]
    pub unavailable: bool,
}

/// How `Retry-After` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitForm {
    #[default]
    Seconds,
    Date,
}

/// Which password the workspace holds at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stored {
    Previous,
    Wrong,
}

/// What goes wrong with one save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutFault {
    pub kind: PutKind,
    /// How long the portal is gone, asks to wait, or is slow.
    #[serde(default)]
    pub seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PutKind {
    /// Saved, but the answer never comes; then the portal is gone for a while.
    AnswerLost,
    /// Neither saved nor answered; then the portal is gone for a while.
    RequestLost,
    /// Someone else saved first.
    ChangedBySomeone,
    Throttled,
    Slow,
    /// The sign-in is not taken for this one, though it may be young.
    Unauthorized,
    None,
}
