//! Steps 1 and 2: signing in, reading the baseline, choosing Directory Services; and the portal's answers to all steps.

use crate::clock::Instant;
use crate::portal::signin::{self, SignIn};
use crate::portal::{Entry, Fault, Reading, pace};

use super::effect::{Effect, Ticket};
use super::errand::Errand;
use super::event;
use super::fact::{Fact, Listed};
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::{Baseline, Notice, SigningIn, Walkthrough, words};

impl Walkthrough {
    /// Asks how the portal is to be read, where there is more than one way.
    pub(super) fn begin_portal(&mut self) {
        if self.terms.graph && self.terms.application {
            self.begin_sign_in();
        } else if self.terms.graph {
            self.ask(Step::Portal, Question::HowToBegin);
        } else {
            self.work_without_portal();
        }
    }

    pub(super) fn begin_sign_in(&mut self) {
        self.signing_in = SigningIn::Requesting;
        self.set(Step::Portal, Phase::Working);
        let ticket = self.errand(Errand::RequestCode);
        self.out(Effect::RequestCode(ticket));
    }

    pub(super) fn work_without_portal(&mut self) {
        if self.signing_in != SigningIn::Without {
            self.record(Fact::WorkedWithoutPortal);
        }
        self.signing_in = SigningIn::Without;
        self.take_listed_entries();
        self.portal_open();
    }

    /// Who can edit was answered: the step is done, or shut.
    pub(super) fn can_edit_answered(&mut self, option: usize) {
        self.can_edit = Some(option);
        self.record(Fact::CanEdit { answer: words::option_word(&Question::CanEdit, option) });
        if option == words::CAN_EDIT_NOBODY {
            return self.block(Step::Portal, Reason::NobodyCanEdit);
        }
        let outcome =
            if self.signing_in == SigningIn::Without { Outcome::WithoutPortal } else { Outcome::Done };
        self.settle(Step::Portal, outcome);
    }

    pub(super) fn portal_answered(&mut self, ticket: Ticket, event: event::Portal) {
        let Some(errand) = self.errands.remove(&ticket) else { return };
        match (errand, event) {
            (errand, event::Portal::Failed(fault)) => self.portal_failed(&errand, fault),
            (Errand::RequestCode, event::Portal::CodeIssued(code)) => {
                let signing_in = SignIn::started(code, self.now.at);
                self.next_sign_in = Some(signing_in.next_poll());
                self.signing_in = SigningIn::Waiting(Box::new(signing_in));
            }
            (Errand::RequestCode, event::Portal::SignInAnswered(answer)) => {
                self.sign_in_ended(signin::at_once(answer));
            }
            (Errand::PollSignIn, event::Portal::SignInAnswered(answer)) => self.sign_in_answered(answer),
            (Errand::ReadEntries, event::Portal::EntriesRead(entries)) => self.entries_read(entries),
            (Errand::ReadBack, event::Portal::EntryRead(entry)) => self.entry_read_back(&entry),
            (Errand::ReadPortal(asked_at), event::Portal::Read(reading)) => {
                self.portal_read(reading, asked_at);
            }
            (Errand::Save, event::Portal::SaveAnswered(answer)) => self.save_answered(answer),
            (Errand::ReadIssuer, event::Portal::IssuerRead(issuer)) => self.issuer = Some(issuer),
            // Not an answer to what was asked: still awaited.
            (errand, _) => {
                self.errands.insert(ticket, errand);
            }
        }
    }

    fn sign_in_answered(&mut self, answer: signin::Answer) {
        let SigningIn::Waiting(signing_in) = &mut self.signing_in else { return };
        match signing_in.handle(answer, self.now.at) {
            signin::Next::PollAt(at) => self.next_sign_in = Some(at),
            signin::Next::Finished(outcome) => self.sign_in_ended(outcome),
        }
    }

    fn sign_in_ended(&mut self, outcome: signin::Outcome) {
        self.next_sign_in = None;
        let reason = match outcome {
            signin::Outcome::SignedIn { name } => {
                self.record(Fact::SignedIn { name: name.clone() });
                self.portal.sign_in_refused = false;
                self.signing_in = SigningIn::SignedIn { name };
                return self.read_baseline();
            }
            signin::Outcome::Declined => Reason::SignInDeclined,
            signin::Outcome::Expired => Reason::SignInExpired,
            signin::Outcome::Blocked { code, description, trace, correlation } => {
                Reason::SignInBlocked { code, description, trace, correlation }
            }
            signin::Outcome::Failed(fault) => Reason::PortalUnread(fault),
        };
        self.signing_in = SigningIn::NotBegun;
        self.block(Step::Portal, reason);
    }

