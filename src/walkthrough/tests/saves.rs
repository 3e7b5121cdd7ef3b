//! Stories of the save and of what is seen after it.

use crate::logs::Known;
use crate::portal::{Fault, IssueStatus, SaveAnswer, ServiceStatus};
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{Event, Intent};
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::{Notice, Saving, event};

use super::player::{Way, kind_of, walked_to};
use super::site::{credential_issue, reading};

#[test]
fn a_clean_walk_ends_confirmed_and_over() {
    let mut player = walked_to(Step::Sensors);
    player.wait(30 * 60);
    player.settle();
    assert_eq!(player.verdict(), Some(VerdictWord::Confirmed));
    player.enter();
    assert!(player.walk.over);
}

#[test]
fn a_lost_answer_is_believed_unsaved_only_when_the_entry_is_unchanged_twice() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    player.answer("mark", Way::Well);
    player.answer("portal", Way::Well);
    player.answer("save", Way::Badly(2));
    player.answer("entry", Way::Badly(0));
    assert!(matches!(player.walk.saving, Saving::AskingBack { again: Some(_), .. }));
    player.intend(Intent::Refresh);
    player.answer("entry", Way::Badly(0));
    assert!(matches!(player.walk.saving, Saving::AskingBack { .. }), "twice, but not some seconds apart");
    let mut landed = player.clone();
    player.wait(3);
    player.answer("entry", Way::Badly(0));
    assert_eq!(*player.phase(), Phase::Blocked(Reason::NotSaved(Fault::CutShort)));
    landed.wait(3);
    landed.answer("entry", Way::Well);
    assert!(matches!(landed.walk.saving, Saving::Saved { .. }));
}

#[test]
fn a_save_turned_away_for_its_sign_in_leads_to_another_sign_in_and_a_new_test() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    player.answer("mark", Way::Well);
    player.answer("portal", Way::Well);
    player.answer("save", Way::Badly(3));
    assert_eq!(*player.phase(), Phase::Blocked(Reason::NotSaved(Fault::Unauthorized)));
    assert_eq!(player.count("save"), 0, "it is not sent again by itself");
    // A reading that the portal still grants doesn't make the sign-in good for saving.
    player.wait(30);
    player.answer("portal", Way::Well);
    let mut step_by_step = player.clone();
    player.enter();
    assert_eq!((player.walk.current, player.walk.question()), (Step::Portal, Some(&Question::HowToBegin)));
    assert!(player.walk.acceptance.is_none());
    step_by_step.intend(Intent::BackTo(Step::Password));
    step_by_step.intend(Intent::BackTo(Step::Portal));
    assert_eq!(step_by_step.walk.question(), Some(&Question::HowToBegin));
    player.choose(0);
    player.settle();
    player.wait(5);
    player.settle();
    assert_eq!(player.walk.question(), Some(&Question::CanEdit), "signed in anew");
    assert!(!player.walk.portal.sign_in_refused);
}

#[test]
fn a_refused_save_is_repaired_by_a_second_round() {
    let mut player = walked_to(Step::Sensors);
    player.wait(10);
    player.answer("portal", Way::Badly(1));
    player.settle();
    assert_eq!(player.verdict(), Some(VerdictWord::Refused));
    player.enter();
    assert_eq!(player.walk.dialog, Some(Question::Recover));
    player.choose(0);
    assert_eq!(player.walk.current, Step::Password);
    player.edit(9);
    player.enter();
    player.settle();
    player.enter();
    player.type_it();
    player.settle();
    assert_eq!((player.walk.current, player.verdict()), (Step::Services, None), "a fresh watch");
}

#[test]
fn going_back_after_a_save_is_asked_first_and_keeps_the_watch() {
    let mut player = walked_to(Step::Services);
    player.intend(Intent::BackTo(Step::Save));
    assert_eq!((player.walk.current, player.walk.dialog.clone()), (Step::Services, Some(Question::Recover)));
    player.choose(1);
    assert!(player.walk.saved());
}

#[test]
fn a_reading_asked_for_before_the_save_was_answered_says_nothing_about_it() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    player.answer("mark", Way::Well);
    player.answer("portal", Way::Well);
    player.wait(10);
    assert_eq!(player.count("portal"), 1);
    player.wait(1);
    player.answer("save", Way::Well);
    assert!(player.answer("portal", Way::Badly(1)));
    assert_eq!(player.verdict(), None);
    player.wait(30);
    player.answer("portal", Way::Badly(1));
    assert_eq!(player.verdict(), Some(VerdictWord::Refused), "the next one does");
}

