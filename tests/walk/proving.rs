//! What proves a password, refuses it, or can do neither: Kerberos, age, clocks that differ, and a controller that has
//! not heard of the change.

use std::time::Duration;

use mdi_console::directory::Fault;
use mdi_console::lab::scenario::{self, Certificates, KdcManner};
use mdi_console::lab::world::{PREVIOUS_PASSWORD, WRONG_PASSWORD};
use mdi_console::lab::{Attempt, Scenario};
use mdi_console::walkthrough::fact::{Fact, Gate, ProofWord};
use mdi_console::walkthrough::step::{Phase, Question, Reason, Step};
use mdi_console::walkthrough::trial::{Misgiving, RowWord};

use crate::play;
use crate::stage::{Missed, Stage, Tried};

async fn at_the_field(name: &str, change: impl Fn(&mut Scenario)) -> Tried<Stage> {
    let mut scenario = scenario::find(name).ok_or_else(|| Missed::because(format!("no scenario {name}")))?;
    change(&mut scenario);
    let mut stage = Stage::empty(scenario)?;
    stage.sit_down()?;
    stage.sign_in().await?;
    stage.reach_password().await?;
    stage.choose("Yes").await?;
    Ok(stage)
}

impl Stage {
    /// Where the account's password was tested and what came of it, in order.
    fn tests(&self) -> Vec<String> {
        let tested = |one: &Attempt| !one.by_sensor && one.name.starts_with("svc-mdi");
        let short = |host: &str| host.split('.').next().unwrap_or_default().to_owned();
        let all = self.lab.attempts().into_iter().filter(tested);
        all.map(|one| format!("{} {}", short(&one.controller), one.outcome)).collect()
    }

    fn check_tests(&self, expected: &[&str]) -> Tried {
        let tests = self.tests();
        self.hold(tests == expected, &format!("the tests {expected:?}, not {tests:?}"))
    }

    fn proof(&self) -> Tried<Option<ProofWord>> {
        Ok(self.walk()?.acceptance.as_ref().map(|held| held.proof))
    }

    fn check_proof(&self, expected: ProofWord) -> Tried {
        let proof = self.proof()?;
        self.hold(proof == Some(expected), &format!("the proof {expected:?}, not {proof:?}"))
    }

    async fn test_the_right_one(&mut self) -> Tried {
        let right = self.right.clone();
        self.test(&right).await
    }

    async fn name_the_account(&mut self) -> Tried {
        self.until_asked(&Question::AccountName).await?;
        self.until_reads("could not read what counts against the account").await?;
        self.answer("svc-mdi").await?;
        self.until_settled().await
    }

    /// From the accepted password to the verdict that the scenario names, and out.
    async fn save_to_the_end(&mut self) -> Tried {
        self.until_step(Step::Save).await?;
        self.confirm_save().await?;
        self.until("services that run", |model| *model.walk.phase(Step::Services) == Phase::Ready).await?;
        self.enter().await?;
        self.until_verdict().await?;
        self.check_end()?;
        self.enter().await?;
        self.until_over().await?;
        self.check_traces()
    }
}

#[test]
fn the_previous_password_is_named_as_such_costs_one_failure_and_nobody_else_is_asked() {
    play(async {
        let mut stage = at_the_field("old-password-accepted", |_| {}).await?;
        stage.test(PREVIOUS_PASSWORD).await?;
        stage.check_tests(&["dc1 accepted", "dc1 kerberos 24"])?;
        let blocked = stage.walk()?.phase(Step::Password);
        let named = matches!(blocked, Phase::Blocked(Reason::PasswordRefused { previous: true, .. }));
        stage.hold(named, "refused as the previous password")?;
        let rows = stage.walk()?.trial.as_ref().map(|trial| trial.rows.clone()).unwrap_or_default();
        let words: Vec<_> = rows.iter().map(|row| &row.word).collect();
        stage.hold(words == [&RowWord::Previous, &RowWord::NotChecked], "a row that says so")?;
        stage.until_reads("the previous password").await?;
        stage.test_the_right_one().await?;
        stage.check_proof(ProofWord::CurrentByKerberos)?;
        stage.enter().await?;
        stage.save_to_the_end().await
    });
}

#[test]
fn a_wrong_password_costs_one_failure_by_ldap_and_is_not_put_to_kerberos() {
    play(async {
        let mut stage = at_the_field("clean", |_| {}).await?;
        stage.test(WRONG_PASSWORD).await?;
        stage.check_tests(&["dc1 52e"])?;
        let blocked = stage.walk()?.phase(Step::Password);
        let wrong = matches!(blocked, Phase::Blocked(Reason::PasswordRefused { previous: false, .. }));
        stage.hold(wrong, "refused as wrong")
    });
}

