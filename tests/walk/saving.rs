//! What can come between the confirmed dialog and the entry: lost requests, someone else's change, a proof grown old,
//! a secret unused for too long, and saving without a test.

use std::time::Duration;

use mdi_console::lab::scenario::{self, PutFault, PutKind};
use mdi_console::walkthrough::fact::{Fact, Gate, SaveWord};
use mdi_console::walkthrough::step::{Phase, Question, Reason, Step};
use mdi_console::walkthrough::watch::VerdictWord;

use crate::play;
use crate::stage::{Missed, Stage, Tried};

/// At the dialog of step 5, with this to happen to the first save.
async fn about_to_save(kind: PutKind, seconds: u32) -> Tried<Stage> {
    about_to_save_past(vec![PutFault { kind, seconds }]).await
}

/// And to those after it.
async fn about_to_save_past(put: Vec<PutFault>) -> Tried<Stage> {
    let mut scenario = scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?;
    scenario.portal.put = put;
    let mut stage = Stage::empty(scenario)?;
    stage.sit_down()?;
    stage.reach_save().await?;
    Ok(stage)
}

/// The same place, where little happens while much time passes.
async fn slow_and_about_to_save() -> Tried<Stage> {
    let mut scenario = scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?;
    scenario.fleet.logging = 1;
    scenario.fleet.poll_seconds = 30;
    scenario.fleet.watch_seconds = 70;
    let mut stage = Stage::empty(scenario)?;
    stage.sit_down()?;
    stage.reach_save().await?;
    Ok(stage)
}

impl Stage {
    fn results(&self) -> Tried<Vec<SaveWord>> {
        let ended = |fact: &Fact| match fact {
            Fact::SaveEnded { result, .. } => Some(*result),
            _ => None,
        };
        Ok(self.facts()?.iter().filter_map(ended).collect())
    }

    async fn watch_to_the_end(&mut self, verdict: VerdictWord) -> Tried {
        self.until("services that run", |model| *model.walk.phase(Step::Services) == Phase::Ready).await?;
        self.enter().await?;
        self.until_verdict().await?;
        self.hold(self.verdict()? == Some(verdict), &format!("{verdict:?}"))?;
        self.enter().await?;
        self.until_over().await?;
        self.hold(self.lab.saves() == 1, "one save")?;
        self.hold(self.lab.stored_is_right(), "the right password stored")?;
        self.check_traces()
    }

    fn not_saved(&self) -> bool {
        let walk = self.walk();
        walk.is_ok_and(|walk| matches!(walk.phase(Step::Save), Phase::Blocked(Reason::NotSaved(_))))
    }
}

#[test]
fn a_request_that_was_lost_is_told_from_a_lost_answer_and_saved_again_on_request() {
    play(async {
        let mut stage = about_to_save(PutKind::RequestLost, 3).await?;
        stage.confirm_save().await?;
        stage.until_settled().await?;
        stage.hold(stage.not_saved(), "not saved, and said so")?;
        stage.hold(stage.lab.saves() == 0, "nothing saved")?;
        stage.enter().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.hold(stage.results()? == [SaveWord::NotSaved, SaveWord::Saved], "both results on record")?;
        stage.watch_to_the_end(VerdictWord::Confirmed).await
    });
}

#[test]
fn a_portal_that_asks_to_wait_has_saved_nothing() {
    play(async {
        let mut stage = about_to_save(PutKind::Throttled, 5).await?;
        stage.confirm_save().await?;
        stage.until_settled().await?;
        stage.hold(stage.not_saved(), "not saved, and said so")?;
        stage.wait(Duration::from_secs(5)).await?;
        stage.enter().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.watch_to_the_end(VerdictWord::Confirmed).await
    });
}

#[test]
fn a_sign_in_that_is_not_taken_is_renewed_once_and_the_same_save_sent_again() {
    play(async {
        let mut stage = about_to_save(PutKind::Unauthorized, 0).await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.hold(stage.results()? == [SaveWord::Saved], "one result on record")?;
        stage.watch_to_the_end(VerdictWord::Confirmed).await
    });
}

#[test]
fn a_sign_in_that_is_not_taken_twice_has_saved_nothing_and_is_made_anew() {
    play(async {
        let fault = PutFault { kind: PutKind::Unauthorized, seconds: 0 };
        let mut stage = about_to_save_past(vec![fault, fault]).await?;
        stage.confirm_save().await?;
        stage.until_settled().await?;
        stage.hold(stage.not_saved(), "not saved, and said so")?;
        stage.hold(stage.lab.saves() == 0, "nothing saved")?;
        stage.enter().await?;
        stage.until_step(Step::Portal).await?;
        stage.hold(stage.walk()?.acceptance.is_none(), "no acceptance")?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.enter().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.hold(stage.results()? == [SaveWord::NotSaved, SaveWord::Saved], "both results on record")?;
        stage.watch_to_the_end(VerdictWord::Confirmed).await
    });
}

