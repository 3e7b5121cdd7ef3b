//! What each answer to an attempt comes to, and what is never sent.

use tokio::sync::Notify;

use super::*;
use crate::directory::probe::{Found, Keys};
use crate::directory::refusal::SubCode;

const SEALED_ELSEWHERE: &str = "its yes proves nothing: it is not sealed with the account's key";
const OTHER_REQUEST: &str = "its yes proves nothing: it answers another request";

#[tokio::test]
async fn a_reply_under_the_accounts_key_to_this_very_request_is_the_current_password() {
    let tested = test(vec![Act::Say(prove_yourself()), Act::Grant(grant)]).await;
    assert_eq!(tested.answer, Answer::Accepted);
    assert_eq!(tested.controller_time, Some("2026-01-02T03:04:05Z".parse().unwrap()));
}

#[tokio::test]
async fn a_reply_that_proves_less_is_no_acceptance() {
    let check = async |make: fn(u32) -> Vec<u8>, expected: &str| {
        let tested = test(vec![Act::Say(prove_yourself()), Act::Grant(make)]).await;
        assert_eq!(short(&tested.answer), format!("not known: {expected}"));
    };
    check(|nonce| reply(nonce, "other", "svc-mdi", "CONTOSO.TEST"), SEALED_ELSEWHERE).await;
    check(|nonce| reply(nonce ^ 1, "right", "svc-mdi", "CONTOSO.TEST"), OTHER_REQUEST).await;
    check(|nonce| reply(nonce, "right", "svc-mdi", "FABRIKAM.TEST"), OTHER_REQUEST).await;
    check(
        |nonce| reply(nonce, "right", "svc-other", "CONTOSO.TEST"),
        "its yes proves nothing: it is for another account",
    )
    .await;
    check(|_| grant(0)[..200].to_vec(), "its answer made no sense: not Kerberos").await;
}

#[tokio::test]
async fn every_error_to_a_sealed_timestamp_is_told_apart() {
    let armored = error(25, "", &sequence(&[&padata(136, &[])]));
    let windows = |status: u32| padata(3, &[status.to_le_bytes(), [0; 4], [1, 0, 0, 0]].concat());
    let samba = |status: u32| sequence(&[&windows(status)]);
    for (answer, expected) in [
        (error(24, "", &[]), "refused: 52e"),
        (error(6, "", &[]), "refused: 525"),
        (error(18, "", &[]), "refused: 775"),
        (error(18, "", &windows(0xc000_0072)), "refused: 533"),
        (error(18, "", &samba(0xc000_0193)), "refused: 701"),
        (error(18, "", &samba(0xc000_006f)), "refused: 530"),
        (error(23, "", &windows(0xc000_0224)), "refused: 773"),
        (error(23, "", &samba(0xc000_0071)), "refused: 532"),
        (error(37, "", &[]), "not sent: its clock and this machine's differ by too much (Kerberos error 37)"),
        (error(12, "", &[]), "not known: its policy forbids it (Kerberos error 12)"),
        (
            error(14, "", &[]),
            "not known: it has no AES key for the account, or takes none (RC4 only; Kerberos error 14)",
        ),
        (error(60, "so\u{1b}so\0", &[]), "not known: Kerberos error 60: so␛so"),
        (error(68, "", &[]), "not known: it is of another realm (Kerberos error 68)"),
        (
            armored,
            "not known: it takes Kerberos only in an armored exchange (FAST), which this console doesn't speak",
        ),
        (error(99, "", &[]), "not known: Kerberos error 99: it gave no words"),
    ] {
        let tested = test(vec![Act::Say(prove_yourself()), Act::Say(answer)]).await;
        assert_eq!(short(&tested.answer), expected);
        assert!(tested.controller_time.is_some(), "{expected}");
    }
}

#[tokio::test]
async fn what_stands_in_the_way_before_the_timestamp_costs_nothing() {
    let timestamp = || padata(2, &[]);
    for (offers, expected) in [
        (
            vec![recipes(&[(23, None)]), timestamp()],
            "it has no AES key for the account, or takes none (RC4 only; Kerberos error 14)",
        ),
        (
            vec![recipes(&[(18, Some(1000))]), timestamp()],
            "it asks for 1000 rounds to make a key, which is too few to be safe or too many to be honest",
        ),
        (
            vec![recipes(&[(18, Some(0))]), timestamp()],
            "it asks for 0 rounds to make a key, which is too few to be safe or too many to be honest",
        ),
        (
            vec![recipes(&[(18, None)]), padata(136, &[])],
            "it takes Kerberos only in an armored exchange (FAST), which this console doesn't speak",
        ),
        (vec![recipes(&[(18, None)])], "Kerberos error 25: it takes no proof that this console has"),
    ] {
        let tested = test(vec![Act::Say(prove_by(&offers))]).await;
        assert_eq!(short(&tested.answer), format!("not sent: {expected}"));
    }
}