#[test]
fn what_a_controller_refuses_that_has_not_heard_of_the_change_may_be_saved_past_a_reason() {
    play(async {
        let mut stage = at_the_field("not-replicated", |_| {}).await?;
        stage.test_the_right_one().await?;
        stage.check_proof(ProofWord::CurrentByKerberos)?;
        let asked = ["dc1 accepted", "dc1 kerberos accepted"];
        stage.hold(stage.tests().starts_with(&asked.map(str::to_owned)), "the PDC emulator first")?;
        let (mut others, expected) = (stage.tests().split_off(2), ["dc2 accepted", "dc9 52e"]);
        others.sort();
        stage.hold(others == expected, &format!("dc9 asked once, not {others:?}"))?;
        stage.until_reads("dc9.contoso.test refused it (52e): not replicated yet, or wrong there.").await?;
        stage.enter().await?;
        stage.choose("Go on").await?;
        stage.answer("dc9 hears of it at a quarter past; no sensor asks there").await?;
        stage.save_to_the_end().await?;
        stage.hold(stage.tests_made() == 4, "no retry")?;
        let facts = stage.facts()?;
        let reasoned =
            facts.iter().any(|fact| matches!(fact, Fact::Overridden { gate: Gate::Misgivings, .. }));
        stage.hold(reasoned, "the reason on record")
    });
}

#[test]
fn waiting_for_the_replication_and_testing_again_needs_no_reason() {
    play(async {
        let mut stage = at_the_field("not-replicated", |_| {}).await?;
        stage.test_the_right_one().await?;
        stage.enter().await?;
        stage.choose("Test").await?;
        stage.until_settled().await?;
        let refused = |stage: &Stage| -> Tried<bool> {
            let held = stage.walk()?.acceptance.as_ref();
            Ok(held.is_some_and(|held| {
                held.misgivings.iter().any(|one| matches!(one, Misgiving::RefusedElsewhere { .. }))
            }))
        };
        stage.hold(refused(&stage)?, "refused again, for nothing was waited for")?;
        stage.wait(Duration::from_secs(20)).await?;
        stage.enter().await?;
        stage.choose("Test").await?;
        stage.until_settled().await?;
        stage.hold(!refused(&stage)?, "accepted everywhere")?;
        stage.hold(
            stage.tests().iter().filter(|test| *test == "dc9 52e").count() == 2,
            "two refusals there",
        )?;
        stage.hold(!stage.lab.account_locked(), "an account never locked")?;
        stage.enter().await?;
        stage.until_step(Step::Save).await
    });
}

#[test]
fn an_expired_password_is_closed_and_says_what_mends_it() {
    play(async {
        let mut stage = at_the_field("password-expired", |_| {}).await?;
        stage.test_the_right_one().await?;
        stage.check_tests(&["dc1 532"])?;
        let closed =
            matches!(stage.walk()?.phase(Step::Password), Phase::Blocked(Reason::PasswordClosed { .. }));
        stage.hold(closed && stage.walk()?.acceptance.is_none(), "closed, and nothing accepted")?;
        stage.wait(Duration::from_secs(10)).await?;
        stage.test_the_right_one().await?;
        // Set again just now, so its age proves nothing; Kerberos does.
        stage.check_proof(ProofWord::CurrentByKerberos)
    });
}

#[test]
fn where_no_key_distribution_centre_judges_the_age_proves_it_and_nothing_is_tried_twice() {
    let check = |manner: KdcManner, expected: &'static [&'static str]| {
        play(async move {
            let mut stage = at_the_field("clean", |scenario| scenario.directory.kdc = manner).await?;
            stage.test_the_right_one().await?;
            stage.check_proof(ProofWord::CurrentByAge)?;
            stage.check_tests(expected)
        });
    };
    let unasked = &["dc1 accepted", "dc2 accepted"];
    check(KdcManner::Armored, unasked);
    check(KdcManner::WithoutAes, unasked);
    check(KdcManner::Elsewhere, unasked);
    check(KdcManner::Forbidding, &["dc1 accepted", "dc1 kerberos 12", "dc2 accepted"]);
}

#[test]
fn a_ticket_given_unasked_proves_the_password_that_opens_it_and_refuses_the_previous_one() {
    play(async {
        let unasked = |scenario: &mut Scenario| scenario.directory.kdc = KdcManner::Unasked;
        let mut stage = at_the_field("old-password-accepted", unasked).await?;
        stage.test(PREVIOUS_PASSWORD).await?;
        let blocked = stage.walk()?.phase(Step::Password);
        let named = matches!(blocked, Phase::Blocked(Reason::PasswordRefused { previous: true, .. }));
        stage.hold(named, "refused as the previous password")?;
        stage.test_the_right_one().await?;
        stage.check_proof(ProofWord::CurrentByKerberos)?;
        // The directory noticed nothing of what was compared here.
        stage.check_tests(&["dc1 accepted", "dc1 accepted", "dc2 accepted"])
    });
}

