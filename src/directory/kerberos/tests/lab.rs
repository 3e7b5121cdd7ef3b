//! The client against the lab's key distribution centre, by the table that Samba answers too.

use jiff::SignedDuration;

use super::*;
use crate::directory::Answer as Answered;
use crate::directory::ldap;
use crate::directory::probe::{AccountProbe, Found, Keys};
use crate::directory::refusal::SubCode;
use crate::lab::directory_cases::{Case, Password, Proof, cases};
use crate::lab::scenario::{AtStart, KdcManner};
use crate::lab::world::directory::SERVICE_PASSWORDS;
use crate::lab::world::{OLDER_PASSWORD, PREVIOUS_PASSWORD, RIGHT_PASSWORD};
use crate::lab::{Lab, Scenario, StartOptions, scenario};
use crate::trust::Trust;

struct Bench {
    lab: Lab,
    clock: Clock,
    _folder: tempfile::TempDir,
}

/// A lab with a key distribution centre, whose clock stands still.
fn bench(change: impl Fn(&mut Scenario)) -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let mut scenario = scenario::find("clean").expect("a scenario");
    // Sensors that bind would clear the counts.
    scenario.fleet.at_start = AtStart::Running;
    change(&mut scenario);
    let clock = Driven::new("2026-01-02T03:04:05Z".parse::<Timestamp>().expect("a moment")).clock();
    let options = StartOptions {
        scenario,
        clock: clock.clone(),
        folder: folder.path().into(),
        program: "mdi-console".into(),
        password: None,
    };
    Bench { lab: Lab::start(options).expect("a lab"), clock, _folder: folder }
}

fn named(name: &str) -> Account {
    Account { name: name.into(), ..account() }
}

impl Bench {
    fn client(&self) -> Client {
        Client::new(self.clock.clone())
    }

    fn controller(&self, index: usize) -> Controller {
        let known = &self.lab.addresses().controllers[index];
        Controller {
            also: Vec::new(),
            host: known.host.as_str().into(),
            ldaps: Some(known.ldaps),
            ldap: Some(known.ldap),
            kerberos: known.kerberos,
            pdc_emulator: Some(known.pdc_emulator),
        }
    }

    async fn probe(&self, name: &str) -> Result<AccountProbe, Fault> {
        self.client().probe(&self.controller(0), &named(name)).await
    }

    async fn test(&self, client: &Client, name: &str, password: &str) -> Tested {
        let controller = self.controller(0);
        let permit = Permit::granted(&Attempt {
            id: AttemptId(1),
            at: Timestamp::UNIX_EPOCH,
            settled_at: None,
            account: named(name).key(),
            controller: controller.host.clone(),
            protocol: Protocol::Kerberos,
            charge: Charge::Account,
            outcome: None,
        });
        let secret = Arc::new(Secret::new(Zeroizing::new(password.to_owned())));
        client.test(permit, &controller, Credential { account: named(name), secret }).await
    }

