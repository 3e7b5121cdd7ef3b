//! What a report makes of a record.

use super::markdown::{escaped, render};
use super::*;
use crate::directory::Answer;
use crate::directory::lockout::AttemptId;
use crate::walkthrough::fact::{Fact, Listed, ProofWord, SaveWord};
use crate::walkthrough::step::Step;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn sealed() -> Sealed {
    Sealed {
        id: "20270115T080000Z".into(),
        consistent: true,
        unread_from: None,
        said: "consistent".into(),
        lines: 3,
        hash: Some("ab12".into()),
        going_on: false,
    }
}

fn began(site: &str) -> Fact {
    let (site, operator, host, program) = (site.into(), "ana".into(), "jump-01".into(), "0.1.0".into());
    Fact::Began { site, lab: false, operator, host, program, site_file: None }
}

fn chosen() -> Fact {
    let account = Account { name: "svc-mdi".into(), domain: "contoso.test".into() };
    Fact::EntryChosen { id: "e1".into(), account }
}

fn intended(tested: bool) -> Fact {
    Fact::SaveIntended {
        entry: "e1".into(),
        change: "c1".into(),
        tested,
        hand_off: false,
        positions: Vec::new(),
        open_issues: Vec::new(),
        bad_password_count: None,
        portal_time: None,
        etag: None,
    }
}

fn of(facts: Vec<Fact>) -> Report {
    let lines: Vec<Dated> = facts.into_iter().zip(0..).map(|(fact, second)| (at(second), fact)).collect();
    Report::of(sealed(), &lines)
}

#[test]
fn the_verdict_is_one_sentence_whatever_the_record_says() {
    let saved = |result| Fact::SaveEnded { result, why: None, entered: None };
    let verdict = |verdict| Fact::Verdict { verdict, missing: Vec::new(), basis: None, listed: Vec::new() };
    let check = |facts: Vec<Fact>, begins: &str, holds: &str| {
        let said = of([vec![began("contoso")], facts].concat()).verdict;
        assert!(said.starts_with(begins) && said.contains(holds), "{said}");
        assert!(said.ends_with('.') && !said.contains(". "), "{said} is not one sentence");
    };
    check(vec![], "Nothing was saved", "no account was chosen");
    check(vec![chosen()], "Nothing was saved", "svc-mdi in contoso.test");
    let mut walk = vec![chosen(), intended(true)];
    check(walk.clone(), "Whether the password", "is not known");
    walk.push(saved(SaveWord::NotSaved));
    check(walk.clone(), "Nothing was saved", "svc-mdi");
    walk.extend([intended(true), saved(SaveWord::Saved)]);
    check(walk.clone(), "The password of svc-mdi", "did not come to a verdict");
    let with = |word| [walk.clone(), vec![verdict(word)]].concat();
    check(with(VerdictWord::Confirmed), "The password", "is confirmed");
    check(with(VerdictWord::Refused), "The password", "is refused");
    check(with(VerdictWord::NoRefusalSeen), "The password", "no refusal was seen");
    check(with(VerdictWord::NotConfirmed), "The password", "not confirmed");
    let untested = vec![chosen(), intended(false), saved(SaveWord::Saved), verdict(VerdictWord::Confirmed)];
    check(untested, "SAVED UNTESTED: The password", "is confirmed");
    let account = Account { name: "svc-mdi".into(), domain: "contoso.test".into() };
    check(vec![Fact::TestedAlone { account }], "The password of svc-mdi", "tested alone: neither proved");
}

fn accepted() -> Fact {
    Fact::Accepted { proof: ProofWord::CurrentByKerberos, hosts: vec!["dc1".into(), "dc2".into()] }
}

#[test]
fn an_acceptance_is_told_as_long_as_it_stands_and_of_its_own_account() {
    let check = |facts: Vec<Fact>, holds: &str| {
        let said = of([vec![began("contoso"), chosen()], facts].concat()).verdict;
        assert!(said.contains(holds), "{said}");
    };
    let other = Account { name: "svc-other".into(), domain: "contoso.test".into() };
    let other = || Fact::EntryChosen { id: "e2".into(), account: other.clone() };
    let resumed = Fact::Resumed {
        operator: "ben".into(),
        host: "jump-02".into(),
        program: "0.1.0".into(),
        site_file: None,
        torn: None,
    };
    check(vec![accepted()], "the last password tested was accepted by 2 controllers as the current password");
    check(vec![accepted(), Fact::AcceptanceVoided], "was wiped without being saved");
    check(vec![accepted(), resumed], "was wiped without being saved");
    check(
        vec![accepted(), Fact::AcceptanceVoided, other()],
        "svc-other in contoso.test, and no password was",
    );
    let refused = Fact::Refused { host: "dc1".into(), why: "52e".into() };
    check(vec![refused.clone(), Fact::AcceptanceVoided], "the last password tested was refused");
    let in_vain = Fact::AcceptedInVain { why: "the account is disabled".into() };
    check(vec![accepted(), in_vain], "the last password tested was accepted, and is of no use");
    let restricted = Fact::Accepted { proof: ProofWord::RestrictedHere, hosts: Vec::new() };
    check(vec![restricted.clone()], "the last password tested was not judged");
    assert!(!render(&of(vec![began("contoso"), chosen(), restricted])).contains("accepted by"));
    check(vec![refused, other()], "no password was proved or refused");
}

