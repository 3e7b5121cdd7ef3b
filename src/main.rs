//! Parses the arguments, runs what was asked for, and ends with its exit code.

use std::alloc::System;
use std::fmt::Display;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use clap::Parser as _;
use color_eyre::eyre::{Result, WrapErr as _};
use zeroizing_alloc::ZeroAlloc;

use mdi_console::cli::walk::Farewell;
use mdi_console::cli::{
    Arguments, Command, check, completions, lab, live, manual, output, report, resume, scan, sensors, verify,
};
use mdi_console::lab::{scenario, service};
use mdi_console::{text, trust};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::runtime::Runtime;

/// Open files and connections, all told.
const FILES: u64 = 4096;

/// What is freed is wiped, whoever held it: the libraries under a bind or a save leave copies of a password otherwise.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> Result<ExitCode> {
    color_eyre::config::HookBuilder::default().display_env_section(false).install()?;
    let arguments = Arguments::parse();
    allow_files();
    if arguments.connects() {
        trust::get_ready();
    }
    match &arguments.command {
        Some(Command::Lab(asked)) if asked.list => {
            Ok(print(0, |into| into.write_all(scenario::list().as_bytes())))
        }
        Some(Command::Lab(asked)) if asked.resume.as_deref() == Some("") => Ok(list(&arguments, true)),
        Some(Command::Lab(asked)) => walk_lab(&arguments, asked),
        Some(Command::Check(asked)) => {
            Ok(end_with(check::run(&arguments.everywhere, asked), check::NotChecked::exit_code))
        }
        Some(Command::Verify(asked)) => {
            Ok(end_with(verify::run(&arguments.everywhere, asked), verify::NotVerified::exit_code))
        }
        Some(Command::Sensors(asked)) => {
            Ok(end_with(sensors::run(&arguments.everywhere, asked), sensors::NotRead::exit_code))
        }
        Some(Command::Report(asked)) => {
            let told = async { report::run(&arguments.everywhere, asked) };
            Ok(end_with(told, report::NotReported::exit_code))
        }
        Some(Command::Scan(asked)) => {
            Ok(end_with(scan::run(&arguments.everywhere, asked), scan::NotScanned::exit_code))
        }
        Some(Command::LabService { state, host, service }) => {
            let (answer, code) = service::answer(state, host, service);
            let code = u8::try_from(code & 0xff).unwrap_or(1);
            Ok(print(code, |into| into.write_all(answer.as_bytes())))
        }
        Some(Command::Completions { shell }) => Ok(print(0, |into| completions::write(*shell, into))),
        Some(Command::Man) => Ok(print(0, |into| manual::write(into))),
        None if arguments.resume.as_deref() == Some("") => Ok(list(&arguments, false)),
        None => Ok(run(
            live::run(&arguments.everywhere, arguments.resume.as_deref()),
            live::LiveNotWalked::exit_code,
        )),
    }
}

fn walk_lab(arguments: &Arguments, asked: &mdi_console::cli::LabArguments) -> Result<ExitCode> {
    let program = std::env::current_exe().wrap_err("the program's own path is not known")?;
    Ok(run(lab::run(&arguments.everywhere, asked, program), lab::LabNotWalked::exit_code))
}

/// Prints what is made, and ends with this code.
fn print(code: u8, make: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> ExitCode {
    match output::print(make) {
        Ok(()) => ExitCode::from(code),
        Err(cut) => {
            complain(&cut.to_string());
            ExitCode::from(3)
        }
    }
}

/// The walks that are unfinished.
fn list(arguments: &Arguments, lab: bool) -> ExitCode {
    end_with(async { resume::run(&arguments.everywhere, lab) }, resume::NotResumed::exit_code)
}

/// Runs a walk to its end, and says what is left of it.
fn run<E: Display>(
    walk: impl Future<Output = Result<Farewell, E>>,
    exit_code: impl Fn(&E) -> u8,
) -> ExitCode {
    let walked = async {
        let farewell = walk.await?;
        // A terminal that is gone can't be told, and the code still counts.
        let _ = writeln!(std::io::stdout(), "{}", farewell.line);
        Ok(farewell.code)
    };
    end_with(walked, exit_code)
}

/// Runs to the end, and ends with the code that it gives.
fn end_with<E: Display>(
    asked: impl Future<Output = Result<u8, E>>,
    exit_code: impl Fn(&E) -> u8,
) -> ExitCode {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(why) => {
            complain(&format!("the program could not be started: {}. Nothing was done", text::told(&why)));
            return ExitCode::from(3);
        }
    };
    let ended = runtime.block_on(asked);
    // What still hangs in a read must not keep the program from ending.
    runtime.shutdown_background();
    ExitCode::from(ended.unwrap_or_else(|fault| {
        complain(&fault.to_string());
        exit_code(&fault)
    }))
}

/// Sockets in pairs that are open together while a program starts.
const AT_START: usize = 8;

/// The runtime panics where it may open nothing, so what it needs is tried before.
fn runtime() -> std::io::Result<Runtime> {
    drop((0..AT_START).map(|_| UnixStream::pair()).collect::<std::io::Result<Vec<_>>>()?);
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

fn complain(told: &str) {
    let end = if told.ends_with(['.', '?']) { "" } else { "." };
    // Nobody is left to be told that nobody can be told.
    let _ = writeln!(std::io::stderr(), "mdi-console: {told}{end}");
}

/// A walk at a large site has more connections open than the usual soft limit allows; up to the hard one is ours to ask.
fn allow_files() {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(FILES).min(FILES);
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        // What is refused shows where a file can't be opened.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}
