//! What reaches the model, and what it asks of the loop. Holds no secret: a masked key never becomes a message.

use crate::key::Key;
use crate::logs::Record;
use crate::logs::window::{Counted, Load, Loaded};
use crate::text::Safe;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::Event;

use super::Size;

#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// `waiting`: another key stands right behind it, as in a paste.
    Key {
        key: Key,
        waiting: bool,
    },
    /// A bracketed paste, outside the masked field.
    Pasted(Safe),
    Resized(Size),
    Happened(Box<Event>),
    /// Records of the log sources, in the order they were read.
    Logged(Vec<Record>),
    /// News of counting what lies in a file above the records shown.
    Counted(Counted),
    /// A piece of a log that was asked for.
    Loaded(Loaded),
    /// Nothing happened but time: the screen may differ, or the walk has something due.
    Ticked,
    /// Something the loop did for the model turned out so.
    Done(Outcome),
}

/// How a request of the model's ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Copied,
    Written(Safe),
    Failed(Safe),
}

/// What the loop is asked to do, besides the walk's effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Do(Effect),
    Bell,
    /// Copy by OSC 52. Never a secret: it comes from a record or a row.
    Copy(Safe),
    /// A new file, line by line.
    Write {
        file: Safe,
        lines: Vec<Safe>,
    },
    /// A piece of a log is to be read.
    Load(Load),
    Repaint,
    Suspend,
    /// Ctrl-C twice: leave at once, in good order.
    LeaveNow,
}
