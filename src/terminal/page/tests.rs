//! The page against vt100: what is seen is what was meant, for fewer bytes than the figures say.

use std::cell::RefCell;
use std::num::NonZeroU16;
use std::rc::Rc;

use proptest::prelude::*;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Block, Paragraph};

use super::*;

/// A writer that keeps each write apart, and can be told to fail.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Ether>>);

#[derive(Default)]
struct Ether {
    writes: Vec<Vec<u8>>,
    broken: bool,
}

impl Wire {
    fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.borrow_mut().writes)
    }
}

impl io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut ether = self.0.borrow_mut();
        if ether.broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        ether.writes.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn traits() -> Traits {
    Traits {
        colour: Colour::Ansi16,
        ascii: false,
        ssh: false,
        multiplexer: None,
        synchronized: true,
        title: true,
        is_terminal: true,
        dumb: false,
    }
}

/// A page, its wire and the terminal at the other end.
struct Desk {
    terminal: Terminal<Page<Wire>>,
    wire: Wire,
    seen: vt100::Parser,
}

impl Desk {
    fn new(size: Size, traits: Traits) -> Self {
        let wire = Wire::default();
        let terminal = Page::new(wire.clone(), size, traits).into_terminal().unwrap();
        let (rows, columns) = extent(size);
        Self { terminal, wire, seen: vt100::Parser::new(rows, columns, 0) }
    }

    /// Draws, and returns the bytes that arrived; there is at most one write.
    fn draw(&mut self, render: impl FnOnce(&mut ratatui::Frame)) -> Vec<u8> {
        self.terminal
            .draw(|frame| {
                render(frame);
                settle(frame.buffer_mut());
            })
            .unwrap();
        let mut writes = self.wire.take();
        assert!(writes.len() <= 1, "{} writes for one frame", writes.len());
        let bytes = writes.pop().unwrap_or_default();
        self.seen.process(&bytes);
        bytes
    }

    fn show(&mut self, buffer: &Buffer, cursor: Option<Position>) -> Vec<u8> {
        self.draw(|frame| {
            frame.buffer_mut().merge(buffer);
            if let Some(cursor) = cursor {
                frame.set_cursor_position(cursor);
            }
        })
    }

    fn resize(&mut self, size: Size) {
        let (rows, columns) = extent(size);
        self.seen.screen_mut().set_size(rows, columns);
        resize(&mut self.terminal, size).unwrap();
    }

    /// Every cell as an eye would tell it.
    fn cells(&self) -> Vec<String> {
        let screen = self.seen.screen();
        let (rows, columns) = screen.size();
        let mut cells = Vec::new();
        for y in 0..rows.get() {
            for x in 0..columns.get() {
                cells.push(as_seen(screen.cell(y, x).unwrap()));
            }
        }
        cells
    }
}

fn extent(size: Size) -> (NonZeroU16, NonZeroU16) {
    (size.height.try_into().unwrap(), size.width.try_into().unwrap())
}

fn as_seen(cell: &vt100::Cell) -> String {
    if cell.is_wide_continuation() {
        return "tail".into();
    }
    let text = if cell.contents().is_empty() { " " } else { cell.contents() };
    let strokes = (cell.bold(), cell.dim(), cell.italic());
    let lines = (cell.underline(), cell.inverse());
    if text == " " && lines == (false, false) {
        return format!("blank on {:?}", cell.bgcolor());
    }
    format!("{text} {:?} on {:?} {strokes:?} {lines:?}", cell.fgcolor(), cell.bgcolor())
}

fn console(size: Size) -> Desk {
    Desk::new(size, traits())
}

const BIG: Size = Size::new(120, 40);

fn log_line(nth: usize) -> String {
    let levels = ["Info ", "Debug", "Warn ", "Error"];
    let second = nth % 60;
    format!(
        "2026-11-22 10:59:{second:02}.{:04} {} DirectoryServicesClient CreateLdapConnectionAsync [Domain=dc{}.contoso.test]",
        nth * 7919 % 10_000,
        levels[nth % 4],
        nth % 13
    )
}

/// Steps above, a bordered log pane over the full width below.
fn console_frame(frame: &mut ratatui::Frame, first: usize, mark: &str) {
    let area = frame.area();
    let log = Rect { y: 2, height: area.height - 3, ..area };
    let lines: Vec<_> = (first..first + 50).map(log_line).collect();
    frame.render_widget(Paragraph::new(format!(" contoso {mark}")), Rect { height: 1, ..area });
    frame.render_widget(Paragraph::new(lines.join("\n")).block(Block::bordered().title(" Logs ")), log);
}

#[test]
fn a_frame_costs_no_more_than_the_figures_say() {
    let check = |what: &str, most: usize, change: &dyn Fn(&mut Desk) -> Vec<u8>| {
        let mut desk = console(BIG);
        desk.draw(|frame| console_frame(frame, 0, "-"));
        let bytes = change(&mut desk);
        println!("{what}: {} bytes of {most} {:?}", bytes.len(), String::from_utf8_lossy(&bytes));
        assert!(bytes.len() <= most, "{what}: {} bytes, {most} allowed", bytes.len());
    };
    check("nothing changed", 0, &|desk| desk.draw(|frame| console_frame(frame, 0, "-")));
    check("one cell", 60, &|desk| desk.draw(|frame| console_frame(frame, 0, "|")));
    check("one cell with the cursor shown", 60, &|desk| {
        desk.draw(|frame| {
            console_frame(frame, 0, "-");
            frame.set_cursor_position((10, 10));
        });
        desk.draw(|frame| {
            console_frame(frame, 0, "|");
            frame.set_cursor_position((10, 10));
        })
    });
    check("the log moves one line", 300, &|desk| desk.draw(|frame| console_frame(frame, 1, "-")));
    check("the log moves back one line", 300, &|desk| {
        desk.draw(|frame| console_frame(frame, 1, "-"));
        desk.draw(|frame| console_frame(frame, 0, "-"))
    });
    check("nothing after a move", 0, &|desk| {
        desk.draw(|frame| console_frame(frame, 3, "-"));
        desk.draw(|frame| console_frame(frame, 3, "-"))
    });
}

