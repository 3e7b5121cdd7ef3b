//! `mdi-console scan`: the refused credentials in whole log files, without a screen and without a site.
//!
//! Relies on `logs::scan` for the finding. It reads on a thread of its own, so that an interrupt is heard while a share
//! hangs. Deliberately absent: following a log, and what the refusals mean for a walk.

use std::io::{self, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::logs::scan::{Scanned, Wanted, scan_file, scan_stream};
use crate::plain::signals;

use super::Everywhere;

mod input;
mod line;
mod since;
mod telling;

use input::{Input, Unread};
use since::Since;
use telling::{Manner, Telling};

#[derive(Debug, Args)]
#[command(after_help = HELP, next_help_heading = "The search")]
pub struct ScanArguments {
    /// Sensor logs; - is standard input, and so is no file at all
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// How many there are: one JSON object a file, and nothing else
    #[arg(long)]
    pub count: bool,
    /// Only what was written at this time or later, as the logs write it: 2026-11-03 or "2026-11-03 14:05:00"
    #[arg(long, value_name = "TIME")]
    pub since: Option<Since>,
}

const HELP: &str = "\
A record is a refused credential if it carries .NET's sentence for LDAP result 49, the directory's own AcceptSecurityContext error, or result 49 together with an LdapException, anywhere but inside a [key=value] of its message. What stands for a secret is blacked out.

Logs are UTF-8 or UTF-16LE, of any size, with lines of any length: all of a line is searched, its beginning is printed. Logs name no zone, so --since compares the times as they are written, by the clock of the host that wrote them. A record without a time is never left out.

Examples:
  mdi-console scan Microsoft.Tri.Sensor-Errors.log
  mdi-console scan --count dc1/Logs/*.log
  ssh dc1 type sensor.log | mdi-console scan --json --since '2026-11-03 14:00'

With --json, each line is an object with an `event`:
  refused  file, offset, length, time, level, component, host, controller, account, domain, message
With --count, each file that was read has one:
  file, matches, first, last, bytes, whole
Offsets and lengths are bytes of the file; times are as written, without a zone; what is not told is null; whole is false if the file could be read only up to bytes.

Exit codes: 0 found; 1 none found in what could be read; 2 usage; 3 a file could not be read; 129, 130, 143 interrupted.";

/// Why nothing was searched.
#[derive(Debug, thiserror::Error)]
pub enum NotScanned {
    #[error("no file is named, and standard input is the keyboard. Nothing was searched. Name the logs")]
    NoFile,
    #[error("signals can't be caught: {0}. Nothing was searched")]
    Signals(io::Error),
    #[error("the search broke off: {0}. What was printed holds; search again")]
    BrokeOff(tokio::task::JoinError),
}

impl NotScanned {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoFile => 2,
            Self::Signals(_) | Self::BrokeOff(_) => 3,
        }
    }
}

/// Searches the files, prints what is found, and gives the exit code.
pub async fn run(everywhere: &Everywhere, arguments: &ScanArguments) -> Result<u8, NotScanned> {
    let mut files = arguments.files.clone();
    if files.is_empty() {
        if io::stdin().is_terminal() {
            return Err(NotScanned::NoFile);
        }
        files.push("-".into());
    }
    let (say, mut signalled) = mpsc::unbounded_channel();
    let _caught = signals::catch(None, say).map_err(NotScanned::Signals)?;
    let manner = match arguments {
        ScanArguments { count: true, .. } => Manner::Count,
        ScanArguments { json: true, .. } => Manner::Json,
        _ => Manner::Text { ascii: everywhere.ascii },
    };
    let mut telling = Telling::new(manner, arguments.since, (io::stdout(), io::stderr()));
    let searched = spawn_blocking(move || search(&files, &mut telling));
    tokio::select! {
        biased;
        Some(ending) = signalled.recv() => Ok(ending.exit_code()),
        code = searched => code.map_err(NotScanned::BrokeOff),
    }
}

/// Searches one file after the other. One that can't be read keeps none of the others from being.
fn search<O: Write, A: Write>(files: &[PathBuf], telling: &mut Telling<O, A>) -> u8 {
    for path in files {
        if telling.is_over() {
            break;
        }
        telling.begin(path);
        match Input::open(path).and_then(|input| search_one(input, telling)) {
            Ok(scanned) => telling.searched(scanned),
            Err(unread) => telling.unread(&unread),
        }
    }
    telling.end()
}

fn search_one<O: Write, A: Write>(input: Input, telling: &mut Telling<O, A>) -> Result<Scanned, Unread> {
    let wanted = if telling.counts() { Wanted::Places } else { Wanted::Records };
    let asking = || true;
    let scanned = match input {
        Input::File(file, length) => {
            scan_file(&file, length, (wanted, &asking), &mut |refusal| telling.refused(&refusal))
        }
        Input::Stream(mut stream) => scan_stream(&mut stream, (wanted, &asking), &mut |refusal| {
            // Whoever writes the other end may take hours; what is found is told at once.
            if telling.refused(&refusal).is_break() { ControlFlow::Break(()) } else { telling.flush() }
        }),
    };
    scanned.map_err(|error| Unread::from_error(&error))
}