    fn read_baseline(&mut self) {
        self.set(Step::Portal, Phase::Working);
        if self.reads_entries() {
            if !self.entries_known {
                // Those of the site file: the portal's own are needed for a save.
                self.entries.clear();
                self.entry.take_if(|_| self.taken_up.target.is_none());
            }
            self.read_entries();
        } else {
            self.take_listed_entries();
            self.entries_known = true;
        }
        self.poll_portal();
    }

    /// Whether the portal tells its entries: after a sign-in, and where the console may save.
    pub(super) fn reads_entries(&self) -> bool {
        self.signed_in() && !self.terms.hand_off
    }

    /// Those of the site file; what the portal itself told is never replaced by them.
    fn take_listed_entries(&mut self) {
        if self.entries.is_empty() {
            self.entries.clone_from(&self.terms.entries);
        }
    }

    /// Never while they are being read.
    pub(super) fn read_entries(&mut self) {
        if self.errands.values().any(|errand| *errand == Errand::ReadEntries) {
            return;
        }
        let ticket = self.errand(Errand::ReadEntries);
        self.out(Effect::ReadEntries(ticket));
    }

    pub(super) fn signed_in(&self) -> bool {
        matches!(self.signing_in, SigningIn::SignedIn { .. })
    }

    /// Reads sensors and issues once; never while a reading is out, nor before the portal allows it.
    pub(super) fn poll_portal(&mut self) {
        self.portal.next_poll = None;
        if !self.signed_in() || self.leaving || self.errands.values().any(Errand::is_reading) {
            return;
        }
        if let Some(allowed) = self.not_before.filter(|at| *at > self.now.at) {
            self.portal.next_poll = Some(allowed);
            self.notice = Some(Notice::TooEarly);
            return;
        }
        let ticket = self.errand(Errand::ReadPortal(self.now.at));
        self.out(Effect::ReadPortal(ticket));
    }

    fn entries_read(&mut self, entries: Vec<Entry>) {
        self.entries_known = true;
        let chosen = self.entry.as_ref();
        let fresh = entries.iter().find(|entry| chosen.is_some_and(|own| own.of_the_same_account(entry)));
        let (fresh, chosen) = (fresh.cloned(), chosen.is_some());
        self.entries = entries;
        if !self.saved() && !self.sending() {
            let reading = self.current == Step::DirectoryServices;
            match fresh {
                Some(fresh) => self.entry = Some(fresh),
                None if reading && chosen => {
                    self.entry = None;
                    self.void_acceptance();
                }
                None => {}
            }
        }
        self.baseline_complete();
        if self.current == Step::DirectoryServices && self.waits_for_entries() {
            self.enter_directory_services();
        }
    }

    fn portal_read(&mut self, reading: Reading, asked_at: Instant) {
        self.not_before = None;
        self.portal.fault = None;
        self.portal.failures = 0;
        self.portal.read_at = Some(self.now);
        self.portal.next_poll = Some(self.next_reading(asked_at));
        if self.baseline.is_none() {
            self.baseline = Some(Baseline { reading: reading.clone(), at: self.now });
            self.record_baseline(&reading);
        }
        self.portal.reading = Some(reading);
        self.baseline_complete();
        self.watch_reading(asked_at);
        self.mark_complete();
    }

    /// Before anything was changed: of a walk that was taken up it is on record already.
    fn record_baseline(&mut self, reading: &Reading) {
        if !std::mem::replace(&mut self.taken_up.baseline, true) {
            let running = reading.sensors.iter().filter(|sensor| words::is_running(sensor)).count();
            let issues =
                reading.issues.iter().filter(|issue| issue.about_credential() && issue.open()).count();
            let listed = reading.sensors.iter().map(|sensor| Listed::of(sensor, None)).collect();
            self.record(Fact::Baseline {
                sensors: reading.sensors.len(),
                running,
                credential_issues: issues,
                listed,
            });
        }
    }

    /// Counted from when the last one was asked for, so that its own length doesn't add up; but a portal that takes long
    /// gets some rest.
    fn next_reading(&self, asked_at: Instant) -> Instant {
        let rest = self.terms.poll.checked_div(4).unwrap_or_default();
        asked_at.after(self.terms.poll).max(self.now.at.after(rest))
    }

