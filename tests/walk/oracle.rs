//! What a walk came to, asked of everything but the screen: the lab's books, the verdict, the record, and every byte
//! that left the program.
//!
//! Relies on the lab counting for itself. Deliberately absent: how the walk came there.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use mdi_console::journal::Consistency;
use mdi_console::journal::file::read_record;
use mdi_console::lab::scenario::End;
use mdi_console::lab::world::{ACCOUNT, PREVIOUS_PASSWORD, READER_PASSWORD, WRONG_PASSWORD};
use mdi_console::walkthrough::fact::{Fact, fold};
use mdi_console::walkthrough::watch::VerdictWord;

use crate::console::Console;
use crate::stage::{House, Missed, Stage, Tried, files, hex};

/// What the record says, checked for being whole.
pub fn facts(record: &Path) -> Tried<Vec<Fact>> {
    let read = read_record(record)?;
    if read.consistency != Consistency::Consistent || read.torn.is_some() {
        return Err(Missed::because(format!("{:?}, torn {:?}", read.consistency, read.torn)));
    }
    read.lines.iter().map(|line| Ok(serde_json::from_str(line.body.get())?)).collect()
}

impl<H: House> Stage<H> {
    pub fn hold(&self, holds: bool, what: &str) -> Tried {
        if holds { Ok(()) } else { Err(self.missed(what)) }
    }
}

impl Stage {
    pub fn verdict(&self) -> Tried<Option<VerdictWord>> {
        let watch = self.walk()?.watch.as_ref();
        Ok(watch.and_then(|watch| Some(watch.verdict.as_ref()?.word)))
    }

    /// How often the account's password was tested, the sensors' own binds aside.
    pub fn tests_made(&self) -> usize {
        let tests = self.lab.attempts();
        tests.iter().filter(|attempt| !attempt.by_sensor && attempt.name.starts_with(ACCOUNT)).count()
    }

    pub fn facts(&self) -> Tried<Vec<Fact>> {
        facts(&self.console()?.record)
    }

    /// The end that the scenario's file names, and the facts that must hold then.
    pub fn check_end(&self) -> Tried {
        let wanted = match self.scenario.end {
            End::Confirmed => Some(VerdictWord::Confirmed),
            End::Refused => Some(VerdictWord::Refused),
            End::NoRefusalSeen => Some(VerdictWord::NoRefusalSeen),
            End::NotConfirmed => Some(VerdictWord::NotConfirmed),
            End::NothingSaved => None,
        };
        let verdict = self.verdict()?;
        self.hold(verdict == wanted, &format!("the verdict {wanted:?}, which is {verdict:?}"))?;
        let patient = self.lab.impatient() <= self.impatient_at_most;
        self.hold(patient, "a portal that is not asked before it said")?;
        let holds = &self.scenario.holds;
        if let Some(saves) = holds.saves {
            self.hold(self.lab.saves() == saves, &format!("{saves} saves, not {}", self.lab.saves()))?;
        }
        if let Some(most) = holds.attempts_at_most {
            let made = self.tests_made();
            self.hold(made <= most, &format!("at most {most} tests, not {made}"))?;
        }
        if let Some(right) = holds.stored_is_right {
            self.hold(self.lab.stored_is_right() == right, "the right password in the workspace")?;
        }
        if holds.never_locked {
            let locked = self.lab.attempts().iter().any(|attempt| attempt.outcome == "775");
            self.hold(!locked && !self.lab.account_locked(), "an account never locked")?;
        }
        Ok(())
    }

    /// The record of every console is whole and implies what the walk knows; no secret is anywhere.
    pub fn check_traces(&self) -> Tried {
        for console in &self.consoles {
            self.check_record(console)?;
        }
        self.check_secrets()
    }

    pub fn check_record(&self, console: &Console) -> Tried {
        let facts = facts(&console.record)?;
        let (folded, durable) = (fold(&facts), console.model().walk.durable());
        self.hold(folded == durable, &format!("the record to imply {durable:?}, not {folded:?}"))
    }

    pub fn check_secrets(&self) -> Tried {
        let mut places: Vec<(String, Vec<u8>)> = Vec::new();
        for (number, console) in self.consoles.iter().enumerate() {
            places.push((format!("the bytes of screen {number}"), console.bytes()));
            places.push((format!("the screen {number}"), console.screen().into_bytes()));
            places.push((format!("the model {number}"), format!("{:?}", console.model()).into_bytes()));
        }
        for file in files(&self.state())? {
            places.push((file.display().to_string(), std::fs::read(&file)?));
        }
        let secrets = [self.right.as_str(), WRONG_PASSWORD, PREVIOUS_PASSWORD, READER_PASSWORD];
        for secret in secrets {
            for (form, bytes) in forms(secret) {
                for (place, text) in &places {
                    let there = text.windows(bytes.len()).any(|window| window == bytes);
                    self.hold(!there, &format!("no secret in {place}, which has it {form}"))?;
                }
            }
        }
        Ok(())
    }
}

/// A secret as it might be written down.
fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let plain = secret.as_bytes().to_vec();
    let little: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = secret.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut forms = Vec::new();
    for bytes in [plain, little, big] {
        let hex = hex(&bytes);
        forms.push(("in upper hex", hex.to_uppercase().into_bytes()));
        forms.push(("in hex", hex.into_bytes()));
        forms.push(("in base64", STANDARD_NO_PAD.encode(&bytes).into_bytes()));
        forms.push(("in base64 for addresses", URL_SAFE_NO_PAD.encode(&bytes).into_bytes()));
        forms.push(("as it is", bytes));
    }
    forms
}

#[test]
fn the_oracle_sees_a_secret_in_every_form_and_a_record_that_was_changed() {
    crate::play(async {
        let stage = Stage::open("clean").await?;
        stage.check_traces()?;
        let planted = stage.state().join("planted");
        for (form, bytes) in forms(&stage.right) {
            std::fs::write(&planted, [b"before ", &bytes[..], b" after"].concat())?;
            stage.hold(stage.check_secrets().is_err(), &format!("a secret seen {form}"))?;
        }
        std::fs::remove_file(&planted)?;
        stage.check_traces()?;
        let record = &stage.console()?.record;
        let text = std::fs::read_to_string(record)?;
        std::fs::write(record, text.replace("jump-01", "jump-02"))?;
        stage.hold(stage.check_traces().is_err(), "a changed record seen")
    });
}