#[tokio::test]
async fn an_account_that_needs_no_proof_is_judged_by_what_its_ticket_is_sealed_with() {
    let check = async |make: fn(u32) -> Vec<u8>, expected: &str| {
        assert_eq!(short(&test(vec![Act::Grant(make)]).await.answer), expected);
    };
    check(grant, "accepted").await;
    check(|nonce| reply(nonce, "other", "svc-mdi", "CONTOSO.TEST"), "refused: 52e").await;
    check(
        |nonce| reply(nonce, "right", "svc-other", "CONTOSO.TEST"),
        "not sent: its yes proves nothing: it is for another account",
    )
    .await;
}

#[tokio::test]
async fn a_probe_reads_keys_and_salt_and_says_which_account_is_closed() {
    let client = Client::new(Clock::system());
    let check = async |act: Act, expected: Result<Found, Fault>| {
        let probe = client.probe(&stage(vec![act]).await, &account()).await;
        assert_eq!(probe.map(|probe| probe.found), expected);
    };
    let keys = Keys { aes256: true, aes128: true, salt: "CONTOSO.TESTold-nàme".into() };
    let both = prove_by(&[recipes(&[(18, None), (23, None), (17, Some(8192))]), padata(2, &[])]);
    check(Act::Say(both), Ok(Found::Keys(keys))).await;
    check(Act::Say(error(6, "", &[])), Ok(Found::NoSuchAccount)).await;
    check(Act::Say(error(18, "", &[])), Ok(Found::Closed(None))).await;
    let disabled = padata(3, &[0x72, 0, 0, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0]);
    check(Act::Say(error(18, "", &disabled)), Ok(Found::Closed(Some(SubCode::Disabled)))).await;
    check(Act::Grant(grant), Ok(Found::NoPreauthentication)).await;
    check(Act::Say(error(68, "", &[])), Err(Fault::WrongRealm)).await;
    check(Act::Close, Err(Fault::ConnectionClosed)).await;
}

#[tokio::test]
async fn neither_an_empty_password_nor_another_attempts_permit_reaches_the_controller() {
    let controller = Controller { kerberos: None, ..stage(vec![]).await };
    let check = async |permit: Permit, password: &str, expected: &str| {
        let client = Client::new(Clock::system());
        let tested = client.test(permit, &controller, credential(password)).await;
        assert_eq!(short(&tested.answer), format!("not sent: {expected}"));
    };
    let (own, other) =
        ("dc1.contoso.test", "the program failed while asking: the permit is for another attempt");
    check(permit(own, Protocol::Kerberos), "", "it is unwilling: an empty password is never tried").await;
    check(permit(own, Protocol::Ldap), "right", other).await;
    check(permit("dc2.contoso.test", Protocol::Kerberos), "right", other).await;
    check(permit(own, Protocol::Kerberos), "right", "no route to it").await;
}

#[tokio::test]
async fn silence_is_waited_out_and_counts_only_once_the_timestamp_has_left() {
    let check = async |before: Vec<Act>, expected: &str| {
        let driven = Driven::new("2026-01-02T03:04:05Z".parse().unwrap());
        let asked = Arc::new(Notify::new());
        let acts = before.into_iter().chain([Act::Silence(Arc::clone(&asked))]).collect();
        let (client, controller) = (Client::new(driven.clock()), stage(acts).await);
        let permit = permit("dc1.contoso.test", Protocol::Kerberos);
        let testing =
            tokio::spawn(async move { client.test(permit, &controller, credential("right")).await });
        asked.notified().await;
        while !testing.is_finished() {
            if let Some(next) = driven.next() {
                driven.move_to(next);
            }
            tokio::task::yield_now().await;
        }
        let tested = testing.await.unwrap();
        assert_eq!(short(&tested.answer), expected);
        assert_eq!(tested.latency, Duration::from_secs(15));
    };
    check(vec![], "not sent: no answer in time").await;
    check(vec![Act::Say(prove_yourself())], "not known: no answer in time").await;
}

#[tokio::test]
async fn a_centre_that_takes_the_probe_and_says_nothing_is_given_up_in_the_time_for_a_connection() {
    let (driven, asked) = (Driven::new(Timestamp::UNIX_EPOCH), Arc::new(Notify::new()));
    let controller = stage(vec![Act::Silence(Arc::clone(&asked))]).await;
    let client = Client::new(driven.clock());
    let probing = tokio::spawn(async move { client.probe(&controller, &account()).await });
    asked.notified().await;
    let limit = Duration::from_secs(5);
    while !probing.is_finished() {
        // What waits for later has been given up, once the one who waits has run on.
        if let Some(next) = driven.next().filter(|next| next.0 <= limit) {
            driven.move_to(next);
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(probing.await.unwrap(), Err(Fault::TimedOut));
    assert_eq!(driven.clock().now().at.0, limit);
}

#[test]
fn no_debug_output_holds_the_password() {
    assert!(!format!("{:?}", credential("Lab-Pass-2026!")).contains("Lab-Pass"));
}
