//! Moving about: rows and pages, the log pane's own keys, and what is shown whole, copied or written.

use ratatui::layout::Rect;
use tui_input::Input;

use crate::text::Safe;
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::words;

use super::keymap::Action;
use super::msg::Request;
use super::regions::Regions;
use super::{Focus, LineInput, LineKind, Model, Overlay, Pane};

impl Model {
    pub(super) fn moved(&mut self, focus: Focus, action: Action) {
        match focus {
            Focus::Choice => self.option_moved(action),
            Focus::Overlay => self.overlay_moved(action),
            Focus::Pane(Pane::Logs) => self.logs_moved(action),
            Focus::Pane(Pane::Stage) => self.row_moved(action),
            Focus::Field | Focus::MaskedField | Focus::TooSmall => {}
        }
    }

    fn option_moved(&mut self, action: Action) {
        let last = self.options().saturating_sub(1);
        match action {
            Action::Up => self.option = self.option.saturating_sub(1),
            Action::Down => self.option = self.option.saturating_add(1).min(last),
            _ => {}
        }
    }

    fn overlay_moved(&mut self, action: Action) {
        let page = self.size.rows.saturating_sub(8).max(1);
        self.overlay_scroll = match action {
            Action::Up => self.overlay_scroll.saturating_sub(1),
            Action::Down => self.overlay_scroll.saturating_add(1),
            Action::PageUp => self.overlay_scroll.saturating_sub(page),
            Action::PageDown => self.overlay_scroll.saturating_add(page),
            _ => return,
        }
        .min(LONGEST_OVERLAY);
    }

    fn logs_moved(&mut self, action: Action) {
        self.fit_logs();
        match action {
            Action::Up => self.logs.move_by(-1),
            Action::Down => self.logs.move_by(1),
            Action::PageUp => self.logs.page(false),
            Action::PageDown => self.logs.page(true),
            Action::Top => self.logs.to_first(),
            Action::Bottom => self.logs.to_last(),
            Action::Left => self.logs_left = self.logs_left.saturating_sub(PAN),
            Action::Right => self.logs_left = self.logs_left.saturating_add(PAN).min(FARTHEST),
            _ => {}
        }
    }

