//! The first three steps of the story: signing in, the baseline, the entries, the controllers.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mdi_console::directory::{Fault, KerberosService, Reach, Tls, Transport};
use mdi_console::portal::signin::{self, DeviceCode};
use mdi_console::portal::{
    self, Deployment, Entry, Health, HealthIssue, IssueStatus, Reading, Sensor, SensorKind, ServiceStatus,
};
use mdi_console::text::Safe;
use mdi_console::walkthrough::Terms;
use mdi_console::walkthrough::effect::Effect;
use mdi_console::walkthrough::event::{self, Event};

use super::{DOMAIN, Names, Story};

pub fn entry(names: Names, (id, account, managed): (&str, &str, bool)) -> Entry {
    Entry {
        id: id.into(),
        account: names.of(account),
        domain: names.of(DOMAIN),
        managed,
        single_label: false,
        etag: "1".into(),
        last_change: None,
        changed_by: None,
        changed_at: None,
    }
}

impl Story {
    /// The lab, explained to a newcomer.
    pub fn tour() -> Self {
        let names = Names::Usual;
        Self::in_terms(names, Terms { tour: true, ..super::terms(names, true) })
    }

    /// At a site where nobody saves alone.
    pub fn for_two() -> Self {
        let names = Names::Usual;
        Self::in_terms(names, Terms { second_person: true, ..super::terms(names, true) })
    }

    pub fn code(self) -> Self {
        let code = DeviceCode {
            user_code: self.names.of("FJWQ-XK7B"),
            verification_uri: self.names.of("https://login.microsoft.com/device"),
            expires: self.now.at.after(Duration::from_mins(15)),
            interval: Duration::from_secs(5),
        };
        self.choose(0).portal(
            |effect| if let Effect::RequestCode(ticket) = effect { Some(*ticket) } else { None },
            event::Portal::CodeIssued(code),
        )
    }

    pub fn signed_in(self) -> Self {
        let name = Some(self.names.of("ana@contoso.test"));
        self.code().pass(Duration::from_secs(5)).portal(
            |effect| if let Effect::PollSignIn(ticket) = effect { Some(*ticket) } else { None },
            event::Portal::SignInAnswered(signin::Answer::Granted { name }),
        )
    }

    pub fn declined(self) -> Self {
        let rejection = signin::Rejection {
            error: "access_denied".into(),
            code: None,
            description: "declined".into(),
            trace: None,
            correlation: None,
        };
        self.code().pass(Duration::from_secs(5)).portal(
            |effect| if let Effect::PollSignIn(ticket) = effect { Some(*ticket) } else { None },
            event::Portal::SignInAnswered(signin::Answer::Rejected(rejection)),
        )
    }

    /// Whoever saves by hand has the entries from the site file.
    fn entries_unless_listed(self, names: Names) -> Self {
        if self.walk.terms.hand_off { self } else { self.entries_named(1, names) }
    }

    /// By lawful names: with any other the step stops.
    pub fn entries(self, count: usize) -> Self {
        self.entries_named(count, Names::Usual)
    }

    pub fn entries_named(self, count: usize, names: Names) -> Self {
        let mut entries =
            [("1", "svc-mdi", false), ("2", "gmsa-mdi$", true)].map(|one| entry(names, one)).to_vec();
        entries.truncate(count);
        self.portal(
            |effect| if let Effect::ReadEntries(ticket) = effect { Some(*ticket) } else { None },
            event::Portal::EntriesRead(entries),
        )
    }

    pub fn read(self, reading: Reading) -> Self {
        self.portal(
            |effect| if let Effect::ReadPortal(ticket) = effect { Some(*ticket) } else { None },
            event::Portal::Read(reading),
        )
    }

    pub fn portal_fails(self, fault: portal::Fault) -> Self {
        self.portal(
            |effect| if let Effect::ReadPortal(ticket) = effect { Some(*ticket) } else { None },
            event::Portal::Failed(fault),
        )
    }

