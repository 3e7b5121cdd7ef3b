//! The walk in a process of its own is the walk that there would be in one: the same lines at the same moments.
//!
//! Relies on a clock that is driven, so that a moment too early or too late is seen on record. Deliberately absent: kills.

use std::path::Path;

use mdi_console::journal::Line;
use mdi_console::journal::file::read_record;
use mdi_console::lab::scenario;

use super::{Moment, is_called, walk};
use crate::play;
use crate::stage::{Missed, Stage, Tried};

/// What stands in the record and when, what is done side by side in no order, and nothing that each lab makes anew.
fn dated(record: &Path) -> Tried<Vec<(String, String)>> {
    let read = read_record(record)?;
    let fact = |line: &Line| -> Tried<(String, String)> {
        let body: serde_json::Value = serde_json::from_str(line.body.get())?;
        Ok((line.time.to_string(), body["fact"].to_string()))
    };
    let mut dated: Vec<_> = read.lines.iter().map(fact).collect::<Tried<_>>()?;
    dated.sort();
    Ok(dated)
}

/// Both processes' time keeps step: what is on record is of the same moments as where there is but one.
#[test]
fn a_process_of_its_own_writes_the_record_that_is_written_in_one() {
    play(async {
        if is_called() {
            return walk().await;
        }
        let test = "doomed::in_step::a_process_of_its_own_writes_the_record_that_is_written_in_one";
        for name in ["clean", "one-sensor-refuses"] {
            let here = Stage::open(name).await?;
            let mut stage = Stage::empty(here.scenario.clone())?;
            let killed = stage.walk_until_killed(test, usize::MAX, Moment::Written).await?;
            stage.hold(!killed, "a walk that is over")?;
            let mut here = here;
            here.play_through().await?;
            let [there, here] =
                [dated(&stage.state().join("played.jsonl"))?, dated(&here.console()?.record)?];
            assert_eq!(there, here, "{name}");
        }
        Ok(())
    });
}

#[test]
fn whatever_else_becomes_of_the_process_is_told_with_what_it_said() {
    play(async {
        let mut stage = Stage::empty(scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?)?;
        let missed = stage.walk_until_killed("doomed::nobody", 1, Moment::Written).await;
        let told = missed.err().map(|missed| missed.to_string()).unwrap_or_default();
        assert!(told.contains("exit status: 0") && told.contains("running 0 tests"), "{told}");
        Ok(())
    });
}
