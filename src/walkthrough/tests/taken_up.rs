//! Walks that are taken up after an orderly leave, or twice: what was open stays open, and what was seen stays seen.

use std::collections::BTreeSet;

use crate::logs::{Known, SourceId};
use crate::portal::ServiceStatus;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::fact::{Fact, SaveWord, Witness};
use crate::walkthrough::resume::{Dated, Offer, Opening};
use crate::walkthrough::step::{Question, Step};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::{Terms, Walkthrough, words};

use super::player::{Player, Way, at_the_page, walked_to};
use super::site::{NEW_SENSOR, SOURCE, hand_off, place, reading, sensor, terms};

const AWAY: u64 = 7200;

fn leave(player: &mut Player) {
    player.intend(Intent::LeaveNow);
    player.settle();
    assert!(player.walk.over);
}

/// Taken up, and signed in again. At the portal stands the first save that was announced, if it was ever answered.
fn again(lines: &[Dated], terms: Terms) -> Player {
    let intended = |(_, fact): &&Dated| matches!(fact, Fact::SaveIntended { .. });
    let saved = |(_, fact): &Dated| matches!(fact, Fact::SaveEnded { result: SaveWord::Saved, .. });
    let arrived = lines.iter().find(intended).filter(|_| lines.iter().any(saved)).map(|(_, fact)| fact);
    let mut player = Player::resumed(lines, terms, (AWAY, arrived)).unwrap();
    player.choose(0);
    player.settle();
    player.tick();
    player.settle();
    player
}

/// The portal shows an issue about the credential that was saved.
fn refused() -> Player {
    let mut player = walked_to(Step::Sensors);
    player.wait(10);
    player.answer("portal", Way::Badly(1));
    player.settle();
    assert_eq!(player.verdict(), Some(VerdictWord::Refused));
    player
}

fn back_to_step_4(mut player: Player) -> Player {
    player.enter();
    player.choose(0);
    player.settle();
    assert_eq!(player.walk.current, Step::Password);
    player
}

#[test]
fn what_was_left_at_the_page_is_asked_when_the_walk_is_taken_up() {
    let mut player = at_the_page();
    leave(&mut player);
    assert_eq!(player.verdict(), Some(VerdictWord::NotConfirmed));
    let mut resumed = again(&player.disk, hand_off());
    assert_eq!(resumed.walk.question(), Some(&Question::SavedThere));
    resumed.choose(words::NOT_SAVED_THERE);
    resumed.settle();
    assert_eq!((resumed.walk.current, resumed.walk.watch.is_some()), (Step::Password, false));
    // Said so, it is watched as it would have been.
    let mut resumed = again(&player.disk, hand_off());
    resumed.say_saved((words::SAVED_THERE, words::PASTED));
    resumed.walk_on();
    assert_eq!(resumed.verdict(), Some(VerdictWord::Confirmed));
}

#[test]
fn a_save_whose_answer_was_lost_is_looked_for_when_the_walk_is_taken_up() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    for (kind, way) in [("mark", Way::Well), ("portal", Way::Well), ("save", Way::Badly(2))] {
        assert!(player.answer(kind, way), "{kind}");
    }
    leave(&mut player);
    let mut resumed = again(&player.disk, terms());
    resumed.wait(10);
    resumed.settle();
    assert_eq!(resumed.walk.current, Step::Password, "the entry is as it was");
    let ended = |(_, fact): &Dated| matches!(fact, Fact::SaveEnded { result: SaveWord::NotSaved, .. });
    assert!(resumed.disk.iter().any(ended));
}

#[test]
fn that_it_is_not_known_whether_it_was_saved_is_known_to_every_process() {
    let mut player = at_the_page();
    // As a portal's answer that never came leaves it: nothing was said of how it got there.
    let ended = Fact::SaveEnded { result: SaveWord::NotKnown, why: None, entered: None };
    let at = player.now().wall;
    player.disk.push((at, ended));
    for _ in 0..3 {
        let mut resumed = again(&player.disk, hand_off());
        leave(&mut resumed);
        player = resumed;
    }
    let mut resumed = again(&player.disk, hand_off());
    resumed.walk_on();
    assert_eq!(resumed.verdict(), Some(VerdictWord::NoRefusalSeen), "no sensor showed that it took it");
}

/// Refused, and another password's save is announced and not answered.
fn saving_again() -> Player {
    let mut player = back_to_step_4(refused());
    while player.walk.question() != Some(&Question::ConfirmSave) {
        match player.walk.question().cloned() {
            Some(Question::Password) => {
                player.edit(12);
                player.enter();
            }
            Some(_) => player.choose(0),
            None => player.enter(),
        }
        player.settle();
    }
    player.type_it();
    player.answer("mark", Way::Well);
    player.answer("portal", Way::Well);
    assert!(matches!(player.disk.last(), Some((_, Fact::SaveIntended { .. }))), "{:?}", player.disk.last());
    player
}

