//! Asks a host about a service by running one program: no shell, its own process group, nothing of ours in its hands.
//!
//! Relies on `child` for running it and for killing it, with all it started, when time is up or nobody waits any more;
//! what it prints is capped.
//! Deliberately absent: any command that changes a service, and keeping what was printed.

use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::Semaphore;

use super::{ProbeFault, Server, Service, ServiceState, scm};
use crate::child::{Family, Running};
use crate::clock::Clock;
use crate::text::Safe;

/// The most that is read of what a program prints, on either stream.
pub const MOST: usize = 64 * 1024;

/// How many hosts are asked at once.
pub const AT_ONCE: usize = 8;

/// How long output may still come after the program has ended, from something it left behind.
const GRACE: Duration = Duration::from_millis(500);

/// A command with `{host}` and `{service}` standing in its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    program: String,
    arguments: Vec<String>,
}

impl Template {
    pub fn new(command: impl IntoIterator<Item = String>) -> Result<Self, ProbeFault> {
        let mut command = command.into_iter();
        let program = command.next().filter(|program| !program.is_empty()).ok_or(ProbeFault::NoCommand)?;
        Ok(Self { program, arguments: command.collect() })
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
    template: Arc<Template>,
    limit: Duration,
    slots: Arc<Semaphore>,
    family: Family,
}

impl Prober {
    /// `limit` is the time one question may take, once its turn has come.
    #[must_use]
    pub fn new(clock: Clock, template: Template, limit: Duration) -> Self {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        Self { clock, template: Arc::new(template), limit, slots, family: Family::default() }
    }

    /// What it starts ends with `family`, at the latest.
    #[must_use]
    pub fn within(self, family: &Family) -> Self {
        Self { family: family.clone(), ..self }
    }

    /// Runs the probe once. Dropping the future kills what was started.
    pub async fn ask(&self, server: &Server, service: Service) -> Result<ServiceState, ProbeFault> {
        let arguments = self.template.filled(&server.host, service)?;
        let _work = self.clock.work();
        let _slot =
            self.slots.acquire().await.map_err(|_| ProbeFault::Cut("the console is leaving".into()))?;
        let program = &self.template.program;
        let mut running =
            self.family.start(program, &arguments).map_err(|error| not_started(program, &error))?;
        let done = match self.clock.timeout(self.limit, finish(&mut running, &self.clock)).await {
            Ok(done) => done?,
            Err(_) => return Err(ProbeFault::TimedOut { seconds: self.limit.as_secs() }),
        };
        self.judge(&done)
    }

    fn judge(&self, done: &Finished) -> Result<ServiceState, ProbeFault> {
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
        let said = scm::first_words(&String::from_utf8_lossy(said));
        let ssh = Path::new(&self.template.program).file_name().is_some_and(|name| name == "ssh");
        if ssh && done.status.code() == Some(255) {
            return Err(ProbeFault::Ssh(said));
        }
        Err(ProbeFault::Failed { code: Safe::from(done.status.to_string()), said })
    }
}

#[derive(Debug)]
struct Finished {
    status: ExitStatus,
    output: Vec<u8>,
    errors: Vec<u8>,
}

async fn finish(running: &mut Running, clock: &Clock) -> Result<Finished, ProbeFault> {
    let (mut output, mut errors) = (Capped::default(), Capped::default());
    let (out, err) = running.pipes();
    let status = {
        let reading = async { tokio::try_join!(output.read(out), errors.read(err)).map(drop) };
        tokio::pin!(reading);
        tokio::select! {
            read = &mut reading => {
                read?;
                running.wait().await
            }
            status = running.wait() => {
                // A program that leaves something behind (ssh's shared connection does) must not be waited for.
                match clock.timeout(GRACE, &mut reading).await {
                    Ok(read) => read?,
                    Err(_) => running.kill(),
                }
                status
            }
        }
    };
    let status = status.map_err(|error| ProbeFault::Cut(Safe::from(error.to_string())))?;
    running.let_go();
    Ok(Finished { status, output: output.0, errors: errors.0 })
}

fn not_started(program: &str, error: &io::Error) -> ProbeFault {
    match error.kind() {
        io::ErrorKind::NotFound => ProbeFault::NoProgram(Safe::new(program)),
        _ => ProbeFault::NotStarted { program: Safe::new(program), reason: Safe::from(error.to_string()) },
    }
}

#[derive(Debug, Default)]
struct Capped(Vec<u8>);

impl Capped {
    async fn read(&mut self, from: Option<impl AsyncRead + Unpin>) -> Result<(), ProbeFault> {
        let Some(mut from) = from else { return Ok(()) };
        loop {
            let room = (MOST + 1).saturating_sub(self.0.len());
            let mut piece = (&mut from).take(room as u64);
            match piece.read_buf(&mut self.0).await {
                Ok(0) => return Ok(()),
                Ok(_) if self.0.len() > MOST => return Err(ProbeFault::TooLong { kibibytes: MOST / 1024 }),
                Ok(_) => {}
                Err(error) => return Err(ProbeFault::Cut(Safe::from(error.to_string()))),
            }
        }
    }
}

#[cfg(test)]
mod tests;
