//! Step 7 and everything after the save: evidence comes in, the verdict is reached, the bell rings.

use std::collections::BTreeSet;

use crate::clock::Instant;
use crate::directory::Standing;
use crate::logs::SourceId;

use super::effect::Effect;
use super::errand::Errand;
use super::event;
use super::fact::{Basis, Fact, Listed, LogPlace, Witness};
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::watch::{Finding, Place, VerdictWord, Watch};
use super::{Saving, SourceView, Walkthrough, words};
use crate::portal::Sensor;
use crate::text::Safe;

/// A portal that failed this often in a row may have hidden an issue that came and went.
const BLIND_AFTER: u32 = 3;

impl Listed {
    pub(super) fn of(sensor: &Sensor, finding: Option<Finding>) -> Self {
        Self {
            host: sensor.host.clone(),
            service: words::service_status(&sensor.service),
            status: words::deployment(&sensor.deployment),
            finding,
        }
    }
}

impl Walkthrough {
    pub(super) fn enter_sensors(&mut self) {
        self.set(Step::Sensors, Phase::Working);
        self.poll_portal();
        self.ask_services();
        self.judge();
        self.verdict_shown();
    }

    pub(super) fn logs_told(&mut self, event: event::Logs) {
        match event {
            event::Logs::Found { source, host, at, context, written, known } => {
                let place = Place { source, host, position: at, context };
                let mut by = None;
                for watch in [&mut self.watch, &mut self.next_watch].into_iter().flatten() {
                    by = watch.found(&place, &known).or(by);
                }
                if by.is_some() {
                    let what = Safe::new(known.explanation().title);
                    let place = (place.host, LogPlace { at, written });
                    self.record(Fact::Evidence { host: place.0, what, by, place: Some(place.1) });
                    self.judge();
                    self.ask_standing();
                }
            }
            event::Logs::Watched { host, state } => {
                let (source, readable) = (state.source, state.is_readable());
                if !readable {
                    for watch in [&mut self.watch, &mut self.next_watch].into_iter().flatten() {
                        watch.source_failed(source);
                    }
                }
                self.sources.insert(source, SourceView { host, readable, state });
            }
            event::Logs::Lost { source } => {
                for watch in [&mut self.watch, &mut self.next_watch].into_iter().flatten() {
                    watch.source_failed(source);
                }
            }
            event::Logs::Marked { ticket, positions, bad_password_count, change } => {
                if self.errands.remove(&ticket) == Some(Errand::Mark) {
                    self.marked(positions, bad_password_count, change);
                }
            }
        }
    }

    /// A reading of the portal. One that was asked for before the save was answered says nothing about it.
    pub(super) fn watch_reading(&mut self, asked_at: Instant) {
        self.see_syncing(asked_at);
        self.versions_may_tell();
        self.services_changed();
        let (Some(watch), Some(reading)) = (&mut self.watch, &self.portal.reading) else { return };
        if asked_at < watch.saved_at.at {
            return;
        }
        let closed = watch.issues_closed(reading);
        let news = watch.read(reading);
        for id in closed {
            self.record(Fact::IssueClosed { id });
        }
        for (host, by) in news {
            let what = Safe::new("the portal shows it");
            self.record(Fact::Evidence { host, what, by: Some(by), place: None });
        }
        self.judge();
        self.ask_standing();
    }

    /// At the portal the operator may have saved as soon as the page was shown.
    fn see_syncing(&mut self, asked_at: Instant) {
        let (watch, since) = match &self.saving {
            Saving::HandedOver { since, .. } => (&mut self.next_watch, since.at),
            Saving::Saved { at } | Saving::NotKnown { at } => (&mut self.watch, at.at),
            Saving::NotBegun
            | Saving::Marking
            | Saving::Recording { .. }
            | Saving::Sending { .. }
            | Saving::AskingBack { .. } => return,
        };
        let (Some(watch), Some(reading)) = (watch, &self.portal.reading) else { return };
        if asked_at >= since
            && let Some(host) = watch.see_syncing(reading)
        {
            let what = Safe::new(words::FIRST_SIGN);
            self.record(Fact::Evidence { host, what, by: Some(Witness::Syncing), place: None });
        }
    }

