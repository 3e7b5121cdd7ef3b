//! Every screen as text and style, for every step and phase; every size; nothing foreign acts on the terminal.
//!
//! Relies on `support/story.rs`, which drives the real machine. Read each snapshot before accepting it.

#![expect(clippy::expect_used, reason = "a test may end where it stands; it says why")]

#[path = "screens/resumed.rs"]
mod resumed;
#[path = "support/scenes.rs"]
mod scenes;
#[path = "support/story.rs"]
mod story;

use std::fmt::Write as _;

use mdi_console::key::{Code, Key};
use mdi_console::model::msg::Msg;
use mdi_console::model::update::update;
use mdi_console::model::{Model, Size};
use mdi_console::ui::{self, Look};
use mdi_console::walkthrough::step::{Question, Step};
use mdi_console::walkthrough::watch::VerdictWord;
use mdi_console::walkthrough::words;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

const COLOUR: Look = Look::new(true, false);
const MONO: Look = Look::new(false, false);
const ASCII: Look = Look::new(true, true);

struct Drawn {
    buffer: Buffer,
    cursor: Option<Position>,
}

fn draw(model: &mut Model, look: &Look, (columns, rows): (u16, u16)) -> Drawn {
    model.size = Size { columns, rows };
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal in memory");
    let mut cursor = None;
    let drawn = terminal.draw(|frame| ui::view(model, look, frame)).expect("drawn").buffer.clone();
    if terminal.backend().cursor_visible() {
        cursor = Some(terminal.backend().cursor_position());
    }
    Drawn { buffer: drawn, cursor }
}