#[test]
fn without_the_scroll_region_a_moved_log_would_cost_far_more() {
    let mut desk = console(BIG);
    desk.draw(|frame| console_frame(frame, 0, "-"));
    // Nothing is found twelve lines away.
    let far = desk.draw(|frame| console_frame(frame, 12, "-"));
    assert!(far.len() > 600, "{} bytes", far.len());
}

#[test]
fn each_frame_is_one_synchronized_update_where_the_terminal_has_that() {
    let check = |synchronized: bool| {
        let mut desk = Desk::new(BIG, Traits { synchronized, ..traits() });
        let bytes = desk.draw(|frame| console_frame(frame, 0, "-"));
        assert_eq!(bytes.starts_with(BEGIN_UPDATE), synchronized);
        assert_eq!(bytes.ends_with(END_UPDATE), synchronized);
    };
    check(true);
    check(false);
}

#[test]
fn a_mono_page_sends_no_colour_and_keeps_the_attributes() {
    let mut desk = Desk::new(Size::new(10, 1), Traits { colour: Colour::Mono, ..traits() });
    let style = Style::new().red().on_blue().add_modifier(Modifier::REVERSED);
    let bytes = desk.draw(|frame| frame.buffer_mut().set_string(0, 0, "marked", style));
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("\x1b[7mmarked"), "{text:?}");
    assert!(!text.contains("31") && !text.contains("44"), "{text:?}");
}

#[test]
fn bell_title_and_clipboard_travel_with_a_frame_and_once() {
    let mut desk = console(Size::new(10, 2));
    desk.draw(|_| ());
    let page = desk.terminal.backend_mut();
    page.bell();
    page.title(&Safe::new("evil\u{7}title"));
    page.copy(b"secret");
    let bytes = desk.draw(|_| ());
    assert_eq!(String::from_utf8_lossy(&bytes), "\x07\x1b]2;evil\u{2407}title\x1b\\\x1b]52;c;c2VjcmV0\x1b\\");
    desk.terminal.backend_mut().title(&Safe::new("evil\u{7}title"));
    assert!(desk.draw(|_| ()).is_empty());
}

#[test]
fn what_would_act_on_the_terminal_is_not_sent() {
    let mut desk = console(Size::new(10, 1));
    desk.draw(|frame| {
        frame.buffer_mut().cell_mut((0, 0)).unwrap().set_symbol("\u{1b}[31m");
    });
    assert_eq!(desk.seen.screen().contents(), "?");
}

#[test]
fn a_broken_wire_is_an_error_and_the_next_frame_paints_everything() {
    let mut desk = console(Size::new(10, 2));
    desk.draw(|frame| frame.render_widget("before", frame.area()));
    desk.wire.0.borrow_mut().broken = true;
    let failed = desk.terminal.draw(|frame| frame.render_widget("after!", frame.area())).map(|_| ());
    assert_eq!(failed.map_err(|error| error.kind()), Err(io::ErrorKind::BrokenPipe));
    desk.wire.0.borrow_mut().broken = false;
    desk.draw(|frame| frame.render_widget("after!", frame.area()));
    assert_eq!(desk.seen.screen().contents(), "after!");
}

#[test]
fn a_repaint_brings_back_what_somebody_wrote_over() {
    let mut desk = console(Size::new(20, 3));
    desk.draw(|frame| frame.render_widget("ours", frame.area()));
    desk.seen.process(b"\x1b[H\x1b[31mBroadcast message");
    desk.terminal.backend_mut().repaint();
    desk.draw(|frame| frame.render_widget("ours", frame.area()));
    assert_eq!(desk.seen.screen().contents(), "ours");
}

#[test]
fn every_size_down_to_nothing_draws() {
    let mut desk = console(Size::new(5, 5));
    for (width, height) in [(0, 0), (0, 3), (3, 0), (1, 1), (2, 1)] {
        resize(&mut desk.terminal, Size::new(width, height)).unwrap();
        desk.terminal.draw(|frame| frame.render_widget(Block::bordered(), frame.area())).unwrap();
        desk.terminal.draw(|frame| frame.render_widget(Paragraph::new("漢字 text"), frame.area())).unwrap();
    }
}

#[test]
fn a_border_drawn_over_half_a_wide_character_is_seen() {
    let mut desk = console(Size::new(6, 1));
    desk.draw(|frame| frame.buffer_mut().set_string(0, 0, "漢字", Style::new()));
    desk.draw(|frame| {
        frame.buffer_mut().set_string(0, 0, "漢字", Style::new());
        frame.buffer_mut().cell_mut((1, 0)).unwrap().set_symbol("│");
    });
    assert_eq!(desk.seen.screen().contents(), " │字");
    desk.draw(|frame| frame.buffer_mut().set_string(0, 0, "漢字", Style::new()));
    assert_eq!(desk.seen.screen().contents(), "漢字");
}

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