#[test]
fn a_service_answer_from_before_the_save_is_no_observation() {
    let mut player = walked_to(Step::Services);
    let before: Vec<Effect> =
        player.out.iter().filter(|effect| kind_of(effect) == "service").cloned().collect();
    player.settle();
    player.wait(10);
    let late: Vec<Effect> =
        player.out.iter().filter(|effect| kind_of(effect) == "service").cloned().collect();
    assert!(before.is_empty() && !late.is_empty());
    player.intend(Intent::BackTo(Step::Password));
    player.choose(0);
    player.edit(3);
    player.enter();
    for _ in 0..20 {
        let kinds = ["freeze", "reserve", "ldap", "kerberos"];
        if !kinds.iter().any(|kind| player.answer(kind, Way::Well)) {
            break;
        }
    }
    player.enter();
    player.type_it();
    while ["mark", "portal", "save"].iter().any(|kind| player.answer(kind, Way::Well)) {}
    let rows = player.walk.services.clone();
    for effect in late {
        player.give(&effect, Way::Badly(0));
    }
    assert_eq!(player.walk.services, rows);
}

#[test]
fn an_issue_that_opens_just_before_the_save_is_part_of_the_mark() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    player.answer("mark", Way::Well);
    assert_eq!(player.count("save"), 0, "the mark waits for a fresh reading");
    player.answer("portal", Way::Badly(1));
    player.answer("save", Way::Well);
    player.wait(30);
    player.answer("portal", Way::Badly(1));
    assert_eq!(player.verdict(), None);
}

#[test]
fn a_lost_refusal_between_mark_and_answer_is_held_against_the_save() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    player.answer("mark", Way::Well);
    player.answer("portal", Way::Well);
    player.found(Known::Refused { account: None, domain: None, controller: None });
    player.answer("save", Way::Well);
    assert!(player.walk.watch.as_ref().unwrap().suspected());
}

#[test]
fn a_conflict_voids_the_proof_and_reads_the_entry_again() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    player.answer("mark", Way::Well);
    player.answer("portal", Way::Well);
    player.answer("save", Way::Badly(0));
    assert_eq!(*player.phase(), Phase::Blocked(Reason::SomeoneElseChanged));
    assert!(player.walk.acceptance.is_none());
    player.enter();
    assert_eq!(player.count("entries"), 1);
}

#[test]
fn a_live_save_wants_the_host_typed_besides_the_count() {
    let mut player = walked_to(Step::Save);
    player.walk.terms.lab = false;
    player.intend(Intent::Typed("2".into()));
    assert_eq!(player.walk.notice, Some(Notice::Blocked(Reason::TypedMismatch)));
    player.intend(Intent::Typed(" 2  Portal.test ".into()));
    assert_eq!(player.walk.saving, Saving::Marking);
}

#[test]
fn one_refused_line_asks_the_pdc_emulator_and_a_second_kind_of_evidence_decides() {
    let mut player = walked_to(Step::Sensors);
    player.found(Known::Refused { account: None, domain: None, controller: None });
    assert_eq!((player.verdict(), player.count("standing")), (None, 1));
    player.wait(10);
    player.settle();
    assert_eq!(player.verdict(), None);
    player.wait(10);
    player.answer("portal", Way::Badly(0));
    assert_eq!(player.verdict(), Some(VerdictWord::Refused), "its service stopped too");
}

#[test]
fn an_answer_of_another_kind_is_no_answer() {
    let mut player = walked_to(Step::Save);
    player.type_it();
    let Some(Effect::ReadPortal(ticket)) = player.out.iter().find(|one| kind_of(one) == "portal").cloned()
    else {
        panic!("no poll")
    };
    let saved = event::Portal::SaveAnswered(SaveAnswer::Saved { etag: "5".into() });
    player.send(Event::Portal(ticket, saved));
    assert!(!player.walk.saved());
    let mut read = reading(ServiceStatus::Running);
    read.issues.push(credential_issue("i9", IssueStatus::Closed));
    player.send(Event::Portal(ticket, event::Portal::Read(read)));
    player.answer("mark", Way::Well);
    assert_eq!(player.count("save"), 1);
}
