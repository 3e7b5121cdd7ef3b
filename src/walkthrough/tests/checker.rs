//! The invariants, as a witness who sees every event and every effect, and panics at the first breach.
//!
//! It keeps its own books and asks the machine for nothing but its state. `controls` shows that it does see breaches.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Now;
use crate::directory::lockout::AttemptId;
use crate::directory::refusal::Class;
use crate::directory::{Answer, Host, Protocol};
use crate::logs::Known;
use crate::portal::{SaveAnswer, ServiceStatus};
use crate::secret::SecretId;
use crate::sensor::{Service, ServiceState};
use crate::text::Safe;
use crate::walkthrough::effect::{Effect, Ticket};
use crate::walkthrough::event::{self, Event};
use crate::walkthrough::fact::{Durable, DurableSave, Entered, Fact, Gate, SaveWord, Witness};
use crate::walkthrough::step::{Phase, Step};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::{Saving, Walkthrough, words};

use super::site::{NEW_SENSOR, PDC};

#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an entry of its own in the books")]
pub struct Checker {
    reserved: BTreeMap<AttemptId, (Host, Option<Protocol>)>,
    reserving: BTreeMap<Ticket, Protocol>,
    recording: BTreeMap<Ticket, Fact>,
    announced: BTreeSet<AttemptId>,
    spent: BTreeSet<AttemptId>,
    released: BTreeSet<AttemptId>,
    frozen: BTreeSet<SecretId>,
    binds: BTreeMap<AttemptId, SecretId>,
    accepted: BTreeSet<SecretId>,
    proved: BTreeSet<SecretId>,
    refused: BTreeSet<SecretId>,
    wiped: BTreeSet<SecretId>,
    /// Passwords that a second person, or a reason for doing without, stands behind.
    approved: BTreeSet<SecretId>,
    approving: bool,
    untested_override: bool,
    intended: Option<(Safe, bool)>,
    pub last_change: Option<Safe>,
    /// The portal's page is shown, for the save of this secret.
    shown: Option<SecretId>,
    copied: BTreeSet<SecretId>,
    /// Copied last, and not overwritten.
    on_clipboard: Option<SecretId>,
    saved_at: Option<Now>,
    polls: BTreeMap<Ticket, Now>,
    seen_running: BTreeSet<Host>,
    /// The process id that a probe saw since the save, and when first.
    probed: BTreeMap<Host, (u32, Now)>,
    /// Hosts that showed that they took the credential.
    took: BTreeSet<Host>,
    pub facts: Vec<Fact>,
    folded: Durable,
    record_failed: bool,
    over: bool,
    /// The walk was taken up from its record.
    pub resumed: bool,
}

impl Checker {
    pub fn happened(&mut self, event: &Event, now: Now) {
        match event {
            Event::Directory(ticket, event::Directory::Reserved { attempts, .. }) => {
                let protocol = self.reserving.remove(ticket);
                self.reserved.extend(attempts.iter().map(|(id, host)| (*id, (host.clone(), protocol))));
            }
            Event::Directory(_, event::Directory::Tested { attempt, host, protocol, tested }) => {
                if let Some(secret) = self.binds.remove(attempt) {
                    self.judged(secret, (host, *protocol), &tested.answer);
                }
            }
            Event::Record(ticket, answer) => self.record_answered(*ticket, answer),
            Event::Portal(ticket, event::Portal::Read(reading)) => {
                let asked = self.polls.remove(ticket);
                let after = asked.zip(self.saved_at).is_some_and(|(asked, saved)| asked.at >= saved.at);
                let running = reading.sensors.iter().filter(|one| one.service == ServiceStatus::Running);
                if after {
                    self.seen_running.extend(running.map(|one| one.host.clone()));
                }
            }
            Event::Portal(ticket, event::Portal::Failed(_)) => {
                self.polls.remove(ticket);
            }
            Event::Portal(_, event::Portal::SaveAnswered(SaveAnswer::Saved { .. })) => self.saved(now),
            Event::Secret(event::Secret::Frozen(_, Some(secret))) => {
                self.frozen.insert(*secret);
            }
            Event::Sensor(_, event::Sensor::ServiceAnswered { host, service: Service::Sensor, state }) => {
                self.seen_by_probe(host, state, now);
            }
            Event::Logs(event::Logs::Found { host, known: Known::TookCredential { .. }, .. }) => {
                self.took.insert(host.clone());
            }
            Event::Portal(..)
            | Event::Directory(..)
            | Event::Sensor(..)
            | Event::Logs(_)
            | Event::Secret(_)
            | Event::Timer
            | Event::Intended(_) => {}
        }
    }

