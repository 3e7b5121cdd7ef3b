//! Plays a scenario's own script: each line as the operator's keys.
//!
//! Relies on the operator. What the script doesn't mention is answered as anybody would. Deliberately absent: the end.

use std::time::Duration;

use mdi_console::key::Key;
use mdi_console::lab::scenario::{Act, Step as Line};
use mdi_console::lab::world::{PREVIOUS_PASSWORD, WRONG_PASSWORD};
use mdi_console::walkthrough::step::{Phase, Question, Step};

use crate::stage::{House, Missed, Stage, Tried};

fn step_of(line: &Line) -> Tried<Step> {
    Step::from_number(line.step).ok_or_else(|| Missed::because("no step of seven"))
}

impl<H: House> Stage<H> {
    pub async fn play_script(&mut self) -> Tried {
        self.play_up_to(Step::Sensors).await
    }

    /// The script's lines, those of `last` included.
    pub async fn play_up_to(&mut self, last: Step) -> Tried {
        for line in self.scenario.script.clone().into_iter().filter(|line| line.step <= last.number()) {
            let step = step_of(&line)?;
            self.until_step(step).await.map_err(|_| self.missed(&line.words()))?;
            self.play_line(&line).await?;
        }
        Ok(())
    }

    async fn play_line(&mut self, line: &Line) -> Tried {
        let text = line.text.as_deref().unwrap_or_default();
        match line.act {
            Act::SignIn => self.sign_in().await,
            Act::Continue if line.step == 3 => self.pass_directory_services().await,
            Act::Continue => {
                self.until("the step to be ready", |model| {
                    *model.walk.phase(model.walk.current) == Phase::Ready
                })
                .await?;
                self.enter().await
            }
            Act::Again => {
                let settled = self.walk()?.phase(step_of(line)?).clone();
                self.hold(matches!(settled, Phase::Blocked(_)), "something that stands in the way")?;
                self.press(Key::char('r')).await?;
                self.until_settled().await
            }
            Act::Answer => self.choose(text).await,
            Act::Type => {
                let password = self.password(text);
                self.test(&password).await?;
                self.go_on_if_accepted().await
            }
            Act::Retest => {
                self.enter().await?;
                self.choose("Test").await?;
                self.until_settled().await?;
                self.go_on_if_accepted().await
            }
            Act::Reason => {
                self.enter().await?;
                self.choose("Go on").await?;
                self.answer(text).await?;
                self.until_step(Step::Save).await
            }
            Act::Wait => self.wait(Duration::from_secs(line.seconds.unwrap_or(0).into())).await,
            Act::Save => self.confirm_save().await,
            Act::Watch => self.until_verdict().await,
            Act::Leave => {
                self.until_settled().await?;
                let blocked = matches!(self.walk()?.phase(step_of(line)?), Phase::Blocked(_));
                self.hold(blocked, "something that stands in the way")?;
                self.leave().await
            }
        }
    }

    fn password(&self, which: &str) -> String {
        match which {
            "right" => self.right.clone(),
            "wrong" => WRONG_PASSWORD.into(),
            _ => PREVIOUS_PASSWORD.into(),
        }
    }

    /// A password accepted without misgivings needs but Enter; with them the script says what to do.
    async fn go_on_if_accepted(&mut self) -> Tried {
        let walk = self.walk()?;
        let clean = walk.acceptance.as_ref().is_some_and(|held| held.misgivings.is_empty());
        if clean && walk.question() != Some(&Question::Password) {
            self.enter().await?;
        }
        Ok(())
    }
}
