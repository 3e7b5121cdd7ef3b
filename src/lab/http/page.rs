//! The workspace as a person meets it in a browser: Configuration, Directory Services, Sensors.
//!
//! Relies on the world for what is shown and on `workspace` for a save, so that a page and the interface change one and
//! the same entry by one and the same rules. Plain HTML without scripts. Deliberately absent: a sign-in of the pages'
//! own; the lab plays that Ana has signed in.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use zeroize::Zeroizing;

use super::Portal;
use super::workspace::{self, Stored};
use crate::lab::world::OPERATOR;
use crate::lab::world::entry::Change;

mod configuration;
mod entry;
pub mod forms;
mod frame;
mod markup;
mod sensors;

use frame::{CONFIGURATION, DIRECTORY_SERVICES, SENSORS, STYLE};

const STYLE_SHEET: &str = include_str!("../../../assets/lab/portal.css");

/// Nothing but the pages' own style sheet is fetched, nothing runs, and nobody else's page may show or be sent these.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route(CONFIGURATION, get(show_configuration))
        .route(DIRECTORY_SERVICES, get(show_entry).post(change_entry))
        .route(SENSORS, get(show_sensors))
        .route(STYLE, get(style))
        .layer(axum::middleware::map_response(guarded))
}

async fn guarded(mut response: Response) -> Response {
    let headers: [(HeaderName, &'static str); 5] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        // Without it a browser hides where a form comes from.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE_SHEET).into_response()
}

async fn show_configuration(State(portal): State<Arc<Portal>>) -> Response {
    let page = configuration::page(&portal.shared.world());
    Html(page.document()).into_response()
}

async fn show_sensors(
    State(portal): State<Arc<Portal>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let at = portal.shared.clock.now().wall.strftime("%H:%M:%S UTC").to_string();
    let still = asked.get("refresh").is_some_and(|word| word == "off");
    let page = sensors::page(&portal.shared.world(), still, &at);
    Html(page.document()).into_response()
}

async fn show_entry(
    State(portal): State<Arc<Portal>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let Some(token) = portal.forms().give() else {
        let words = "The system has no random numbers just now, so no form can be given out. Try again.";
        return (StatusCode::SERVICE_UNAVAILABLE, words).into_response();
    };
    let word = |name: &str| asked.get(name).map(String::as_str);
    let told = entry::Told { saved: word("saved"), refused: word("refused") };
    let page = entry::page(&portal.shared.world().entry, &token, told);
    Html(page.document()).into_response()
}

/// Whatever comes of it, the browser is sent on: asking for the page again never sends the form again.
async fn change_entry(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    Form(mut fields): Form<HashMap<String, String>>,
) -> Response {
    let password = Zeroizing::new(fields.remove(entry::PASSWORD).unwrap_or_default());
    let from = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if from.is_some_and(|origin| origin != portal.origin) {
        let words = "This form was sent by another site. Nothing was saved.";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    let mut field = |name: &str| fields.remove(name).unwrap_or_default();
    let change = portal.forms().take(&field(entry::TOKEN));
    let Some(id) = change else { return refused("form") };
    if entry::SWITCHES.iter().any(|(name, _)| !field(name).is_empty()) {
        return refused("switches");
    }
    let change = Change {
        if_match: Some(field(entry::VERSION)),
        id: Some(id.clone()),
        account: field(entry::ACCOUNT),
        domain: field(entry::DOMAIN),
        password,
        by: OPERATOR.into(),
    };
    match workspace::store(&portal, change).await {
        Stored::Taken { .. } => Redirect::to(&format!("{DIRECTORY_SERVICES}?saved={id}")).into_response(),
        Stored::Throttled { .. } => refused("throttled"),
        // As when somebody has been away from the form for too long.
        Stored::Unauthorized => refused("form"),
        Stored::Refused(why) => refused(entry::word(why)),
    }
}

fn refused(word: &str) -> Response {
    Redirect::to(&format!("{DIRECTORY_SERVICES}?refused={word}")).into_response()
}

#[cfg(test)]
mod tests;
