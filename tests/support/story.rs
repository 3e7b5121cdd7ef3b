//! A walk told in events, to any step and phase, as the lab would play it: the screens are drawn from it.
//!
//! Drives the real machine; only the answers are made up. Deliberately absent: adapters, time that passes by itself.

#[path = "story/account.rs"]
mod account;
#[path = "story/opening.rs"]
mod opening;

use std::time::Duration;

use mdi_console::clock::{Instant, Now};
use mdi_console::directory::lockout::{AttemptId, Budget, Shut, Why};
use mdi_console::directory::refusal::{Refusal, SubCode};
use mdi_console::directory::{Answer, Host, Protocol, Tested};
use mdi_console::logs::source::{SourceState, State};
use mdi_console::logs::{Position, SourceId};
use mdi_console::portal::SaveAnswer;
use mdi_console::secret::SecretId;
use mdi_console::sensor::{Server, Service, ServiceState, Way};
use mdi_console::text::Safe;
use mdi_console::walkthrough::effect::{Effect, Ticket};
use mdi_console::walkthrough::event::{self, Event, Field, Intent};
use mdi_console::walkthrough::{Clipboard, ControllerTerms, Terms, Walkthrough};

pub use account::Kind;

pub const DOMAIN: &str = "contoso.test";

/// Names as they might come from a hostile directory, portal or log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    Usual,
    Hostile,
}

impl Names {
    fn of(self, name: &str) -> Safe {
        match self {
            Names::Usual => Safe::new(name),
            Names::Hostile => Safe::new(&format!("\u{1b}[31m{name}\u{202e}漢字\u{7}-{}", "long.".repeat(30))),
        }
    }
}

pub struct Story {
    pub walk: Walkthrough,
    pub now: Now,
    names: Names,
    out: Vec<Effect>,
    recorded: u64,
    account: Kind,
}

fn start() -> Now {
    Now { at: Instant(Duration::from_secs(100)), wall: "2026-11-24T14:03:10Z".parse().expect("a time") }
}

fn terms(names: Names, lab: bool) -> Terms {
    let server = |host: &str, standalone| Server { host: names.of(host), standalone, way: Way::Sc };
    Terms {
        site: names.of("contoso-corp"),
        lab,
        origin: None,
        operator: names.of("ana"),
        host: names.of("jump-01"),
        portal_address: names.of("https://security.microsoft.com/settings/identities"),
        graph: true,
        application: false,
        hand_off: false,
        clipboard: Clipboard::NotAllowed,
        second_person: false,
        entries: Vec::new(),
        save_host: names.of("contoso-corp.atp.lab"),
        controllers: ["dc1", "dc2", "dc3", "rodc1"]
            .map(|host| ControllerTerms {
                host: names.of(&format!("{host}.{DOMAIN}")),
                domain: names.of(DOMAIN),
            })
            .to_vec(),
        search_faults: Vec::new(),
        kerberos_alone: false,
        reader: false,
        sources: Vec::new(),
        servers: vec![
            server("dc1.contoso.test", false),
            server("sensor1.contoso.test", true),
            server("sensor2.contoso.test", true),
        ],
        old_password: Duration::from_hours(1),
        poll: Duration::from_mins(1),
        watch: Duration::from_mins(35),
        settle: Duration::from_mins(3),
        tour: false,
        options: Safe::default(),
        banner: lab
            .then(|| Safe::new("The lab's account is svc-mdi in contoso.test, its password Lab-Pass-2026!")),
    }
}

impl Story {
    pub fn new(names: Names) -> Self {
        Self::in_terms(names, terms(names, true))
    }

    /// Saved at the portal by hand; the entries are the site file's.
    pub fn hand_off(clipboard: Clipboard) -> Self {
        let names = Names::Usual;
        let entries = vec![opening::entry(names, ("1", "svc-mdi", false))];
        let save_host = Safe::default();
        Self::in_terms(names, Terms { hand_off: true, clipboard, entries, save_host, ..terms(names, false) })
    }

    pub fn live() -> Self {
        Self::in_terms(Names::Usual, terms(Names::Usual, false))
    }

    fn in_terms(names: Names, terms: Terms) -> Self {
        let now = start();
        let mut walk = Walkthrough::new(terms, now);
        let out = walk.begin();
        let mut story = Self { walk, now, names, out, recorded: 0, account: Kind::Ordinary };
        story.record_all();
        story
    }

    pub fn host(&self, name: &str) -> Host {
        self.names.of(&format!("{name}.{DOMAIN}"))
    }

    /// The console runs all the while.
    #[must_use]
    pub fn pass(mut self, by: Duration) -> Self {
        let end = self.now.at.after(by);
        while let Some(due) = self.walk.due().filter(|due| *due > self.now.at && *due < end) {
            self = self.until(due).tell(Event::Timer);
        }
        self = self.until(end);
        if self.walk.due().is_some_and(|due| due <= self.now.at) {
            self = self.tell(Event::Timer);
        }
        self.walk.now = self.now;
        self
    }

