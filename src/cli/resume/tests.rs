//! Which walks are listed, offered and found, from records in a folder.

use clap::Parser as _;

use super::*;
use crate::cli::Arguments;
use crate::journal::file::JournalFile;
use crate::walkthrough::fact::{Origin, SaveWord};
use crate::walkthrough::step::Step;

/// A walk at this site that went as far as these facts.
fn walked(folder: &Path, (name, site, lab): (&str, &str, bool), facts: &[Fact]) {
    let origin = Origin { path: "/etc/sites/a b.toml".into(), hash: "0".into() };
    let began = Fact::Began {
        site: site.into(),
        lab,
        operator: "ana".into(),
        host: "jump-01".into(),
        program: "0".into(),
        site_file: (!lab).then_some(origin),
    };
    let mut record = JournalFile::create(folder, &format!("{name}.jsonl")).unwrap();
    for fact in std::iter::once(&began).chain(facts) {
        record.append("2026-03-04T05:06:07Z".parse().unwrap(), fact).unwrap();
    }
}

fn intended() -> Fact {
    Fact::SaveIntended {
        entry: "e1".into(),
        change: "c1".into(),
        tested: true,
        hand_off: false,
        positions: Vec::new(),
        open_issues: Vec::new(),
        bad_password_count: None,
        portal_time: None,
        etag: None,
    }
}

fn settled(step: Step) -> Fact {
    Fact::Settled { step, outcome: crate::walkthrough::step::Outcome::Done }
}

fn everywhere(options: &[&str]) -> Everywhere {
    Arguments::parse_from(["mdi-console"].iter().chain(options)).everywhere
}

#[test]
fn a_walk_that_is_finished_elsewhere_hides_none_that_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let whole: Vec<Fact> = Step::ALL.into_iter().map(settled).collect();
    walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal)]);
    walked(folder.path(), ("20260304T050608Z", "site-b", false), &whole);
    let asked = |site: &str| match newest(folder.path(), &site.into()) {
        Opening::Asked(offer) => Some(offer.id.to_string()),
        _ => None,
    };
    assert_eq!(asked("site-a").as_deref(), Some("20260304T050607Z"));
    assert_eq!(asked("site-b"), None);
    walked(folder.path(), ("20260304T050609Z", "site-a", false), &whole);
    assert_eq!(asked("site-a"), None, "a later one at the same site makes it a matter of the past");
}

#[test]
fn a_walk_that_is_being_walked_is_told_before_another_one_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let beside = || match newest(folder.path(), &"site-a".into()) {
        Opening::Beside(Beside::Walked { operator, step, .. }) => Some((operator.to_string(), step)),
        _ => None,
    };
    walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal), intended()]);
    walked(folder.path(), ("20260304T050608Z", "site-a", false), &[settled(Step::Portal)]);
    walked(folder.path(), ("20260304T050609Z", "site-b", false), &[settled(Step::Portal)]);
    let hold = |id: &str| JournalFile::open_existing(folder.path(), &format!("{id}.jsonl")).unwrap();
    assert_eq!(beside(), None);
    let elsewhere = hold("20260304T050609Z");
    assert_eq!(beside(), None, "that one is of another site");
    drop(elsewhere);
    let _older = hold("20260304T050607Z");
    assert_eq!(beside(), Some(("ana".into(), Step::Save)), "a newer one that nobody walks hides it not");
}

#[test]
fn a_newest_record_that_cannot_be_read_is_told_and_the_older_one_named() {
    let check = |line: usize, older: bool, expected: Option<(u64, Option<&str>)>| {
        let folder = tempfile::tempdir().unwrap();
        if older {
            walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal)]);
        }
        walked(folder.path(), ("20260304T050608Z", "site-a", false), &[settled(Step::Portal), intended()]);
        let path = folder.path().join("20260304T050608Z.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().enumerate().map(|(number, one)| {
            if number + 1 == line { one.replace("\"n\"", "\"m\"") } else { one.to_owned() }
        });
        std::fs::write(&path, lines.map(|line| line + "\n").collect::<String>()).unwrap();
        let found = match newest(folder.path(), &"site-a".into()) {
            Opening::Beside(Beside::Unread { line, older, .. }) => Some((line, older)),
            _ => None,
        };
        let expected = expected.map(|(line, older)| (line, older.map(Safe::new)));
        assert_eq!(found, expected, "line {line}: {:?}", newest(folder.path(), &"site-a".into()));
    };
    check(0, true, None);
    check(3, false, Some((3, None)));
    check(3, true, Some((3, Some("20260304T050607Z"))));
    check(1, true, Some((1, Some("20260304T050607Z"))));
}

