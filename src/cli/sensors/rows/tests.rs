//! Rows as people and programs read them.

use super::*;

fn sensor(host: &str, service: ServiceStatus) -> Sensor {
    Sensor {
        deployment: Deployment::UpToDate,
        health: Health::Healthy,
        version: "2.240.1".into(),
        service,
        open_issues: Some(0),
        ..Sensor::listed(&host.into(), true)
    }
}

fn reading(sensors: Vec<Sensor>) -> Reading {
    Reading { sensors, issues: Vec::new(), portal_time: None }
}

#[test]
fn trouble_stands_first_and_columns_are_aligned() {
    let mut odd = sensor("b.contoso.test", ServiceStatus::Other("odd\u{1b}".into()));
    odd.deployment = Deployment::Absent;
    odd.open_issues = None;
    let stopped = sensor("c.contoso.test", ServiceStatus::Stopped);
    let reading = reading(vec![sensor("a.contoso.test", ServiceStatus::Running), odd, stopped]);
    let table: Vec<String> = table(&sorted(&reading)).iter().map(ToString::to_string).collect();
    assert_eq!(
        table,
        [
            "sensor          service  status      health   open  version  type        domain",
            "c.contoso.test  stopped  up to date  healthy  0     2.240.1  standalone  contoso.test",
            "b.contoso.test  odd\u{241b}     not told    healthy  —     2.240.1  standalone  contoso.test",
            "a.contoso.test  running  up to date  healthy  0     2.240.1  standalone  contoso.test",
        ]
    );
}

#[test]
fn what_is_not_told_is_null_and_what_is_not_known_stands_as_it_came() {
    let check = |sensor: &Sensor, json: &str| {
        assert_eq!(serde_json::to_string(&Line::of_sensor(sensor, None)).unwrap(), json);
    };
    check(
        &sensor("a.contoso.test", ServiceStatus::Running),
        r#"{"event":"sensor","host":"a.contoso.test","domain":"contoso.test","kind":"standalone","version":"2.240.1","service":"running","status":"up-to-date","health":"healthy","open_issues":0,"was":null}"#,
    );
    let mut bare = Sensor::listed(&"b".into(), false);
    bare.deployment = Deployment::Other("reBooting".into());
    check(
        &bare,
        r#"{"event":"sensor","host":"b","domain":null,"kind":null,"version":null,"service":null,"status":"reBooting","health":null,"open_issues":null,"was":null}"#,
    );
}

#[test]
fn trouble_is_what_cannot_be_running() {
    let check = |service: ServiceStatus, deployment: Deployment, trouble: bool| {
        let one = Sensor { deployment, ..sensor("a.contoso.test", service) };
        assert_eq!(in_trouble(&one), trouble, "{one:?}");
    };
    check(ServiceStatus::Running, Deployment::UpToDate, false);
    check(ServiceStatus::Stopped, Deployment::UpToDate, true);
    check(ServiceStatus::Absent, Deployment::StartFailure, true);
    check(ServiceStatus::Absent, Deployment::Syncing, false);
}
