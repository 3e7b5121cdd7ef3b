//! ● Asks Entra ID (or the lab's sign-in) for a device code and for tokens.
//!
//! Sources: RFC 8628, RFC 6749, Entra's v2.0 endpoints. Relies on `client` for the conversation. Tokens and device codes
//! are secrets: they go to the caller's vault and are never shown, logged or put into an error. An application that
//! signs in without a person proves itself by a secret or by a certificate (`assertion`). Deliberately absent: when to
//! poll (`signin`), and checking a token's signature (its claims are for display only).

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use url::Url;

use super::Fault;
use super::client::answer::excerpt;
use super::client::{Answer as HttpAnswer, Client, address, below, is_loopback, origin, wiped};
use super::signin::{Answer, DeviceCode, Rejection};
use crate::secret::Secret;
use crate::text::Safe;

pub mod assertion;
mod shape;

#[cfg(test)]
mod tests;

pub use assertion::{Application, Proof};

/// Hosts of the global cloud's own pages on which a code is entered, for [`Login::verification_hosts`].
pub const VERIFICATION_HOSTS: &[&str] =
    &["microsoft.com", "www.microsoft.com", "login.microsoft.com", "login.microsoftonline.com"];
/// The same of the clouds for the United States' government.
pub const US_VERIFICATION_HOSTS: &[&str] =
    &["microsoft.com", "www.microsoft.com", "login.microsoftonline.us"];
/// Where a client secret may go, besides loopback.
pub const LOGIN_HOSTS: &[&str] = &["login.microsoftonline.com", "login.microsoftonline.us"];

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const MOST_BYTES: usize = 256 * 1024;

/// Where and as what to sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Login {
    /// With the tenant: `https://login.microsoftonline.com/contoso.onmicrosoft.com`.
    pub authority: String,
    pub client_id: String,
    /// Separated by spaces; names the Graph host that the token is used on.
    pub scope: String,
    /// Where an operator may be sent with the code. Loopback is allowed only if `authority` is there too.
    pub verification_hosts: Vec<String>,
}

/// What a sign-in gave.
#[derive(Debug)]
pub struct Tokens {
    pub access: Secret,
    /// Only with the scope `offline_access`.
    pub refresh: Option<Secret>,
    /// Since the answer arrived.
    pub lives: Duration,
    /// Who signed in, by the token's own unverified claims; for display and the record only.
    pub name: Option<Safe>,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    #[error("sign-in was refused ({}): {}", .0.name(), .0.description)]
    Rejected(Rejection),
    #[error(transparent)]
    Lost(#[from] Fault),
}

/// The answer of a poll, as [`super::signin::SignIn`] takes it.
pub fn answer(polled: &Result<Tokens, Denial>) -> Answer {
    match polled {
        Ok(tokens) => Answer::Granted { name: tokens.name.clone() },
        Err(Denial::Rejected(rejection)) => Answer::Rejected(rejection.clone()),
        Err(Denial::Lost(fault)) => Answer::Lost(fault.clone()),
    }
}

/// The code to show, and the secret one to poll with.
///
/// # Errors
/// [`Denial`]; [`Fault::Foreign`] when the operator would be sent to an address outside the list.
pub async fn request_device_code(client: &Client, login: &Login) -> Result<(DeviceCode, Secret), Denial> {
    // Taken before asking, so that the code is never thought to live longer than it does.
    let asked = client.clock().now().at;
    let form = [("client_id", login.client_id.as_str()), ("scope", &login.scope)];
    let answer = post(client, login, "devicecode", &form).await?;
    let given = shape::device_code(success(&answer)?)?;
    let shown = DeviceCode {
        user_code: given.user_code,
        verification_uri: verified(login, &given.verification_uri)?,
        expires: asked.after(given.lives),
        interval: given.interval,
    };
    Ok((shown, given.device_code))
}

pub async fn poll_token(client: &Client, login: &Login, device_code: &Secret) -> Result<Tokens, Denial> {
    let form = [
        ("grant_type", DEVICE_GRANT),
        ("client_id", login.client_id.as_str()),
        ("device_code", device_code.expose()),
    ];
    tokens(client, login, &form).await
}

/// New tokens for old ones. When the answer has no refresh token, the one used stays good.
pub async fn refresh(client: &Client, login: &Login, refresh: &Secret) -> Result<Tokens, Denial> {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", login.client_id.as_str()),
        ("scope", &login.scope),
        ("refresh_token", refresh.expose()),
    ];
    tokens(client, login, &form).await
}