    fn regions(&self) -> Regions {
        let area = Rect::new(0, 0, self.size.columns, self.size.rows);
        let verdict = self.walk.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word));
        Regions::new(area, self.room, verdict == Some(VerdictWord::Refused))
    }

    /// About how many rows of a table a page holds.
    fn table_height(&self) -> usize {
        usize::from(self.regions().stage.height.saturating_sub(8)).max(1)
    }

    /// The window has to know how many rows are shown to keep the cursor among them.
    pub(super) fn fit_logs(&mut self) {
        let rows = usize::from(self.regions().tape.height.saturating_sub(2));
        self.logs.set_height(rows);
    }

    fn row_moved(&mut self, action: Action) {
        let last = self.rows().saturating_sub(1);
        let page = self.table_height();
        self.row = match action {
            Action::Up => self.row.saturating_sub(1),
            Action::Down => self.row.saturating_add(1),
            Action::PageUp => self.row.saturating_sub(page),
            Action::PageDown => self.row.saturating_add(page),
            Action::Top => 0,
            Action::Bottom => last,
            _ => return,
        }
        .min(last);
        self.keep_row_shown();
    }

    /// The selected row stays inside the part of the table that is shown.
    pub(super) fn keep_row_shown(&mut self) {
        let shown = self.table_height();
        self.row = self.row.min(self.rows().saturating_sub(1));
        if self.row < self.row_top {
            self.row_top = self.row;
        } else if self.row >= self.row_top.saturating_add(shown) {
            self.row_top = self.row.saturating_sub(shown).saturating_add(1);
        }
        self.fit_logs();
    }

    pub(super) fn logs_action(&mut self, action: Action) {
        self.fit_logs();
        match action {
            Action::Search => self.ask_line(LineKind::Search),
            Action::Jump => self.ask_line(LineKind::JumpToTime),
            Action::NextMatch | Action::PreviousMatch => {
                if self.logs.searched().is_none() {
                    return self.toast(Safe::new("Nothing is searched for; / searches."));
                }
                if !self.logs.next_match(action == Action::NextMatch) {
                    self.toast(Safe::new("No further match."));
                }
            }
            Action::NextRefusal | Action::PreviousRefusal => {
                // While the pane follows, the cursor stands at the end: whatever there is lies above.
                let forward = action == Action::NextRefusal && !self.logs.is_following();
                if self.logs.next_refused(forward) {
                    self.pane = Pane::Logs;
                } else {
                    self.toast(Safe::new("No further refused credential."));
                }
            }
            Action::Follow => {
                let follow = !self.logs.is_following();
                self.logs.follow(follow);
            }
            Action::Severity => self.logs.cycle_severity(),
            Action::Source => self.logs.cycle_source(),
            Action::Bookmark => self.logs.toggle_bookmark(),
            _ => {}
        }
    }

    fn ask_line(&mut self, kind: LineKind) {
        self.line = Some(LineInput { kind, input: Input::default() });
    }

    pub(super) fn search(&mut self, text: &str) {
        match self.logs.search(text) {
            Ok(found) if !found && !text.is_empty() => self.toast(Safe::new("Not found.")),
            Ok(_) => {}
            Err(fault) => self.toast(Safe::from(fault.to_string())),
        }
    }

    /// `hh:mm` or `hh:mm:ss` of the day of the selected record.
    pub(super) fn jump(&mut self, text: &str) {
        let day = self.logs.selected().and_then(|record| record.time).map(jiff::civil::DateTime::date);
        let time = text.trim().parse::<jiff::civil::Time>().ok();
        match day.zip(time) {
            Some((day, time)) if self.logs.to_time(day.to_datetime(time)) => {}
            Some(_) => self.toast(Safe::new("No record is that late.")),
            None => self.toast(Safe::new("Type a time as hh:mm or hh:mm:ss.")),
        }
    }

    pub(super) fn show_whole(&mut self) {
        if self.pane == Pane::Logs {
            match self.logs.selected().cloned() {
                Some(record) => self.show(Overlay::Record(Box::new(record))),
                None => self.toast(Safe::new("No record is selected.")),
            }
        } else {
            match self.whole_row() {
                Some(fields) => self.show(Overlay::Row(fields)),
                None => self.toast(Safe::new("There is no row to show.")),
            }
        }
    }

    /// What is under the cursor, as text. Never a secret: it comes from a record or a row.
    fn under_cursor(&self) -> Option<Safe> {
        let lines: Vec<String> = match (&self.overlay, self.pane) {
            (Some(Overlay::Record(record)), _) => record.lines().map(ToString::to_string).collect(),
            (Some(Overlay::Row(fields)), _) => {
                fields.iter().map(|(name, value)| format!("{name}: {value}")).collect()
            }
            (Some(Overlay::Help), _) => return None,
            (None, Pane::Logs) => {
                let record = self.logs.selected()?;
                record.lines().map(ToString::to_string).collect()
            }
            (None, Pane::Stage) => match self.whole_row() {
                Some(fields) => fields.iter().map(|(name, value)| format!("{name}: {value}")).collect(),
                None => words::to_copy(&self.walk)?.iter().map(ToString::to_string).collect(),
            },
        };
        // Each line is safe already; the breaks between them stay visible marks in one line of text.
        Some(Safe::from(lines.join(" | ")))
    }

    pub(super) fn copy(&mut self) {
        match self.under_cursor() {
            Some(text) => self.requests.push(Request::Copy(text)),
            None => self.toast(Safe::new("There is nothing under the cursor to copy.")),
        }
    }

    pub(super) fn write(&mut self) {
        if self.under_cursor().is_some() {
            self.ask_line(LineKind::WriteTo);
        } else {
            self.toast(Safe::new("There is nothing under the cursor to write."));
        }
    }

    pub(super) fn write_to(&mut self, file: &str) {
        if let Some(text) = self.under_cursor().filter(|_| !file.trim().is_empty()) {
            self.requests.push(Request::Write { file: Safe::new(file.trim()), text });
        }
    }

    /// The pane counts refusals against the save's own mark, and orders by each source's own zone.
    pub(super) fn mark_logs(&mut self) {
        let mark = self.walk.watch.as_ref().map(|watch| &watch.mark);
        if mark != self.marked.as_ref() {
            self.marked = mark.cloned();
            let sources = self.marked.as_ref().map(|mark| mark.logs.clone());
            self.logs.set_mark(sources);
        }
        for (source, view) in &self.walk.sources {
            self.logs.set_zone(*source, view.state.zone);
        }
    }
}

/// Columns that ← and → move.
const PAN: usize = 16;
const FARTHEST: usize = 4_096;
/// Nothing shown whole is longer; the screen stops at its own end.
const LONGEST_OVERLAY: u16 = 2_000;
