//! One password, asked for before the walk begins: no echo on a terminal, one line of a script's input.
//!
//! Relies on `echo` and `signals`, so that whoever interrupts it gets the terminal back as it was. Reads one line and not
//! a byte beyond it: the lines after it are for the walk's own prompts. Deliberately absent: what the password is for.

use std::io;
use std::os::fd::OwnedFd;
use std::thread;

use rustix::termios::isatty;
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use crate::terminal::signals::Ending;
use crate::text::Safe;

use super::echo::Echo;
use super::signals;
use super::typed::{self, Typed};

/// What came of asking.
pub enum Asked {
    /// Empty where the input has ended.
    Typed(Zeroizing<String>),
    /// Longer than a password can be, or not text.
    Unreadable,
    /// The program was asked to end instead.
    Ended(Ending),
}

/// Asks on standard input and output.
pub async fn ask(prompt: &Safe) -> io::Result<Asked> {
    ask_on(rustix::stdio::stdin().try_clone_to_owned()?, io::stdout(), prompt).await
}

/// The same on any input, with the prompt written where it is wanted.
pub async fn ask_on(input: OwnedFd, mut out: impl io::Write, prompt: &Safe) -> io::Result<Asked> {
    let echo = if isatty(&input) { Some(Echo::of(input.try_clone()?)?) } else { None };
    let (say, mut signalled) = mpsc::unbounded_channel();
    let _caught = signals::catch(echo.clone(), say)?;
    if let Some(echo) = &echo {
        echo.hide()?;
    }
    write!(out, "{prompt}")?;
    out.flush()?;
    let (deliver, line) = oneshot::channel();
    thread::Builder::new().name("line".into()).spawn(move || {
        // Nobody waits any more when the program is ending.
        let _ = deliver.send(typed::read_one(&input));
    })?;
    let asked = tokio::select! {
        biased;
        Some(ending) = signalled.recv() => Asked::Ended(ending),
        typed = line => match typed {
            Ok(Typed::Line(line)) => Asked::Typed(line),
            Ok(Typed::Unreadable) => Asked::Unreadable,
            Ok(Typed::Ended) | Err(_) => Asked::Typed(Zeroizing::default()),
        },
    };
    match &echo {
        Some(echo) => echo.show(),
        // A terminal echoes the line's end.
        None => writeln!(out)?,
    }
    Ok(asked)
}
