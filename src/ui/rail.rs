//! The rail: the seven steps with glyph and state, and under them the figures that matter.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::Model;
use crate::model::regions::Regions;
use crate::text::Safe;
use crate::walkthrough::step::{Outcome, Phase, Step};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::words::{self, Truth};

use super::fit;
use super::look::{Look, Role, Tone};
use super::tape;

/// A narrower rail has no state words, so that no step seems to have one more than another.
const ROOM_FOR_STATES: usize = 26;

pub fn draw(model: &Model, look: &Look, area: Rect, frame: &mut Frame) {
    let words = Regions::rail_has_words(frame.area());
    let block = look.pane(false).title(look.word(Role::Heading, if words { " Steps " } else { "" }));
    let inner = block.inner(area);
    let columns = usize::from(inner.width);
    let mut lines: Vec<Line> = Step::ALL.into_iter().map(|step| one(model, look, step, columns)).collect();
    if words {
        lines.push(Line::default());
        lines.extend(figures(model, look, columns));
    }
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn one(model: &Model, look: &Look, step: Step, columns: usize) -> Line<'static> {
    let phase = model.walk.phase(step);
    let current = step == model.walk.current;
    let (glyph, glyph_role) = match phase {
        _ if current => (look.glyphs().here, Role::Accent),
        Phase::Settled(Outcome::Done) => (look.glyphs().good, Role::Good),
        Phase::Settled(Outcome::Overridden | Outcome::WithoutPortal) => (look.glyphs().warn, Role::Warn),
        Phase::Settled(Outcome::SaveNotKnown) => (look.glyphs().unknown, Role::Unknown),
        Phase::Ready | Phase::Asking(_) | Phase::Working | Phase::Blocked(_) => (" ", Role::Plain),
    };
    let name_role = match phase {
        _ if current => Role::Accent,
        Phase::Settled(_) => Role::Plain,
        _ => Role::Secondary,
    };
    let looked_at = model.looking_at == Some(step);
    let name = format!("{} {}", step.number(), words::short(step));
    let name = Safe::from(if columns < 10 { step.number().to_string() } else { name });
    let state = if current || matches!(phase, Phase::Settled(_)) { words::phase(phase) } else { "" };
    let used = fit::width(&name).saturating_add(state.len()).saturating_add(5);
    let mut spans = vec![
        Span::raw(" "),
        look.word(glyph_role, glyph),
        Span::raw(" "),
        look.span(if looked_at { Role::Selected } else { name_role }, &name),
    ];
    if used <= columns && columns >= ROOM_FOR_STATES {
        spans.push(Span::raw(" ".repeat(columns.saturating_sub(used).saturating_add(1))));
        spans.push(look.word(Role::Secondary, state));
    }
    Line::from(spans)
}

/// Sensors, running ones, refusals before and after the save, the verdict or what is left of the watch.
fn figures(model: &Model, look: &Look, columns: usize) -> Vec<Line<'static>> {
    let mut figures: Vec<(Role, Safe)> = Vec::new();
    if let Some(reading) = &model.walk.portal.reading {
        let all = reading.sensors.len();
        let running = reading
            .sensors
            .iter()
            .filter(|sensor| sensor.service == crate::portal::ServiceStatus::Running)
            .count();
        figures.push((Role::Plain, words::counted(all, "sensor", "sensors")));
        let tone = if running == all { Role::Plain } else { Role::Warn };
        figures.push((tone, Safe::from(format!("{running} running"))));
        figures.extend(words::read_beside(&model.walk, model.now).into_iter().map(|read| match read {
            Truth::Warn(text) | Truth::Bad(text) => {
                (Role::Warn, Safe::from(format!("{} {text}", look.glyphs().warn)))
            }
            Truth::Good(text) | Truth::Plain(text) => (Role::Secondary, text),
        }));
    } else {
        figures.push((Role::Secondary, Safe::new("sensors not read")));
    }
    let (before, after) = tape::refused(model);
    let checked = words::checked(&model.walk, &model.logs);
    figures.push(if checked {
        (Role::Plain, Safe::from(format!("{before} refused before")))
    } else {
        (Role::Secondary, Safe::new("logs not checked"))
    });
    if let Some(watch) = &model.walk.watch {
        let role = if after > 0 { Role::Bad } else { Role::Plain };
        figures.extend(checked.then(|| (role, Safe::from(format!("{after} refused after")))));
        match &watch.verdict {
            Some(verdict) => {
                figures.push((Role::from(tone(verdict.word)), Safe::new(words::verdict_word(verdict.word))));
            }
            None => {
                let left = words::watch_left(&model.walk, model.now).into_iter();
                figures.extend(left.map(|left| (Role::Plain, left)));
            }
        }
    }
    figures
        .into_iter()
        .map(|(role, text)| {
            let text = fit::at_end(&text, columns.saturating_sub(1));
            Line::from(vec![Span::raw(" "), look.span(role, &text)])
        })
        .collect()
}

fn tone(verdict: VerdictWord) -> Tone {
    match verdict {
        VerdictWord::Confirmed => Tone::Good,
        VerdictWord::Refused => Tone::Bad,
        VerdictWord::NoRefusalSeen | VerdictWord::NotConfirmed => Tone::Warn,
    }
}
