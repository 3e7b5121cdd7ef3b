//! One row of a log: time, host, level, component, message, with what was found in it standing out.
//!
//! Columns follow from the pane's width alone, so that rows stay aligned. Deliberately absent: which rows are seen.

use std::ops::Range;

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::logs::window::{Row, RowLine};
use crate::logs::{Find, FindKind, Level, Record};
use crate::text::Safe;
use crate::walkthrough::words;

use crate::ui::fit;
use crate::ui::look::{Look, Role};

/// The spans that show the cursor: mark, time, host.
const SELECTED: usize = 3;

/// So many columns before a match are shown with it.
const BEFORE_MATCH: usize = 12;

/// What all rows of the pane share.
pub struct Style<'a> {
    pub look: &'a Look,
    pub columns: usize,
    /// Columns of the message that lie to the left of what is shown.
    pub left: usize,
    pub focused: bool,
}

impl Style<'_> {
    pub fn line(&self, row: &Row) -> Line<'static> {
        let mut line = match row.line {
            RowLine::Head { folded } => self.head(row, folded),
            RowLine::More(number) => self.more(row, number),
            RowLine::Cut(lines) => self.look.line(Role::Secondary, &words::lines_cut(lines)),
        };
        if row.selected && self.focused {
            // Only where the row begins: a whole row in another style would cost twice its bytes when it scrolls, and
            // hide what stands out in it.
            for span in line.spans.iter_mut().take(SELECTED) {
                *span = span.clone().patch_style(self.look.style(Role::Selected));
            }
        }
        line
    }

    fn head(&self, row: &Row, folded: usize) -> Line<'static> {
        let record = row.record;
        let look = self.look;
        let (host, component) = if self.columns >= 110 { (14, 26) } else { (8, 16) };
        let mark = match (row.bookmarked, record.is_refusal()) {
            (true, _) => look.word(Role::Heading, look.glyphs().pdc_emulator),
            (false, true) => look.word(Role::Bad, look.glyphs().bad),
            (false, false) => Span::raw(" "),
        };
        let time =
            record.time.map_or_else(Safe::default, |time| Safe::from(time.strftime("%H:%M:%S").to_string()));
        let label = Safe::from(record.host.split('.').next().unwrap_or_default());
        let level = record.level.map_or_else(Safe::default, |level| Safe::new(level.word()));
        let named = record.component.clone().unwrap_or_default();
        let mut line = Line::from(vec![
            mark,
            look.span(Role::Secondary, &padded(&time, 9)),
            look.span(
                found(row.found.in_host, Role::Plain),
                &padded(&fit::in_the_middle(&label, host), host.saturating_add(1)),
            ),
            look.span(severity(record.level), &padded(&fit::at_end(&level, 5), 6)),
            look.span(
                found(row.found.in_component, Role::Secondary),
                &padded(&fit::in_the_middle(&named, component), component.saturating_add(2)),
            ),
        ]);
        let more = if folded > 0 { format!(" +{folded}") } else { String::new() };
        let room = self.columns.saturating_sub(line.width()).saturating_sub(more.len());
        let message = self.telling(row, folded > 0, room).unwrap_or_else(|| self.found(row, 0, room));
        let used = message.iter().fold(0_usize, |sum, span| sum.saturating_add(span.width()));
        line.spans.extend(message);
        if !more.is_empty() {
            line.push_span(Span::raw(" ".repeat(room.saturating_sub(used))));
            line.push_span(look.span(found(row.found.in_folded, Role::Secondary), &Safe::from(more)));
        }
        line
    }

    /// From where the fault stands, if that would be out of sight: it is what the row is about.
    fn telling(&self, row: &Row, folded: bool, room: usize) -> Option<Vec<Span<'static>>> {
        let about = |find: &&Find| matches!(find.kind, FindKind::CredentialRefused | FindKind::OtherFault);
        let find = row.record.finds.iter().find(about).filter(|find| find.line == 0 || folded)?;
        let text = row.record.line(find.line)?;
        let before = Safe::from(text.get(..find.range.start)?);
        let end = fit::width(&Safe::from(text.get(..find.range.end)?));
        if self.left > 0 || !row.places.is_empty() || (find.line == 0 && end < room) || before.is_empty() {
            return None;
        }
        let marks = Marks { record: row.record, number: find.line, places: &[] };
        let mut spans = vec![self.look.word(Role::Secondary, self.look.glyphs().more)];
        spans.extend(marks.spans(self.look, text, (fit::width(&before), room.saturating_sub(1))));
        Some(spans)
    }

    fn more(&self, row: &Row, number: usize) -> Line<'static> {
        let mut spans = vec![Span::raw("  "), Span::raw("  "), Span::raw(" ")];
        spans.extend(self.found(row, number, self.columns.saturating_sub(5)));
        Line::from(spans)
    }

    fn found(&self, row: &Row, number: usize, room: usize) -> Vec<Span<'static>> {
        let Some(text) = row.record.line(number) else { return Vec::new() };
        let marks = Marks { record: row.record, number, places: &row.places };
        match self.out_of_sight(text, &row.places, room) {
            Some(left) => {
                let mut spans = vec![self.look.word(Role::Secondary, self.look.glyphs().more)];
                spans.extend(marks.spans(self.look, text, (left, room.saturating_sub(1))));
                spans
            }
            None => marks.spans(self.look, text, (self.left, room)),
        }
    }

    /// From where to show a text whose first match would be out of sight.
    fn out_of_sight(&self, text: &Safe, places: &[Range<usize>], room: usize) -> Option<usize> {
        let first = places.first()?;
        let end = fit::width(&Safe::from(text.get(..first.end)?));
        let start = fit::width(&Safe::from(text.get(..first.start)?));
        (self.left == 0 && end >= room).then(|| start.saturating_sub(BEFORE_MATCH.min(room.div_euclid(4))))
    }
}

