//! The lab as a whole, on a clock that is driven: a save goes in at the portal and comes out in the sensors.

pub mod site;

use site::Bench;

use super::scenario::{self, AtStart};
use super::world::{PREVIOUS_PASSWORD, RIGHT_PASSWORD, WRONG_PASSWORD};

const POSITIVE: &str =
    "CreateImpersonatorAsync finished [UserName=svc-mdi Domain=contoso.test IsSuccess=True]";
const REFUSED: &str = "The supplied credential is invalid.";

#[tokio::test]
async fn sensors_bind_at_the_start_with_what_is_stored_and_keep_running() {
    let bench = Bench::start("old-password-accepted").await;
    bench.run(1).await;
    let attempts = bench.lab.attempts();
    assert_eq!(attempts.len(), 12);
    assert!(attempts.iter().all(|attempt| attempt.by_sensor && attempt.outcome == "accepted"));
    assert!(!bench.lab.stored_is_right(), "the workspace still holds the previous password");
    assert_eq!(bench.services("running").await, 12);
}

#[tokio::test]
async fn a_right_password_that_is_saved_is_taken_by_every_sensor() {
    let bench = Bench::start("clean").await;
    bench.run(1).await;
    let before = bench.logs(POSITIVE);
    bench.save(RIGHT_PASSWORD).await;
    assert!(bench.lab.stored_is_right());
    assert_eq!(bench.lab.saves(), 1);
    bench.run(5).await;
    assert_eq!(bench.logs(POSITIVE), before + 12);
    assert_eq!(bench.services("running").await, 12);
    assert_eq!(bench.open_issues().await, 0);
    assert_eq!(bench.lab.attempts().len(), 12);
}

#[tokio::test]
async fn where_nothing_else_is_said_sensors_run_on_and_the_previous_password_is_taken_no_more() {
    for scenario in scenario::all() {
        let name = scenario.name.as_str();
        let directory = &scenario.directory;
        assert!(directory.old_password_window_seconds <= 60 * directory.old_password_minutes, "{name}");
        let bench = Bench::start(name).await;
        bench.run(2).await;
        let bound = scenario.fleet.at_start == AtStart::Bind;
        assert_eq!(!bench.lab.attempts().is_empty(), bound, "{name}");
        let running = scenario.fleet.at_start != AtStart::Stopped;
        assert_eq!(bench.services("running").await == scenario.fleet.sensors, running, "{name}");
    }
}

#[tokio::test]
async fn a_wrong_password_that_is_saved_stops_every_sensor_and_raises_the_issue() {
    let bench = Bench::start("clean").await;
    bench.run(1).await;
    let before = bench.logs(REFUSED);
    bench.save(WRONG_PASSWORD).await;
    bench.run(8).await;
    assert!(bench.logs(REFUSED) > before);
    assert_eq!(bench.services("stopped").await, 12);
    assert_eq!(bench.open_issues().await, 1);
    assert!(bench.lab.account_locked(), "sensors that retry lock the account");
}

#[tokio::test]
async fn sensors_sync_for_a_moment_before_they_bind() {
    let bench = Bench::start("clean").await;
    bench.run(1).await;
    bench.save(RIGHT_PASSWORD).await;
    let mut seen = false;
    while bench.step(5).await {
        seen |= bench.sensors().await.iter().any(|one| one["deploymentStatus"] == "syncing");
    }
    assert!(seen);
    assert!(bench.sensors().await.iter().all(|one| one["deploymentStatus"] == "upToDate"));
}

#[tokio::test]
async fn stopped_sensors_do_not_bind_until_the_right_password_is_saved_and_then_recover() {
    let bench = Bench::start("wrong-password-saved").await;
    bench.run(60).await;
    assert_eq!(bench.lab.attempts(), []);
    assert_eq!(bench.services("stopped").await, 12);
    assert_eq!(bench.open_issues().await, 13);
    assert!(bench.logs(REFUSED) >= 24);
    bench.save(RIGHT_PASSWORD).await;
    bench.run(6).await;
    assert_eq!(bench.services("running").await, 12);
    assert_eq!(bench.open_issues().await, 0);
}

#[tokio::test]
async fn one_sensor_is_refused_by_its_own_controller_with_the_right_password() {
    let bench = Bench::start("one-sensor-refuses").await;
    bench.run(1).await;
    bench.save(RIGHT_PASSWORD).await;
    bench.run(8).await;
    assert!(bench.lab.stored_is_right());
    let stopped: Vec<_> =
        bench.sensors().await.into_iter().filter(|one| one["serviceStatus"] == "stopped").collect();
    assert_eq!(stopped.len(), 1);
    assert_eq!(stopped[0]["displayName"], "dc8");
    assert_eq!(stopped[0]["healthStatus"], "notHealthyMedium");
    assert_eq!(bench.open_issues().await, 1);
    assert!(!bench.lab.account_locked());
    let (text, code) = super::service::answer(&bench.services_folder(), "dc8.contoso.test", "AATPSensor");
    assert_eq!(code, 0);
    assert!(text.contains("STOPPED"));
}

#[tokio::test]
async fn an_administrator_unlocks_the_account_a_while_after_it_was_met_locked() {
    let bench = Bench::start("locked-out").await;
    bench.run(60).await;
    assert!(bench.lab.account_locked(), "nobody has asked yet");
    assert_eq!(bench.bind(RIGHT_PASSWORD).await, 49);
    bench.run(7).await;
    assert!(bench.lab.account_locked());
    bench.run(1).await;
    assert!(!bench.lab.account_locked());
    assert_eq!(bench.bind(RIGHT_PASSWORD).await, 0);
}

