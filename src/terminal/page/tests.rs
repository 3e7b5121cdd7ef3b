//! The page against vt100: what is seen is what was meant, for fewer bytes than the figures say.

use std::cell::RefCell;
use std::num::NonZeroU16;
use std::rc::Rc;

use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Block, Paragraph};

use super::*;

mod changes;

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
