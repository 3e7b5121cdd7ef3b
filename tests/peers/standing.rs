//! What a reader account sees of an account and its policy, at real controllers.

use std::time::Duration;

use mdi_console::directory::{Answer, LockoutPolicy, Protocol};

use crate::forest::{Forest, RIGHT, WRONG};

fn policy(threshold: u32, minutes: u64) -> LockoutPolicy {
    let span = Duration::from_mins(minutes);
    LockoutPolicy { threshold, window: span, duration: Some(span) }
}

#[tokio::test]
async fn a_reader_sees_the_policy_that_holds_for_the_account_fine_grained_ones_included() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        let seen = async |name: &str| forest.standing(at, "svc-auditor", name).await.policy;
        assert_eq!(seen("svc-mdi").await, Some(policy(5, 30)), "{}", at.host);
        assert_eq!(seen("svc-strict").await, Some(policy(3, 1)), "{}", at.host);
    }
}

/// Only administrators may read fine-grained policies, unless somebody allowed more.
#[tokio::test]
async fn a_reader_that_may_not_see_fine_grained_policies_does_not_take_the_domains_for_granted() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        for name in ["svc-mdi", "svc-strict"] {
            assert_eq!(forest.standing(at, "svc-reader", name).await.policy, None, "{name} at {}", at.host);
        }
    }
}

#[tokio::test]
async fn each_controllers_own_count_is_read_and_forgotten_when_the_password_is_right() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = &forest.controllers;
    let counts = async || {
        let at = async |at| forest.standing(at, "svc-auditor", "svc-strict").await.account;
        [at(dc1).await, at(dc2).await]
    };
    let failed = async |at| {
        let answer = forest.answer(at, Protocol::Ldap, ("svc-strict", WRONG)).await;
        assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    };
    failed(dc2).await;
    let [one, two] = counts().await;
    assert_eq!((one.bad_password_count, two.bad_password_count), (Some(0), Some(1)));
    assert!(two.last_failure.is_some() && !two.locked, "{two:?}");
    failed(dc1).await;
    failed(dc1).await;
    let [one, two] = counts().await;
    assert_eq!((one.bad_password_count, two.bad_password_count), (Some(2), Some(1)));
    for at in [dc1, dc2] {
        assert_eq!(forest.answer(at, Protocol::Ldap, ("svc-strict", RIGHT)).await, Answer::Accepted);
    }
    let [one, two] = counts().await;
    assert_eq!((one.bad_password_count, two.bad_password_count), (Some(0), Some(0)));
}
