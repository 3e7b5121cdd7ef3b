//! Everything that can go wrong in asking a host about a service, each with its meaning and its remedy.
//!
//! Pure. What a program printed is in here only as [`Safe`] text, its first line, shortened.
//! Deliberately absent: states of the service itself; none of these says anything about it.

use crate::text::Safe;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeFault {
    #[error("the probe's command is empty")]
    NoCommand,
    #[error("{0} is not a host name that can be put into a command")]
    NotAHostName(Safe),
    #[error("the program {0} was not found")]
    NoProgram(Safe),
    #[error("the program {program} could not be started: {reason}")]
    NotStarted { program: Safe, reason: Safe },
    #[error("no answer within {seconds} s")]
    TimedOut { seconds: u64 },
    #[error("the answer was longer than {kibibytes} KiB")]
    TooLong { kibibytes: usize },
    #[error("the answer could not be read: {0}")]
    Cut(Safe),
    #[error("ssh could not sign in: {0}")]
    Ssh(Safe),
    #[error("the probe ended with {code} and said: {said}")]
    Failed { code: Safe, said: Safe },
    #[error("the answer is not one of the service control manager's: {0}")]
    NotUnderstood(Safe),
}

impl ProbeFault {
    /// What it means for the walk.
    #[must_use]
    pub const fn meaning(&self) -> &'static str {
        match self {
            Self::NoCommand | Self::NoProgram(_) | Self::NotStarted { .. } => {
                "No host can be asked this way; every service's state stays unknown."
            }
            Self::NotAHostName(_) => "This host is not asked; nothing was run.",
            Self::TimedOut { .. } | Self::Ssh(_) | Self::Cut(_) => {
                "The host, or the way to it, doesn't answer. That says nothing about the service."
            }
            Self::TooLong { .. } | Self::Failed { .. } | Self::NotUnderstood(_) => {
                "The service's state stays unknown; it may well be running."
            }
        }
    }

    /// What to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NoCommand => "Give `command` in the site file, or choose another probe.",
            Self::NotAHostName(_) => "Correct the name in the site file: letters, digits, hyphens and dots.",
            Self::NoProgram(_) => "Install it, or give its full path in the site file.",
            Self::NotStarted { .. } => "See that it may be executed by you.",
            Self::TimedOut { .. } => {
                "Try the command by hand. Look at the service on the host, and mark it with m."
            }
            Self::TooLong { .. } | Self::NotUnderstood(_) => {
                "Try the command by hand: it must print what `sc queryex` prints. Or mark the service with m."
            }
            Self::Cut(_) | Self::Failed { .. } => "Try the command by hand, or mark the service with m.",
            Self::Ssh(_) => {
                "Sign in once by hand: an unknown or changed host key, or a missing key, stops it here."
            }
        }
    }
}
