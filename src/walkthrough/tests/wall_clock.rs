//! A clock that is set back: said, on record once, and nothing else comes of it.

use jiff::SignedDuration;

use crate::clock::Now;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{self, Event, Opened};
use crate::walkthrough::fact::Fact;
use crate::walkthrough::resume::{Dated, Offer, Opening, Past};
use crate::walkthrough::step::Step;
use crate::walkthrough::words;

use super::player::walked_to;
use super::site::{now, terms};

/// So long after the start, by a clock that stands so far from where it began.
fn at(seconds: u64, off: i64) -> Now {
    let now = now(seconds);
    Now { wall: now.wall + SignedDuration::from_secs(off), ..now }
}

fn of_the_clock(facts: &[Fact]) -> Vec<i64> {
    let signed = |by: &u64| i64::try_from(*by).unwrap();
    let by = |fact: &Fact| match fact {
        Fact::ClockSetBack { by_seconds } => Some(-signed(by_seconds)),
        Fact::ClockSetForward { by_seconds } => Some(signed(by_seconds)),
        _ => None,
    };
    facts.iter().filter_map(by).collect()
}

/// The clock's offsets, ten seconds apart.
fn told(offsets: &[i64]) -> (Walkthrough, Vec<i64>) {
    let mut player = walked_to(Step::Configuration);
    let mut recorded = Vec::new();
    for offset in offsets {
        player.seconds += 10;
        recorded.extend(facts(player.walk.handle(Event::Timer, at(player.seconds, *offset))));
    }
    (player.walk, of_the_clock(&recorded))
}

fn facts(effects: Vec<Effect>) -> Vec<Fact> {
    let fact = |effect| if let Effect::Record(_, fact) = effect { Some(fact) } else { None };
    effects.into_iter().filter_map(fact).collect()
}

#[test]
fn a_clock_that_is_set_back_is_put_on_record_once_and_said_until_it_is_set_right() {
    let check = |offsets: &[i64], expected: &[i64], said: Option<&str>| {
        let (walk, recorded) = told(offsets);
        assert_eq!(recorded, expected, "{offsets:?}");
        let sentence = words::clock_behind(&walk);
        match said {
            Some(by) => assert!(sentence.as_ref().is_some_and(|told| told.contains(by)), "{sentence:?}"),
            None => assert_eq!(sentence, None, "{offsets:?}"),
        }
    };
    check(&[0, 0, 0], &[], None);
    // What keeps a clock right is no news.
    check(&[-1, -3, -4, -2], &[], None);
    check(&[-3600], &[-3600], Some("about 1 h"));
    check(&[-3600, -3600, -3600], &[-3600], Some("about 1 h"));
    check(&[-3600, -3600, -5400], &[-3600, -1800], Some("about 1 h 30 min"));
    check(&[-3600, 0], &[-3600, 3600], None);
    check(&[-3600, 1], &[-3600, 3601], None);
    check(&[-3600, -1800], &[-3600, 1800], Some("about 30 min"));
    check(&[-30], &[-30], Some("about 30 s"));
    // A machine that slept.
    check(&[7200], &[], None);
    check(&[7200, 3600], &[-3600], Some("about 1 h"));
}

#[test]
fn before_there_is_a_record_a_clock_set_back_is_said_all_the_same() {
    let mut walk = Walkthrough::new(terms(), now(0));
    let effects = walk.handle(Event::Timer, at(10, -3600));
    assert_eq!(effects, []);
    assert!(words::clock_behind(&walk).is_some());
}

fn taken_up(lines: &[Dated], now: Now) -> (Walkthrough, Vec<i64>) {
    let mut walk = Walkthrough::new(terms(), now);
    walk.open_with(Opening::TakenUp(Offer::of("record", lines).unwrap()));
    let effects = walk.begin();
    let [Effect::OpenRecord(ticket, _)] = effects.as_slice() else { panic!("{effects:?}") };
    let opened = Opened { path: "record".into(), lines: lines.to_vec(), hash: "h".into(), torn: None };
    let effects = walk.handle(Event::Record(*ticket, event::Record::Opened(Box::new(opened))), now);
    (walk, of_the_clock(&facts(effects)))
}

#[test]
fn a_walk_taken_up_by_an_earlier_clock_than_its_record_says_so() {
    let player = walked_to(Step::DirectoryServices);
    let early = |by: i64| -> Vec<Dated> {
        let by = SignedDuration::from_secs(by);
        player.disk.iter().map(|(at, fact)| (*at + by, fact.clone())).collect()
    };
    let check = |by: i64, expected: &[i64]| {
        let (walk, recorded) = taken_up(&early(by), now(player.seconds));
        assert_eq!(recorded, expected, "{by}");
        assert_eq!(words::clock_behind(&walk).is_some(), !expected.is_empty());
    };
    check(0, &[]);
    check(-600, &[]);
    check(3600, &[-3600]);
}

#[test]
fn the_hour_that_a_clock_was_set_back_and_forward_again_is_no_watch_time() {
    let mut player = walked_to(Step::Sensors);
    let saved = Past::of(&player.disk).save.unwrap().watched;
    let wall = player.disk.last().unwrap().0;
    let line = |seconds: i64, fact: Fact| (wall + SignedDuration::from_secs(seconds), fact);
    player.disk.push(line(-3590, Fact::ClockSetBack { by_seconds: 3600 }));
    player.disk.push(line(20, Fact::ClockSetForward { by_seconds: 3600 }));
    let watched = Past::of(&player.disk).save.unwrap().watched;
    assert_eq!((watched - saved).as_secs(), 10);
}
