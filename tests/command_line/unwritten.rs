//! Standard output that takes nothing, or that nobody reads: no answer is cut without a word, and nothing panics.
//!
//! Relies on `/dev/full`, and on a shell for a pipe whose reader is gone. Deliberately absent: the walk itself, which
//! has a terminal.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::place::Place;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mdi-console");

/// Leaves the record of a walk that ended at once.
fn record(state: &Path) {
    let asked = ["lab", "--plain", "--password-stdin", "--state-dir"];
    let output = Command::new(PROGRAM).args(asked).arg(state).stdin(Stdio::null()).output().unwrap();
    assert!(fs::read_dir(state.join("lab")).unwrap().count() > 1, "{output:?}");
}

fn printed(arguments: &[&str], into: Stdio) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).stdin(Stdio::null()).stdout(into).stderr(Stdio::piped());
    command.output().unwrap()
}

/// Its reading end is closed before the program writes.
fn nobody() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn an_answer_that_is_not_taken_is_one_sentence_and_a_closed_pipe_is_none() {
    let place = Place::open();
    let state = place.path("state");
    record(&state);
    let (state, site) = (state.to_str().unwrap(), place.path("site.toml"));
    let site = site.to_str().unwrap();
    fs::write(place.path("log"), "2026-03-04 05:06:07.8901 Error LdapException: result code 49 AcceptSecurityContext error, data 52e\n").unwrap();
    let log = place.path("log");
    let asked: &[&[&str]] = &[
        &["man"],
        &["completions", "bash"],
        &["completions", "zsh"],
        &["lab", "--list"],
        &["lab", "--resume", "--state-dir", state],
        &["--resume", "--state-dir", state],
        &["report", "--state-dir", state],
        &["report", "--format", "json", "--state-dir", state],
        &["sensors", "--site", site],
        &["check", "--json", "--site", site, "--state-dir", state],
        &["check", "--site", site, "--state-dir", state],
        &["scan", "--count", log.to_str().unwrap()],
    ];
    for arguments in asked {
        let full = printed(arguments, File::create("/dev/full").unwrap().into());
        let said = String::from_utf8_lossy(&full.stderr);
        assert_eq!(full.status.code(), Some(3), "{arguments:?}: {said}");
        assert!(said.contains("mdi-console: ") && said.contains("No space left on device"), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
        let whole = printed(arguments, Stdio::piped()).status.code();
        let closed = printed(arguments, nobody());
        let said = String::from_utf8_lossy(&closed.stderr);
        assert_eq!((closed.status.code(), &*said), (whole, ""), "{arguments:?}");
    }
}

#[test]
fn a_test_alone_whose_verdict_is_not_taken_does_not_end_as_proved() {
    let place = Place::open();
    let password = place.path("password");
    fs::write(&password, format!("{}\n", place.right)).unwrap();
    let verified = |into: Stdio| {
        let mut command = Command::new(PROGRAM);
        command.env("HOME", place.folder.path()).env("XDG_STATE_HOME", place.path("home"));
        command.args(["verify", "--json", "--password-stdin", "--site"]).arg(place.path("site.toml"));
        command.stdin(File::open(&password).unwrap()).stdout(into).stderr(Stdio::piped());
        command.output().unwrap()
    };
    let whole = verified(Stdio::piped());
    assert_eq!(whole.status.code(), Some(0), "{whole:?}");
    let full = verified(File::create("/dev/full").unwrap().into());
    let said = String::from_utf8_lossy(&full.stderr);
    assert_eq!(full.status.code(), Some(3), "{said}");
    assert!(said.contains("standard output did not take all of it: No space left on device"), "{said}");
    assert_eq!(verified(nobody()).status.code(), Some(0));
}
