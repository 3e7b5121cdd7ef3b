//! After the save: the mark, the evidence, the verdict. Evidence is ordered by position, not by clocks. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::{Instant, Now};
use crate::directory::Account;
use crate::logs::{Known, Position, SourceId};
use crate::portal::{Deployment, HealthIssue, Reading, Sensor, ServiceStatus};
use crate::text::Safe;

/// Where everything stood just before the password left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub positions: BTreeMap<SourceId, Position>,
    /// Issues about a credential that were open already.
    pub open_issues: BTreeSet<Safe>,
    /// Of the PDC emulator.
    pub bad_password_count: Option<u32>,
}

impl Mark {
    /// Whether what stands at `at` was written after the mark. A file first seen later lies after it.
    pub fn before(&self, source: SourceId, at: &Position) -> bool {
        match self.positions.get(&source) {
            Some(mark) if mark.file == at.file => at.offset >= mark.offset,
            Some(_) | None => true,
        }
    }
}

/// One sensor's state after the save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    observed: BTreeMap<Safe, Observed>,
    /// Sources that could be read at the save, less those that failed since.
    watched_throughout: BTreeSet<SourceId>,
    portal_throughout: bool,
    pub verdict: Option<Verdict>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Observed {
    Running,
    Trouble,
    DoesNotUse,
}

impl Watch {
    pub fn new(mark: Mark, account: Account, saved_at: Now, length: Duration) -> Self {
        Self {
            watched_throughout: mark.positions.keys().copied().collect(),
            portal_throughout: true,
            mark,
            account,
            saved_at,
            until: saved_at.at.after(length),
            against: BTreeMap::new(),
            took: BTreeSet::new(),
            observed: BTreeMap::new(),
            verdict: None,
        }
    }

    /// Takes in what a log record said. True if it says something new about this save.
    pub fn found(&mut self, source: SourceId, host: &Safe, at: &Position, known: &Known) -> bool {
        if !self.mark.before(source, at) {
            return false;
        }
        if refuses(known, &self.account) {
            return self.against.entry(host.clone()).or_default().insert(Against::LogRecord);
        }
        if took(known, &self.account) {
            return self.took.insert(host.clone());
        }
        false
    }

    /// A source that fails was not watched throughout.
    pub fn source_failed(&mut self, source: SourceId) {
        self.watched_throughout.remove(&source);
    }

    /// The portal could not be read for so long that an issue might have come and gone unseen.
    pub fn portal_failed(&mut self) {
        self.portal_throughout = false;
    }

    /// Takes in a reading made after the save. Returns the hosts about which something new is held against the save.
    pub fn read(&mut self, reading: &Reading) -> Vec<Safe> {
        let mut news = Vec::new();
        for sensor in &reading.sensors {
            let observed = observe(sensor);
            if observed == Some(Observed::Trouble)
                && sensor.service == ServiceStatus::Stopped
                && self.against.contains_key(&sensor.host)
                && self.against.entry(sensor.host.clone()).or_default().insert(Against::ServiceStopped)
            {
                news.push(sensor.host.clone());
            }
            if let Some(observed) = observed {
                self.observed.insert(sensor.host.clone(), observed);
            }
        }
        let new: Vec<&HealthIssue> = reading.issues.iter().filter(|issue| self.is_new(issue)).collect();
        for issue in new {
            if self.against.entry(Safe::default()).or_default().insert(Against::CredentialIssue) {
                news.push(issue.name.clone());
            }
        }
        news
    }

    fn is_new(&self, issue: &HealthIssue) -> bool {
        issue.about_credential() && issue.open() && !self.mark.open_issues.contains(&issue.id)
    }

    /// What a probe saw of a service, after the save.
    pub fn probed(&mut self, host: &Safe, running: bool) {
        if running {
            self.observed.insert(host.clone(), Observed::Running);
        } else {
            self.observed.insert(host.clone(), Observed::Trouble);
            if let Some(against) = self.against.get_mut(host) {
                against.insert(Against::ServiceStopped);
            }
        }
    }

