//! The rows of the report's tables. Pure. Deliberately absent: what stands around them.

use crate::walkthrough::report::{Controller, Evidence, Moment, Report, Save, Sensor, Service, Test, Told};
use crate::walkthrough::watch::Finding;
use crate::walkthrough::words::{self, at_second};

use super::{cell, escaped};

/// More sensors than these are not all named in a table for people.
const AT_ONCE: usize = 50;

pub(super) fn controllers(report: &Report) -> Vec<Vec<String>> {
    let row = |one: &Controller| {
        let role = match (one.pdc_emulator, one.read_only) {
            (true, _) => "PDC emulator",
            (false, true) => "read-only",
            (false, false) => "",
        };
        let proves = match (&one.why, one.provable) {
            (Some(why), _) => format!("not reached: {}", escaped(why)),
            (None, true) => "yes".to_owned(),
            (None, false) => "no".to_owned(),
        };
        vec![cell(&one.host), role.to_owned(), proves]
    };
    report.controllers.iter().map(row).collect()
}

pub(super) fn saves(report: &Report) -> Vec<Vec<String>> {
    let row = |(number, one): (usize, &Save)| {
        let password = if one.tested { "tested" } else { "UNTESTED" };
        let by = if one.hand_off { "the operator's own hand at the portal" } else { "this console" };
        vec![number.to_string(), at_second(one.at), password.to_owned(), by.to_owned(), escaped(&one.said)]
    };
    (1..).zip(&report.saves).map(row).collect()
}

/// What a table of fewer than all leaves out.
pub(super) fn which_sensors(report: &Report) -> String {
    let (all, shown) = (report.sensors.len(), sensors(report).len());
    let what = "What the portal told of them before anything was changed and when the verdict was reached, and what was found of each since the save.";
    match all.saturating_sub(shown) {
        0 => what.to_owned(),
        others => format!(
            "{what} {others} others, in which nothing changed for the worse, stand in the report's JSON."
        ),
    }
}

pub(super) fn sensors(report: &Report) -> Vec<Vec<String>> {
    let told = |told: &Option<Told>| match told {
        Some(told) if told.service == told.status => escaped(&told.service),
        Some(told) => escaped(&format!("{}, {}", told.service, told.status)),
        None => "not told".to_owned(),
    };
    let row = |one: &Sensor| {
        let finding = one.finding.map(words::finding).unwrap_or_default();
        vec![cell(&one.host), told(&one.before), told(&one.after), finding.to_owned()]
    };
    let few = report.sensors.len() <= AT_ONCE;
    report.sensors.iter().filter(|one| few || !well(one)).map(row).collect()
}

/// Nothing of it needs a second look.
fn well(sensor: &Sensor) -> bool {
    let fine = !matches!(
        sensor.finding,
        Some(Finding::Refused | Finding::Suspected | Finding::Trouble | Finding::NotObserved)
    );
    fine && sensor.before == sensor.after
}

pub(super) fn evidence(report: &Report) -> Vec<Vec<String>> {
    let row = |one: &Evidence| {
        let place = one.place.as_ref().map(words::written).unwrap_or_default();
        let source = escaped(&format!("{}{place}", one.source));
        vec![one.save.to_string(), at_second(one.at), escaped(&one.host), escaped(&one.what), source]
    };
    report.evidence.iter().map(row).collect()
}

pub(super) fn services(report: &Report) -> Vec<Vec<String>> {
    let row = |one: &Service| {
        let how = if one.marked { "marked by the operator" } else { "observed" };
        vec![cell(&one.host), escaped(&one.state), at_second(one.at), how.to_owned()]
    };
    report.services.iter().map(row).collect()
}

pub(super) fn tests(report: &Report) -> Vec<Vec<String>> {
    let row = |one: &Test| {
        let from = one.from.map_or_else(String::new, |from| format!(" ({from})"));
        vec![
            at_second(one.announced),
            one.ended.map(at_second).unwrap_or_default(),
            format!("{}{from}", cell(&one.console)),
            cell(&one.host),
            words::protocol(one.protocol).to_owned(),
            escaped(&one.answer),
        ]
    };
    report.tests.iter().map(row).collect()
}

pub(super) fn time_line(report: &Report) -> Vec<Vec<String>> {
    let row = |one: &Moment| vec![one.line.to_string(), at_second(one.at), escaped(&one.said)];
    report.time_line.iter().map(row).collect()
}
