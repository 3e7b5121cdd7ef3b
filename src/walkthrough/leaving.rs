//! The end of the walk: what is out is awaited or given up, the closing line is written, the secrets are wiped.

use crate::secret::SecretId;
use crate::text::Safe;

use super::effect::{Effect, Ticket};
use super::errand::{Errand, Then};
use super::event::{self, Event};
use super::fact::{DurableSave, Fact, SaveWord};
use super::step::{Question, Reason, Step};
use super::trial::Attempt;
use super::watch::{Missing, Verdict, VerdictWord};
use super::{Saving, Walkthrough, gate, words};

impl Walkthrough {
    /// Asks first when something is unfinished; meant twice, it leaves at once.
    pub(super) fn leave(&mut self) {
        if self.dialog == Some(Question::Leave) {
            self.leave_now();
        } else if self.current != Step::Portal || self.busy() || self.durable.save != DurableSave::No {
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

    /// Nothing is awaited: a bind without an answer stays *interrupted* on record, and counts.
    pub(super) fn leave_now(&mut self) {
        self.end_walk();
        self.hurried = true;
        if self.left {
            self.end();
        }
    }

    /// Once no bind and no save is out, the closing line.
    pub(super) fn finish_leaving(&mut self) {
        let awaiting = !self.hurried && self.errands.values().any(Errand::awaited);
        if !self.leaving || self.left || self.over || awaiting {
            return;
        }
        if !self.begun {
            // There is no record to close.
            return self.end();
        }
        self.give_up_save();
        self.close_watch();
        self.write_again();
        self.left = true;
        let verdict = self.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word));
        self.record_then(Fact::Left { step: self.current, verdict }, Then::Leave);
    }

    /// A save whose answer is not known yet will not be by this process. On record it stays announced, so that whoever
    /// takes the walk up looks for what came of it first.
    pub(super) fn give_up_save(&mut self) {
        let open = matches!(
            self.saving,
            Saving::Sending { .. } | Saving::AskingBack { .. } | Saving::HandedOver { .. }
        );
        if !open {
            return;
        }
        let at = self.now;
        self.saving = Saving::NotKnown { at };
        if let Some(mut watch) = self.next_watch.take() {
            watch.begin(at, self.terms.watch);
            self.watch = Some(watch);
        }
    }

    fn close_watch(&mut self) {
        let Some(watch) = self.watch.as_mut().filter(|watch| watch.verdict.is_none()) else { return };
        let verdict = Verdict { word: VerdictWord::NotConfirmed, missing: vec![Missing::LeftEarly] };
        watch.verdict = Some(verdict);
        let missing = vec![words::missing(&Missing::LeftEarly)];
        let (basis, listed) = (self.basis(), self.listed());
        self.record(Fact::Verdict { verdict: VerdictWord::NotConfirmed, missing, basis, listed });
    }

    pub(super) fn end(&mut self) {
        let held = self.acceptance.take().map(|held| held.secret);
        let tested = self.trial.take().map(|trial| trial.secret);
        let mut secrets: Vec<SecretId> = [held, tested, self.waiting.take()].into_iter().flatten().collect();
        secrets.sort();
        secrets.dedup();
        for secret in secrets {
            self.out(Effect::Wipe(secret));
        }
        self.out(Effect::ClearField);
        self.overwrite_clipboard();
        self.out(Effect::End);
        self.over = true;
    }

    /// Nothing happens after the end; only a bind's late outcome is still recorded, and no secret is kept.
    pub(super) fn after_the_end(&mut self, event: Event) {
        match event {
            Event::Directory(_, event::Directory::Tested { attempt, host, protocol, tested }) => {
                self.attempt_ended(&Attempt { id: attempt, host, protocol }, &tested);
            }
            Event::Directory(_, event::Directory::Reserved { attempts, .. }) => {
                for (attempt, _) in attempts {
                    self.out(Effect::Release(attempt));
                }
            }
            Event::Secret(event::Secret::Frozen(_, Some(secret))) => self.out(Effect::Wipe(secret)),
            Event::Record(ticket, event) => self.recorded_late(ticket, event),
            Event::Directory(..)
            | Event::Portal(..)
            | Event::Sensor(..)
            | Event::Logs(_)
            | Event::Secret(_)
            | Event::Timer
            | Event::Intended(_) => {}
        }
    }

    /// What was announced too late is not done.
    fn recorded_late(&mut self, ticket: Ticket, event: event::Record) {
        let (then, fact) = match self.errands.remove(&ticket) {
            Some(Errand::Recording(fact)) => (None, fact),
            Some(Errand::RecordingThen(then, fact)) => (Some(then), fact),
            Some(_) | None => return,
        };
        let written = matches!(event, event::Record::Recorded { .. });
        if let event::Record::Recorded { count, hash } = event {
            self.on_disk(&fact, count, hash);
        }
        match then {
            Some(Then::Test(attempt, secret)) if written => self.send_attempt(attempt, secret),
            Some(Then::Test(attempt, _)) => self.out(Effect::Release(attempt.id)),
            Some(Then::Save { .. }) if written => {
                let why = if self.terms.hand_off {
                    "the operator left before the page was shown"
                } else {
                    "the operator left before it was sent"
                };
                self.saving = Saving::NotBegun;
                let (result, why) = (SaveWord::NotSaved, Some(Safe::new(why)));
                self.record(Fact::SaveEnded { result, why, entered: None });
            }
            Some(
                Then::Save { .. }
                | Then::GoOnWithoutController
                | Then::CopyPassword(_)
                | Then::PassMisgivings(_)
                | Then::ExcuseService(..)
                | Then::MarkService(..)
                | Then::AccountNameTyped
                | Then::Approve(_)
                | Then::HandOver(_)
                | Then::Note
                | Then::Leave,
            )
            | None => {}
        }
    }

    /// Whether Save could be confirmed now; for the screen.
    pub fn save_gate(&self) -> Result<(), Reason> {
        gate::save(self)
    }
}
