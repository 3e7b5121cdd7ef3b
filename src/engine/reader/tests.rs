//! The reader against controllers that answer, refuse or are not there: what the guard makes of it, and what it cost.

use std::sync::Arc;

use tokio::sync::mpsc::Receiver;
use zeroize::Zeroizing;

use crate::clock::Driven;
use crate::directory::ldap::tests::reading::{container, domain, svc_mdi};
use crate::directory::ldap::tests::stage::{OnBind, Script, Stage};
use crate::directory::lockout::{Charge, Outcome, Shut, Why};
use crate::directory::search::Search;
use crate::directory::{Account, Controller, Host, Protocol};
use crate::engine::ledger::LedgerFile;
use crate::engine::secrets::Secrets;
use crate::engine::start::Parts;
use crate::engine::{Answer, Engine, Told};
use crate::site::Site;
use crate::walkthrough::effect::{Effect, Reservation, Ticket};
use crate::walkthrough::event::{Directory, Event};

const ONE: &str = "dc1.contoso.test";
const TWO: &str = "dc2.contoso.test";
/// Where nothing listens.
const GONE: &str = "dc9.contoso.test";

fn account(name: &str) -> Account {
    Account { name: name.into(), domain: "contoso.test".into() }
}

async fn stage(name: &'static str, bind: OnBind) -> Stage {
    let objects = vec![svc_mdi(&[]), domain(), container()];
    Stage::set(Script { bind, certificate_name: name, objects, ..Script::default() }).await
}

/// Nobody listens there, and nobody will for as long as it is held.
fn gone() -> (tokio::net::TcpSocket, Controller) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let ldaps = socket.local_addr().ok();
    let host = GONE.into();
    let controller =
        Controller { host, ldaps, ldap: None, kerberos: None, also: vec![], pdc_emulator: Some(true) };
    (socket, controller)
}

struct Bench {
    engine: Engine,
    answers: Receiver<Answer>,
    driven: Driven,
    folder: tempfile::TempDir,
}

impl Bench {
    fn at(controllers: Vec<Controller>, stages: &[&Stage]) -> Self {
        let driven = Driven::new("2026-01-02T03:04:00Z".parse().unwrap());
        let clock = driven.clock();
        let folder = tempfile::tempdir().unwrap();
        let domain = "contoso.test".into();
        let search = Search { domain, site: None, servers: Vec::new(), by_hand: Vec::new(), records: false };
        let ca: String = stages.iter().map(|stage| stage.ca.as_str()).collect();
        let site = Site::of_controllers(search, controllers, Vec::new(), Some(ca.into_bytes()));
        let site = Site { lab: true, reader: Some(account("svc-reader")), ..site };
        let vault = Arc::new(Secrets::new(clock.clone()));
        let (ledger, records) = (folder.path().to_owned(), folder.path().to_owned());
        let reader = Some(Zeroizing::new("Reader-1".to_owned()));
        let parts = Parts { site, clock, vault, ledger, records, reader, application: None };
        let (engine, answers) = Engine::start(parts).unwrap();
        Self { engine, answers, driven, folder }
    }

    async fn reserve(&mut self, hosts: &[&str], (pdc, charge, typed): (&str, Charge, bool)) -> Directory {
        let secret = self.engine.vault().keep(Zeroizing::new("Typed-1".to_owned()));
        let wanted = Reservation {
            account: account("svc-mdi"),
            controllers: hosts.iter().map(|host| Host::from(*host)).collect(),
            pdc_emulator: Some(pdc.into()),
            protocol: Protocol::Ldap,
            charge,
            secret,
            typed_account_name: typed,
            retest_of_current: false,
        };
        self.engine.act(Effect::Reserve(Ticket(1), wanted));
        let answer = self.answers.recv().await.unwrap();
        let Told::Event(event) = answer.told else { panic!("no event") };
        drop(answer.work);
        let Event::Directory(_, event) = *event else { panic!("{event:?}") };
        if let Directory::Reserved { attempts, .. } = &event {
            for (attempt, _) in attempts {
                self.engine.act(Effect::Release(*attempt));
            }
            self.driven.idle().await;
        }
        event
    }

