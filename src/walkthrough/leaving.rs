//! Moving: from step to step, back, and out; what a typed or chosen answer means; the record's and the timer's answers.

use crate::text::Safe;

use super::effect::{Effect, Ticket};
use super::errand::{Errand, Then};
use super::event::{self, Event};
use super::fact::{Fact, Gate};
use super::gate;
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::watch::{Missing, Verdict, VerdictWord};
use super::{Notice, Saving, Walkthrough, words};

impl Walkthrough {
    /// Enter, outside fields and dialogs.
    pub(super) fn proceed(&mut self) {
        match self.current {
            Step::Portal => match self.phase(Step::Portal) {
                Phase::Blocked(_) => self.retry_portal(),
                Phase::Settled(_) => self.go_to(Step::Configuration),
                Phase::Ready => self.ask(Step::Portal, Question::HowToBegin),
                Phase::Working | Phase::Asking(_) => self.notice = Some(Notice::Waiting),
            },
            Step::Configuration => self.settle(Step::Configuration, Outcome::Done),
            Step::DirectoryServices => self.proceed_directory_services(),
            Step::Password => self.proceed_password(),
            Step::Save => match self.phase(Step::Save) {
                Phase::Blocked(Reason::ProofTooOld | Reason::NotTested) => self.go_to(Step::Password),
                Phase::Blocked(_) | Phase::Ready => self.enter_save(),
                Phase::Working | Phase::Asking(_) => self.notice = Some(Notice::Waiting),
                Phase::Settled(_) => self.go_to(Step::Services),
            },
            Step::Services => self.settle_services(),
            Step::Sensors => self.settle_sensors(),
        }
    }

    fn proceed_directory_services(&mut self) {
        match self.phase(Step::DirectoryServices) {
            Phase::Ready => self.settle_directory_services(),
            Phase::Settled(_) => self.go_to(Step::Password),
            Phase::Blocked(Reason::NoProvableController) => self.dialog = Some(Question::WithoutController),
            Phase::Blocked(Reason::ManagedAccount) if self.entries.len() > 1 => {
                self.ask(Step::DirectoryServices, Question::WhichEntry);
            }
            Phase::Blocked(_) => self.refresh(),
            Phase::Working | Phase::Asking(_) => self.notice = Some(Notice::Waiting),
        }
    }

    fn proceed_password(&mut self) {
        match self.phase(Step::Password) {
            Phase::Asking(Question::Password) => self.test_password(),
            Phase::Blocked(Reason::NotYetChanged) => self.ask(Step::Password, Question::ChangedInDirectory),
            Phase::Blocked(Reason::PasswordUnproved { .. }) if self.acceptance.is_some() => {
                self.dialog = Some(Question::GoOnOrRetest);
            }
            Phase::Blocked(Reason::NoProvableController) => self.go_back(Step::DirectoryServices),
            Phase::Blocked(_) if self.acceptance.is_some() => self.test_password(),
            Phase::Blocked(_) => self.ask(Step::Password, Question::Password),
            Phase::Ready | Phase::Settled(_) => self.settle_password(),
            Phase::Working | Phase::Asking(_) => self.notice = Some(Notice::Waiting),
        }
    }

    /// An option of the open question was chosen.
    pub(super) fn chose(&mut self, option: usize) {
        let Some(question) = self.question().cloned() else { return };
        if option >= words::options(self, &question).len() {
            return;
        }
        self.dialog = None;
        match question {
            Question::HowToBegin if option == 0 => self.begin_sign_in(),
            Question::HowToBegin => self.work_without_portal(),
            Question::CanEdit => self.can_edit_answered(option),
            Question::WhichEntry => self.entry_chosen(option),
            Question::UsedElsewhere => self.used_elsewhere_answered(option),
            Question::ChangedInDirectory => self.changed_answered(option),
            Question::GoOnOrRetest if option == 0 => self.test_password(),
            Question::GoOnOrRetest => self.dialog = Some(Question::ReasonToGoOn),
            Question::Recover if option == 0 => self.go_back(Step::Password),
            Question::Recover => {}
            Question::Leave if option == 0 => self.end_walk(),
            Question::Leave => {}
            Question::WithoutController
            | Question::Password
            | Question::AccountName
            | Question::ReasonToGoOn
            | Question::UntestedName
            | Question::ConfirmSave
            | Question::ReasonForService(_)
            | Question::EvidenceForService(_)
            | Question::Note => {}
        }
    }

