//! What the system tells the program, as messages: interrupt, terminate, hang up, stop, go on, a new window size.
//!
//! Caught on a thread of its own that needs nothing of the terminal, so a hang-up is heard after the terminal is gone.
//! From a hang-up the program has less than two seconds: enough to put the record on disk, and then it is ended.
//! Deliberately absent: what to do about any of them; the loop decides.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use ratatui::layout::Size;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::{Handle, Signals as Incoming};
use tokio::sync::mpsc::UnboundedSender;

use super::Session;

/// After a hang-up the program is gone within two seconds, this and the terminal's return together.
pub const AFTER_HANG_UP: Duration = Duration::from_millis(1_700);
/// How long the watchdog waits for the terminal to be given back before it ends the program regardless.
const GIVING_BACK: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Interrupt,
    Terminate,
    /// The terminal was hung up; the watchdog is already running.
    HangUp,
    /// Somebody asked the program to stop: [`Session::suspend`].
    Suspend,
    /// The program goes on after a stop, its own or one it could not see: [`Session::retake`].
    Continue,
    Resized(Size),
}

/// How the program came to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Quit,
    Interrupt,
    Terminate,
    /// Hung up, or the terminal can't be read or written any more: nobody is watching.
    LinkLost,
}

impl Ending {
    /// The exit code for an ending that no verdict precedes.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Quit => 0,
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::LinkLost => 129,
        }
    }
}

/// Signals are caught until this is dropped.
#[derive(Debug)]
pub struct Signals {
    handle: Handle,
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.handle.close();
    }
}

/// Catches signals for the program that holds `session`. The channel is without bound so that a loop that is stuck
/// in a write can't keep a hang-up from being heard; the kernel merges what arrives too fast.
pub fn catch(session: &Session, deliver: UnboundedSender<Signal>) -> io::Result<Signals> {
    let mut incoming = Incoming::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH])?;
    let handle = incoming.handle();
    let held = session.held();
    let tty = session.tty();
    thread::Builder::new().name("signals".into()).spawn(move || {
        let mut watchdog = None;
        for signal in incoming.forever() {
            let signal = match signal {
                SIGINT => Signal::Interrupt,
                SIGTERM => Signal::Terminate,
                SIGHUP => {
                    let held = held.clone();
                    let last = move || drop(held.give_back());
                    watchdog = watchdog.or_else(|| Watchdog::set(AFTER_HANG_UP, Ending::LinkLost, last).ok());
                    Signal::HangUp
                }
                SIGTSTP => Signal::Suspend,
                SIGCONT => Signal::Continue,
                SIGWINCH => match tty.size() {
                    Ok(size) => Signal::Resized(size),
                    Err(_) => continue,
                },
                _ => continue,
            };
            // Nobody listening means that the program is leaving already.
            let _ = deliver.send(signal);
        }
        drop(watchdog);
    })?;
    Ok(Signals { handle })
}

/// Ends the program unless it is called off, by dropping it, in time.
#[derive(Debug)]
pub struct Watchdog {
    _called_off: SyncSender<()>,
}

impl Watchdog {
    /// After `limit`, whatever the program is stuck in, `last` is tried once and the program ends with `ending`'s code.
    pub fn set(limit: Duration, ending: Ending, last: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (called_off, wait) = sync_channel::<()>(0);
        thread::Builder::new().name("watchdog".into()).spawn(move || {
            if wait.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                let (done, tried) = sync_channel(1);
                let trying = thread::Builder::new().name("last".into()).spawn(move || {
                    last();
                    let _ = done.send(());
                });
                if trying.is_ok() {
                    let _ = tried.recv_timeout(GIVING_BACK);
                }
                // Not the orderly exit: its hooks may wait for the very thread that is stuck.
                signal_hook::low_level::exit(ending.exit_code().into());
            }
        })?;
        Ok(Self { _called_off: called_off })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watchdog_called_off_in_time_does_nothing() {
        let (tried, was_tried) = sync_channel(1);
        let watchdog = Watchdog::set(Duration::from_mins(1), Ending::LinkLost, move || {
            let _ = tried.send(());
        });
        drop(watchdog);
        // The thread has let go of its end without having used it.
        assert!(was_tried.recv().is_err());
    }

    #[test]
    fn each_ending_has_the_code_a_shell_expects() {
        let codes =
            [Ending::Quit, Ending::Interrupt, Ending::Terminate, Ending::LinkLost].map(Ending::exit_code);
        assert_eq!(codes, [0, 130, 143, 129]);
    }
}
