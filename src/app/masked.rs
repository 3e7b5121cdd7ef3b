//! The masked field's keys on their way to the vault, and the closing lines of a walk that ends at once.

use std::io;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::clock::Now;
use crate::engine::vault::{Edit, EditRefused, Edited};
use crate::key::{Code, Key};
use crate::model::msg::Msg;
use crate::model::{Focus, Model};
use crate::terminal::input::Burst;
use crate::text::Safe;
use crate::walkthrough::event::{self, Event, Field, FieldRefusal, Intent};
use crate::walkthrough::fact::Fact;

use super::App;
use super::pace::Cause;

/// After a hang-up there are less than two seconds for everything.
const CLOSING: Duration = Duration::from_millis(1_200);

impl<W: io::Write> App<'_, W> {
    /// Takes the key if it belongs to the field. A command's key is left to the model.
    pub(super) fn masked_key(&mut self, key: Key, burst: Burst) -> bool {
        if let Some(edit) = edit(key) {
            let pasted = burst.right_behind && matches!(edit, Edit::Insert(_));
            let edited = self.engine.vault().edit(edit);
            self.field_edited(edited, pasted);
            return true;
        }
        if key.code == Code::Enter {
            if burst.more_waiting || burst.right_behind {
                let edited = self.engine.vault().mark_pasted();
                self.field_edited(edited, true);
            } else {
                self.intend(Intent::Proceed);
            }
            return true;
        }
        // A control key that edits nothing is not text either.
        matches!(key.code, Code::Char(_)) && (key.alt || (key.ctrl && !is_command(key)))
    }

    pub(super) fn pasted(&mut self, text: Zeroizing<String>) {
        match self.model.focus() {
            Focus::MaskedField => {
                let edited = self.engine.vault().edit(Edit::Paste(text));
                self.field_edited(edited, true);
            }
            Focus::Field => {
                let text = Safe::new(text.trim_end_matches(['\r', '\n']));
                self.update(Msg::Pasted(text), Cause::Echo);
            }
            Focus::Pane(_) | Focus::Choice | Focus::Overlay | Focus::TooSmall => {
                self.update(Msg::Pasted(Safe::default()), Cause::Echo);
            }
        }
    }

    pub(super) fn paste_too_long(&mut self) {
        if self.model.focus() == Focus::MaskedField {
            let mut edited = self.engine.vault().look();
            edited.refused = Some(EditRefused::TooLong);
            self.field_edited(edited, true);
        } else {
            self.update(Msg::Pasted(Safe::default()), Cause::Echo);
        }
    }

    fn field_edited(&mut self, edited: Edited, pasted: bool) {
        let field = Field {
            length: edited.length,
            cursor: edited.cursor,
            pasted: edited.length > 0 && (pasted || edited.pasted || self.model.walk.field.pasted),
            edge_space: edited.edge_space,
            refused: edited.refused.map(|refused| match refused {
                EditRefused::TooLong => FieldRefusal::TooLong,
                EditRefused::ControlCharacter => FieldRefusal::ControlCharacter,
            }),
        };
        let edited = Event::Secret(event::Secret::Edited(field));
        self.update(Msg::Happened(Box::new(edited)), Cause::Echo);
    }
}

/// The field's editing keys: those of the ordinary field.
fn edit(key: Key) -> Option<Edit> {
    let edit = match (key.code, key.ctrl) {
        (Code::Char('u'), true) => Edit::Clear,
        (Code::Char(c), false) if !key.alt => Edit::Insert(c),
        (Code::Backspace, _) => Edit::Backspace,
        (Code::Delete, _) => Edit::Delete,
        (Code::Left, _) => Edit::Left,
        (Code::Right, _) => Edit::Right,
        (Code::Home, _) => Edit::Home,
        (Code::End, _) => Edit::End,
        _ => return None,
    };
    Some(edit)
}

fn is_command(key: Key) -> bool {
    crate::model::keymap::action(Focus::MaskedField, key).is_some()
}

/// The lines that close a walk which can't wait, and how long they may take.
pub(super) fn closing(model: &Model, now: Now) -> (Vec<Fact>, Duration) {
    (model.walk.closing(now), CLOSING)
}
