//! The window's order, bounds, movement and counts.

use jiff::civil::datetime;
use proptest::prelude::*;

use super::*;
use crate::logs::{Known, MarkedSource};

fn record(source: u32, second: i8, message: &str) -> Record {
    Record {
        source: SourceId(source),
        host: Safe::from(format!("dc{source}")),
        at: Position { file: u64::from(source), offset: u64::try_from(second).unwrap() * 100 },
        length: 100,
        context: false,
        time: Some(datetime(2024, 4, 15, 14, 0, second, 0)),
        level: Some(Level::Info),
        component: None,
        method: None,
        message: message.into(),
        more: Vec::new(),
        cut: 0,
        finds: Vec::new(),
        known: None,
    }
}

fn refused(source: u32, second: i8) -> Record {
    let known = Some(Known::Refused { account: None, domain: None, controller: None });
    Record { known, level: Some(Level::Error), ..record(source, second, "refused") }
}

fn window(batches: Vec<Vec<Record>>) -> Window {
    let mut window = Window::new();
    window.set_height(3);
    for batch in batches {
        window.push_batch(batch);
    }
    window
}

fn shown(window: &Window) -> Vec<String> {
    let text = |row: &Row| {
        let mark = if row.selected { ">" } else { "" };
        match row.line {
            RowLine::Head { folded: 0 } => format!("{mark}{}", row.record.message),
            RowLine::Head { folded } => format!("{mark}{} +{folded}", row.record.message),
            RowLine::More(line) => format!("{mark}{}", row.record.line(line).unwrap()),
            RowLine::Cut(lines) => format!("{mark}({lines} more)"),
        }
    };
    window.rows(window.height).iter().map(text).collect()
}

fn five() -> Window {
    window(vec![(0..5).map(|second| record(1, second, &format!("m{second}"))).collect()])
}

#[test]
fn sources_of_several_zones_are_merged_by_the_zone_each_was_found_to_write_in() {
    let mut window = Window::new();
    window.set_height(9);
    let later = |source, second, message: &str| {
        let record = record(source, second, message);
        Record {
            time: record.time.map(|time| time.saturating_add(jiff::SignedDuration::from_hours(2))),
            ..record
        }
    };
    window.set_zone(SourceId(2), Some(Zone { offset: 7200, ahead: 0 }));
    window.push_batch(vec![later(2, 3, "b3"), later(2, 5, "b5")]);
    window.push_batch(vec![record(1, 2, "a2"), record(1, 4, "a4"), record(1, 6, "a6")]);
    assert_eq!(shown(&window), ["a2", "b3", "a4", "b5", ">a6"]);
}

#[test]
fn context_is_ordered_by_time_and_new_records_stay_at_the_end() {
    let context = |record: Record| Record { context: true, ..record };
    let all = |window: &mut Window| {
        window.set_height(20);
        window.follow(true);
        shown(window).join(" ")
    };
    let mut merged = window(vec![
        vec![context(record(1, 10, "a")), context(record(1, 40, "c"))],
        vec![context(record(2, 0, "z")), context(record(2, 20, "b")), context(record(2, 50, "d"))],
    ]);
    assert_eq!(all(&mut merged), "z a b c >d");
    // Live, from a host whose clock is slow: it is news, so it stands at the end.
    merged.push_batch(vec![record(1, 5, "late")]);
    assert_eq!(all(&mut merged), "z a b c d >late");
    // Within moments of each other: in order.
    let mut close = window(vec![vec![record(1, 10, "a"), record(1, 13, "c")], vec![record(2, 12, "b")]]);
    assert_eq!(all(&mut close), "a b >c");
    // Two files of one source stand in the order of their times too, as far as they are of old.
    let errors =
        |second: i8| Record { at: Position { file: 9, offset: 0 }, ..context(record(1, second, "e")) };
    let mut files = window(vec![vec![context(record(1, 10, "a")), context(record(1, 40, "c")), errors(20)]]);
    assert_eq!(all(&mut files), "a e >c");
    // A file's own order is never changed.
    let mut own = window(vec![vec![record(1, 13, "first")], vec![record(1, 12, "second")]]);
    assert_eq!(all(&mut own), "first >second");
}

