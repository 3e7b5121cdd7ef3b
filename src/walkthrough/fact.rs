//! What the record says, and what it implies: facts, and the fold over them.
//!
//! A fact is the body of one line. No variant can hold a secret; text typed by the operator is compared with the
//! secrets held before it is written. `Durable` is what survives the process: a walk is resumed from it.
//! Deliberately absent: the chain and the file (`journal`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directory::lockout::AttemptId;
use crate::directory::probe::Found;
use crate::directory::{Account, Answer, Flag, Group, Host, Protocol};
use crate::logs::Position;
use crate::text::Safe;

use super::hand_over::HandOver;
use super::step::{Outcome, Step};
use super::watch::VerdictWord;

/// One line's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Fact {
    Began {
        site: Safe,
        lab: bool,
        operator: Safe,
        host: Safe,
        program: Safe,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        site_file: Option<Origin>,
    },
    SignedIn {
        name: Option<Safe>,
    },
    WorkedWithoutPortal,
    /// The state before anything was changed.
    Baseline {
        sensors: usize,
        running: usize,
        credential_issues: usize,
    },
    CanEdit {
        answer: Safe,
    },
    EntryChosen {
        id: Safe,
        account: Account,
    },
    UsedElsewhere {
        answer: Safe,
    },
    /// No walk: this account's password is tested, and nothing else is done.
    TestedAlone {
        account: Account,
    },
    ControllerReached {
        host: Host,
        provable: bool,
        pdc_emulator: bool,
        read_only: bool,
    },
    ControllerUnreachable {
        host: Host,
        why: Safe,
    },
    /// What one question without a password told of the account.
    AccountFound {
        host: Host,
        found: Found,
    },
    ChangedInDirectory {
        answer: Safe,
    },
    /// The attempt stands in the ledger and is about to be made.
    Attempting {
        attempt: AttemptId,
        host: Host,
        protocol: Protocol,
    },
    Attempted {
        attempt: AttemptId,
        host: Host,
        protocol: Protocol,
        answer: Answer,
    },
    GuardShut {
        why: Safe,
    },
    /// The guard let one more attempt through because the account's name was typed.
    AccountNameTyped,
    /// The account as its own bind read it; the counts are each controller's own.
    AccountRead {
        name: Safe,
        sid: Safe,
        password_changed: Option<Timestamp>,
        password_expires: Option<Timestamp>,
        password_never_expires: bool,
        flags: Option<Vec<Flag>>,
        groups: Option<Vec<Group>>,
        service_principals: usize,
        bad_password_counts: Vec<(Host, u32)>,
    },
    Accepted {
        proof: ProofWord,
        hosts: Vec<Host>,
    },
    Refused {
        host: Host,
        why: Safe,
    },
    AcceptanceVoided,
    Overridden {
        gate: Gate,
        reason: Safe,
        about: Vec<Safe>,
    },
    /// The second person that the site wants before Save, and whoever wrote the name down.
    Approved {
        recorded_by: Safe,
        approved_by: Safe,
    },
    /// Everything that evidence will be measured against; on disk before the password leaves.
    SaveIntended {
        entry: Safe,
        change: Safe,
        tested: bool,
        /// The operator saves at the portal's page, which is shown once this is on disk.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hand_off: bool,
        positions: Vec<(u32, Position)>,
        open_issues: Vec<Safe>,
        bad_password_count: Option<u32>,
    },
    SaveEnded {
        result: SaveWord,
        why: Option<Safe>,
        /// By the operator's word, of a save at the portal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entered: Option<Entered>,
    },
    /// The tested password is about to stand on the operator's clipboard.
    PasswordCopied,
    ServiceSeen {
        host: Host,
        state: Safe,
    },
    ServiceMarked {
        host: Host,
        evidence: Safe,
    },
    Evidence {
        host: Safe,
        what: Safe,
    },
    Verdict {
        verdict: VerdictWord,
        missing: Vec<Safe>,
    },
    Settled {
        step: Step,
        outcome: Outcome,
    },
    WentBack {
        to: Step,
    },
    Noted {
        text: Safe,
    },
    /// For whoever takes the walk on; a later one takes the place of an earlier one.
    HandOverNoted {
        field: HandOver,
        text: Safe,
    },
    Left {
        step: Step,
        verdict: Option<VerdictWord>,
    },
}

/// A site file, as the record names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub path: Safe,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub hash: Safe,
}

/// How the password was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofWord {
    CurrentByKerberos,
    CurrentByAge,
    CurrentElsewhere,
    PerhapsPrevious,
    RestrictedHere,
    Untested,
}