    /// As a walk finds its record that is taken up.
    pub fn reads(&mut self, facts: Vec<Fact>) {
        self.resumed = true;
        self.folded = crate::walkthrough::fact::fold(&facts);
        for fact in &facts {
            if let Fact::Evidence { host, by: Some(Witness::LogTook), .. } = fact {
                self.took.insert(host.clone());
            }
        }
        self.facts = facts;
    }

    fn saved(&mut self, now: Now) {
        self.saved_at = Some(now);
        self.seen_running.clear();
        self.probed.clear();
    }

    fn seen_by_probe(&mut self, host: &Host, state: &ServiceState, now: Now) {
        let ServiceState::Running { pid: Some(pid) } = state else {
            self.probed.remove(host);
            return;
        };
        let (first_pid, since) = *self.probed.entry(host.clone()).or_insert((*pid, now));
        if first_pid == *pid && now.at.since(since.at) >= super::site::terms().settle {
            self.seen_running.insert(host.clone());
        }
    }

    fn judged(&mut self, secret: SecretId, (host, protocol): (&Host, Protocol), answer: &Answer) {
        match answer {
            Answer::Accepted => {
                self.accepted.insert(secret);
                if protocol == Protocol::Kerberos && **host == *PDC {
                    self.proved.insert(secret);
                }
            }
            Answer::Refused(refusal) if !self.proved.contains(&secret) => {
                if matches!(refusal.code.class(), Class::Refused | Class::Closed) {
                    self.refused.insert(secret);
                }
            }
            Answer::Refused(refusal) if **host == *PDC && refusal.code.class() == Class::Refused => {
                self.refused.insert(secret);
            }
            Answer::Refused(_) | Answer::NotKnown(_) | Answer::NotSent(_) => {}
        }
    }

    fn record_answered(&mut self, ticket: Ticket, answer: &event::Record) {
        let Some(fact) = self.recording.remove(&ticket) else { return };
        if !matches!(answer, event::Record::Recorded { .. }) {
            self.record_failed = true;
            return;
        }
        match &fact {
            Fact::Attempting { attempt, .. } => {
                self.announced.insert(*attempt);
            }
            Fact::Overridden { gate: Gate::SavedUntested, .. } => self.untested_override = true,
            Fact::Approved { recorded_by, approved_by } => {
                assert_ne!(recorded_by, approved_by, "approved by whoever records");
                self.approving = true;
            }
            Fact::Overridden { gate: Gate::SecondPerson, .. } => self.approving = true,
            Fact::SaveIntended { change, tested, .. } => {
                assert!(
                    *tested || self.untested_override,
                    "an untested password, and the record doesn't say so"
                );
                self.intended = Some((change.clone(), *tested));
            }
            _ => {}
        }
        self.folded.apply(&fact);
        self.facts.push(fact);
    }

    pub fn wanted(&mut self, effects: &[Effect], walk: &Walkthrough) {
        for effect in effects {
            assert!(
                !self.over || matches!(effect, Effect::Record(..) | Effect::Release(_) | Effect::Wipe(_)),
                "{effect:?}"
            );
            match effect {
                Effect::Record(ticket, fact) => {
                    self.recording.insert(*ticket, fact.clone());
                }
                Effect::Reserve(ticket, wanted) => {
                    assert!(!self.wiped.contains(&wanted.secret), "a voided password is to be tested");
                    self.reserving.insert(*ticket, wanted.protocol);
                }
                Effect::Test { attempt, host, protocol, secret, .. } => {
                    self.bind(*attempt, (host, *protocol), *secret);
                }
                Effect::Save { change, secret, .. } => {
                    self.approved(walk, *secret);
                    self.save(change, *secret);
                }
                Effect::PutOnClipboard(secret) => {
                    assert_eq!(self.shown, Some(*secret), "copied while the page is not shown");
                    assert!(self.facts.contains(&Fact::PasswordCopied), "copied, and not on record");
                    assert!(self.copied.insert(*secret), "copied twice");
                    self.may_leave(*secret);
                    self.on_clipboard = Some(*secret);
                }
                Effect::OverwriteClipboard => self.on_clipboard = None,
                Effect::Wipe(secret) => {
                    self.wiped.insert(*secret);
                }
                Effect::ReadPortal(ticket) => {
                    assert!(self.polls.is_empty(), "two polls of the portal at once");
                    self.polls.insert(*ticket, walk.now);
                }
                Effect::Release(attempt) => {
                    assert!(!self.spent.contains(attempt), "a permit that was spent is given back");
                    self.released.insert(*attempt);
                }
                Effect::End => {
                    assert!(self.on_clipboard.is_none(), "the password is left on the clipboard");
                    self.over = true;
                }
                _ => {}
            }
        }
    }

