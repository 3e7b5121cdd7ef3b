//! What the lab and a live site have in common: the walk on the screen or in lines, and what is left of it.
//!
//! Relies on the parts that were made for it. Deliberately absent: where a site comes from (`lab`, `live`).

use std::io;

use crate::engine::{EngineFault, Parts};
use crate::plain;
use crate::terminal::Refused;
use crate::terminal::signals::Ending;
use crate::terminal::traits::Traits;
use crate::text::Safe;
use crate::walkthrough::resume::Opening;
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::{Clipboard, Walkthrough, words};

use super::Everywhere;
use super::screen::{self, NotShown};

/// Why there was no walk.
#[derive(Debug, thiserror::Error)]
pub enum NotWalked {
    #[error(transparent)]
    NotShown(#[from] NotShown),
    #[error(transparent)]
    NotBegun(#[from] plain::NotBegun),
}

impl NotWalked {
    /// 2 for what the arguments and the site file ask, 3 for what could not be had.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotBegun(plain::NotBegun::NoTerminal | plain::NotBegun::Engine(EngineFault::Trust(_)))
            | Self::NotShown(NotShown::Engine(EngineFault::Trust(_))) => 2,
            Self::NotShown(_) | Self::NotBegun(_) => 3,
        }
    }
}

/// How a walk ended: its code, and the one line that is left of it.
#[derive(Debug)]
pub struct Farewell {
    pub code: u8,
    pub line: Safe,
}

/// What this terminal can do, if it will do for the way that was asked for.
pub(super) fn fit(everywhere: &Everywhere) -> Result<Traits, NotWalked> {
    let traits = screen::traits(everywhere).map_err(NotShown::Io)?;
    if everywhere.plain {
        let input = rustix::stdio::stdin();
        if !rustix::termios::isatty(input) && !everywhere.password_stdin {
            return Err(plain::NotBegun::NoTerminal.into());
        }
    } else if !traits.is_terminal {
        return Err(NotShown::Terminal(Refused::NotATerminal).into());
    }
    Ok(traits)
}

/// Walks to the end, on the screen or in lines.
pub(super) async fn walk(
    everywhere: &Everywhere,
    (mut parts, opening): (Parts, Opening),
    traits: Traits,
) -> Result<Farewell, NotWalked> {
    parts.site.options = everywhere.again(None);
    if parts.site.clipboard == Clipboard::Allowed && !traits.takes_password() {
        parts.site.clipboard = Clipboard::NotHere;
    }
    let (ending, walk) = if everywhere.plain {
        let manner = (everywhere.password_stdin, traits.ascii);
        Box::pin(plain::walk((parts, opening), screen::who(), manner)).await?
    } else {
        let (ending, model) = Box::pin(screen::walk((parts, opening), traits, !everywhere.no_bell)).await?;
        (ending, model.walk)
    };
    let line = words::farewell(&walk);
    let line = if traits.ascii { line.in_ascii() } else { line };
    Ok(Farewell { code: code(ending, &walk), line })
}

/// 0 done; 1 the answer is no; interrupted by whoever did it.
fn code(ending: Ending, walk: &Walkthrough) -> u8 {
    if ending != Ending::Quit {
        return ending.exit_code();
    }
    match walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref()).map(|verdict| verdict.word) {
        Some(VerdictWord::Confirmed) | None => 0,
        Some(VerdictWord::Refused | VerdictWord::NoRefusalSeen | VerdictWord::NotConfirmed) => 1,
    }
}

/// A line before the screen is taken, or before the first of the walk.
pub(super) fn say(line: &str) {
    use io::Write as _;
    // A terminal that is gone is met again by the walk, which knows what to do about it.
    let _ = writeln!(io::stdout(), "{line}");
}
