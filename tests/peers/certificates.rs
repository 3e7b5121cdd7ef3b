//! Certificates found wanting, on a real controller: no password leaves, and Kerberos alone still proves it.

use mdi_console::clock::Clock;
use mdi_console::directory::{Answer, Controller, Fault, Protocol, Reach, Tls, Transport};

use crate::forest::{self, Forest, RIGHT, WRONG};

/// TLS can't be had there, so LDAP has no say, and Kerberos has.
async fn only_kerberos_proves(forest: &Forest, at: &Controller, expected: &Tls) {
    let reach = forest.ldap().reach(at, "contoso.test").await.expect("an answer in clear");
    assert_eq!((&reach.tls, reach.own_domain), (expected, true));
    let oracle = forest.watch();
    let answer = forest.answer(at, Protocol::Ldap, ("svc-mdi", RIGHT)).await;
    assert!(matches!(answer, Answer::NotSent(_)), "{answer:?}");
    if let Tls::Failed(fault) = expected {
        assert_eq!(answer, Answer::NotSent(fault.clone()));
    }
    assert_eq!(oracle.count("svc-mdi"), 0, "{expected:?}");
    let probe = forest::kerberos().probe(at, &forest::account("svc-mdi")).await;
    let joined = Reach::joined(at, Ok(reach), Some(probe), Clock::system().now().wall).expect("it answers");
    assert!(joined.provable(), "{joined:?}");
    let wrong = forest.answer(at, Protocol::Kerberos, ("svc-mdi", WRONG)).await;
    assert!(matches!(wrong, Answer::Refused(_)), "{wrong:?}");
    assert_eq!(forest.answer(at, Protocol::Kerberos, ("svc-mdi", RIGHT)).await, Answer::Accepted);
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_is_not_the_sites_ends_it_before_any_password() {
    let Some(forest) = Forest::enter().await else { return };
    let oracle = forest.watch();
    let client = forest.ldap_trusting("wrong-ca");
    for at in &forest.controllers {
        let reach = client.reach(at, "contoso.test").await.expect("an answer in clear");
        assert_eq!(reach.tls, Tls::Failed(Fault::UnknownIssuer));
        let permit = forest.permit(at, Protocol::Ldap, "svc-mdi");
        let tested = client.test(permit, at, forest::credential("svc-mdi", RIGHT)).await;
        assert_eq!(tested.answer, Answer::NotSent(Fault::UnknownIssuer));
    }
    assert_eq!(oracle.count("svc-mdi"), 0);
}

#[tokio::test]
async fn a_controller_under_another_ones_name_is_given_no_password() {
    let Some(forest) = Forest::enter().await else { return };
    let [dc1, dc2] = forest.controllers.clone();
    let disguised = Controller { host: dc1.host, ..dc2 };
    let answer = forest.answer(&disguised, Protocol::Ldap, ("svc-mdi", RIGHT)).await;
    assert_eq!(answer, Answer::NotSent(Fault::NameMismatch));
}

#[tokio::test]
async fn a_certificate_for_another_name_leaves_kerberos_alone() {
    let Some(forest) = Forest::enter().await else { return };
    let _trouble = forest.certified("2", ("misnamed", "old.contoso.test", 30));
    only_kerberos_proves(&forest, &forest.controllers[1], &Tls::Failed(Fault::NameMismatch)).await;
}

#[tokio::test]
async fn an_expired_certificate_leaves_kerberos_alone() {
    let Some(forest) = Forest::enter().await else { return };
    let _trouble = forest.certified("2", ("expired", "dc2.contoso.test", -1));
    only_kerberos_proves(&forest, &forest.controllers[1], &Tls::Failed(Fault::CertificateExpired)).await;
}

/// Without a certificate Windows closes 636 and declines `StartTLS`; Samba refuses 636 and breaks off `StartTLS`.
#[tokio::test]
async fn no_certificate_at_all_leaves_kerberos_alone() {
    let Some(forest) = Forest::enter().await else { return };
    let _trouble = forest.changed("2", &["tls enabled = no"]);
    only_kerberos_proves(&forest, &forest.controllers[1], &Tls::Failed(Fault::ConnectionRefused)).await;
}

#[tokio::test]
async fn ciphers_of_long_ago_are_no_common_cipher_and_not_a_wrong_password() {
    let Some(forest) = Forest::enter().await else { return };
    let old =
        "tls priority = NONE:+VERS-TLS1.2:+AES-128-CBC:+SHA1:+ECDHE-ECDSA:+COMP-NULL:+SIGN-ALL:+GROUP-ALL";
    let _trouble = forest.changed("2", &[old]);
    only_kerberos_proves(&forest, &forest.controllers[1], &Tls::Failed(Fault::NoCommonCipher)).await;
}

#[tokio::test]
async fn a_password_goes_by_start_tls_where_there_is_no_ldaps() {
    let Some(forest) = Forest::enter().await else { return };
    for at in &forest.controllers {
        let at = Controller { ldaps: None, ..at.clone() };
        let reach = forest.ldap().reach(&at, "contoso.test").await.expect("it answers");
        let Tls::Verified { by, issuer, .. } = &reach.tls else { panic!("{reach:?}") };
        assert_eq!((by, issuer.as_str()), (&Transport::StartTls, "Peers CA"));
        let wrong = forest.answer(&at, Protocol::Ldap, ("svc-mdi", WRONG)).await;
        assert!(matches!(wrong, Answer::Refused(_)), "{wrong:?}");
        assert_eq!(forest.answer(&at, Protocol::Ldap, ("svc-mdi", RIGHT)).await, Answer::Accepted);
    }
}
