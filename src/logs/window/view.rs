//! The cursor's way through the window, and the rows that are seen.
//!
//! Pure. A record takes one row folded, and one for each line unfolded. Following keeps the cursor on the newest row.
//! Deliberately absent: how a row looks.

use std::ops::Range;

use super::{Entry, Goal, RecordId, Window};
use crate::logs::{Record, Side};

/// A row: a record and one of its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub id: RecordId,
    pub line: usize,
}

/// Where a row stands among the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub entry: usize,
    pub line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowLine {
    /// The record's first line, with how many lines are folded behind it.
    Head { folded: usize },
    /// One of the lines below, by its number in [`Record::line`].
    More(usize),
    /// So many lines were read but not kept.
    Cut(u32),
}

/// One row, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    pub id: RecordId,
    pub record: &'a Record,
    pub line: RowLine,
    pub selected: bool,
    pub bookmarked: bool,
    /// Absent as long as there is no mark.
    pub side: Option<Side>,
    /// Where the search was found in this line's text.
    pub places: Vec<Range<usize>>,
    pub found: Found,
}

/// Where a record's first row has what is searched for, besides in its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub in_host: bool,
    pub in_component: bool,
    pub in_folded: bool,
}

impl Entry {
    fn rows(&self) -> usize {
        if self.unfolded {
            let cut = usize::from(self.record.cut > 0);
            self.record.more.len().saturating_add(1).saturating_add(cut)
        } else {
            1
        }
    }
}

