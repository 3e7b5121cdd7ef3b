//! Stories of the record, the portal that fails, and leaving.

use crate::directory::Answer;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::Intent;
use crate::walkthrough::fact::Fact;
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::{Notice, words};

use super::player::{Player, Way, kind_of, walked_to};
use super::site::terms;

#[test]
fn the_portal_is_not_asked_before_it_allows_it_nor_twice_at_once() {
    let mut player = walked_to(Step::Configuration);
    player.intend(Intent::Refresh);
    player.intend(Intent::Refresh);
    assert_eq!(player.count("portal"), 1);
    player.answer("portal", Way::Badly(2));
    player.intend(Intent::Refresh);
    player.wait(119);
    assert_eq!((player.count("portal"), player.walk.portal.failures), (0, 1));
    player.wait(1);
    assert_eq!(player.count("portal"), 1);
}

#[test]
fn a_sign_in_that_is_no_longer_valid_can_be_made_anew() {
    let mut player = walked_to(Step::Configuration);
    player.intend(Intent::Refresh);
    player.answer("portal", Way::Badly(3));
    player.intend(Intent::BackTo(Step::Portal));
    assert_eq!(player.walk.question(), Some(&Question::HowToBegin));
}

#[test]
fn a_text_that_holds_the_password_is_asked_for_again() {
    let mut player = walked_to(Step::Services);
    player.slow_record = true;
    player.intend(Intent::Note);
    player.type_it();
    while player.walk.dialog.is_none() {
        let note = player.out.iter().position(|one| matches!(one, Effect::Record(_, Fact::Noted { .. })));
        let effect = player.out.remove(note.unwrap());
        player.give(&effect, Way::Badly(1));
    }
    assert_eq!(player.walk.dialog, Some(Question::Note));
    assert_eq!(player.walk.notice, Some(Notice::Blocked(Reason::TextHoldsSecret)));
}

#[test]
fn a_full_disk_stops_a_test_and_a_save_and_lets_them_go_on_when_there_is_room() {
    let mut player = Player::testing();
    player.disk_full = true;
    player.answer("reserve", Way::Well);
    assert!(matches!(player.phase(), Phase::Blocked(Reason::RecordFailed(_))));
    assert_eq!(player.count("ldap"), 0);
    player.disk_full = false;
    player.enter();
    player.settle();
    player.enter();
    player.disk_full = true;
    player.type_it();
    player.settle();
    assert!(matches!(player.phase(), Phase::Blocked(Reason::RecordFailed(_))));
    player.disk_full = false;
    player.enter();
    player.type_it();
    player.settle();
    assert!(player.walk.saved());
}

#[test]
fn what_could_not_be_written_is_written_when_there_is_room() {
    let mut player = walked_to(Step::Portal);
    player.disk_full = true;
    player.choose(0);
    player.enter();
    player.disk_full = false;
    player.settle();
    player.intend(Intent::Dismiss);
    let durable = player.walk.durable();
    assert_eq!((durable.step, durable.entry), (Step::DirectoryServices, Some("e1".into())));
}

#[test]
fn what_could_not_be_written_is_written_by_itself_in_its_order_and_at_the_latest_when_the_link_is_lost() {
    let fails_from = |step: Step| {
        let mut player = walked_to(step);
        player.disk_full = true;
        player.enter();
        player.settle();
        player
    };
    let settled = |facts: &[Fact]| {
        facts
            .iter()
            .filter_map(|fact| if let Fact::Settled { step, .. } = fact { Some(*step) } else { None })
            .collect::<Vec<Step>>()
    };
    let facts = |player: &Player| player.disk.iter().map(|(_, fact)| fact.clone()).collect::<Vec<Fact>>();
    let mut player = fails_from(Step::Configuration);
    let written = player.disk.len();
    // There is room again, and nobody presses a key: what comes before the next try waits with it.
    player.disk_full = false;
    player.intend(Intent::Dismiss);
    assert_eq!(settled(&facts(&player)), [Step::Portal, Step::Configuration]);
    let mut player = fails_from(Step::Configuration);
    player.wait(1);
    player.settle();
    assert_eq!(player.disk.len(), written);
    player.disk_full = false;
    player.wait(5);
    player.settle();
    assert_eq!(settled(&facts(&player)), [Step::Portal, Step::Configuration]);
    let player = fails_from(Step::Configuration);
    let closing = player.walk.closing(player.now());
    assert_eq!(settled(&closing), [Step::Configuration]);
    assert!(matches!(closing.last(), Some(Fact::Left { .. })), "{closing:?}");
}

