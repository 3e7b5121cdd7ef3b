//! The report as Markdown. What is foreign is escaped: it can't become a heading, a link, a table or HTML.
//!
//! Pure. Deliberately absent: colours, pictures, anything that is not readable as plain text too.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::text::Safe;
use crate::walkthrough::fact::Basis;
use crate::walkthrough::words::{self, at_second};

use super::Report;

mod rows;

/// Text that stands for itself, in Markdown and in HTML.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().saturating_add(8));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        // An address or a host would become a link by itself.
        let links = ["://", "www.", "WWW."].iter().any(|sign| rest.starts_with(sign));
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '\n' | '\r' => shown.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                shown.push('\\');
                shown.push(c);
            }
            ':' if links => shown.push_str("&#58;"),
            'w' if links => shown.push_str("&#119;"),
            'W' if links => shown.push_str("&#87;"),
            '@' => shown.push_str("&#64;"),
            c => shown.push(c),
        }
    }
    shown
}

/// The whole report.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a String can't fail.
    let _ = write(&mut out, report);
    out
}

fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "# {}\n", escaped(&report.verdict))?;
    writeln!(out, "{}\n", sealed(report))?;
    people(out, report)?;
    overrides(out, report)?;
    hand_over(out, report)?;
    after(out, report)?;
    table(
        out,
        "Each sensor",
        &rows::which_sensors(report),
        (&["Sensor", "Before", "After", "Found"], &rows::sensors(report)),
    )?;
    table(
        out,
        "Controllers",
        "The domain controllers, as they were last reached without a password.",
        (&["Controller", "Role", "Could prove a password"], &rows::controllers(report)),
    )?;
    account(out, report)?;
    table(
        out,
        "Saves",
        "Every save that was announced, and what came of it.",
        (&["Save", "Announced (UTC)", "Password", "By", "What came of it"], &rows::saves(report)),
    )?;
    table(
        out,
        "Evidence",
        "What was seen after the save, and where it was seen.",
        (&["After save", "Time (UTC)", "Where", "What", "Source"], &rows::evidence(report)),
    )?;
    table(
        out,
        "Services",
        "The sensor service on its servers, as last seen or as the operator said.",
        (&["Server", "State", "Seen (UTC)", "How"], &rows::services(report)),
    )?;
    table(
        out,
        "The console's own password tests",
        &own_tests(report),
        (&["Announced (UTC)", "Ended (UTC)", "From", "Controller", "By", "Answer"], &rows::tests(report)),
    )?;
    table(
        out,
        "Time line",
        "Every line of the record. Times are UTC, by the clock of the machine that the console ran on.",
        (&["Line", "Time (UTC)", "What"], &rows::time_line(report)),
    )?;
    how_to_check(out)
}

fn sealed(report: &Report) -> String {
    let record = &report.record;
    let hash = record.hash.as_ref().map_or_else(|| "none".to_owned(), code);
    let end = match (record.going_on, report.broken_off) {
        (true, _) => " The walk is still going on.",
        (false, true) => " Nobody left this walk: its process ended without a word after the last line.",
        (false, false) => "",
    };
    format!(
        "Record {}: **{}**, {} lines, last hash {hash}.{end}",
        code(&record.id),
        escaped(&record.said),
        record.lines
    )
}

fn people(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Who\n")?;
    for person in &report.people {
        let place = if person.lab { "a simulator (lab)" } else { "the live site" };
        let signed = person.signed_in.as_ref();
        let signed =
            signed.map(|name| format!(", signed in to the portal as {}", code(name))).unwrap_or_default();
        writeln!(
            out,
            "- {}: {} on {}, at {place} {}{signed}; mdi-console {}",
            at_second(person.at),
            code(&person.operator),
            code(&person.host),
            code(&person.site),
            code(&person.program),
        )?;
        if let Some(file) = &person.site_file {
            writeln!(out, "  - site file {}, SHA-256 {}", code(&file.path), code(&file.hash))?;
        }
    }
    for one in &report.approvals {
        let (at, approved, recorded) =
            (at_second(one.at), escaped(&one.approved_by), escaped(&one.recorded_by));
        let saves: Vec<String> = one.saves.iter().map(|number| format!("save {number}")).collect();
        let save = if saves.is_empty() {
            "approved a save that was not made, so that the approval lapsed".to_owned()
        } else {
            format!("approved {}", saves.join(", "))
        };
        writeln!(out, "- {at}: {approved} {save}; recorded by {recorded}")?;
    }
    writeln!(out)
}

/// Also where there is none, which is worth saying. Not that every gate was open: a walk may have ended before one.
fn overrides(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Overridden\n")?;
    if report.overrides.is_empty() && report.account_name_typed.is_empty() {
        let up_to =
            if report.record.unread_from.is_some() { ", as far as the record could be read" } else { "" };
        return writeln!(out, "No gate was passed by a typed reason{up_to}.\n");
    }
    for one in &report.overrides {
        let about: Vec<String> = one.about.iter().map(|about| escaped(about)).collect();
        let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
        let (at, reason) = (at_second(one.at), escaped(&one.reason));
        writeln!(out, "- {at}: {}{about}. Reason given: \"{reason}\"", words::gate(one.gate))?;
    }
    for at in &report.account_name_typed {
        writeln!(out, "- {}: one test more than is safe, by typing the account's name", at_second(*at))?;
    }
    writeln!(out)
}

