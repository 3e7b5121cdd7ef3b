//! Finds rows that only moved: a full-width band of the screen that is the same as before, some lines higher or lower.
//!
//! Deliberately absent: whether using it saves anything; the page paints each way and takes the shortest.

use super::screen::Screen;

/// The furthest move looked for.
const FURTHEST: u16 = 10;

/// Rows `top..bottom` move by `by` lines; the lines that come free are blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    pub top: u16,
    pub bottom: u16,
    pub by: u16,
    pub up: bool,
}

/// The ways to move that are worth trying: the best band, and the same with one row more where the rows come from. That
/// row isn't the same as before, but may nearly be: the cursor's, which was marked and no longer is.
#[must_use]
pub fn candidates(known: &Screen, target: &Screen) -> Vec<Shift> {
    let Some(best) = find(known, target) else { return Vec::new() };
    let rows = target.size().height;
    let wider = if best.up {
        Some(Shift { bottom: best.bottom.saturating_add(1), ..best }).filter(|wider| wider.bottom <= rows)
    } else {
        best.top.checked_sub(1).map(|top| Shift { top, ..best })
    };
    [best].into_iter().chain(wider).collect()
}

/// The move that puts the most rows where they belong, if one puts two or more there.
fn find(known: &Screen, target: &Screen) -> Option<Shift> {
    let (known, target) = (known.digests(), target.digests());
    let mut best: Option<(usize, Shift)> = None;
    for by in 1..=FURTHEST {
        for up in [true, false] {
            for (gain, shift) in bands(&known, &target, by, up) {
                if gain >= 2 && best.is_none_or(|(most, _)| gain > most) {
                    best = Some((gain, shift));
                }
            }
        }
    }
    best.map(|(_, shift)| shift)
}

/// Each longest run of rows that are found `by` lines away, with how many of them would be wrong without the move.
fn bands(known: &[u64], target: &[u64], by: u16, up: bool) -> Vec<(usize, Shift)> {
    let distance = usize::from(by);
    // Row by row: (is it found there, was it wrong here).
    let rows = target.iter().zip(known).enumerate().map(|(y, (wanted, here))| {
        let from = if up { y.checked_add(distance) } else { y.checked_sub(distance) };
        let found = from.and_then(|from| known.get(from)).is_some_and(|there| there == wanted);
        (found, here != wanted)
    });
    let mut bands = Vec::new();
    let mut run: Option<(usize, usize)> = None;
    for (y, (found, wrong)) in rows.chain([(false, false)]).enumerate() {
        match (found, run) {
            (true, None) => run = Some((y, usize::from(wrong))),
            (true, Some((start, gain))) => run = Some((start, gain.saturating_add(wrong.into()))),
            (false, Some((start, gain))) => {
                let (top, bottom) = if up {
                    (start, y.saturating_add(distance))
                } else {
                    (start.saturating_sub(distance), y)
                };
                if let (Ok(top), Ok(bottom)) = (u16::try_from(top), u16::try_from(bottom)) {
                    bands.push((gain, Shift { top, bottom, by, up }));
                }
                run = None;
            }
            (false, None) => {}
        }
    }
    bands
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Cell;
    use ratatui::layout::Size;

    use super::super::screen::Torn;
    use super::*;

    fn screen(rows: &str) -> Screen {
        let mut screen = Screen::blank(Size::new(1, u16::try_from(rows.len()).unwrap()), Torn::Blank);
        for (y, c) in rows.chars().enumerate() {
            screen.put(0, u16::try_from(y).unwrap(), Cell::from(c));
        }
        screen
    }

    #[test]
    fn the_band_that_moved_is_found() {
        let check = |before: &str, after: &str, expected: Option<(u16, u16, u16, bool)>| {
            let expected = expected.map(|(top, bottom, by, up)| Shift { top, bottom, by, up });
            assert_eq!(find(&screen(before), &screen(after)), expected, "{before} to {after}");
        };
        check("abcdef", "abcdef", None);
        check("abcdef", "abXdef", None);
        check("=abcd=", "=bcde=", Some((1, 5, 1, true)));
        check("=abcd=", "=Xabc=", Some((1, 5, 1, false)));
        check("=abcdef=", "=cdefgh=", Some((1, 7, 2, true)));
        check("abcdef", "uvwxyz", None);
        check("      ", "      ", None);
        check("", "", None);
    }

    #[test]
    fn a_band_is_also_tried_with_the_row_that_it_comes_from() {
        let check = |before: &str, after: &str, expected: &[(u16, u16)]| {
            let found: Vec<_> = candidates(&screen(before), &screen(after))
                .iter()
                .map(|shift| (shift.top, shift.bottom))
                .collect();
            assert_eq!(found, expected, "{before} to {after}");
        };
        check("=abcD=", "=bcdE=", &[(1, 4), (1, 5)]);
        check("=Abcd=", "=Zabc=", &[(2, 5), (1, 5)]);
        check("abcd", "bcdX", &[(0, 4)]);
        check("abcd", "wxyz", &[]);
    }

    #[test]
    fn a_screen_scrolls_as_a_terminal_does() {
        let check = |up: bool, expected: &str| {
            let mut moved = screen("=abcd=");
            moved.scroll(Shift { top: 1, bottom: 5, by: 1, up });
            let rows: String = (0..6).map(|y| moved.row(y)[0].symbol()).collect();
            assert_eq!(rows, expected);
        };
        check(true, "=bcd =");
        check(false, "= abc=");
    }
}
