//! `sensors`: the portal's table without a walk.

use mdi_console::cli::sensors::show;
use mdi_console::cli::sensors::telling::{Manner, Telling};
use mdi_console::clock::Clock;
use mdi_console::site::Site;
use serde_json::Value;

use super::seated::{echoes, sit};
use super::signing_in::SECRET;
use crate::place::Place;
use crate::pty::PATIENCE;

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

#[test]
fn a_client_secret_without_a_file_is_typed_unseen_on_the_terminal_and_needs_one() {
    let place = Place::open();
    place.write(&place.file_with_graph("sign_in = \"client-secret\"\n"));
    let check = |keys: &str, code: u32, says: &str| {
        let mut pty = sit(&place, &["sensors", "--ascii"]);
        pty.wait_for("Its client secret (not shown):").unwrap();
        assert!(!echoes(&pty));
        pty.send(keys).unwrap();
        pty.wait_for(says).unwrap();
        assert_eq!(pty.exit(PATIENCE).unwrap().exit_code(), code, "{}", pty.text());
        assert!(echoes(&pty), "the echo is still off");
        let typed = keys.trim_end_matches(char::is_control);
        let output = String::from_utf8_lossy(&pty.output()).into_owned();
        assert!(typed.is_empty() || !output.contains(typed), "{output}");
    };
    check(&format!("{SECRET}\n"), 0, "12 sensors: 12 running.");
    check("somebody-elses\n", 3, "AADSTS7000215");
    check("\u{4}", 2, "no client secret was given");
    check("half-of-it\u{3}", 130, "it was interrupted before anything was asked");
    place.close();
}

#[test]
fn without_a_terminal_a_client_secret_is_wanted_in_a_file() {
    let place = Place::open();
    place.write(&place.file_with_graph("sign_in = \"client-secret\"\n"));
    let said = place.run_apart(&["sensors"]);
    assert!(
        said.complaint.contains("there is no terminal to type the client secret on"),
        "{}",
        said.complaint
    );
    assert!(said.complaint.contains("cloud.client_secret_file"), "{}", said.complaint);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    place.close();
}
