//! A whole watch over a portal that fails in between: when it is asked, and what is said.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::task;
use zeroize::Zeroizing;

use crate::cli::sensors::telling::{Manner, Telling};
use crate::cli::sensors::{NotRead, show};
use crate::clock::Driven;
use crate::directory::search::Search;
use crate::portal::token::{Application, Login};
use crate::portal::{Fault, Reply, Seen, StandIn, reply};
use crate::site::Site;

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

/// What the portal answers, one reading after the other; then it takes no token any more.
const READINGS: [(u16, &str); 6] =
    [(200, "Running"), (503, ""), (503, ""), (200, "Running"), (429, ""), (200, "Stopped")];

struct Asked {
    driven: Driven,
    /// Seconds at which sensors were asked for.
    at: Mutex<Vec<u64>>,
}

impl Asked {
    fn answer(&self, seen: &Seen) -> Reply {
        let mut at = self.at.lock().unwrap();
        if seen.path.ends_with("/token") {
            let given = json!({ "access_token": "a-1", "expires_in": 7200 }).to_string();
            let over = at.len() > READINGS.len();
            return if over {
                reply(401, JSON, r#"{"error": "invalid_client"}"#)
            } else {
                reply(200, JSON, given)
            };
        }
        if !seen.path.contains("/sensors") {
            return reply(200, JSON, r#"{"value": []}"#);
        }
        at.push(self.driven.clock().now().at.0.as_secs());
        match READINGS.get(at.len() - 1) {
            Some((200, service)) => {
                let sensor =
                    json!({ "id": "s1", "displayName": "dc1.contoso.test", "serviceStatus": service });
                reply(200, JSON, json!({ "value": [sensor] }).to_string())
            }
            Some((429, _)) => reply(429, &[("retry-after", "300")], ""),
            Some((status, _)) => reply(*status, &[], ""),
            None => reply(401, JSON, ""),
        }
    }
}

async fn drive(driven: &Driven) {
    loop {
        driven.idle().await;
        match driven.next() {
            Some(at) => driven.move_to(at),
            None => task::yield_now().await,
        }
    }
}

#[tokio::test]
async fn a_watch_outlasts_a_portal_that_fails_says_so_and_ends_when_it_is_no_longer_let_in() {
    let driven = Driven::new("2026-03-04T05:06:07Z".parse().unwrap());
    let asked = Arc::new(Asked { driven: driven.clone(), at: Mutex::default() });
    let answering = Arc::clone(&asked);
    let portal = StandIn::answering(move |seen| answering.answer(&seen)).await;
    let search = Search {
        domain: "contoso.test".into(),
        site: None,
        servers: Vec::new(),
        by_hand: Vec::new(),
        records: false,
    };
    let nobody =
        Site::of_controllers(search, Vec::new(), Vec::new(), Some(portal.authority.clone().into_bytes()));
    let login = Login {
        authority: format!("{}/tenant-1", portal.base),
        client_id: "client-1".into(),
        scope: "s".into(),
        verification_hosts: Vec::new(),
    };
    let poll = std::time::Duration::from_secs(15);
    let site = Site { lab: true, login, graph: portal.base.clone(), uses_graph: true, poll, ..nobody };

    let own = Application::by_secret(Zeroizing::new("s-1".to_owned()));
    let (mut out, clock) = (Vec::new(), driven.clock());
    let mut telling = Telling::new(Manner::Text { ascii: false }, &mut out, std::io::sink());
    let ended = tokio::select! {
        ended = show(&site, (&clock, Some(&own)), &mut telling, true) => ended,
        () = drive(&driven) => unreachable!(),
    };
    assert!(matches!(ended, Err(NotRead::Portal(Fault::Unauthorized))), "{ended:?}");

    // A poll; then twice as long and four times; a poll; as long as it asked for; a poll, and once more with a new token.
    assert_eq!(*asked.at.lock().unwrap(), [0, 15, 45, 105, 120, 420, 435]);
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}
