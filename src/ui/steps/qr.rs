//! The address on which a code is entered, for a telephone's camera: two dots a cell, dark on light.
//!
//! Only with colour: without, nobody knows which of a terminal's two is the light one, and many cameras read no negative.
//! Relies on the qrcode crate for the dots. Deliberately absent: the code itself, which no sign-in takes by its address.

use qrcode::{Color, EcLevel, QrCode};
use ratatui::text::{Line, Span};

use crate::text::Safe;

use crate::ui::look::{Look, Role};

/// Light dots on every side: half the standard's, which cameras take from a screen. Four would leave no room for the
/// large code beside it on a screen of 120 columns.
const MARGIN: usize = 2;

/// The picture's lines, all of one width. `None`: it can't be shown so that a camera reads it.
pub fn lines(address: &Safe, look: &Look) -> Option<Vec<Line<'static>>> {
    let halves = look.glyphs().halves.filter(|_| look.colour())?;
    let code = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::L).ok()?;
    let (inner, dots) = (code.width(), code.to_colors());
    let whole = inner.saturating_add(MARGIN.saturating_mul(2));
    let dark = |column: usize, row: usize| {
        let (column, row) = (column.checked_sub(MARGIN)?, row.checked_sub(MARGIN)?);
        let at = row.checked_mul(inner)?.checked_add(column)?;
        (column < inner && dots.get(at) == Some(&Color::Dark)).then_some(())
    };
    let rows = (0..whole).step_by(2).map(|row| {
        let cell = |column: usize| {
            let upper = usize::from(dark(column, row).is_some());
            let lower = usize::from(dark(column, row.saturating_add(1)).is_some());
            halves.get(lower.saturating_mul(2).saturating_add(upper)).copied().unwrap_or(" ")
        };
        let line: String = (0..whole).map(cell).collect();
        Line::from(Span::styled(line, look.style(Role::Scanned)))
    });
    Some(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dots_are_the_codes_own_with_a_light_margin() {
        let address = Safe::new("https://microsoft.com/devicelogin");
        let lines = lines(&address, &Look::new(true, false)).unwrap();
        let code = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::L).unwrap();
        let read: Vec<bool> = lines
            .iter()
            .flat_map(|line| {
                let cells: Vec<char> = line.spans[0].content.chars().collect();
                let upper = cells.iter().map(|cell| "▀█".contains(*cell)).collect::<Vec<_>>();
                upper.into_iter().chain(cells.into_iter().map(|cell| "▄█".contains(cell)))
            })
            .collect();
        let (inner, whole) = (code.width(), code.width() + 2 * MARGIN);
        for row in 0..whole {
            for column in 0..whole {
                let within =
                    (MARGIN..MARGIN + inner).contains(&row) && (MARGIN..MARGIN + inner).contains(&column);
                let dark = within && code[(column - MARGIN, row - MARGIN)] == Color::Dark;
                assert_eq!(read[row * whole + column], dark, "{column} {row}");
            }
        }
    }

    #[test]
    fn it_is_shown_only_where_a_camera_can_read_it() {
        let address = Safe::new("https://microsoft.com/devicelogin");
        for (colour, ascii, shown) in [(true, false, true), (true, true, false), (false, false, false)] {
            assert_eq!(lines(&address, &Look::new(colour, ascii)).is_some(), shown);
        }
        assert!(lines(&Safe::from("x".repeat(4000)), &Look::new(true, false)).is_none());
    }
}
