//! `lab --plain` on a pseudo-terminal: the password is typed unseen, and what was lent to the terminal is taken back.
//!
//! Relies on the words of the lines alone. Deliberately absent: walks to their end, which a script makes (`plain.rs`).

use std::error::Error;
use std::path::Path;

use mdi_console::terminal::page;
use rustix::process::Signal;
use rustix::termios::LocalModes;

use crate::pty::{PATIENCE, Pty};
use crate::{RIGHT, Tried, WRONG, files};

/// The masked prompt.
const MASKED: &str = "Password (not shown):";

fn on_terminal(state: &Path) -> Result<Pty, Box<dyn Error>> {
    let state = state.to_str().ok_or("an odd path")?;
    let arguments = ["lab", "--plain", "--state-dir", state];
    Ok(Pty::start(env!("CARGO_BIN_EXE_mdi-console"), &arguments, &[("USER", "ana")], (200, 200))?)
}

/// Answers each prompt once its question stands there.
fn to_the_password(pty: &mut Pty) -> Tried {
    let questions = [
        ("How do you want to read the portal?", "1\n"),
        ("3) Not sure", "1\n"),
        ("Read what stands here", "\n"),
        ("Is this account used anywhere else", "1\n"),
        ("The controllers are reached", "\n"),
        ("Has the password been changed", "1\n"),
    ];
    for (question, answer) in questions {
        pty.wait_for(question)?;
        pty.wait_until("a prompt", |screen| screen.contents().trim_end().ends_with('>'))?;
        pty.send(answer)?;
    }
    Ok(pty.wait_for(MASKED)?)
}

fn echoes(pty: &Pty) -> Result<bool, Box<dyn Error>> {
    Ok(pty.settings()?.local_modes.contains(LocalModes::ECHO))
}

#[test]
fn a_password_typed_on_a_terminal_is_not_echoed_and_the_echo_comes_back() -> Tried {
    let state = tempfile::tempdir()?;
    let mut pty = on_terminal(state.path())?;
    to_the_password(&mut pty)?;
    assert!(!echoes(&pty)?);
    pty.send(&format!("{WRONG}\n"))?;
    pty.wait_for("refused the password")?;
    pty.wait_until("a prompt", |screen| screen.contents().trim_end().ends_with("Enter>"))?;
    assert!(echoes(&pty)?);
    pty.send("?\n")?;
    pty.wait_for("Each attempt is counted on disk")?;
    pty.send("q\n")?;
    pty.wait_for("The walk is not finished. Leave it?")?;
    pty.send("1\n")?;
    assert_eq!(pty.exit(PATIENCE)?.exit_code(), 0, "{}", pty.text());
    assert!(!String::from_utf8_lossy(&pty.output()).contains(WRONG), "{}", pty.text());
    for (path, text) in files(state.path())? {
        assert!(!text.contains(WRONG), "{path} holds a password");
    }
    Ok(())
}

#[test]
fn the_echo_comes_back_whatever_ends_the_walk() -> Tried {
    let check = |end: &dyn Fn(&mut Pty) -> Tried, code: Option<u32>| -> Tried {
        let state = tempfile::tempdir()?;
        let mut pty = on_terminal(state.path())?;
        to_the_password(&mut pty)?;
        assert!(!echoes(&pty)?);
        end(&mut pty)?;
        let status = pty.exit(PATIENCE)?;
        assert!(code.is_none_or(|code| status.exit_code() == code), "{status:?}\n{}", pty.text());
        assert!(echoes(&pty)?, "the echo is still off: {status:?}");
        assert!(!String::from_utf8_lossy(&pty.output()).contains("half-a-pass"));
        if code.is_some() {
            let closed = files(state.path())?.iter().any(|(_, text)| text.contains(r#""fact":"left""#));
            assert!(closed, "the record is not closed");
        }
        Ok(())
    };
    // Half a password stands in the kernel when the interrupt comes behind it, in this order. A signal from elsewhere
    // could overtake the letters on their way to the terminal's queue, and nothing can drop what has not arrived.
    check(&|pty| Ok(pty.send("half-a-pass\x03")?), Some(130))?;
    check(&|pty| Ok(pty.signal(Signal::TERM)?), Some(143))?;
    check(&|pty| Ok(pty.signal(Signal::HUP)?), Some(129))?;
    check(&|pty| Ok(pty.signal(Signal::QUIT)?), None)
}

/// At the portal's page, with the right password tested.
fn to_the_page(pty: &mut Pty) -> Tried {
    to_the_password(pty)?;
    pty.send(&format!("{RIGHT}\n"))?;
    pty.wait_for("Enter goes on to Save.")?;
    pty.send("\n")?;
    pty.wait_for("Type the number of sensors, 12")?;
    pty.send("12\n")?;
    Ok(pty.wait_for("Save it there as shown")?)
}

/// A shell with job control: says when the program stopped, and brings it back when a line is typed.
const JOBS: &str = r#"set -m; "$0" "$@"; echo "stopped"; IFS= read -r line; fg >/dev/null; echo "code: $?""#;

#[test]
fn the_clipboard_is_offered_in_lines_too_and_overwritten_when_the_program_stops_or_ends() -> Tried {
    let sequence = |text: &[u8]| String::from_utf8(page::clipboard(text).to_vec());
    let (password, overwritten) = (sequence(RIGHT.as_bytes())?, sequence(page::OVERWRITTEN)?);
    let state = tempfile::tempdir()?;
    let at = state.path().to_str().ok_or("an odd path")?;
    let arguments = ["-c", JOBS, env!("CARGO_BIN_EXE_mdi-console")];
    let arguments = [&arguments, &["lab", "--plain", "--hand-off", "--state-dir", at][..]].concat();
    let mut pty = Pty::start("sh", &arguments, &[("USER", "ana"), ("TERM", "xterm")], (200, 200))?;
    to_the_page(&mut pty)?;
    pty.wait_for("p puts the tested password on your own clipboard, once.")?;
    pty.send("p\n")?;
    pty.wait_for("2) Put it there, once")?;
    let count = |pty: &Pty| {
        let output = String::from_utf8_lossy(&pty.output()).into_owned();
        (output.matches(&password).count(), output.matches(&overwritten).count())
    };
    assert_eq!(count(&pty), (0, 0), "before it was asked for");
    pty.send("2\n")?;
    pty.wait_for("The password is on your clipboard, for 45 s.")?;
    assert_eq!(count(&pty), (1, 0));
    pty.send("\x1a")?;
    pty.wait_for("stopped")?;
    assert_eq!(count(&pty), (1, 1), "nobody counts the seconds while it is stopped");
    // The shell reads the first line, the program, once it is back, the second.
    pty.send("\nback\n")?;
    pty.wait_for("Nothing is asked that this could answer.")?;
    pty.send("\x03")?;
    pty.wait_for("code: 130")?;
    assert_eq!(count(&pty), (1, 2));
    Ok(())
}
