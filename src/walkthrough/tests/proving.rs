//! Stories of the password: the guard, the field, the misgivings.

use crate::directory;
use crate::directory::refusal::SubCode;
use crate::directory::{AccountFacts, KerberosService, Standing, Tls};
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{Event, Intent};
use crate::walkthrough::fact::{Fact, Gate, ProofWord};
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::trial::Misgiving;
use crate::walkthrough::{Notice, Reaching, event, words};

use super::player::{Player, Way, walked_to};
use super::site::{PDC, SECOND, reach};

#[test]
fn a_password_the_guard_holds_back_is_kept_and_tested_when_it_opens() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Badly(0));
    assert!(matches!(player.phase(), Phase::Blocked(Reason::GuardNotBefore { .. })));
    player.wait(60);
    player.enter();
    assert_eq!(player.count("freeze"), 0, "it is not asked for again");
    assert_eq!(player.count("reserve"), 1);
    player.settle();
    assert_eq!(*player.phase(), Phase::Ready);
}

#[test]
fn the_account_name_once_typed_tests_the_same_password_at_once_and_once() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Badly(2));
    assert_eq!(player.walk.question(), Some(&Question::AccountName));
    player.type_it();
    let names: Vec<bool> = player
        .out
        .iter()
        .filter_map(|effect| match effect {
            Effect::Reserve(_, wanted) => Some(wanted.typed_account_name),
            _ => None,
        })
        .collect();
    assert_eq!(names, [true]);
    player.answer("reserve", Way::Well);
    player.answer("ldap", Way::Well);
    assert!(
        player
            .out
            .iter()
            .any(|effect| matches!(effect, Effect::Reserve(_, next) if !next.typed_account_name))
    );
}

#[test]
fn escape_from_the_account_name_returns_to_the_field() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Badly(2));
    player.intend(Intent::Dismiss);
    assert_eq!(player.walk.question(), Some(&Question::Password));
}

#[test]
fn a_guard_that_never_opens_leaves_a_reasoned_way_and_says_untested() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Badly(3));
    assert_eq!(*player.phase(), Phase::Blocked(Reason::GuardNever));
    player.enter();
    player.choose(1);
    player.type_it();
    assert_eq!(player.walk.dialog, Some(Question::UntestedName));
    player.type_it();
    assert_eq!(player.walk.current, Step::Save);
    assert!(
        player
            .checker
            .facts
            .iter()
            .any(|fact| matches!(fact, Fact::Overridden { gate: Gate::SavedUntested, .. }))
    );
}

#[test]
fn typing_while_a_bind_is_out_gives_the_test_up_but_not_its_outcome() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Well);
    player.edit(13);
    assert_eq!(player.walk.question(), Some(&Question::Password));
    player.enter();
    assert_eq!(player.walk.notice, Some(Notice::Waiting));
    player.answer("ldap", Way::Well);
    assert!(player.checker.facts.iter().any(|fact| matches!(fact, Fact::Attempted { .. })));
    assert_eq!((player.walk.acceptance.is_none(), player.out.len()), (true, 0));
}

#[test]
fn a_refused_password_is_wiped_and_the_next_key_starts_a_fresh_one() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Well);
    player.answer("ldap", Way::Badly(0));
    assert!(matches!(player.phase(), Phase::Blocked(Reason::PasswordRefused { .. })));
    assert_eq!((player.walk.field.length, player.walk.bells > 0), (0, true));
    player.edit(1);
    assert_eq!(player.walk.question(), Some(&Question::Password));
    assert!(player.walk.trial.is_none());
}

#[test]
fn the_password_of_another_account_is_wiped_and_never_saved() {
    let check = |change: fn(&mut directory::AccountFacts), read: &str| {
        let mut player = Player::testing();
        player.answer("reserve", Way::Well);
        player.tell_test("ldap", change);
        player.settle();
        assert_eq!(*player.phase(), Phase::Blocked(Reason::WrongAccount { read: read.into() }));
        assert!(player.checker.facts.iter().any(|fact| matches!(fact, Fact::AcceptedInVain { .. })));
        let wiped = player.walk.acceptance.is_none() && player.walk.waiting.is_none();
        assert!(wiped && player.walk.takes_password());
        let read = player.checker.facts.iter().any(|fact| matches!(fact, Fact::AccountRead { .. }));
        assert!(read, "what was read is on record");
    };
    check(
        |facts| {
            facts.name = "svc-sql".into();
            facts.whose = directory::Whose::Another;
        },
        "svc-sql",
    );
    check(|facts| facts.claimed_by = Some("svc-sql".into()), "svc-sql");
    check(|facts| facts.name = "svc-sql".into(), "svc-sql");
}

