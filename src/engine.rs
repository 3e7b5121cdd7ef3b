//! Does what the walk wants done: an `Effect` in, an `Event` out. The only room that starts tasks and calls adapters.
//!
//! Relies on every adapter, the ledger, the vault and the record. Each errand is a task that ends in exactly one
//! closing event, also when it panics. Binds that were sent are never cancelled; whoever leaves awaits them.
//! Deliberately absent: decisions; they were made before an effect came here.

pub mod ledger;
pub mod record;
pub mod secrets;
pub mod vault;

mod directory;
mod outcomes;
mod portal;
mod reader;
mod sensors;
mod start;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;

use crate::child::Family;
use crate::clock::{Clock, Work};
use crate::directory::Host;
use crate::directory::lockout::{AttemptId, Permit};
use crate::logs::tail::{Missed, Taken};
use crate::logs::window::{Counted, Loaded};
use crate::logs::{Record, SourceId};
use crate::sensor::probe::Prober;
use crate::site::Site;
use crate::text::Safe;
use crate::walkthrough::effect::{Effect, Ticket};
use crate::walkthrough::event::{self, Event};

use ledger::LedgerFile;
use outcomes::Outcomes;
use record::Recorder;
use secrets::Secrets;

pub use start::{EngineFault, Parts, trusts};

/// Something came back. The work it carries is let go once it has been taken in.
#[derive(Debug)]
pub struct Answer {
    pub told: Told,
    pub work: Work,
}

#[derive(Debug)]
pub enum Told {
    Event(Box<Event>),
    Records(Vec<Record>),
    /// How far the counting of what lies above a log's records has come.
    Counted(Counted),
    /// A piece of a log that the pane asked for.
    Loaded(Loaded),
}

/// Does effects. Dropping it ends every watch, and every probe with all it started.
#[derive(Debug)]
pub struct Engine {
    shared: Arc<Shared>,
    /// Log sources that are followed.
    watches: Mutex<JoinSet<()>>,
    /// Every program that was started.
    children: Family,
}

/// What errands share.
#[derive(Debug)]
struct Shared {
    site: Site,
    clock: Clock,
    vault: Arc<Secrets>,
    ledger: LedgerFile,
    recorder: Recorder,
    directory: crate::directory::ldap::Client,
    kerberos: crate::directory::kerberos::Client,
    portal: crate::portal::client::Client,
    prober: Prober,
    /// Sources of files, and whether the mark could name them.
    missed: Vec<(SourceId, Missed)>,
    /// How far each command's output was taken.
    taken: Vec<(SourceId, Taken)>,
    permits: Mutex<HashMap<AttemptId, Permit>>,
    outcomes: Outcomes,
    session: Mutex<portal::Session>,
    /// Held by whoever gets new tokens: a refresh token that is used twice is taken for a stolen one.
    renewing: tokio::sync::Mutex<()>,
    reader: reader::Reader,
    /// By how much a controller's clock is ahead, as its refusal of ours told.
    skews: Mutex<HashMap<Host, SignedDuration>>,
    /// So many controllers are given the password, or reached, at once.
    in_flight: tokio::sync::Semaphore,
    out: Sender<Answer>,
}

impl Engine {
    /// Starts on an effect. Never blocks and never fails: what goes wrong comes back as an event.
    pub fn act(&self, effect: Effect) {
        let shared = Arc::clone(&self.shared);
        match effect {
            Effect::RequestCode(ticket) => self.portal(ticket, portal::request_code(shared)),
            Effect::PollSignIn(ticket) => self.portal(ticket, portal::poll_sign_in(shared)),
            Effect::ReadEntries(ticket) => self.portal(ticket, portal::read_entries(shared)),
            Effect::ReadEntry(ticket, id) => self.portal(ticket, portal::read_entry(shared, id)),
            Effect::ReadPortal(ticket) => self.portal(ticket, portal::read(shared)),
            Effect::ReadIssuer(ticket) => self.portal(ticket, portal::read_issuer(shared)),
            Effect::Save { ticket, entry, change, account, secret } => {
                let change = crate::portal::workspace::Change {
                    entry: entry.id,
                    etag: entry.etag,
                    id: change,
                    account: account.name,
                    domain: account.domain,
                    single_label: entry.single_label,
                };
                self.save(ticket, change, secret);
            }
            Effect::Reach(ticket, host, account) => {
                self.directory(ticket, directory::reach(shared, host, account));
            }
            Effect::Reserve(ticket, reservation) => {
                self.directory(ticket, directory::reserve(shared, reservation));
            }
            Effect::ReadStanding(ticket, host, account) => {
                self.directory(ticket, directory::read_standing(shared, host, account));
            }
            Effect::Test { ticket, attempt, host, protocol, account, secret } => {
                let test = directory::Test { attempt, host, protocol, account, secret };
                self.test(ticket, test);
            }
            Effect::Release(attempt) => directory::release(&shared, attempt),
            Effect::TakeMark(ticket, reader) => self.mark(ticket, reader),
            Effect::AskService { ticket, host, service } => self.ask_service(ticket, host, service),
            Effect::OpenRecord(ticket, id) => {
                self.shared.recorder.open(ticket, &id, self.shared.clock.work());
            }
            Effect::Follow(from) => self.follow(&from),
            Effect::Record(ticket, fact) => {
                self.shared.recorder.write(ticket, fact, self.shared.clock.work());
            }
            Effect::Freeze(ticket) => {
                let frozen = self.shared.vault.freeze();
                self.tell(Event::Secret(event::Secret::Frozen(ticket, frozen)));
            }
            Effect::ClearField => {
                let _ = self.shared.vault.edit(vault::Edit::Clear);
            }
            // The loop's, which has the terminal.
            Effect::PutOnClipboard(_) | Effect::OverwriteClipboard => {}
            Effect::Wipe(secret) => self.shared.vault.wipe(secret),
            Effect::End => self.shared.vault.wipe_all(),
        }
    }

