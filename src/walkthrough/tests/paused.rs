//! A console that was stopped, or whose machine slept: what it did not watch is no watch time, and on record.

use std::time::Duration;

use jiff::SignedDuration;

use crate::clock::Now;
use crate::portal::IssueStatus;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{self, Event};
use crate::walkthrough::fact::Fact;
use crate::walkthrough::resume::Past;
use crate::walkthrough::step::Step;
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::words;

use super::player::{Player, at_the_page, walked_to};
use super::site::{credential_issue, now, reading, terms};

const HOUR: u64 = 3600;

fn noted(player: &Player) -> Vec<u64> {
    let by =
        |(_, fact): &(_, Fact)| if let Fact::Paused { by_seconds } = fact { Some(*by_seconds) } else { None };
    player.disk.iter().filter_map(by).collect()
}

/// The clock on the wall stands an hour further than the time that passed.
fn slept(seconds: u64) -> Now {
    let now = now(seconds);
    Now { wall: now.wall + SignedDuration::from_secs(HOUR.cast_signed()), ..now }
}

#[test]
fn a_console_that_was_stopped_reaches_no_verdict_on_what_it_read_before() {
    // Once while it waits, and once while a reading is out.
    for out in [false, true] {
        let mut player = walked_to(Step::Sensors);
        let left = player.walk.watch.as_ref().unwrap().until.since(player.now().at);
        if out {
            player.wait(10);
            assert_eq!(player.count("portal"), 1);
        }
        player.seconds += HOUR;
        player.send(Event::Timer);
        assert_eq!(player.verdict(), None, "an hour after its last reading");
        let by = noted(&player);
        assert!(matches!(by[..], [by] if by > HOUR - 60 && by <= HOUR), "{by:?}");
        let told = player.walk.notice.as_ref().map(words::notice).unwrap_or_default();
        assert!(told.contains("Nothing was watched for"), "{told}");
        let after = player.walk.watch.as_ref().unwrap().until.since(player.now().at);
        assert!(after + Duration::from_mins(1) > left, "{after:?} of {left:?} are left");
        assert!(!player.walk.basis().unwrap().portal_throughout);
        player.walk_on();
        assert_eq!(player.verdict(), Some(VerdictWord::Confirmed), "by the logs, which kept it all");
        assert_eq!(noted(&player).len(), 1);
    }
}

#[test]
fn a_machine_that_slept_is_told_by_its_clock_and_its_sleep_is_no_watch_time() {
    let mut player = walked_to(Step::Sensors);
    let before = Past::of(&player.disk).save.unwrap().watched;
    player.seconds += 5;
    let effects = player.walk.handle(Event::Timer, slept(player.seconds));
    let facts: Vec<Fact> = effects
        .into_iter()
        .filter_map(|effect| if let Effect::Record(_, fact) = effect { Some(fact) } else { None })
        .collect();
    assert_eq!(facts, [Fact::Paused { by_seconds: HOUR }]);
    player.disk.push((slept(player.seconds).wall, facts[0].clone()));
    let after = Past::of(&player.disk).save.unwrap().watched;
    assert!(after < before + Duration::from_mins(1), "{before:?}, then {after:?}");
    // It wakes to a link that is gone.
    let player = walked_to(Step::Sensors);
    let closing = player.walk.closing(slept(player.seconds + 5));
    assert_eq!(closing.first(), Some(&Fact::Paused { by_seconds: HOUR }));
}

#[test]
fn a_proof_that_was_slept_over_is_none() {
    let mut player = walked_to(Step::Save);
    assert!(player.walk.acceptance.is_some());
    player.seconds += 5;
    let effects = player.walk.handle(Event::Timer, slept(player.seconds));
    assert!(player.walk.acceptance.is_none());
    assert_eq!((player.walk.current, player.walk.saved()), (Step::Password, false));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Wipe(_))), "{effects:?}");
    assert_eq!(player.walk.notice, Some(crate::walkthrough::Notice::PasswordGone));
}

#[test]
fn before_there_is_anything_to_watch_nobody_asks_who_slept() {
    for step in [Step::Configuration, Step::Password, Step::Save] {
        let mut player = walked_to(step);
        player.seconds += HOUR;
        player.send(Event::Timer);
        assert_eq!(noted(&player), Vec::<u64>::new());
    }
    let mut player = at_the_page();
    player.seconds += HOUR;
    player.send(Event::Timer);
    assert_eq!(noted(&player).len(), 1, "what is saved meanwhile is watched");
}

#[test]
fn an_issue_that_was_seen_closed_and_is_open_again_counts_in_every_process() {
    let shown = |player: &mut Player, status: IssueStatus| {
        let at =
            player.out.iter().position(|effect| matches!(effect, Effect::ReadPortal(_))).expect("a poll");
        let Effect::ReadPortal(ticket) = player.out.remove(at) else { unreachable!() };
        let mut read = reading(crate::portal::ServiceStatus::Running);
        read.issues.push(credential_issue("i1", status));
        player.send(Event::Portal(ticket, event::Portal::Read(read)));
    };
    let mut player = walked_to(Step::Save);
    player.type_it();
    shown(&mut player, IssueStatus::Open);
    player.settle();
    player.wait(10);
    shown(&mut player, IssueStatus::Open);
    player.settle();
    assert_eq!(player.verdict(), None, "it was open at the mark");
    player.wait(10);
    shown(&mut player, IssueStatus::Closed);
    player.settle();
    let mut resumed = Player::resumed(&player.disk, terms(), (HOUR, None)).unwrap();
    resumed.choose(0);
    for _ in 0..20 {
        match resumed.out.iter().position(|effect| !matches!(effect, Effect::ReadPortal(_))) {
            Some(at) => {
                let effect = resumed.out.remove(at);
                resumed.give(&effect, super::player::Way::Well);
            }
            None if resumed.count("portal") > 0 => shown(&mut resumed, IssueStatus::Open),
            None => resumed.tick(),
        }
    }
    assert_eq!(resumed.verdict(), Some(VerdictWord::Refused));
}
