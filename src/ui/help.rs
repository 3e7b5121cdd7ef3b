//! What is shown whole, over everything but the frame, the logs' title and the footer: the step's help, a record, a row.
//! On a wide screen the help's beginning also stands under the rail.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use crate::logs::Record;
use crate::model::keymap::{Binding, KEYS, Place};
use crate::model::regions::Regions;
use crate::model::{Focus, Model, Overlay, Pane};
use crate::text::Safe;
use crate::walkthrough::words;

use super::look::{Look, Role, Tone};
use super::{fit, recover, sources, stage, tape};

/// Where the meanings of keys begin.
const KEY: usize = 11;

pub fn draw_over(model: &Model, look: &Look, regions: &Regions, frame: &mut Frame) {
    let Some(overlay) = &model.overlay else { return };
    let area = regions.rail.union(regions.help).union(regions.stage);
    if let Overlay::Sources(marked) = overlay {
        return sources::draw(model, look, (area, *marked), frame);
    }
    let block = look.pane(true);
    let [inner] = Layout::horizontal([Constraint::Fill(1)]).horizontal_margin(1).areas(block.inner(area));
    let columns = inner.width;
    let mut marked = None;
    let (title, lines) = match overlay {
        // Has a table of its own.
        Overlay::Sources(_) => return,
        Overlay::Help => (words::help_title(model.step()), help(model, look, columns)),
        Overlay::WaysBack => {
            let (lines, at) = recover::lines(model, look, columns);
            marked = Some(fit::cells(at));
            (Safe::new(" The ways back "), lines)
        }
        Overlay::Record(record) => (Safe::new(" The record "), record_whole(look, record, columns)),
        Overlay::HandedOver => {
            (Safe::new(words::HANDED_OVER), row(look, &words::handed_over(&model.walk), columns))
        }
        Overlay::Row(fields) => (Safe::new(words::whole_title(model.step())), row(look, fields, columns)),
    };
    let last = fit::cells(lines.len()).saturating_sub(inner.height);
    // The marked command stays in sight, with what it is for above it.
    let wanted = marked.map_or(model.overlay_scroll, |at| at.saturating_sub(inner.height.div_euclid(2)));
    let scroll = wanted.min(last);
    let mut block = block.title(look.line(Role::Heading, &title));
    if last > 0 {
        let more = if scroll < last { " ↓ more " } else { " end " };
        block = block.title_bottom(Line::from(look.word(Role::Secondary, more)).right_aligned());
    }
    // How it is shown again is for when it is closed.
    let said = stage::said(model).filter(|_| *overlay != Overlay::HandedOver || model.toast.is_some());
    if let Some(said) = said {
        let said = fit::at_end(&Safe::from(format!(" {said} ")), usize::from(columns).saturating_sub(10));
        block = block.title_bottom(look.line(Role::Warn, &said));
    }
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), inner);
}

/// Under the rail: what can go wrong on this step.
pub fn draw_beside(model: &Model, look: &Look, area: Rect, frame: &mut Frame) {
    if area.is_empty() {
        return;
    }
    let block = look.pane(false).title(look.word(Role::Heading, " Good to know "));
    let [inner] = Layout::horizontal([Constraint::Fill(1)]).horizontal_margin(1).areas(block.inner(area));
    let mut lines = Vec::new();
    for sentence in words::wrong(model.step()) {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(wrapped(look, Role::Secondary, &Safe::new(sentence), inner.width));
    }
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn wrapped(look: &Look, role: Role, text: &Safe, columns: u16) -> Vec<Line<'static>> {
    fit::wrap(text, columns.into()).iter().map(|line| look.line(role, line)).collect()
}

fn help(model: &Model, look: &Look, columns: u16) -> Vec<Line<'static>> {
    let step = model.step();
    let mut lines = wrapped(look, Role::Plain, &Safe::new(words::purpose(&model.walk, step)), columns);
    lines.extend(wrapped(look, Role::Secondary, &words::next(&model.walk, step), columns));
    lines.push(Line::default());
    lines.push(Line::from(look.word(Role::Heading, "What can go wrong")));
    for sentence in words::wrong(step) {
        lines.extend(stage::signed(look, Tone::Neutral, &Safe::new(sentence), columns));
    }
    lines.extend(wrapped(look, Role::Plain, &Safe::new(words::HELP_WAYS_BACK), columns));
    if let Some(banner) = &model.walk.terms.banner {
        lines.push(Line::default());
        lines.push(Line::from(look.word(Role::Heading, "The lab")));
        lines.extend(wrapped(look, Role::Plain, banner, columns));
    }
    let asked = model.walk.question().is_some();
    for (heading, focus, shown) in [
        ("Keys while something is asked", Focus::Choice, asked),
        ("Keys in the stage", Focus::Pane(Pane::Stage), true),
        ("Keys in the logs", Focus::Pane(Pane::Logs), true),
    ] {
        if shown {
            lines.push(Line::default());
            lines.push(Line::from(look.word(Role::Heading, heading)));
            lines.extend(
                KEYS.iter().filter(|key| belongs(key, focus)).flat_map(|key| binding(look, key, columns)),
            );
        }
    }
    lines
}

/// Each key once: those of both panes stand with the stage's.
fn belongs(binding: &Binding, focus: Focus) -> bool {
    match focus {
        Focus::Pane(Pane::Stage) => matches!(binding.place, Place::Stage | Place::Panes | Place::Anywhere),
        Focus::Pane(Pane::Logs) => binding.place == Place::Logs,
        _ => binding.place == Place::Choice,
    }
}

fn binding(look: &Look, binding: &Binding, columns: u16) -> Vec<Line<'static>> {
    field(look, Role::Heading, (binding.written, &Safe::new(binding.long)), columns)
}

/// A name and its text, the text's lines aligned.
fn field(look: &Look, role: Role, (name, text): (&'static str, &Safe), columns: u16) -> Vec<Line<'static>> {
    let mut name = name;
    let indent = if name.len() >= KEY { name.len().saturating_add(1).max(19) } else { KEY };
    fit::wrap(text, usize::from(columns).saturating_sub(indent))
        .iter()
        .map(|line| {
            let head = Safe::from(format!("{:<indent$}", std::mem::take(&mut name)));
            Line::from(vec![look.span(role, &head), look.span(Role::Plain, line)])
        })
        .collect()
}

fn row(look: &Look, fields: &[(&'static str, Safe)], columns: u16) -> Vec<Line<'static>> {
    fields.iter().flat_map(|(name, text)| field(look, Role::Secondary, (name, text), columns)).collect()
}

/// The record with everything it says, and what is known of it.
fn record_whole(look: &Look, record: &Record, columns: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(known) = &record.known {
        let explanation = known.explanation();
        let tone = if record.is_refusal() { Tone::Bad } else { Tone::Neutral };
        lines.extend(stage::signed(look, tone, &Safe::new(explanation.title), columns));
        lines.extend(wrapped(look, Role::Plain, &Safe::new(explanation.meaning), columns));
        if explanation.ambiguous {
            lines.extend(wrapped(look, Role::Warn, &Safe::new(words::AMBIGUOUS), columns));
        }
        lines.extend(field(look, Role::Heading, ("What to do", &Safe::new(explanation.remedy)), columns));
        lines.push(Line::default());
    }
    lines.extend(tape::record(look, record, columns));
    lines
}
