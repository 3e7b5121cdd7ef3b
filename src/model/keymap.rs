//! The one table of keys: it feeds the handling, the footer and the help.

use crate::key::{Code, Key};

use super::Focus;
use super::Pane;

/// What a key means outside fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Enter,
    Back,
    NextPane,
    PreviousPane,
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Left,
    Right,
    Escape,
    Help,
    Look(u8),
    LogRoom,
    Search,
    NextMatch,
    PreviousMatch,
    NextRefusal,
    PreviousRefusal,
    Follow,
    Whole,
    Severity,
    Source,
    Sources,
    Jump,
    Bookmark,
    NextBookmark,
    Mark,
    Clipboard,
    Note,
    HandOver,
    HandedOver,
    Refresh,
    Sort,
    Copy,
    Write,
    WriteShown,
    Repaint,
    Suspend,
    Leave,
    Interrupt,
    Recover,
}

/// Where a key acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Anywhere,
    Panes,
    Stage,
    Logs,
    MaskedField,
    Field,
    Choice,
    Overlay,
}

impl Place {
    /// Whether keys of this place act under `focus`.
    pub fn covers(self, focus: Focus) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Panes => matches!(focus, Focus::Pane(_)),
            Self::Stage => focus == Focus::Pane(Pane::Stage),
            Self::Logs => focus == Focus::Pane(Pane::Logs),
            Self::MaskedField => focus == Focus::MaskedField,
            Self::Field => focus == Focus::Field,
            Self::Choice => focus == Focus::Choice,
            Self::Overlay => focus == Focus::Overlay,
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    pub place: Place,
    pub keys: &'static [Key],
    pub action: Action,
    /// How the keys are written.
    pub written: &'static str,
    /// A word or two for the footer.
    pub short: &'static str,
    /// A clause for the help.
    pub long: &'static str,
    /// Footer order, smallest first; 0: only in the help.
    pub rank: u8,
}

const fn plain(code: Code) -> Key {
    Key::plain(code)
}

