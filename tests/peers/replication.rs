//! A password changed at one controller and not yet known to the other.

use mdi_console::directory::refusal::SubCode;
use mdi_console::directory::{Answer, Protocol};

use crate::forest::{Forest, RIGHT};

const NEW: &str = "Replicates-Later-1!";

#[tokio::test]
async fn a_password_that_has_not_replicated_is_refused_there_once_and_locks_nothing() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = &forest.controllers;
    let lagging = forest.lagging("2");
    forest.set_password(dc1, "svc-lagging", NEW);
    let oracle = forest.watch();
    for protocol in [Protocol::Ldap, Protocol::Kerberos] {
        assert_eq!(forest.answer(dc1, protocol, ("svc-lagging", NEW)).await, Answer::Accepted);
        let answer = forest.answer(dc2, protocol, ("svc-lagging", NEW)).await;
        let Answer::Refused(refusal) = &answer else { panic!("{protocol:?}: {answer:?}") };
        assert_eq!(refusal.code, SubCode::WrongPassword, "{protocol:?}");
    }
    let seen = oracle.seen("svc-lagging");
    assert_eq!(seen.each_ref().map(Vec::len), [2, 2], "{seen:?}");
    // Each controller counts for itself.
    assert_eq!(forest.failures(dc1, "svc-lagging").await, 0);
    assert_eq!(forest.failures(dc2, "svc-lagging").await, 2);
    // The one that lags still takes what it knows.
    assert_eq!(forest.answer(dc2, Protocol::Kerberos, ("svc-lagging", RIGHT)).await, Answer::Accepted);

    drop(lagging);
    forest.replicated("svc-lagging");
    for protocol in [Protocol::Ldap, Protocol::Kerberos] {
        assert_eq!(forest.answer(dc2, protocol, ("svc-lagging", NEW)).await, Answer::Accepted);
    }
    assert!(!forest.standing(dc2, "svc-reader", "svc-lagging").await.account.locked);
}
