//! Where each pane lies, for a size of the window and the room given to the logs. Pure; relies on ratatui's layout.
//!
//! The model uses it to know how far a page scrolls, the screen to draw. Deliberately absent: what stands inside.

use ratatui::layout::{Constraint, Layout, Rect};

use super::{LogRoom, Model};
use crate::walkthrough::watch::VerdictWord;

/// From this width on the rail has its words, below it only glyphs and numbers.
const RAIL_WITH_WORDS: u16 = 74;
/// From this width on the rail is wide enough for the help beneath it.
const WIDE: u16 = 110;
/// The rail's rows: seven steps, the figures, its border.
const RAIL_ROWS: u16 = 17;
/// Fewer rows of help than this say nothing.
const HELP_ROWS: u16 = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regions {
    pub frame: Rect,
    /// The line that tells of a refused password, on every step; empty while there is nothing to tell.
    pub banner: Rect,
    pub rail: Rect,
    /// Under the rail, where the window is wide and high enough; else empty.
    pub help: Rect,
    pub stage: Rect,
    /// The log pane, over the whole width, so that the terminal can scroll it by itself.
    pub tape: Rect,
    pub footer: Rect,
}

impl Regions {
    pub fn new(area: Rect, room: LogRoom, banner: bool) -> Self {
        let [frame, banner, middle, tape, footer] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(u16::from(banner)),
            Constraint::Fill(1),
            Constraint::Length(tape_rows(area.height, room)),
            Constraint::Length(1),
        ])
        .areas(area);
        let [left, stage] =
            Layout::horizontal([Constraint::Length(rail_columns(area.width)), Constraint::Fill(1)])
                .areas(middle);
        let helped = area.width >= WIDE && left.height >= RAIL_ROWS.saturating_add(HELP_ROWS);
        let rail_rows = if helped { RAIL_ROWS } else { left.height };
        let [rail, help] = Layout::vertical([Constraint::Length(rail_rows), Constraint::Fill(1)]).areas(left);
        Self { frame, banner, rail, help, stage, tape, footer }
    }

    /// Whether the rail is wide enough for the steps' names.
    pub fn rail_has_words(area: Rect) -> bool {
        area.width >= RAIL_WITH_WORDS
    }
}

impl Model {
    /// The room that the logs have now: what is shown whole needs room itself, and gives it back when it is closed.
    pub fn log_room(&self) -> LogRoom {
        if self.overlay.is_some() { LogRoom::Small } else { self.room }
    }

    /// The saved password is refused: a banner says so on every step.
    pub fn refused(&self) -> bool {
        let verdict = self.walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
        verdict.is_some_and(|verdict| verdict.word == VerdictWord::Refused)
    }
}

fn rail_columns(columns: u16) -> u16 {
    match columns {
        WIDE.. => 29,
        RAIL_WITH_WORDS.. => 20,
        _ => 7,
    }
}

fn tape_rows(rows: u16, room: LogRoom) -> u16 {
    match room {
        LogRoom::Small => rows.div_euclid(5),
        LogRoom::Half => rows.div_euclid(2),
        // What is asked of the operator stays in sight.
        LogRoom::Most => rows.saturating_sub(9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panes_fill_the_window_and_never_overlap() {
        for (width, height) in
            (0..=120).step_by(5).flat_map(|width| (0..=45).step_by(3).map(move |height| (width, height)))
        {
            for room in [LogRoom::Small, LogRoom::Half, LogRoom::Most] {
                let area = Rect::new(0, 0, width, height);
                let regions = Regions::new(area, room, height % 2 == 0);
                let panes =
                    [regions.frame, regions.banner, regions.rail, regions.help, regions.stage, regions.tape];
                let covered: u32 = panes.iter().chain([&regions.footer]).map(|pane| pane.area()).sum();
                assert!(covered <= area.area(), "{width}×{height}: {regions:?}");
                for (number, one) in panes.iter().enumerate() {
                    let later = panes.iter().skip(number + 1);
                    assert!(
                        later
                            .clone()
                            .all(|other| !one.intersects(*other) || one.is_empty() || other.is_empty())
                    );
                }
            }
        }
    }

    #[test]
    fn the_log_pane_is_as_wide_as_the_window() {
        let regions = Regions::new(Rect::new(0, 0, 80, 24), LogRoom::Small, false);
        assert_eq!((regions.tape.x, regions.tape.width), (0, 80));
        assert_eq!(regions.tape.bottom(), regions.footer.y);
    }
}
