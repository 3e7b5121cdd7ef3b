//! The log pane's own keys: searching, filters, refused credentials, bookmarks, times.
//!
//! Pure. What can't be done is said in a sentence, and what was typed stays in its field.
//! Deliberately absent: moving by rows (`moving`), and taking records out of the pane (`taking`).

use jiff::civil::DateTime;

use crate::logs::window::{Filter, Loaded, Sought, Stepped, Took};
use crate::logs::{SourceId, WrittenTime};
use crate::walkthrough::words;

use super::keymap::Action;
use super::{LineKind, Model, Overlay, Pane};

impl Model {
    /// The next source alone, with a word on how it stands.
    fn next_source(&mut self) {
        self.logs.cycle_source();
        let only = self.logs.filter().source;
        if let Some(view) = only.and_then(|source| self.walk.sources.get(&source)) {
            let said = words::source(&view.state, self.now.at);
            self.toast(words::source_fault(&view.state).unwrap_or(said));
        }
    }

    /// One source alone, or all of them.
    pub(super) fn show_source(&mut self, source: Option<SourceId>) {
        self.fit_logs();
        let filter = self.logs.filter();
        self.logs.set_filter(Filter { source, ..filter });
        self.pane = Pane::Logs;
    }

    /// Along the list of sources, where all of them together come first.
    pub(super) fn source_moved(&mut self, marked: Option<SourceId>, action: Action) {
        let sources: Vec<Option<SourceId>> =
            std::iter::once(None).chain(self.walk.sources.keys().copied().map(Some)).collect();
        let at = sources.iter().position(|source| *source == marked).unwrap_or(0);
        let page = self.table_height();
        let to = match action {
            Action::Up => at.saturating_sub(1),
            Action::Down => at.saturating_add(1),
            Action::PageUp => at.saturating_sub(page),
            Action::PageDown => at.saturating_add(page),
            Action::Top => 0,
            Action::Bottom => usize::MAX,
            _ => return,
        };
        let to = sources.get(to).or(sources.last()).copied().flatten();
        self.overlay = Some(Overlay::Sources(to));
    }

    pub(super) fn logs_action(&mut self, action: Action) {
        self.fit_logs();
        match action {
            Action::Search => self.ask_line(LineKind::Search),
            Action::Jump => self.ask_line(LineKind::JumpToTime),
            Action::NextMatch | Action::PreviousMatch => self.next_match(action == Action::NextMatch),
            Action::NextRefusal | Action::PreviousRefusal => self.next_refusal(action == Action::NextRefusal),
            Action::Follow => {
                let follow = !self.logs.is_following();
                self.logs.follow(follow);
            }
            Action::Severity => self.logs.cycle_severity(),
            Action::Source => self.next_source(),
            Action::Sources => self.show(Overlay::Sources(self.logs.filter().source)),
            Action::Bookmark => match self.logs.toggle_bookmark() {
                Some(true) => self.toast(words::bookmarked()),
                Some(false) => {}
                None => self.toast(words::no_record_selected()),
            },
            Action::NextBookmark => match self.logs.next_bookmark() {
                Stepped::Onward | Stepped::Round | Stepped::Seeking => {}
                Stepped::Nowhere => self.toast(words::no_bookmark()),
            },
            _ => {}
        }
    }

    fn next_match(&mut self, forward: bool) {
        let Some(search) = self.logs.searched() else { return self.toast(words::nothing_searched()) };
        let text = search.text().clone();
        match self.logs.next_match(forward) {
            Stepped::Onward | Stepped::Seeking => {}
            Stepped::Round => {
                let more = self.logs.has_more(!forward);
                self.toast(words::search_went_round(forward, more));
            }
            Stepped::Nowhere => self.toast(words::not_found(&text)),
        }
    }

    fn next_refusal(&mut self, next: bool) {
        // While the pane follows, the cursor stands at the end: whatever there is lies above.
        let forward = next && !self.logs.is_following();
        if self.logs.next_refused(forward) {
            self.pane = Pane::Logs;
        } else {
            self.pane = Pane::Logs;
            if self.logs.is_seeking().is_none() {
                self.toast(words::no_further_refusal(forward, self.logs.further_up().refusals));
            }
        }
    }

    /// A piece of a log came, or why it didn't.
    pub(super) fn loaded(&mut self, loaded: Loaded) {
        self.fit_logs();
        match self.logs.take_loaded(loaded) {
            Took::Quiet => {}
            Took::Failed(why) => self.toast(words::not_loaded(&why)),
            Took::NotThere { what: Sought::Refused, forward } => {
                self.toast(words::no_further_refusal(forward, 0));
            }
            Took::NotThere { what: Sought::Match, forward } => self.toast(words::no_further_match(forward)),
            Took::NotThere { what: Sought::Time(time), .. } => {
                self.toast(words::none_so_late(time, self.logs.last_time()));
            }
        }
    }

    /// Whether the field has done its work.
    pub(super) fn search(&mut self, text: &str) -> bool {
        self.fit_logs();
        match self.logs.search(text) {
            Ok(found) => {
                let nowhere = !found && self.logs.is_seeking().is_none();
                if let Some(search) = self.logs.searched().filter(|_| nowhere) {
                    let text = search.text().clone();
                    self.toast(words::not_found(&text));
                }
                true
            }
            Err(fault) => {
                self.toast(fault.to_string().into());
                false
            }
        }
    }

    /// To a time of the day of the selected record, or of a day that is typed with it.
    pub(super) fn jump(&mut self, text: &str) -> bool {
        self.fit_logs();
        let Some(time) = self.moment(text.trim()) else {
            self.toast(words::no_time());
            return false;
        };
        if self.logs.to_time(time) || self.logs.is_seeking().is_some() {
            return true;
        }
        self.toast(words::none_so_late(time, self.logs.last_time()));
        false
    }

    fn moment(&self, text: &str) -> Option<WrittenTime> {
        if text.contains('-') {
            return text.parse().ok();
        }
        let time: jiff::civil::Time = text.parse().ok()?;
        let selected = self.logs.selected().and_then(|record| record.time);
        let day = selected.or_else(|| self.logs.last_time()).map(DateTime::date)?;
        Some(day.to_datetime(time))
    }
}
