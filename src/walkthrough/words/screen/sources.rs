//! How the log sources stand: whether a refusal would be seen now, what came last, and which zone it was written in.

use crate::clock::{Instant, Now};
use crate::logs::SourceId;
use crate::logs::source::{SourceState, State, Unreachable};
use crate::logs::zone::Zone;
use crate::text::Safe;
use crate::walkthrough::Walkthrough;

use super::{age_of, safe};

/// From so many seconds on a host's clock is worth a word.
const WORTH_SAYING: i64 = 30;

/// Every source with how it stands, or one of them, in the order of the site file.
pub fn source_lines(walk: &Walkthrough, only: Option<SourceId>, now: Now) -> Vec<Safe> {
    let views = walk.sources.iter().filter(|(id, _)| only.is_none_or(|only| only == **id));
    let mut lines = Vec::new();
    for (_, view) in views {
        lines.push(safe(format!("{}: {}", view.host, source(&view.state, now.at))));
        lines.extend(source_fault(&view.state));
    }
    if lines.is_empty() {
        lines.push(Safe::new(NO_SOURCES));
    }
    lines
}

/// What the list of sources says where there are none.
pub const NO_SOURCES: &str = "No log source is followed. The site file names them: [[log]].";

/// What Enter does in the list of sources.
pub const SOURCES_KEYS: &str = "Enter shows the marked one alone in the log pane, or all of them.";

/// The first line of the list: all of them together.
pub fn all_sources(walk: &Walkthrough) -> Safe {
    let all = walk.sources.len();
    match walk.sources.values().filter(|view| view.readable).count() {
        readable if readable == all => safe(format!("all {all} followed")),
        readable => safe(format!("{readable} of {all} followed")),
    }
}

/// A source's cells in the list.
pub struct SourceCells {
    pub state: &'static str,
    pub last: Safe,
    pub offset: Safe,
    pub lag: Safe,
    pub zone: Safe,
}

pub fn source_cells(state: &SourceState, now: Instant) -> SourceCells {
    let none = || Safe::new("—");
    SourceCells {
        state: standing_word(&state.state),
        last: state.active.map_or_else(none, |active| age_of(active.at, now)),
        offset: if state.files.is_empty() { none() } else { safe(bytes(state.offset())) },
        lag: if state.files.is_empty() { none() } else { safe(bytes(state.behind)) },
        zone: state.zone.map_or_else(none, |zone| safe(inferred(zone))),
    }
}

/// The file that a source is read from, or how many there are.
pub fn source_files(state: &SourceState) -> Option<Safe> {
    let (first, rest) = state.files.split_first()?;
    Some(match rest.len() {
        0 => first.path.clone(),
        more => safe(format!("{} and {more} more", first.path)),
    })
}

/// One source in a line: `following · last record 2 min ago · 14.2 KiB read · UTC+02:00 (inferred)`.
pub fn source(state: &SourceState, now: Instant) -> Safe {
    let mut parts = vec![standing(state, now)];
    if state.is_readable() {
        parts.push(match state.active {
            None => "nothing new yet".to_owned(),
            Some(active) if now.since(active.at).as_secs() < 15 => "last record now".to_owned(),
            Some(active) => format!("last record {} ago", age_of(active.at, now)),
        });
    }
    if !state.files.is_empty() {
        parts.push(format!("{} read", bytes(state.offset())));
    }
    if state.behind > 0 {
        parts.push(format!("{} behind", bytes(state.behind)));
    }
    parts.extend(state.zone.map(|zone| format!("{} (inferred)", inferred(zone))));
    safe(parts.join(" · "))
}

fn inferred(zone: Zone) -> String {
    match zone.ahead {
        ahead if ahead >= WORTH_SAYING => format!("{zone}, clock {ahead} s ahead"),
        ahead if ahead <= -WORTH_SAYING => format!("{zone}, {} s late or clock behind", ahead.unsigned_abs()),
        _ => zone.to_string(),
    }
}

