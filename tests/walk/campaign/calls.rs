//! Each call of a whole walk, to controllers and portal, failing once: refused, cut, its answer lost, its answer rubbish.

use mdi_console::walkthrough::watch::VerdictWord;

use super::{check_order, places, stage_of};
use crate::play;
use crate::stage::{Missed, Tried};
use crate::wire::{Failing, Wires};

/// How many calls the walk made.
async fn walked(name: &str, failing: Failing, at: usize) -> Tried<usize> {
    let mut stage = stage_of(name)?;
    let (wires, lab) = Wires::before(stage.lab.addresses(), failing, at).await?;
    stage.sit_down_by(&lab)?;
    let tried = async {
        stage.walk_through().await?;
        stage.check_campaign()?;
        stage.check_traces()?;
        check_order(&stage.facts()?, stage.lab.saves())?;
        // One call that fails once is no reason for another end, but where it is evidence that is missing.
        let verdict = stage.verdict()?;
        let so = matches!(verdict, Some(VerdictWord::Confirmed | VerdictWord::NoRefusalSeen));
        stage.hold(so, &format!("an end as without it, not {verdict:?}"))
    };
    let tried = tried.await;
    tried.map_err(|missed| Missed::because(format!("{name}, call {at} {failing:?}: {missed}")))?;
    Ok(wires.counted())
}

/// The walk once with every call answered, and once for each that isn't.
async fn every_call(name: &str, failing: Failing) -> Tried {
    let calls = walked(name, failing, 0).await?;
    let mut missed = Vec::new();
    let tried = places(&format!("{name}{failing:?}"), calls, 2);
    for at in &tried {
        if let Err(why) = walked(name, failing, *at).await {
            missed.push(why.to_string());
        }
    }
    if missed.is_empty() && calls > 10 && !tried.is_empty() {
        return Ok(());
    }
    Err(Missed::because(format!("{} of {calls} calls:\n{}", missed.len(), missed.join("\n\n"))))
}

macro_rules! campaigns {
    ($($test:ident: $name:literal, $failing:ident;)*) => {
        $(#[test]
        fn $test() {
            play(every_call($name, Failing::$failing));
        })*
    };
}

campaigns! {
    clean_bears_any_connection_refused: "clean", Refused;
    clean_bears_any_call_cut: "clean", Closed;
    clean_bears_any_answer_lost: "clean", Lost;
    clean_bears_any_answer_garbled: "clean", Garbled;
    refused_bears_any_connection_refused: "refused", Refused;
    refused_bears_any_call_cut: "refused", Closed;
    refused_bears_any_answer_lost: "refused", Lost;
    refused_bears_any_answer_garbled: "refused", Garbled;
}
