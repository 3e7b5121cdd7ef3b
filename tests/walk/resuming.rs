//! Killed at any line of the record, and taken up by another process: every scenario comes to the end its file names.
//!
//! The kill is a real one (`doomed.rs`): either as soon as the line is written, so that what it announces is never done,
//! or just before the next, so that it was done and nobody wrote it down. Deliberately absent: a machine that loses power.

use std::path::Path;
use std::time::Duration;

use mdi_console::engine::record;
use mdi_console::journal::file::read_record;
use mdi_console::key::Key;
use mdi_console::lab::scenario;
use mdi_console::walkthrough::resume::{Dated, Offer};
use mdi_console::walkthrough::step::{Phase, Question, Reason, Step};
use mdi_console::walkthrough::words;

use crate::doomed::{self, Moment};
use crate::play;
use crate::stage::{Missed, Stage, Tried};

fn lines(record: &Path) -> Tried<Vec<Dated>> {
    Ok(record::facts(&read_record(record)?)?)
}

impl Stage {
    /// What anybody would do who finds the walk as it is, until there is a verdict.
    async fn walk_on(&mut self) -> Tried {
        for _ in 0..150 {
            self.settle().await?;
            if self.walk()?.over || self.verdict()?.is_some() {
                return Ok(());
            }
            if self.walk()?.phase(Step::DirectoryServices) == &Phase::Blocked(Reason::ManagedAccount) {
                return self.leave().await;
            }
            self.act().await?;
        }
        Err(self.missed("a verdict"))
    }

    /// The one next thing that anybody would do.
    pub async fn act(&mut self) -> Tried {
        let question = self.walk()?.question().cloned();
        match question {
            Some(Question::HowToBegin) => self.choose("Sign in").await,
            Some(Question::UsedElsewhere) => self.choose("No").await,
            Some(Question::CanEdit | Question::ChangedInDirectory) => self.choose("Yes").await,
            Some(Question::Password) => {
                let right = self.right.clone();
                self.test(&right).await
            }
            Some(Question::GoOnOrRetest) => self.go_on_or_retest().await,
            Some(question) => {
                let wanted = words::wanted(self.walk()?, &question);
                self.answer(&wanted.unwrap_or_else(|| "nobody objects".into())).await
            }
            None => self.do_the_step().await,
        }
    }

    /// Waiting helps against whatever mends itself; then a reason does.
    async fn go_on_or_retest(&mut self) -> Tried {
        self.wait(Duration::from_secs(30)).await?;
        if self.now().0 < Duration::from_mins(4) && self.walk()?.question() == Some(&Question::GoOnOrRetest) {
            return self.choose("Test").await;
        }
        self.choose("Go on").await
    }

    async fn do_the_step(&mut self) -> Tried {
        let (step, phase) = (self.walk()?.current, self.walk()?.phase(self.walk()?.current).clone());
        match phase {
            Phase::Working => self.wait(Duration::from_secs(1)).await,
            Phase::Blocked(Reason::ManagedAccount) => self.leave().await,
            Phase::Blocked(_) => {
                self.wait(Duration::from_secs(10)).await?;
                if step == Step::DirectoryServices {
                    return self.press(Key::char('r')).await;
                }
                self.enter().await
            }
            Phase::Ready | Phase::Asking(_) | Phase::Settled(_) => self.enter().await,
        }
    }
}

/// Killed at so many lines, and on from there. False once the walk has fewer of them.
async fn killed((test, name): (&str, &str), after: usize, moment: Moment) -> Tried<bool> {
    let found = scenario::find(name).ok_or_else(|| Missed::because(name))?;
    let mut stage = Stage::empty(found)?;
    let told =
        |missed: Missed| Missed::because(format!("{name}, killed at line {after}, {moment:?}: {missed}"));
    if !stage.walk_until_killed(test, after, moment).await.map_err(told)? {
        return Ok(false);
    }
    let left = lines(&stage.state().join("played.jsonl"))?;
    assert_eq!(left.len(), after, "{name}, {moment:?}");
    let Some(offer) = Offer::of("played", &left) else { return Ok(true) };
    let last = format!("{:?}", left.last());
    stage.sit_down_again(offer)?;
    // That the portal asked to wait is on no record: another process learns it by asking once.
    stage.impatient_at_most = stage.lab.impatient().saturating_add(1);
    let resumed = async {
        stage.walk_on().await?;
        // The tests before it count too, and nobody said how many they would be.
        stage.scenario.holds.attempts_at_most = None;
        stage.check_end()?;
        stage.check_traces()
    };
    resumed.await.map_err(|missed| told(Missed::because(format!("{last}: {missed}"))))?;
    Ok(true)
}

/// At both moments of every line where that is asked for; else at some, other ones in each scenario.
async fn killed_everywhere((test, name): (&str, &str), every: usize) -> Tried {
    if doomed::is_called() {
        return doomed::walk().await;
    }
    let thorough =
        std::env::var("MDI_CONSOLE_EVERY_LINE").is_ok_and(|which| which == "all" || name != "large-fleet");
    let every = if thorough { 1 } else { every };
    let mut after = 1 + name.len() % every;
    let (mut moment, mut other) = (Moment::Written, Moment::BeforeTheNext);
    while killed((test, name), after, moment).await? {
        if thorough {
            killed((test, name), after, other).await?;
        } else {
            std::mem::swap(&mut moment, &mut other);
        }
        after += every;
    }
    // Where there is nothing to change, the walk is a short one.
    let least = if name == "gmsa" { 5 } else { 20 };
    if after > least { Ok(()) } else { Err(Missed::because(format!("only {after} lines of {name}"))) }
}

macro_rules! scenarios {
    ($($test:ident: $name:literal, $every:literal;)*) => {
        $(#[test]
        fn $test() {
            play(killed_everywhere((concat!("resuming::", stringify!($test)), $name), $every));
        })*

        const KILLED: &[&str] = &[$($name),*];
    };
}

scenarios! {
    clean_is_resumed_from_anywhere: "clean", 5;
    wrong_password_saved_is_resumed_from_anywhere: "wrong-password-saved", 13;
    refused_is_resumed_from_anywhere: "refused", 13;
    controller_down_is_resumed_from_anywhere: "controller-down", 13;
    not_replicated_is_resumed_from_anywhere: "not-replicated", 13;
    near_lockout_is_resumed_from_anywhere: "near-lockout", 13;
    locked_out_is_resumed_from_anywhere: "locked-out", 13;
    password_expired_is_resumed_from_anywhere: "password-expired", 13;
    old_password_accepted_is_resumed_from_anywhere: "old-password-accepted", 13;
    sign_in_declined_is_resumed_from_anywhere: "sign-in-declined", 13;
    portal_throttled_is_resumed_from_anywhere: "portal-throttled", 13;
    portal_down_at_save_is_resumed_from_anywhere: "portal-down-at-save", 7;
    log_rotates_is_resumed_from_anywhere: "log-rotates", 13;
    one_sensor_refuses_is_resumed_from_anywhere: "one-sensor-refuses", 13;
    large_fleet_is_resumed_from_anywhere: "large-fleet", 150;
    gmsa_is_resumed_from_anywhere: "gmsa", 3;
}

#[test]
fn every_scenario_is_killed() {
    let mut all: Vec<String> = scenario::all().into_iter().map(|scenario| scenario.name).collect();
    let mut killed: Vec<&str> = KILLED.to_vec();
    all.sort();
    killed.sort_unstable();
    assert_eq!(all, killed);
}
