//! The terminal itself, for a command whose standard output is its answer: what is typed there unseen, and its prompts.
//!
//! Relies on `/dev/tty`, whatever standard input and output are. Deliberately absent: what is asked for.

use std::fs::{File, OpenOptions};
use std::io;

use crate::plain::unseen::{self, Asked};
use crate::text::Safe;

/// Where somebody sits.
pub(super) struct OwnTerminal(File);

impl OwnTerminal {
    /// `None` where nobody does.
    pub(super) fn open() -> Option<Self> {
        OpenOptions::new().read(true).write(true).open("/dev/tty").ok().map(Self)
    }

    /// One line, without echo.
    pub(super) async fn ask(&self, prompt: &Safe) -> io::Result<Asked> {
        unseen::ask_on(self.file()?.into(), self.file()?, prompt).await
    }

    /// Another handle of the same terminal.
    pub(super) fn file(&self) -> io::Result<File> {
        self.0.try_clone()
    }
}
