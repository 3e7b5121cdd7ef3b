//! After the save: the mark, the evidence, the verdict. Evidence is ordered by position, not by clocks. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::{Instant, Now};
use crate::directory::Account;
use crate::logs::{Known, Position, Side, SourceId};
use crate::portal::order::Reliance;
use crate::portal::{Deployment, Entry, Reading, Sensor, ServiceStatus};
use crate::sensor::Standing;
use crate::text::Safe;

use super::fact::Witness;

mod basis;
mod evidence;
mod issue;
mod order;
mod resumed;
#[cfg(test)]
mod tests;

use evidence::{Observed, observe, probed, refuses, took};

pub use resumed::Before;

/// Where everything stood just before the password left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Of every log source, one place for each of its files.
    pub logs: crate::logs::Mark,
    /// Issues about a credential that were open already.
    pub open_issues: BTreeSet<Safe>,
    /// Of the PDC emulator.
    pub bad_password_count: Option<u32>,
    /// By the portal's own clock, which issues' times are compared with.
    pub portal_time: Option<Timestamp>,
}

impl Mark {
    /// Whether the mark lies before what stands at `at`. A file that came later lies after it.
    pub fn before(&self, at: &Place) -> bool {
        self.logs.side_of(at.source, at.position, at.context) == Side::After
    }
}

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub source: SourceId,
    pub host: Safe,
    pub position: Position,
    /// It was there when the source was opened.
    pub context: bool,
}

/// One sensor's state after the save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    Refused,
    Suspected,
    Trouble,
    NotObserved,
    RunningNoRefusal,
    TookIt,
    DoesNotUse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictWord {
    Confirmed,
    Refused,
    NoRefusalSeen,
    NotConfirmed,
}

/// What the watch came to, and what was missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub word: VerdictWord,
    pub missing: Vec<Missing>,
}

/// What kept the verdict from being *confirmed*.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    NotObserved(Safe),
    InTrouble(Safe),
    /// One line of one host, and no second kind of evidence.
    Suspected(Safe),
    /// Another entry could have served this sensor, and nothing showed that it took this one.
    PerhapsOtherEntry(Safe),
    /// At the portal, by hand: it may differ from what was tested, and no sensor showed that it took it.
    TypedByHand,
    /// At the portal, nobody remembers how; as good as typed by hand.
    EntryNotKnown,
    /// The operator was not sure that it was saved, and no sensor showed that it took it.
    PerhapsNotSaved,
    /// Nothing that would show a refusal was watched throughout.
    NothingWatched,
    /// The operator left before the watch time was over.
    LeftEarly,
}

/// A kind of evidence that a sensor was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    LogRecord,
    ServiceStopped,
    CredentialIssue,
    CountRose,
}

/// The watch over one save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    pub mark: Mark,
    pub account: Account,
    pub saved_at: Now,
    pub until: Instant,
    /// By host; a global issue or a count stands under the empty name.
    against: BTreeMap<Safe, BTreeSet<Against>>,
    took: BTreeSet<Safe>,
    /// By the portal, and by the probe.
    observed: BTreeMap<Safe, Observed>,
    probed: BTreeMap<Safe, Observed>,
    /// Issues that say nothing about this save: open at the mark, and never seen closed since.
    old_issues: BTreeSet<Safe>,
    /// Sources that could be read at the save, less those that failed since.
    watched_throughout: BTreeSet<SourceId>,
    portal_throughout: bool,
    /// The portal was read after the save, at least once.
    portal_read: bool,
    /// All of the portal's entries, and which of them was saved.
    entries: Vec<Entry>,
    entry: Safe,
    /// What only a sensor that took the credential can settle.
    doubts: BTreeSet<Missing>,
    /// Sensors that were syncing already, and those that have begun to.
    synced_before: BTreeSet<Safe>,
    syncing: BTreeSet<Safe>,
    pub verdict: Option<Verdict>,
}

impl Watch {
    pub fn new(mark: Mark, account: Account, saved_at: Now, length: Duration) -> Self {
        Self {
            watched_throughout: mark.logs.sources.iter().map(|marked| marked.source).collect(),
            portal_throughout: true,
            portal_read: false,
            entries: Vec::new(),
            entry: Safe::default(),
            doubts: BTreeSet::new(),
            synced_before: BTreeSet::new(),
            syncing: BTreeSet::new(),
            old_issues: mark.open_issues.clone(),
            mark,
            account,
            saved_at,
            until: saved_at.at.after(length),
            against: BTreeMap::new(),
            took: BTreeSet::new(),
            observed: BTreeMap::new(),
            probed: BTreeMap::new(),
            verdict: None,
        }
    }

