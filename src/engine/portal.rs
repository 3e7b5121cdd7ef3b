//! Errands at the portal: signing in, reading, saving. Tokens stay in the vault.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Instant;
use crate::portal::token::{self, Application, Denial, Proof, Tokens};
use crate::portal::workspace::{self, Change, Workspace};
use crate::portal::{self, Entry, Fault, SaveAnswer, graph};
use crate::secret::{Secret, SecretId};
use crate::text::Safe;
use crate::walkthrough::event;

use super::Shared;
use super::secrets::Secrets;

#[cfg(test)]
mod tests;

/// A token is replaced when it has less than this to live.
const RENEW_BEFORE: Duration = Duration::from_mins(2);

/// Names of the tokens that the vault holds.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// The application's own proof, where nobody enters a code.
    application: Option<(Proof, SecretId)>,
    device_code: Option<SecretId>,
    access: Option<SecretId>,
    refresh: Option<SecretId>,
    expires: Option<Instant>,
}

impl Session {
    pub(super) fn of(application: Option<Application>, vault: &Secrets) -> Self {
        let application = application.map(|one| (one.proof, vault.keep_secret(one.secret)));
        Self { application, ..Self::default() }
    }
}

pub(super) async fn request_code(shared: Arc<Shared>) -> event::Portal {
    let application = shared.session().application.clone();
    if let Some(application) = application {
        let given = as_application(&shared, &application).await;
        let answer = token::answer(&given);
        if let Ok(tokens) = given {
            keep(&shared, tokens);
        }
        return event::Portal::SignInAnswered(answer);
    }
    match token::request_device_code(&shared.portal, &shared.site.login).await {
        Ok((shown, code)) => {
            let held = shared.vault.keep_secret(code);
            if let Some(old) = shared.session().device_code.replace(held) {
                shared.vault.wipe(old);
            }
            event::Portal::CodeIssued(shown)
        }
        Err(Denial::Lost(fault)) => event::Portal::Failed(fault),
        Err(Denial::Rejected(rejection)) => {
            event::Portal::SignInAnswered(portal::signin::Answer::Rejected(rejection))
        }
    }
}

async fn as_application(shared: &Shared, (proof, secret): &(Proof, SecretId)) -> Result<Tokens, Denial> {
    let gone = || Fault::Internal("the application's secret is no longer held".into());
    let secret = shared.vault.get(*secret).ok_or_else(gone)?;
    token::client_credentials(&shared.portal, &shared.site.login, (proof, &secret)).await
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

/// The access token and its name, renewed when it is about to end.
async fn access(shared: &Shared) -> Result<(SecretId, Arc<Secret>), Fault> {
    let (ends, used) = {
        let session = shared.session();
        (session.expires, session.access)
    };
    let now = shared.clock.now().at;
    if ends.is_some_and(|ends| now.after(RENEW_BEFORE) > ends) {
        renew(shared, used).await?;
    }
    let access = shared.session().access.ok_or(Fault::Unauthorized)?;
    Ok((access, shared.vault.get(access).ok_or(Fault::Unauthorized)?))
}

/// New tokens in place of `used`. Whoever comes second finds them there already.
async fn renew(shared: &Shared, used: Option<SecretId>) -> Result<(), Fault> {
    let _turn = shared.renewing.lock().await;
    let (application, access, refresh) = {
        let session = shared.session();
        (session.application.clone(), session.access, session.refresh)
    };
    if access != used {
        return Ok(());
    }
    let given = match application {
        Some(application) => as_application(shared, &application).await,
        None => {
            let refresh = refresh.and_then(|refresh| shared.vault.get(refresh)).ok_or(Fault::Unauthorized)?;
            token::refresh(&shared.portal, &shared.site.login, &refresh).await
        }
    };
    let tokens = given.map_err(|denial| match denial {
        Denial::Lost(fault) => fault,
        Denial::Rejected(_) => Fault::Unauthorized,
    })?;
    keep(shared, tokens);
    Ok(())
}

/// Asks with the access token; once more with a new one if the portal no longer takes it.
async fn asked<T, F>(shared: &Shared, ask: impl Fn(Arc<Secret>) -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    let (used, token) = access(shared).await?;
    match ask(token).await {
        Err(Fault::Unauthorized) => {
            renew(shared, Some(used)).await?;
            let (_, token) = access(shared).await?;
            ask(token).await
        }
        answer => answer,
    }
}

pub(super) async fn read(shared: Arc<Shared>) -> event::Portal {
    let Shared { portal, site, .. } = &*shared;
    asked(&shared, |token| async move { graph::read(portal, &site.graph, &token).await })
        .await
        .map_or_else(event::Portal::Failed, event::Portal::Read)
}

pub(super) async fn read_entries(shared: Arc<Shared>) -> event::Portal {
    let shared = &*shared;
    asked(shared, |token| async move { entries(shared, &token).await })
        .await
        .map_or_else(event::Portal::Failed, event::Portal::EntriesRead)
}

/// The list may come without `ETag`s; a save needs the one of its entry.
async fn entries(shared: &Shared, token: &Secret) -> Result<Vec<Entry>, Fault> {
    let workspace = at(shared, token);
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
    let (shared, id) = (&*shared, &id);
    asked(shared, |token| async move { at(shared, &token).entry(id).await })
        .await
        .map_or_else(event::Portal::Failed, event::Portal::EntryRead)
}

pub(super) async fn read_issuer(shared: Arc<Shared>) -> event::Portal {
    workspace::issuer(&shared.portal, &shared.site.workspace)
        .await
        .map_or_else(event::Portal::Failed, event::Portal::IssuerRead)
}

/// Sends exactly the secret named. A second time only where the portal turned the token away: with 401 it says that it
/// has looked at nothing else, and the change is the same one, against the same version.
pub(super) async fn save(shared: Arc<Shared>, change: Change, secret: SecretId) -> SaveAnswer {
    let Some(password) = shared.vault.get(secret) else {
        return SaveAnswer::NotSaved(Fault::Internal("the tested password is no longer held".into()));
    };
    let (used, token) = match access(&shared).await {
        Ok(held) => held,
        Err(fault) => return SaveAnswer::NotSaved(fault),
    };
    let answer = at(&shared, &token).save(&change, &password).await;
    if answer != SaveAnswer::NotSaved(Fault::Unauthorized) {
        return answer;
    }
    let renewed = async {
        renew(&shared, Some(used)).await?;
        access(&shared).await
    };
    match renewed.await {
        Ok((_, token)) => at(&shared, &token).save(&change, &password).await,
        Err(fault) => SaveAnswer::NotSaved(fault),
    }
}
