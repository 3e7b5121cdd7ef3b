//! States in a word or two: sensors', entries', controllers', services'. An unknown one is shown as it came.

use crate::directory::{KerberosService, Reach, Tls, Transport};
use crate::portal::{Deployment, Health, Sensor, SensorKind, ServiceStatus};
use crate::text::Safe;
use crate::walkthrough::fact::ProofWord;
use crate::walkthrough::watch::Finding;

use super::safe;

pub fn kind(kind: &SensorKind) -> Safe {
    match kind {
        SensorKind::AdConnectIntegrated => Safe::new("Entra Connect"),
        SensorKind::AdcsIntegrated => Safe::new("AD CS"),
        SensorKind::AdfsIntegrated => Safe::new("AD FS"),
        SensorKind::DomainControllerIntegrated => Safe::new("controller"),
        SensorKind::DomainControllerStandalone => Safe::new("standalone"),
        SensorKind::Other(word) => word.clone(),
    }
}

pub fn deployment(deployment: &Deployment) -> Safe {
    match deployment {
        Deployment::UpToDate => Safe::new("up to date"),
        Deployment::Outdated => Safe::new("outdated"),
        Deployment::Updating => Safe::new("updating"),
        Deployment::UpdateFailed => Safe::new("update failed"),
        Deployment::NotConfigured => Safe::new("not configured"),
        Deployment::Unreachable => Safe::new("unreachable"),
        Deployment::Disconnected => Safe::new("disconnected"),
        Deployment::StartFailure => Safe::new("start failure"),
        Deployment::Syncing => Safe::new("syncing"),
        Deployment::Other(word) => word.clone(),
        Deployment::Absent => Safe::new("not told"),
    }
}

pub fn service_status(status: &ServiceStatus) -> Safe {
    match status {
        ServiceStatus::Stopped => Safe::new("stopped"),
        ServiceStatus::Starting => Safe::new("starting"),
        ServiceStatus::Running => Safe::new("running"),
        ServiceStatus::Disabled => Safe::new("disabled"),
        ServiceStatus::Onboarding => Safe::new("onboarding"),
        ServiceStatus::Unknown => Safe::new("unknown"),
        ServiceStatus::Other(word) => word.clone(),
        ServiceStatus::Absent => Safe::new("not told"),
    }
}

pub fn health(health: &Health) -> Safe {
    match health {
        Health::Healthy => Safe::new("healthy"),
        Health::Low => Safe::new("low"),
        Health::Medium => Safe::new("medium"),
        Health::High => Safe::new("high"),
        Health::Other(word) => word.clone(),
        Health::Absent => Safe::new("not told"),
    }
}

/// A finding in a word, for a column.
pub fn finding_short(finding: Finding) -> &'static str {
    match finding {
        Finding::RunningNoRefusal => "no refusal seen",
        Finding::DoesNotUse => "not used there",
        Finding::Refused | Finding::Suspected | Finding::Trouble | Finding::NotObserved | Finding::TookIt => {
            super::super::finding(finding)
        }
    }
}

/// What changed of a sensor since the baseline; empty: nothing.
pub fn change(before: Option<&Sensor>, now: &Sensor) -> Safe {
    let Some(before) = before else { return Safe::new("new") };
    if before.service != now.service {
        return safe(format!("was {}", service_status(&before.service)));
    }
    if before.deployment != now.deployment {
        return safe(format!("was {}", deployment(&before.deployment)));
    }
    if before.version != now.version {
        return safe(format!("was {}", before.version));
    }
    match (before.open_issues, now.open_issues) {
        (Some(then), Some(now)) if then < now => safe(format!("+{} issues", now.saturating_sub(then))),
        (Some(then), Some(now)) if then > now => safe(format!("-{} issues", then.saturating_sub(now))),
        _ => Safe::default(),
    }
}

/// How many issues are open; `otherwise` where the portal didn't tell, since that is not none.
pub fn open_issues(count: Option<u32>, otherwise: &'static str) -> Safe {
    count.map_or_else(|| Safe::new(otherwise), |count| safe(count.to_string()))
}

/// How a controller's TLS stands, in a few words.
pub fn tls(tls: &Tls) -> Safe {
    match tls {
        Tls::Verified { by, until, .. } => {
            let by = match by {
                Transport::Ldaps => "LDAPS",
                Transport::StartTls => "StartTLS",
            };
            safe(format!("{by}, until {}", super::day(*until)))
        }
        Tls::NoServerCertificate => Safe::new("no server certificate"),
        Tls::Failed(fault) => safe(fault.to_string()),
    }
}

/// What a controller can prove, or why not.
pub fn provable(reach: &Reach) -> &'static str {
    let kerberos = reach.kerberos == KerberosService::Available;
    match (&reach.tls, kerberos) {
        _ if reach.read_only => "read-only",
        _ if !reach.own_domain => "other domain",
        (Tls::Verified { .. }, true) => "LDAP, Kerberos",
        (Tls::Verified { .. }, false) => "LDAP",
        (_, true) => "Kerberos",
        (_, false) => "can't prove",
    }
}

/// A controller's clock less ours.
pub fn skew(reach: &Reach) -> Safe {
    let seconds = reach.skew.as_secs();
    if seconds == 0 { Safe::new("0 s") } else { safe(format!("{seconds:+} s")) }
}

pub fn proof(proof: ProofWord) -> &'static str {
    match proof {
        ProofWord::CurrentByKerberos => "current (Kerberos)",
        ProofWord::CurrentByAge => "current (by age)",
        ProofWord::CurrentElsewhere => "current elsewhere, perhaps not replicated",
        ProofWord::PerhapsPrevious => "accepted, perhaps the previous password",
        ProofWord::RestrictedHere => "restricted here, not judged",
        ProofWord::Untested => "UNTESTED",
    }
}
