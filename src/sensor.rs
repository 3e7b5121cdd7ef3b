//! A sensor server and its two Windows services: what was observed of them, and what that adds up to.
//!
//! Pure. *Running* is said only when the same process id was seen twice, at least the settle time apart; a changing
//! id is *restarting*; a failure to ask is *unknown*, never *stopped*. The service names are Microsoft's.
//! Deliberately absent: starting and stopping a service; the console never does either.

pub mod fault;
pub mod probe;
pub mod scm;
pub mod ssh;

use std::fmt;
use std::time::Duration;

use crate::clock::{Instant, Now};
use crate::text::Safe;

pub use fault::{ProbeFault, Why};

/// A server on which a sensor is installed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    pub host: Safe,
    /// A standalone sensor watches a domain controller from a server of its own.
    pub standalone: bool,
    pub way: Way,
}

impl Server {
    /// Somebody other than the operator looks at its services.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.way != Way::ByHand
    }
}

/// How a server's services are asked about, and so how they would be started by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Windows' own `sc.exe`, over RPC.
    Sc,
    /// `sc.exe` on the host itself, over ssh.
    Ssh,
    /// Samba's `net rpc`, which tells no process id.
    NetRpc,
    /// A command of the site's own.
    Command,
    /// Nobody asks: the operator looks, and marks them.
    ByHand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    Sensor,
    Updater,
}

impl Service {
    pub const ALL: [Self; 2] = [Self::Sensor, Self::Updater];

    /// The name Windows knows it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sensor => "AATPSensor",
            Self::Updater => "AATPSensorUpdater",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What one look at a service showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// The process id, where the way of asking tells it.
    Running {
        pid: Option<u32>,
    },
    Stopped,
    Starting,
    Stopping,
    Paused,
    Disabled,
    Absent,
    Unknown(Why),
}

/// How an observation was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    Probe,
    /// The operator's own word, with what it rests on.
    MarkedByOperator(Safe),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    pub server: Server,
    pub service: Service,
    pub state: ServiceState,
    pub how: How,
    pub at: Now,
}

/// What all observations of one service add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    NotObserved,
    /// The same process id at both ends of at least the settle time.
    Running {
        pid: u32,
        since: Now,
    },
    /// Running when last seen; not yet long enough with one process id.
    Settling {
        pid: u32,
        since: Now,
    },
    /// Another process id than a moment ago, or one that went and came back: it doesn't stay up.
    Restarting {
        pid: u32,
        before: u32,
        since: Now,
    },
    /// It answers "running", but this way of asking tells no process id, so it can't be known to stay up.
    RunningUnproved {
        since: Now,
    },
    Starting {
        since: Now,
    },
    Stopping {
        since: Now,
    },
    Stopped {
        since: Now,
    },
    Paused {
        since: Now,
    },
    Disabled,
    Absent,
    Unknown(Why),
    MarkedByOperator {
        state: ServiceState,
        evidence: Safe,
        at: Now,
    },
}

/// The observations of one service, folded. Feed it in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    run: Option<Run>,
    before: Option<Run>,
    last: Option<Observation>,
    since: Option<Now>,
}

/// One process id, from when it was first to when it was last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    pid: u32,
    first: Now,
    last: Now,
}

impl Trail {
    pub fn observe(&mut self, observation: Observation) {
        if observation.how == How::Probe {
            self.fold_run(&observation);
        }
        let unchanged = self.last.as_ref().is_some_and(|last| {
            std::mem::discriminant(&last.state) == std::mem::discriminant(&observation.state)
                && last.how == observation.how
        });
        if !unchanged {
            self.since = Some(observation.at);
        }
        self.last = Some(observation);
    }

    fn fold_run(&mut self, observation: &Observation) {
        let at = observation.at;
        match observation.state {
            // Not having been able to ask says nothing, so a run goes on through it.
            ServiceState::Unknown(_) => {}
            ServiceState::Running { pid: Some(pid) } => match &mut self.run {
                Some(run) if run.pid == pid => run.last = at,
                _ => {
                    self.before = self.run.take().or(self.before);
                    self.run = Some(Run { pid, first: at, last: at });
                }
            },
            _ => self.before = self.run.take().or(self.before),
        }
    }

    /// The last look, however it was made.
    #[must_use]
    pub fn last(&self) -> Option<&Observation> {
        self.last.as_ref()
    }

    #[must_use]
    pub fn standing(&self, settle: Duration) -> Standing {
        let (Some(last), Some(since)) = (&self.last, self.since) else {
            return Standing::NotObserved;
        };
        if let How::MarkedByOperator(evidence) = &last.how {
            return Standing::MarkedByOperator {
                state: last.state.clone(),
                evidence: evidence.clone(),
                at: last.at,
            };
        }
        match &last.state {
            ServiceState::Running { .. } => self
                .run
                .map_or(Standing::RunningUnproved { since }, |run| standing_of(run, self.before, settle)),
            ServiceState::Stopped => Standing::Stopped { since },
            ServiceState::Starting => Standing::Starting { since },
            ServiceState::Stopping => Standing::Stopping { since },
            ServiceState::Paused => Standing::Paused { since },
            ServiceState::Disabled => Standing::Disabled,
            ServiceState::Absent => Standing::Absent,
            ServiceState::Unknown(why) => Standing::Unknown(why.clone()),
        }
    }

    /// Whether the service was seen running with one process id across the settle time, wholly after `mark`.
    #[must_use]
    pub fn ran_after(&self, mark: Instant, settle: Duration) -> bool {
        matches!(self.standing(settle), Standing::Running { .. })
            && self.run.is_some_and(|run| run.last.at.since(run.first.at.max(mark)) >= settle)
    }
}

fn standing_of(run: Run, before: Option<Run>, settle: Duration) -> Standing {
    let Run { pid, first: since, last } = run;
    if last.at.since(since.at) >= settle {
        return Standing::Running { pid, since };
    }
    // A process that went long before this one came was stopped and started; one that went just now fell over.
    match before {
        Some(before) if since.at.since(before.last.at) < settle => {
            Standing::Restarting { pid, before: before.pid, since }
        }
        _ => Standing::Settling { pid, since },
    }
}

#[cfg(test)]
mod tests;
