//! The terminal's echo: off while a password is typed, on again on every way out.
//!
//! Whatever stops the program, or makes it panic, finds the operator's clipboard without the password, too. Relies on
//! termios. The line's end is still echoed, so that the next line begins where a reader expects it. Deliberately
//! absent: raw mode; the kernel edits the line.

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

use crate::terminal::{page, panics};

/// Cheap to clone; all clones are one terminal. Back on when the last one is dropped, if not before.
#[derive(Clone)]
pub struct Echo {
    held: Arc<Held>,
}

struct Held {
    terminal: OwnedFd,
    before: Termios,
    hidden: Mutex<bool>,
    clipboard: AtomicBool,
}

impl Echo {
    pub fn of(terminal: OwnedFd) -> std::io::Result<Self> {
        let before = tcgetattr(&terminal)?;
        Ok(Self {
            held: Arc::new(Held {
                terminal,
                before,
                hidden: Mutex::new(false),
                clipboard: AtomicBool::new(false),
            }),
        })
    }

    /// Off. What was typed ahead is dropped: it was meant for something else, and was seen.
    pub fn hide(&self) -> std::io::Result<()> {
        let mut hidden = self.held.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        if !*hidden {
            self.held.set_hidden()?;
            *hidden = true;
            tcflush(&self.held.terminal, QueueSelector::IFlush)?;
        }
        Ok(())
    }

    pub fn show(&self) {
        self.held.show();
    }

    /// A panic of the thread that calls, the walk's own, returns the terminal before it is reported. Nothing else would:
    /// whoever catches signals holds it too, and is not waited for.
    pub fn watch_panics(&self) {
        let lent = Arc::downgrade(&self.held);
        panics::watch(move |owner| {
            if let Some(held) = lent.upgrade().filter(|_| owner) {
                held.overwrite_clipboard();
                held.show();
            }
            true
        });
    }

    /// The tested password stands on the operator's clipboard, and is overwritten before the program stands aside; or it
    /// stands there no more.
    pub fn clipboard_holds(&self, holds: bool) {
        self.held.clipboard.store(holds, Ordering::SeqCst);
    }

    /// Shows the echo for as long as `stopped` takes, as the shell wants it while the program is stopped.
    pub fn lend(&self, stopped: impl FnOnce()) {
        let hidden = self.held.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        if *hidden {
            // A terminal that takes no settings any more is gone, and a hang-up is on its way.
            let _ = tcsetattr(&self.held.terminal, OptionalActions::Now, &self.held.before);
        }
        // Nobody counts the seconds while the program is stopped.
        self.held.overwrite_clipboard();
        stopped();
        if *hidden {
            let _ = self.held.set_hidden();
        }
    }
}

impl Held {
    /// Never waits for output: the terminal may be stalled.
    fn set_hidden(&self) -> std::io::Result<()> {
        let mut hidden = self.before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        Ok(tcsetattr(&self.terminal, OptionalActions::Now, &hidden)?)
    }

    /// If the password stands there. At once: nobody may be left to flush a buffer.
    fn overwrite_clipboard(&self) {
        if self.clipboard.swap(false, Ordering::SeqCst) {
            let _ = rustix::io::write(rustix::stdio::stdout(), &page::clipboard(page::OVERWRITTEN));
        }
    }

    fn show(&self) {
        let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut *hidden) {
            // What was typed and not read may be half a password: it is not for whoever reads this terminal next.
            let _ = tcflush(&self.terminal, QueueSelector::IFlush);
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.show();
    }
}
