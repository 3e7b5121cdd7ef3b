//! What is out: each errand ends in exactly one closing event, which carries its ticket back.

use crate::directory::lockout::AttemptId;
use crate::directory::{Host, Protocol};
use crate::sensor;
use crate::text::Safe;

use super::fact::Gate;
use super::watch::Mark;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Nothing waits for it.
    Recording,
    RecordingThen(Then),
    RequestCode,
    PollSignIn,
    ReadEntries,
    ReadPortal,
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
}

/// What the line's being on disk allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Test { attempt: AttemptId, host: Host, protocol: Protocol },
    Save { change: Safe, mark: Mark },
    PassGate(Gate),
    ExcuseService(Host, Safe),
    MarkService(Host, Safe),
    AccountNameTyped,
    Note,
    Leave,
}

impl Errand {
    /// The operator is waiting for it.
    pub(super) fn shown(&self) -> bool {
        match self {
            Self::RequestCode
            | Self::ReadEntries
            | Self::ReadBack
            | Self::Reach(_)
            | Self::Freeze
            | Self::Reserve(_)
            | Self::Test(_)
            | Self::Mark
            | Self::Save
            | Self::RecordingThen(_) => true,
            Self::Recording
            | Self::PollSignIn
            | Self::ReadPortal
            | Self::ReadIssuer
            | Self::AskService(..)
            | Self::ReadStanding => false,
        }
    }

    /// A bind that has been sent: its outcome is awaited and recorded wherever the walk then is.
    pub(super) fn is_test(&self) -> bool {
        matches!(self, Self::Test(_))
    }
}