#[test]
fn an_entry_that_someone_else_changed_leads_back_to_the_entry_and_to_a_new_test() {
    play(async {
        let mut stage = about_to_save(PutKind::ChangedBySomeone, 0).await?;
        stage.confirm_save().await?;
        stage.until_step(Step::DirectoryServices).await?;
        stage.until_settled().await?;
        let said =
            *stage.walk()?.phase(Step::DirectoryServices) == Phase::Blocked(Reason::SomeoneElseChanged);
        stage.hold(said, "that someone else changed it")?;
        stage.hold(stage.walk()?.acceptance.is_none(), "no acceptance")?;
        stage.enter().await?;
        stage.pass_directory_services().await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.enter().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.hold(stage.results()? == [SaveWord::Conflict, SaveWord::Saved], "both results on record")?;
        stage.watch_to_the_end(VerdictWord::Confirmed).await
    });
}

#[test]
fn a_proof_older_than_five_minutes_is_made_again_before_anything_is_saved() {
    play(async {
        let mut stage = slow_and_about_to_save().await?;
        stage.wait(Duration::from_secs(301)).await?;
        stage.confirm_save().await?;
        stage.until_settled().await?;
        let old = *stage.walk()?.phase(Step::Save) == Phase::Blocked(Reason::ProofTooOld);
        stage.hold(old, "the proof too old")?;
        stage.hold(stage.lab.saves() == 0, "nothing saved")?;
        let before = stage.tests_made();
        stage.enter().await?;
        stage
            .until("the password accepted again", |model| {
                model.walk.current == Step::Password && *model.walk.phase(Step::Password) == Phase::Ready
            })
            .await?;
        stage.hold(stage.tests_made() > before, "a new test of what is held")?;
        stage.enter().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.watch_to_the_end(VerdictWord::Confirmed).await
    });
}

#[test]
fn a_password_unused_for_a_quarter_of_an_hour_is_wiped_and_asked_for_again() {
    play(async {
        let mut stage = slow_and_about_to_save().await?;
        stage.wait(Duration::from_secs(901)).await?;
        stage.hold(stage.walk()?.current == Step::Password, "step 4")?;
        stage.hold(stage.walk()?.acceptance.is_none(), "no acceptance")?;
        stage.hold(stage.walk()?.question() == Some(&Question::Password), "the password asked for")?;
        stage.hold(stage.walk()?.field.length == 0, "an empty field")?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.enter().await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        stage.watch_to_the_end(VerdictWord::Confirmed).await
    });
}

#[test]
fn what_no_controller_could_test_is_saved_only_past_a_reason_and_the_accounts_name() {
    play(async {
        let mut scenario = scenario::find("clean").ok_or_else(|| Missed::because("no scenario"))?;
        scenario.directory.down = vec!["dc1".into(), "dc2".into(), "dc3".into()];
        let mut stage = Stage::empty(scenario)?;
        stage.sit_down()?;
        stage.sign_in().await?;
        stage.enter().await?;
        stage.until_settled().await?;
        stage.choose("No").await?;
        stage.until_settled().await?;
        stage.enter().await?;
        stage.until_asked(&Question::WithoutController).await?;
        stage.answer("the controllers are being moved").await?;
        stage.until_step(Step::Password).await?;
        stage.choose("Yes").await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.until_asked(&Question::ReasonToGoOn).await?;
        stage.answer("the directory team vouches for it").await?;
        stage.until_asked(&Question::UntestedName).await?;
        stage.answer("svc-mid").await?;
        stage.hold(stage.walk()?.question() == Some(&Question::UntestedName), "the name asked for again")?;
        stage.back_to_empty_field().await?;
        stage.answer("svc-mdi").await?;
        stage.until_step(Step::Save).await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        let facts = stage.facts()?;
        let by_reason =
            facts.iter().any(|fact| matches!(fact, Fact::Overridden { gate: Gate::SavedUntested, .. }));
        let untested = facts.iter().any(|fact| matches!(fact, Fact::SaveIntended { tested: false, .. }));
        stage.hold(by_reason && untested, "on record that it was saved untested, and why")?;
        stage.hold(stage.tests_made() == 0, "no test")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

impl Stage {
    async fn back_to_empty_field(&mut self) -> Tried {
        self.press(mdi_console::key::Key::ctrl('u')).await
    }
}

#[test]
fn free_text_that_holds_the_password_is_refused_and_written_nowhere() {
    play(async {
        let mut stage = Stage::open("controller-down").await?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        stage.choose("Yes").await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.enter().await?;
        stage.choose("Go on").await?;
        stage.console()?.type_text(&format!("it is {right}, I checked"))?;
        stage.settle().await?;
        stage.enter().await?;
        let asked = stage.walk()?.question() == Some(&Question::ReasonToGoOn);
        stage.hold(asked && stage.walk()?.current == Step::Password, "the reason asked for again")?;
        for file in crate::stage::files(&stage.state())? {
            let text = std::fs::read_to_string(&file)?;
            stage.hold(!text.contains(&right), "no password in any file")?;
        }
        Ok(())
    });
}