    pub fn vault(&self) -> &Secrets {
        &self.shared.vault
    }

    pub fn recorder(&self) -> &Recorder {
        &self.shared.recorder
    }

    /// Ends every watch and every program that was started; what else is under way still answers.
    pub fn stop_watching(&self) {
        self.watches().abort_all();
        self.children.end();
    }

    fn watches(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends an answer that is there at once.
    fn tell(&self, event: Event) {
        let (out, work) = (self.shared.out.clone(), self.shared.clock.work());
        tokio::spawn(async move {
            // Nobody listens any more only when the program is leaving.
            let _ = out.send(Answer { told: Told::Event(Box::new(event)), work }).await;
        });
    }

    /// Runs an errand as a task of its own; its panic becomes the closing event that `failed` makes.
    fn run<T, F>(&self, errand: F, closing: impl FnOnce(Result<T, Safe>) -> Event + Send + 'static)
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (out, work) = (self.shared.out.clone(), self.shared.clock.work());
        tokio::spawn(async move {
            let ended = tokio::spawn(errand).await;
            let event =
                closing(ended.map_err(|_| Safe::new("a task of the program failed; its log has more")));
            let _ = out.send(Answer { told: Told::Event(Box::new(event)), work }).await;
        });
    }

    fn portal<F>(&self, ticket: Ticket, errand: F)
    where
        F: Future<Output = event::Portal> + Send + 'static,
    {
        self.run(errand, move |ended| {
            let failed = |why| event::Portal::Failed(crate::portal::Fault::Internal(why));
            Event::Portal(ticket, ended.unwrap_or_else(failed))
        });
    }

    fn save(
        &self,
        ticket: Ticket,
        change: crate::portal::workspace::Change,
        secret: crate::secret::SecretId,
    ) {
        let shared = Arc::clone(&self.shared);
        self.run(portal::save(shared, change, secret), move |ended| {
            // A panic says nothing of how far the request came.
            let lost = |why| crate::portal::SaveAnswer::Lost(crate::portal::Fault::Internal(why));
            Event::Portal(ticket, event::Portal::SaveAnswered(ended.unwrap_or_else(lost)))
        });
    }

    fn directory<F>(&self, ticket: Ticket, errand: F)
    where
        F: Future<Output = event::Directory> + Send + 'static,
    {
        self.run(errand, move |ended| {
            Event::Directory(ticket, ended.unwrap_or_else(event::Directory::LedgerFailed))
        });
    }

    fn test(&self, ticket: Ticket, test: directory::Test) {
        let shared = Arc::clone(&self.shared);
        let (attempt, host, protocol) = (test.attempt, test.host.clone(), test.protocol);
        self.run(directory::test(shared, test), move |ended| {
            let tested = ended.unwrap_or_else(directory::panicked);
            Event::Directory(ticket, event::Directory::Tested { attempt, host, protocol, tested })
        });
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shared.prober.end();
        self.children.end();
    }
}

impl Shared {
    fn permits(&self) -> MutexGuard<'_, HashMap<AttemptId, Permit>> {
        self.permits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn skews(&self) -> MutexGuard<'_, HashMap<Host, SignedDuration>> {
        self.skews.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn session(&self) -> MutexGuard<'_, portal::Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
