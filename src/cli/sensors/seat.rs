//! Somebody signed in by a code, or the application by itself: the tokens, renewed before they end, and readings with them.
//!
//! Relies on the portal's adapters. Deliberately absent: keeping a token anywhere but here.

use std::io;
use std::time::Duration;

use crate::clock::Instant;
use crate::portal::client::Client;
use crate::portal::signin::{self, Answer, Next, Outcome, SignIn};
use crate::portal::token::{self, Application, Denial, Login, Tokens};
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
    application: Option<&'a Application>,
    tokens: Tokens,
    ends: Instant,
}

pub(super) async fn sign_in<'a, O: io::Write, A: io::Write>(
    client: &'a Client,
    login: &'a Login,
    application: Option<&'a Application>,
    telling: &mut Telling<O, A>,
) -> Result<Seat<'a>, NotRead> {
    if let Some(own) = application {
        let given = token::client_credentials(client, login, (&own.proof, &own.secret)).await;
        let tokens = given.map_err(denied)?;
        telling.signed_in(tokens.name.as_ref());
        let ends = client.clock().now().at.after(tokens.lives);
        return Ok(Seat { client, login, application, tokens, ends });
    }
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
                return Ok(Seat { client, login, application, tokens, ends });
            }
            (Next::Finished(outcome), _) => return Err(ended(outcome)),
        }
    }
}

fn denied(denial: Denial) -> NotRead {
    match denial {
        Denial::Lost(fault) => fault.into(),
        Denial::Rejected(rejection) => ended(signin::at_once(Answer::Rejected(rejection))),
    }
}

/// In the walk's own words.
fn ended(outcome: Outcome) -> NotRead {
    let reason = match outcome {
        Outcome::Declined => Reason::SignInDeclined,
        Outcome::Expired => Reason::SignInExpired,
        Outcome::Blocked { code, description, trace, correlation } => {
            Reason::SignInBlocked { code, description, trace, correlation }
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
        let given = match (self.application, &self.tokens.refresh) {
            (Some(own), _) => {
                token::client_credentials(self.client, self.login, (&own.proof, &own.secret)).await
            }
            (None, Some(refresh)) => token::refresh(self.client, self.login, refresh).await,
            (None, None) => return Err(Fault::Unauthorized),
        };
        let mut tokens = given.map_err(|denial| match denial {
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
