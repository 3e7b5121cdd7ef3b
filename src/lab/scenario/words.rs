//! A scenario in words, for `lab --list`.
//!
//! Relies on the scenario's types alone.

use std::fmt::Write as _;

use super::{Act, End, Scenario, Step};

impl Scenario {
    /// Name, lesson, script and end, over several lines.
    pub fn described(&self) -> String {
        let mut text = format!("{}\n  {}\n", self.name, self.teaches);
        for step in &self.script {
            // Writing to a String can't fail.
            let _ = writeln!(text, "    step {}: {}", step.step, step.words());
        }
        let _ = writeln!(text, "  ends: {}", self.end.words());
        text
    }
}

impl Step {
    /// The step as an instruction.
    pub fn words(&self) -> String {
        let said = self.text.as_deref().unwrap_or_default();
        match self.act {
            Act::Continue => "Enter".into(),
            Act::Again => "ask again (r)".into(),
            Act::SignIn => "sign in (the code is approved after a moment)".into(),
            Act::Answer => format!("answer: {said}"),
            Act::Type => format!("type the {said} password and test it"),
            Act::Retest => "test it again".into(),
            Act::Reason => format!("give a reason: {said}"),
            Act::Wait => match self.seconds {
                Some(seconds) => format!("wait {said} ({seconds} s)"),
                None => format!("wait {said}"),
            },
            Act::Save => "save".into(),
            Act::Watch => "watch the sensors to the verdict".into(),
            Act::Leave => format!("{said}: leave"),
        }
    }
}

impl End {
    pub fn words(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::NoRefusalSeen => "no refusal seen",
            Self::NothingSaved => "nothing saved",
            Self::NotConfirmed => "not confirmed",
        }
    }
}
