//! Completions for a shell, made from the table of arguments.
//!
//! Relies on `clap_complete`, and mends what it writes for bash. Deliberately absent: what is hidden in the table, which is
//! the machinery's own.

use std::io::{self, Write};

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use super::Arguments;

const NAME: &str = "mdi-console";

/// Writes the script that the shell has to read.
pub fn write(shell: Shell, into: &mut dyn Write) -> io::Result<()> {
    let mut table = visible(&Arguments::command()).version(env!("CARGO_PKG_VERSION"));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut table, NAME, &mut script);
    let script = String::from_utf8_lossy(&script);
    // For bash a hyphen in the program's name is written in two ways, and no command is ever found by the other.
    into.write_all(script.replace("mdi__subcmd__console", "mdi__console").as_bytes())
}

/// The table without what is hidden in it: clap has no way to take something out.
fn visible(table: &Command) -> Command {
    let arguments = table.get_arguments().filter(|argument| !argument.is_hide_set());
    let commands = table.get_subcommands().filter(|command| !command.is_hide_set());
    let about = table.get_about().cloned().unwrap_or_default();
    Command::new(table.get_name().to_owned())
        .about(about)
        .disable_help_subcommand(true)
        .args(arguments.cloned())
        .subcommands(commands.map(visible))
}
