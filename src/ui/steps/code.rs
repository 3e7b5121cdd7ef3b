//! The sign-in code, large: five by five dots a character, drawn in halves of a cell, or only spaced out.
//!
//! The code in plain letters always stands below the large one, since dots can be misread.

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::Safe;

use crate::ui::fit;
use crate::ui::look::{Look, Role};
use crate::ui::stage::Room;

/// Columns that a large character takes.
pub const LARGE: usize = 6;

/// Five rows of dots, in the lowest five bits.
type Dots = [u8; 5];

/// The code's lines, for the room there is.
pub fn lines(code: &Safe, look: &Look, room: Room) -> Vec<Line<'static>> {
    let mut lines = large(code, look, room).unwrap_or_default();
    let spaced: Vec<&str> = code.graphemes(true).collect();
    let spaced = fit::at_end(&Safe::from(spaced.join(" ")), room.columns.into());
    lines.push(look.line(Role::Marked, &spaced));
    lines
}

/// `None`: not enough room, no half cells, or a character that has no dots.
fn large(code: &Safe, look: &Look, room: Room) -> Option<Vec<Line<'static>>> {
    let halves = look.glyphs().halves?;
    let dots: Vec<Dots> = code.chars().map(|c| dots(c.to_ascii_uppercase())).collect::<Option<_>>()?;
    let needed = dots.len().saturating_mul(LARGE);
    if room.rows < 9 || usize::from(room.columns) < needed || dots.is_empty() {
        return None;
    }
    let empty = [0_u8; 1];
    let lines = [(0, 1), (2, 3), (4, 5)].map(|(upper, lower)| {
        let mut line = String::new();
        for character in &dots {
            let row = |number: usize| character.iter().chain(&empty).nth(number).copied().unwrap_or_default();
            for column in (0..5_u8).rev() {
                let lit = |dots: u8| usize::from(dots.checked_shr(column.into()).unwrap_or_default() & 1);
                let which = lit(row(upper)) | lit(row(lower)).saturating_mul(2);
                line.push_str(halves.get(which).copied().unwrap_or(" "));
            }
            line.push(' ');
        }
        Line::from(Span::styled(line, look.style(Role::Marked)))
    });
    Some(lines.into_iter().chain([Line::default()]).collect())
}

#[rustfmt::skip]
fn dots(c: char) -> Option<Dots> {
    Some(match c {
        'A' => [0b01110, 0b10001, 0b11111, 0b10001, 0b10001],
        'B' => [0b11110, 0b10001, 0b11110, 0b10001, 0b11110],
        'C' => [0b01111, 0b10000, 0b10000, 0b10000, 0b01111],
        'D' => [0b11110, 0b10001, 0b10001, 0b10001, 0b11110],
        'E' => [0b11111, 0b10000, 0b11110, 0b10000, 0b11111],
        'F' => [0b11111, 0b10000, 0b11110, 0b10000, 0b10000],
        'G' => [0b01111, 0b10000, 0b10011, 0b10001, 0b01111],
        'H' => [0b10001, 0b10001, 0b11111, 0b10001, 0b10001],
        'I' => [0b01110, 0b00100, 0b00100, 0b00100, 0b01110],
        'J' => [0b00111, 0b00010, 0b00010, 0b10010, 0b01100],
        'K' => [0b10001, 0b10010, 0b11100, 0b10010, 0b10001],
        'L' => [0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
        'M' => [0b10001, 0b11011, 0b10101, 0b10001, 0b10001],
        'N' => [0b10001, 0b11001, 0b10101, 0b10011, 0b10001],
        'O' => [0b01110, 0b10001, 0b10001, 0b10001, 0b01110],
        'P' => [0b11110, 0b10001, 0b11110, 0b10000, 0b10000],
        'Q' => [0b01110, 0b10001, 0b10101, 0b10010, 0b01101],
        'R' => [0b11110, 0b10001, 0b11110, 0b10010, 0b10001],
        'S' => [0b01111, 0b10000, 0b01110, 0b00001, 0b11110],
        'T' => [0b11111, 0b00100, 0b00100, 0b00100, 0b00100],
        'U' => [0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        'V' => [0b10001, 0b10001, 0b10001, 0b01010, 0b00100],
        'W' => [0b10001, 0b10001, 0b10101, 0b11011, 0b10001],
        'X' => [0b10001, 0b01010, 0b00100, 0b01010, 0b10001],
        'Y' => [0b10001, 0b01010, 0b00100, 0b00100, 0b00100],
        'Z' => [0b11111, 0b00010, 0b00100, 0b01000, 0b11111],
        '0' => [0b01110, 0b10011, 0b10101, 0b11001, 0b01110],
        '1' => [0b00100, 0b01100, 0b00100, 0b00100, 0b01110],
        '2' => [0b11110, 0b00001, 0b01110, 0b10000, 0b11111],
        '3' => [0b11110, 0b00001, 0b01110, 0b00001, 0b11110],
        '4' => [0b10010, 0b10010, 0b11111, 0b00010, 0b00010],
        '5' => [0b11111, 0b10000, 0b11110, 0b00001, 0b11110],
        '6' => [0b01110, 0b10000, 0b11110, 0b10001, 0b01110],
        '7' => [0b11111, 0b00010, 0b00100, 0b01000, 0b01000],
        '8' => [0b01110, 0b10001, 0b01110, 0b10001, 0b01110],
        '9' => [0b01110, 0b10001, 0b01111, 0b00001, 0b01110],
        '-' => [0b00000, 0b00000, 0b01110, 0b00000, 0b00000],
        _ => return None,
    })
}