#[test]
fn following_stays_at_the_end_until_one_moves_up() {
    let mut window = five();
    assert_eq!(shown(&window), ["m2", "m3", ">m4"]);
    window.push_batch(vec![record(1, 5, "m5")]);
    assert_eq!(shown(&window), ["m3", "m4", ">m5"]);
    window.move_by(-1);
    assert_eq!((shown(&window).join(" "), window.is_following()), ("m3 >m4 m5".to_owned(), false));
    window.push_batch(vec![record(1, 6, "m6")]);
    assert_eq!(shown(&window), ["m3", ">m4", "m5"]);
    window.move_by(-2);
    assert_eq!(shown(&window), [">m2", "m3", "m4"]);
    window.move_by(2);
    assert_eq!(shown(&window), ["m2", "m3", ">m4"]);
    window.move_by(1);
    assert_eq!(shown(&window), ["m3", "m4", ">m5"]);
    window.to_first();
    assert_eq!(shown(&window), [">m0", "m1", "m2"]);
    window.page(true);
    assert_eq!(shown(&window), ["m0", "m1", ">m2"]);
    window.to_last();
    assert_eq!(shown(&window), ["m4", "m5", ">m6"]);
}

#[test]
fn a_record_unfolds_into_its_lines_and_folds_again() {
    let long = Record { more: vec!["l1".into(), "l2".into()], cut: 7, ..record(1, 1, "long") };
    let mut window = window(vec![vec![record(1, 0, "m0"), long]]);
    assert_eq!(shown(&window), ["m0", ">long +9"]);
    window.toggle_fold();
    window.set_height(5);
    assert_eq!(shown(&window), ["m0", ">long", "l1", "l2", "(7 more)"]);
    window.move_by(3);
    assert_eq!(shown(&window), ["m0", "long", "l1", "l2", ">(7 more)"]);
    window.toggle_fold();
    assert_eq!(shown(&window), ["m0", ">long +9"]);
}

fn at(window: &Window) -> String {
    shown(window).into_iter().find(|row| row.starts_with('>')).unwrap()
}

#[test]
fn searching_goes_from_line_to_line_and_unfolds_what_hides_one() {
    let hidden =
        Record { more: vec!["needle below".into(), "x".into(), "needles".into()], ..record(1, 2, "fold") };
    let mut window =
        window(vec![vec![record(1, 0, "Needle"), record(1, 1, "other"), hidden, record(1, 3, "last")]]);
    let matches = |window: &Window| (window.matches().at, window.matches().all);
    assert_eq!(window.search("needle"), Ok(true));
    assert_eq!((at(&window).as_str(), matches(&window)), (">needles", (Some(3), 3)));
    let mut check = |forward: bool, stepped: Stepped, row: &str, number: usize| {
        assert_eq!(window.next_match(forward), stepped, "{row}");
        assert_eq!((at(&window).as_str(), window.matches().at), (row, Some(number)));
    };
    check(false, Stepped::Onward, ">needle below", 2);
    check(false, Stepped::Onward, ">Needle", 1);
    check(false, Stepped::Round, ">needles", 3);
    check(true, Stepped::Round, ">Needle", 1);
    check(true, Stepped::Onward, ">needle below", 2);
    check(true, Stepped::Onward, ">needles", 3);
    window.move_by(1);
    assert_eq!(matches(&window), (None, 3));
    window.push_batch(vec![record(1, 4, "a needle that comes later"), record(1, 5, "x")]);
    assert_eq!(matches(&window), (None, 4));
}

#[test]
fn a_search_is_of_words_in_either_case_of_capitals_or_by_a_pattern() {
    let records = vec![record(1, 0, "Needle a.b"), record(1, 1, "needle axb"), record(1, 2, "NEEDLE")];
    let mut window = window(vec![records]);
    let mut check = |text: &str, all: usize| {
        assert_eq!(window.search(text), Ok(all > 0), "{text}");
        assert_eq!(window.matches().all, all, "{text}");
    };
    check("needle", 3);
    check("Needle", 1);
    check("a.b", 1);
    check("/a.b", 2);
    check("/^needle$", 1);
    check("/N[A-Z]+", 1);
    check("dc1", 3);
    check("nowhere", 0);
    assert!(window.search("/(").is_err_and(|fault| fault.to_string().contains("unclosed group")));
    assert_eq!(window.searched().unwrap().text().as_str(), "nowhere", "what was searched for still is");
    assert_eq!(window.search("/^n.e"), Ok(true));
    assert!(window.rows(9).iter().all(|row| row.places.first() == Some(&(0..3)) && row.places.len() == 1));
    assert_eq!(window.search(""), Ok(false));
    assert!(window.searched().is_none() && window.matches() == Matches::default());
}

