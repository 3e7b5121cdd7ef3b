//! Graph's JSON in every odd form it may come in.

use serde_json::json;

use super::*;

fn one_sensor(from: &Value) -> Sensor {
    sensors(json!({ "value": [from] }).to_string().as_bytes()).unwrap().items.remove(0)
}

fn one_issue(from: &Value) -> HealthIssue {
    issues(json!({ "value": [from] }).to_string().as_bytes()).unwrap().items.remove(0)
}

#[test]
fn a_sensor_is_read_whole() {
    let read = one_sensor(&json!({
        "id": "b370e9b7", "displayName": "DC1", "domainName": "Contoso.test", "version": "2.240.1.2",
        "sensorType": "domainControllerStandalone", "deploymentStatus": "upToDate", "serviceStatus": "running",
        "healthStatus": "notHealthyHigh", "openHealthIssuesCount": 3, "settings": {"description": ""},
    }));
    let told = Sensor {
        id: "b370e9b7".into(),
        host: "dc1.contoso.test".into(),
        domain: "contoso.test".into(),
        kind: SensorKind::DomainControllerStandalone,
        version: "2.240.1.2".into(),
        deployment: Deployment::UpToDate,
        service: ServiceStatus::Running,
        health: Health::High,
        open_issues: Some(3),
    };
    assert_eq!(read, told);
}

#[test]
fn a_sensor_without_anything_is_shown_as_one_of_which_nothing_is_told() {
    let nothing = Sensor {
        id: "".into(),
        host: "".into(),
        domain: "".into(),
        kind: SensorKind::Other("".into()),
        version: "".into(),
        deployment: Deployment::Absent,
        service: ServiceStatus::Absent,
        health: Health::Absent,
        open_issues: None,
    };
    let check = |from: &Value| assert_eq!(one_sensor(from), nothing, "{from}");
    check(&json!({}));
    check(&json!(null));
    check(&json!([]));
    check(&json!({"id": null, "displayName": null, "domainName": null, "sensorType": null, "version": null,
        "deploymentStatus": null, "serviceStatus": null, "healthStatus": null, "openHealthIssuesCount": null}));
    check(&json!({"id": {}, "displayName": [], "openHealthIssuesCount": "many"}));
}

#[test]
fn every_word_of_the_service_status_is_known_and_others_are_kept() {
    let check = |word: &str, status: ServiceStatus| {
        assert_eq!(one_sensor(&json!({ "serviceStatus": word })).service, status);
    };
    check("stopped", ServiceStatus::Stopped);
    check("starting", ServiceStatus::Starting);
    check("Running", ServiceStatus::Running);
    check("disabled", ServiceStatus::Disabled);
    check("onboarding", ServiceStatus::Onboarding);
    check("unknown", ServiceStatus::Unknown);
    check("unknownFutureValue", ServiceStatus::Other("unknownFutureValue".into()));
    check("dreaming\u{1b}", ServiceStatus::Other("dreaming\u{1b}".into()));
    check("", ServiceStatus::Absent);
}

#[test]
fn every_word_of_the_deployment_is_known_and_others_are_kept() {
    let check = |word: &str, status: Deployment| {
        assert_eq!(one_sensor(&json!({ "deploymentStatus": word })).deployment, status);
    };
    check("upToDate", Deployment::UpToDate);
    check("outdated", Deployment::Outdated);
    check("updating", Deployment::Updating);
    check("updateFailed", Deployment::UpdateFailed);
    check("notConfigured", Deployment::NotConfigured);
    check("unreachable", Deployment::Unreachable);
    check("disconnected", Deployment::Disconnected);
    check("startFailure", Deployment::StartFailure);
    check("syncing", Deployment::Syncing);
    check("unknownFutureValue", Deployment::Other("unknownFutureValue".into()));
}

#[test]
fn every_word_of_health_and_kind_is_known_and_others_are_kept() {
    let health = |word: &str, known: Health| {
        assert_eq!(one_sensor(&json!({ "healthStatus": word })).health, known);
    };
    health("healthy", Health::Healthy);
    health("notHealthyLow", Health::Low);
    health("notHealthyMedium", Health::Medium);
    health("notHealthyHigh", Health::High);
    health("poorly", Health::Other("poorly".into()));
    let kind = |word: &str, known: SensorKind| {
        assert_eq!(one_sensor(&json!({ "sensorType": word })).kind, known);
    };
    kind("adConnectIntegrated", SensorKind::AdConnectIntegrated);
    kind("adcsIntegrated", SensorKind::AdcsIntegrated);
    kind("adfsIntegrated", SensorKind::AdfsIntegrated);
    kind("domainControllerIntegrated", SensorKind::DomainControllerIntegrated);
    kind("domainControllerStandalone", SensorKind::DomainControllerStandalone);
    kind("exchange", SensorKind::Other("exchange".into()));
}

