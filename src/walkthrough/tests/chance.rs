//! Long walks by chance, with a record that answers in its own time, so that lines and keys cross.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::logs::source::{SourceState, State};
use crate::portal::signin;
use crate::text::Safe;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::step::{Question, Step};

use super::explore::{Move, holds, make, moves};
use super::player::{Player, at_the_page, handed_off_to, walked_to};
use super::site::{SECOND, SENSOR, SOURCE, now};

/// More than the small alphabet has: intents out of place, answers in any order, sources that come and go.
fn odd_moves(player: &Player) -> Vec<Move> {
    let intents = [
        Intent::Chose(0),
        Intent::Chose(7),
        Intent::Typed(Safe::default()),
        Intent::Typed("svc-mdi".into()),
        Intent::Typed("2".into()),
        Intent::Dismiss,
        Intent::BackTo(Step::Portal),
        Intent::BackTo(Step::Sensors),
        Intent::MarkService(SECOND.into()),
        Intent::Note,
        Intent::Recover,
        Intent::CopyPassword,
    ];
    // Lines are written one after another: the first that is asked for is the first that is answered.
    let first_line = player.out.iter().position(|effect| matches!(effect, Effect::Record(..)));
    let out = player.out.iter().enumerate();
    let answers = out
        .filter(|(place, effect)| !matches!(effect, Effect::Record(..)) || Some(*place) == first_line)
        .flat_map(|(place, effect)| player.ways(effect).into_iter().map(move |way| Move::Answer(place, way)));
    let waits = [1, 4, 31, 301, 1900].map(Move::Later);
    intents.map(Move::Intend).into_iter().chain(answers).chain(waits).collect()
}

fn odd_event(number: usize) -> Event {
    let watched = |readable| {
        let state = if readable { State::Following } else { State::Waiting };
        let state = SourceState::new(SOURCE, state, now(0));
        event::Logs::Watched { host: SENSOR.into(), state }
    };
    match number % 4 {
        0 => Event::Logs(watched(false)),
        1 => Event::Logs(watched(true)),
        2 => Event::Portal(
            crate::walkthrough::effect::Ticket(3),
            event::Portal::SignInAnswered(signin::Answer::Granted { name: None }),
        ),
        _ => Event::Timer,
    }
}

fn walk_by_chance(mut player: Player, choices: &[u16]) {
    for choice in choices {
        let choice = usize::from(*choice);
        if choice % 37 == 0 {
            player.send(odd_event(choice / 37));
            continue;
        }
        // Mostly what fits, so that a walk gets somewhere; a walk that is left is over soon enough.
        let mut possible = if choice % 5 == 0 { odd_moves(&player) } else { moves(&player) };
        if choice % 11 != 0 {
            possible.retain(|one| !matches!(one, Move::Intend(Intent::Leave)));
        }
        if choice % 7 != 0 {
            possible.retain(|one| !matches!(one, Move::Intend(Intent::BackTo(_))));
        }
        if player.walk.dialog == Some(Question::Leave) {
            possible.push(Move::Intend(Intent::Dismiss));
        }
        let Some(chosen) = possible.get(choice % possible.len().max(1)) else { continue };
        make(&mut player, chosen);
        if player.walk.over {
            break;
        }
    }
    holds(&player);
    for effect in std::mem::take(&mut player.out) {
        if matches!(effect, Effect::Record(..)) {
            player.give(&effect, super::player::Way::Well);
        }
    }
    let facts = player.checker.facts.clone();
    assert_eq!(crate::walkthrough::fact::fold(&facts), player.walk.durable());
}

/// At one of the steps, or, more often, in the middle of a test or a save.
fn begun(number: usize) -> Player {
    match (number, Step::ALL.get(number)) {
        (_, Some(step)) => walked_to(*step),
        (7..10, _) => {
            let mut player = walked_to(Step::Password);
            player.choose(0);
            player.edit(12);
            player.enter();
            player
        }
        (12, _) => at_the_page(),
        (13, _) => handed_off_to(Step::Save),
        _ => {
            let mut player = walked_to(Step::Save);
            player.type_it();
            player
        }
    }
}

/// Always the same walks: a failure here is a failure everywhere.
#[test]
fn whatever_happens_the_rules_are_kept() {
    let config = ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() };
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let walks = (0usize..14, any::<bool>(), prop::collection::vec(any::<u16>(), 1..160));
    TestRunner::new_with_rng(config, chance)
        .run(&walks, |(step, slow, choices)| {
            let mut player = begun(step);
            player.slow_record = slow;
            walk_by_chance(player, &choices);
            Ok(())
        })
        .unwrap();
}
