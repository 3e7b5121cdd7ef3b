//! Tables whose columns stay still while the data changes: widths follow from the room alone, never from the rows.
//!
//! Relies on `fit` for shortening. Deliberately absent: what the rows are; each step says that.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::Safe;

use super::fit;
use super::look::{Look, Role, Tone};

const GAP: u16 = 2;

/// A column is as wide as the room allows, between `least` and `most`.
pub struct Column {
    pub head: &'static str,
    pub least: u16,
    pub most: u16,
    pub right: bool,
    /// Where room is short the column with the greatest rank goes first; 0 stays.
    pub rank: u8,
}

pub const fn column(head: &'static str, (least, most): (u16, u16), rank: u8) -> Column {
    Column { head, least, most, right: false, rank }
}

pub const fn number(head: &'static str, width: u16, rank: u8) -> Column {
    Column { head, least: width, most: width, right: true, rank }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Middle,
    End,
}

pub struct Cell {
    text: Safe,
    role: Role,
    cut: Cut,
    /// Stands behind the text, however short that becomes.
    mark: &'static str,
}

impl Cell {
    /// A name: shortened in the middle.
    pub fn name(text: Safe) -> Self {
        Self { text, role: Role::Plain, cut: Cut::Middle, mark: "" }
    }

    /// A name with a mark behind it that says its role.
    pub fn marked_name(text: Safe, mark: &'static str) -> Self {
        Self { mark, ..Self::name(text) }
    }

    pub fn plain(text: Safe) -> Self {
        Self { text, role: Role::Plain, cut: Cut::End, mark: "" }
    }

    pub fn dim(text: Safe) -> Self {
        Self { text, role: Role::Secondary, cut: Cut::End, mark: "" }
    }

    /// A state: glyph, word and colour.
    pub fn state(look: &Look, tone: Tone, word: &Safe) -> Self {
        Self {
            text: Safe::from(format!("{} {word}", look.glyph(tone))),
            role: tone.into(),
            cut: Cut::End,
            mark: "",
        }
    }
}

pub struct Table<'a> {
    pub columns: &'static [Column],
    pub total: usize,
    pub row: Box<dyn Fn(usize) -> Vec<Cell> + 'a>,
    /// The row that keys act on, if they act on the table.
    pub selected: Option<usize>,
    /// The first row shown, if the selected one is in sight then.
    pub top: usize,
    /// What would stand here, and why it doesn't yet.
    pub empty: Safe,
}

/// Which rows were shown, from 1, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub first: usize,
    pub last: usize,
    pub total: usize,
}

impl Table<'_> {
    /// Rows of the screen that it takes when nothing has to be left out.
    pub fn height(&self) -> u16 {
        fit::cells(self.total.max(1)).saturating_add(1)
    }

    pub fn draw(&self, look: &Look, area: Rect, frame: &mut Frame) -> Option<Shown> {
        if area.height < 2 && self.total > 0 || area.is_empty() {
            return None;
        }
        if self.total == 0 {
            frame.render_widget(
                look.line(Role::Secondary, &fit::at_end(&self.empty, area.width.into())),
                area,
            );
            return None;
        }
        let widths = widths(self.columns, area.width);
        let room = usize::from(area.height.saturating_sub(1));
        let marked = self.selected.unwrap_or(self.top);
        let top = self.top.min(marked).max(marked.saturating_add(1).saturating_sub(room));
        let top = top.min(self.total.saturating_sub(room));
        let last = top.saturating_add(room).min(self.total);
        let mut lines = vec![self.head(look, &widths)];
        lines.extend((top..last).map(|row| self.line(look, row, &widths)));
        frame.render_widget(Paragraph::new(lines), area);
        Some(Shown { first: top.saturating_add(1), last, total: self.total })
    }

    fn head(&self, look: &Look, widths: &[u16]) -> Line<'static> {
        let heads = self.columns.iter().map(|column| Cell::dim(Safe::new(column.head))).collect();
        self.spans(look, heads, widths)
    }

    fn line(&self, look: &Look, row: usize, widths: &[u16]) -> Line<'static> {
        let mut cells = (self.row)(row);
        let selected = self.selected == Some(row);
        if selected {
            for cell in &mut cells {
                cell.role = Role::Selected;
            }
        }
        let mut line = self.spans(look, cells, widths);
        if selected {
            line.style = look.style(Role::Selected);
        }
        line
    }

    fn spans(&self, look: &Look, cells: Vec<Cell>, widths: &[u16]) -> Line<'static> {
        let mut spans = Vec::new();
        for ((cell, column), width) in
            cells.into_iter().zip(self.columns).zip(widths).filter(|(_, width)| **width > 0)
        {
            if !spans.is_empty() {
                spans.push(Span::raw(" ".repeat(GAP.into())));
            }
            let room = usize::from(*width);
            let marked = if cell.mark.is_empty() { 0 } else { 2 };
            let text = match cell.cut {
                Cut::Middle => fit::in_the_middle(&cell.text, room.saturating_sub(marked)),
                Cut::End => fit::at_end(&cell.text, room),
            };
            let text = if marked == 0 { text } else { Safe::from(format!("{text} {}", cell.mark)) };
            let blank = Span::raw(" ".repeat(room.saturating_sub(fit::width(&text))));
            let text = look.span(cell.role, &text);
            spans.extend(if column.right { [blank, text] } else { [text, blank] });
        }
        Line::from(spans)
    }
}

/// The columns' widths; 0 for those left out.
fn widths(columns: &[Column], room: u16) -> Vec<u16> {
    let mut left: Vec<bool> = columns.iter().map(|_| true).collect();
    let needed = |left: &[bool]| {
        let kept = columns.iter().zip(left).filter(|(_, kept)| **kept);
        kept.fold(0_u16, |sum, (column, _)| sum.saturating_add(column.least).saturating_add(GAP))
    };
    while needed(&left) > room.saturating_add(GAP) {
        let kept =
            columns.iter().zip(&left).enumerate().filter(|(_, (column, kept))| **kept && column.rank > 0);
        let Some((out, _)) = kept.max_by_key(|(_, (column, _))| column.rank) else { break };
        if let Some(kept) = left.get_mut(out) {
            *kept = false;
        }
    }
    let mut spare = room.saturating_add(GAP).saturating_sub(needed(&left));
    columns
        .iter()
        .zip(left)
        .map(|(column, kept)| {
            if !kept {
                return 0;
            }
            let more = spare.min(column.most.saturating_sub(column.least));
            spare = spare.saturating_sub(more);
            column.least.saturating_add(more)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_grow_up_to_their_most_and_go_by_rank() {
        let columns = [column("a", (10, 20), 0), number("b", 5, 2), column("c", (8, 8), 1)];
        let check = |room, expected: [u16; 3]| assert_eq!(widths(&columns, room), expected, "{room}");
        check(100, [20, 5, 8]);
        check(30, [13, 5, 8]);
        check(27, [10, 5, 8]);
        check(26, [16, 0, 8]);
        check(12, [12, 0, 0]);
        check(3, [10, 0, 0]);
    }
}