    /// Of the reader's own attempts, where each was made and what came of it.
    fn readers(&self) -> Vec<(String, Option<Outcome>)> {
        let ledger = LedgerFile::in_folder(self.folder.path()).unwrap();
        let page = ledger.page(self.driven.clock().now().wall).unwrap();
        let own = page.attempts.into_iter().filter(|one| one.account == account("svc-reader").key());
        own.map(|one| (one.controller.to_string(), one.outcome)).collect()
    }
}

/// What was seen, as the highest count of each controller; or why the guard is shut.
fn seen(event: &Directory) -> Result<Vec<(&str, Option<u32>)>, &Why> {
    match event {
        Directory::Reserved { standing, .. } => {
            Ok(standing.iter().map(|one| (&*one.controller, one.account.bad_password_count)).collect())
        }
        Directory::GuardShut { shut: Shut::TypeAccountName { why }, .. } => Err(why),
        other => panic!("{other:?}"),
    }
}

const ACCOUNT: (&str, Charge, bool) = (GONE, Charge::Account, false);

#[tokio::test]
async fn a_controller_that_is_not_there_costs_the_reader_nothing_and_another_is_asked() {
    let (one, (_held, gone)) = (stage(ONE, OnBind::Accept).await, gone());
    let mut bench = Bench::at(vec![gone, one.controller()], &[&one]);
    for time in 1..=3 {
        let event = bench.reserve(&[ONE], ACCOUNT).await;
        assert_eq!(seen(&event), Ok(vec![(ONE, Some(2))]), "{time}");
        assert_eq!(one.binds().len(), time);
    }
    assert!(bench.readers().iter().all(|(_, outcome)| outcome.is_some_and(|outcome| !outcome.counts())));
}

#[tokio::test]
async fn where_the_reader_sees_nothing_the_name_is_wanted_each_time() {
    let (elsewhere, (_held, gone)) = (stage(ONE, OnBind::Accept).await, gone());
    let mut bench = Bench::at(vec![gone], &[&elsewhere]);
    for _ in 0..3 {
        let event = bench.reserve(&[GONE], ACCOUNT).await;
        assert_eq!(seen(&event), Err(&Why::StandingNotRead));
    }
    assert_eq!(seen(&bench.reserve(&[GONE], (GONE, Charge::Account, true)).await), Ok(Vec::new()));
}

#[tokio::test]
async fn a_reader_that_is_refused_once_is_never_used_again_and_opens_no_guard() {
    let one = stage(ONE, OnBind::Answer(49, "80090308: LdapErr: DSID-0C090439, data 52e, v4563")).await;
    let mut bench = Bench::at(vec![one.controller()], &[&one]);
    for _ in 0..2 {
        let event = bench.reserve(&[ONE], (ONE, Charge::Account, false)).await;
        assert_eq!(seen(&event), Err(&Why::StandingNotRead));
        assert_eq!(one.binds().len(), 1);
    }
    assert_eq!(bench.readers(), [(ONE.to_owned(), Some(Outcome::Refused))]);
}

#[tokio::test]
async fn a_refusal_of_the_reader_at_another_controller_is_in_the_ledger_and_the_last() {
    let refusing = OnBind::Answer(49, "80090308: LdapErr: DSID-0C090439, data 52e, v4563");
    let (one, two) = (stage(ONE, OnBind::Accept).await, stage(TWO, refusing).await);
    let second = Controller { host: TWO.into(), pdc_emulator: Some(false), ..two.controller() };
    let mut bench = Bench::at(vec![one.controller(), second], &[&one, &two]);
    let event = bench.reserve(&[ONE, TWO], (ONE, Charge::ControllerOnly, false)).await;
    assert_eq!(seen(&event), Ok(vec![(ONE, Some(2))]));
    let refused = (TWO.to_owned(), Some(Outcome::Refused));
    assert!(bench.readers().contains(&refused), "{:?}", bench.readers());
    bench.reserve(&[ONE, TWO], (ONE, Charge::ControllerOnly, false)).await;
    assert_eq!((one.binds().len(), two.binds().len()), (1, 1));
}
