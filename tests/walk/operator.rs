//! What an operator does at a console: reads the question, presses keys, waits for the next one.
//!
//! Relies on the stage alone. Deliberately absent: scenarios, and judging what came of it.

use mdi_console::key::{Code, Key};
use mdi_console::model::Focus;
use mdi_console::walkthrough::step::{Phase, Question, Step};
use mdi_console::walkthrough::words;

use crate::stage::{House, Missed, Stage, Tried};

impl<H: House> Stage<H> {
    pub async fn press(&mut self, key: Key) -> Tried {
        self.console()?.press(key)?;
        self.settle().await
    }

    pub async fn enter(&mut self) -> Tried {
        self.press(Key::plain(Code::Enter)).await
    }

    pub async fn until_asked(&mut self, question: &Question) -> Tried {
        let what = format!("the question {question:?}");
        self.until(&what, |model| model.walk.question() == Some(question)).await
    }

    pub async fn until_step(&mut self, step: Step) -> Tried {
        self.until(&format!("step {step:?}"), |model| model.walk.current == step).await
    }

    /// Until the current step works no more.
    pub async fn until_settled(&mut self) -> Tried {
        self.until("an end of the work", |model| *model.walk.phase(model.walk.current) != Phase::Working)
            .await
    }

    /// Marks the option that begins so, by its number, and chooses it.
    pub async fn choose(&mut self, begins: &str) -> Tried {
        let walk = self.walk()?;
        let question = walk.question().cloned().ok_or_else(|| self.missed("a question to choose for"))?;
        let options = words::options(walk, &question);
        let begins = begins.to_lowercase();
        let place = options.iter().position(|option| option.to_lowercase().starts_with(&begins));
        let place = place.ok_or_else(|| self.missed(&format!("an option {begins} of {options:?}")))?;
        let digit = char::from_digit(u32::try_from(place + 1)?, 10);
        self.press(Key::char(digit.ok_or_else(|| self.missed("a digit"))?)).await?;
        self.enter().await
    }

    /// Types into the ordinary field of the open question.
    pub async fn answer(&mut self, text: &str) -> Tried {
        if self.model()?.focus() != Focus::Field {
            return Err(self.missed("a field to type into"));
        }
        self.console()?.type_text(text)?;
        self.settle().await?;
        self.enter().await
    }

    /// Types a password into the masked field and tests it.
    pub async fn test(&mut self, password: &str) -> Tried {
        if *self.walk()?.phase(Step::Password) != Phase::Asking(Question::Password) {
            self.enter().await?;
        }
        self.until("the masked field", |model| model.focus() == Focus::MaskedField).await?;
        self.console()?.type_text(password)?;
        self.settle().await?;
        self.enter().await?;
        self.until_settled().await
    }

    pub async fn sign_in(&mut self) -> Tried {
        self.until_asked(&Question::HowToBegin).await?;
        self.choose("Sign in").await?;
        self.until_asked(&Question::CanEdit).await?;
        self.choose("Yes").await?;
        self.until_step(Step::Configuration).await
    }

    /// From the configuration to step 4.
    pub async fn reach_password(&mut self) -> Tried {
        self.enter().await?;
        self.until_step(Step::DirectoryServices).await?;
        self.pass_directory_services().await
    }

    pub async fn pass_directory_services(&mut self) -> Tried {
        self.until_settled().await?;
        if self.walk()?.question() == Some(&Question::UsedElsewhere) {
            self.choose("No").await?;
            self.until_settled().await?;
        }
        self.enter().await?;
        self.until_step(Step::Password).await
    }

    /// To step 5 with the right password.
    pub async fn reach_save(&mut self) -> Tried {
        self.sign_in().await?;
        self.reach_password().await?;
        self.choose("Yes").await?;
        let right = self.right.clone();
        self.test(&right).await?;
        self.enter().await?;
        self.until_step(Step::Save).await
    }

    /// Types what the dialog asks for.
    pub async fn confirm_save(&mut self) -> Tried {
        self.until_asked(&Question::ConfirmSave).await?;
        let wanted = words::wanted(self.walk()?, &Question::ConfirmSave);
        let wanted = wanted.ok_or_else(|| Missed::because("nothing is asked for"))?;
        self.answer(&wanted).await
    }

    /// Out of whatever field, through the dialog, to the walk's end.
    pub async fn leave(&mut self) -> Tried {
        self.press(Key::ctrl('c')).await?;
        if self.walk()?.question() == Some(&Question::Leave) {
            self.choose("Leave").await?;
        }
        self.until_over().await
    }

    /// Out of the field or the choice, and back a step.
    pub async fn back(&mut self) -> Tried {
        if matches!(self.model()?.focus(), Focus::MaskedField | Focus::Field) {
            self.press(Key::plain(Code::Esc)).await?;
        }
        self.press(Key::char('b')).await
    }

    pub async fn until_verdict(&mut self) -> Tried {
        self.until("a verdict", |model| {
            model.walk.watch.as_ref().is_some_and(|watch| watch.verdict.is_some())
        })
        .await
    }
}
