//! Every screen as text and style, for every step and phase; every size; nothing foreign acts on the terminal.
//!
//! Relies on `support/story.rs`, which drives the real machine. Read each snapshot before accepting it.

#[path = "support/scenes.rs"]
mod scenes;
#[path = "support/story.rs"]
mod story;

use std::fmt::Write as _;

use mdi_console::model::{Model, Size};
use mdi_console::ui::{self, Look};
use mdi_console::walkthrough::step::Step;
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
            if columns == 80 {
                let _ = writeln!(seen, "--- styles\n{}", styles(&drawn));
            }
        }
        let ascii = draw(&mut model, &ASCII, (80, 24));
        let mono = draw(&mut model, &MONO, (80, 24));
        let _ = writeln!(otherwise, "=== {name} · in ASCII\n{}", text(&ascii));
        let _ = writeln!(otherwise, "--- styles without colour\n{}", styles(&mono));
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
