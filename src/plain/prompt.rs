//! What the walk waits for, and what a line means there. Pure.
//!
//! Relies on the walk's questions and phases. A password's line never comes here. Deliberately absent: the sentences.

use crate::text::Safe;
use crate::walkthrough::event::Intent;
use crate::walkthrough::step::{AnswerKind, Phase, Question, Step};
use crate::walkthrough::{Walkthrough, words};

/// What a line would answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompt {
    Choice(Question),
    Text(Question),
    Masked,
    /// Enter alone goes on.
    GoOn,
    /// The walk is at work: a terminal's commands are heard, a script's lines are left alone.
    Nothing,
}

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    Intend(Intent),
    Help,
    /// The ways back, and then what to do.
    WaysBack,
    /// How the log sources stand.
    Sources,
    /// It is no answer to this, and why; what was typed is not repeated.
    Unfit(&'static str),
}

/// The commands that every prompt but the password's understands.
pub const COMMANDS: &str = "Enter alone goes on, or closes a question that can wait. b goes back a step, r reads again, \
                            i puts a note into the record, m marks a service as running by hand (m HOST), H notes \
                            what whoever takes over has to know, R shows the ways back with their commands, C how each log source stands, q leaves, ? helps.";

pub fn open(walk: &Walkthrough) -> Prompt {
    if walk.over || walk.busy() {
        return Prompt::Nothing;
    }
    if let Some(question) = walk.question() {
        return match question.kind() {
            AnswerKind::Choice => Prompt::Choice(question.clone()),
            AnswerKind::Text => Prompt::Text(question.clone()),
            AnswerKind::Masked => Prompt::Masked,
        };
    }
    match walk.phase(walk.current) {
        Phase::Ready | Phase::Blocked(_) | Phase::Settled(_) | Phase::Asking(_) => Prompt::GoOn,
        Phase::Working if services_stay_open(walk) => Prompt::GoOn,
        Phase::Working => Prompt::Nothing,
    }
}

/// Once the watch is over nothing more is to be expected of a service: a reason may be given.
fn services_stay_open(walk: &Walkthrough) -> bool {
    walk.current == Step::Services && walk.watch.as_ref().is_some_and(|watch| watch.verdict.is_some())
}

/// What `line` means at `prompt`.
pub fn meaning(walk: &Walkthrough, prompt: &Prompt, line: &str) -> Meaning {
    let line = line.trim();
    if let Some(command) = command(walk, line) {
        return command;
    }
    match prompt {
        _ if line.is_empty() && walk.dialog.is_some() => Meaning::Intend(Intent::Dismiss),
        Prompt::Choice(question) => {
            let options = words::options(walk, question);
            chosen(&options, line)
                .map_or(Meaning::Unfit("Answer with the number of one of these."), |option| {
                    Meaning::Intend(Intent::Chose(option))
                })
        }
        Prompt::Text(_) => Meaning::Intend(Intent::Typed(Safe::new(line))),
        Prompt::GoOn | Prompt::Nothing | Prompt::Masked if line.is_empty() => {
            Meaning::Intend(Intent::Proceed)
        }
        Prompt::GoOn | Prompt::Masked => {
            Meaning::Unfit("Nothing is asked that this could answer. Enter alone goes on, ? helps.")
        }
        Prompt::Nothing => Meaning::Unfit("Nothing is asked now: the walk is at work. q leaves, ? helps."),
    }
}

fn command(walk: &Walkthrough, line: &str) -> Option<Meaning> {
    let intent = match line {
        "?" => return Some(Meaning::Help),
        "b" => match walk.current.previous() {
            Some(step) => Intent::BackTo(step),
            None => return Some(Meaning::Unfit("This is the first step.")),
        },
        "r" => Intent::Refresh,
        "q" => Intent::Leave,
        "i" => Intent::Note,
        "H" => Intent::HandOver,
        "R" => return Some(Meaning::WaysBack),
        "C" => return Some(Meaning::Sources),
        "p" if walk.handed_over() => Intent::CopyPassword,
        _ => return mark(walk, line),
    };
    Some(Meaning::Intend(intent))
}

/// `m` alone means the first server that is not accounted for.
fn mark(walk: &Walkthrough, line: &str) -> Option<Meaning> {
    let named = if line == "m" { "" } else { line.strip_prefix("m ")?.trim() };
    if walk.current != Step::Services {
        return Some(Meaning::Unfit("Services are marked on step 6."));
    }
    let row = walk
        .services
        .iter()
        .find(|row| if named.is_empty() { row.open() } else { row.server.host.eq_ignore_ascii_case(named) });
    Some(match row {
        Some(row) => Meaning::Intend(Intent::MarkService(row.server.host.clone())),
        None if named.is_empty() => Meaning::Unfit("Every standalone server is accounted for."),
        None => Meaning::Unfit("No sensor server of that name is known here."),
    })
}

/// By its number, or in its own words.
fn chosen(options: &[Safe], line: &str) -> Option<usize> {
    let by_number = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    by_number
        .filter(|option| *option < options.len())
        .or_else(|| options.iter().position(|option| option.eq_ignore_ascii_case(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_chosen_by_its_number_or_its_words() {
        let options = ["Yes", "Not yet", "Don't know"].map(Safe::new);
        let check = |line: &str, option: Option<usize>| assert_eq!(chosen(&options, line), option, "{line}");
        check("1", Some(0));
        check("3", Some(2));
        check("not yet", Some(1));
        check("0", None);
        check("4", None);
        check("", None);
        check("-1", None);
        check("99999999999999999999999", None);
    }
}
