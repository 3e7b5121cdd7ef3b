//! One bind: what is sent, what is not, and what each answer means.

use tokio::sync::Notify;

use super::stage::{Asked, OnBind, OnTls, Script, Stage};
use super::*;
use crate::clock::Instant;
use crate::directory::refusal::SubCode;
use crate::directory::{Answer, Controller, Fault, Tested};

const WRONG: &str =
    "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v4563\0";

async fn put(script: Script) -> (Stage, Tested) {
    let stage = Stage::set(script).await;
    let tested = client(&stage).test(permitted(), &stage.controller(), credential("right")).await;
    (stage, tested)
}

fn binding(bind: OnBind) -> Script {
    Script { bind, ..Script::default() }
}

fn sent_once() -> Vec<Asked> {
    vec![Asked::Bind { name: "svc-mdi@contoso.test".into(), password: "right".into(), tls: true }]
}

#[tokio::test]
async fn the_password_goes_out_once_as_name_at_domain_over_tls() {
    let (stage, tested) = put(Script::default()).await;
    assert_eq!(tested.answer, Answer::Accepted);
    assert_eq!(tested.controller_time, Some("2026-01-02T03:04:05Z".parse().unwrap()));
    assert_eq!(stage.binds(), sent_once());
}

#[tokio::test]
async fn without_the_tls_port_start_tls_carries_it() {
    let stage = Stage::set(Script::default()).await;
    let controller = Controller { ldaps: None, ..stage.controller() };
    let tested = client(&stage).test(permitted(), &controller, credential("right")).await;
    assert_eq!(tested.answer, Answer::Accepted);
    assert_eq!(stage.binds(), sent_once());
}