    /// Text was typed for the open question.
    pub(super) fn typed(&mut self, text: Safe) {
        let Some(question) = self.question().cloned() else { return };
        if text.trim().is_empty() {
            self.notice = Some(Notice::Blocked(Reason::TextEmpty));
            return;
        }
        if let Some(wanted) = words::wanted(self, &question)
            && !text.trim().eq_ignore_ascii_case(&wanted)
        {
            self.notice = Some(Notice::Blocked(Reason::TypedMismatch));
            return;
        }
        self.dialog = None;
        match question {
            Question::WithoutController => self.go_on_without_controller(text),
            Question::AccountName => {
                self.record_then(Fact::AccountNameTyped, Then::AccountNameTyped);
            }
            Question::ReasonToGoOn => self.reason_given(text),
            Question::UntestedName => self.untested_named(),
            Question::ConfirmSave => self.confirm_save(),
            Question::ReasonForService(host) => self.excuse_service(host, text),
            Question::EvidenceForService(host) => self.mark_service(host, text),
            Question::Note => self.record_then(Fact::Noted { text }, Then::Note),
            Question::HowToBegin
            | Question::CanEdit
            | Question::WhichEntry
            | Question::UsedElsewhere
            | Question::ChangedInDirectory
            | Question::Password
            | Question::GoOnOrRetest
            | Question::Leave
            | Question::Recover => {}
        }
    }

    fn reason_given(&mut self, reason: Safe) {
        let untested =
            self.acceptance.as_ref().is_some_and(|held| held.proof == super::fact::ProofWord::Untested);
        if untested {
            self.untested_reason = Some(reason);
            self.dialog = Some(Question::UntestedName);
        } else {
            self.misgivings_overridden(reason);
        }
    }

    fn untested_named(&mut self) {
        let Some(reason) = self.untested_reason.take() else { return };
        let about = self.stations.iter().map(|station| station.host.clone()).collect();
        let fact = Fact::Overridden { gate: Gate::SavedUntested, reason, about };
        self.record_then(fact, Then::PassGate(Gate::SavedUntested));
    }

    /// A fact that something waits for.
    pub(super) fn record_then(&mut self, fact: Fact, then: Then) {
        let ticket = self.errand(Errand::RecordingThen(then));
        self.out(Effect::Record(ticket, fact));
    }

    pub(super) fn record_answered(&mut self, ticket: Ticket, event: event::Record) {
        let Some(errand) = self.errands.remove(&ticket) else { return };
        let reason = match event {
            event::Record::Recorded { count, hash } => {
                self.record.lines = count;
                self.record.hash = hash;
                self.record.fault = None;
                if let Errand::RecordingThen(then) = errand {
                    self.recorded(then);
                }
                return;
            }
            event::Record::Failed(why) => {
                self.record.fault = Some(why.clone());
                Reason::RecordFailed(why)
            }
            event::Record::HoldsSecret => Reason::TextHoldsSecret,
        };
        match errand {
            Errand::RecordingThen(Then::Test { attempt, host, protocol }) => {
                self.drop_attempt(attempt, host, protocol);
            }
            Errand::RecordingThen(Then::Save { .. }) => self.save_not_recorded(reason.clone()),
            Errand::RecordingThen(Then::Leave) => self.end(),
            _ => {}
        }
        self.notice = Some(Notice::Blocked(reason));
    }

    fn recorded(&mut self, then: Then) {
        match then {
            Then::Test { attempt, host, protocol } => self.send_attempt(attempt, host, protocol),
            Then::Save { change, mark } => self.send_save(change, mark),
            Then::PassGate(Gate::WithoutController) => {
                self.without_controller = true;
                self.settle_directory_services();
            }
            Then::PassGate(Gate::Misgivings | Gate::SavedUntested) => {
                if let Some(held) = &mut self.acceptance {
                    held.overridden = true;
                    self.settle(Step::Password, Outcome::Overridden);
                }
            }
            Then::PassGate(Gate::ServiceNotRunning) => {}
            Then::ExcuseService(host, reason) => {
                self.service_noted(&host, Some(reason), None);
                self.notice = Some(Notice::ReasonRecorded);
            }
            Then::MarkService(host, evidence) => {
                self.service_noted(&host, None, Some(evidence));
                self.notice = Some(Notice::ReasonRecorded);
            }
            Then::AccountNameTyped => {
                self.typed_account_name = true;
                self.ask(Step::Password, Question::Password);
                self.notice = Some(Notice::ReasonRecorded);
            }
            Then::Note => self.notice = Some(Notice::NoteRecorded),
            Then::Leave => self.end(),
        }
    }

    pub(super) fn block_on_record(&mut self) {
        let fault = self.record.fault.clone().unwrap_or_default();
        self.notice = Some(Notice::Blocked(Reason::RecordFailed(fault)));
    }

    /// The step is done; on to the next.
    pub(super) fn settle(&mut self, step: Step, outcome: Outcome) {
        self.set(step, Phase::Settled(outcome.clone()));
        self.record(Fact::Settled { step, outcome });
        if let Some(next) = step.next() {
            self.go_to(next);
        }
    }

    pub(super) fn go_to(&mut self, step: Step) {
        self.current = step;
        match step {
            Step::Portal => self.ask(step, Question::HowToBegin),
            Step::Configuration => self.set(step, Phase::Ready),
            Step::DirectoryServices => self.enter_directory_services(),
            Step::Password => self.enter_password(),
            Step::Save => self.enter_save(),
            Step::Services => self.enter_services(),
            Step::Sensors => self.enter_sensors(),
        }
    }