fn hand_over(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.hand_over.is_empty() {
        return Ok(());
    }
    writeln!(out, "## For whoever takes over\n")?;
    for (field, text) in &report.hand_over {
        writeln!(out, "- {}: {}", words::hand_over_field(*field), escaped(text))?;
    }
    writeln!(out)
}

fn after(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.alone {
        return Ok(());
    }
    writeln!(out, "## Sensors before and after\n")?;
    match report.before {
        Some(before) => writeln!(
            out,
            "- Before: {} sensors, {} running, open issues about a credential: {}, as the portal told.",
            before.sensors, before.running, before.credential_issues
        )?,
        None => writeln!(out, "- Before: not read from the portal.")?,
    }
    let Some(after) = report.after else {
        writeln!(out, "- After: not on record.\n")?;
        return missing(out, report);
    };
    if after.portal {
        writeln!(
            out,
            "- After: {} sensors, {} running, open issues about a credential: {}, as the portal told.",
            after.sensors, after.running, after.credential_issues
        )?;
    } else {
        writeln!(out, "- After: not read from the portal.")?;
    }
    writeln!(
        out,
        "- Of each sensor: {} took the password, {} running without a refusal, {} don't use the entry, {} not observed, {} in trouble, {} refused or suspected.",
        after.took, after.no_refusal, after.unused, after.not_observed, after.trouble, after.refused
    )?;
    let graph = match (after.portal, after.portal_throughout) {
        (true, true) => "the portal's interface (Graph), throughout",
        (true, false) => "the portal's interface (Graph), but not throughout",
        (false, _) => "no portal interface (no Graph)",
    };
    let probe = if after.probe { "services were asked at the servers" } else { "no service was asked" };
    writeln!(out, "- Which evidence there was: {graph}; {}; {probe}.\n", log_sources(&after))?;
    missing(out, report)
}

/// Older records count only those that could be read at the save.
fn log_sources(after: &Basis) -> String {
    let watched = after.sources_throughout;
    match after.site_sources {
        Some(0) => "the site has no log source".to_owned(),
        Some(all) => format!("{watched} of {all} log sources watched throughout"),
        None => format!(
            "{watched} of the {} log sources that could be read at the save watched throughout",
            after.sources
        ),
    }
}

fn missing(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.missing.is_empty() {
        return Ok(());
    }
    writeln!(out, "What was missing for *confirmed*:\n")?;
    for one in &report.missing {
        writeln!(out, "- {}", escaped(one))?;
    }
    writeln!(out)
}

fn account(out: &mut String, report: &Report) -> std::fmt::Result {
    let Some(read) = &report.account_read else { return Ok(()) };
    let at = |at: Option<Timestamp>| at.map_or_else(|| "not read".to_owned(), at_second);
    let expires = if read.password_never_expires { "never".to_owned() } else { at(read.password_expires) };
    writeln!(out, "## The account\n")?;
    writeln!(
        out,
        "As read with its own password: {}, {}. Password last changed: {}; expires: {expires}.\n",
        code(&read.name),
        code(&read.sid),
        at(read.password_changed),
    )
}

fn table(
    out: &mut String,
    title: &str,
    what: &str,
    (heads, rows): (&[&str], &[Vec<String>]),
) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {title}\n\n{what}\n")?;
    writeln!(out, "| {} |", heads.join(" | "))?;
    writeln!(out, "|{}", " - |".repeat(heads.len()))?;
    for row in rows {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    writeln!(out)
}

/// Whoever compares these times with alerts has to know when they can't be compared.
fn own_tests(report: &Report) -> String {
    let told = "For the security operations centre: these sign-ins were made by this console on purpose, and may have raised alerts.";
    let lines: Vec<String> = report.clock_set.iter().map(u64::to_string).collect();
    if lines.is_empty() {
        return told.to_owned();
    }
    format!(
        "{told} The clock of the console's machine was set meanwhile (line {} of the time line), so these times may differ from those of the alerts.",
        lines.join(", ")
    )
}

fn how_to_check(out: &mut String) -> std::fmt::Result {
    writeln!(out, "## How to check this report\n")?;
    writeln!(
        out,
        "Each line of the record ends with `h`: SHA-256 over the `h` of the line before, as its 64 digits, and this \
         line's bytes before `,\"h\":`. A changed, dropped or moved line breaks every `h` after it. Who may write the \
         file could write all of it anew, so compare count and last hash with those noted in the ticket when the \
         walk ended. No line was written that holds a password which the console held then; a password that it had \
         wiped before, or that nobody had typed yet, it can't tell from other words in a note."
    )
}

/// A name, as code: nothing in it is Markdown.
fn code(name: &Safe) -> String {
    let longest = name.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1));
    let pad = if name.is_empty() || name.starts_with('`') || name.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{name}{pad}{fence}")
}

/// The same in a table, whose bars would end the cell.
fn cell(name: &Safe) -> String {
    code(name).replace('|', "\\|")
}
