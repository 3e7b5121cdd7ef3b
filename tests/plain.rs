//! `lab --plain`, the built binary: whole walks answered by lines of standard input, and a password typed unseen on a
//! pseudo-terminal.
//!
//! Relies on the lab alone; its clock is the system's, so each walk takes as long as its watch. Deliberately absent:
//! the loop on a driven clock, which stands next to it in `src/plain/tests.rs`.

#[path = "plain/helping.rs"]
mod helping;
#[path = "plain/on_terminal.rs"]
mod on_terminal;
#[path = "support/pty.rs"]
#[expect(dead_code, reason = "other tests need more of a terminal")]
mod pty;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;

type Tried = Result<(), Box<dyn Error>>;

const RIGHT: &str = "Lab-Pass-2026!";
const WRONG: &str = "Wrong-Pass-2026!";
const PREVIOUS: &str = "Lab-Pass-2025!";
/// Up to the password, one line a prompt.
const TO_THE_PASSWORD: [&str; 6] = ["1", "1", "", "1", "", "1"];

/// A walk that has ended: what it said, its code, and everything it wrote to its state folder.
struct Walked {
    said: String,
    complained: String,
    code: Option<i32>,
    written: Vec<(String, String)>,
}

fn walk(scenario: &str, answers: &[&str]) -> Result<Walked, Box<dyn Error>> {
    let state = tempfile::tempdir()?;
    let mut input = answers.join("\n");
    input.push('\n');
    let output = Command::new(env!("CARGO_BIN_EXE_mdi-console"))
        .args(["lab", "--plain", "--password-stdin", "--scenario", scenario, "--state-dir"])
        .arg(state.path())
        .env("LC_ALL", "C.UTF-8")
        .write_stdin(if answers.is_empty() { String::new() } else { input })
        .timeout(Duration::from_mins(3))
        .output()?;
    Ok(Walked {
        said: String::from_utf8(output.stdout)?,
        complained: String::from_utf8(output.stderr)?,
        code: output.status.code(),
        written: files(state.path())?,
    })
}

fn files(folder: &Path) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push((path.to_string_lossy().into_owned(), fs::read_to_string(&path)?));
        }
    }
    Ok(found)
}

impl Walked {
    fn record(&self) -> &str {
        let named = |path: &String| Path::new(path).extension().is_some_and(|extension| extension == "jsonl");
        let record = self.written.iter().find(|(path, _)| named(path));
        record.map(|(_, text)| text.as_str()).unwrap_or_default()
    }

    /// In this order, whatever stands between them.
    fn says(&self, sentences: &[&str]) {
        let mut rest = self.said.as_str();
        for sentence in sentences {
            let at = rest.find(sentence);
            assert!(at.is_some(), "not said here: {sentence}\n{}\n{}", self.said, self.complained);
            let at = at.unwrap_or_default();
            rest = &rest[at + sentence.len()..];
        }
    }

    /// The lab's banner tells the right one, once, for it is a simulator; nothing else does.
    fn gives_no_password_away(&self) {
        assert_eq!(self.said.matches(RIGHT).count(), 1, "{}", self.said);
        assert!(!self.said.contains(WRONG) && !self.complained.contains(WRONG), "{}", self.said);
        for (path, text) in &self.written {
            assert!(!text.contains(RIGHT) && !text.contains(WRONG), "{path} holds a password");
        }
    }
}

