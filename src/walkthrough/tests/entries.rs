//! Step 3 and how the portal's entry names its account.

use crate::directory::names::{EntryFault, Form};
use crate::portal::Entry;
use crate::walkthrough::effect::Effect;
use crate::walkthrough::event::{Event, Portal};
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
