//! Plays the engine to a walk: keeps the effects that wait for an answer, and gives one.
//!
//! The checker sees every event and every effect that goes by. The record answers at once unless `slow_record` is set.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::clock::Now;
use crate::directory::lockout::{AttemptId, Budget, Shut, Why};
use crate::directory::refusal::SubCode;
use crate::directory::{Answer, Protocol, Standing};
use crate::logs::{Known, SourceId};
use crate::portal::{Fault, IssueStatus, SaveAnswer, ServiceStatus, signin};
use crate::secret::SecretId;
use crate::sensor::ServiceState;
use crate::text::Safe;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::effect::{Effect, Ticket};
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::step::Step;
use crate::walkthrough::words;

use super::checker::Checker;
use super::site::{
    PDC, SENSOR, SOURCE, credential_issue, entry, facts, not_known, now, place, reach, reading, refused,
    terms, tested,
};

#[derive(Clone, Debug)]
pub struct Player {
    pub walk: Walkthrough,
    pub out: Vec<Effect>,
    pub checker: Checker,
    pub disk_full: bool,
    pub slow_record: bool,
    pub seconds: u64,
    attempts: u64,
    secrets: u64,
    changes: u64,
}

/// How an errand ends: well, or in one of the ways it can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Well,
    Badly(u8),
}

impl Player {
    pub fn new() -> Self {
        let walk = Walkthrough::new(terms(), now(0));
        let mut player = Self {
            walk,
            out: Vec::new(),
            checker: Checker::default(),
            disk_full: false,
            slow_record: false,
            seconds: 0,
            attempts: 0,
            secrets: 0,
            changes: 0,
        };
        let effects = player.walk.begin();
        player.take(effects);
        player
    }

    pub fn now(&self) -> Now {
        now(self.seconds)
    }

    pub fn send(&mut self, event: Event) {
        self.checker.happened(&event, self.now());
        let effects = self.walk.handle(event, now(self.seconds));
        self.take(effects);
    }

    fn take(&mut self, effects: Vec<Effect>) {
        self.checker.wanted(&effects, &self.walk);
        for effect in effects {
            match effect {
                Effect::Record(..) if !self.slow_record => self.give(&effect, self.disk()),
                Effect::ClearField | Effect::Wipe(_) | Effect::Release(_) | Effect::End => {}
                other => self.out.push(other),
            }
        }
        self.checker.settled(&self.walk);
    }

    fn disk(&self) -> Way {
        if self.disk_full { Way::Badly(0) } else { Way::Well }
    }

    pub fn wait(&mut self, seconds: u64) {
        self.seconds += seconds;
        self.send(Event::Timer);
    }

    /// Waits as long as the machine asks for.
    pub fn tick(&mut self) {
        if let Some(due) = self.walk.due() {
            self.seconds = self.seconds.max(due.0.as_secs());
            self.send(Event::Timer);
        }
    }

    pub fn intend(&mut self, intent: Intent) {
        self.send(Event::Intended(intent));
    }

    pub fn enter(&mut self) {
        self.intend(Intent::Proceed);
    }

    pub fn choose(&mut self, option: usize) {
        self.intend(Intent::Chose(option));
    }

    /// Types what the question wants, or a few words.
    pub fn type_it(&mut self) {
        let question = self.walk.question().cloned();
        let wanted = question.and_then(|question| words::wanted(&self.walk, &question));
        self.intend(Intent::Typed(wanted.unwrap_or_else(|| "because".into())));
    }

    pub fn edit(&mut self, length: usize) {
        self.send(Event::Secret(event::Secret::Edited(event::Field {
            length,
            cursor: length,
            ..event::Field::default()
        })));
    }

    pub fn found(&mut self, known: Known) {
        let (host, at) = (Safe::new(SENSOR), place(200 + self.seconds));
        self.send(Event::Logs(event::Logs::Found { source: SOURCE, host, at, written: None, known }));
    }

