//! The case table that the lab is held to, on both real controllers, with `OpenLDAP`'s client as a second opinion.

use mdi_console::directory::{Answer, Controller, Protocol};

use crate::directory_cases::{Answer as Expected, Case, Form, Password, Proof, cases};
use crate::forest::{self, BEFORE_PREVIOUS, Forest, Opinion, Over, PREVIOUS, RIGHT, WRONG};

#[tokio::test]
async fn every_case_of_the_table_is_answered_as_the_lab_has_it_on_every_controller() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        for case in cases() {
            for _ in 0..case.failures_before {
                forest.test(at, Protocol::Ldap, (case.account, "Not-The-Password-2!")).await;
            }
            second_opinion(&forest, at, &case);
            if is_asked(&case) {
                put(&forest, at, &case).await;
            }
        }
    }
}

fn password(case: &Case) -> &'static str {
    match case.password {
        Password::Right => RIGHT,
        Password::Previous => PREVIOUS,
        Password::BeforePrevious => BEFORE_PREVIOUS,
        Password::Wrong => WRONG,
        Password::Empty => "",
    }
}

fn second_opinion(forest: &Forest, at: &Controller, case: &Case) {
    let name = match case.form {
        Form::Principal => format!("{}@contoso.test", case.account),
        Form::NetBios => format!("CONTOSO\\{}", case.account),
        Form::Dn => forest::distinguished_name(case.account),
        Form::AtNetBios => format!("{}@CONTOSO", case.account),
        Form::Bare => case.account.to_owned(),
        Form::DomainSlash => format!("contoso.test\\{}", case.account),
    };
    let expected = match case.samba {
        Expected::Accepted | Expected::Anonymous => Opinion::Accepted,
        Expected::Refused(code) => Opinion::Refused(code.to_owned()),
        Expected::StrongerAuthentication => Opinion::Result(8),
    };
    let over = if case.encrypted { Over::Tls } else { Over::Clear };
    let opinion = forest.opinion(at, over, (&name, password(case)));
    assert_eq!(opinion, expected, "ldapsearch at {}: {case:?}", at.host);
}

/// The clients never bind in clear, without a password, or by another form of the name.
fn is_asked(case: &Case) -> bool {
    case.encrypted && case.form == Form::Principal && case.password != Password::Empty
}

async fn put(forest: &Forest, at: &Controller, case: &Case) {
    let who = (case.account, password(case));
    let known = case.account != "svc-nobody";
    let counted = async || if known { forest.failures(at, case.account).await } else { 0 };
    let before = counted().await;
    bind(at, case, &forest.answer(at, Protocol::Ldap, who).await);
    let between = counted().await;
    if let Some(growth) = case.counted.filter(|_| case.samba != Expected::Accepted && known) {
        assert_eq!(between - before, growth, "LDAP at {}: {case:?}", at.host);
    }
    let Some(expected) = case.kerberos else { return };
    exchange(at, case, &forest.answer(at, Protocol::Kerberos, who).await);
    let growth = if expected == Proof::Current { -between } else { case.kerberos_counted };
    assert_eq!(counted().await - between, growth, "Kerberos at {}: {case:?}", at.host);
}

fn bind(at: &Controller, case: &Case, answer: &Answer) {
    let matches = match (case.samba, answer) {
        (Expected::Accepted, Answer::Accepted) => true,
        (Expected::Refused(code), Answer::Refused(refusal)) => refusal.code.to_string() == code,
        _ => false,
    };
    assert!(matches, "LDAP at {}: {case:?} was answered {answer:?}", at.host);
}

fn exchange(at: &Controller, case: &Case, answer: &Answer) {
    let matches = match (case.kerberos, answer) {
        (Some(Proof::Current), Answer::Accepted) => true,
        (Some(Proof::Refused { code, error, status }), Answer::Refused(refusal)) => {
            let status = status.map(|status| format!(", status {status:08X}")).unwrap_or_default();
            let words = format!("Kerberos error {error}{status} (");
            refusal.code.to_string() == code && refusal.text.starts_with(&words)
        }
        _ => false,
    };
    assert!(matches, "Kerberos at {}: {case:?} was answered {answer:?}", at.host);
}
