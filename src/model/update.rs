//! The only way into the model: one message, at its time; what is to be done about it comes back.

use std::cmp::Ordering;

use crate::clock::Now;
use crate::key::Key;
use crate::logs::Record;
use crate::text::Safe;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::step::{Question, Step};
use crate::walkthrough::words;

use super::keymap::{self, Action};
use super::msg::{Msg, Outcome, Request};
use super::{Behind, Focus, LogRoom, Model, Overlay, Pane, Toast};

/// Takes in `msg`, which happened at `now`.
pub fn update(model: &mut Model, msg: Msg, now: Now) -> Vec<Request> {
    model.now = now;
    let untold = model.walk.handed_over_with().is_none();
    match msg {
        Msg::Key { key, waiting } => key_pressed(model, key, waiting),
        Msg::Pasted(text) => pasted(model, &text),
        Msg::Resized(size) => {
            model.size = size;
            model.keep_row_shown();
        }
        Msg::Happened(event) => {
            if let Event::Logs(event::Logs::Watched { state, .. }) = &*event {
                model.logs.take_files(state.source, &state.files);
            }
            model.tell(*event);
        }
        Msg::Logged(records) => logged(model, records),
        Msg::Counted(counted) => model.logs.take_count(counted),
        Msg::Loaded(loaded) => model.loaded(loaded),
        Msg::Ticked => {
            if model.walk.due().is_some_and(|due| due <= now.at) {
                model.tell(Event::Timer);
            }
        }
        Msg::Done(outcome) => model.toast(match outcome {
            Outcome::Copied => Safe::new("Copied."),
            Outcome::Written(file) => Safe::from(format!("Written to {file}.")),
            Outcome::Failed(why) => why,
        }),
    }
    model.question_may_have_changed();
    if untold && model.walk.handed_over_with().is_some() {
        model.show(Overlay::HandedOver);
    }
    model.mark_logs();
    model.requests.extend(model.logs.next_load().map(Request::Load));
    if model.walk.bells != model.bells {
        model.bells = model.walk.bells;
        model.requests.push(Request::Bell);
    }
    std::mem::take(&mut model.requests)
}

/// Log records go to the pane; those that say something of a credential to the walk too.
fn logged(model: &mut Model, records: Vec<Record>) {
    for record in &records {
        if let Some(known) = record.known.clone() {
            let found = event::Logs::Found {
                source: record.source,
                host: record.host.clone(),
                at: record.at,
                context: record.context,
                written: record.time.map(|time| Safe::from(time.to_string())),
                known,
            };
            model.tell(Event::Logs(found));
        }
    }
    model.logs.push_batch(records);
}

fn key_pressed(model: &mut Model, key: Key, waiting: bool) {
    let focus = model.focus();
    model.toast = None;
    if dropped(model, focus, key, waiting) {
        return;
    }
    let action = keymap::action(focus, key);
    model.logs.want_nothing();
    if action != Some(Action::Interrupt) {
        model.interrupted = None;
    }
    match action {
        Some(action) => model.act(focus, action),
        None if focus == Focus::Field => model.edit(key),
        None => {}
    }
}

/// A burst of keys outside a field is a paste gone astray: dropped with a sentence, not run as commands.
fn dropped(model: &mut Model, focus: Focus, key: Key, waiting: bool) -> bool {
    let commands = !matches!(focus, Focus::Field | Focus::MaskedField);
    let moves = matches!(
        keymap::action(focus, key),
        Some(
            Action::Up
                | Action::Down
                | Action::PageUp
                | Action::PageDown
                | Action::NextMatch
                | Action::PreviousMatch
                | Action::Interrupt
        )
    );
    let begins = commands && waiting && !moves;
    if !begins && !model.dropping {
        return false;
    }
    model.dropping = waiting;
    model.toast(Safe::new("Several keys came at once, like a paste outside a field. They were dropped."));
    true
}

fn pasted(model: &mut Model, text: &Safe) {
    if model.focus() != Focus::Field {
        return model.toast(Safe::new("A paste outside a field was dropped."));
    }
    for c in text.chars() {
        model.edit(Key::char(c));
    }
}

impl Model {
    /// Tells the walk, and hands on what it wants done.
    pub(super) fn tell(&mut self, event: Event) {
        let effects = self.walk.handle(event, self.now);
        self.requests.extend(effects.into_iter().map(Request::Do));
    }

    pub(super) fn intend(&mut self, intent: Intent) {
        self.tell(Event::Intended(intent));
    }

    pub(super) fn toast(&mut self, text: Safe) {
        self.toast = Some(Toast { text, since: self.now.at });
    }

