//! What the reader account sees of an account before anything is tried with that account's password.
//!
//! Each of its binds stands in the ledger before it leaves, at every controller. Refused once, it is never used again by
//! this process. Where there is a reader and it saw nothing, that is said, so that the guard doesn't take it for nothing to
//! see. Deliberately absent: the judgement (`lockout`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::directory::ldap::{Credential, ReaderFault};
use crate::directory::lockout::{AttemptId, Charge, Outcome, Request};
use crate::directory::{Account, Controller, Fault, Host, Protocol, Standing};
use crate::secret::SecretId;
use crate::site::Proof;

use super::Shared;
use super::directory::{IN_FLIGHT, controller, settle};
use super::ledger::LedgerFault;

/// How many controllers are tried in turn before the first that can be asked.
const TRIED: usize = 3;

/// The reader account's secret, and whether it may still be used.
#[derive(Debug, Default)]
pub(super) struct Reader {
    secret: Option<SecretId>,
    /// Refused once: never tried again by this process.
    refused: AtomicBool,
}

impl Reader {
    pub(super) fn new(secret: Option<SecretId>) -> Self {
        Self { secret, refused: AtomicBool::new(false) }
    }
}

/// What a reader saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub standing: Vec<Standing>,
    /// There is a reader, and it saw nothing.
    pub missed: bool,
}

/// Asks these controllers, the first of them first.
pub(super) async fn look(shared: &Arc<Shared>, hosts: Vec<Host>, account: &Account) -> Seen {
    // The reader would bind, and at a site of keys' proofs no password leaves this machine.
    let reader = shared.site.reader.clone().filter(|_| shared.site.proof != Proof::Kerberos);
    let (Some(reader), Some(secret)) = (reader, shared.reader.secret) else { return Seen::default() };
    let mut standing = Vec::new();
    if let Some(secret) = shared.vault.get(secret).filter(|_| !refused(shared)) {
        let asking = Asking { shared, reader: Credential { account: reader, secret }, account };
        let mut hosts = hosts.into_iter();
        standing.extend(asking.first(hosts.by_ref()).await);
        if !standing.is_empty() {
            standing.extend(asking.others(hosts.collect()).await);
        }
    }
    let missed = standing.is_empty();
    Seen { standing, missed }
}

fn refused(shared: &Shared) -> bool {
    shared.reader.refused.load(Ordering::Acquire)
}

struct Asking<'a> {
    shared: &'a Arc<Shared>,
    reader: Credential,
    account: &'a Account,
}

impl Asking<'_> {
    /// One at a time, up to the first to which the reader's password is sent.
    async fn first(&self, hosts: impl Iterator<Item = Host>) -> Option<Standing> {
        for host in hosts.take(TRIED) {
            let attempt = self.reserve(std::slice::from_ref(&host), Charge::Account).await.pop()?.1?;
            match self.ask(host, attempt).await {
                Err(ReaderFault::NotSent(_)) => {}
                read => return read.ok(),
            }
        }
        None
    }

    /// The reader's password has just been accepted; a controller may lag behind all the same, and is not asked twice.
    async fn others(&self, hosts: Vec<Host>) -> Vec<Standing> {
        let reserved = self.reserve(&hosts, Charge::ControllerOnly).await;
        let asked = reserved.into_iter().filter_map(|(host, attempt)| Some((host, attempt?)));
        stream::iter(asked)
            .map(|(host, attempt)| self.ask(host, attempt))
            .buffer_unordered(IN_FLIGHT)
            .filter_map(|read| async move { read.ok() })
            .collect()
            .await
    }

    /// What came of it is in the ledger before anybody hears of it.
    async fn ask(&self, host: Host, attempt: AttemptId) -> Result<Standing, ReaderFault> {
        let read = match controller(self.shared, &host) {
            _ if refused(self.shared) => Err(ReaderFault::NotSent(Fault::Unavailable)),
            Some(controller) => self.standing(&controller).await,
            None => Err(ReaderFault::NotSent(Fault::NoRoute)),
        };
        let outcome = outcome(&read);
        if outcome == Outcome::Refused {
            self.shared.reader.refused.store(true, Ordering::Release);
        }
        settle(self.shared, attempt, outcome).await;
        read
    }

    async fn standing(&self, controller: &Controller) -> Result<Standing, ReaderFault> {
        self.shared.directory.standing(controller, self.reader.clone(), self.account).await
    }

    /// One attempt at each, as far as the guard lets it.
    async fn reserve(&self, hosts: &[Host], charge: Charge) -> Vec<(Host, Option<AttemptId>)> {
        let requests: Vec<Request> = hosts.iter().map(|host| self.request(host, charge)).collect();
        let (ledger, now) = (self.shared.ledger.clone(), self.shared.clock.now().wall);
        let reserved = tokio::task::spawn_blocking(move || {
            let requests: Vec<_> = requests.iter().map(|request| (request, &[][..])).collect();
            let judged = ledger.reserve_each(&requests, now)?;
            let first = |one: super::ledger::Reserved| one.attempts.first().copied();
            Ok::<_, LedgerFault>(judged.into_iter().map(|one| first(one.ok()?)).collect::<Vec<_>>())
        });
        let reserved = reserved.await.ok().and_then(Result::ok).unwrap_or_default();
        hosts.iter().cloned().zip(reserved).collect()
    }

    fn request(&self, host: &Host, charge: Charge) -> Request {
        Request {
            account: self.reader.account.key(),
            controllers: vec![host.clone()],
            protocol: Protocol::Ldap,
            charge,
            typed_account_name: false,
            retest_of_current: false,
            unseen: false,
            lockout_window: self.shared.site.lockout_window,
        }
    }
}

fn outcome(read: &Result<Standing, ReaderFault>) -> Outcome {
    match read {
        Ok(_) | Err(ReaderFault::NoSuchAccount | ReaderFault::Unread(_)) => Outcome::Accepted,
        Err(ReaderFault::Refused(_)) => Outcome::Refused,
        Err(ReaderFault::NotSent(_)) => Outcome::NotSent,
        Err(ReaderFault::NotKnown(_)) => Outcome::NotKnown,
    }
}

#[cfg(test)]
mod tests;
