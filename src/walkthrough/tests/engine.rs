//! What the engine could answer to each effect: well, badly in several ways, or too late.

use crate::directory::lockout::{AttemptId, Budget, Shut, Why};
use crate::directory::probe::{AccountProbe, Found};
use crate::directory::refusal::SubCode;
use crate::directory::{AccountFacts, Answer, Host, Protocol, Reach, Standing, Tested, Whose};
use crate::logs::SourceId;
use crate::portal::{Fault, IssueStatus, SaveAnswer, ServiceStatus, signin};
use crate::secret::SecretId;
use crate::sensor::ServiceState;
use crate::text::Safe;
use crate::walkthrough::effect::{Effect, Ticket};
use crate::walkthrough::event::{self, Event};

use super::player::{Player, Way};
use super::site::{
    PDC, SENSOR, SOURCE, credential_issue, entry, facts, not_known, now, place, reach, reading, refused,
    tested,
};

impl Player {
    pub(super) fn well(&mut self, effect: &Effect) -> Event {
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
                read.last_change = self.checker.last_change.clone();
                read.etag = if read.last_change.is_some() { "2".into() } else { read.etag };
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
            Effect::Reserve(ticket, wanted) => self.granted(*ticket, &wanted.controllers),
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
            Effect::OpenRecord(ticket, _) => self.opens(*ticket),
            Effect::Record(ticket, fact) => {
                self.disk.push((self.now().wall, fact.clone()));
                let count = self.walk.record.lines + 1;
                Event::Record(*ticket, Record::Recorded { count, hash: "h".into() })
            }
            Effect::ClearField
            | Effect::PutOnClipboard(_)
            | Effect::OverwriteClipboard
            | Effect::Follow(_)
            | Effect::Wipe(_)
            | Effect::Release(_)
            | Effect::End => Event::Timer,
        }
    }

    fn granted(&mut self, ticket: Ticket, controllers: &[Host]) -> Event {
        let reserve = |host: &Host| {
            self.attempts += 1;
            (AttemptId(self.attempts), host.clone())
        };
        let attempts = controllers.iter().map(reserve).collect();
        let budget = Budget { threshold: Some(5), counted: 0, unreadable: 0, safe: 3, in_hand: 2 };
        Event::Directory(ticket, event::Directory::Reserved { attempts, budget, standing: Vec::new() })
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
    pub(super) fn badly(&self, effect: &Effect, how: u8) -> Option<Event> {
        use event::{Portal, Record};
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
            (Effect::Save { ticket, .. }, 0..4) => {
                let answer = match how {
                    0 => SaveAnswer::Conflict,
                    1 => SaveAnswer::NotSaved(fault()),
                    3 => SaveAnswer::NotSaved(Fault::Unauthorized),
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
            _ => return self.badly_at_the_directory(effect, how),
        })
    }

    fn badly_at_the_directory(&self, effect: &Effect, how: u8) -> Option<Event> {
        use event::{Directory, Secret};
        Some(match (effect, how) {
            (Effect::Reach(ticket, ..), 0) => {
                Event::Directory(*ticket, Directory::Reached(Err(crate::directory::Fault::NoRoute)))
            }
            (Effect::Reach(ticket, host, _), 1..4) => {
                let found = match how {
                    1 => Found::Closed(Some(SubCode::Disabled)),
                    2 => Found::Closed(None),
                    _ => Found::NoSuchAccount,
                };
                let probe = AccountProbe { found, controller_time: None, latency: std::time::Duration::ZERO };
                let reach = Reach { probe: Some(probe), ..reach(host) };
                Event::Directory(*ticket, Directory::Reached(Ok(reach)))
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
            (Effect::Reserve(ticket, wanted), 5) => self.claimed(*ticket, &wanted.controllers),
            (Effect::Test { protocol: Protocol::Ldap, .. }, 4) => {
                Self::read_back(effect, |facts| facts.whose = Whose::Another)
            }
            (Effect::Test { protocol: Protocol::Ldap, .. }, 5) => {
                Self::read_back(effect, |facts| facts.locked = true)
            }
            (Effect::Test { .. }, 0) => Self::outcome(effect, refused(SubCode::WrongPassword)),
            (Effect::Test { .. }, 1) => Self::outcome(effect, not_known()),
            (Effect::Test { .. }, 2) => Self::outcome(effect, refused(SubCode::LockedOut)),
            (Effect::Test { .. }, 3) => Self::outcome(effect, refused(SubCode::LogonHours)),
            (Effect::Test { .. }, 4) => {
                Self::outcome(effect, Answer::NotSent(crate::directory::Fault::ClockSkew))
            }
            (Effect::ReadStanding(ticket, ..), 0) => Event::Directory(*ticket, Directory::StandingRead(None)),
            _ => return None,
        })
    }

    /// All the ways an errand can end.
    pub fn ways(&self, effect: &Effect) -> Vec<Way> {
        let bad = (0..6).filter(|how| self.badly(effect, *how).is_some()).map(Way::Badly);
        std::iter::once(Way::Well).chain(bad).collect()
    }

    /// The guard let it through, and the reader saw that the name is another account's.
    fn claimed(&self, ticket: Ticket, controllers: &[Host]) -> Event {
        let account = AccountFacts { claimed_by: Some("svc-sql".into()), ..facts(240) };
        let read_at = now(self.seconds).wall;
        let standing = vec![Standing { controller: PDC.into(), read_at, policy: None, account }];
        let attempts =
            (500 + self.attempts..).map(AttemptId).zip(controllers).map(|(id, host)| (id, host.clone()));
        let budget = Budget { threshold: Some(5), counted: 0, unreadable: 0, safe: 3, in_hand: 2 };
        let attempts = attempts.collect();
        Event::Directory(ticket, event::Directory::Reserved { attempts, budget, standing })
    }

    pub fn read_back(effect: &Effect, change: fn(&mut AccountFacts)) -> Event {
        let mut tested = tested(Answer::Accepted);
        tested.account.iter_mut().for_each(change);
        Self::told(effect, tested)
    }

    pub fn outcome(effect: &Effect, answer: Answer) -> Event {
        Self::told(effect, tested(answer))
    }

    fn told(effect: &Effect, mut tested: Tested) -> Event {
        let Effect::Test { ticket, attempt, host, protocol, .. } = effect else { panic!("not a test") };
        // Kerberos reads nothing.
        tested.account = tested.account.filter(|_| *protocol == Protocol::Ldap);
        let (attempt, host, protocol) = (*attempt, host.clone(), *protocol);
        Event::Directory(*ticket, event::Directory::Tested { attempt, host, protocol, tested })
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

/// An answer to a ticket nobody holds.
pub fn stale() -> Vec<Event> {
    use event::{Directory, Logs, Portal, Record, Sensor};
    let ticket = Ticket(u64::MAX);
    let budget = Budget { threshold: None, counted: 0, unreadable: 0, safe: 1, in_hand: 0 };
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
