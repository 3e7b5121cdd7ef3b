//! What is asked of the operator now, with its field, its options, or the way out of a block.

use ratatui::text::{Line, Span};

use crate::model::{Focus, Model};
use crate::text::Safe;
use crate::walkthrough::step::{AnswerKind, Phase, Question, Step};
use crate::walkthrough::words;

use crate::ui::look::{Look, Role};
use crate::ui::{dialog, fit, password};

/// Lines, and where in them the cursor stands.
#[derive(Debug, Default)]
pub struct Asked {
    pub lines: Vec<Line<'static>>,
    pub cursor: Option<(u16, u16)>,
}

impl Asked {
    fn add_answer(&mut self, question: &Question, (model, look): (&Model, &Look), columns: u16) {
        for line in words::explained(&model.walk, question) {
            self.lines.extend(wrapped(look, Role::Plain, &line, columns));
        }
        if let Some(hint) = words::hint(question) {
            self.lines.extend(wrapped(look, Role::Secondary, &Safe::new(hint), columns));
        }
        let mine = model.walk.dialog.is_none();
        match question.kind() {
            AnswerKind::Choice => {
                let marked = mine.then_some(model.option);
                self.lines.extend(dialog::options(&model.walk, question, look, (marked, columns)));
            }
            AnswerKind::Text if mine => {
                let (line, column) = dialog::field(&model.input, look, columns);
                if model.focus() == Focus::Field && model.line.is_none() {
                    self.cursor = Some((fit::cells(self.lines.len()), column));
                }
                self.lines.push(line);
            }
            AnswerKind::Text => {}
            AnswerKind::Masked => password::field(model, look, columns, self),
        }
    }
}

pub fn asked(model: &Model, look: &Look, columns: u16) -> Asked {
    let walk = &model.walk;
    if model.looking_at.is_some() {
        return Asked {
            lines: sentence(look, None, &words::looking_at(walk.current), columns),
            cursor: None,
        };
    }
    let phase = walk.phase(walk.current);
    let mark = match phase {
        _ if walk.busy() => Some((activity(model, look), Role::Plain)),
        Phase::Blocked(_) => Some((look.glyphs().bad, Role::Bad)),
        Phase::Settled(_) => Some((look.glyphs().good, Role::Good)),
        Phase::Ready | Phase::Asking(_) | Phase::Working => None,
    };
    let mut asked = Asked { lines: sentence(look, mark, &words::asked_of_step(walk), columns), cursor: None };
    match phase {
        Phase::Asking(question) => asked.add_answer(question, (model, look), columns),
        Phase::Blocked(why) => {
            let said = words::reason(why);
            asked.lines.extend(wrapped(look, Role::Secondary, &said.means, columns));
            asked.lines.extend(wrapped(look, Role::Plain, &said.remedy, columns));
        }
        Phase::Ready | Phase::Working | Phase::Settled(_) => {}
    }
    let retyping = model.retyping && walk.may_retype();
    let open_again = (walk.takes_password() || retyping) && matches!(phase, Phase::Blocked(_));
    if open_again || walk.current == Step::Password && matches!(phase, Phase::Working | Phase::Ready) {
        password::field(model, look, columns, &mut asked);
    }
    asked
}

fn sentence(
    look: &Look,
    mark: Option<(&'static str, Role)>,
    text: &Safe,
    columns: u16,
) -> Vec<Line<'static>> {
    let Some((mut glyph, role)) = mark else { return wrapped(look, Role::Heading, text, columns) };
    fit::wrap(text, usize::from(columns).saturating_sub(2))
        .iter()
        .map(|line| {
            let glyph = std::mem::replace(&mut glyph, " ");
            Line::from(vec![look.word(role, glyph), Span::raw(" "), look.span(Role::Heading, line)])
        })
        .collect()
}

fn wrapped(look: &Look, role: Role, text: &Safe, columns: u16) -> Vec<Line<'static>> {
    fit::wrap(text, columns.into()).iter().map(|line| look.line(role, line)).collect()
}

/// The one cell that moves: another picture each second.
fn activity(model: &Model, look: &Look) -> &'static str {
    let pictures = look.glyphs().activity;
    let turn = model.now.at.0.as_secs().checked_rem(4).and_then(|turn| usize::try_from(turn).ok());
    turn.and_then(|turn| pictures.get(turn)).copied().unwrap_or(" ")
}
