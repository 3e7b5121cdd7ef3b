//! What is known, part by part from the weightiest down: when the room is short, gaps and the last parts go first.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::clock::Now;
use crate::portal;
use crate::text::Safe;
use crate::walkthrough::words::{self, Truth};

use crate::ui::fit;
use crate::ui::look::{Look, Role, Tone};
use crate::ui::table::{Shown, Table};

/// A table shorter than this, its head included, is of no use.
const SHORTEST_TABLE: u16 = 4;
/// The column in which the values of facts begin.
const LABEL: usize = 10;

pub enum Part<'a> {
    Gap,
    /// A line as it is: the code to type, a command to copy.
    Line(Line<'static>),
    /// Broken into as many lines as it needs.
    Sentence(Option<Tone>, Role, Safe),
    /// A label and what is true of it.
    Fact(&'static str, Truth),
    Table(Table<'a>),
}

impl Part<'_> {
    pub fn dim(sentence: Safe) -> Self {
        Part::Sentence(None, Role::Secondary, sentence)
    }

    pub fn plain(sentence: Safe) -> Self {
        Part::Sentence(None, Role::Plain, sentence)
    }

    pub fn fact(label: &'static str, value: Safe) -> Self {
        Part::Fact(label, Truth::Plain(value))
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line<'static>> {
        match self {
            Part::Gap => vec![Line::default()],
            Part::Line(line) => vec![line.clone()],
            Part::Sentence(tone, role, sentence) => match tone {
                Some(tone) => signed(look, *tone, sentence, columns),
                None => {
                    fit::wrap(sentence, columns.into()).iter().map(|line| look.line(*role, line)).collect()
                }
            },
            Part::Fact(label, truth) => fact(look, label, truth, columns),
            Part::Table(_) => Vec::new(),
        }
    }
}

/// Parts with a picture at the right of them, line by line. `columns` are those of the parts.
pub fn beside<'a>(parts: &[Part], picture: Vec<Line<'static>>, look: &Look, columns: u16) -> Vec<Part<'a>> {
    let mut left = parts.iter().flat_map(|part| part.lines(look, columns));
    let mut right = picture.into_iter();
    let both = std::iter::from_fn(move || match (left.next(), right.next()) {
        (None, None) => None,
        (left, None) => left,
        (left, Some(right)) => {
            let mut line = left.unwrap_or_default();
            let short = usize::from(columns).saturating_sub(line.width());
            line.push_span(Span::raw(" ".repeat(short)));
            line.spans.extend(right.spans);
            Some(line)
        }
    });
    both.map(Part::Line).collect()
}

/// A sentence of truth, with its glyph.
pub fn truth<'a>(truth: Truth) -> Part<'a> {
    let (tone, text) = tone_of(truth);
    match tone {
        Tone::Neutral => Part::plain(text),
        tone => Part::Sentence(Some(tone), tone.into(), text),
    }
}

/// A source that can't be read: since when, and when it is tried next.
pub fn fault<'a>(view: &crate::walkthrough::PortalView, now: Now) -> Option<Part<'a>> {
    let (fault, since): &(portal::Fault, Now) = view.fault.as_ref()?;
    let next = view.next_poll.map(|next| next.since(now.at));
    Some(truth(Truth::Warn(words::portal_fault(fault, since.wall, next))))
}

fn tone_of(truth: Truth) -> (Tone, Safe) {
    match truth {
        Truth::Good(text) => (Tone::Good, text),
        Truth::Warn(text) => (Tone::Warn, text),
        Truth::Bad(text) => (Tone::Bad, text),
        Truth::Plain(text) => (Tone::Neutral, text),
    }
}

/// The glyph stands in front, the sentence's lines are aligned behind it.
pub fn signed(look: &Look, tone: Tone, sentence: &Safe, columns: u16) -> Vec<Line<'static>> {
    let role = Role::from(tone);
    let mut glyph = look.glyph(tone);
    fit::wrap(sentence, usize::from(columns).saturating_sub(2))
        .iter()
        .map(|line| {
            let mark = look.word(role, std::mem::replace(&mut glyph, " "));
            Line::from(vec![mark, Span::raw(" "), look.span(role, line)])
        })
        .collect()
}

fn fact(look: &Look, label: &'static str, truth: &Truth, columns: u16) -> Vec<Line<'static>> {
    let (tone, text) = tone_of(truth.clone());
    let text = if tone == Tone::Neutral { text } else { Safe::from(format!("{} {text}", look.glyph(tone))) };
    let room = usize::from(columns).saturating_sub(LABEL);
    if fit::width(&text) > room && !text.contains(' ') {
        // An address is kept in one piece, for whoever copies it.
        let head = look.word(Role::Secondary, label);
        return [Line::from(head), look.line(tone.into(), &fit::in_the_middle(&text, columns.into()))]
            .to_vec();
    }
    let mut label = label;
    fit::wrap(&text, room)
        .iter()
        .map(|line| {
            let head = Safe::from(format!("{:<LABEL$}", std::mem::take(&mut label)));
            Line::from(vec![look.span(Role::Secondary, &head), look.span(tone.into(), line)])
        })
        .collect()
}

pub fn draw(parts: &[Part], look: &Look, area: Rect, frame: &mut Frame) -> Option<Shown> {
    let lines: Vec<Vec<Line>> = parts.iter().map(|part| part.lines(look, area.width)).collect();
    let heights = heights(parts, &lines, area.height);
    let areas = Layout::vertical(heights.iter().map(|rows| Constraint::Length(*rows))).split(area);
    let mut shown = None;
    for ((part, lines), area) in parts.iter().zip(lines).zip(areas.iter()) {
        match part {
            Part::Table(table) => shown = table.draw(look, *area, frame).or(shown),
            _ => frame.render_widget(Paragraph::new(lines), *area),
        }
    }
    shown
}

/// How many rows each part gets.
fn heights(parts: &[Part], lines: &[Vec<Line>], room: u16) -> Vec<u16> {
    let mut heights: Vec<u16> = parts
        .iter()
        .zip(lines)
        .map(|(part, lines)| match part {
            Part::Table(table) => table.height(),
            _ => fit::cells(lines.len()),
        })
        .collect();
    let over = |heights: &[u16]| {
        heights.iter().fold(0_u16, |sum, rows| sum.saturating_add(*rows)).saturating_sub(room)
    };
    for (number, part) in parts.iter().enumerate().rev() {
        if over(&heights) > 0
            && let (Part::Gap, Some(rows)) = (part, heights.get_mut(number))
        {
            *rows = 0;
        }
    }
    for (number, part) in parts.iter().enumerate().rev() {
        let over = over(&heights);
        if let (Part::Table(_), Some(rows)) = (part, heights.get_mut(number)) {
            *rows = rows.saturating_sub(over).max(SHORTEST_TABLE.min(*rows));
        }
    }
    // Half a sentence could say the opposite of the whole: a part that doesn't fit is left out.
    let mut left = room;
    for (part, rows) in parts.iter().zip(&mut heights) {
        let least = if matches!(part, Part::Table(_)) { 2 } else { *rows };
        *rows = if left < least { 0 } else { (*rows).min(left) };
        left = left.saturating_sub(*rows);
    }
    heights
}
