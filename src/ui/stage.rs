//! The stage: what the step is for, what is asked of the operator now, what is known, what happens next.
//!
//! What is asked stands on the same line on every step, with its field or options right under it. The steps give only
//! what is known. Deliberately absent: dialogs and overlays, which lie over it.

pub mod asked;
mod part;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::model::{Focus, Model, Pane, Sort};
use crate::text::Safe;
use crate::walkthrough::step::Step;
use crate::walkthrough::words;

use super::look::{Look, Role};
use super::table::Shown;
use super::{fit, steps};

pub use part::{Part, beside, fault, signed, truth};

/// What the tour's longest sentence takes on the narrowest stage.
const TOUR_ROWS: u16 = 3;

/// Columns and rows that a step has for what is known.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub columns: u16,
    pub rows: u16,
}

pub fn draw(model: &Model, look: &Look, area: Rect, frame: &mut Frame) {
    let focused = model.pane == Pane::Stage && model.overlay.is_none() && model.walk.dialog.is_none();
    let block = look.pane(focused);
    let [inner] = Layout::horizontal([Constraint::Fill(1)]).horizontal_margin(1).areas(block.inner(area));
    frame.render_widget(block.clone(), area);
    let shown = inside(model, look, inner, frame);
    let step = model.step();
    let title = Safe::from(format!(" {} · {} ", step.number(), words::title(step)));
    let mut block = block.title_top(look.line(Role::Heading, &title));
    if step == Step::Sensors && model.rows() > 0 {
        let sorted = if model.sort == Sort::ByName { " by name " } else { " trouble first " };
        let mut title = Vec::new();
        if let Some((stale, read)) = words::read_short(&model.walk, model.now, area.width >= 80) {
            title.push(look.span(if stale { Role::Warn } else { Role::Secondary }, &read));
        }
        title.push(look.word(Role::Secondary, sorted));
        block = block.title_top(Line::from(title).right_aligned());
    }
    if let Some(Shown { first, last, total }) =
        shown.filter(|shown| shown.last < shown.total || shown.first > 1)
    {
        let range = Safe::from(format!(" {first}–{last} of {total} "));
        block = block.title_bottom(look.line(Role::Secondary, &range).right_aligned());
    }
    frame.render_widget(block, area);
}

fn inside(model: &Model, look: &Look, area: Rect, frame: &mut Frame) -> Option<Shown> {
    let columns = area.width;
    let purpose = purpose(model, look, area);
    let asked = asked::asked(model, look, columns);
    let below = below(model, look, columns);
    let roomy = area.height >= 14;
    let purpose_rows = match area.height {
        0..8 => 0,
        _ if columns >= 100 => 1,
        _ => 2,
    };
    // The tour says more, and as much on every step.
    let purpose_rows = if model.walk.terms.tour && purpose_rows > 0 { TOUR_ROWS } else { purpose_rows };
    let gap = u16::from(roomy);
    let [top, _, middle, _, known, bottom] = Layout::vertical([
        Constraint::Length(purpose_rows),
        Constraint::Length(gap),
        Constraint::Length(fit::cells(asked.lines.len())),
        Constraint::Length(u16::from(area.height >= 8)),
        Constraint::Fill(1),
        Constraint::Length(fit::cells(below.len())),
    ])
    .areas(area);
    frame.render_widget(Paragraph::new(purpose), top);
    frame.render_widget(Paragraph::new(asked.lines), middle);
    if let Some((row, column)) = asked.cursor {
        set_cursor(frame, middle, row, column);
    }
    frame.render_widget(Paragraph::new(below), bottom);
    let room = Room { columns: known.width, rows: known.height };
    part::draw(&steps::known(model, look, room), look, known, frame)
}

/// The terminal's cursor, in the field that takes the keys.
pub fn set_cursor(frame: &mut Frame, area: Rect, row: u16, column: u16) {
    let [_, line] = Layout::vertical([Constraint::Length(row), Constraint::Fill(1)]).areas(area);
    let [_, cell] = Layout::horizontal([Constraint::Length(column), Constraint::Fill(1)]).areas(line);
    if !cell.is_empty() {
        frame.set_cursor_position(cell.as_position());
    }
}

fn purpose(model: &Model, look: &Look, area: Rect) -> Vec<Line<'static>> {
    // A settled step that is looked at is none of the tour's.
    let tour = words::tour(&model.walk).filter(|_| model.looking_at.is_none());
    let (role, purpose) = match tour {
        Some(tour) => (Role::Plain, Safe::from(format!("Tour: {tour}"))),
        None => (Role::Secondary, Safe::new(words::purpose(&model.walk, model.step()))),
    };
    fit::wrap(&purpose, area.width.into()).iter().map(|line| look.line(role, line)).collect()
}

/// The last line: a word about the last key, else what the walk just said, else what happens next.
fn below(model: &Model, look: &Look, columns: u16) -> Vec<Line<'static>> {
    let said = said(model);
    let (role, text) = match &said {
        Some(said) => (Role::Warn, said.clone()),
        None => (Role::Secondary, words::next(&model.walk, model.step())),
    };
    let mark = said.is_some();
    let text = if mark { Safe::from(format!("{} {text}", look.glyphs().warn)) } else { text };
    fit::wrap_within(&text, columns.into(), 3).iter().map(|line| look.line(role, line)).collect()
}

/// What was just said about a key or an act.
pub fn said(model: &Model) -> Option<Safe> {
    let toast = model.toast.as_ref().map(|toast| toast.text.clone());
    let notice = toast.or_else(|| model.walk.notice.as_ref().map(words::notice));
    // What is not on record is said for as long as it is not, a clock set back for as long as it is.
    notice.or_else(|| words::unrecorded(&model.walk)).or_else(|| words::clock_behind(&model.walk))
}

/// The row of the step's table that keys act on.
pub fn selected(model: &Model) -> Option<usize> {
    let acts = matches!(model.focus(), Focus::Pane(Pane::Stage));
    acts.then(|| model.row.min(model.rows().saturating_sub(1)))
}
