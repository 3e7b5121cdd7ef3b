//! Reading accounts and policies back.

use super::stage::{Asked, Object, OnBind, Script, Stage};
use super::*;
use crate::directory::ldap::ReaderFault;
use crate::directory::refusal::SubCode;
use crate::directory::{AccountFacts, Fault, LockoutPolicy, Standing};

const CONTAINER: &str = "CN=Password Settings Container,CN=System,DC=contoso,DC=test";
const STRICT: &str = "CN=strict,CN=Password Settings Container,CN=System,DC=contoso,DC=test";
pub const OWN_SID: &[u8] = &[1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 80, 4, 0, 0];

fn object(dn: &'static str, attributes: &[(&'static str, &'static str)]) -> Object {
    (dn, attributes.iter().map(|(name, value)| (*name, vec![value.as_bytes().to_vec()])).collect())
}

/// 2026-01-02, three o'clock, as a FILETIME; the stage's clock stands four minutes later.
const THREE: &str = "134117964000000000";

pub fn svc_mdi(more: &[(&'static str, &'static str)]) -> Object {
    let mut found = object(
        "CN=svc-mdi,OU=Service Accounts,DC=contoso,DC=test",
        &[
            ("objectClass", "user"),
            ("sAMAccountName", "svc-mdi"),
            ("pwdLastSet", THREE),
            ("userAccountControl", "512"),
            ("badPwdCount", "2"),
            ("badPasswordTime", THREE),
            ("lockoutTime", "0"),
            ("msDS-User-Account-Control-Computed", "0"),
            ("msDS-UserPasswordExpiryTimeComputed", "9223372036854775807"),
        ],
    );
    for (name, value) in more {
        found.1.retain(|(known, _)| known != name);
        found.1.push((name, vec![value.as_bytes().to_vec()]));
    }
    found.1.push(("objectSid", vec![OWN_SID.to_vec()]));
    found
}

pub fn domain() -> Object {
    object(
        "DC=contoso,DC=test",
        &[
            ("lockoutThreshold", "5"),
            ("lockOutObservationWindow", "-18000000000"),
            ("lockoutDuration", "-18000000000"),
        ],
    )
}

pub fn container() -> Object {
    object(CONTAINER, &[("objectClass", "msDS-PasswordSettingsContainer")])
}

fn half_an_hour(threshold: u32) -> LockoutPolicy {
    let half = Duration::from_mins(30);
    LockoutPolicy { threshold, window: half, duration: Some(half) }
}

pub async fn read_back(objects: Vec<Object>, token: &[&[u8]]) -> Option<AccountFacts> {
    let token = token.iter().map(|sid| sid.to_vec()).collect();
    let stage = Stage::set(Script { token, objects, ..Script::default() }).await;
    client(&stage).test(permitted(), &stage.controller(), credential("right")).await.account
}

pub async fn standing(objects: Vec<Object>) -> Result<Standing, ReaderFault> {
    let stage = Stage::set(Script { objects, ..Script::default() }).await;
    driven(&stage).0.standing(&stage.controller(), credential("reader"), &account("svc-mdi")).await
}

#[tokio::test]
async fn an_accepted_account_is_read_back_with_what_the_directory_says_of_it() {
    let facts = read_back(vec![svc_mdi(&[])], &[]).await.unwrap();
    let expected = AccountFacts {
        name: "svc-mdi".into(),
        sid: "S-1-5-21-1104".into(),
        distinguished_name: "CN=svc-mdi,OU=Service Accounts,DC=contoso,DC=test".into(),
        password_changed: Some("2026-01-02T03:00:00Z".parse().unwrap()),
        password_never_expires: true,
        bad_password_count: Some(2),
        flags: Some(Vec::new()),
        ..AccountFacts::default()
    };
    assert_eq!(facts, expected);
}

#[tokio::test]
async fn the_flags_of_an_account_are_read() {
    let check = async |more: &[(&'static str, &'static str)], expected: fn(&AccountFacts) -> bool| {
        assert!(expected(&read_back(vec![svc_mdi(more)], &[]).await.unwrap()), "{more:?}");
    };
    check(&[("userAccountControl", "514")], |facts| facts.disabled).await;
    check(&[("msDS-User-Account-Control-Computed", "8388608")], |facts| facts.password_expired).await;
    check(&[("msDS-User-Account-Control-Computed", "16"), ("lockoutTime", THREE)], |facts| {
        facts.locked && facts.lockout_time.is_some()
    })
    .await;
    // The lock has run out, and the time stays behind.
    check(&[("lockoutTime", THREE)], |facts| !facts.locked && facts.lockout_time.is_none()).await;
    check(&[("pwdLastSet", "0")], |facts| facts.must_change && facts.password_changed.is_none()).await;
    // Of one that never expires nobody asks for another password.
    check(&[("pwdLastSet", "0"), ("userAccountControl", "66048")], |facts| !facts.must_change).await;
    check(&[("accountExpires", THREE)], |facts| facts.account_expired).await;
    check(&[("accountExpires", "0")], |facts| !facts.account_expired).await;
    check(&[("msDS-UserPasswordExpiryTimeComputed", THREE)], |facts| facts.password_expires.is_some()).await;
}

