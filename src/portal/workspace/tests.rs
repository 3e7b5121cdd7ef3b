//! Reading and saving against a stand-in, with everything that can come between a save and its answer.

use std::time::Duration;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::*;
use crate::clock::{Driven, Instant};
use crate::portal::stand_in::{Reply, StandIn, reply, still};

fn secret(text: &str) -> Secret {
    Secret::new(Zeroizing::new(text.to_owned()))
}

fn change() -> Change {
    Change {
        entry: "e 1/x".into(),
        etag: "\"1\"".into(),
        id: "c-2".into(),
        account: "svc-mdi".into(),
        domain: "contoso.test".into(),
        single_label: false,
    }
}

async fn save_at(base: &str, client: &Client) -> SaveAnswer {
    let workspace = Workspace { client, base, token: &secret("t-1") };
    workspace.save(&change(), &secret("Päss\"word\\1")).await
}

async fn saved(answer: impl Fn() -> Reply + Send + Sync + 'static) -> SaveAnswer {
    let portal = StandIn::answering(move |_| answer()).await;
    save_at(&portal.base, &portal.client(&still())).await
}

#[tokio::test]
async fn a_save_sends_the_entry_on_its_conditions() {
    let portal = StandIn::answering(|_| reply(204, &[("etag", "\"2\"")], "")).await;
    let answer = save_at(&portal.base, &portal.client(&still())).await;
    assert_eq!(answer, SaveAnswer::Saved { etag: "\"2\"".into() });
    let seen = portal.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!((&*seen[0].method, &*seen[0].path), ("PUT", "/api/directoryServices/e%201%2Fx"));
    let headers = ["authorization", "if-match", "change-id"].map(|name| seen[0].header(name).to_owned());
    assert_eq!(headers, ["Bearer t-1", "\"1\"", "c-2"]);
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    let sent = json!({"AccountName": "svc-mdi", "DomainDnsName": "contoso.test", "AccountPassword": "Päss\"word\\1",
        "IsGroupManagedServiceAccount": false, "IsSingleLabelAccountDomainName": false});
    assert_eq!(body, sent);
}

#[tokio::test]
async fn each_answer_to_a_save_says_saved_not_saved_or_neither() {
    let check = async |status: u16, headers: &'static [(&str, &str)], told: SaveAnswer| {
        assert_eq!(saved(move || reply(status, headers, "")).await, told, "{status} {headers:?}");
    };
    let unclear = || SaveAnswer::Lost(Fault::Garbled("it said yes, but showed no new ETag".into()));
    check(200, &[("etag", "\"2\"")], SaveAnswer::Saved { etag: "\"2\"".into() }).await;
    check(200, &[], unclear()).await;
    check(204, &[("etag", "\"1\"")], unclear()).await;
    check(202, &[], SaveAnswer::Lost(Fault::Garbled("it answered 202 to a save".into()))).await;
    let page = SaveAnswer::Lost(Fault::Garbled("it answered 200 to a save".into()));
    check(200, &[("content-type", "text/html"), ("etag", "\"2\"")], page).await;
    check(412, &[], SaveAnswer::Conflict).await;
    check(401, &[], SaveAnswer::NotSaved(Fault::Unauthorized)).await;
    check(403, &[], SaveAnswer::NotSaved(Fault::Forbidden("no reason given".into()))).await;
    check(404, &[], SaveAnswer::NotSaved(Fault::NotFound)).await;
    check(408, &[], SaveAnswer::Lost(Fault::TimedOut)).await;
    let asked = SaveAnswer::NotSaved(Fault::Throttled(Duration::from_secs(3)));
    check(429, &[("retry-after", "3")], asked).await;
    check(500, &[], SaveAnswer::Lost(Fault::Server(500))).await;
    check(503, &[], SaveAnswer::Lost(Fault::Server(503))).await;
    let elsewhere = || Fault::Refused(303, "it points to another page, which was not followed".into());
    check(303, &[("location", "/done")], SaveAnswer::Lost(elsewhere())).await;
}

