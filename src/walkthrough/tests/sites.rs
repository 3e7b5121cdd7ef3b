//! Sites that differ: without Graph, with a hand-off, of several domains, where Kerberos alone may prove.

use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::Intent;
use crate::walkthrough::fact::{Fact, Origin};
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::{ControllerTerms, Terms};

use super::player::{Player, Way};
use super::site::{PDC, entry, terms};

fn listed() -> Terms {
    Terms { entries: vec![entry()], ..terms() }
}

/// From the first question to step 3's own.
fn to_directory(player: &mut Player) {
    player.choose(0);
    player.settle();
    player.enter();
    assert_eq!(player.walk.current, Step::DirectoryServices);
}

#[test]
fn without_graph_no_sign_in_is_offered_and_the_listed_account_is_meant() {
    let mut player = Player::at(Terms { graph: false, ..listed() });
    assert_eq!(player.walk.question(), Some(&Question::CanEdit));
    to_directory(&mut player);
    assert_eq!(player.walk.account().map(|account| account.name), Some(entry().account));
    assert_eq!(player.walk.question(), None, "one entry is not asked for");
    player.settle();
    assert_eq!(player.walk.question(), Some(&Question::UsedElsewhere));
    // Back at step 1 it is the same again, and once on record.
    player.intend(Intent::BackTo(Step::Portal));
    player.settle();
    assert_eq!(player.walk.question(), Some(&Question::CanEdit));
    let without = player.checker.facts.iter().filter(|fact| **fact == Fact::WorkedWithoutPortal);
    assert_eq!(without.count(), 1);
}

#[test]
fn who_declines_the_sign_in_works_with_the_listed_account_too() {
    let check = |terms: Terms, expected: Option<Reason>| {
        let mut player = Player::at(terms);
        assert_eq!(player.walk.question(), Some(&Question::HowToBegin));
        player.choose(1);
        to_directory(&mut player);
        let phase = player.phase().clone();
        match expected {
            Some(reason) => assert_eq!(phase, Phase::Blocked(reason)),
            None => assert_eq!(phase, Phase::Working),
        }
    };
    check(listed(), None);
    check(terms(), Some(Reason::SaveNeedsPortal));
    check(Terms { hand_off: true, ..terms() }, Some(Reason::NoAccountListed));
}

#[test]
fn with_a_hand_off_the_portal_is_read_and_its_entries_are_not_asked_for() {
    let mut player = Player::at(Terms { hand_off: true, ..listed() });
    player.choose(0);
    player.settle();
    player.tick();
    assert!(player.answer("sign-in", Way::Well));
    assert_eq!(player.count("entries"), 0);
    player.settle();
    assert_eq!(player.walk.question(), Some(&Question::CanEdit));
    assert!(player.walk.baseline.is_some());
    to_directory(&mut player);
    player.settle();
    player.choose(0);
    player.enter();
    player.choose(0);
    player.edit(12);
    player.enter();
    player.settle();
    player.enter();
    assert_eq!(player.walk.question(), Some(&Question::ConfirmSave));
    assert_eq!(player.count("issuer"), 0);
}

#[test]
fn whoever_signs_in_after_all_gets_the_portals_own_entries() {
    let mut listed = listed();
    listed.entries[0].id = "of-the-file".into();
    let mut player = Player::at(listed);
    player.choose(1);
    to_directory(&mut player);
    player.settle();
    player.intend(Intent::BackTo(Step::Portal));
    player.choose(0);
    player.settle();
    player.tick();
    assert!(player.answer("sign-in", Way::Well));
    assert!(player.walk.entries.is_empty() && player.walk.entry.is_none());
    assert!(player.answer("entries", Way::Badly(0)));
    assert!(player.answer("portal", Way::Well));
    assert!(
        matches!(player.phase(), Phase::Blocked(_)),
        "the file's are not taken for them: {:?}",
        player.phase()
    );
}

#[test]
fn only_the_controllers_of_the_accounts_domain_are_reached() {
    let reached = |controllers: &[(&str, &str)]| -> Vec<String> {
        let controllers = controllers.iter();
        let controllers = controllers
            .map(|(host, domain)| ControllerTerms { host: (*host).into(), domain: (*domain).into() })
            .collect();
        let mut player = Player::at(Terms { graph: false, controllers, ..listed() });
        to_directory(&mut player);
        let hosts = player.out.iter().filter_map(|effect| match effect {
            Effect::Reach(_, host, _) => Some(host.to_string()),
            _ => None,
        });
        hosts.collect()
    };
    let child = "dc1.emea.contoso.test";
    assert_eq!(reached(&[(PDC, "contoso.test"), (child, "emea.contoso.test")]), [PDC]);
    // None of its domain: each says what it is of.
    assert_eq!(reached(&[(child, "emea.contoso.test")]), [child]);
}

#[test]
fn the_site_file_is_named_in_the_records_first_line() {
    let origin = Origin { path: "/etc/site.toml".into(), hash: "00".into() };
    let player = Player::at(Terms { origin: Some(origin.clone()), ..terms() });
    let began = player.checker.facts.iter().find_map(|fact| match fact {
        Fact::Began { site_file, .. } => Some(site_file.clone()),
        _ => None,
    });
    assert_eq!(began, Some(Some(origin)));
}
