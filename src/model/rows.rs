//! The rows of each step's table: how many, in which order, and each one whole. Shared by what is shown and what is
//! moved through, so that the marked row is the row that is acted on. Pure.
//!
//! Deliberately absent: columns and widths, which are the screen's.

use crate::directory::Host;
use crate::portal::Sensor;
use crate::sensor::Standing;
use crate::text::Safe;
use crate::walkthrough::step::Step;
use crate::walkthrough::trial::{Row, RowWord};
use crate::walkthrough::watch::Finding;
use crate::walkthrough::{Reaching, ServiceRow, Station, words};

use super::{Model, Sort};

type Whole = Vec<(&'static str, Safe)>;

impl Model {
    /// How many rows the table of the step shown has.
    pub fn rows(&self) -> usize {
        match self.step() {
            Step::Portal | Step::Save => 0,
            Step::Configuration => self.walk.entries.len(),
            Step::DirectoryServices => self.walk.stations.len(),
            Step::Password => self.trial_rows().len(),
            Step::Services => self.walk.services.len(),
            Step::Sensors => self.walk.sensors().len(),
        }
    }

    /// What each controller said of the password, those that can't be asked last.
    pub fn trial_rows(&self) -> Vec<Row> {
        let unasked = |host: Host, pdc_emulator: bool| Row {
            host,
            pdc_emulator,
            word: RowWord::NotChecked,
            latency: None,
            checked: None,
        };
        let mut rows = match &self.walk.trial {
            Some(trial) => trial.rows.clone(),
            None => {
                self.walk.candidates().into_iter().map(|one| unasked(one.host, one.pdc_emulator)).collect()
            }
        };
        rows.extend(self.walk.unreachable().into_iter().map(|host| unasked(host, false)));
        rows.sort_by_key(|row| !row.pdc_emulator);
        rows
    }

    /// Standalone servers first: those are what step 6 is about.
    pub fn services(&self) -> Vec<&ServiceRow> {
        let mut rows: Vec<&ServiceRow> = self.walk.services.iter().collect();
        rows.sort_by_key(|row| !row.server.standalone);
        rows
    }

    /// What starts the marked server's service, where it is stopped: that is what is copied there.
    pub fn start_command(&self) -> Option<Safe> {
        let rows = self.services();
        let marked = rows.get(self.row).filter(|_| self.step() == Step::Services)?;
        words::start_commands(marked).into_iter().next()
    }

    /// Trouble first, or by name.
    pub fn sensors(&self) -> Vec<&Sensor> {
        let mut sensors: Vec<&Sensor> = self.walk.sensors().iter().collect();
        match self.sort {
            Sort::ByName => sensors.sort_by(|one, other| one.host.cmp(&other.host)),
            Sort::TroubleFirst => {
                sensors.sort_by_cached_key(|sensor| (self.trouble(sensor), sensor.host.clone()));
            }
        }
        sensors
    }

    /// The sensor's state after the save; before it there is none.
    pub fn finding(&self, sensor: &Sensor) -> Option<Finding> {
        self.walk.watch.as_ref().map(|watch| watch.finding(sensor))
    }

    fn trouble(&self, sensor: &Sensor) -> (Option<Finding>, bool, bool, std::cmp::Reverse<Option<u32>>) {
        let running = sensor.service == crate::portal::ServiceStatus::Running;
        let healthy = sensor.health == crate::portal::Health::Healthy;
        (self.finding(sensor), running, healthy, std::cmp::Reverse(sensor.open_issues))
    }

    /// The marked row, field by field; `None`: the step has no such row.
    pub fn whole_row(&self) -> Option<Whole> {
        match self.step() {
            Step::Portal => None,
            Step::Save => self.walk.handed_over().then(|| self.portal_page()),
            Step::Configuration => self.walk.entries.get(self.row).map(entry),
            Step::DirectoryServices => self.walk.stations.get(self.row).map(station),
            Step::Password => self.trial_rows().get(self.row).map(|row| self.tested(row)),
            Step::Services => self.services().get(self.row).map(|row| service(row)),
            Step::Sensors => self.sensors().get(self.row).map(|sensor| self.sensor(sensor)),
        }
    }

    fn portal_page(&self) -> Whole {
        let mut whole = words::portal_page(&self.walk);
        whole.push(("Browser", words::sentence(words::autofill())));
        whole
    }

    fn sensor(&self, sensor: &Sensor) -> Whole {
        let mut whole = vec![
            ("Sensor", sensor.host.clone()),
            ("Domain", sensor.domain.clone()),
            ("Type", words::kind(&sensor.kind)),
            ("Version", sensor.version.clone()),
            ("Service", words::service_status(&sensor.service)),
            ("Status", words::deployment(&sensor.deployment)),
            ("Health", words::health(&sensor.health)),
            ("Open issues", words::open_issues(sensor.open_issues, "not told")),
        ];
        if let Some(baseline) = &self.walk.baseline {
            let before = baseline.reading.sensors.iter().find(|before| before.id == sensor.id);
            let change = words::change(before, sensor);
            whole.push((
                "Change",
                if change.is_empty() { Safe::new("none since the baseline") } else { change },
            ));
        }
        if let Some(finding) = self.finding(sensor) {
            whole.push(("After the save", Safe::new(words::finding(finding))));
        }
        whole.extend(words::sensor_order(&self.walk, sensor));
        whole.extend(words::sensor_issues(&self.walk, sensor));
        whole
    }

    fn tested(&self, row: &Row) -> Whole {
        let mut whole = vec![("Controller", row.host.clone()), ("Password", words::row(&row.word))];
        if let Some(latency) = row.latency {
            whole.push(("Answered in", words::milliseconds(latency)));
        }
        if let Some(checked) = row.checked {
            whole.push(("Checked at", words::clock(checked)));
        }
        whole.extend(words::account_at(&self.walk, row));
        whole
    }
}

fn entry(entry: &crate::portal::Entry) -> Whole {
    let mut whole = vec![
        ("Account", entry.account.clone()),
        ("Domain", entry.domain.clone()),
        ("Kind", Safe::new(if entry.managed { "group managed (gMSA)" } else { "regular" })),
    ];
    if let Some(by) = &entry.changed_by {
        whole.push(("Changed by", by.clone()));
    }
    if let Some(at) = entry.changed_at {
        whole.push(("Changed at", Safe::from(format!("{} {}", words::day(at), words::clock(at)))));
    }
    whole
}

fn station(station: &Station) -> Whole {
    let mut whole = vec![("Controller", station.host.clone())];
    match &station.state {
        Reaching::NotAsked => whole.push(("Reached", Safe::new("not asked yet"))),
        Reaching::Asking => whole.push(("Reached", Safe::new("being asked"))),
        Reaching::Failed(fault) => {
            whole.push(("Reached", Safe::from(format!("no: {fault}"))));
            whole.push(("What to do", Safe::new(fault.remedy())));
        }
        Reaching::Reached(reach) => {
            whole.push((
                "Role",
                Safe::new(if reach.pdc_emulator { "PDC emulator" } else { "domain controller" }),
            ));
            whole.push(("Answers in", words::milliseconds(reach.latency)));
            whole.push(("TLS", words::tls(&reach.tls)));
            if let crate::directory::Tls::Verified { issuer, .. } = &reach.tls {
                whole.push(("Issuer", issuer.clone()));
            }
            whole.push(("Clock", words::skew(reach)));
            whole.extend(reach.naming_context.clone().map(|domain| ("Domain", domain)));
            whole.extend(reach.probe.as_ref().map(|probe| ("Account", words::found(&probe.found))));
            whole.push(("Can prove", Safe::new(words::provable(reach))));
        }
    }
    whole
}

fn service(row: &ServiceRow) -> Whole {
    let kind = if row.server.standalone { "standalone sensor" } else { "sensor on its controller" };
    let mut whole = vec![
        ("Server", row.server.host.clone()),
        ("Kind", Safe::new(kind)),
        ("AATPSensor", words::service(&row.sensor)),
        ("AATPSensorUpdater", words::service(&row.updater)),
    ];
    let process = words::process(&row.sensor);
    if !process.is_empty() {
        whole.push(("Process id", process));
    }
    whole.push(("Asked by", Safe::new(words::way(row.server.way))));
    let learnt = words::learnt_by(row);
    if !learnt.is_empty() {
        whole.push(("Learnt by", learnt));
    }
    if let Standing::Unknown(why) = &row.sensor {
        whole.push(("It means", Safe::new(why.meaning())));
        whole.push(("What to do", Safe::new(why.remedy())));
    }
    whole.extend(words::start_commands(row).into_iter().map(|command| ("Start it", command)));
    if let Some(evidence) = &row.marked {
        whole.push(("Marked by operator", evidence.clone()));
    }
    if let Some(reason) = &row.excused {
        whole.push(("Gone on because", reason.clone()));
    }
    whole
}
