//! One bind against one controller, spending one permit; reaching controllers, and reading accounts and policy.
//!
//! Relies on ldap3 over an own TCP connection (the address is ours to choose, the name in the certificate is verified),
//! and on rustls with aws-lc-rs. A password leaves only over verified TLS, only to a controller that holds the account's
//! own domain and is not read-only, and only for a permit. Every exchange runs as a task of its own: whoever stops
//! waiting for one doesn't end it, and a peer whose bytes make ldap3 panic ends nothing but it. Deliberately absent: NTLM,
//! SASL, clear text binds, retries, and any writing. ldap3 keeps a copy of the password for the time of the bind and
//! doesn't wipe it.

use std::sync::Arc;
use std::time::Duration;

use super::{Account, Controller, Fault, Standing};
use crate::clock::Clock;
use crate::directory::refusal::Refusal;
use crate::secret::Secret;
use crate::trust::Trust;

mod account;
mod bind;
mod connection;
mod decode;
mod dial;
mod entry;
pub(super) mod fault;
mod identity;
mod meet;
mod privileges;
mod reach;
mod standing;
#[cfg(test)]
pub(crate) mod tests;

/// How long a controller is waited for. In all this stays below `lockout::LONGEST_ATTEMPT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For TCP, and again for TLS.
    pub connect: Duration,
    /// For each answer, a bind's included.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(15) }
    }
}

/// Asks controllers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    trust: Trust,
    clock: Clock,
    patience: Patience,
}

/// Who binds, and with what.
#[derive(Clone, Debug)]
pub struct Credential {
    pub account: Account,
    pub secret: Arc<Secret>,
}

/// Why the reader account saw nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReaderFault {
    /// Never to be repeated by itself: the reader account can be locked out like any other.
    #[error("the reader account was refused: {0}")]
    Refused(Refusal),
    /// Not found, or not readable for this reader.
    #[error("the reader account does not find the account")]
    NoSuchAccount,
    /// Its password was not sent.
    #[error("the reader account could not ask: {0}")]
    NotSent(Fault),
    /// Its password was sent, and what became of that is not known.
    #[error("the reader account was not answered: {0}")]
    NotKnown(Fault),
    /// It was let in, and could not read.
    #[error("the reader account could not read: {0}")]
    Unread(Fault),
}

impl ReaderFault {
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Refused(_) => {
                "Correct the reader account's password in the site's settings; it is not tried again by itself."
            }
            Self::NoSuchAccount => {
                "Compare the account's name and domain, and the reader's right to read it."
            }
            Self::NotSent(fault) | Self::NotKnown(fault) | Self::Unread(fault) => fault.remedy(),
        }
    }
}

impl Client {
    pub fn new(trust: Trust, clock: Clock) -> Self {
        Self { trust, clock, patience: Patience::default() }
    }

    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Runs an exchange as a task of its own, to its end even if nobody waits for it any more.
    async fn apart<T, F>(&self, exchange: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let work = self.clock.work();
        let task = tokio::spawn(async move {
            let _work = work;
            exchange.await
        });
        task.await.map_err(|failed| {
            if failed.is_panic() {
                Fault::Garbled("ldap3 could not read it".into())
            } else {
                Fault::Internal("the task was ended".into())
            }
        })
    }

    /// Awaits one answer of ldap3.
    async fn answer<T>(&self, asked: impl Future<Output = ldap3::result::Result<T>>) -> Result<T, Fault> {
        match self.clock.timeout(self.patience.answer, asked).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(fault::of_ldap(&error)),
            Err(_) => Err(Fault::TimedOut),
        }
    }
}
