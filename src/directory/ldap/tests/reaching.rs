//! Reaching a controller without a password.

use jiff::SignedDuration;

use super::stage::{OnTls, Script, Stage};
use super::*;
use crate::directory::{Controller, Fault, KerberosService, Reach, Tls, Transport};

async fn reach(script: Script, change: impl Fn(Controller) -> Controller) -> Result<Reach, Fault> {
    let stage = Stage::set(script).await;
    let reached = driven(&stage).0.reach(&change(stage.controller()), "Contoso.test").await;
    assert_eq!(stage.binds(), []);
    reached
}

fn verified(by: Transport) -> Tls {
    Tls::Verified { by, until: "2090-01-01T00:00:00Z".parse().unwrap(), issuer: "Stage CA".into() }
}

#[tokio::test]
async fn a_controller_tells_its_domain_its_clock_and_its_certificate() {
    let reach = reach(Script::default(), |controller| controller).await.unwrap();
    assert_eq!(
        reach,
        Reach {
            host: "dc1.contoso.test".into(),
            pdc_emulator: true,
            read_only: false,
            latency: Duration::ZERO,
            tls: verified(Transport::Ldaps),
            kerberos: KerberosService::NotAvailable,
            skew: SignedDuration::from_secs(5),
            naming_context: "DC=contoso,DC=test".into(),
            own_domain: true,
        }
    );
    assert!(reach.provable());
}

#[tokio::test]
async fn without_tls_it_is_still_reached_and_says_why_nothing_can_be_proved() {
    let check = async |script: Script, change: fn(Controller) -> Controller, tls: Tls| {
        let reached = reach(script, change).await.unwrap();
        assert_eq!(reached.tls, tls);
        assert_eq!(reached.provable(), matches!(tls, Tls::Verified { .. }));
    };
    let same = |controller| controller;
    let script = Script::default;
    check(script(), |found| Controller { ldaps: None, ..found }, verified(Transport::StartTls)).await;
    check(Script { tls: OnTls::NoCertificate, ..script() }, same, Tls::NoServerCertificate).await;
    check(Script { tls: OnTls::Close, ..script() }, same, Tls::Failed(Fault::NoCommonCipher)).await;
    let misnamed = Script { certificate_name: "dc9.contoso.test", ..script() };
    check(misnamed, same, Tls::Failed(Fault::NameMismatch)).await;
    check(Script { certificate_until: 2020, ..script() }, same, Tls::Failed(Fault::CertificateExpired)).await;
}

#[tokio::test]
async fn a_read_only_controller_and_one_of_another_domain_are_marked() {
    let contoso = ("defaultNamingContext", "DC=contoso,DC=test");
    let root = vec![contoso, ("supportedCapabilities", "1.2.840.113556.1.4.1920")];
    let read_only = reach(Script { root, ..Script::default() }, |controller| controller).await.unwrap();
    assert!(read_only.read_only && !read_only.provable());

    let root = vec![("defaultNamingContext", "DC=emea,DC=contoso,DC=test")];
    let child = reach(Script { root, ..Script::default() }, |controller| controller).await.unwrap();
    assert!(!child.own_domain && !child.provable());
    assert_eq!(child.skew, SignedDuration::ZERO);
}

#[tokio::test]
async fn a_controller_that_can_not_be_reached_at_all_says_the_first_fault() {
    let only_tls = |found: Controller| Controller { ldap: None, ..found };
    let script = Script { tls: OnTls::Close, ..Script::default() };
    assert_eq!(reach(script, only_tls).await, Err(Fault::NoCommonCipher));
    let nowhere = |found: Controller| Controller { ldap: None, ldaps: None, ..found };
    assert_eq!(reach(Script::default(), nowhere).await, Err(Fault::NoRoute));
}