#[test]
fn the_same_name_with_another_sid_than_the_reader_saw_is_another_account() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Well);
    player.see_standing(|facts| facts.sid = "S-1-5-21-9".into());
    player.settle();
    let read = "svc-mdi (S-1-5-21-1)".into();
    assert_eq!(*player.phase(), Phase::Blocked(Reason::WrongAccount { read }));
}

#[test]
fn a_name_that_is_another_accounts_is_not_tested_and_is_looked_at_again_with_the_next_key() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Badly(5));
    assert_eq!(*player.phase(), Phase::Blocked(Reason::NameClaimed { by: "svc-sql".into() }));
    assert_eq!((player.count("ldap"), player.count("kerberos")), (0, 0));
    player.enter();
    assert_eq!(player.count("freeze"), 0, "it is not asked for again");
    player.settle();
    assert_eq!(*player.phase(), Phase::Ready);
}

#[test]
fn an_accepted_password_of_an_account_that_is_shut_waits_until_it_is_opened() {
    let check = |change: fn(&mut directory::AccountFacts), code: SubCode| {
        let mut player = Player::testing();
        player.answer("reserve", Way::Well);
        player.tell_test("ldap", change);
        player.settle();
        assert_eq!(*player.phase(), Phase::Blocked(Reason::AcceptedButShut(code)));
        assert!(player.walk.acceptance.is_none());
        assert!(player.checker.facts.iter().any(|fact| matches!(fact, Fact::AcceptedInVain { .. })));
        player.enter();
        assert_eq!(player.count("freeze"), 0, "it is not asked for again");
        player.settle();
        assert_eq!(*player.phase(), Phase::Ready);
    };
    check(|facts| facts.locked = true, SubCode::LockedOut);
    check(|facts| facts.disabled = true, SubCode::Disabled);
    check(|facts| facts.account_expired = true, SubCode::AccountExpired);
    check(|facts| facts.must_change = true, SubCode::MustChange);
    check(|facts| facts.password_expired = true, SubCode::PasswordExpired);
}

#[test]
fn a_proof_gone_old_is_made_again_with_one_key() {
    let mut player = walked_to(Step::Save);
    player.wait(301);
    player.type_it();
    assert_eq!(*player.phase(), Phase::Blocked(Reason::ProofTooOld));
    player.enter();
    assert_eq!((player.count("freeze"), player.count("reserve")), (0, 1));
    player.settle();
    player.enter();
    assert_eq!(player.walk.question(), Some(&Question::ConfirmSave));
}

#[test]
fn a_secret_unused_too_long_is_asked_for_again() {
    let mut player = walked_to(Step::Save);
    let secret = player.walk.acceptance.as_ref().unwrap().secret;
    player.send(Event::Secret(event::Secret::Expired(vec![secret])));
    assert_eq!(player.walk.current, Step::Password);
    assert_eq!(player.walk.question(), Some(&Question::Password));
}

#[test]
fn a_controller_that_cannot_be_asked_needs_a_reason_and_says_its_own_why() {
    let silent = directory::Fault::TimedOut;
    let mut bare = reach(SECOND);
    (bare.tls, bare.kerberos) = (Tls::NoServerCertificate, KerberosService::NotAsked);
    let check = |result: Result<directory::Reach, directory::Fault>, why: &str| {
        let mut player = walked_to(Step::DirectoryServices);
        player.intend(Intent::Refresh);
        player.answer("entries", Way::Well);
        let place =
            player.out.iter().position(|one| matches!(one, Effect::Reach(_, host, _) if **host == *SECOND));
        let Effect::Reach(ticket, ..) = player.out.remove(place.unwrap()) else { panic!() };
        player.send(Event::Directory(ticket, event::Directory::Reached(result)));
        player.settle();
        player.choose(0);
        player.enter();
        player.choose(0);
        player.edit(5);
        player.enter();
        player.settle();
        let held = player.walk.acceptance.clone().unwrap();
        assert_eq!(held.proof, ProofWord::CurrentByKerberos);
        let [Misgiving::NotKnownElsewhere { host, fault }] = held.misgivings.as_slice() else {
            panic!("{:?}", held.misgivings)
        };
        assert!(**host == *SECOND && fault.to_string().contains(why), "{fault}");
        player.enter();
        assert_eq!(player.walk.dialog, Some(Question::GoOnOrRetest));
        player.choose(1);
        player.type_it();
        assert_eq!(player.walk.current, Step::Save);
    };
    check(Err(silent), "no answer in time");
    check(Ok(bare), "no server certificate");
}

#[test]
fn the_stations_are_reached_again_on_request() {
    let mut player = walked_to(Step::DirectoryServices);
    player.intend(Intent::Refresh);
    player.answer("entries", Way::Well);
    assert!(player.walk.stations.iter().all(|station| station.state == Reaching::Asking));
    assert_eq!(player.count("reach") + player.count("reach-pdc"), 3);
}

