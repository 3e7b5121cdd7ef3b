//! The terminal as far as it is known, and the fewest bytes that make it show something else.
//!
//! Relies on the terminal doing what it was told: after anything else wrote to it, this is thrown away and made anew.
//! Deliberately absent: the wrapping of a frame, and every other way of writing to the terminal; see `page`.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::pen::Pen;
use super::screen::{Screen, Torn, is_tail, width};
use super::shift::Shift;

/// So many unchanged characters are written again rather than jumped over: the jump would be longer.
const BRIDGE: u16 = 3;

#[derive(Clone, Debug)]
pub struct Painted {
    pub screen: Screen,
    pen: Option<Pen>,
    cursor: Option<Position>,
    shown: Option<bool>,
}

impl Painted {
    /// Wipes a terminal of which nothing is known.
    #[must_use]
    pub fn wiped(size: Size, out: &mut Vec<u8>) -> Self {
        out.extend_from_slice(b"\x1b[m\x1b[r\x1b[H\x1b[2J");
        Self {
            screen: Screen::blank(size, Torn::Unknown),
            pen: Some(Pen::default()),
            cursor: Some(Position::ORIGIN),
            shown: None,
        }
    }

    /// Moves the rows by the terminal's own scroll region.
    pub fn scroll(&mut self, shift: Shift, out: &mut Vec<u8>) {
        // Blank lines come in with the pen's background.
        self.take_up(Pen::default(), out);
        let top = shift.top.saturating_add(1);
        let _ = write!(out, "\x1b[{top};{}r", shift.bottom);
        // A line feed at the bottom and its reverse at the top scroll on every terminal; `CSI S` doesn't.
        let (row, step): (u16, &[u8]) = if shift.up { (shift.bottom, b"\n") } else { (top, b"\x1bM") };
        let _ = write!(out, "\x1b[{row}H");
        for _ in 0..shift.by {
            out.extend_from_slice(step);
        }
        out.extend_from_slice(b"\x1b[r");
        self.cursor = None;
        self.screen.scroll(shift);
    }

    /// Writes what differs from `target`.
    pub fn paint(&mut self, target: &Screen, out: &mut Vec<u8>) {
        for y in 0..target.size().height {
            self.paint_row(y, target, out);
        }
    }

    /// Shows the cursor at `wanted`, or hides it.
    pub fn place(&mut self, wanted: Option<Position>, out: &mut Vec<u8>) {
        if let Some(at) = wanted {
            self.go(at, out);
        }
        if self.shown != Some(wanted.is_some()) {
            out.extend_from_slice(if wanted.is_some() { b"\x1b[?25h" } else { b"\x1b[?25l" });
            self.shown = Some(wanted.is_some());
        }
    }

    fn paint_row(&mut self, y: u16, target: &Screen, out: &mut Vec<u8>) {
        let cells = target.row(y);
        if self.screen.row(y) == cells {
            return;
        }
        let blank_from =
            cells.iter().rposition(|cell| *cell != Cell::EMPTY).map_or(0, |last| last.saturating_add(1));
        for (x, cell) in (0_u16..).zip(cells) {
            if is_tail(cell) || self.screen.cell(x, y) == Some(cell) {
                continue;
            }
            let at = Position::new(x, y);
            if usize::from(x) >= blank_from && self.differing(at, target) > 6 {
                self.go(at, out);
                self.take_up(Pen::default(), out);
                out.extend_from_slice(b"\x1b[K");
                self.screen.erase(x, y);
                return;
            }
            self.bridge(at, target, out);
            self.go(at, out);
            self.print(at, cell, out);
        }
    }

    /// How many cells differ from `at` to the end of its row.
    fn differing(&self, at: Position, target: &Screen) -> usize {
        let pairs = self.screen.row(at.y).iter().zip(target.row(at.y));
        pairs.skip(at.x.into()).filter(|(known, wanted)| known != wanted).count()
    }

    /// Writes a short unchanged stretch again where that takes the cursor to `to`.
    fn bridge(&mut self, to: Position, target: &Screen, out: &mut Vec<u8>) {
        let Some(from) = self.cursor.filter(|from| from.y == to.y && from.x < to.x) else { return };
        if to.x.saturating_sub(from.x) > BRIDGE {
            return;
        }
        let stretch: Vec<&Cell> = (from.x..to.x).filter_map(|x| target.cell(x, to.y)).collect();
        if stretch.iter().all(|cell| cell.symbol().len() == 1 && self.pen == Some(Pen::from(*cell))) {
            for cell in stretch {
                out.extend_from_slice(cell.symbol().as_bytes());
            }
            self.cursor = Some(to);
        }
    }

    fn print(&mut self, at: Position, cell: &Cell, out: &mut Vec<u8>) {
        self.take_up(Pen::from(cell), out);
        out.extend_from_slice(cell.symbol().as_bytes());
        let next = at.x.saturating_add(width(cell));
        // Terminals differ on where the last column and clusters of several characters leave the cursor.
        let certain = next < self.screen.size().width && cell.symbol().chars().nth(1).is_none();
        self.cursor = certain.then_some(Position::new(next, at.y));
        self.screen.put(at.x, at.y, cell.clone());
    }

    fn take_up(&mut self, pen: Pen, out: &mut Vec<u8>) {
        pen.take_up(self.pen, out);
        self.pen = Some(pen);
    }

    fn go(&mut self, to: Position, out: &mut Vec<u8>) {
        if self.cursor == Some(to) {
            return;
        }
        let mut ways = vec![absolute(to)];
        if let Some(from) = self.cursor {
            ways.extend(relative(from, to));
        }
        if let Some(shortest) = ways.into_iter().min_by_key(Vec::len) {
            out.extend_from_slice(&shortest);
        }
        self.cursor = Some(to);
    }
}

fn absolute(to: Position) -> Vec<u8> {
    let (row, column) = (to.y.saturating_add(1), to.x.saturating_add(1));
    match (row, column) {
        (1, 1) => b"\x1b[H".to_vec(),
        (_, 1) => format!("\x1b[{row}H").into_bytes(),
        (1, _) => format!("\x1b[;{column}H").into_bytes(),
        _ => format!("\x1b[{row};{column}H").into_bytes(),
    }
}

fn relative(from: Position, to: Position) -> Option<Vec<u8>> {
    let step = |count: u16, letter: char| {
        if count == 1 { format!("\x1b[{letter}") } else { format!("\x1b[{count}{letter}") }.into_bytes()
    };
    if to.x == 0 && to.y >= from.y {
        let down = usize::from(to.y.saturating_sub(from.y));
        return Some([b"\r".as_slice(), &b"\n".repeat(down)].concat());
    }
    match (to.x.cmp(&from.x), to.y.cmp(&from.y)) {
        (std::cmp::Ordering::Greater, std::cmp::Ordering::Equal) => {
            Some(step(to.x.saturating_sub(from.x), 'C'))
        }
        (std::cmp::Ordering::Less, std::cmp::Ordering::Equal) => Some(step(from.x.saturating_sub(to.x), 'D')),
        (std::cmp::Ordering::Equal, std::cmp::Ordering::Greater) => {
            Some(step(to.y.saturating_sub(from.y), 'B'))
        }
        (std::cmp::Ordering::Equal, std::cmp::Ordering::Less) => Some(step(from.y.saturating_sub(to.y), 'A')),
        _ => None,
    }
}