/// Signs in as the application itself; `login.scope` is `{graph}/.default`. `secret` is what its proof rests on.
///
/// # Errors
/// [`Denial`]; [`Fault::Foreign`] when a client secret would leave for an authority that is neither a cloud's own nor on
/// loopback, and nothing was sent. An assertion is good for the one authority that it names, and may go to any.
pub async fn client_credentials(
    client: &Client,
    login: &Login,
    (proof, secret): (&Proof, &Secret),
) -> Result<Tokens, Denial> {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", login.client_id.as_str()),
        ("scope", login.scope.as_str()),
    ];
    let signed;
    match proof {
        Proof::Secret => {
            takes_secrets(&login.authority)?;
            form.push(("client_secret", secret.expose()));
        }
        Proof::Certificate { thumbprint } => {
            let endpoint = endpoint(login, "token")?;
            let asked = assertion::Asked { endpoint: endpoint.as_str(), now: client.clock().now().wall };
            signed = assertion::sign(&login.client_id, thumbprint, secret, &asked)
                .map_err(|why| Fault::Internal(why.to_string().into()))?;
            form.push(("client_assertion_type", assertion::TYPE));
            form.push(("client_assertion", signed.expose()));
        }
    }
    tokens(client, login, &form).await
}

/// A client secret is good wherever it is presented, so it goes to nobody but the clouds' own hosts and this machine.
fn takes_secrets(authority: &str) -> Result<(), Fault> {
    let authority = address(authority)?;
    let cloud = authority.scheme() == "https"
        && authority.port().is_none()
        && authority.host_str().is_some_and(|host| LOGIN_HOSTS.contains(&host));
    if cloud || is_loopback(&authority) { Ok(()) } else { Err(Fault::Foreign(origin(&authority))) }
}

async fn tokens(client: &Client, login: &Login, form: &[(&str, &str)]) -> Result<Tokens, Denial> {
    let answer = post(client, login, "token", form).await?;
    Ok(shape::tokens(success(&answer)?)?)
}

fn endpoint(login: &Login, what: &str) -> Result<Url, Fault> {
    below(&login.authority, &["oauth2", "v2.0", what])
}

async fn post(
    client: &Client,
    login: &Login,
    what: &str,
    form: &[(&str, &str)],
) -> Result<HttpAnswer, Fault> {
    let url = endpoint(login, what)?;
    let request = client
        .request(Method::POST, &url)?
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json")
        .body(wiped::form(form));
    Ok(client.exchange(request, MOST_BYTES).await?)
}

/// The body of a success. OAuth's errors come with 400 or 401 and a body that says more than the status.
fn success(answer: &HttpAnswer) -> Result<&[u8], Denial> {
    if let (400..=403, Ok(body)) = (answer.status, &answer.body)
        && let Some(rejection) = shape::rejection(body)
    {
        return Err(Denial::Rejected(rejection));
    }
    Ok(answer.json()?)
}

/// An address that an operator may be sent to, in its plain form.
fn verified(login: &Login, uri: &str) -> Result<Safe, Fault> {
    let foreign = || Fault::Foreign(excerpt(uri));
    let url = Url::parse(uri).map_err(|_| foreign())?;
    let bare = url.username().is_empty() && url.password().is_none();
    let listed = url.scheme() == "https"
        && url.port().is_none()
        && url.host_str().is_some_and(|host| login.verification_hosts.iter().any(|listed| listed == host));
    let in_lab = is_loopback(&url)
        && matches!(url.scheme(), "https" | "http")
        && address(&login.authority).is_ok_and(|authority| is_loopback(&authority));
    if bare && (listed || in_lab) { Ok(url.as_str().into()) } else { Err(foreign()) }
}