#[tokio::test]
async fn every_answer_to_a_bind_is_told_apart() {
    for (bind, expected) in [
        (OnBind::Answer(8, "00002028: stronger"), "not known: it wants stronger authentication (result 8)"),
        (OnBind::Answer(10, ""), "not known: it answered with a referral"),
        (OnBind::Answer(51, ""), "not known: it is busy"),
        (OnBind::Answer(52, ""), "not known: it says it is unavailable"),
        (OnBind::Answer(53, "no\u{1b}"), "not known: it is unwilling: result 53: no␛"),
        (OnBind::Answer(1, ""), "not known: it is unwilling: result 1: "),
        (OnBind::Answer(49, WRONG), "refused: 52e"),
        (OnBind::Answer(49, "data 775"), "refused: 775"),
        (OnBind::Answer(49, ""), "refused: 0"),
        (OnBind::Close, "not known: the connection was closed before the answer"),
        (OnBind::Bytes(b"\x02\x01\x05"), "not known: the connection was closed before the answer"),
        // A diagnostic text that is not UTF-8 makes ldap3 panic.
        (
            OnBind::Bytes(b"\x30\x0d\x02\x01\x02\x61\x08\x0a\x01\x31\x04\x00\x04\x01\xff"),
            "not known: its answer made no sense: ldap3 could not read it",
        ),
    ] {
        let (stage, tested) = put(binding(bind)).await;
        let answer = match tested.answer {
            Answer::Accepted => "accepted".to_owned(),
            Answer::Refused(refusal) => format!("refused: {}", refusal.code),
            Answer::NotKnown(fault) => format!("not known: {fault}"),
            Answer::NotSent(fault) => format!("not sent: {fault}"),
        };
        assert_eq!(answer, expected);
        assert_eq!(stage.binds().len(), 1, "{expected}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_the_controllers_own_words() {
    let (_, tested) = put(binding(OnBind::Answer(49, WRONG))).await;
    let Answer::Refused(refusal) = tested.answer else { panic!("{:?}", tested.answer) };
    assert_eq!(refusal.code, SubCode::WrongPassword);
    assert_eq!(refusal.text.as_str(), WRONG.trim_end_matches('\0'));
}

#[tokio::test]
async fn nothing_is_sent_over_a_connection_that_is_not_to_be_trusted() {
    let root = |name, value| vec![("defaultNamingContext", "DC=contoso,DC=test"), (name, value)];
    let check = async |script: Script, expected: &str| {
        let (stage, tested) = put(script).await;
        let Answer::NotSent(fault) = tested.answer else { panic!("{expected}: {:?}", tested.answer) };
        assert_eq!(fault.to_string(), expected);
        assert_eq!(stage.binds(), []);
    };
    let script = Script::default;
    check(Script { certificate_name: "dc9.contoso.test", ..script() }, &Fault::NameMismatch.to_string())
        .await;
    check(Script { certificate_until: 2020, ..script() }, &Fault::CertificateExpired.to_string()).await;
    check(Script { tls: OnTls::NoCertificate, ..script() }, "TLS failed: it has no server certificate").await;
    check(Script { tls: OnTls::Close, ..script() }, &Fault::NoCommonCipher.to_string()).await;
    check(
        Script { root: root("supportedCapabilities", "1.2.840.113556.1.4.1920"), ..script() },
        "it is unwilling: it is a read-only controller, which is never given a password",
    )
    .await;
    check(
        Script { root: vec![("defaultNamingContext", "DC=other,DC=test")], ..script() },
        &Fault::Referral.to_string(),
    )
    .await;
    check(Script { root: vec![], ..script() }, "its answer made no sense: it names no domain").await;
}

#[tokio::test]
async fn a_certificate_of_an_unknown_issuer_gets_no_password() {
    let (stage, other) = (Stage::set(Script::default()).await, Stage::set(Script::default()).await);
    let tested = client(&other).test(permitted(), &stage.controller(), credential("right")).await;
    assert_eq!(tested.answer, Answer::NotSent(Fault::UnknownIssuer));
    assert_eq!(stage.asked(), []);
}

#[tokio::test]
async fn neither_an_empty_password_nor_another_attempts_permit_reaches_the_controller() {
    let stage = Stage::set(Script::default()).await;
    let check = async |permit: Permit, credential: Credential| {
        let tested = client(&stage).test(permit, &stage.controller(), credential).await;
        assert!(matches!(tested.answer, Answer::NotSent(_)));
        assert_eq!(stage.asked(), []);
    };
    check(permitted(), credential("")).await;
    check(permit("dc2.contoso.test", Protocol::Ldap), credential("right")).await;
    check(permit("dc1.contoso.test", Protocol::Kerberos), credential("right")).await;
    check(permitted(), Credential { account: account("other"), ..credential("right") }).await;
}

#[tokio::test]
async fn a_controller_nobody_answers_for_is_not_sent_to() {
    let stage = Stage::set(Script::default()).await;
    let closed = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let check = async |ldaps, ldap, expected: Fault| {
        let controller = Controller { ldaps, ldap, ..stage.controller() };
        let tested = client(&stage).test(permitted(), &controller, credential("right")).await;
        assert_eq!(tested.answer, Answer::NotSent(expected));
    };
    check(Some(closed), None, Fault::ConnectionRefused).await;
    check(None, Some(closed), Fault::ConnectionRefused).await;
    check(Some(closed), Some(closed), Fault::ConnectionRefused).await;
    check(None, None, Fault::NoRoute).await;
}

#[tokio::test]
async fn silence_is_waited_out_and_counts_as_not_known() {
    let stage = Stage::set(binding(OnBind::Silence)).await;
    let (client, driven) = driven(&stage);
    let controller = stage.controller();
    let testing =
        tokio::spawn(async move { client.test(permitted(), &controller, credential("right")).await });
    while stage.binds().is_empty() {
        stage.changed.notified().await;
    }
    wait_out(&driven).await;
    let tested = loop {
        if testing.is_finished() {
            break testing.await.unwrap();
        }
        if let Some(next) = driven.next() {
            driven.move_to(next);
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(tested.answer, Answer::NotKnown(Fault::TimedOut));
    assert_eq!(tested.latency, 15 * SECOND);
    assert_eq!(stage.binds(), sent_once());
}

#[tokio::test]
async fn an_answer_that_comes_a_byte_a_second_is_waited_for_no_longer_than_silence() {
    // An acceptance, if one had the time for it.
    const SLOW: &[u8] = b"\x30\x1c\x02\x01\x02\x61\x17\x0a\x01\x00\x04\x00\x04\x10one byte a second";
    let told = Arc::new(Notify::new());
    let stage = Stage::set(binding(OnBind::ByteByByte(SLOW, Arc::clone(&told)))).await;
    let (client, driven) = driven(&stage);
    let controller = stage.controller();
    let testing =
        tokio::spawn(async move { client.test(permitted(), &controller, credential("right")).await });
    while stage.binds().is_empty() {
        stage.changed.notified().await;
    }
    for second in 1..=15 {
        told.notify_one();
        stage.changed.notified().await;
        driven.move_to(Instant(SECOND * second));
    }
    let tested = testing.await.unwrap();
    assert_eq!(tested.answer, Answer::NotKnown(Fault::TimedOut));
    assert_eq!((tested.latency, stage.binds()), (15 * SECOND, sent_once()));
}

#[tokio::test]
async fn a_bind_once_sent_runs_to_its_end_though_nobody_waits_for_it() {
    let told = Arc::new(Notify::new());
    let stage = Stage::set(binding(OnBind::Wait(Arc::clone(&told)))).await;
    let (client, controller) = (client(&stage), stage.controller());
    let testing =
        tokio::spawn(async move { client.test(permitted(), &controller, credential("right")).await });
    while stage.binds().is_empty() {
        stage.changed.notified().await;
    }
    testing.abort();
    assert!(testing.await.is_err_and(|ended| ended.is_cancelled()));
    told.notify_one();
    while stage.asked().last() != Some(&Asked::Unbind) {
        stage.changed.notified().await;
    }
    // It read the account after the answer nobody waited for, and sent nothing twice.
    assert!(stage.asked().contains(&Asked::Search { base: "DC=contoso,DC=test".into(), tls: true }));
    assert_eq!(stage.binds(), sent_once());
}

#[test]
fn no_debug_output_holds_the_password() {
    assert!(!format!("{:?}", credential("Lab-Pass-2026!")).contains("Lab-Pass"));
}
