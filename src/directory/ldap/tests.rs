//! The client against a directory that answers as it is told.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Client, Credential, Trust};
use crate::clock::{Clock, Driven};
use crate::directory::lockout::{Attempt, AttemptId, Charge, Permit};
use crate::directory::{Account, Protocol};
use crate::secret::Secret;

mod binds;
mod identity;
mod lab;
mod reaching;
pub(crate) mod reading;
pub(crate) mod stage;

use stage::Stage;

fn account(name: &str) -> Account {
    Account { name: name.into(), domain: "contoso.test".into() }
}

fn credential(password: &str) -> Credential {
    let secret = Arc::new(Secret::new(Zeroizing::new(password.to_owned())));
    Credential { account: account("svc-mdi"), secret }
}

fn permit(controller: &str, protocol: Protocol) -> Permit {
    Permit::granted(&Attempt {
        id: AttemptId(1),
        at: Timestamp::UNIX_EPOCH,
        settled_at: None,
        account: account("svc-mdi").key(),
        controller: controller.into(),
        protocol,
        charge: Charge::Account,
        outcome: None,
    })
}

fn permitted() -> Permit {
    permit("dc1.contoso.test", Protocol::Ldap)
}

fn client(stage: &Stage) -> Client {
    Client::new(Trust::pinned(stage.ca.as_bytes()).unwrap(), Clock::system())
}

/// A client whose clock stands at the moment the stage's own says.
fn driven(stage: &Stage) -> (Client, Driven) {
    let driven = Driven::new("2026-01-02T03:04:00Z".parse().unwrap());
    (Client::new(Trust::pinned(stage.ca.as_bytes()).unwrap(), driven.clock()), driven)
}

/// Moves the clock to the next moment somebody waits for.
async fn wait_out(driven: &Driven) {
    loop {
        if let Some(next) = driven.next() {
            driven.move_to(next);
            return;
        }
        tokio::task::yield_now().await;
    }
}

const SECOND: Duration = Duration::from_secs(1);
