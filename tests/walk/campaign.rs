//! A whole walk for every write and every call, each time with that one failing: it ends as it would have, or says so.
//!
//! By default some of them, other ones in each scenario; all where `MDI_CONSOLE_EVERY_CALL` is set. Relies on an operator
//! who does what anybody would do, again and again, and leaves when nothing comes of it. Deliberately absent: a machine
//! that really fails (`faults.rs`).

use std::time::Duration;

use mdi_console::directory::lockout::Outcome;
use mdi_console::engine::ledger::LedgerFile;
use mdi_console::lab::scenario;
use mdi_console::lab::world::{ACCOUNT, WRONG_PASSWORD};
use mdi_console::text::Safe;
use mdi_console::walkthrough::fact::{Fact, ProofWord};
use mdi_console::walkthrough::step::{Phase, Question};
use mdi_console::walkthrough::watch::VerdictWord;
use mdi_console::walkthrough::words;

use crate::stage::{Missed, Stage, Tried};

#[path = "campaign/calls.rs"]
mod calls;
#[path = "campaign/writes.rs"]
mod writes;

/// So often the same thing is tried before the operator gives up.
const PATIENCE: usize = 7;

fn stage_of(name: &str) -> Tried<Stage> {
    Stage::empty(scenario::find(name).ok_or_else(|| Missed::because(name))?)
}

impl Stage {
    /// Walks until there is a verdict, or nothing comes of trying any more; then leaves.
    async fn walk_through(&mut self) -> Tried {
        let mut wrong = self.scenario.name == "refused";
        let (mut before, mut same) = (String::new(), 0);
        for _ in 0..200 {
            self.settle().await?;
            if self.walk()?.over || self.verdict()?.is_some() {
                break;
            }
            let now = self.standing()?;
            same = if now == before { same + 1 } else { 0 };
            before = now;
            if same >= PATIENCE {
                self.says_why().await?;
                break;
            }
            if wrong && self.walk()?.question() == Some(&Question::Password) {
                wrong = false;
                self.test(WRONG_PASSWORD).await?;
            } else if *self.walk()?.phase(self.walk()?.current) == Phase::Working {
                self.wait(Duration::from_secs(5)).await?;
            } else {
                self.act().await?;
            }
        }
        self.hold(same < 150, "an end")?;
        if !self.walk()?.over {
            self.leave().await?;
        }
        Ok(())
    }

    /// Where the walk stands, as far as trying again may change it.
    fn standing(&self) -> Tried<String> {
        let walk = self.walk()?;
        Ok(format!("{:?} {:?} {}", walk.current, walk.question(), walk.record.lines))
    }

    /// What stands in the way can be read on the screen.
    async fn says_why(&mut self) -> Tried {
        let walk = self.walk()?;
        let mut said: Vec<String> = Vec::new();
        if let Phase::Blocked(reason) = walk.phase(walk.current) {
            said.push(words::blocked(reason).to_string());
        }
        if walk.record.fault.is_some() {
            said.push("The record can't be written".into());
        }
        if walk.portal.fault.is_some() {
            said.push(words::asked(walk).to_string());
        }
        self.wait(Duration::from_secs(1)).await?;
        let begins = |said: &String| said.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
        let console = self.console()?;
        let read = said.iter().map(begins).any(|words| console.reads(&words));
        self.hold(read, &format!("a sentence that says what stands in the way: {said:?}"))
    }

    /// What holds however the walk ended.
    fn check_campaign(&self) -> Tried {
        let verdict = self.verdict()?;
        self.hold(verdict != Some(VerdictWord::Refused), "no refusal of a password that was proved")?;
        self.hold(verdict.is_none() || self.lab.saves() == 1, "one save for a verdict")?;
        self.hold(self.lab.saves() <= 1, "one save at most")?;
        if self.lab.saves() > 0 {
            self.hold(self.lab.stored_is_right(), "no password saved but the right one")?;
        }
        self.hold(!self.lab.account_locked(), "an account never locked")?;
        let screen = String::from_utf8_lossy(&self.console()?.bytes()).into_owned();
        self.hold(!screen.contains("a task of the program failed"), "no task that fell")?;
        self.check_attempts()?;
        self.check_secrets()
    }

