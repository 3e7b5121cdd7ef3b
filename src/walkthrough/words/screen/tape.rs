//! What the log pane says of itself, and of what its keys did.

use crate::logs::Record;
use crate::logs::WrittenTime;
use crate::logs::window::{FurtherUp, Matches, NotLoaded, Window};
use crate::text::Safe;
use crate::walkthrough::Walkthrough;

use super::{counted, safe};

/// The pane's title: what it shows on the left, refused credentials on the right. The longest first; take the first
/// that fits.
pub fn tape_titles(walk: &Walkthrough, logs: &Window) -> [(Safe, Safe); 3] {
    let readable = walk.sources.values().filter(|source| source.readable).count();
    let all = walk.sources.len();
    let mut parts = Vec::new();
    let only = logs.filter().source.and_then(|source| walk.sources.get(&source));
    if let Some(level) = logs.filter().at_least {
        parts.push(format!("{} and worse", level.word()));
    }
    if let Some(source) = only {
        parts.push(format!("{} only", source.host.split('.').next().unwrap_or_default()));
    }
    if let Some(search) = logs.searched() {
        let loaded = if logs.has_more(false) || logs.has_more(true) { " loaded" } else { "" };
        parts.push(found(logs.matches(), loaded, search.text()));
    }
    if let Some(forward) = logs.is_seeking() {
        parts.push(format!("looking further {}…", if forward { "down" } else { "up" }));
    } else if logs.is_loading() {
        parts.push("loading…".to_owned());
    } else if logs.is_at_beginning() {
        parts.push("the file's beginning".to_owned());
    }
    let narrow = if parts.is_empty() { "Sensor logs".to_owned() } else { parts.join(" · ") };
    let mut wide = vec!["Sensor logs".to_owned()];
    if only.is_none() {
        wide.push(counted(all, "source", "sources").to_string());
    }
    if readable < all {
        wide.push(format!("{} unreadable", all.saturating_sub(readable)));
    }
    wide.extend(parts);
    wide.push(moves(logs).to_owned());
    let wide = safe(wide.join(" · "));
    let refused = logs.count_refusals();
    // Those that can't be placed count as before.
    let figures = (refused.before.saturating_add(refused.not_known), refused.after);
    let (short, long) = if checked(walk, logs) {
        (in_short(figures), refused_counts(figures, walk.watch.is_some()))
    } else {
        ("not checked".to_owned(), "refused: not checked".to_owned())
    };
    let short = format!("{short}{}", further_up_in_short(logs.further_up()));
    let long = format!("{long}{}", further_up(logs.further_up()));
    [(wide.clone(), safe(long)), (wide, safe(short.clone())), (safe(narrow), safe(short))]
}

/// A log was opened, or something is known of one: until then none refused is not known either.
pub fn checked(walk: &Walkthrough, logs: &Window) -> bool {
    let refused = logs.count_refusals();
    !walk.sources.is_empty() || refused != crate::logs::window::Refusals::default()
}

fn moves(logs: &Window) -> &'static str {
    match (logs.is_following(), logs.is_detached()) {
        (true, _) => "following",
        (false, false) => "held still, f follows",
        (false, true) => "further up, f returns",
    }
}

/// Why what stands further up or down in a log is not shown.
pub fn not_loaded(why: &NotLoaded) -> Safe {
    safe(format!("{why}."))
}

fn found(matches: Matches, loaded: &str, text: &Safe) -> String {
    match matches {
        Matches { all: 0, .. } => format!("no match{loaded} for {text}"),
        Matches { at: Some(at), all } => format!("{at} of {all}{loaded} for {text}"),
        Matches { at: None, all: 1 } => format!("1 match{loaded} for {text}"),
        Matches { at: None, all } => format!("{all} matches{loaded} for {text}"),
    }
}

fn refused_counts((before, after): (usize, usize), saved: bool) -> String {
    match (before, after, saved) {
        (0, 0, false) => "none refused".to_owned(),
        (before, _, false) => format!("{before} refused, before the change"),
        (before, after, true) => format!("{before} refused before the change, {after} after"),
    }
}

fn in_short(figures: (usize, usize)) -> String {
    match figures {
        (0, 0) => "none refused".to_owned(),
        (before, 0) => format!("{before} refused before"),
        (before, after) => format!("refused: {before} before, {after} after"),
    }
}

