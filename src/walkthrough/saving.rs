//! Step 5: the mark, the intention on record, the save, and telling a lost answer apart. In this order, always.
//!
//! Deliberately absent: what the operator saves at the portal (`hand_off`), and the clipboard.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::clock::Instant;
use crate::logs::{Position, SourceId};
use crate::portal::{AfterLoss, Entry, Fault, SaveAnswer};
use crate::text::Safe;

use super::effect::Effect;
use super::errand::{Errand, Then};
use super::fact::{Fact, ProofWord, SaveWord};
use super::gate;
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::watch::{Mark, Missing, Watch};
use super::{Saving, Walkthrough};

mod clipboard;
mod hand_off;

pub(super) use clipboard::Copied;

/// The mark as far as it is taken: the sources' places and a fresh reading of the portal come on their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marking {
    since: Instant,
    places: Option<Places>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Places {
    positions: Vec<(SourceId, Position)>,
    bad_password_count: Option<u32>,
    change: Safe,
}

/// How often, and how far apart, the entry is read back after a lost answer.
const ASK_BACK_TIMES: u32 = 20;
const ASK_BACK_EVERY: Duration = Duration::from_secs(3);

impl Walkthrough {
    pub(super) fn enter_save(&mut self) {
        if self.issuer.is_none() && !self.terms.hand_off {
            let ticket = self.errand(Errand::ReadIssuer);
            self.out(Effect::ReadIssuer(ticket));
        }
        match gate::save(self) {
            Ok(()) => self.ask(Step::Save, Question::ConfirmSave),
            Err(Reason::NotApproved) => self.ask(Step::Save, Question::SecondPerson),
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
        self.marking = Some(Marking { since: self.now.at, places: None });
        self.poll_portal();
        let reader = self.pdc_emulator().zip(self.account());
        let ticket = self.errand(Errand::Mark);
        self.out(Effect::TakeMark(ticket, reader));
    }

    pub(super) fn stop_marking(&mut self) {
        self.marking = None;
        self.errands.retain(|_, errand| *errand != Errand::Mark);
    }

    pub(super) fn marked(
        &mut self,
        positions: Vec<(SourceId, Position)>,
        bad_password_count: Option<u32>,
        change: Safe,
    ) {
        if let Some(marking) = &mut self.marking {
            marking.places = Some(Places { positions, bad_password_count, change });
        }
        self.mark_complete();
    }

    /// An issue that the last reading didn't show yet would look as if the save had caused it, so the portal is read
    /// once more; where it can't be, the last reading has to do.
    pub(super) fn mark_complete(&mut self) {
        let reading = self.errands.values().any(Errand::is_reading);
        let Some(marking) = self.marking.take_if(|marking| marking.places.is_some() && !reading) else {
            return;
        };
        let Some(Places { positions, bad_password_count, change }) = marking.places else { return };
        if let Err(reason) = gate::save(self) {
            self.saving = Saving::NotBegun;
            return self.block(Step::Save, reason);
        }
        let Some(entry) = self.entry.clone() else { return };
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
            hand_off: self.terms.hand_off,
            positions: positions.iter().map(|(source, at)| (self.terms.recorded(*source), *at)).collect(),
            open_issues: open_issues.iter().cloned().collect(),
            bad_password_count,
            portal_time: self.portal_time(),
            etag: Some(entry.etag).filter(|etag| !etag.is_empty()),
        };
        let logs = crate::logs::Mark::of(&positions);
        let mark = Mark { logs, open_issues, bad_password_count, portal_time: self.portal_time() };
        self.saving = Saving::Recording { change: change.clone(), mark: mark.clone() };
        self.record_then(fact, Then::Save { change, mark });
    }

    /// The intention could not be put on record: nothing leaves.
    pub(super) fn save_not_recorded(&mut self, reason: Reason) {
        self.saving = Saving::NotBegun;
        self.block(Step::Save, reason);
    }

    /// The intention is on record: send exactly the secret that was accepted.
    pub(super) fn send_save(&mut self, change: Safe, mark: Mark) {
        let held = self.acceptance.clone().filter(|held| gate::may_be_saved(held) && !self.leaving);
        let (Some(entry), Some(held)) = (self.entry.clone(), held) else {
            return self.save_ended(SaveWord::NotSaved, Reason::NotTested);
        };
        self.next_watch = Some(self.watch_over(mark.clone(), held.account.clone()));
        if self.terms.hand_off {
            return self.hand_over(mark);
        }
        self.saving = Saving::Sending { change: change.clone(), mark, since: self.now };
        let ticket = self.errand(Errand::Save);
        self.out(Effect::Save { ticket, entry, change, account: held.account, secret: held.secret });
    }

    /// From the mark on, everything that is written may be about this save; the watch time begins with the answer.
    fn watch_over(&self, mark: Mark, account: crate::directory::Account) -> Watch {
        let mut watch = Watch::new(mark, account, self.now, self.terms.watch);
        for (source, view) in &self.sources {
            if !view.readable {
                watch.source_failed(*source);
            }
        }
        if self.portal.fault.is_some() {
            watch.portal_failed();
        }
        if let Some(reading) = &self.portal.reading {
            watch.leave_out(reading);
        }
        if let Some(entry) = &self.entry {
            watch.among(&self.entries, &entry.id);
        }
        watch
    }