#[test]
fn a_search_finds_only_what_is_shown_and_says_where_in_a_row() {
    let folded = Record { more: vec!["below".into()], component: Some("Client".into()), ..record(2, 1, "x") };
    let mut window = window(vec![vec![record(1, 0, "below")], vec![folded]]);
    window.search("below").unwrap();
    window.to_first();
    let found = |window: &Window| window.rows(9).last().unwrap().found;
    assert_eq!(found(&window), Found::default(), "it is unfolded: the line below is a row of its own");
    window.search("client").unwrap();
    window.set_filter(Filter { source: Some(SourceId(1)), ..Filter::default() });
    assert_eq!(window.matches().all, 0);
    window.set_filter(Filter::default());
    assert_eq!(window.matches().all, 1);
    let named =
        window.rows(9).into_iter().find(|row| row.found.in_component).map(|row| row.record.message.clone());
    assert_eq!(named.as_deref(), Some("x"));
    window.search("dc2").unwrap();
    assert!(window.rows(9).iter().any(|row| row.found.in_host));
}

#[test]
fn refusals_are_stepped_through_and_counted_against_the_mark() {
    let mut window = window(vec![vec![refused(1, 1), record(1, 2, "x"), refused(1, 3)], vec![refused(2, 4)]]);
    assert_eq!(window.count_refusals(), Refusals { before: 3, after: 0, not_known: 0 });
    let files = vec![Position { file: 1, offset: 250 }];
    window.set_mark(Some(Mark { sources: vec![MarkedSource { source: SourceId(1), files }] }));
    window.push_batch(vec![Record { context: true, ..refused(3, 5) }]);
    assert_eq!(window.count_refusals(), Refusals { before: 1, after: 2, not_known: 1 });
    let sides: Vec<_> = window.rows(9).iter().map(|row| row.side.unwrap()).collect();
    assert_eq!(sides, [Side::Before, Side::Before, Side::After, Side::After, Side::NotKnown]);
    window.to_first();
    assert!(window.next_refused(true));
    assert_eq!(window.selected().map(|record| record.at.offset), Some(300));
    assert!(window.next_refused(false) && !window.next_refused(false));
}

#[test]
fn a_filter_hides_by_level_and_source_but_never_a_refusal_by_its_level() {
    let mut window = window(vec![
        vec![record(1, 0, "info"), Record { level: Some(Level::Warn), ..record(1, 1, "warn") }],
        vec![
            Record { level: Some(Level::Info), ..refused(2, 2) },
            Record { level: None, ..record(2, 3, "bare") },
        ],
    ]);
    window.set_height(9);
    window.cycle_severity();
    assert_eq!(shown(&window), ["warn", "refused", ">bare"]);
    window.cycle_source();
    assert_eq!(shown(&window), [">warn"]);
    window.cycle_source();
    assert_eq!(shown(&window), ["refused", ">bare"]);
    window.cycle_source();
    window.cycle_severity();
    window.cycle_severity();
    assert_eq!(shown(&window), ["info", "warn", "refused", ">bare"]);
}

#[test]
fn jumping_to_a_time_and_between_bookmarks() {
    let mut window = five();
    assert!(window.to_time(datetime(2024, 4, 15, 14, 0, 2, 0)));
    window.toggle_bookmark();
    assert_eq!(window.selected().unwrap().message.as_str(), "m2");
    window.to_last();
    assert_eq!(window.next_bookmark(), Stepped::Round);
    assert_eq!(window.selected().unwrap().message.as_str(), "m2");
    assert_eq!(window.toggle_bookmark(), Some(false));
    assert_eq!(window.next_bookmark(), Stepped::Nowhere);
    assert!(!window.to_time(datetime(2025, 1, 1, 0, 0, 0, 0)));
}

