//! Errands at the domain controllers: reaching them, reserving attempts, spending permits.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

use crate::directory::ldap::Credential;
use crate::directory::lockout::{AttemptId, Budget, Charge, Outcome, Permit, Request};
use crate::directory::stages::Unreached;
use crate::directory::{Account, Answer, Controller, Fault, Host, Protocol, Reach, Standing, Tested};
use crate::secret::SecretId;
use crate::site::Proof;
use crate::text::Safe;
use crate::walkthrough::effect::Reservation;
use crate::walkthrough::event;

use super::Shared;
use super::ledger::{LedgerFault, ReserveRefused, Settled};
use super::reader::{Seen, look};

/// How many controllers are asked at once.
pub(super) const IN_FLIGHT: usize = 16;

/// One attempt to be made.
#[derive(Debug)]
pub(super) struct Test {
    pub attempt: AttemptId,
    pub host: Host,
    pub protocol: Protocol,
    pub account: Account,
    pub secret: SecretId,
}

pub(super) async fn reach(shared: Arc<Shared>, host: Host, account: Account) -> event::Directory {
    let _turn = shared.in_flight.acquire().await;
    let reached = match controller(&shared, &host) {
        Some(controller) => joined(&shared, &controller, &account).await.map_err(|unreached| unreached.fault),
        None => Err(Fault::Internal("the site does not name this controller".into())),
    };
    event::Directory::Reached(reached)
}

/// LDAP and, where the site names a port for it, Kerberos: beside each other, so that a dead controller is known to be so
/// in the time for one. Neither is given a password.
async fn joined(shared: &Shared, controller: &Controller, account: &Account) -> Result<Reach, Unreached> {
    let by_kerberos = async {
        let asked = controller.kerberos.map(|_| shared.kerberos.probe(controller, account));
        Some(asked?.await)
    };
    let by_ldap = shared.directory.reach(controller, &account.domain);
    let (by_ldap, by_kerberos) = futures_util::join!(by_ldap, by_kerberos);
    Reach::joined(controller, by_ldap, by_kerberos, shared.clock.now().wall)
}

pub(super) fn controller(shared: &Shared, host: &Host) -> Option<Controller> {
    shared.site.controllers.iter().find(|one| one.host == *host).cloned()
}

/// Reads what stands with the reader, then lets the ledger judge and write, before anything leaves.
pub(super) async fn reserve(shared: Arc<Shared>, wanted: Reservation) -> event::Directory {
    let seen = stand(&shared, &wanted).await;
    let standing = seen.standing.clone();
    let (shared_, now) = (Arc::clone(&shared), shared.clock.now().wall);
    let judged = tokio::task::spawn_blocking(move || judge(&shared_, &wanted, &seen, now)).await;
    match judged {
        Ok(Ok((attempts, budget))) => event::Directory::Reserved { attempts, budget, standing },
        Ok(Err(ReserveRefused::Shut(shut))) => event::Directory::GuardShut { shut, standing },
        Ok(Err(ReserveRefused::Fault(fault))) => event::Directory::LedgerFailed(fault.happened().into()),
        Err(_) => event::Directory::LedgerFailed(Safe::new("a task of the program failed")),
    }
}

/// One request each, so that a controller whose own budget is spent doesn't shut the others out.
fn judge(
    shared: &Shared,
    wanted: &Reservation,
    Seen { standing, missed }: &Seen,
    now: Timestamp,
) -> Result<(Vec<(AttemptId, Host)>, Budget), ReserveRefused> {
    let request = |host: &Host| Request {
        account: wanted.account.key(),
        controllers: vec![host.clone()],
        protocol: wanted.protocol,
        charge: wanted.charge,
        typed_account_name: wanted.typed_account_name,
        retest_of_current: wanted.retest_of_current,
        unseen: *missed,
        lockout_window: shared.site.lockout_window,
    };
    // Each controller's own count alone, where the account's is not drawn on and it was read.
    let seen = |host: &Host| {
        let alone = |one: &&Standing| wanted.charge == Charge::ControllerOnly && one.controller == *host;
        let own: Vec<Standing> = standing.iter().filter(alone).cloned().collect();
        if own.is_empty() { standing.clone() } else { own }
    };
    let requests: Vec<_> = wanted.controllers.iter().map(|host| (request(host), seen(host))).collect();
    let requests: Vec<_> = requests.iter().map(|(request, seen)| (request, seen.as_slice())).collect();
    let judged = shared.ledger.reserve_each(&requests, now).map_err(ReserveRefused::Fault)?;
    let (mut attempts, mut budget, mut shut) = (Vec::new(), None, None);
    for (host, judged) in wanted.controllers.iter().zip(judged) {
        match judged {
            Ok(reserved) => {
                budget = budget.or(Some(reserved.budget));
                attempts.extend(reserved.attempts.iter().map(|attempt| (*attempt, host.clone())));
                shared.permits().extend(reserved.permits.into_iter().map(|one| (one.attempt(), one)));
            }
            Err(why) => shut = shut.or(Some(why)),
        }
    }
    match (budget, shut) {
        (Some(budget), _) => Ok((attempts, budget)),
        (None, Some(why)) => Err(ReserveRefused::Shut(why)),
        (None, None) => Err(ReserveRefused::Fault(LedgerFault::Disk {
            doing: "asked",
            path: Safe::new("attempts.jsonl"),
            why: Safe::new("no controller was named"),
        })),
    }
}

