//! What the operator means: an intent, a chosen option, a typed text.

use crate::logs::finders::secrets::{Carry, black_out, says_secret};
use crate::text::Safe;

use super::errand::Then;
use super::event::Intent;
use super::fact::{Fact, Gate, ProofWord};
use super::step::{Phase, Question, Reason, Step};
use super::{Notice, Walkthrough, words};

impl Walkthrough {
    pub(super) fn intended(&mut self, intent: Intent) {
        if self.leaving {
            if intent == Intent::Leave {
                self.leave_now();
            }
            return;
        }
        if !self.begun && !Self::before_beginning(&intent) {
            return;
        }
        self.notice = None;
        self.write_again();
        match intent {
            Intent::Proceed => self.proceed(),
            Intent::Chose(option) => self.chose(option),
            Intent::Typed(text) => self.typed(text),
            Intent::Dismiss => self.dismiss(),
            Intent::BackTo(step) => self.go_back(step),
            Intent::Refresh => self.refresh(),
            Intent::MarkService(host) => {
                if self.services.iter().any(|row| row.server.host == host) {
                    self.dialog = Some(Question::EvidenceForService(host));
                }
            }
            Intent::CopyPassword => self.ask_to_copy(),
            Intent::Note => self.dialog = Some(Question::Note),
            Intent::Leave => self.leave(),
            Intent::LeaveNow => self.end_walk(),
            Intent::Recover => self.dialog = Some(Question::Recover),
            Intent::HandOver => self.dialog = Some(Question::HandOver),
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
            Question::Resume if option == 0 => self.open_record(),
            Question::Beside if option == words::NOT_BESIDE => self.end_walk(),
            Question::Resume | Question::Beside => self.begin_anew(),
            Question::HowToBegin if option == 0 => self.begin_sign_in(),
            Question::HowToBegin => self.work_without_portal(),
            Question::CanEdit => self.can_edit_answered(option),
            Question::WhichEntry => self.entry_chosen(option),
            Question::UsedElsewhere => self.used_elsewhere_answered(option),
            Question::ChangedInDirectory => self.changed_answered(option),
            Question::GoOnOrRetest if option == 0 => self.test_password(),
            Question::GoOnOrRetest => self.dialog = Some(Question::ReasonToGoOn),
            Question::SavedThere => self.saved_there(option),
            Question::HowEntered(saved) => self.entered_there(saved, option),
            Question::CopyPassword if option == words::COPY => self.record_copy(),
            Question::Recover if option == 0 => self.start_over(),
            Question::Leave if option == 0 => self.end_walk(),
            Question::Leave if option == words::HAND_OVER_FIRST => self.dialog = Some(Question::HandOver),
            Question::HandOver => self.hand_over_chosen(option),
            Question::SecondPerson => self.second_person_answered(option),
            Question::Recover
            | Question::Leave
            | Question::CopyPassword
            | Question::WithoutController
            | Question::Password
            | Question::AccountName
            | Question::ReasonToGoOn
            | Question::UntestedName
            | Question::ConfirmSave
            | Question::ReasonForService(_)
            | Question::EvidenceForService(_)
            | Question::RecordedBy
            | Question::ApprovedBy
            | Question::WithoutSecondPerson
            | Question::HandOverField(_)
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
        let misfit = match words::wanted(self, &question) {
            Some(wanted) => (!same_words(&text, &wanted)).then_some(Reason::TypedMismatch),
            // It would be on record.
            None => names_secret(&text).then_some(Reason::TextNamesSecret),
        };
        if let Some(misfit) = misfit {
            self.notice = Some(Notice::Blocked(misfit));
            return;
        }
        self.dialog = None;
        match question {
            Question::WithoutController => self.go_on_without_controller(text),
            Question::AccountName => {
                self.set(Step::Password, Phase::Working);
                self.record_then(Fact::AccountNameTyped, Then::AccountNameTyped);
            }
            Question::ReasonToGoOn => self.reason_given(text),
            Question::UntestedName => self.untested_named(),
            Question::ConfirmSave => self.confirm_save(),
            Question::ReasonForService(host) => self.excuse_service(host, text),
            Question::EvidenceForService(host) => self.mark_service(host, text),
            Question::RecordedBy => self.recorder_named(text),
            Question::ApprovedBy => self.approver_named(text),
            Question::WithoutSecondPerson => self.glass_broken(text),
            Question::HandOverField(field) => self.hand_over_typed(field, text),
            Question::Note => self.record_then(Fact::Noted { text }, Then::Note),
            Question::Resume
            | Question::Beside
            | Question::HowToBegin
            | Question::CanEdit
            | Question::WhichEntry
            | Question::UsedElsewhere
            | Question::ChangedInDirectory
            | Question::Password
            | Question::GoOnOrRetest
            | Question::SavedThere
            | Question::HowEntered(_)
            | Question::CopyPassword
            | Question::SecondPerson
            | Question::HandOver
            | Question::Leave
            | Question::Recover => {}
        }
    }

    fn reason_given(&mut self, reason: Safe) {
        let untested = self.acceptance.as_ref().is_some_and(|held| held.proof == ProofWord::Untested);
        if untested {
            self.untested_reason = Some(reason);
            self.dialog = Some(Question::UntestedName);
        } else {
            self.misgivings_overridden(reason);
        }
    }

    fn untested_named(&mut self) {
        let Some(reason) = self.untested_reason.take() else { return };
        let Some(held) = self.acceptance.clone() else { return };
        let about = self.stations.iter().map(|station| station.host.clone()).collect();
        let fact = Fact::Overridden { gate: Gate::SavedUntested, reason, about };
        self.record_then(fact, Then::PassMisgivings(Box::new(held)));
    }

    /// Another password is to be saved in place of the one that is.
    fn start_over(&mut self) {
        if self.current <= Step::Password || self.sending() || self.testing() {
            self.notice = Some(Notice::Waiting);
        } else {
            self.reopen(Step::Password);
        }
    }

    /// Escape: a dialog closes; a question that only the guard put gives way to the field.
    pub(super) fn dismiss(&mut self) {
        if self.dialog.take().is_none() && self.question() == Some(&Question::AccountName) {
            self.ask(Step::Password, Question::Password);
        }
    }
}

/// As in a log, where its value would be blacked out; or as people say it.
fn names_secret(text: &Safe) -> bool {
    black_out(text, Carry::Nothing).0 != **text || says_secret(text)
}

/// The same words, but for case and the space between them.
fn same_words(typed: &str, wanted: &str) -> bool {
    let mut typed = typed.split_whitespace();
    let mut wanted = wanted.split_whitespace();
    loop {
        match (typed.next(), wanted.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.eq_ignore_ascii_case(other) => {}
            (Some(_), _) | (None, Some(_)) => return false,
        }
    }
}