#[tokio::test]
async fn a_redirected_save_is_not_saved_and_the_password_goes_nowhere_else() {
    let elsewhere = StandIn::answering(|_| reply(204, &[("etag", "\"9\"")], "")).await;
    let target = format!("{}/api", elsewhere.base);
    let told = format!("it points to {}, which was not followed", elsewhere.base);
    let answer = saved(move || reply(308, &[("location", &target)], "")).await;
    assert_eq!(answer, SaveAnswer::NotSaved(Fault::Refused(308, told.into())));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_save_cut_off_is_lost_and_one_never_connected_is_not_saved() {
    let cut = StandIn::saying("").await;
    let client = cut.client(&still());
    assert_eq!(save_at(&cut.base, &client).await, SaveAnswer::Lost(Fault::CutShort));
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", gone.local_addr().unwrap());
    drop(gone);
    let answer = save_at(&base, &client).await;
    assert!(matches!(answer, SaveAnswer::NotSaved(Fault::Unreachable(_))), "{answer:?}");
    let untrusted = StandIn::answering(|_| reply(204, &[("etag", "\"2\"")], "")).await;
    let answer = save_at(&untrusted.base, &client).await;
    assert!(matches!(answer, SaveAnswer::NotSaved(Fault::Certificate(_))), "{answer:?}");
    assert!(untrusted.seen().is_empty());
}

#[tokio::test]
async fn a_save_without_an_answer_is_lost_when_the_clock_says_so_and_sent_once() {
    let driven = Driven::new(jiff::Timestamp::UNIX_EPOCH);
    let portal = StandIn::answering_later(|_| Box::pin(std::future::pending())).await;
    let (client, base) = (portal.client(&driven.clock()), portal.base.clone());
    let saving = tokio::spawn(async move { save_at(&base, &client).await });
    while portal.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    driven.move_to(Instant(Duration::from_secs(30)));
    assert_eq!(saving.await.unwrap(), SaveAnswer::Lost(Fault::TimedOut));
    assert_eq!(portal.seen().len(), 1);
}

#[tokio::test]
async fn a_status_that_arrived_counts_though_the_body_is_cut() {
    let portal = StandIn::saying("HTTP/1.1 200 OK\r\netag: \"2\"\r\ncontent-length: 90\r\n\r\n{").await;
    let answer = save_at(&portal.base, &portal.client(&still())).await;
    assert_eq!(answer, SaveAnswer::Saved { etag: "\"2\"".into() });
}

#[tokio::test]
async fn nothing_is_sent_without_https_a_condition_or_a_usable_id() {
    let portal = StandIn::answering(|_| reply(204, &[("etag", "\"2\"")], "")).await;
    let (client, token) = (portal.client(&still()), secret("t-1"));
    let check = async |base: &str, change: Change| {
        let answer = Workspace { client: &client, base, token: &token }.save(&change, &secret("x")).await;
        assert!(matches!(answer, SaveAnswer::NotSaved(_)), "{base} {change:?}: {answer:?}");
    };
    check(&portal.base.replace("https", "http"), change()).await;
    check(&portal.base, Change { etag: "".into(), ..change() }).await;
    check(&portal.base, Change { id: "".into(), ..change() }).await;
    check(&portal.base, Change { entry: "..".into(), ..change() }).await;
    check(&portal.base, Change { entry: "".into(), ..change() }).await;
    assert!(portal.seen().is_empty());
}

#[tokio::test]
async fn an_entry_is_read_with_its_etag_and_only_the_one_asked_for() {
    let portal = StandIn::answering(|seen| match &*seen.path {
        "/api/directoryServices" => reply(200, &[], r#"[{"Id": "e1"}, {"Id": "e2"}]"#),
        _ => reply(200, &[("etag", "\"7\"")], r#"{"Id": "e1", "AccountName": "svc-mdi"}"#),
    })
    .await;
    let (client, token) = (portal.client(&still()), secret("t-1"));
    let workspace = Workspace { client: &client, base: &portal.base, token: &token };
    let ids: Vec<_> = workspace.entries().await.unwrap().into_iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [Safe::new("e1"), "e2".into()]);
    assert_eq!(&*workspace.entry("e1").await.unwrap().etag, "\"7\"");
    let other = workspace.entry("e2").await;
    assert_eq!(other, Err(Fault::Garbled("it gave the entry e1 for e2".into())));
    assert!(portal.seen().iter().all(|seen| seen.header("authorization") == "Bearer t-1"));
}

#[tokio::test]
async fn the_issuer_is_told_without_showing_a_token() {
    let portal = StandIn::answering(|_| reply(404, &[], "")).await;
    let client = portal.client(&still());
    let told = issuer(&client, &format!("{}/api?x=1", portal.base)).await.unwrap();
    assert!(told.contains("CN=Stand-in Issuer"), "{told}");
    let seen = portal.seen().remove(0);
    assert_eq!((&*seen.path, seen.header("authorization")), ("/", ""));
    let plain = issuer(&client, "http://127.0.0.1:1").await;
    assert_eq!(plain, Err(Fault::Foreign("http://127.0.0.1:1".into())));
}
