//! The password test: one simple bind over verified TLS, and on acceptance the account read back.
//!
//! Relies on the permit for the attempt being on disk already. Once the bind is on its way it is awaited to its answer or
//! its time-out, by a task of its own: dropping the future returned leaves the attempt running and, in the ledger, without
//! an outcome, which counts. Deliberately absent: what an answer means for the walk, and settling the attempt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ldap3::Ldap;

use super::reach::Root;
use super::{Client, Credential, decode, fault};
use crate::directory::lockout::Permit;
use crate::directory::refusal::Refusal;
use crate::directory::{Answer, Controller, Fault, Protocol, Tested};

/// LDAP's `invalidCredentials`.
const INVALID_CREDENTIALS: u32 = 49;

impl Client {
    /// Puts one password to one controller, once. The engine spawns this and awaits it to the end.
    pub async fn test(&self, permit: Permit, controller: &Controller, credential: Credential) -> Tested {
        // With an empty password Windows says yes to anybody (RFC 4513's unauthenticated bind).
        if credential.secret.expose().is_empty() {
            return Tested::not_sent(Fault::Unwilling("an empty password is never sent".into()));
        }
        if !permit.covers(&credential.account.key(), &controller.host, Protocol::Ldap) {
            return Tested::not_sent(Fault::Internal("the permit is for another attempt".into()));
        }
        let sent = Arc::new(AtomicBool::new(false));
        let (client, controller, flag) = (self.clone(), controller.clone(), Arc::clone(&sent));
        let tested = self.apart(async move {
            let tested = client.put(&controller, &credential, &flag).await;
            // Spent, whatever came of it.
            drop(permit);
            tested
        });
        tested.await.unwrap_or_else(|fault| {
            let answer =
                if sent.load(Ordering::SeqCst) { Answer::NotKnown(fault) } else { Answer::NotSent(fault) };
            Tested { answer, ..Tested::not_sent(Fault::TimedOut) }
        })
    }

    async fn put(&self, controller: &Controller, credential: &Credential, sent: &AtomicBool) -> Tested {
        let began = self.clock.now().at;
        let (mut ldap, root) = match self.ready(controller, credential).await {
            Ok(ready) => ready,
            Err(fault) => return Tested::not_sent(fault),
        };
        let name = credential.account.principal();
        sent.store(true, Ordering::SeqCst);
        let asked = self.clock.now().at;
        let answer = self.bind(&mut ldap, &name, credential).await;
        let answered = self.clock.now().at;
        let account = match answer {
            Answer::Accepted => {
                self.bound_account(&mut ldap, &root, &credential.account).await.ok().flatten()
            }
            _ => None,
        };
        self.part(ldap).await;
        Tested {
            answer,
            account,
            from: None,
            controller_time: root.current_time,
            latency: answered.since(asked),
            elapsed: answered.since(began),
        }
    }

    /// A connection that a password may go over.
    async fn ready(&self, controller: &Controller, credential: &Credential) -> Result<(Ldap, Root), Fault> {
        let (ldap, root) = self.writable(controller).await?;
        if !decode::same_domain(&root.naming_context, &credential.account.domain) {
            return Err(Fault::Referral);
        }
        Ok((ldap, root))
    }

    /// The same, to a controller of any domain.
    pub(super) async fn writable(&self, controller: &Controller) -> Result<(Ldap, Root), Fault> {
        let connected = self.connect(controller).await;
        let (mut ldap, _) = connected.map_err(|no_tls| no_tls.into_unreached().fault)?;
        let root = self.root(&mut ldap).await?;
        if root.read_only {
            return Err(Fault::Unwilling(
                "it is a read-only controller, which is never given a password".into(),
            ));
        }
        Ok((ldap, root))
    }

    /// From here on nothing is "not sent".
    pub(super) async fn bind(&self, ldap: &mut Ldap, name: &str, credential: &Credential) -> Answer {
        match self.answer(ldap.simple_bind(name, credential.secret.expose())).await {
            Ok(result) if result.rc == 0 => Answer::Accepted,
            Ok(result) if result.rc == INVALID_CREDENTIALS => Answer::Refused(Refusal::parse(&result.text)),
            Ok(result) => Answer::NotKnown(fault::of_result(&result)),
            Err(fault) => Answer::NotKnown(fault),
        }
    }
}
