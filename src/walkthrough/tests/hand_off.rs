//! Stories of a save at the portal: the page, what was done there, the clipboard.

use crate::logs::Known;
use crate::portal::{Deployment, ServiceStatus};
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::fact::{DurableSave, Entered, Fact, SaveWord};
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::watch::{Missing, VerdictWord};
use crate::walkthrough::{Clipboard, Notice, Saving, Terms, words};

use super::player::{Player, Way, at_the_page, handed_off_to, walked};
use super::site::{SENSOR, entry, hand_off, reading};

const SAVED: usize = 0;
const NOT_SAVED: usize = 1;
const NOT_SURE: usize = 2;
const PASTED: usize = 0;
const BY_HAND: usize = 1;
/// The option that does copy.
const COPY: usize = 1;

fn told(player: &Player) -> Vec<(SaveWord, Option<Entered>)> {
    let ended = |fact: &Fact| match fact {
        Fact::SaveEnded { result, entered, .. } => Some((*result, *entered)),
        _ => None,
    };
    player.checker.facts.iter().filter_map(ended).collect()
}

fn copy(player: &mut Player) {
    player.intend(Intent::CopyPassword);
    assert_eq!(player.walk.dialog, Some(Question::CopyPassword));
    player.choose(COPY);
}

#[test]
fn the_mark_is_on_record_before_the_page_is_shown_and_nothing_is_sent() {
    let mut player = handed_off_to(Step::Save);
    player.slow_record = true;
    player.type_it();
    player.answer("mark", Way::Well);
    assert!(!player.walk.handed_over(), "the portal is being read for the mark");
    player.answer("portal", Way::Well);
    let intended = |effect: &Effect| matches!(effect, Effect::Record(_, Fact::SaveIntended { hand_off: true, positions, .. }) if !positions.is_empty());
    assert!(player.out.iter().any(intended) && !player.walk.handed_over());
    assert!(matches!(player.walk.saving, Saving::Recording { .. }));
    player.answer_records();
    assert!(player.walk.handed_over());
    assert_eq!((player.count("save"), player.count("issuer")), (0, 0));
    assert_eq!(player.walk.durable().save, DurableSave::NotKnown, "whoever dies here may have saved");
}

#[test]
fn a_page_that_could_not_be_announced_is_not_shown() {
    let mut player = handed_off_to(Step::Save);
    player.disk_full = true;
    player.type_it();
    player.settle();
    assert!(!player.walk.handed_over());
    assert!(matches!(player.phase(), Phase::Blocked(Reason::RecordFailed(_))));
}

#[test]
fn the_page_names_every_field_and_never_the_password() {
    let player = at_the_page();
    let page = words::portal_page(&player.walk);
    let said: Vec<String> = page.iter().map(|(label, what)| format!("{label}: {what}")).collect();
    for part in ["https://portal.test", "svc-mdi", "contoso.test", "gMSA off", "single label domain off"] {
        assert!(said.iter().any(|line| line.contains(part)), "{part} is not in {said:?}");
    }
}

#[test]
fn without_graph_the_domain_is_typed_and_the_page_is_shown() {
    let mut player = Player::at(Terms { graph: false, ..hand_off() });
    player.choose(0);
    player.enter();
    player.settle();
    player.choose(0);
    player.enter();
    player.choose(0);
    player.edit(12);
    player.enter();
    player.settle();
    player.enter();
    assert_eq!(words::wanted(&player.walk, &Question::ConfirmSave), Some(entry().domain));
    player.type_it();
    player.settle();
    assert!(player.walk.handed_over());
}

#[test]
fn what_was_done_at_the_portal_is_on_record_and_watched_or_not() {
    let check = |(saved, entered): (usize, usize), on_record: (SaveWord, Option<Entered>), watched: bool| {
        let mut player = at_the_page();
        player.say_saved((saved, entered));
        assert_eq!(told(&player), [on_record]);
        assert_eq!((player.walk.watch.is_some(), player.walk.saved()), (watched, watched));
    };
    check((SAVED, PASTED), (SaveWord::Saved, Some(Entered::Pasted)), true);
    check((SAVED, NOT_SURE), (SaveWord::Saved, Some(Entered::NotSure)), true);
    check((NOT_SURE, BY_HAND), (SaveWord::NotKnown, Some(Entered::TypedByHand)), true);
    check((NOT_SAVED, PASTED), (SaveWord::NotSaved, None), false);
}