impl Window {
    /// The rows that are seen in a pane of this height.
    #[must_use]
    pub fn rows(&self, height: usize) -> Vec<Row<'_>> {
        let mut rows = Vec::with_capacity(height.min(256));
        let mut next = self.first_in_view(height);
        while let Some(place) = next.filter(|_| rows.len() < height) {
            rows.extend(self.row(place));
            next = self.below(place);
        }
        rows
    }

    fn row(&self, place: Place) -> Option<Row<'_>> {
        let entry = self.entries.get(place.entry)?;
        let record = &entry.record;
        let folded = if entry.unfolded { 0 } else { record.more.len().saturating_add(record.cut as usize) };
        let line = match place.line {
            0 => RowLine::Head { folded },
            line if line <= record.more.len() => RowLine::More(line),
            _ => RowLine::Cut(record.cut),
        };
        let text = record.line(place.line);
        let search = self.search.as_ref().filter(|_| entry.matches > 0);
        let places = search.zip(text).map_or_else(Vec::new, |(search, text)| search.places(text));
        let found = search.filter(|_| place.line == 0).map_or_else(Found::default, |search| Found {
            in_host: search.is_in(&record.host),
            in_component: record.component.as_ref().is_some_and(|component| search.is_in(component)),
            in_folded: folded > 0 && search.lines_of(record).any(|line| line > 0),
        });
        Some(Row {
            id: entry.id,
            record,
            line,
            selected: self.cursor == Some(Cursor { id: entry.id, line: place.line }),
            bookmarked: entry.bookmarked,
            side: self.mark.as_ref().map(|mark| mark.side(record)),
            places,
            found,
        })
    }

    /// The pane's height; moving keeps the cursor within it.
    pub fn set_height(&mut self, height: usize) {
        self.height = height.max(1);
        self.keep_in_view();
    }

    #[must_use]
    pub fn is_following(&self) -> bool {
        !self.free
    }

    pub fn follow(&mut self, follow: bool) {
        self.free = !follow;
        if follow && self.detached {
            self.return_to_newest();
        }
        self.keep_in_view();
    }

    /// All records that the filter admits, in the order they are shown in.
    pub fn shown(&self) -> impl Iterator<Item = &Record> {
        self.entries.iter().map(|entry| &entry.record).filter(|record| self.filter.admits(record))
    }

    /// The record under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&Record> {
        self.entries.get(self.place()?.entry).map(|entry| &entry.record)
    }

    /// Moves by rows; down is positive. Moving up ends following.
    pub fn move_by(&mut self, rows: isize) {
        self.want(match rows {
            ..0 => Some(Goal::Above),
            _ => self.detached.then_some(Goal::Below),
        });
        let Some(mut place) = self.place() else { return };
        for _ in 0..rows.unsigned_abs() {
            let next = if rows < 0 { self.above(place) } else { self.below(place) };
            let Some(next) = next else { break };
            place = next;
        }
        self.free |= rows < 0;
        self.go(place);
    }

    pub fn page(&mut self, down: bool) {
        let rows = isize::try_from(self.height.saturating_sub(1).max(1)).unwrap_or(1);
        self.move_by(if down { rows } else { -rows });
    }

    /// To the first row there is: what lies above what is held is read, and takes its place.
    pub fn to_first(&mut self) {
        self.free = true;
        self.want((!self.holds_beginnings()).then_some(Goal::First { begun: false }));
        self.go_first();
    }

    pub(super) fn go_first(&mut self) {
        if let Some(place) = self.first_shown(0) {
            self.go(place);
        }
    }

    /// To the newest row, and follows from there.
    pub fn to_last(&mut self) {
        self.follow(true);
    }

    /// Folds or unfolds the record under the cursor.
    pub fn toggle_fold(&mut self) {
        let Some(place) = self.place() else { return };
        let Some(entry) = self.entries.get_mut(place.entry) else { return };
        entry.unfolded = !entry.unfolded;
        let line = if entry.unfolded { place.line } else { 0 };
        self.free = true;
        self.go(Place { line, ..place });
    }

    pub(super) fn go(&mut self, place: Place) {
        self.cursor = self.name(place);
        self.keep_in_view();
    }

    /// After anything changed: the cursor stands on a row that is shown, and the pane shows the cursor.
    pub(super) fn keep_in_view(&mut self) {
        let last = self.last_shown(self.entries.len());
        let cursor = if self.free { self.place().or_else(|| self.nearest()) } else { last };
        self.cursor = cursor.and_then(|place| self.name(place));
        self.top = self.first_in_view(self.height).and_then(|place| self.name(place));
    }

    /// The row at the top: as before if the cursor is then in view, else just so far away that it is.
    fn first_in_view(&self, height: usize) -> Option<Place> {
        let cursor = self.place()?;
        let mut first = cursor;
        let top = self.top.and_then(|top| self.place_of(top)).filter(|top| *top <= cursor);
        for _ in 1..height.max(1) {
            if Some(first) == top && !self.ends_early(first, height) {
                break;
            }
            let Some(above) = self.above(first) else { break };
            first = above;
        }
        match top {
            // The top as it was is further up than the pane is high, or below: go only as far as needed.
            Some(top) if top > first && !self.ends_early(top, height) => Some(top),
            _ if top.is_none() && self.free && self.top.is_some() && !self.ends_early(cursor, height) => {
                Some(cursor)
            }
            _ => Some(first),
        }
    }

    /// Whether the rows from here on leave some of the pane empty.
    fn ends_early(&self, place: Place, height: usize) -> bool {
        let mut next = Some(place);
        for _ in 0..height {
            let Some(place) = next else { return true };
            next = self.below(place);
        }
        false
    }

    pub(super) fn place(&self) -> Option<Place> {
        self.cursor.and_then(|cursor| self.place_of(cursor))
    }

    fn place_of(&self, cursor: Cursor) -> Option<Place> {
        let entry = self.entries.iter().position(|entry| entry.id == cursor.id)?;
        let found = self.entries.get(entry).filter(|entry| self.filter.admits(&entry.record))?;
        Some(Place { entry, line: cursor.line.min(found.rows().saturating_sub(1)) })
    }

    /// The record shown that is nearest to where the cursor was, or arrived nearest to what is gone.
    fn nearest(&self) -> Option<Place> {
        let was = self.cursor.map_or(u64::MAX, |cursor| cursor.id.0);
        let here = self.entries.iter().position(|entry| entry.id.0 == was);
        let away = |(at, entry): &(usize, &Entry)| match here {
            Some(here) => here.abs_diff(*at) as u64,
            None => entry.id.0.abs_diff(was),
        };
        let shown = self.entries.iter().enumerate().filter(|(_, entry)| self.filter.admits(&entry.record));
        shown.min_by_key(away).map(|(entry, _)| Place { entry, line: 0 })
    }

    fn name(&self, place: Place) -> Option<Cursor> {
        self.entries.get(place.entry).map(|entry| Cursor { id: entry.id, line: place.line })
    }

    fn first_shown(&self, from: usize) -> Option<Place> {
        let mut entries = self.entries.iter().enumerate().skip(from);
        entries
            .find(|(_, entry)| self.filter.admits(&entry.record))
            .map(|(entry, _)| Place { entry, line: 0 })
    }

    fn last_shown(&self, before: usize) -> Option<Place> {
        let mut entries = self.entries.iter().enumerate().take(before).rev();
        entries
            .find(|(_, entry)| self.filter.admits(&entry.record))
            .map(|(at, entry)| Place { entry: at, line: entry.rows().saturating_sub(1) })
    }

    fn below(&self, place: Place) -> Option<Place> {
        let rows = self.entries.get(place.entry)?.rows();
        let line = place.line.saturating_add(1);
        if line < rows {
            Some(Place { line, ..place })
        } else {
            self.first_shown(place.entry.saturating_add(1))
        }
    }

    pub(super) fn above(&self, place: Place) -> Option<Place> {
        match place.line.checked_sub(1) {
            Some(line) => Some(Place { line, ..place }),
            None => self.last_shown(place.entry),
        }
    }
}
