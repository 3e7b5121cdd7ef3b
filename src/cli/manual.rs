//! The manual page, made from the table of arguments, with what no table of arguments knows: files and environment.
//!
//! Relies on `clap_mangen` for options and on the `roff` that it brings for the rest. One page for all commands, since whoever looks one up
//! at night looks for `mdi-console`. Deliberately absent: a date, which would make each build another one.

use std::io::{self, Write};

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::Arguments;

mod paragraphs;
mod surroundings;

/// Writes the page, in ASCII, which every troff reads.
pub fn write(into: &mut dyn Write) -> io::Result<()> {
    let mut page = Vec::new();
    write_page(&mut page)?;
    for letter in String::from_utf8_lossy(&page).chars() {
        if letter.is_ascii() {
            write!(into, "{letter}")?;
        } else {
            write!(into, "\\[u{:04X}]", u32::from(letter))?;
        }
    }
    Ok(())
}

fn write_page(into: &mut dyn Write) -> io::Result<()> {
    let mut table = Arguments::command();
    table.build();
    let page = Man::new(table.clone()).manual("Administration");
    page.render_title(into)?;
    page.render_name_section(into)?;
    page.render_synopsis_section(into)?;
    page.render_description_section(into)?;
    page.render_options_section(into)?;
    section(into, "COMMANDS")?;
    for command in table.get_subcommands().filter(|command| !command.is_hide_set()) {
        write_command(into, command)?;
    }
    if let Some(after) = table.get_after_help() {
        into.write_all(paragraphs::sections(&after.to_string()).as_bytes())?;
    }
    surroundings::write(into)
}

/// A command's own part: what only it has.
fn write_command(into: &mut dyn Write, command: &Command) -> io::Result<()> {
    let own = command.clone().mut_args(|one| {
        let everywhere = one.is_global_set() || one.get_id() == "help" || one.get_id() == "version";
        let hidden = one.is_hide_set();
        one.hide(hidden || everywhere)
    });
    writeln!(into, ".SS {}", command.get_name())?;
    // Hidden arguments are left out; a section's own heading has no place inside this one.
    let page = Man::new(own);
    for render in [Man::render_synopsis_section, Man::render_description_section, Man::render_options_section]
    {
        let mut part = Vec::new();
        render(&page, &mut part)?;
        let part = String::from_utf8_lossy(&part);
        let lines: Vec<&str> = part.lines().filter(|line| !is_preamble(line)).collect();
        if lines.iter().any(|line| !line.trim().is_empty()) {
            writeln!(into, ".PP\n{}", lines.join("\n"))?;
        }
    }
    match command.get_after_help() {
        Some(after) => into.write_all(paragraphs::plain(&after.to_string()).as_bytes()),
        None => Ok(()),
    }
}

/// What begins each part that `clap_mangen` writes, and must stand once.
fn is_preamble(line: &str) -> bool {
    [".SH", ".ie", ".el", ".TH"].iter().any(|control| line.starts_with(control))
}

fn section(into: &mut dyn Write, title: &str) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    into.write_all(roff.to_roff().as_bytes())
}

/// A name in bold, and below it, indented, what there is to know.
fn entry(roff: &mut Roff, name: &str, told: &str) {
    roff.control("TP", []);
    roff.text([bold(name)]);
    roff.text([roman(told)]);
}
