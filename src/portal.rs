//! Sensors, health issues and credential entries, as types, in Microsoft Graph's words.
//!
//! Sources: Graph v1.0 `security/identities/sensors` and `healthIssues`; the entry as the workspace portal shapes it.
//! A value not known here is shown as it came, never an error. Deliberately absent: any way to read a password.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::Safe;

pub mod client;
pub mod graph;
pub mod order;
pub mod pace;
pub mod signin;
pub mod token;
pub mod workspace;

#[cfg(test)]
mod stand_in;

#[cfg(test)]
pub(crate) use stand_in::{Reply, Seen, StandIn, reply};

/// One row of the portal's Sensors page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sensor {
    pub id: Safe,
    /// `displayName.domainName`, in lower case.
    pub host: Safe,
    pub domain: Safe,
    pub kind: SensorKind,
    pub version: Safe,
    pub deployment: Deployment,
    pub service: ServiceStatus,
    pub health: Health,
    /// `None`: not told.
    pub open_issues: Option<u32>,
}

impl Sensor {
    /// Version 3 and later run as the local system and don't use the entry.
    pub fn uses_entry(&self) -> bool {
        !self.without_entry() && self.service != ServiceStatus::Disabled
    }

    /// From version 3 on a sensor is part of the system: it uses no entry, and is no service of the known name.
    pub fn without_entry(&self) -> bool {
        let major = self.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        major.is_some_and(|major| major >= 3)
    }

    /// One that the portal told nothing of.
    pub fn listed(host: &Safe, standalone: bool) -> Self {
        let domain = host.split_once('.').map(|(_, domain)| domain).unwrap_or_default();
        Self {
            id: host.clone(),
            host: host.to_lowercase().into(),
            domain: domain.to_lowercase().into(),
            kind: if standalone {
                SensorKind::DomainControllerStandalone
            } else {
                SensorKind::Other(Safe::default())
            },
            version: Safe::default(),
            deployment: Deployment::Absent,
            service: ServiceStatus::Absent,
            health: Health::Absent,
            open_issues: None,
        }
    }

    pub fn standalone(&self) -> bool {
        self.kind == SensorKind::DomainControllerStandalone
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SensorKind {
    AdConnectIntegrated,
    AdcsIntegrated,
    AdfsIntegrated,
    DomainControllerIntegrated,
    DomainControllerStandalone,
    Other(Safe),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deployment {
    UpToDate,
    Outdated,
    Updating,
    UpdateFailed,
    NotConfigured,
    Unreachable,
    Disconnected,
    StartFailure,
    Syncing,
    Other(Safe),
    /// The answer had none.
    Absent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceStatus {
    Stopped,
    Starting,
    Running,
    Disabled,
    Onboarding,
    Unknown,
    Other(Safe),
    /// Government clouds don't tell.
    Absent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    Healthy,
    Low,
    Medium,
    High,
    Other(Safe),
    Absent,
}

/// A health issue, of whatever status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthIssue {
    pub id: Safe,
    pub name: Safe,
    pub severity: Safe,
    pub status: IssueStatus,
    /// Of the whole workspace rather than of single sensors.
    pub global: bool,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    pub sensors: Vec<Safe>,
    pub domains: Vec<Safe>,
    pub recommendations: Vec<Safe>,
}

impl HealthIssue {
    /// About the entry's credential. Recognised by name: Graph gives no stable type for it.
    pub fn about_credential(&self) -> bool {
        let name = self.name.to_lowercase();
        name.contains("directory services user credentials are incorrect")
            || name.starts_with("read-only user password")
    }

    /// Suppressed counts as open.
    pub fn open(&self) -> bool {
        self.status != IssueStatus::Closed
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueStatus {
    Open,
    Closed,
    Suppressed,
    Other(Safe),
}

/// A directory service account as the portal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: Safe,
    pub account: Safe,
    pub domain: Safe,
    /// Has no password to change.
    pub managed: bool,
    pub single_label: bool,
    pub etag: Safe,
    /// The `Change-Id` of the last change, if the workspace keeps it.
    pub last_change: Option<Safe>,
    pub changed_by: Option<Safe>,
    pub changed_at: Option<Timestamp>,
}

/// Sensors and issues of one poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub sensors: Vec<Sensor>,
    pub issues: Vec<HealthIssue>,
    /// The answer's own `Date`, the clock that Graph's times are compared with.
    pub portal_time: Option<Timestamp>,
}

/// Why the portal could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    #[error("the portal can't be reached: {0}")]
    Unreachable(Safe),
    #[error("the portal did not answer in time")]
    TimedOut,
    #[error("the answer was cut short")]
    CutShort,
    #[error("the portal's certificate is not trusted: {0}")]
    Certificate(Safe),
    #[error("the sign-in is no longer valid (401)")]
    Unauthorized,
    #[error("the sign-in lacks a permission (403): {0}")]
    Forbidden(Safe),
    #[error("there is no such thing at the portal (404)")]
    NotFound,
    #[error("the portal asks to wait {} s before it is asked again", .0.as_secs())]
    Throttled(Duration),
    #[error("the portal failed ({0})")]
    Server(u16),
    #[error("the portal answered {0}: {1}")]
    Refused(u16, Safe),
    #[error("the answer made no sense: {0}")]
    Garbled(Safe),
    #[error("{0} is not an address that this may be sent to; nothing was sent there")]
    Foreign(Safe),
    #[error("the program failed while asking: {0}")]
    Internal(Safe),
}

impl Fault {
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unreachable(_) | Self::TimedOut | Self::CutShort | Self::Server(_) => {
                "It is tried again by itself; check the network or a proxy if it lasts."
            }
            Self::Certificate(_) => {
                "Check the address, and whether something between here and the portal breaks TLS."
            }
            Self::Unauthorized => "Go back to step 1 and sign in again.",
            Self::Forbidden(_) => {
                "Ask an administrator for the permission, or sign in as someone who has it."
            }
            Self::NotFound => "Check the address and the entry; it may have been removed.",
            Self::Throttled(_) => "Nothing to do: the console waits as long as it was asked to.",
            Self::Refused(..) | Self::Garbled(_) => "Look at the portal in a browser, then press r.",
            Self::Foreign(_) => {
                "Check the addresses in the site file; if they are right, don't trust this answer."
            }
            Self::Internal(_) => "Press r to try again; the tool's log has the details.",
        }
    }
}

/// What the entry, read back, says of a save whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterLoss {
    Saved,
    NotSaved,
    NotKnown,
}

impl Entry {
    /// Under its own name the portal may hold another account by now.
    pub fn of_the_same_account(&self, other: &Self) -> bool {
        self.id == other.id
            && self.account.eq_ignore_ascii_case(&other.account)
            && self.domain.eq_ignore_ascii_case(&other.domain)
            && self.managed == other.managed
    }

    /// Compares the entry as it is now with the save that was sent: its `Change-Id`, and the `ETag` it was sent against.
    pub fn after_loss(&self, change: &str, etag_before: &str) -> AfterLoss {
        if self.last_change.as_deref() == Some(change) {
            AfterLoss::Saved
        } else if *self.etag == *etag_before {
            AfterLoss::NotSaved
        } else {
            AfterLoss::NotKnown
        }
    }
}

/// What came back when the entry's password was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveAnswer {
    Saved {
        etag: Safe,
    },
    /// 412: somebody else changed the entry since it was read. Nothing was saved.
    Conflict,
    /// The portal said no, before saving anything.
    NotSaved(Fault),
    /// No answer: it may have been saved or not.
    Lost(Fault),
}
