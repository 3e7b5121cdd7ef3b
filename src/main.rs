//! Parses the arguments, runs what was asked for, and ends with its exit code.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place that speaks to the shell")]

use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use color_eyre::eyre::{Result, WrapErr as _};

use mdi_console::cli::{Arguments, Command, lab};
use mdi_console::lab::{scenario, service};

fn main() -> Result<ExitCode> {
    color_eyre::config::HookBuilder::default().display_env_section(false).install()?;
    let arguments = Arguments::parse();
    match &arguments.command {
        Some(Command::Lab(asked)) if asked.list => {
            print!("{}", scenario::list());
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Lab(asked)) => walk_lab(&arguments, asked),
        Some(Command::LabService { state, host, service }) => {
            let (answer, code) = service::answer(state, host, service);
            print!("{answer}");
            Ok(ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1)))
        }
        Some(Command::Completions { shell }) => {
            let mut command = Arguments::command();
            clap_complete::generate(*shell, &mut command, "mdi-console", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Man) => {
            clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout())?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            eprintln!(
                "mdi-console: this version walks the lab only; a live walk needs a site file, which it can't read yet.\n\
                 Nothing was started. Run: mdi-console lab"
            );
            Ok(ExitCode::from(2))
        }
    }
}

fn walk_lab(arguments: &Arguments, asked: &mdi_console::cli::LabArguments) -> Result<ExitCode> {
    let program = std::env::current_exe().wrap_err("the program's own path is not known")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let walked = runtime.block_on(lab::walk(&arguments.everywhere, asked, program));
    // What still hangs in a read must not keep the program from ending.
    runtime.shutdown_background();
    match walked {
        Ok(farewell) => {
            // A terminal that is gone can't be told, and the code still counts.
            let _ = writeln!(std::io::stdout(), "{}", farewell.line);
            Ok(ExitCode::from(farewell.code))
        }
        Err(fault) => {
            eprintln!("mdi-console: {fault}.");
            Ok(ExitCode::from(fault.exit_code()))
        }
    }
}
