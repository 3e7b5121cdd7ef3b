//! What a record is taken to say.

use super::*;
use crate::walkthrough::step::Step;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn began() -> Fact {
    Fact::Began {
        site: "contoso-corp".into(),
        lab: false,
        operator: "ana".into(),
        host: "jump-01".into(),
        program: "0".into(),
        site_file: None,
    }
}

fn resumed() -> Fact {
    Fact::Resumed {
        operator: "ben".into(),
        host: "jump-02".into(),
        program: "0".into(),
        site_file: None,
        torn: None,
    }
}

fn intended() -> Fact {
    Fact::SaveIntended {
        entry: "e1".into(),
        change: "c1".into(),
        tested: true,
        hand_off: false,
        positions: vec![(1, Position { file: 7, offset: 100 })],
        open_issues: Vec::new(),
        bad_password_count: None,
        portal_time: Some(at(-5)),
        etag: Some("1".into()),
    }
}

fn chosen() -> Fact {
    let account = Account { name: "svc-mdi".into(), domain: "contoso.test".into() };
    Fact::EntryChosen { id: "e1".into(), account }
}

fn saved(result: SaveWord) -> Fact {
    Fact::SaveEnded { result, why: None, entered: None }
}

fn noted() -> Fact {
    Fact::Noted { text: "still here".into() }
}

#[test]
fn time_away_and_a_clock_that_was_set_back_are_not_watch_time() {
    let check = |later: Vec<(i64, Fact)>, watched: u64| {
        let mut lines = vec![(at(0), began()), (at(1), chosen()), (at(2), intended())];
        lines.push((at(10), saved(SaveWord::Saved)));
        lines.extend(later.into_iter().map(|(seconds, fact)| (at(seconds), fact)));
        let past = Past::of(&lines);
        assert_eq!(past.save.unwrap().watched.as_secs(), watched, "{lines:?}");
    };
    check(Vec::new(), 0);
    check(vec![(40, noted())], 30);
    check(vec![(40, noted()), (4000, resumed())], 30);
    // As in the process that ran on: the watch goes on once the portal is open.
    let signed_in = || Fact::SignedIn { name: None };
    check(vec![(40, noted()), (4000, resumed()), (4015, noted())], 30);
    check(vec![(40, noted()), (4000, resumed()), (4600, signed_in())], 30);
    check(vec![(40, noted()), (4000, resumed()), (4600, signed_in()), (4615, noted())], 45);
    check(vec![(40, noted()), (4000, resumed()), (4600, Fact::WorkedWithoutPortal), (4615, noted())], 45);
    check(vec![(40, noted()), (4000, signed_in()), (4015, noted())], 4005);
    check(vec![(40, noted()), (5, noted()), (25, noted())], 50);
}

#[test]
fn the_mark_comes_back_as_it_was_taken() {
    let lines = vec![(at(0), began()), (at(1), chosen()), (at(2), intended())];
    let past = Past::of(&lines);
    assert_eq!(past.positions(), [(SourceId(1), Position { file: 7, offset: 100 })]);
    let open = past.open.unwrap();
    assert_eq!((open.etag.as_str(), open.before.mark.portal_time), ("1", Some(at(-5))));
    assert_eq!(past.durable.step, Step::Services);
}

#[test]
fn a_line_of_before_there_was_a_portals_time_is_read_all_the_same() {
    let old = r#"{"fact":"save-intended","entry":"e1","change":"c1","tested":true,"positions":[],"open_issues":[],"bad_password_count":0}"#;
    let fact: Fact = serde_json::from_str(old).unwrap();
    assert!(matches!(fact, Fact::SaveIntended { portal_time: None, etag: None, .. }));
    assert_eq!(serde_json::to_string(&fact).unwrap(), old, "and written as it was");
    let old = r#"{"fact":"evidence","host":"s1","what":"the portal shows it"}"#;
    assert_eq!(serde_json::to_string(&serde_json::from_str::<Fact>(old).unwrap()).unwrap(), old);
}

#[test]
fn a_save_that_did_not_happen_leaves_the_one_before_as_it_was() {
    let mut lines = vec![(at(0), began()), (at(1), chosen()), (at(2), intended())];
    lines.push((at(3), saved(SaveWord::Saved)));
    lines.push((at(9), intended()));
    assert!(Past::of(&lines).open.is_some());
    lines.push((at(10), saved(SaveWord::NotSaved)));
    let past = Past::of(&lines);
    assert_eq!((past.open, past.save.unwrap().saved_at), (None, at(3)));
}

#[test]
fn what_is_offered_is_unfinished_and_has_got_somewhere() {
    let settled = |step| Fact::Settled { step, outcome: Outcome::Done };
    let check = |facts: Vec<Fact>, open: Option<(Step, &str)>| {
        let lines: Vec<Dated> = facts.into_iter().map(|fact| (at(0), fact)).collect();
        let offer = Offer::of("x", &lines);
        let found = offer.as_ref().map(|offer| (offer.step, offer.open.as_str()));
        assert_eq!(found, open, "{lines:?}");
    };
    let verdict = |verdict| Fact::Verdict { verdict, missing: Vec::new(), basis: None, listed: Vec::new() };
    check(Vec::new(), None);
    check(vec![noted()], None);
    check(vec![began()], None);
    check(vec![began(), settled(Step::Portal)], Some((Step::Configuration, "nothing saved yet")));
    let mut walk = vec![began(), chosen(), settled(Step::Portal), settled(Step::Password)];
    check(walk.clone(), Some((Step::Password, "nothing saved yet")));
    walk.push(intended());
    let unknown = "a save was begun; what came of it is not on record";
    check(walk.clone(), Some((Step::Save, unknown)));
    walk.push(saved(SaveWord::Saved));
    check(walk.clone(), Some((Step::Services, "saved; the watch is not over")));
    let with = |last: VerdictWord| [walk.clone(), vec![verdict(last)]].concat();
    check(with(VerdictWord::Confirmed), None);
    check(with(VerdictWord::NoRefusalSeen), None);
    check(with(VerdictWord::Refused), Some((Step::Services, "refused")));
    check(with(VerdictWord::NotConfirmed), Some((Step::Services, "saved; the watch is not over")));
    let ended = [with(VerdictWord::NotConfirmed), vec![settled(Step::Sensors)]].concat();
    check(ended, None);
}
