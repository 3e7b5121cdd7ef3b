//! Going to what is looked for: a search, a refused credential, a bookmark, a time.
//!
//! Pure. Only what the filter admits is found; what is found in a folded line unfolds its record. A search goes round
//! at either end, and how many lines match is kept with each record, so that counting them again costs little. What isn't
//! found in what is held is looked for in the files, as far as they go, until another key says otherwise.
//! Deliberately absent: where the cursor may stand (`view`).

use super::view::Place;
use super::{Entry, Goal, RecordId, Search, SearchFault, Sought, Window};
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
    /// Not in what is held: it is looked for in the files.
    Seeking,
    Nowhere,
}

impl Window {
    /// To the first record written at `time` or later. False if there is none, or none yet.
    pub fn to_time(&mut self, time: WrittenTime) -> bool {
        let what = Sought::Time(time);
        if self.find_sought(what, false) {
            return true;
        }
        if self.lacks_since(time) {
            self.seek(what, false);
        } else if self.has_more(true) {
            self.seek(what, true);
        }
        false
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
        let found = self.find_sought(Sought::Refused, forward);
        if !found && self.frontier(forward).is_some() {
            self.seek(Sought::Refused, forward);
        }
        found
    }

    fn seek(&mut self, what: Sought, forward: bool) {
        self.free = true;
        self.want(Some(Goal::Next { what, forward }));
    }

    /// In what is held, as far as nothing that comes before it can be missing.
    pub(super) fn find_sought(&mut self, what: Sought, forward: bool) -> bool {
        let frontier = self.frontier(forward);
        match what {
            Sought::Refused => self.find_refused(forward, frontier),
            Sought::Match => {
                let onward = self.onward(forward, frontier);
                onward.map(|place| self.go_to(place)).is_some()
            }
            Sought::Time(time) => {
                let late = |entry: &Entry| entry.written().is_some_and(|written| written >= time);
                // On the way down, what was let go of above had been looked through.
                (forward || !self.lacks_since(time)) && self.find(true, false, late)
            }
        }
    }

    /// Beyond the frontier another may come before the one that is here.
    fn find_refused(&mut self, forward: bool, frontier: Option<usize>) -> bool {
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

    /// Whether something is looked for in what has yet to be read, and in which direction.
    #[must_use]
    pub fn is_seeking(&self) -> Option<bool> {
        match self.goal {
            Some(Goal::Next { forward, .. }) => Some(forward),
            _ => None,
        }
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
        Ok(matches!(self.next_match(false), Stepped::Onward | Stepped::Round))
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

    /// To the next line that matches, and from the last one of all round to the first.
    pub fn next_match(&mut self, forward: bool) -> Stepped {
        if self.search.is_none() {
            return Stepped::Nowhere;
        }
        if self.find_sought(Sought::Match, forward) {
            return Stepped::Onward;
        }
        if self.frontier(forward).is_some() {
            self.seek(Sought::Match, forward);
            return Stepped::Seeking;
        }
        let round = if forward { self.matching().next() } else { self.matching().next_back() };
        let lines = round.map(|(entry, found)| self.lines_of(entry, found)).unwrap_or_default();
        let place = if forward { lines.first() } else { lines.last() };
        let Some(place) = place.copied() else { return Stepped::Nowhere };
        self.go_to(place);
        Stepped::Round
    }

    /// The next match from the cursor on, and not beyond the frontier.
    fn onward(&self, forward: bool, frontier: Option<usize>) -> Option<Place> {
        let here = self.place();
        let beyond =
            |place: &Place| here.is_none_or(|here| if forward { *place > here } else { *place < here });
        let places = |(entry, found): (usize, &Entry)| self.lines_of(entry, found);
        let found = if forward {
            let near = here.map_or(0, |here| here.entry);
            self.matching().skip_while(|(entry, _)| *entry < near).flat_map(places).find(beyond)
        } else {
            let near = here.map_or(usize::MAX, |here| here.entry);
            let upward = self.matching().rev().skip_while(|(entry, _)| *entry > near);
            upward.flat_map(|found| places(found).into_iter().rev()).find(beyond)
        };
        let within = |place: &Place| {
            frontier.is_none_or(
                |frontier| {
                    if forward { place.entry <= frontier } else { place.entry >= frontier }
                },
            )
        };
        found.filter(within)
    }

    fn lines_of(&self, entry: usize, found: &Entry) -> Vec<Place> {
        let lines = self.search.iter().flat_map(|search| search.lines_of(&found.record));
        lines.map(|line| Place { entry, line }).collect()
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
