//! The terminal.
//! The session: takes the terminal and returns it exactly once, in whichever way the program ends.
//!
//! Relies on the kernel for the terminal's settings and on the terminal for its alternate screen. Only the owner
//! returns it: the thread that took it, outside of any task. A panic there is logged, the terminal returned, and only
//! then reported; a panic in a task is logged, and the screen of the living program stays as it is.
//! Deliberately absent: the mouse, which stays the terminal's own, so that copying works; questions to the terminal.

use std::fmt;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal as Kill, getpid, getsid, kill_current_process_group};
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};
use signal_hook::consts::SIGCONT;
use signal_hook::low_level::{pipe, unregister};

use traits::Traits;
use tty::Tty;

pub mod decode;
pub mod input;
pub mod page;
pub mod panics;
pub mod signals;
pub mod traits;
pub mod tty;

/// How long a stalled terminal is waited for before it is left as it is.
const STALLED: Timespec = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };
const PUSH_TITLE: &[u8] = b"\x1b[22;2t";
const POP_TITLE: &[u8] = b"\x1b[23;2t";
/// No scroll region, no attributes.
const AS_NEW: &[u8] = b"\x1b[r\x1b[m";

/// Why the terminal was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(
        "standard input or output is not a terminal, so the screen can't be shown. Nothing was started. Run it in a terminal, or use --plain."
    )]
    NotATerminal,
    #[error(
        "this terminal can't place the cursor (TERM is dumb or not set), so the screen can't be shown. Nothing was started. Set TERM to what the terminal is, or use --plain."
    )]
    Dumb,
    #[error(
        "the terminal could not be prepared: {0}. It is as it was and nothing was started. Try another terminal, or use --plain."
    )]
    Failed(#[from] io::Error),
}

/// Why the program was not stopped.
#[derive(Debug, thiserror::Error)]
pub enum NotSuspended {
    #[error("no shell is there to bring the program back, so it was not stopped. Leave it with q instead.")]
    NoShell,
    #[error("the terminal could not be handed over: {0}. The program goes on.")]
    Failed(#[from] io::Error),
}

/// The terminal, taken. Given back when this is dropped, if not before.
#[derive(Debug)]
pub struct Session {
    held: Arc<Held>,
}

impl Session {
    /// Takes the terminal: raw, alternate screen, cursor hidden, pastes marked. From here on panics are watched.
    pub fn take(tty: Tty, traits: Traits) -> Result<Self, Refused> {
        if !traits.is_terminal {
            return Err(Refused::NotATerminal);
        }
        if traits.dumb {
            return Err(Refused::Dumb);
        }
        let before = tcgetattr(tty.input()).map_err(io::Error::from)?;
        let held = Arc::new(Held {
            tty,
            before,
            titled: traits.title,
            taken: AtomicBool::new(false),
            clipboard: AtomicBool::new(false),
        });
        let lent = Arc::downgrade(&held);
        panics::watch(move |owner| match lent.upgrade().filter(|held| held.taken.load(Ordering::SeqCst)) {
            Some(held) if owner => {
                // There is nobody to tell but the report that follows.
                let _ = held.give_back();
                true
            }
            // A program lives on the screen.
            Some(_) => false,
            None => true,
        });
        held.take_up()?;
        Ok(Self { held })
    }

    #[must_use]
    pub fn tty(&self) -> Tty {
        self.held.tty.clone()
    }

    /// Returns the terminal now rather than when this is dropped, and says whether that went well.
    pub fn give_back(self) -> io::Result<()> {
        self.held.give_back()
    }

    /// Hands the terminal to the shell, stops the process group, and takes the terminal again when somebody brings
    /// the program back. The page must be repainted afterwards, and the size may be another one. To be called by the
    /// owner.
    pub fn suspend(&self) -> Result<(), NotSuspended> {
        if getsid(None).map_err(io::Error::from)? == getpid() {
            return Err(NotSuspended::NoShell);
        }
        self.held.give_back()?;
        let stopped = stop();
        self.held.take_up()?;
        Ok(stopped?)
    }

    /// Takes up the terminal again after a stop that the program could not see coming; then repaint.
    pub fn retake(&self) -> io::Result<()> {
        self.held.take_up()
    }

    /// The tested password stands on the operator's clipboard, and is overwritten before the terminal goes back; or
    /// no longer.
    pub fn clipboard_holds(&self, holds: bool) {
        self.held.clipboard.store(holds, Ordering::SeqCst);
    }

    fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Whoever wanted to know of a failure called `give_back`.
        let _ = self.held.give_back();
    }
}

struct Held {
    tty: Tty,
    before: Termios,
    titled: bool,
    taken: AtomicBool,
    clipboard: AtomicBool,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("taken", &self.taken).finish_non_exhaustive()
    }
}

impl Held {
    fn take_up(&self) -> io::Result<()> {
        let again = self.taken.swap(true, Ordering::SeqCst);
        self.prepare(again).inspect_err(|_| {
            // Half prepared is worse than not at all.
            let _ = self.give_back();
        })
    }

    fn prepare(&self, again: bool) -> io::Result<()> {
        let mut raw = self.before.clone();
        raw.make_raw();
        tcsetattr(self.tty.input(), OptionalActions::Now, &raw)?;
        let mut out = Vec::new();
        if self.titled && !again {
            out.extend_from_slice(PUSH_TITLE);
        }
        queue!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        self.say(&out)
    }

    /// Returns the terminal; does nothing if it has been returned.
    fn give_back(&self) -> io::Result<()> {
        if !self.taken.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let mut out = Vec::new();
        queue!(out, EndSynchronizedUpdate)?;
        if self.clipboard.swap(false, Ordering::SeqCst) {
            out.extend_from_slice(&page::clipboard(page::OVERWRITTEN));
        }
        out.extend_from_slice(AS_NEW);
        queue!(out, DisableBracketedPaste, LeaveAlternateScreen, Show)?;
        if self.titled {
            out.extend_from_slice(POP_TITLE);
        }
        let said = self.say(&out);
        // What was typed ahead was meant for this program, not for the shell: it may be half a password.
        let drained = tcflush(self.tty.input(), QueueSelector::IFlush);
        tcsetattr(self.tty.input(), OptionalActions::Now, &self.before)?;
        said.and(drained.map_err(io::Error::from))
    }

    /// Writes, unless the terminal takes nothing: leaving must not hang on a link that stalls.
    fn say(&self, bytes: &[u8]) -> io::Result<()> {
        let mut ready = [PollFd::from_borrowed_fd(self.tty.output(), PollFlags::OUT)];
        if poll(&mut ready, Some(&STALLED))? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        io::Write::write_all(&mut self.tty.clone(), bytes)
    }
}

/// Stops the process group and returns when it goes on.
fn stop() -> io::Result<()> {
    let (woken, wake) = UnixStream::pair()?;
    let waiting = pipe::register(SIGCONT, wake)?;
    let stopped = kill_current_process_group(Kill::STOP);
    if stopped.is_ok() {
        // The stop may reach this thread a little later than this line, and the terminal is the shell's until then.
        let mut goes_on = [PollFd::new(&woken, PollFlags::IN)];
        let _ = poll(&mut goes_on, Some(&STALLED));
    }
    unregister(waiting);
    Ok(stopped?)
}