    /// Answers the first errand of this kind. True if there was one.
    pub fn answer(&mut self, kind: &str, way: Way) -> bool {
        let Some(place) = self.out.iter().position(|effect| kind_of(effect) == kind) else { return false };
        let effect = self.out.remove(place);
        self.give(&effect, way);
        true
    }

    /// Answers everything that waits, well, until nothing does.
    pub fn settle(&mut self) {
        for _ in 0..200 {
            if self.out.is_empty() {
                return;
            }
            let effect = self.out.remove(0);
            self.give(&effect, Way::Well);
        }
        panic!("it never comes to rest: {:?}", self.out);
    }

    pub fn answer_records(&mut self) {
        while let Some(place) = self.out.iter().position(|effect| matches!(effect, Effect::Record(..))) {
            let effect = self.out.remove(place);
            let way = self.disk();
            self.give(&effect, way);
        }
    }

    pub fn give(&mut self, effect: &Effect, way: Way) {
        let event = match way {
            Way::Well => self.well(effect),
            Way::Badly(how) => self.badly(effect, how).unwrap_or_else(|| self.well(effect)),
        };
        self.send(event);
    }

    fn well(&mut self, effect: &Effect) -> Event {
        use event::{Directory, Logs, Portal, Record, Secret};
        match effect {
            Effect::RequestCode(ticket) => Event::Portal(*ticket, Portal::CodeIssued(self.code())),
            Effect::PollSignIn(ticket) => {
                let granted = signin::Answer::Granted { name: Some("ana@contoso.test".into()) };
                Event::Portal(*ticket, Portal::SignInAnswered(granted))
            }
            Effect::ReadEntries(ticket) => Event::Portal(*ticket, Portal::EntriesRead(vec![entry()])),
            Effect::ReadEntry(ticket, _) => {
                let mut read = entry();
                read.etag = "2".into();
                read.last_change = self.checker.last_change.clone();
                Event::Portal(*ticket, Portal::EntryRead(read))
            }
            Effect::ReadPortal(ticket) => {
                Event::Portal(*ticket, Portal::Read(reading(ServiceStatus::Running)))
            }
            Effect::ReadIssuer(ticket) => Event::Portal(*ticket, Portal::IssuerRead("CA".into())),
            Effect::Reach(ticket, host, _) => Event::Directory(*ticket, Directory::Reached(Ok(reach(host)))),
            Effect::Freeze(ticket) => {
                self.secrets += 1;
                Event::Secret(Secret::Frozen(*ticket, Some(SecretId(self.secrets))))
            }
            Effect::Reserve(ticket, wanted) => {
                let attempts = wanted
                    .controllers
                    .iter()
                    .map(|host| {
                        self.attempts += 1;
                        (AttemptId(self.attempts), host.clone())
                    })
                    .collect();
                let budget = Budget { threshold: Some(5), counted: 0, safe: 3, in_hand: 2 };
                Event::Directory(*ticket, Directory::Reserved { attempts, budget, standing: Vec::new() })
            }
            Effect::Test { .. } => Self::outcome(effect, Answer::Accepted),
            Effect::ReadStanding(ticket, host, _) => {
                let account = facts(240);
                let controller = host.clone();
                let standing = Standing { controller, read_at: self.now().wall, policy: None, account };
                Event::Directory(*ticket, Directory::StandingRead(Some(standing)))
            }
            Effect::TakeMark(ticket, _) => {
                self.changes += 1;
                let change = Safe::from(format!("change-{}", self.changes));
                let positions = vec![(SOURCE, place(100 + self.seconds)), (SourceId(2), place(0))];
                Event::Logs(Logs::Marked { ticket: *ticket, positions, bad_password_count: Some(0), change })
            }
            Effect::Save { ticket, .. } => {
                Event::Portal(*ticket, Portal::SaveAnswered(SaveAnswer::Saved { etag: "2".into() }))
            }
            Effect::AskService { ticket, host, service } => {
                let state = ServiceState::Running { pid: Some(7) };
                let (host, service) = (host.clone(), *service);
                Event::Sensor(*ticket, event::Sensor::ServiceAnswered { host, service, state })
            }
            Effect::Record(ticket, _) => {
                let count = self.walk.record.lines + 1;
                Event::Record(*ticket, Record::Recorded { count, hash: "h".into() })
            }
            Effect::ClearField | Effect::Wipe(_) | Effect::Release(_) | Effect::End => Event::Timer,
        }
    }

