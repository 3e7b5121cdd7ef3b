//! The directory as the real `ldap3` client sees it, over TLS from the start and over `StartTLS`.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapResult, Scope, SearchEntry, StdStream};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;

use crate::clock::Driven;
use crate::lab::directory_cases::{Answer, Case, Form, Password, cases};
use crate::lab::world::directory::SERVICE_PASSWORDS;
use crate::lab::world::{BASE, OLDER_PASSWORD, PREVIOUS_PASSWORD, RIGHT_PASSWORD};
use crate::lab::{Addresses, Lab, StartOptions, scenario};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Tls,
    StartTls,
    Clear,
}

struct Bench {
    lab: Lab,
    addresses: Addresses,
    tls: Arc<ClientConfig>,
    _folder: tempfile::TempDir,
}

/// A lab whose clock stands still.
fn bench(name: &str) -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let options = StartOptions {
        scenario: scenario::find(name).expect("a scenario"),
        clock: Driven::new("2026-01-02T03:04:05Z".parse::<Timestamp>().expect("a moment")).clock(),
        folder: folder.path().into(),
        program: "mdi-console".into(),
        password: None,
    };
    let lab = Lab::start(options).expect("a lab");
    let addresses = lab.addresses();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(addresses.ca_pem.as_bytes()).expect("a certificate"))
        .expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Bench { lab, addresses, tls: Arc::new(tls), _folder: folder }
}

impl Bench {
    async fn connect(&self, controller: usize, way: Way) -> Ldap {
        let known = &self.addresses.controllers[controller];
        let (scheme, address) = if way == Way::Tls { ("ldaps", known.ldaps) } else { ("ldap", known.ldap) };
        let stream = TcpStream::connect(address).await.expect("a connection").into_std().expect("a stream");
        let settings = LdapConnSettings::new()
            .set_config(Arc::clone(&self.tls))
            .set_starttls(way == Way::StartTls)
            .set_std_stream(StdStream::Tcp(stream));
        let url = format!("{scheme}://{}", known.host);
        let (connection, ldap) = LdapConnAsync::with_settings(settings, &url).await.expect("TLS");
        tokio::spawn(async move { connection.drive().await.ok() });
        ldap
    }

    async fn bind(&self, way: Way, name: &str, password: &str) -> (Ldap, LdapResult) {
        let mut ldap = self.connect(0, way).await;
        let result = ldap.simple_bind(name, password).await.expect("an answer");
        (ldap, result)
    }

    /// What the reader sees of an account at a controller.
    async fn read(&self, controller: usize, base: &str, attributes: &[&str]) -> HashMap<String, Vec<String>> {
        let mut ldap = self.connect(controller, Way::Tls).await;
        let reader = &self.addresses.reader;
        let bound = ldap.simple_bind(&reader.account, &reader.password).await.expect("an answer");
        assert_eq!(bound.rc, 0);
        let (found, _) = ldap
            .search(base, Scope::Base, "(objectClass=*)", attributes)
            .await
            .expect("an answer")
            .success()
            .expect("found");
        found.into_iter().map(|one| SearchEntry::construct(one).attrs).next().unwrap_or_default()
    }

    async fn failures(&self, account: &str) -> i64 {
        let read = self.read(0, &dn(account), &["badPwdCount"]).await;
        read["badPwdCount"][0].parse().expect("a count")
    }
}

fn dn(account: &str) -> String {
    format!("CN={account},OU=Service Accounts,{BASE}")
}

fn name(case: &Case) -> String {
    let account = case.account;
    match case.form {
        Form::Principal => format!("{account}@contoso.test"),
        Form::NetBios => format!("CONTOSO\\{account}"),
        Form::Dn => dn(account),
        Form::AtNetBios => format!("{account}@CONTOSO"),
        Form::Bare => account.into(),
        Form::DomainSlash => format!("contoso.test\\{account}"),
    }
}

fn password(case: &Case) -> &'static str {
    let held = match case.account {
        "svc-mdi" => [RIGHT_PASSWORD, PREVIOUS_PASSWORD, OLDER_PASSWORD],
        _ => SERVICE_PASSWORDS,
    };
    match case.password {
        Password::Right => held[0],
        Password::Previous => held[1],
        Password::BeforePrevious => held[2],
        Password::Wrong => "Not-The-Password-1!",
        Password::Empty => "",
    }
}

fn answered(result: &LdapResult, empty: bool) -> Answer {
    match result.rc {
        0 if empty => Answer::Anonymous,
        0 => Answer::Accepted,
        8 => Answer::StrongerAuthentication,
        49 => {
            let (before, after) = result.text.split_once("data ").expect("a sub-code");
            assert_eq!(before, "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, ");
            let (code, rest) = after.split_once(", ").expect("a version");
            assert_eq!(rest, "v4563\0");
            Answer::Refused(code.to_owned().leak())
        }
        other => panic!("result {other}: {}", result.text),
    }
}

async fn every_case(way: Way) {
    let bench = bench("clean");
    for case in cases() {
        let way = if case.encrypted { way } else { Way::Clear };
        let (name, password) = (name(&case), password(&case));
        for _ in 0..case.failures_before {
            let (_, result) = bench.bind(way, &name, "Not-The-Password-2!").await;
            assert_eq!(result.rc, 49);
        }
        let before = if case.counted.is_some() { bench.failures(case.account).await } else { 0 };
        let (mut ldap, result) = bench.bind(way, &name, password).await;
        assert_eq!(
            answered(&result, password.is_empty()),
            case.windows,
            "{}: {case:?} over {way:?}",
            case.title
        );
        if let Some(counted) = case.counted {
            assert_eq!(bench.failures(case.account).await - before, counted, "{case:?} over {way:?}");
        }
        let whole = ldap.search(BASE, Scope::Base, "(objectClass=*)", ["cn"]).await.expect("an answer");
        let reads = case.windows == Answer::Accepted;
        assert_eq!(whole.1.rc, u32::from(!reads), "{case:?}: who may read");
        assert_eq!(whole.1.text.starts_with("000004DC: LdapErr: "), !reads, "{}", whole.1.text);
    }
    bench.lab.stop().await;
}