    fn bind(&mut self, attempt: AttemptId, (host, protocol): (&Host, Protocol), secret: SecretId) {
        let reserved = self.reserved.get(&attempt);
        assert_eq!(reserved, Some(&(host.clone(), Some(protocol))), "a bind without a reservation");
        assert!(self.announced.contains(&attempt), "a bind that is not on record");
        assert!(self.spent.insert(attempt), "a permit spent twice");
        assert!(!self.wiped.contains(&secret), "a voided password was tested");
        assert!(!self.refused.contains(&secret), "a refused password was tested again");
        assert!(
            self.binds.is_empty() || self.proved.contains(&secret),
            "two tests at once before the password was proved current"
        );
        self.binds.insert(attempt, secret);
    }

    fn save(&mut self, change: &Safe, secret: SecretId) {
        let intended = self.intended.clone().expect("a save that is not on record").0;
        assert_eq!(intended, *change, "a save under another name than the record's");
        self.may_leave(secret);
        self.last_change = Some(change.clone());
    }

    /// By the console's own hand or the operator's.
    fn may_leave(&self, secret: SecretId) {
        let tested = self.intended.as_ref().expect("a save that is not on record").1;
        assert!(!self.refused.contains(&secret), "a refused password was saved");
        assert!(!self.wiped.contains(&secret), "a voided password was saved");
        assert!(!tested || self.accepted.contains(&secret), "a password was saved that nobody accepted");
    }

    fn approved(&self, walk: &Walkthrough, secret: SecretId) {
        let enough = !walk.terms.second_person || self.approved.contains(&secret);
        assert!(enough, "saved without a second person");
    }

    /// The page is shown only for what may be saved, and nothing stays on the clipboard beyond it.
    fn page_settled(&mut self, walk: &Walkthrough) {
        let shown = walk.acceptance.as_ref().map(|held| held.secret).filter(|_| walk.handed_over());
        let known = shown.is_some() || self.resumed;
        assert!(!walk.handed_over() || known, "the page is shown for nothing that was tested");
        if let Some(secret) = shown.filter(|_| self.shown.is_none()) {
            self.may_leave(secret);
            self.approved(walk, secret);
        }
        self.shown = shown;
        let until = walk.on_clipboard_until();
        assert_eq!(
            self.on_clipboard.is_some(),
            until.is_some() && !walk.over,
            "nobody will overwrite the clipboard"
        );
        assert!(until.is_none_or(|until| until > walk.now.at), "the password is left on the clipboard");
        let doubted = self.facts.iter().rev().find_map(|fact| match fact {
            Fact::SaveEnded { result, entered, .. } => Some(
                matches!(entered, Some(Entered::TypedByHand | Entered::NotSure))
                    || (entered.is_some() && *result == SaveWord::NotKnown),
            ),
            _ => None,
        });
        let verdict = walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
        let confirmed = verdict.is_some_and(|verdict| verdict.word == VerdictWord::Confirmed);
        assert!(
            !confirmed || walk.sending() || doubted != Some(true) || !self.took.is_empty(),
            "confirmed on the operator's word alone"
        );
    }

