//! The bundle: one text file for the ticket, with the report, the last lines of each log, the versions and the hash.
//!
//! Plain Markdown, so that whoever gets it can read what it gives away before passing it on. Log lines are blacked out as
//! on the screen, and stand indented, where nothing in them is Markdown. Deliberately absent: the record itself, the site
//! file's contents, and everything of which only a name is needed. The logs are those of the record's own site or none.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::journal;
use crate::logs::tail::{self, Last, LogCommand, Source};
use crate::logs::{Level, Record};
use crate::site::open;
use crate::site::{Site, SiteFault};
use crate::text::Safe;
use crate::walkthrough::report::{Report, markdown};

use super::NotReported;
use crate::cli::records::shown;
use crate::cli::version;

/// Of each log source.
const LINES: usize = 200;

/// Writes the bundle into a file that isn't there yet. What is to be known of its logs is returned.
pub(super) fn write(file: &Path, report: &Report, site: Option<&Path>) -> Result<Option<Safe>, NotReported> {
    let lab = report.people.first().is_some_and(|person| person.lab);
    let mut text = markdown::render(report);
    // Writing to a String can't fail.
    let _ = versions(&mut text, report);
    text.push_str("\n## Logs\n\n");
    if lab {
        text.push_str("The logs of a lab end with it.\n");
    }
    let read = (!lab).then(|| site_of(report, site));
    let told = match read {
        Some(Ok((site, told))) => {
            if let Some(told) = &told {
                let _ = writeln!(text, "{}\n", markdown::escaped(told));
            }
            logs(&mut text, &site);
            told
        }
        Some(Err(why)) => {
            let _ = writeln!(text, "The site's logs are not here. {}", not_read(&why));
            Some(Safe::from(format!("The site's logs are not here: {why}")))
        }
        None => None,
    };
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let written = new.and_then(|mut new| {
        // Half a bundle would pass for a whole one, and stand in the way of the next try.
        new.write_all(text.as_bytes()).and_then(|()| new.sync_all()).inspect_err(|_| {
            let _ = fs::remove_file(file);
        })
    });
    written.map(|()| told).map_err(|why| match why.kind() {
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
        "- mdi-console {}, commit {}, record form {}, report form {}\n- made on {} {} ({})",
        env!("CARGO_PKG_VERSION"),
        version::COMMIT,
        journal::VERSION,
        report.form,
        part(system.sysname()),
        part(system.release()),
        part(system.machine()),
    )
}

/// The record's own site, and what is to be said of it; nothing is asked of anybody for its logs.
fn site_of(report: &Report, site: Option<&Path>) -> Result<(Site, Option<Safe>), Safe> {
    let opened = open::site(site).map_err(|why| Safe::from(why.to_string()))?;
    let site = Site::of_file(opened, Vec::new()).map_err(|why: SiteFault| Safe::from(why.to_string()))?;
    let Some(person) = report.people.last() else {
        let told = format!("The record doesn't tell its site; the logs are those of {}.", site.name);
        return Ok((site, Some(told.into())));
    };
    if person.site != site.name {
        return Err(Safe::from(format!(
            "the record is of the site {}, and the site file that was read is of {}. Name the record's own with --site.",
            person.site, site.name
        )));
    }
    let then = person.site_file.as_ref().map(|file| &file.hash);
    let edited = then.is_none() || then != site.origin.as_ref().map(|file| &file.hash);
    let told =
        "The site file is not as it was when the record was written, so these may not be the logs of then.";
    Ok((site, edited.then(|| Safe::new(told))))
}

fn logs(text: &mut String, site: &Site) {
    if site.sources.is_empty() && site.commands.is_empty() {
        text.push_str("The site file names none.\n");
    }
    for source in &site.sources {
        let _ = writeln!(text, "### {}\n", markdown::escaped(&source.host));
        of_files(text, source);
    }
    for LogCommand { host, .. } in &site.commands {
        let _ = writeln!(
            text,
            "### {}\n\nIts log is what a command prints, and that is not kept.\n",
            markdown::escaped(host)
        );
    }
}

fn of_files(text: &mut String, source: &Source) {
    match tail::last(source) {
        Ok(Last { records, cut }) if records.is_empty() => text.push_str(if cut {
            "The end of its log is part of one record, longer than what is read: look at the log itself.\n\n"
        } else {
            "No line is in its logs.\n\n"
        }),
        Ok(Last { records, .. }) => {
            // A file without times can't be merged with the others, and is not pushed out by them.
            let timed = records.iter().position(|record| record.time.is_some()).unwrap_or(records.len());
            for records in [records.get(..timed), records.get(timed..)].into_iter().flatten() {
                let lines: Vec<String> = records.iter().flat_map(lines).collect();
                for line in lines.iter().skip(lines.len().saturating_sub(LINES)) {
                    let _ = writeln!(text, "    {line}");
                }
            }
            text.push('\n');
        }
        Err(why) => {
            let _ = writeln!(text, "{}\n", not_read(&why.to_string()));
        }
    }
}

/// What happened, and nothing of what was said to who sat at the screen.
fn not_read(why: &str) -> String {
    const TO_THE_OPERATOR: [&str; 5] =
        [" New refusals", " Nothing is followed", " Nothing was started", " Name one", " Name the record's"];
    let ends = TO_THE_OPERATOR.iter().filter_map(|sentence| why.find(&format!(".{sentence}")));
    let happened = ends.min().and_then(|end| why.get(..end)).unwrap_or(why);
    format!("Not read: {}.", markdown::escaped(&Safe::new(happened.trim_end_matches('.'))))
}

/// As they were read: blacked out, and nothing in them acts on a terminal.
fn lines(record: &Record) -> Vec<String> {
    let head = record.time.map(|time| {
        let level = record.level.map(Level::word).unwrap_or_default();
        let component = record.component.as_deref().unwrap_or_default();
        format!("{} {level:<5} {component} ", time.strftime("%Y-%m-%d %H:%M:%S%.4f"))
    });
    let first = head.unwrap_or_default() + &record.message;
    std::iter::once(first).chain(record.more.iter().map(ToString::to_string)).collect()
}