    /// Back to an earlier step. Voids what rests on it; never an attempt, the baseline or a save.
    pub(super) fn go_back(&mut self, to: Step) {
        let sending = matches!(
            self.saving,
            Saving::Recording { .. } | Saving::Sending { .. } | Saving::AskingBack { .. }
        );
        if to >= self.current || sending || self.testing() {
            self.notice = Some(Notice::Waiting);
            return;
        }
        self.dialog = None;
        self.record(Fact::WentBack { to });
        if to <= Step::Password {
            self.void_acceptance();
            self.saving = Saving::NotBegun;
            self.errands.retain(|_, errand| !matches!(errand, Errand::Mark));
        }
        self.reopen_from(to);
        self.current = to;
        match to {
            Step::Portal => self.retry_portal(),
            Step::DirectoryServices => {
                self.without_controller = false;
                if self.entries.len() > 1 {
                    self.ask(to, Question::WhichEntry);
                } else {
                    self.read_entries_anew();
                }
            }
            Step::Configuration | Step::Password | Step::Save | Step::Services | Step::Sensors => {
                self.go_to(to)
            }
        }
    }

    pub(super) fn reopen_from(&mut self, step: Step) {
        for later in Step::ALL.into_iter().filter(|later| *later >= step) {
            self.set(later, Phase::Ready);
        }
    }

    fn read_entries_anew(&mut self) {
        if self.signed_in() {
            self.set(Step::DirectoryServices, Phase::Working);
            let ticket = self.errand(Errand::ReadEntries);
            self.out(Effect::ReadEntries(ticket));
        } else {
            self.enter_directory_services();
        }
    }

    pub(super) fn refresh(&mut self) {
        match self.current {
            Step::Portal => self.retry_portal(),
            Step::Configuration => self.poll_portal(),
            Step::DirectoryServices if !self.errands.values().any(|out| matches!(out, Errand::Reach(_))) => {
                self.read_entries_anew();
            }
            Step::Save if matches!(self.saving, Saving::AskingBack { again: Some(_), .. }) => {
                self.read_back()
            }
            Step::Services => {
                self.ask_services();
                self.poll_portal();
            }
            Step::Sensors => self.poll_portal(),
            Step::DirectoryServices | Step::Password | Step::Save => {}
        }
    }

    pub(super) fn time_passed(&mut self) {
        let due = |at: Option<crate::clock::Instant>| at.is_some_and(|at| at <= self.now.at);
        let (poll, services, sign_in) =
            (due(self.portal.next_poll), due(self.next_services), due(self.next_sign_in));
        if poll {
            self.poll_portal();
        }
        if services {
            self.ask_services();
        }
        if sign_in {
            self.poll_sign_in();
        }
        if let Saving::AskingBack { again: Some(again), .. } = self.saving
            && again <= self.now.at
        {
            self.read_back();
        }
        self.judge();
    }

    /// Asks first when something is unfinished.
    pub(super) fn leave(&mut self) {
        let unfinished = self.current != Step::Portal || self.busy();
        if unfinished && self.dialog != Some(Question::Leave) {
            self.dialog = Some(Question::Leave);
        } else {
            self.end_walk();
        }
    }

    /// No way back from here: what is sent is awaited, then the closing line, then the end.
    pub(super) fn end_walk(&mut self) {
        self.dialog = None;
        self.leaving = true;
    }

    /// Once no bind and no save is out, the closing line.
    pub(super) fn finish_leaving(&mut self) {
        let waiting = self.errands.values().any(|errand| {
            errand.is_test()
                || matches!(
                    errand,
                    Errand::Save | Errand::RecordingThen(Then::Test { .. } | Then::Save { .. })
                )
        });
        if !self.leaving || self.left || self.over || waiting {
            return;
        }
        if let Some(watch) = self.watch.as_mut().filter(|watch| watch.verdict.is_none()) {
            let verdict = Verdict { word: VerdictWord::NotConfirmed, missing: vec![Missing::LeftEarly] };
            watch.verdict = Some(verdict);
            let missing = vec![words::missing(&Missing::LeftEarly)];
            self.record(Fact::Verdict { verdict: VerdictWord::NotConfirmed, missing });
        }
        self.left = true;
        let verdict = self.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word));
        self.record_then(Fact::Left { step: self.current, verdict }, Then::Leave);
    }

    fn end(&mut self) {
        if let Some(held) = self.acceptance.take() {
            self.out(Effect::Wipe(held.secret));
        }
        self.out(Effect::ClearField);
        self.out(Effect::End);
        self.over = true;
    }

    /// Nothing happens after the end; only a bind's late outcome is still recorded.
    pub(super) fn after_the_end(&mut self, event: &Event) {
        if let Event::Directory(_, event::Directory::Tested { attempt, host, protocol, tested }) = event
            && let Some(place) = self.open_attempts.iter().position(|open| open == attempt)
        {
            self.open_attempts.remove(place);
            self.record(Fact::Attempted {
                attempt: *attempt,
                host: host.clone(),
                protocol: *protocol,
                answer: tested.answer.clone(),
            });
        }
    }

    /// Whether Save could be confirmed now; for the screen.
    pub fn save_gate(&self) -> Result<(), Reason> {
        gate::save(self)
    }
}