#[test]
fn a_password_changed_so_lately_that_the_previous_one_is_taken_too_waits_or_needs_a_reason() {
    play(async {
        let mut stage = at_the_field("controller-down", |_| {}).await?;
        stage.test(PREVIOUS_PASSWORD).await?;
        stage.check_proof(ProofWord::PerhapsPrevious)?;
        stage.enter().await?;
        let asked = stage.walk()?.question() == Some(&Question::GoOnOrRetest);
        stage.hold(asked && stage.walk()?.current == Step::Password, "no way on without a word")?;
        stage.wait(Duration::from_secs(90)).await?;
        stage.choose("Test").await?;
        stage.until_settled().await?;
        let refused =
            matches!(stage.walk()?.phase(Step::Password), Phase::Blocked(Reason::PasswordRefused { .. }));
        stage.hold(refused, "the previous password refused once its window has closed")?;
        stage.test_the_right_one().await?;
        stage.check_proof(ProofWord::CurrentByAge)
    });
}

#[test]
fn a_controller_whose_clock_differs_is_asked_once_more_by_its_own_time() {
    for ahead in [600, -600] {
        play(async move {
            let mut stage = at_the_field("clean", |scenario| {
                scenario.directory.ahead_seconds.insert("dc1".into(), ahead);
                scenario.holds.attempts_at_most = Some(4);
            })
            .await?;
            stage.test_the_right_one().await?;
            stage.check_proof(ProofWord::CurrentByKerberos)?;
            stage.check_tests(&[
                "dc1 accepted",
                "dc1 kerberos 37",
                "dc1 kerberos accepted",
                "dc2 accepted",
            ])?;
            stage.enter().await?;
            stage.save_to_the_end().await
        });
    }
}

#[test]
fn without_server_certificates_kerberos_alone_proves_it_and_no_password_leaves() {
    play(async {
        let bare = |scenario: &mut Scenario| scenario.directory.certificates = Certificates::Missing;
        let mut stage = at_the_field("clean", bare).await?;
        // The reader can't bind either, and what it would have told may be the last failure but one.
        stage.test(PREVIOUS_PASSWORD).await?;
        stage.name_the_account().await?;
        stage.test_the_right_one().await?;
        stage.name_the_account().await?;
        stage.check_proof(ProofWord::CurrentByKerberos)?;
        stage.check_tests(&["dc1 kerberos 24", "dc1 kerberos accepted", "dc2 kerberos accepted"])?;
        stage.enter().await?;
        stage.until_step(Step::Save).await
    });
}

#[test]
fn what_nothing_could_prove_or_refuse_is_saved_untested_past_a_reason_and_the_accounts_name() {
    play(async {
        let mut stage = at_the_field("clean", |scenario| {
            scenario.directory.certificates = Certificates::Missing;
            scenario.directory.kdc = KdcManner::Forbidding;
        })
        .await?;
        stage.test_the_right_one().await?;
        stage.name_the_account().await?;
        stage.check_proof(ProofWord::Untested)?;
        let blocked = stage.walk()?.phase(Step::Password);
        let unproved =
            matches!(blocked, Phase::Blocked(Reason::PasswordUnproved { fault: Fault::KerberosPolicy, .. }));
        stage.hold(unproved, "that it can't be proved, and why")?;
        // It counts as one that may have been counted, and nothing tells how many are safe.
        stage.check_tests(&["dc1 kerberos 12"])?;
        stage.enter().await?;
        stage.choose("Go on").await?;
        stage.until_asked(&Question::ReasonToGoOn).await?;
        stage.answer("a policy keeps the account to its own hosts").await?;
        stage.until_asked(&Question::UntestedName).await?;
        stage.answer("svc-mdi").await?;
        stage.until_step(Step::Save).await?;
        stage.until_reads("Click Save: an UNTESTED password goes to the portal.").await?;
        stage.until_reads("UNTESTED, typed just now").await?;
        stage.confirm_save().await?;
        stage.until_step(Step::Services).await?;
        let facts = stage.facts()?;
        let untested = facts.iter().any(|fact| matches!(fact, Fact::SaveIntended { tested: false, .. }));
        stage.hold(untested, "on record that it was saved untested")?;
        stage.leave().await?;
        stage.check_traces()
    });
}
