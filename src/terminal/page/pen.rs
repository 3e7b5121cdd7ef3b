//! The pen: colours and attributes of what is written next, and the shortest sequence from one to another.
//!
//! Writes its own sequences, because the usual writer resets all attributes when colours are switched off.
//! Deliberately absent: any colour beyond the sixteen.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pen {
    foreground: Color,
    background: Color,
    modifier: Modifier,
}

/// Each modifier, the code that sets it and the one that takes it back.
const MODIFIERS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl From<&Cell> for Pen {
    fn from(cell: &Cell) -> Self {
        Self { foreground: cell.fg, background: cell.bg, modifier: cell.modifier }
    }
}

impl Pen {
    /// Appends what makes the terminal's pen this one; `from` is what it is now, if that is known.
    pub fn take_up(self, from: Option<Self>, out: &mut Vec<u8>) {
        if from == Some(self) {
            return;
        }
        if self == Self::default() {
            out.extend_from_slice(b"\x1b[m");
            return;
        }
        let afresh = sequence(&[&[0], self.additions(Self::default()).as_slice()].concat());
        let change = from.map(|from| sequence(&self.changes(from)));
        match change {
            Some(change) if change.len() <= afresh.len() => out.extend_from_slice(&change),
            _ => out.extend_from_slice(&afresh),
        }
    }

    fn changes(self, from: Self) -> Vec<u8> {
        let mut codes = Vec::new();
        let mut left = from;
        for (modifier, _, off) in MODIFIERS {
            if (from.modifier - self.modifier).contains(modifier) && !codes.contains(&off) {
                codes.push(off);
                // 22 takes bold and dim together, 25 both ways of blinking.
                for (other, _, its_off) in MODIFIERS {
                    if its_off == off {
                        left.modifier.remove(other);
                    }
                }
            }
        }
        codes.extend(self.additions(left));
        codes
    }

    /// The codes that are missing when the pen is `from`; says nothing about what is too much.
    fn additions(self, from: Self) -> Vec<u8> {
        let mut codes = Vec::new();
        for (modifier, on, _) in MODIFIERS {
            if (self.modifier - from.modifier).contains(modifier) {
                codes.push(on);
            }
        }
        if self.foreground != from.foreground {
            codes.push(foreground(self.foreground));
        }
        if self.background != from.background {
            codes.push(foreground(self.background).saturating_add(10));
        }
        codes
    }
}

fn sequence(codes: &[u8]) -> Vec<u8> {
    let mut out = b"\x1b[".to_vec();
    for (nth, code) in codes.iter().enumerate() {
        if nth > 0 {
            out.push(b';');
        }
        // Writing to a Vec can't fail.
        let _ = write!(out, "{code}");
    }
    out.push(b'm');
    out
}

fn foreground(colour: Color) -> u8 {
    match colour {
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => 39,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(fg: Color, bg: Color, modifier: Modifier) -> Pen {
        Pen { foreground: fg, background: bg, modifier }
    }

    #[test]
    fn the_shortest_sequence_is_taken() {
        let check = |from: Option<Pen>, to: Pen, expected: &str| {
            let mut out = Vec::new();
            to.take_up(from, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        };
        let plain = Pen::default();
        let red = pen(Color::Red, Color::Reset, Modifier::empty());
        let bold = pen(Color::Reset, Color::Reset, Modifier::BOLD);
        let both = pen(Color::Red, Color::Reset, Modifier::BOLD);
        let dim = pen(Color::Reset, Color::Reset, Modifier::DIM);
        check(None, plain, "\x1b[m");
        check(Some(plain), plain, "");
        check(Some(red), plain, "\x1b[m");
        check(Some(plain), red, "\x1b[31m");
        check(None, red, "\x1b[0;31m");
        check(Some(bold), both, "\x1b[31m");
        check(Some(both), red, "\x1b[22m");
        check(Some(both), bold, "\x1b[39m");
        check(Some(bold), dim, "\x1b[0;2m");
        check(Some(plain), pen(Color::Black, Color::LightRed, Modifier::REVERSED), "\x1b[7;30;101m");
    }
}
