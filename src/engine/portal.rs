//! Errands at the portal: signing in, reading, saving. Tokens stay in the vault.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Instant;
use crate::portal::token::{self, Denial, Tokens};
use crate::portal::workspace::{self, Change, Workspace};
use crate::portal::{Entry, Fault, SaveAnswer, graph};
use crate::secret::{Secret, SecretId};
use crate::text::Safe;
use crate::walkthrough::event;

use super::Shared;

/// A token is replaced when it has less than this to live.
const RENEW_BEFORE: Duration = Duration::from_mins(2);

/// Names of the tokens that the vault holds.
#[derive(Debug, Default)]
pub(super) struct Session {
    device_code: Option<SecretId>,
    access: Option<SecretId>,
    refresh: Option<SecretId>,
    expires: Option<Instant>,
}

pub(super) async fn request_code(shared: Arc<Shared>) -> event::Portal {
    match token::request_device_code(&shared.portal, &shared.site.login).await {
        Ok((shown, code)) => {
            let held = shared.vault.keep_secret(code);
            if let Some(old) = shared.session().device_code.replace(held) {
                shared.vault.wipe(old);
            }
            event::Portal::CodeIssued(shown)
        }
        Err(denial) => event::Portal::Failed(fault(denial)),
    }
}

fn fault(denial: Denial) -> Fault {
    match denial {
        Denial::Lost(fault) => fault,
        Denial::Rejected(rejection) => Fault::Refused(400, rejection.description),
    }
}

pub(super) async fn poll_sign_in(shared: Arc<Shared>) -> event::Portal {
    let code = shared.session().device_code;
    let Some(code) = code.and_then(|code| shared.vault.get(code)) else {
        return event::Portal::Failed(Fault::Internal("the sign-in's code is gone".into()));
    };
    let polled = token::poll_token(&shared.portal, &shared.site.login, &code).await;
    let answer = token::answer(&polled);
    if let Ok(tokens) = polled {
        keep(&shared, tokens);
    }
    event::Portal::SignInAnswered(answer)
}

fn keep(shared: &Shared, tokens: Tokens) {
    let access = shared.vault.keep_secret(tokens.access);
    let refresh = tokens.refresh.map(|refresh| shared.vault.keep_secret(refresh));
    let expires = shared.clock.now().at.after(tokens.lives);
    let mut session = shared.session();
    let replaced = session.access.replace(access);
    // An answer without a new refresh token leaves the old one good.
    let replaced_refresh = refresh.and_then(|refresh| session.refresh.replace(refresh));
    session.expires = Some(expires);
    let spent = session.device_code.take();
    for old in [replaced, replaced_refresh, spent].into_iter().flatten() {
        shared.vault.wipe(old);
    }
}

/// The access token, renewed when it is about to end.
async fn access(shared: &Shared) -> Result<Arc<Secret>, Fault> {
    let ends = shared.session().expires;
    let now = shared.clock.now().at;
    if ends.is_some_and(|ends| now.after(RENEW_BEFORE) > ends) {
        renew(shared).await?;
    }
    let access = shared.session().access;
    access.and_then(|access| shared.vault.get(access)).ok_or(Fault::Unauthorized)
}

async fn renew(shared: &Shared) -> Result<(), Fault> {
    let refresh = shared.session().refresh;
    let refresh = refresh.and_then(|refresh| shared.vault.get(refresh)).ok_or(Fault::Unauthorized)?;
    let tokens =
        token::refresh(&shared.portal, &shared.site.login, &refresh).await.map_err(
            |denial| match denial {
                Denial::Lost(fault) => fault,
                Denial::Rejected(_) => Fault::Unauthorized,
            },
        )?;
    keep(shared, tokens);
    Ok(())
}

pub(super) async fn read(shared: Arc<Shared>) -> event::Portal {
    let answer = match once(&shared).await {
        Err(Fault::Unauthorized) if renew(&shared).await.is_ok() => once(&shared).await,
        answer => answer,
    };
    answer.map_or_else(event::Portal::Failed, event::Portal::Read)
}

async fn once(shared: &Shared) -> Result<crate::portal::Reading, Fault> {
    let token = access(shared).await?;
    graph::read(&shared.portal, &shared.site.graph, &token).await
}

pub(super) async fn read_entries(shared: Arc<Shared>) -> event::Portal {
    entries(&shared).await.map_or_else(event::Portal::Failed, event::Portal::EntriesRead)
}

/// The list may come without `ETag`s; a save needs the one of its entry.
async fn entries(shared: &Shared) -> Result<Vec<Entry>, Fault> {
    let token = access(shared).await?;
    let workspace = at(shared, &token);
    let mut entries = workspace.entries().await?;
    for entry in &mut entries {
        if entry.etag.is_empty() {
            *entry = workspace.entry(&entry.id).await?;
        }
    }
    Ok(entries)
}

fn at<'a>(shared: &'a Shared, token: &'a Secret) -> Workspace<'a> {
    Workspace { client: &shared.portal, base: &shared.site.workspace, token }
}

pub(super) async fn read_entry(shared: Arc<Shared>, id: Safe) -> event::Portal {
    let read = async {
        let token = access(&shared).await?;
        at(&shared, &token).entry(&id).await
    };
    read.await.map_or_else(event::Portal::Failed, event::Portal::EntryRead)
}

pub(super) async fn read_issuer(shared: Arc<Shared>) -> event::Portal {
    workspace::issuer(&shared.portal, &shared.site.workspace)
        .await
        .map_or_else(event::Portal::Failed, event::Portal::IssuerRead)
}

/// Sends exactly the secret named, once.
pub(super) async fn save(shared: Arc<Shared>, change: Change, secret: SecretId) -> SaveAnswer {
    let token = match access(&shared).await {
        Ok(token) => token,
        Err(fault) => return SaveAnswer::NotSaved(fault),
    };
    let Some(password) = shared.vault.get(secret) else {
        return SaveAnswer::NotSaved(Fault::Internal("the tested password is no longer held".into()));
    };
    at(&shared, &token).save(&change, &password).await
}
