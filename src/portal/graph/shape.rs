//! Graph's JSON, as the portal's types. Pure.
//!
//! Any field may be null, missing, of another type or of a value not yet invented: it is shown as it came, never an
//! error. Only what isn't a list at all is one, since reading it as "no sensors" would be false.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::portal::client::answer::excerpt;
use crate::portal::{Deployment, Fault, Health, HealthIssue, IssueStatus, Sensor, SensorKind, ServiceStatus};
use crate::text::Safe;

#[cfg(test)]
mod tests;

/// One page of a list, and where the next one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

pub fn sensors(body: &[u8]) -> Result<Page<Sensor>, Fault> {
    page(body, sensor)
}

pub fn issues(body: &[u8]) -> Result<Page<HealthIssue>, Fault> {
    page(body, issue)
}

#[derive(Deserialize)]
struct List {
    value: Vec<Value>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

fn page<T>(body: &[u8], item: impl Fn(&Value) -> T) -> Result<Page<T>, Fault> {
    let list: List = serde_json::from_slice(body)
        .map_err(|error| Fault::Garbled(excerpt(&format!("not a list as Graph gives it: {error}"))))?;
    let next = list.next.filter(|next| !next.is_empty());
    Ok(Page { items: list.value.iter().map(item).collect(), next })
}

fn sensor(from: &Value) -> Sensor {
    Sensor {
        id: text(from, "id"),
        host: host(from),
        domain: lower(from, "domainName"),
        kind: kind(from),
        version: text(from, "version"),
        deployment: deployment(from),
        service: service(from),
        health: health(from),
        open_issues: count(from.get("openHealthIssuesCount")),
    }
}

fn issue(from: &Value) -> HealthIssue {
    HealthIssue {
        id: text(from, "id"),
        name: text(from, "displayName"),
        severity: text(from, "severity"),
        status: status(from),
        // Graph's own sample has `Global` where its enum says `global`.
        global: text(from, "healthIssueType").eq_ignore_ascii_case("global"),
        created: time(from, "createdDateTime"),
        modified: time(from, "lastModifiedDateTime"),
        sensors: texts(from, "sensorDNSNames").iter().map(|name| name.to_lowercase().into()).collect(),
        domains: texts(from, "domainNames").iter().map(|name| name.to_lowercase().into()).collect(),
        recommendations: texts(from, "recommendations"),
    }
}

/// `displayName.domainName`, unless the name is whole already.
fn host(from: &Value) -> Safe {
    let (name, domain) = (lower(from, "displayName"), lower(from, "domainName"));
    if domain.is_empty() || name.is_empty() || name.ends_with(&format!(".{domain}")) {
        return name;
    }
    format!("{name}.{domain}").into()
}

fn kind(from: &Value) -> SensorKind {
    let word = text(from, "sensorType");
    match &*word.to_ascii_lowercase() {
        "adconnectintegrated" => SensorKind::AdConnectIntegrated,
        "adcsintegrated" => SensorKind::AdcsIntegrated,
        "adfsintegrated" => SensorKind::AdfsIntegrated,
        "domaincontrollerintegrated" => SensorKind::DomainControllerIntegrated,
        "domaincontrollerstandalone" => SensorKind::DomainControllerStandalone,
        _ => SensorKind::Other(word),
    }
}

fn deployment(from: &Value) -> Deployment {
    let word = text(from, "deploymentStatus");
    match &*word.to_ascii_lowercase() {
        "" => Deployment::Absent,
        "uptodate" => Deployment::UpToDate,
        "outdated" => Deployment::Outdated,
        "updating" => Deployment::Updating,
        "updatefailed" => Deployment::UpdateFailed,
        "notconfigured" => Deployment::NotConfigured,
        "unreachable" => Deployment::Unreachable,
        "disconnected" => Deployment::Disconnected,
        "startfailure" => Deployment::StartFailure,
        "syncing" => Deployment::Syncing,
        _ => Deployment::Other(word),
    }
}

fn service(from: &Value) -> ServiceStatus {
    let word = text(from, "serviceStatus");
    match &*word.to_ascii_lowercase() {
        "" => ServiceStatus::Absent,
        "stopped" => ServiceStatus::Stopped,
        "starting" => ServiceStatus::Starting,
        "running" => ServiceStatus::Running,
        "disabled" => ServiceStatus::Disabled,
        "onboarding" => ServiceStatus::Onboarding,
        "unknown" => ServiceStatus::Unknown,
        _ => ServiceStatus::Other(word),
    }
}

fn health(from: &Value) -> Health {
    let word = text(from, "healthStatus");
    match &*word.to_ascii_lowercase() {
        "" => Health::Absent,
        "healthy" => Health::Healthy,
        "nothealthylow" => Health::Low,
        "nothealthymedium" => Health::Medium,
        "nothealthyhigh" => Health::High,
        _ => Health::Other(word),
    }
}

fn status(from: &Value) -> IssueStatus {
    let word = text(from, "status");
    match &*word.to_ascii_lowercase() {
        "open" => IssueStatus::Open,
        "closed" => IssueStatus::Closed,
        "suppressed" => IssueStatus::Suppressed,
        _ => IssueStatus::Other(word),
    }
}

/// A field as text; empty when it isn't there.
fn text(from: &Value, name: &str) -> Safe {
    from.get(name).and_then(word).unwrap_or_default()
}

fn lower(from: &Value, name: &str) -> Safe {
    text(from, name).to_lowercase().into()
}

fn texts(from: &Value, name: &str) -> Vec<Safe> {
    match from.get(name) {
        Some(Value::Array(items)) => items.iter().filter_map(word).collect(),
        Some(single) => word(single).into_iter().collect(),
        None => Vec::new(),
    }
}

fn word(value: &Value) -> Option<Safe> {
    match value {
        Value::String(text) => Some(Safe::new(text)),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn count(value: Option<&Value>) -> Option<u32> {
    let number: Option<u64> = match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

fn time(from: &Value, name: &str) -> Option<Timestamp> {
    from.get(name)?.as_str()?.parse().ok()
}
