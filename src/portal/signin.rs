//! Signing in by device code as a small machine: an answer in, when to ask next or the outcome out.
//!
//! Sources: RFC 8628, and Entra ID's own words for the same (`authorization_declined`, `bad_verification_code`, AADSTS
//! numbers). Relies on its caller to poll and to tell the time. Deliberately absent: the device code itself and the
//! tokens, which are secrets.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::clock::Instant;
use crate::text::Safe;

#[cfg(test)]
mod tests;

/// By RFC 8628, when the answer names no interval.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// What `slow_down` adds, once and for all further polls.
const SLOWER: Duration = Duration::from_secs(5);
/// No server may make the console ask in a tight loop.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

/// What the operator types, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    pub user_code: Safe,
    pub verification_uri: Safe,
    pub expires: Instant,
    pub interval: Duration,
}

/// An OAuth error, with what an administrator needs to find it in Entra's sign-in log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// OAuth's word, e.g. `invalid_grant`.
    pub error: Safe,
    /// Entra's number, e.g. `AADSTS53003`.
    pub code: Option<Safe>,
    /// The description's first line.
    pub description: Safe,
    pub trace: Option<Safe>,
    pub correlation: Option<Safe>,
}

impl Rejection {
    /// Entra's number if there is one, else OAuth's word.
    pub fn name(&self) -> &Safe {
        self.code.as_ref().unwrap_or(&self.error)
    }
}

/// What one poll came back with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Granted { name: Option<Safe> },
    Rejected(Rejection),
    Lost(Fault),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    PollAt(Instant),
    Finished(Outcome),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    SignedIn {
        name: Option<Safe>,
    },
    /// The person at the browser said no.
    Declined,
    /// Nobody entered the code in time.
    Expired,
    /// Entra refuses this sign-in, often by a Conditional Access policy; asking again won't help.
    Blocked {
        code: Safe,
        description: Safe,
        trace: Option<Safe>,
        correlation: Option<Safe>,
    },
    Failed(Fault),
}

/// What an answer comes to where there is no code to wait for: an application's own sign-in, or a code that is refused.
pub fn at_once(answer: Answer) -> Outcome {
    match answer {
        Answer::Granted { name } => Outcome::SignedIn { name },
        Answer::Rejected(rejection) => blocked(rejection),
        Answer::Lost(fault) => Outcome::Failed(fault),
    }
}

fn blocked(rejection: Rejection) -> Outcome {
    Outcome::Blocked {
        code: rejection.name().clone(),
        description: rejection.description,
        trace: rejection.trace,
        correlation: rejection.correlation,
    }
}

/// One sign-in, from the code shown to its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    code: DeviceCode,
    interval: Duration,
    next_poll: Instant,
    trouble: Option<Fault>,
    outcome: Option<Outcome>,
}

impl SignIn {
    #[must_use]
    pub fn started(code: DeviceCode, now: Instant) -> Self {
        let interval = code.interval.max(SHORTEST_INTERVAL);
        let next_poll = now.after(interval).min(code.expires);
        Self { code, interval, next_poll, trouble: None, outcome: None }
    }

    pub fn code(&self) -> &DeviceCode {
        &self.code
    }

    /// When to ask next; the first time after [`SignIn::started`], too.
    pub fn next_poll(&self) -> Instant {
        self.next_poll
    }

    /// Why the last poll had no answer, while it is being tried again.
    pub fn trouble(&self) -> Option<&Fault> {
        self.trouble.as_ref()
    }

    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Takes the answer of a poll. Once finished, later answers change nothing.
    pub fn handle(&mut self, answer: Answer, now: Instant) -> Next {
        if let Some(outcome) = &self.outcome {
            return Next::Finished(outcome.clone());
        }
        self.trouble = None;
        match answer {
            Answer::Granted { name } => self.finish(Outcome::SignedIn { name }),
            Answer::Rejected(rejection) => self.rejected(rejection, now),
            Answer::Lost(fault) => self.lost(fault, now),
        }
    }

    fn rejected(&mut self, rejection: Rejection, now: Instant) -> Next {
        match rejection.error.as_str() {
            "authorization_pending" => self.wait(self.interval, now),
            "slow_down" => {
                self.interval = self.interval.saturating_add(SLOWER);
                self.wait(self.interval, now)
            }
            "temporarily_unavailable" | "server_error" => {
                self.trouble = Some(Fault::Refused(400, rejection.name().clone()));
                self.wait(self.interval, now)
            }
            "authorization_declined" | "access_denied" => self.finish(Outcome::Declined),
            "expired_token" => self.finish(Outcome::Expired),
            // Says nothing of a policy: the code was used up, or never was one.
            "bad_verification_code" => {
                let told = format!("{}: the sign-in code is not known any more", rejection.name());
                self.finish(Outcome::Failed(Fault::Refused(400, told.into())))
            }
            _ => self.finish(blocked(rejection)),
        }
    }

    fn lost(&mut self, fault: Fault, now: Instant) -> Next {
        let wait = match &fault {
            Fault::Throttled(asked) => self.interval.max(*asked),
            Fault::Unreachable(_)
            | Fault::TimedOut
            | Fault::CutShort
            | Fault::Server(_)
            | Fault::Garbled(_) => self.interval,
            Fault::Certificate(_)
            | Fault::Unauthorized
            | Fault::Forbidden(_)
            | Fault::NotFound
            | Fault::Refused(..)
            | Fault::Foreign(_)
            | Fault::Internal(_) => return self.finish(Outcome::Failed(fault)),
        };
        self.trouble = Some(fault);
        self.wait(wait, now)
    }

    /// The last poll is at the code's end at the latest: it may have been entered in its last seconds.
    fn wait(&mut self, by: Duration, now: Instant) -> Next {
        if now >= self.code.expires {
            return self.finish(Outcome::Expired);
        }
        self.next_poll = now.after(by).min(self.code.expires);
        Next::PollAt(self.next_poll)
    }

    fn finish(&mut self, outcome: Outcome) -> Next {
        self.outcome = Some(outcome.clone());
        Next::Finished(outcome)
    }
}
