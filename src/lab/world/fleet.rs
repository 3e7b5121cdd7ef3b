//! The sensors and the health issues the portal raises about them.
//!
//! Relies on the scenario and moments handed in. Pure. Deliberately absent: the shapes in which the portal tells it,
//! the logs, and the binds themselves; whoever makes them reports how they ended.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::DOMAIN;
use super::directory::{Directory, Place, Role};
use crate::lab::scenario::Scenario;
use crate::lab::seeded;

mod issue;

pub use issue::{Issue, IssueKind};

pub const VERSION: &str = "2.254.19112.470";
pub const OLDER_VERSION: &str = "2.253.19005.12";
pub const VERSION_THREE: &str = "3.0.4.812";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensorKind {
    DomainController,
    Standalone,
    FederationServer,
    CertificateServer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Running,
    Stopped,
}

/// How a sensor's bind ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    Accepted { controller: String },
    Refused { controller: String, code: u32 },
    Unreachable { controller: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sensor {
    pub id: String,
    pub name: String,
    pub kind: SensorKind,
    pub version: &'static str,
    pub service: Service,
    pub syncing: bool,
    /// Stopped long enough for the portal to call it a failed start.
    pub start_failed: bool,
    pub process: u32,
    pub created: Timestamp,
}

impl Sensor {
    pub fn host(&self) -> String {
        format!("{}.{DOMAIN}", self.name)
    }

    pub fn uses_entry(&self) -> bool {
        self.version != VERSION_THREE
    }
}

pub struct Fleet {
    pub sensors: Vec<Sensor>,
    pub issues: Vec<Issue>,
    logging: usize,
    updates: bool,
    next_issue: u64,
}

impl Fleet {
    pub fn new(scenario: &Scenario, now: Timestamp) -> Self {
        let settings = &scenario.fleet;
        let named = settings.sensors.saturating_sub(settings.standalone);
        let mut sensors: Vec<Sensor> = (0..settings.sensors).map(|index| sensor(index, named, now)).collect();
        // Version 3 runs beside the others on a server of its own kind, never on a standalone one.
        for sensor in sensors.iter_mut().take(named).rev().take(settings.version_three) {
            sensor.version = VERSION_THREE;
        }
        let yesterday = now.saturating_sub(SignedDuration::from_hours(30)).unwrap_or(now);
        let mut old = Issue::new(1, IssueKind::Credentials, yesterday);
        old.close(yesterday.saturating_add(SignedDuration::from_mins(52)).unwrap_or(now));
        let (logging, updates) = (settings.logging.min(sensors.len()), settings.updates);
        Self { logging, updates, sensors, issues: vec![old], next_issue: 2 }
    }

    /// How many of the sensors, counted from the first, write logs.
    pub fn logging(&self) -> usize {
        self.logging
    }

    pub fn using_entry(&self) -> Vec<usize> {
        let all = self.sensors.iter().enumerate();
        all.filter(|(_, sensor)| sensor.uses_entry()).map(|(index, _)| index).collect()
    }

    /// Which sensors will wake for this entry, and how long each takes.
    pub fn wakes(&self, generation: u64) -> Vec<(usize, Duration)> {
        let delay = |sensor: usize| {
            let seed = generation.wrapping_mul(0x1_0001).wrapping_add(sensor as u64);
            Duration::from_millis(seeded::between(seed, 500, 3000))
        };
        self.using_entry().into_iter().map(|sensor| (sensor, delay(sensor))).collect()
    }

    /// How long until a sensor's next routine line.
    pub fn heartbeat(&self, sensor: usize, beat: u64) -> Duration {
        let seed = beat.wrapping_mul(0x2_0003).wrapping_add(sensor as u64) ^ 0xbea7;
        Duration::from_millis(seeded::between(seed, 20_000, 45_000))
    }

    /// The controllers a sensor would ask, best first: the one it runs on, then the others in turn.
    pub fn preferred(&self, sensor: usize, directory: &Directory) -> Vec<usize> {
        let host = self.sensors.get(sensor).map(Sensor::host);
        let writable = |index: &usize| {
            directory
                .controllers
                .get(*index)
                .is_some_and(|known| known.place == Place::Main && known.role != Role::ReadOnly)
        };
        let own = directory.controllers.iter().position(|known| Some(&known.host) == host.as_ref());
        let own = own.filter(|index| {
            directory.controllers.get(*index).is_some_and(|known| known.role != Role::ReadOnly)
        });
        let mut others: Vec<usize> = (0..directory.controllers.len()).filter(writable).collect();
        if !others.is_empty() {
            let by = sensor.checked_rem(others.len()).unwrap_or(0);
            others.rotate_left(by);
        }
        own.into_iter().chain(others.into_iter().filter(|index| Some(*index) != own)).collect()
    }

    /// A sensor has seen the change and reads its configuration.
    pub fn wake(&mut self, sensor: usize) {
        if let Some(sensor) = self.sensors.get_mut(sensor) {
            sensor.syncing = true;
            if self.updates && sensor.version == OLDER_VERSION {
                sensor.version = VERSION;
            }
        }
    }

    pub fn accepted(&mut self, sensor: usize) {
        if let Some(sensor) = self.sensors.get_mut(sensor) {
            // The updater starts a service that was stopped; one that runs only signs in anew.
            if sensor.service == Service::Stopped {
                sensor.process = sensor.process.wrapping_add(1384);
            }
            sensor.service = Service::Running;
            sensor.syncing = false;
            sensor.start_failed = false;
        }
    }

    pub fn gave_up(&mut self, sensor: usize) {
        if let Some(sensor) = self.sensors.get_mut(sensor) {
            sensor.service = Service::Stopped;
            sensor.syncing = false;
        }
    }

    /// As it is hours after a wrong password was saved.
    pub fn stop_all(&mut self, now: Timestamp) {
        let since = now.saturating_sub(SignedDuration::from_hours(2)).unwrap_or(now);
        for index in self.using_entry() {
            self.gave_up(index);
            if let Some(sensor) = self.sensors.get_mut(index) {
                sensor.start_failed = true;
                let host = sensor.host();
                self.open(IssueKind::StartFailed { host }, since);
            }
        }
        self.open(IssueKind::Credentials, since);
    }

    /// Opens or closes issues after what the sensors do now; says whether any changed.
    pub fn review(&mut self, now: Timestamp) -> bool {
        let stopped: Vec<String> =
            self.sensors.iter().filter(|sensor| sensor.start_failed).map(Sensor::host).collect();
        let any = self.sensors.iter().any(|sensor| sensor.service == Service::Stopped);
        let mut changed = false;
        for issue in self.issues.iter_mut().filter(|issue| issue.open) {
            let still = match &issue.kind {
                IssueKind::Credentials => any,
                IssueKind::StartFailed { host } => stopped.contains(host),
            };
            if !still {
                issue.close(now);
                changed = true;
            }
        }
        let known = self.issues.iter().any(|issue| issue.open && issue.kind == IssueKind::Credentials);
        if any && !known {
            self.open(IssueKind::Credentials, now);
            changed = true;
        }
        changed
    }

    /// Open issues that name this host.
    pub fn open_issues(&self, host: &str) -> usize {
        self.issues.iter().filter(|issue| issue.open && issue.names(host)).count()
    }

    fn open(&mut self, kind: IssueKind, now: Timestamp) {
        self.issues.push(Issue::new(self.next_issue, kind, now));
        self.next_issue = self.next_issue.wrapping_add(1);
    }
}

/// Two servers of other kinds stand at the end of the controllers, the standalone sensors after them.
fn sensor(index: usize, named: usize, now: Timestamp) -> Sensor {
    let number = index.saturating_add(1);
    let (name, kind) = if index >= named {
        (format!("mdi-sa{}", number.saturating_sub(named)), SensorKind::Standalone)
    } else if named > 4 && number == named {
        ("ca1".into(), SensorKind::CertificateServer)
    } else if named > 4 && number.saturating_add(1) == named {
        ("adfs1".into(), SensorKind::FederationServer)
    } else {
        (format!("dc{number}"), SensorKind::DomainController)
    };
    let seed = 0x5e00_0000_u64.wrapping_add(index as u64);
    Sensor {
        id: seeded::guid(seed),
        name,
        kind,
        version: if index.is_multiple_of(7) && index > 0 { OLDER_VERSION } else { VERSION },
        service: Service::Running,
        syncing: false,
        start_failed: false,
        process: u32::try_from(seeded::between(seed, 1000, 9000)).unwrap_or(1000) & !3,
        created: now.saturating_sub(SignedDuration::from_hours(24 * 300)).unwrap_or(now),
    }
}

#[cfg(test)]
mod tests;