#[test]
fn the_host_is_put_together_once() {
    let check = |from: &Value, host: &str| assert_eq!(&*one_sensor(from).host, host, "{from}");
    check(&json!({"displayName": "DC1", "domainName": "contoso.test"}), "dc1.contoso.test");
    check(&json!({"displayName": "dc1.contoso.test", "domainName": "CONTOSO.test"}), "dc1.contoso.test");
    check(&json!({"displayName": "dc1", "domainName": null}), "dc1");
    check(&json!({"domainName": "contoso.test"}), "");
}

#[test]
fn counts_come_as_numbers_or_texts_and_what_is_neither_is_not_told() {
    let check = |from: &Value, count: Option<u32>| {
        assert_eq!(one_sensor(&json!({ "openHealthIssuesCount": from })).open_issues, count);
    };
    check(&json!(12), Some(12));
    check(&json!("12"), Some(12));
    check(&json!(0), Some(0));
    check(&json!(u64::MAX), Some(u32::MAX));
    for none in [json!(null), json!(-1), json!("many"), json!([])] {
        check(&none, None);
    }
    assert_eq!(one_sensor(&json!({})).open_issues, None);
}

#[test]
fn an_issue_is_global_however_that_is_written() {
    let check = |from: &Value, global: bool| {
        assert_eq!(one_issue(&json!({ "healthIssueType": from })).global, global);
    };
    check(&json!("global"), true);
    check(&json!("Global"), true);
    check(&json!("sensor"), false);
    check(&json!("unknownFutureValue"), false);
    check(&json!(null), false);
}

#[test]
fn an_issue_is_read_whole() {
    let read = one_issue(&json!({
        "id": "i1", "displayName": "Directory services user credentials are incorrect", "severity": "medium",
        "status": "suppressed", "createdDateTime": "2026-08-20T10:00:00Z", "lastModifiedDateTime": "soon",
        "sensorDNSNames": ["DC1.contoso.test", null, 7], "domainNames": null, "recommendations": "Save it again",
    }));
    assert!(read.about_credential() && read.open());
    assert_eq!(read.status, IssueStatus::Suppressed);
    assert_eq!(read.created, "2026-08-20T10:00:00Z".parse().ok());
    assert_eq!(read.modified, None);
    assert_eq!(read.sensors, [Safe::new("dc1.contoso.test"), "7".into()]);
    assert!(read.domains.is_empty());
    assert_eq!(read.recommendations, [Safe::new("Save it again")]);
}

#[test]
fn an_issue_without_a_known_status_counts_as_open() {
    let check = |from: &Value, open: bool| assert_eq!(one_issue(from).open(), open, "{from}");
    check(&json!({}), true);
    check(&json!({"status": "unknownFutureValue"}), true);
    check(&json!({"status": "Closed"}), false);
    check(&json!({"status": "open"}), true);
}

#[test]
fn what_is_no_list_is_an_error_and_not_an_empty_fleet() {
    let check = |body: &str| assert!(matches!(sensors(body.as_bytes()), Err(Fault::Garbled(_))), "{body}");
    check("");
    check("{}");
    check("null");
    check("[]");
    check(r#"{"value": null}"#);
    check(r#"{"value": {}}"#);
    check(r#"{"value": [{"id": "a"}"#);
    assert_eq!(sensors(br#"{"value": []}"#).unwrap().items, []);
}

#[test]
fn the_next_page_is_where_the_answer_says_or_nowhere() {
    let check = |body: &str, next: Option<&str>| {
        assert_eq!(sensors(body.as_bytes()).unwrap().next.as_deref(), next);
    };
    check(r#"{"value": [], "@odata.nextLink": "https://graph/next"}"#, Some("https://graph/next"));
    check(r#"{"value": [], "@odata.nextLink": null}"#, None);
    check(r#"{"value": [], "@odata.nextLink": ""}"#, None);
    check(r#"{"value": []}"#, None);
}
