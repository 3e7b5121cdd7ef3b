//! Going to what is looked for: a search, a refused credential, a bookmark, a time.
//!
//! Pure. Only what the filter admits is found; what is found in a folded line unfolds its record. A search goes round
//! at either end, and how many lines match is kept with each record, so that counting them again costs little.
//! Deliberately absent: where the cursor may stand (`view`).

use super::view::Place;
use super::{Entry, Goal, RecordId, Search, SearchFault, Window};
use crate::logs::WrittenTime;

/// How many lines match the search among the records that are shown, and which of them the cursor is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// Counted from 1; absent while the cursor is on none.
    pub at: Option<usize>,
    pub all: usize,
}

/// What became of a step to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    Onward,
    /// Past the end, and on from the other.
    Round,
    Nowhere,
}

impl Window {
    /// To the first record written at `time` or later.
    pub fn to_time(&mut self, time: WrittenTime) -> bool {
        self.find(true, false, |entry| entry.written().is_some_and(|written| written >= time))
    }

    /// The time of the last record shown that has one.
    #[must_use]
    pub fn last_time(&self) -> Option<WrittenTime> {
        let mut shown = self.entries.iter().rev().filter(|entry| self.filter.admits(&entry.record));
        shown.find_map(Entry::written)
    }

    /// To a record by its number, if it is still here and shown.
    pub fn to_record(&mut self, id: RecordId) -> bool {
        self.find(true, false, |entry| entry.id == id)
    }

    /// False if there is none, or none yet: where the files hold more than is here, it is looked for there.
    pub fn next_refused(&mut self, forward: bool) -> bool {
        let frontier = self.frontier(forward);
        let found = self.find_refused(forward, frontier);
        if !found && frontier.is_some() {
            self.free = true;
            self.want(Some(Goal::Refused { forward }));
        }
        found
    }

    /// Beyond the frontier another may come before the one that is here.
    pub(super) fn find_refused(&mut self, forward: bool, frontier: Option<usize>) -> bool {
        let here = self.place().map(|place| place.entry);
        let mut all = self.entries.iter().enumerate();
        let wanted = |at: usize, entry: &Entry| {
            let beyond = here.is_none_or(|here| if forward { at > here } else { at < here });
            let within =
                frontier.is_none_or(|frontier| if forward { at <= frontier } else { at >= frontier });
            beyond && within && entry.record.is_refusal() && self.filter.admits(&entry.record)
        };
        let found = if forward {
            all.find(|(at, entry)| wanted(*at, entry))
        } else {
            all.rfind(|(at, entry)| wanted(*at, entry))
        };
        let Some((entry, _)) = found else { return false };
        self.go_to(Place { entry, line: 0 });
        true
    }

    /// Whether a refused credential is looked for in what has yet to be read.
    #[must_use]
    pub fn is_seeking(&self) -> bool {
        matches!(self.goal, Some(Goal::Refused { .. }))
    }

    /// Marks the record under the cursor or takes the mark away; says which.
    pub fn toggle_bookmark(&mut self) -> Option<bool> {
        let place = self.place()?;
        let entry = self.entries.get_mut(place.entry)?;
        entry.bookmarked = !entry.bookmarked;
        let (bookmarked, name) = (entry.bookmarked, (entry.record.source, entry.record.at));
        if bookmarked {
            self.bookmarks.insert(name);
        } else {
            self.bookmarks.remove(&name);
        }
        Some(bookmarked)
    }

    /// To the next bookmarked record, and from the last one round to the first.
    pub fn next_bookmark(&mut self) -> Stepped {
        let bookmarked = |entry: &Entry| entry.bookmarked;
        if self.find(true, true, bookmarked) {
            Stepped::Onward
        } else if self.find(true, false, bookmarked) {
            Stepped::Round
        } else {
            Stepped::Nowhere
        }
    }

