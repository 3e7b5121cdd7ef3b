//! The record's answers: what a line's being on disk allows, and what its failing does.
//!
//! `durable` grows here alone, by the lines that are on disk. Deliberately absent: the lines' chain (`journal`).

use std::time::Duration;

use crate::clock::Now;
use crate::text::Safe;

use super::effect::{Effect, Ticket};
use super::errand::{Errand, Then};
use super::event;
use super::fact::Fact;
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::{Acceptance, Notice, Walkthrough};

/// So often what could not be written is tried again.
const WRITE_AGAIN_EVERY: Duration = Duration::from_secs(5);
/// A line's time is its own up to so much.
const LATE: Duration = Duration::from_secs(30);

impl Walkthrough {
    /// Writes a fact that nothing waits for. One that can't be written is kept, and tried again later; what comes then
    /// waits behind it, for a record is read in its order.
    pub(super) fn record(&mut self, fact: Fact) {
        if self.unwritten.is_empty() {
            self.write(fact);
        } else {
            self.unwritten.push(fact);
        }
    }

    fn write(&mut self, fact: Fact) {
        let ticket = self.errand(Errand::Recording(Box::new(fact.clone())));
        self.out(Effect::Record(ticket, fact));
    }

    /// Writes a fact that something waits for, behind all that was not written yet.
    pub(super) fn record_then(&mut self, fact: Fact, then: Then) {
        self.write_again();
        let ticket = self.errand(Errand::RecordingThen(then, Box::new(fact.clone())));
        self.out(Effect::Record(ticket, fact));
    }

    /// What could not be written before goes first.
    pub(super) fn write_again(&mut self) {
        self.next_writing = None;
        let late = self.written_late(self.now);
        for fact in std::mem::take(&mut self.unwritten).into_iter().chain(late) {
            self.write(fact);
        }
    }

    /// What stands behind lines that bear a time at which nothing of what they tell happened.
    pub(super) fn written_late(&self, now: Now) -> Option<Fact> {
        let by = now.at.since(self.record.unwritten_since.filter(|_| !self.unwritten.is_empty())?);
        let lines = self.unwritten.len();
        (by >= LATE).then_some(Fact::WrittenLate { by_seconds: by.as_secs(), lines })
    }

    fn keep(&mut self, fact: Fact) {
        // Said anew, with how late it is by then.
        if matches!(fact, Fact::WrittenLate { .. }) {
            return;
        }
        self.unwritten.push(fact);
        self.record.unwritten_since.get_or_insert(self.now.at);
        self.next_writing = Some(self.now.at.after(WRITE_AGAIN_EVERY));
    }

    pub(super) fn record_answered(&mut self, ticket: Ticket, event: event::Record) {
        let (then, fact) = match self.errands.remove(&ticket) {
            Some(Errand::Recording(fact)) => (None, fact),
            Some(Errand::RecordingThen(then, fact)) => (Some(then), fact),
            Some(Errand::OpenRecord) => return self.record_opened(event),
            Some(other) => {
                self.errands.insert(ticket, other);
                return;
            }
            None => return,
        };
        let reason = match event {
            event::Record::Recorded { count, hash } => {
                self.on_disk(&fact, count, hash);
                if let Some(then) = then {
                    self.recorded(then);
                }
                return;
            }
            // Of nothing that was asked.
            event::Record::Opened(_) => return,
            event::Record::Failed(why) => {
                let known = self.record.fault.replace(why.clone()).is_some();
                if then.is_none() {
                    self.keep(*fact);
                    // The screen says so for as long as it lasts.
                    if known {
                        return;
                    }
                }
                Reason::RecordFailed(why)
            }
            // Nobody typed it: what stands in the field happens to be part of it, for now.
            event::Record::HoldsSecret if then.is_none() => return self.keep(*fact),
            event::Record::HoldsSecret => Reason::TextHoldsSecret,
        };
        self.notice = Some(Notice::Blocked(reason.clone()));
        if let Some(then) = then {
            self.not_recorded(then, reason);
        }
    }

    pub(super) fn on_disk(&mut self, fact: &Fact, count: u64, hash: Safe) {
        self.record.lines = count;
        self.record.hash = hash;
        self.record.fault = None;
        if self.unwritten.is_empty() && !self.errands.values().any(Errand::is_writing) {
            self.record.unwritten_since = None;
        }
        self.durable.apply(fact);
    }

    fn recorded(&mut self, then: Then) {
        match then {
            Then::Test(attempt, secret) => self.send_attempt(attempt, secret),
            Then::Save { change, mark } => self.send_save(change, mark),
            Then::CopyPassword(secret) => self.copy_password(secret),
            Then::GoOnWithoutController => {
                let step = Step::DirectoryServices;
                self.without_controller = true;
                if self.current == step && *self.phase(step) == Phase::Blocked(Reason::NoProvableController) {
                    self.settle_directory_services();
                }
            }
            Then::PassMisgivings(about) => self.misgivings_passed(&about),
            Then::ExcuseService(host, reason) => {
                self.service_noted(&host, Some(reason), None);
                self.notice = Some(Notice::ReasonRecorded);
            }
            Then::MarkService(host, evidence) => {
                self.service_noted(&host, None, Some(evidence));
                self.notice = Some(Notice::ReasonRecorded);
            }
            Then::AccountNameTyped => self.account_name_recorded(),
            Then::Approve(approval) => self.approved_on_record(approval),
            Then::HandOver(_) => self.hand_over_recorded(),
            Then::Note => self.notice = Some(Notice::NoteRecorded),
            Then::Leave => self.end(),
        }
    }

    /// The reason counts for the acceptance it was given for, and for no other.
    fn misgivings_passed(&mut self, about: &Acceptance) {
        let testing = self.testing();
        let Some(held) = self.acceptance.as_mut().filter(|held| held.same_as(about) && !testing) else {
            return;
        };
        held.overridden = true;
        if self.current == Step::Password {
            self.settle(Step::Password, Outcome::Overridden);
        }
    }

    /// What waited for the line doesn't happen; a text is asked for again.
    fn not_recorded(&mut self, then: Then, reason: Reason) {
        match then {
            Then::Test(attempt, _) => self.attempt_not_recorded(&attempt, reason),
            Then::Save { .. } => self.save_not_recorded(reason),
            Then::CopyPassword(_) => {}
            Then::GoOnWithoutController => self.ask_again(Question::WithoutController),
            Then::PassMisgivings(_) => self.ask_again(Question::ReasonToGoOn),
            Then::ExcuseService(host, _) => self.ask_again(Question::ReasonForService(host)),
            Then::MarkService(host, _) => self.ask_again(Question::EvidenceForService(host)),
            Then::AccountNameTyped => {
                if self.current == Step::Password && *self.phase(Step::Password) == Phase::Working {
                    self.ask(Step::Password, Question::AccountName);
                }
            }
            Then::Approve(approval) => self.ask_again(approval.asked_by()),
            Then::HandOver(field) => self.ask_again(Question::HandOverField(field)),
            Then::Note => self.ask_again(Question::Note),
            Then::Leave => self.end(),
        }
    }

    pub(super) fn ask_again(&mut self, question: Question) {
        if self.dialog.is_none() && !self.leaving {
            self.dialog = Some(question);
        }
    }
}