#[test]
fn the_command_that_goes_on_is_whole_and_quoted() {
    let folder = tempfile::tempdir().unwrap();
    walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal)]);
    let check = |options: &[&str], lab: bool, expected: &str| {
        let said = list(folder.path(), (&everywhere(options), lab)).unwrap().0;
        assert_eq!(said.lines().last(), Some(expected), "{said}");
    };
    let by_name = "Go on with one by its name: mdi-console --resume 20260304T050607Z";
    check(&[], false, &format!("{by_name} --site '/etc/sites/a b.toml'"));
    check(
        &["--site", "b.toml", "--state-dir", "it's"],
        false,
        &format!("{by_name} --site b.toml --state-dir \"it's\""),
    );
}

#[test]
fn a_walk_at_step_1_is_listed_while_it_is_walked() {
    let folder = tempfile::tempdir().unwrap();
    walked(folder.path(), ("20260304T050607Z", "site-a", false), &[]);
    let listed = || list(folder.path(), (&everywhere(&[]), false)).unwrap().0;
    assert!(listed().starts_with("No walk is unfinished in "), "{}", listed());
    let _held = JournalFile::open_existing(folder.path(), "20260304T050607Z.jsonl").unwrap();
    let expected = format!("ana@jump-01  site-a  step 1 Portal  {LOCKED}");
    assert!(listed().contains(&expected) && !listed().contains("Go on with one"), "{}", listed());
}

#[test]
fn a_labs_walk_goes_by_both_its_names_and_is_none_of_a_live_site() {
    let state = tempfile::tempdir().unwrap();
    let labs = state.path().join("lab");
    std::fs::create_dir(&labs).unwrap();
    walked(&labs, ("20260304T050607Z", "lab", true), &[settled(Step::Portal)]);
    for name in ["20260304T050607Z", "lab/20260304T050607Z"] {
        assert_eq!(&*find_lab(state.path(), name).unwrap().id, "20260304T050607Z");
    }
    let said = |refused: Result<Offer, NotResumed>| {
        let refused = refused.unwrap_err();
        (refused.exit_code(), refused.to_string())
    };
    let (code, live) = said(find(state.path(), "lab/20260304T050607Z"));
    assert!(code == 2 && live.contains("`mdi-console lab --resume lab/20260304T050607Z`"), "{live}");
    let (code, none) = said(find_lab(state.path(), "20260304T050608Z"));
    assert!(code == 2 && none.contains("`mdi-console lab --resume` lists"), "{none}");
}

#[test]
fn a_lab_that_ended_with_its_save_is_not_offered() {
    let check = |facts: &[Fact], ended: bool| {
        let folder = tempfile::tempdir().unwrap();
        walked(folder.path(), ("20260304T050607Z", "lab", true), facts);
        let said = list(folder.path(), (&everywhere(&[]), true)).unwrap().0;
        assert_eq!((said.contains("its lab ended"), said.contains("Go on with")), (ended, !ended), "{said}");
        assert_eq!(find(folder.path(), "20260304T050607Z").unwrap().gone(), ended, "{facts:?}");
    };
    let mut facts = vec![settled(Step::Portal), settled(Step::Password)];
    check(&facts, false);
    facts.push(intended());
    check(&facts, true);
    let ended = |result| Fact::SaveEnded { result, why: None, entered: None };
    check(&[facts.clone(), vec![ended(SaveWord::NotSaved)]].concat(), false);
    facts.extend([ended(SaveWord::Saved), settled(Step::Save)]);
    check(&facts, true);
    facts.push(Fact::WentBack { to: Step::Password });
    check(&facts, true);
}

#[test]
fn a_record_that_cannot_be_opened_is_told_and_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal)]);
    let gone = folder.path().join("gone");
    std::os::unix::fs::symlink(gone, folder.path().join("20260304T050608Z.jsonl")).unwrap();
    let (said, unread) = list(folder.path(), (&everywhere(&[]), false)).unwrap();
    assert!(unread && said.contains("  20260304T050608Z  it can't be read"), "{said}");
    assert!(said.contains("  20260304T050607Z  ") && said.contains("--resume 20260304T050607Z"), "{said}");
    let found = newest(folder.path(), &"site-a".into());
    let Opening::Beside(Beside::Unread { id, older, .. }) = found else { panic!("{found:?}") };
    assert_eq!((id.as_str(), older.as_deref()), ("20260304T050608Z", Some("20260304T050607Z")));
}
