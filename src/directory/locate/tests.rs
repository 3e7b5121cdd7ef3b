//! Finding controllers, by asking a name server that answers as it is told.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::clock::Driven;
use crate::directory::search::{Named, Ports};

mod hostile;
mod server;

use server::{Answer, Server, srv};

const DC: &str = "_ldap._tcp.dc._msdcs.contoso.test.";
const PDC: &str = "_ldap._tcp.pdc._msdcs.contoso.test.";
const BRANCH: &str = "_ldap._tcp.Branch._sites.dc._msdcs.contoso.test.";
const PATIENCE: Duration = Duration::from_secs(5);

fn search(server: SocketAddr) -> Search {
    Search {
        domain: "contoso.test".into(),
        site: None,
        servers: vec![server],
        by_hand: vec![],
        records: true,
    }
}

fn driven() -> Driven {
    Driven::new(Timestamp::UNIX_EPOCH)
}

async fn located(server: &Server, change: impl Fn(Search) -> Search) -> Located {
    find(&change(search(server.address)), &driven().clock(), PATIENCE).await
}

/// Two controllers, of which the second is the PDC emulator.
fn two() -> Vec<(&'static str, Answer)> {
    vec![
        (DC, srv(&[(0, 100, 389, "DC1.contoso.test."), (0, 100, 389, "dc2.contoso.test.")])),
        (PDC, srv(&[(0, 100, 389, "dc2.Contoso.test.")])),
        ("dc1.contoso.test.", Answer::Addresses(ips(&["10.0.0.1", "10.0.1.1", "fd00::1"]))),
        ("dc2.contoso.test.", Answer::Addresses(ips(&["10.0.0.2"]))),
    ]
}

fn ips(all: &[&str]) -> Vec<IpAddr> {
    all.iter().map(|one| one.parse().unwrap()).collect()
}

fn controller(host: &str, addresses: &[&str], pdc_emulator: Option<bool>) -> Controller {
    let controller = Controller::at(host.into(), &ips(addresses), Ports::default()).unwrap();
    Controller { pdc_emulator, ..controller }
}

fn by_hand(host: &str, addresses: &[&str]) -> Named {
    Named { host: host.into(), addresses: ips(addresses), ports: Ports::default(), pdc_emulator: None }
}

fn dc1(pdc_emulator: Option<bool>) -> Controller {
    controller("dc1.contoso.test", &["10.0.0.1", "10.0.1.1", "fd00::1"], pdc_emulator)
}

fn dc2(pdc_emulator: Option<bool>) -> Controller {
    controller("dc2.contoso.test", &["10.0.0.2"], pdc_emulator)
}

#[tokio::test]
async fn controllers_are_found_with_all_their_addresses_and_the_pdc_emulator_is_marked_and_first() {
    let server = Server::answering(two()).await;
    let found = located(&server, |search| search).await;
    assert_eq!(found, Located { controllers: vec![dc2(Some(true)), dc1(Some(false))], faults: vec![] });
    assert!(server.asked().iter().all(|name| name.ends_with("contoso.test.")), "{:?}", server.asked());
}

#[tokio::test]
async fn of_a_site_its_own_controllers_are_taken_and_the_pdc_emulator_wherever_it_is() {
    let mut answers = two();
    answers.push((BRANCH, srv(&[(0, 100, 389, "dc1.contoso.test.")])));
    let server = Server::answering(answers).await;
    let found = located(&server, |search| Search { site: Some("Branch".into()), ..search }).await;
    assert_eq!(found.controllers, [dc2(Some(true)), dc1(Some(false))]);
    assert!(!server.asked().iter().any(|name| name == DC));
}

#[tokio::test]
async fn records_are_taken_in_their_own_order_of_preference() {
    let mut answers = vec![(
        DC,
        srv(&[
            (10, 100, 389, "c.contoso.test."),
            (0, 10, 389, "b.contoso.test."),
            (0, 90, 389, "a.contoso.test."),
            (0, 10, 389, "B.contoso.test"),
        ]),
    )];
    for host in ["a.contoso.test.", "b.contoso.test.", "c.contoso.test."] {
        answers.push((host, Answer::Addresses(ips(&["10.0.0.1"]))));
    }
    let server = Server::answering(answers).await;
    let found = located(&server, |search| search).await;
    let hosts: Vec<&str> = found.controllers.iter().map(|one| one.host.as_str()).collect();
    assert_eq!(hosts, ["a.contoso.test", "b.contoso.test", "c.contoso.test"]);
    assert_eq!(found.faults, [LocateFault::NoPdcEmulator { domain: "contoso.test".into() }]);
    assert!(found.controllers.iter().all(|one| one.pdc_emulator.is_none()));
}

#[tokio::test]
async fn what_is_named_by_hand_wins() {
    let server = Server::answering(two()).await;
    let named = |change: fn(Named) -> Named| {
        let named = change(by_hand("dc1.contoso.test", &["127.0.0.1"]));
        move |search| Search { by_hand: vec![named.clone()], ..search }
    };
    // Its address; what it doesn't say comes from DNS.
    let found = located(&server, named(|named| named)).await;
    let own = |pdc| controller("dc1.contoso.test", &["127.0.0.1"], pdc);
    assert_eq!(found.controllers, [dc2(Some(true)), own(Some(false))]);
    // Its word on who the PDC emulator is, and its ports.
    let found = located(&server, named(|named| Named { pdc_emulator: Some(true), ..named })).await;
    assert_eq!(found.controllers, [own(Some(true)), dc2(Some(false))]);
    let ports = |named| Named { ports: Ports { ldaps: 3636, ldap: 0, kerberos: 0 }, ..named };
    let found = located(&server, named(ports)).await;
    let ldaps = Some("127.0.0.1:3636".parse().unwrap());
    assert_eq!(found.controllers[1], Controller { ldaps, ldap: None, kerberos: None, ..own(Some(false)) });
}

