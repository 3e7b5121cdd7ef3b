//! What one test costs, with the controllers' own logs as the witness.

use mdi_console::directory::refusal::SubCode;
use mdi_console::directory::{Answer, Protocol};

use crate::forest::{BEFORE_PREVIOUS, Forest, PREVIOUS, RIGHT, WRONG};

const PROTOCOLS: [(Protocol, &str); 2] = [(Protocol::Ldap, "LDAP"), (Protocol::Kerberos, "Kerberos KDC")];

#[tokio::test]
async fn the_right_password_is_accepted_on_every_controller_in_one_attempt_each() {
    let Some(forest) = Forest::enter().await else { return };
    for (number, at) in forest.controllers.iter().enumerate() {
        for (protocol, service) in PROTOCOLS {
            let oracle = forest.watch();
            let tested = forest.test(at, protocol, ("svc-mdi", RIGHT)).await;
            assert_eq!(tested.answer, Answer::Accepted, "{} {protocol:?}", at.host);
            if protocol == Protocol::Ldap {
                let account = tested.account.expect("it reads itself back");
                assert_eq!(account.name.as_str(), "svc-mdi");
                assert!(account.sid.starts_with("S-1-5-21-"), "{account:?}");
                assert!(account.password_changed.is_some() && !account.locked, "{account:?}");
            }
            let seen = oracle.seen("svc-mdi");
            let there: Vec<_> = seen.iter().map(Vec::len).collect();
            assert_eq!(there, [usize::from(number == 0), usize::from(number == 1)], "{seen:?}");
            assert!(seen.iter().flatten().all(|one| one.service == service), "{seen:?}");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_costs_exactly_one_attempt_in_the_whole_forest() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        for (protocol, service) in PROTOCOLS {
            let (oracle, before) = (forest.watch(), forest.failures(at, "svc-once").await);
            let answer = forest.answer(at, protocol, ("svc-once", WRONG)).await;
            let Answer::Refused(refusal) = answer else { panic!("{} {protocol:?}: {answer:?}", at.host) };
            assert_eq!(refusal.code, SubCode::WrongPassword);
            let seen: Vec<_> = oracle.seen("svc-once").into_iter().flatten().collect();
            assert!(matches!(seen.as_slice(), [one] if one.service == service), "{protocol:?}: {seen:?}");
            assert_eq!(forest.failures(at, "svc-once").await - before, 1, "{} {protocol:?}", at.host);
        }
    }
}

#[tokio::test]
async fn the_password_before_a_change_is_taken_by_ldap_and_refused_by_kerberos_and_the_one_before_by_both() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = &forest.controllers;
    // The second change makes the first one's the previous.
    forest.set_password(dc1, "svc-changed", "Between-Pass-1!");
    forest.set_password(dc1, "svc-changed", "After-Pass-1!");
    forest.replicated("svc-changed");
    let check = async |at, password: &str, [ldap, kerberos]: [bool; 2]| {
        for (protocol, accepted) in [(Protocol::Ldap, ldap), (Protocol::Kerberos, kerberos)] {
            let answer = forest.answer(at, protocol, ("svc-changed", password)).await;
            let as_expected = match &answer {
                Answer::Accepted => accepted,
                Answer::Refused(refusal) => !accepted && refusal.code == SubCode::WrongPassword,
                _ => false,
            };
            assert!(as_expected, "{} {protocol:?} {password}: {answer:?}", at.host);
        }
    };
    for at in [dc1, dc2] {
        check(at, "After-Pass-1!", [true, true]).await;
        check(at, "Between-Pass-1!", [true, false]).await;
        check(at, RIGHT, [false, false]).await;
        assert!(!forest.standing(at, "svc-reader", "svc-changed").await.account.locked);
    }
    // As they were set before anybody asked.
    let rotated = |password| forest.answer(dc1, Protocol::Ldap, ("svc-rotate", password));
    assert_eq!(rotated(PREVIOUS).await, Answer::Accepted);
    assert!(matches!(rotated(BEFORE_PREVIOUS).await, Answer::Refused(_)));
}
