//! What whoever takes a walk over has to know: the ticket, the people, the next look.
//!
//! Each is a line of the record, and the last one of a kind holds. Pure. Deliberately absent: their names on the screen
//! (`words`), and any notion of who may do what: the console asks nobody's leave.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::Safe;

use super::errand::Then;
use super::fact::Fact;
use super::resume::Dated;
use super::step::Question;
use super::{Notice, Walkthrough};

/// One field of the hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandOver {
    Ticket,
    Owner,
    /// Who can unlock the account.
    Unlocks,
    /// Who can reset its password.
    Resets,
    /// Who can edit the portal.
    EditsPortal,
    NextCheck,
}

impl HandOver {
    pub const ALL: [Self; 6] =
        [Self::Ticket, Self::Owner, Self::Unlocks, Self::Resets, Self::EditsPortal, Self::NextCheck];
}

/// What a walk was left with, when it was taken up: the fields, and every note with its time, the last one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    pub fields: BTreeMap<HandOver, Safe>,
    pub notes: Vec<(Timestamp, Safe)>,
}

impl HandedOver {
    /// Nothing where nothing was said.
    pub(super) fn of(fields: BTreeMap<HandOver, Safe>, lines: &[Dated]) -> Option<Self> {
        let note = |(at, fact): &Dated| {
            if let Fact::Noted { text } = fact { Some((*at, text.clone())) } else { None }
        };
        let notes: Vec<_> = lines.iter().rev().filter_map(note).collect();
        (!fields.is_empty() || !notes.is_empty()).then_some(Self { fields, notes })
    }
}

impl Walkthrough {
    /// What the walk that was taken up was handed over with.
    pub fn handed_over_with(&self) -> Option<&HandedOver> {
        self.taken_up.handed_over.as_ref()
    }

    /// What is on record for whoever takes over.
    pub fn noted_for_hand_over(&self) -> &BTreeMap<HandOver, Safe> {
        &self.durable.hand_over
    }

    /// The last option closes the list.
    pub(super) fn hand_over_chosen(&mut self, option: usize) {
        self.dialog = HandOver::ALL.get(option).map(|field| Question::HandOverField(*field));
    }

    pub(super) fn hand_over_typed(&mut self, field: HandOver, text: Safe) {
        self.record_then(Fact::HandOverNoted { field, text }, Then::HandOver(field));
    }

    /// Whoever names the ticket names the owner too: the list is shown again.
    pub(super) fn hand_over_recorded(&mut self) {
        self.notice = Some(Notice::HandOverRecorded);
        self.ask_again(Question::HandOver);
    }
}