fn text(drawn: &Drawn) -> String {
    let Buffer { area, content } = &drawn.buffer;
    let mut text = String::new();
    for row in content.chunks(usize::from(area.width).max(1)) {
        let mut skip = 0;
        for cell in row {
            if skip == 0 {
                text.push_str(cell.symbol());
            }
            skip = cell.symbol().width().max(skip).saturating_sub(1);
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    if let Some(cursor) = drawn.cursor {
        let _ = writeln!(text, "cursor: {}, {}", cursor.x, cursor.y);
    }
    text
}

/// One letter a style, so that a snapshot shows what a picture would.
fn letter(style: Style) -> char {
    let plain = Some(Color::Reset);
    // What a camera reads must be dark on light in every theme; nothing else has a background of its own.
    if (style.fg, style.bg) == (Some(Color::Black), Some(Color::White)) {
        return 'q';
    }
    assert_eq!(style.bg, plain, "the background stays the terminal's own");
    let (bold, dim) = (Modifier::BOLD, Modifier::DIM);
    let (reversed, underlined) = (Modifier::REVERSED, Modifier::UNDERLINED);
    match (style.fg, style.add_modifier) {
        (fg, none) if fg == plain && none.is_empty() => '.',
        (fg, one) if fg == plain && one == bold => 'b',
        (fg, one) if fg == plain && one == dim => 'd',
        (fg, one) if fg == plain && one == reversed => 'r',
        (fg, one) if fg == plain && one == underlined => 'u',
        (fg, both) if fg == plain && both == bold | reversed => 'B',
        (fg, _) if fg == plain => 'x',
        (Some(Color::Cyan), one) if one == bold => 'C',
        (Some(Color::Cyan), _) => 'c',
        (Some(Color::Green), _) => 'g',
        (Some(Color::Yellow), _) => 'y',
        (Some(Color::Magenta), _) => 'm',
        (Some(Color::Red), one) if one == bold => 'R',
        (Some(Color::Red), two) if two == bold | underlined => 'V',
        (Some(Color::Red), two) if two == bold | reversed => 'A',
        (Some(Color::Red), _) => 'X',
        _ => '?',
    }
}

fn styles(drawn: &Drawn) -> String {
    let Buffer { area, content } = &drawn.buffer;
    let mut text = String::new();
    for row in content.chunks(usize::from(area.width).max(1)) {
        let letters: String = row.iter().map(|cell| letter(cell.style())).collect();
        text.push_str(letters.trim_end_matches('.'));
        text.push('\n');
    }
    text
}

fn check(step: Step) {
    let mut seen = String::new();
    let mut otherwise = String::new();
    for (name, mut model) in scenes::step(step) {
        for size @ (columns, rows) in [(80, 24), (60, 20), (120, 40)] {
            let drawn = draw(&mut model, &COLOUR, size);
            let _ = writeln!(seen, "=== {name} · {columns}×{rows}\n{}", text(&drawn));
            let _ = writeln!(seen, "--- styles\n{}", styles(&drawn));
            let ascii = draw(&mut model, &ASCII, size);
            let mono = draw(&mut model, &MONO, size);
            let _ = writeln!(otherwise, "=== {name} · {columns}×{rows} in ASCII\n{}", text(&ascii));
            let _ = writeln!(otherwise, "--- styles without colour\n{}", styles(&mono));
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!(format!("step-{}", step.number()), seen);
        insta::assert_snapshot!(format!("step-{}-ascii-and-mono", step.number()), otherwise);
    });
}

#[test]
fn the_tour_says_a_sentence_at_each_step_and_all_of_it_is_seen() {
    let mut seen = String::new();
    for (name, mut model) in scenes::told::tour() {
        let sentence = words::tour(&model.walk).expect("a sentence");
        let verdict = model.walk.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word));
        let confirmed = verdict == Some(VerdictWord::Confirmed);
        assert_eq!(sentence.starts_with("Confirmed"), confirmed, "{name}: {sentence}");
        assert_eq!(sentence.starts_with("Refused"), verdict == Some(VerdictWord::Refused), "{name}");
        let read = model.walk.baseline.is_some();
        assert!(read || !sentence.contains("This is the baseline"), "{name}: {sentence}");
        assert!(!sentence.contains("minutes ago"), "{name}: the directory says how many");
        for size @ (columns, rows) in [(80, 24), (60, 20), (120, 40)] {
            let drawn = draw(&mut model, &COLOUR, size);
            let text = text(&drawn);
            let flat: Vec<&str> = text.split_whitespace().filter(|word| !"│▶✓!".contains(word)).collect();
            let last = sentence.rsplit(' ').next().expect("a word");
            assert!(flat.contains(&"Tour:") && flat.contains(&last), "{name} at {columns}×{rows}\n{text}");
            if size == (80, 24) {
                let _ = writeln!(seen, "=== {name} · {columns}×{rows}\n{text}");
                let _ = writeln!(seen, "--- styles\n{}", styles(&drawn));
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("tour", seen));
}

#[test]
fn an_approver_who_is_not_taken_leaves_an_empty_field() {
    let mut model = scenes::model(story::Story::for_two().at_save());
    let press = |model: &mut Model, code: Code| {
        update(model, Msg::Key { key: Key::plain(code), waiting: false }, model.now);
    };
    let answer = |model: &mut Model, name: &str| {
        name.chars().for_each(|c| press(model, Code::Char(c)));
        press(model, Code::Enter);
    };
    press(&mut model, Code::Esc);
    press(&mut model, Code::Enter);
    press(&mut model, Code::Enter);
    assert_eq!(model.walk.question(), Some(&Question::RecordedBy));
    answer(&mut model, "Ana Alvarez");
    answer(&mut model, "ana  ALVAREZ");
    assert_eq!((model.walk.question(), model.input.value()), (Some(&Question::ApprovedBy), ""));
    answer(&mut model, "Ben");
    assert_eq!(model.walk.question(), Some(&Question::SecondPerson), "taken, and on its way to the record");
}

#[test]
fn the_log_sources_are_listed_and_scroll() {
    let mut seen = String::new();
    for (name, count, marked) in [
        ("none", 0, None),
        ("five, all of them", 5, None),
        ("five, the third", 5, Some(3)),
        ("forty-one", 41, Some(37)),
    ] {
        let mut model = scenes::told::sources(count, marked);
        for size @ (columns, rows) in [(80, 24), (120, 40)] {
            let drawn = draw(&mut model, &COLOUR, size);
            let _ = writeln!(seen, "=== {name} · {columns}×{rows}\n{}", text(&drawn));
            let _ = writeln!(seen, "--- styles\n{}", styles(&drawn));
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("sources", seen));
}

/// The words on the screen, whatever frames them.
fn flat(text: &str) -> String {
    text.replace(['│', '▶', '✓', '!'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn step_1_portal() {
    check(Step::Portal);
}

#[test]
fn step_2_configuration() {
    check(Step::Configuration);
}

#[test]
fn step_3_directory_services() {
    check(Step::DirectoryServices);
}

#[test]
fn step_4_password() {
    check(Step::Password);
}

#[test]
fn step_5_save() {
    check(Step::Save);
}

#[test]
fn step_6_services() {
    check(Step::Services);
}

#[test]
fn step_7_sensors() {
    check(Step::Sensors);
}

#[test]
fn every_scene_draws_at_every_size() {
    for (turn, (_, mut model)) in Step::ALL.into_iter().flat_map(scenes::step).enumerate() {
        let sizes = (0..=120_u16).flat_map(|columns| (0..=40_u16).map(move |rows| (columns, rows)));
        // Each scene takes its share of all sizes, and all take the edges.
        for (number, (columns, rows)) in sizes.enumerate() {
            let edge =
                matches!(columns, 0 | 1 | 60 | 73 | 74 | 109 | 110) && matches!(rows, 0 | 1 | 20 | 21 | 40);
            if edge || (number + turn) % 60 == 0 {
                draw(&mut model, &COLOUR, (columns, rows));
            }
        }
    }
}

#[test]
fn a_small_window_says_what_it_needs_and_shows_nothing_else() {
    let Some((_, mut model)) = scenes::step(Step::Password).into_iter().last() else { return };
    for size in [(59, 24), (80, 19), (30, 5)] {
        let drawn = draw(&mut model, &COLOUR, size);
        let text = text(&drawn);
        assert!(text.replace('\n', " ").contains("60×20 is needed"), "{text}");
        assert!(!text.contains('•') && drawn.cursor.is_none(), "{text}");
    }
}

/// What a terminal would act on rather than show.
fn acts(symbol: &str) -> bool {
    symbol.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}')
    })
}

#[test]
fn nothing_foreign_acts_on_the_terminal() {
    assert!(acts("a\u{202e}") && acts("\u{1b}") && !acts("漢"), "the check itself sees what it should");
    for (name, mut model) in scenes::hostile() {
        for look in [COLOUR, MONO, ASCII] {
            for size in [(60, 20), (80, 24), (120, 40)] {
                let drawn = draw(&mut model, &look, size);
                let bad = drawn.buffer.content.iter().find(|cell| acts(cell.symbol()));
                assert_eq!(bad, None, "{name} at {size:?}");
            }
        }
    }
}

#[test]
fn an_ascii_terminal_is_sent_ascii_alone() {
    for (name, mut model) in scenes::hostile().into_iter().chain(Step::ALL.into_iter().flat_map(scenes::step))
    {
        let drawn = draw(&mut model, &ASCII, (80, 24));
        let bad = drawn.buffer.content.iter().find(|cell| !cell.symbol().is_ascii());
        assert_eq!(bad, None, "{name}");
    }
}

/// The row of the screen on which the sentence that matters most begins.
#[test]
fn what_is_asked_stands_on_the_same_line_on_every_step() {
    for size @ (columns, rows) in [(60, 20), (80, 24), (120, 40)] {
        let mut lines = Vec::new();
        for step in Step::ALL {
            for (name, mut model) in scenes::step(step) {
                let covered =
                    model.overlay.is_some() || model.walk.dialog.is_some() || model.looking_at.is_some();
                if covered || model.room != mdi_console::model::LogRoom::Small || model.refused() {
                    continue;
                }
                let asked = words::asked_of_step(&model.walk);
                let first: String = asked.split(' ').take(3).collect::<Vec<_>>().join(" ");
                let text = text(&draw(&mut model, &COLOUR, size));
                let line = text.lines().position(|line| line.contains(&first));
                lines.push((line, name));
            }
        }
        let (expected, _) = lines[0];
        assert!(expected.is_some(), "at {columns}×{rows}");
        for (line, name) in lines {
            assert_eq!(line, expected, "{name} at {columns}×{rows}");
        }
    }
}

#[test]
fn a_terminal_that_shows_no_colour_is_sent_none() {
    for (name, mut model) in Step::ALL.into_iter().flat_map(scenes::step) {
        let drawn = draw(&mut model, &MONO, (80, 24));
        let bad = drawn.buffer.content.iter().find(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset);
        assert_eq!(bad, None, "{name}");
    }
}

/// A story that strayed from its path would draw well and prove nothing.
#[test]
fn every_scene_stands_on_its_step() {
    for step in Step::ALL {
        for (name, model) in scenes::step(step) {
            let expected = if name == "somebody else changed it" { Step::DirectoryServices } else { step };
            assert_eq!(model.walk.current, expected, "{name}");
        }
    }
    let verdicts: Vec<(&str, Option<VerdictWord>)> = scenes::step(Step::Sensors)
        .into_iter()
        .filter(|(name, _)| ["watching", "refused", "confirmed", "not confirmed"].contains(name))
        .map(|(name, model)| {
            (name, model.walk.watch.and_then(|watch| watch.verdict).map(|verdict| verdict.word))
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            ("watching", None),
            ("refused", Some(VerdictWord::Refused)),
            ("confirmed", Some(VerdictWord::Confirmed)),
            ("not confirmed", Some(VerdictWord::NoRefusalSeen)),
        ]
    );
}
