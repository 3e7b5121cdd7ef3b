//! `mdi-console report`: the record of a walk, or of a password test, for whoever reads it later.
//!
//! Only reads: the state folder, and for a bundle the site's logs. Relies on `walkthrough::report` for what it says.
//! Deliberately absent: mending a record; one that is damaged is told as far as it is as it was written.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::journal::Consistency;
use crate::text::Safe;
use crate::walkthrough::report::{Report, Sealed, markdown};

use super::output::{self, Cut};
use super::records::{self, Kept, NotRead};
use super::{Everywhere, NoHome, folders};

mod bundle;

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct ReportArguments {
    /// The record's name, or its file, as the walk's last line tells it; the newest one without
    pub id: Option<String>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Md, value_name = "FORMAT")]
    pub format: Format,
    /// Write the report into a new file, with the last lines of each log of the site, the versions and the hash
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub bundle: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Md,
    Json,
}

const HELP: &str = "\
Examples:
  mdi-console report                             the newest record
  mdi-console report 20260304T050607Z            the record of this name
  mdi-console report --format json               as one JSON object
  mdi-console report --bundle incident-4711.md   for the ticket, with the last lines of the site's logs

Records of labs are named lab/ID, those of `mdi-console verify` verify/ID; without a name the newest of all is taken.

With --format json, one object; names may be added to it later, and none is changed:
  form  1
  record  id, consistent, said, unread_from, lines, hash, going_on
  verdict  the sentence
  verdict_word  confirmed, no-refusal-seen, not-confirmed, refused; null without a verdict
  saved  true, false; null where the record can't tell
  saves  at, tested, hand_off, result (saved, not-saved, conflict, not-known), said
  saved_untested, alone, broken_off  true, false
  account  name, domain
  account_read  name, sid, password_changed, password_expires, password_never_expires
  overrides  at, gate, reason, about
  account_name_typed, missing  moments; sentences
  people  at, operator, host, site, lab, program, site_file, signed_in
  approvals  at, recorded_by, approved_by, save, saves
  hand_over  ticket, owner, unlocks, resets, edits-portal, next-check
  time_line  line, at, said
  clock_set  lines of it
  controllers  host, pdc_emulator, read_only, provable, why
  before  sensors, running, credential_issues
  after  the same, and what was observed, in how many ways, and by how much
  sensors  host, before, after (service, status), finding
  services  host, state, at, marked
  evidence  at, save, host, what, source, by, place
  tests  announced, ended, host, protocol, from, console, answer
Lines and saves are counted from 1, moments are UTC. What is not on record is null or empty.

Exit codes: 0 the record is as it was written; 1 it was changed, damaged, or written by a later version, and the report ends there; 2 usage or configuration; 3 it could not be read, or the bundle not written.";

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum NotReported {
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(transparent)]
    NotRead(#[from] NotRead),
    #[error("the report could not be put into JSON: {0}. This is a fault of the program")]
    Json(#[from] serde_json::Error),
    #[error("{0} is there already, and nothing is overwritten. Name another file with --bundle")]
    Exists(Safe),
    #[error("{file} could not be written: {why}. Name another file with --bundle")]
    NotWritten { file: Safe, why: io::Error },
    #[error(transparent)]
    Cut(#[from] Cut),
}

impl NotReported {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoHome(_) | Self::Exists(_) | Self::NotRead(NotRead::NoSuch { .. } | NotRead::None(_)) => 2,
            Self::NotRead(_) | Self::Json(_) | Self::NotWritten { .. } | Self::Cut(_) => 3,
        }
    }
}

/// Reads the record, says what it says, and gives the exit code.
pub fn run(everywhere: &Everywhere, arguments: &ReportArguments) -> Result<u8, NotReported> {
    let state = folders::state(everywhere.state_dir.as_deref())?;
    let (id, kept) = match &arguments.id {
        Some(id) => (id.clone(), named(&state, id)?),
        None => newest(&state)?,
    };
    let report = report(&id, &kept);
    let code = u8::from(report.record.unread_from.is_some());
    let text = match (&arguments.bundle, arguments.format) {
        (Some(file), _) => {
            let told = bundle::write(file, &report, everywhere.site.as_deref())?;
            let file = records::shown(file);
            output::say(&format!("Written to {file}, readable by you alone."))?;
            if let Some(told) = told {
                output::say(&told)?;
            }
            return Ok(code);
        }
        (None, Format::Md) => markdown::render(&report),
        (None, Format::Json) => serde_json::to_string_pretty(&report)? + "\n",
    };
    output::print(|into| into.write_all(text.as_bytes()))?;
    Ok(code)
}

/// Walks stand in the folder itself, those of labs and the tests of `verify` below it.
const FOLDERS: [&str; 3] = ["", "lab", "verify"];

fn named(state: &Path, id: &str) -> Result<Kept, NotRead> {
    // No record's name has a dot in it.
    if Path::new(id).extension().is_some() {
        return records::at(Path::new(id));
    }
    match id.split_once('/') {
        Some((folder, name)) if FOLDERS.contains(&folder) => records::named(&state.join(folder), name),
        _ => {
            // No two records were begun in the same folder under one name, and hardly in two.
            let found = FOLDERS.iter().map(|folder| records::named(&state.join(folder), id));
            let mut found = found.skip_while(|one| matches!(one, Err(NotRead::NoSuch { .. })));
            found.next().unwrap_or_else(|| records::named(state, id))
        }
    }
}

/// The newest in which something stands.
fn newest(state: &Path) -> Result<(String, Kept), NotReported> {
    let mut all: Vec<(String, &str)> = Vec::new();
    for folder in FOLDERS {
        let names = records::names(&state.join(folder))?;
        all.extend(names.into_iter().map(|name| (name, folder)));
    }
    all.sort();
    for (name, folder) in all.into_iter().rev() {
        let id = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let kept = named(state, &id)?;
        if !kept.read.lines.is_empty() || !kept.consistent() {
            return Ok((id, kept));
        }
    }
    Err(NotRead::None(records::shown(state)).into())
}

fn report(id: &str, kept: &Kept) -> Report {
    let (lines, unknown) = kept.known();
    let read = &kept.read;
    let torn = read.torn.map(|torn| format!("; {torn}")).unwrap_or_default();
    let unread_from = match (&unknown, read.consistency) {
        (Some(unknown), _) => Some(unknown.line),
        (None, Consistency::Consistent) => None,
        (None, Consistency::NotConsistent { line, .. } | Consistency::Newer { line, .. }) => Some(line),
    };
    let unknown = unknown.map(|unknown| format!("; {unknown}")).unwrap_or_default();
    let sealed = Sealed {
        id: Safe::new(id),
        consistent: kept.consistent(),
        said: Safe::from(format!("{}{unknown}{torn}", read.consistency)),
        unread_from,
        lines: read.chain.count,
        hash: read.chain.last.as_ref().map(|seal| Safe::new(seal.as_str())),
        going_on: kept.held,
    };
    Report::of(sealed, &lines)
}
