//! The table's rows: as aligned lines, or as objects for programs. Pure.
//!
//! Relies on `walkthrough::words`, so that a state has the same name here as on the screen. Deliberately absent: when a
//! row is said.

use std::cmp::Reverse;

use serde::Serialize;

use crate::portal::{
    Deployment, Health, HealthIssue, IssueStatus, Reading, Sensor, SensorKind, ServiceStatus,
};
use crate::text::Safe;
use crate::walkthrough::words;

/// One object; its keys and their words stay.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Line {
    Sensor {
        host: Safe,
        domain: Option<Safe>,
        kind: Option<Safe>,
        version: Option<Safe>,
        service: Option<Safe>,
        status: Option<Safe>,
        health: Option<Safe>,
        open_issues: Option<u32>,
        /// What it was at the reading before.
        was: Option<Safe>,
    },
    Gone {
        host: Safe,
    },
    Issue {
        name: Safe,
        severity: Option<Safe>,
        status: Safe,
        about_credential: bool,
        created: Option<jiff::Timestamp>,
        modified: Option<jiff::Timestamp>,
        sensors: Vec<Safe>,
        recommendations: Vec<Safe>,
    },
    Reading {
        sensors: usize,
        running: usize,
        credential_issues: usize,
        portal_time: Option<jiff::Timestamp>,
    },
    Fault {
        what: Safe,
        remedy: &'static str,
        again_in_seconds: u64,
    },
}

impl Line {
    pub fn of_sensor(sensor: &Sensor, was: Option<Safe>) -> Self {
        Self::Sensor {
            host: sensor.host.clone(),
            domain: told(&sensor.domain),
            kind: told(&match &sensor.kind {
                SensorKind::Other(word) => word.clone(),
                kind => hyphened(&words::kind(kind)),
            }),
            version: told(&sensor.version),
            service: match &sensor.service {
                ServiceStatus::Absent => None,
                service => told(&words::service_status(service)),
            },
            status: match &sensor.deployment {
                Deployment::Absent => None,
                Deployment::Other(word) => Some(word.clone()),
                status => Some(hyphened(&words::deployment(status))),
            },
            health: match &sensor.health {
                Health::Absent => None,
                health => told(&words::health(health)),
            },
            open_issues: sensor.open_issues,
            was,
        }
    }

    pub fn of_issue(issue: &HealthIssue) -> Self {
        Self::Issue {
            name: issue.name.clone(),
            severity: told(&issue.severity),
            status: match &issue.status {
                IssueStatus::Open => Safe::new("open"),
                IssueStatus::Closed => Safe::new("closed"),
                IssueStatus::Suppressed => Safe::new("suppressed"),
                IssueStatus::Other(word) => word.clone(),
            },
            about_credential: issue.about_credential(),
            created: issue.created,
            modified: issue.modified,
            sensors: issue.sensors.clone(),
            recommendations: issue.recommendations.clone(),
        }
    }

    pub fn of_reading(reading: &Reading) -> Self {
        Self::Reading {
            sensors: reading.sensors.len(),
            running: reading.sensors.iter().filter(|one| one.service == ServiceStatus::Running).count(),
            credential_issues: credential_issues(reading).count(),
            portal_time: reading.portal_time,
        }
    }
}

fn told(text: &Safe) -> Option<Safe> {
    (!text.is_empty()).then(|| text.clone())
}

fn hyphened(words: &Safe) -> Safe {
    Safe::from(words.to_lowercase().replace(' ', "-"))
}

pub(super) fn credential_issues(reading: &Reading) -> impl Iterator<Item = &HealthIssue> {
    reading.issues.iter().filter(|issue| issue.about_credential() && issue.open())
}

/// Stopped, or so that the portal can't have it running.
pub(super) fn in_trouble(sensor: &Sensor) -> bool {
    sensor.service == ServiceStatus::Stopped
        || matches!(
            sensor.deployment,
            Deployment::StartFailure
                | Deployment::Disconnected
                | Deployment::Unreachable
                | Deployment::UpdateFailed
        )
}

/// Trouble first, as on the screen.
pub(super) fn sorted(reading: &Reading) -> Vec<&Sensor> {
    let mut sensors: Vec<&Sensor> = reading.sensors.iter().collect();
    sensors.sort_by_cached_key(|one| {
        let running = one.service == ServiceStatus::Running;
        let healthy = one.health == Health::Healthy;
        (!in_trouble(one), running, healthy, Reverse(one.open_issues), one.host.clone())
    });
    sensors
}

const HEADINGS: [&str; 8] = ["sensor", "service", "status", "health", "open", "version", "type", "domain"];

fn cells(sensor: &Sensor) -> [Safe; 8] {
    [
        sensor.host.clone(),
        words::service_status(&sensor.service),
        words::deployment(&sensor.deployment),
        words::health(&sensor.health),
        words::open_issues(sensor.open_issues, "—"),
        sensor.version.clone(),
        words::kind(&sensor.kind),
        sensor.domain.clone(),
    ]
}

/// A heading, then a line for each sensor, each column as wide as its widest cell.
pub(super) fn table(sensors: &[&Sensor]) -> Vec<Safe> {
    let headings = HEADINGS.map(Safe::new);
    let rows: Vec<[Safe; 8]> =
        std::iter::once(headings).chain(sensors.iter().map(|one| cells(one))).collect();
    let mut widths = [0; 8];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    rows.iter()
        .map(|row| {
            let padded: Vec<String> =
                row.iter().zip(widths).map(|(cell, width)| format!("{:width$}", cell.as_str())).collect();
            Safe::from(padded.join("  ").trim_end().to_owned())
        })
        .collect()
}

/// An open issue about a credential, and what Microsoft recommends under it.
pub(super) fn issue(issue: &HealthIssue) -> Vec<Safe> {
    let suppressed = if issue.status == IssueStatus::Suppressed { ", suppressed" } else { "" };
    let since = issue
        .created
        .map_or_else(String::new, |at| format!(", since {} {}", words::day(at), words::clock(at)));
    let mut lines = vec![Safe::from(format!("Open{suppressed}{since}: {}", issue.name))];
    lines.extend(issue.recommendations.iter().map(|advice| Safe::from(format!("  Microsoft: {advice}"))));
    lines
}

#[cfg(test)]
mod tests;