    /// Searches from now on, and goes to a match in the record under the cursor, or else above
    /// it, or below. Nothing searches no more.
    pub fn search(&mut self, text: &str) -> Result<bool, SearchFault> {
        let search = if text.is_empty() { None } else { Some(Search::new(text)?) };
        for entry in &mut self.entries {
            entry.matches = search.as_ref().map_or(0, |search| search.lines_of(&entry.record).count());
        }
        let here = self.place().and_then(|here| Some((here.entry, self.entries.get(here.entry)?)));
        let within = here.zip(search.as_ref()).and_then(|((entry, found), search)| {
            search.lines_of(&found.record).next().map(|line| Place { entry, line })
        });
        self.search = search;
        if self.matches().at.is_some() {
            return Ok(true);
        }
        if let Some(within) = within {
            self.go_to(within);
            return Ok(true);
        }
        Ok(self.next_match(false) != Stepped::Nowhere)
    }

    #[must_use]
    pub fn searched(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    #[must_use]
    pub fn matches(&self) -> Matches {
        let Some(search) = &self.search else { return Matches::default() };
        let here = self.place();
        let mut matches = Matches::default();
        for (number, entry) in self.matching() {
            if let Some(here) = here.filter(|here| here.entry == number) {
                let within = search.lines_of(&entry.record).position(|line| line == here.line);
                matches.at = within.map(|within| matches.all.saturating_add(within).saturating_add(1));
            }
            matches.all = matches.all.saturating_add(entry.matches);
        }
        matches
    }

    /// To the next line that matches, and from the last one round to the first.
    pub fn next_match(&mut self, forward: bool) -> Stepped {
        let Some(search) = &self.search else { return Stepped::Nowhere };
        let places = |(entry, found): (usize, &Entry)| {
            let lines: Vec<usize> = search.lines_of(&found.record).collect();
            lines.into_iter().map(move |line| Place { entry, line })
        };
        let here = self.place();
        let beyond =
            |place: &Place| here.is_none_or(|here| if forward { *place > here } else { *place < here });
        let (onward, round) = if forward {
            let near = here.map_or(0, |here| here.entry);
            let mut onward = self.matching().skip_while(|(entry, _)| *entry < near).flat_map(places);
            (onward.find(beyond), self.matching().flat_map(places).next())
        } else {
            let near = here.map_or(usize::MAX, |here| here.entry);
            let upward = || self.matching().rev().flat_map(|found| places(found).rev());
            let mut onward = upward().skip_while(|place| place.entry > near);
            (onward.find(beyond), upward().next())
        };
        let (place, stepped) = match (onward, round) {
            (Some(place), _) => (place, Stepped::Onward),
            (None, Some(place)) => (place, Stepped::Round),
            (None, None) => return Stepped::Nowhere,
        };
        self.go_to(place);
        stepped
    }

    /// The records shown that match.
    fn matching(&self) -> impl DoubleEndedIterator<Item = (usize, &Entry)> {
        let all = self.entries.iter().enumerate();
        all.filter(|(_, entry)| entry.matches > 0 && self.filter.admits(&entry.record))
    }

    /// Goes to the next record that is `wanted`; from the cursor, or else from the very end.
    fn find(&mut self, forward: bool, from_cursor: bool, wanted: impl Fn(&Entry) -> bool) -> bool {
        let here = self.place().filter(|_| from_cursor).map(|place| place.entry);
        let shown = |entry: &Entry| self.filter.admits(&entry.record) && wanted(entry);
        let mut all = self.entries.iter().enumerate();
        let found = if forward {
            all.find(|(at, entry)| here.is_none_or(|here| *at > here) && shown(entry))
        } else {
            all.rfind(|(at, entry)| here.is_none_or(|here| *at < here) && shown(entry))
        };
        let Some((entry, _)) = found else { return false };
        self.go_to(Place { entry, line: 0 });
        true
    }

    /// Ends following, and unfolds the record if it is folded over the line.
    fn go_to(&mut self, place: Place) {
        if place.line > 0
            && let Some(entry) = self.entries.get_mut(place.entry)
        {
            entry.unfolded = true;
        }
        self.free = true;
        self.go(place);
    }
}
