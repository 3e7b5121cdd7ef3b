//! The test of step 4 alone: it goes on by itself, keeps every gate, and ends with a conclusion whatever is answered.

use crate::directory::names::{Form, Named, Open, read};
use crate::directory::refusal::SubCode;
use crate::directory::{Account, Answer, Fault};
use crate::walkthrough::alone::{Conclusion, Next};
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::Intent;
use crate::walkthrough::fact::Fact;
use crate::walkthrough::step::Reason;
use crate::walkthrough::trial::Misgiving;
use crate::walkthrough::words;

use super::player::{Player, Way, kind_of};
use super::site::{PDC, SECOND, entry, facts, refused, tested};

fn named() -> Named {
    let account = Account { name: entry().account, domain: entry().domain };
    Named { account, form: Form::Bare, open: None }
}

/// Goes on until nothing is out and nothing follows; `answer` says how each errand ends.
fn run(player: &mut Player, named: &Named, mut answer: impl FnMut(&mut Player, &Effect)) -> Conclusion {
    for _ in 0..100 {
        match player.walk.next_alone(named) {
            Next::Go(intent) => player.intend(intent),
            Next::Concluded(conclusion) => return conclusion,
            Next::NameWanted => return Conclusion::NameNotTyped,
            Next::Wait => {
                let effect = player.out.remove(0);
                answer(player, &effect);
            }
        }
    }
    panic!("it never comes to an end");
}

fn well(player: &mut Player, effect: &Effect) {
    player.give(effect, Way::Well);
}

fn at(effect: &Effect, wanted: &str) -> bool {
    matches!(effect, Effect::Reach(_, host, _) | Effect::Test { host, .. } if **host == *wanted)
}

#[test]
fn a_right_password_is_proved_and_the_test_leaves_with_its_record_closed() {
    let mut player = Player::alone();
    let conclusion = run(&mut player, &named(), well);
    assert_eq!(conclusion, Conclusion::Current);
    assert_eq!(
        words::conclusion(&player.walk, &conclusion).what.as_str(),
        "This is the current password (Kerberos)."
    );
    player.intend(Intent::LeaveNow);
    player.settle();
    assert!(player.walk.over && player.walk.durable().left);
    assert_eq!(player.walk.next_alone(&named()), Next::Wait);
}

#[test]
fn it_says_first_what_it_is_and_asks_nothing_of_the_portal() {
    let mut player = Player::alone();
    player.slow_record = true;
    run(&mut player, &named(), |player, effect| {
        assert!(!matches!(kind_of(effect), "code" | "portal" | "entries" | "save" | "service"), "{effect:?}");
        well(player, effect);
    });
    let mut walk =
        crate::walkthrough::Walkthrough::alone(super::site::terms(), named().account, super::site::now(0));
    let effects = walk.begin_alone();
    let facts: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Record(_, fact) => Some(fact),
            _ => None,
        })
        .collect();
    assert!(matches!(facts.as_slice(), [Fact::Began { .. }, Fact::TestedAlone { .. }]), "{facts:?}");
}

#[test]
fn what_the_controllers_say_comes_to_a_conclusion_and_a_code() {
    let check = |kind: &str, host: &str, way: Way, word: &str, code: u8| {
        let mut player = Player::alone();
        let mut done = false;
        let conclusion = run(&mut player, &named(), |player, effect| {
            let meant = kind_of(effect).starts_with(kind) && (host.is_empty() || at(effect, host)) && !done;
            done |= meant;
            player.give(effect, if meant { way } else { Way::Well });
        });
        let found = (words::conclusion_word(&conclusion), conclusion.exit_code());
        assert_eq!(found, (word, code), "{kind} {host} {way:?}: {conclusion:?}");
        let said = words::conclusion(&player.walk, &conclusion);
        for part in [&said.what, &said.means, &said.remedy] {
            assert!(part.ends_with(['.', ')']), "{conclusion:?}: {part:?}");
        }
    };
    check("ldap", PDC, Way::Badly(0), "refused", 1);
    check("ldap", PDC, Way::Badly(2), "closed", 1);
    check("ldap", PDC, Way::Badly(3), "not-proved", 1);
    check("ldap", SECOND, Way::Badly(0), "not-proved", 1);
    check("ldap", SECOND, Way::Badly(1), "current-where-asked", 3);
    check("reach", SECOND, Way::Badly(0), "current-where-asked", 3);
    check("reserve", "", Way::Badly(0), "guard-shut", 1);
    check("reserve", "", Way::Badly(1), "guard-shut", 1);
    check("reserve", "", Way::Badly(2), "guard-shut", 1);
    check("reserve", "", Way::Badly(3), "guard-shut", 1);
    check("reserve", "", Way::Badly(4), "not-written", 3);
    check("freeze", "", Way::Badly(0), "not-tested", 1);
}

#[test]
fn the_previous_password_is_told_apart_from_a_wrong_one() {
    let mut player = Player::alone();
    let mut tests = 0;
    let conclusion = run(&mut player, &named(), |player, effect| {
        tests += usize::from(matches!(effect, Effect::Test { .. }));
        if matches!(effect, Effect::Test { .. }) && tests == 2 {
            player.send(Player::outcome(effect, refused(SubCode::WrongPassword)));
        } else {
            well(player, effect);
        }
    });
    assert_eq!((words::conclusion_word(&conclusion), conclusion.exit_code(), tests), ("previous", 1, 2));
}

