//! Every state within reach of each step, breadth first, over a small alphabet; the checker watches each transition.

use std::collections::{HashSet, VecDeque};

use crate::logs::Known;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::step::{AnswerKind, Phase, Question, Step};
use crate::walkthrough::watch::VerdictWord;

use super::engine::stale;
use super::player::{Player, Way, at_the_page, handed_off_to, kind_of, walked_to};
use super::site::SENSOR;

/// One letter of the alphabet.
#[derive(Clone, Debug)]
pub enum Move {
    Intend(Intent),
    TypeWanted,
    Answer(usize, Way),
    Edit,
    Expire,
    Tick,
    Later(u64),
    Disk,
    Refusal,
    Took,
}

pub fn make(player: &mut Player, chosen: &Move) {
    match chosen {
        Move::Intend(intent) => player.intend(intent.clone()),
        Move::TypeWanted => player.type_it(),
        Move::Answer(place, way) => {
            let effect = player.out.remove(*place);
            player.give(&effect, *way);
        }
        Move::Edit => player.edit(player.walk.field.length + 1),
        Move::Expire => {
            let held = player.walk.acceptance.as_ref().map(|held| held.secret);
            let secrets = [held, player.walk.waiting].into_iter().flatten().collect();
            player.send(Event::Secret(event::Secret::Expired(secrets)));
        }
        Move::Tick => player.tick(),
        Move::Later(seconds) => player.wait(*seconds),
        Move::Disk => player.disk_full = !player.disk_full,
        Move::Refusal => {
            player.found(Known::Refused { account: Some("svc-mdi".into()), domain: None, controller: None });
        }
        Move::Took => player.found(Known::TookCredential { account: "svc-mdi".into(), domain: None }),
    }
}

/// What could happen next: the first errand of each kind ends in any of its ways, or the operator does something.
pub fn moves(player: &Player) -> Vec<Move> {
    let walk = &player.walk;
    let mut moves = Vec::new();
    let mut kinds = HashSet::new();
    for (place, effect) in player.out.iter().enumerate() {
        if kinds.insert(kind_of(effect)) {
            moves.extend(player.ways(effect).into_iter().map(|way| Move::Answer(place, way)));
        }
    }
    let mut intents = vec![Intent::Proceed, Intent::Refresh, Intent::Leave];
    intents.extend(walk.current.previous().map(Intent::BackTo));
    intents.extend([Step::DirectoryServices, Step::Password].map(Intent::BackTo));
    match walk.question().map(Question::kind) {
        Some(AnswerKind::Choice) => intents.extend((0..3).map(Intent::Chose)),
        Some(AnswerKind::Text) => {
            moves.push(Move::TypeWanted);
            intents.push(Intent::Typed("something else".into()));
        }
        Some(AnswerKind::Masked) | None => {}
    }
    if walk.handed_over() {
        intents.push(Intent::CopyPassword);
    }
    if walk.dialog.is_some() {
        intents.push(Intent::Dismiss);
    } else {
        intents.extend([Intent::Recover, Intent::Note, Intent::MarkService(SENSOR.into())]);
    }
    moves.extend(intents.into_iter().map(Move::Intend));
    moves.push(Move::Disk);
    if matches!(walk.current, Step::Password | Step::Save) {
        moves.extend([Move::Edit, Move::Expire, Move::Later(400)]);
    }
    if walk.due().is_some() {
        moves.push(Move::Tick);
    }
    if walk.watch.is_some() || walk.next_watch.is_some() {
        moves.extend([Move::Refusal, Move::Took]);
    }
    moves
}

/// What holds in every state, besides what the checker sees.
pub fn holds(player: &Player) {
    stale_answers_change_nothing(player);
    if player.walk.over {
        return;
    }
    leaving_ends(player, true);
    leaving_ends(player, false);
    if !player.walk.leaving && matches!(player.walk.phase(player.walk.current), Phase::Blocked(_)) {
        a_key_leads_on(player);
    }
}

fn stale_answers_change_nothing(player: &Player) {
    for event in stale() {
        let mut walk = player.walk.clone();
        let effects = walk.handle(event.clone(), player.now());
        assert!(effects.is_empty() && walk == player.walk, "{event:?} changed something: {effects:?}");
    }
}