fn with(more: &[&'static str]) -> Vec<&'static str> {
    TO_THE_PASSWORD.iter().chain(more).copied().collect()
}

#[test]
fn every_step_of_the_clean_walk_is_told_and_it_ends_confirmed() -> Tried {
    let walked = walk("clean", &with(&[RIGHT, "", "12", "", ""]))?;
    walked.says(&[
        "Step 1 of 7 — Open the portal",
        "1) Sign in with a code",
        "Baseline: 12 sensors: 12 running",
        "Step 2 of 7 — Configuration",
        "Step 3 of 7 — Directory Services",
        "Step 4 of 7 — Change the password",
        "dc1.contoso.test, PDC emulator: current (Kerberos).",
        "Step 5 of 7 — Save",
        "Type the number of sensors, 12, to save.",
        "Step 6 of 7 — Check the sensor services",
        "Step 7 of 7 — Check the sensors",
        "Confirmed: every sensor that uses the entry was seen running",
        "confirmed · record ",
    ]);
    assert_eq!(walked.code, Some(0), "{}", walked.complained);
    walked.gives_no_password_away();
    let facts: Vec<&str> = walked.record().lines().collect();
    assert!(facts.len() > 20 && facts.iter().any(|line| line.contains("\"verdict\":\"confirmed\"")));
    Ok(())
}

#[test]
fn a_refused_password_is_told_whole_and_the_right_one_still_saved() -> Tried {
    let walked = walk("refused", &with(&[WRONG, "", RIGHT, "", "12", "", ""]))?;
    walked.says(&[
        "dc1.contoso.test, PDC emulator: refused",
        "dc1.contoso.test refused the password:",
        "No other controller was asked. It was not saved.",
        "Then Enter tests it.",
        "dc1.contoso.test, PDC emulator: current (Kerberos).",
        "confirmed · record ",
    ]);
    assert_eq!(walked.code, Some(0), "{}", walked.complained);
    walked.gives_no_password_away();
    Ok(())
}

#[test]
fn the_previous_password_is_told_from_the_current_one() -> Tried {
    let walked = walk("old-password-accepted", &with(&[PREVIOUS, "", RIGHT, "", "12", "", ""]))?;
    walked.says(&[
        "dc1.contoso.test, PDC emulator: the previous password",
        "It was not saved.",
        "dc1.contoso.test, PDC emulator: current (Kerberos).",
        "confirmed · record ",
    ]);
    assert_eq!(walked.code, Some(0), "{}", walked.complained);
    assert!(!walked.said.contains(PREVIOUS), "{}", walked.said);
    walked.gives_no_password_away();
    Ok(())
}

#[test]
fn a_controller_that_has_not_heard_of_the_change_is_passed_by_a_reason_on_record() -> Tried {
    let reason = "dc9 hears of it at a quarter past";
    let walked = walk("not-replicated", &with(&[RIGHT, "", "2", reason, "12", "", ""]))?;
    walked.says(&[
        "dc1.contoso.test, PDC emulator: current (Kerberos).",
        "dc9.contoso.test refused it (52e): not replicated yet, or wrong there.",
        "confirmed · record ",
    ]);
    assert_eq!(walked.code, Some(0), "{}", walked.complained);
    assert!(walked.record().contains(reason), "{}", walked.record());
    walked.gives_no_password_away();
    Ok(())
}

#[test]
fn sensors_that_a_wrong_password_stopped_come_back() -> Tried {
    let walked = walk("wrong-password-saved", &with(&[RIGHT, "", "12", "", ""]))?;
    walked.says(&["stopped already, before anything was changed.", "Step 5 of 7", "confirmed · record "]);
    assert_eq!(walked.code, Some(0), "{}", walked.complained);
    walked.gives_no_password_away();
    Ok(())
}

#[test]
fn a_line_that_answers_nothing_ends_a_scripted_walk_before_the_next_is_misread() -> Tried {
    let check = |answers: &[&str], sentence: &str, record: &str| -> Tried {
        let walked = walk("clean", answers)?;
        walked.says(&[sentence, "nothing was saved · record "]);
        assert_eq!(walked.code, Some(129), "{}", walked.said);
        assert!(walked.record().contains(record), "{}", walked.record());
        walked.gives_no_password_away();
        Ok(())
    };
    // The password where a number is asked for; and where Enter alone is.
    check(&[RIGHT], "does not answer this", r#""fact":"left","step":"portal""#)?;
    check(&["1", "1", RIGHT, "1"], "does not answer this", r#""fact":"left","step":"configuration""#)?;
    check(&with(&[RIGHT, "", "13"]), "does not answer this", r#""fact":"left","step":"save""#)?;
    check(&["1", "1"], "Standard input has ended", r#""fact":"left","step":"configuration""#)
}

#[test]
fn without_a_terminal_a_password_is_not_asked_for() -> Tried {
    let state = tempfile::tempdir()?;
    let output = Command::new(env!("CARGO_BIN_EXE_mdi-console"))
        .args(["lab", "--plain", "--state-dir"])
        .arg(state.path())
        .env("LC_ALL", "C.UTF-8")
        .write_stdin("1\n")
        .output()?;
    let complained = String::from_utf8(output.stderr)?;
    assert!(complained.contains("not a terminal") && complained.contains("--password-stdin"), "{complained}");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    Ok(())
}
