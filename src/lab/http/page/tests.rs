//! The pages as a browser asks for them, and as somebody who can't see them reads them.

use super::entry::{self, Told};
use super::frame::{CONFIGURATION, DIRECTORY_SERVICES, SENSORS, STYLE};
use super::markup::Node;
use super::{configuration, sensors};
use crate::clock::{Driven, Now};
use crate::lab::scenario::{PutFault, PutKind, find};
use crate::lab::tests::site::Bench;
use crate::lab::world::{RIGHT_PASSWORD, World};

/// The value of the input of this name.
fn value(page: &str, name: &str) -> String {
    let from = page.split(&format!("name=\"{name}\"")).nth(1).expect("an input");
    let value = from.split('>').next().and_then(|rest| rest.split("value=\"").nth(1)).expect("a value");
    value.split('"').next().expect("an end").replace("&quot;", "\"")
}

struct Sheet {
    token: String,
    version: String,
}

impl Sheet {
    async fn open(bench: &Bench) -> Self {
        let page = bench.get_bare(DIRECTORY_SERVICES).await.text().await.expect("a page");
        Self { token: value(&page, entry::TOKEN), version: value(&page, entry::VERSION) }
    }

    /// Where the browser is sent on to, and what stands there.
    async fn send(&self, bench: &Bench, more: &[(&str, &str)]) -> (String, String) {
        let mut fields = vec![
            (entry::TOKEN, self.token.as_str()),
            (entry::VERSION, &self.version),
            (entry::ACCOUNT, "svc-mdi"),
            (entry::DOMAIN, "contoso.test"),
            (entry::PASSWORD, RIGHT_PASSWORD),
        ];
        for field in more {
            fields.retain(|(name, _)| *name != field.0);
            fields.push(*field);
        }
        let answer = bench.send_form(DIRECTORY_SERVICES, &fields, &[]).await;
        let query = answer.url().query().unwrap_or_default().to_owned();
        (query, answer.text().await.expect("a page"))
    }
}

#[tokio::test]
async fn a_password_saved_in_the_page_is_taken_by_the_sensors_and_shown_nowhere() {
    let bench = Bench::start("wrong-password-saved").await;
    bench.run(1).await;
    assert_eq!(bench.services("stopped").await, 12);
    let (query, page) = Sheet::open(&bench).await.send(&bench, &[]).await;
    assert!(query.starts_with("saved="), "{query}");
    assert!(page.contains("✓ Saved.") && page.contains("ana@contoso.test"));
    assert!(bench.lab.stored_is_right());
    assert_eq!(bench.lab.saves(), 1);
    bench.run(8).await;
    for path in [CONFIGURATION, SENSORS] {
        let page = bench.get_bare(path).await.text().await.expect("a page");
        assert!(page.contains("12 sensors: 12 running, 0 stopped, 0 syncing"), "{page}");
        assert!(!page.contains(RIGHT_PASSWORD));
    }
    let page = bench.get_bare(DIRECTORY_SERVICES).await.text().await.expect("a page");
    assert!(!page.contains(RIGHT_PASSWORD) && !page.contains("✓ Saved."));
}

#[tokio::test]
async fn a_form_that_was_overtaken_sent_before_or_filled_in_wrongly_saves_nothing_and_says_why() {
    let bench = Bench::start("clean").await;
    let check = async |more: &[(&str, &str)], word: &str, says: &str| {
        let (query, page) = Sheet::open(&bench).await.send(&bench, more).await;
        assert_eq!(query, format!("refused={word}"));
        assert!(page.contains("✗ Not saved.") && page.contains(says), "{page}");
    };
    check(&[(entry::ACCOUNT, "svc-mdi@contoso.test")], "account", "in legal form").await;
    check(&[(entry::DOMAIN, "CONTOSO")], "domain", "in legal form").await;
    check(&[(entry::PASSWORD, "")], "password", "No password was typed").await;
    check(&[("gmsa", "on")], "switches", "leave both switches off").await;
    check(&[(entry::TOKEN, "made-up")], "form", "was sent before").await;
    assert_eq!(bench.lab.saves(), 0);

    let (first, second) = (Sheet::open(&bench).await, Sheet::open(&bench).await);
    bench.save(RIGHT_PASSWORD).await;
    let (query, page) = first.send(&bench, &[]).await;
    assert_eq!(query, "refused=stale");
    assert!(page.contains("Someone else changed this entry"));
    assert_eq!(bench.lab.saves(), 1);
    second.send(&bench, &[]).await;
    assert_eq!(second.send(&bench, &[]).await.0, "refused=form");
}

#[tokio::test]
async fn the_scenarios_faults_meet_the_page_as_they_meet_the_interface() {
    let mut scenario = find("clean").expect("a scenario");
    let fault = |kind| PutFault { kind, seconds: 7 };
    scenario.portal.put = vec![fault(PutKind::Throttled), fault(PutKind::ChangedBySomeone)];
    let bench = Bench::start_with(scenario, None).await;
    for (query, saves) in [("refused=throttled", 0), ("refused=stale", 0), ("saved=", 1)] {
        let (sent_to, _) = Sheet::open(&bench).await.send(&bench, &[]).await;
        assert!(sent_to.starts_with(query), "{sent_to}");
        assert_eq!(bench.lab.saves(), saves);
    }
}

