//! Any sequence of frames against the same frame painted afresh, cell by cell.

use proptest::prelude::*;
use ratatui::style::{Modifier, Style};

use super::*;

/// What a test does to the buffer before it is drawn.
#[derive(Clone, Debug)]
enum Change {
    Write {
        x: u16,
        y: u16,
        text: String,
        style: Style,
    },
    /// A line of its own for each row, as a log has.
    Fill {
        first: u16,
        style: Style,
    },
    Shade {
        at: Rect,
        style: Style,
    },
    Scroll {
        top: u16,
        bottom: u16,
        by: u16,
        up: bool,
    },
    Resize(Size),
    Clear,
    Repaint,
    Cursor(Option<Position>),
}

fn style() -> impl Strategy<Value = Style> {
    let colour = prop_oneof![
        3 => Just(ratatui::style::Color::Reset),
        1 => Just(ratatui::style::Color::Red),
        1 => Just(ratatui::style::Color::LightCyan),
    ];
    let modifier = prop_oneof![
        3 => Just(Modifier::empty()),
        1 => Just(Modifier::BOLD),
        1 => Just(Modifier::REVERSED),
        1 => Just(Modifier::UNDERLINED | Modifier::DIM),
    ];
    (colour.clone(), colour, modifier)
        .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        8 => (0..24_u16, 0..9_u16, "[ab c漢🎉é│\u{301}]{1,12}", style())
            .prop_map(|(x, y, text, style)| Change::Write { x, y, text, style }),
        3 => (0..8_u16, style()).prop_map(|(first, style)| Change::Fill { first, style }),
        2 => (0..20_u16, 0..8_u16, 1..10_u16, 1..4_u16, style())
            .prop_map(|(x, y, w, h, style)| Change::Shade { at: Rect::new(x, y, w, h), style }),
        4 => (0..6_u16, 1..9_u16, 1..3_u16, any::<bool>())
            .prop_map(|(top, bottom, by, up)| Change::Scroll { top, bottom, by, up }),
        1 => (1..26_u16, 1..10_u16).prop_map(|(width, height)| Change::Resize(Size::new(width, height))),
        1 => Just(Change::Clear),
        1 => Just(Change::Repaint),
        2 => proptest::option::of((0..26_u16, 0..10_u16)).prop_map(|at| Change::Cursor(at.map(Position::from))),
    ]
}

/// What stands on the program's side of the desk.
struct Meant {
    buffer: Buffer,
    cursor: Option<Position>,
}

impl Meant {
    fn apply(&mut self, change: Change, desk: &mut Desk) {
        let area = self.buffer.area;
        match change {
            Change::Write { x, y, text, style } if x < area.width && y < area.height => {
                self.buffer.set_string(x, y, text, style);
                settle(&mut self.buffer);
            }
            Change::Fill { first, style } => {
                for y in 0..area.height {
                    let line = format!("{:>6} 漢 {}", u32::from(first + y) * 7919, "é".repeat(30));
                    self.buffer.set_string(0, y, line, if y % 3 == 0 { style } else { Style::new() });
                }
                settle(&mut self.buffer);
            }
            Change::Shade { at, style } => self.buffer.set_style(at.intersection(area), style),
            Change::Scroll { top, bottom, by, up } => self.scroll(top..bottom.min(area.height), by, up),
            Change::Resize(size) => {
                self.buffer.resize(Rect::from((Position::ORIGIN, size)));
                self.buffer.reset();
                self.cursor = None;
                desk.resize(size);
            }
            Change::Clear => self.buffer.reset(),
            Change::Repaint => {
                desk.seen.process(b"\x1b[3;3H\x1b[41mnoise");
                desk.terminal.backend_mut().repaint();
            }
            Change::Cursor(at) => {
                self.cursor = at.filter(|at| at.x < area.width && at.y < area.height);
            }
            Change::Write { .. } => {}
        }
    }

    fn scroll(&mut self, band: std::ops::Range<u16>, by: u16, up: bool) {
        let old = self.buffer.clone();
        for y in band.clone() {
            let from = if up { y.checked_add(by) } else { y.checked_sub(by) };
            for x in 0..self.buffer.area.width {
                let cell = from
                    .filter(|from| band.contains(from))
                    .and_then(|from| old.cell((x, from)).cloned())
                    .unwrap_or_default();
                self.buffer[(x, y)] = cell;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_changes_the_screen_is_the_one_painted_afresh(
        frames in proptest::collection::vec(proptest::collection::vec(change(), 1..4), 1..8),
    ) {
        let size = Size::new(24, 9);
        let mut desk = console(size);
        let mut meant = Meant { buffer: Buffer::empty(Rect::from((Position::ORIGIN, size))), cursor: None };
        for changes in frames {
            for change in changes {
                meant.apply(change, &mut desk);
            }
            desk.show(&meant.buffer, meant.cursor);
            let mut fresh = console(meant.buffer.area.as_size());
            fresh.show(&meant.buffer, meant.cursor);
            prop_assert_eq!(desk.cells(), fresh.cells());
            prop_assert!(desk.show(&meant.buffer, meant.cursor).is_empty());

            let screen = desk.seen.screen();
            prop_assert_eq!(screen.hide_cursor(), meant.cursor.is_none());
            if let Some(at) = meant.cursor {
                prop_assert_eq!(screen.cursor_position(), (at.y, at.x));
            }
            for at in meant.buffer.area.positions() {
                let cell = screen.cell(at.y, at.x).unwrap();
                let text = if cell.contents().is_empty() { " " } else { cell.contents() };
                prop_assert_eq!(text, meant.buffer[at].symbol(), "at {}", at);
            }
        }
    }
}
