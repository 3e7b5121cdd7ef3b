//! How a log source stands: what is known of it without reading a record of it.
//!
//! Pure. Deliberately absent: how it is followed (`tail`), and what it means for a save.

use std::mem::discriminant;

use super::zone::Zone;
use super::{Position, SourceId};
use crate::clock::Now;
use crate::text::Safe;

/// Delivered whenever something of it changed, after the records that changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    pub source: SourceId,
    pub state: State,
    pub files: Vec<File>,
    /// Since when the state has been this one.
    pub since: Now,
    /// When something last came that was not there before.
    pub active: Option<Now>,
    /// How many bytes were there at the last look, and were not read by it.
    pub behind: u64,
    /// Inferred from records that came while it was followed.
    pub zone: Option<Zone>,
}

impl SourceState {
    /// One of which nothing was read yet.
    #[must_use]
    pub const fn new(source: SourceId, state: State, since: Now) -> Self {
        Self { source, state, files: Vec::new(), since, active: None, behind: 0, zone: None }
    }

    /// A refusal that is written there now would be seen.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.state == State::Following
    }

    /// How many bytes of its files have been read, or of a command's output.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.files.iter().fold(0, |all, file| all.saturating_add(file.at.offset))
    }
}

/// A file that is followed, and how far it has been read. A command's output is one too, each run of it another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: Safe,
    pub at: Position,
    /// Where the first line begins that was read of it; absent for what can't be read again, and until that is known.
    pub begins: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Following,
    /// No file matches yet, or the command has printed nothing yet.
    Waiting,
    Unreachable(Unreachable),
}

impl State {
    /// The same state, whatever it says of itself.
    #[must_use]
    pub fn is_still(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unreachable(one), Self::Unreachable(other)) => discriminant(one) == discriminant(other),
            (one, other) => discriminant(one) == discriminant(other),
        }
    }
}

/// Why a source can't be followed now. It is tried again by itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    #[error(
        "the pattern {pattern} is not one: {reason}. Nothing is followed there; correct it in the site file"
    )]
    Pattern { pattern: Safe, reason: Safe },
    #[error(
        "{pattern} is a Windows share's own name, which can't be opened from here. New refusals on this host are not seen; mount the share, and write the path it is mounted at into the site file"
    )]
    Share { pattern: Safe },
    #[error(
        "{folder} isn't there. New refusals on this host would not be seen; see that the share is mounted"
    )]
    NoFolder { folder: Safe },
    #[error(
        "{path} can't be read: {reason}. New refusals in it would not be seen; check the share and your rights"
    )]
    CanNotRead { path: Safe, reason: Safe },
    #[error(
        "no answer from the share for {seconds} s. New refusals on this host would not be seen until it answers"
    )]
    NoAnswer { seconds: u64 },
    #[error(
        "the command {program} could not be started: {reason}. New refusals on this host are not seen; correct it in the site file"
    )]
    NotStarted { program: Safe, reason: Safe },
    #[error(
        "the command ended with {status}{}. New refusals on this host are not seen until it runs again, in {again} s; try it by hand",
        after_colon(.said)
    )]
    Ended { status: Safe, said: Safe, again: u64 },
    #[error(
        "reading the log failed inside the program. New refusals on this host are not seen; use `mdi-console scan`"
    )]
    Broken,
}

fn after_colon(said: &Safe) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_ends_again_has_been_ended_all_the_while() {
        let ended = |again| {
            State::Unreachable(Unreachable::Ended {
                status: "exit status: 255".into(),
                said: Safe::default(),
                again,
            })
        };
        let gone = State::Unreachable(Unreachable::NoFolder { folder: "/srv".into() });
        let check = |one: &State, other: &State, still| assert_eq!(one.is_still(other), still, "{one:?}");
        check(&ended(1), &ended(2), true);
        check(&ended(1), &gone, false);
        check(&gone, &State::Waiting, false);
        check(&State::Following, &State::Following, true);
    }

    #[test]
    fn what_a_command_said_stands_in_the_sentence_if_it_said_anything() {
        let text = |said: &str| {
            Unreachable::Ended { status: "exit status: 255".into(), said: said.into(), again: 4 }.to_string()
        };
        assert!(text("Permission denied").starts_with(
            "the command ended with exit status: 255: Permission denied. New refusals on this host"
        ));
        assert!(text("").starts_with("the command ended with exit status: 255. New refusals"));
    }
}