#[tokio::test]
async fn another_sites_form_is_refused_and_nothing_foreign_is_ever_loaded() {
    let bench = Bench::start("clean").await;
    let sheet = Sheet::open(&bench).await;
    let fields = [(entry::TOKEN, sheet.token.as_str()), (entry::VERSION, &sheet.version)];
    let answer =
        bench.send_form(DIRECTORY_SERVICES, &fields, &[("origin", "https://elsewhere.example")]).await;
    assert_eq!(answer.status(), 403);
    for path in [CONFIGURATION, DIRECTORY_SERVICES, SENSORS, STYLE] {
        let answer = bench.get_bare(path).await;
        assert_eq!(answer.status(), 200);
        let headers = answer.headers().clone();
        assert!(headers["content-security-policy"].to_str().expect("text").starts_with("default-src 'none'"));
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let text = answer.text().await.expect("text");
        assert!(!["http://", "https://", "<script", "url(", "@import"].iter().any(|odd| text.contains(odd)));
    }
}

#[tokio::test]
async fn a_made_up_address_claims_nothing() {
    let bench = Bench::start("clean").await;
    for query in ["saved=made-up", "refused=%3Cscript%3E", "saved=&refused="] {
        let page = bench.get_bare(&format!("{DIRECTORY_SERVICES}?{query}")).await;
        let page = page.text().await.expect("a page");
        assert!(!page.contains("id=\"message\"") && !page.contains("<script>"), "{page}");
    }
}

/// Every page in every state that looks different.
fn pages() -> Vec<Node> {
    let now: Now = Driven::new("2026-01-02T03:04:05Z".parse().expect("a moment")).clock().now();
    let world = World::new(&find("wrong-password-saved").expect("a scenario"), None, now);
    let refused = |word| Told { saved: None, refused: Some(word) };
    let saved = Told { saved: Some(&world.entry.last_change), refused: None };
    let mut pages = vec![
        configuration::page(&world),
        sensors::page(&world, false, "03:04:05 UTC"),
        sensors::page(&world, true, "03:04:05 UTC"),
        entry::page(&world.entry, "token", Told::default()),
        entry::page(&world.entry, "token", saved),
    ];
    for word in ["stale", "form", "throttled", "account", "domain", "password", "switches"] {
        pages.push(entry::page(&world.entry, "token", refused(word)));
    }
    pages.into_iter().map(super::frame::Page::framed).collect()
}

fn all<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    found.push(node);
    if let Node::Element { children, .. } = node {
        for child in children {
            all(child, found);
        }
    }
}

fn attribute<'a>(node: &'a Node, wanted: &str) -> Option<&'a str> {
    let Node::Element { attributes, .. } = node else { return None };
    attributes.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
}

/// What somebody who can't see the page would miss in it.
fn barriers(page: &Node) -> Vec<String> {
    let mut nodes = Vec::new();
    all(page, &mut nodes);
    let named = |wanted: &str| {
        let is = |node: &&&Node| matches!(node, Node::Element { name, .. } if *name == wanted);
        nodes.iter().filter(is).copied().collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            found.push(what.to_owned());
        }
    };
    must(attribute(page, "lang").is_some(), "the language");
    must(named("title").len() == 1 && named("main").len() == 1, "one title, one main part");
    let levels = nodes.iter().filter_map(|node| match node {
        Node::Element { name, .. } => ["h1", "h2", "h3"].iter().position(|level| level == name),
        Node::Text(_) => None,
    });
    let levels: Vec<usize> = levels.collect();
    must(levels.first() == Some(&0) && named("h1").len() == 1, "one first heading, before the others");
    must(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "headings in order");
    let ids: Vec<&str> = nodes.iter().filter_map(|node| attribute(node, "id")).collect();
    must(ids.iter().collect::<std::collections::HashSet<_>>().len() == ids.len(), "ids that are one's own");
    for input in named("input").into_iter().filter(|input| attribute(input, "type") != Some("hidden")) {
        let id = attribute(input, "id");
        let label = named("label").iter().any(|label| id.is_some() && attribute(label, "for") == id);
        must(label, "a label");
        must(attribute(input, "aria-describedby").is_none_or(|id| ids.contains(&id)), "the hint");
        must(attribute(input, "type") != Some("password") || attribute(input, "value").is_none(), "a secret");
    }
    must(named("table").len() == named("caption").len(), "a caption");
    must(named("th").iter().all(|cell| attribute(cell, "scope").is_some()), "what a heading heads");
    found
}

#[test]
fn every_page_can_be_read_without_seeing_it() {
    for page in pages() {
        assert_eq!(barriers(&page), Vec::<String>::new(), "{}", page.document());
    }
}

#[test]
fn a_barrier_would_be_noticed() {
    use super::markup::{said, tag};
    let input = tag("input", &[("id", "a"), ("type", "password"), ("value", "x")], vec![]);
    let page = tag("html", &[], vec![said("h3", "x"), input, tag("table", &[], vec![said("th", "x")])]);
    assert_eq!(barriers(&page).len(), 7);
}
