//! The sign-in's JSON, as Entra and others give it.

use serde_json::{Value, json};

use super::*;

fn jwt(claims: &Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[test]
fn an_error_keeps_its_number_and_ids_and_one_line_of_words() {
    let told = rejection(
        json!({
            "error": "invalid_grant",
            "error_description": "AADSTS53003: Access has been blocked by Conditional Access policies.\r\nTrace ID: t-1\r\nCorrelation ID: c-1",
            "error_codes": [53003], "trace_id": "t-1", "correlation_id": "c-1", "suberror": "message_only",
        })
        .to_string()
        .as_bytes(),
    );
    let read = Rejection {
        error: "invalid_grant".into(),
        code: Some("AADSTS53003".into()),
        description: "Access has been blocked by Conditional Access policies.".into(),
        trace: Some("t-1".into()),
        correlation: Some("c-1".into()),
    };
    assert_eq!(told, Some(read));
}

#[test]
fn an_error_without_a_number_has_oauths_word_for_a_name() {
    let check = |body: Value, name: &str, description: &str| {
        let read = rejection(body.to_string().as_bytes()).unwrap();
        assert_eq!((&**read.name(), &*read.description), (name, description));
    };
    check(json!({"error": "slow_down"}), "slow_down", "");
    check(json!({"error": "x", "error_description": null}), "x", "");
    check(json!({"error": "x", "error_description": "note: well"}), "x", "note: well");
    check(json!({"error": "x", "error_description": "AADSTS: none"}), "x", "AADSTS: none");
    check(
        json!({"error": "x", "error_description": "AADSTS70016: y\u{1b}[2J"}),
        "AADSTS70016",
        "y\u{241b}[2J",
    );
}

#[test]
fn what_is_no_oauth_error_is_not_taken_for_one() {
    let check = |body: &str| assert_eq!(rejection(body.as_bytes()), None, "{body}");
    check("");
    check("<html>");
    check("{}");
    check(r#"{"error": {"code": "x"}}"#);
}

#[test]
fn the_signed_in_name_is_read_from_either_token() {
    let check = |identity: Option<Value>, access: &Value, shown: Option<&str>| {
        let body = json!({"access_token": jwt(access), "id_token": identity.map(|claims| jwt(&claims))});
        let read = tokens(body.to_string().as_bytes()).unwrap();
        assert_eq!(read.name.as_deref(), shown);
    };
    check(Some(json!({"preferred_username": "ana@x"})), &json!({"upn": "other@x"}), Some("ana@x"));
    check(None, &json!({"upn": "ana@x"}), Some("ana@x"));
    check(Some(json!({})), &json!({"unique_name": "ana@x"}), Some("ana@x"));
    check(None, &json!({"app_displayname": "console"}), Some("console"));
    check(None, &json!({"preferred_username": "", "upn": "a\u{202e}b"}), Some("a<U+202E>b"));
    check(None, &json!({}), None);
    check(None, &json!([]), None);
    let opaque = tokens(br#"{"access_token": "opaque"}"#).unwrap();
    assert_eq!((opaque.name, opaque.lives, opaque.refresh.is_some()), (None, DEFAULT_LIFE, false));
}

#[test]
fn a_device_code_has_sane_times() {
    let check = |times: Value, lives: u64, interval: u64| {
        let mut body = json!({"device_code": "d", "user_code": "u", "verification_uri": "v"});
        body.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
        let read = device_code(body.to_string().as_bytes()).unwrap();
        assert_eq!((read.lives.as_secs(), read.interval.as_secs()), (lives, interval));
    };
    check(json!({"expires_in": 900, "interval": 1}), 900, 1);
    check(json!({"expires_in": 900}), 900, 5);
    check(json!({"expires_in": u64::MAX, "interval": u64::MAX}), 3600, 300);
}

#[test]
fn no_error_and_no_debug_output_quotes_a_token() {
    let check = |body: &str| {
        let fault = tokens(body.as_bytes()).unwrap_err();
        assert_eq!(fault, Fault::Garbled("the sign-in did not give a token".into()));
    };
    check(r#"{"access_token": ["s3cret"]}"#);
    check(r#"{"refresh_token": "s3cret"}"#);
    check("s3cret");
    let tokens = tokens(br#"{"access_token": "s3cret", "refresh_token": "s3cret"}"#).unwrap();
    assert!(!format!("{tokens:?}").contains("s3cret"));
}