    /// The save that it watches over was answered: the watch time begins.
    pub fn begin(&mut self, saved_at: Now, length: Duration) {
        self.saved_at = saved_at;
        self.until = saved_at.at.after(length);
    }

    /// Of a save at the portal, by the operator's word.
    pub fn doubt(&mut self, doubts: impl IntoIterator<Item = Missing>) {
        self.doubts.extend(doubts);
    }

    /// Sensors that don't use the entry, as known before the save, or before the watch goes on: nothing they write is
    /// held against it.
    pub fn leave_out(&mut self, reading: &Reading) {
        let unused = reading.sensors.iter().filter(|sensor| !sensor.uses_entry());
        self.observed.extend(unused.map(|sensor| (sensor.host.clone(), Observed::DoesNotUse)));
        self.synced_before = syncing(reading).cloned().collect();
    }

    /// Who has begun to sync since the mark: the first sign that a save arrived. Returns the first of all, once.
    pub fn see_syncing(&mut self, reading: &Reading) -> Option<Safe> {
        let first = self.syncing.is_empty();
        let now: BTreeSet<Safe> = syncing(reading).cloned().collect();
        self.synced_before.retain(|host| now.contains(host));
        self.syncing.extend(now.difference(&self.synced_before).cloned());
        self.syncing.first().filter(|_| first).cloned()
    }

    /// Sensors that were seen syncing since the mark.
    pub fn synced(&self) -> &BTreeSet<Safe> {
        &self.syncing
    }

    /// Takes in what a log record said; what it witnesses, if that is new about this save.
    pub fn found(&mut self, at: &Place, known: &Known) -> Option<Witness> {
        let host = &at.host;
        if !self.mark.before(at) {
            return None;
        }
        if refuses(known, &self.account) {
            return self.hold(host, Against::LogRecord).then_some(Witness::LogRefused);
        }
        let took = took(known, &self.account) && self.took.insert(host.clone());
        took.then_some(Witness::LogTook)
    }

    /// A source that fails was not watched throughout.
    pub fn source_failed(&mut self, source: SourceId) {
        self.watched_throughout.remove(&source);
    }

    /// The portal could not be read for so long that an issue might have come and gone unseen.
    pub fn portal_failed(&mut self) {
        self.portal_throughout = false;
    }

    /// Issues that were open at the mark, and that this reading shows closed: open again, they are about this save.
    pub fn issues_closed(&mut self, reading: &Reading) -> Vec<Safe> {
        let closed = reading.issues.iter().filter(|issue| issue.about_credential() && !issue.open());
        closed.filter(|issue| self.old_issues.remove(&issue.id)).map(|issue| issue.id.clone()).collect()
    }

    /// Takes in a reading asked for after the save. Returns what is new and held against the save.
    pub fn read(&mut self, reading: &Reading) -> Vec<(Safe, Witness)> {
        self.portal_read = true;
        self.issues_closed(reading);
        let mut news = Vec::new();
        for sensor in &reading.sensors {
            match observe(sensor) {
                Some(observed) => self.observed.insert(sensor.host.clone(), observed),
                None => self.observed.remove(&sensor.host),
            };
            if sensor.service == ServiceStatus::Stopped && self.stopped(&sensor.host) {
                news.push((sensor.host.clone(), Witness::ServiceStopped));
            }
        }
        for issue in reading.issues.iter().filter(|issue| issue.about_credential()) {
            if issue.open() && self.holds(issue) && self.hold(&Safe::default(), Against::CredentialIssue) {
                news.push((issue.name.clone(), Witness::CredentialIssue));
            }
        }
        news
    }

    /// What a probe saw of a service, after the save.
    pub fn probed(&mut self, host: &Safe, standing: &Standing) {
        match probed(standing) {
            Some(Some(observed)) => {
                self.probed.insert(host.clone(), observed);
            }
            Some(None) => {
                self.probed.remove(host);
            }
            None => {}
        }
        if matches!(standing, Standing::Stopped { .. }) {
            self.stopped(host);
        }
    }

    /// A stopped service agrees with a refusal that its host wrote. True if that is new.
    fn stopped(&mut self, host: &Safe) -> bool {
        self.against.contains_key(host) && self.hold(host, Against::ServiceStopped)
    }

    fn hold(&mut self, host: &Safe, against: Against) -> bool {
        self.against.entry(host.clone()).or_default().insert(against)
    }

    /// True if that is new.
    pub fn count_rose(&mut self) -> bool {
        self.hold(&Safe::default(), Against::CountRose)
    }

