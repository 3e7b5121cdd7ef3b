//! The built program's `verify` at two real controllers: its answer, its code, and what it cost in the whole forest.

use std::time::Duration;

use mdi_console::clock::Clock;

use crate::forest::{self, Forest, PREVIOUS, RIGHT, Seen, WRONG, text};

/// What a connection is given, by itself; and what a run may take besides.
const CONNECT: Duration = Duration::from_secs(5);
const BESIDES: Duration = Duration::from_secs(4);

#[tokio::test]
async fn the_right_password_is_current_on_both_controllers_whatever_form_the_name_has() {
    let Some(forest) = Forest::enter().await else { return };
    let own = forest::distinguished_name("svc-verified");
    for name in ["svc-verified", "svc-verified@contoso.test", "CONTOSO\\svc-verified", &own] {
        let (operator, oracle) = (forest.operator(), forest.watch());
        let said = operator.verify(name, RIGHT);
        assert_eq!((said.code, said.word().as_str()), (Some(0), "current"), "{name}: {said:?}");
        let expected = ["dc1 ldap accepted", "dc1 kerberos accepted", "dc2 ldap accepted"];
        assert_eq!(
            (said.attempts(), said.complaint.as_str()),
            (expected.map(str::to_owned).to_vec(), ""),
            "{name}"
        );
        assert_eq!(oracle.seen("svc-verified").map(|seen| seen.len()), [2, 1], "{name}");
        operator.gives_nothing_away(RIGHT);
    }
}

#[tokio::test]
async fn controllers_found_by_the_domains_own_dns_are_asked_with_the_pdc_emulator_first() {
    let Some(forest) = Forest::enter().await else { return };
    let said = forest.operator().verify_by_dns("svc-verified", (RIGHT, RIGHT));
    assert_eq!((said.code, said.word().as_str()), (Some(0), "current"), "{said:?}");
    assert_eq!(said.attempts(), ["dc1 ldap accepted", "dc1 kerberos accepted", "dc2 ldap accepted"]);
    let budget = said.verdict().get("budget").cloned().unwrap_or_default();
    assert_eq!(budget.get("threshold").and_then(serde_json::Value::as_u64), Some(5), "the reader's word");
}

#[tokio::test]
async fn a_wrong_password_ends_the_test_after_exactly_one_attempt_in_the_whole_forest() {
    let Some(forest) = Forest::enter().await else { return };
    let (operator, oracle) = (forest.operator(), forest.watch());
    let said = operator.verify("svc-once", WRONG);
    assert_eq!((said.code, said.word().as_str()), (Some(1), "refused"), "{said:?}");
    assert_eq!(said.attempts(), ["dc1 ldap refused"]);
    assert_eq!(text(&said.events("attempt").pop().expect("one"), "sub_code"), "52e");
    assert_eq!(oracle.count("svc-once"), 1);
    operator.gives_nothing_away(WRONG);
}

#[tokio::test]
async fn the_previous_password_is_called_so_though_ldap_takes_it() {
    let Some(forest) = Forest::enter().await else { return };
    let oracle = forest.watch();
    let said = forest.operator().verify("svc-rotate", PREVIOUS);
    assert_eq!((said.code, said.word().as_str()), (Some(1), "previous"), "{said:?}");
    assert_eq!(said.attempts(), ["dc1 ldap accepted", "dc1 kerberos refused"]);
    assert_eq!(oracle.seen("svc-rotate").map(|seen| seen.len()), [2, 0]);
}