#[tokio::test]
async fn an_administrator_sets_an_expired_password_again_a_while_after_it_was_met() {
    let bench = Bench::start("password-expired").await;
    bench.run(60).await;
    assert_eq!(bench.bind(RIGHT_PASSWORD).await, 49, "nobody has asked yet");
    assert_eq!(bench.bind(WRONG_PASSWORD).await, 49);
    bench.run(9).await;
    assert_eq!(bench.bind(RIGHT_PASSWORD).await, 49);
    bench.run(1).await;
    assert_eq!(bench.bind(RIGHT_PASSWORD).await, 0);
    assert_eq!(bench.bind(PREVIOUS_PASSWORD).await, 49, "not the one before any more");
    let outcomes: Vec<_> = bench.lab.attempts().iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, ["532", "52e", "532", "accepted", "52e"]);
}

#[tokio::test]
async fn a_branch_office_hears_of_the_change_a_while_after_it_refused_it_and_no_sensor_asks_there() {
    let bench = Bench::start("not-replicated").await;
    bench.save(RIGHT_PASSWORD).await;
    bench.run(60).await;
    assert_eq!(bench.bind_at(3, RIGHT_PASSWORD).await, 49);
    assert_eq!(bench.bind_at(3, PREVIOUS_PASSWORD).await, 0);
    bench.run(19).await;
    assert_eq!(bench.bind_at(3, RIGHT_PASSWORD).await, 49);
    bench.run(1).await;
    assert_eq!(bench.bind_at(3, RIGHT_PASSWORD).await, 0);
    let branch = "dc9.contoso.test";
    assert_eq!(bench.lab.addresses().controllers[3].host, branch);
    let asked = bench.lab.attempts().into_iter().filter(|one| one.by_sensor);
    assert_eq!(asked.filter(|one| one.controller != branch).count(), 12);
}

#[tokio::test]
async fn sensors_go_to_another_controller_when_one_is_down_and_version_three_never_binds() {
    let bench = Bench::start("controller-down").await;
    bench.save(RIGHT_PASSWORD).await;
    bench.run(5).await;
    assert_eq!(bench.lab.attempts().len(), 11);
    assert!(bench.lab.attempts().iter().all(|attempt| attempt.controller == "dc1.contoso.test"));
    assert_eq!(bench.services("running").await, 12);
}

#[tokio::test]
async fn the_previous_password_is_taken_until_its_window_closes() {
    let mut scenario = scenario::find("clean").expect("a scenario");
    scenario.directory.changed_seconds_ago = 20;
    let bench = Bench::start_with(scenario, None).await;
    bench.run(39).await;
    assert_eq!(bench.bind(PREVIOUS_PASSWORD).await, 0);
    bench.run(2).await;
    assert_eq!(bench.bind(PREVIOUS_PASSWORD).await, 49);
    assert_eq!(bench.bind(RIGHT_PASSWORD).await, 0);
}

#[tokio::test]
async fn a_large_fleet_takes_the_password_up_in_the_same_time_as_a_small_one() {
    let bench = Bench::start("large-fleet").await;
    bench.save(RIGHT_PASSWORD).await;
    bench.run(5).await;
    assert_eq!(bench.lab.attempts().len(), 2000);
    assert!(bench.lab.attempts().iter().all(|attempt| attempt.outcome == "accepted"));
    let addresses = bench.lab.addresses();
    assert_eq!((addresses.servers.len(), addresses.controllers.len()), (64, 40));
    assert_eq!(addresses.log_sources.len(), 24);
    assert_eq!(bench.services("running").await, 2000);
}

#[tokio::test]
async fn the_right_password_can_be_another_and_the_banner_tells_it() {
    let bench = Bench::start_with(scenario::find("clean").expect("a scenario"), Some("Random-77!")).await;
    let banner = bench.lab.addresses().banner.expect("a banner");
    assert!(banner.contains("svc-mdi") && banner.contains("Random-77!"));
    assert_eq!(bench.bind("Random-77!").await, 0);
    assert_eq!(bench.bind(RIGHT_PASSWORD).await, 49);
    let hidden = scenario::Scenario { banner: false, ..scenario::find("clean").expect("a scenario") };
    let bench = Bench::start_with(hidden, None).await;
    assert_eq!(bench.lab.addresses().banner, None);
}

#[tokio::test]
async fn every_port_is_closed_when_the_lab_stops() {
    let bench = Bench::start("clean").await;
    bench.run(1).await;
    let addresses = bench.lab.addresses();
    bench.lab.stop().await;
    for controller in addresses.controllers {
        assert!(tokio::net::TcpStream::connect(controller.ldaps).await.is_err());
        assert!(tokio::net::TcpStream::connect(controller.ldap).await.is_err());
    }
}

#[test]
fn the_lab_imports_nothing_of_the_program_but_the_clock() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lab"))];
    let mut files = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lab.rs"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
        {
            if entry.is_dir() { folders.push(entry) } else { files.push(entry) }
        }
    }
    assert!(files.len() > 20);
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file");
        for (_, after) in text.match_indices("crate::").map(|(at, found)| text.split_at(at + found.len())) {
            let room: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            // The empty one is this test's own pattern.
            assert!(["clock", "lab", ""].contains(&room.as_str()), "{}: {room}", file.display());
        }
    }
}