#[test]
fn what_is_counted_above_the_records_stands_on_its_side_of_the_mark() {
    let mut window = window(vec![vec![refused(1, 1)]]);
    let above = |file: u64, refusals: usize, read: u64, state: Counting| Counted {
        source: SourceId(1),
        file,
        refusals,
        read,
        of: 1000,
        state,
    };
    window.take_count(above(1, 2, 250, Counting::UnderWay));
    window.take_count(above(2, 1, 1000, Counting::Done));
    assert_eq!(window.further_up(), FurtherUp { refusals: 3, percent: Some(25), broken_off: false });
    window.take_count(above(1, 7, 1000, Counting::Done));
    assert_eq!(window.further_up(), FurtherUp { refusals: 8, percent: None, broken_off: false });
    assert_eq!(window.count_refusals(), Refusals { before: 9, after: 0, not_known: 0 });
    let files = vec![Position { file: 1, offset: 50_000 }];
    window.set_mark(Some(Mark { sources: vec![MarkedSource { source: SourceId(1), files }] }));
    assert_eq!(window.count_refusals(), Refusals { before: 8, after: 0, not_known: 1 });
    window.take_count(above(2, 1, 500, Counting::BrokenOff));
    assert!(window.further_up().broken_off);
}

#[test]
fn memory_is_bounded_and_refusals_outlive_their_records() {
    let mut window = window(vec![vec![refused(1, 0)]]);
    let heavy = "x".repeat(4000);
    for _ in 0..100 {
        window.push_batch((0..100).map(|_| record(1, 1, &heavy)).collect());
    }
    assert!(window.weight <= WEIGHT && window.len() < 5000 && window.dropped() > 5000);
    assert_eq!(window.count_refusals().before, 1);
    for _ in 0..250 {
        window.push_batch((0..100).map(|_| record(1, 1, "x")).collect());
    }
    assert_eq!(window.len(), RECORDS);
    assert_eq!(window.weight, window.entries.iter().map(|entry| entry.record.weight()).sum::<usize>());
}

#[test]
fn the_record_under_the_cursor_may_be_dropped() {
    let mut window = five();
    window.to_first();
    for _ in 0..250 {
        window.push_batch((0..100).map(|_| record(1, 1, "x")).collect());
    }
    assert_eq!(shown(&window), [">x", "x", "x"]);
}

#[derive(Clone, Debug)]
enum Act {
    Push(u32, i8, usize),
    Move(isize),
    Fold,
    Page(bool),
    Severity,
    Source,
    Height(usize),
    Refused(bool),
    Follow,
    First,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..4_u32, 0..59_i8, 0..4_usize).prop_map(|(source, second, more)| Act::Push(source, second, more)),
        (-5..5_isize).prop_map(Act::Move),
        Just(Act::Fold),
        any::<bool>().prop_map(Act::Page),
        Just(Act::Severity),
        Just(Act::Source),
        (0..7_usize).prop_map(Act::Height),
        any::<bool>().prop_map(Act::Refused),
        Just(Act::Follow),
        Just(Act::First),
    ]
}

proptest! {
    #[test]
    fn whatever_is_done_the_cursor_is_in_view_and_the_pane_is_full(acts in proptest::collection::vec(act(), 1..60)) {
        let mut window = Window::new();
        for act in acts {
            match act {
                Act::Push(source, second, more) => {
                    let base = if more == 3 { refused(source, second) } else { record(source, second, "m") };
                    window.push_batch(vec![Record { more: vec!["l".into(); more], ..base }]);
                }
                Act::Move(rows) => window.move_by(rows),
                Act::Fold => window.toggle_fold(),
                Act::Page(down) => window.page(down),
                Act::Severity => window.cycle_severity(),
                Act::Source => window.cycle_source(),
                Act::Height(height) => window.set_height(height),
                Act::Refused(forward) => { window.next_refused(forward); }
                Act::Follow => window.follow(true),
                Act::First => window.to_first(),
            }
            let rows = window.rows(window.height);
            let shown: usize =
                window.entries.iter().filter(|entry| window.filter.admits(&entry.record)).count();
            prop_assert_eq!(rows.iter().filter(|row| row.selected).count(), usize::from(shown > 0));
            prop_assert!(rows.len() <= window.height);
            prop_assert!(rows.len() >= shown.min(window.height), "{} rows of {}", rows.len(), shown);
        }
    }
}
