//! Entra's two endpoints, as far as a sign-in needs them: device code and token, and a page for the curious.
//!
//! Relies on `tokens` for what is under way. Errors have Entra's shape: code, `AADSTS` number, trace and correlation.
//! Deliberately absent: authorization codes, certificates as credentials.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use serde_json::json;

use super::tokens::{CODE_LIFE, Polled};
use super::{CLIENT, Portal, TENANT};
use crate::lab::seeded;

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The secret of the lab's application.
pub const CLIENT_SECRET: &str = "Lab-Client-Secret-2026";

type Fields = HashMap<String, String>;

/// The protocol's error, Entra's number, and what it says.
type Error = (&'static str, u32, &'static str);

const PENDING: Error = (
    "authorization_pending",
    70016,
    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
);
const ERRORS: [Error; 8] = [
    PENDING,
    ("slow_down", 70_016, "OAuth 2.0 device flow error. The client polls too often."),
    ("authorization_declined", 70_000, "The end user has denied the authorization request."),
    ("access_denied", 53_003, "Access has been blocked by Conditional Access policies."),
    ("expired_token", 70_019, "The verification code has expired."),
    ("bad_verification_code", 70_018, "The device code that was sent is not known."),
    ("invalid_grant", 700_082, "The refresh token has expired or was used before."),
    ("invalid_request", 900_144, "The request body lacks a parameter that is required."),
];
const NO_TENANT: Error = ("invalid_request", 90_002, "The tenant was not found.");
const NO_CLIENT: Error = ("unauthorized_client", 700_016, "The application was not found in the directory.");
const NO_SECRET: Error = ("invalid_client", 7_000_215, "Invalid client secret provided.");
const NO_GRANT: Error = ("unsupported_grant_type", 70_003, "The grant type is not supported.");

pub async fn device_code(
    State(portal): State<Arc<Portal>>,
    Path(tenant): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    if let Err(error) = known(&tenant, &fields) {
        return failed(&portal, error);
    }
    let scope = fields.get("scope").map(String::as_str).unwrap_or_default();
    let (user_code, device_code) = portal.signed_in().begin(scope, portal.shared.clock.now().at);
    let page = format!("{}/devicelogin", portal.origin);
    Json(json!({
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": page,
        "expires_in": CODE_LIFE.as_secs(),
        "interval": 1,
        "message": format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        ),
    }))
    .into_response()
}

pub async fn token(
    State(portal): State<Arc<Portal>>,
    Path(tenant): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    if let Err(error) = known(&tenant, &fields) {
        return failed(&portal, error);
    }
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let now = portal.shared.clock.now();
    let mut signed_in = portal.signed_in();
    let granted = match field("grant_type") {
        DEVICE_CODE => match signed_in.poll(field("device_code"), now.at) {
            Polled::Approved { scope } => Ok(signed_in.grant(&scope, false, now)),
            Polled::NotYet(code) => Err(error(&code)),
            Polled::Unknown => Err(error("bad_verification_code")),
            Polled::Expired => Err(error("expired_token")),
        },
        "refresh_token" if signed_in.redeem(field("refresh_token")) => {
            Ok(signed_in.grant(field("scope"), false, now))
        }
        "refresh_token" => Err(error("invalid_grant")),
        "client_credentials" if field("client_secret") == CLIENT_SECRET => {
            Ok(signed_in.grant(field("scope"), true, now))
        }
        "client_credentials" => Err(NO_SECRET),
        "" => Err(error("invalid_request")),
        _ => Err(NO_GRANT),
    };
    drop(signed_in);
    match granted {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => failed(&portal, error),
    }
}

/// What a browser shows at the address of the device code.
pub async fn page() -> &'static str {
    "This is a simulator. The code is approved by itself after a moment; there is nothing to enter here.\n"
}

fn known(tenant: &str, fields: &Fields) -> Result<(), Error> {
    if ![TENANT, "organizations", "contoso.test"].contains(&tenant) {
        return Err(NO_TENANT);
    }
    match fields.get("client_id") {
        Some(client) if client == CLIENT => Ok(()),
        Some(_) => Err(NO_CLIENT),
        None => Err(error("invalid_request")),
    }
}

fn error(code: &str) -> Error {
    ERRORS.into_iter().find(|(known, ..)| *known == code).unwrap_or(PENDING)
}

fn failed(portal: &Portal, (error, number, says): Error) -> Response {
    let now = portal.shared.clock.now();
    let at = now.wall.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let seed = u64::try_from(now.at.0.as_nanos()).unwrap_or(0);
    let (trace, correlation) = (seeded::guid(seed), seeded::guid(!seed));
    let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    let body = json!({
        "error": error,
        "error_description": format!(
            "AADSTS{number}: {says} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}"
        ),
        "error_codes": [number],
        "timestamp": at,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("{}/error?code={number}", portal.origin),
    });
    (status, Json(body)).into_response()
}
