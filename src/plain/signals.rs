//! What the system tells the program while it walks in lines: interrupt, terminate, hang up, stop, quit.
//!
//! Caught on a thread of its own, so that a hang-up is heard while the loop is stuck in a write. Whatever ends or stops
//! the program finds the terminal's echo as it was. Deliberately absent: what an ending means; the loop decides.

use std::io;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::{Handle, Signals as Incoming};
use signal_hook::low_level::emulate_default_handler;
use tokio::sync::mpsc::UnboundedSender;

use crate::terminal::signals::{AFTER_HANG_UP, Ending, Watchdog};

use super::echo::Echo;

/// Signals are caught until this is dropped.
pub struct Caught {
    handle: Handle,
}

impl Drop for Caught {
    fn drop(&mut self) {
        self.handle.close();
    }
}

/// Delivers how the program is asked to end.
pub fn catch(echo: Option<Echo>, deliver: UnboundedSender<Ending>) -> io::Result<Caught> {
    let mut incoming = Incoming::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGQUIT])?;
    let handle = incoming.handle();
    thread::Builder::new().name("signals".into()).spawn(move || {
        let mut watchdog = None;
        for signal in incoming.forever() {
            let ending = match signal {
                SIGINT => Ending::Interrupt,
                SIGTERM => Ending::Terminate,
                SIGHUP => {
                    let echo = echo.clone();
                    let last = move || {
                        if let Some(echo) = echo {
                            echo.show();
                        }
                    };
                    watchdog = watchdog.or_else(|| Watchdog::set(AFTER_HANG_UP, Ending::LinkLost, last).ok());
                    Ending::LinkLost
                }
                other => {
                    stand_aside(echo.as_ref(), other);
                    continue;
                }
            };
            // Nobody listening means that the program is leaving already.
            let _ = deliver.send(ending);
        }
        drop(watchdog);
    })?;
    Ok(Caught { handle })
}

/// Stops, or ends at once, as if the signal had not been caught; but with the echo as it was.
fn stand_aside(echo: Option<&Echo>, signal: i32) {
    let default = || drop(emulate_default_handler(signal));
    match echo {
        Some(echo) => echo.lend(default),
        None => default(),
    }
}
