//! How everything looks, decided once: styles by meaning, from the sixteen colours that every theme defines.
//!
//! Foreground and background stay the terminal's own. Without colour, word, glyph and weight tell the same.
//! Deliberately absent: asking the terminal what it can do (its traits are decided before).

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Block;

use crate::text::Safe;

use super::glyphs::{self, Glyphs};

/// What a piece of the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Plain,
    /// Focus and the current step, nothing else.
    Accent,
    Border,
    FocusBorder,
    Heading,
    Secondary,
    Good,
    Bad,
    Warn,
    Unknown,
    /// The row or option that keys act on.
    Selected,
    /// What is to be typed or read out exactly: a code, a command.
    Marked,
    /// A refused credential in the logs.
    Refused,
    /// Another known fault in the logs.
    Fault,
    /// What a search found.
    Match,
    /// The banner of a refused password, and the word LIVE.
    Alarm,
    /// What a camera reads: dark on light in every theme, so it is never without colour.
    Scanned,
}

/// How a state is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Warn,
    Unknown,
    Neutral,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    colour: bool,
    ascii: bool,
}

impl Look {
    pub const fn new(colour: bool, ascii: bool) -> Self {
        Self { colour, ascii }
    }

    pub const fn colour(&self) -> bool {
        self.colour
    }

    pub const fn ascii(&self) -> bool {
        self.ascii
    }

    pub const fn glyphs(&self) -> &'static Glyphs {
        if self.ascii { &glyphs::ASCII } else { &glyphs::UNICODE }
    }

    pub fn glyph(&self, tone: Tone) -> &'static str {
        let glyphs = self.glyphs();
        match tone {
            Tone::Good => glyphs.good,
            Tone::Bad => glyphs.bad,
            Tone::Warn => glyphs.warn,
            Tone::Unknown => glyphs.unknown,
            Tone::Neutral => glyphs.neutral,
        }
    }

    /// A piece of text that means this.
    pub fn span(&self, role: Role, text: &Safe) -> Span<'static> {
        Span::styled(text.as_str().to_owned(), self.style(role))
    }

    pub fn word(&self, role: Role, word: &'static str) -> Span<'static> {
        Span::styled(word, self.style(role))
    }

    pub fn line(&self, role: Role, text: &Safe) -> Line<'static> {
        Line::from(self.span(role, text))
    }

    /// A pane's border, bright while the keys go to it.
    pub fn pane(&self, focused: bool) -> Block<'static> {
        let role = if focused { Role::FocusBorder } else { Role::Border };
        Block::bordered().border_set(self.glyphs().borders).border_style(self.style(role))
    }

    pub fn style(&self, role: Role) -> Style {
        if self.colour { colour(role) } else { mono(role) }
    }
}

impl From<Tone> for Role {
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Good => Self::Good,
            Tone::Bad => Self::Bad,
            Tone::Warn => Self::Warn,
            Tone::Unknown => Self::Unknown,
            Tone::Neutral => Self::Plain,
        }
    }
}

const fn colour(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Plain => style,
        Role::Accent => style.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        Role::FocusBorder => style.fg(Color::Cyan),
        Role::Border | Role::Secondary => style.add_modifier(Modifier::DIM),
        Role::Heading | Role::Marked => style.add_modifier(Modifier::BOLD),
        Role::Good => style.fg(Color::Green),
        Role::Bad => style.fg(Color::Red).add_modifier(Modifier::BOLD),
        Role::Warn | Role::Fault => style.fg(Color::Yellow),
        Role::Unknown => style.fg(Color::Magenta),
        Role::Selected | Role::Match => style.add_modifier(Modifier::REVERSED),
        Role::Refused => style.fg(Color::Red).add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED)),
        Role::Alarm => style.fg(Color::Red).add_modifier(Modifier::BOLD.union(Modifier::REVERSED)),
        Role::Scanned => style.fg(Color::Black).bg(Color::White),
    }
}

const fn mono(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Plain | Role::Good | Role::Scanned => style,
        Role::Accent | Role::FocusBorder | Role::Heading | Role::Marked | Role::Bad => {
            style.add_modifier(Modifier::BOLD)
        }
        Role::Border | Role::Secondary => style.add_modifier(Modifier::DIM),
        Role::Warn | Role::Unknown | Role::Fault => style.add_modifier(Modifier::UNDERLINED),
        Role::Selected | Role::Match => style.add_modifier(Modifier::REVERSED),
        Role::Refused | Role::Alarm => style.add_modifier(Modifier::BOLD.union(Modifier::REVERSED)),
    }
}