#[test]
fn a_reason_counts_only_for_the_acceptance_it_was_given_for() {
    let mut player = walked_to(Step::DirectoryServices);
    player.intend(Intent::Refresh);
    player.answer("entries", Way::Well);
    while ["reach", "reach-pdc"].iter().any(|kind| player.answer(kind, Way::Badly(0))) {}
    player.choose(0);
    assert_eq!(*player.phase(), Phase::Blocked(Reason::NoProvableController));
    player.enter();
    player.type_it();
    player.choose(0);
    player.edit(9);
    player.enter();
    player.settle();
    player.type_it();
    player.slow_record = true;
    player.type_it();
    player.edit(20);
    player.enter();
    player.answer("freeze", Way::Well);
    while player.answer("record", Way::Well) {}
    let held = player.walk.acceptance.as_ref().unwrap();
    assert!(!held.overridden, "the reason was given for the password before it");
    assert_eq!(player.walk.current, Step::Password);
}

#[test]
fn a_silent_pdc_emulator_is_passed_over_and_what_the_next_one_says_needs_a_reason() {
    let mut player = Player::testing();
    player.answer("reserve", Way::Well);
    player.answer("ldap", Way::Badly(1));
    player.settle();
    let held = player.walk.acceptance.clone().unwrap();
    assert_eq!(held.proof, ProofWord::CurrentElsewhere);
    assert!(held.misgivings.contains(&Misgiving::NotAtPdcEmulator));
    assert!(
        held.misgivings
            .iter()
            .any(|one| matches!(one, Misgiving::NotKnownElsewhere { host, .. } if **host == *PDC))
    );
}

#[test]
fn an_account_that_cannot_be_used_shuts_the_step_before_any_password() {
    let check = |way: Way, code: Option<SubCode>| {
        let mut player = walked_to(Step::DirectoryServices);
        player.intend(Intent::Refresh);
        player.answer("entries", Way::Well);
        player.answer("reach-pdc", way);
        player.settle();
        match code {
            Some(code) => {
                assert_eq!(*player.phase(), Phase::Blocked(Reason::AccountUnusable(code)));
                player.enter();
                player.settle();
            }
            None => assert!(words::account_found(&player.walk).is_some(), "nothing is said of it"),
        }
        assert_eq!(player.walk.question(), Some(&Question::UsedElsewhere), "mended, the walk goes on");
        assert!(player.checker.facts.iter().any(|fact| matches!(fact, Fact::AccountFound { .. })));
    };
    check(Way::Badly(1), Some(SubCode::Disabled));
    // Error 18 without a reason may be logon hours, and the reader sees nothing wrong.
    check(Way::Badly(2), None);
    check(Way::Badly(3), Some(SubCode::NoSuchAccount));
}

#[test]
fn what_the_reader_sees_locked_is_locked_whatever_port_88_says() {
    let mut player = walked_to(Step::DirectoryServices);
    player.intend(Intent::Refresh);
    player.answer("entries", Way::Well);
    player.answer("reach-pdc", Way::Badly(2));
    while player.answer("reach", Way::Well) {}
    let Some(Effect::ReadStanding(ticket, host, _)) = player.out.pop() else { panic!("{:?}", player.out) };
    let account = AccountFacts { locked: true, ..AccountFacts::default() };
    let standing = Standing { controller: host, read_at: player.now().wall, policy: None, account };
    player.send(Event::Directory(ticket, event::Directory::StandingRead(Some(standing))));
    let reason = Reason::AccountUnusable(SubCode::LockedOut);
    assert_eq!(*player.phase(), Phase::Blocked(reason.clone()));
    let remedy = words::reason(&reason).remedy;
    assert_eq!(&*remedy, "Have it unlocked on the PDC emulator. r asks again.");
    player.intend(Intent::Refresh);
    player.settle();
    assert_eq!(player.walk.question(), Some(&Question::UsedElsewhere), "unlocked, and asked again");
}

#[test]
fn where_kerberos_alone_may_prove_it_no_bind_is_made_and_no_reader_asked() {
    let mut player = walked_to(Step::DirectoryServices);
    (player.walk.terms.kerberos_alone, player.walk.terms.reader) = (true, false);
    player.intend(Intent::Refresh);
    player.settle();
    player.choose(0);
    player.enter();
    player.choose(0);
    player.edit(7);
    player.enter();
    while !player.out.is_empty() {
        assert_eq!((player.count("ldap"), player.count("standing")), (0, 0));
        let effect = player.out.remove(0);
        player.give(&effect, Way::Well);
    }
    let held = player.walk.acceptance.clone().unwrap();
    assert_eq!((held.proof, held.misgivings.as_slice()), (ProofWord::CurrentByKerberos, [].as_slice()));
}