    fn code(&self) -> signin::DeviceCode {
        signin::DeviceCode {
            user_code: "ABCD".into(),
            verification_uri: "https://login.test".into(),
            expires: self.now().at.after(std::time::Duration::from_mins(15)),
            interval: std::time::Duration::from_secs(5),
        }
    }

    /// The ways in which an errand can go wrong; `None`: there are no more.
    fn badly(&self, effect: &Effect, how: u8) -> Option<Event> {
        use event::{Directory, Portal, Record, Secret};
        let fault = || Fault::Server(503);
        Some(match (effect, how) {
            (Effect::PollSignIn(ticket), 0) => Event::Portal(*ticket, Portal::SignInAnswered(rejected())),
            (Effect::ReadEntries(ticket), 0) => Event::Portal(*ticket, Portal::EntriesRead(Vec::new())),
            (Effect::ReadEntry(ticket, _), 0) => Event::Portal(*ticket, Portal::EntryRead(entry())),
            (Effect::ReadEntry(ticket, _), 1) => {
                let mut read = entry();
                read.etag = "9".into();
                Event::Portal(*ticket, Portal::EntryRead(read))
            }
            (Effect::ReadPortal(ticket), 0) => {
                Event::Portal(*ticket, Portal::Read(reading(ServiceStatus::Stopped)))
            }
            (Effect::ReadPortal(ticket), 1) => {
                let mut read = reading(ServiceStatus::Running);
                read.issues.push(credential_issue("i1", IssueStatus::Open));
                Event::Portal(*ticket, Portal::Read(read))
            }
            (Effect::ReadPortal(ticket), 2) => {
                Event::Portal(*ticket, Portal::Failed(Fault::Throttled(std::time::Duration::from_mins(2))))
            }
            (Effect::ReadEntries(ticket) | Effect::ReadPortal(ticket), 3) => {
                Event::Portal(*ticket, Portal::Failed(Fault::Unauthorized))
            }
            (
                Effect::RequestCode(ticket)
                | Effect::PollSignIn(ticket)
                | Effect::ReadEntries(ticket)
                | Effect::ReadEntry(ticket, _)
                | Effect::ReadIssuer(ticket),
                2,
            ) => Event::Portal(*ticket, Portal::Failed(fault())),
            (Effect::Reach(ticket, ..), 0) => {
                Event::Directory(*ticket, Directory::Reached(Err(crate::directory::Fault::NoRoute)))
            }
            (Effect::Freeze(ticket), 0) => Event::Secret(Secret::Frozen(*ticket, None)),
            (Effect::Reserve(ticket, _), 0..4) => {
                let until = now(self.seconds + 60).wall;
                let shut = match how {
                    0 => Shut::NotBefore(until, Why::Locked),
                    1 => Shut::UntilUnlocked,
                    2 => Shut::TypeAccountName { why: Why::PolicyNotKnown },
                    _ => Shut::Never(Why::FirstFailureLocks),
                };
                Event::Directory(*ticket, Directory::GuardShut { shut, standing: Vec::new() })
            }
            (Effect::Reserve(ticket, _), 4) => {
                Event::Directory(*ticket, Directory::LedgerFailed("disk full".into()))
            }
            (Effect::Test { .. }, 0) => Self::outcome(effect, refused(SubCode::WrongPassword)),
            (Effect::Test { .. }, 1) => Self::outcome(effect, not_known()),
            (Effect::Test { .. }, 2) => Self::outcome(effect, refused(SubCode::LockedOut)),
            (Effect::Test { .. }, 3) => Self::outcome(effect, refused(SubCode::LogonHours)),
            (Effect::ReadStanding(ticket, ..), 0) => Event::Directory(*ticket, Directory::StandingRead(None)),
            (Effect::Save { ticket, .. }, 0..3) => {
                let answer = match how {
                    0 => SaveAnswer::Conflict,
                    1 => SaveAnswer::NotSaved(fault()),
                    _ => SaveAnswer::Lost(Fault::TimedOut),
                };
                Event::Portal(*ticket, Portal::SaveAnswered(answer))
            }
            (Effect::AskService { ticket, host, service }, 0) => {
                let (host, service, state) = (host.clone(), *service, ServiceState::Stopped);
                Event::Sensor(*ticket, event::Sensor::ServiceAnswered { host, service, state })
            }
            (Effect::Record(ticket, _), 0) => Event::Record(*ticket, Record::Failed("no space".into())),
            (Effect::Record(ticket, _), 1) => Event::Record(*ticket, Record::HoldsSecret),
            _ => return None,
        })
    }