/// What stands out in one line of a record.
struct Marks<'a> {
    record: &'a Record,
    number: usize,
    places: &'a [Range<usize>],
}

impl Marks<'_> {
    fn role(&self, at: usize) -> Role {
        if self.places.iter().any(|place| place.contains(&at)) {
            return Role::Match;
        }
        let finds = &self.record.finds;
        let find = finds.iter().find(|find| find.line == self.number && find.range.contains(&at));
        find.map_or(Role::Plain, |find| match find.kind {
            FindKind::Secret | FindKind::Time => Role::Secondary,
            FindKind::CredentialRefused => Role::Refused,
            FindKind::OtherFault => Role::Fault,
            FindKind::Account | FindKind::Host | FindKind::Level => Role::Heading,
        })
    }

    /// `room` columns of the text, beginning `left` columns into it; a mark says that it goes on.
    fn spans(&self, look: &Look, text: &Safe, (left, room): (usize, usize)) -> Vec<Span<'static>> {
        if fit::width(text).saturating_sub(left) <= room || room == 0 {
            return self.run(look, text, (left, room));
        }
        let mut spans = self.run(look, text, (left, room.saturating_sub(1)));
        spans.push(look.word(Role::Secondary, look.glyphs().more));
        spans
    }

    fn run(&self, look: &Look, text: &Safe, (left, room): (usize, usize)) -> Vec<Span<'static>> {
        let mut spans: Vec<(Role, String)> = Vec::new();
        let (mut skipped, mut used) = (0_usize, 0_usize);
        for (at, grapheme) in text.grapheme_indices(true) {
            let columns = grapheme.width();
            if skipped < left {
                skipped = skipped.saturating_add(columns);
                continue;
            }
            used = used.saturating_add(columns);
            if used > room {
                break;
            }
            let role = self.role(at);
            match spans.last_mut() {
                Some((last, run)) if *last == role => run.push_str(grapheme),
                _ => spans.push((role, grapheme.to_owned())),
            }
        }
        spans.into_iter().map(|(role, run)| look.span(role, &Safe::from(run))).collect()
    }
}

/// One line of a record, broken into as many as it needs, with what was found standing out.
pub fn whole(look: &Look, record: &Record, number: usize, columns: u16) -> Vec<Line<'static>> {
    let Some(text) = record.line(number) else { return Vec::new() };
    let marks = Marks { record, number, places: &[] };
    let columns = usize::from(columns).max(2);
    let lines = fit::width(text).div_ceil(columns).max(1);
    (0..lines)
        .map(|line| Line::from(marks.run(look, text, (line.saturating_mul(columns), columns))))
        .collect()
}

fn found(found: bool, otherwise: Role) -> Role {
    if found { Role::Match } else { otherwise }
}

fn severity(level: Option<Level>) -> Role {
    match level {
        Some(Level::Fatal | Level::Error) => Role::Bad,
        Some(Level::Warn) => Role::Warn,
        Some(Level::Info | Level::Debug | Level::Verbose) | None => Role::Plain,
    }
}

fn padded(text: &Safe, columns: usize) -> Safe {
    let blank = " ".repeat(columns.saturating_sub(fit::width(text)));
    Safe::from(format!("{text}{blank}"))
}
