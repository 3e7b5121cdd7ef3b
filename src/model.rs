//! The walk plus what only the screen knows: focus, scrolling, dialogs' input, size, time. Pure.
//!
//! `update` is the only way in; `ui::view` shows what stands here and changes nothing. Deliberately absent: styles,
//! and any secret: while the masked field has the focus, its keys go to the vault and not through here.

pub mod dialogue;
pub mod keymap;
mod logs;
pub mod moving;
pub mod msg;
pub mod next_change;
pub mod regions;
pub mod rows;
mod taking;
pub mod update;

use tui_input::Input;

use crate::clock::{Instant, Now};
use crate::logs::window::Window;
use crate::logs::{Record, SourceId};
use crate::text::Safe;
use crate::walkthrough::step::{AnswerKind, Step};
use crate::walkthrough::{Terms, Walkthrough};

/// Which pane the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    Stage,
    Logs,
}

/// What a dialog lies over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    NoDialog,
    /// Keys go to the step again.
    Step,
    /// `Esc` had left the step's own field, where this was asked.
    LeftField(Option<crate::walkthrough::step::Question>),
}

/// What takes the keys right now; asked before each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Keys are commands.
    Pane(Pane),
    /// Keys go to the vault.
    MaskedField,
    /// An ordinary field: a dialog's, the search's, the jump's.
    Field,
    /// A dialog with options.
    Choice,
    /// Something whole is shown; keys scroll and close it.
    Overlay,
    /// The window is too small: only leaving, repainting and suspending.
    TooSmall,
}

/// How much room the log pane takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogRoom {
    Small,
    Half,
    Most,
}

/// What is shown over everything, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    Help,
    /// What the walk was handed over with, when it was taken up.
    HandedOver,
    /// What to do when it went wrong, with commands to copy.
    WaysBack,
    /// Every log source with how it stands; the one that Enter shows alone, or all of them.
    Sources(Option<SourceId>),
    /// A log record with its explanation and remedy.
    Record(Box<Record>),
    /// The selected row of the step's table, field by field.
    Row(Vec<(&'static str, Safe)>),
}

/// The order of the sensor table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    TroubleFirst,
    ByName,
}

impl Sort {
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::TroubleFirst => Self::ByName,
            Self::ByName => Self::TroubleFirst,
        }
    }
}

/// What the line under the log pane's title asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Search,
    JumpToTime,
    /// `o`: the file to write the record or row to.
    Write,
    /// `O`: the file to write all records to that are shown.
    WriteShown,
}

/// An ordinary one-line field at the log pane.
#[derive(Clone, Debug)]
pub struct LineInput {
    pub kind: LineKind,
    pub input: Input,
}

/// A sentence about a key, gone with the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub text: Safe,
    pub since: Instant,
}

/// Columns and rows of the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
}

impl Size {
    /// Below this nothing is shown but the size that is needed.
    pub const SMALLEST: Self = Self { columns: 60, rows: 20 };

    pub fn too_small(self) -> bool {
        self.columns < Self::SMALLEST.columns || self.rows < Self::SMALLEST.rows
    }
}

#[derive(Debug)]
pub struct Model {
    pub walk: Walkthrough,
    pub now: Now,
    pub size: Size,
    pub pane: Pane,
    pub room: LogRoom,
    pub logs: Window,
    /// The open dialog's text field.
    pub input: Input,
    /// The open dialog's marked option.
    pub option: usize,
    /// The step's own field takes keys; `Esc` leaves it, Enter or Tab returns to it.
    pub in_field: bool,
    /// `Tab` went back into the masked field of a password that is held.
    pub retyping: bool,
    pub line: Option<LineInput>,
    pub overlay: Option<Overlay>,
    pub overlay_scroll: u16,
    /// The marked command among the ways back.
    pub command: usize,
    /// The log pane is shifted to the right by so many columns.
    pub logs_left: usize,
    /// The selected row of the step's table, and the first one shown.
    pub row: usize,
    pub row_top: usize,
    pub sort: Sort,
    /// A settled step that is looked at, without going back to it.
    pub looking_at: Option<Step>,
    pub toast: Option<Toast>,
    /// A burst of keys is being dropped.
    pub dropping: bool,
    /// Ctrl-C was pressed once.
    pub interrupted: Option<Instant>,
    /// Commands other than `walkthrough` effects, taken by the loop after each update.
    pub(crate) requests: Vec<msg::Request>,
    pub(crate) shown_question: Option<crate::walkthrough::step::Question>,
    pub(crate) behind: Behind,
    pub(crate) bells: u32,
    pub(crate) marked: Option<crate::walkthrough::watch::Mark>,
}

impl Model {
    pub fn new(terms: Terms, now: Now, size: Size) -> Self {
        Self {
            walk: Walkthrough::new(terms, now),
            now,
            size,
            pane: Pane::Stage,
            room: LogRoom::Small,
            logs: Window::default(),
            input: Input::default(),
            option: 0,
            in_field: true,
            retyping: false,
            line: None,
            overlay: None,
            overlay_scroll: 0,
            command: 0,
            logs_left: 0,
            row: 0,
            row_top: 0,
            sort: Sort::TroubleFirst,
            looking_at: None,
            toast: None,
            dropping: false,
            interrupted: None,
            requests: Vec::new(),
            shown_question: None,
            behind: Behind::NoDialog,
            bells: 0,
            marked: None,
        }
    }

    /// What the next key is for.
    pub fn focus(&self) -> Focus {
        if self.size.too_small() {
            return Focus::TooSmall;
        }
        // First: what is shown whole stays there while the file's name is typed that it is written to.
        if self.line.is_some() {
            return Focus::Field;
        }
        if self.overlay.is_some() {
            return Focus::Overlay;
        }
        if self.pane == Pane::Logs && self.walk.dialog.is_none() {
            return Focus::Pane(Pane::Logs);
        }
        let open = self.walk.takes_password() && self.in_field;
        if (open || self.retyping && self.walk.may_retype()) && self.looking_at.is_none() {
            return Focus::MaskedField;
        }
        match self.walk.question().map(crate::walkthrough::step::Question::kind) {
            Some(AnswerKind::Choice) => Focus::Choice,
            Some(AnswerKind::Text) if self.in_field || self.walk.dialog.is_some() => Focus::Field,
            Some(AnswerKind::Text | AnswerKind::Masked) | None => Focus::Pane(self.pane),
        }
    }

    /// The step that the stage shows.
    pub fn step(&self) -> Step {
        self.looking_at.unwrap_or(self.walk.current)
    }
}