    /// All the ways an errand can end.
    pub fn ways(&self, effect: &Effect) -> Vec<Way> {
        let bad = (0..5).filter(|how| self.badly(effect, *how).is_some()).map(Way::Badly);
        std::iter::once(Way::Well).chain(bad).collect()
    }

    pub fn outcome(effect: &Effect, answer: Answer) -> Event {
        let Effect::Test { ticket, attempt, host, protocol, .. } = effect else { panic!("not a test") };
        let tested = tested(answer);
        let (attempt, host, protocol) = (*attempt, host.clone(), *protocol);
        Event::Directory(*ticket, event::Directory::Tested { attempt, host, protocol, tested })
    }

    /// What tells two states apart: all but the time, the tickets and the figures that only grow.
    pub fn print(&self) -> u64 {
        struct Into<'a>(&'a mut DefaultHasher);
        impl std::fmt::Write for Into<'_> {
            fn write_str(&mut self, text: &str) -> std::fmt::Result {
                text.hash(self.0);
                Ok(())
            }
        }
        let mut hasher = DefaultHasher::new();
        let walk = &self.walk;
        let errands: Vec<_> = walk.errands.values().collect();
        let place = (walk.current, &walk.progress, &walk.dialog, &walk.signing_in, walk.over, walk.leaving);
        let what =
            (&walk.entry, &walk.stations, &walk.trial, &walk.acceptance, walk.waiting, walk.field.length);
        let then = (&walk.saving, &walk.services, &walk.watch, &walk.next_watch, &walk.marking, &errands);
        let kinds: Vec<_> = self.out.iter().map(kind_of).collect();
        let rest = (&walk.durable, &walk.unwritten, self.disk_full, &kinds, walk.hurried, walk.left);
        let more = (walk.can_edit, walk.used_elsewhere, walk.without_controller, walk.changed_in_directory);
        let _ = std::fmt::write(
            &mut Into(&mut hasher),
            format_args!("{place:?}{what:?}{then:?}{rest:?}{more:?}"),
        );
        hasher.finish()
    }
}

fn rejected() -> signin::Answer {
    signin::Answer::Rejected(signin::Rejection {
        error: "authorization_declined".into(),
        code: None,
        description: "declined".into(),
        trace: None,
        correlation: None,
    })
}

