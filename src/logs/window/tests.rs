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
    // A source's own order is never changed.
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

#[test]
fn searching_goes_from_place_to_place_and_unfolds_what_hides_one() {
    let hidden = Record { more: vec!["needle below".into()], ..record(1, 2, "fold") };
    let mut window =
        window(vec![vec![record(1, 0, "Needle"), record(1, 1, "other"), hidden, record(1, 3, "last")]]);
    let at = |window: &Window| shown(window).into_iter().find(|row| row.starts_with('>')).unwrap();
    assert_eq!(window.search("needle"), Ok(true));
    assert_eq!(at(&window), ">needle below");
    assert!(window.next_match(false));
    assert_eq!(at(&window), ">Needle");
    assert!(!window.next_match(false) && window.next_match(true));
    assert_eq!(window.search("Needle"), Ok(true));
    assert_eq!(at(&window), ">Needle");
    assert_eq!(window.search("/^l.st$"), Ok(true));
    assert_eq!(at(&window), ">last");
    assert_eq!(window.rows(1)[0].places, vec![0..4]);
    assert_eq!(window.search("a.b"), Ok(false));
    assert!(window.search("/(").is_err_and(|fault| fault.to_string().contains("unclosed group")));
    assert_eq!(window.searched().unwrap().text().as_str(), "a.b");
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
    assert!(window.next_bookmark(false));
    assert_eq!(window.selected().unwrap().message.as_str(), "m2");
    assert!(!window.to_time(datetime(2025, 1, 1, 0, 0, 0, 0)));
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
