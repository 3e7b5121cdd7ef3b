//! The log pane: always there, over the whole width. Its title counts the refused credentials before and after.
//!
//! Relies on `logs::window` for which rows are seen and where the cursor is. Deliberately absent: reading logs.

mod row;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::logs::Record;
use crate::model::{LineInput, LineKind, Model, Pane};
use crate::text::Safe;
use crate::walkthrough::words;

use super::look::{Look, Role};
use super::stage::set_cursor;
use super::{dialog, fit};

/// Refused credentials in the logs, before and after the save; those that can't be placed count as before.
pub fn refused(model: &Model) -> (usize, usize) {
    let count = model.logs.count_refusals();
    (count.before.saturating_add(count.not_known), count.after)
}

pub fn draw(model: &Model, look: &Look, area: Rect, frame: &mut Frame) {
    let covered = model.walk.dialog.is_some() || model.overlay.is_some();
    let focused = model.line.is_some() || (model.pane == Pane::Logs && !covered);
    let mut block = look.pane(focused);
    let inner = block.inner(area);
    let (left, right) = title(model, usize::from(area.width).saturating_sub(2));
    let (_, after) = refused(model);
    let counted = if after > 0 { Role::Bad } else { Role::Secondary };
    block = block.title_top(look.line(Role::Heading, &left));
    block = block.title_top(look.line(counted, &right).right_aligned());
    let mut cursor = None;
    if let Some(line) = &model.line {
        let (asked, column) = asked(line, look, area.width);
        block = block.title_bottom(asked);
        cursor = Some(column);
    }
    frame.render_widget(block, area);
    if let Some(column) = cursor {
        set_cursor(frame, area, area.height.saturating_sub(1), column);
    }
    let rows = model.logs.rows(inner.height.into());
    let lines: Vec<Line> = if rows.is_empty() {
        vec![look.line(Role::Secondary, &words::no_records(model.walk.sources.len(), &model.logs))]
    } else {
        let style = row::Style { look, columns: inner.width.into(), left: model.logs_left, focused };
        rows.iter().map(|row| style.line(row)).collect()
    };
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Left and right title: the longest that fit beside each other, else as much of the shortest as does.
fn title(model: &Model, columns: usize) -> (Safe, Safe) {
    // Each has a space on either side, and a bit of the border stands between them.
    let room = |right: &Safe| columns.saturating_sub(fit::width(right)).saturating_sub(6);
    let titles = words::tape_titles(&model.walk, &model.logs);
    let fits = titles.iter().find(|(left, right)| fit::width(left) <= room(right));
    let Some((left, right)) = fits.or(titles.last()) else { return (Safe::default(), Safe::default()) };
    let left = fit::at_end(left, room(right));
    (Safe::from(format!(" {left} ")), Safe::from(format!(" {right} ")))
}

/// The one-line field on the pane's lower border, and the column of its cursor.
fn asked(line: &LineInput, look: &Look, columns: u16) -> (Line<'static>, u16) {
    let asked = match line.kind {
        LineKind::Search => " Search for ",
        LineKind::JumpToTime => " Jump to hh:mm ",
        LineKind::Write => " Write to a new file ",
        LineKind::WriteShown => " Write all shown to a new file ",
    };
    let label = fit::cells(asked.len());
    let (field, column) = dialog::field(&line.input, look, columns.saturating_sub(label).saturating_sub(3));
    let mut spans = vec![look.word(Role::Heading, asked)];
    spans.extend(field.spans);
    spans.push(Span::raw("  "));
    (Line::from(spans), column.saturating_add(label).saturating_add(1))
}

/// A record whole: where and when, then line by line.
pub fn record(look: &Look, record: &Record, columns: u16) -> Vec<Line<'static>> {
    let time = record.time.map_or_else(Safe::default, |time| Safe::from(time.to_string()));
    let level = record.level.map_or_else(Safe::default, |level| Safe::new(level.word()));
    let component = record.component.clone().unwrap_or_default();
    let head = Safe::from(format!("{} {time} {level} {component}", record.host));
    let mut lines: Vec<Line> =
        fit::wrap(&head, columns.into()).iter().map(|line| look.line(Role::Secondary, line)).collect();
    for number in 0..=record.more.len() {
        lines.extend(row::whole(look, record, number, columns));
    }
    if record.cut > 0 {
        lines.push(look.line(Role::Secondary, &words::lines_cut(record.cut)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_leaves_room_for_its_label() {
        let line = LineInput { kind: LineKind::Search, input: tui_input::Input::new("abc".into()) };
        let (_, column) = asked(&line, &Look::new(true, false), 60);
        assert_eq!(usize::from(column), 1 + " Search for ".len() + 2 + 3);
    }
}
