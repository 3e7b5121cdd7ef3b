//! The client against a server that misbehaves in every way a network can.

use std::time::Duration;

use super::*;
use crate::clock::{Driven, Instant};
use crate::portal::stand_in::{Reply, StandIn, reply, still};
use crate::trust::SystemRoots;

async fn ask(client: &Client, base: &str) -> Result<Answer, Broken> {
    let url = below(base, &["x"]).unwrap();
    client.exchange(client.request(Method::GET, &url).unwrap(), 1024).await
}

async fn fault_of(answer: impl Fn() -> Reply + Send + Sync + 'static) -> Fault {
    let portal = StandIn::answering(move |_| answer()).await;
    let answer = ask(&portal.client(&still()), &portal.base).await.unwrap();
    answer.json().unwrap_err()
}

#[tokio::test]
async fn each_status_has_its_meaning() {
    let check = async |status: u16, headers: &'static [(&str, &str)], body: &'static str, fault: Fault| {
        assert_eq!(fault_of(move || reply(status, headers, body)).await, fault, "{status} {body}");
    };
    let refused = r#"{"error":{"code":"Forbidden","message":"no scope\u001b"}}"#;
    check(401, &[], "", Fault::Unauthorized).await;
    check(403, &[], refused, Fault::Forbidden("Forbidden: no scope\u{1b}".into())).await;
    check(403, &[], "<html>", Fault::Forbidden("no reason given".into())).await;
    check(404, &[], "", Fault::NotFound).await;
    check(400, &[], refused, Fault::Refused(400, "Forbidden: no scope\u{1b}".into())).await;
    check(429, &[("retry-after", "7")], "", Fault::Throttled(Duration::from_secs(7))).await;
    check(429, &[], "", Fault::Throttled(Duration::from_secs(10))).await;
    let dated =
        &[("date", "Sun, 06 Nov 1994 08:49:00 GMT"), ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")];
    check(429, dated, "", Fault::Throttled(Duration::from_secs(37))).await;
    check(503, &[], "", Fault::Server(503)).await;
    check(503, &[("retry-after", "soon")], "", Fault::Server(503)).await;
    check(503, &[("retry-after", "20")], "", Fault::Throttled(Duration::from_secs(20))).await;
    check(503, dated, "", Fault::Throttled(Duration::from_secs(37))).await;
    let proxy = "a proxy on the way wants a sign-in of its own";
    check(407, &[], "<html>", Fault::Refused(407, proxy.into())).await;
    check(500, &[], "<html>", Fault::Server(500)).await;
    let page =
        Fault::Garbled("a web page instead of data; a proxy or a sign-in page may stand between".into());
    check(200, &[("content-type", "Text/HTML; charset=utf-8")], "hello", page.clone()).await;
    check(200, &[], "\n <!doctype html>", page).await;
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let elsewhere = StandIn::answering(|_| reply(200, &[], "{}")).await;
    let target = format!("{}/secret?code=1", elsewhere.base);
    let told = format!("it points to {}, which was not followed", elsewhere.base);
    let fault = fault_of(move || reply(307, &[("location", &target)], "")).await;
    assert_eq!(fault, Fault::Refused(307, told.into()));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn an_answer_cut_short_is_never_taken_for_a_whole_one() {
    let check = async |bytes: &'static str| {
        let portal = StandIn::saying(bytes).await;
        let fault = match ask(&portal.client(&still()), &portal.base).await {
            Ok(answer) => answer.json().map(<[u8]>::to_vec).unwrap_err(),
            Err(Broken::Sent(fault)) => fault,
            Err(Broken::Unsent(fault)) => panic!("taken for unsent: {fault}"),
        };
        assert_eq!(fault, Fault::CutShort, "{bytes}");
    };
    check("").await;
    check("HTTP/1.1 200 OK\r\ncontent-le").await;
    check("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"value\":[").await;
    check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"val").await;
}

#[tokio::test]
async fn a_body_beyond_its_bound_is_not_read() {
    let fault = fault_of(|| reply(200, &[], "x".repeat(1025))).await;
    assert_eq!(fault, Fault::Garbled("more than 1024 bytes".into()));
}

#[tokio::test]
async fn an_answer_that_does_not_come_ends_by_the_clock_and_may_have_been_acted_on() {
    let driven = Driven::new(jiff::Timestamp::UNIX_EPOCH);
    let portal = StandIn::answering_later(|_| Box::pin(std::future::pending())).await;
    let client = portal.client(&driven.clock());
    let base = portal.base.clone();
    let asking = tokio::spawn(async move { ask(&client, &base).await.map(|_| ()) });
    while portal.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    driven.move_to(Instant(Duration::from_secs(29)));
    assert!(!asking.is_finished());
    driven.move_to(Instant(Duration::from_secs(30)));
    assert_eq!(asking.await.unwrap(), Err(Broken::Sent(Fault::TimedOut)));
    assert_eq!(driven.working(), 0);
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_sent_nothing() {
    let driven = Driven::new(jiff::Timestamp::UNIX_EPOCH);
    let trust = StandIn::saying("").await.trust;
    // Takes the connection and never greets.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", silent.local_addr().unwrap());
    let client = Client::new(&trust, &driven.clock(), Patience::default());
    let asking = tokio::spawn({
        let base = base.clone();
        async move { ask(&client, &base).await.map(|_| ()) }
    });
    let held = silent.accept().await.unwrap();
    while driven.next() != Some(Instant(Duration::from_secs(10))) {
        tokio::task::yield_now().await;
    }
    driven.move_to(Instant(Duration::from_secs(10)));
    assert_eq!(asking.await.unwrap(), Err(Broken::Unsent(Fault::TimedOut)));

    drop((held, silent));
    let client = Client::new(&trust, &still(), Patience::default());
    let refused = ask(&client, &base).await.unwrap_err();
    assert!(matches!(refused, Broken::Unsent(Fault::Unreachable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_refused_before_anything_is_sent() {
    let portal = StandIn::answering(|_| reply(200, &[], "{}")).await;
    let other = StandIn::saying("").await;
    let check = async |trust: &Trust| {
        let client = Client::new(trust, &still(), Patience::default());
        let refused = ask(&client, &portal.base).await.unwrap_err();
        assert!(matches!(refused, Broken::Unsent(Fault::Certificate(_))), "{refused:?}");
    };
    check(&other.trust).await;
    assert!(portal.seen().is_empty());
}

#[test]
fn only_https_or_loopback_is_spoken_to() {
    let client = Client::new(&Trust::system(&SystemRoots::default()), &still(), Patience::default());
    let check = |url: &str, allowed: bool| {
        let asked = client.request(Method::GET, &address(url).unwrap());
        assert_eq!(asked.is_ok(), allowed, "{url}");
    };
    check("https://graph.microsoft.com/v1.0", true);
    check("http://127.0.0.1:8080/", true);
    check("http://[::1]:8080/", true);
    check("http://graph.microsoft.com/", false);
    check("http://127.0.0.1.example.test/", false);
    check("ftp://127.0.0.1/", false);
    check("file:///etc/passwd", false);
}
