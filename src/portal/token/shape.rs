//! The sign-in's JSON, as types. Pure. What is a secret becomes a [`Secret`] at once, and no error quotes a body.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::Tokens;
use crate::portal::Fault;
use crate::portal::client::answer::excerpt;
use crate::portal::signin::{DEFAULT_INTERVAL, Rejection};
use crate::secret::Secret;
use crate::text::Safe;

#[cfg(test)]
mod tests;

/// A server that names no life or an absurd one doesn't keep a code on the screen for ever.
const LONGEST_CODE: Duration = Duration::from_hours(1);
const LONGEST_INTERVAL: Duration = Duration::from_mins(5);
/// By RFC 6749 the life may be left out; what Entra gives at least.
const DEFAULT_LIFE: Duration = Duration::from_hours(1);

pub struct Given {
    pub device_code: Secret,
    pub user_code: Safe,
    pub verification_uri: String,
    pub lives: Duration,
    pub interval: Duration,
}

#[derive(Deserialize)]
struct DeviceCodeBody {
    device_code: String,
    user_code: String,
    verification_uri: String,
    expires_in: u64,
    interval: Option<u64>,
}

pub fn device_code(body: &[u8]) -> Result<Given, Fault> {
    let given: DeviceCodeBody = parse(body, "a device code")?;
    Ok(Given {
        device_code: Secret::new(Zeroizing::new(given.device_code)),
        user_code: excerpt(&given.user_code),
        verification_uri: given.verification_uri,
        lives: Duration::from_secs(given.expires_in).min(LONGEST_CODE),
        interval: given.interval.map_or(DEFAULT_INTERVAL, Duration::from_secs).min(LONGEST_INTERVAL),
    })
}

#[derive(Deserialize)]
struct TokenBody {
    access_token: String,
    refresh_token: Option<String>,
    id_token: Option<String>,
    expires_in: Option<u64>,
}

pub fn tokens(body: &[u8]) -> Result<Tokens, Fault> {
    let given: TokenBody = parse(body, "a token")?;
    let identity = given.id_token.map(Zeroizing::new);
    let access = Zeroizing::new(given.access_token);
    let name = identity.as_deref().and_then(|token| name(token)).or_else(|| name(&access));
    Ok(Tokens {
        access: Secret::new(access),
        refresh: given.refresh_token.map(|token| Secret::new(Zeroizing::new(token))),
        lives: given.expires_in.map_or(DEFAULT_LIFE, Duration::from_secs),
        name,
    })
}

/// The parser's own error would quote what it stumbled over, which may be a token.
fn parse<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T, Fault> {
    serde_json::from_slice(body)
        .map_err(|_| Fault::Garbled(format!("the sign-in did not give {what}").into()))
}

#[derive(Deserialize)]
struct Claims {
    preferred_username: Option<String>,
    upn: Option<String>,
    unique_name: Option<String>,
    app_displayname: Option<String>,
}

/// Who a token says it is for. Not verified: whoever could forge it here already holds the connection to the sign-in.
fn name(token: &str) -> Option<Safe> {
    let payload = token.split('.').nth(1)?;
    let payload = Zeroizing::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let told = [claims.preferred_username, claims.upn, claims.unique_name, claims.app_displayname];
    told.into_iter().flatten().find(|name| !name.is_empty()).map(|name| excerpt(&name))
}

#[derive(Deserialize)]
struct RejectionBody {
    error: String,
    error_description: Option<String>,
    trace_id: Option<String>,
    correlation_id: Option<String>,
}

/// `None` when the body is no OAuth error.
pub fn rejection(body: &[u8]) -> Option<Rejection> {
    let body: RejectionBody = serde_json::from_slice(body).ok()?;
    // The lines below the first repeat the ids, and a time.
    let told = body.error_description.unwrap_or_default();
    let first = told.lines().next().unwrap_or_default();
    let (code, description) = match first.split_once(':') {
        Some((code, rest)) if is_entra_code(code) => (Some(Safe::new(code)), rest.trim_start()),
        _ => (None, first),
    };
    Some(Rejection {
        error: excerpt(&body.error),
        code,
        description: excerpt(description),
        trace: body.trace_id.as_deref().map(excerpt),
        correlation: body.correlation_id.as_deref().map(excerpt),
    })
}

fn is_entra_code(text: &str) -> bool {
    text.strip_prefix("AADSTS").is_some_and(|number| {
        (1..=10).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}
