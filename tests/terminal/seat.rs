//! An operator at the real binary: waits for what a step says, then presses a key, as far through the walk as asked.
//!
//! Relies on the words of the screen alone. Deliberately absent: judging what was seen.

use std::error::Error;
use std::path::{Path, PathBuf};

use mdi_console::journal::{Consistency, read};
use serde_json::Value;
use tempfile::TempDir;

use crate::disguises::random;
use crate::pty::Pty;

type Tried<T = ()> = Result<T, Box<dyn Error>>;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_mdi-console");

/// The places of a walk where the operator reads before going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    Begin,
    CanEdit,
    Configuration,
    UsedElsewhere,
    Directory,
    Changed,
    Password,
    Accepted,
    Count,
    Services,
    Verdict,
}

/// Each stop, what stands on the screen there, and what takes the walk on.
const WALK: [(Stop, &str, Press); 11] = [
    (Stop::Begin, "How do you want to read the portal?", Press::Enter),
    (Stop::CanEdit, "Can someone present edit", Press::Enter),
    (Stop::Configuration, "Enter chooses Directory Services", Press::Enter),
    (Stop::UsedElsewhere, "Is this account used anywhere else", Press::Enter),
    (Stop::Directory, "The controllers are reached.", Press::Enter),
    (Stop::Changed, "Has the password been changed", Press::Enter),
    (Stop::Password, "Type the account's password", Press::Right),
    (Stop::Accepted, "Enter goes on to Save.", Press::Enter),
    (Stop::Count, COUNT, Press::Count),
    (Stop::Services, "Enter goes on to the sensors.", Press::Enter),
    (Stop::Verdict, "Confirmed:", Press::Nothing),
];

/// The rail's columns.
const RAIL: u16 = 21;
const COUNT: &str = "Type the number of sensors, ";

#[derive(Clone, Copy)]
enum Press {
    Nothing,
    Enter,
    Right,
    Count,
}

/// How the program is started.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    pub scenario: &'a str,
    pub arguments: &'a [&'a str],
    pub environment: &'a [(&'a str, &'a str)],
    /// Rows and columns.
    pub size: (u16, u16),
    /// A shell's script that runs `"$0" "$@"`.
    pub script: Option<&'a str>,
}

impl Default for Way<'_> {
    fn default() -> Self {
        Self { scenario: "clean", arguments: &[], environment: &[], size: (24, 80), script: None }
    }
}

pub struct Seat {
    pub pty: Pty,
    /// The right password of this lab, made at random.
    pub right: String,
    folder: TempDir,
    next: usize,
}

impl Seat {
    pub fn take(way: &Way<'_>) -> Tried<Self> {
        let folder = tempfile::tempdir()?;
        let right = random()?;
        let secret = folder.path().join("secret");
        std::fs::write(&secret, &right)?;
        let (state, temporary) = (folder.path().join("state"), folder.path().join("temporary"));
        std::fs::create_dir(&temporary)?;
        let [state, temporary, secret] = [&state, &temporary, &secret].map(|path| path.to_string_lossy());
        let mut arguments = vec!["lab", "--scenario", way.scenario, "--state-dir", &state];
        arguments.extend(["--password-file", &secret]);
        arguments.extend(way.arguments);
        let mut environment = vec![("TMPDIR", &*temporary)];
        environment.extend(way.environment);
        let (program, before) = match way.script {
            Some(script) => ("sh", vec!["-c", script, PROGRAM]),
            None => (PROGRAM, Vec::new()),
        };
        let pty = Pty::start(program, &[before, arguments].concat(), &environment, way.size)?;
        Ok(Self { pty, right, folder, next: 0 })
    }

    /// Goes on until `stop` is on the screen, and presses nothing there.
    pub fn go_to(&mut self, stop: Stop) -> Tried {
        while let Some((here, words, press)) = WALK.get(self.next) {
            self.pty.wait_until(words, |screen| said(screen).contains(words))?;
            if *here == stop {
                break;
            }
            self.next = self.next.saturating_add(1);
            self.press(*press)?;
        }
        Ok(())
    }

    fn press(&mut self, press: Press) -> Tried {
        match press {
            Press::Nothing => return Ok(()),
            Press::Enter => {}
            Press::Right => self.type_slowly(&self.right.clone())?,
            Press::Count => {
                let text = said(&self.pty.screen());
                let count = text.split(COUNT).nth(1).and_then(|rest| rest.split(',').next());
                self.type_slowly(count.ok_or("no count is asked for")?)?;
            }
        }
        Ok(self.pty.send("\r")?)
    }

    /// What the Save dialog asks for.
    pub fn type_count(&mut self) -> Tried {
        self.press(Press::Count)
    }

    /// Key by key into a field, each once the one before is seen.
    pub fn type_slowly(&mut self, text: &str) -> Tried {
        for key in text.chars() {
            let before = self.pty.screen().cursor_position();
            self.pty.send(&key.to_string())?;
            self.pty.wait_until("the echo of a key", |screen| screen.cursor_position() != before)?;
        }
        Ok(())
    }

    /// Where records are kept, with everything else the program may leave behind.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Where the lab lives while it runs.
    pub fn temporary(&self) -> PathBuf {
        self.folder.path().join("temporary")
    }

    /// The facts on record, read from the disk; an error unless the record is whole and closed to the last byte.
    pub fn facts(&self) -> Tried<Vec<Value>> {
        Self::facts_in(&self.state())
    }

    /// The same, wherever the state folder was put.
    pub fn facts_in(state: &Path) -> Tried<Vec<Value>> {
        let records = files(state)?;
        let mut records = records.iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
        let record = read(&std::fs::read(records.next().ok_or("there is no record")?)?);
        if record.consistency != Consistency::Consistent || record.torn.is_some() || records.next().is_some()
        {
            return Err(format!("{}, torn: {:?}", record.consistency, record.torn).into());
        }
        record.lines.iter().map(|line| Ok(serde_json::from_str(line.body.get())?)).collect()
    }

    pub fn count_facts(&self, name: &str) -> Tried<usize> {
        Ok(self.facts()?.iter().filter(|fact| fact["fact"] == name).count())
    }
}

/// What the step says, right of the rail, as running text without borders.
pub fn said(screen: &vt100::Screen) -> String {
    let columns = screen.size().1.get();
    let rows: Vec<String> = screen.rows(RAIL, columns.saturating_sub(RAIL)).collect();
    let text = rows.join(" ").replace(['│', '|', '║'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every file below `folder`.
pub fn files(folder: &Path) -> Tried<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}