#[test]
fn a_link_that_is_lost_while_a_save_is_out_judges_it_as_an_orderly_leave_does() {
    let player = saving_again();
    let of_the_end = |fact: &Fact| matches!(fact, Fact::Verdict { .. } | Fact::Left { .. });
    let mut left = player.clone();
    leave(&mut left);
    let written: Vec<Fact> =
        left.disk[player.disk.len()..].iter().map(|(_, fact)| fact.clone()).filter(of_the_end).collect();
    let mut closing = player.walk.closing(player.now());
    closing.retain(of_the_end);
    assert_eq!(closing, written);
    assert!(matches!(closing.first(), Some(Fact::Verdict { verdict: VerdictWord::NotConfirmed, .. })));
}

#[test]
fn a_refused_save_is_still_refused_where_the_next_one_was_never_sent() {
    let player = saving_again();
    // Its process ends there; the next one at the sign-in, without a word.
    let once = Player::resumed(&player.disk, terms(), (AWAY, None)).unwrap();
    let mut twice = again(&once.disk, terms());
    twice.wait(10);
    twice.settle();
    assert_eq!((twice.walk.current, twice.verdict()), (Step::Password, Some(VerdictWord::Refused)));
}

#[test]
fn a_saved_walk_that_went_back_to_step_1_can_be_taken_up() {
    let mut player = back_to_step_4(refused());
    player.intend(Intent::BackTo(Step::Portal));
    assert_eq!(player.walk.current, Step::Portal);
    let resumed = again(&player.disk, terms());
    assert_eq!((resumed.walk.current, resumed.verdict()), (Step::Configuration, Some(VerdictWord::Refused)));
}

#[test]
fn what_a_sensor_logged_that_does_not_use_the_entry_is_not_held_against_a_save_that_is_taken_up() {
    let mut player = walked_to(Step::Sensors);
    for (host, offset) in [(NEW_SENSOR, 500), ("s3.contoso.test", 501)] {
        let known = Known::Refused { account: None, domain: None, controller: None };
        let (host, at) = (host.into(), place(offset));
        let found = event::Logs::Found { source: SOURCE, host, at, context: false, written: None, known };
        player.send(Event::Logs(found));
    }
    let seen = player
        .disk
        .iter()
        .filter(|(_, fact)| matches!(fact, Fact::Evidence { by: Some(Witness::LogRefused), .. }));
    assert_eq!(seen.count(), 2);
    let mut resumed = Player::resumed(&player.disk, terms(), (AWAY, None)).unwrap();
    resumed.choose(0);
    for _ in 0..20 {
        match (!resumed.out.is_empty()).then(|| resumed.out.remove(0)) {
            // The second of them is listed like the first.
            Some(Effect::ReadPortal(ticket)) => {
                let mut read = reading(ServiceStatus::Running);
                read.sensors.push(sensor("s3.contoso.test", "3.0.1", ServiceStatus::Running));
                resumed.send(Event::Portal(ticket, event::Portal::Read(read)));
            }
            Some(effect) => resumed.give(&effect, Way::Well),
            None => resumed.tick(),
        }
    }
    assert!(resumed.walk.current >= Step::Services, "{:?}", resumed.walk.current);
    assert_ne!(resumed.verdict(), Some(VerdictWord::Refused));
}

#[test]
fn a_log_that_the_site_lists_elsewhere_by_now_is_held_against_its_own_mark_and_no_other() {
    let player = walked_to(Step::Services);
    let followed = |sources: Vec<(SourceId, u32)>| {
        let offer = Offer::of("record", &player.disk).unwrap();
        let mut walk = Walkthrough::new(Terms { sources, ..terms() }, player.now());
        walk.open_with(Opening::TakenUp(offer));
        let Some(Effect::OpenRecord(ticket, _)) = walk.begin().pop() else { panic!("no record") };
        let effects = walk.handle(player.opens(ticket), player.now());
        let places = effects.into_iter().find_map(|effect| match effect {
            Effect::Follow(places) => Some(places),
            _ => None,
        });
        let known: BTreeSet<SourceId> = places.unwrap().into_iter().map(|(source, _)| source).collect();
        let sources = &walk.watch.as_ref().unwrap().mark.logs.sources;
        assert_eq!(known, sources.iter().map(|marked| marked.source).collect());
        known
    };
    let (number, another) = (terms().sources[0].1, SourceId::RECORDED + 5);
    let moved = followed(vec![(SOURCE, another), (SourceId(4), number)]);
    assert!(moved.contains(&SourceId(4)) && !moved.contains(&SOURCE), "{moved:?}");
    // Its number is no other log's, so that it counts as lost.
    let gone = followed(vec![(SOURCE, another)]);
    assert!(gone.contains(&SourceId(number)) && !gone.contains(&SOURCE), "{gone:?}");
}