#[tokio::test]
async fn without_records_dns_is_asked_for_addresses_alone_or_for_nothing() {
    let server = Server::answering(two()).await;
    let listed =
        |named: Named| move |search| Search { records: false, by_hand: vec![named.clone()], ..search };
    let found = located(&server, listed(by_hand("dc1.contoso.test", &[]))).await;
    assert_eq!(found, Located { controllers: vec![dc1(None)], faults: vec![] });
    assert!(server.asked().iter().all(|name| name == "dc1.contoso.test."));
    let asked = server.asked().len();
    located(&server, listed(by_hand("dc1.contoso.test", &["10.0.0.1"]))).await;
    assert_eq!(server.asked().len(), asked);
}

#[tokio::test]
async fn what_does_not_fit_into_a_packet_is_fetched_whole() {
    let hosts: Vec<String> = (0..60).map(|number| format!("dc{number:02}.contoso.test.")).collect();
    let records: Vec<_> = hosts.iter().map(|host| (0, 100, 389, host.as_str())).collect();
    let mut answers = vec![(DC, srv(&records)), (PDC, srv(&[(0, 100, 389, "dc07.contoso.test.")]))];
    answers.extend(hosts.iter().map(|host| (host.as_str(), Answer::Addresses(ips(&["10.0.0.1"])))));
    let server = Server::answering(answers).await;
    let found = located(&server, |search| search).await;
    assert_eq!((found.controllers.len(), found.faults), (60, vec![]));
    assert_eq!(found.controllers[0].host.as_str(), "dc07.contoso.test");
    assert!(server.asked_by_tcp() > 0);
}

#[tokio::test]
async fn each_failure_has_its_name() {
    let check = async |answers: Vec<(&'static str, Answer)>, site: Option<&'static str>, said: &str| {
        let server = Server::answering(answers).await;
        let found = located(&server, |search| Search { site: site.map(Safe::new), ..search }).await;
        let faults: Vec<String> = found.faults.iter().map(ToString::to_string).collect();
        assert!(faults.iter().any(|fault| fault == said), "{said}: {faults:?}");
        assert!(found.faults.iter().all(|fault| fault.remedy().ends_with('.')));
        found.controllers.len()
    };
    check(vec![], None, "DNS knows no domain contoso.test with domain controllers").await;
    check(vec![(DC, srv(&[]))], None, "DNS knows contoso.test, but names no domain controllers of it").await;
    check(two(), Some("Nowhere"), "DNS knows no site Nowhere in contoso.test").await;
    let mut without = two();
    without.retain(|(name, _)| *name != "dc1.contoso.test.");
    let left = check(without, None, "DNS has no usable address of dc1.contoso.test").await;
    assert_eq!(left, 1);
    let several = srv(&[(0, 0, 389, "dc1.contoso.test."), (0, 0, 389, "dc2.contoso.test.")]);
    let mut two_pdcs = two();
    two_pdcs.retain(|(name, _)| *name != PDC);
    two_pdcs.push((PDC, several));
    let said = "DNS names 2 PDC emulators of contoso.test; there can be one. None of them is taken for it";
    assert_eq!(check(two_pdcs, None, said).await, 2);
    let said =
        "DNS could not be asked for the controllers of contoso.test: the name server refused (Query Refused)";
    check(vec![(DC, Answer::Refuse)], None, said).await;
}

/// Searches while nobody answers, and moves the clock to where waiting ends.
async fn waited_out(search: Search, asked: impl Future<Output = ()>) -> (Located, Duration) {
    let driven = driven();
    let clock = driven.clock();
    let finding = tokio::spawn(async move { find(&search, &clock, PATIENCE).await });
    asked.await;
    loop {
        match driven.next() {
            Some(next) => break driven.move_to(next),
            None => tokio::task::yield_now().await,
        }
    }
    (finding.await.unwrap(), driven.clock().now().at.0)
}

fn timed_out() -> Vec<LocateFault> {
    vec![LocateFault::ControllersOf { domain: "contoso.test".into(), why: Box::new(LocateFault::TimedOut) }]
}

#[tokio::test]
async fn a_name_server_that_does_not_answer_is_waited_for_and_no_longer() {
    let server = Server::answering(vec![(DC, Answer::Silence), (PDC, Answer::Silence)]).await;
    let (found, after) = waited_out(search(server.address), server.until_asked(2)).await;
    assert_eq!((found.faults.clone(), after), (timed_out(), PATIENCE));
    assert!(found.faults[0].remedy().contains("port 53"));
}

#[tokio::test]
async fn what_has_its_address_by_hand_is_there_without_a_name_server() {
    let nobody = Server::gone().await;
    let named = vec![by_hand("dc1.contoso.test", &["10.0.0.1"])];
    let (found, _) = waited_out(Search { by_hand: named, ..search(nobody) }, async {}).await;
    assert_eq!(found.controllers, [controller("dc1.contoso.test", &["10.0.0.1"], None)]);
    assert_eq!(found.faults, timed_out());
}