#[tokio::test]
async fn an_account_that_can_not_be_read_leaves_the_acceptance_standing_without_facts() {
    assert_eq!(read_back(vec![], &[]).await, None);
}

#[tokio::test]
async fn a_name_with_the_signs_of_a_filter_is_only_a_name() {
    let stage = Stage::set(Script { objects: vec![svc_mdi(&[])], ..Script::default() }).await;
    let found = client(&stage)
        .standing(&stage.controller(), credential("reader"), &account("*)(sAMAccountName=svc-mdi"))
        .await;
    assert_eq!(found, Err(ReaderFault::NoSuchAccount));
}

#[tokio::test]
async fn the_reader_sees_the_domains_policy_where_no_fine_grained_one_can_hold() {
    let seen = standing(vec![svc_mdi(&[]), domain(), container()]).await.unwrap();
    assert_eq!(seen.policy, Some(half_an_hour(5)));
    assert_eq!(seen.account.bad_password_count, Some(2));
    assert_eq!(seen.read_at, "2026-01-02T03:04:00Z".parse().unwrap());
}

#[tokio::test]
async fn failures_older_than_the_window_are_not_in_the_count() {
    let mut short = domain();
    short.1[1].1 = vec![b"-600000000".to_vec()];
    let seen = standing(vec![svc_mdi(&[]), short, container()]).await.unwrap();
    assert_eq!(seen.account.bad_password_count, Some(0));
}

#[tokio::test]
async fn a_fine_grained_policy_holds_or_leaves_the_policy_unknown() {
    let readable = object(
        STRICT,
        &[
            ("msDS-LockoutThreshold", "3"),
            ("msDS-LockoutObservationWindow", "-18000000000"),
            ("msDS-LockoutDuration", "-18000000000"),
        ],
    );
    let hidden = object(STRICT, &[]);
    let held = svc_mdi(&[("msDS-ResultantPSO", STRICT)]);
    let check = async |objects: Vec<Object>, expected: Option<LockoutPolicy>| {
        assert_eq!(standing(objects).await.unwrap().policy, expected);
    };
    check(vec![held.clone(), domain(), container(), readable.clone()], Some(half_an_hour(3))).await;
    check(vec![held.clone(), domain(), container(), hidden.clone()], None).await;
    check(vec![held, domain(), container()], None).await;
    check(vec![svc_mdi(&[]), domain(), container(), readable], Some(half_an_hour(5))).await;
    check(vec![svc_mdi(&[]), domain(), container(), hidden], None).await;
    // Without the container nothing is excluded.
    check(vec![svc_mdi(&[]), domain()], None).await;
    check(vec![svc_mdi(&[]), container()], None).await;
}

#[tokio::test]
async fn a_reader_that_is_refused_says_so_and_asks_once() {
    let stage = Stage::set(Script { bind: OnBind::Answer(49, "data 52e"), ..Script::default() }).await;
    let seen = client(&stage).standing(&stage.controller(), credential("reader"), &account("svc-mdi")).await;
    let Err(ReaderFault::Refused(refusal)) = seen else { panic!("{seen:?}") };
    assert_eq!(refusal.code, SubCode::WrongPassword);
    let once = Asked::Bind { name: "svc-mdi@contoso.test".into(), password: "reader".into(), tls: true };
    let asked: Vec<Asked> = stage
        .asked()
        .into_iter()
        .filter(|asked| !matches!(asked, Asked::Search { .. } | Asked::Unbind))
        .collect();
    assert_eq!(asked, [once]);
}

#[tokio::test]
async fn a_read_only_controller_is_not_given_the_readers_password_either() {
    let root = vec![
        ("defaultNamingContext", "DC=contoso,DC=test"),
        ("supportedCapabilities", "1.2.840.113556.1.4.1920"),
    ];
    let stage = Stage::set(Script { root, ..Script::default() }).await;
    let seen = client(&stage).standing(&stage.controller(), credential("reader"), &account("svc-mdi")).await;
    assert!(matches!(seen, Err(ReaderFault::NotSent(Fault::Unwilling(_)))), "{seen:?}");
    assert_eq!(stage.binds().len(), 0);
}

#[tokio::test]
async fn what_the_directory_works_out_of_the_account_has_to_be_read_before_a_policy_is_known() {
    let script = Script { objects: vec![svc_mdi(&[]), domain(), container()], ..Script::default() };
    let stage = Stage::set(Script { busy: Some("msDS-ResultantPSO"), ..script }).await;
    let seen =
        driven(&stage).0.standing(&stage.controller(), credential("reader"), &account("svc-mdi")).await;
    assert_eq!(seen.unwrap().policy, None);
}

#[tokio::test]
async fn a_reader_that_can_not_ask_is_not_a_reader_that_was_refused() {
    let stage = Stage::set(Script { bind: OnBind::Answer(51, ""), ..Script::default() }).await;
    let seen = client(&stage).standing(&stage.controller(), credential("reader"), &account("svc-mdi")).await;
    assert_eq!(seen, Err(ReaderFault::NotKnown(Fault::Busy)));
    let empty = client(&stage).standing(&stage.controller(), credential(""), &account("svc-mdi")).await;
    assert!(matches!(empty, Err(ReaderFault::NotSent(Fault::Unwilling(_)))));
    assert_eq!(stage.binds().len(), 1);
}
