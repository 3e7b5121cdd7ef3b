//! Dialogs over the stage: one box with the question, a hint, and options or a field. Steps' own questions use the same
//! options and field, inside the stage.

use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};
use tui_input::Input;

use crate::model::Model;
use crate::model::regions::Regions;
use crate::text::Safe;
use crate::walkthrough::step::{AnswerKind, Question};
use crate::walkthrough::{Walkthrough, words};

use super::fit;
use super::look::{Look, Role};
use super::stage::{Room, set_cursor};

/// The widest a dialog gets.
const WIDEST: u16 = 76;

pub fn draw(model: &Model, look: &Look, regions: &Regions, frame: &mut Frame) {
    let Some(question) = &model.walk.dialog else { return };
    // The stage's last line, where notices stand, stays in sight.
    let room = regions.stage.height.saturating_sub(4);
    let wide = regions.rail.union(regions.stage);
    let fits =
        |stage: &Rect| fit::cells(inside(model, question, look, box_room(*stage, u16::MAX)).0.len()) <= room;
    let stage = if fits(&regions.stage) { regions.stage } else { wide };
    let width = box_room(stage, room).columns.saturating_add(4);
    let (lines, cursor) = inside(model, question, look, box_room(stage, room));
    let height = fit::cells(lines.len()).saturating_add(2);
    let [row] = Layout::vertical([Constraint::Length(height)]).flex(Flex::Center).areas(stage);
    let [area] = Layout::horizontal([Constraint::Length(width)]).flex(Flex::Center).areas(row);
    let block = look
        .pane(true)
        .title(look.span(Role::Heading, &Safe::from(format!(" {} ", words::heading(question)))));
    let [inner] = Layout::horizontal([Constraint::Fill(1)]).horizontal_margin(1).areas(block.inner(area));
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines), inner);
    if let Some((row, column)) = cursor.filter(|_| model.overlay.is_none() && model.line.is_none()) {
        set_cursor(frame, inner, row, column);
    }
}

fn box_room(stage: Rect, rows: u16) -> Room {
    Room { columns: stage.width.saturating_sub(4).min(WIDEST).saturating_sub(4), rows }
}

/// The dialog's lines, and where its field's cursor stands. Where the room is short, what explains is cut, never what
/// is asked or answered.
fn inside(
    model: &Model,
    question: &Question,
    look: &Look,
    Room { columns, rows }: Room,
) -> (Vec<Line<'static>>, Option<(u16, u16)>) {
    let wrapped = |role: Role, text: &Safe| {
        fit::wrap(text, columns.into()).iter().map(|line| look.line(role, line)).collect::<Vec<_>>()
    };
    let mut lines = wrapped(Role::Heading, &words::question(&model.walk, question));
    let mut explained = Vec::new();
    for line in words::explained(&model.walk, question) {
        explained.extend(wrapped(Role::Plain, &line));
    }
    if let Some(hint) = words::hint(question) {
        explained.extend(wrapped(Role::Secondary, &Safe::new(hint)));
    }
    let needed =
        lines.len().saturating_add(words::options(&model.walk, question).len().max(1)).saturating_add(1);
    explained.truncate(usize::from(rows).saturating_sub(needed));
    lines.extend(explained);
    lines.push(Line::default());
    match question.kind() {
        AnswerKind::Choice => {
            lines.extend(options(&model.walk, question, look, (Some(model.option), columns)));
            (lines, None)
        }
        AnswerKind::Text | AnswerKind::Masked => {
            let (line, column) = field(&model.input, look, columns);
            let row = fit::cells(lines.len());
            lines.push(line);
            (lines, Some((row, column)))
        }
    }
}

/// The options, numbered; `marked` is the one that Enter chooses.
pub fn options(
    walk: &Walkthrough,
    question: &Question,
    look: &Look,
    (marked, columns): (Option<usize>, u16),
) -> Vec<Line<'static>> {
    let room = usize::from(columns).saturating_sub(4);
    let options = words::options(walk, question);
    options
        .iter()
        .zip(0_usize..)
        .map(|(option, number)| {
            let here = marked == Some(number);
            let text = fit::at_end(option, room.saturating_sub(3));
            let text = Safe::from(format!(" {} {text} ", number.saturating_add(1)));
            let mark = if here { look.word(Role::Plain, look.glyphs().here) } else { Span::raw(" ") };
            Line::from(vec![mark, look.span(if here { Role::Selected } else { Role::Plain }, &text)])
        })
        .collect()
}

/// An ordinary field, and the column of its cursor.
pub fn field(input: &Input, look: &Look, columns: u16) -> (Line<'static>, u16) {
    let room = usize::from(columns).saturating_sub(3);
    let value = input.value();
    let at = value.char_indices().nth(input.cursor()).map_or(value.len(), |(at, _)| at);
    let (before, after) = value.split_at_checked(at).unwrap_or((value, ""));
    let (before, after) = (Safe::new(before), Safe::new(after));
    let before = Safe::from(fit::back(&before, room));
    let used = fit::width(&before);
    let after = Safe::from(fit::front(&after, room.saturating_sub(used)));
    let line = Line::from(vec![
        look.word(Role::Accent, look.glyphs().here),
        Span::raw(" "),
        look.span(Role::Marked, &before),
        look.span(Role::Marked, &after),
    ]);
    (line, fit::cells(used.saturating_add(2)))
}
