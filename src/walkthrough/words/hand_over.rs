//! The hand-over's fields, as they are named, asked for and listed; and whose word stands behind a save.

use crate::text::Safe;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::hand_over::{HandOver, HandedOver};
use crate::walkthrough::second_person::Word;

use super::{Truth, safe};

/// A field's name, on the screen and in the report.
pub fn hand_over_field(field: HandOver) -> &'static str {
    match field {
        HandOver::Ticket => "Ticket",
        HandOver::Owner => "Owner",
        HandOver::Unlocks => "Can unlock",
        HandOver::Resets => "Can reset",
        HandOver::EditsPortal => "Can edit the portal",
        HandOver::NextCheck => "Next check",
    }
}

pub(super) fn asked(field: HandOver) -> &'static str {
    match field {
        HandOver::Ticket => "The ticket or the change it belongs to",
        HandOver::Owner => "Who owns it from here on, and how to reach them",
        HandOver::Unlocks => "Who can unlock the account, and how to reach them",
        HandOver::Resets => "Who can reset its password in Active Directory, and how to reach them",
        HandOver::EditsPortal => "Who can edit the portal, and how to reach them",
        HandOver::NextCheck => "What is to be looked at next, and when",
    }
}

/// Each with what is on record, and the way out.
pub(super) fn fields(walk: &Walkthrough) -> Vec<Safe> {
    let named = |field: HandOver| {
        let text = walk.noted_for_hand_over().get(&field).map_or("not said yet", Safe::as_str);
        safe(format!("{}: {text}", hand_over_field(field)))
    };
    HandOver::ALL.into_iter().map(named).chain([Safe::new("Done")]).collect()
}

/// What it is called where it is shown whole.
pub const HANDED_OVER: &str = " Handed over to you ";

/// What a walk was left with, for whoever takes it up: the fields, and the notes, the last one first.
pub fn handed_over(walk: &Walkthrough) -> Vec<(&'static str, Safe)> {
    let Some(HandedOver { fields, notes }) = walk.handed_over_with() else { return Vec::new() };
    let fields = fields.iter().map(|(field, text)| (hand_over_field(*field), text.clone()));
    let count = match notes.len() {
        0 | 1 => None,
        count => Some(("Notes", safe(format!("{count}, the last one first")))),
    };
    let notes = notes.iter().map(|(at, text)| ("Note", safe(format!("{}  {text}", super::day_time(*at)))));
    fields.chain(count).chain(notes).collect()
}

pub fn not_handed_over() -> Safe {
    Safe::new("This walk was handed over with nothing; H notes what whoever takes it over has to know.")
}

/// Whose word lets this save go, where the site wants a second one.
pub fn second_person(walk: &Walkthrough) -> Option<Truth> {
    if !walk.terms.second_person || walk.acceptance.is_none() {
        return None;
    }
    Some(match walk.approval().map(|approval| &approval.word) {
        None => Truth::Warn(Safe::new("wanted by this site, and not named yet")),
        Some(Word::Approved { recorded_by, approved_by }) => {
            Truth::Good(safe(format!("{approved_by} approves, recorded by {recorded_by}")))
        }
        Some(Word::GlassBroken { reason }) => Truth::Warn(safe(format!("none, by your reason: {reason}"))),
    })
}
