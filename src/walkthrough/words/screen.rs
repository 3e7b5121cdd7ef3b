//! The labels and sentences that only the screen needs: states in a word, figures, lines of truth, the step's help.
//!
//! Relies on the walk's types. Deliberately absent: how a word looks, and the sentences that `--plain` says as well.

mod account;
mod found;
mod hand_off;
mod issues;
mod known;
mod order;
mod services;
mod sources;
mod states;
mod tape;
mod trouble;
mod truths;

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Instant;
use crate::directory::lockout::Budget;
use crate::text::Safe;
use crate::walkthrough::event::FieldRefusal;
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::watch::Watch;
use crate::walkthrough::{SigningIn, Terms, Walkthrough};

pub use account::*;
pub use found::*;
pub use hand_off::*;
pub use issues::*;
pub use known::*;
pub use order::*;
pub use services::*;
pub use sources::*;
pub use states::*;
pub use tape::*;
pub use trouble::wrong;
pub use truths::*;

use super::safe;

/// What the step itself asks, even while a dialog stands before it.
pub fn asked_of_step(walk: &Walkthrough) -> Safe {
    match walk.phase(walk.current) {
        Phase::Asking(asked) => super::question(walk, asked),
        Phase::Blocked(why) => super::reason(why).what,
        Phase::Working => safe(super::working(walk)),
        Phase::Ready => safe(super::ready(walk)),
        Phase::Settled(_) if walk.over => Safe::new("The walk is over."),
        Phase::Settled(_) => Safe::new("This step is settled. Enter goes on to the next."),
    }
}

/// Instead of what is asked, while a settled step is looked at.
pub fn looking_at(current: Step) -> Safe {
    safe(format!("You are looking at a settled step. Esc returns to step {}.", current.number()))
}

pub fn too_small(columns: u16, rows: u16) -> Safe {
    safe(format!("This window is {columns}×{rows}; 60×20 is needed. q leaves."))
}

pub fn live_or_lab(terms: &Terms) -> &'static str {
    if terms.lab { "LAB" } else { "LIVE" }
}

/// The banner of a refused password, on every step.
pub fn refused_banner(watch: &Watch) -> Safe {
    let hosts: Vec<&str> = watch.refusing_hosts().map(Safe::as_str).take(2).collect();
    let more = watch.refusing_hosts().count().saturating_sub(hosts.len());
    let by = match (hosts.is_empty(), more) {
        (true, _) => "the portal has a new credential issue".to_owned(),
        (false, 0) => hosts.join(", "),
        (false, more) => format!("{} and {more} more", hosts.join(", ")),
    };
    safe(format!("THE SAVED PASSWORD IS REFUSED. R shows the ways back. {by}"))
}

/// The terminal window's title; it says what the bell rings for.
pub fn window_title(walk: &Walkthrough) -> Safe {
    let (site, step) = (&walk.terms.site, walk.current);
    let place = format!("{site} {} · {} {}", live_or_lab(&walk.terms), step.number(), super::short(step));
    let verdict = walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
    match (verdict, walk.phase(step)) {
        (Some(verdict), _) => safe(format!("{} · {place}", super::verdict_word(verdict.word).to_uppercase())),
        (None, Phase::Blocked(Reason::PasswordRefused { .. } | Reason::PasswordClosed { .. })) => {
            safe(format!("PASSWORD REFUSED · {place}"))
        }
        (None, Phase::Blocked(Reason::NotSaved(_) | Reason::SomeoneElseChanged)) => {
            safe(format!("NOT SAVED · {place}"))
        }
        _ => safe(place),
    }
}

/// `1 sensor`, `2 sensors`.
pub fn counted(number: usize, one: &'static str, many: &'static str) -> Safe {
    safe(format!("{number} {}", if number == 1 { one } else { many }))
}

pub fn age_of(of: Instant, now: Instant) -> Safe {
    safe(super::age(of, now))
}