#[tokio::test]
async fn every_case_of_the_table_is_answered_as_windows_does_over_tls() {
    every_case(Way::Tls).await;
}

#[tokio::test]
async fn every_case_of_the_table_is_answered_as_windows_does_over_start_tls() {
    every_case(Way::StartTls).await;
}

#[tokio::test]
async fn the_root_is_read_without_a_bind_and_tells_what_a_controller_is() {
    let bench = bench("clean");
    for (index, known) in bench.addresses.controllers.iter().enumerate() {
        let mut ldap = bench.connect(index, Way::Tls).await;
        let (found, _) = ldap
            .search("", Scope::Base, "(objectClass=*)", ["*"])
            .await
            .expect("an answer")
            .success()
            .expect("found");
        let root = SearchEntry::construct(found.into_iter().next().expect("one")).attrs;
        assert_eq!(root["dnsHostName"], *std::slice::from_ref(&known.host));
        assert_eq!(root["currentTime"], ["20260102030405.0Z"]);
        assert_eq!(root["defaultNamingContext"], [BASE]);
        assert_eq!(root["isSynchronized"], ["TRUE"]);
        let capabilities = &root["supportedCapabilities"];
        assert!(capabilities.contains(&"1.2.840.113556.1.4.800".into()));
        assert_eq!(capabilities.contains(&"1.2.840.113556.1.4.1920".into()), index == 2, "{}", known.host);
    }
}

#[tokio::test]
async fn the_domain_and_the_account_can_be_read_as_in_active_directory() {
    let bench = bench("clean");
    let domain = bench.read(1, BASE, &["*"]).await;
    assert_eq!(domain["lockoutThreshold"], ["5"]);
    assert_eq!(domain["lockOutObservationWindow"], ["-600000000"]);
    assert_eq!(domain["lockoutDuration"], ["-600000000"]);
    assert!(domain["fSMORoleOwner"][0].starts_with("CN=NTDS Settings,CN=DC1,CN=Servers,"));

    let computed = "msDS-User-Account-Control-Computed";
    let account = bench.read(1, &dn("svc-mdi"), &["sAMAccountName", "pwdLastSet", computed]).await;
    assert_eq!(account["sAMAccountName"], ["svc-mdi"]);
    assert_eq!(account["pwdLastSet"], ["134117964050000000"], "four minutes before the start");
    assert_eq!(account[computed], ["0"]);
    let all = bench.read(1, &dn("svc-mdi"), &["*"]).await;
    assert!(!all.contains_key(computed), "constructed attributes come only by name");
    let expired = bench.read(1, &dn("svc-pwexpired"), &[computed]).await;
    assert_eq!(expired[computed], ["8388608"]);
}

#[tokio::test]
async fn a_missing_base_is_no_such_object_and_a_computed_attribute_stays_out_of_a_subtree_search() {
    let bench = bench("clean");
    let reader = &bench.addresses.reader;
    let (mut ldap, _) = bench.bind(Way::Tls, &reader.account, &reader.password).await;
    let missing = ldap
        .search("DC=elsewhere,DC=test", Scope::Subtree, "(objectClass=*)", ["cn"])
        .await
        .expect("an answer");
    assert_eq!(missing.1.rc, 32);
    let attributes = ["msDS-User-Account-Control-Computed", "objectSid", "badPwdCount"];
    let (found, _) = ldap
        .search(BASE, Scope::Subtree, "(&(objectClass=user)(sAMAccountName=svc-mdi))", attributes)
        .await
        .expect("an answer")
        .success()
        .expect("found");
    let entry = SearchEntry::construct(found.into_iter().next().expect("one"));
    assert_eq!(entry.dn, dn("svc-mdi"));
    assert!(!entry.attrs.contains_key(attributes[0]));
    assert_eq!(entry.bin_attrs["objectSid"][0].len(), 28, "a SID is bytes");
}

#[tokio::test]
async fn a_controller_that_is_down_refuses_connections_and_the_others_answer() {
    let bench = bench("controller-down");
    let controllers = &bench.addresses.controllers;
    for address in [controllers[1].ldaps, controllers[1].ldap] {
        let refused = TcpStream::connect(address).await.expect_err("nobody listens");
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    }
    let (_, result) = bench.bind(Way::Tls, "svc-mdi@contoso.test", RIGHT_PASSWORD).await;
    assert_eq!(result.rc, 0);
}

#[tokio::test]
async fn every_attempt_is_noted_with_its_controller_and_its_outcome() {
    let bench = bench("near-lockout");
    assert_eq!(bench.failures("svc-mdi").await, 3);
    bench.bind(Way::Tls, "svc-mdi@contoso.test", "wrong").await;
    bench.bind(Way::StartTls, "svc-mdi@contoso.test", RIGHT_PASSWORD).await;
    let attempts = bench.lab.attempts();
    let of_account: Vec<_> = attempts.iter().filter(|attempt| attempt.name.starts_with("svc-mdi")).collect();
    let outcomes: Vec<_> = of_account.iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, ["52e", "accepted"]);
    assert!(of_account.iter().all(|attempt| !attempt.by_sensor && attempt.controller == "dc1.contoso.test"));
    assert_eq!(bench.failures("svc-mdi").await, 0);
}
