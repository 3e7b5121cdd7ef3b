//! Somebody signed in by a code: the tokens, renewed before they end, and readings with them.
//!
//! Relies on the portal's adapters. Deliberately absent: keeping a token anywhere but here.

use std::io;
use std::time::Duration;

use crate::clock::Instant;
use crate::portal::client::Client;
use crate::portal::signin::{Next, Outcome, SignIn};
use crate::portal::token::{self, Denial, Login, Tokens};
use crate::portal::{Fault, Reading, graph};
use crate::walkthrough::step::Reason;
use crate::walkthrough::words;

use super::NotRead;
use super::telling::Telling;

/// A token is replaced when it has less than this to live.
const RENEW_BEFORE: Duration = Duration::from_mins(2);

pub(super) struct Seat<'a> {
    pub client: &'a Client,
    login: &'a Login,
    tokens: Tokens,
    ends: Instant,
}

pub(super) async fn sign_in<'a, O: io::Write, A: io::Write>(
    client: &'a Client,
    login: &'a Login,
    telling: &mut Telling<O, A>,
) -> Result<Seat<'a>, NotRead> {
    let (code, secret) = token::request_device_code(client, login).await.map_err(denied)?;
    telling.code(&code);
    let clock = client.clock();
    let mut machine = SignIn::started(code, clock.now().at);
    let mut next = machine.next_poll();
    loop {
        clock.sleep_until(next).await;
        let polled = token::poll_token(client, login, &secret).await;
        let now = clock.now().at;
        match (machine.handle(token::answer(&polled), now), polled) {
            (Next::PollAt(at), _) => next = at,
            (Next::Finished(Outcome::SignedIn { name }), Ok(tokens)) => {
                telling.signed_in(name.as_ref());
                let ends = now.after(tokens.lives);
                return Ok(Seat { client, login, tokens, ends });
            }
            (Next::Finished(outcome), _) => return Err(ended(outcome)),
        }
    }
}

fn denied(denial: Denial) -> NotRead {
    match denial {
        Denial::Lost(fault) => fault.into(),
        Denial::Rejected(rejection) => Fault::Refused(400, rejection.description).into(),
    }
}

/// In the walk's own words.
fn ended(outcome: Outcome) -> NotRead {
    let reason = match outcome {
        Outcome::Declined => Reason::SignInDeclined,
        Outcome::Expired => Reason::SignInExpired,
        Outcome::Blocked { code, description, correlation, .. } => {
            Reason::SignInBlocked { code, description, correlation }
        }
        Outcome::Failed(fault) => return fault.into(),
        Outcome::SignedIn { .. } => return Fault::Internal("the sign-in gave no token".into()).into(),
    };
    NotRead::SignIn(words::reason(&reason))
}

impl Seat<'_> {
    /// All of it, once; the token is renewed once if the portal doesn't take it.
    pub async fn read(&mut self, graph: &str) -> Result<Reading, Fault> {
        if self.client.clock().now().at.after(RENEW_BEFORE) > self.ends {
            self.renew().await?;
        }
        match graph::read(self.client, graph, &self.tokens.access).await {
            Err(Fault::Unauthorized) => {
                self.renew().await?;
                graph::read(self.client, graph, &self.tokens.access).await
            }
            answer => answer,
        }
    }

    async fn renew(&mut self) -> Result<(), Fault> {
        let refresh = self.tokens.refresh.as_ref().ok_or(Fault::Unauthorized)?;
        let mut tokens =
            token::refresh(self.client, self.login, refresh).await.map_err(|denial| match denial {
                Denial::Lost(fault) => fault,
                Denial::Rejected(_) => Fault::Unauthorized,
            })?;
        self.ends = self.client.clock().now().at.after(tokens.lives);
        // An answer without a new refresh token leaves the old one good.
        tokens.refresh = tokens.refresh.or(self.tokens.refresh.take());
        self.tokens = tokens;
        Ok(())
    }
}