    /// After every event: what must be true of the state itself.
    pub fn settled(&mut self, walk: &Walkthrough) {
        if matches!(walk.saving, Saving::Saved { at } | Saving::NotKnown { at } if Some(at) != self.saved_at)
        {
            self.saved(walk.now);
        }
        if std::mem::take(&mut self.approving) {
            self.approved.extend(walk.acceptance.as_ref().map(|held| held.secret));
        }
        self.page_settled(walk);
        assert_eq!(walk.durable(), self.folded, "the state forgets what is on record");
        if !self.record_failed && self.recording.is_empty() {
            agrees(&implied(walk), &self.folded, self.resumed);
        }
        let verdict = walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
        if verdict.is_some_and(|verdict| verdict.word == VerdictWord::Confirmed) {
            let seen = self.seen_running.iter().any(|host| **host != *NEW_SENSOR);
            assert!(seen, "confirmed without an observation");
        }
        let read = walk.trial.as_ref().filter(|trial| trial.over()).and_then(|trial| trial.account.as_ref());
        if read.is_some_and(|read| read.another().or(read.closed().map(|_| "shut".into())).is_some()) {
            assert!(walk.acceptance.is_none(), "accepted for another account, or one that is shut");
        }
        if let Phase::Blocked(reason) = walk.phase(walk.current) {
            let said = words::reason(reason);
            let parts = [&said.what, &said.means, &said.remedy];
            assert!(parts.iter().all(|part| !part.is_empty()), "a block without a reason: {reason:?}");
        }
        let kept = [
            walk.acceptance.as_ref().map(|held| held.secret),
            walk.trial.as_ref().map(|trial| trial.secret),
            walk.waiting,
        ];
        let mut alive = self.frozen.difference(&self.wiped);
        assert!(alive.all(|secret| kept.contains(&Some(*secret))), "a secret is kept that nobody knows of");
        if walk.over && self.recording.is_empty() {
            let mut reserved = self.reserved.keys();
            assert!(
                reserved.all(|id| self.spent.contains(id) || self.released.contains(id)),
                "a reservation is left behind"
            );
        }
        if *walk.phase(walk.current) == Phase::Working && !walk.over {
            let goes_on = !walk.errands.is_empty() || walk.due().is_some() || !walk.asks_services();
            assert!(goes_on, "working, and nothing is under way at {:?}", walk.current);
        }
    }
}

/// What the state says by itself, without the record's help.
struct Implied {
    step: Step,
    entry: Option<Safe>,
    interrupted: Vec<AttemptId>,
    save: Option<DurableSave>,
    verdict: Option<VerdictWord>,
}

fn implied(walk: &Walkthrough) -> Implied {
    let sent =
        matches!(walk.saving, Saving::Sending { .. } | Saving::HandedOver { .. } | Saving::AskingBack { .. });
    let step = match walk.taken_up.target.unwrap_or(walk.current) {
        Step::Save if sent || walk.saved() => Step::Services,
        Step::Save => Step::Password,
        other => other,
    };
    let save = match walk.saving {
        Saving::Saved { .. } => Some(DurableSave::Saved),
        Saving::NotKnown { .. }
        | Saving::Sending { .. }
        | Saving::HandedOver { .. }
        | Saving::AskingBack { .. } => Some(DurableSave::NotKnown),
        Saving::NotBegun | Saving::Marking | Saving::Recording { .. } => {
            walk.watch.is_none().then_some(DurableSave::No)
        }
    };
    let verdict = walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref()).filter(|_| !sent);
    Implied {
        step,
        entry: walk.entry.as_ref().map(|entry| entry.id.clone()),
        interrupted: walk.open_attempts.clone(),
        save,
        verdict: verdict.map(|verdict| verdict.word),
    }
}

fn agrees(implied: &Implied, folded: &Durable, resumed: bool) {
    // A walk that is taken up after it went back to step 1 is through it once it is signed in.
    let through = resumed && (implied.step, folded.step) == (Step::Configuration, Step::Portal);
    let step = if through { implied.step } else { folded.step };
    assert_eq!(implied.step, step, "the record implies another step");
    assert!(implied.entry.is_none() || implied.entry == folded.entry, "the record implies another entry");
    assert_eq!(implied.interrupted, folded.interrupted, "the record implies other attempts");
    assert!(implied.save.is_none_or(|save| save == folded.save), "the record implies another save");
    assert_eq!(implied.verdict, folded.verdict, "the record implies another verdict");
}
