//! The log pane: always there, over the whole width. Its title counts the refused credentials.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::logs::Record;
use crate::model::{Model, Pane};
use crate::text::Safe;
use crate::walkthrough::words;

use super::fit;
use super::look::{Look, Role};

/// Refused credentials in the logs, before and after the change.
pub fn refused(model: &Model) -> (usize, usize) {
    let after = model.walk.watch.as_ref().map_or(0, |watch| watch.refusing_hosts().count());
    (0, after)
}

pub fn draw(model: &Model, look: &Look, area: Rect, frame: &mut Frame) {
    let focused = model.pane == Pane::Logs && model.walk.dialog.is_none() && model.overlay.is_none();
    let block = look.pane(focused).title(look.word(Role::Heading, " Sensor logs "));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    frame.render_widget(look.line(Role::Secondary, &words::no_records(model.walk.sources.len())), inner);
}

/// A record whole, line by line.
pub fn record(look: &Look, record: &Record, columns: u16) -> Vec<Line<'static>> {
    record
        .lines()
        .flat_map(|line: &Safe| fit::wrap(line, columns.into()))
        .map(|line| look.line(Role::Plain, &line))
        .collect()
}
