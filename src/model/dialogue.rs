//! Answering: what Enter, Esc and letters mean while a question is open.

use tui_input::InputRequest;

use crate::key::{Code, Key};
use crate::text::Safe;
use crate::walkthrough::event::Intent;
use crate::walkthrough::step::{AnswerKind, Question, Reason, Step};
use crate::walkthrough::{Notice, words};

use super::{Focus, LineKind, Model, Overlay, Pane};

/// The most characters an ordinary field takes.
const LONGEST: usize = 400;

impl Model {
    /// How many options the open question has.
    pub fn options(&self) -> usize {
        self.walk.question().map_or(0, |question| words::options(&self.walk, question).len())
    }

    pub(super) fn enter(&mut self, focus: Focus) {
        match focus {
            Focus::Overlay => self.leave_overlay(),
            Focus::Field if self.line.is_some() => self.line_entered(),
            Focus::Field => {
                let text = Safe::new(self.input.value());
                self.intend(Intent::Typed(text));
                // Another name is wanted, not more of this one.
                if self.walk.notice == Some(Notice::Blocked(Reason::SamePerson)) {
                    self.input = tui_input::Input::default();
                }
            }
            Focus::Choice => self.intend(Intent::Chose(self.option)),
            Focus::Pane(Pane::Logs) => self.show_whole(),
            Focus::Pane(Pane::Stage) if self.looking_at.is_some() => self.looking_at = None,
            Focus::Pane(Pane::Stage) if self.left_field() => self.in_field = true,
            Focus::Pane(Pane::Stage) | Focus::MaskedField => self.intend(Intent::Proceed),
            Focus::TooSmall => {}
        }
    }

    /// From the ways back Enter leads on to the question whether to go one, unless something else is asked already.
    fn leave_overlay(&mut self) {
        match self.overlay.take() {
            Some(Overlay::WaysBack) if self.may_go_a_way_back() => self.intend(Intent::Recover),
            Some(Overlay::Sources(source)) => self.show_source(source),
            _ => {}
        }
    }

    pub fn may_go_a_way_back(&self) -> bool {
        self.walk.saved() && self.walk.dialog.is_none()
    }

    /// A field of the step's own is open, and Esc has left it.
    pub fn left_field(&self) -> bool {
        let text = self.walk.question().map(Question::kind) == Some(AnswerKind::Text);
        !self.in_field && (text || self.walk.takes_password())
    }

    pub(super) fn escape(&mut self, focus: Focus) {
        match focus {
            Focus::Overlay => self.overlay = None,
            Focus::MaskedField => {
                self.in_field = false;
                self.retyping = false;
            }
            Focus::Field if self.line.is_some() => self.line = None,
            Focus::Field | Focus::Choice if self.walk.dialog.is_some() => self.intend(Intent::Dismiss),
            // Outside the step's own field the commands are in reach again: back, leave, ask again.
            Focus::Field => self.in_field = false,
            Focus::Choice => self.pane = Pane::Logs,
            Focus::Pane(_) => {
                self.looking_at = None;
                self.pane = Pane::Stage;
            }
            Focus::TooSmall => {}
        }
    }

    /// A key in an ordinary field.
    pub(super) fn edit(&mut self, key: Key) {
        let Some(request) = request(key) else { return };
        let input = match &mut self.line {
            Some(line) => &mut line.input,
            None => &mut self.input,
        };
        if matches!(request, InputRequest::InsertChar(_)) && input.value().chars().count() >= LONGEST {
            self.toast(Safe::new("That is as long as it can be."));
            return;
        }
        input.handle(request);
    }

    /// What can't be done stays in the field, to be put right.
    fn line_entered(&mut self) {
        let Some(line) = &self.line else { return };
        let (kind, text) = (line.kind, line.input.value().to_owned());
        let done = match kind {
            LineKind::Search => self.search(&text),
            LineKind::JumpToTime => self.jump(&text),
            LineKind::Write | LineKind::WriteShown => self.write_to(kind, &text),
        };
        if done {
            self.line = None;
        }
    }

    pub(super) fn mark(&mut self) {
        let Some(host) = self.marked_host() else {
            return self.toast(Safe::new("Services are marked on step 6."));
        };
        self.intend(Intent::MarkService(host));
    }

    fn marked_host(&self) -> Option<Safe> {
        if self.walk.current != Step::Services || self.looking_at.is_some() {
            return None;
        }
        self.services().get(self.row).map(|row| row.server.host.clone())
    }

    pub(super) fn show(&mut self, overlay: Overlay) {
        self.overlay = Some(overlay);
        self.overlay_scroll = 0;
        self.command = 0;
    }
}

/// The ordinary field's editing keys; the masked field has the same ones.
fn request(key: Key) -> Option<InputRequest> {
    let request = match (key.code, key.ctrl) {
        (Code::Char('u'), true) => InputRequest::DeleteLine,
        (Code::Char('w'), true) => InputRequest::DeletePrevWord,
        (Code::Char(c), false) if !key.alt => InputRequest::InsertChar(c),
        (Code::Backspace, _) => InputRequest::DeletePrevChar,
        (Code::Delete, _) => InputRequest::DeleteNextChar,
        (Code::Left, _) => InputRequest::GoToPrevChar,
        (Code::Right, _) => InputRequest::GoToNextChar,
        (Code::Home, _) => InputRequest::GoToStart,
        (Code::End, _) => InputRequest::GoToEnd,
        _ => return None,
    };
    Some(request)
}
