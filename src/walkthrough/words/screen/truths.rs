//! Lines of truth: what is known, in a sentence, with a tone that says how to take it.

use crate::portal::{Reading, Sensor, ServiceStatus};
use crate::text::Safe;
use crate::walkthrough::{Saving, Walkthrough};

use super::{counted, safe};

/// A sentence that is good, bad or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    Good(Safe),
    Warn(Safe),
    Bad(Safe),
    Plain(Safe),
}

/// Sensors by their service's state, running first: `12 sensors: 11 running, 1 stopped`.
pub fn by_status(reading: &Reading) -> Safe {
    let total = counted(reading.sensors.len(), "sensor", "sensors");
    let parts = tally(&reading.sensors, |sensor| super::service_status(&sensor.service));
    if parts.is_empty() { total } else { safe(format!("{total}: {}", parts.join(", "))) }
}

/// Sensors by the first two numbers of their version.
pub fn by_version(reading: &Reading) -> Safe {
    let parts = tally(&reading.sensors, |sensor| {
        let mut numbers = sensor.version.split('.');
        match (numbers.next(), numbers.next()) {
            (Some(major), Some(minor)) if !major.is_empty() => safe(format!("{major}.{minor}")),
            _ => Safe::new("no version told"),
        }
    });
    if parts.is_empty() { Safe::new("none") } else { safe(parts.join(", ")) }
}

/// `3 of this, 1 of that`, the most frequent first.
fn tally(sensors: &[Sensor], of: impl Fn(&Sensor) -> Safe) -> Vec<String> {
    let mut counts: Vec<(Safe, usize)> = Vec::new();
    for word in sensors.iter().map(of) {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => counts.push((word, 1)),
        }
    }
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts.iter().map(|(word, count)| format!("{count} {word}")).collect()
}

/// What is to be known before work begins: what is in trouble already, and what a new password can't mend.
pub fn warnings(walk: &Walkthrough) -> Vec<Truth> {
    let Some(reading) = walk.portal.reading.as_ref() else { return Vec::new() };
    let mut warnings = Vec::new();
    let stopped = reading.sensors.iter().filter(|sensor| sensor.service == ServiceStatus::Stopped).count();
    if stopped > 0 {
        let stopped = counted(stopped, "sensor's service is", "sensors' services are");
        warnings.push(Truth::Warn(safe(format!("{stopped} stopped already, before anything was changed."))));
    }
    for issue in reading.issues.iter().filter(|issue| issue.about_credential() && issue.open()).take(2) {
        warnings.push(Truth::Warn(safe(format!(
            "Open already: {}. It proves trouble, not which entry.",
            issue.name
        ))));
    }
    let users = reading.sensors.iter().filter(|sensor| sensor.uses_entry()).count();
    if !reading.sensors.is_empty() && users == 0 {
        warnings.push(Truth::Bad(Safe::new("No sensor uses the entry: all are of version 3, or disabled.")));
    } else if users < reading.sensors.len() {
        let others = counted(reading.sensors.len().saturating_sub(users), "sensor doesn't", "sensors don't");
        warnings.push(Truth::Plain(safe(format!("{others} use the entry (version 3, or disabled)."))));
    }
    let managed = walk.entries.iter().filter(|entry| entry.managed).count();
    if managed > 0 && managed == walk.entries.len() {
        warnings.push(Truth::Bad(Safe::new("Every entry is a gMSA: there is no password to change.")));
    }
    warnings
}

/// How the save stands, in one sentence.
pub fn saving(walk: &Walkthrough) -> Option<Truth> {
    Some(match &walk.saving {
        Saving::NotBegun => return None,
        Saving::Marking => Truth::Plain(Safe::new("Marking where every log stands.")),
        Saving::Recording { .. } => Truth::Plain(Safe::new("Putting the intention on record.")),
        Saving::Sending { since, .. } => {
            let seconds = walk.now.at.since(since.at).as_secs();
            Truth::Plain(safe(format!("Sent; waiting for the answer, {seconds} s.")))
        }
        Saving::HandedOver { since, .. } => {
            let since = super::clock(since.wall);
            Truth::Plain(safe(format!("Shown since {since}; where every log stood was marked before.")))
        }
        Saving::AskingBack { tries, .. } => {
            Truth::Warn(safe(format!("The answer was lost. Reading the entry back: try {tries}.")))
        }
        Saving::Saved { at } => Truth::Good(safe(format!("Saved at {}, on record.", super::clock(at.wall)))),
        Saving::NotKnown { at } => Truth::Warn(safe(format!(
            "Saved or not: not known since {}. It is watched as if it were.",
            super::clock(at.wall)
        ))),
    })
}

/// Who can edit the portal, as it was answered.
pub fn who_can_edit(walk: &Walkthrough) -> Option<Truth> {
    let option = walk.can_edit?;
    Some(match option {
        0 => Truth::Good(Safe::new("Someone present can edit it.")),
        super::super::CAN_EDIT_NOBODY => Truth::Bad(Safe::new("Nobody present can edit it.")),
        _ => Truth::Warn(Safe::new("Whether someone present can edit it is not known.")),
    })
}

/// Whether the account is used elsewhere, as it was answered.
pub fn elsewhere(walk: &Walkthrough) -> Option<Truth> {
    Some(match walk.used_elsewhere? {
        0 => Truth::Plain(Safe::new("Used by the sensors alone.")),
        1 => Truth::Warn(Safe::new(
            "Used elsewhere too: what keeps the old password there may lock the account.",
        )),
        _ => Truth::Warn(Safe::new(
            "Perhaps used elsewhere: what keeps the old password may lock the account.",
        )),
    })
}
