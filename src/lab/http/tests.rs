//! The portal as a client meets it: sign-in, pages, versions, and the answers that never come.

use serde_json::Value;

use crate::lab::scenario::{PutFault, PutKind, Scenario, find};
use crate::lab::tests::site::Bench;
use crate::lab::world::RIGHT_PASSWORD;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const SENSORS: &str = "/v1.0/security/identities/sensors";
const ISSUES: &str = "/v1.0/security/identities/healthIssues";

fn with_fault(kind: PutKind, seconds: u32) -> Scenario {
    let mut scenario = find("clean").expect("a scenario");
    scenario.portal.put = vec![PutFault { kind, seconds }];
    scenario
}

async fn begin(bench: &Bench, scope: &str) -> String {
    let begun: Value = bench.post("devicecode", &[("scope", scope)]).await.json().await.expect("JSON");
    assert_eq!(begun["interval"], 1);
    assert!(begun["message"].as_str().is_some_and(|text| text.contains("devicelogin")));
    begun["device_code"].as_str().expect("a code").into()
}

async fn poll(bench: &Bench, code: &str) -> (u16, Value) {
    let answer = bench.ask_token(&[("grant_type", GRANT), ("device_code", code)]).await;
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_device_code_is_approved_after_two_polls_and_works_once() {
    let bench = Bench::start("clean").await;
    let code = begin(&bench, "openid offline_access SecurityIdentitiesSensors.Read.All").await;
    for _ in 0..2 {
        let (status, body) = poll(&bench, &code).await;
        assert_eq!((status, &body["error"]), (400, &"authorization_pending".into()));
        assert!(body["error_description"].as_str().is_some_and(|text| text.starts_with("AADSTS70016: ")));
        assert!(body["trace_id"].is_string() && body["correlation_id"].is_string());
    }
    let (status, body) = poll(&bench, &code).await;
    assert_eq!(status, 200);
    assert!(body["access_token"].is_string() && body["id_token"].is_string());
    let (_, again) = poll(&bench, &code).await;
    assert_eq!(again["error"], "bad_verification_code");

    let refresh = body["refresh_token"].as_str().expect("a refresh token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert_eq!(bench.ask_token(&fields).await.status(), 200);
    assert_eq!(bench.ask_token(&fields).await.status(), 400, "a refresh token works once");
}

#[tokio::test]
async fn the_token_endpoint_answers_what_the_scenario_scripts() {
    for answer in ["slow_down", "authorization_declined", "access_denied", "expired_token"] {
        let mut scenario = find("clean").expect("a scenario");
        scenario.portal.sign_in = vec![answer.into()];
        let bench = Bench::start_with(scenario, None).await;
        let code = begin(&bench, "openid").await;
        let (status, body) = poll(&bench, &code).await;
        assert_eq!((status, &body["error"]), (400, &answer.into()));
    }
}

#[tokio::test]
async fn a_code_expires_and_a_wrong_client_secret_is_refused() {
    let bench = Bench::start("clean").await;
    let code = begin(&bench, "openid").await;
    bench.run(901).await;
    assert_eq!(poll(&bench, &code).await.1["error"], "expired_token");
    let wrong = bench.ask_token(&[("grant_type", "client_credentials"), ("client_secret", "no")]).await;
    assert_eq!(wrong.status(), 401);
}

#[tokio::test]
async fn graph_is_read_in_pages_with_a_token_and_bears_the_labs_own_date() {
    let bench = Bench::start("clean").await;
    let bare = bench.get_bare(SENSORS).await;
    assert_eq!(bare.status(), 401);
    let body: Value = bare.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "InvalidAuthenticationToken");

    let first = bench.get(SENSORS).await.expect("an answer");
    assert_eq!(first.headers()["date"], "Fri, 02 Jan 2026 03:04:05 GMT");
    let first: Value = first.json().await.expect("JSON");
    assert_eq!(first["value"].as_array().map(Vec::len), Some(5));
    assert!(first["@odata.nextLink"].is_string());
    let rows = bench.sensors().await;
    assert_eq!(rows.len(), 12);
    let one = &rows[11];
    assert_eq!(
        (&one["displayName"], &one["sensorType"]),
        (&"mdi-sa2".into(), &"domainControllerStandalone".into())
    );
    for field in
        ["id", "createdDateTime", "deploymentStatus", "domainName", "healthStatus", "settings", "version"]
    {
        assert!(!one[field].is_null(), "{field}");
    }
}

#[tokio::test]
async fn issues_are_filtered_as_graph_does_and_other_filters_are_refused() {
    let bench = Bench::start("wrong-password-saved").await;
    let count = async |filter: &str| bench.rows(&format!("{ISSUES}?$filter={filter}")).await.len();
    assert_eq!(bench.rows(ISSUES).await.len(), 14);
    assert_eq!(count("Status eq 'open'").await, 13);
    assert_eq!(count("status eq 'closed'").await, 1);
    assert_eq!(count("Status eq 'open' and healthIssueType eq 'global'").await, 1);
    let odd = bench.get(&format!("{ISSUES}?$filter=startswith(x,'y')")).await.expect("an answer");
    assert_eq!(odd.status(), 400);
}

#[tokio::test]
async fn an_entry_is_changed_only_against_the_version_that_was_read() {
    let bench = Bench::start("clean").await;
    let etag = bench.etag().await;
    let check = async |headers: &[(&str, &str)], status: u16| {
        let answer = bench.put(RIGHT_PASSWORD, headers).await.expect("an answer");
        assert_eq!(answer.status(), status, "{headers:?}");
        answer
    };
    check(&[("Change-Id", "c")], 428).await;
    check(&[("If-Match", &etag)], 400).await;
    check(&[("If-Match", "\"stale\""), ("Change-Id", "c")], 412).await;
    assert_eq!(bench.lab.saves(), 0);
    let saved = check(&[("If-Match", &etag), ("Change-Id", "c")], 200).await;
    let fresh = saved.headers()["etag"].to_str().expect("text").to_owned();
    assert_ne!(fresh, etag);
    let body: Value = saved.json().await.expect("JSON");
    assert_eq!((&body["lastChangeId"], &body["AccountPassword"]), (&"c".into(), &Value::Null));
    assert_eq!(bench.etag().await, fresh);
    let list: Value =
        bench.get("/api/directoryServices").await.expect("an answer").json().await.expect("JSON");
    assert_eq!(list[0]["Id"], bench.lab.addresses().entry_id);
    check(&[("If-Match", &etag), ("Change-Id", "c")], 412).await;
    assert_eq!(bench.get("/api/directoryServices/other").await.expect("an answer").status(), 404);
}

#[tokio::test]
async fn a_lost_answer_was_saved_a_lost_request_was_not_and_both_leave_the_portal_gone_for_a_while() {
    for (kind, saves) in [(PutKind::AnswerLost, 1), (PutKind::RequestLost, 0)] {
        let bench = Bench::start_with(with_fault(kind, 3), None).await;
        let etag = bench.etag().await;
        let headers = [("If-Match", etag.as_str()), ("Change-Id", "mine")];
        assert!(bench.put(RIGHT_PASSWORD, &headers).await.is_err());
        assert_eq!(bench.lab.saves(), saves);
        bench.run(2).await;
        assert!(bench.get(SENSORS).await.is_err(), "still gone");
        bench.run(2).await;
        let entry: Value =
            bench.get(&bench.entry_path()).await.expect("back again").json().await.expect("JSON");
        assert_eq!(entry["lastChangeId"] == "mine", saves == 1);
        assert_eq!(bench.etag().await == etag, saves == 0);
    }
}

#[tokio::test]
async fn a_save_is_throttled_or_overtaken_where_the_scenario_says_so() {
    let bench = Bench::start_with(with_fault(PutKind::Throttled, 7), None).await;
    let etag = bench.etag().await;
    let headers = [("If-Match", etag.as_str()), ("Change-Id", "mine")];
    let answer = bench.put(RIGHT_PASSWORD, &headers).await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"7".parse().expect("text"))
    );
    assert_eq!(bench.put(RIGHT_PASSWORD, &headers).await.expect("an answer").status(), 200);

    let bench = Bench::start_with(with_fault(PutKind::ChangedBySomeone, 0), None).await;
    let etag = bench.etag().await;
    let headers = [("If-Match", etag.as_str()), ("Change-Id", "mine")];
    assert_eq!(bench.put(RIGHT_PASSWORD, &headers).await.expect("an answer").status(), 412);
    let entry: Value = bench.get(&bench.entry_path()).await.expect("an answer").json().await.expect("JSON");
    assert_eq!(entry["lastChangedBy"], "ben@contoso.test");
    assert_eq!(bench.lab.saves(), 0);
}

#[tokio::test]
async fn a_slow_save_is_answered_when_its_time_has_come() {
    let bench = Bench::start_with(with_fault(PutKind::Slow, 4), None).await;
    let etag = bench.etag().await;
    let headers = [("If-Match", etag.as_str()), ("Change-Id", "mine")];
    let before = bench.now();
    let drive = async {
        loop {
            bench.step(30).await;
            tokio::task::yield_now().await;
        }
    };
    let answer = tokio::select! {
        answer = bench.put(RIGHT_PASSWORD, &headers) => answer.expect("an answer"),
        () = drive => unreachable!(),
    };
    assert_eq!(answer.status(), 200);
    assert!(bench.now().since(before) >= std::time::Duration::from_secs(4));
}