/// Short names for the errands, by which a test picks one.
pub fn kind_of(effect: &Effect) -> &'static str {
    match effect {
        Effect::RequestCode(_) => "code",
        Effect::PollSignIn(_) => "sign-in",
        Effect::ReadEntries(_) => "entries",
        Effect::ReadEntry(..) => "entry",
        Effect::ReadPortal(_) => "portal",
        Effect::ReadIssuer(_) => "issuer",
        Effect::Reach(_, host, _) if **host == *PDC => "reach-pdc",
        Effect::Reach(..) => "reach",
        Effect::Freeze(_) => "freeze",
        Effect::ClearField => "clear",
        Effect::Wipe(_) => "wipe",
        Effect::Reserve(..) => "reserve",
        Effect::Test { protocol: Protocol::Ldap, .. } => "ldap",
        Effect::Test { .. } => "kerberos",
        Effect::Release(_) => "release",
        Effect::ReadStanding(..) => "standing",
        Effect::TakeMark(..) => "mark",
        Effect::Save { .. } => "save",
        Effect::AskService { .. } => "service",
        Effect::Record(..) => "record",
        Effect::End => "end",
    }
}

/// Walks well from the beginning to where step `to` waits for the operator.
pub fn walked_to(to: Step) -> Player {
    let mut player = Player::new();
    player.choose(0);
    player.settle();
    player.tick();
    player.settle();
    let legs: [(Step, fn(&mut Player)); 6] = [
        (Step::Configuration, |player| player.choose(0)),
        (Step::DirectoryServices, Player::enter),
        (Step::Password, |player| {
            player.choose(0);
            player.enter();
        }),
        (Step::Save, |player| {
            player.choose(0);
            player.edit(12);
            player.enter();
            player.settle();
            player.enter();
        }),
        (Step::Services, Player::type_it),
        (Step::Sensors, |player| {
            player.wait(10);
            player.settle();
            player.wait(20);
            player.settle();
            player.enter();
        }),
    ];
    for (step, leg) in legs.into_iter().filter(|(step, _)| *step <= to) {
        leg(&mut player);
        player.settle();
        assert_eq!(player.walk.current, step, "{:?}", player.walk.phase(player.walk.current));
    }
    player
}

/// An answer to a ticket nobody holds.
pub fn stale() -> Vec<Event> {
    use event::{Directory, Logs, Portal, Record, Sensor};
    let ticket = Ticket(u64::MAX);
    let budget = Budget { threshold: None, counted: 0, safe: 1, in_hand: 0 };
    let (host, service) = (Safe::new(SENSOR), crate::sensor::Service::Sensor);
    let tested = tested(Answer::Accepted);
    vec![
        Event::Portal(ticket, Portal::EntriesRead(Vec::new())),
        Event::Portal(ticket, Portal::Read(reading(ServiceStatus::Stopped))),
        Event::Portal(ticket, Portal::SaveAnswered(SaveAnswer::Saved { etag: "7".into() })),
        Event::Portal(ticket, Portal::Failed(Fault::NotFound)),
        Event::Portal(ticket, Portal::EntryRead(entry())),
        Event::Directory(ticket, Directory::Reached(Ok(reach(PDC)))),
        Event::Directory(ticket, Directory::Reserved { attempts: Vec::new(), budget, standing: Vec::new() }),
        Event::Directory(ticket, Directory::LedgerFailed("x".into())),
        Event::Directory(ticket, Directory::StandingRead(None)),
        Event::Directory(
            ticket,
            Directory::Tested {
                attempt: AttemptId(u64::MAX),
                host: PDC.into(),
                protocol: Protocol::Ldap,
                tested,
            },
        ),
        Event::Sensor(ticket, Sensor::ServiceAnswered { host, service, state: ServiceState::Stopped }),
        Event::Logs(Logs::Marked {
            ticket,
            positions: Vec::new(),
            bad_password_count: None,
            change: "x".into(),
        }),
        Event::Secret(event::Secret::Frozen(ticket, None)),
        Event::Record(ticket, Record::Recorded { count: 99, hash: "x".into() }),
        Event::Record(ticket, Record::Failed("x".into())),
    ]
}
