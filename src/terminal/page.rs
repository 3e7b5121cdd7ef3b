//! The page: a ratatui backend that knows what the terminal shows and sends a frame as one write, or nothing at all.
//!
//! Relies on ratatui for what ought to be seen and keeps its own picture of what is. The write happens inside a
//! synchronized update where the terminal has that; rows that only moved are moved by the terminal's scroll region.
//! Deliberately absent: questions to the terminal (its size comes from outside), colours beyond the sixteen, and a
//! second way to write: bell, title and clipboard travel with the next frame.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui::{TerminalOptions, Viewport};
use zeroize::Zeroizing;

use super::traits::{Colour, Traits};
use crate::text::Safe;
use paint::Painted;
use screen::{Screen, Torn};

mod paint;
mod pen;
mod screen;
mod shift;

/// What takes the password's place on a clipboard.
pub const OVERWRITTEN: &[u8] = b"(overwritten by mdi-console)";

const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";

/// What the program shows, over any writer.
pub struct Page<W> {
    writer: W,
    colour: Colour,
    synchronized: bool,
    titled: bool,
    /// What ought to be seen.
    target: Screen,
    cursor: Position,
    cursor_shown: bool,
    /// What is seen; `None` when nobody knows.
    painted: Option<Painted>,
    title: Option<Safe>,
    /// Goes out with the next frame, behind it. May hold what goes to the clipboard.
    aside: Zeroizing<Vec<u8>>,
}

impl<W: io::Write> Page<W> {
    #[must_use]
    pub fn new(writer: W, size: Size, traits: Traits) -> Self {
        Self {
            writer,
            colour: traits.colour,
            synchronized: traits.synchronized,
            titled: traits.title,
            target: Screen::blank(size, Torn::Blank),
            cursor: Position::ORIGIN,
            cursor_shown: false,
            painted: None,
            title: None,
            aside: Zeroizing::default(),
        }
    }

    /// A ratatui terminal on this page that never asks anything and is resized by [`resize`].
    pub fn into_terminal(self) -> io::Result<Terminal<Self>> {
        let area = Rect::from((Position::ORIGIN, self.target.size()));
        Terminal::with_options(self, TerminalOptions { viewport: Viewport::Fixed(area) })
    }

    /// Forgets what the terminal shows: the next frame paints everything, whoever has written over it.
    pub fn repaint(&mut self) {
        self.painted = None;
        if let Some(title) = self.title.take() {
            self.title(&title);
        }
    }

    /// Rings the bell with the next frame.
    pub fn bell(&mut self) {
        self.append(b"\x07");
    }

    /// Sets the window's title with the next frame, where there is one to set.
    pub fn title(&mut self, title: &Safe) {
        if self.titled && self.title.as_ref() != Some(title) {
            self.append(format!("\x1b]2;{title}\x1b\\").as_bytes());
            self.title = Some(title.clone());
        }
    }

    /// Puts `text` on the operator's own clipboard (OSC 52) with the next frame. Every copy made here is wiped.
    pub fn copy(&mut self, text: &[u8]) {
        let sequence = clipboard(text);
        self.append(&sequence);
    }

    fn append(&mut self, bytes: &[u8]) {
        // A vector that grows by itself leaves its old place unwiped.
        let mut grown = Zeroizing::new(Vec::with_capacity(self.aside.len().saturating_add(bytes.len())));
        grown.extend_from_slice(&self.aside);
        grown.extend_from_slice(bytes);
        self.aside = grown;
    }

    fn set_size(&mut self, size: Size) {
        self.target = Screen::blank(size, Torn::Blank);
        self.painted = None;
    }

    /// What the terminal will show once the returned bytes have arrived.
    fn compose(&mut self) -> (Painted, Vec<u8>) {
        let mut body = Vec::new();
        let known = self.painted.take();
        let mut painted = known.unwrap_or_else(|| Painted::wiped(self.target.size(), &mut body));
        let stale = painted.screen.differs(&self.target);
        let shifts = if stale { shift::candidates(&painted.screen, &self.target) } else { Vec::new() };
        let moved = shifts.into_iter().map(|shift| {
            let (mut painted, mut body) = (painted.clone(), body.clone());
            painted.scroll(shift, &mut body);
            painted.paint(&self.target, &mut body);
            (painted, body)
        });
        let shortest = moved.min_by_key(|(_, bytes)| bytes.len());
        painted.paint(&self.target, &mut body);
        if let Some(moved) = shortest.filter(|(_, bytes)| bytes.len() < body.len()) {
            (painted, body) = moved;
        }
        let size = self.target.size();
        let inside = self.cursor.x < size.width && self.cursor.y < size.height;
        painted.place((self.cursor_shown && inside).then_some(self.cursor), &mut body);
        (painted, body)
    }

