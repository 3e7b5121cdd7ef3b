//! Putting the engine together: folders, ledger, record, adapters, sources.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::{self, Receiver};
use zeroize::Zeroizing;

use crate::child::Family;
use crate::clock::Clock;
use crate::directory::{kerberos, ldap};
use crate::journal::file::{Disk, JournalFault, JournalFile};
use crate::logs::tail::{Missed, Taken};
use crate::portal;
use crate::portal::client::Patience;
use crate::portal::token::Application;
use crate::sensor::probe::Prober;
use crate::site::{Save, Site};
use crate::trust::{SystemRoots, Trust, TrustFault};

use super::directory::IN_FLIGHT;
use super::ledger::{LedgerFault, LedgerFile};
use super::outcomes::Outcomes;
use super::portal::Session;
use super::reader::Reader;
use super::record::Recorder;
use super::secrets::Secrets;
use super::{Answer, Engine, Shared};

/// Answers that may wait for the loop.
const WAITING: usize = 256;

/// What an engine is made from.
pub struct Parts {
    pub site: Site,
    pub clock: Clock,
    pub vault: Arc<Secrets>,
    /// Where attempts are counted.
    pub ledger: PathBuf,
    /// Where records are kept.
    pub records: PathBuf,
    /// The reader account's password; wiped with the vault.
    pub reader: Option<Zeroizing<String>>,
    /// What the application signs in with, where nobody enters a code; wiped with the vault.
    pub application: Option<Application>,
}

/// Why nothing could be begun.
#[derive(Debug, thiserror::Error)]
pub enum EngineFault {
    #[error(transparent)]
    Journal(#[from] JournalFault),
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
    #[error("the controllers' certificates can't be verified: {0}")]
    Trust(#[from] TrustFault),
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl Engine {
    /// Opens ledger and record. Answers come out of the receiver.
    pub fn start(parts: Parts) -> Result<(Self, Receiver<Answer>), EngineFault> {
        let file = create_record(&parts.records, &parts.clock)?;
        Self::start_on(parts, file)
    }

    /// The same on a record that is open already.
    pub fn start_on<D: Disk + Send + 'static>(
        parts: Parts,
        file: JournalFile<D>,
    ) -> Result<(Self, Receiver<Answer>), EngineFault> {
        let ledger = LedgerFile::in_folder(&parts.ledger)?;
        Self::start_over(parts, (file, ledger))
    }

    /// The same with the ledger, too, ready.
    pub fn start_over<D: Disk + Send + 'static>(
        parts: Parts,
        (file, ledger): (JournalFile<D>, LedgerFile),
    ) -> Result<(Self, Receiver<Answer>), EngineFault> {
        let Parts { site, clock, vault, ledger: _, records: _, reader, application } = parts;
        let (out, answers) = mpsc::channel(WAITING);
        let (directory_trust, portal_trust) = trusts(&site)?;
        let limits = site.limits;
        let patience = ldap::Patience { connect: limits.connect, answer: limits.answer };
        let reader = Reader::new(reader.map(|secret| vault.keep(secret)));
        let children = Family::default();
        let shared = Shared {
            recorder: Recorder::start(file, clock.clone(), Arc::clone(&vault), out.clone())?,
            ledger,
            directory: ldap::Client::new(directory_trust, clock.clone()).with_patience(patience),
            kerberos: kerberos::Client::new(clock.clone()).with_patience(patience),
            portal: portal::client::Client::new(&portal_trust, &clock, Patience::default()),
            prober: Prober::new(clock.clone(), limits.probe).within(&children),
            missed: site.sources.iter().map(|source| (source.id, Missed::default())).collect(),
            taken: site.commands.iter().map(|command| (command.id, Taken::default())).collect(),
            permits: Mutex::new(HashMap::new()),
            outcomes: Outcomes::default(),
            session: Mutex::new(Session::of(application, &vault)),
            renewing: tokio::sync::Mutex::default(),
            skews: Mutex::default(),
            site,
            clock,
            vault,
            reader,
            in_flight: tokio::sync::Semaphore::new(IN_FLIGHT),
            out,
        };
        Ok((Self { shared: Arc::new(shared), watches: Mutex::default(), children }, answers))
    }
}

/// Whose certificates are believed: of controllers, and of the portal.
///
/// A site's CA file speaks for its controllers alone. Microsoft's hosts are vouched for by this machine's roots; a
/// workspace of the site's own, where the console saves, may be vouched for by either.
pub fn trusts(site: &Site) -> Result<(Trust, Trust), TrustFault> {
    let system = SystemRoots::default();
    let directory = match &site.ca {
        Some(pem) => Trust::pinned(pem)?,
        None => Trust::system(&system),
    };
    // The controllers are asked in any case, so that what is wrong with it is said before anything begins.
    directory.config()?;
    let portal = match (&site.save, &site.ca) {
        (_, Some(_)) if site.lab => directory.clone(),
        (Save::Workspace { .. }, Some(pem)) => Trust::system_and(&system, pem)?,
        (_, None) => directory.clone(),
        (Save::HandOff, Some(_)) => Trust::system(&system),
    };
    Ok((directory, portal))
}

/// A new record, named by the moment it begins.
fn create_record(folder: &Path, clock: &Clock) -> Result<JournalFile, JournalFault> {
    let stamp = clock.now().wall.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut name = format!("{stamp}.jsonl");
    for again in 2..100 {
        match JournalFile::create(folder, &name) {
            Err(JournalFault::Io { source, .. }) if source.kind() == std::io::ErrorKind::AlreadyExists => {
                name = format!("{stamp}-{again}.jsonl");
            }
            done => return done,
        }
    }
    JournalFile::create(folder, &name)
}
