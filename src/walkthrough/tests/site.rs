//! A small site for the tests: two writable controllers and a read-only one, one entry, one sensor that uses it and one
//! that doesn't.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::{Instant, Now};
use crate::directory::refusal::{Refusal, SubCode};
use crate::directory::{AccountFacts, Answer, Fault, KerberosService, Reach, Tested, Tls, Transport};
use crate::logs::{Position, SourceId};
use crate::portal::{
    Deployment, Entry, Health, HealthIssue, IssueStatus, Reading, Sensor, SensorKind, ServiceStatus,
};
use crate::sensor::{Server, Way};
use crate::text::Safe;
use crate::walkthrough::{Clipboard, ControllerTerms, Terms};

pub const PDC: &str = "dc1.contoso.test";
pub const SECOND: &str = "dc2.contoso.test";
pub const READ_ONLY: &str = "dc3.contoso.test";
pub const SENSOR: &str = "s1.contoso.test";
pub const NEW_SENSOR: &str = "s2.contoso.test";
pub const SOURCE: SourceId = SourceId(1);

pub fn now(seconds: u64) -> Now {
    let since = i64::try_from(seconds).unwrap();
    Now {
        at: Instant(Duration::from_secs(seconds)),
        wall: Timestamp::from_second(1_800_000_000 + since).unwrap(),
    }
}

pub fn terms() -> Terms {
    Terms {
        site: "contoso-corp".into(),
        lab: true,
        origin: None,
        operator: "ana".into(),
        host: "jump-01".into(),
        portal_address: "https://portal.test".into(),
        graph: true,
        application: false,
        hand_off: false,
        clipboard: Clipboard::NotAllowed,
        second_person: false,
        entries: Vec::new(),
        save_host: "portal.test".into(),
        controllers: [PDC, SECOND, READ_ONLY]
            .map(|host| ControllerTerms { host: host.into(), domain: "contoso.test".into() })
            .to_vec(),
        search_faults: Vec::new(),
        kerberos_alone: false,
        reader: true,
        servers: vec![Server { host: SENSOR.into(), standalone: true, way: Way::Sc }],
        sources: vec![(SOURCE, SourceId::RECORDED + 77)],
        old_password: Duration::from_hours(1),
        poll: Duration::from_secs(10),
        watch: Duration::from_mins(30),
        settle: Duration::from_secs(20),
        tour: false,
        options: Safe::default(),
        banner: None,
    }
}

/// The same site, where nobody saves alone.
pub fn for_two() -> Terms {
    Terms { second_person: true, ..terms() }
}

/// The same site, saved at by hand.
pub fn hand_off() -> Terms {
    Terms {
        hand_off: true,
        clipboard: Clipboard::Allowed,
        entries: vec![entry()],
        save_host: Safe::default(),
        ..terms()
    }
}

pub fn reach(host: &str) -> Reach {
    Reach {
        host: host.into(),
        pdc_emulator: host == PDC,
        read_only: host == READ_ONLY,
        latency: Duration::from_millis(11),
        tls: Tls::Verified { by: Transport::Ldaps, until: now(9_000_000).wall, issuer: "CA".into() },
        kerberos: KerberosService::Available,
        skew: SignedDuration::ZERO,
        naming_context: Some("DC=contoso,DC=test".into()),
        probe: None,
        own_domain: true,
    }
}

pub fn entry() -> Entry {
    Entry {
        id: "e1".into(),
        account: "svc-mdi".into(),
        domain: "contoso.test".into(),
        managed: false,
        single_label: false,
        etag: "1".into(),
        last_change: None,
        changed_by: None,
        changed_at: None,
    }
}

pub fn sensor(host: &str, version: &str, service: ServiceStatus) -> Sensor {
    Sensor {
        id: host.into(),
        host: host.into(),
        domain: "contoso.test".into(),
        kind: SensorKind::DomainControllerStandalone,
        version: version.into(),
        deployment: Deployment::UpToDate,
        service,
        health: Health::Healthy,
        open_issues: Some(0),
    }
}

pub fn reading(service: ServiceStatus) -> Reading {
    let sensors =
        vec![sensor(SENSOR, "2.240.1", service), sensor(NEW_SENSOR, "3.0.1", ServiceStatus::Running)];
    Reading { sensors, issues: Vec::new(), portal_time: None }
}

pub fn credential_issue(id: &str, status: IssueStatus) -> HealthIssue {
    HealthIssue {
        id: id.into(),
        name: "Directory services user credentials are incorrect".into(),
        severity: "high".into(),
        status,
        global: true,
        created: None,
        modified: None,
        sensors: Vec::new(),
        domains: Vec::new(),
        recommendations: Vec::new(),
    }
}

pub fn facts(changed_before: u64) -> AccountFacts {
    AccountFacts {
        name: "svc-mdi".into(),
        sid: "S-1-5-21-1".into(),
        password_changed: Some(now(0).wall - SignedDuration::from_secs(changed_before.cast_signed())),
        ..AccountFacts::default()
    }
}

pub fn tested(answer: Answer) -> Tested {
    let account = (answer == Answer::Accepted).then(|| facts(240));
    let latency = Duration::from_millis(9);
    Tested { answer, account, from: None, controller_time: Some(now(0).wall), latency, elapsed: latency }
}

pub fn refused(code: SubCode) -> Answer {
    Answer::Refused(Refusal { code, text: Safe::new("80090308: LdapErr") })
}

pub fn not_known() -> Answer {
    Answer::NotKnown(Fault::TimedOut)
}

pub fn place(offset: u64) -> Position {
    Position { file: 1, offset }
}
