//! Ended after any line of the record, and taken up by another process: every scenario comes to the end its file names.
//!
//! The disk takes so many lines and no more, as if the process had been killed then: whatever the next line would have
//! announced is not done, what was sent before goes on by itself. Deliberately absent: a real SIGKILL.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mdi_console::engine::record;
use mdi_console::journal::file::{Disk, read_record};
use mdi_console::key::Key;
use mdi_console::lab::scenario;
use mdi_console::walkthrough::resume::{Dated, Offer};
use mdi_console::walkthrough::step::{Phase, Question, Reason, Step};
use mdi_console::walkthrough::words;

use crate::play;
use crate::stage::{Missed, Stage, Tried};

/// Takes so many lines; the next one ends the process.
struct Cut {
    file: File,
    left: usize,
    killed: Arc<AtomicBool>,
}

impl Disk for Cut {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.left == 0 {
                self.killed.store(true, Ordering::Relaxed);
                return Err(io::Error::other("the process is dead"));
            }
            self.left -= 1;
            self.file.write_all(line)?;
        }
        Ok(())
    }

    fn force(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// A dead process mends nothing: the file is another one's by now.
    fn cut(&mut self, _: u64) -> io::Result<()> {
        Ok(())
    }
}

fn lines(record: &Path) -> Tried<Vec<Dated>> {
    Ok(record::facts(&read_record(record)?)?)
}

impl Stage {
    async fn walk_until_killed(&mut self, after: usize) -> Tried {
        std::fs::create_dir_all(self.state())?;
        // As the program makes it.
        std::fs::set_permissions(self.state(), std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let path = self.state().join("played.jsonl");
        let file = OpenOptions::new().create_new(true).append(true).open(path)?;
        self.sit_down_over(Cut { file, left: after, killed: Arc::clone(&self.killed) })?;
        let played = async {
            self.settle().await?;
            self.play_script().await?;
            self.settle().await?;
            if self.walk()?.over { Ok(()) } else { self.enter().await }
        };
        let played = played.await;
        if self.killed.load(Ordering::Relaxed) { Ok(()) } else { played }
    }

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

/// Killed after so many lines, and on from there. False once the walk has fewer lines.
async fn killed(name: &str, after: usize, away: Duration) -> Tried<bool> {
    let found = scenario::find(name).ok_or_else(|| Missed::because(name))?;
    let mut stage = Stage::empty(found)?;
    stage.walk_until_killed(after).await?;
    if !stage.killed.load(Ordering::Relaxed) {
        return Ok(false);
    }
    let left = lines(&stage.console()?.record)?;
    assert_eq!(left.len(), after);
    let Some(offer) = Offer::of("played", &left) else { return Ok(true) };
    let last = format!("{:?}", left.last());
    stage.sit_down_again(offer)?;
    // That the portal asked to wait is on no record: another process learns it by asking once.
    stage.impatient_at_most = stage.lab.impatient().saturating_add(1);
    let resumed = async {
        stage.wait(away).await?;
        stage.walk_on().await?;
        // The tests before it count too, and nobody said how many they would be.
        stage.scenario.holds.attempts_at_most = None;
        stage.check_end()?;
        stage.check_traces()
    };
    let resumed = resumed.await;
    resumed.map_err(|missed| Missed::because(format!("killed after line {after}, {last}: {missed}")))?;
    Ok(true)
}

/// After every line where that is asked for; else after some, other ones in each scenario.
async fn killed_everywhere(name: &str, every: usize) -> Tried {
    let thorough = std::env::var_os("MDI_CONSOLE_EVERY_LINE").is_some();
    let every = if thorough && name != "large-fleet" { 1 } else { every };
    let mut after = 1 + name.len() % every;
    while killed(name, after, Duration::ZERO).await? {
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
            play(killed_everywhere($name, $every));
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
