//! Negative controls: each rule is broken once, by hand, and the witness must see it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::directory::lockout::{AttemptId, Budget, Charge};
use crate::directory::refusal::SubCode;
use crate::directory::{Account, Answer, Protocol};
use crate::secret::SecretId;
use crate::text::Safe;
use crate::walkthrough::effect::{Effect, Reservation, Ticket};
use crate::walkthrough::errand::Errand;
use crate::walkthrough::event::{self, Event};
use crate::walkthrough::fact::{Fact, SaveWord};
use crate::walkthrough::step::{Phase, Reason, Step};
use crate::walkthrough::watch::{Verdict, VerdictWord};
use crate::walkthrough::{Saving, Walkthrough};

use super::checker::Checker;
use super::explore::{a_key_leads_on, holds};
use super::player::{Player, at_the_page, walked_to};
use super::site::{PDC, SECOND, for_two, now, refused, terms, tested};

const SECRET: SecretId = SecretId(1);

fn account() -> Account {
    Account { name: "svc-mdi".into(), domain: "contoso.test".into() }
}

/// A hand on the witness's books, one line each.
struct Trace {
    checker: Checker,
    walk: Walkthrough,
    tickets: u64,
}

impl Trace {
    fn new() -> Self {
        Self { checker: Checker::default(), walk: Walkthrough::new(terms(), now(0)), tickets: 0 }
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    fn want(&mut self, effect: Effect) {
        self.checker.wanted(&[effect], &self.walk);
    }

    fn record(&mut self, fact: Fact) {
        let ticket = self.ticket();
        self.want(Effect::Record(ticket, fact));
        let recorded = event::Record::Recorded { count: 1, hash: Safe::default() };
        self.checker.happened(&Event::Record(ticket, recorded), now(0));
    }

    fn reserve(&mut self, id: u64, host: &str, protocol: Protocol) {
        let ticket = self.ticket();
        let (secret, controllers) = (SECRET, vec![host.into()]);
        self.want(Effect::Reserve(
            ticket,
            Reservation {
                account: account(),
                controllers,
                pdc_emulator: None,
                protocol,
                charge: Charge::Account,
                secret,
                typed_account_name: false,
                retest_of_current: false,
            },
        ));
        let budget = Budget { threshold: Some(5), counted: 0, unreadable: 0, safe: 3, in_hand: 2 };
        let attempts = vec![(AttemptId(id), host.into())];
        let reserved = event::Directory::Reserved { attempts, budget, standing: Vec::new() };
        self.checker.happened(&Event::Directory(ticket, reserved), now(0));
    }

    fn announce(&mut self, id: u64, host: &str, protocol: Protocol) {
        self.record(Fact::Attempting { attempt: AttemptId(id), host: host.into(), protocol });
    }

    fn bind(&mut self, id: u64, host: &str, protocol: Protocol) {
        let (ticket, attempt, host, account, secret) =
            (self.ticket(), AttemptId(id), host.into(), account(), SECRET);
        self.want(Effect::Test { ticket, attempt, host, protocol, account, secret });
    }

    fn answer(&mut self, id: u64, host: &str, answer: Answer) {
        let (attempt, host, protocol) = (AttemptId(id), host.into(), Protocol::Ldap);
        let tested = event::Directory::Tested { attempt, host, protocol, tested: tested(answer) };
        self.checker.happened(&Event::Directory(Ticket(0), tested), now(0));
    }

    fn asked(&mut self, id: u64, host: &str, said: Answer) {
        self.reserve(id, host, Protocol::Ldap);
        self.announce(id, host, Protocol::Ldap);
        self.bind(id, host, Protocol::Ldap);
        self.answer(id, host, said);
    }

    fn intend(&mut self, tested: bool) {
        self.record(Fact::SaveIntended {
            entry: "e1".into(),
            change: "c1".into(),
            tested,
            hand_off: false,
            positions: Vec::new(),
            open_issues: Vec::new(),
            bad_password_count: None,
            portal_time: None,
            etag: None,
        });
    }

    fn save(&mut self) {
        let (ticket, account, secret) = (self.ticket(), account(), SECRET);
        self.want(Effect::Save { ticket, entry: super::site::entry(), change: "c1".into(), account, secret });
    }
}

/// Runs it and returns what the witness said; `None`: nothing.
fn seen(break_it: impl FnOnce()) -> Option<String> {
    let caught = catch_unwind(AssertUnwindSafe(break_it)).err()?;
    let text = caught.downcast_ref::<String>().cloned();
    text.or_else(|| caught.downcast_ref::<&str>().map(ToString::to_string))
}

fn check(breach: &str, break_it: impl FnOnce(&mut Trace)) {
    let mut trace = Trace::new();
    let said = seen(|| break_it(&mut trace)).unwrap_or_default();
    assert!(said.contains(breach), "{breach:?} was not seen: {said:?}");
}

#[test]
fn a_trace_that_keeps_the_rules_is_let_through() {
    let mut trace = Trace::new();
    trace.asked(1, PDC, Answer::Accepted);
    trace.intend(true);
    trace.save();
}

#[test]
fn a_broken_test_is_seen() {
    let ldap = Protocol::Ldap;
    check("without a reservation", |trace| trace.bind(1, PDC, ldap));
    check("without a reservation", |trace| {
        trace.reserve(1, PDC, ldap);
        trace.announce(1, PDC, ldap);
        trace.bind(1, SECOND, ldap);
    });
    check("without a reservation", |trace| {
        trace.reserve(1, PDC, ldap);
        trace.announce(1, PDC, ldap);
        trace.bind(1, PDC, Protocol::Kerberos);
    });
    check("not on record", |trace| {
        trace.reserve(1, PDC, ldap);
        trace.bind(1, PDC, ldap);
    });
    check("spent twice", |trace| {
        trace.asked(1, PDC, Answer::Accepted);
        trace.bind(1, PDC, ldap);
    });
    check("two tests at once", |trace| {
        for (id, host) in [(1, PDC), (2, SECOND)] {
            trace.reserve(id, host, ldap);
            trace.announce(id, host, ldap);
            trace.bind(id, host, ldap);
        }
    });
    check("refused password was tested again", |trace| {
        trace.asked(1, PDC, refused(SubCode::WrongPassword));
        trace.asked(2, SECOND, Answer::Accepted);
    });
    check("voided password", |trace| {
        trace.want(Effect::Wipe(SECRET));
        trace.asked(1, PDC, Answer::Accepted);
    });
    check("is given back", |trace| {
        trace.asked(1, PDC, Answer::Accepted);
        trace.want(Effect::Release(AttemptId(1)));
    });
}

#[test]
fn a_broken_save_is_seen() {
    check("not on record", |trace| {
        trace.asked(1, PDC, Answer::Accepted);
        trace.save();
    });
    check("without a second person", |trace| {
        trace.walk = Walkthrough::new(for_two(), now(0));
        trace.asked(1, PDC, Answer::Accepted);
        trace.intend(true);
        trace.save();
    });
    check("approved by whoever records", |trace| {
        trace.record(Fact::Approved { recorded_by: "ana".into(), approved_by: "ana".into() });
    });
    check("nobody accepted", |trace| {
        trace.intend(true);
        trace.save();
    });
    check("record doesn't say so", |trace| trace.intend(false));
    check("refused password was saved", |trace| {
        trace.asked(1, PDC, refused(SubCode::WrongPassword));
        trace.intend(true);
        trace.save();
    });
    check("voided password was saved", |trace| {
        trace.asked(1, PDC, Answer::Accepted);
        trace.intend(true);
        trace.want(Effect::Wipe(SECRET));
        trace.save();
    });
    check("the page is not shown", |trace| {
        trace.asked(1, PDC, Answer::Accepted);
        trace.intend(true);
        trace.want(Effect::PutOnClipboard(SECRET));
    });
    check("two polls", |trace| {
        for _ in 0..2 {
            let ticket = trace.ticket();
            trace.want(Effect::ReadPortal(ticket));
        }
    });
}

/// A state changed by hand behind the machine's back.
fn state(breach: &str, from: Step, tamper: impl FnOnce(&mut Player)) {
    let mut player = walked_to(from);
    player.checker.settled(&player.walk);
    holds(&player);
    tamper(&mut player);
    let said = seen(|| {
        player.checker.settled(&player.walk);
        holds(&player);
    });
    let said = said.unwrap_or_default();
    assert!(said.contains(breach), "{breach:?} was not seen: {said:?}");
}

#[test]
fn a_broken_state_is_seen() {
    state("another step", Step::Services, |player| player.walk.current = Step::Password);
    state("another entry", Step::Password, |player| {
        player.walk.entry.as_mut().unwrap().id = "e2".into();
    });
    state("other attempts", Step::Password, |player| player.walk.open_attempts.push(AttemptId(9)));
    state("another save", Step::Services, |player| {
        let at = player.now();
        player.walk.saving = Saving::NotKnown { at };
    });
    state("another verdict", Step::Sensors, |player| {
        let verdict = Verdict { word: VerdictWord::Refused, missing: Vec::new() };
        player.walk.watch.as_mut().unwrap().verdict = Some(verdict);
    });
    state("forgets what is on record", Step::Services, |player| {
        let fact = Fact::SaveEnded { result: SaveWord::Conflict, why: None, entered: None };
        player.walk.durable.apply(&fact);
    });
    state("nobody knows of", Step::Save, |player| {
        player.walk.acceptance = None;
        player.walk.trial = None;
    });
    state("nothing is under way", Step::Save, |player| {
        player.walk.set(Step::Save, Phase::Working);
        player.walk.portal.next_poll = None;
        player.walk.errands.clear();
    });
    state("changed something", Step::Password, |player| {
        player.walk.errands.insert(Ticket(u64::MAX), Errand::ReadEntries);
    });
    state("doesn't end", Step::Password, |player| player.walk.left = true);
}

/// The portal's page changed by hand behind the machine's back.
#[test]
fn a_broken_hand_off_is_seen() {
    let check = |breach: &str, tamper: fn(&mut Player)| {
        let mut player = at_the_page();
        player.checker.settled(&player.walk);
        tamper(&mut player);
        let said = seen(|| player.checker.settled(&player.walk)).unwrap_or_default();
        assert!(said.contains(breach), "{breach:?} was not seen: {said:?}");
    };
    check("for nothing that was tested", |player| player.walk.acceptance = None);
    check("nobody will overwrite", |player| {
        let secret = player.walk.acceptance.as_ref().unwrap().secret;
        player.checker.facts.push(Fact::PasswordCopied);
        player.checker.wanted(&[Effect::PutOnClipboard(secret)], &player.walk);
    });
    let mut player = at_the_page();
    let secret = player.walk.acceptance.as_ref().unwrap().secret;
    let mut copy = || player.checker.wanted(&[Effect::PutOnClipboard(secret)], &player.walk);
    assert!(seen(&mut copy).unwrap_or_default().contains("not on record"));
    player.checker.facts.push(Fact::PasswordCopied);
    player.checker.wanted(&[Effect::PutOnClipboard(secret)], &player.walk);
    let mut again = || player.checker.wanted(&[Effect::PutOnClipboard(secret)], &player.walk);
    assert!(seen(&mut again).unwrap_or_default().contains("copied twice"));
    let mut end = || player.checker.wanted(&[Effect::End], &player.walk);
    assert!(seen(&mut end).unwrap_or_default().contains("left on the clipboard"));
}

#[test]
fn confirming_by_the_operators_word_alone_is_seen() {
    let mut player = at_the_page();
    player.say_saved((0, 1));
    let verdict = Verdict { word: VerdictWord::Confirmed, missing: Vec::new() };
    player.walk.watch.as_mut().unwrap().verdict = Some(verdict);
    let said = seen(|| player.checker.settled(&player.walk));
    assert_eq!(said.as_deref(), Some("confirmed on the operator's word alone"));
}

#[test]
fn confirming_what_was_never_seen_is_seen() {
    let mut player = walked_to(Step::Services);
    let verdict = Verdict { word: VerdictWord::Confirmed, missing: Vec::new() };
    let fact = Fact::Verdict {
        verdict: VerdictWord::Confirmed,
        missing: Vec::new(),
        basis: None,
        listed: Vec::new(),
    };
    player.walk.watch.as_mut().unwrap().verdict = Some(verdict);
    player.walk.record(fact);
    let effects = std::mem::take(&mut player.walk.effects);
    let said = seen(|| {
        player.checker.wanted(&effects, &player.walk);
        player.checker.settled(&player.walk);
    });
    assert_eq!(said.as_deref(), Some("confirmed without an observation"));
}

#[test]
fn a_block_without_a_way_out_is_seen() {
    let mut player = walked_to(Step::Portal);
    player.walk.set(Step::Portal, Phase::Blocked(Reason::WatchRunning));
    a_key_leads_on(&player);
    player.walk.leaving = true;
    player.walk.left = true;
    let said = seen(|| a_key_leads_on(&player)).unwrap_or_default();
    assert!(said.starts_with("no way out"), "{said}");
}
