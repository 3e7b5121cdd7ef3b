//! Reaching a controller without a password.

use std::net::SocketAddr;

use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::stage::{OnTls, Script, Stage};
use super::*;
use crate::directory::stages::StageName;
use crate::directory::{Controller, Fault, KerberosService, Reach, Tls, Transport};

async fn reach(script: Script, change: impl Fn(Controller) -> Controller) -> Result<Reach, Fault> {
    let stage = Stage::set(script).await;
    let reached = driven(&stage).0.reach(&change(stage.controller()), "Contoso.test").await;
    assert_eq!(stage.binds(), []);
    reached.map_err(|unreached| unreached.fault)
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
            kerberos: KerberosService::NotAsked,
            skew: SignedDuration::from_secs(5),
            naming_context: Some("DC=contoso,DC=test".into()),
            probe: None,
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

/// A port that takes connections and never says anything, which is told of each.
async fn silent(met: mpsc::UnboundedSender<()>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
            met.send(()).unwrap();
        }
    });
    address
}

/// A port at which nothing listens.
async fn closed() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn of_forty_controllers_five_dead_ones_are_judged_within_one_connection_and_a_second() {
    let stage = Stage::set(Script::default()).await;
    let (client, driven) = driven(&stage);
    let (met, mut meets) = mpsc::unbounded_channel();
    let dead = Controller {
        ldaps: Some(silent(met.clone()).await),
        ldap: Some(silent(met).await),
        ..stage.controller()
    };
    let reaching = |controller: Controller| {
        let client = client.clone();
        tokio::spawn(async move { client.reach(&controller, "contoso.test").await })
    };
    let live: Vec<_> = (0..35).map(|_| reaching(stage.controller())).collect();
    let dead: Vec<_> = (0..5).map(|_| reaching(dead.clone())).collect();
    for reached in live {
        assert!(reached.await.unwrap().unwrap().provable());
    }
    assert_eq!(driven.clock().now().at.0, Duration::ZERO, "a live controller waited for a dead one");
    // Silent by the first way, then by the two others, which are tried beside it.
    for _ in 0..5 {
        meets.recv().await.unwrap();
    }
    wait_out(&driven).await;
    for _ in 0..10 {
        meets.recv().await.unwrap();
    }
    let limit = crate::directory::ldap::Patience::default().connect + SECOND;
    let mut patience = 10_000;
    while !dead.iter().all(tokio::task::JoinHandle::is_finished) {
        match driven.next() {
            Some(next) if next.0 <= limit => driven.move_to(next),
            // What was woken runs on; what waits for later has been given up or never will be.
            _ => tokio::task::yield_now().await,
        }
        patience -= 1;
        assert!(patience > 0, "a dead controller is still waited for");
    }
    for reached in dead {
        // They take the connection, and say nothing more.
        assert_eq!(reached.await.unwrap(), Err(StageName::Tls.failed(Fault::TimedOut)));
    }
    assert_eq!(driven.clock().now().at.0, limit);
}

#[tokio::test]
async fn a_silent_way_does_not_hold_up_another_that_works() {
    let stage = Stage::set(Script::default()).await;
    let (client, driven) = driven(&stage);
    let (met, mut meets) = mpsc::unbounded_channel();
    let controller = Controller { ldaps: Some(silent(met).await), ..stage.controller() };
    let reaching = tokio::spawn(async move { client.reach(&controller, "contoso.test").await });
    meets.recv().await.unwrap();
    wait_out(&driven).await;
    assert_eq!(reaching.await.unwrap().unwrap().tls, verified(Transport::StartTls));
    assert_eq!(driven.clock().now().at.0, SECOND);
}

#[tokio::test]
async fn every_address_of_a_name_is_tried() {
    let stage = Stage::set(Script::default()).await;
    let (client, driven) = driven(&stage);
    // Nothing listens at this port of the first address; the second is the stage's own.
    let elsewhere = |own: SocketAddr| Some(SocketAddr::new("127.0.0.2".parse().unwrap(), own.port()));
    let controller = Controller {
        ldaps: elsewhere(stage.ldaps),
        ldap: elsewhere(stage.ldap),
        also: vec!["127.0.0.3".parse().unwrap(), "127.0.0.1".parse().unwrap()],
        ..stage.controller()
    };
    let reached = client.reach(&controller, "contoso.test").await.unwrap();
    assert_eq!(reached.tls, verified(Transport::Ldaps));
    let tested = client.test(permitted(), &controller, credential("right")).await;
    assert_eq!(tested.answer, crate::directory::Answer::Accepted);
    // Refused is refused: nobody waits for that.
    assert_eq!(driven.clock().now().at.0, Duration::ZERO);
    let nowhere = Controller { ldaps: Some(closed().await), ldap: None, ..controller };
    let refused = client.reach(&nowhere, "contoso.test").await;
    assert_eq!(refused, Err(StageName::Connection.failed(Fault::ConnectionRefused)));
}
