//! Names in every form that binds, and passwords of every kind.

use mdi_console::directory::{Answer, Protocol};

use crate::forest::{self, Forest, Opinion, Over, RIGHT};

#[tokio::test]
async fn the_principal_the_console_binds_with_means_the_same_account_as_every_other_form() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        let tested = forest.test(at, Protocol::Ldap, ("svc-mdi", RIGHT)).await;
        let account = tested.account.expect("it reads itself back");
        let oracle = forest.watch();
        let own = forest::distinguished_name("svc-mdi");
        assert_eq!(account.distinguished_name.as_str(), own);
        for name in ["svc-mdi@contoso.test", "SVC-MDI@Contoso.Test", "CONTOSO\\svc-mdi", &own] {
            for over in [Over::Tls, Over::StartTls] {
                assert_eq!(forest.opinion(at, over, (name, RIGHT)), Opinion::Accepted, "{name} {over:?}");
            }
        }
        // The witness has them all as the one account.
        assert_eq!(oracle.count("svc-mdi"), 8);
    }
}

/// The portal wants the bare name; neither directory binds it.
#[tokio::test]
async fn the_bare_name_is_not_one_that_binds() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        for name in ["svc-mdi", "contoso.test\\svc-mdi"] {
            let opinion = forest.opinion(at, Over::Tls, (name, RIGHT));
            assert_eq!(opinion, Opinion::Refused("52e".into()), "{name}");
        }
    }
}

#[tokio::test]
async fn passwords_of_every_kind_are_the_same_to_both_clients_and_to_ldapsearch() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = &forest.controllers;
    let longest = "Aa1-".repeat(32).split_off(1);
    assert_eq!(longest.len(), 127);
    let longest_wide = format!("1{}", "Äß".repeat(63));
    let passwords = [
        " Spaces before, inside and after 1 ",
        "Quotes \"double\" 'single' `back` 1",
        "Back\\slash $(id) ${HOME} %s {0} ; 1",
        "Ümläüte ÄÖÜ ßéñ 1",
        "Emoji 🔑🐧👩‍💻 Pass 1",
        "Пароль-密码-パスワード-1",
        &longest,
        &longest_wide,
    ];
    for password in passwords {
        forest.set_password(dc1, "svc-odd", password);
        for protocol in [Protocol::Ldap, Protocol::Kerberos] {
            let answer = forest.answer(dc1, protocol, ("svc-odd", password)).await;
            assert_eq!(answer, Answer::Accepted, "{password:?} by {protocol:?}");
        }
        let opinion = forest.opinion(dc1, Over::Tls, ("svc-odd@contoso.test", password));
        assert_eq!(opinion, Opinion::Accepted, "{password:?}");
    }
    // One character less is another password.
    let shorter = longest_wide.strip_suffix('ß').expect("its end");
    assert!(matches!(forest.answer(dc1, Protocol::Kerberos, ("svc-odd", shorter)).await, Answer::Refused(_)));
    forest.replicated("svc-odd");
    for protocol in [Protocol::Ldap, Protocol::Kerberos] {
        assert_eq!(forest.answer(dc2, protocol, ("svc-odd", &longest_wide)).await, Answer::Accepted);
    }
}
