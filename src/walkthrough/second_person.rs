//! Step 5 where the site wants a second person: who records, who approves, or why nobody does.
//!
//! An approval is of one tested password for one account, and goes with them. On record before it opens anything.
//! Deliberately absent: any proof of who somebody is; the console takes two names, and holds them to be two.

use crate::directory::Account;
use crate::secret::SecretId;
use crate::text::Safe;

use super::errand::Then;
use super::fact::{Fact, Gate};
use super::step::{Phase, Question, Reason, Step};
use super::{Acceptance, Notice, Saving, SigningIn, Walkthrough, words};

/// Whose word opened the gate, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    secret: SecretId,
    account: Account,
    pub word: Word,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Approved {
        recorded_by: Safe,
        approved_by: Safe,
    },
    /// Nobody was there; the reason is on record.
    GlassBroken {
        reason: Safe,
    },
}

/// What was said so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SecondPerson {
    recorder: Option<Safe>,
    approval: Option<Approval>,
}

impl SecondPerson {
    /// Nobody's word counts any more; who records is still the same.
    pub(super) fn end(&mut self) {
        self.approval = None;
    }
}

impl Approval {
    fn of(held: &Acceptance, word: Word) -> Self {
        Self { secret: held.secret, account: held.account.clone(), word }
    }

    fn is_of(&self, held: &Acceptance) -> bool {
        self.secret == held.secret && self.account == held.account
    }

    /// What to ask once more when it could not be recorded.
    pub(super) fn asked_by(&self) -> Question {
        match self.word {
            Word::Approved { .. } => Question::ApprovedBy,
            Word::GlassBroken { .. } => Question::WithoutSecondPerson,
        }
    }

    fn fact(&self) -> Fact {
        match &self.word {
            Word::Approved { recorded_by, approved_by } => {
                Fact::Approved { recorded_by: recorded_by.clone(), approved_by: approved_by.clone() }
            }
            Word::GlassBroken { reason } => Fact::Overridden {
                gate: Gate::SecondPerson,
                reason: reason.clone(),
                about: vec![Safe::from(self.account.to_string())],
            },
        }
    }
}

impl Walkthrough {
    /// Whose word lets the password that is held be saved.
    pub fn approval(&self) -> Option<&Approval> {
        let held = self.acceptance.as_ref()?;
        self.second_person.approval.as_ref().filter(|approval| approval.is_of(held))
    }

    pub(super) fn second_person_answered(&mut self, option: usize) {
        let asked =
            if option == words::SECOND_PERSON { Question::RecordedBy } else { Question::WithoutSecondPerson };
        self.dialog = Some(asked);
    }

    pub(super) fn recorder_named(&mut self, name: Safe) {
        self.second_person.recorder = Some(name);
        self.dialog = Some(Question::ApprovedBy);
    }

    /// Nobody approves their own save, under whichever of their names.
    pub(super) fn approver_named(&mut self, name: Safe) {
        let Some(recorder) = self.second_person.recorder.clone() else {
            self.dialog = Some(Question::RecordedBy);
            return;
        };
        let signed_in = match &self.signing_in {
            SigningIn::SignedIn { name } if !self.terms.application => name.as_ref(),
            SigningIn::SignedIn { .. }
            | SigningIn::NotBegun
            | SigningIn::Requesting
            | SigningIn::Waiting(_)
            | SigningIn::Without => None,
        };
        let first = [Some(&recorder), Some(&self.terms.operator), signed_in];
        if first.into_iter().flatten().any(|one| same_name(one, &name)) {
            self.notice = Some(Notice::Blocked(Reason::SamePerson));
            self.dialog = Some(Question::ApprovedBy);
            return;
        }
        self.let_save(Word::Approved { recorded_by: recorder, approved_by: name });
    }

    pub(super) fn glass_broken(&mut self, reason: Safe) {
        self.let_save(Word::GlassBroken { reason });
    }

    fn let_save(&mut self, word: Word) {
        let Some(held) = &self.acceptance else { return };
        let approval = Approval::of(held, word);
        self.record_then(approval.fact(), Then::Approve(approval));
    }

    pub(super) fn approved_on_record(&mut self, approval: Approval) {
        self.notice = Some(match approval.word {
            Word::Approved { .. } => Notice::Approved,
            Word::GlassBroken { .. } => Notice::ReasonRecorded,
        });
        self.second_person.approval = Some(approval);
        let asked = *self.phase(Step::Save) == Phase::Asking(Question::SecondPerson);
        if asked && self.current == Step::Save && self.saving == Saving::NotBegun {
            self.enter_save();
        }
    }
}

/// The same letters, whatever their case, the space between them and the domain they stand in: `CONTOSO\ana` and
/// `ana@contoso.test` may well be one person, and who has a namesake is named in full.
fn same_name(one: &str, other: &str) -> bool {
    let letters = |name: &str| {
        let name: String = name.chars().filter(|c| !is_unseen(*c)).collect();
        let name = name.rsplit('\\').next().unwrap_or(&name);
        let name = name.split('@').next().unwrap_or(name);
        name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    };
    letters(one) == letters(other)
}

/// Takes no room between letters, and is text all the same: joiners, variation selectors, fillers.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{200c}' | '\u{200d}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}')
}