/// A log of some size is opened at its end, and what lies above is counted meanwhile.
fn further_up(count: FurtherUp) -> String {
    match count {
        FurtherUp { percent: Some(percent), .. } => format!(" · counting further up, {percent} %"),
        FurtherUp { broken_off: true, .. } => " · not all counted".to_owned(),
        FurtherUp { .. } => String::new(),
    }
}

fn further_up_in_short(count: FurtherUp) -> String {
    match count {
        FurtherUp { percent: Some(percent), .. } => format!(" · {percent} %"),
        FurtherUp { broken_off: true, .. } => " or more".to_owned(),
        FurtherUp { .. } => String::new(),
    }
}

/// The log pane without a row.
pub fn no_records(sources: usize, logs: &Window) -> Safe {
    if logs.is_loading() {
        return Safe::new("What stands there is being read…");
    }
    match (sources, logs.is_empty()) {
        (_, false) => Safe::new("Every record is left out: w shows all severities, c all sources."),
        (0, true) => Safe::new("No log source can be read yet; what the sensors write will stand here."),
        (_, true) => Safe::new("Nothing was written yet; what the sensors write will stand here."),
    }
}

pub fn lines_cut(lines: u32) -> Safe {
    safe(format!("     ({lines} further lines were not kept)"))
}

/// A record as it is copied or written to a file: its host, then what stands in the log.
pub fn record_lines(record: &Record) -> Vec<Safe> {
    let mut head = vec![record.host.to_string()];
    head.extend(record.time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S%.4f").to_string()));
    head.extend(record.level.map(|level| level.word().to_owned()));
    head.extend(record.component.as_ref().map(ToString::to_string));
    head.push(record.message.to_string());
    let mut lines = vec![safe(head.join(" "))];
    lines.extend(record.more.iter().cloned());
    if record.cut > 0 {
        lines.push(lines_cut(record.cut));
    }
    lines
}

pub fn no_record_selected() -> Safe {
    Safe::new("No record is shown.")
}

pub fn bookmarked() -> Safe {
    Safe::new("Bookmarked: ' comes back to it.")
}

pub fn no_bookmark() -> Safe {
    Safe::new("No record that is shown is bookmarked; B bookmarks one.")
}

pub fn nothing_searched() -> Safe {
    Safe::new("Nothing is searched for; / searches.")
}

pub fn not_found(text: &Safe) -> Safe {
    safe(format!(
        "No record that is shown has {text} in what is held of it. What comes is searched as well; / and Enter alone ends it."
    ))
}

/// `more`: there is more of the files at the other end than is loaded.
pub fn search_went_round(forward: bool, more: bool) -> Safe {
    Safe::new(match (forward, more) {
        (true, false) => "That was the last match; on from the first.",
        (false, false) => "That was the first match; on from the last.",
        (true, true) => "That was the last match; on from the first of what is loaded.",
        (false, true) => "That was the first match; on from the last of what is loaded.",
    })
}

/// After all the files were looked through in one direction.
pub fn no_further_match(forward: bool) -> Safe {
    Safe::new(if forward {
        "No further match down to the end of the logs."
    } else {
        "No further match up to the beginning of the logs."
    })
}

pub fn no_further_refusal(forward: bool, further_up: usize) -> Safe {
    match (forward, further_up) {
        (true, _) => Safe::new("No refused credential further down."),
        (false, 0) => Safe::new("No refused credential further up."),
        (false, further_up) => safe(format!(
            "{further_up} more stand further up in the files than this pane reaches; mdi-console scan shows them."
        )),
    }
}

pub fn no_time() -> Safe {
    Safe::new("That is no time. Type hh:mm or hh:mm:ss, or yyyy-mm-dd hh:mm for another day.")
}

pub fn none_so_late(time: WrittenTime, last: Option<WrittenTime>) -> Safe {
    let shown = |time: WrittenTime| time.strftime("%Y-%m-%d %H:%M:%S").to_string();
    match last {
        Some(last) => safe(format!(
            "No record that is shown was written at {} or later; the last is of {}.",
            shown(time),
            shown(last)
        )),
        None => Safe::new("No record that is shown has a time."),
    }
}
