//! What fails around the walk: the ledger, the record, the guard; and two consoles that share one ledger.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mdi_console::journal::file::Disk;
use mdi_console::lab::scenario;
use mdi_console::lab::world::{PREVIOUS_PASSWORD, WRONG_PASSWORD};
use mdi_console::walkthrough::step::{Phase, Reason, Step};

use crate::play;
use crate::stage::{Stage, Tried};

impl Stage {
    fn blocked(&self, by: impl Fn(&Reason) -> bool, what: &str) -> Tried {
        let walk = self.walk()?;
        let blocked = matches!(walk.phase(walk.current), Phase::Blocked(reason) if by(reason));
        self.hold(blocked, what)
    }

    async fn reach_field(&mut self) -> Tried {
        self.sign_in().await?;
        self.reach_password().await?;
        self.choose("Yes").await
    }
}

#[test]
fn without_a_ledger_no_password_is_tested() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_field().await?;
        // A folder where the file should be: not even root can write there.
        drop(fs::remove_file(stage.ledger()));
        fs::create_dir(stage.ledger())?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.blocked(|reason| matches!(reason, Reason::LedgerFailed(_)), "the ledger's failure said")?;
        stage.until_reads("Without it no attempt is made").await?;
        stage.hold(stage.tests_made() == 0, "no test")?;
        fs::remove_dir(stage.ledger())?;
        stage.enter().await?;
        stage.until_settled().await?;
        if stage.walk()?.acceptance.is_none() {
            stage.test(&right).await?;
        }
        stage.hold(stage.walk()?.acceptance.is_some(), "the test made once the ledger can be written")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

/// A disk that is full from a certain moment on.
struct Filling {
    file: fs::File,
    full: Arc<AtomicBool>,
}

impl Filling {
    fn check(&self) -> io::Result<()> {
        if self.full.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Disk for Filling {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        Disk::write(&mut self.file, bytes)
    }

    fn force(&mut self) -> io::Result<()> {
        self.check()?;
        Disk::force(&mut self.file)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        Disk::cut(&mut self.file, length)
    }
}

async fn over_a_filling_disk() -> Tried<(Stage, Arc<AtomicBool>)> {
    let found = scenario::find("clean").ok_or_else(|| crate::stage::Missed::because("no scenario"))?;
    let mut stage = Stage::empty(found)?;
    fs::create_dir_all(stage.state())?;
    let full = Arc::new(AtomicBool::new(false));
    let file =
        fs::OpenOptions::new().append(true).create_new(true).open(stage.state().join("played.jsonl"))?;
    stage.sit_down_over(Filling { file, full: Arc::clone(&full) })?;
    stage.settle().await?;
    Ok((stage, full))
}

#[test]
fn what_can_not_be_recorded_is_neither_tested_nor_saved() {
    play(async {
        let (mut stage, full) = over_a_filling_disk().await?;
        stage.reach_field().await?;
        let right = stage.right.clone();
        full.store(true, Ordering::SeqCst);
        stage.test(&right).await?;
        stage.hold(stage.tests_made() == 0, "no test that is not on record")?;
        stage.hold(stage.walk()?.record.fault.is_some(), "the record's fault known")?;
        full.store(false, Ordering::SeqCst);
        for _ in 0..3 {
            if stage.walk()?.acceptance.is_none() {
                stage.enter().await?;
                stage.until_settled().await?;
            }
        }
        if stage.walk()?.acceptance.is_none() {
            stage.test(&right).await?;
        }
        stage.hold(stage.walk()?.acceptance.is_some(), "the test made once the record can be written")?;
        stage.enter().await?;
        stage.until_step(Step::Save).await?;
        full.store(true, Ordering::SeqCst);
        stage.confirm_save().await?;
        stage.until_settled().await?;
        stage.hold(stage.lab.saves() == 0, "no save that is not on record")?;
        stage.blocked(|reason| matches!(reason, Reason::RecordFailed(_)), "the record's failure said")?;
        full.store(false, Ordering::SeqCst);
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn a_walk_whose_record_can_not_be_written_still_ends() {
    play(async {
        let (mut stage, full) = over_a_filling_disk().await?;
        stage.sign_in().await?;
        full.store(true, Ordering::SeqCst);
        stage.leave().await?;
        stage.check_secrets()
    });
}

#[test]
fn the_guard_is_shut_near_the_lockout_and_opens_when_the_window_has_passed() {
    play(async {
        let mut stage = Stage::open("near-lockout").await?;
        stage.reach_field().await?;
        let right = stage.right.clone();
        stage.test(&right).await?;
        stage.blocked(|reason| matches!(reason, Reason::GuardNotBefore { .. }), "the guard shut")?;
        stage.hold(stage.tests_made() == 0, "no test")?;
        stage.wait(Duration::from_secs(58)).await?;
        stage.enter().await?;
        stage.until_settled().await?;
        if stage.walk()?.acceptance.is_none() {
            stage.test(&right).await?;
        }
        stage.hold(stage.walk()?.acceptance.is_some(), "a test once the window has passed")?;
        stage.leave().await?;
        stage.check_traces()
    });
}

#[test]
fn two_consoles_share_one_ledger_and_never_lock_the_account_between_them() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.reach_field().await?;
        stage.sit_down()?;
        stage.reach_field().await?;
        let mut refused = 0;
        for round in 0..8 {
            stage.seat = round % 2;
            let password = if round % 3 == 2 { PREVIOUS_PASSWORD } else { WRONG_PASSWORD };
            stage.settle().await?;
            if matches!(stage.walk()?.phase(Step::Password), Phase::Blocked(Reason::GuardNotBefore { .. })) {
                stage.enter().await?;
                stage.until_settled().await?;
                continue;
            }
            stage.test(password).await?;
            refused += usize::from(matches!(
                stage.walk()?.phase(Step::Password),
                Phase::Blocked(Reason::PasswordRefused { .. })
            ));
        }
        stage.hold(refused > 0 && refused <= 3, &format!("1 to 3 refusals of 5, not {refused}"))?;
        stage.hold(stage.tests_made() == refused, "no test but those")?;
        for seat in 0..2 {
            stage.seat = seat;
            stage.blocked(
                |reason| matches!(reason, Reason::GuardNotBefore { .. }),
                "the guard shut for both",
            )?;
        }
        stage.hold(!stage.lab.account_locked(), "an account never locked")?;
        stage.check_traces()
    });
}