/// A gate that a typed reason opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    WithoutController,
    Misgivings,
    SavedUntested,
    /// Nobody was there to approve the save.
    SecondPerson,
    ServiceNotRunning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaveWord {
    Saved,
    NotSaved,
    Conflict,
    NotKnown,
}

/// How the password got into the portal's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entered {
    Pasted,
    TypedByHand,
    NotSure,
}

/// What outlives the process, as far as it decides where a resumed walk continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durable {
    /// Where a resumed walk continues.
    pub step: Step,
    pub entry: Option<Safe>,
    /// Attempts announced whose outcome is not on record: *interrupted*, and each counts.
    pub interrupted: Vec<AttemptId>,
    pub save: DurableSave,
    /// What `save` falls back to when an announced save turns out not to have happened.
    pub save_before: DurableSave,
    pub verdict: Option<VerdictWord>,
    /// What `verdict` falls back to in the same way.
    pub verdict_before: Option<VerdictWord>,
    pub hand_over: BTreeMap<HandOver, Safe>,
    pub left: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurableSave {
    No,
    Saved,
    /// Announced without an outcome, or an outcome that told nothing.
    NotKnown,
}

impl Default for Durable {
    fn default() -> Self {
        Self {
            step: Step::Portal,
            entry: None,
            interrupted: Vec::new(),
            save: DurableSave::No,
            save_before: DurableSave::No,
            verdict: None,
            verdict_before: None,
            hand_over: BTreeMap::new(),
            left: false,
        }
    }
}

/// What the facts imply, in their order.
pub fn fold<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Durable {
    let mut durable = Durable::default();
    for fact in facts {
        durable.apply(fact);
    }
    durable
}

impl Durable {
    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::EntryChosen { id, .. } => self.entry = Some(id.clone()),
            Fact::TestedAlone { .. } => {
                self.step = Step::DirectoryServices;
                // Of no workspace.
                self.entry = Some(Safe::default());
            }
            Fact::Attempting { attempt, .. } => self.interrupted.push(*attempt),
            Fact::Attempted { attempt, .. } => self.interrupted.retain(|open| open != attempt),
            Fact::SaveIntended { .. } => {
                self.save_before = self.save;
                self.save = DurableSave::NotKnown;
                self.verdict_before = self.verdict.take();
                self.step = Step::Services;
            }
            Fact::SaveEnded { result, .. } => self.save_ended(*result),
            Fact::Verdict { verdict, .. } => self.verdict = Some(*verdict),
            Fact::Settled { step, .. } => {
                if let Some(next) = step.next() {
                    self.step = resumable(next);
                }
            }
            Fact::WentBack { to } => self.step = resumable(*to),
            Fact::HandOverNoted { field, text } => {
                self.hand_over.insert(*field, text.clone());
            }
            Fact::Left { .. } => self.left = true,
            Fact::Began { .. }
            | Fact::SignedIn { .. }
            | Fact::WorkedWithoutPortal
            | Fact::Baseline { .. }
            | Fact::CanEdit { .. }
            | Fact::UsedElsewhere { .. }
            | Fact::ControllerReached { .. }
            | Fact::ControllerUnreachable { .. }
            | Fact::AccountFound { .. }
            | Fact::ChangedInDirectory { .. }
            | Fact::GuardShut { .. }
            | Fact::AccountNameTyped
            | Fact::AccountRead { .. }
            | Fact::Accepted { .. }
            | Fact::Refused { .. }
            | Fact::AcceptanceVoided
            | Fact::PasswordCopied
            | Fact::Overridden { .. }
            | Fact::Approved { .. }
            | Fact::ServiceSeen { .. }
            | Fact::ServiceMarked { .. }
            | Fact::Evidence { .. }
            | Fact::Noted { .. } => {}
        }
    }

    fn save_ended(&mut self, result: SaveWord) {
        match result {
            SaveWord::Saved => self.save = DurableSave::Saved,
            SaveWord::NotKnown => self.save = DurableSave::NotKnown,
            SaveWord::NotSaved => self.not_saved(Step::Password),
            SaveWord::Conflict => self.not_saved(Step::DirectoryServices),
        }
    }

    fn not_saved(&mut self, step: Step) {
        self.save = self.save_before;
        self.verdict = self.verdict_before;
        self.step = step;
    }
}

/// An unsaved step 5 continues at 4: the password is gone with the process, and is asked and tested again.
pub(super) fn resumable(step: Step) -> Step {
    if step == Step::Save { Step::Password } else { step }
}
