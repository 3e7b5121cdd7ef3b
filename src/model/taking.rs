//! Taking something out of the screen: copied to the terminal's clipboard, or written to a file.
//!
//! Pure. What is taken is what is shown: secrets in it were blacked out and control characters made visible long before.
//! Deliberately absent: writing.

use tui_input::Input;

use crate::text::Safe;
use crate::walkthrough::words;

use super::msg::Request;
use super::{LineInput, LineKind, Model, Overlay, Pane};

impl Model {
    /// What is under the cursor, line by line. Never a secret: it comes from a record or a row.
    fn under_cursor(&self) -> Option<Vec<Safe>> {
        let fields = |fields: &[(&'static str, Safe)]| {
            fields.iter().map(|(name, value)| Safe::from(format!("{name}: {value}"))).collect()
        };
        match (&self.overlay, self.pane) {
            (Some(Overlay::Record(record)), _) => Some(words::record_lines(record)),
            (Some(Overlay::Row(row)), _) => Some(fields(row)),
            (Some(Overlay::Sources(marked)), _) => Some(words::source_lines(&self.walk, *marked, self.now)),
            (Some(Overlay::HandedOver), _) => Some(fields(&words::handed_over(&self.walk))),
            (Some(Overlay::Help), _) => None,
            (Some(Overlay::WaysBack), _) => self.marked_command().map(|command| vec![command]),
            (None, Pane::Logs) => self.logs.selected().map(words::record_lines),
            (None, Pane::Stage) => match (self.start_command(), self.whole_row()) {
                (Some(command), _) => Some(vec![command]),
                (None, Some(row)) => Some(fields(&row)),
                (None, None) => words::to_copy(&self.walk),
            },
        }
    }

    /// Whether there is anything to copy or to write.
    pub fn may_copy(&self) -> bool {
        self.under_cursor().is_some()
    }

    fn marked_command(&self) -> Option<Safe> {
        words::commands(&words::ways_back(&self.walk)).get(self.command).cloned()
    }

    pub(super) fn copy(&mut self) {
        match self.under_cursor() {
            // In one line: a break in it would be an Enter wherever it is put in.
            Some(lines) => {
                let text = lines.iter().map(Safe::as_str).collect::<Vec<_>>().join(" | ");
                self.requests.push(Request::Copy(Safe::from(text)));
            }
            None => self.toast(Safe::new("There is nothing under the cursor to copy.")),
        }
    }

    pub(super) fn write(&mut self) {
        if self.under_cursor().is_some() {
            self.ask_line(LineKind::Write);
        } else {
            self.toast(Safe::new("There is nothing under the cursor to write."));
        }
    }

    pub(super) fn write_shown(&mut self) {
        if self.logs.shown().next().is_some() {
            self.ask_line(LineKind::WriteShown);
        } else {
            self.toast(words::no_record_selected());
        }
    }

    pub(super) fn ask_line(&mut self, kind: LineKind) {
        self.line = Some(LineInput { kind, input: Input::default() });
    }

    /// Whether there was a name to write to.
    pub(super) fn write_to(&mut self, kind: LineKind, file: &str) -> bool {
        let file = file.trim();
        if file.is_empty() {
            self.toast(Safe::new("Type the name of a file that isn't there yet."));
            return false;
        }
        let lines = match kind {
            // Whoever reads it on the way wants all of them.
            _ if self.overlay == Some(Overlay::WaysBack) => words::ways_back_lines(&self.walk),
            LineKind::WriteShown => self.logs.shown().flat_map(words::record_lines).collect(),
            _ => self.under_cursor().unwrap_or_default(),
        };
        self.requests.push(Request::Write { file: Safe::new(file), lines });
        true
    }
}
