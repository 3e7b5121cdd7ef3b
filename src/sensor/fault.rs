//! Everything that can go wrong in asking a host about a service, each with its meaning and its remedy.
//!
//! Pure. What a program printed is in here only as [`Safe`] text, one line of it, shortened.
//! Deliberately absent: states of the service itself; none of these says anything about it.

use std::fmt;

use crate::text::Safe;

/// Why a service's state is not known. None of these says anything about the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Windows error 5.
    AccessDenied,
    /// Windows error 1722: the host's service control manager can't be reached.
    Unreachable,
    /// Another error of Windows, by its number.
    Windows(u32),
    /// Samba did not get as far as the host; its own name for that.
    NotReached(Safe),
    /// Samba was not let in, or had no ticket to show; its own name for that.
    NotSignedIn(Safe),
    /// Another error that Samba names.
    Named(Safe),
    /// Asking itself failed.
    Probe(ProbeFault),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessDenied => f.write_str("access denied (5)"),
            Self::Unreachable => f.write_str("the host's service control can't be reached (1722)"),
            Self::Windows(number) => write!(f, "Windows error {number}"),
            Self::NotReached(name) => write!(f, "the host can't be reached ({name})"),
            Self::NotSignedIn(name) => write!(f, "Samba could not sign in ({name})"),
            Self::Named(name) => write!(f, "{name}"),
            Self::Probe(fault) => write!(f, "{fault}"),
        }
    }
}

impl Why {
    /// What it means for the walk.
    #[must_use]
    pub const fn meaning(&self) -> &'static str {
        match self {
            Self::AccessDenied | Self::NotSignedIn(_) => {
                "Whoever asks isn't let in there. That says nothing about the service."
            }
            Self::Unreachable | Self::NotReached(_) => {
                "The host, or the way to it, doesn't answer. That says nothing about the service."
            }
            Self::Windows(_) | Self::Named(_) => "The service's state stays unknown; it may well be running.",
            Self::Probe(fault) => fault.meaning(),
        }
    }

    /// What to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::AccessDenied => {
                "Ask as somebody who may query services there, or look on the host and mark it with m."
            }
            Self::Unreachable => {
                "See that the host is up and that RPC (port 135, or SMB on 445) passes the firewall; then r."
            }
            Self::NotReached(_) => {
                "See that the name is right, that the host is up and that port 445 is open; then r."
            }
            Self::NotSignedIn(_) => "Get a Kerberos ticket with kinit, see it with klist, then press r.",
            Self::Windows(_) => {
                "`net helpmsg` with that number tells more. Or look on the host and mark it with m."
            }
            Self::Named(_) => "Try the command by hand, or look on the host and mark it with m.",
            Self::Probe(fault) => fault.remedy(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeFault {
    #[error("the probe's command is empty")]
    NoCommand,
    #[error("nobody asks there: the site file says so")]
    ByHand,
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
    #[error("the host key is not known")]
    HostKeyUnknown,
    #[error("the host key has changed")]
    HostKeyChanged,
    #[error("permission denied: {0}")]
    PermissionDenied(Safe),
    #[error("ssh got no answer: {0}")]
    Ssh(Safe),
    #[error("command not found: {0}")]
    CommandNotFound(Safe),
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
            Self::NotAHostName(_) | Self::ByHand => "This host is not asked; nothing was run.",
            Self::HostKeyUnknown => "It may be the host or another one; ssh asks neither.",
            Self::HostKeyChanged => {
                "The host was set up anew, or another one answers in its place; it was not asked."
            }
            Self::PermissionDenied(_) => {
                "Whoever asks isn't let in there. That says nothing about the service."
            }
            Self::TimedOut { .. } | Self::Ssh(_) | Self::Cut(_) => {
                "The host, or the way to it, doesn't answer. That says nothing about the service."
            }
            Self::CommandNotFound(_)
            | Self::TooLong { .. }
            | Self::Failed { .. }
            | Self::NotUnderstood(_) => "The service's state stays unknown; it may well be running.",
        }
    }

    /// What to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NoCommand => "Give `command` in the site file, or choose another probe.",
            Self::ByHand => "Look at the service on the host, and mark it with m.",
            Self::NotAHostName(_) => "Correct the name in the site file: letters, digits, hyphens and dots.",
            Self::NoProgram(_) => {
                "Install it, give its full path, or choose another preset in the site file."
            }
            Self::NotStarted { .. } => "See that it may be executed by you.",
            Self::TimedOut { .. } => {
                "Try the command by hand. Or look at the service on the host, and mark it with m."
            }
            Self::TooLong { .. } | Self::NotUnderstood(_) => {
                "Try the command by hand: it must print what `sc queryex` prints. Or mark the service with m."
            }
            Self::Cut(_) | Self::Failed { .. } => "Try the command by hand, or mark the service with m.",
            Self::HostKeyUnknown => {
                "Compare its fingerprint with the host's own, sign in once by hand to keep it, then press r."
            }
            Self::HostKeyChanged => {
                "Find out why before anything else. If it is the host's own, renew it with ssh-keygen -R; then r."
            }
            Self::PermissionDenied(_) => {
                "See that your key is in the agent (ssh-add -l) and that the host takes it; then press r."
            }
            Self::Ssh(_) => "Sign in once by hand: it says there what stops it. Then press r.",
            Self::CommandNotFound(_) => {
                "sc.exe must be on the path of a Windows host. Try the command by hand, or mark it with m."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_says_what_it_means_and_what_to_do_in_words_of_its_own() {
        let x = || Safe::new("x");
        let all = [
            Why::AccessDenied,
            Why::Unreachable,
            Why::Windows(1115),
            Why::NotReached(x()),
            Why::NotSignedIn(x()),
            Why::Named(x()),
            Why::Probe(ProbeFault::NoCommand),
            Why::Probe(ProbeFault::ByHand),
            Why::Probe(ProbeFault::NotAHostName(x())),
            Why::Probe(ProbeFault::NoProgram(x())),
            Why::Probe(ProbeFault::NotStarted { program: x(), reason: x() }),
            Why::Probe(ProbeFault::TimedOut { seconds: 20 }),
            Why::Probe(ProbeFault::TooLong { kibibytes: 64 }),
            Why::Probe(ProbeFault::Cut(x())),
            Why::Probe(ProbeFault::HostKeyUnknown),
            Why::Probe(ProbeFault::HostKeyChanged),
            Why::Probe(ProbeFault::PermissionDenied(x())),
            Why::Probe(ProbeFault::Ssh(x())),
            Why::Probe(ProbeFault::CommandNotFound(x())),
            Why::Probe(ProbeFault::Failed { code: x(), said: x() }),
            Why::Probe(ProbeFault::NotUnderstood(x())),
        ];
        let mut said = std::collections::BTreeSet::new();
        for why in all {
            assert!(why.meaning().ends_with('.') && why.remedy().ends_with('.'), "{why}");
            assert!(!why.to_string().contains("stopped"), "{why}");
            assert!(said.insert(why.to_string()), "{why} is said of two");
        }
    }
}
