//! The masked field: bullets, its cursor, and what is to be known of what was typed. It never sees the password.

use ratatui::text::{Line, Span};

use crate::model::{Focus, Model};
use crate::text::Safe;
use crate::walkthrough::words::{self, Truth};

use super::fit;
use super::look::{Look, Role, Tone};
use super::stage::asked::Asked;

const LABEL: &str = "Password  ";

/// The field, and warnings about its content below it.
pub fn field(model: &Model, look: &Look, columns: u16, asked: &mut Asked) {
    let field = &model.walk.field;
    let focused = model.focus() == Focus::MaskedField;
    let room = usize::from(columns).saturating_sub(LABEL.len()).saturating_sub(2);
    let held = model.walk.acceptance.is_some() && field.length == 0;
    let mut spans = vec![look.word(if focused { Role::Accent } else { Role::Secondary }, LABEL)];
    if field.length > room {
        spans.push(Span::raw(look.glyphs().masked.repeat(room.saturating_sub(1))));
        spans.push(Span::raw(look.glyphs().more));
    } else {
        spans.push(Span::raw(look.glyphs().masked.repeat(field.length)));
    }
    if field.length == 0 {
        spans.push(look.word(Role::Secondary, words::empty_field(held)));
    }
    if focused {
        let column = LABEL.len().saturating_add(field.cursor.min(room));
        asked.cursor = Some((fit::cells(asked.lines.len()), fit::cells(column)));
    }
    asked.lines.push(Line::from(spans));
    for warning in words::field_warnings(&model.walk) {
        asked.lines.extend(warned(look, &warning, columns));
    }
    if !focused && model.walk.takes_password() && model.looking_at.is_none() {
        let said = Safe::new(words::OUTSIDE_THE_FIELD);
        asked.lines.push(look.line(Role::Secondary, &fit::at_end(&said, columns.into())));
    }
}

fn warned(look: &Look, warning: &Truth, columns: u16) -> Vec<Line<'static>> {
    let (tone, text) = match warning {
        Truth::Bad(text) => (Tone::Bad, text),
        Truth::Good(text) | Truth::Warn(text) | Truth::Plain(text) => (Tone::Warn, text),
    };
    super::stage::signed(look, tone, text, columns)
}