#[test]
fn what_the_operator_says_bounds_the_verdict_unless_a_sensor_took_it() {
    let check = |said: (usize, usize), took: bool, missing: &[Missing]| {
        let mut player = at_the_page();
        player.say_saved(said);
        for _ in 0..2 {
            player.wait(10);
            player.settle();
        }
        if took {
            player.found(Known::TookCredential { account: "svc-mdi".into(), domain: None });
        }
        player.wait(30 * 60);
        player.settle();
        let verdict = player.walk.watch.as_ref().and_then(|watch| watch.verdict.clone()).unwrap();
        let word = if missing.is_empty() { VerdictWord::Confirmed } else { VerdictWord::NoRefusalSeen };
        assert_eq!((verdict.word, verdict.missing.as_slice()), (word, missing), "{said:?}, took it: {took}");
    };
    check((SAVED, PASTED), false, &[]);
    check((SAVED, BY_HAND), false, &[Missing::TypedByHand]);
    check((SAVED, BY_HAND), true, &[]);
    check((SAVED, NOT_SURE), false, &[Missing::EntryNotKnown]);
    check((NOT_SURE, PASTED), false, &[Missing::PerhapsNotSaved]);
    check((NOT_SURE, PASTED), true, &[]);
    check((NOT_SURE, BY_HAND), false, &[Missing::TypedByHand, Missing::PerhapsNotSaved]);
}

#[test]
fn not_saved_leads_back_and_the_page_can_be_shown_again() {
    let mut player = at_the_page();
    player.say_saved((NOT_SAVED, 0));
    assert_eq!(*player.phase(), Phase::Blocked(Reason::NotSavedThere));
    assert_eq!((player.walk.durable().save, player.walk.durable().step), (DurableSave::No, Step::Password));
    player.enter();
    player.type_it();
    player.settle();
    assert!(player.walk.handed_over());
    // Five minutes on, it is tested again first.
    player.wait(400);
    player.say_saved((NOT_SAVED, 0));
    player.enter();
    assert_eq!(*player.phase(), Phase::Blocked(Reason::ProofTooOld));
}

#[test]
fn a_password_that_went_unused_for_too_long_is_asked_for_again_if_it_was_not_saved() {
    let expire = |player: &mut Player| {
        let secrets = player.walk.acceptance.iter().map(|held| held.secret).collect();
        player.send(Event::Secret(event::Secret::Expired(secrets)));
        assert!(player.walk.handed_over() && !player.walk.offers_clipboard());
    };
    let mut player = at_the_page();
    expire(&mut player);
    player.say_saved((SAVED, PASTED));
    assert!(player.walk.saved());
    let mut player = at_the_page();
    expire(&mut player);
    player.say_saved((NOT_SAVED, 0));
    assert_eq!((player.walk.current, player.walk.acceptance.is_none()), (Step::Password, true));
}

#[test]
fn back_and_leave_ask_first_what_was_done() {
    let mut player = at_the_page();
    player.intend(Intent::BackTo(Step::Password));
    assert_eq!(player.walk.dialog, Some(Question::SavedThere));
    player.intend(Intent::Dismiss);
    assert!(player.walk.handed_over());
    player.intend(Intent::Leave);
    player.choose(0);
    assert!(player.walk.over);
    assert_eq!(told(&player), [], "whoever takes it up is asked");
    assert_eq!(player.verdict(), Some(VerdictWord::NotConfirmed));
}

#[test]
fn a_refusal_seen_while_the_page_is_shown_is_told_there_and_counts_once_it_is_said_to_be_saved() {
    let mut player = at_the_page();
    let refused = || Known::Refused { account: Some("svc-mdi".into()), domain: None, controller: None };
    player.found(refused());
    assert!(!words::since_shown(&player.walk).is_empty());
    assert_eq!(player.verdict(), None);
    player.say_saved((SAVED, PASTED));
    player.answer("portal", Way::Well);
    assert!(
        player.walk.watch.as_ref().is_some_and(|watch| watch.refusing_hosts().any(|host| **host == *SENSOR))
    );
}

