//! The password test: a request without proof for the account's own recipe, then one with a timestamp sealed by its key.
//!
//! Relies on the permit for the attempt being on disk already. Only the second request is judged and may be counted; what
//! fails before it is not sent. Once it is on its way it is awaited to its answer or its time-out, by a task of its own.
//! Deliberately absent: the retry after a clock skew, which takes a permit of its own, and settling the attempt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::key::{FOR_REPLY, FOR_TIMESTAMP, Key};
use super::message::{self, Answered, Asked, KerberosError, Offer, Reply};
use super::{Client, Credential, PREAUTHENTICATION_REQUIRED, asked, fault, garbled, offered, refusal};
use crate::directory::lockout::Permit;
use crate::directory::refusal::{Refusal, SubCode};
use crate::directory::{Answer, Controller, Fault, Protocol, Tested};

/// The one error that costs nothing once the timestamp has left.
const CLOCK_SKEW: u32 = 37;

/// What came of an exchange: the answer, and the controller's time if it told.
type Judged = (Answer, Option<Timestamp>);

impl Client {
    /// Puts one password to one controller, once, without sending it. The engine spawns this and awaits it to the end.
    ///
    /// [`Answer::NotSent`] with [`Fault::ClockSkew`] counted nothing and gives the controller's time: see
    /// [`Client::with_skew`].
    pub async fn test(&self, permit: Permit, controller: &Controller, credential: Credential) -> Tested {
        let not_sent = |fault| tested((Answer::NotSent(fault), None), Duration::ZERO);
        if credential.secret.expose().is_empty() {
            return not_sent(Fault::Unwilling("an empty password is never tried".into()));
        }
        if !permit.covers(&credential.account.key(), &controller.host, Protocol::Kerberos) {
            return not_sent(Fault::Internal("the permit is for another attempt".into()));
        }
        let sent = Arc::new(AtomicBool::new(false));
        let (client, controller, flag) = (self.clone(), controller.clone(), Arc::clone(&sent));
        let exchanged = self.apart(async move {
            let began = client.clock.now().at;
            let judged = client.put(&controller, &credential, &flag).await;
            // Spent, whatever came of it.
            drop(permit);
            tested(judged, client.clock.now().at.since(began))
        });
        exchanged.await.unwrap_or_else(|fault| {
            let answer =
                if sent.load(Ordering::SeqCst) { Answer::NotKnown(fault) } else { Answer::NotSent(fault) };
            tested((answer, None), Duration::ZERO)
        })
    }

    async fn put(&self, controller: &Controller, credential: &Credential, sent: &AtomicBool) -> Judged {
        let (asked, key) = match self.key(controller, credential).await {
            Ok(Ready::Key(asked, key)) => (asked, key),
            Ok(Ready::Judged(judged)) => return judged,
            Err(fault) => return (Answer::NotSent(fault), None),
        };
        let request = self.clock.now().wall.checked_add(self.skew).map_err(|_| Fault::ClockSkew);
        let request = request.and_then(|at| key.seal(FOR_TIMESTAMP, &message::timestamp(at)));
        let request = match request {
            Ok(sealed) => asked.request(Some((key.number(), &sealed))),
            Err(fault) => return (Answer::NotSent(fault), None),
        };
        sent.store(true, Ordering::SeqCst);
        match self.exchange(controller, &request).await {
            Ok(bytes) => judge(&asked, &key, &bytes),
            // Refused before the connection stood, so nothing has left.
            Err(fault @ (Fault::ConnectionRefused | Fault::NoRoute)) => (Answer::NotSent(fault), None),
            Err(fault) => (Answer::NotKnown(fault), None),
        }
    }