    fn send(&mut self) -> io::Result<()> {
        let (painted, body) = self.compose();
        let wrapped = self.synchronized && !body.is_empty();
        let (begin, end) = if wrapped { (BEGIN_UPDATE, END_UPDATE) } else { (&[][..], &[][..]) };
        let parts = [begin, &body, end, &self.aside];
        let frame = Zeroizing::new(parts.concat());
        if !frame.is_empty() {
            // If it fails nobody knows how much arrived, so `painted` stays unknown.
            self.writer.write_all(&frame)?;
            self.writer.flush()?;
        }
        self.painted = Some(painted);
        self.aside = Zeroizing::default();
        Ok(())
    }
}

/// What puts `text` on the operator's own clipboard (OSC 52). It and every copy made for it are wiped.
pub fn clipboard(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut encoded = Zeroizing::new(vec![0; text.len().div_ceil(3).saturating_mul(4)]);
    let fits = STANDARD.encode_slice(text, &mut encoded).is_ok();
    let parts = [b"\x1b]52;c;".as_slice(), &encoded, b"\x1b\\"];
    Zeroizing::new(if fits { parts.concat() } else { Vec::new() })
}

/// Gives the page and the terminal on it a new size; the next frame paints everything.
pub fn resize<W: io::Write>(terminal: &mut Terminal<Page<W>>, size: Size) -> io::Result<()> {
    terminal.backend_mut().set_size(size);
    terminal.resize(Rect::from((Position::ORIGIN, size)))
}

/// Makes a buffer say what can be shown: where something was drawn over the second half of a wide character, the
/// first half gives way. Called last when drawing; without it ratatui hides what was drawn on top.
pub fn settle(buffer: &mut Buffer) {
    let area = buffer.area;
    for y in area.rows() {
        let mut covered: Option<Position> = None;
        for at in y.positions() {
            let Some(cell) = buffer.cell_mut(at) else { continue };
            let (wide, drawn) = (screen::width(cell) > 1, cell.symbol() != " ");
            match covered.take() {
                Some(head) if drawn => {
                    if let Some(head) = buffer.cell_mut(head) {
                        head.set_symbol(" ");
                    }
                    covered = wide.then_some(at);
                }
                Some(_) => cell.reset(),
                None => covered = wide.then_some(at),
            }
        }
        if let Some(cell) = covered.and_then(|at| buffer.cell_mut(at)) {
            cell.set_symbol(" ");
        }
    }
}

impl<W: io::Write> Backend for Page<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.target.put(x, y, screen::seen(cell, self.colour));
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor_shown = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor_shown = true;
        Ok(())
    }

    /// Where the cursor was last put; the terminal is not asked.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = position.into();
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        let Size { width, height } = self.target.size();
        let at = self.cursor;
        let rows = match clear_type {
            ClearType::All => 0..height,
            ClearType::AfterCursor => at.y..height,
            ClearType::BeforeCursor => 0..at.y.saturating_add(1).min(height),
            ClearType::CurrentLine | ClearType::UntilNewLine => at.y..at.y.saturating_add(1).min(height),
        };
        for y in rows {
            let columns = match clear_type {
                ClearType::AfterCursor | ClearType::UntilNewLine if y == at.y => at.x..width,
                ClearType::BeforeCursor if y == at.y => 0..at.x.saturating_add(1).min(width),
                _ => 0..width,
            };
            for x in columns {
                self.target.put(x, y, Cell::EMPTY);
            }
        }
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.target.size())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.target.size(), pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }

    /// The page finds for itself which rows moved.
    fn scroll_region_up(&mut self, region: std::ops::Range<u16>, line_count: u16) -> io::Result<()> {
        self.target.scroll(shift::Shift { top: region.start, bottom: region.end, by: line_count, up: true });
        Ok(())
    }

    fn scroll_region_down(&mut self, region: std::ops::Range<u16>, line_count: u16) -> io::Result<()> {
        self.target.scroll(shift::Shift { top: region.start, bottom: region.end, by: line_count, up: false });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
