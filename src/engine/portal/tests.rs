//! Tokens as the engine holds them: renewed before they end and once when they are refused, whoever asks meanwhile.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::json;
use tokio::sync::mpsc::Receiver;
use zeroize::Zeroizing;

use super::*;
use crate::clock::Driven;
use crate::directory::Account;
use crate::directory::search::Search;
use crate::engine::{Answer, Engine, Parts, Told};
use crate::portal::signin;
use crate::portal::token::Login;
use crate::portal::{Entry, Reply, Seen, StandIn, reply};
use crate::site::Site;
use crate::walkthrough::effect::{Effect, Ticket};
use crate::walkthrough::event::Event;

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

/// A sign-in that gives `a-1`, `a-2`, … and a Graph that takes what `taken` says.
async fn stand_in(taken: &'static str, refreshed: u16) -> StandIn {
    let given = Mutex::new(0);
    StandIn::answering(move |seen: Seen| -> Reply {
        if seen.path.ends_with("/devicecode") {
            let code = json!({ "device_code": "d-1", "user_code": "ABCD", "expires_in": 900,
                "verification_uri": "https://127.0.0.1/device" });
            return reply(200, JSON, code.to_string());
        }
        if seen.path.ends_with("/token") && seen.body.contains("refresh_token") && refreshed != 200 {
            return reply(refreshed, JSON, r#"{"error": "invalid_grant"}"#);
        }
        if seen.path.ends_with("/token") {
            let mut given = given.lock().unwrap();
            *given += 1;
            let tokens = json!({ "access_token": format!("a-{given}"), "refresh_token": format!("r-{given}"),
                "expires_in": 3599 });
            return reply(200, JSON, tokens.to_string());
        }
        let right = seen.header("authorization") == format!("Bearer {taken}");
        if seen.method == "PUT" && right {
            return reply(204, &[("etag", "\"2\"")], "");
        }
        reply(if right || taken.is_empty() { 200 } else { 401 }, JSON, r#"{"value": []}"#)
    })
    .await
}

struct Bench {
    driven: Driven,
    engine: Engine,
    answers: Receiver<Answer>,
    portal: StandIn,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn over(portal: StandIn, application: Option<Application>) -> Self {
        let driven = Driven::new("2026-03-04T05:06:07Z".parse().unwrap());
        let clock = driven.clock();
        let folder = tempfile::tempdir().unwrap();
        let ca = portal.authority.clone().into_bytes();
        let domain = "contoso.test".into();
        let search = Search { domain, site: None, servers: Vec::new(), by_hand: Vec::new(), records: false };
        let login = Login {
            authority: format!("{}/tenant-1", portal.base),
            client_id: "client-1".into(),
            scope: "s".into(),
            verification_hosts: Vec::new(),
        };
        let nobody = Site::of_controllers(search, Vec::new(), Vec::new(), Some(ca));
        let (graph, workspace) = (portal.base.clone(), portal.base.clone());
        let site = Site { lab: true, login, graph, workspace, uses_graph: true, ..nobody };
        let vault = std::sync::Arc::new(Secrets::new(clock.clone()));
        let (ledger, records) = (folder.path().to_owned(), folder.path().to_owned());
        let parts = Parts { site, clock, vault, ledger, records, reader: None, application };
        let (engine, answers) = Engine::start(parts).unwrap();
        Self { driven, engine, answers, portal, _folder: folder }
    }

    async fn answer(&mut self) -> event::Portal {
        let answer = self.answers.recv().await.unwrap();
        match answer.told {
            Told::Event(event) => match *event {
                Event::Portal(_, event) => event,
                event => panic!("{event:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    async fn signed_in(&mut self) {
        self.engine.act(Effect::RequestCode(Ticket(1)));
        self.answer().await;
        self.engine.act(Effect::PollSignIn(Ticket(2)));
        let event = self.answer().await;
        assert_eq!(event, event::Portal::SignInAnswered(signin::Answer::Granted { name: None }));
    }

    /// So many readings asked for at once, and whether each came.
    async fn read(&mut self, times: u64) -> Vec<Result<(), Fault>> {
        (0..times).for_each(|time| self.engine.act(Effect::ReadPortal(Ticket(10 + time))));
        let mut read = Vec::new();
        for _ in 0..times {
            read.push(match self.answer().await {
                event::Portal::Read(_) => Ok(()),
                event::Portal::Failed(fault) => Err(fault),
                event => panic!("{event:?}"),
            });
        }
        read
    }

    /// What comes of a save of `secret`, and what each sending of it bore.
    async fn save(&mut self, secret: SecretId) -> (SaveAnswer, Vec<[String; 4]>) {
        self.engine.act(Effect::Save {
            ticket: Ticket(3),
            entry: Entry {
                id: "e-1".into(),
                account: "svc-mdi".into(),
                domain: "contoso".into(),
                managed: false,
                single_label: true,
                etag: "\"1\"".into(),
                last_change: None,
                changed_by: None,
                changed_at: None,
            },
            change: "c-1".into(),
            account: Account { name: "svc-mdi".into(), domain: "contoso".into() },
            secret,
        });
        let event::Portal::SaveAnswered(answer) = self.answer().await else { panic!("no answer to a save") };
        let sent = self.portal.seen().into_iter().filter(|seen| seen.method == "PUT").map(|seen| {
            let of = |name| seen.header(name).to_owned();
            [of("authorization"), of("if-match"), of("change-id"), seen.body.clone()]
        });
        (answer, sent.collect())
    }

    /// What tokens were asked for with.
    fn grants(&self) -> VecDeque<String> {
        let token = |seen: &Seen| seen.path.ends_with("/token");
        let grant = |seen: Seen| seen.body.split(['=', '&']).nth(1).unwrap_or_default().to_owned();
        self.portal.seen().into_iter().filter(token).map(grant).collect()
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_not_sooner() {
    let mut bench = Bench::over(stand_in("", 200).await, None);
    bench.signed_in().await;
    let ends = Duration::from_secs(3599);
    bench.driven.move_to(Instant(ends.saturating_sub(RENEW_BEFORE)));
    assert_eq!(bench.read(1).await, [Ok(())]);
    assert_eq!(bench.grants().len(), 1);
    bench.driven.move_to(bench.engine.shared.clock.now().at.after(Duration::from_secs(1)));
    assert_eq!(bench.read(1).await, [Ok(())]);
    assert_eq!(bench.grants().pop_back().as_deref(), Some("refresh_token"));
    assert_eq!(bench.portal.seen().last().unwrap().header("authorization"), "Bearer a-2");
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once_however_many_ask() {
    let mut bench = Bench::over(stand_in("a-2", 200).await, None);
    bench.signed_in().await;
    assert_eq!(bench.read(3).await, [Ok(()), Ok(()), Ok(())]);
    assert_eq!(bench.grants().len(), 2, "{:?}", bench.grants());
}

#[tokio::test]
async fn one_that_is_refused_again_or_can_not_be_renewed_asks_for_a_new_sign_in() {
    for (taken, refreshed) in [("a-9", 200), ("a-2", 400)] {
        let mut bench = Bench::over(stand_in(taken, refreshed).await, None);
        bench.signed_in().await;
        assert_eq!(bench.read(1).await, [Err(Fault::Unauthorized)]);
        assert_eq!(bench.grants().len(), 2, "{:?}", bench.grants());
    }
}

#[tokio::test]
async fn a_save_turned_away_for_its_token_is_the_same_save_with_a_new_one_and_never_a_third() {
    let check = async |taken: &'static str, refreshed: u16, expected: SaveAnswer, bearers: &[&str]| {
        let mut bench = Bench::over(stand_in(taken, refreshed).await, None);
        bench.signed_in().await;
        let secret = bench.engine.vault().keep(Zeroizing::new("Right-1".to_owned()));
        let (answer, sent) = bench.save(secret).await;
        assert_eq!(answer, expected, "{taken} {refreshed}");
        let bore: Vec<&str> = sent.iter().map(|[bearer, ..]| bearer.as_str()).collect();
        assert_eq!(bore, bearers, "{taken} {refreshed}");
        let [_, condition, change, body] = sent.last().unwrap();
        assert_eq!((condition.as_str(), change.as_str()), ("\"1\"", "c-1"));
        assert!(sent.iter().all(|[_, _, _, first]| first == body) && body.contains("Right-1"), "{sent:?}");
        assert!(body.contains("\"IsSingleLabelAccountDomainName\":true"), "{body}");
    };
    let saved = || SaveAnswer::Saved { etag: "\"2\"".into() };
    let not_saved = || SaveAnswer::NotSaved(Fault::Unauthorized);
    check("a-1", 200, saved(), &["Bearer a-1"]).await;
    check("a-2", 200, saved(), &["Bearer a-1", "Bearer a-2"]).await;
    check("a-9", 200, not_saved(), &["Bearer a-1", "Bearer a-2"]).await;
    check("a-2", 400, not_saved(), &["Bearer a-1"]).await;
}

#[tokio::test]
async fn an_application_signs_in_without_a_code_and_again_by_the_same_proof() {
    let application = Application::by_secret(Zeroizing::new("s-1".to_owned()));
    let mut bench = Bench::over(stand_in("a-2", 400).await, Some(application));
    bench.engine.act(Effect::RequestCode(Ticket(1)));
    let event = bench.answer().await;
    assert_eq!(event, event::Portal::SignInAnswered(signin::Answer::Granted { name: None }));
    assert_eq!(bench.read(1).await, [Ok(())]);
    assert_eq!(bench.grants(), ["client_credentials", "client_credentials"]);
}