    /// One line of one host alone: does the PDC emulator count failures too?
    fn ask_standing(&mut self) {
        let suspected = self.watch.as_ref().is_some_and(Watch::suspected) && !self.sending();
        let (true, Some(host), Some(account)) = (suspected, self.pdc_emulator(), self.account()) else {
            return;
        };
        if self.errands.values().any(|errand| *errand == Errand::ReadStanding) {
            return;
        }
        let ticket = self.errand(Errand::ReadStanding);
        self.out(Effect::ReadStanding(ticket, host, account));
    }

    pub(super) fn standing_read(&mut self, standing: Option<Standing>) {
        let Some(standing) = standing else { return };
        if let Some(watch) = &mut self.watch
            && let (Some(count), Some(before)) =
                (standing.account.bad_password_count, watch.mark.bad_password_count)
            && (count > before || standing.account.locked)
            && watch.count_rose()
        {
            let (host, what) =
                (standing.controller.clone(), Safe::new("counts more failures than at the mark"));
            self.record(Fact::Evidence { host, what, by: Some(Witness::CountRose), place: None });
        }
        self.standing = Some(standing);
        self.judge();
    }

    pub(super) fn watch_portal_failed(&mut self) {
        if self.portal.failures >= BLIND_AFTER {
            for watch in [&mut self.watch, &mut self.next_watch].into_iter().flatten() {
                watch.portal_failed();
            }
        }
    }

    /// Reaches the verdict if it is time; never on a save that another one is about to replace.
    pub(super) fn judge(&mut self) {
        if self.sending() || self.left || self.taken_up.target.is_some() {
            return;
        }
        let Some(mut watch) = self.watch.take() else { return };
        let new = watch.conclude(self.sensors(), self.now.at);
        let verdict = watch.verdict.clone().filter(|_| new);
        self.watch = Some(watch);
        if !new {
            return;
        }
        if let Some(verdict) = verdict {
            self.ring();
            let missing = verdict.missing.iter().map(words::missing).collect();
            let (basis, listed) = (self.basis(), self.listed());
            self.record(Fact::Verdict { verdict: verdict.word, missing, basis, listed });
        }
        self.verdict_shown();
    }

    /// What the verdict rests on, as it stands now.
    pub(super) fn basis(&self) -> Option<Basis> {
        let watch = self.watch.as_ref()?;
        let basis = watch.basis(self.sensors(), self.portal.reading.as_ref(), self.asks_services());
        let marked = watch.mark.logs.sources.iter().map(|marked| marked.source);
        let all: BTreeSet<SourceId> = marked.chain(self.sources.keys().copied()).collect();
        Some(Basis { site_sources: Some(all.len()), ..basis })
    }

    /// Each sensor as it stands now, and since a save what was found of it.
    pub(super) fn listed(&self) -> Vec<Listed> {
        let finding = |sensor: &Sensor| self.watch.as_ref().map(|watch| watch.finding(sensor));
        self.sensors().iter().map(|sensor| Listed::of(sensor, finding(sensor))).collect()
    }

    fn verdict_shown(&mut self) {
        let verdict = self.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
        if self.current == Step::Sensors && verdict.is_some() {
            self.set(Step::Sensors, Phase::Ready);
        }
    }

    /// Enter on step 7: the end, once there is a verdict.
    pub(super) fn settle_sensors(&mut self) {
        let verdict = self.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
        match verdict.map(|verdict| verdict.word) {
            Some(VerdictWord::Refused) => self.dialog = Some(Question::Recover),
            Some(VerdictWord::Confirmed | VerdictWord::NoRefusalSeen | VerdictWord::NotConfirmed) => {
                self.set(Step::Sensors, Phase::Settled(Outcome::Done));
                self.record(Fact::Settled { step: Step::Sensors, outcome: Outcome::Done });
                self.end_walk();
            }
            None => self.block_watch(),
        }
    }

    fn block_watch(&mut self) {
        let reason = if self.watch.is_some() { Reason::WatchRunning } else { Reason::NotTested };
        self.notice = Some(super::Notice::Blocked(reason));
    }
}
