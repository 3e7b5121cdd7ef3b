//! Runs the site's own programs: no shell, each in a process group of its own, nothing of ours in its hands.
//!
//! Relies on Unix process groups. A program gets no input and six variables of the environment at most. It and all it
//! started are killed when nobody waits for it any more, or when its whole [`Family`] is ended: a runtime that is dropped in
//! the background may not come to dropping a task. Deliberately absent: what is run, and a process that leaves its group.

use std::collections::BTreeSet;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

/// The variables a program is given; `LC_ALL` is always `C`. Those of Kerberos are where `kinit` put its ticket.
const KEPT: [&str; 5] = ["PATH", "HOME", "SSH_AUTH_SOCK", "KRB5CCNAME", "KRB5_CONFIG"];

/// Why nothing runs.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    #[error("the console is leaving")]
    Leaving,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The programs that run for one engine. Cheap to clone; all clones are one family.
#[derive(Clone, Debug, Default)]
pub struct Family(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    alive: BTreeSet<i32>,
    /// Nothing is started any more.
    ended: bool,
}

impl Family {
    pub fn start(&self, program: &str, arguments: &[String]) -> Result<Running, NotStarted> {
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
        // Whoever ends the family finds this one in it, or it isn't started at all.
        let mut known = self.lock();
        if known.ended {
            return Err(NotStarted::Leaving);
        }
        let child = command.spawn()?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        known.alive.extend(group.map(Pid::as_raw_pid));
        Ok(Running { child, group, family: self.clone() })
    }

    /// Kills all that runs, and whatever would be started after.
    pub fn end(&self) {
        let mut known = self.lock();
        known.ended = true;
        std::mem::take(&mut known.alive).into_iter().filter_map(Pid::from_raw).for_each(kill);
    }

    /// Kills all that runs, as a lost link would.
    #[cfg(test)]
    pub fn cut(&self) {
        let alive = std::mem::take(&mut self.lock().alive);
        alive.into_iter().filter_map(Pid::from_raw).for_each(kill);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A program under way, with everything it may have started: killed when dropped, unless it was let go.
#[derive(Debug)]
pub struct Running {
    child: Child,
    group: Option<Pid>,
    family: Family,
}

impl Running {
    /// What it prints and what it complains of; once.
    pub fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// It ended by itself, and what it left behind is its own affair.
    pub fn let_go(&mut self) -> Option<Pid> {
        let group = self.group.take()?;
        // One that is not known any more was killed already, and its id may be another's by now.
        self.family.lock().alive.remove(&group.as_raw_pid()).then_some(group)
    }

    pub fn kill(&mut self) {
        if let Some(group) = self.let_go() {
            kill(group);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

fn kill(group: Pid) {
    // It may be gone already; that is what was wanted.
    let _ = kill_process_group(group, Signal::KILL);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_family_that_is_ended_leaves_nobody_behind() {
        let family = Family::default();
        let arguments = ["-c".to_owned(), "sleep 1000 & wait".to_owned()];
        let mut two = [(); 2].map(|()| family.start("sh", &arguments).unwrap());
        family.end();
        for running in &mut two {
            assert!(!running.wait().await.unwrap().success());
        }
        assert!(matches!(family.start("true", &[]), Err(NotStarted::Leaving)));
        assert!(family.lock().alive.is_empty());
    }

    #[tokio::test]
    async fn what_was_let_go_is_not_killed_with_the_family() {
        let family = Family::default();
        let mut running = family.start("true", &[]).unwrap();
        assert!(running.wait().await.unwrap().success());
        running.let_go();
        assert!(family.lock().alive.is_empty());
    }
}
