//! Whole polls against a stand-in: pages, continuations and what stops one.

use serde_json::json;
use zeroize::Zeroizing;

use super::*;
use crate::portal::stand_in::{Reply, Seen, StandIn, reply, still};

const SENSORS: &str = "/v1.0/security/identities/sensors";

fn token() -> Secret {
    Secret::new(Zeroizing::new("token-1".to_owned()))
}

async fn read_from(portal: &StandIn) -> Result<Reading, Fault> {
    read(&portal.client(&still()), &portal.base, &token()).await
}

/// Pages of a hundred sensors, named by what they skip; one issue.
fn fleet(seen: &Seen, of: usize) -> Reply {
    let dated = &[("content-type", "application/json"), ("date", "Thu, 20 Aug 2026 10:00:00 GMT")];
    if !seen.path.starts_with(SENSORS) {
        return reply(200, dated, json!({"value": [{"id": "i1"}]}).to_string());
    }
    let skip: usize = seen.path.split_once("?$skip=").map_or(0, |(_, skip)| skip.parse().unwrap());
    let page: Vec<_> = (skip..of.min(skip + 100)).map(|n| json!({"id": n.to_string()})).collect();
    let mut body = json!({ "value": page });
    if skip + 100 < of {
        let next = format!("https://{}{SENSORS}?$skip={}", seen.header("host"), skip + 100);
        body["@odata.nextLink"] = next.into();
    }
    reply(200, dated, body.to_string())
}

#[tokio::test]
async fn two_thousand_sensors_come_in_pages_of_a_hundred() {
    let portal = StandIn::answering(|seen| fleet(&seen, 2000)).await;
    let reading = read_from(&portal).await.unwrap();
    let ids: Vec<_> = reading.sensors.iter().map(|sensor| sensor.id.parse::<usize>().unwrap()).collect();
    assert_eq!(ids, (0..2000).collect::<Vec<_>>());
    assert_eq!(reading.issues.len(), 1);
    assert_eq!(reading.portal_time, "2026-08-20T10:00:00Z".parse().ok());
    let seen = portal.seen();
    assert_eq!(seen.len(), 21);
    assert!(seen.iter().all(|seen| seen.method == "GET" && seen.header("authorization") == "Bearer token-1"));
}

#[tokio::test]
async fn a_next_page_elsewhere_is_refused_and_the_token_stays() {
    let elsewhere = StandIn::answering(|seen| fleet(&seen, 1)).await;
    let check = async |next: String, refused: &str| {
        let body = json!({"value": [], "@odata.nextLink": next}).to_string();
        let portal = StandIn::answering(move |_| reply(200, &[], body.clone())).await;
        assert_eq!(read_from(&portal).await, Err(Fault::Foreign(refused.into())), "{next}");
        assert_eq!(portal.seen().len(), 1);
    };
    check(format!("{}/v1.0/next", elsewhere.base), &elsewhere.base).await;
    check("https://graph.example.test/v1.0/next".into(), "https://graph.example.test").await;
    check("http://127.0.0.1/next".into(), "http://127.0.0.1").await;
    check("//graph.example.test/next".into(), "https://graph.example.test").await;
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_list_that_never_ends_is_left() {
    let portal = StandIn::answering(|_| {
        reply(200, &[], json!({"value": [], "@odata.nextLink": "?$skip=0"}).to_string())
    })
    .await;
    assert_eq!(read_from(&portal).await, Err(Fault::Garbled("more than 200 pages".into())));
}

#[tokio::test]
async fn a_poll_beyond_its_bound_is_left() {
    let huge = json!({"value": ["x".repeat(6 * 1024 * 1024)], "@odata.nextLink": "?more"}).to_string();
    let portal = StandIn::answering(move |_| reply(200, &[], huge.clone())).await;
    assert!(matches!(read_from(&portal).await, Err(Fault::Garbled(_))));
    assert_eq!(portal.seen().len(), 3);
}

#[tokio::test]
async fn one_page_that_fails_fails_the_reading() {
    let check = async |failing: &'static str, status: u16, fault: Fault| {
        let portal = StandIn::answering(move |seen| {
            if seen.path.contains(failing) { reply(status, &[], "") } else { fleet(&seen, 300) }
        })
        .await;
        assert_eq!(read_from(&portal).await, Err(fault), "{failing}");
    };
    check("sensors", 401, Fault::Unauthorized).await;
    check("skip=200", 503, Fault::Server(503)).await;
    check("healthIssues", 500, Fault::Server(500)).await;
    let missing = |permission: &str| Fault::Forbidden(format!("{permission} (no reason given)").into());
    check("sensors", 403, missing("SecurityIdentitiesSensors.Read.All")).await;
    check("healthIssues", 403, missing("SecurityIdentitiesHealth.Read.All")).await;
}
