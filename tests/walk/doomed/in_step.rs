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

/// What is done side by side stands in no order, and what each lab makes anew is left out. So is what was seen in the very
/// moment of the verdict: the script ends with it, whatever else is seen then.
fn dated(record: &Path) -> Tried<Vec<(String, String)>> {
    #[derive(serde::Deserialize)]
    struct Body {
        fact: String,
    }
    let dated = |line: &Line| -> Tried<(String, String)> {
        let body: Body = serde_json::from_str(line.body.get())?;
        Ok((line.time.to_string(), body.fact))
    };
    let mut dated: Vec<_> = read_record(record)?.lines.iter().map(dated).collect::<Tried<_>>()?;
    let verdict = dated.iter().find(|(_, fact)| fact == "verdict").map(|(time, _)| time.clone());
    dated.retain(|(time, fact)| {
        verdict.as_ref() != Some(time) || !["evidence", "service-seen"].contains(&fact.as_str())
    });
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
            let mut here = Stage::open(name).await?;
            let mut there = Stage::empty(here.scenario.clone())?;
            let killed = there.walk_until_killed(test, usize::MAX, Moment::Written).await?;
            here.hold(!killed, "a walk that is over")?;
            here.play_through().await?;
            assert_eq!(
                dated(&there.state().join("played.jsonl"))?,
                dated(&here.console()?.record)?,
                "{name}"
            );
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
