//! The last line: the keys that work now, from the one table.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::key::{Code, Key};
use crate::model::keymap::{self, Action, Binding};
use crate::model::{Focus, Model, Overlay, Pane};
use crate::walkthrough::step::{Phase, Step};
use crate::walkthrough::words;

use super::look::{Look, Role};

pub fn draw(model: &Model, look: &Look, area: Rect, frame: &mut Frame) {
    let mut spans = Vec::new();
    for (binding, short) in shown(model, usize::from(area.width)) {
        spans.push(Span::raw(if spans.is_empty() { " " } else { "   " }));
        spans.push(look.word(Role::Heading, binding.written));
        spans.push(Span::raw(" "));
        spans.push(look.word(Role::Plain, short));
    }
    frame.render_widget(Line::from(spans), area);
}

/// As many as fit, in the table's order. The first two, the help and the way out are never left out for others.
fn shown(model: &Model, columns: usize) -> Vec<(&'static Binding, &'static str)> {
    let focus = model.focus();
    let all: Vec<&Binding> =
        keymap::footer(focus).into_iter().filter(|binding| serves(model, focus, binding)).collect();
    let kept = |binding: &Binding| matches!(binding.action, Action::Help | Action::Leave | Action::Interrupt);
    let mut chosen: Vec<&Binding> = Vec::new();
    let mut used = 1_usize;
    let ways_out = all.iter().filter(|binding| kept(binding));
    let wanted = all.iter().take(2).chain(ways_out).chain(all.iter().skip(2));
    for binding in wanted {
        let there = chosen.iter().any(|one| std::ptr::eq(*one, *binding));
        let more = columns_of(binding, word(model, focus, binding));
        if !there && used.saturating_add(more) <= columns {
            used = used.saturating_add(more);
            chosen.push(binding);
        }
    }
    chosen.sort_by_key(|binding| binding.rank);
    chosen.into_iter().map(|binding| (binding, word(model, focus, binding))).collect()
}

fn columns_of(binding: &Binding, short: &'static str) -> usize {
    binding.written.chars().count().saturating_add(short.chars().count()).saturating_add(4)
}

/// What the key does here, where the table's word would promise something else.
fn word(model: &Model, focus: Focus, binding: &Binding) -> &'static str {
    match (binding.action, focus) {
        // In the field `R` is a letter.
        (Action::Escape, Focus::MaskedField)
            if binding.keys.contains(&Key::plain(Code::Esc)) && words::ways_back_wanted(&model.walk) =>
        {
            "then R ways back"
        }
        (Action::Down, Focus::Overlay)
            if matches!(model.overlay, Some(Overlay::WaysBack | Overlay::Sources(_))) =>
        {
            "mark"
        }
        (Action::Enter, Focus::Overlay) if model.overlay == Some(Overlay::WaysBack) => "back to step 4",
        (Action::Enter, Focus::Pane(Pane::Stage)) if model.looking_at.is_some() => binding.short,
        (Action::Enter, Focus::Pane(Pane::Stage)) if model.left_field() => "type it",
        (Action::Enter, Focus::Pane(Pane::Stage)) => words::enter(&model.walk),
        _ => binding.short,
    }
}

/// Whether the key does something on this step.
fn serves(model: &Model, focus: Focus, binding: &Binding) -> bool {
    let step = model.walk.current;
    let working = *model.walk.phase(step) == Phase::Working;
    let waiting = working && !matches!(step, Step::Services | Step::Sensors);
    match binding.action {
        Action::Mark => step == Step::Services && model.looking_at.is_none(),
        Action::Clipboard => model.walk.offers_clipboard() && model.looking_at.is_none(),
        Action::Refresh => !matches!(step, Step::Password | Step::Save),
        Action::Back => step != Step::Portal && !waiting,
        Action::Enter if focus == Focus::Overlay => match model.overlay {
            Some(Overlay::WaysBack) => model.may_go_a_way_back(),
            Some(Overlay::Sources(_)) => true,
            Some(Overlay::Help | Overlay::HandedOver | Overlay::Record(_) | Overlay::Row(_)) | None => false,
        },
        Action::Enter => focus != Focus::Pane(Pane::Stage) || !waiting || model.looking_at.is_some(),
        // Out of a step's own question Esc only leads to the logs, as Tab does.
        Action::Escape if matches!(focus, Focus::Choice | Focus::Field) => {
            model.walk.dialog.is_some() || model.line.is_some()
        }
        Action::Copy if focus == Focus::Pane(Pane::Stage) => {
            words::to_copy(&model.walk).is_some() && model.looking_at.is_none()
        }
        // With nothing to mark, the page fits.
        Action::Down if model.overlay == Some(Overlay::WaysBack) => model.may_copy(),
        Action::Copy | Action::Write => focus == Focus::Overlay && model.may_copy(),
        Action::Recover => words::ways_back_wanted(&model.walk),
        Action::NextRefusal | Action::Sources => focus == Focus::Pane(Pane::Logs),
        // One way out is enough to show; `q` is the shorter.
        Action::Interrupt => !matches!(focus, Focus::Pane(_)),
        _ => true,
    }
}