/// How long ago a time of the directory's was: `4 min ago`.
pub fn ago(of: Timestamp, now: Timestamp) -> Safe {
    let age = Duration::try_from(now.duration_since(of)).unwrap_or_default();
    let days = age.as_secs().div_euclid(86_400);
    match age.as_secs() {
        0..15 => Safe::new("just now"),
        _ if days >= 3 => safe(format!("{days} days ago")),
        _ => safe(format!("{} ago", super::coarse(age))),
    }
}

/// How far away a time is: `in 12 min`.
pub fn ahead(at: Timestamp, now: Timestamp) -> Safe {
    let left = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    let days = left.as_secs().div_euclid(86_400);
    if days >= 3 { safe(format!("in {days} days")) } else { safe(format!("in {}", left_of(left))) }
}

/// What is left of a wait: seconds under a minute, else minutes and seconds below ten, else minutes.
pub fn left_of(left: Duration) -> Safe {
    match left.as_secs() {
        seconds @ 0..60 => safe(format!("{seconds} s")),
        seconds @ 60..600 => safe(format!("{}:{:02} min", seconds.div_euclid(60), seconds.rem_euclid(60))),
        seconds @ 600..7200 => safe(format!("{} min", seconds.div_euclid(60))),
        seconds => safe(format!("{} h", seconds.div_euclid(3600))),
    }
}

pub fn milliseconds(latency: Duration) -> Safe {
    safe(format!("{} ms", latency.as_millis()))
}

/// A day, UTC.
pub fn day(at: Timestamp) -> Safe {
    safe(at.strftime("%Y-%m-%d").to_string())
}

pub fn clock(at: Timestamp) -> Safe {
    safe(super::clock_time(at))
}

/// Whose attempts the guard counts.
pub fn whose_attempts(terms: &Terms) -> Safe {
    if terms.lab {
        return Safe::new("Counted: the lab's attempts, apart from all others.");
    }
    safe(format!("Counted: attempts of {} on {}, of every walk.", terms.operator, terms.host))
}

/// What the guard will say, before it was asked.
pub fn guard(walk: &Walkthrough) -> Safe {
    let unknown = "The guard counts every attempt on disk before it is made, and keeps 2 failures in hand.";
    walk.budget.as_ref().map_or_else(|| Safe::new(unknown), |budget: &Budget| super::budget(budget))
}

pub fn signed_in_as(walk: &Walkthrough) -> Safe {
    match &walk.signing_in {
        SigningIn::NotBegun | SigningIn::Requesting | SigningIn::Waiting(_) => Safe::new("not signed in"),
        SigningIn::SignedIn { name: Some(name) } => safe(format!("signed in as {name}")),
        SigningIn::SignedIn { name: None } => Safe::new("signed in"),
        SigningIn::Without => Safe::new("without the portal's interface"),
    }
}

/// A source that can't be read: since when, and when it is tried next.
pub fn portal_fault(fault: &crate::portal::Fault, since: Timestamp, next: Option<Duration>) -> Safe {
    let since = super::clock_time(since);
    let next = match next {
        Some(left) => format!("tried again in {}", left_of(left)),
        None => "being tried again".to_owned(),
    };
    safe(format!("Since {since} {fault}; {next}."))
}

/// The dialog's name, on its border.
pub fn heading(question: &Question) -> &'static str {
    match question {
        Question::Resume => "An unfinished walk",
        Question::Beside => "Another walk",
        Question::HowToBegin | Question::CanEdit => "The portal",
        Question::WhichEntry => "The entry",
        Question::UsedElsewhere | Question::ChangedInDirectory => "The account",
        Question::WithoutController => "Without a controller",
        Question::Password => "The password",
        Question::AccountName => "One more attempt",
        Question::GoOnOrRetest => "Accepted, but",
        Question::ReasonToGoOn => "A reason to go on",
        Question::UntestedName => "SAVE UNTESTED",
        Question::SecondPerson | Question::RecordedBy | Question::ApprovedBy => "A second person",
        Question::WithoutSecondPerson => "BREAK THE GLASS",
        Question::ConfirmSave => "Save",
        Question::SavedThere | Question::HowEntered(_) => "At the portal",
        Question::CopyPassword => "The clipboard",
        Question::ReasonForService(_) => "A service that is not running",
        Question::EvidenceForService(_) => "Mark by hand",
        Question::Note => "A note",
        Question::HandOver | Question::HandOverField(_) => "The hand-over",
        Question::Leave => "Leave",
        Question::Recover => "The ways back",
    }
}

