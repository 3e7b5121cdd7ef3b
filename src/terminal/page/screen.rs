//! What stands on a screen, cell by cell, as it will be seen: wide characters with their tails, nothing that differs
//! only where no eye could tell, no colour that may not be sent and no character that acts on a terminal.
//!
//! Deliberately absent: sequences; see `paint`.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use ratatui::buffer::{Cell, CellWidth as _};
use ratatui::layout::Size;
use ratatui::style::{Color, Modifier};

use super::shift::Shift;
use crate::terminal::traits::Colour;

/// What can be seen of a modifier where no character stands.
const SEEN_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// What is left in a cell when half of the wide character that stood there was overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Torn {
    /// A blank, by decree: this screen is what ought to be seen.
    Blank,
    /// Whatever the terminal made of it: equal to nothing, so it is written anew.
    Unknown,
}

#[derive(Clone, Debug)]
pub struct Screen {
    size: Size,
    torn: Torn,
    cells: Vec<Cell>,
}

impl Screen {
    #[must_use]
    pub fn blank(size: Size, torn: Torn) -> Self {
        let count = usize::from(size.width).saturating_mul(usize::from(size.height));
        Self { size, torn, cells: vec![Cell::EMPTY; count] }
    }

    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Row `y`; empty when there is none.
    #[must_use]
    pub fn row(&self, y: u16) -> &[Cell] {
        let start = self.index(0, y);
        self.cells.get(start..start.saturating_add(self.size.width.into())).unwrap_or_default()
    }

    #[must_use]
    pub fn cell(&self, x: u16, y: u16) -> Option<&Cell> {
        self.row(y).get(usize::from(x))
    }

    #[must_use]
    pub fn differs(&self, other: &Self) -> bool {
        self.cells != other.cells
    }

    /// A number for each row that is the same for the same content.
    #[must_use]
    pub fn digests(&self) -> Vec<u64> {
        let digest = |y| {
            let mut hasher = DefaultHasher::new();
            self.row(y).hash(&mut hasher);
            hasher.finish()
        };
        (0..self.size.height).map(digest).collect()
    }

    /// Puts `cell` where it says, over whatever stood there.
    pub fn put(&mut self, x: u16, y: u16, cell: Cell) {
        let width = width(&cell);
        let end = x.saturating_add(width);
        if x >= self.size.width || y >= self.size.height {
            return;
        }
        // What is said of the tail of a character that still stands can't be seen.
        if self.is_tail(x, y) && self.torn == Torn::Blank && is_blank(&cell) {
            return;
        }
        for x in x..end.min(self.size.width) {
            self.tear(x, y);
        }
        if end > self.size.width {
            // Half a character can't be shown.
            self.set(x, y, Cell::EMPTY);
            return;
        }
        self.set(x, y, cell);
        for x in x.saturating_add(1)..end {
            self.set(x, y, Cell::new(""));
        }
    }

    /// Blanks from `x` to the end of row `y`.
    pub fn erase(&mut self, x: u16, y: u16) {
        for x in x..self.size.width {
            self.set(x, y, Cell::EMPTY);
        }
    }

    /// Moves rows as the terminal does.
    pub fn scroll(&mut self, shift: Shift) {
        let (start, end) = (self.index(0, shift.top), self.index(0, shift.bottom));
        let by = self.index(0, shift.by);
        let Some(band) = self.cells.get_mut(start..end) else { return };
        let by = by.min(band.len());
        if shift.up {
            band.rotate_left(by);
            let kept = band.len().saturating_sub(by);
            band.iter_mut().skip(kept).for_each(Cell::reset);
        } else {
            band.rotate_right(by);
            band.iter_mut().take(by).for_each(Cell::reset);
        }
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y).saturating_mul(self.size.width.into()).saturating_add(x.into())
    }

    fn set(&mut self, x: u16, y: u16, cell: Cell) {
        let index = self.index(x, y);
        if let Some(place) = self.cells.get_mut(index) {
            *place = cell;
        }
    }

    fn is_tail(&self, x: u16, y: u16) -> bool {
        self.cell(x, y).is_some_and(is_tail)
    }

    /// Takes away the character that covers this cell, all its cells with it.
    fn tear(&mut self, x: u16, y: u16) {
        let mut start = x;
        while start > 0 && self.is_tail(start, y) {
            start = start.saturating_sub(1);
        }
        let mut end = start.saturating_add(1);
        while self.is_tail(end, y) {
            end = end.saturating_add(1);
        }
        if end.saturating_sub(start) > 1 {
            let left = match self.torn {
                Torn::Blank => Cell::EMPTY,
                Torn::Unknown => Cell::new("\0"),
            };
            for x in start..end {
                self.set(x, y, left.clone());
            }
        }
    }
}

/// The cell is covered by the wide character before it.
#[must_use]
pub fn is_tail(cell: &Cell) -> bool {
    cell.symbol().is_empty()
}

fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " "
}

/// How many columns the cell's character covers; at least one.
#[must_use]
pub fn width(cell: &Cell) -> u16 {
    cell.symbol().cell_width().max(1)
}

/// The cell as it will be seen on a terminal of these colours.
#[must_use]
pub fn seen(cell: &Cell, colour: Colour) -> Cell {
    let mut seen = Cell::EMPTY;
    let symbol = cell.symbol();
    if symbol.chars().any(char::is_control) {
        // The text should have been made safe long before; this is the last door.
        seen.set_symbol("?");
    } else if symbol != " " && symbol.cell_width() > 0 {
        seen.set_symbol(symbol);
    }
    if colour == Colour::Ansi16 {
        seen.fg = sixteen(cell.fg);
        seen.bg = sixteen(cell.bg);
    }
    seen.modifier = cell.modifier;
    if seen.modifier.contains(Modifier::BOLD) {
        // Terminals differ on what both together look like.
        seen.modifier.remove(Modifier::DIM);
    }
    if is_blank(&seen) && !seen.modifier.intersects(SEEN_ON_BLANK) {
        seen.fg = Color::Reset;
        seen.modifier = Modifier::empty();
    }
    seen
}

/// A colour that isn't one of the sixteen is the default: nobody knows how it would stand on the operator's theme.
fn sixteen(colour: Color) -> Color {
    match colour {
        Color::Rgb(..) | Color::Indexed(_) => Color::Reset,
        named => named,
    }
}