/// Why a source can't be followed, what that means and what to do; nothing while it is.
pub fn source_fault(state: &SourceState) -> Option<Safe> {
    match &state.state {
        State::Following => None,
        State::Waiting => Some(Safe::new(
            "Nothing is there to be read yet. A refusal on this host would not be seen; check the path, or try the command by hand.",
        )),
        State::Unreachable(why) => Some(safe(format!("{why}."))),
    }
}

fn standing(state: &SourceState, now: Instant) -> String {
    let since = age_of(state.since.at, now);
    let since = if since.as_str() == "now" { String::new() } else { format!(" since {since}") };
    let word = standing_word(&state.state);
    if state.is_readable() { word.to_owned() } else { format!("{word}{since}") }
}

fn standing_word(state: &State) -> &'static str {
    match state {
        State::Following => "following",
        State::Waiting => "nothing there",
        State::Unreachable(Unreachable::Ended { .. }) => "command ended",
        State::Unreachable(Unreachable::NotStarted { .. }) => "command not started",
        State::Unreachable(Unreachable::NoAnswer { .. }) => "no answer",
        State::Unreachable(
            Unreachable::Pattern { .. }
            | Unreachable::Share { .. }
            | Unreachable::NoFolder { .. }
            | Unreachable::CanNotRead { .. }
            | Unreachable::Broken,
        ) => "can't be read",
    }
}

/// In units of 1,024, to three digits.
fn bytes(count: u64) -> String {
    let units = [("KiB", 10_u32), ("MiB", 20), ("GiB", 30)];
    match units.iter().rev().find(|(_, shift)| count >> shift > 0) {
        None => format!("{count} B"),
        Some((unit, shift)) => {
            let tenths = (count >> shift.saturating_sub(10)).saturating_mul(10) >> 10;
            match tenths {
                ..1000 => format!("{}.{} {unit}", tenths / 10, tenths % 10),
                tenths => format!("{} {unit}", tenths / 10),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::logs::Position;
    use crate::logs::source::File;

    fn at(seconds: u64) -> Now {
        Now { at: Instant(Duration::from_secs(seconds)), wall: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_source_says_how_it_stands_in_a_line() {
        let files =
            vec![File { path: "a".into(), at: Position { file: 1, offset: 14_541 }, begins: Some(0) }];
        let following = SourceState { files, ..SourceState::new(SourceId(1), State::Following, at(0)) };
        let zone = |offset, ahead| Some(Zone { offset, ahead });
        let check = |state: &SourceState, line: &str| assert_eq!(source(state, at(130).at).as_str(), line);
        check(&following, "following · nothing new yet · 14.2 KiB read");
        let active = SourceState { active: Some(at(125)), zone: zone(0, -1), ..following.clone() };
        check(&active, "following · last record now · 14.2 KiB read · UTC (inferred)");
        let late =
            SourceState { active: Some(at(5)), behind: 3 << 20, zone: zone(7200, 90), ..following.clone() };
        check(
            &late,
            "following · last record 2 min ago · 14.2 KiB read · 3.0 MiB behind · UTC+02:00, clock 90 s ahead (inferred)",
        );
        let ended =
            Unreachable::Ended { status: "exit status: 255".into(), said: "no route".into(), again: 4 };
        let ended = SourceState::new(SourceId(1), State::Unreachable(ended), at(0));
        check(&ended, "command ended since 2 min");
        assert!(source_fault(&ended).is_some_and(|why| why.ends_with("try it by hand.")));
        check(&SourceState::new(SourceId(1), State::Waiting, at(125)), "nothing there");
    }

    #[test]
    fn sizes_are_told_to_three_digits() {
        let check = |count, said: &str| assert_eq!(bytes(count), said);
        check(0, "0 B");
        check(1023, "1023 B");
        check(1024, "1.0 KiB");
        check(153_600, "150 KiB");
        check(50 << 20, "50.0 MiB");
        check(5 << 30, "5.0 GiB");
    }
}