#[test]
fn of_what_could_not_be_read_nothing_is_told() {
    let facts = vec![began("contoso"), chosen(), accepted()];
    let lines: Vec<Dated> = facts.into_iter().zip(0..).map(|(fact, second)| (at(second), fact)).collect();
    let report = Report::of(Sealed { consistent: false, unread_from: Some(4), ..sealed() }, &lines);
    assert!(report.verdict.starts_with("The record could be read up to line 3 only"), "{}", report.verdict);
    assert!(report.verdict.contains("up to there nothing was saved"), "{}", report.verdict);
    assert_eq!((report.saved, report.broken_off), (None, false));
    assert!(render(&report).contains("as far as the record could be read"));
    let none = Report::of(Sealed { consistent: false, unread_from: Some(1), ..sealed() }, &[]);
    assert_eq!(&*none.verdict, "Nothing can be told: no line of the record could be read.");
}

#[test]
fn a_walk_that_nobody_left_is_told_as_broken_off() {
    let check = |facts: Vec<Fact>, going_on: bool, broken_off: bool| {
        let lines: Vec<Dated> = facts.into_iter().zip(0..).map(|(fact, second)| (at(second), fact)).collect();
        let report = Report::of(Sealed { going_on, ..sealed() }, &lines);
        assert_eq!(report.broken_off, broken_off);
        assert_eq!(render(&report).contains("Nobody left this walk"), broken_off);
    };
    let left = Fact::Left { step: Step::Portal, verdict: None };
    check(vec![began("contoso"), left], false, false);
    check(vec![began("contoso")], false, true);
    check(vec![began("contoso")], true, false);
}

#[test]
fn a_second_save_has_its_own_verdict_and_its_own_proof() {
    let saved = |result| Fact::SaveEnded { result, why: None, entered: None };
    let basis = Some(Basis { portal: true, sensors: 12, ..Basis::default() });
    let refused =
        Fact::Verdict { verdict: VerdictWord::Refused, missing: Vec::new(), basis, listed: Vec::new() };
    let evidence = Fact::Evidence {
        host: "dc8.contoso.test".into(),
        what: "The credential was refused".into(),
        by: Some(Witness::LogRefused),
        place: None,
    };
    let first = vec![began("contoso"), chosen(), intended(false), saved(SaveWord::Saved), evidence, refused];
    let report = of(first.clone());
    let wanted = "SAVED UNTESTED: The password of svc-mdi in contoso.test was saved, and is refused by 1 of 12 sensors: dc8.contoso.test; a sensor that can't use it stops.";
    assert_eq!(&*report.verdict, wanted);
    // The first one stands where the second came to nothing.
    let report = of([first.clone(), vec![intended(true), saved(SaveWord::NotSaved)]].concat());
    assert_eq!((&*report.verdict, report.after), (wanted, basis));
    // Where the second is not known to have arrived, the first may still be what is saved.
    for result in [None, Some(SaveWord::NotKnown)] {
        let more = [Some(intended(true)), result.map(saved)].into_iter().flatten().collect();
        let report = of([first.clone(), more].concat());
        assert!(report.saved_untested, "{}", report.verdict);
    }
    // And else nothing of it is said of the second.
    let report = of([first, vec![intended(true), saved(SaveWord::Saved)]].concat());
    assert!(!report.saved_untested && report.after.is_none(), "{}", report.verdict);
    assert!(report.verdict.contains("did not come to a verdict"), "{}", report.verdict);
    let all: Vec<(bool, Option<SaveWord>)> =
        report.saves.iter().map(|one| (one.tested, one.result)).collect();
    assert_eq!(all, [(false, Some(SaveWord::Saved)), (true, Some(SaveWord::Saved))]);
    assert_eq!(report.evidence[0].save, 1);
}

