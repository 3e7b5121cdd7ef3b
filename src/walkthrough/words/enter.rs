//! What Enter does on a step, outside fields and questions, in a word or two for the footer.
//!
//! One arm here for each of `moving`'s `proceed`. Deliberately absent: doing it, and what the key does in a field.

use crate::portal::Fault;
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::{Walkthrough, gate};

const ON: &str = "go on";

pub fn enter(walk: &Walkthrough) -> &'static str {
    let phase = walk.phase(walk.current);
    match walk.current {
        Step::Portal if matches!(phase, Phase::Blocked(_)) => "try again",
        Step::Portal | Step::Configuration => ON,
        Step::DirectoryServices => directory_services(walk, phase),
        Step::Password => password(walk, phase),
        Step::Save if walk.handed_over() => ON,
        Step::Save => save(phase),
        Step::Services if gate::services(walk).is_err() => "give a reason",
        Step::Services => ON,
        Step::Sensors => sensors(walk),
    }
}

fn directory_services(walk: &Walkthrough, phase: &Phase) -> &'static str {
    match phase {
        Phase::Blocked(Reason::NoProvableController) => ON,
        Phase::Blocked(Reason::ManagedAccount | Reason::EntryName(_)) if walk.entries.len() > 1 => {
            "choose another"
        }
        Phase::Blocked(_) => "read again",
        Phase::Ready | Phase::Settled(_) | Phase::Working | Phase::Asking(_) => ON,
    }
}

fn password(walk: &Walkthrough, phase: &Phase) -> &'static str {
    match phase {
        Phase::Asking(Question::Password) => "test",
        Phase::Blocked(Reason::NotYetChanged) => ON,
        Phase::Blocked(Reason::PasswordUnproved { .. } | Reason::GuardNever) if walk.acceptance.is_some() => {
            ON
        }
        Phase::Blocked(Reason::NoProvableController) => "back to step 3",
        Phase::Blocked(_) if walk.acceptance.is_some() || walk.waiting.is_some() => "test again",
        Phase::Blocked(_) => "type it",
        Phase::Ready | Phase::Settled(_) | Phase::Working | Phase::Asking(_) => ON,
    }
}

fn save(phase: &Phase) -> &'static str {
    match phase {
        Phase::Blocked(Reason::ProofTooOld) => "test again",
        Phase::Blocked(Reason::NotTested) => "back to step 4",
        Phase::Blocked(Reason::NotSaved(Fault::Unauthorized)) => "sign in",
        Phase::Blocked(_) => "try again",
        Phase::Ready | Phase::Settled(_) | Phase::Working | Phase::Asking(_) => ON,
    }
}

fn sensors(walk: &Walkthrough) -> &'static str {
    match walk.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word)) {
        Some(VerdictWord::Refused) => "ways back",
        Some(VerdictWord::Confirmed | VerdictWord::NoRefusalSeen | VerdictWord::NotConfirmed) => "end",
        None => ON,
    }
}
