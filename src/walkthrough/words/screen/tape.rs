//! What the log pane says of itself.

use crate::logs::window::Window;
use crate::text::Safe;
use crate::walkthrough::Walkthrough;

use super::{counted, safe};

/// Sources, whether it follows, and what is left out or searched for.
pub fn tape_title(walk: &Walkthrough, logs: &Window) -> Safe {
    let readable = walk.sources.values().filter(|source| source.readable).count();
    let all = walk.sources.len();
    let mut parts = vec!["Sensor logs".to_owned(), counted(all, "source", "sources").to_string()];
    if readable < all {
        parts.push(format!("{} unreadable", all.saturating_sub(readable)));
    }
    let filter = logs.filter();
    if let Some(level) = filter.at_least {
        parts.push(format!("{} and worse", level.word()));
    }
    if let Some(source) = filter.source.and_then(|source| walk.sources.get(&source)) {
        parts.push(format!("{} only", source.host));
    }
    parts.push(if logs.is_following() { "following" } else { "held still, f follows" }.to_owned());
    if let Some(search) = logs.searched() {
        parts.push(format!("searching {}", search.text()));
    }
    safe(parts.join(" · "))
}

pub fn refused_counts(before: usize, after: usize, saved: bool) -> Safe {
    match (before, after, saved) {
        (0, 0, false) => Safe::new("none refused"),
        (before, _, false) => safe(format!("{before} refused, before the change")),
        (before, after, true) => safe(format!("{before} refused before the change, {after} after")),
    }
}

/// The log pane without a row.
pub fn no_records(sources: usize, empty: bool) -> Safe {
    match (sources, empty) {
        (_, false) => Safe::new("Every record is left out: w shows all severities, c all sources."),
        (0, true) => Safe::new("No log source can be read yet; what the sensors write will stand here."),
        (_, true) => Safe::new("Nothing was written yet; what the sensors write will stand here."),
    }
}

pub fn lines_cut(lines: u32) -> Safe {
    safe(format!("     ({lines} further lines were not kept)"))
}
