//! What a log record, a row of the portal or a probe says of one sensor and this save. Pure.

use crate::directory::Account;
use crate::logs::Known;
use crate::portal::{Deployment, Sensor, ServiceStatus};
use crate::sensor::Standing;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observed {
    Running,
    Trouble,
    DoesNotUse,
}

/// A refused credential for this account, or for none that it names.
pub(super) fn refuses(known: &Known, account: &Account) -> bool {
    match known {
        Known::Refused { account: None, .. } => true,
        Known::Refused { account: Some(named), domain, .. } => {
            // Where it can't be told whose it is, it is held against the save.
            names(named, domain.as_deref(), account) != Names::Another
        }
        Known::TookCredential { .. }
        | Known::DidNotTakeCredential { .. }
        | Known::ServerUnavailable
        | Known::LocalError
        | Known::StrongAuthentication
        | Known::NotEstablished
        | Known::TimedOut
        | Known::ControllersUnreachable
        | Known::GroupManagedAccount
        | Known::RegistryDenied => false,
    }
}

/// The credential of this account, and plainly so.
pub(super) fn took(known: &Known, account: &Account) -> bool {
    match known {
        Known::TookCredential { account: named, domain } => {
            names(named, domain.as_deref(), account) == Names::This
        }
        Known::Refused { .. }
        | Known::DidNotTakeCredential { .. }
        | Known::ServerUnavailable
        | Known::LocalError
        | Known::StrongAuthentication
        | Known::NotEstablished
        | Known::TimedOut
        | Known::ControllersUnreachable
        | Known::GroupManagedAccount
        | Known::RegistryDenied => false,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    This,
    /// The domain's short name is not the first part of its full one, which it needn't be.
    CannotTell,
    Another,
}

/// Bare, as a principal, or with the domain's short name in front; the domain may stand beside it.
fn names(named: &str, beside: Option<&str>, account: &Account) -> Names {
    let (front, rest) = named.rsplit_once('\\').map_or((None, named), |(front, rest)| (Some(front), rest));
    let (bare, behind) = rest.split_once('@').map_or((rest, None), |(bare, behind)| (bare, Some(behind)));
    if !bare.eq_ignore_ascii_case(&account.name) {
        return Names::Another;
    }
    let full = account.domain.as_str();
    let short = full.split('.').next().unwrap_or(full);
    match behind.or(front).or(beside).filter(|domain| !domain.is_empty()) {
        None => Names::This,
        Some(domain) if domain.eq_ignore_ascii_case(full) || domain.eq_ignore_ascii_case(short) => {
            Names::This
        }
        Some(domain) if domain.contains('.') => Names::Another,
        Some(_) => Names::CannotTell,
    }
}

/// A row of the portal's table.
pub(super) fn observe(sensor: &Sensor) -> Option<Observed> {
    if !sensor.uses_entry() {
        return Some(Observed::DoesNotUse);
    }
    match sensor.deployment {
        Deployment::Syncing
        | Deployment::Disconnected
        | Deployment::Unreachable
        | Deployment::StartFailure
        | Deployment::UpdateFailed => return Some(Observed::Trouble),
        Deployment::UpToDate
        | Deployment::Outdated
        | Deployment::Updating
        | Deployment::NotConfigured
        | Deployment::Other(_)
        | Deployment::Absent => {}
    }
    match sensor.service {
        ServiceStatus::Running => Some(Observed::Running),
        ServiceStatus::Stopped | ServiceStatus::Starting => Some(Observed::Trouble),
        ServiceStatus::Disabled => Some(Observed::DoesNotUse),
        ServiceStatus::Onboarding
        | ServiceStatus::Unknown
        | ServiceStatus::Other(_)
        | ServiceStatus::Absent => None,
    }
}

/// What a probed service adds to it. `None`: not having been able to ask leaves what was seen before;
/// `Some(None)`: what was seen before is no longer so, and nothing is known instead.
#[expect(clippy::option_option, reason = "leaving what was known and forgetting it are two things")]
pub(super) fn probed(standing: &Standing) -> Option<Option<Observed>> {
    match standing {
        Standing::Running { .. } => Some(Some(Observed::Running)),
        Standing::Stopped { .. }
        | Standing::Stopping { .. }
        | Standing::Paused { .. }
        | Standing::Restarting { .. } => Some(Some(Observed::Trouble)),
        Standing::Settling { .. }
        | Standing::Starting { .. }
        | Standing::RunningUnproved { .. }
        | Standing::Disabled
        | Standing::Absent => Some(None),
        Standing::NotObserved | Standing::Unknown(_) | Standing::MarkedByOperator { .. } => None,
    }
}