    fn until(mut self, at: Instant) -> Self {
        self.now.wall = self.now.wall.checked_add(at.since(self.now.at)).expect("a time");
        self.now.at = at;
        self
    }

    #[must_use]
    pub fn tell(mut self, event: Event) -> Self {
        let effects = self.walk.handle(event, self.now);
        self.out.extend(effects);
        self.record_all();
        self
    }

    #[must_use]
    pub fn intend(self, intent: Intent) -> Self {
        self.tell(Event::Intended(intent))
    }

    pub fn enter(self) -> Self {
        self.intend(Intent::Proceed)
    }

    pub fn choose(self, option: usize) -> Self {
        self.intend(Intent::Chose(option))
    }

    pub fn typed(self, text: &str) -> Self {
        self.intend(Intent::Typed(Safe::new(text)))
    }

    /// The record never fails here.
    fn record_all(&mut self) {
        while let Some(place) = self.out.iter().position(|effect| matches!(effect, Effect::Record(..))) {
            let Effect::Record(ticket, _) = self.out.remove(place) else { continue };
            self.recorded += 1;
            let hash = Safe::new("7c9e6679f0b1a2d3");
            let event = event::Record::Recorded { count: self.recorded, hash };
            self.out.extend(self.walk.handle(Event::Record(ticket, event), self.now));
        }
    }

    /// Takes the first effect that `wanted` wants.
    fn take<T>(&mut self, wanted: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        let place = self.out.iter().position(|effect| wanted(effect).is_some())?;
        wanted(&self.out.remove(place))
    }

    #[must_use]
    fn portal(mut self, wanted: impl Fn(&Effect) -> Option<Ticket>, event: event::Portal) -> Self {
        let ticket = self.take(wanted).expect("the walk asks the portal for this");
        self.tell(Event::Portal(ticket, event))
    }

    pub fn field(self, field: Field) -> Self {
        self.tell(Event::Secret(event::Secret::Edited(field)))
    }

    /// The masked field holds something.
    pub fn at_field(self) -> Self {
        self.at_password().choose(0).field(Field { length: 14, cursor: 14, ..Field::default() })
    }

    pub fn frozen(mut self) -> Self {
        let ticket =
            self.take(|effect| if let Effect::Freeze(ticket) = effect { Some(*ticket) } else { None });
        let ticket = ticket.expect("the walk waits for this");
        self.tell(Event::Secret(event::Secret::Frozen(ticket, Some(SecretId(1)))))
    }

    pub fn reserved(mut self) -> Self {
        let asked = self.take(|effect| match effect {
            Effect::Reserve(ticket, reservation) => Some((*ticket, reservation.controllers.clone())),
            _ => None,
        });
        let (ticket, hosts) = asked.expect("the walk waits for this");
        let next = self.recorded;
        let attempts = hosts.into_iter().zip(next..).map(|(host, id)| (AttemptId(id), host)).collect();
        let budget = Budget { threshold: Some(5), counted: 0, unreadable: 0, safe: 3, in_hand: 2 };
        let event = event::Directory::Reserved { attempts, budget, standing: Vec::new() };
        self.tell(Event::Directory(ticket, event))
    }

    pub fn guard_shut(mut self, shut: Shut) -> Self {
        let asked =
            self.take(|effect| if let Effect::Reserve(ticket, _) = effect { Some(*ticket) } else { None });
        let ticket = asked.expect("the walk waits for this");
        self.tell(Event::Directory(ticket, event::Directory::GuardShut { shut, standing: Vec::new() }))
    }

    pub fn budget_spent(self) -> Self {
        let until = self.now.wall.checked_add(Duration::from_mins(41)).expect("a time");
        let budget = Budget { threshold: Some(5), counted: 3, unreadable: 0, safe: 0, in_hand: 2 };
        self.guard_shut(Shut::NotBefore(until, Why::AccountSpent(budget)))
    }

    pub fn policy_not_known(self) -> Self {
        self.guard_shut(Shut::TypeAccountName { why: Why::PolicyNotKnown })
    }

    /// The next test that is out is answered so.
    pub fn tested(mut self, answer: Answer) -> Self {
        let out = self.take(|effect| match effect {
            Effect::Test { ticket, attempt, host, protocol, .. } => {
                Some((*ticket, *attempt, host.clone(), *protocol))
            }
            _ => None,
        });
        let (ticket, attempt, host, protocol) = out.expect("the walk waits for this");
        let account = self.account_facts();
        let accepted = answer == Answer::Accepted && protocol == Protocol::Ldap;
        let tested = Tested {
            answer,
            account: accepted.then_some(account),
            from: None,
            controller_time: Some(self.now.wall),
            latency: Duration::from_millis(11),
            elapsed: Duration::from_millis(30),
        };
        self.tell(Event::Directory(ticket, event::Directory::Tested { attempt, host, protocol, tested }))
    }

