//! What outlives the process: where a resumed walk continues, what was saved, and which attempts have no outcome.
//!
//! A fold over the facts, and the machine keeps the same for the lines that are on disk. Pure. Deliberately absent: what else a
//! resumed walk takes from its record (`resume`).

use std::collections::BTreeMap;

use crate::directory::lockout::AttemptId;
use crate::text::Safe;
use crate::walkthrough::hand_over::HandOver;
use crate::walkthrough::step::Step;
use crate::walkthrough::watch::VerdictWord;

use super::{Fact, SaveWord};

/// What outlives the process, as far as it decides where a resumed walk continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durable {
    /// Where a resumed walk continues.
    pub step: Step,
    /// It got past step 1 once, so that there is something to go on with.
    pub got_on: bool,
    pub entry: Option<Safe>,
    /// Attempts announced whose outcome is not on record: *interrupted*, and each counts.
    pub interrupted: Vec<AttemptId>,
    pub save: DurableSave,
    /// What `save` falls back to when an announced save turns out not to have happened.
    pub save_before: DurableSave,
    pub verdict: Option<VerdictWord>,
    /// What `verdict` falls back to in the same way.
    pub verdict_before: Option<VerdictWord>,
    pub hand_over: BTreeMap<HandOver, Safe>,
    pub left: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurableSave {
    No,
    Saved,
    /// Announced without an outcome, or an outcome that told nothing.
    NotKnown,
}

impl Default for Durable {
    fn default() -> Self {
        Self {
            step: Step::Portal,
            got_on: false,
            entry: None,
            interrupted: Vec::new(),
            save: DurableSave::No,
            save_before: DurableSave::No,
            verdict: None,
            verdict_before: None,
            hand_over: BTreeMap::new(),
            left: false,
        }
    }
}

/// What the facts imply, in their order.
pub fn fold<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Durable {
    let mut durable = Durable::default();
    for fact in facts {
        durable.apply(fact);
    }
    durable
}

impl Durable {
    pub(in crate::walkthrough) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::EntryChosen { id, .. } => self.entry = Some(id.clone()),
            Fact::TestedAlone { .. } => {
                self.step = Step::DirectoryServices;
                // Of no workspace.
                self.entry = Some(Safe::default());
            }
            Fact::Attempting { attempt, .. } => self.interrupted.push(*attempt),
            Fact::Attempted { attempt, .. } => self.interrupted.retain(|open| open != attempt),
            Fact::SaveIntended { .. } => self.save_intended(),
            Fact::SaveEnded { result, .. } => self.save_ended(*result),
            Fact::Verdict { verdict, .. } => self.verdict = Some(*verdict),
            Fact::Settled { step, .. } => {
                self.got_on = true;
                if let Some(next) = step.next() {
                    self.step = resumable(next);
                }
            }
            Fact::WentBack { to } => self.step = resumable(*to),
            Fact::HandOverNoted { field, text } => {
                self.hand_over.insert(*field, text.clone());
            }
            Fact::Left { .. } => self.left = true,
            Fact::Resumed { .. } => {
                self.left = false;
                // It was left early, or could be: the watch goes on.
                self.verdict = self.verdict.filter(|verdict| *verdict != VerdictWord::NotConfirmed);
            }
            Fact::Began { .. }
            | Fact::SignedIn { .. }
            | Fact::WorkedWithoutPortal
            | Fact::Baseline { .. }
            | Fact::CanEdit { .. }
            | Fact::UsedElsewhere { .. }
            | Fact::ControllerReached { .. }
            | Fact::ControllerUnreachable { .. }
            | Fact::AccountFound { .. }
            | Fact::ChangedInDirectory { .. }
            | Fact::GuardShut { .. }
            | Fact::AccountNameTyped
            | Fact::AccountRead { .. }
            | Fact::Accepted { .. }
            | Fact::Refused { .. }
            | Fact::AcceptanceVoided
            | Fact::AcceptedInVain { .. }
            | Fact::PasswordCopied
            | Fact::Overridden { .. }
            | Fact::Approved { .. }
            | Fact::ServiceSeen { .. }
            | Fact::ServiceMarked { .. }
            | Fact::Evidence { .. }
            | Fact::ClockSetBack { .. }
            | Fact::ClockSetForward { .. }
            | Fact::Paused { .. }
            | Fact::WrittenLate { .. }
            | Fact::IssueClosed { .. }
            | Fact::Noted { .. } => {}
        }
    }

    fn save_intended(&mut self) {
        self.save_before = self.save;
        self.save = DurableSave::NotKnown;
        self.verdict_before = self.verdict.take();
        self.step = Step::Services;
    }

    fn save_ended(&mut self, result: SaveWord) {
        match result {
            SaveWord::Saved => self.save = DurableSave::Saved,
            SaveWord::NotKnown => self.save = DurableSave::NotKnown,
            SaveWord::NotSaved => self.not_saved(Step::Password),
            SaveWord::Conflict => self.not_saved(Step::DirectoryServices),
        }
    }

    fn not_saved(&mut self, step: Step) {
        self.save = self.save_before;
        self.verdict = self.verdict_before;
        self.step = step;
    }
}

/// An unsaved step 5 continues at 4: the password is gone with the process, and is asked and tested again.
fn resumable(step: Step) -> Step {
    if step == Step::Save { Step::Password } else { step }
}