/// The PDC emulator's word on the account, and that of each controller that is to be asked.
async fn stand(shared: &Arc<Shared>, wanted: &Reservation) -> Seen {
    let pdc = wanted.pdc_emulator.iter().filter(|_| wanted.charge == Charge::Account);
    let mut hosts: Vec<Host> = pdc.cloned().collect();
    for host in &wanted.controllers {
        if !hosts.contains(host) {
            hosts.push(host.clone());
        }
    }
    look(shared, hosts, &wanted.account).await
}

pub(super) async fn read_standing(shared: Arc<Shared>, host: Host, account: Account) -> event::Directory {
    let seen = look(&shared, vec![host], &account).await;
    event::Directory::StandingRead(seen.standing.into_iter().next())
}

/// What the PDC emulator counts for the account, for the mark.
pub(super) async fn bad_password_count(shared: &Arc<Shared>, host: Host, account: &Account) -> Option<u32> {
    let seen = look(shared, vec![host], account).await;
    seen.standing.first().and_then(|standing| standing.account.bad_password_count)
}

/// Spends the permit, and has the outcome in the ledger before anybody hears of it.
pub(super) async fn test(shared: Arc<Shared>, test: Test) -> Tested {
    let _turn = shared.in_flight.acquire().await;
    let permit = shared.permits().remove(&test.attempt);
    let secret = shared.vault.get(test.secret);
    let tested = match (permit, secret, controller(&shared, &test.host)) {
        (Some(permit), Some(secret), Some(controller)) => {
            let credential = Credential { account: test.account, secret };
            let from = own_address(&controller, test.protocol);
            let tested = match test.protocol {
                Protocol::Ldap if shared.site.proof == Proof::Kerberos => {
                    Tested::not_sent(Fault::Unavailable)
                }
                Protocol::Ldap => shared.directory.test(permit, &controller, credential).await,
                Protocol::Kerberos => by_kerberos(&shared, permit, &controller, credential).await,
            };
            Tested { from, ..tested }
        }
        // A password without a permit never leaves.
        _ => Tested::not_sent(Fault::Unavailable),
    };
    settle(&shared, test.attempt, outcome(&tested.answer)).await;
    tested
}

/// By which the controller's log will know the attempt: where the system would send from. Nothing is sent for it.
fn own_address(controller: &Controller, protocol: Protocol) -> Option<IpAddr> {
    let to = match protocol {
        Protocol::Ldap => controller.ldaps.or(controller.ldap),
        Protocol::Kerberos => controller.kerberos,
    }?;
    let any = if to.is_ipv4() { IpAddr::from([0; 4]) } else { IpAddr::from([0; 16]) };
    let socket = std::net::UdpSocket::bind((any, 0)).ok()?;
    socket.connect(to).ok()?;
    socket.local_addr().ok().map(|own| own.ip())
}

/// By the controller's own time, where it said that ours is off.
async fn by_kerberos(
    shared: &Shared,
    permit: Permit,
    controller: &Controller,
    credential: Credential,
) -> Tested {
    let skew = shared.skews().get(&controller.host).copied().unwrap_or_default();
    let client = shared.kerberos.clone().with_skew(skew);
    let tested = client.test(permit, controller, credential).await;
    if let (Answer::NotSent(Fault::ClockSkew), Some(theirs)) = (&tested.answer, tested.controller_time) {
        let skew = theirs.duration_since(shared.clock.now().wall);
        shared.skews().insert(controller.host.clone(), skew);
    }
    tested
}

fn outcome(answer: &Answer) -> Outcome {
    match answer {
        Answer::Accepted => Outcome::Accepted,
        Answer::Refused(_) => Outcome::Refused,
        Answer::NotKnown(_) => Outcome::NotKnown,
        Answer::NotSent(_) => Outcome::NotSent,
    }
}

pub(super) async fn settle(shared: &Shared, attempt: AttemptId, outcome: Outcome) {
    // A clock that is set right again must not make Active Directory's memory look older than it is.
    let at = shared.clock.latest();
    shared.outcomes.write(&shared.ledger, Settled { attempt, outcome, at }).await;
}

/// Reserved and not sent: the permit is gone, and the attempt costs nothing.
pub(super) fn release(shared: &Arc<Shared>, attempt: AttemptId) {
    drop(shared.permits().remove(&attempt));
    let (shared, work) = (Arc::clone(shared), shared.clock.work());
    tokio::spawn(async move {
        settle(&shared, attempt, Outcome::NotSent).await;
        drop(work);
    });
}

/// The task failed: whether the bind left is not known.
pub(super) fn panicked(why: Safe) -> Tested {
    Tested { answer: Answer::NotKnown(Fault::Internal(why)), ..Tested::not_sent(Fault::Unavailable) }
}
