//! One program under way, with everything it may have started: a process group that never outlives who waits for it.
//!
//! Relies on Unix process groups. Whoever leaves ends all groups at once and by itself: a runtime that is dropped in the
//! background may not come to it. Deliberately absent: what the program is for, and a process that leaves its group.

use std::collections::BTreeSet;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::clock::Clock;
use crate::sensor::ProbeFault;
use crate::text::Safe;

/// The most that is read of what a program prints, on either stream.
pub const MOST: usize = 64 * 1024;

/// How long output may still come after the program has ended, from something it left behind.
pub(super) const GRACE: Duration = Duration::from_millis(500);

/// The variables a program is given; `LC_ALL` is always `C`. Those of Kerberos are where `kinit` put its ticket.
const KEPT: [&str; 5] = ["PATH", "HOME", "SSH_AUTH_SOCK", "KRB5CCNAME", "KRB5_CONFIG"];

/// The groups that are under way. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    alive: BTreeSet<i32>,
    /// Nothing is started any more.
    ended: bool,
}

impl Groups {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills all of them, and whatever would be started after.
    pub(super) fn end(&self) {
        let mut known = self.lock();
        known.ended = true;
        std::mem::take(&mut known.alive).into_iter().filter_map(Pid::from_raw).for_each(kill);
    }
}

fn kill(group: Pid) {
    // It may be gone already; that is what was wanted.
    let _ = kill_process_group(group, Signal::KILL);
}

#[derive(Debug)]
pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) output: Vec<u8>,
    pub(super) errors: Vec<u8>,
}

/// A program under way, with everything it may have started: killed when dropped, unless it ended by itself.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    group: Option<Pid>,
    groups: Groups,
}

impl Running {
    pub(super) fn start(groups: &Groups, program: &str, arguments: &[String]) -> Result<Self, ProbeFault> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        // Whoever ends all groups finds this one among them, or it isn't started at all.
        let mut known = groups.lock();
        if known.ended {
            return Err(ProbeFault::Cut("the console is leaving".into()));
        }
        let child = command.spawn().map_err(|error| not_started(program, &error))?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        known.alive.extend(group.map(Pid::as_raw_pid));
        Ok(Self { child, group, groups: groups.clone() })
    }

    pub(super) async fn finish(&mut self, clock: &Clock) -> Result<Finished, ProbeFault> {
        let (mut output, mut errors) = (Capped::default(), Capped::default());
        let (out, err) = (self.child.stdout.take(), self.child.stderr.take());
        let status = {
            let reading = async { tokio::try_join!(output.read(out), errors.read(err)).map(drop) };
            tokio::pin!(reading);
            tokio::select! {
                read = &mut reading => {
                    read?;
                    self.child.wait().await
                }
                status = self.child.wait() => {
                    // A program that leaves something behind (ssh's shared connection does) must not be waited for.
                    match clock.timeout(GRACE, &mut reading).await {
                        Ok(read) => read?,
                        Err(_) => self.kill(),
                    }
                    status
                }
            }
        };
        let status = status.map_err(|error| ProbeFault::Cut(Safe::from(error.to_string())))?;
        self.forget();
        Ok(Finished { status, output: output.0, errors: errors.0 })
    }

    fn forget(&mut self) -> Option<Pid> {
        let group = self.group.take()?;
        // One that is not known any more was killed already, and its id may be another's by now.
        self.groups.lock().alive.remove(&group.as_raw_pid()).then_some(group)
    }

    fn kill(&mut self) {
        if let Some(group) = self.forget() {
            kill(group);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
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
