//! Stories of a site where nobody saves alone.

use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::Intent;
use crate::walkthrough::fact::{Fact, Gate};
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::{Notice, Terms};

use super::explore::explore;
use super::player::{Player, Way, walked};
use super::site::{for_two, hand_off};

fn at_save() -> Player {
    let player = walked(Player::at(for_two()), Step::Save);
    assert_eq!(*player.phase(), Phase::Asking(Question::SecondPerson));
    player
}

fn say(player: &mut Player, text: &str) {
    player.intend(Intent::Typed(text.into()));
}

fn approve(player: &mut Player) {
    player.choose(0);
    say(player, "Ana Alvarez");
    say(player, "Ben Brandt");
}

fn sends(player: &Player) -> bool {
    player.out.iter().any(|effect| matches!(effect, Effect::Save { .. }))
}

#[test]
fn two_names_are_on_record_before_the_save_is_asked_for() {
    let mut player = at_save();
    approve(&mut player);
    let names = Fact::Approved { recorded_by: "Ana Alvarez".into(), approved_by: "Ben Brandt".into() };
    assert!(player.checker.facts.contains(&names));
    assert_eq!(*player.phase(), Phase::Asking(Question::ConfirmSave));
    player.type_it();
    player.settle();
    assert!(player.walk.saved());
}

#[test]
fn nobody_approves_their_own_save() {
    let check = |approver: &str| {
        let mut player = at_save();
        player.choose(0);
        say(&mut player, "Ana  Alvarez");
        say(&mut player, approver);
        assert_eq!(player.walk.notice, Some(Notice::Blocked(Reason::SamePerson)), "{approver}");
        assert_eq!(player.walk.dialog, Some(Question::ApprovedBy), "asked again");
        assert_eq!(player.walk.approval(), None);
    };
    check("ana alvarez");
    check(" ANA ALVAREZ ");
    // The login that started the console.
    check("Ana");
    // The same person as a directory, a portal or a keyboard may spell it.
    check("CONTOSO\\ana");
    check("ana@contoso.test");
    check("CONTOSO\\Ana Alvarez");
    check("a\u{200d}na");
    check("ana\u{fe0f}");
}

#[test]
fn without_a_second_person_only_a_reason_on_record_goes_on() {
    let mut player = at_save();
    player.disk_full = true;
    player.choose(1);
    say(&mut player, "nobody else is awake, and the sensors are down");
    assert_eq!(player.walk.dialog, Some(Question::WithoutSecondPerson), "not on record, so not passed");
    player.disk_full = false;
    say(&mut player, "nobody else is awake, and the sensors are down");
    let broken = |fact: &Fact| matches!(fact, Fact::Overridden { gate: Gate::SecondPerson, about, .. } if !about.is_empty());
    assert!(player.checker.facts.iter().any(broken));
    assert_eq!(*player.phase(), Phase::Asking(Question::ConfirmSave));
}

#[test]
fn an_approval_goes_with_the_password_it_was_given_for() {
    let mut player = at_save();
    approve(&mut player);
    player.intend(Intent::BackTo(Step::Password));
    player.choose(0);
    player.edit(9);
    player.enter();
    player.settle();
    player.enter();
    assert_eq!(*player.phase(), Phase::Asking(Question::SecondPerson), "another password, another approval");

    let mut player = at_save();
    approve(&mut player);
    player.wait(6 * 60);
    player.type_it();
    assert_eq!(*player.phase(), Phase::Blocked(Reason::ProofTooOld));
    player.enter();
    player.settle();
    player.enter();
    assert_eq!(*player.phase(), Phase::Asking(Question::ConfirmSave), "the same password, tested again");
}

#[test]
fn an_approval_that_comes_late_opens_nothing_for_another_password() {
    let mut player = at_save();
    player.slow_record = true;
    approve(&mut player);
    player.slow_record = false;
    player.intend(Intent::BackTo(Step::Password));
    player.answer("record", Way::Well);
    assert_eq!(player.walk.approval(), None);
    assert!(!sends(&player));
}

#[test]
fn the_portals_page_is_shown_to_two() {
    let mut player = walked(Player::at(Terms { second_person: true, ..hand_off() }), Step::Save);
    assert_eq!(*player.phase(), Phase::Asking(Question::SecondPerson));
    approve(&mut player);
    player.type_it();
    player.settle();
    assert!(player.walk.handed_over());
}

#[test]
fn every_state_around_the_second_person_keeps_the_rules() {
    let visited = explore(at_save(), 1500);
    assert!(visited > 100, "only {visited} states");
}
