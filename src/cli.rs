//! The command line: one table of arguments, from which help, man page and completions are made.
//!
//! Relies on clap. No password is ever an argument or an environment variable. Deliberately absent: what a command does.

pub mod check;
pub mod completions;
pub mod lab;
pub mod live;
pub mod manual;
pub mod output;
pub mod report;
pub mod resume;
pub mod scan;
pub mod screen;
pub mod sensors;
pub mod verify;
pub mod version;
pub mod walk;

mod folders;
mod log;
mod records;
mod tty;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::terminal::traits::{ColourChoice, Wishes};
use crate::text::Safe;

pub use folders::NoHome;

/// Walks an operator through changing the domain connectivity password of Microsoft Defender for Identity.
#[derive(Debug, Parser)]
#[command(
    name = "mdi-console",
    version,
    long_version = version::long(),
    about,
    disable_help_subcommand = true,
    after_help = "Examples:\n  mdi-console                           walk the seven steps at the site of your site file\n  \
                  mdi-console --site contoso.toml       the same with another site file\n  \
                  mdi-console --resume                  list the walks that are unfinished\n  \
                  mdi-console check                     reach all that the site file names, touch no password\n  \
                  mdi-console verify --account svc-mdi --domain contoso.test\n  \
                  \u{20}                                     test one account's password, and nothing else\n  \
                  mdi-console sensors                   the portal's table of sensors\n  \
                  mdi-console report                    the newest walk's record, for a ticket or an auditor\n  \
                  mdi-console scan LOG…                 find refused credentials in sensor logs\n  \
                  mdi-console lab                       walk the seven steps in the lab\n  \
                  mdi-console lab --tour                the same, each step explained to a newcomer\n  \
                  mdi-console lab --list                what can be practised\n  \
                  mdi-console lab --scenario refused    practise a refused password\n  \
                  mdi-console lab --plain               the same walk as lines of text\n\n\
                  In a walk F1 (with --plain: ?) helps, R shows the ways back when a password is refused or an account \
                  locked, with commands to copy; i puts a note into the record, H what whoever takes over has to know.\n\n\
                  Exit codes: 2 usage or configuration, 1 the answer is no, 3 something could not be reached, 0 done, \
                  129, 130 or 143 interrupted."
)]
pub struct Arguments {
    #[command(flatten)]
    pub everywhere: Everywhere,
    /// Go on with an unfinished walk; without its name, list them
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    pub resume: Option<String>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Arguments {
    /// Whether what is asked for will speak TLS to anybody.
    pub fn connects(&self) -> bool {
        match &self.command {
            Some(Command::Check(_) | Command::Verify(_) | Command::Sensors(_)) => true,
            Some(Command::Lab(asked)) => !asked.list,
            None => self.resume.as_deref() != Some(""),
            Some(_) => false,
        }
    }
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own, and any of them may be given")]
pub struct Everywhere {
    /// The walk as lines of text with numbered prompts, for screen readers, dumb terminals and scripts
    #[arg(long, global = true)]
    pub plain: bool,
    /// When to use colours; `NO_COLOR` is honoured
    #[arg(long, global = true, value_enum, default_value_t = ColourArgument::Auto, value_name = "WHEN")]
    pub color: ColourArgument,
    /// Draw with ASCII characters alone
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Never ring the bell
    #[arg(long, global = true)]
    pub no_bell: bool,
    /// Where records are kept, instead of the user's state folder
    #[arg(long, global = true, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// The site file, instead of mdi-console/mdi-console.toml in the user's configuration folder
    #[arg(long, global = true, value_name = "FILE")]
    pub site: Option<PathBuf>,
    /// Read the answers to the prompts from standard input, a line each, passwords too (with --plain, and with verify)
    #[arg(long, global = true)]
    pub password_stdin: bool,
}

impl Everywhere {
    /// The options that lead to the same site and records again, as they are typed in a shell; each behind a space.
    /// `site`: the site file, where none was named.
    #[must_use]
    pub fn again(&self, site: Option<&Path>) -> Safe {
        let named = [("--site", self.site.as_deref().or(site)), ("--state-dir", self.state_dir.as_deref())];
        let typed = named.into_iter().filter_map(|(option, path)| {
            let path = path?.to_string_lossy();
            // Only a NUL can't be quoted, and no path has one.
            Some(format!(" {option} {}", shlex::try_quote(&path).ok()?))
        });
        Safe::from(typed.collect::<String>())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColourArgument {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk the seven steps in the lab: a small workspace of its own on this machine
    Lab(LabArguments),
    /// Reach every address in the site file, and touch no password
    #[command(
        after_help = "No password is used, nothing is bound, run or signed in to, and no attempt is counted.\n\n\
                            Exit codes: 2 usage or configuration, 1 an account can't be used, 3 something could not be \
                            reached or read, 0 all reachable."
    )]
    Check(CheckArguments),
    /// Test one account's password, as step 4 does, and nothing else
    Verify(verify::VerifyArguments),
    /// Print the portal's table of sensors, and what it says about their credentials
    Sensors(sensors::SensorsArguments),
    /// The record of a walk, or of a password test, as a report
    Report(report::ReportArguments),
    /// Find refused credentials in sensor logs
    Scan(scan::ScanArguments),
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
    /// Answer as the service control manager of a lab host would
    #[command(hide = true)]
    LabService {
        #[arg(long)]
        state: PathBuf,
        host: String,
        service: String,
    },
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// One JSON object a line: about, name, stage, state, told, and remedy where there is one
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct LabArguments {
    /// What to practise
    #[arg(long, value_name = "NAME", default_value = crate::lab::scenario::DEFAULT)]
    pub scenario: String,
    /// List the scenarios: what each teaches, what to do in it, and how it ends
    #[arg(long)]
    pub list: bool,
    /// Go on with an unfinished walk in a new lab, as long as nothing was saved; without its name, list them
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    pub resume: Option<String>,
    /// Save at the lab's portal by hand, as at Microsoft's: the console shows what to choose and type there
    #[arg(long)]
    pub hand_off: bool,
    /// Walk `clean` with a sentence of explanation at each step
    #[arg(long, conflicts_with_all = ["scenario", "hand_off"])]
    pub tour: bool,
    /// The right password of this lab, read from a file; the banner that tells it is off
    #[arg(long, hide = true, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

impl Everywhere {
    pub fn wishes(&self) -> Wishes {
        Wishes {
            colour: match self.color {
                ColourArgument::Auto => ColourChoice::Auto,
                ColourArgument::Always => ColourChoice::Always,
                ColourArgument::Never => ColourChoice::Never,
            },
            ascii: self.ascii,
        }
    }
}
