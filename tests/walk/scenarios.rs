//! Every scenario of the lab, by its own script to the end its own file names.

use mdi_console::lab::scenario;
use mdi_console::walkthrough::step::Question;
use mdi_console::walkthrough::words;

use crate::play;
use crate::stage::{Stage, Tried};

/// The script, the end, and the way out.
async fn walk_to_the_end(name: &str) -> Tried {
    let mut stage = Stage::open(name).await?;
    stage.play_script().await?;
    stage.check_end()?;
    if stage.walk()?.over {
        return stage.check_traces();
    }
    let watch = stage.walk()?.watch.clone();
    let verdict = watch.as_ref().and_then(|watch| Some(words::verdict(watch, watch.verdict.as_ref()?)));
    stage.until_reads(&verdict.unwrap_or_default()).await?;
    stage.enter().await?;
    if stage.walk()?.question() == Some(&Question::Recover) {
        stage.choose("Stay").await?;
        stage.leave().await?;
    }
    stage.until_over().await?;
    stage.check_end()?;
    stage.check_traces()
}

macro_rules! scenarios {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            play(walk_to_the_end($name));
        })*

        const PLAYED: &[&str] = &[$($name),*];
    };
}

scenarios! {
    clean_ends_as_its_file_says: "clean",
    wrong_password_saved_ends_as_its_file_says: "wrong-password-saved",
    refused_ends_as_its_file_says: "refused",
    controller_down_ends_as_its_file_says: "controller-down",
    not_replicated_ends_as_its_file_says: "not-replicated",
    near_lockout_ends_as_its_file_says: "near-lockout",
    locked_out_ends_as_its_file_says: "locked-out",
    password_expired_ends_as_its_file_says: "password-expired",
    old_password_accepted_ends_as_its_file_says: "old-password-accepted",
    sign_in_declined_ends_as_its_file_says: "sign-in-declined",
    portal_throttled_ends_as_its_file_says: "portal-throttled",
    portal_down_at_save_ends_as_its_file_says: "portal-down-at-save",
    log_rotates_ends_as_its_file_says: "log-rotates",
    one_sensor_refuses_ends_as_its_file_says: "one-sensor-refuses",
    large_fleet_ends_as_its_file_says: "large-fleet",
    gmsa_ends_as_its_file_says: "gmsa",
}

#[test]
fn every_scenario_is_played() {
    let all: Vec<String> = scenario::all().into_iter().map(|scenario| scenario.name).collect();
    assert_eq!(all, PLAYED);
}
