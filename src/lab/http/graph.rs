//! Graph's two readings, in its own shapes and pages, and the name of who is signed in.
//!
//! Relies on the fleet. Understands `$top`, `$skip`, `$count` and, of `$filter`, equality on an issue's status and
//! type. Deliberately absent: `$select`, which a server may ignore; writing.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Portal, refused, throttle, unauthorized};
use crate::lab::world::DOMAIN;
use crate::lab::world::directory::Directory;
use crate::lab::world::fleet::{Fleet, Issue, IssueKind, Sensor, SensorKind, Service};

type Parameters = Query<HashMap<String, String>>;

pub async fn me(State(portal): State<Arc<Portal>>, headers: HeaderMap) -> Response {
    match portal.bearer(&headers) {
        Some(name) => Json(json!({ "displayName": "Ana", "userPrincipalName": name })).into_response(),
        None => unauthorized(&portal),
    }
}

pub async fn sensors(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Response {
    if portal.bearer(&headers).is_none() {
        return unauthorized(&portal);
    }
    if let Some(wait) = throttle::asks_to_wait(&portal) {
        return wait;
    }
    let part = Part::asked(&portal, &headers, &parameters);
    // Only what the page shows is put into JSON: a large fleet has many pages, and is polled every second.
    let (rows, total) = {
        let world = portal.shared.world();
        let (fleet, directory) = (&world.fleet, &world.directory);
        let shown = fleet.sensors.iter().skip(part.skip).take(part.top);
        (shown.map(|one| sensor(one, fleet, directory)).collect(), fleet.sensors.len())
    };
    page("sensors", (rows, total, part), &parameters)
}

pub async fn health_issues(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Response {
    if portal.bearer(&headers).is_none() {
        return unauthorized(&portal);
    }
    if let Some(wait) = throttle::asks_to_wait(&portal) {
        return wait;
    }
    let filter = parameters.get("$filter").map(String::as_str).unwrap_or_default();
    let Some(wanted) = conditions(filter) else {
        return refused(&portal, StatusCode::BAD_REQUEST, "BadRequest", "Invalid filter clause.");
    };
    let rows: Vec<Value> = portal.shared.world().fleet.issues.iter().map(issue).collect();
    let fits = |row: &Value| {
        wanted.iter().all(|(field, value)| {
            row.get(*field).and_then(Value::as_str).is_some_and(|held| held.eq_ignore_ascii_case(value))
        })
    };
    let fitting: Vec<Value> = rows.into_iter().filter(fits).collect();
    let part = Part::asked(&portal, &headers, &parameters);
    let total = fitting.len();
    let shown = fitting.into_iter().skip(part.skip).take(part.top).collect();
    page("healthIssues", (shown, total, part), &parameters)
}

/// Which rows of a list a page shows.
struct Part {
    skip: usize,
    top: usize,
    /// What the links lead to: where this was asked.
    origin: String,
}

impl Part {
    fn asked(portal: &Portal, headers: &HeaderMap, parameters: &HashMap<String, String>) -> Self {
        let number = |name: &str| parameters.get(name).and_then(|text| text.parse::<usize>().ok());
        let size = portal.shared.world().scenario.portal.page_size.max(1);
        Self {
            skip: number("$skip").unwrap_or(0),
            top: number("$top").unwrap_or(size).min(size),
            origin: portal.asked_at(headers),
        }
    }
}

/// `Status eq 'open' and healthIssueType eq 'global'`; None when it can't be read.
fn conditions(filter: &str) -> Option<Vec<(&'static str, String)>> {
    if filter.trim().is_empty() {
        return Some(Vec::new());
    }
    let condition = |part: &str| {
        let (field, value) = part.split_once(" eq ")?;
        let field = ["status", "healthIssueType", "severity"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(field.trim()))?;
        let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        Some((field, value.to_owned()))
    };
    filter.split(" and ").map(condition).collect()
}

/// The rows of one part, out of so many in all.
fn page(
    what: &str,
    (shown, total, part): (Vec<Value>, usize, Part),
    parameters: &HashMap<String, String>,
) -> Response {
    let Part { skip, top, origin } = part;
    let end = skip.saturating_add(top);
    let mut body = json!({
        "@odata.context": format!("{origin}/v1.0/$metadata#security/identities/{what}"),
        "value": shown,
    });
    if let Some(fields) = body.as_object_mut() {
        if parameters.get("$count").is_some_and(|asked| asked == "true") {
            fields.insert("@odata.count".into(), total.into());
        }
        if end < total {
            let mut link = url::form_urlencoded::Serializer::new(String::new());
            link.append_pair("$top", &top.to_string()).append_pair("$skip", &end.to_string());
            if let Some(filter) = parameters.get("$filter") {
                link.append_pair("$filter", filter);
            }
            let link = link.finish().replace("%24", "$");
            let link = format!("{origin}/v1.0/security/identities/{what}?{link}");
            fields.insert("@odata.nextLink".into(), link.into());
        }
    }
    Json(body).into_response()
}

fn sensor(sensor: &Sensor, fleet: &Fleet, directory: &Directory) -> Value {
    let stopped = sensor.service == Service::Stopped;
    let deployment = match sensor {
        _ if sensor.syncing => "syncing",
        _ if sensor.start_failed => "startFailure",
        _ => "upToDate",
    };
    let health = match sensor {
        _ if sensor.start_failed => "notHealthyHigh",
        _ if stopped => "notHealthyMedium",
        _ => "healthy",
    };
    let watched = match sensor.kind {
        SensorKind::Standalone => directory.controllers.iter().take(2).map(|one| one.host.clone()).collect(),
        SensorKind::DomainController => vec![sensor.host()],
        SensorKind::FederationServer | SensorKind::CertificateServer => Vec::new(),
    };
    json!({
        "id": sensor.id,
        "createdDateTime": sensor.created.to_string(),
        "deploymentStatus": deployment,
        "displayName": sensor.name,
        "domainName": DOMAIN,
        "healthStatus": health,
        "openHealthIssuesCount": fleet.open_issues(&sensor.host()),
        "sensorType": match sensor.kind {
            SensorKind::DomainController => "domainControllerIntegrated",
            SensorKind::Standalone => "domainControllerStandalone",
            SensorKind::FederationServer => "adfsIntegrated",
            SensorKind::CertificateServer => "adcsIntegrated",
        },
        "serviceStatus": if stopped { "stopped" } else { "running" },
        "settings": {
            "description": null,
            "domainControllerDnsNames": watched,
            "isDelayedDeploymentEnabled": false,
        },
        "version": sensor.version,
    })
}

fn issue(issue: &Issue) -> Value {
    let (name, severity, number, description, advice) = match &issue.kind {
        IssueKind::Credentials => (
            "Directory services user credentials are incorrect",
            "medium",
            1007,
            "The credentials for the directory services user account are incorrect. This impacts sensors' ability to detect activities using LDAP queries against domain controllers.",
            "Verify the user name, password and domain in the Directory services configuration page.",
        ),
        IssueKind::StartFailed { .. } => (
            "Sensor service failed to start",
            "high",
            1012,
            "The sensor service failed to start for at least 30 minutes.",
            "Monitor sensor logs to understand the root cause for the sensor service failure.",
        ),
    };
    let hosts: Vec<&str> = match &issue.kind {
        IssueKind::Credentials => Vec::new(),
        IssueKind::StartFailed { host } => vec![host],
    };
    json!({
        "id": issue.id,
        "additionalInformation": [],
        "createdDateTime": issue.created.to_string(),
        "description": description,
        "displayName": name,
        "domainNames": [DOMAIN],
        "healthIssueType": if hosts.is_empty() { "global" } else { "sensor" },
        "issueTypeId": number.to_string(),
        "lastModifiedDateTime": issue.modified.to_string(),
        "recommendations": [advice],
        "recommendedActionCommands": [],
        "sensorDNSNames": hosts,
        "severity": severity,
        "status": if issue.open { "open" } else { "closed" },
    })
}
