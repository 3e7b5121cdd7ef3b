//! Where the password comes from: a line of standard input, or the terminal itself, without echo.
//!
//! Relies on the terminal itself, so that standard output stays the answer's alone. Nothing is sent before what was given is known
//! to be a password that could be. Deliberately absent: any other place a password could stand in.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::termios::isatty;
use tokio::sync::mpsc::{self, Receiver};
use zeroize::Zeroizing;

use crate::cli::tty::OwnTerminal;
use crate::engine::secrets::Secrets;
use crate::engine::vault::{Edit, EditRefused, Edited};
use crate::plain::typed::{self, Typed};
use crate::plain::unseen::{self, Asked};
use crate::site::{Proof, Site};
use crate::terminal::signals::Ending;
use crate::text::Safe;

/// Why no password was taken.
#[derive(Debug, thiserror::Error)]
pub enum NoPassword {
    #[error(
        "there is no terminal to type the password on unseen. Nothing was started. Run it on a terminal, or give the \
         password as a line of standard input with --password-stdin"
    )]
    NoTerminal,
    #[error(
        "the password is empty. A directory would take that as an anonymous sign-in, so nothing was started. Give one"
    )]
    Empty,
    #[error(
        "the line is too long for a password, or not UTF-8 text. Nothing of it was kept, and nothing was started. Give \
         the password alone, on one line"
    )]
    Unreadable,
    #[error("{0} Nothing was started")]
    Refused(EditRefused),
    #[error("the password can't be asked for: {0}. Nothing was started. Try another terminal")]
    Io(#[from] io::Error),
    #[error("it was interrupted before anything was tested")]
    Interrupted(Ending),
}

impl NoPassword {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Interrupted(ending) => ending.exit_code(),
            Self::NoTerminal | Self::Empty | Self::Unreadable | Self::Refused(_) | Self::Io(_) => 2,
        }
    }
}

/// Who gives the password.
pub enum Desk {
    /// A script: a line of standard input each.
    Script,
    Terminal(OwnTerminal),
}

impl Desk {
    /// Standard input where that was asked for and is no terminal; else the terminal.
    pub fn choose(password_stdin: bool) -> Result<Self, NoPassword> {
        if password_stdin && !isatty(rustix::stdio::stdin()) {
            return Ok(Self::Script);
        }
        OwnTerminal::open().map(Self::Terminal).ok_or(NoPassword::NoTerminal)
    }

    async fn ask(&self, prompt: &Safe) -> Result<Zeroizing<String>, NoPassword> {
        let asked = match self {
            Self::Script => {
                unseen::ask_on(rustix::stdio::stdin().try_clone_to_owned()?, io::sink(), prompt).await?
            }
            Self::Terminal(terminal) => terminal.ask(prompt).await?,
        };
        match asked {
            Asked::Typed(text) => Ok(text),
            Asked::Unreadable => Err(NoPassword::Unreadable),
            Asked::Ended(ending) => Err(NoPassword::Interrupted(ending)),
        }
    }

    /// Takes the password into the vault's field, as if it had been typed there.
    pub async fn password(&self, account: &str, vault: &Secrets) -> Result<Edited, NoPassword> {
        let text = self.ask(&Safe::from(format!("Password of {account} (not shown): "))).await?;
        if text.is_empty() {
            return Err(NoPassword::Empty);
        }
        // The field drops line breaks at the end of what is pasted; here one was taken off already.
        if text.chars().any(char::is_control) {
            return Err(NoPassword::Refused(EditRefused::ControlCharacter));
        }
        let edited = vault.edit(Edit::Paste(text));
        match edited.refused {
            Some(why) => Err(NoPassword::Refused(why)),
            None => Ok(edited),
        }
    }

    /// The reader account's password, where the site names one; empty, and the end of input, go without it.
    pub async fn reader(&self, site: &Site) -> Result<Option<Zeroizing<String>>, NoPassword> {
        let Some(reader) = site.reader.as_ref().filter(|_| site.proof != Proof::Kerberos) else {
            return Ok(None);
        };
        let prompt = format!("Password of the reader account {reader} (not shown; empty goes without it): ");
        let text = self.ask(&Safe::from(prompt)).await?;
        Ok((!text.is_empty()).then_some(text))
    }

    /// Lines typed in sight from now on; nobody types for a script.
    pub fn lines(&self) -> io::Result<Option<(Receiver<Typed>, File)>> {
        let Self::Terminal(terminal) = self else { return Ok(None) };
        let (deliver, lines) = mpsc::channel(1);
        typed::read(OwnedFd::from(terminal.file()?), true, deliver)?;
        Ok(Some((lines, terminal.file()?)))
    }
}