    /// What the portal's own clock says now: as it was read, and what has passed since.
    fn portal_time(&self) -> Option<jiff::Timestamp> {
        let read = self.portal.reading.as_ref()?.portal_time?;
        let since = self.now.at.since(self.portal.read_at?.at);
        read.checked_add(Duration::from_secs(since.as_secs())).ok()
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
            SaveAnswer::NotSaved(fault) => {
                self.portal.sign_in_refused |= fault == Fault::Unauthorized;
                self.save_ended(SaveWord::NotSaved, Reason::NotSaved(fault));
            }
            SaveAnswer::Lost(_) => {
                self.unchanged_since = None;
                self.saving = Saving::AskingBack { change, mark, since, tries: 0, again: None };
                self.read_back();
            }
        }
    }

    pub(super) fn read_back(&mut self) {
        let Some(entry) = &self.entry else { return };
        let id = entry.id.clone();
        if self.errands.values().any(|errand| *errand == Errand::ReadBack) {
            return;
        }
        if let Saving::AskingBack { tries, again, .. } = &mut self.saving {
            *tries = tries.saturating_add(1);
            *again = None;
            let ticket = self.errand(Errand::ReadBack);
            self.out(Effect::ReadEntry(ticket, id));
        }
    }

    /// A save that is slow to land may change the entry yet: it is believed unsaved only when seen so twice.
    fn entry_unchanged(&mut self) {
        let at = self.now.at;
        let since = *self.unchanged_since.get_or_insert(at);
        if at.since(since) >= ASK_BACK_EVERY && self.acceptance.is_none() {
            self.never_sent();
        } else if at.since(since) >= ASK_BACK_EVERY {
            self.save_ended(SaveWord::NotSaved, Reason::NotSaved(Fault::CutShort));
        } else if let Saving::AskingBack { again, .. } = &mut self.saving {
            *again = Some(since.after(ASK_BACK_EVERY));
        }
    }

    pub(super) fn read_back_failed(&mut self) {
        let at = self.now.at;
        if let Saving::AskingBack { tries, again, .. } = &mut self.saving {
            if *tries < ASK_BACK_TIMES {
                *again = Some(at.after(ASK_BACK_EVERY));
            } else {
                self.cannot_read_back();
            }
        }
    }

    pub(super) fn cannot_read_back(&mut self) {
        let Saving::AskingBack { mark, .. } = self.saving.clone() else { return };
        self.saved_at(mark, false, Some("the entry could not be read back"));
    }

    pub(super) fn entry_read_back(&mut self, read: &Entry) {
        let Saving::AskingBack { change, mark, .. } = self.saving.clone() else { return };
        let old_etag = self.entry.as_ref().map(|entry| entry.etag.clone()).unwrap_or_default();
        match read.after_loss(&change, &old_etag) {
            AfterLoss::Saved => {
                self.entry = Some(read.clone());
                self.saved_at(mark, true, Some("the answer was lost; the entry shows this save"));
            }
            AfterLoss::NotSaved => self.entry_unchanged(),
            AfterLoss::NotKnown => {
                self.saved_at(mark, false, Some("the entry shows another change"));
            }
        }
    }

    /// Saved, or treated so: the watch begins.
    fn saved_at(&mut self, mark: Mark, known: bool, why: Option<&'static str>) {
        let result = if known { SaveWord::Saved } else { SaveWord::NotKnown };
        self.record(Fact::SaveEnded { result, why: why.map(Safe::new), entered: None });
        self.watch_save(mark, known);
    }

    fn watch_save(&mut self, mark: Mark, known: bool) {
        let Some(account) = self.account() else { return };
        let at = self.now;
        let outcome = if known {
            self.saving = Saving::Saved { at };
            Outcome::Done
        } else {
            self.saving = Saving::NotKnown { at };
            Outcome::SaveNotKnown
        };
        if let Some(held) = self.acceptance.take() {
            self.out(Effect::Wipe(held.secret));
        }
        self.empty_field();
        let mut watch = self.next_watch.take().unwrap_or_else(|| self.watch_over(mark, account));
        watch.begin(at, self.terms.watch);
        if !known {
            watch.doubt([Missing::PerhapsNotSaved]);
        }
        self.watch = Some(watch);
        self.forget_services();
        self.settle(Step::Save, outcome);
        self.judge();
    }

    /// Nothing was saved by this; the walk goes back to where it can be mended.
    fn save_ended(&mut self, result: SaveWord, reason: Reason) {
        self.record(Fact::SaveEnded { result, why: None, entered: None });
        self.next_watch = None;
        self.saving = Saving::NotBegun;
        self.ring();
        if result == SaveWord::Conflict {
            self.reopen_from(Step::DirectoryServices);
            self.current = Step::DirectoryServices;
            self.void_acceptance();
            // What stands in the field is void too; the next password must not be typed behind it.
            self.empty_field();
            self.block(Step::DirectoryServices, reason);
        } else {
            self.block(Step::Save, reason);
        }
        self.judge();
    }
}
