//! What a record tells of a walk that is to go on: more than where it continues, and nothing secret, for none is in it.
//!
//! A fold over the facts and the times at which they were written. Pure. Deliberately absent: the file (`journal`), and
//! taking the walk up (`resuming`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::directory::{Account, Host};
use crate::logs::{Position, SourceId};
use crate::text::Safe;

use super::fact::{Durable, Entered, Fact, Gate, SaveWord, Witness};
use super::step::{Outcome, Step};
use super::watch::{Before, Mark, Missing, VerdictWord};

mod offer;
#[cfg(test)]
mod tests;

pub use offer::{Beside, Offer, Opening};

/// One line of a record.
pub type Dated = (Timestamp, Fact);

/// What a resumed walk begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    pub durable: Durable,
    pub entry: Option<(Safe, Account)>,
    pub can_edit: Option<Safe>,
    pub used_elsewhere: Option<Safe>,
    pub changed: Option<Safe>,
    /// What the portal showed before anything was changed is on record.
    pub baseline: bool,
    pub outcomes: BTreeMap<Step, Outcome>,
    /// The last save that happened, or may have.
    pub save: Option<Before>,
    /// Announced, and what came of it is not on record.
    pub open: Option<Announced>,
    /// Services that the walk went on without, and why; and those marked by hand.
    pub excused: Vec<(Host, Safe)>,
    pub marked: Vec<(Host, Safe)>,
    /// When the last line was written.
    pub(super) last: Option<Timestamp>,
    /// Taken up, and not at the portal again: nobody watches.
    away: bool,
}

/// A save that was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    pub change: Safe,
    pub etag: Safe,
    pub hand_off: bool,
    pub before: Before,
}

