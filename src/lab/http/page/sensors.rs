//! The sensors as a table that the browser asks for anew every few seconds, unless it is held still.
//!
//! Relies on the fleet. Pure. Deliberately absent: updates and delays of sensors, which the console doesn't speak of.

use super::frame::{Page, SENSORS};
use super::markup::{Node, said, tag, text};
use crate::lab::world::World;
use crate::lab::world::fleet::{Fleet, Sensor, SensorKind, Service};

const REFRESH_SECONDS: u32 = 5;
pub const STILL: &str = "refresh=off";

pub fn page(world: &World, still: bool, at: &str) -> Page {
    let (words, link, label) = if still {
        ("This page is held still. ", SENSORS.to_owned(), "Ask again every 5 seconds")
    } else {
        ("This page asks again every 5 seconds. ", format!("{SENSORS}?{STILL}"), "Hold it still")
    };
    let content = vec![
        tag("p", &[("id", "figures")], vec![text(figures(&world.fleet))]),
        said("p", open_issues(&world.fleet)),
        tag("p", &[], vec![text(words), tag("a", &[("href", &link)], vec![text(label)])]),
        table(&world.fleet, at),
    ];
    Page { place: SENSORS, first: None, refresh: (!still).then_some(REFRESH_SECONDS), content }
}

/// How many sensors there are, and how they do.
pub fn figures(fleet: &Fleet) -> String {
    let count = |service| fleet.sensors.iter().filter(|sensor| sensor.service == service).count();
    let syncing = fleet.sensors.iter().filter(|sensor| sensor.syncing).count();
    format!(
        "{} sensors: {} running, {} stopped, {syncing} syncing",
        fleet.sensors.len(),
        count(Service::Running),
        count(Service::Stopped)
    )
}

fn open_issues(fleet: &Fleet) -> String {
    match fleet.issues.iter().filter(|issue| issue.open).count() {
        0 => "No health issue is open.".into(),
        1 => "1 health issue is open.".into(),
        more => format!("{more} health issues are open."),
    }
}

fn table(fleet: &Fleet, at: &str) -> Node {
    let columns = ["Sensor", "Type", "Version", "Service", "Deployment"];
    let columns = columns.map(|name| tag("th", &[("scope", "col")], vec![text(name)]));
    let parts = vec![
        said("caption", format!("The sensors at {at}")),
        tag("thead", &[], vec![tag("tr", &[], columns.into())]),
        tag("tbody", &[], fleet.sensors.iter().map(row).collect()),
    ];
    // A wide table scrolls by itself, and can be scrolled without a mouse.
    let attributes = [("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Sensors")];
    tag("div", &attributes, vec![tag("table", &[], parts)])
}

fn row(sensor: &Sensor) -> Node {
    let kind = match sensor.kind {
        SensorKind::DomainController => "domain controller",
        SensorKind::Standalone => "standalone",
        SensorKind::FederationServer => "AD FS",
        SensorKind::CertificateServer => "AD CS",
    };
    let (service, class) = match sensor.service {
        Service::Running => ("✓ running", "good"),
        Service::Stopped => ("✗ stopped", "bad"),
    };
    let deployment = match sensor {
        _ if sensor.syncing => "syncing",
        _ if sensor.start_failed => "start failure",
        _ => "up to date",
    };
    let cells = vec![
        tag("th", &[("scope", "row")], vec![text(sensor.name.as_str())]),
        said("td", kind),
        said("td", sensor.version),
        tag("td", &[("class", class)], vec![text(service)]),
        said("td", deployment),
    ];
    tag("tr", &[], cells)
}
