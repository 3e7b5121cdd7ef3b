//! Going back and editing: what rests on a tested password falls with it; attempts and saves never do.

use mdi_console::key::{Code, Key};
use mdi_console::lab::scenario;
use mdi_console::lab::world::PREVIOUS_PASSWORD;
use mdi_console::model::{Focus, Pane};
use mdi_console::walkthrough::fact::Fact;
use mdi_console::walkthrough::step::{Phase, Question, Reason, Step};
use mdi_console::walkthrough::watch::VerdictWord;

use crate::play;
use crate::stage::{Stage, Tried};

impl Stage {
    fn voided(&self) -> Tried<usize> {
        Ok(self.facts()?.iter().filter(|fact| **fact == Fact::AcceptanceVoided).count())
    }

    fn check_void(&self) -> Tried {
        self.hold(self.walk()?.acceptance.is_none(), "no acceptance")?;
        self.hold(self.voided()? == 1, "a line that the acceptance is void")?;
        self.hold(self.lab.saves() == 0, "nothing saved")
    }

    /// Tests the right password anew and walks on to the end.
    async fn finish_confirmed(&mut self) -> Tried {
        let right = self.right.clone();
        self.test(&right).await?;
        self.enter().await?;
        self.confirm_save().await?;
        self.until("services that run", |model| *model.walk.phase(Step::Services) == Phase::Ready).await?;
        self.enter().await?;
        self.until_verdict().await?;
        self.hold(self.verdict()? == Some(VerdictWord::Confirmed), "confirmed")?;
        self.enter().await?;
        self.until_over().await?;
        self.check_traces()
    }
}

#[test]
fn back_from_saving_voids_the_acceptance_and_the_password_is_tested_again() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_save().await?;
        stage.back().await?;
        stage.until_step(Step::Password).await?;
        stage.check_void()?;
        stage.finish_confirmed().await
    });
}

#[test]
fn back_to_directory_services_reaches_the_controllers_again() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_save().await?;
        stage.back().await?;
        stage.back().await?;
        stage.until_step(Step::DirectoryServices).await?;
        stage.check_void()?;
        stage.pass_directory_services().await?;
        stage.finish_confirmed().await
    });
}

#[test]
fn editing_an_accepted_password_voids_the_acceptance() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        stage.choose("Yes").await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.hold(stage.walk()?.acceptance.is_some(), "an acceptance")?;
        stage.press(Key::plain(Code::Tab)).await?;
        stage.hold(stage.model()?.focus() == Focus::MaskedField, "Tab back in the field")?;
        stage.press(Key::char('x')).await?;
        stage.check_void()?;
        stage.hold(stage.walk()?.question() == Some(&Question::Password), "the password asked for")?;
        stage.press(Key::ctrl('u')).await?;
        stage.finish_confirmed().await
    });
}

#[test]
fn tab_goes_from_the_stage_to_the_field_that_is_held_to_the_logs_and_round_again() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        stage.choose("Yes").await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        let mut seen = vec![stage.model()?.focus()];
        for _ in 0..3 {
            stage.press(Key::plain(Code::Tab)).await?;
            seen.push(stage.model()?.focus());
        }
        let round =
            [Focus::Pane(Pane::Stage), Focus::MaskedField, Focus::Pane(Pane::Logs), Focus::Pane(Pane::Stage)];
        stage.hold(seen == round, &format!("a round, not {seen:?}"))
    });
}

#[test]
fn the_previous_password_is_refused_once_its_window_has_closed_and_never_called_current() {
    play(async {
        let mut scenario = scenario::find("old-password-accepted").expect("a scenario");
        // The window closes while the operator signs in.
        scenario.directory.changed_seconds_ago = 597;
        let mut stage = Stage::empty(scenario)?;
        stage.sit_down()?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        stage.choose("Yes").await?;
        stage.test(PREVIOUS_PASSWORD).await?;
        let refused =
            matches!(stage.walk()?.phase(Step::Password), Phase::Blocked(Reason::PasswordRefused { .. }));
        stage.hold(refused, "the previous password refused once its window has closed")?;
        stage.finish_confirmed().await
    });
}

#[test]
fn after_a_refused_verdict_the_way_back_leads_to_a_second_save_and_a_fresh_watch() {
    play(async {
        let mut stage = Stage::open("one-sensor-refuses").await?;
        stage.play_script().await?;
        stage.hold(stage.verdict()? == Some(VerdictWord::Refused), "refused")?;
        let first = stage.walk()?.watch.as_ref().map(|watch| watch.saved_at);
        stage.enter().await?;
        stage.until_asked(&Question::Recover).await?;
        stage.choose("Back").await?;
        stage.until_step(Step::Password).await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.enter().await?;
        stage.until_step(Step::Save).await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.hold(stage.lab.saves() == 2, "a second save")?;
        let watch = stage.walk()?.watch.as_ref();
        let fresh = watch.is_some_and(|watch| Some(watch.saved_at) != first && watch.verdict.is_none());
        stage.hold(fresh, "a fresh watch")?;
        stage.until_verdict().await?;
        stage.hold(stage.verdict()? == Some(VerdictWord::Refused), "refused again: dc8 is as it was")?;
        stage.leave().await?;
        stage.check_traces()
    });
}
