//! `sensors`: the portal's table without a walk.

use mdi_console::cli::sensors::show;
use mdi_console::cli::sensors::telling::{Manner, Telling};
use mdi_console::clock::Clock;
use mdi_console::site::Site;
use serde_json::Value;

use crate::place::Place;

/// What is said to whoever signs in at the lab, and beside it; and the code.
fn read(place: &Place, manner: Manner) -> (String, String, u8) {
    let site = Site::of_lab(&place.addresses).unwrap();
    let (mut out, mut aside) = (Vec::new(), Vec::new());
    let mut telling = Telling::new(manner, &mut out, &mut aside);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let code = runtime.block_on(show(&site, (&Clock::system(), None), &mut telling, false)).unwrap();
    (String::from_utf8(out).unwrap(), String::from_utf8(aside).unwrap(), code)
}

#[test]
fn the_table_is_said_once_somebody_has_signed_in() {
    let place = Place::open();
    let (out, aside, code) = read(&place, Manner::Text { ascii: false });
    assert!(aside.contains("in your own browser and enter the code "), "{aside}");
    assert!(aside.contains("Signed in as "), "{aside}");
    assert!(out.starts_with("sensor "), "{out}");
    assert_eq!(out.lines().filter(|line| line.contains("  running  up to date  ")).count(), 12, "{out}");
    assert!(out.contains("12 sensors: 12 running. Health issues: 0 open, 0 about a credential."), "{out}");
    assert_eq!(code, 0);
    let (out, _, _) = read(&place, Manner::Json);
    let events: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.iter().filter(|event| event["event"] == "sensor").count(), 12, "{out}");
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["running"]), (&"reading".into(), &12.into()));
    assert!(last["portal_time"].is_string(), "{last}");
    place.close();
}

#[test]
fn without_graph_the_site_files_own_sensors_are_listed() {
    let place = Place::open();
    let said = place.run(&["sensors"], "");
    said.says(&["sensor ", "s1.contoso.test", "not told", "graph = false", "the portal was not asked"]);
    assert_eq!(said.code, Some(0), "{}", said.complaint);
    let said = place.run(&["sensors", "--json"], "");
    let event: Value = serde_json::from_str(said.out.trim()).unwrap();
    assert_eq!((&event["host"], &event["service"]), (&"s1.contoso.test".into(), &Value::Null));
    place.close();
}
