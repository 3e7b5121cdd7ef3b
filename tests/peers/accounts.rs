//! What is asked without a password, or with a clock that is off; and an account without preauthentication.

use mdi_console::clock::Clock;
use mdi_console::directory::probe::Found;
use mdi_console::directory::refusal::SubCode;
use mdi_console::directory::{Answer, Fault, Protocol};

use crate::forest::{self, Forest, RIGHT, WRONG};

#[tokio::test]
async fn a_probe_tells_what_an_account_is_and_counts_nothing() {
    let Some(forest) = Forest::enter().await else { return };
    let client = forest::kerberos();
    for at in &forest.controllers {
        let (oracle, before) = (forest.watch(), forest.failures(at, "svc-mdi").await);
        let check = async |account: &str, expected: fn(&Found) -> bool| {
            let probe = client.probe(at, &forest::account(account)).await.expect("an answer");
            assert!(expected(&probe.found), "{account}: {probe:?}");
            probe
        };
        let probe = check("svc-mdi", |found| match found {
            Found::Keys(keys) => keys.aes256 && keys.salt.as_str() == "CONTOSO.TESTsvc-mdi",
            _ => false,
        })
        .await;
        let off = probe.controller_time.expect("a time").duration_since(Clock::system().now().wall);
        assert!(off.abs().as_secs() < 5, "{off:?}");
        check("svc-nobody", |found| *found == Found::NoSuchAccount).await;
        check("svc-nopreauth", |found| *found == Found::NoPreauthentication).await;
        // Windows would say so at once; this one tells of it only to those who have proved themselves.
        check("svc-disabled", |found| matches!(found, Found::Keys(_))).await;
        assert_eq!(forest.failures(at, "svc-mdi").await, before);
        assert_eq!(oracle.count("svc-mdi"), 0);
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_not_judged_and_the_controllers_time_mends_it() {
    let Some(forest) = Forest::enter().await else { return };
    let [at, _] = &forest.controllers;
    let test = async |client: mdi_console::directory::kerberos::Client| {
        let permit = forest.permit(at, Protocol::Kerberos, "svc-apart");
        client.test(permit, at, forest::credential("svc-apart", RIGHT)).await
    };
    let off = forest::kerberos().with_skew(jiff::SignedDuration::from_hours(1));
    let tested = test(off.clone()).await;
    assert_eq!(tested.answer, Answer::NotSent(Fault::ClockSkew));
    assert_eq!(forest.failures(at, "svc-apart").await, 0);
    let theirs = tested.controller_time.expect("a time");
    let skew = theirs.duration_since(Clock::system().now().wall);
    assert_eq!(test(off.with_skew(skew)).await.answer, Answer::Accepted);
}

#[tokio::test]
async fn an_account_without_preauthentication_is_judged_by_its_ticket() {
    let Some(forest) = Forest::enter().await else { return };
    let [at, _] = &forest.controllers;
    let right = forest.answer(at, Protocol::Kerberos, ("svc-nopreauth", RIGHT)).await;
    assert_eq!(right, Answer::Accepted);
    let wrong = forest.answer(at, Protocol::Kerberos, ("svc-nopreauth", WRONG)).await;
    let Answer::Refused(refusal) = wrong else { panic!("{wrong:?}") };
    assert_eq!(refusal.code, SubCode::WrongPassword);
    assert_eq!(forest.failures(at, "svc-nopreauth").await, 0);
}
