//! Leaving: from every step, in the middle of a test, and in a hurry. The record is closed each time.

use mdi_console::key::{Code, Key};
use mdi_console::terminal::input::Input;
use mdi_console::terminal::signals::{Ending, Signal};
use mdi_console::walkthrough::fact::Fact;
use mdi_console::walkthrough::step::Step;
use mdi_console::walkthrough::watch::VerdictWord;

use crate::play;
use crate::stage::{Stage, Tried};

impl Stage {
    /// The last line closes the walk, and says what had become of it.
    fn check_left(&self, at: Step, verdict: Option<VerdictWord>) -> Tried {
        let facts = self.facts()?;
        let last = Fact::Left { step: at, verdict };
        self.hold(facts.last() == Some(&last), &format!("the last line {last:?}, not {:?}", facts.last()))?;
        self.hold(self.console()?.ended == Some(Ending::Quit), "an end in order")
    }
}

async fn leave_from(last: Step, at: Step) -> Tried {
    let mut stage = Stage::open("clean").await?;
    if at != Step::Portal {
        stage.play_up_to(last).await?;
        stage.until_step(at).await?;
        stage.until_settled_or_watching().await?;
    }
    stage.leave().await?;
    let saved = at > Step::Save;
    stage.check_left(at, saved.then_some(VerdictWord::NotConfirmed))?;
    stage.hold(stage.lab.saves() == u32::from(saved), "no save but the operator's")?;
    stage.check_traces()
}

impl Stage {
    /// Steps 6 and 7 work for as long as they are watched.
    async fn until_settled_or_watching(&mut self) -> Tried {
        if self.walk()?.current >= Step::Services { self.settle().await } else { self.until_settled().await }
    }
}

#[test]
fn a_walk_can_be_left_from_every_step_and_its_record_is_closed() {
    for at in Step::ALL {
        let last = at.previous().unwrap_or(at);
        play(leave_from(last, at));
    }
}

#[test]
fn leaving_in_the_middle_of_a_test_awaits_what_was_sent_and_records_its_outcome() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.sign_in().await?;
        stage.reach_password().await?;
        stage.choose("Yes").await?;
        let right = stage.right.clone();
        stage.console()?.type_text(&right)?;
        stage.settle().await?;
        stage.enter_only().await?;
        // The test is announced and on its way; the operator asks to leave, and means it.
        stage.console()?.press(Key::ctrl('c'))?;
        stage.console()?.press(Key::plain(Code::Enter))?;
        stage.until_over().await?;
        stage.hold(stage.tests_made() == 1, "the one test that was sent")?;
        stage.check_left(Step::Password, None)?;
        stage.hold(stage.walk()?.durable().interrupted.is_empty(), "every outcome on record")?;
        let ledger = std::fs::read_to_string(stage.ledger())?;
        let count = |word: &str| ledger.lines().filter(|line| line.contains(word)).count();
        stage.hold(count("\"attempt\"") == count("\"settled\""), "every attempt settled in the ledger")?;
        stage.check_traces()
    });
}

impl Stage {
    /// Enter, and nothing more than what the loop does of itself at once.
    async fn enter_only(&mut self) -> Tried {
        self.console()?.press(Key::plain(Code::Enter))?;
        self.turn_until(|model| !model.walk.durable().interrupted.is_empty()).await
    }
}

#[test]
fn a_link_that_is_lost_and_a_second_interrupt_close_the_record_at_once() {
    for (lost, ending) in [(true, Ending::LinkLost), (false, Ending::Interrupt)] {
        play(async move {
            let mut stage = Stage::open("clean").await?;
            stage.play_up_to(Step::Save).await?;
            stage.until_step(Step::Services).await?;
            if lost {
                stage.console()?.send(Input::Lost)?;
            } else {
                stage.console()?.press(Key::ctrl('c'))?;
                stage.console()?.press(Key::ctrl('c'))?;
            }
            stage.settle().await?;
            stage.hold(stage.console()?.ended == Some(ending), &format!("the end {ending:?}"))?;
            let console = stage.consoles.pop();
            let record = console.as_ref().map(|console| console.record.clone()).unwrap_or_default();
            drop(console.map(crate::console::Console::close));
            let facts = crate::oracle::facts(&record)?;
            let verdict = Some(VerdictWord::NotConfirmed);
            let left = Fact::Left { step: Step::Services, verdict };
            stage.hold(facts.last() == Some(&left), &format!("{left:?}, not {:?}", facts.last()))?;
            stage.check_secrets()
        });
    }
}

#[test]
fn a_terminate_leaves_in_order_without_asking() {
    play(async {
        let mut stage = Stage::open("clean").await?;
        stage.play_up_to(Step::DirectoryServices).await?;
        stage.until_step(Step::Password).await?;
        stage.console()?.signal(Signal::Terminate)?;
        stage.until_over().await?;
        let facts = stage.facts()?;
        let left = Fact::Left { step: Step::Password, verdict: None };
        stage.hold(facts.last() == Some(&left), "the record closed")?;
        stage.settle().await?;
        stage.hold(stage.console()?.ended == Some(Ending::Terminate), "the end of a terminated program")?;
        stage.check_traces()
    });
}