#[test]
fn nothing_is_tested_where_no_controller_answers() {
    let mut player = Player::alone();
    let conclusion = run(&mut player, &named(), |player, effect| {
        assert!(matches!(effect, Effect::Reach(..)), "{effect:?}");
        player.give(effect, Way::Badly(0));
    });
    assert_eq!(conclusion, Conclusion::Blocked(Reason::NoProvableController));
    assert_eq!(conclusion.exit_code(), 3);
}

#[test]
fn a_full_disk_lets_nothing_leave() {
    let mut player = Player::alone();
    player.disk_full = true;
    let conclusion = run(&mut player, &named(), |player, effect| {
        assert!(!matches!(effect, Effect::Test { .. }), "{effect:?}");
        well(player, effect);
    });
    assert_eq!(words::conclusion_word(&conclusion), "not-written");
}

#[test]
fn the_typed_name_opens_exactly_one_more_attempt() {
    let mut player = Player::alone();
    let first = run(&mut player, &named(), |player, effect| {
        let way = if matches!(effect, Effect::Reserve(..)) { Way::Badly(2) } else { Way::Well };
        player.give(effect, way);
    });
    assert_eq!(first, Conclusion::NameNotTyped);
    player.intend(Intent::Typed("somebody-else".into()));
    assert_eq!(player.walk.next_alone(&named()), Next::NameWanted);
    player.intend(Intent::Typed("svc-mdi".into()));
    let mut typed = Vec::new();
    let conclusion = run(&mut player, &named(), |player, effect| {
        if let Effect::Reserve(_, wanted) = effect {
            typed.push(wanted.typed_account_name);
        }
        well(player, effect);
    });
    assert_eq!(conclusion, Conclusion::Current);
    assert_eq!(typed.iter().filter(|typed| **typed).count(), 1, "{typed:?}");
}

#[test]
fn a_distinguished_name_has_to_be_the_accounts_own() {
    let check = |written: &str, read_back: &str, expected: bool| {
        let named = read(written, Some("contoso.test")).unwrap();
        assert!(matches!(named.open, Some(Open::CommonName { .. })));
        let mut player = Player::alone();
        let conclusion = run(&mut player, &named, |player, effect| {
            let Effect::Test { .. } = effect else { return well(player, effect) };
            let mut answer = tested(Answer::Accepted);
            let mut facts = facts(240);
            facts.distinguished_name = read_back.into();
            answer.account = Some(facts);
            player.send(answered(effect, answer));
        });
        let other = matches!(conclusion, Conclusion::AnotherObject { .. });
        assert_eq!(
            (other, conclusion.exit_code()),
            (!expected, u8::from(!expected)),
            "{written} {read_back}"
        );
    };
    check("CN=svc-mdi,OU=a,DC=contoso,DC=test", "CN=svc-mdi,OU=A,DC=contoso,DC=test", true);
    check("CN=svc-mdi,OU=a,DC=contoso,DC=test", "CN=svc-mdi,OU=b,DC=contoso,DC=test", false);
}

fn answered(effect: &Effect, tested: crate::directory::Tested) -> crate::walkthrough::event::Event {
    use crate::walkthrough::event::{Directory, Event};
    let Effect::Test { ticket, attempt, host, protocol, .. } = effect else { panic!("not a test") };
    let (attempt, host, protocol) = (*attempt, host.clone(), *protocol);
    Event::Directory(*ticket, Directory::Tested { attempt, host, protocol, tested })
}

#[test]
fn leaving_in_the_middle_of_a_bind_awaits_it() {
    let mut player = Player::alone();
    while !player.out.iter().any(|effect| matches!(effect, Effect::Test { .. })) {
        match player.walk.next_alone(&named()) {
            Next::Go(intent) => player.intend(intent),
            _ => {
                let effect = player.out.remove(0);
                well(&mut player, &effect);
            }
        }
    }
    player.intend(Intent::LeaveNow);
    assert!(!player.walk.over);
    player.settle();
    assert!(player.walk.over && player.walk.durable().interrupted.is_empty());
}

#[test]
fn what_stands_against_it_never_speaks_of_reasons() {
    let host = || crate::text::Safe::new(PDC);
    for misgiving in [
        Misgiving::PerhapsPrevious { until: None },
        Misgiving::PerhapsPrevious { until: Some(super::site::now(0).wall) },
        Misgiving::RefusedElsewhere { host: host(), code: SubCode::WrongPassword },
        Misgiving::NotKnownElsewhere { host: host(), fault: Fault::TimedOut },
        Misgiving::NotTried { host: host() },
        Misgiving::RestrictedHere { host: host(), code: SubCode::LogonHours },
        Misgiving::NotAtPdcEmulator,
    ] {
        let said = words::against(&misgiving);
        assert!(said.ends_with('.') && !said.contains("reason"), "{said}");
    }
}
