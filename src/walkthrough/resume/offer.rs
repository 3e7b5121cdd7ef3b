//! A walk that may go on, in a line: when it was begun, by whom, how far it is, what is open. Pure.

use jiff::Timestamp;

use crate::text::Safe;
use crate::walkthrough::fact::{DurableSave, Fact};
use crate::walkthrough::step::Step;
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::words;

use super::{Dated, Past};

/// Which record a walk is to be written to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    #[default]
    Anew,
    /// This one is unfinished: whether it goes on is the first question.
    Asked(Offer),
    /// This one goes on, and nobody is asked.
    TakenUp(Offer),
    /// This stands beside a new walk: whether it is begun all the same is the first question.
    Beside(Beside),
}

/// What whoever begins a walk should know of another one at the same site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Another process walks it now.
    Walked { operator: Safe, host: Safe, since: Timestamp, step: Step },
    /// The newest record can't be read from this line on; this older one is unfinished.
    Unread { id: Safe, line: u64, older: Option<Safe> },
}

impl Beside {
    /// Whoever began it, or took it up last.
    pub fn walked(lines: &[Dated]) -> Option<Self> {
        let (since, operator, host) = lines.iter().rev().find_map(|(at, fact)| {
            if let Fact::Began { operator, host, .. } | Fact::Resumed { operator, host, .. } = fact {
                Some((*at, operator.clone(), host.clone()))
            } else {
                None
            }
        })?;
        // Where it is, which is not everywhere where it would go on.
        let at = lines.iter().rev().find_map(|(_, fact)| {
            if let Fact::Settled { step, .. } = fact {
                Some(step.next().unwrap_or(*step))
            } else if let Fact::WentBack { to } = fact {
                Some(*to)
            } else {
                matches!(fact, Fact::SaveIntended { .. } | Fact::SaveEnded { .. }).then_some(Step::Save)
            }
        });
        Some(Self::Walked { operator, host, since, step: at.unwrap_or(Step::Portal) })
    }
}

/// An unfinished walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The name of its record.
    pub id: Safe,
    pub site: Safe,
    pub lab: bool,
    pub operator: Safe,
    pub host: Safe,
    pub began: Timestamp,
    /// When its last line was written.
    pub last: Timestamp,
    pub step: Step,
    /// A save is on record: made, or announced.
    pub saved: bool,
    pub open: Safe,
}

impl Offer {
    /// What was saved in a lab ended with the lab's process, and a new lab knows nothing of it.
    pub fn gone(&self) -> bool {
        self.lab && self.saved
    }

    /// Nothing, where there is nothing to go on with: no walk, one that is finished, or one that did not get past step 1.
    pub fn of(id: &str, lines: &[Dated]) -> Option<Self> {
        let (began, Fact::Began { site, lab, operator, host, .. }) = lines.first()? else { return None };
        let (last, _) = lines.last()?;
        let past = Past::of(lines);
        let alone = lines.iter().any(|(_, fact)| matches!(fact, Fact::TestedAlone { .. }));
        if alone || past.finished() || !past.durable.got_on {
            return None;
        }
        Some(Self {
            id: Safe::new(id),
            site: site.clone(),
            lab: *lab,
            operator: operator.clone(),
            host: host.clone(),
            began: *began,
            last: *last,
            step: past.continues_at(),
            saved: past.durable.save != DurableSave::No,
            open: past.what_is_open(),
        })
    }
}

impl Past {
    /// The step that the resumed walk shows once it is signed in, which is step 1.
    pub fn continues_at(&self) -> Step {
        if self.open.is_some() { Step::Save } else { self.durable.step.max(Step::Configuration) }
    }

    /// In a few words.
    pub fn what_is_open(&self) -> Safe {
        let saved = self.durable.save != DurableSave::No;
        let said = match (&self.open, self.durable.verdict) {
            (Some(open), _) if open.hand_off => "whether it was saved at the portal is not on record",
            (Some(_), _) => "a save was begun; what came of it is not on record",
            (None, Some(VerdictWord::Refused)) => words::verdict_word(VerdictWord::Refused),
            (None, _) if saved && self.durable.step >= Step::Services => "saved; the watch is not over",
            (None, _) if saved => "saved before; another password is to be saved",
            (None, _) => "nothing saved yet",
        };
        Safe::new(said)
    }
}
