//! Says readings: the table and the issues for people, or one object a line for programs; later only what changed.
//!
//! Relies on `rows`. A reader that is gone is not told any more. Deliberately absent: colours; the text is as it would
//! be in a ticket.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use jiff::Timestamp;

use crate::portal::signin::DeviceCode;
use crate::portal::{Fault, HealthIssue, Reading, Sensor};
use crate::sensor::Server;
use crate::text::Safe;
use crate::walkthrough::words;

use super::rows::{self, Line};
use crate::cli::output::{Cut, Output};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Text { ascii: bool },
    Json,
}

#[derive(Debug)]
pub struct Telling<O, A> {
    manner: Manner,
    out: Output<O>,
    /// What is happening, beside the answer.
    aside: A,
    /// The last reading, once one was said.
    last: Option<Reading>,
    /// What was said last is that it could not be read.
    failed: bool,
}

impl<O: Write, A: Write> Telling<O, A> {
    pub fn new(manner: Manner, out: O, aside: A) -> Self {
        Self { manner, out: Output::new(out), aside, last: None, failed: false }
    }

    /// Whether all that was said was taken.
    pub(super) fn whole(&mut self) -> Result<(), Cut> {
        self.out.whole()
    }

    /// Where to sign in, for whoever started this.
    pub fn code(&mut self, code: &DeviceCode) {
        let (address, typed) = (&code.verification_uri, &code.user_code);
        self.aside(&Safe::from(format!(
            "Open {address} in your own browser and enter the code {typed} there."
        )));
    }

    pub fn signed_in(&mut self, name: Option<&Safe>) {
        let by = name.map_or_else(String::new, |name| format!(" as {name}"));
        self.aside(&Safe::from(format!("Signed in{by}. Reading the sensors.")));
    }

    fn aside(&mut self, line: &Safe) {
        let line = self.fit(line);
        // Nobody there to be told.
        let _ = writeln!(self.aside, "{line}").and_then(|()| self.aside.flush());
    }

    fn fit(&self, line: &Safe) -> Safe {
        if self.manner == (Manner::Text { ascii: true }) { line.in_ascii() } else { line.clone() }
    }

    fn text(&mut self, line: &Safe) {
        if self.manner != Manner::Json {
            let line = self.fit(line);
            self.out.say(&line);
        }
    }

    fn texts(&mut self, lines: &[Safe]) {
        for line in lines {
            self.text(line);
        }
    }

    fn json(&mut self, line: &Line) {
        if self.manner == Manner::Json
            && let Ok(line) = serde_json::to_string(line)
        {
            self.out.say(&line);
        }
    }

    /// Without Graph: the site file's own, of which nothing is told. Nothing is known to be wrong.
    pub fn listed(&mut self, servers: &[Server]) -> u8 {
        let sensors: Vec<Sensor> =
            servers.iter().map(|server| Sensor::listed(&server.host, server.standalone)).collect();
        self.table(&sensors.iter().collect::<Vec<_>>());
        self.text(&Safe::new(
            "The site file says graph = false, so these are its own sensors: the portal was not asked.",
        ));
        0
    }

    /// One reading whole, and the exit code for it.
    pub fn read(&mut self, reading: &Reading) -> u8 {
        self.table(&rows::sorted(reading));
        for issue in rows::credential_issues(reading) {
            self.texts(&rows::issue(issue));
        }
        for issue in reading.issues.iter().filter(|issue| issue.open()) {
            self.json(&Line::of_issue(issue));
        }
        self.text(&summary(reading));
        self.json(&Line::of_reading(reading));
        let trouble = reading.sensors.iter().any(rows::in_trouble);
        u8::from(trouble || rows::credential_issues(reading).next().is_some())
    }

    fn table(&mut self, sensors: &[&Sensor]) {
        self.texts(&rows::table(sensors));
        for sensor in sensors {
            self.json(&Line::of_sensor(sensor, None));
        }
    }

    /// The first reading whole, of later ones what changed.
    pub fn changed(&mut self, reading: &Reading, now: Timestamp) {
        match self.last.take() {
            None => {
                self.read(reading);
            }
            Some(before) => {
                let mut news = self.sensors_changed(&before, reading, now);
                news |= self.issues_changed(&before, reading, now);
                if self.failed {
                    self.text(&Safe::from(format!(
                        "{} read again. {}",
                        words::clock_second(now),
                        summary(reading)
                    )));
                }
                if news || self.failed {
                    self.json(&Line::of_reading(reading));
                }
            }
        }
        self.failed = false;
        self.last = Some(reading.clone());
    }

    fn sensors_changed(&mut self, before: &Reading, reading: &Reading, now: Timestamp) -> bool {
        let at = words::clock_second(now);
        let mut known: BTreeMap<&Safe, &Sensor> = before.sensors.iter().map(|one| (&one.id, one)).collect();
        let mut news = false;
        for sensor in &reading.sensors {
            let was = known.remove(&sensor.id);
            if was == Some(sensor) {
                continue;
            }
            news = true;
            let change = words::change(was, sensor);
            let told = if change.is_empty() { Safe::new("changed") } else { change };
            let (service, status) =
                (words::service_status(&sensor.service), words::deployment(&sensor.deployment));
            self.text(&Safe::from(format!("{at} {}: {service}, {status} ({told})", sensor.host)));
            self.json(&Line::of_sensor(sensor, Some(told)));
        }
        for gone in known.values() {
            news = true;
            self.text(&Safe::from(format!("{at} {}: gone from the portal", gone.host)));
            self.json(&Line::Gone { host: gone.host.clone() });
        }
        news
    }

    fn issues_changed(&mut self, before: &Reading, reading: &Reading, now: Timestamp) -> bool {
        let at = words::clock_second(now);
        let known: BTreeMap<&Safe, &HealthIssue> = before.issues.iter().map(|one| (&one.id, one)).collect();
        let mut news = false;
        for issue in reading.issues.iter().filter(|issue| known.get(&issue.id) != Some(issue)) {
            let opened = known.get(&issue.id).is_some_and(|known| known.open());
            if !issue.open() && !opened {
                continue;
            }
            news = true;
            let word = if issue.open() { "issue open" } else { "issue closed" };
            self.text(&Safe::from(format!("{at} {word}: {}", issue.name)));
            if issue.open() && issue.about_credential() {
                self.texts(rows::issue(issue).get(1..).unwrap_or_default());
            }
            self.json(&Line::of_issue(issue));
        }
        news
    }

    /// It could not be read, and is tried again; what was said is as old as it is.
    pub fn failed(&mut self, fault: &Fault, again: Duration, now: Timestamp) {
        self.failed = true;
        let seconds = again.as_secs();
        self.text(&Safe::from(format!(
            "{} not read: {fault}; tried again in {seconds} s. {}",
            words::clock_second(now),
            fault.remedy()
        )));
        let (what, remedy) = (Safe::from(fault.to_string()), fault.remedy());
        self.json(&Line::Fault { what, remedy, again_in_seconds: seconds });
    }
}

fn summary(reading: &Reading) -> Safe {
    let credential = rows::credential_issues(reading).count();
    let open = reading.issues.iter().filter(|issue| issue.open()).count();
    Safe::from(format!(
        "{}. Health issues: {open} open, {credential} about a credential.",
        words::by_status(reading)
    ))
}

#[cfg(test)]
mod tests;