/// What the operator should have read before answering.
pub fn explained(walk: &Walkthrough, question: &Question) -> Vec<Safe> {
    match question {
        Question::Recover => super::ways_back(walk)
            .iter()
            .map(|way| safe(format!("- {}.", way.title)))
            .chain([Safe::new("R shows them all, with the commands to copy.")])
            .collect(),
        Question::GoOnOrRetest | Question::ReasonToGoOn => {
            walk.acceptance.iter().flat_map(|held| &held.misgivings).take(3).map(super::misgiving).collect()
        }
        Question::Leave if walk.watch.as_ref().is_some_and(|watch| watch.verdict.is_none()) => {
            vec![Safe::new("The watch is not over: the record will say *not confirmed*.")]
        }
        Question::Leave if walk.handed_over() => {
            vec![Safe::new(
                "Whether it is saved at the portal was not said: the record will say *not known*.",
            )]
        }
        Question::Leave if !walk.save_on_record() => vec![Safe::new("Nothing has been saved.")],
        Question::Leave if !walk.saved() => {
            vec![Safe::new("What was saved before stands at the portal; nothing was saved since.")]
        }
        Question::CopyPassword => copying_explained().to_vec(),
        Question::SavedThere => since_shown(walk).into_iter().map(sentence).collect(),
        Question::ChangedInDirectory => last_change(walk).into_iter().collect(),
        Question::Resume
        | Question::Beside
        | Question::HowToBegin
        | Question::CanEdit
        | Question::WhichEntry
        | Question::UsedElsewhere
        | Question::WithoutController
        | Question::Password
        | Question::AccountName
        | Question::UntestedName
        | Question::SecondPerson
        | Question::RecordedBy
        | Question::ApprovedBy
        | Question::WithoutSecondPerson
        | Question::HandOver
        | Question::HandOverField(_)
        | Question::ConfirmSave
        | Question::HowEntered(_)
        | Question::ReasonForService(_)
        | Question::EvidenceForService(_)
        | Question::Note
        | Question::Leave => Vec::new(),
    }
}

/// What a line of truth says, where there are no colours.
pub fn sentence(truth: Truth) -> Safe {
    match truth {
        Truth::Good(sentence) | Truth::Warn(sentence) | Truth::Bad(sentence) | Truth::Plain(sentence) => {
            sentence
        }
    }
}

pub fn help_title(step: Step) -> Safe {
    safe(format!(" Help · {} · {} ", step.number(), super::title(step)))
}

pub const AMBIGUOUS: &str = "It has more than one cause: alone it proves nothing about the password.";
pub const OUTSIDE_THE_FIELD: &str = "Enter returns to the field.";

/// What stands in an empty masked field.
pub fn empty_field(held: bool) -> &'static str {
    if held { "(held, as it was tested)" } else { "" }
}

pub fn field_warnings(walk: &Walkthrough) -> Vec<Truth> {
    let field = &walk.field;
    let mut warnings = Vec::new();
    match field.refused {
        Some(FieldRefusal::TooLong) => {
            warnings
                .push(Truth::Bad(Safe::new("That was longer than 256 characters; nothing of it was taken.")));
        }
        Some(FieldRefusal::ControlCharacter) => {
            warnings.push(Truth::Bad(Safe::new(
                "That held a line break or control character; nothing was taken.",
            )));
        }
        None => {}
    }
    // Once it is tested, Enter has another meaning.
    if field.pasted && walk.question() == Some(&Question::Password) {
        warnings.push(Truth::Warn(Safe::new("Pasted: press Enter by itself to test it.")));
    }
    if field.edge_space {
        warnings.push(Truth::Warn(Safe::new("It begins or ends with a space. Is that part of it?")));
    }
    warnings
}
