//! What is out: each errand ends in exactly one closing event, which carries its ticket back.

use crate::clock::Instant;
use crate::directory::lockout::AttemptId;
use crate::directory::{Host, Protocol};
use crate::secret::SecretId;
use crate::sensor;
use crate::text::Safe;

use super::Acceptance;
use super::fact::Fact;
use super::hand_over::HandOver;
use super::second_person::Approval;
use super::trial::Attempt;
use super::watch::Mark;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Nothing waits for it.
    Recording(Box<Fact>),
    RecordingThen(Then, Box<Fact>),
    OpenRecord,
    RequestCode,
    PollSignIn,
    ReadEntries,
    /// Asked for at this time: what it tells is no younger.
    ReadPortal(Instant),
    ReadIssuer,
    /// The lost answer: what does the entry say now?
    ReadBack,
    Reach(Host),
    Freeze,
    Reserve(Protocol),
    Test(AttemptId),
    Mark,
    Save,
    AskService(Host, sensor::Service),
    ReadStanding,
    /// Step 3: what the reader sees of the account.
    LookUp,
}

/// What the line's being on disk allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Test(Attempt, SecretId),
    Save {
        change: Safe,
        mark: Mark,
    },
    GoOnWithoutController,
    CopyPassword(SecretId),
    /// Past the misgivings about exactly this acceptance.
    PassMisgivings(Box<Acceptance>),
    ExcuseService(Host, Safe),
    MarkService(Host, Safe),
    AccountNameTyped,
    Approve(Approval),
    HandOver(HandOver),
    Note,
    Leave,
}

impl Errand {
    /// The operator is waiting for it.
    pub(super) fn shown(&self) -> bool {
        match self {
            Self::OpenRecord
            | Self::RequestCode
            | Self::ReadEntries
            | Self::ReadBack
            | Self::Reach(_)
            | Self::LookUp
            | Self::Freeze
            | Self::Reserve(_)
            | Self::Test(_)
            | Self::Mark
            | Self::Save
            | Self::RecordingThen(..) => true,
            Self::Recording(_)
            | Self::PollSignIn
            | Self::ReadPortal(_)
            | Self::ReadIssuer
            | Self::AskService(..)
            | Self::ReadStanding => false,
        }
    }

    /// A step of the password test: while one is out, no other test begins.
    pub(super) fn of_a_test(&self) -> bool {
        matches!(
            self,
            Self::Freeze | Self::Reserve(_) | Self::Test(_) | Self::RecordingThen(Then::Test(..), _)
        )
    }

    /// What has left, or is about to, and is awaited before the walk ends.
    pub(super) fn awaited(&self) -> bool {
        matches!(
            self,
            Self::Test(_) | Self::Save | Self::RecordingThen(Then::Test(..) | Then::Save { .. }, _)
        )
    }

    /// A line of the record.
    pub(super) fn is_writing(&self) -> bool {
        matches!(self, Self::Recording(_) | Self::RecordingThen(..))
    }

    pub(super) fn is_reading(&self) -> bool {
        matches!(self, Self::ReadPortal(_))
    }
}