impl Past {
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a Dated>) -> Self {
        let mut past = Self::default();
        for (at, fact) in lines {
            past.take(*at, fact);
        }
        past
    }

    /// Where the log sources were when the save that is to be watched was announced.
    pub fn positions(&self) -> Vec<(SourceId, Position)> {
        let before = self.open.as_ref().map(|open| &open.before).or(self.save.as_ref());
        let sources = before.into_iter().flat_map(|before| &before.mark.logs.sources);
        sources.flat_map(|marked| marked.files.iter().map(|at| (marked.source, *at))).collect()
    }

    /// By the names that this process has for the log sources. One that it has none for is none of its.
    #[must_use]
    pub(super) fn at_site(mut self, sources: &[(SourceId, u32)]) -> Self {
        let named = |source: SourceId| {
            let known = sources.iter().find(|(_, recorded)| *recorded == source.0);
            known.map_or(SourceId(source.0 | SourceId::RECORDED), |(own, _)| *own)
        };
        let open = self.open.as_mut().map(|open| &mut open.before);
        for before in open.into_iter().chain(&mut self.save) {
            for marked in &mut before.mark.logs.sources {
                marked.source = named(marked.source);
            }
        }
        self
    }

    /// The walk came to its end: to a verdict that stands, or to its last step's.
    pub fn finished(&self) -> bool {
        let stands =
            matches!(self.durable.verdict, Some(VerdictWord::Confirmed | VerdictWord::NoRefusalSeen));
        (stands && self.durable.step >= Step::Services) || self.outcomes.contains_key(&Step::Sensors)
    }

    fn take(&mut self, at: Timestamp, fact: &Fact) {
        self.durable.apply(fact);
        self.away |= matches!(fact, Fact::Resumed { .. });
        let since = self.last.filter(|_| !self.away);
        self.watched(since.map(|since| at.duration_since(since) - jumped(fact)));
        self.last = Some(at);
        self.away &= !matches!(fact, Fact::SignedIn { .. } | Fact::WorkedWithoutPortal);
        match fact {
            Fact::EntryChosen { id, account } => self.entry = Some((id.clone(), account.clone())),
            Fact::CanEdit { answer } => self.can_edit = Some(answer.clone()),
            Fact::UsedElsewhere { answer } => self.used_elsewhere = Some(answer.clone()),
            Fact::ChangedInDirectory { answer } => self.changed = Some(answer.clone()),
            Fact::Baseline { .. } => self.baseline = true,
            Fact::Settled { step, outcome } => {
                self.outcomes.insert(*step, outcome.clone());
            }
            Fact::WentBack { to } => self.outcomes.retain(|step, _| step < to),
            Fact::SaveIntended { .. } => self.announced(at, fact),
            Fact::SaveEnded { result, entered, .. } => self.save_ended(at, *result, *entered),
            Fact::Overridden { gate: Gate::ServiceNotRunning, reason, about } => {
                self.excused.extend(about.iter().map(|host| (host.clone(), reason.clone())));
            }
            Fact::ServiceMarked { host, evidence } => self.marked.push((host.clone(), evidence.clone())),
            Fact::Evidence { host, by, .. } => self.witnessed(host, *by),
            Fact::Verdict { verdict, .. } => self.judged(*verdict),
            Fact::IssueClosed { id } => self.issue_closed(id),
            Fact::Resumed { .. }
            | Fact::Began { .. }
            | Fact::SignedIn { .. }
            | Fact::WorkedWithoutPortal
            | Fact::TestedAlone { .. }
            | Fact::ControllerReached { .. }
            | Fact::ControllerUnreachable { .. }
            | Fact::AccountFound { .. }
            | Fact::Attempting { .. }
            | Fact::Attempted { .. }
            | Fact::GuardShut { .. }
            | Fact::AccountNameTyped
            | Fact::AccountRead { .. }
            | Fact::Accepted { .. }
            | Fact::Refused { .. }
            | Fact::AcceptanceVoided
            | Fact::AcceptedInVain { .. }
            | Fact::Overridden { .. }
            | Fact::PasswordCopied
            | Fact::ServiceSeen { .. }
            | Fact::Noted { .. }
            | Fact::Approved { .. }
            | Fact::ClockSetBack { .. }
            | Fact::ClockSetForward { .. }
            | Fact::Paused { .. }
            | Fact::WrittenLate { .. }
            | Fact::HandOverNoted { .. }
            | Fact::Left { .. } => {}
        }
    }

    fn issue_closed(&mut self, id: &Safe) {
        let open = self.open.as_mut().map(|open| &mut open.before);
        for before in open.into_iter().chain(&mut self.save) {
            before.mark.open_issues.remove(id);
        }
    }

    /// A clock that was set back has watched nothing.
    fn watched(&mut self, since: Option<SignedDuration>) {
        let more = since.and_then(|since| Duration::try_from(since).ok()).unwrap_or_default();
        if let Some(save) = &mut self.save {
            save.watched = save.watched.saturating_add(more);
        }
    }

    fn announced(&mut self, at: Timestamp, fact: &Fact) {
        let Fact::SaveIntended {
            change,
            etag,
            hand_off,
            positions,
            open_issues,
            bad_password_count,
            portal_time,
            ..
        } = fact
        else {
            return;
        };
        let Some((_, account)) = self.entry.clone() else { return };
        let positions: Vec<_> = positions.iter().map(|(source, at)| (SourceId(*source), *at)).collect();
        let mark = Mark {
            logs: crate::logs::Mark::of(&positions),
            open_issues: open_issues.iter().cloned().collect(),
            bad_password_count: *bad_password_count,
            portal_time: *portal_time,
        };
        let before = Before {
            mark,
            account,
            saved_at: at,
            watched: Duration::ZERO,
            refusing: BTreeSet::new(),
            took: BTreeSet::new(),
            synced: BTreeSet::new(),
            count_rose: false,
            doubts: BTreeSet::new(),
            verdict: None,
        };
        let (change, etag) = (change.clone(), etag.clone().unwrap_or_default());
        self.open = Some(Announced { change, etag, hand_off: *hand_off, before });
    }

    fn save_ended(&mut self, at: Timestamp, result: SaveWord, entered: Option<Entered>) {
        let Some(Announced { mut before, .. }) = self.open.take() else { return };
        if matches!(result, SaveWord::NotSaved | SaveWord::Conflict) {
            return;
        }
        before.saved_at = at;
        before.doubts.extend(entered.and_then(doubt_of));
        if result == SaveWord::NotKnown {
            before.doubts.insert(Missing::PerhapsNotSaved);
        }
        // What was seen of the services before the save says nothing about it.
        (self.excused, self.marked) = (Vec::new(), Vec::new());
        self.save = Some(before);
    }

    /// A save that is announced is judged only by whoever leaves it, and by nothing but that.
    fn judged(&mut self, verdict: VerdictWord) {
        let open = self.open.as_mut().map(|open| &mut open.before);
        if let Some(before) = open.or(self.save.as_mut()) {
            before.verdict = Some(verdict);
        }
    }

    fn witnessed(&mut self, host: &Safe, by: Option<Witness>) {
        let over = [self.save.as_mut(), self.open.as_mut().map(|open| &mut open.before)];
        for before in over.into_iter().flatten() {
            match by {
                Some(Witness::LogRefused) => {
                    before.refusing.insert(host.clone());
                }
                Some(Witness::LogTook) => {
                    before.took.insert(host.clone());
                }
                Some(Witness::CountRose) => before.count_rose = true,
                Some(Witness::Syncing) => {
                    before.synced.insert(host.clone());
                }
                // The portal tells it again.
                Some(Witness::ServiceStopped | Witness::CredentialIssue) | None => {}
            }
        }
    }
}

/// What a clock shows to have passed that was set forward again, or over which nobody watched.
fn jumped(fact: &Fact) -> SignedDuration {
    let (Fact::ClockSetForward { by_seconds } | Fact::Paused { by_seconds }) = fact else {
        return SignedDuration::ZERO;
    };
    SignedDuration::from_secs(i64::try_from(*by_seconds).unwrap_or(i64::MAX))
}

/// What the operator's word leaves open, which only a sensor that took the credential can settle.
pub(super) fn doubt_of(entered: Entered) -> Option<Missing> {
    match entered {
        Entered::Pasted => None,
        Entered::TypedByHand => Some(Missing::TypedByHand),
        Entered::NotSure => Some(Missing::EntryNotKnown),
    }
}
