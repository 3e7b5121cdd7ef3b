//! That the pane reaches every record of files larger than it holds, in either direction, and counts nothing twice.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::*;
use crate::logs::parse::read_all;
use crate::logs::source::File;

/// Files as they stand somewhere, and a window that was opened at their ends.
struct Scene {
    files: Vec<Vec<Record>>,
    window: Window,
    pieces: usize,
}

const PIECE: usize = 50;

fn records(source: u32, count: usize) -> Vec<Record> {
    let mut text = String::new();
    for nth in 0..count {
        let (word, seconds) = (if nth % 97 == 5 { "AcceptSecurityContext error" } else { "x" }, nth * 3);
        let time = format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        writeln!(text, "2026-11-22 {time}.0000 Info  A s{source} n{nth} {word}").unwrap();
    }
    let mut records = read_all(SourceId(source), &"dc1".into(), text.as_bytes());
    for record in &mut records {
        record.at.file = u64::from(source);
        record.context = true;
    }
    records
}

fn end(records: &[Record]) -> u64 {
    records.last().map_or(0, |last| last.at.offset + last.length)
}

fn scene(counts: &[usize], height: usize) -> Scene {
    let files: Vec<Vec<Record>> = (1..).zip(counts).map(|(source, count)| records(source, *count)).collect();
    let mut window = Window::new();
    window.set_height(height);
    for file in &files {
        let last = file.split_at(file.len().saturating_sub(PIECE)).1;
        window.push_batch(last.to_vec());
        let Some(first) = last.first() else { continue };
        let at = Position { file: first.at.file, offset: end(file) };
        let file = File { path: "a".into(), at, begins: Some(first.at.offset) };
        window.take_files(first.source, &[file]);
    }
    Scene { files, window, pieces: 0 }
}

impl Scene {
    /// Reads what is asked for, as long as something is.
    fn settle(&mut self) -> Vec<Took> {
        let mut took = Vec::new();
        while let Some(load) = self.window.next_load() {
            self.pieces += 1;
            assert!(self.pieces < 20_000, "it never ends: {load:?}");
            let file = &self.files[usize::try_from(load.file).unwrap() - 1];
            let piece = match load.way {
                Way::Above(end) => {
                    let above = file.partition_point(|record| record.at.offset < end);
                    let records = file[above.saturating_sub(PIECE)..above].to_vec();
                    let begin = records.first().map_or(0, |first| first.at.offset);
                    Piece { records, begin, end }
                }
                Way::Below { from, until } => {
                    let records = file.iter().filter(|record| (from..until).contains(&record.at.offset));
                    let records: Vec<Record> = records.take(PIECE).cloned().collect();
                    Piece { begin: from, end: end(&records).max(from), records }
                }
            };
            took.push(self.window.take_loaded(Loaded { load, got: Ok(piece) }));
            if self.pieces.is_multiple_of(16) {
                self.check();
            }
        }
        self.check();
        took
    }

    /// What is held of a file is a part of it without a gap, in its order, and within bounds.
    fn check(&self) {
        let window = &self.window;
        assert!(window.len() <= RECORDS && window.weight <= WEIGHT);
        assert_eq!(window.weight, window.entries.iter().map(|entry| entry.record.weight()).sum::<usize>());
        for file in &self.files {
            let Some(name) = file.first().map(|first| (first.source, first.at.file)) else { continue };
            let here: Vec<&Record> = window
                .entries
                .iter()
                .map(|entry| &entry.record)
                .filter(|record| (record.source, record.at.file) == name)
                .collect();
            let held = window.held[&name];
            let part: Vec<&Record> =
                file.iter().filter(|record| (held.begin..held.end).contains(&record.at.offset)).collect();
            assert_eq!(here, part, "{held:?}");
        }
    }