fn leaving_ends(player: &Player, disk_full: bool) {
    let mut at_once = player.clone();
    at_once.disk_full = disk_full;
    for _ in 0..3 {
        at_once.intend(Intent::Leave);
    }
    at_once.answer_records();
    assert!(at_once.walk.over, "leaving twice doesn't end: {:?}", at_once.walk.errands);
    let mut waiting = player.clone();
    waiting.disk_full = disk_full;
    waiting.walk.end_walk();
    waiting.send(Event::Timer);
    for effect in std::mem::take(&mut waiting.out) {
        if matches!(effect, Effect::Test { .. } | Effect::Save { .. } | Effect::Record(..)) {
            waiting.give(&effect, Way::Badly(2));
        }
    }
    waiting.answer_records();
    assert!(waiting.walk.over, "leaving doesn't end: {:?}", waiting.walk.errands);
    assert!(waiting.walk.open_attempts.is_empty(), "a bind was not awaited");
}

/// Enter, `r`, or going back: one of them makes a difference.
pub fn a_key_leads_on(player: &Player) {
    let back = Step::ALL.into_iter().filter(|step| *step < player.walk.current).map(Intent::BackTo);
    let leads_on = [Intent::Proceed, Intent::Refresh].into_iter().chain(back).any(|intent| {
        let mut tried = player.clone();
        tried.walk.dialog = None;
        let before = tried.print();
        tried.intend(intent);
        tried.print() != before
    });
    let walk = &player.walk;
    assert!(leads_on, "no way out of {:?}, with {:?} out", walk.phase(walk.current), walk.errands);
}

/// Visits at most `most` states around `from`. Returns how many, and how many verdicts of each kind were seen.
pub fn explore(from: Player, most: usize) -> usize {
    let mut seen = HashSet::from([from.print()]);
    let mut queue = VecDeque::from([from]);
    let mut visited = 0;
    while let Some(player) = queue.pop_front() {
        visited += 1;
        holds(&player);
        if player.walk.over {
            continue;
        }
        for chosen in moves(&player) {
            let mut next = player.clone();
            make(&mut next, &chosen);
            if seen.len() < most && seen.insert(next.print()) {
                queue.push_back(next);
            }
        }
    }
    visited
}

fn around(step: Step) {
    let visited = explore(walked_to(step), 900);
    assert!(visited > 100, "only {visited} states around {step:?}");
}

#[test]
fn every_state_around_the_beginning_keeps_the_rules() {
    let visited = explore(Player::new(), 900);
    assert!(visited > 100, "only {visited} states");
}

#[test]
fn every_state_around_directory_services_keeps_the_rules() {
    around(Step::DirectoryServices);
}

#[test]
fn every_state_around_the_password_keeps_the_rules() {
    around(Step::Password);
}

#[test]
fn every_state_around_a_test_keeps_the_rules() {
    let mut player = walked_to(Step::Password);
    player.choose(0);
    player.edit(12);
    player.enter();
    let visited = explore(player, 1500);
    assert!(visited > 100, "only {visited} states");
}

#[test]
fn every_state_around_the_save_keeps_the_rules() {
    around(Step::Save);
}

#[test]
fn every_state_around_a_save_that_is_out_keeps_the_rules() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    explore(player, 1500);
}

#[test]
fn every_state_around_the_portals_page_keeps_the_rules() {
    let visited = explore(at_the_page(), 1500);
    assert!(visited > 100, "only {visited} states");
}

#[test]
fn every_state_around_the_mark_of_a_hand_off_keeps_the_rules() {
    let mut player = handed_off_to(Step::Save);
    player.type_it();
    let visited = explore(player, 900);
    assert!(visited > 100, "only {visited} states");
}

#[test]
fn every_state_after_a_hand_off_keeps_the_rules() {
    let visited = explore(handed_off_to(Step::Sensors), 900);
    assert!(visited > 100, "only {visited} states");
}

#[test]
fn every_state_around_the_services_keeps_the_rules() {
    around(Step::Services);
}

#[test]
fn every_state_around_the_sensors_keeps_the_rules() {
    around(Step::Sensors);
}

#[test]
fn every_state_after_a_refusal_keeps_the_rules() {
    let mut player = walked_to(Step::Sensors);
    player.wait(10);
    player.answer("portal", Way::Badly(1));
    player.settle();
    let word = player.walk.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word));
    assert_eq!(word, Some(VerdictWord::Refused));
    explore(player, 900);
}
