//! Taking up a walk that another process left: what its record implies, then by itself to where it continues.
//!
//! What only a process knows is gained anew: the portal is opened, the controllers are reached. Nothing of that settles a
//! step again on record, so a walk that ends here once more continues at the same place. A save without an outcome is
//! looked for before anything else is done. Deliberately absent: any password; none outlives its process.

use std::collections::BTreeMap;

use crate::clock::Now;
use crate::directory::Account;
use crate::portal::Entry;
use crate::text::Safe;

use super::effect::Effect;
use super::errand::Errand;
use super::event::{self, Opened};
use super::fact::{DurableSave, Fact, SaveWord};
use super::hand_over::HandedOver;
use super::resume::{Announced, Beside, Offer, Past};
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::watch::{Before, VerdictWord, Watch};
use super::{Notice, RecordView, Saving, SigningIn, Walkthrough, words};

/// What a walk knows of the process before, and what it has still to do to come to where that one was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TakenUp {
    /// A walk that may be taken up instead of beginning one.
    pub(super) offer: Option<Offer>,
    /// Beside which a new walk would be begun.
    pub(super) beside: Option<Beside>,
    /// Without asking.
    pub(super) at_once: bool,
    /// Once the portal is open again, the walk goes there by itself.
    pub(super) target: Option<Step>,
    /// How the steps ended.
    outcomes: BTreeMap<Step, Outcome>,
    /// What the portal showed before anything was changed is on record; and it was when the walk was taken up.
    pub(super) baseline: bool,
    pub(super) baseline_before: bool,
    pub(super) handed_over: Option<HandedOver>,
}

impl Walkthrough {
    /// For a walk that was taken up, until it is there.
    pub(in crate::walkthrough) fn goes_on_at(&self) -> Option<Step> {
        self.taken_up.target
    }

    /// What the portal shows now is no baseline: that one is on record.
    pub(in crate::walkthrough) fn has_older_baseline(&self) -> bool {
        self.taken_up.baseline_before
    }

    pub(super) fn open_record(&mut self) {
        let Some(offer) = &self.taken_up.offer else { return };
        let id = offer.id.clone();
        self.set(Step::Portal, Phase::Working);
        let ticket = self.errand(Errand::OpenRecord);
        self.out(Effect::OpenRecord(ticket, id));
    }

    pub(super) fn record_opened(&mut self, event: event::Record) {
        let why = match event {
            event::Record::Opened(opened) if !self.leaving => return self.resume(*opened),
            event::Record::Opened(_) => return,
            event::Record::Failed(why) => why,
            event::Record::Recorded { .. } | event::Record::HoldsSecret => Safe::default(),
        };
        self.block(Step::Portal, Reason::NotResumed(why));
    }

    fn resume(&mut self, opened: Opened) {
        let past = Past::of(&opened.lines).at_site(&self.terms.sources);
        self.taken_up.offer = None;
        self.begun = true;
        self.durable = past.durable.clone();
        self.open_attempts.clone_from(&past.durable.interrupted);
        let lines = opened.lines.len() as u64;
        self.record =
            RecordView { path: opened.path, lines, hash: opened.hash, fault: None, ..RecordView::default() };
        self.record(Fact::Resumed {
            operator: self.terms.operator.clone(),
            host: self.terms.host.clone(),
            program: Safe::new(env!("CARGO_PKG_VERSION")),
            site_file: self.terms.origin.clone(),
            torn: opened.torn,
        });
        self.clock_behind_record(past.last);
        self.out(Effect::Follow(past.positions()));
        self.taken_up.handed_over = HandedOver::of(past.durable.hand_over.clone(), &opened.lines);
        let left_at = past.continues_at();
        self.restore(past);
        self.begin_portal();
        if self.taken_up.handed_over.is_some() {
            self.notice = Some(Notice::HandedOver(left_at));
        }
    }

    fn restore(&mut self, past: Past) {
        let chosen = |question: &Question, word: &Option<Safe>| {
            word.as_ref().and_then(|word| words::option_of(question, word))
        };
        let target = past.continues_at();
        self.can_edit = chosen(&Question::CanEdit, &past.can_edit);
        self.used_elsewhere = chosen(&Question::UsedElsewhere, &past.used_elsewhere);
        self.changed_in_directory = chosen(&Question::ChangedInDirectory, &past.changed);
        (self.taken_up.baseline, self.taken_up.baseline_before) = (past.baseline, past.baseline);
        self.taken_up.outcomes = past.outcomes;
        self.taken_up.target = Some(target).filter(|target| *target > Step::Portal);
        let etag = past.open.as_ref().map(|open| open.etag.clone()).unwrap_or_default();
        self.entry = past.entry.map(|(id, account)| on_record(id, account, etag));
        let now = self.now;
        self.watch = past.save.map(|before| self.watch_again(before, now));
        if target >= Step::Services {
            self.saving = match past.durable.save {
                DurableSave::Saved => Saving::Saved { at: now },
                DurableSave::NotKnown | DurableSave::No => Saving::NotKnown { at: now },
            };
        }
        if let Some(open) = past.open {
            self.look_for(open);
        }
        for row in &mut self.services {
            let of = |told: &[(Safe, Safe)]| {
                let own = told.iter().rev().find(|(host, _)| *host == row.server.host);
                own.map(|(_, text)| text.clone())
            };
            (row.excused, row.marked) = (of(&past.excused), of(&past.marked));
        }
    }