#[test]
fn of_many_sensors_those_that_need_a_second_look_are_named_and_the_others_counted() {
    let listed = |number: usize, service: &str, finding| Listed {
        host: format!("s{number}.contoso.test").into(),
        service: service.into(),
        status: "up to date".into(),
        finding,
    };
    let check = |all: usize, rows: usize, others: Option<&str>| {
        let before = (0..all).map(|number| listed(number, "running", None)).collect();
        let after = |number| match number {
            3 => listed(3, "stopped", Some(Finding::Refused)),
            number => listed(number, "running", Some(Finding::TookIt)),
        };
        let (verdict, missing, basis) = (VerdictWord::Refused, Vec::new(), None);
        let text = render(&of(vec![
            began("contoso"),
            Fact::Baseline { sensors: all, running: all, credential_issues: 0, listed: before },
            Fact::Verdict { verdict, missing, basis, listed: (0..all).map(after).collect() },
        ]));
        let row = "| `s3.contoso.test` | running, up to date | stopped, up to date | refused |";
        assert!(text.contains(row), "{text}");
        assert_eq!(text.matches("contoso.test` | running, up to date |").count(), rows, "{text}");
        assert_eq!(text.contains("others, in which"), others.is_some());
        assert!(text.contains(others.unwrap_or_default()), "{text}");
    };
    check(12, 12, None);
    check(50, 50, None);
    check(2000, 1, Some("1999 others, in which nothing changed for the worse"));
}

#[test]
fn an_approval_goes_with_the_password_that_it_was_for() {
    let approved = |by: &str| Fact::Approved { recorded_by: "ana".into(), approved_by: by.into() };
    let broken =
        Fact::Overridden { gate: Gate::SecondPerson, reason: "nobody is here".into(), about: Vec::new() };
    let check = |facts: Vec<Fact>, saves: &[Option<usize>]| {
        let report = of([vec![began("contoso"), chosen(), accepted()], facts].concat());
        let found: Vec<Option<usize>> = report.approvals.iter().map(|one| one.save).collect();
        assert_eq!(found, saves);
        assert_eq!(render(&report).contains("the approval lapsed"), saves.contains(&None));
    };
    check(vec![approved("ben"), intended(true)], &[Some(1)]);
    check(vec![approved("ben")], &[None]);
    let in_vain = Fact::AcceptedInVain { why: "the account is locked out".into() };
    check(vec![approved("ben"), in_vain, accepted(), intended(true)], &[None]);
    check(vec![approved("ben"), Fact::AcceptanceVoided, accepted(), broken, intended(true)], &[None]);
    check(vec![approved("ben"), Fact::AcceptanceVoided, approved("cid"), intended(true)], &[None, Some(1)]);
    let other = Account { name: "svc-other".into(), domain: "contoso.test".into() };
    check(
        vec![approved("ben"), Fact::EntryChosen { id: "e2".into(), account: other }, intended(true)],
        &[None],
    );
}

#[test]
fn a_test_more_than_is_safe_is_told_with_the_overrides() {
    let report = of(vec![began("contoso"), chosen(), Fact::AccountNameTyped]);
    let text = render(&report);
    assert!(text.contains("08:00:02Z: one test more than is safe, by typing the account's name"), "{text}");
    assert!(!text.contains("No gate was passed"), "{text}");
}

#[test]
fn a_test_without_an_outcome_is_interrupted_also_when_its_number_comes_again() {
    let (attempt, host, protocol) = (AttemptId(1), Safe::new("dc1"), Protocol::Ldap);
    let announced = || Fact::Attempting { attempt, host: host.clone(), protocol };
    let resumed = Fact::Resumed {
        operator: "ben".into(),
        host: "jump-02".into(),
        program: "0.1.0".into(),
        site_file: None,
        torn: None,
    };
    let from = Some(IpAddr::from([10, 0, 0, 7]));
    let ended = Fact::Attempted { attempt, host: host.clone(), protocol, answer: Answer::Accepted, from };
    let report = of(vec![began("contoso"), announced(), resumed, announced(), ended]);
    let answers: Vec<&str> = report.tests.iter().map(|test| test.answer.as_str()).collect();
    assert!(answers[0].starts_with("interrupted") && answers[1] == "accepted", "{answers:?}");
    assert_eq!((report.tests[1].console.as_str(), report.tests[1].from), ("jump-02", from));
    // Of a walk that goes on, the outcome may yet come.
    let facts = vec![began("contoso"), announced()];
    let lines: Vec<Dated> = facts.into_iter().map(|fact| (Timestamp::UNIX_EPOCH, fact)).collect();
    let report = Report::of(Sealed { going_on: true, ..sealed() }, &lines);
    assert!(report.tests[0].answer.starts_with("under way"), "{:?}", report.tests);
}

