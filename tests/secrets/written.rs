//! Everything that a walk leaves outside of the program: files, what a bundle packs, the terminal's stream, and what the
//! kernel tells of the process.
//!
//! Relies on the walk having been as talkative as it can. Deliberately absent: memory.

use std::fs;
use std::path::PathBuf;

use regex::bytes::Regex;

use crate::disguises::holds;
use crate::place::Place;
use crate::pty::Pty;

/// Asks those that would print a request to do so, too.
pub const TALKATIVE: (&str, &str) = (
    "MDI_CONSOLE_LOG",
    "trace,hyper::proto=trace,hyper_util::client=trace,reqwest::connect=trace,ldap3::conn=trace",
);
/// As the lab gives them out: access tokens, refresh tokens and the program's half of a sign-in code.
const TOKENS: &str = r"eyJhbGciOiJub25l|LAB[0-9a-f]{32}";

/// What the kernel tells of the process while it lives.
pub fn tells_nothing(pty: &Pty, secrets: &[&str]) {
    for what in ["cmdline", "environ"] {
        let told = fs::read(format!("/proc/{}/{what}", pty.pid())).unwrap();
        assert!(memchr::memmem::find(&told, b"site.toml").is_some() || what == "environ", "nothing was read");
        for secret in secrets {
            assert!(!holds(&told, secret), "in {what}");
        }
    }
}

/// After the program's end.
pub fn holds_nothing(place: &Place, pty: &Pty, (secrets, exported): (&[&str], &[&str])) {
    for format in ["md", "json"] {
        let report = place.run(&["report", "--format", format], "");
        assert!(report.code.is_some() && !report.out.is_empty(), "{}", report.complaint);
        fs::write(place.path(&format!("report.{format}")), report.out).unwrap();
    }
    let bundle = place.path("bundle");
    let packed = place.run(&["report", "--bundle", bundle.to_str().unwrap()], "");
    assert!(bundle.exists(), "{}", packed.complaint);
    fs::write(place.path("terminal"), pty.output()).unwrap();
    let tokens = Regex::new(TOKENS).unwrap();
    let written = everything(place);
    let kept = ["attempts.jsonl", "mdi-console.log", "terminal", "bundle", "report.md", "report.json"];
    for wanted in kept.iter().chain(exported) {
        let found = written.iter().find(|(path, _)| path.ends_with(wanted));
        assert!(found.is_some_and(|(_, bytes)| !bytes.is_empty()), "{wanted} is not there to be searched");
    }
    for (path, bytes) in &written {
        for secret in secrets {
            assert!(!holds(bytes, secret), "{}", path.display());
            assert!(!holds(path.to_string_lossy().as_bytes(), secret), "{}", path.display());
        }
        assert!(!tokens.is_match(bytes), "{} holds a token", path.display());
    }
}

/// Every file of the place.
fn everything(place: &Place) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![place.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
    }
    found
}
