//! Who the sensors are, what they ask, and when issues come and go.

use super::*;
use crate::lab::scenario;

fn fleet(name: &str) -> (Fleet, Directory) {
    let scenario = scenario::find(name).expect("a scenario");
    let now = Timestamp::UNIX_EPOCH;
    (Fleet::new(&scenario, now), Directory::new(&scenario.directory, "right", now))
}

#[test]
fn twelve_sensors_are_on_the_controllers_two_other_servers_and_two_of_their_own() {
    let (fleet, _) = fleet("clean");
    let names: Vec<_> = fleet.sensors.iter().map(|sensor| sensor.name.as_str()).collect();
    let expected =
        ["dc1", "dc2", "dc3", "dc4", "dc5", "dc6", "dc7", "dc8", "adfs1", "ca1", "mdi-sa1", "mdi-sa2"];
    assert_eq!(names, expected);
    assert!(fleet.sensors.iter().all(Sensor::uses_entry));
}

#[test]
fn a_sensor_asks_its_own_controller_first_and_never_a_read_only_one() {
    let (fleet, directory) = fleet("one-sensor-refuses");
    assert_eq!(fleet.preferred(0, &directory), [0, 1]);
    assert_eq!(fleet.preferred(1, &directory), [1, 0]);
    assert_eq!(fleet.preferred(2, &directory), [0, 1], "dc3 is read-only");
    assert_eq!(fleet.preferred(7, &directory).first(), Some(&3), "dc8 is its own controller");
}

#[test]
fn the_credential_issue_opens_once_and_closes_when_all_run() {
    let (mut fleet, _) = fleet("clean");
    let now = Timestamp::UNIX_EPOCH;
    let open = |fleet: &Fleet| fleet.issues.iter().filter(|issue| issue.open).count();
    assert!(!fleet.review(now));
    fleet.gave_up(3);
    assert!(fleet.review(now));
    fleet.gave_up(4);
    assert!(!fleet.review(now));
    assert_eq!(open(&fleet), 1);
    fleet.accepted(3);
    assert!(!fleet.review(now));
    fleet.accepted(4);
    assert!(fleet.review(now));
    assert_eq!(open(&fleet), 0);
}

#[test]
fn stopped_for_hours_means_an_issue_for_each_and_one_for_the_credential() {
    let (mut fleet, _) = fleet("clean");
    fleet.stop_all(Timestamp::UNIX_EPOCH);
    assert_eq!(fleet.issues.iter().filter(|issue| issue.open).count(), 13);
    assert_eq!(fleet.open_issues("dc1.contoso.test"), 1);
    for sensor in fleet.using_entry() {
        fleet.accepted(sensor);
    }
    assert!(fleet.review(Timestamp::UNIX_EPOCH));
    assert!(fleet.issues.iter().all(|issue| !issue.open));
}

#[test]
fn wakes_are_spread_and_the_same_on_every_run() {
    let (fleet, _) = fleet("large-fleet");
    let wakes = fleet.wakes(1);
    assert_eq!(wakes.len(), 2000);
    assert_eq!(wakes, fleet.wakes(1));
    assert_ne!(wakes, fleet.wakes(2));
    assert!(wakes.iter().all(|(_, delay)| (500..3000).contains(&delay.as_millis())));
}

#[test]
fn version_three_does_not_use_the_entry() {
    let (fleet, _) = fleet("controller-down");
    let three: Vec<_> = fleet.sensors.iter().filter(|sensor| !sensor.uses_entry()).collect();
    assert_eq!(three.len(), 1);
    assert_eq!(three[0].name, "ca1");
}