#[tokio::test]
async fn an_account_that_cant_be_used_is_named_with_its_reason_and_tried_nowhere_else() {
    let Some(forest) = Forest::enter().await else { return };
    for (name, code) in [("svc-disabled", "533"), ("svc-acctexpired", "701"), ("svc-mustchange", "773")] {
        let oracle = forest.watch();
        let said = forest.operator().verify(name, RIGHT);
        assert_eq!((said.code, said.word().as_str()), (Some(1), "closed"), "{name}: {said:?}");
        let attempts = said.events("attempt");
        assert!(attempts.iter().all(|one| text(one, "sub_code") == code), "{name}: {said:?}");
        assert_eq!(oracle.count(name), attempts.len(), "{name}");
        assert_eq!(attempts.len(), 1, "{name}");
    }
    let oracle = forest.watch();
    let said = forest.operator().verify("svc-nobody", RIGHT);
    assert_eq!((said.code, said.word().as_str()), (Some(1), "unusable"), "{said:?}");
    // Port 88 had told before any password; the controllers log even that question.
    assert!(said.attempts().is_empty(), "{said:?}");
    let asked = |seen: &Seen| seen.service == "Kerberos KDC" && seen.status == "NT_STATUS_NO_SUCH_USER";
    assert!(oracle.seen("svc-nobody").iter().flatten().all(asked), "{:?}", oracle.seen("svc-nobody"));
}

#[tokio::test]
async fn a_password_not_yet_replicated_is_refused_there_once_and_is_not_proved_everywhere() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = &forest.controllers;
    let password = "Verified-While-Lagging-1!";
    let lagging = forest.lagging("2");
    forest.set_password(dc1, "svc-late", password);
    let (oracle, before) = (forest.watch(), forest.failures(dc2, "svc-late").await);
    let said = forest.operator().verify("svc-late", password);
    assert_eq!((said.code, said.word().as_str()), (Some(1), "not-proved"), "{said:?}");
    assert_eq!(said.attempts(), ["dc1 ldap accepted", "dc1 kerberos accepted", "dc2 ldap refused"]);
    assert_eq!(oracle.seen("svc-late").map(|seen| seen.len()), [2, 1]);
    assert_eq!(forest.failures(dc2, "svc-late").await - before, 1);
    drop(lagging);
    forest.replicated("svc-late");
    let said = forest.operator().verify("svc-late", password);
    assert_eq!(said.word(), "current", "{said:?}");
}

#[tokio::test]
async fn a_controller_that_is_dead_or_a_black_hole_costs_no_more_than_the_time_for_a_connection() {
    let Some(forest) = Forest::enter().await else { return };
    let clock = Clock::system();
    let check = |what: &str, longest: Duration| {
        let began = clock.now().at;
        let said = forest.operator().verify("svc-verified", RIGHT);
        let took = clock.now().at.since(began);
        assert!(took < longest, "{what} took {took:?}");
        assert_eq!((said.code, said.word().as_str()), (Some(3), "current-where-asked"), "{what}: {said:?}");
        assert_eq!(said.attempts(), ["dc1 ldap accepted", "dc1 kerberos accepted"], "{what}");
    };
    {
        let _stopped = forest.stopped("2");
        check("one that has stopped", BESIDES);
    }
    let _frozen = forest.frozen("2");
    check("a black hole", CONNECT + BESIDES);
}

#[tokio::test]
async fn without_a_certificate_the_pdc_emulator_proves_it_by_kerberos_alone() {
    let Some(forest) = Forest::enter().await else { return };
    let _trouble = forest.changed("1", &["tls enabled = no"]);
    let oracle = forest.watch();
    let said = forest.operator().verify("svc-verified", RIGHT);
    assert_eq!(said.attempts().first().map(String::as_str), Some("dc1 kerberos accepted"), "{said:?}");
    assert_eq!((said.code, said.word().as_str()), (Some(0), "current"), "{said:?}");
    assert_eq!(oracle.count("svc-verified"), said.attempts().len());
    let said = forest.operator().verify("svc-once", WRONG);
    assert_eq!((said.code, said.attempts()), (Some(1), vec!["dc1 kerberos refused".to_owned()]), "{said:?}");
}

#[tokio::test]
async fn passwords_of_every_kind_come_through_standard_input_unharmed() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, _] = &forest.controllers;
    let longest = format!("2{}", "Öß".repeat(63));
    for password in [" \"Spaces\" and 'quotes' \\ $HOME 2 ", "Emoji 🔑🐧 and ümläuts 2", &longest] {
        forest.set_password(dc1, "svc-odd", password);
        forest.replicated("svc-odd");
        let said = forest.operator().verify("svc-odd", password);
        assert_eq!((said.code, said.word().as_str()), (Some(0), "current"), "{password:?}: {said:?}");
    }
}