    /// The ledger knows of every attempt, and takes none for harmless that the directory counted.
    fn check_attempts(&self) -> Tried {
        let ledger = LedgerFile::in_folder(&self.state())?;
        let page = ledger.page(self.driven.clock().now().wall)?;
        let made = self.lab.attempts();
        let own = made.iter().filter(|one| !one.by_sensor && one.name.starts_with(ACCOUNT));
        let (made, refused) = own.fold((0, 0), |(made, refused), one| {
            (made + 1, refused + usize::from(!one.outcome.ends_with("accepted")))
        });
        let counted = |harmless: &[Outcome]| {
            let of_account = page.attempts.iter().filter(|one| one.account.0.starts_with(ACCOUNT));
            of_account.filter(|one| one.outcome.is_none_or(|outcome| !harmless.contains(&outcome))).count()
        };
        let sent = counted(&[Outcome::NotSent]);
        self.hold(sent >= made, &format!("{made} attempts in the ledger, which knows of {sent}"))?;
        let failed = counted(&[Outcome::NotSent, Outcome::Accepted]);
        self.hold(failed >= refused, &format!("{refused} failures in the ledger, which counts {failed}"))
    }
}

/// No save without a proof that is on record before it.
fn check_order(facts: &[Fact], saves: u32) -> Tried {
    let at = |wanted: fn(&Fact) -> bool| facts.iter().position(wanted);
    let proved = at(|fact| {
        let word = if let Fact::Accepted { proof, .. } = fact { Some(*proof) } else { None };
        matches!(word, Some(ProofWord::CurrentByKerberos | ProofWord::CurrentByAge))
    });
    // Short of that, a reason that somebody typed.
    let proved = proved.or_else(|| at(|fact| matches!(fact, Fact::Overridden { .. })));
    let intended = at(|fact| matches!(fact, Fact::SaveIntended { tested: true, .. }));
    let untested = at(|fact| matches!(fact, Fact::SaveIntended { tested: false, .. }));
    let ordered = proved.zip(intended).is_some_and(|(proved, intended)| proved < intended);
    if untested.is_none() && (saves == 0 || ordered) {
        return Ok(());
    }
    Err(Missed::because(format!("saved without a proof on record: {facts:?}")))
}

/// From one place to the next, as it was asked for; other places in each campaign.
fn places(name: &str, last: usize, few: usize) -> Vec<usize> {
    if std::env::var_os("MDI_CONSOLE_EVERY_CALL").is_some() {
        return (1..=last).collect();
    }
    let every = (last / few).max(1);
    (1 + name.bytes().map(usize::from).sum::<usize>() % every..=last).step_by(every).collect()
}

#[test]
fn a_save_without_a_proof_before_it_would_be_seen() {
    let accepted = Fact::Accepted { proof: ProofWord::CurrentByKerberos, hosts: Vec::new() };
    let intended = |tested: bool| Fact::SaveIntended {
        entry: Safe::default(),
        change: Safe::default(),
        tested,
        hand_off: false,
        positions: Vec::new(),
        open_issues: Vec::new(),
        bad_password_count: None,
        portal_time: None,
        etag: None,
    };
    let check = |facts: &[Fact], saves: u32, so: bool| assert_eq!(check_order(facts, saves).is_ok(), so);
    check(&[accepted.clone(), intended(true)], 1, true);
    check(&[intended(true), accepted.clone()], 1, false);
    check(&[intended(true)], 1, false);
    check(&[accepted.clone()], 1, false);
    check(&[accepted, intended(false)], 1, false);
    check(&[], 0, true);
}
