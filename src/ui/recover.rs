//! The ways back, over everything: what to do in which order, and the commands, one of them marked to be copied.
//!
//! Relies on `words` for every sentence and command. Deliberately absent: running anything.

use ratatui::text::{Line, Span};

use crate::model::Model;
use crate::text::Safe;
use crate::walkthrough::words::{self, WayLine};

use super::fit;
use super::look::{Look, Role};

/// The lines, and which of them the marked command begins with.
pub fn lines(model: &Model, look: &Look, columns: u16) -> (Vec<Line<'static>>, usize) {
    let room = usize::from(columns);
    let mut lines = wrapped(look, Role::Secondary, words::WAYS_BACK, room);
    lines.extend(wrapped(look, Role::Secondary, words::ways_back_keys(&model.walk), room));
    let (mut number, mut marked) = (0_usize, 0_usize);
    for way in words::ways_back(&model.walk) {
        lines.push(Line::default());
        lines.push(Line::from(look.word(Role::Heading, way.title)));
        for line in &way.lines {
            match line {
                WayLine::Said(sentence) => lines.extend(
                    fit::wrap(sentence, room).iter().map(|sentence| look.line(Role::Plain, sentence)),
                ),
                WayLine::Command(command) => {
                    let here = number == model.command;
                    if here {
                        marked = lines.len();
                    }
                    lines.extend(written(look, command, here, room));
                    number = number.saturating_add(1);
                }
            }
        }
    }
    // Above the first command stands what it is for.
    if model.command == 0 {
        marked = 0;
    }
    (lines, marked)
}

/// Under its mark, so that a command over several lines reads as one.
fn written(look: &Look, command: &Safe, here: bool, room: usize) -> Vec<Line<'static>> {
    let role = if here { Role::Selected } else { Role::Marked };
    let mut mark = if here { look.glyphs().here } else { " " };
    fit::wrap(command, room.saturating_sub(2))
        .iter()
        .map(|line| {
            let mark = std::mem::replace(&mut mark, " ");
            Line::from(vec![look.word(Role::Accent, mark), Span::raw(" "), look.span(role, line)])
        })
        .collect()
}

fn wrapped(look: &Look, role: Role, text: &'static str, room: usize) -> Vec<Line<'static>> {
    fit::wrap(&Safe::new(text), room).iter().map(|line| look.line(role, line)).collect()
}
