//! A small site of its own on loopback: a directory, a portal with its sign-in, sensors that bind and write logs.
//!
//! Relies on the clock and on nothing else of the program, so that an error in a client can't cancel itself out here.
//! The world decides, purely; the servers carry it over real protocols. Everything that runs ends with the [`Lab`].
//! Deliberately absent: privileges, configuration, addresses other than 127.0.0.1.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::clock::{Clock, Work};

pub mod address;
pub mod scenario;
pub mod service;
pub mod world;

mod http;
mod kdc;
mod ldap;
mod logfile;
mod pki;
mod seeded;
mod sensors;
mod start;

pub use address::Addresses;
pub use scenario::Scenario;
pub use world::directory::Attempt;

use world::World;

/// Before a connection is taken again, when none could be.
const BREATH: Duration = Duration::from_millis(100);

pub struct StartOptions {
    pub scenario: Scenario,
    pub clock: Clock,
    /// Where logs and service states are written; made when it isn't there.
    pub folder: PathBuf,
    /// The program that answers `lab-service`.
    pub program: PathBuf,
    /// Replaces the right password.
    pub password: Option<String>,
}

/// Why the lab did not start. Nothing outside the lab is touched by it.
#[derive(Debug, thiserror::Error)]
pub enum LabFault {
    #[error(
        "the lab could not open a port on 127.0.0.1: {0}; it needs a few dozen free ports on loopback, as many open files (ulimit -n), and no privileges"
    )]
    Listen(std::io::Error),
    #[error(
        "the lab could not write its logs to {folder}: {source}; make room there, or name another folder by TMPDIR"
    )]
    Folder { folder: PathBuf, source: std::io::Error },
    #[error("the lab could not make its certificates: {0}; this is a fault of the program, please report it")]
    Certificates(#[from] pki::PkiFault),
}

/// What every part of the running lab shares.
pub struct Shared {
    world: Mutex<World>,
    clock: Clock,
    /// Tells whoever plays the sensors that the agenda has changed.
    nudges: mpsc::UnboundedSender<Work>,
    logs: logfile::LogFolder,
    services: PathBuf,
    /// Requests to Graph that came although they had been asked to wait.
    impatient: AtomicU32,
}

impl Shared {
    /// The world as it is by now.
    fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.directory.catch_up(self.clock.now().wall);
        world
    }

    /// Hands on the work whose consequence now stands in the agenda.
    fn nudge(&self, work: Work) {
        // Nobody listens only when the lab is ending.
        let _ = self.nudges.send(work);
    }
}

/// A running lab. Ends when dropped.
pub struct Lab {
    shared: Arc<Shared>,
    /// Made once, at the start; the tasks behind it are in `tasks`.
    site: start::Site,
    tasks: JoinSet<()>,
    /// Ports that belong to controllers which don't listen, held so that nobody else does.
    _silent: Vec<TcpSocket>,
}

impl Lab {
    /// Where everything is.
    pub fn addresses(&self) -> Addresses {
        self.site.addresses(&self.shared.world())
    }

    /// Every bind with a name so far, in order.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.shared.world().directory.attempts().to_vec()
    }

    /// How many requests to Graph came although they had been asked to wait.
    pub fn impatient(&self) -> u32 {
        self.shared.impatient.load(Ordering::Relaxed)
    }

    /// How many changes of the entry were taken.
    pub fn saves(&self) -> u32 {
        self.shared.world().entry.saves()
    }

    /// Whether what is stored is the account's current password.
    pub fn stored_is_right(&self) -> bool {
        self.shared.world().stored_is_right()
    }

    /// Whether the entry's account is locked now.
    pub fn account_locked(&self) -> bool {
        let now = self.shared.clock.now().wall;
        let world = self.shared.world();
        let lockout = world.directory.policy.lockout;
        let mut accounts = world.directory.accounts.iter();
        accounts.any(|account| account.name == world::ACCOUNT && account.is_locked(lockout, now))
    }

    /// Ends every task and waits until they have ended.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

#[cfg(test)]
#[path = "../tests/support/directory_cases.rs"]
pub mod directory_cases;
#[cfg(test)]
mod tests;