    fn watch_again(&self, mut before: Before, now: Now) -> Watch {
        // Left early: the watch goes on.
        before.verdict.take_if(|verdict| *verdict == VerdictWord::NotConfirmed);
        // Every sensor is to be seen at least once more.
        let least = self.terms.poll.saturating_mul(3).max(self.terms.settle.saturating_mul(2));
        Watch::resumed(before, now, (self.terms.watch, least.min(self.terms.watch)))
    }

    /// What came of it is asked of the portal; of a page that was shown, of the operator.
    fn look_for(&mut self, open: Announced) {
        let Announced { change, hand_off, before, .. } = open;
        let (mark, since) = (before.mark.clone(), self.now);
        self.next_watch = Some(self.watch_again(before, since));
        self.saving = if hand_off {
            Saving::HandedOver { mark, since, secret_gone: true }
        } else {
            Saving::AskingBack { change, mark, since, tries: 0, again: None }
        };
    }

    /// The portal is open, or declined: on to where the walk continues.
    pub(super) fn go_on_resumed(&mut self) {
        let Some(target) = self.taken_up.target else { return };
        let without = self.signing_in == SigningIn::Without;
        self.set(Step::Portal, Phase::Settled(if without { Outcome::WithoutPortal } else { Outcome::Done }));
        self.find_entry();
        self.go_on_watching();
        for step in Step::ALL.into_iter().filter(|step| (Step::Configuration..target).contains(step)) {
            let outcome = self.taken_up.outcomes.get(&step).cloned().unwrap_or(Outcome::Done);
            self.set(step, Phase::Settled(outcome));
        }
        if target == Step::Password {
            self.current = Step::DirectoryServices;
            return self.enter_directory_services();
        }
        self.taken_up.target = None;
        if target <= Step::DirectoryServices {
            return self.go_to(target);
        }
        self.reach_behind();
        if target == Step::Save {
            self.go_on_saving();
        } else {
            self.go_to(target);
        }
        self.judge();
    }

    /// As the portal lists it now. One that it lists no more has to be chosen again.
    fn find_entry(&mut self) {
        let Some(own) = self.entry.clone() else { return };
        let id = own.id.clone();
        let fresh = self.entries.iter().find(|entry| own.of_the_same_account(entry)).cloned();
        if !self.sending() && (fresh.is_some() || self.reads_entries()) {
            self.entry = fresh;
        }
        for watch in [&mut self.watch, &mut self.next_watch].into_iter().flatten() {
            watch.among(&self.entries, &id);
        }
    }

    /// Step 3 as it was left, and on; nobody has to press a key for what was settled once.
    pub(super) fn on_to_password(&mut self) {
        self.taken_up.target = None;
        self.set(Step::DirectoryServices, Phase::Settled(Outcome::Done));
        self.go_to(Step::Password);
    }

    /// Controllers are reached without step 3 being taken up.
    fn reach_behind(&mut self) {
        let Some(account) = self.account() else { return };
        self.stations = self.stations_of(&account.domain);
        self.ask_controllers(&account);
    }

    fn go_on_watching(&mut self) {
        let now = self.now;
        for watch in [&mut self.watch, &mut self.next_watch].into_iter().flatten() {
            if let Some(reading) = &self.portal.reading {
                watch.leave_out(reading);
            }
            watch.go_on(now);
        }
    }

    /// The process that announced the save ended before it was made: the password went with it.
    pub(super) fn never_sent(&mut self) {
        let why = Some(Safe::new("the entry is as it was; the process ended before it was sent"));
        self.record(Fact::SaveEnded { result: SaveWord::NotSaved, why, entered: None });
        self.next_watch = None;
        self.saving = Saving::NotBegun;
        self.back_to_password();
        self.notice = Some(Notice::NeverSent);
        self.judge();
    }

    fn go_on_saving(&mut self) {
        self.current = Step::Save;
        if self.handed_over() {
            self.set(Step::Save, Phase::Ready);
            return self.ask_saved_there();
        }
        self.set(Step::Save, Phase::Working);
        if self.reads_entries() {
            return self.read_back();
        }
        self.cannot_read_back();
    }
}

/// As far as the record names it.
fn on_record(id: Safe, account: Account, etag: Safe) -> Entry {
    Entry {
        id,
        managed: false,
        single_label: !account.domain.contains('.'),
        account: account.name,
        domain: account.domain,
        etag,
        last_change: None,
        changed_by: None,
        changed_at: None,
    }
}
