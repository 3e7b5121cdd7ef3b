//! What a verdict rests on, in figures: which witnesses there were, and what was found of the sensors. Pure.

use crate::portal::{Reading, Sensor, ServiceStatus};
use crate::walkthrough::fact::Basis;

use super::{Finding, Watch};

impl Watch {
    /// Of these sensors, as the last reading has them.
    pub fn basis(&self, sensors: &[Sensor], reading: Option<&Reading>, probe: bool) -> Basis {
        let count = |wanted: &[Finding]| {
            sensors.iter().filter(|sensor| wanted.contains(&self.finding(sensor))).count()
        };
        let running = sensors.iter().filter(|sensor| sensor.service == ServiceStatus::Running).count();
        let issues = reading.iter().flat_map(|reading| &reading.issues);
        Basis {
            portal: self.portal_read,
            portal_throughout: self.portal_read && self.portal_throughout,
            sources: self.mark.logs.sources.len(),
            sources_throughout: self.watched_throughout.len(),
            // The mark names only those that could be read; the walk knows the others.
            site_sources: None,
            probe,
            sensors: sensors.len(),
            running,
            credential_issues: issues.filter(|issue| issue.about_credential() && issue.open()).count(),
            took: count(&[Finding::TookIt]),
            no_refusal: count(&[Finding::RunningNoRefusal]),
            unused: count(&[Finding::DoesNotUse]),
            not_observed: count(&[Finding::NotObserved]),
            trouble: count(&[Finding::Trouble]),
            refused: count(&[Finding::Refused, Finding::Suspected]),
        }
    }
}