    /// What the controller counts for the account, as the reader sees it.
    async fn failures(&self, name: &str) -> i64 {
        let addresses = self.lab.addresses();
        let trust = Trust::pinned(addresses.ca_pem.as_bytes()).expect("trust");
        let reader = addresses.reader.account.split('@').next().expect("a name").to_owned();
        let secret = Arc::new(Secret::new(addresses.reader.password));
        let reader = Credential { account: named(&reader), secret };
        let client = ldap::Client::new(trust, self.clock.clone());
        match client.standing(&self.controller(0), reader, &named(name)).await {
            Ok(standing) => standing.account.bad_password_count.expect("a count").into(),
            Err(ldap::ReaderFault::NoSuchAccount) => 0,
            Err(fault) => panic!("{fault}"),
        }
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

fn answered(answer: &Answered) -> String {
    match answer {
        Answered::Accepted => "current".into(),
        Answered::Refused(refusal) => format!("{} {}", refusal.code, refusal.text),
        other => format!("{other:?}"),
    }
}

fn expected(proof: Proof) -> String {
    match proof {
        Proof::Current => "current".into(),
        Proof::Refused { code, error, status } => {
            let status = status.map(|status| format!(", status {status:08X}")).unwrap_or_default();
            format!("{code} Kerberos error {error}{status} (")
        }
    }
}

#[tokio::test]
async fn every_case_of_the_table_is_answered_and_counted() {
    let bench = bench(|_| {});
    let client = bench.client();
    for case in cases() {
        let (Some(proof), counted) = case.kerberos_on_windows() else { continue };
        for _ in 0..case.failures_before {
            bench.test(&client, case.account, "Not-The-Password-2!").await;
        }
        let before = bench.failures(case.account).await;
        let tested = bench.test(&client, case.account, password(&case)).await;
        let said = answered(&tested.answer);
        assert!(said.starts_with(&expected(proof)), "{}: {case:?} was answered {said}", case.title);
        let growth = if proof == Proof::Current { -before } else { counted };
        assert_eq!(bench.failures(case.account).await - before, growth, "{}: {case:?}", case.title);
    }
    bench.lab.stop().await;
}

#[tokio::test]
async fn a_probe_tells_what_an_account_is_and_leaves_no_trace() {
    let bench = bench(|scenario| scenario.directory.locked = true);
    let check = async |name: &str, found: Found| {
        let probe = bench.probe(name).await.expect("an answer");
        assert_eq!(probe.found, found, "{name}");
        assert_eq!(probe.controller_time, Some(bench.clock.now().wall));
    };
    let salt = "CONTOSO.TESTsvc-rotate".into();
    check("svc-rotate", Found::Keys(Keys { aes256: true, aes128: true, salt })).await;
    check("svc-nobody", Found::NoSuchAccount).await;
    check("svc-mdi", Found::Closed(Some(SubCode::LockedOut))).await;
    check("svc-disabled", Found::Closed(Some(SubCode::Disabled))).await;
    check("svc-acctexpired", Found::Closed(Some(SubCode::AccountExpired))).await;
    check("svc-hours", Found::Closed(Some(SubCode::LogonHours))).await;
    // Told only to who has the password.
    let salt = "CONTOSO.TESTsvc-pwexpired".into();
    check("svc-pwexpired", Found::Keys(Keys { aes256: true, aes128: true, salt })).await;
    let tests = bench.lab.attempts().into_iter().filter(|one| !one.by_sensor).count();
    assert_eq!(tests, 0);
    let elsewhere = Account { domain: "fabrikam.test".into(), ..named("svc-rotate") };
    let probed = bench.client().probe(&bench.controller(0), &elsewhere).await;
    assert_eq!(probed, Err(Fault::WrongRealm));
}

#[tokio::test]
async fn a_clock_that_is_off_is_not_judged_and_the_controllers_time_mends_it() {
    let bench = bench(|_| {});
    let off = bench.client().with_skew(SignedDuration::from_mins(-10));
    let tested = bench.test(&off, "svc-mdi", RIGHT_PASSWORD).await;
    assert_eq!(tested.answer, Answered::NotSent(Fault::ClockSkew));
    assert_eq!(bench.failures("svc-mdi").await, 0);
    let theirs = tested.controller_time.expect("a time");
    let mended = off.with_skew(theirs.duration_since(bench.clock.now().wall));
    assert_eq!(bench.test(&mended, "svc-mdi", RIGHT_PASSWORD).await.answer, Answered::Accepted);
}

#[tokio::test]
async fn every_attempt_is_noted_and_a_scenario_without_kerberos_has_no_port() {
    let with = bench(|_| {});
    let client = with.client();
    with.test(&client, "svc-mdi", PREVIOUS_PASSWORD).await;
    with.test(&client, "svc-mdi", RIGHT_PASSWORD).await;
    let noted: Vec<_> = with.lab.attempts().iter().map(|one| (one.name.clone(), one.outcome)).collect();
    let name = || "svc-mdi@contoso.test".to_owned();
    assert_eq!(noted, [(name(), "kerberos 24"), (name(), "kerberos accepted")]);

    let without = bench(|scenario| scenario.directory.kerberos = false);
    assert!(without.lab.addresses().controllers.iter().all(|one| one.kerberos.is_none()));
    assert_eq!(without.probe("svc-mdi").await, Err(Fault::NoRoute));
}

#[tokio::test]
async fn a_key_distribution_centre_that_can_not_judge_is_told_from_one_that_refuses() {
    let check = async |manner: KdcManner, password: &str, expected: Answered, counted: i64| {
        let bench = bench(|scenario| scenario.directory.kdc = manner);
        let tested = bench.test(&bench.client(), "svc-mdi", password).await;
        assert_eq!(answered(&tested.answer), answered(&expected), "{manner:?}");
        assert_eq!(bench.failures("svc-mdi").await, counted, "{manner:?}");
        assert!(tested.controller_time.is_some() || manner == KdcManner::Armored, "{manner:?}");
    };
    let wrong = |text: &str| {
        Answered::Refused(crate::directory::refusal::Refusal {
            code: SubCode::WrongPassword,
            text: text.into(),
        })
    };
    let unfit = wrong("Kerberos error 24 (the password does not fit the account's key)");
    check(KdcManner::Armored, RIGHT_PASSWORD, Answered::NotSent(Fault::ArmoringRequired), 0).await;
    check(KdcManner::Forbidding, RIGHT_PASSWORD, Answered::NotKnown(Fault::KerberosPolicy), 0).await;
    check(KdcManner::Forbidding, "wrong", unfit, 1).await;
    check(KdcManner::WithoutAes, RIGHT_PASSWORD, Answered::NotSent(Fault::NoAesKey), 0).await;
    check(KdcManner::Elsewhere, RIGHT_PASSWORD, Answered::NotSent(Fault::WrongRealm), 0).await;
    check(KdcManner::Unasked, RIGHT_PASSWORD, Answered::Accepted, 0).await;
}

#[tokio::test]
async fn a_wrong_password_against_a_ticket_given_unasked_costs_nothing() {
    let bench = bench(|scenario| scenario.directory.kdc = KdcManner::Unasked);
    let tested = bench.test(&bench.client(), "svc-mdi", "wrong").await;
    assert!(answered(&tested.answer).starts_with("52e "), "{tested:?}");
    assert_eq!(bench.failures("svc-mdi").await, 0);
    assert_eq!(bench.probe("svc-mdi").await.expect("an answer").found, Found::NoPreauthentication);
}

#[tokio::test]
async fn one_controllers_clock_that_is_ahead_shows_in_its_root_and_in_its_tickets() {
    let bench = bench(|scenario| {
        scenario.directory.ahead_seconds.insert("dc1".into(), 600);
    });
    let tested = bench.test(&bench.client(), "svc-mdi", RIGHT_PASSWORD).await;
    assert_eq!(tested.answer, Answered::NotSent(Fault::ClockSkew));
    let ten_minutes = SignedDuration::from_mins(10);
    let theirs = tested.controller_time.expect("a time").duration_since(bench.clock.now().wall);
    assert_eq!(theirs, ten_minutes);
    let mended = bench.client().with_skew(theirs);
    let tested = bench.test(&mended, "svc-mdi", RIGHT_PASSWORD).await;
    assert_eq!((tested.answer, tested.controller_time.is_some()), (Answered::Accepted, true));

    let addresses = bench.lab.addresses();
    let trust = Trust::pinned(addresses.ca_pem.as_bytes()).expect("trust");
    let client = ldap::Client::new(trust, bench.clock.clone());
    let skew = async |index: usize| {
        client.reach(&bench.controller(index), &account().domain).await.expect("reached").skew
    };
    assert_eq!((skew(0).await, skew(1).await), (ten_minutes, SignedDuration::ZERO));
}