    /// Twelve sensors; `change` makes the differences.
    pub fn reading(&self, change: impl Fn(usize, &mut Sensor)) -> Reading {
        let sensors = (0..12)
            .map(|number| {
                let kind = match number {
                    0..3 => SensorKind::DomainControllerIntegrated,
                    3..5 => SensorKind::AdfsIntegrated,
                    _ => SensorKind::DomainControllerStandalone,
                };
                let host =
                    if number < 3 { format!("dc{}", number + 1) } else { format!("sensor{}", number - 2) };
                let mut sensor = Sensor {
                    id: Safe::from(number.to_string()),
                    host: self.host(&host),
                    domain: self.names.of(DOMAIN),
                    kind,
                    version: Safe::new(if number == 11 { "3.0.2.19" } else { "2.241.18" }),
                    deployment: Deployment::UpToDate,
                    service: ServiceStatus::Running,
                    health: Health::Healthy,
                    open_issues: Some(0),
                };
                change(number, &mut sensor);
                sensor
            })
            .collect();
        Reading { sensors, issues: Vec::new(), portal_time: None }
    }

    pub fn credential_issue(&self) -> HealthIssue {
        HealthIssue {
            id: "issue-1".into(),
            name: "Directory services user credentials are incorrect".into(),
            severity: "medium".into(),
            status: IssueStatus::Open,
            global: true,
            created: None,
            modified: None,
            sensors: Vec::new(),
            domains: vec![self.names.of(DOMAIN)],
            recommendations: Vec::new(),
        }
    }

    /// Step 1 done; step 2 shown.
    pub fn configured(self) -> Self {
        self.configured_with(Names::Usual)
    }

    pub fn configured_with(self, names: Names) -> Self {
        let story = self.signed_in().entries_unless_listed(names);
        let reading = story.reading(|_, _| {});
        story.read(reading).choose(0)
    }

    pub fn reach(&self, host: &str, change: impl Fn(&mut Reach)) -> Reach {
        let mut reach = Reach {
            host: self.host(host),
            pdc_emulator: host == "dc1",
            read_only: host == "rodc1",
            latency: Duration::from_millis(11),
            tls: Tls::Verified {
                by: Transport::Ldaps,
                until: "2027-03-01T00:00:00Z".parse::<Timestamp>().expect("a time"),
                issuer: self.names.of("Contoso Issuing CA 1"),
            },
            kerberos: KerberosService::Available,
            skew: SignedDuration::from_secs(0),
            naming_context: Some(self.names.of("DC=contoso,DC=test")),
            probe: None,
            own_domain: true,
        };
        change(&mut reach);
        reach
    }

    pub fn reached(mut self, host: &str, result: Result<Reach, Fault>) -> Self {
        let host = self.host(host);
        let ticket = self.take(|effect| match effect {
            Effect::Reach(ticket, asked, _) if *asked == host => Some(*ticket),
            _ => None,
        });
        let Some(ticket) = ticket else { return self };
        self.tell(Event::Directory(ticket, event::Directory::Reached(result)))
    }

    /// Every controller has answered, or not.
    pub fn all_reached(self) -> Self {
        let dc1 = self.reach("dc1", |_| {});
        let dc2 = self.reach("dc2", |reach| {
            reach.latency = Duration::from_millis(214);
            reach.tls = Tls::NoServerCertificate;
            reach.skew = SignedDuration::from_secs(-3);
        });
        let rodc1 = self.reach("rodc1", |_| {});
        self.reached("dc1", Ok(dc1))
            .reached("dc2", Ok(dc2))
            .reached("dc3", Err(Fault::NoRoute))
            .reached("rodc1", Ok(rodc1))
    }

    /// Step 3 done; step 4 asks whether the password was changed.
    pub fn at_password(self) -> Self {
        self.configured().enter().all_reached().choose(0).enter()
    }
}
