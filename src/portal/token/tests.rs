//! Signing in against a stand-in: what is sent, what is believed, and where nothing is sent.

use serde_json::json;
use zeroize::Zeroizing;

use super::*;
use crate::clock::Instant;
use crate::portal::stand_in::{Reply, Seen, StandIn, reply, still};

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

fn secret(text: &str) -> Secret {
    Secret::new(Zeroizing::new(text.to_owned()))
}

fn login(authority: &str) -> Login {
    Login {
        authority: format!("{authority}/tenant-1"),
        client_id: "client-1".into(),
        scope: "https://graph.test/a offline_access".into(),
        verification_hosts: VERIFICATION_HOSTS.iter().map(|host| (*host).to_owned()).collect(),
    }
}

fn code_for(uri: &str) -> Reply {
    let body = json!({"device_code": "d-1", "user_code": "ABCD", "verification_uri": uri, "expires_in": 900, "interval": 1});
    reply(200, JSON, body.to_string())
}

fn granted(_: Seen) -> Reply {
    reply(200, JSON, r#"{"access_token": "a-1", "refresh_token": "r-1", "expires_in": 3599}"#)
}

#[tokio::test]
async fn a_device_code_is_asked_for_and_shown_with_its_address_and_time() {
    let portal = StandIn::answering(|_| code_for("https://microsoft.com/devicelogin")).await;
    let (code, device) = request_device_code(&portal.client(&still()), &login(&portal.base)).await.unwrap();
    let shown = DeviceCode {
        user_code: "ABCD".into(),
        verification_uri: "https://microsoft.com/devicelogin".into(),
        expires: Instant(Duration::from_mins(15)),
        interval: Duration::from_secs(1),
    };
    assert_eq!((code, device.expose()), (shown, "d-1"));
    let seen = portal.seen().remove(0);
    assert_eq!((&*seen.method, &*seen.path), ("POST", "/tenant-1/oauth2/v2.0/devicecode"));
    assert_eq!(seen.body, "client_id=client-1&scope=https%3A%2F%2Fgraph.test%2Fa+offline_access");
}

#[test]
fn an_operator_is_sent_only_to_the_clouds_own_pages() {
    let cloud = login("https://login.microsoftonline.com");
    let check = |login: &Login, uri: &str, allowed: bool| {
        assert_eq!(verified(login, uri).is_ok(), allowed, "{uri}");
    };
    check(&cloud, "https://microsoft.com/devicelogin", true);
    check(&cloud, "https://MICROSOFT.com/deviceloginus", true);
    check(&cloud, "https://login.microsoft.com/device", true);
    check(&cloud, "http://microsoft.com/devicelogin", false);
    check(&cloud, "https://microsoft.com:8443/devicelogin", false);
    check(&cloud, "https://microsoft.com@evil.test/devicelogin", false);
    check(&cloud, "https://ana:x@microsoft.com/devicelogin", false);
    check(&cloud, "https://microsoft.com.evil.test/devicelogin", false);
    check(&cloud, "https://evil.test/microsoft.com", false);
    check(&cloud, "https://127.0.0.1:9/device", false);
    check(&cloud, "javascript:alert(1)", false);
    check(&cloud, "", false);
    let lab = login("https://127.0.0.1:8443");
    check(&lab, "https://127.0.0.1:9/device", true);
    check(&lab, "https://evil.test/device", false);
}

#[tokio::test]
async fn an_address_outside_the_list_is_never_shown() {
    let portal = StandIn::answering(|_| code_for("https://evil.test/device")).await;
    let denied = request_device_code(&portal.client(&still()), &login(&portal.base)).await.unwrap_err();
    assert_eq!(denied, Denial::Lost(Fault::Foreign("https://evil.test/device".into())));
}

#[tokio::test]
async fn each_grant_sends_what_it_must() {
    let portal = StandIn::answering(granted).await;
    let (client, login) = (portal.client(&still()), login(&portal.base));
    let scope = "scope=https%3A%2F%2Fgraph.test%2Fa+offline_access";
    poll_token(&client, &login, &secret("d&1")).await.unwrap();
    refresh(&client, &login, &secret("r-0")).await.unwrap();
    let tokens = client_credentials(&client, &login, (&Proof::Secret, &secret("s=1"))).await.unwrap();
    let bodies: Vec<_> = portal.seen().into_iter().map(|seen| seen.body).collect();
    let sent = [
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=client-1&device_code=d%261".to_owned(),
        format!("grant_type=refresh_token&client_id=client-1&{scope}&refresh_token=r-0"),
        format!("grant_type=client_credentials&client_id=client-1&{scope}&client_secret=s%3D1"),
    ];
    assert_eq!(bodies, sent);
    assert!(portal.seen().iter().all(|seen| seen.path == "/tenant-1/oauth2/v2.0/token"));
    assert_eq!((tokens.access.expose(), tokens.lives), ("a-1", Duration::from_secs(3599)));
    assert_eq!(tokens.refresh.as_ref().map(Secret::expose), Some("r-1"));
}

#[tokio::test]
async fn a_client_secret_goes_to_no_other_host() {
    let login = login("https://login.evil.test");
    let client = StandIn::answering(granted).await.client(&still());
    let denied = client_credentials(&client, &login, (&Proof::Secret, &secret("s"))).await.unwrap_err();
    assert_eq!(denied, Denial::Lost(Fault::Foreign("https://login.evil.test".into())));
}

#[tokio::test]
async fn a_refusal_is_oauths_where_it_says_so_and_else_the_statuss() {
    let check = async |status: u16, body: &'static str, fault: Option<Fault>| {
        let portal = StandIn::answering(move |_| reply(status, JSON, body)).await;
        let polled = poll_token(&portal.client(&still()), &login(&portal.base), &secret("d")).await;
        match (answer(&polled), fault) {
            (Answer::Lost(lost), Some(fault)) => assert_eq!(lost, fault),
            (Answer::Rejected(rejection), None) => assert_eq!(&*rejection.error, "authorization_pending"),
            (answer, _) => panic!("{status} {body}: {answer:?}"),
        }
    };
    let pending = r#"{"error": "authorization_pending", "error_description": "AADSTS70016: wait"}"#;
    check(400, pending, None).await;
    check(401, pending, None).await;
    check(429, pending, Some(Fault::Throttled(Duration::from_secs(10)))).await;
    check(503, pending, Some(Fault::Server(503))).await;
    check(400, "<html>", Some(Fault::Refused(400, "no reason given".into()))).await;
    check(200, "{}", Some(Fault::Garbled("the sign-in did not give a token".into()))).await;
}
