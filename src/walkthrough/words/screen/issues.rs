//! Health issues in words: those about a credential by name, with what Microsoft recommends; the rest counted.
//!
//! Deliberately absent: judging them, which the watch does.

use crate::portal::{HealthIssue, Reading, Sensor};
use crate::text::Safe;
use crate::walkthrough::Walkthrough;

use super::{Truth, safe};

/// In one place at once; more are counted.
const NAMED: usize = 2;
/// Of a sensor, in its detail.
const IN_DETAIL: usize = 5;

/// Open issues about a credential: those that came after the mark, and those that were there before.
pub fn credential_issues(walk: &Walkthrough) -> Vec<Truth> {
    let Some(reading) = &walk.portal.reading else { return Vec::new() };
    let open: Vec<&HealthIssue> = about_credential(reading).collect();
    let mut truths: Vec<Truth> = open.iter().take(NAMED).map(|issue| told(walk, issue)).collect();
    let more = open.len().saturating_sub(truths.len());
    if more > 0 {
        truths.push(Truth::Plain(super::counted(
            more,
            "more open issue about a credential.",
            "more open issues about a credential.",
        )));
    }
    truths
}

fn told(walk: &Walkthrough, issue: &HealthIssue) -> Truth {
    let advice = issue.recommendations.first();
    let advice = advice.map_or_else(String::new, |advice| format!(" Microsoft: {advice}"));
    let name = &issue.name;
    match &walk.watch {
        Some(watch) if watch.holds(issue) => Truth::Bad(safe(format!("New since the save: {name}.{advice}"))),
        Some(_) => Truth::Plain(safe(format!("Open since before the save: {name}."))),
        None => Truth::Warn(safe(format!("Open: {name}.{advice}"))),
    }
}

/// Open issues of one sensor, or of all of them at once, for its detail.
pub fn sensor_issues(walk: &Walkthrough, sensor: &Sensor) -> Vec<(&'static str, Safe)> {
    let Some(reading) = &walk.portal.reading else { return Vec::new() };
    let concerns = |issue: &&HealthIssue| {
        issue.open() && (issue.sensors.contains(&sensor.host) || (issue.global && issue.about_credential()))
    };
    let mut whole = Vec::new();
    for issue in reading.issues.iter().filter(concerns).take(IN_DETAIL) {
        let severity = if issue.severity.is_empty() { "" } else { ", " };
        whole.push(("Issue", safe(format!("{}{severity}{}", issue.name, issue.severity))));
        whole.extend(issue.recommendations.iter().map(|advice| ("Microsoft", advice.clone())));
    }
    whole
}

fn about_credential(reading: &Reading) -> impl Iterator<Item = &HealthIssue> {
    reading.issues.iter().filter(|issue| issue.about_credential() && issue.open())
}
