//! This machine's clock, set back in the middle of a walk: a sentence, a line on record, and the same end.

use std::time::Duration;

use jiff::SignedDuration;
use mdi_console::lab::scenario;
use mdi_console::lab::world::WRONG_PASSWORD;
use mdi_console::walkthrough::fact::Fact;
use mdi_console::walkthrough::step::{Phase, Reason, Step};
use mdi_console::walkthrough::watch::VerdictWord;

use crate::play;
use crate::stage::{Missed, Stage, Tried};

const SAID: &str = "This machine's clock was set back";

impl Stage {
    fn set_back_an_hour(&self) {
        self.driven.set_wall(SignedDuration::from_hours(-1));
    }

    fn set_back_on_record(&self) -> Tried<Vec<u64>> {
        let by = |fact: &Fact| match fact {
            Fact::ClockSetBack { by_seconds } => Some(*by_seconds),
            _ => None,
        };
        Ok(self.facts()?.iter().filter_map(by).collect())
    }

    /// From the masked field's question on, once the password is accepted.
    async fn save_and_watch_into(&mut self) -> Tried {
        self.enter().await?;
        self.until_step(Step::Save).await?;
        self.confirm_save().await?;
        self.until("services that run", |model| *model.walk.phase(Step::Services) == Phase::Ready).await?;
        self.enter().await
    }
}

#[test]
fn a_clock_set_back_after_the_test_and_in_the_watch_is_said_recorded_and_changes_no_verdict() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        stage.choose("Yes").await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.set_back_an_hour();
        stage.until_reads(SAID).await?;
        stage.save_and_watch_into().await?;
        let until = stage.walk()?.watch.as_ref().map(|watch| watch.until);
        stage.set_back_an_hour();
        stage.until_reads("about 2 h").await?;
        stage.until_verdict().await?;
        stage.hold(stage.verdict()? == Some(VerdictWord::Confirmed), "confirmed")?;
        stage.hold(Some(stage.now()) >= until, "a watch no shorter than before")?;
        stage.enter().await?;
        stage.until_over().await?;
        let recorded = stage.set_back_on_record()?;
        stage.hold(recorded == [3600, 3600], &format!("each hour on record once, not {recorded:?}"))?;
        stage
            .hold(stage.lab.saves() == 1 && stage.lab.stored_is_right(), "one save, of the right password")?;
        stage.check_traces()
    });
}

/// The wrong password, until the guard says when the next test is safe.
async fn until_shut(stage: &mut Stage) -> Tried {
    for _ in 0..8 {
        stage.test(WRONG_PASSWORD).await?;
        if matches!(stage.walk()?.phase(Step::Password), Phase::Blocked(Reason::GuardNotBefore { .. })) {
            return Ok(());
        }
    }
    Err(Missed::because("the guard allowed eight wrong passwords"))
}

#[test]
fn a_clock_set_back_opens_the_guard_no_earlier_and_neither_does_setting_it_right() {
    let check = |back: bool, forward: bool| {
        play(async move {
            let mut scenario = scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?;
            scenario.directory.observation_window_seconds = 1800;
            let mut stage = Stage::empty(scenario)?;
            stage.sit_down()?;
            stage.sign_in().await?;
            stage.reach_password().await?;
            stage.choose("Yes").await?;
            if back {
                stage.set_back_an_hour();
            }
            until_shut(&mut stage).await?;
            if forward {
                stage.driven.set_wall(SignedDuration::from_hours(1));
            } else {
                stage.set_back_an_hour();
            }
            let made = stage.tests_made();
            stage.wait(Duration::from_mins(1)).await?;
            stage.enter().await?;
            stage.until_settled().await?;
            let shut =
                matches!(stage.walk()?.phase(Step::Password), Phase::Blocked(Reason::GuardNotBefore { .. }));
            stage.hold(shut, &format!("the guard shut as before: {back} {forward}"))?;
            stage.hold(stage.tests_made() == made, "no further test")?;
            stage.leave().await
        });
    };
    check(false, false);
    check(true, false);
    check(true, true);
}
