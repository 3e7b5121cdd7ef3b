//! The bundle: one text file for the ticket, with the report, the last lines of each log, the versions and the hash.
//!
//! Plain Markdown, so that whoever gets it can read what it gives away before passing it on. Log lines are blacked out as
//! on the screen, and stand indented, where nothing in them is Markdown. Deliberately absent: the record itself, the site
//! file's contents, and everything of which only a name is needed.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::journal;
use crate::logs::tail::{self, Source};
use crate::logs::{Level, Record};
use crate::site::open;
use crate::site::{Site, SiteFault};
use crate::text::Safe;
use crate::walkthrough::report::{Report, markdown};

use super::NotReported;
use crate::cli::records::shown;

/// Of each log source.
const LINES: usize = 200;

/// Writes the bundle into a file that isn't there yet.
pub(super) fn write(file: &Path, report: &Report, site: Option<&Path>) -> Result<(), NotReported> {
    let lab = report.people.first().is_some_and(|person| person.lab);
    let mut text = markdown::render(report);
    // Writing to a String can't fail.
    let _ = versions(&mut text, report);
    text.push_str("\n## Logs\n\n");
    if lab {
        text.push_str("The logs of a lab end with it.\n");
    } else {
        match sources(site) {
            Ok(sources) => logs(&mut text, &sources),
            Err(why) => {
                let _ = writeln!(text, "The site's logs are not here: {}", markdown::escaped(&why));
            }
        }
    }
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let written = new.and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        new.sync_all()
    });
    written.map_err(|why| match why.kind() {
        io::ErrorKind::AlreadyExists => NotReported::Exists(shown(file)),
        _ => NotReported::NotWritten { file: shown(file), why },
    })
}

fn versions(text: &mut String, report: &Report) -> std::fmt::Result {
    let system = rustix::system::uname();
    let part = |part: &std::ffi::CStr| markdown::escaped(&Safe::new(&part.to_string_lossy()));
    writeln!(text, "\n## Versions\n")?;
    writeln!(
        text,
        "- mdi-console {}, record form {}, report form {}\n- made on {} {} ({})",
        env!("CARGO_PKG_VERSION"),
        journal::VERSION,
        report.form,
        part(system.sysname()),
        part(system.release()),
        part(system.machine()),
    )
}

/// Those of the site file; nothing is asked of anybody for them.
fn sources(site: Option<&Path>) -> Result<Vec<Source>, Safe> {
    let opened = open::site(site).map_err(|why| Safe::from(why.to_string()))?;
    let site = Site::of_file(opened, Vec::new()).map_err(|why: SiteFault| Safe::from(why.to_string()))?;
    Ok(site.sources)
}

fn logs(text: &mut String, sources: &[Source]) {
    if sources.is_empty() {
        text.push_str("The site file names none that are files.\n");
    }
    for source in sources {
        let _ = writeln!(text, "### {}\n", markdown::escaped(&source.host));
        match tail::last(source) {
            Ok(records) if records.is_empty() => text.push_str("No line is in its logs.\n\n"),
            Ok(records) => {
                let lines: Vec<String> = records.iter().flat_map(lines).collect();
                for line in lines.iter().skip(lines.len().saturating_sub(LINES)) {
                    let _ = writeln!(text, "    {line}");
                }
                text.push('\n');
            }
            Err(why) => {
                let _ = writeln!(text, "{}\n", markdown::escaped(&why.to_string()));
            }
        }
    }
}

/// As they were read: blacked out, and nothing in them acts on a terminal.
fn lines(record: &Record) -> Vec<String> {
    // What began before the part that was read could go on with half a secret.
    let Some(time) = record.time else { return Vec::new() };
    let level = record.level.map(Level::word).unwrap_or_default();
    let component = record.component.as_deref().unwrap_or_default();
    let head =
        format!("{} {level:<5} {component} {}", time.strftime("%Y-%m-%d %H:%M:%S%.4f"), record.message);
    std::iter::once(head).chain(record.more.iter().map(ToString::to_string)).collect()
}
