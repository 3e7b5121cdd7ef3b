//! The portal: sign-in, Graph, the workspace's own record and its pages, over HTTPS on one loopback port.
//!
//! Relies on axum and hyper for HTTP/1.1 and on the world for every answer. It can be gone for a while: connections
//! are then cut and new ones dropped at once. Deliberately absent: cookies, HTTP/2, redirects but those of the pages.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use jiff::tz::TimeZone;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::{Shared, seeded};
use crate::clock::Instant;

mod graph;
mod page;
mod signin;
mod throttle;
mod tokens;
mod workspace;

#[cfg(test)]
pub use signin::CLIENT_SECRET;

pub const TENANT: &str = "6e1a30f4-8c1b-4f2e-9d53-2b7f0a1c4d10";
pub const CLIENT: &str = "b2f7d0a6-41c8-4d0e-8a35-91c6f3e2ab77";

/// What the portal's parts share.
pub struct Portal {
    shared: Arc<Shared>,
    /// Scheme, host and port.
    origin: String,
    signed_in: Mutex<tokens::SignedIn>,
    forms: Mutex<page::forms::Forms>,
    outage: watch::Sender<Outage>,
    throttled: Mutex<throttle::Throttled>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Outage {
    /// Counts up; every connection of an earlier number is cut.
    number: u64,
    until: Instant,
}

impl Portal {
    pub fn new(shared: Arc<Shared>, origin: &str) -> Self {
        let (script, again) = {
            let portal = &shared.world().scenario.portal;
            (portal.sign_in.clone(), portal.sign_in_again.clone())
        };
        Self {
            shared,
            origin: origin.into(),
            signed_in: Mutex::new(tokens::SignedIn::new(script, again)),
            forms: Mutex::default(),
            outage: watch::Sender::default(),
            throttled: Mutex::default(),
        }
    }

    fn throttled(&self) -> MutexGuard<'_, throttle::Throttled> {
        self.throttled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed_in(&self) -> MutexGuard<'_, tokens::SignedIn> {
        self.signed_in.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forms(&self) -> MutexGuard<'_, page::forms::Forms> {
        self.forms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts every connection and drops new ones for so long.
    fn vanish(&self, length: Duration) {
        let until = self.shared.clock.now().at.after(length);
        self.outage.send_modify(|outage| {
            outage.number = outage.number.wrapping_add(1);
            outage.until = until;
        });
    }

    /// The origin by which a request reached the portal, which need not be its own.
    fn asked_at(&self, headers: &axum::http::HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(|| self.origin.clone(), |host| format!("https://{host}"))
    }

    /// Who holds the token that the request bears.
    fn bearer(&self, headers: &axum::http::HeaderMap) -> Option<String> {
        let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = sent.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        self.signed_in().holder(token.trim(), self.shared.clock.now().at)
    }
}

/// Accepts until dropped.
pub async fn serve(portal: Arc<Portal>, listener: TcpListener, tls: TlsAcceptor) {
    let router = router(Arc::clone(&portal));
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // What fails at once, as without a free file descriptor, would fail at once again.
            portal.shared.clock.sleep(super::BREATH).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if portal.shared.clock.now().at < portal.outage.borrow().until {
            continue;
        }
        let (router, tls, mut outage) = (router.clone(), tls.clone(), portal.outage.subscribe());
        connections.spawn(async move {
            tokio::select! {
                _ = outage.changed() => {}
                () = converse(stream, tls, router) => {}
            }
        });
    }
}

async fn converse(stream: TcpStream, tls: TlsAcceptor, router: Router) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Ok(stream) = tls.accept(stream).await else { return };
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.into_response()) }
    });
    // A connection that breaks is the client's affair.
    let _ = hyper::server::conn::http1::Builder::new()
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn router(portal: Arc<Portal>) -> Router {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/devicecode", post(signin::device_code))
        .route("/{tenant}/oauth2/v2.0/token", post(signin::token))
        .route("/devicelogin", get(signin::page))
        .route("/v1.0/me", get(graph::me))
        .route("/v1.0/security/identities/sensors", get(graph::sensors))
        .route("/v1.0/security/identities/healthIssues", get(graph::health_issues))
        .route("/api/directoryServices", get(workspace::list))
        .route("/api/directoryServices/{id}", get(workspace::read).put(workspace::change))
        .merge(page::routes())
        .layer(axum::middleware::map_response_with_state(Arc::clone(&portal), dated))
        .with_state(portal)
}

/// Every answer bears the lab's own time.
async fn dated(State(portal): State<Arc<Portal>>, mut response: Response) -> Response {
    let now = portal.shared.clock.now().wall.to_zoned(TimeZone::UTC);
    if let Ok(date) = HeaderValue::from_str(&now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// An error in Graph's shape.
fn refused(portal: &Portal, status: StatusCode, code: &str, message: &str) -> Response {
    let now = portal.shared.clock.now();
    let request = seeded::guid(now.at.0.subsec_nanos().into());
    let body = json!({ "error": {
        "code": code,
        "message": message,
        "innerError": {
            "date": now.wall.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            "request-id": request,
            "client-request-id": request,
        },
    }});
    (status, axum::Json(body)).into_response()
}

fn unauthorized(portal: &Portal) -> Response {
    refused(
        portal,
        StatusCode::UNAUTHORIZED,
        "InvalidAuthenticationToken",
        "Access token is missing, expired or not one of this lab.",
    )
}

#[cfg(test)]
mod tests;
