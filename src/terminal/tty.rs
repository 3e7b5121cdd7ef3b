//! The two ends of a terminal: keys come from one, frames go to the other.
//!
//! Deliberately absent: buffers. What is written is written at once, so a frame is one write.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use ratatui::layout::Size;
use rustix::termios::{isatty, tcgetwinsize};

/// Cheap to clone; all clones are one terminal.
#[derive(Clone, Debug)]
pub struct Tty {
    input: Arc<OwnedFd>,
    output: Arc<OwnedFd>,
}

impl Tty {
    /// Any two descriptors.
    #[must_use]
    pub fn new(input: OwnedFd, output: OwnedFd) -> Self {
        Self { input: Arc::new(input), output: Arc::new(output) }
    }

    /// The process's own standard input and output.
    pub fn standard() -> io::Result<Self> {
        let input = rustix::stdio::stdin().try_clone_to_owned()?;
        let output = rustix::stdio::stdout().try_clone_to_owned()?;
        Ok(Self::new(input, output))
    }

    #[must_use]
    pub fn is_terminal(&self) -> bool {
        isatty(&self.input) && isatty(&self.output)
    }

    /// Columns and rows, asked of the kernel and not of the terminal. Zero by zero is what a lost link says, but
    /// also some honest consoles: alone it means nothing.
    pub fn size(&self) -> io::Result<Size> {
        let size = tcgetwinsize(&self.output)?;
        Ok(Size::new(size.ws_col, size.ws_row))
    }

    #[must_use]
    pub fn input(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }

    #[must_use]
    pub fn output(&self) -> BorrowedFd<'_> {
        self.output.as_fd()
    }
}

impl io::Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(&self.output, bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
