//! Stories of notes and of the hand-over: on record at any time, and what is not taken.

use crate::text::Safe;
use crate::walkthrough::event::{self, Event, Intent};
use crate::walkthrough::fact::{Fact, fold};
use crate::walkthrough::hand_over::HandOver;
use crate::walkthrough::step::{Question, Reason, Step};
use crate::walkthrough::{Notice, words};

use super::player::{Player, handed_off_to, kind_of, walked_to};
use super::site::terms;

fn name(player: &mut Player, field: usize, text: &str) {
    player.choose(field);
    player.intend(Intent::Typed(text.into()));
}

#[test]
fn what_whoever_takes_over_has_to_know_is_on_record_field_by_field() {
    let mut player = walked_to(Step::Password);
    player.intend(Intent::HandOver);
    for (field, text) in ["CHG-12", "Ben", "Cid", "Dora", "Eve", "14:30"].into_iter().enumerate() {
        name(&mut player, field, text);
        assert_eq!(player.walk.dialog, Some(Question::HandOver), "the list is shown again");
    }
    name(&mut player, 1, "Ben, until six");
    let facts = player.checker.facts.clone();
    let folded = fold(&facts).hand_over;
    assert_eq!(&folded, player.walk.noted_for_hand_over(), "whoever resumes knows it");
    assert_eq!(folded.len(), HandOver::ALL.len());
    assert_eq!(folded.get(&HandOver::Owner).map(Safe::as_str), Some("Ben, until six"));
    let listed = words::options(&player.walk, &Question::HandOver);
    assert!(listed.iter().any(|option| option.contains("Ticket: CHG-12")), "{listed:?}");
    player.choose(HandOver::ALL.len());
    assert_eq!((player.walk.dialog.clone(), player.walk.current), (None, Step::Password));
}

#[test]
fn leaving_offers_the_hand_over_first() {
    let mut player = walked_to(Step::Sensors);
    player.intend(Intent::Leave);
    player.choose(2);
    assert_eq!(player.walk.dialog, Some(Question::HandOver));
    assert!(!player.walk.over);
    name(&mut player, 5, "the verdict, at nine");
    player.intend(Intent::Leave);
    player.choose(0);
    player.settle();
    let noted = |fact: &Fact| matches!(fact, Fact::HandOverNoted { field: HandOver::NextCheck, .. });
    let left = player.checker.facts.iter().position(|fact| matches!(fact, Fact::Left { .. }));
    assert!(player.checker.facts.iter().position(noted) < left && player.walk.over);
}

#[test]
fn a_note_or_a_field_that_holds_the_password_is_refused_and_asked_for_again() {
    let check = |open: fn(&mut Player), question: Question| {
        let mut player = handed_off_to(Step::Save);
        player.slow_record = true;
        open(&mut player);
        player.intend(Intent::Typed("it is Lab-Pass-2026!".into()));
        let place =
            player.out.iter().position(|effect| kind_of(effect) == "record").expect("a line to write");
        let crate::walkthrough::effect::Effect::Record(ticket, _) = player.out.remove(place) else { return };
        player.send(Event::Record(ticket, event::Record::HoldsSecret));
        assert_eq!(player.walk.dialog, Some(question));
        assert_eq!(player.walk.notice, Some(Notice::Blocked(Reason::TextHoldsSecret)));
        assert!(player.walk.noted_for_hand_over().is_empty());
    };
    check(|player| player.intend(Intent::Note), Question::Note);
    check(
        |player| {
            player.intend(Intent::HandOver);
            player.choose(0);
        },
        Question::HandOverField(HandOver::Ticket),
    );
}

#[test]
fn a_note_that_gives_a_secret_by_its_name_is_refused_before_it_goes_anywhere() {
    let mut player = walked_to(Step::Password);
    let lines = player.walk.record.lines;
    player.intend(Intent::Note);
    let given = "the new password is Lab-Pass-2026!";
    for text in
        ["password: Hunter-2026!", "pwd=x", "net use /user:ana x --password=y", "its token = abc", given]
    {
        player.intend(Intent::Typed(text.into()));
        assert_eq!(player.walk.notice, Some(Notice::Blocked(Reason::TextNamesSecret)), "{text}");
        assert_eq!(player.walk.dialog, Some(Question::Note), "{text}");
    }
    assert_eq!(player.walk.record.lines, lines);
    player.intend(Intent::Typed("Ben has the password, and it expires on Friday.".into()));
    assert_eq!((player.walk.dialog.clone(), player.walk.record.lines), (None, lines + 1));
}

#[test]
fn a_note_can_be_put_down_on_every_step_and_changes_nothing_else() {
    for step in Step::ALL.into_iter().skip(1) {
        let mut player = walked_to(step);
        let before = player.print();
        player.intend(Intent::Note);
        player.intend(Intent::Typed("the change board is told".into()));
        assert_eq!(player.print(), before, "{step:?}");
        assert!(player.checker.facts.contains(&Fact::Noted { text: "the change board is told".into() }));
    }
}

#[test]
fn whoever_takes_the_walk_up_is_told_every_field_and_every_note() {
    let mut player = walked_to(Step::Sensors);
    for note in ["the first", "the last"] {
        player.intend(Intent::Note);
        player.intend(Intent::Typed(note.into()));
    }
    player.intend(Intent::HandOver);
    name(&mut player, 0, "CHG-12");
    name(&mut player, 5, "14:30");
    let resumed = Player::resumed(&player.disk, terms(), (0, None)).unwrap();
    assert_eq!(resumed.walk.notice, Some(Notice::HandedOver(Step::Sensors)));
    let told: Vec<String> =
        words::handed_over(&resumed.walk).iter().map(|(name, text)| format!("{name}: {text}")).collect();
    assert_eq!(told.len(), 5, "{told:?}");
    for (line, (begins, ends)) in told.iter().zip([
        ("Ticket: ", "CHG-12"),
        ("Next check: ", "14:30"),
        ("Notes: 2", ""),
        ("Note: ", "the last"),
        ("Note: ", "the first"),
    ]) {
        assert!(line.starts_with(begins) && line.ends_with(ends), "{told:?}");
    }
    assert_eq!(resumed.walk.noted_for_hand_over(), player.walk.noted_for_hand_over());
    let untold = walked_to(Step::Password);
    let resumed = Player::resumed(&untold.disk, terms(), (0, None)).unwrap();
    assert_eq!((resumed.walk.notice.clone(), resumed.walk.handed_over_with()), (None, None));
}
