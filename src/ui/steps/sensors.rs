//! Step 7: the live table of sensors, what was found of each after the save, and what the watch came to.

use crate::model::Model;
use crate::portal::{Deployment, Health, Sensor, ServiceStatus};
use crate::text::Safe;
use crate::walkthrough::watch::Finding;
use crate::walkthrough::words;

use crate::ui::look::{Look, Tone};
use crate::ui::stage::{Part, fault, selected, truth};
use crate::ui::table::{Cell, Column, Table, column, number};

const COLUMNS: &[Column] = &[
    column("sensor", (20, 34), 0),
    column("service", (10, 13), 1),
    column("after the save", (17, 19), 0),
    column("change", (11, 16), 4),
    number("open", 4, 2),
    column("status", (15, 16), 3),
    column("health", (9, 9), 5),
    column("version", (9, 12), 6),
    column("type", (12, 13), 7),
    column("domain", (12, 24), 8),
];

pub fn known<'a>(model: &'a Model, look: &'a Look) -> Vec<Part<'a>> {
    let sensors = model.sensors();
    let mut parts: Vec<Part> = fault(&model.walk.portal, model.now).into_iter().collect();
    parts.extend(words::watch_so_far(&model.walk, model.now).into_iter().map(truth));
    parts.extend(model.walk.watch.as_ref().and_then(words::first_sign).map(truth));
    parts.extend(words::credential_issues(&model.walk).into_iter().map(truth));
    parts.push(Part::Table(Table {
        columns: COLUMNS,
        total: sensors.len(),
        row: Box::new(move |row| sensors.get(row).map_or_else(Vec::new, |one| cells(model, look, one))),
        selected: selected(model),
        top: model.row_top,
        empty: words::no_sensors(&model.walk),
    }));
    parts.extend(words::missing_from_verdict(&model.walk).into_iter().map(truth));
    parts
}

fn cells(model: &Model, look: &Look, sensor: &Sensor) -> Vec<Cell> {
    let baseline = model.walk.baseline.as_ref();
    let before =
        baseline.and_then(|baseline| baseline.reading.sensors.iter().find(|one| one.id == sensor.id));
    let change = if baseline.is_some() { words::change(before, sensor) } else { Safe::default() };
    vec![
        Cell::name(sensor.host.clone()),
        Cell::state(look, of_service(&sensor.service), &words::service_status(&sensor.service)),
        match model.finding(sensor) {
            Some(finding) => {
                Cell::state(look, of_finding(finding), &Safe::new(words::finding_short(finding)))
            }
            None => Cell::dim(Safe::default()),
        },
        Cell::plain(change),
        Cell::plain(words::open_issues(sensor.open_issues, "—")),
        Cell::state(look, of_deployment(&sensor.deployment), &words::deployment(&sensor.deployment)),
        Cell::state(look, of_health(&sensor.health), &words::health(&sensor.health)),
        Cell::dim(sensor.version.clone()),
        Cell::dim(words::kind(&sensor.kind)),
        Cell::dim(sensor.domain.clone()),
    ]
}

fn of_service(status: &ServiceStatus) -> Tone {
    match status {
        ServiceStatus::Running => Tone::Good,
        ServiceStatus::Stopped => Tone::Bad,
        ServiceStatus::Starting | ServiceStatus::Onboarding => Tone::Warn,
        ServiceStatus::Disabled => Tone::Neutral,
        ServiceStatus::Unknown | ServiceStatus::Other(_) | ServiceStatus::Absent => Tone::Unknown,
    }
}

fn of_finding(finding: Finding) -> Tone {
    match finding {
        Finding::TookIt => Tone::Good,
        Finding::Refused => Tone::Bad,
        Finding::Suspected | Finding::Trouble => Tone::Warn,
        Finding::NotObserved => Tone::Unknown,
        Finding::RunningNoRefusal | Finding::DoesNotUse => Tone::Neutral,
    }
}

fn of_deployment(deployment: &Deployment) -> Tone {
    match deployment {
        Deployment::UpToDate => Tone::Good,
        Deployment::StartFailure
        | Deployment::Disconnected
        | Deployment::Unreachable
        | Deployment::UpdateFailed => Tone::Bad,
        Deployment::Outdated | Deployment::Updating | Deployment::NotConfigured | Deployment::Syncing => {
            Tone::Warn
        }
        Deployment::Other(_) | Deployment::Absent => Tone::Unknown,
    }
}

fn of_health(health: &Health) -> Tone {
    match health {
        Health::Healthy => Tone::Good,
        Health::Low | Health::Medium => Tone::Warn,
        Health::High => Tone::Bad,
        Health::Other(_) | Health::Absent => Tone::Unknown,
    }
}
