//! The marks beside the words, in Unicode and in ASCII. Relies on nothing.
//!
//! Deliberately absent: any meaning without a word; a glyph always stands beside one.

use ratatui::buffer::Buffer;
use ratatui::symbols::border;

/// Every mark is one column wide.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    pub good: &'static str,
    pub bad: &'static str,
    pub warn: &'static str,
    pub unknown: &'static str,
    pub neutral: &'static str,
    /// The current step, the marked option.
    pub here: &'static str,
    pub pdc_emulator: &'static str,
    pub read_only: &'static str,
    /// One typed character of a password.
    pub masked: &'static str,
    /// Text goes on to the left, or to the right, of what is shown.
    pub more: &'static str,
    /// The one moving cell, a picture a second.
    pub activity: [&'static str; 4],
    /// Halves of a cell, for the large code: none, upper, lower, both. Without them the code is only spaced out.
    pub halves: Option<[&'static str; 4]>,
    pub borders: border::Set<'static>,
}

pub const UNICODE: Glyphs = Glyphs {
    good: "✓",
    bad: "✗",
    warn: "!",
    unknown: "?",
    neutral: "·",
    here: "▶",
    pdc_emulator: "◆",
    read_only: "◇",
    masked: "•",
    more: "…",
    activity: ["◐", "◓", "◑", "◒"],
    halves: Some([" ", "▀", "▄", "█"]),
    borders: border::PLAIN,
};

pub const ASCII: Glyphs = Glyphs {
    good: "+",
    bad: "x",
    warn: "!",
    unknown: "?",
    neutral: "-",
    here: ">",
    pdc_emulator: "*",
    read_only: "o",
    masked: "*",
    more: "~",
    activity: ["|", "/", "-", "\\"],
    halves: None,
    borders: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
};

/// Puts an ASCII character wherever another one stands, for terminals that can show nothing else.
pub fn only_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            cell.set_symbol(match cell.symbol() {
                "…" => "~",
                "·" | "–" | "—" => "-",
                "×" => "x",
                "“" | "”" => "\"",
                "’" => "'",
                "↑" => "^",
                "↓" => "v",
                "←" => "<",
                "→" => ">",
                "▇" => "#",
                _ => "?",
            });
        }
    }
}