    pub fn wrong_password() -> Answer {
        let text = Safe::new(
            "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1",
        );
        Answer::Refused(Refusal { code: SubCode::WrongPassword, text })
    }

    pub fn testing(self) -> Self {
        self.at_field().enter().frozen().reserved()
    }

    /// Proved by Kerberos at the PDC emulator; dc3 can't be reached, so there is a misgiving.
    pub fn accepted(self) -> Self {
        self.testing()
            .tested(Answer::Accepted)
            .reserved()
            .tested(Answer::Accepted)
            .reserved()
            .tested(Answer::Accepted)
    }

    /// The Save dialog.
    pub fn at_save(self) -> Self {
        let story = self.accepted().enter().choose(1).typed("dc3 is being rebuilt, change 4711");
        story.pass(Duration::from_secs(20)).portal(
            |effect| if let Effect::ReadIssuer(ticket) = effect { Some(*ticket) } else { None },
            event::Portal::IssuerRead("Lab CA".into()),
        )
    }

    pub fn marked(mut self) -> Self {
        let ticket =
            self.take(|effect| if let Effect::TakeMark(ticket, _) = effect { Some(*ticket) } else { None });
        let ticket = ticket.expect("the walk waits for this");
        let positions = vec![(SourceId(1), Position { file: 1, offset: 5000 })];
        let change = Safe::new("8d4f");
        self.tell(Event::Logs(event::Logs::Marked { ticket, positions, bad_password_count: Some(0), change }))
    }

    pub fn sources(mut self) -> Self {
        for (number, host) in [(1, "dc1"), (2, "dc2"), (3, "sensor1")] {
            let host = self.host(host);
            let state = SourceState::new(SourceId(number), State::Following, self.now);
            self = self.tell(Event::Logs(event::Logs::Watched { host, state }));
        }
        self
    }

    pub fn sending(self) -> Self {
        let story = self.sources().at_save().typed("12").marked();
        let reading = story.reading(|_, _| {});
        story.read(reading)
    }

    /// The portal's page is shown.
    pub fn handed_over(self) -> Self {
        let story = self.sources().hand_off_at_save().typed("12").marked();
        let reading = story.reading(|_, _| {});
        story.read(reading)
    }

    /// A hand-off's Save dialog.
    pub fn hand_off_at_save(self) -> Self {
        let story = self.accepted().enter().choose(1).typed("dc3 is being rebuilt, change 4711");
        story.pass(Duration::from_secs(20))
    }

    pub fn save_answered(self, answer: SaveAnswer) -> Self {
        self.portal(
            |effect| if let Effect::Save { ticket, .. } = effect { Some(*ticket) } else { None },
            event::Portal::SaveAnswered(answer),
        )
    }

    /// Step 6 begins.
    pub fn saved(self) -> Self {
        self.sending().save_answered(SaveAnswer::Saved { etag: "2".into() })
    }

    pub fn service(mut self, name: &str, service: Service, state: ServiceState) -> Self {
        let host = self.host(name);
        let ticket = self.take(|effect| match effect {
            Effect::AskService { ticket, host: asked, service: of } if *asked == host && *of == service => {
                Some(*ticket)
            }
            _ => None,
        });
        let ticket = ticket.expect("the walk waits for this");
        self.tell(Event::Sensor(ticket, event::Sensor::ServiceAnswered { host, service, state }))
    }

    /// One round of answers: `stopped` is stopped, the others run.
    pub fn services(mut self, stopped: &str) -> Self {
        for (number, name) in ["dc1", "sensor1", "sensor2"].into_iter().enumerate() {
            for service in Service::ALL {
                let pid = u32::try_from(1000 + number * 1111).ok();
                let running = ServiceState::Running { pid };
                let state = if name == stopped { ServiceState::Stopped } else { running };
                self = self.service(name, service, state);
            }
        }
        self
    }

    /// Every service runs, long enough.
    pub fn services_settled(mut self) -> Self {
        for _ in 0..4 {
            self = self.services("").pass(Duration::from_mins(1));
            let reading = self.reading(|_, _| {});
            self = self.read(reading);
        }
        self
    }

    pub fn at_sensors(self) -> Self {
        self.saved().services_settled().enter()
    }

    /// A sensor's log refuses the credential, after the mark.
    pub fn refusal_in_log(self, source: u32, host: &str) -> Self {
        let host = self.host(host);
        let known = mdi_console::logs::Known::Refused { account: None, domain: None, controller: None };
        self.tell(Event::Logs(event::Logs::Found {
            source: SourceId(source),
            host,
            at: Position { file: 1, offset: 9000 },
            context: false,
            written: None,
            known,
        }))
    }
}
