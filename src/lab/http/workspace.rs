//! The workspace's own record of its credential entries: read with a version, changed only against it.
//!
//! Relies on the stored entry for what is taken, and on the scenario for what goes wrong. The password never comes
//! back. Deliberately absent: adding and removing entries.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Portal, refused, unauthorized};
use crate::lab::scenario::{PutFault, PutKind};
use crate::lab::world::entry::{Change, ChangeRefused, StoredEntry};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    account_name: String,
    domain_dns_name: String,
    #[serde(default)]
    account_password: Option<String>,
}

pub async fn list(State(portal): State<Arc<Portal>>, headers: HeaderMap) -> Response {
    if portal.bearer(&headers).is_none() {
        return unauthorized(&portal);
    }
    Json(json!([shape(&portal.shared.world().entry)])).into_response()
}

pub async fn read(State(portal): State<Arc<Portal>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if portal.bearer(&headers).is_none() {
        return unauthorized(&portal);
    }
    let world = portal.shared.world();
    if world.entry.id() == id { whole(&world.entry) } else { missing(&portal) }
}

pub async fn change(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(by) = portal.bearer(&headers) else { return unauthorized(&portal) };
    if portal.shared.world().entry.id() != id {
        return missing(&portal);
    }
    let Ok(body) = serde_json::from_slice::<Body>(&body) else {
        return refused(&portal, StatusCode::BAD_REQUEST, "BadRequest", "The body is not an entry.");
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let change = Change {
        if_match: text("if-match"),
        id: text("change-id"),
        account: body.account_name,
        domain: body.domain_dns_name,
        password: Zeroizing::new(body.account_password.unwrap_or_default()),
        by,
    };
    match store(&portal, change).await {
        Stored::Taken { etag, entry } => ([(header::ETAG, etag)], Json(entry)).into_response(),
        Stored::Throttled { seconds } => throttled(&portal, seconds),
        Stored::Unauthorized => unauthorized(&portal),
        Stored::Refused(why) => {
            let (status, code, says) = explain(why);
            refused(&portal, status, code, &says)
        }
    }
}

/// What came of a change.
pub enum Stored {
    /// With the version and the shape that it has now.
    Taken {
        etag: String,
        entry: Value,
    },
    Throttled {
        seconds: u32,
    },
    Unauthorized,
    Refused(ChangeRefused),
}

/// Takes a change, from whichever door, and plays what the scenario has go wrong with it. Where the answer is lost this
/// never returns: the connection is cut.
pub async fn store(portal: &Portal, change: Change) -> Stored {
    let fault = next_fault(portal);
    let length = Duration::from_secs(fault.seconds.into());
    match fault.kind {
        PutKind::Throttled => return Stored::Throttled { seconds: fault.seconds },
        PutKind::RequestLost => return vanish(portal, length).await,
        PutKind::Slow => portal.shared.clock.sleep(length).await,
        PutKind::ChangedBySomeone => {
            let now = portal.shared.clock.now().wall;
            portal.shared.world().entry.change_by_someone(now);
        }
        PutKind::Unauthorized => return Stored::Unauthorized,
        PutKind::AnswerLost | PutKind::None => {}
    }
    let answer = take(portal, change);
    if fault.kind == PutKind::AnswerLost {
        return vanish(portal, length).await;
    }
    answer
}

/// Cuts this connection with all others, so the answer never leaves.
async fn vanish<T>(portal: &Portal, length: Duration) -> T {
    portal.vanish(length);
    std::future::pending().await
}

fn next_fault(portal: &Portal) -> PutFault {
    let faults = &mut portal.shared.world().scenario.portal.put;
    if faults.is_empty() { PutFault { kind: PutKind::None, seconds: 0 } } else { faults.remove(0) }
}

fn take(portal: &Portal, change: Change) -> Stored {
    let work = portal.shared.clock.work();
    let now = portal.shared.clock.now();
    let mut world = portal.shared.world();
    match world.entry.change(change, now.wall) {
        Ok(()) => {
            world.entry_changed(now);
            portal.shared.nudge(work);
            Stored::Taken { etag: world.entry.etag(), entry: shape(&world.entry) }
        }
        Err(why) => Stored::Refused(why),
    }
}

fn explain(why: ChangeRefused) -> (StatusCode, &'static str, String) {
    match why {
        ChangeRefused::NoPrecondition => (
            StatusCode::PRECONDITION_REQUIRED,
            "PreconditionRequired",
            "If-Match is required to change an entry.".into(),
        ),
        ChangeRefused::NoChangeId => {
            (StatusCode::BAD_REQUEST, "BadRequest", "Change-Id is required to change an entry.".into())
        }
        ChangeRefused::Stale => (
            StatusCode::PRECONDITION_FAILED,
            "PreconditionFailed",
            "The entry was changed since it was read.".into(),
        ),
        ChangeRefused::Illegal(field) => {
            (StatusCode::BAD_REQUEST, "BadRequest", format!("{field} is not in legal form."))
        }
    }
}

fn throttled(portal: &Portal, seconds: u32) -> Response {
    let mut response = refused(
        portal,
        StatusCode::TOO_MANY_REQUESTS,
        "TooManyRequests",
        "Too many requests; try again later.",
    );
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

fn missing(portal: &Portal) -> Response {
    refused(portal, StatusCode::NOT_FOUND, "NotFound", "There is no such entry.")
}

fn whole(entry: &StoredEntry) -> Response {
    ([(header::ETAG, entry.etag())], Json(shape(entry))).into_response()
}

fn shape(entry: &StoredEntry) -> Value {
    json!({
        "Id": entry.id(),
        "AccountName": entry.account(),
        "DomainDnsName": entry.domain(),
        "AccountPassword": null,
        "IsGroupManagedServiceAccount": entry.managed(),
        "IsSingleLabelAccountDomainName": false,
        "lastChangeId": entry.last_change,
        "lastChangedBy": entry.changed_by,
        "lastChangedDateTime": entry.changed_at.to_string(),
    })
}
