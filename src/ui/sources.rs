//! The log sources, over everything: how each stands, and the marked one in full below the list.
//!
//! Relies on `words` for every sentence. Deliberately absent: what is written in them; that is the log pane's.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use crate::logs::SourceId;
use crate::logs::source::{SourceState, State};
use crate::model::Model;
use crate::text::Safe;
use crate::walkthrough::{SourceView, words};

use super::fit;
use super::look::{Look, Role, Tone};
use super::stage;
use super::table::{Cell, Column, Table, column, number};

const COLUMNS: &[Column] = &[
    column("source", (12, 34), 0),
    column("state", (15, 21), 0),
    number("last", 6, 0),
    number("offset", 9, 2),
    number("lag", 9, 1),
    column("inferred zone", (13, 40), 3),
];

/// Rows for the marked source in full: how it stands, why, and where it is read.
const IN_FULL: u16 = 5;

/// The list in `area`; `marked` is the source that Enter shows alone, or nothing for all of them.
pub fn draw(model: &Model, look: &Look, (area, marked): (Rect, Option<SourceId>), frame: &mut Frame) {
    let mut block = look.pane(true).title(look.word(Role::Heading, " The log sources "));
    let [inner] = Layout::horizontal([Constraint::Fill(1)]).horizontal_margin(1).areas(block.inner(area));
    let [keys, list, _, full] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(IN_FULL),
    ])
    .areas(inner);
    let sources: Vec<(&SourceId, &SourceView)> = model.walk.sources.iter().collect();
    let place = sources.iter().position(|(id, _)| marked == Some(**id));
    let row = |row: usize| match row.checked_sub(1).and_then(|row| sources.get(row)) {
        Some((_, view)) => cells(model, look, view),
        None => vec![Cell::plain(Safe::new("all sources")), Cell::plain(words::all_sources(&model.walk))],
    };
    let table = Table {
        columns: COLUMNS,
        total: if sources.is_empty() { 0 } else { sources.len().saturating_add(1) },
        row: Box::new(row),
        selected: Some(place.map_or(0, |place| place.saturating_add(1))),
        top: 0,
        empty: Safe::new(words::NO_SOURCES),
    };
    frame.render_widget(Clear, area);
    let shown =
        table.draw(look, list, frame).filter(|shown| shown.last.saturating_sub(shown.first) < sources.len());
    if let Some(shown) = shown {
        let which = Safe::from(format!(" {}–{} of {} ", shown.first, shown.last, shown.total));
        block = block.title_bottom(look.line(Role::Secondary, &which).right_aligned());
    }
    if let Some(said) = stage::said(model) {
        let said = fit::at_end(&Safe::from(format!(" {said} ")), usize::from(inner.width).saturating_sub(16));
        block = block.title_bottom(look.line(Role::Warn, &said));
    }
    frame.render_widget(block, area);
    frame.render_widget(look.line(Role::Secondary, &Safe::new(words::SOURCES_KEYS)), keys);
    if let Some((_, view)) = place.and_then(|place| sources.get(place)) {
        frame.render_widget(Paragraph::new(in_full(model, look, view, full.width)), full);
    }
}

fn cells(model: &Model, look: &Look, view: &SourceView) -> Vec<Cell> {
    let said = words::source_cells(&view.state, model.now.at);
    vec![
        Cell::name(view.host.clone()),
        Cell::state(look, tone(&view.state), &Safe::new(said.state)),
        Cell::plain(said.last),
        Cell::plain(said.offset),
        Cell::plain(said.lag),
        Cell::plain(said.zone),
    ]
}

fn tone(state: &SourceState) -> Tone {
    match state.state {
        State::Following => Tone::Good,
        State::Waiting => Tone::Neutral,
        State::Unreachable(_) => Tone::Warn,
    }
}

fn in_full(model: &Model, look: &Look, view: &SourceView, columns: u16) -> Vec<Line<'static>> {
    let wrapped = |role: Role, text: &Safe| {
        fit::wrap(text, columns.into()).iter().map(|line| look.line(role, line)).collect::<Vec<_>>()
    };
    let head = Safe::from(format!("{}: {}", view.host, words::source(&view.state, model.now.at)));
    let mut lines = wrapped(Role::Plain, &head);
    if let Some(fault) = words::source_fault(&view.state) {
        lines.extend(wrapped(Role::Warn, &fault));
    }
    if let Some(files) = words::source_files(&view.state) {
        lines.push(look.line(Role::Secondary, &fit::in_the_middle(&files, columns.into())));
    }
    lines
}
