//! The password test of step 4 alone: no portal, no sensors, and every gate that the walk has.
//!
//! The same machine begins with the account chosen and goes from step to step by itself, as far as a test goes. What it
//! can't pass by itself ends it: a reason is never given here, so a password with anything against it ends as not
//! proved. Pure. Deliberately absent: the sentences (`words`), reading the password, and leaving, which is the walk's own.

use crate::clock::Now;
use crate::directory::Account;
use crate::directory::names::{Named, Open, same_object};
use crate::portal::Entry;
use crate::text::Safe;

use super::effect::Effect;
use super::event::Intent;
use super::fact::{Fact, ProofWord};
use super::step::{Phase, Question, Reason, Step};
use super::trial::Misgiving;
use super::{SigningIn, Terms, Walkthrough};

/// *Don't know*, of both questions that nobody is asked here: whether it is used elsewhere, and whether it was changed.
const NOT_KNOWN: usize = 2;

/// What the test does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Something is out.
    Wait,
    /// It goes on by itself.
    Go(Intent),
    /// The guard wants the account's name typed.
    NameWanted,
    Concluded(Conclusion),
}

/// What the test came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Proved current, and accepted by every controller that is there.
    Current,
    /// Proved current, and some controllers could not be asked.
    CurrentWhereAsked,
    /// Accepted, with something against it that a walk would want a reason for.
    NotProved,
    /// The name that was given is another object's than the one that let itself in.
    AnotherObject {
        read: Safe,
    },
    /// The guard wanted the account's name, and nobody typed it.
    NameNotTyped,
    Blocked(Reason),
}

impl Conclusion {
    /// The first that applies: 1 the answer is no, 3 something could not be reached or written, 0 proved.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Current => 0,
            Self::CurrentWhereAsked
            | Self::Blocked(
                Reason::NoProvableController | Reason::LedgerFailed(_) | Reason::RecordFailed(_),
            ) => 3,
            Self::NotProved | Self::AnotherObject { .. } | Self::NameNotTyped | Self::Blocked(_) => 1,
        }
    }
}

impl Walkthrough {
    /// A test of this account's password, and nothing else.
    pub fn alone(terms: Terms, account: Account, now: Now) -> Self {
        let mut walk = Self::new(terms, now);
        walk.signing_in = SigningIn::Without;
        walk.used_elsewhere = Some(NOT_KNOWN);
        walk.changed_in_directory = Some(NOT_KNOWN);
        walk.current = Step::DirectoryServices;
        walk.entry = Some(Entry {
            id: Safe::default(),
            account: account.name,
            domain: account.domain,
            managed: false,
            single_label: false,
            etag: Safe::default(),
            last_change: None,
            changed_by: None,
            changed_at: None,
        });
        walk
    }

    /// Opens the record and reaches the controllers. Call once, before anything else.
    pub fn begin_alone(&mut self) -> Vec<Effect> {
        self.record_beginning();
        if let Some(account) = self.account() {
            self.record(Fact::TestedAlone { account });
        }
        self.reach_controllers();
        std::mem::take(&mut self.effects)
    }

    /// Where it stands, and what follows from that.
    pub fn next_alone(&self, named: &Named) -> Next {
        if self.over || self.leaving {
            return Next::Wait;
        }
        match self.phase(self.current) {
            Phase::Working => Next::Wait,
            Phase::Blocked(reason) => Next::Concluded(Conclusion::Blocked(reason.clone())),
            Phase::Ready if self.current == Step::Password => {
                Next::Concluded(self.accepted_alone(named.open.as_ref()))
            }
            Phase::Asking(Question::AccountName) => Next::NameWanted,
            Phase::Asking(Question::Password) | Phase::Ready => Next::Go(Intent::Proceed),
            // Only a walk has these questions, and only a walk settles its last step.
            Phase::Asking(_) | Phase::Settled(_) => Next::Concluded(Conclusion::Blocked(Reason::NotTested)),
        }
    }

    fn accepted_alone(&self, open: Option<&Open>) -> Conclusion {
        let Some(held) = &self.acceptance else { return Conclusion::Blocked(Reason::NotTested) };
        let read = self.trial.as_ref().and_then(|trial| trial.account.as_ref());
        if let (Some(Open::CommonName { distinguished }), Some(read)) = (open, read)
            && !read.distinguished_name.is_empty()
            && !same_object(distinguished, &read.distinguished_name)
        {
            return Conclusion::AnotherObject { read: read.distinguished_name.clone() };
        }
        let current = matches!(held.proof, ProofWord::CurrentByKerberos | ProofWord::CurrentByAge);
        let silent = |one: &Misgiving| matches!(one, Misgiving::NotKnownElsewhere { .. });
        match (current, held.misgivings.as_slice()) {
            (true, []) => Conclusion::Current,
            (true, misgivings) if misgivings.iter().all(silent) => Conclusion::CurrentWhereAsked,
            (true | false, _) => Conclusion::NotProved,
        }
    }
}