#[test]
fn an_approval_names_every_save_that_was_made_under_it() {
    let saved = |result| Fact::SaveEnded { result, why: None, entered: None };
    let approved = Fact::Approved { recorded_by: "ana".into(), approved_by: "ben".into() };
    let report = of(vec![
        began("contoso"),
        chosen(),
        accepted(),
        approved,
        intended(true),
        saved(SaveWord::NotSaved),
        intended(true),
        saved(SaveWord::Saved),
    ]);
    assert_eq!(report.approvals[0].saves, [1, 2]);
    assert!(render(&report).contains("ben approved save 1, save 2; recorded by ana"));
}

#[test]
fn whoever_compares_the_tests_with_alerts_is_told_that_the_clock_was_set() {
    let announced = Fact::Attempting { attempt: AttemptId(1), host: "dc1".into(), protocol: Protocol::Ldap };
    let set = Fact::ClockSetBack { by_seconds: 3600 };
    let told = render(&of(vec![began("contoso"), announced.clone(), set]));
    assert!(told.contains("was set meanwhile (line 3 of the time line)"), "{told}");
    assert!(!render(&of(vec![began("contoso"), announced])).contains("was set meanwhile"));
}

#[test]
fn foreign_text_is_neither_markdown_nor_html() {
    let check = |foreign: &str, shown: &str| assert_eq!(escaped(foreign), shown);
    check("svc-mdi in contoso.test (52e).", "svc-mdi in contoso.test (52e).");
    check("# a\n- b", "\\# a - b");
    check("**a** _b_ `c` ~d~", "\\*\\*a\\*\\* \\_b\\_ \\`c\\` \\~d\\~");
    check("[a](http://b) ![c](d)", "\\[a\\](http&#58;//b) \\!\\[c\\](d)");
    check("a | b", "a \\| b");
    check("<script>&amp;", "&lt;script&gt;&amp;amp;");
    check("www.evil.test, x@evil.test", "&#119;ww.evil.test, x&#64;evil.test");
    check("a\\|b", "a\\\\\\|b");
}

#[test]
fn a_name_can_end_no_cell_no_code_and_no_heading() {
    let evil = "`` x`|| <b>\n# y";
    let account = Account { name: evil.into(), domain: evil.into() };
    let host: Safe = evil.into();
    let report = of(vec![
        began(evil),
        Fact::EntryChosen { id: evil.into(), account },
        Fact::ControllerUnreachable { host: host.clone(), why: evil.into() },
        Fact::ServiceSeen { host: host.clone(), state: evil.into() },
        Fact::Evidence { host: host.clone(), what: evil.into(), by: None, place: None },
        Fact::Noted { text: evil.into() },
        Fact::Attempting { attempt: AttemptId(1), host, protocol: Protocol::Ldap },
    ]);
    let text = render(&report);
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(heads.iter().filter(|head| head.contains('y') && head.contains('x')).count(), 1, "{heads:?}");
    let widths: Vec<usize> = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.replace("\\|", "").matches('|').count())
        .collect();
    let wanted = [4, 6, 5, 7, 4];
    let mut seen = widths.clone();
    seen.dedup();
    assert_eq!(seen, wanted, "{text}");
    // What is not code holds no HTML.
    for line in text.lines().filter(|line| !line.contains("``` ")) {
        assert!(!line.contains("<b>"), "{line}");
    }
}

#[test]
fn what_was_not_watched_is_not_counted_as_if_it_had_been() {
    let of_basis = |basis: Basis| {
        let (verdict, missing) = (VerdictWord::NoRefusalSeen, Vec::new());
        render(&of(vec![
            began("contoso"),
            Fact::Verdict { verdict, missing, basis: Some(basis), listed: Vec::new() },
        ]))
    };
    let check = |basis: Basis, said: &str| {
        let text = of_basis(basis);
        assert!(text.contains(said), "{said}\n{text}");
    };
    let one = Basis { sources: 1, sources_throughout: 1, ..Basis::default() };
    check(Basis { site_sources: Some(2), ..one }, "1 of 2 log sources watched throughout");
    check(one, "1 of the 1 log sources that could be read at the save watched throughout");
    check(Basis { site_sources: Some(0), ..Basis::default() }, "the site has no log source");
    check(Basis { sensors: 1, ..one }, "- After: not read from the portal.");
    check(Basis { portal: true, sensors: 3, running: 2, ..one }, "- After: 3 sensors, 2 running");
}
