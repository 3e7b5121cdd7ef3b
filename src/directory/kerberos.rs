//! One AS exchange against one controller, spending one permit; and the probe without a password.
//!
//! Relies on port 88 over TCP. The password never leaves: what is sent is a timestamp sealed with the account's key, and
//! the controller proves by its reply that it has the same key, so that a false one can't fake acceptance. (It can take
//! the sealed timestamp away and guess at it, as anybody on the wire can.) Only the current password has that key: the
//! previous one, which LDAP may still take, is refused. Every exchange runs as a task of its own, as `ldap`'s do.
//! Deliberately absent: NTLM, RC4, UDP, armoring, retries, tickets for anything (what is granted is dropped), and libkrb5
//! with its configuration.

use jiff::{SignedDuration, Timestamp};

use super::ldap::{Credential, Patience};
use super::probe::{AccountProbe, Found, Keys};
use super::refusal::Refusal;
use super::{Account, Controller, Fault};
use crate::clock::Clock;
use crate::text::Safe;

mod attempt;
mod der;
mod exchange;
mod key;
mod message;
#[cfg(test)]
mod tests;

use key::Aes;
use message::{Answered, Asked, KerberosError, Offer};

/// `KDC_ERR_PREAUTH_REQUIRED`: the account exists, and has to prove itself.
const PREAUTHENTICATION_REQUIRED: u32 = 25;

/// Asks controllers' key distribution centres. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    clock: Clock,
    patience: Patience,
    skew: SignedDuration,
}

impl Client {
    pub fn new(clock: Clock) -> Self {
        Self { clock, patience: Patience::default(), skew: SignedDuration::ZERO }
    }

    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// A client that goes by the controller's clock: `skew` is that clock less ours. For the one retry after
    /// [`Fault::ClockSkew`], which takes a permit of its own.
    #[must_use]
    pub fn with_skew(self, skew: SignedDuration) -> Self {
        Self { skew, ..self }
    }

    /// Asks for a ticket without any proof. Tests no password, counts nothing, and says whether the account is there, can
    /// be used, and which keys it has. Takes no longer than a connection may.
    pub async fn probe(&self, controller: &Controller, account: &Account) -> Result<AccountProbe, Fault> {
        let (client, controller, account) = (self.clone(), controller.clone(), account.clone());
        self.apart(async move { client.probed(&controller, &account).await }).await?
    }

    async fn probed(&self, controller: &Controller, account: &Account) -> Result<AccountProbe, Fault> {
        let asked = asked(account)?;
        let began = self.clock.now().at;
        // Bounded as a whole: one that takes connections and says nothing is as dead as any.
        let question = asked.request(None);
        let answer = self.exchange(controller, &question);
        let answer = self.clock.timeout(self.patience.connect, answer).await;
        let bytes = answer.map_err(|_| Fault::TimedOut)??;
        let latency = self.clock.now().at.since(began);
        let (found, controller_time) = understood(&asked, &bytes)?;
        Ok(AccountProbe { found, controller_time, latency })
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
        task.await.map_err(|_| Fault::Internal("the exchange was ended".into()))
    }
}

/// What an answer to the probe tells of the account.
///
/// # Errors
/// What the answer says instead, or that it makes no sense.
pub fn told(account: &Account, answer: &[u8]) -> Result<Found, Fault> {
    understood(&asked(account)?, answer).map(|(found, _)| found)
}

fn understood(asked: &Asked, answer: &[u8]) -> Result<(Found, Option<Timestamp>), Fault> {
    match message::read(answer).map_err(|_| garbled())? {
        Answered::Error(error) => Ok((found(asked, &error)?, error.time)),
        Answered::Reply(_) => Ok((Found::NoPreauthentication, None)),
    }
}

/// The account's realm is its domain in upper case; the bare name is its principal.
fn asked(account: &Account) -> Result<Asked, Fault> {
    let unknown = |error: getrandom::Error| Fault::Internal(Safe::new(&error.to_string()));
    Ok(Asked {
        realm: account.domain.to_uppercase(),
        name: account.name.to_string(),
        // Some controllers take the nonce for a signed number.
        nonce: getrandom::u32().map_err(unknown)? & 0x7fff_ffff,
    })
}

fn found(asked: &Asked, error: &KerberosError<'_>) -> Result<Found, Fault> {
    if error.code == PREAUTHENTICATION_REQUIRED {
        let offer = offered(asked, error)?;
        let has = |aes: Aes| offer.recipes.iter().any(|recipe| recipe.aes == aes);
        let salt = offer.recipes.first().map(|recipe| Safe::new(&recipe.salt)).unwrap_or_default();
        return Ok(Found::Keys(Keys { aes256: has(Aes::Bits256), aes128: has(Aes::Bits128), salt }));
    }
    match error.code {
        6 => Ok(Found::NoSuchAccount),
        18 | 23 => Ok(Found::Closed(error.status.and_then(super::refusal::SubCode::from_status))),
        _ => Err(fault(error)),
    }
}

/// The ways that error 25 offers, if there is one for this console.
fn offered<'a>(asked: &Asked, error: &KerberosError<'a>) -> Result<Offer<'a>, Fault> {
    let offer = message::offer(asked, error).map_err(|_| garbled())?;
    if !offer.timestamp {
        return Err(if offer.armor { Fault::ArmoringRequired } else { fault(error) });
    }
    if offer.recipes.is_empty() {
        return Err(Fault::NoAesKey);
    }
    Ok(offer)
}

fn refusal(error: &KerberosError<'_>) -> Option<Refusal> {
    Refusal::from_kerberos(error.code, error.status, &error.text)
}

/// An error that judges neither the account nor its password.
fn fault(error: &KerberosError<'_>) -> Fault {
    match error.code {
        12 => Fault::KerberosPolicy,
        14 => Fault::NoAesKey,
        29 => Fault::Unavailable,
        37 => Fault::ClockSkew,
        68 => Fault::WrongRealm,
        code => {
            let words = match (error.text.is_empty(), code) {
                (false, _) => Safe::new(&error.text),
                (true, PREAUTHENTICATION_REQUIRED) => "it takes no proof that this console has".into(),
                (true, 60) => "it gave no reason".into(),
                (true, _) => "it gave no words".into(),
            };
            Fault::Kerberos { error: code, text: words }
        }
    }
}

fn garbled() -> Fault {
    Fault::Garbled("not Kerberos".into())
}