const fn binding(
    place: Place,
    keys: &'static [Key],
    (written, action): (&'static str, Action),
    (short, long, rank): (&'static str, &'static str, u8),
) -> Binding {
    Binding { place, keys, action, written, short, long, rank }
}

use Action as A;
use Place as P;

const fn c(c: char) -> Key {
    Key::char(c)
}

#[rustfmt::skip]
pub const KEYS: &[Binding] = &[
    binding(P::MaskedField, &[plain(Code::Enter)], ("Enter", A::Enter), ("test", "test the password; a separate key press after a paste", 1)),
    binding(P::MaskedField, &[plain(Code::Esc)], ("Esc", A::Escape), ("out of the field", "leave the field; what was typed stays", 2)),
    binding(P::MaskedField, &[Key::ctrl('u')], ("Ctrl-U", A::Escape), ("empty it", "empty the field", 3)),
    binding(P::MaskedField, &[plain(Code::Tab)], ("Tab", A::NextPane), ("", "to the log pane, and back into the field", 0)),
    binding(P::Field, &[plain(Code::Enter)], ("Enter", A::Enter), ("answer", "give what was typed as the answer", 1)),
    binding(P::Field, &[plain(Code::Esc)], ("Esc", A::Escape), ("close", "close without an answer; out of a step's own field, so that b, r and q are keys again", 2)),
    binding(P::Choice, &[plain(Code::Enter)], ("Enter", A::Enter), ("choose", "choose the marked option", 1)),
    binding(P::Choice, &[plain(Code::Up), c('k')], ("↑", A::Up), ("", "mark the option above", 0)),
    binding(P::Choice, &[plain(Code::Down), c('j')], ("↓", A::Down), ("", "mark the option below", 0)),
    binding(P::Choice, &[c('1'), c('2'), c('3'), c('4'), c('5'), c('6'), c('7'), c('8'), c('9')], ("1-9", A::Look(0)), ("mark", "mark an option by its number; Enter chooses it", 2)),
    binding(P::Choice, &[plain(Code::Esc)], ("Esc", A::Escape), ("close", "close without an answer", 3)),
    binding(P::Choice, &[c('b')], ("b", A::Back), ("", "back a step", 0)),
    binding(P::Choice, &[c('l')], ("l", A::LogRoom), ("", "more or less room for the logs", 0)),
    binding(P::Choice, &[plain(Code::Tab)], ("Tab", A::NextPane), ("logs", "to the log pane and back", 4)),
    binding(P::Choice, &[c('i')], ("i", A::Note), ("", "a note into the record", 0)),
    binding(P::Choice, &[c('H')], ("H", A::HandOver), ("", "what whoever takes over has to know", 0)),
    binding(P::Choice, &[c('h')], ("h", A::HandedOver), ("", "what the walk was handed over with", 0)),
    binding(P::Choice, &[c('R')], ("R", A::Recover), ("", "the ways back, with their commands", 0)),
    binding(P::Choice, &[c('q')], ("q", A::Leave), ("", "leave; asks when something is unfinished", 0)),
    binding(P::Choice, &[c('C')], ("C", A::Sources), ("", "the log sources, each with how it stands", 0)),
    binding(P::Overlay, &[plain(Code::Enter)], ("Enter", A::Enter), ("show", "close what is shown; from the ways back on to going one, from the sources to the one that is marked", 2)),
    binding(P::Overlay, &[plain(Code::Esc), c(' '), c('q'), c('?'), c('C'), c('h'), plain(Code::Function(1))], ("Esc", A::Escape), ("close", "close what is shown", 1)),
    binding(P::Overlay, &[plain(Code::Up), c('k')], ("↑", A::Up), ("", "scroll up", 0)),
    binding(P::Overlay, &[plain(Code::Down), c('j')], ("↓", A::Down), ("scroll", "scroll down", 2)),
    binding(P::Overlay, &[plain(Code::PageUp)], ("PgUp", A::PageUp), ("", "a page up", 0)),
    binding(P::Overlay, &[plain(Code::PageDown)], ("PgDn", A::PageDown), ("", "a page down", 0)),
    binding(P::Overlay, &[c('g'), plain(Code::Home)], ("g", A::Top), ("", "to the first", 0)),
    binding(P::Overlay, &[c('G'), plain(Code::End)], ("G", A::Bottom), ("", "to the last that can be marked", 0)),
    binding(P::Overlay, &[c('R')], ("R", A::Recover), ("", "the ways back, with their commands", 0)),
    binding(P::Overlay, &[c('y')], ("y", A::Copy), ("copy", "copy what is shown to the terminal's clipboard", 3)),
    binding(P::Overlay, &[c('o')], ("o", A::Write), ("write", "write what is shown to a file", 4)),
    binding(P::Stage, &[plain(Code::Enter)], ("Enter", A::Enter), ("go on", "the step's main act, or on to the next step", 1)),
    binding(P::Logs, &[plain(Code::Enter), c(' ')], ("Space", A::Whole), ("whole", "the record whole, with its explanation and remedy", 1)),
    binding(P::Logs, &[c('/')], ("/", A::Search), ("search", "search; small letters match either case; after a further / comes a regular expression", 2)),
    binding(P::Logs, &[c('n')], ("n", A::NextMatch), ("", "next line that matches, and round", 0)),
    binding(P::Logs, &[c('N')], ("N", A::PreviousMatch), ("", "previous line that matches, and round", 0)),
    binding(P::Panes, &[c('e')], ("e", A::NextRefusal), ("refused", "next refused credential", 5)),
    binding(P::Panes, &[c('E')], ("E", A::PreviousRefusal), ("", "previous refused credential", 0)),
    binding(P::Logs, &[c('f')], ("f", A::Follow), ("follow", "follow the newest record, or stop", 3)),
    binding(P::Logs, &[c('w')], ("w", A::Severity), ("", "warnings and worse, errors and worse, or all; a refused credential always", 0)),
    binding(P::Logs, &[c('c')], ("c", A::Source), ("", "one source, or all", 0)),
    binding(P::Panes, &[c('C')], ("C", A::Sources), ("sources", "the log sources, each with how it stands; Enter shows one alone, or all", 11)),
    binding(P::Logs, &[c('t')], ("t", A::Jump), ("", "jump to a time: hh:mm of the selected record's day, or yyyy-mm-dd hh:mm", 0)),
    binding(P::Logs, &[c('B')], ("B", A::Bookmark), ("", "bookmark the record, or take the bookmark away", 0)),
    binding(P::Logs, &[c('\'')], ("'", A::NextBookmark), ("", "to the next bookmark", 0)),
    binding(P::Stage, &[c(' ')], ("Space", A::Whole), ("", "the selected row whole", 0)),
    binding(P::Stage, &[c('b')], ("b", A::Back), ("back", "back a step; what rests on it is void", 3)),
    binding(P::Stage, &[c('r')], ("r", A::Refresh), ("again", "ask again what this step shows", 4)),
    binding(P::Stage, &[c('m')], ("m", A::Mark), ("mark", "mark the selected server's service as running by hand", 5)),
    binding(P::Stage, &[c('p')], ("p", A::Clipboard), ("clipboard", "put the tested password on your own clipboard, once; at a hand-off, where the site file allows it", 2)),
    binding(P::Stage, &[c('s')], ("s", A::Sort), ("", "sort the table by trouble or by name", 0)),
    binding(P::Panes, &[c('i')], ("i", A::Note), ("", "a note into the record", 0)),
    binding(P::Panes, &[c('H')], ("H", A::HandOver), ("", "what whoever takes over has to know: ticket, people, next check", 0)),
    binding(P::Panes, &[c('h')], ("h", A::HandedOver), ("", "what the walk that was taken up was handed over with, and its notes", 0)),
    binding(P::Panes, &[c('R')], ("R", A::Recover), ("ways back", "the ways back when a password is refused or an account locked: commands to copy", 3)),
    binding(P::Panes, &[c('1'), c('2'), c('3'), c('4'), c('5'), c('6'), c('7')], ("1-7", A::Look(0)), ("", "look at a settled step", 0)),
    binding(P::Panes, &[plain(Code::Tab)], ("Tab", A::NextPane), ("next pane", "to the next pane or field", 6)),
    binding(P::Panes, &[plain(Code::BackTab)], ("Shift-Tab", A::PreviousPane), ("", "to the pane before", 0)),
    binding(P::Panes, &[plain(Code::Up), c('k')], ("↑ k", A::Up), ("", "up a row", 0)),
    binding(P::Panes, &[plain(Code::Down), c('j')], ("↓ j", A::Down), ("", "down a row", 0)),
    binding(P::Panes, &[plain(Code::PageUp)], ("PgUp", A::PageUp), ("", "a page up", 0)),
    binding(P::Panes, &[plain(Code::PageDown)], ("PgDn", A::PageDown), ("", "a page down", 0)),
    binding(P::Panes, &[c('g'), plain(Code::Home)], ("g", A::Top), ("", "to the first row", 0)),
    binding(P::Panes, &[c('G'), plain(Code::End)], ("G", A::Bottom), ("", "to the last row", 0)),
    binding(P::Logs, &[plain(Code::Left)], ("←", A::Left), ("", "the beginning of long lines", 0)),
    binding(P::Logs, &[plain(Code::Right)], ("→", A::Right), ("", "further right in long lines", 0)),
    binding(P::Panes, &[c('y')], ("y", A::Copy), ("copy", "copy what is under the cursor to the terminal's clipboard", 2)),
    binding(P::Panes, &[c('o')], ("o", A::Write), ("", "write what is under the cursor to a new file", 0)),
    binding(P::Logs, &[c('O')], ("O", A::WriteShown), ("", "write all records that are shown to a new file", 0)),
    binding(P::Panes, &[c('l')], ("l", A::LogRoom), ("logs", "more or less room for the logs", 7)),
    binding(P::Panes, &[plain(Code::Esc)], ("Esc", A::Escape), ("", "back to the current step", 0)),
    binding(P::Panes, &[c('q')], ("q", A::Leave), ("leave", "leave; asks when something is unfinished", 9)),
    binding(P::Panes, &[c('?')], ("?", A::Help), ("", "help for this step", 0)),
    binding(P::Anywhere, &[plain(Code::Function(1))], ("F1", A::Help), ("help", "help for this step", 8)),
    binding(P::Anywhere, &[Key::ctrl('l')], ("Ctrl-L", A::Repaint), ("", "paint the screen anew", 0)),
    binding(P::Anywhere, &[Key::ctrl('z')], ("Ctrl-Z", A::Suspend), ("", "suspend; fg returns", 0)),
    binding(P::Anywhere, &[Key::ctrl('c')], ("Ctrl-C", A::Interrupt), ("leave", "leave; twice leaves at once, in good order", 10)),
];

/// What `key` means under `focus`.
pub fn action(focus: Focus, key: Key) -> Option<Action> {
    if focus == Focus::TooSmall {
        return too_small(key);
    }
    let found = KEYS.iter().find(|binding| binding.place.covers(focus) && binding.keys.contains(&key))?;
    match (found.action, key.code) {
        (Action::Look(_), Code::Char(digit)) => {
            digit.to_digit(10).and_then(|digit| u8::try_from(digit).ok()).map(Action::Look)
        }
        (action, _) => Some(action),
    }
}

/// Nothing is tested or saved unseen.
fn too_small(key: Key) -> Option<Action> {
    if key == c('q') {
        return Some(Action::Leave);
    }
    KEYS.iter()
        .find(|binding| {
            binding.keys.contains(&key)
                && matches!(binding.action, Action::Interrupt | Action::Repaint | Action::Suspend)
        })
        .map(|binding| binding.action)
}

/// The footer's keys under `focus`, in their order.
pub fn footer(focus: Focus) -> Vec<&'static Binding> {
    let mut shown: Vec<&Binding> =
        KEYS.iter().filter(|binding| binding.rank > 0 && binding.place.covers(focus)).collect();
    shown.sort_by_key(|binding| binding.rank);
    shown
}
