//! What sensors say in their logs, in the shapes that public records show.
//!
//! Relies on moments handed in. Pure. Deliberately absent: where it is written.

use jiff::{SignedDuration, Timestamp};

use super::{Level, Record};
use crate::lab::scenario::AtStart;
use crate::lab::seeded;
use crate::lab::world::fleet::{Bound, Sensor, SensorKind};
use crate::lab::world::{ACCOUNT, DOMAIN};

const CLIENT: &str = "DirectoryServicesClient";
const BIND: &str = "DirectoryServicesClient+<CreateLdapConnectionAsync>d__47";
const IMPERSONATION: &str = "ImpersonationManager";
const EXTENDED: &str = "Microsoft.Tri.Infrastructure.ExtendedException:";
const LDAP: &str = "System.DirectoryServices.Protocols.LdapException:";
const STACK: &str = "\n   at void System.DirectoryServices.Protocols.LdapConnection.BindHelper(NetworkCredential newCredential, bool needSetCredential)\
\n   at async Task<LdapConnection> Microsoft.Tri.Sensor.DirectoryServicesClient.CreateLdapConnectionAsync(DomainControllerConnectionData domainControllerConnectionData, bool isGlobalCatalog, bool isTraversing)\
\n   --- End of inner exception stack trace ---\
\n   at async Task<bool> Microsoft.Tri.Sensor.DirectoryServicesClient.TryCreateLdapConnectionAsync(DomainControllerConnectionData domainControllerConnectionData, bool isGlobalCatalog, bool isTraversing)";

/// Something a sensor tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Woke,
    Bound(Bound),
    GaveUp { controller: String },
    Heartbeat { beat: u64 },
}

/// The records of it.
pub fn said(said: &Said, at: Timestamp) -> Vec<Record> {
    let one = |level, component, text: String| Record { at, level, component, text };
    match said {
        Said::Woke => vec![one(
            Level::Info,
            "ConfigurationManager",
            "UpdateConfigurationAsync finished [isConfigurationUpdated=True]".into(),
        )],
        Said::Bound(Bound::Accepted { controller }) => vec![
            one(Level::Info, IMPERSONATION, impersonated(true)),
            one(
                Level::Info,
                CLIENT,
                format!(
                    "CreateLdapConnectionAsync finished [DomainControllerDnsName={controller} IsSuccess=True]"
                ),
            ),
        ],
        Said::Bound(Bound::Refused { controller, .. }) => vec![
            one(
                Level::Error,
                BIND,
                format!(
                    "{EXTENDED} CreateLdapConnectionAsync failed [DomainControllerDnsName={controller}] ---> {LDAP} The supplied credential is invalid.{STACK}"
                ),
            ),
            one(Level::Error, CLIENT, no_controller(controller)),
        ],
        Said::Bound(Bound::Unreachable { controller }) => vec![one(
            Level::Error,
            BIND,
            format!(
                "{EXTENDED} Failed to connect to domain controller [DomainControllerDnsName={controller} ErrorCode=81] ---> {LDAP} The LDAP server is unavailable.{STACK}"
            ),
        )],
        Said::GaveUp { controller } => vec![
            one(Level::Error, "SensorHost", no_controller(controller)),
            one(Level::Warn, "SensorHost", "Service stopped [reason=StartFailed]".into()),
        ],
        Said::Heartbeat { beat } => vec![one(Level::Info, heartbeat(*beat).0, heartbeat(*beat).1)],
    }
}

fn impersonated(success: bool) -> String {
    let success = if success { "True" } else { "False" };
    format!("CreateImpersonatorAsync finished [UserName={ACCOUNT} Domain={DOMAIN} IsSuccess={success}]")
}

fn no_controller(controller: &str) -> String {
    format!(
        "{EXTENDED} Failed to communicate with configured domain controllers [ _domainControllerConnectionDatas={controller}]"
    )
}

fn heartbeat(beat: u64) -> (&'static str, String) {
    let count = seeded::between(beat, 12, 480);
    match beat % 3 {
        0 => ("EntityResolver", format!("resolved entities [count={count} pending=0]")),
        1 => ("NetworkListener", format!("captured packets [perSecond={count} dropped=0]")),
        _ => ("WebClient", format!("SendHeartbeatAsync finished [durationMilliseconds={count}]")),
    }
}

/// What stands in a sensor's logs when the lab starts. One sensor was refused once, before the change; where all
/// are stopped, every one of them was refused when the wrong password was saved.
pub fn history(sensor: &Sensor, index: usize, at_start: AtStart, now: Timestamp) -> Vec<Record> {
    let offset = i64::try_from(index.wrapping_mul(1731)).unwrap_or(0);
    let ago = |minutes: i64| {
        let back = SignedDuration::from_mins(minutes) - SignedDuration::from_millis(offset % 50_000);
        now.saturating_sub(back).unwrap_or(now)
    };
    let started = Record {
        at: ago(260),
        level: Level::Info,
        component: "SensorHost",
        text: format!("OnStart started [version={}]", sensor.version),
    };
    let mut records = vec![started];
    if !sensor.uses_entry() {
        return records;
    }
    // A sensor that is not on a controller asked the PDC emulator.
    let on_controller = sensor.kind == SensorKind::DomainController;
    let controller = if on_controller { sensor.host() } else { format!("dc1.{DOMAIN}") };
    let accepted = Said::Bound(Bound::Accepted { controller: controller.clone() });
    let refused = Said::Bound(Bound::Refused { controller: controller.clone(), code: 49 });
    let mut add = |what: &Said, minutes: i64| records.extend(said(what, ago(minutes)));
    add(&accepted, 259);
    if at_start == AtStart::Stopped {
        add(&Said::Woke, 180);
        add(&refused, 180);
        add(&refused, 179);
        add(&Said::GaveUp { controller }, 179);
        return records;
    }
    if index == 1 {
        add(&refused, 22);
        add(&accepted, 21);
    }
    for (beat, minutes) in [(0, 14), (1, 9), (2, 3)] {
        add(&Said::Heartbeat { beat: beat + index as u64 }, minutes);
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_grammar_of_the_product_and_many_lines() {
        let at: Timestamp = "2026-01-02T03:04:05.12345Z".parse().expect("a moment");
        let bound = Bound::Refused { controller: "dc1.contoso.test".into(), code: 49 };
        let records = said(&Said::Bound(bound), at);
        let text: String = records.iter().map(Record::rendered).collect();
        assert!(text.starts_with(
            "2026-01-02 03:04:05.1234 Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed [DomainControllerDnsName=dc1.contoso.test] ---> System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.\r\n   at "
        ), "{text}");
        assert!(text.is_ascii());
        assert_eq!(text.matches("The supplied credential is invalid.").count(), 1);
        assert_eq!(text.matches("2026-01-02").count(), 2);
    }

    #[test]
    fn an_accepted_credential_leaves_the_positive_record() {
        let bound = Bound::Accepted { controller: "dc1.contoso.test".into() };
        let text = said(&Said::Bound(bound), Timestamp::UNIX_EPOCH)[0].rendered();
        assert_eq!(
            text,
            "1970-01-01 00:00:00.0000 Info  ImpersonationManager CreateImpersonatorAsync finished [UserName=svc-mdi Domain=contoso.test IsSuccess=True]\r\n"
        );
    }
}
