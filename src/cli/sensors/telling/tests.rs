//! What is said of a reading, and of the next one.

use super::*;
use crate::portal::{IssueStatus, ServiceStatus};

fn sensor(number: u8, service: ServiceStatus) -> Sensor {
    Sensor { service, ..Sensor::listed(&format!("s{number}.contoso.test").into(), true) }
}

fn issue(status: IssueStatus) -> HealthIssue {
    HealthIssue {
        id: "i1".into(),
        name: "Directory services user credentials are incorrect".into(),
        severity: "medium".into(),
        status,
        global: true,
        created: "2026-08-20T10:00:00Z".parse().ok(),
        modified: None,
        sensors: Vec::new(),
        domains: Vec::new(),
        recommendations: vec!["Verify the password.".into()],
    }
}

fn reading(sensors: Vec<Sensor>, issues: Vec<HealthIssue>) -> Reading {
    Reading { sensors, issues, portal_time: None }
}

/// What was said of these readings, one after the other; the table of the first left out.
fn said(manner: Manner, readings: &[Reading]) -> Vec<String> {
    let mut out = Vec::new();
    let mut telling = Telling::new(manner, &mut out, std::io::sink());
    let mut before = 0;
    for (nth, reading) in readings.iter().enumerate() {
        telling.changed(reading, Timestamp::UNIX_EPOCH);
        if nth == 0 {
            before = telling.out.into.len();
        }
    }
    String::from_utf8(out.split_off(before)).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn only_what_changed_is_said_again() {
    use ServiceStatus::{Running, Stopped};
    let check = |before: Reading, after: Reading, lines: &[&str]| {
        assert_eq!(said(Manner::Text { ascii: false }, &[before, after]), lines);
    };
    let both = || reading(vec![sensor(1, Running), sensor(2, Running)], Vec::new());
    check(both(), both(), &[]);
    check(
        both(),
        reading(vec![sensor(1, Stopped), sensor(2, Running)], Vec::new()),
        &["00:00:00Z s1.contoso.test: stopped, not told (was running)"],
    );
    check(
        both(),
        reading(vec![sensor(2, Running), sensor(3, Running)], Vec::new()),
        &[
            "00:00:00Z s3.contoso.test: running, not told (new)",
            "00:00:00Z s1.contoso.test: gone from the portal",
        ],
    );
    let with = |status| reading(vec![sensor(1, Running)], vec![issue(status)]);
    check(
        reading(vec![sensor(1, Running)], Vec::new()),
        with(IssueStatus::Suppressed),
        &[
            "00:00:00Z issue open: Directory services user credentials are incorrect",
            "  Microsoft: Verify the password.",
        ],
    );
    check(
        with(IssueStatus::Open),
        with(IssueStatus::Closed),
        &["00:00:00Z issue closed: Directory services user credentials are incorrect"],
    );
    check(with(IssueStatus::Closed), with(IssueStatus::Closed), &[]);
}

#[test]
fn programs_read_one_object_a_line() {
    let before = reading(vec![sensor(1, ServiceStatus::Running)], Vec::new());
    let after = reading(vec![sensor(1, ServiceStatus::Stopped)], vec![issue(IssueStatus::Open)]);
    let lines = said(Manner::Json, &[before, after]);
    let events: Vec<serde_json::Value> =
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 3, "{lines:?}");
    assert_eq!((&events[0]["event"], &events[0]["was"]), (&"sensor".into(), &"was running".into()));
    assert_eq!((&events[1]["event"], &events[1]["about_credential"]), (&"issue".into(), &true.into()));
    assert_eq!((&events[2]["event"], &events[2]["credential_issues"]), (&"reading".into(), &1.into()));
}

#[test]
fn what_could_not_be_read_is_said_and_so_is_once_that_it_is_read_again() {
    let check = |manner: Manner, lines: usize, last: &str| {
        let one = || reading(vec![sensor(1, ServiceStatus::Running)], Vec::new());
        let mut out = Vec::new();
        let mut telling = Telling::new(manner, &mut out, std::io::sink());
        telling.changed(&one(), Timestamp::UNIX_EPOCH);
        let before = telling.out.into.len();
        telling.failed(&Fault::TimedOut, Duration::from_secs(5), Timestamp::UNIX_EPOCH);
        for _ in 0..3 {
            telling.changed(&one(), Timestamp::UNIX_EPOCH);
        }
        let said = String::from_utf8(out.split_off(before)).unwrap();
        assert_eq!(said.lines().count(), lines, "{said}");
        assert!(said.lines().last().unwrap().starts_with(last), "{said}");
    };
    check(Manner::Text { ascii: false }, 2, "00:00:00Z read again. 1 sensor: 1 running.");
    check(Manner::Json, 2, r#"{"event":"reading","sensors":1,"running":1,"#);
}

#[test]
fn the_code_is_for_trouble_and_for_credentials() {
    let check = |reading: &Reading, code: u8| {
        let mut telling = Telling::new(Manner::Json, std::io::sink(), std::io::sink());
        assert_eq!(telling.read(reading), code, "{reading:?}");
    };
    check(&reading(vec![sensor(1, ServiceStatus::Running)], vec![issue(IssueStatus::Closed)]), 0);
    check(&reading(vec![sensor(1, ServiceStatus::Stopped)], Vec::new()), 1);
    check(&reading(Vec::new(), vec![issue(IssueStatus::Suppressed)]), 1);
}