#[test]
fn lines_that_were_written_late_are_followed_by_one_that_says_so() {
    let late = |facts: &[Fact]| {
        let said: Vec<(u64, usize)> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::WrittenLate { by_seconds, lines } => Some((*by_seconds, *lines)),
                _ => None,
            })
            .collect();
        said
    };
    let mut player = walked_to(Step::Configuration);
    player.disk_full = true;
    player.enter();
    player.settle();
    for _ in 0..12 {
        player.wait(5);
        player.settle();
    }
    let waiting = player.walk.unwritten.len();
    let closing = late(&player.walk.closing(player.now()));
    assert_eq!(closing.len(), 1);
    player.disk_full = false;
    player.wait(5);
    player.settle();
    let written: Vec<Fact> = player.disk.iter().map(|(_, fact)| fact.clone()).collect();
    let (by, lines) = late(&written)[0];
    assert!(lines >= 1 && lines == waiting && by > closing[0].0 && by >= 60, "{by} s, {lines} of {waiting}");
    assert_eq!(late(&written).len(), 1, "once");
    // What comes now comes in time.
    player.enter();
    player.settle();
    let facts: Vec<Fact> = player.disk.iter().map(|(_, fact)| fact.clone()).collect();
    assert_eq!(late(&facts).len(), 1);
    assert_eq!(player.walk.record.unwritten_since, None);
}

#[test]
fn a_fact_that_holds_what_stands_in_the_field_is_written_once_it_does_not() {
    let mut player = walked_to(Step::Services);
    player.slow_record = true;
    player.found(crate::logs::Known::Refused { account: None, domain: None, controller: None });
    let line = |player: &Player| {
        let evidence = |effect: &Effect| matches!(effect, Effect::Record(_, Fact::Evidence { .. }));
        player.out.iter().position(evidence)
    };
    let effect = player.out.remove(line(&player).expect("evidence"));
    player.give(&effect, Way::Badly(1));
    assert_eq!(player.walk.notice, None, "nobody typed it");
    player.wait(5);
    assert!(line(&player).is_some(), "{:?}", player.out);
}

#[test]
fn leaving_twice_does_not_wait_and_the_bind_stays_on_record_as_interrupted() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Well);
    player.intend(Intent::Leave);
    player.intend(Intent::Leave);
    assert!(player.walk.over);
    assert_eq!(player.walk.durable().interrupted.len(), 1);
    let test = player.out.iter().find(|effect| kind_of(effect) == "ldap").cloned().unwrap();
    player.send(Player::outcome(&test, Answer::Accepted));
    assert!(player.walk.durable().interrupted.is_empty(), "its late outcome is recorded all the same");
}

#[test]
fn leaving_while_a_save_is_looked_for_says_not_known_and_not_confirmed() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    player.answer("mark", Way::Well);
    player.answer("portal", Way::Well);
    player.answer("save", Way::Badly(2));
    player.intend(Intent::Leave);
    player.choose(0);
    assert!(player.walk.over);
    assert_eq!(player.walk.durable().verdict, Some(VerdictWord::NotConfirmed));
}

#[test]
fn a_saved_walk_that_was_taken_up_is_not_left_unasked_at_step_1() {
    let player = walked_to(Step::Sensors);
    let mut resumed = Player::resumed(&player.disk, terms(), (0, None)).unwrap();
    assert_eq!(resumed.walk.current, Step::Portal);
    resumed.intend(Intent::Leave);
    assert_eq!(resumed.walk.dialog, Some(Question::Leave));
    let said: String =
        words::explained(&resumed.walk, &Question::Leave).iter().map(ToString::to_string).collect();
    assert!(said.contains("The watch is not over"), "{said}");
    resumed.choose(0);
    resumed.settle();
    assert!(resumed.walk.over);
    // Nothing is saved of this one, and nobody is kept.
    let mut resumed = Player::resumed(&walked_to(Step::Password).disk, terms(), (0, None)).unwrap();
    resumed.intend(Intent::Leave);
    resumed.settle();
    assert!(resumed.walk.over);
}
