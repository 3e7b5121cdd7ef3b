//! The footer's word for Enter against what Enter then did, on every walk that the other tests and the explorer make.

use crate::walkthrough::step::{Phase, Question, Step};
use crate::walkthrough::{Walkthrough, words};

/// The word, as the footer has it; none where something is asked or written, for Enter is then another key.
pub fn promised(walk: &Walkthrough) -> Option<&'static str> {
    let asked = walk.question().is_some() || walk.takes_password() || walk.over || walk.leaving;
    let waiting = *walk.phase(walk.current) == Phase::Working;
    (!asked && !waiting).then(|| words::enter(walk))
}

/// Whether it did what it said. Where a record has to be written first, the asking of it is enough.
pub fn kept(word: &str, walk: &Walkthrough) -> bool {
    let phase = |step| walk.phase(step);
    match word {
        "choose another" => *phase(Step::DirectoryServices) == Phase::Asking(Question::WhichEntry),
        "back to step 3" => walk.current == Step::DirectoryServices,
        "back to step 4" => walk.current == Step::Password,
        "type it" => *phase(Step::Password) == Phase::Asking(Question::Password),
        "give a reason" => matches!(walk.dialog, Some(Question::ReasonForService(_))),
        "ways back" => walk.dialog == Some(Question::Recover),
        "end" => matches!(phase(Step::Sensors), Phase::Settled(_)),
        "sign in" => walk.current == Step::Portal,
        _ => true,
    }
}
