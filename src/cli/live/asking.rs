//! The secrets that a live walk needs before it begins: the reader account's password, and the application's own.
//!
//! Relies on `unseen` for what is typed and on `open` for what stands in a file. Deliberately absent: the password that
//! is to be tested, which the walk asks for.

use zeroize::Zeroizing;

use crate::plain::unseen::{self, Asked};
use crate::portal::token::Application;
use crate::site::{Opened, Proof, SignIn, Site, open};
use crate::text::Safe;

use super::{LiveNotWalked, say};

/// What the application signs in with, where the site file says that it does.
pub(super) async fn application(opened: &Opened) -> Result<Option<Application>, LiveNotWalked> {
    let Some(own) = &opened.file.application else { return Ok(None) };
    if own.sign_in != (SignIn::ClientSecret { file: None }) {
        return Ok(open::application(&own.sign_in)?);
    }
    match typed(&secret_prompt(&own.client_id)).await? {
        text if text.is_empty() => Err(LiveNotWalked::NoClientSecret),
        text => Ok(Some(Application::by_secret(text))),
    }
}

/// What asks for the secret of an application that signs in by one.
pub(in crate::cli) fn secret_prompt(client_id: &str) -> Safe {
    Safe::from(format!("The application {client_id} signs in by itself. Its client secret (not shown): "))
}

/// The reader account's password, if the site names a reader and the operator gives it.
pub(super) async fn reader(site: &Site) -> Result<Option<Zeroizing<String>>, LiveNotWalked> {
    let Some(reader) = &site.reader else { return Ok(None) };
    if site.proof == Proof::Kerberos {
        say(&format!(
            "The reader account {reader} is not used: it would bind over LDAP, and proof = \"kerberos\" lets no password leave."
        ));
        return Ok(None);
    }
    let prompt = Safe::from(format!(
        "The reader account {reader} tells the lockout policy and what is counted. Its password (not shown; empty \
         goes without it): "
    ));
    let text = typed(&prompt).await?;
    if text.is_empty() {
        say(
            "Going on without the reader account: the lockout policy is not known, so the guard takes it that one \
             failure may lock the account.",
        );
        return Ok(None);
    }
    Ok(Some(text))
}

async fn typed(prompt: &Safe) -> Result<Zeroizing<String>, LiveNotWalked> {
    match unseen::ask(prompt).await.map_err(LiveNotWalked::NotAsked)? {
        Asked::Typed(text) => Ok(text),
        Asked::Unreadable => Err(LiveNotWalked::Unreadable),
        Asked::Ended(ending) => Err(LiveNotWalked::Interrupted(ending)),
    }
}