    pub fn count_rose(&mut self) {
        self.against.entry(Safe::default()).or_default().insert(Against::CountRose);
    }

    /// A refusal that two kinds of evidence, two hosts or a credential issue agree on.
    pub fn refused(&self) -> bool {
        let kinds: BTreeSet<Against> = self.against.values().flatten().copied().collect();
        let hosts = self.against.values().filter(|against| against.contains(&Against::LogRecord)).count();
        kinds.contains(&Against::CredentialIssue)
            || hosts >= 2
            || (kinds.contains(&Against::LogRecord) && kinds.len() >= 2)
    }

    /// Hosts whose logs refuse the credential.
    pub fn refusing_hosts(&self) -> impl Iterator<Item = &Safe> {
        self.against.iter().filter(|(_, kinds)| kinds.contains(&Against::LogRecord)).map(|(host, _)| host)
    }

    /// Something is held against the save, and nothing agrees with it yet.
    pub fn suspected(&self) -> bool {
        !self.refused() && self.refusing_hosts().next().is_some()
    }

    pub fn finding(&self, sensor: &Sensor) -> Finding {
        if self.against.get(&sensor.host).is_some_and(|kinds| kinds.contains(&Against::LogRecord)) {
            return if self.refused() { Finding::Refused } else { Finding::Suspected };
        }
        if !sensor.uses_entry() {
            return Finding::DoesNotUse;
        }
        match self.observed.get(&sensor.host) {
            Some(Observed::Trouble) => Finding::Trouble,
            Some(Observed::DoesNotUse) => Finding::DoesNotUse,
            Some(Observed::Running) if self.took.contains(&sensor.host) => Finding::TookIt,
            Some(Observed::Running) => Finding::RunningNoRefusal,
            None => Finding::NotObserved,
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
                Finding::RunningNoRefusal | Finding::TookIt | Finding::DoesNotUse => None,
            })
            .collect();
        if sensors.iter().all(|sensor| self.finding(sensor) == Finding::DoesNotUse)
            || (self.watched_throughout.is_empty() && !self.portal_throughout)
        {
            missing.push(Missing::NothingWatched);
        }
        missing.extend(self.refusing_hosts().map(|host| Missing::Suspected(host.clone())));
        missing.sort();
        missing.dedup();
        missing
    }
}

/// A refused credential for this account, or for none that it names.
fn refuses(known: &Known, account: &Account) -> bool {
    match known {
        Known::Refused { account: None, .. } => true,
        Known::Refused { account: Some(named), .. } => names(named, account),
        _ => false,
    }
}

fn took(known: &Known, account: &Account) -> bool {
    match known {
        Known::TookCredential { account: named, .. } => names(named, account),
        _ => false,
    }
}

/// Bare, as a principal, or with the domain's short name in front.
fn names(named: &str, account: &Account) -> bool {
    let bare = named.rsplit('\\').next().unwrap_or(named);
    let bare = bare.split('@').next().unwrap_or(bare);
    bare.eq_ignore_ascii_case(&account.name)
}

fn observe(sensor: &Sensor) -> Option<Observed> {
    if !sensor.uses_entry() {
        return Some(Observed::DoesNotUse);
    }
    if matches!(
        sensor.deployment,
        Deployment::Syncing
            | Deployment::Disconnected
            | Deployment::Unreachable
            | Deployment::StartFailure
            | Deployment::UpdateFailed
    ) {
        return Some(Observed::Trouble);
    }
    match sensor.service {
        ServiceStatus::Running => Some(Observed::Running),
        ServiceStatus::Stopped | ServiceStatus::Starting => Some(Observed::Trouble),
        ServiceStatus::Disabled => Some(Observed::DoesNotUse),
        ServiceStatus::Onboarding
        | ServiceStatus::Unknown
        | ServiceStatus::Other(_)
        | ServiceStatus::Absent => None,
    }
}
