//! Step 5: the mark, the intention on record, the save, and telling a lost answer apart. In this order, always.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::logs::{Position, SourceId};
use crate::portal::{AfterLoss, Entry, Fault, SaveAnswer};
use crate::text::Safe;

use super::effect::Effect;
use super::errand::{Errand, Then};
use super::fact::{DurableSave, Fact, ProofWord, SaveWord};
use super::gate;
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::watch::{Mark, Watch};
use super::{Saving, Walkthrough};

/// How often, and how far apart, the entry is read back after a lost answer.
const ASK_BACK_TIMES: u32 = 20;
const ASK_BACK_EVERY: Duration = Duration::from_secs(3);

impl Walkthrough {
    pub(super) fn enter_save(&mut self) {
        if self.issuer.is_none() {
            let ticket = self.errand(Errand::ReadIssuer);
            self.out(Effect::ReadIssuer(ticket));
        }
        match gate::save(self) {
            Ok(()) => self.ask(Step::Save, Question::ConfirmSave),
            Err(reason) => self.block(Step::Save, reason),
        }
    }

    /// The number of sensors, or the domain, was typed as asked for.
    pub(super) fn confirm_save(&mut self) {
        if let Err(reason) = gate::save(self) {
            return self.block(Step::Save, reason);
        }
        self.set(Step::Save, Phase::Working);
        self.saving = Saving::Marking;
        let reader = self.pdc_emulator().zip(self.account());
        let ticket = self.errand(Errand::Mark);
        self.out(Effect::TakeMark(ticket, reader));
    }

    pub(super) fn marked(
        &mut self,
        positions: Vec<(SourceId, Position)>,
        bad_password_count: Option<u32>,
        change: Safe,
    ) {
        if self.saving != Saving::Marking {
            return;
        }
        if let Err(reason) = gate::save(self) {
            self.saving = Saving::NotBegun;
            return self.block(Step::Save, reason);
        }
        let Some(entry) = self.entry.clone() else { return };
        let positions: BTreeMap<SourceId, Position> = positions.into_iter().collect();
        let open_issues: BTreeSet<Safe> = self
            .portal
            .reading
            .iter()
            .flat_map(|reading| &reading.issues)
            .filter(|issue| issue.about_credential() && issue.open())
            .map(|issue| issue.id.clone())
            .collect();
        let fact = Fact::SaveIntended {
            entry: entry.id,
            change: change.clone(),
            tested: self.acceptance.as_ref().is_some_and(|held| held.proof != ProofWord::Untested),
            positions: positions.iter().map(|(source, at)| (source.0, *at)).collect(),
            open_issues: open_issues.iter().cloned().collect(),
            bad_password_count,
        };
        let mark = Mark { positions, open_issues, bad_password_count };
        self.watch = None;
        self.save_before = self.save;
        self.save = DurableSave::NotKnown;
        self.saving = Saving::Recording { change: change.clone(), mark: mark.clone() };
        self.record_then(fact, Then::Save { change, mark });
    }

    /// The intention could not be put on record: nothing leaves.
    pub(super) fn save_not_recorded(&mut self, reason: Reason) {
        self.save = self.save_before;
        self.saving = Saving::NotBegun;
        self.block(Step::Save, reason);
    }

    /// The intention is on record: send exactly the secret that was accepted.
    pub(super) fn send_save(&mut self, change: Safe, mark: Mark) {
        let (Some(entry), Some(held)) = (self.entry.clone(), self.acceptance.clone()) else {
            return self.save_ended(SaveWord::NotSaved, Reason::NotTested);
        };
        self.saving = Saving::Sending { change: change.clone(), mark, since: self.now };
        let ticket = self.errand(Errand::Save);
        self.out(Effect::Save {
            ticket,
            entry: entry.id,
            etag: entry.etag,
            change,
            account: held.account,
            secret: held.secret,
        });
    }

