//! The seven steps, and what may be asked, why one is blocked, how one ends. Only names; `words` has the sentences.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directory::names::EntryFault;
use crate::directory::{self, Host, refusal::SubCode};
use crate::portal;
use crate::text::Safe;

use super::fact::SaveWord;
use super::hand_over::HandOver;

/// One of the documented steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Portal,
    Configuration,
    DirectoryServices,
    Password,
    Save,
    Services,
    Sensors,
}

impl Step {
    pub const ALL: [Self; 7] = [
        Self::Portal,
        Self::Configuration,
        Self::DirectoryServices,
        Self::Password,
        Self::Save,
        Self::Services,
        Self::Sensors,
    ];

    /// 1 to 7, as the documentation counts.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.number() == number)
    }

    pub fn next(self) -> Option<Self> {
        Self::from_number(self.number().saturating_add(1))
    }

    pub fn previous(self) -> Option<Self> {
        Self::from_number(self.number().saturating_sub(1))
    }
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not begun, or begun and waiting for nothing but Enter.
    Ready,
    Asking(Question),
    Working,
    Blocked(Reason),
    Settled(Outcome),
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As the documentation asks.
    Done,
    /// The sign-in was declined by the operator: no Graph.
    WithoutPortal,
    /// Past a gate by a typed reason.
    Overridden,
    /// The password was saved, or may have been: treated as saved and watched.
    SaveNotKnown,
}

/// What the operator is asked. The answer is an `Intent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Before anything: does the unfinished walk go on?
    Resume,
    /// Before anything: is a new walk begun beside another one?
    Beside,
    /// 1: sign in, or work without the portal's interface?
    HowToBegin,
    /// 1: can someone present edit the portal?
    CanEdit,
    /// 3: which entry?
    WhichEntry,
    /// 3: is the account used elsewhere?
    UsedElsewhere,
    /// 3: a reason for going on without a controller that could prove the password.
    WithoutController,
    /// 4: has the password been changed in Active Directory already?
    ChangedInDirectory,
    /// 4: the masked field.
    Password,
    /// 4: the guard wants the account's name typed before one more attempt.
    AccountName,
    /// 4: accepted with misgivings: test again, or go on with a reason?
    GoOnOrRetest,
    /// 4: the reason for going on.
    ReasonToGoOn,
    /// 4: nothing could prove or refuse it: the account's name, after the reason, for saving untested.
    UntestedName,
    /// 5, where the site wants one: is a second person here?
    SecondPerson,
    /// 5: the name of whoever types.
    RecordedBy,
    /// 5: the name of the second person.
    ApprovedBy,
    /// 5: the reason for saving without a second person.
    WithoutSecondPerson,
    /// 5: the number of sensors (or the domain) as the dialog froze it.
    ConfirmSave,
    /// 5, at the portal: is it saved?
    SavedThere,
    /// 5, at the portal: how did the password get into its field, of a save that is so far known?
    HowEntered(SaveWord),
    /// 5, at the portal: the tested password on the operator's own clipboard, once?
    CopyPassword,
    /// 6: why a standalone sensor's service is not running.
    ReasonForService(Host),
    /// 6: the word of evidence for marking a service as running by hand.
    EvidenceForService(Host),
    /// Anywhere: a note into the record.
    Note,
    /// Anywhere: what whoever takes over has to know; which field of it?
    HandOver,
    HandOverField(HandOver),
    /// Anywhere: leave with something unfinished?
    Leave,
    /// After a refusal: what now?
    Recover,
}

/// What kind of answer a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// One of the options of `words::options`.
    Choice,
    Text,
    Masked,
}

impl Question {
    pub fn kind(&self) -> AnswerKind {
        match self {
            Self::Resume
            | Self::Beside
            | Self::HowToBegin
            | Self::CanEdit
            | Self::WhichEntry
            | Self::UsedElsewhere
            | Self::ChangedInDirectory
            | Self::GoOnOrRetest
            | Self::SavedThere
            | Self::HowEntered(_)
            | Self::CopyPassword
            | Self::SecondPerson
            | Self::HandOver
            | Self::Leave
            | Self::Recover => AnswerKind::Choice,
            Self::WithoutController
            | Self::AccountName
            | Self::ReasonToGoOn
            | Self::UntestedName
            | Self::ConfirmSave
            | Self::RecordedBy
            | Self::ApprovedBy
            | Self::WithoutSecondPerson
            | Self::HandOverField(_)
            | Self::ReasonForService(_)
            | Self::EvidenceForService(_)
            | Self::Note => AnswerKind::Text,
            Self::Password => AnswerKind::Masked,
        }
    }

    /// Shown as a dialog over the step, rather than as the step's own content.
    pub fn is_dialog(&self) -> bool {
        !matches!(self, Self::Password)
    }
}

/// Why a step can't go on. `words::reason` says what opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The unfinished walk's record could not be taken up.
    NotResumed(Safe),
    SignInDeclined,
    SignInExpired,
    SignInBlocked {
        code: Safe,
        description: Safe,
        /// These two find it in the tenant's sign-in log.
        trace: Option<Safe>,
        correlation: Option<Safe>,
    },
    PortalUnread(portal::Fault),
    /// Someone must be able to edit the portal before anything is changed.
    NobodyCanEdit,
    NoEntry,
    /// The portal is not asked for its entries, and the site file lists none.
    NoAccountListed,
    /// A gMSA has no password to change.
    ManagedAccount,
    /// The entry doesn't name its account as the portal wants it.
    EntryName(EntryFault),
    AccountUnusable(SubCode),
    NoProvableController,
    /// The order is: Active Directory first, then the portal.
    NotYetChanged,
    PasswordEmpty,
    PasswordRefused {
        host: Host,
        code: SubCode,
        previous: bool,
    },
    PasswordClosed {
        host: Host,
        code: SubCode,
    },
    /// Neither proved nor refused.
    PasswordUnproved {
        host: Host,
        fault: directory::Fault,
    },
    WrongAccount {
        read: Safe,
    },
    /// The password was accepted, and the account as it was read back can't be used all the same.
    AcceptedButShut(SubCode),
    /// Before any test: the name that would be tested is another account's user principal name.
    NameClaimed {
        by: Safe,
    },
    GuardNotBefore {
        until: Timestamp,
        why: Safe,
    },
    GuardUntilUnlocked,
    GuardNever,
    LedgerFailed(Safe),
    RecordFailed(Safe),
    /// What was typed holds the password.
    TextHoldsSecret,
    /// What was typed gives something secret by its name, as `password=` does.
    TextNamesSecret,
    TextEmpty,
    /// The typed count, domain or name is not the one asked for.
    TypedMismatch,
    ProofTooOld,
    /// The site wants a second person before Save.
    NotApproved,
    /// Whoever approves is whoever records.
    SamePerson,
    NotTested,
    SaveNeedsPortal,
    SomeoneElseChanged,
    NotSaved(portal::Fault),
    /// The operator said so, of a save at the portal.
    NotSavedThere,
    /// A service of a standalone sensor is not running and has no reason yet.
    ServicesOpen(Vec<Host>),
    WatchRunning,
}
