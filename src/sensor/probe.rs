//! Asks a host about a service by running one program: no shell, its own process group, nothing of ours in its hands.
//!
//! Relies on `child` for running it and for killing it, with all it started, when time is up or nobody waits any more;
//! what it prints is capped.
//! Deliberately absent: any command that changes a service, and keeping what was printed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::{ProbeFault, Server, Service, ServiceState, Way, scm, ssh};
use crate::child::Family;
use crate::clock::Clock;
use crate::text::Safe;

mod running;

use running::Finished;

pub use running::MOST;

/// How many hosts are asked at once, whatever the way of asking.
pub const AT_ONCE: usize = 8;

/// A command with `{host}` and `{service}` standing in its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    way: Way,
    program: String,
    arguments: Vec<String>,
}

impl Template {
    pub fn new(way: Way, command: impl IntoIterator<Item = String>) -> Result<Self, ProbeFault> {
        let mut command = command.into_iter();
        let program = command.next().filter(|program| !program.is_empty()).ok_or(ProbeFault::NoCommand)?;
        Ok(Self { way, program, arguments: command.collect() })
    }

    #[must_use]
    pub fn way(&self) -> Way {
        self.way
    }

    /// The arguments for one question.
    fn filled(&self, host: &str, service: Service) -> Result<Vec<String>, ProbeFault> {
        if !is_host_name(host) {
            return Err(ProbeFault::NotAHostName(Safe::new(host)));
        }
        Ok(self
            .arguments
            .iter()
            .map(|argument| argument.replace("{host}", host).replace("{service}", service.name()))
            .collect())
    }
}

/// Letters, digits, hyphens and dots, in labels that neither begin nor end with a hyphen: nothing an option or a
/// remote shell could be made of. An address is one too; IPv6 isn't.
fn is_host_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Asks hosts, at most [`AT_ONCE`] at a time. Cheap to clone; all clones share the limit.
#[derive(Clone, Debug)]
pub struct Prober {
    clock: Clock,
    limit: Duration,
    slots: Arc<Semaphore>,
    family: Family,
}

impl Prober {
    /// `limit` is the time one question may take, once its turn has come.
    #[must_use]
    pub fn new(clock: Clock, limit: Duration) -> Self {
        Self { clock, limit, slots: Arc::new(Semaphore::new(AT_ONCE)), family: Family::default() }
    }

    /// What it starts ends with `family`, at the latest.
    #[must_use]
    pub fn within(self, family: &Family) -> Self {
        Self { family: family.clone(), ..self }
    }

    /// Runs the probe once. Dropping the future kills what was started.
    pub async fn ask(
        &self,
        template: &Template,
        server: &Server,
        service: Service,
    ) -> Result<ServiceState, ProbeFault> {
        let arguments = template.filled(&server.host, service)?;
        let _work = self.clock.work();
        let _slot =
            self.slots.acquire().await.map_err(|_| ProbeFault::Cut("the console is leaving".into()))?;
        let mut running = running::start(&self.family, &template.program, &arguments)?;
        let done = match self.clock.timeout(self.limit, running::finish(&mut running, &self.clock)).await {
            Ok(done) => done?,
            Err(_) => return Err(ProbeFault::TimedOut { seconds: self.limit.as_secs() }),
        };
        judge(template, &done)
    }

    /// Kills whatever is under way, and asks nothing any more.
    pub fn end(&self) {
        self.slots.close();
        self.family.end();
    }
}

fn judge(template: &Template, done: &Finished) -> Result<ServiceState, ProbeFault> {
    // Samba says what failed on the error stream; `sc` and ssh's remote side on the other.
    let not_understood =
        match scm::read(&done.output).or_else(|first| scm::read(&done.errors).map_err(|_| first)) {
            Ok(state) => return Ok(state),
            Err(not_understood) => not_understood.0,
        };
    if done.status.success() {
        return Err(ProbeFault::NotUnderstood(not_understood));
    }
    let said = if done.errors.is_empty() { &done.output } else { &done.errors };
    let said = String::from_utf8_lossy(said);
    let by_ssh = Path::new(&template.program).file_name().is_some_and(|name| name == "ssh");
    Err(match done.status.code() {
        Some(ssh::OWN_FAILURE) if by_ssh => ssh::failure(&said),
        // A shell's own codes; Windows' has none, and its words alone tell.
        Some(126 | 127) => ProbeFault::CommandNotFound(scm::first_words(&said)),
        _ if said.contains(" is not recognized as ") => ProbeFault::CommandNotFound(scm::first_words(&said)),
        _ => ProbeFault::Failed { code: Safe::from(done.status.to_string()), said: scm::first_words(&said) },
    })
}

#[cfg(test)]
mod tests;
