//! Moving about: rows, pages, the log pane's own keys, and what is shown whole.

use crate::text::Safe;

use super::keymap::Action;
use super::{Focus, Model};

impl Model {
    pub(super) fn moved(&mut self, _focus: Focus, _action: Action) {}
    pub(super) fn logs_action(&mut self, _action: Action) {}
    pub(super) fn search(&mut self, _text: &str) {}
    pub(super) fn jump(&mut self, _text: &str) {}
    pub(super) fn write_to(&mut self, _text: &str) {}
    pub(super) fn show_whole(&mut self) {}
    pub(super) fn copy(&mut self) {
        self.toast(Safe::default());
    }
    pub(super) fn write(&mut self) {}
    pub(super) fn keep_row_shown(&mut self) {}
}
