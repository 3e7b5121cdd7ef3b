//! Reports of whole walks, held to pictures: read them as an auditor would.

use crate::directory::refusal::SubCode;
use crate::walkthrough::Terms;
use crate::walkthrough::event::Intent;
use crate::walkthrough::hand_over::HandOver;
use crate::walkthrough::report::{Report, Sealed, markdown};
use crate::walkthrough::step::Step;

use super::player::{Player, Way, handed_off_to, walked_to};
use super::site::{hand_off, refused, terms};

fn report(player: &Player) -> Report {
    let sealed = Sealed {
        id: "20270115T080000Z".into(),
        consistent: true,
        unread_from: None,
        said: "consistent".into(),
        lines: player.disk.len() as u64,
        hash: Some("5f2c".into()),
        going_on: false,
    };
    Report::of(sealed, &player.disk)
}

fn check(name: &str, player: &Player) {
    insta::with_settings!({ snapshot_path => "../../../tests/snapshots/reports", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, markdown::render(&report(player)));
    });
}

fn ended(mut player: Player) -> Player {
    player.walk_on();
    player
}

#[test]
fn a_clean_walk() {
    let mut player = walked_to(Step::Services);
    player.intend(Intent::Note);
    player.type_it();
    player.settle();
    let player = ended(player);
    check("clean", &player);
    let json = serde_json::to_string_pretty(&report(&player)).unwrap();
    insta::with_settings!({ snapshot_path => "../../../tests/snapshots/reports", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("clean-as-json", json);
    });
}

#[test]
fn a_first_password_that_was_refused() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Well);
    let test = player.out.remove(0);
    let told = Player::outcome(&test, refused(SubCode::WrongPassword));
    player.send(told);
    check("refused-first", &ended(player));
}

#[test]
fn a_save_that_the_sensors_refuse_and_that_is_taken_over() {
    let mut player = walked_to(Step::Sensors);
    player.wait(10);
    player.answer("portal", Way::Badly(1));
    player.settle();
    player.intend(Intent::HandOver);
    player.choose(HandOver::ALL.iter().position(|field| *field == HandOver::Ticket).unwrap());
    player.intend(Intent::Typed("INC-4711 <b>*now*</b>".into()));
    player.intend(Intent::Dismiss);
    player.intend(Intent::LeaveNow);
    player.settle();
    check("refused-at-the-sensors", &player);
}

#[test]
fn a_hand_off_that_is_left_and_resumed() {
    let mut player = handed_off_to(Step::Services);
    player.intend(Intent::LeaveNow);
    player.settle();
    let player = Player::resumed(&player.disk, hand_off(), (7200, None)).unwrap();
    check("handed-off-and-resumed", &ended(player));
}

#[test]
fn a_save_that_nothing_could_prove() {
    let mut player = Player::at(Terms { controllers: Vec::new(), ..terms() });
    player.walk_on();
    check("saved-untested", &player);
}

#[test]
fn a_password_test_alone() {
    let mut player = Player::alone();
    player.settle();
    player.enter();
    player.settle();
    player.enter();
    player.settle();
    player.intend(Intent::LeaveNow);
    player.settle();
    check("tested-alone", &player);
}