    /// Asks without proof, and makes the key as the controller says.
    async fn key(&self, controller: &Controller, credential: &Credential) -> Result<Ready, Fault> {
        let asked = asked(&credential.account)?;
        let bytes = self.exchange(controller, &asked.request(None)).await?;
        let password = credential.secret.expose();
        match message::read(&bytes).map_err(|_| garbled())? {
            Answered::Error(error) if error.code == PREAUTHENTICATION_REQUIRED => {
                let key = key(&offered(&asked, &error)?, password)?;
                // A nonce is for one request.
                let asked = super::asked(&credential.account)?;
                Ok(Ready::Key(asked, key))
            }
            Answered::Error(error) => match refusal(&error) {
                Some(refusal) => Ok(Ready::Judged((Answer::Refused(refusal), error.time))),
                None => Ok(Ready::Judged((Answer::NotSent(fault(&error)), error.time))),
            },
            Answered::Reply(reply) => Ok(Ready::Judged(unasked(&asked, &reply, password))),
        }
    }
}

enum Ready {
    Key(Asked, Key),
    /// There is nothing left to send.
    Judged(Judged),
}

fn key(offer: &Offer<'_>, password: &str) -> Result<Key, Fault> {
    let recipe = offer.recipes.first().ok_or(Fault::NoAesKey)?;
    Key::of_password(password, recipe)
}

/// From here on nothing is "not sent", but for a timestamp that was not looked at.
fn judge(asked: &Asked, key: &Key, bytes: &[u8]) -> Judged {
    match message::read(bytes) {
        Ok(Answered::Error(error)) => (refused(asked, &error), error.time),
        Ok(Answered::Reply(reply)) => match proved(asked, key, &reply) {
            Ok(time) => (Answer::Accepted, Some(time)),
            Err(fault) => (Answer::NotKnown(fault), None),
        },
        Err(_) => (Answer::NotKnown(garbled()), None),
    }
}

fn refused(asked: &Asked, error: &KerberosError<'_>) -> Answer {
    if let Some(refusal) = refusal(error) {
        return Answer::Refused(refusal);
    }
    match error.code {
        CLOCK_SKEW => Answer::NotSent(Fault::ClockSkew),
        PREAUTHENTICATION_REQUIRED if message::offer(asked, error).is_ok_and(|offer| offer.armor) => {
            Answer::NotKnown(Fault::ArmoringRequired)
        }
        _ => Answer::NotKnown(fault(error)),
    }
}

/// The controller has the account's key, and answered this very request; its time.
fn proved(asked: &Asked, key: &Key, reply: &Reply<'_>) -> Result<Timestamp, Fault> {
    if !asked.is_answered_by(reply) {
        return Err(Fault::NotProved("it is for another account".into()));
    }
    let plain = key.open(FOR_REPLY, &reply.sealed);
    let plain = plain.ok_or_else(|| Fault::NotProved("it is not sealed with the account's key".into()))?;
    asked.is_proved_by(&plain).ok_or_else(|| Fault::NotProved("it answers another request".into()))
}

/// A reply to the request without proof: what it is sealed with still tells, and nothing is counted.
fn unasked(asked: &Asked, reply: &Reply<'_>, password: &str) -> Judged {
    let judged = || {
        let offer = message::offer_in_reply(asked, reply).map_err(|_| garbled())?;
        let key = key(&offer, password)?;
        Ok((offer.salted, key))
    };
    let (salted, key) = match judged() {
        Ok(made) => made,
        Err(fault) => return (Answer::NotSent(fault), None),
    };
    match proved(asked, &key, reply) {
        Ok(time) => (Answer::Accepted, Some(time)),
        // With a guessed salt the right password makes a wrong key.
        Err(_) if salted && asked.is_answered_by(reply) && key.open(FOR_REPLY, &reply.sealed).is_none() => {
            let text = "the ticket it gave unasked is not sealed with this password's key";
            (Answer::Refused(Refusal { code: SubCode::WrongPassword, text: text.into() }), None)
        }
        Err(fault) => (Answer::NotSent(fault), None),
    }
}

fn tested((answer, controller_time): Judged, latency: Duration) -> Tested {
    Tested { answer, account: None, from: None, controller_time, latency, elapsed: latency }
}