    fn selected(&self) -> String {
        let words = self.window.selected().map(|record| record.message.to_string()).unwrap_or_default();
        words.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    fn gain(&mut self, source: usize) {
        let file = &mut self.files[source - 1];
        let mut all = records(u32::try_from(source).unwrap(), file.len() + 1);
        let new = all.split_off(file.len());
        let new: Vec<Record> = new.into_iter().map(|record| Record { context: false, ..record }).collect();
        file.extend(new.iter().map(|record| Record { context: true, ..record.clone() }));
        // As they stand in the window: what was read again is told from news by its place alone.
        let last = file.len() - 1;
        file[last].context = false;
        self.window.push_batch(new);
    }
}

#[test]
fn going_up_page_by_page_meets_every_record_once() {
    let mut scene = scene(&[400, 150], 20);
    let mut seen = vec![scene.selected()];
    for _ in 0..560 {
        scene.window.move_by(-1);
        scene.settle();
        seen.push(scene.selected());
    }
    seen.dedup();
    assert_eq!(seen.len(), 550, "{:?}", &seen[..20]);
    assert!(scene.window.is_at_beginning() && !scene.window.has_more(false));
    assert!(scene.selected().ends_with(" n0"));
}

#[test]
fn the_first_row_is_gone_to_at_once_and_from_there_down_to_the_newest() {
    let mut scene = scene(&[24_000, 200], 20);
    scene.window.to_first();
    scene.settle();
    assert_eq!(scene.selected(), "s1 n0");
    assert!(scene.pieces <= 4 && scene.window.is_detached() && scene.window.is_at_beginning());
    scene.gain(2);
    for nth in 1..60 {
        scene.window.move_by(1);
        scene.settle();
        let expected = if nth % 2 == 0 { format!("s1 n{}", nth / 2) } else { format!("s2 n{}", nth / 2) };
        assert_eq!(scene.selected(), expected, "merged by time");
    }
    while scene.window.is_detached() {
        scene.window.move_by(2_000);
        scene.settle();
    }
    scene.window.move_by(100_000);
    assert_eq!((scene.selected().as_str(), scene.window.is_detached()), ("s1 n23999", false));
    scene.gain(1);
    scene.window.page(true);
    assert_eq!(scene.selected(), "s1 n24000");
}

#[test]
fn following_returns_to_the_newest_with_all_that_came_meanwhile() {
    let mut scene = scene(&[5_000, 200], 20);
    scene.window.to_first();
    scene.settle();
    let refused = scene.window.count_refusals();
    for _ in 0..10 {
        scene.gain(1);
    }
    assert_eq!(scene.selected(), "s1 n0", "what comes disturbs nobody further up");
    scene.window.follow(true);
    scene.settle();
    assert_eq!((scene.selected().as_str(), scene.window.is_detached()), ("s1 n5009", false));
    scene.gain(1);
    assert_eq!(scene.selected(), "s1 n5010");
    assert_eq!(scene.window.count_refusals(), refused, "what is read again was counted before");
}

#[test]
fn a_refused_credential_is_looked_for_as_far_up_as_the_files_go() {
    let mut scene = scene(&[2_000, 100], 20);
    let mut seen = Vec::new();
    for _ in 0..100 {
        let found = scene.window.next_refused(false);
        let took = scene.settle();
        if !found
            && (took.is_empty() || took.contains(&Took::NotThere { what: Sought::Refused, forward: false }))
        {
            break;
        }
        seen.push(scene.selected());
    }
    let all = scene.files.iter().flatten().filter(|record| record.is_refusal()).count();
    assert_eq!((seen.len(), seen.last().map(String::as_str)), (all, Some("s1 n5")), "{seen:?}");
    let forward = scene.window.next_refused(true);
    scene.settle();
    assert!(forward && scene.selected() == "s2 n5", "{}", scene.selected());
}

#[test]
fn a_match_is_looked_for_as_far_as_the_files_go_in_either_direction() {
    let (mut scene, mut far) = (scene(&[2_000, 100], 20), scene(&[24_000, 200], 20));
    assert_eq!(scene.window.search("s1 n70 "), Ok(false));
    assert_eq!(scene.window.is_seeking(), Some(false));
    scene.settle();
    assert_eq!((scene.selected().as_str(), scene.window.is_seeking()), ("s1 n70", None));
    assert_eq!(scene.window.next_match(false), Stepped::Seeking);
    assert!(scene.settle().contains(&Took::NotThere { what: Sought::Match, forward: false }));
    assert_eq!(scene.selected(), "s1 n70", "what is not there leaves the cursor alone");
    far.window.to_first();
    far.settle();
    assert_eq!(far.window.search("s1 n23999 "), Ok(false));
    // Above the cursor there is nothing; below there may be.
    assert_eq!(far.window.next_match(true), Stepped::Seeking);
    far.settle();
    assert_eq!(far.selected(), "s1 n23999");
}

#[test]
fn a_search_finds_every_match_of_a_file_once_on_the_way_up() {
    let mut scene = scene(&[3_000], 20);
    scene.window.search("0 x").unwrap();
    let mut seen = vec![scene.selected()];
    loop {
        let stepped = scene.window.next_match(false);
        let took = scene.settle();
        if stepped == Stepped::Round || took.iter().any(|took| matches!(took, Took::NotThere { .. })) {
            break;
        }
        seen.push(scene.selected());
    }
    let all = scene.files[0].iter().filter(|record| record.message.contains("0 x")).count();
    assert_eq!((seen.len(), seen.last().map(String::as_str)), (all, Some("s1 n0")));
    seen.dedup();
    assert_eq!(seen.len(), all);
}

#[test]
fn a_time_is_gone_to_wherever_in_the_files_it_is() {
    let mut scene = scene(&[24_000, 100], 20);
    let mut go = |hour, minute, expected: &str| {
        let time = jiff::civil::date(2026, 11, 22).at(hour, minute, 0, 0);
        let here = scene.window.to_time(time);
        assert_eq!(here, scene.settle().is_empty());
        assert_eq!(scene.selected(), expected);
    };
    go(19, 59, "s1 n23980");
    // Far above what was held, and far below once the newest were let go of.
    go(0, 10, "s1 n200");
    go(19, 50, "s1 n23800");
    go(0, 10, "s1 n200");
    go(0, 20, "s1 n400");
    let late = jiff::civil::date(2026, 11, 23).at(0, 0, 0, 0);
    assert!(!scene.window.to_time(late));
    let none = Took::NotThere { what: Sought::Time(late), forward: true };
    assert!(scene.settle().contains(&none), "later than everything");
}

#[test]
fn what_a_filter_leaves_out_is_passed_over_upward() {
    let mut scene = scene(&[3_000], 10);
    scene.window.set_filter(Filter { at_least: Some(Level::Error), source: None });
    scene.window.move_by(-1);
    scene.settle();
    let rows = scene.window.rows(10).len();
    assert_eq!(rows, 10, "a page of them, however far up");
    scene.window.to_first();
    scene.settle();
    assert_eq!(scene.selected(), "s1 n5");
}

#[test]
fn who_reads_further_up_is_not_disturbed_by_a_flood() {
    let mut scene = scene(&[100], 10);
    scene.window.to_first();
    scene.settle();
    let at = scene.selected();
    let flood: Vec<Record> = records(1, 100 + RECORDS + 5_000).split_off(100);
    scene.files[0].extend(flood.iter().cloned());
    for batch in flood.chunks(500) {
        scene.window.push_batch(batch.to_vec());
    }
    scene.check();
    assert_eq!((scene.selected(), scene.window.is_detached()), (at, true));
    scene.window.to_last();
    scene.settle();
    assert_eq!(scene.selected(), format!("s1 n{}", 100 + RECORDS + 4_999));
}

#[test]
fn what_can_not_be_read_is_said_and_not_asked_for_again() {
    let mut scene = scene(&[500], 10);
    scene.window.to_first();
    let load = scene.window.next_load().unwrap();
    assert!(scene.window.is_loading() && scene.window.next_load().is_none(), "one at a time");
    let gone = NotLoaded::Gone("dc1".into());
    assert_eq!(scene.window.take_loaded(Loaded { load, got: Err(gone.clone()) }), Took::Failed(gone));
    assert!(!scene.window.is_loading());
    assert_eq!(scene.selected(), "s1 n450", "what is held stays");
}

#[test]
fn what_a_command_printed_is_kept_aside_for_it_can_not_be_read_again() {
    let mut scene = scene(&[500], 10);
    let printed = |nth: usize| records(9, nth + 1).split_off(nth);
    (0..5).for_each(|nth| scene.window.push_batch(printed(nth)));
    scene.window.to_first();
    scene.settle();
    assert_eq!((scene.selected().as_str(), scene.window.is_detached()), ("s1 n0", true));
    (5..10).for_each(|nth| scene.window.push_batch(printed(nth)));
    scene.window.follow(true);
    scene.settle();
    let of_command = scene.window.entries.iter().filter(|entry| entry.record.source == SourceId(9));
    let words: Vec<&str> =
        of_command.map(|entry| entry.record.message.split(' ').nth(1).unwrap_or_default()).collect();
    assert_eq!(words, ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"]);
}

#[derive(Clone, Debug)]
enum Act {
    Move(isize),
    Page(bool),
    First,
    Follow,
    Gain(usize),
    Only(Option<u32>),
    Refused(bool),
    Severity,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (-60..60_isize).prop_map(Act::Move),
        any::<bool>().prop_map(Act::Page),
        Just(Act::First),
        Just(Act::Follow),
        (1..3_usize).prop_map(Act::Gain),
        prop_oneof![Just(None), Just(Some(1)), Just(Some(2))].prop_map(Act::Only),
        any::<bool>().prop_map(Act::Refused),
        Just(Act::Severity),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_is_done_no_record_is_missing_between_those_held(acts in prop::collection::vec(act(), 1..40)) {
        let mut scene = scene(&[700, 130], 12);
        for act in acts {
            scene.window.want_nothing();
            match act {
                Act::Move(rows) => scene.window.move_by(rows),
                Act::Page(down) => scene.window.page(down),
                Act::First => scene.window.to_first(),
                Act::Follow => scene.window.follow(true),
                Act::Gain(source) => scene.gain(source),
                Act::Only(source) => {
                    let filter = scene.window.filter();
                    scene.window.set_filter(Filter { source: source.map(SourceId), ..filter });
                }
                Act::Refused(forward) => { scene.window.next_refused(forward); }
                Act::Severity => scene.window.cycle_severity(),
            }
            scene.check();
            scene.settle();
        }
        scene.window.set_filter(Filter::default());
        scene.window.to_first();
        scene.settle();
        prop_assert!(scene.selected().ends_with(" n0"), "{}", scene.selected());
        scene.window.to_last();
        scene.settle();
        prop_assert!(!scene.window.is_detached());
    }
}
