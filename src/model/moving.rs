//! Moving about: rows and pages, and what is shown whole.

use ratatui::layout::Rect;

use crate::text::Safe;
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::words;

use super::keymap::Action;
use super::regions::Regions;
use super::{Focus, Model, Overlay, Pane};

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
        match self.overlay {
            Some(Overlay::WaysBack) => return self.command_moved(action),
            Some(Overlay::Sources(marked)) => return self.source_moved(marked, action),
            Some(Overlay::Help | Overlay::HandedOver | Overlay::Record(_) | Overlay::Row(_)) | None => {}
        }
        let page = self.size.rows.saturating_sub(8).max(1);
        self.overlay_scroll = match action {
            Action::Up => self.overlay_scroll.saturating_sub(1),
            Action::Down => self.overlay_scroll.saturating_add(1),
            Action::PageUp => self.overlay_scroll.saturating_sub(page),
            Action::PageDown => self.overlay_scroll.saturating_add(page),
            Action::Top => 0,
            _ => return,
        }
        .min(LONGEST_OVERLAY);
    }

    /// The page follows the marked command.
    fn command_moved(&mut self, action: Action) {
        let last = words::commands(&words::ways_back(&self.walk)).len().saturating_sub(1);
        self.command = match action {
            Action::Up => self.command.saturating_sub(1),
            Action::Down => self.command.saturating_add(1),
            Action::PageUp => self.command.saturating_sub(A_FEW),
            Action::PageDown => self.command.saturating_add(A_FEW),
            Action::Top => 0,
            Action::Bottom => last,
            _ => return,
        }
        .min(last);
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
    pub(super) fn table_height(&self) -> usize {
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

/// Commands that a page moves by.
const A_FEW: usize = 4;
/// Columns that ← and → move.
const PAN: usize = 16;
const FARTHEST: usize = 4_096;
/// Nothing shown whole is longer; the screen stops at its own end.
const LONGEST_OVERLAY: u16 = 2_000;