#[test]
fn sensors_that_begin_to_sync_are_the_first_sign_and_on_record_once() {
    let mut player = at_the_page();
    let poll = |player: &mut Player, deployment: Deployment| {
        player.tick();
        let ticket = player.out.iter().find_map(|effect| match effect {
            Effect::ReadPortal(ticket) => Some(*ticket),
            _ => None,
        });
        player.out.retain(|effect| !matches!(effect, Effect::ReadPortal(_)));
        let mut read = reading(ServiceStatus::Running);
        read.sensors[0].deployment = deployment;
        player.send(Event::Portal(ticket.expect("a poll"), event::Portal::Read(read)));
    };
    let signs = |player: &Player| {
        let sign = |fact: &&Fact| matches!(fact, Fact::Evidence { what, .. } if **what == *words::FIRST_SIGN);
        player.checker.facts.iter().filter(sign).count()
    };
    poll(&mut player, Deployment::UpToDate);
    assert_eq!((signs(&player), words::since_shown(&player.walk).len()), (0, 0));
    poll(&mut player, Deployment::Syncing);
    poll(&mut player, Deployment::UpToDate);
    assert_eq!((signs(&player), words::since_shown(&player.walk).len()), (1, 1));
    player.say_saved((SAVED, PASTED));
    let sign = player.walk.watch.as_ref().and_then(words::first_sign);
    assert!(sign.is_some(), "it is still told on the steps after");
    poll(&mut player, Deployment::Syncing);
    assert_eq!(signs(&player), 1);
}

#[test]
fn the_clipboard_holds_it_once_on_record_and_for_45_seconds() {
    let mut player = at_the_page();
    assert!(player.walk.offers_clipboard());
    player.slow_record = true;
    copy(&mut player);
    assert!(player.walk.on_clipboard_until().is_none(), "not before it is on record");
    player.answer_records();
    let until = player.walk.on_clipboard_until().expect("it stands there");
    assert_eq!(until.since(player.now().at).as_secs(), 45);
    assert!(player.walk.due().is_some_and(|due| due <= until));
    player.wait(44);
    assert!(player.walk.on_clipboard_until().is_some());
    player.wait(1);
    assert_eq!(player.walk.on_clipboard_until(), None);
    assert_eq!(player.walk.notice, Some(Notice::ClipboardOverwritten));
    player.intend(Intent::CopyPassword);
    assert!(matches!(player.walk.notice, Some(Notice::NoClipboard(_))), "never a second time");
}

#[test]
fn whatever_ends_the_page_or_the_walk_overwrites_the_clipboard() {
    let check = |end: fn(&mut Player)| {
        let mut player = at_the_page();
        copy(&mut player);
        assert!(player.walk.on_clipboard_until().is_some());
        end(&mut player);
        assert_eq!(player.walk.on_clipboard_until(), None);
    };
    check(|player| player.say_saved((SAVED, PASTED)));
    check(|player| player.say_saved((NOT_SAVED, 0)));
    check(|player| player.intend(Intent::LeaveNow));
}

#[test]
fn the_clipboard_is_offered_only_where_it_may_be() {
    let check = |clipboard: Clipboard, offered: bool| {
        let mut player = walked(Player::at(Terms { clipboard, ..hand_off() }), Step::Save);
        assert!(!player.walk.offers_clipboard(), "not before the page is shown");
        player.type_it();
        player.settle();
        assert_eq!(player.walk.offers_clipboard(), offered, "{clipboard:?}");
        player.intend(Intent::CopyPassword);
        assert_eq!(player.walk.dialog.is_some(), offered, "{clipboard:?}");
    };
    check(Clipboard::Allowed, true);
    check(Clipboard::NotHere, false);
    check(Clipboard::NotAllowed, false);
}

#[test]
fn a_page_that_was_taken_up_says_that_the_password_is_gone_and_not_saved_asks_for_it_again() {
    let said = |player: &Player| {
        let page = words::portal_page(&player.walk).into_iter().map(|(_, what)| what);
        page.chain([words::asked(&player.walk)]).map(|line| line.to_string()).collect::<Vec<_>>().join("\n")
    };
    let player = at_the_page();
    assert!(said(&player).contains("Save it there as shown"));
    let mut resumed = Player::resumed(&player.disk, hand_off(), (0, None)).unwrap();
    resumed.choose(0);
    while resumed.walk.dialog != Some(Question::SavedThere) {
        resumed.settle();
        resumed.tick();
    }
    resumed.intend(Intent::Dismiss);
    assert!(resumed.walk.handed_over());
    let shown = said(&resumed);
    assert!(shown.contains("no longer held here") && !shown.contains("as shown"), "{shown}");
    assert!(words::proof_ages(&resumed.walk, resumed.walk.now).is_some());
    resumed.enter();
    resumed.choose(NOT_SAVED);
    assert_eq!(resumed.walk.current, Step::Password);
    assert_eq!(resumed.walk.question(), Some(&Question::Password));
    assert!(resumed.walk.takes_password());
    assert_eq!(resumed.walk.notice, Some(Notice::PasswordGone));
}