    /// Sensors and entries are both there: ask who can edit the portal.
    fn baseline_complete(&mut self) {
        let waiting = matches!(
            self.phase(Step::Portal),
            Phase::Working
                | Phase::Blocked(Reason::PortalUnread(_) | Reason::NoEntry | Reason::NoAccountListed)
        );
        if self.current != Step::Portal || !waiting || !self.signed_in() || self.baseline.is_none() {
            return;
        }
        let outstanding = self.errands.values().any(|errand| *errand == Errand::ReadEntries);
        if outstanding || !self.entries_known {
            return;
        }
        if self.entries.is_empty() {
            let reason = if self.terms.hand_off { Reason::NoAccountListed } else { Reason::NoEntry };
            self.block(Step::Portal, reason);
        } else {
            self.portal_open();
        }
    }

    /// Who can edit it is asked once, and not again of a walk that was taken up.
    fn portal_open(&mut self) {
        if self.taken_up.target.is_some() && self.can_edit.is_some() {
            self.go_on_resumed();
        } else {
            self.ask(Step::Portal, Question::CanEdit);
        }
    }

    fn portal_failed(&mut self, errand: &Errand, fault: Fault) {
        match errand {
            Errand::RequestCode => {
                self.signing_in = SigningIn::NotBegun;
                self.block(Step::Portal, Reason::PortalUnread(fault));
            }
            Errand::PollSignIn => self.sign_in_answered(signin::Answer::Lost(fault)),
            Errand::ReadEntries => self.entries_unread(fault),
            Errand::ReadPortal(_) => self.poll_failed(fault),
            Errand::ReadBack => self.read_back_failed(),
            Errand::Save => self.save_answered(crate::portal::SaveAnswer::Lost(fault)),
            Errand::Recording(_)
            | Errand::RecordingThen(..)
            | Errand::OpenRecord
            | Errand::ReadIssuer
            | Errand::Reach(_)
            | Errand::Freeze
            | Errand::Reserve(_)
            | Errand::Test(_)
            | Errand::Mark
            | Errand::AskService(..)
            | Errand::ReadStanding
            | Errand::LookUp => {}
        }
    }

    fn entries_unread(&mut self, fault: Fault) {
        if self.waits_for_entries() {
            self.block(self.current, Reason::PortalUnread(fault));
        }
    }

    fn waits_for_entries(&self) -> bool {
        let reaching = || self.errands.values().any(|errand| matches!(errand, Errand::Reach(_)));
        let waits = self.current == Step::Portal || (self.current == Step::DirectoryServices && !reaching());
        waits && *self.phase(self.current) == Phase::Working
    }

    fn poll_failed(&mut self, fault: Fault) {
        self.portal.failures = self.portal.failures.saturating_add(1);
        if let Fault::Throttled(asked) = &fault {
            self.not_before = Some(self.now.at.after(*asked));
        }
        let wait = pace::wait(&fault, self.portal.failures, self.terms.poll, self.now);
        self.portal.next_poll = Some(self.now.at.after(wait));
        let since = self.portal.fault.as_ref().map_or(self.now, |(_, since)| *since);
        if self.baseline.is_none() && self.current == Step::Portal {
            self.block(Step::Portal, Reason::PortalUnread(fault.clone()));
        }
        self.portal.fault = Some((fault, since));
        self.watch_portal_failed();
        self.mark_complete();
    }

    /// Step 1 again: whichever part of it failed.
    pub(super) fn retry_portal(&mut self) {
        if !self.begun {
            return self.begin_anew();
        }
        let refused = self.portal.sign_in_refused
            || matches!(self.portal.fault, Some((Fault::Unauthorized, _)))
            || *self.phase(Step::Portal) == Phase::Blocked(Reason::PortalUnread(Fault::Unauthorized));
        if refused && self.signed_in() {
            self.signing_in = SigningIn::NotBegun;
        }
        match self.signing_in {
            SigningIn::NotBegun | SigningIn::Without => self.begin_portal(),
            SigningIn::SignedIn { .. } if self.can_edit == Some(words::CAN_EDIT_NOBODY) => {
                self.ask(Step::Portal, Question::CanEdit);
            }
            SigningIn::SignedIn { .. } => self.read_baseline(),
            SigningIn::Requesting | SigningIn::Waiting(_) => {}
        }
    }

    /// Asked for by the operator: a sign-in that waits is given up, and may be begun anew.
    pub(super) fn refresh_portal(&mut self) {
        if matches!(self.signing_in, SigningIn::Requesting | SigningIn::Waiting(_)) {
            self.next_sign_in = None;
            self.errands.retain(|_, errand| !matches!(errand, Errand::RequestCode | Errand::PollSignIn));
            self.signing_in = SigningIn::NotBegun;
        }
        self.retry_portal();
    }

    pub(super) fn poll_sign_in(&mut self) {
        self.next_sign_in = None;
        let ticket = self.errand(Errand::PollSignIn);
        self.out(Effect::PollSignIn(ticket));
    }
}