    /// A new question starts with an empty field and its first option.
    fn question_may_have_changed(&mut self) {
        let question = self.walk.question().cloned();
        if question == self.shown_question {
            return;
        }
        let dialog = self.walk.dialog.is_some();
        if dialog && self.behind == Behind::NoDialog {
            let left = Behind::LeftField(self.shown_question.clone());
            self.behind = if self.in_field { Behind::Step } else { left };
        }
        if question.is_some() {
            self.input = tui_input::Input::default();
            self.option = 0;
            // What whoever left the walk has to say is read to its end, unless somebody wants to leave.
            self.overlay.take_if(|shown| *shown != Overlay::HandedOver || question == Some(Question::Leave));
            self.pane = Pane::Stage;
            self.looking_at = None;
            self.in_field = true;
            self.retyping = false;
        }
        let behind = if dialog { None } else { Some(std::mem::replace(&mut self.behind, Behind::NoDialog)) };
        if behind == Some(Behind::LeftField(question.clone())) {
            // Keys that were commands before a note stay commands after it.
            self.in_field = false;
        }
        self.shown_question = question;
    }

    fn act(&mut self, focus: Focus, action: Action) {
        match action {
            Action::Interrupt => self.interrupt(),
            Action::Repaint => self.requests.push(Request::Repaint),
            Action::Suspend => self.requests.push(Request::Suspend),
            Action::Leave => self.intend(Intent::Leave),
            Action::Help => {
                self.overlay = if self.overlay == Some(Overlay::Help) { None } else { Some(Overlay::Help) };
                self.overlay_scroll = 0;
            }
            Action::Enter => self.enter(focus),
            Action::Escape => self.escape(focus),
            Action::Back => self.back(),
            Action::Clipboard => self.intend(Intent::CopyPassword),
            Action::Note => self.intend(Intent::Note),
            Action::HandOver => self.intend(Intent::HandOver),
            Action::Refresh => self.intend(Intent::Refresh),
            Action::Recover => self.show(Overlay::WaysBack),
            Action::HandedOver if self.walk.handed_over_with().is_some() => self.show(Overlay::HandedOver),
            Action::HandedOver => self.toast(words::not_handed_over()),
            Action::Mark => self.mark(),
            Action::Look(number) => self.look(focus, number),
            Action::LogRoom => {
                self.room = match self.room {
                    LogRoom::Small => LogRoom::Half,
                    LogRoom::Half => LogRoom::Most,
                    LogRoom::Most => LogRoom::Small,
                };
            }
            Action::NextPane | Action::PreviousPane => self.other_pane(),
            Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Top
            | Action::Bottom
            | Action::Left
            | Action::Right => self.moved(focus, action),
            Action::Search
            | Action::NextMatch
            | Action::PreviousMatch
            | Action::NextRefusal
            | Action::PreviousRefusal
            | Action::Follow
            | Action::Severity
            | Action::Source
            | Action::Sources
            | Action::Jump
            | Action::Bookmark
            | Action::NextBookmark => self.logs_action(action),
            Action::Whole => self.show_whole(),
            Action::Sort => self.sort = self.sort.other(),
            Action::Copy => self.copy(),
            Action::Write => self.write(),
            Action::WriteShown => self.write_shown(),
        }
    }

    /// Ctrl-C asks as `q` does; a second one leaves at once.
    fn interrupt(&mut self) {
        if self.interrupted.is_some() {
            self.requests.push(Request::LeaveNow);
            return;
        }
        self.interrupted = Some(self.now.at);
        self.overlay = None;
        self.line = None;
        if self.walk.dialog != Some(Question::Leave) {
            self.intend(Intent::Leave);
        }
        self.toast(Safe::new("Ctrl-C once more leaves at once."));
    }

    fn back(&mut self) {
        if self.looking_at.take().is_some() {
            return;
        }
        match self.walk.current.previous() {
            Some(step) => self.intend(Intent::BackTo(step)),
            None => self.toast(Safe::new("This is the first step.")),
        }
    }

    /// 1 to 7: a settled step, looked at without going back. In a choice, the number marks an option.
    fn look(&mut self, focus: Focus, number: u8) {
        if focus == Focus::Choice {
            let option = usize::from(number).saturating_sub(1);
            if option < self.options() {
                self.option = option;
            }
            return;
        }
        let Some(step) = Step::from_number(number) else { return };
        self.looking_at = match step.cmp(&self.walk.current) {
            Ordering::Equal => None,
            Ordering::Less => Some(step),
            Ordering::Greater => return self.toast(Safe::new("That step has not been reached yet.")),
        };
        self.row = 0;
        self.row_top = 0;
        self.pane = Pane::Stage;
    }

    /// Stage, the field of a password that is held, logs, and round again.
    fn other_pane(&mut self) {
        let to_field = self.pane == Pane::Stage && !self.retyping && self.looking_at.is_none();
        if to_field && self.walk.may_retype() {
            self.retyping = true;
            return;
        }
        self.retyping = false;
        self.pane = match self.pane {
            Pane::Stage => Pane::Logs,
            Pane::Logs => Pane::Stage,
        };
        if self.pane == Pane::Stage {
            self.in_field = true;
        }
    }
}
