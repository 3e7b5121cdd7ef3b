//! Step 3 and how the portal's entry names its account.

use crate::directory::names::{EntryFault, Form};
use crate::portal::Entry;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{Event, Portal};
use crate::walkthrough::fact::Fact;
use crate::walkthrough::step::{Phase, Question, Reason, Step};
use crate::walkthrough::words;

use super::player::{Player, Way, walked_to};
use super::site::entry;

/// At step 3, which has just been told these entries.
fn told(entries: Vec<Entry>) -> Player {
    let mut player = walked_to(Step::DirectoryServices);
    player.intend(crate::walkthrough::event::Intent::Refresh);
    let Some(Effect::ReadEntries(ticket)) =
        player.out.iter().find(|effect| matches!(effect, Effect::ReadEntries(_))).cloned()
    else {
        panic!("the entries are not read: {:?}", player.out);
    };
    player.out.retain(|effect| !matches!(effect, Effect::ReadEntries(_)));
    player.walk.entry = None;
    player.send(Event::Portal(ticket, Portal::EntriesRead(entries)));
    player
}

#[test]
fn an_entry_in_another_form_shuts_the_gate_and_says_what_to_write() {
    let check = |account: &str, domain: &str, says: &str| {
        let wrong = Entry { account: account.into(), domain: domain.into(), ..entry() };
        let player = told(vec![wrong]);
        let Phase::Blocked(reason) = player.phase() else { panic!("{account}: {:?}", player.phase()) };
        let said = words::reason(reason);
        assert!(said.remedy.contains(says), "{account}: {said:?}");
        assert_eq!(player.count("reach-pdc") + player.count("reach"), 0, "{account}: a controller was asked");
    };
    check("svc-mdi@contoso.test", "contoso.test", "Have svc-mdi written there");
    check("CONTOSO\\svc-mdi", "contoso.test", "Have svc-mdi written there");
    check("svc-mdi@corp.test", "contoso.test", "Have the account name and its own domain written there");
    check("svc-mdi", "CONTOSO", "written in full");
    check("svc/mdi", "contoso.test", "bare account name");
}

#[test]
fn another_entry_may_be_chosen_instead() {
    let wrong = Entry { id: "e2".into(), account: "svc-mdi@contoso.test".into(), ..entry() };
    let mut player = told(vec![wrong, entry()]);
    assert_eq!(*player.phase(), Phase::Asking(Question::WhichEntry));
    player.choose(0);
    let expected = EntryFault::Form { form: Form::Principal, bare: Some("svc-mdi".into()) };
    assert_eq!(*player.phase(), Phase::Blocked(Reason::EntryName(expected)));
    player.enter();
    player.choose(1);
    while player.answer("reach-pdc", Way::Well) || player.answer("reach", Way::Well) {}
    assert!(!matches!(player.phase(), Phase::Blocked(_)), "{:?}", player.phase());
}

#[test]
fn an_entry_that_holds_another_account_by_now_is_chosen_anew_and_on_record() {
    let mut player = walked_to(Step::DirectoryServices);
    player.intend(crate::walkthrough::event::Intent::Refresh);
    let Some(place) = player.out.iter().position(|effect| matches!(effect, Effect::ReadEntries(_))) else {
        panic!("the entries are not read: {:?}", player.out);
    };
    let Effect::ReadEntries(ticket) = player.out.remove(place) else { unreachable!() };
    let another = Entry { account: "svc-mdi2".into(), ..entry() };
    player.send(Event::Portal(
        ticket,
        Portal::EntriesRead(vec![another.clone(), Entry { id: "e9".into(), ..entry() }]),
    ));
    assert_eq!(*player.phase(), Phase::Asking(Question::WhichEntry));
    player.choose(0);
    let chosen = player.disk.iter().rev().find_map(|(_, fact)| match fact {
        Fact::EntryChosen { account, .. } => Some(account.name.clone()),
        _ => None,
    });
    assert_eq!(chosen, Some(another.account.clone()));
    // One that sensors keep by themselves is not slipped in either.
    let managed = Entry { managed: true, ..entry() };
    assert!(!managed.of_the_same_account(&entry()) && another.of_the_same_account(&another));
}

#[test]
fn several_entries_say_which_the_sensors_would_try_first_and_what_could_hide_a_wrong_password() {
    let other = |account: &str, domain: &str| Entry {
        id: account.into(),
        account: account.into(),
        domain: domain.into(),
        managed: account.ends_with('$'),
        ..entry()
    };
    let check = |entries: Vec<Entry>, lines: &[&str]| {
        let mut player = told(entries);
        if *player.phase() == Phase::Asking(Question::WhichEntry) {
            player.choose(0);
        }
        let said: Vec<String> = words::fleet_order(&player.walk)
            .into_iter()
            .map(|truth| match truth {
                words::Truth::Good(text) | words::Truth::Warn(text) => text.to_string(),
                words::Truth::Bad(text) | words::Truth::Plain(text) => text.to_string(),
            })
            .collect();
        assert_eq!(said, lines);
    };
    check(vec![entry()], &[]);
    check(
        vec![entry(), other("svc-two", "x.test")],
        &[
            "Of the sensors 1 would try it first; 1 would use none.",
            "A wrong password here could stay hidden: a sensor that is refused goes on with svc-two in x.test.",
        ],
    );
    check(
        vec![entry(), other("gmsa$", "contoso.test")],
        &[
            "Of the sensors 1 would try another entry before it; 1 would use none.",
            "No sensor would try this entry first: whether they run says nothing about its password.",
        ],
    );
    check(
        vec![
            entry(),
            other("a", "contoso.test"),
            other("b", "x.test"),
            other("c", "y.test"),
            other("d", "z.test"),
        ],
        &[
            "Of the sensors 1 may try it first, another is as near; 1 would use none.",
            "A wrong password here could stay hidden: a sensor that is refused goes on with a in contoso.test, \
             b in x.test, c in y.test and 1 entry more.",
        ],
    );
}

#[test]
fn a_sensors_detail_has_its_own_order() {
    let other = Entry { id: "e2".into(), account: "svc-two".into(), domain: "x.test".into(), ..entry() };
    let mut player = told(vec![other, entry()]);
    player.choose(1);
    let sensors = player.walk.sensors();
    let said: Vec<String> = words::sensor_order(&player.walk, &sensors[0])
        .into_iter()
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    assert_eq!(
        said,
        [
            "Would try: 1. svc-mdi in contoso.test (own domain); 2. svc-two in x.test (in turn)",
            "This entry: tried first; when it is refused, another may hide that",
        ]
    );
    // Version 3 uses none.
    assert!(words::sensor_order(&player.walk, &sensors[1]).is_empty());
}