    pub(super) fn save_answered(&mut self, answer: SaveAnswer) {
        let Saving::Sending { change, mark, since } = self.saving.clone() else { return };
        match answer {
            SaveAnswer::Saved { etag } => {
                if let Some(entry) = &mut self.entry {
                    entry.etag = etag;
                    entry.last_change = Some(change);
                }
                self.saved_at(mark, true, None);
            }
            SaveAnswer::Conflict => self.save_ended(SaveWord::Conflict, Reason::SomeoneElseChanged),
            SaveAnswer::NotSaved(fault) => self.save_ended(SaveWord::NotSaved, Reason::NotSaved(fault)),
            SaveAnswer::Lost(_) => {
                self.saving = Saving::AskingBack { change, mark, since, tries: 0, again: None };
                self.read_back();
            }
        }
    }

    pub(super) fn read_back(&mut self) {
        let Some(entry) = &self.entry else { return };
        let id = entry.id.clone();
        if let Saving::AskingBack { tries, again, .. } = &mut self.saving {
            *tries = tries.saturating_add(1);
            *again = None;
            let ticket = self.errand(Errand::ReadBack);
            self.out(Effect::ReadEntry(ticket, id));
        }
    }

    pub(super) fn read_back_failed(&mut self) {
        let at = self.now.at;
        if let Saving::AskingBack { mark, tries, again, .. } = &mut self.saving {
            if *tries < ASK_BACK_TIMES {
                *again = Some(at.after(ASK_BACK_EVERY));
            } else {
                let mark = mark.clone();
                self.saved_at(mark, false, Some("the entry could not be read back"));
            }
        }
    }

    pub(super) fn entry_read_back(&mut self, read: &Entry) {
        let Saving::AskingBack { change, mark, .. } = self.saving.clone() else { return };
        let old_etag = self.entry.as_ref().map(|entry| entry.etag.clone()).unwrap_or_default();
        match read.after_loss(&change, &old_etag) {
            AfterLoss::Saved => {
                self.entry = Some(read.clone());
                self.saved_at(mark, true, Some("the answer was lost; the entry shows this save"));
            }
            AfterLoss::NotSaved => {
                self.save_ended(SaveWord::NotSaved, Reason::NotSaved(Fault::CutShort));
            }
            AfterLoss::NotKnown => {
                self.saved_at(mark, false, Some("the entry shows another change"));
            }
        }
    }

    /// Saved, or treated so: the watch begins.
    fn saved_at(&mut self, mark: Mark, known: bool, why: Option<&'static str>) {
        let Some(account) = self.account() else { return };
        let why = why.map(Safe::new);
        let at = self.now;
        let (result, durable, outcome) = if known {
            self.saving = Saving::Saved { at };
            (SaveWord::Saved, DurableSave::Saved, Outcome::Done)
        } else {
            self.saving = Saving::NotKnown { at };
            (SaveWord::NotKnown, DurableSave::NotKnown, Outcome::SaveNotKnown)
        };
        self.save = durable;
        self.record(Fact::SaveEnded { result, why });
        if let Some(held) = self.acceptance.take() {
            self.out(Effect::Wipe(held.secret));
        }
        self.out(Effect::ClearField);
        self.field = super::event::Field::default();
        let mut watch = Watch::new(mark, account, at, self.terms.watch);
        for (source, view) in &self.sources {
            if !view.readable {
                watch.source_failed(*source);
            }
        }
        if self.portal.fault.is_some() {
            watch.portal_failed();
        }
        self.watch = Some(watch);
        self.forget_services();
        self.settle(Step::Save, outcome);
    }

    /// Nothing was saved by this; the walk goes back to where it can be mended.
    fn save_ended(&mut self, result: SaveWord, reason: Reason) {
        self.record(Fact::SaveEnded { result, why: None });
        self.save = self.save_before;
        self.saving = Saving::NotBegun;
        self.ring();
        if result == SaveWord::Conflict {
            self.void_acceptance();
            self.reopen_from(Step::DirectoryServices);
            self.current = Step::DirectoryServices;
            self.block(Step::DirectoryServices, reason);
        } else {
            self.block(Step::Save, reason);
        }
    }
}
