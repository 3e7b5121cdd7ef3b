//! The same walk as lines of text with numbered prompts: for screen readers, dumb terminals and scripts.
//!
//! Relies on the machine and the sentences that the screen has too. Its loop takes its lines, signals, answers and
//! writer as parameters, so that tests run it on a driven clock. A password's line goes to the vault's own field and
//! never becomes a message. Deliberately absent: colours, the cursor, tables, the bell.
//!
//! With `--password-stdin`, and standard input that is no terminal, every prompt is answered by one line of it, in
//! order, the password's among them; while the walk is at work nothing is read. A line that does not answer its prompt
//! ends the walk in good order, and so does the end of input: the lines after it were meant for other prompts.

pub mod echo;
mod known;
mod looping;
mod prompt;
mod saying;
pub mod signals;
mod telling;
#[cfg(test)]
mod tests;
pub mod typed;
pub mod unseen;

use std::fs::File;
use std::io;

use rustix::termios::isatty;
use tokio::sync::mpsc;

use crate::engine::{Engine, EngineFault, Parts};
use crate::terminal::signals::Ending;
use crate::text::{self, Safe, nearest_ascii};
use crate::walkthrough::Walkthrough;
use crate::walkthrough::resume::Opening;

use echo::Echo;
use looping::{Ends, Looping, Source};

/// Lines that may wait for the loop.
const WAITING: usize = 64;

/// Why the walk was not begun.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    #[error(
        "standard input is not a terminal, so a password can't be typed unseen. Nothing was started. Run it in a terminal, or give every answer as a line of standard input with --password-stdin"
    )]
    NoTerminal,
    #[error(transparent)]
    Engine(#[from] EngineFault),
    #[error("standard input can't be used: {}. Nothing was started. Try another terminal", text::told(.0))]
    Io(#[from] io::Error),
}

/// Standard output, for a terminal that may show ASCII alone.
struct Told {
    out: File,
    ascii: bool,
}

impl io::Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(told) if self.ascii => {
                let told: String = told.chars().map(nearest_ascii).collect();
                io::Write::write_all(&mut self.out, told.as_bytes())?;
                Ok(bytes.len())
            }
            Ok(_) | Err(_) => io::Write::write(&mut self.out, bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::Write::flush(&mut self.out)
    }
}

/// Walks in lines on standard input and output, to the end.
pub async fn walk(
    (parts, opening): (Parts, Opening),
    (operator, host): (Safe, Safe),
    (password_stdin, ascii): (bool, bool),
) -> Result<(Ending, Walkthrough), NotBegun> {
    let input = rustix::stdio::stdin().try_clone_to_owned()?;
    let terminal = isatty(&input);
    if !terminal && !password_stdin {
        return Err(NotBegun::NoTerminal);
    }
    let echo = if terminal { Some(Echo::of(input.try_clone()?)?) } else { None };
    if let Some(echo) = &echo {
        echo.watch_panics();
    }
    let clock = parts.clock.clone();
    let mut walk = Walkthrough::new(parts.site.terms(operator, host), clock.now());
    let (engine, answers) = Engine::start(parts)?;
    walk.record.path = engine.recorder().name();
    walk.open_with(opening);
    let (say, signals) = mpsc::unbounded_channel();
    let _caught = signals::catch(echo.clone(), say)?;
    let (deliver, lines) = mpsc::channel(WAITING);
    typed::read(input, terminal, deliver)?;
    let source = if terminal { Source::Terminal } else { Source::Script };
    // Not the standard library's own, whose buffer would keep what went through it to the clipboard.
    let out = Told { out: File::from(rustix::stdio::stdout().try_clone_to_owned()?), ascii };
    let ends = Ends { lines, signals, answers, out, echo };
    Ok(Looping::new(walk, (engine, clock), (ends, source)).run().await)
}