    /// A refusal that two kinds of evidence, two hosts or a credential issue agree on.
    pub fn refused(&self) -> bool {
        let kinds: BTreeSet<Against> = self.held().flat_map(|(_, kinds)| kinds).copied().collect();
        kinds.contains(&Against::CredentialIssue)
            || self.refusing_hosts().count() >= 2
            || (kinds.contains(&Against::LogRecord) && kinds.len() >= 2)
    }

    /// What is held against the save; never what a sensor wrote that doesn't use the entry.
    fn held(&self) -> impl Iterator<Item = (&Safe, &BTreeSet<Against>)> {
        self.against.iter().filter(|(host, _)| self.observed.get(*host) != Some(&Observed::DoesNotUse))
    }

    /// Hosts whose logs refuse the credential.
    pub fn refusing_hosts(&self) -> impl Iterator<Item = &Safe> {
        self.held().filter(|(_, kinds)| kinds.contains(&Against::LogRecord)).map(|(host, _)| host)
    }

    /// Something is held against the save, and nothing agrees with it yet.
    pub fn suspected(&self) -> bool {
        !self.refused() && self.refusing_hosts().next().is_some()
    }

    pub fn finding(&self, sensor: &Sensor) -> Finding {
        if !sensor.uses_entry() {
            return Finding::DoesNotUse;
        }
        if self.refusing_hosts().any(|host| *host == sensor.host) {
            return if self.refused() { Finding::Refused } else { Finding::Suspected };
        }
        // Another entry is nearer: how the sensor fares says nothing about this one, unless its log says so.
        if self.reliance(sensor) == Reliance::Behind && !self.took.contains(&sensor.host) {
            return Finding::DoesNotUse;
        }
        match (self.observed.get(&sensor.host), self.probed.get(&sensor.host)) {
            (Some(Observed::DoesNotUse), _) => Finding::DoesNotUse,
            (Some(Observed::Trouble), _) | (_, Some(Observed::Trouble)) => Finding::Trouble,
            (None, None | Some(Observed::DoesNotUse)) => Finding::NotObserved,
            (Some(Observed::Running), _) | (_, Some(Observed::Running)) => {
                if self.took.contains(&sensor.host) { Finding::TookIt } else { Finding::RunningNoRefusal }
            }
        }
    }

    /// Reaches a verdict if it is time; a refusal doesn't wait for the end. True when the verdict is new.
    pub fn conclude(&mut self, sensors: &[Sensor], now: Instant) -> bool {
        if self.refused() && self.verdict.as_ref().is_none_or(|verdict| verdict.word != VerdictWord::Refused)
        {
            self.verdict = Some(Verdict { word: VerdictWord::Refused, missing: Vec::new() });
            return true;
        }
        if self.verdict.is_some() || now < self.until {
            return false;
        }
        let missing = self.missing(sensors);
        let word = if missing.is_empty() {
            VerdictWord::Confirmed
        } else if self.suspected() {
            VerdictWord::NotConfirmed
        } else {
            VerdictWord::NoRefusalSeen
        };
        self.verdict = Some(Verdict { word, missing });
        true
    }

    fn missing(&self, sensors: &[Sensor]) -> Vec<Missing> {
        let mut missing: Vec<Missing> = sensors
            .iter()
            .filter_map(|sensor| match self.finding(sensor) {
                Finding::NotObserved => Some(Missing::NotObserved(sensor.host.clone())),
                Finding::Trouble => Some(Missing::InTrouble(sensor.host.clone())),
                Finding::Suspected | Finding::Refused => Some(Missing::Suspected(sensor.host.clone())),
                Finding::RunningNoRefusal if self.reliance(sensor) != Reliance::Alone => {
                    Some(Missing::PerhapsOtherEntry(sensor.host.clone()))
                }
                Finding::RunningNoRefusal | Finding::TookIt | Finding::DoesNotUse => None,
            })
            .collect();
        let portal = self.portal_throughout && self.portal_read;
        if sensors.iter().all(|sensor| self.finding(sensor) == Finding::DoesNotUse)
            || (self.watched_throughout.is_empty() && !portal)
        {
            missing.push(Missing::NothingWatched);
        }
        missing.extend(self.refusing_hosts().map(|host| Missing::Suspected(host.clone())));
        if self.took.is_empty() {
            missing.extend(self.doubts.iter().cloned());
        }
        missing.sort();
        missing.dedup();
        missing
    }
}

/// Of the sensors that may use the entry.
fn syncing(reading: &Reading) -> impl Iterator<Item = &Safe> {
    let syncing = reading.sensors.iter().filter(|sensor| sensor.deployment == Deployment::Syncing);
    syncing.filter(|sensor| sensor.uses_entry()).map(|sensor| &sensor.host)
}
