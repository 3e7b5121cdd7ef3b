//! `mdi-console sensors`: the portal's table of sensors, without a walk and without a screen; once, or as it changes.
//!
//! Relies on the portal's adapters, as a walk does. Somebody signs in with a code, or the application by itself with what
//! its files hold or somebody types; the tokens end with the program. A site without Graph has the sensors of its file.
//! Deliberately absent: judging a save, services asked by a probe, any password.

use std::io;

use clap::Args;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::engine;
use crate::plain::signals;
use crate::plain::unseen::Asked;
use crate::portal::Fault;
use crate::portal::client::{Client, Patience};
use crate::portal::token::Application;
use crate::site::open::{self, NotOpened};
use crate::site::{Opened, SignIn, Site, SiteFault};
use crate::terminal::signals::Ending;
use crate::text::Safe;
use crate::trust::TrustFault;
use crate::walkthrough::words::Said;

use super::Everywhere;
use super::live::asking::secret_prompt;
use super::output::Cut;
use super::tty::OwnTerminal;

mod reading;
mod rows;
mod seat;
pub mod telling;

use telling::{Manner, Telling};

#[derive(Debug, Args)]
#[command(after_help = HELP, next_help_heading = "The table")]
pub struct SensorsArguments {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Go on reading, and say what changes
    #[arg(long)]
    pub watch: bool,
}

const HELP: &str = "\
The sign-in's code and address are printed on standard error; nothing but the table is on standard output.

With --json, each line is an object with an `event`:
  sensor   host, domain, kind, version, service, status, health, open_issues, was
  gone     host
  issue    name, severity, status, about_credential, created, modified, sensors, recommendations
  reading  sensors, running, credential_issues, portal_time
  fault    what, remedy, again_in_seconds
What is not told is null. With --watch, sensors and issues are said again only when they change, and a
reading then or after a fault.

Exit codes: 0 no sensor is in trouble; 1 one is, or an issue about a credential is open; 2 usage or configuration; 3 the portal could not be read; 129, 130, 143 interrupted.";

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    #[error(transparent)]
    Site(#[from] SiteFault),
    #[error(
        "there is no terminal to type the client secret on unseen. Nothing was asked. Run it on a terminal, or name the \
         secret's file as cloud.client_secret_file"
    )]
    NoTerminal,
    #[error(
        "no client secret was given, or what was typed can't be one. Nothing was asked. Type it when asked, or name its \
         file as cloud.client_secret_file"
    )]
    NoClientSecret,
    #[error("the client secret could not be asked for: {0}. Nothing was asked. Try another terminal")]
    NotAsked(io::Error),
    #[error("it was interrupted before anything was asked")]
    Interrupted(Ending),
    #[error("the portal's certificate can't be verified: {0}")]
    Trust(#[from] TrustFault),
    #[error("signals can't be caught: {0}. Nothing was asked")]
    Signals(io::Error),
    #[error("the sensors could not be read: {0}. {remedy}", remedy = remedy(.0))]
    Portal(#[from] Fault),
    #[error("the sign-in came to nothing: {} {}", .0.what, .0.remedy)]
    SignIn(Said),
    #[error(transparent)]
    Cut(#[from] Cut),
}

impl NotRead {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotOpened(_)
            | Self::Site(_)
            | Self::NoTerminal
            | Self::NoClientSecret
            | Self::NotAsked(_)
            | Self::Trust(_) => 2,
            Self::Interrupted(ending) => ending.exit_code(),
            Self::Signals(_) | Self::Portal(_) | Self::SignIn(_) | Self::Cut(_) => 3,
        }
    }
}

/// Nothing here is tried again by itself, and there is no step to go back to.
fn remedy(fault: &Fault) -> Safe {
    Safe::new(match fault {
        Fault::Unreachable(_) | Fault::TimedOut | Fault::CutShort | Fault::Server(_) => {
            "Check the network and the proxy, and start again."
        }
        Fault::Throttled(_) => "Start again then.",
        Fault::Unauthorized | Fault::Internal(_) => "Start again, and sign in anew.",
        Fault::Certificate(_)
        | Fault::Forbidden(_)
        | Fault::NotFound
        | Fault::Refused(..)
        | Fault::Garbled(_)
        | Fault::Foreign(_) => fault.remedy(),
    })
}

/// Reads the site's sensors, says them, and gives the exit code.
pub async fn run(everywhere: &Everywhere, arguments: &SensorsArguments) -> Result<u8, NotRead> {
    let opened = open::site(everywhere.site.as_deref())?;
    let application = application(&opened).await?;
    let site = Site::of_file(opened, Vec::new())?;
    let (say, mut signalled) = mpsc::unbounded_channel();
    let _caught = signals::catch(None, say).map_err(NotRead::Signals)?;
    let manner = if arguments.json { Manner::Json } else { Manner::Text { ascii: everywhere.ascii } };
    let mut telling = Telling::new(manner, io::stdout(), io::stderr());
    let clock = Clock::system();
    tokio::select! {
        biased;
        Some(ending) = signalled.recv() => Ok(ending.exit_code()),
        read = show(&site, (&clock, application.as_ref()), &mut telling, arguments.watch) => read,
    }
}

/// What stands in the files of the site file; a secret without one is typed on the terminal itself, since standard output
/// is the table's.
async fn application(opened: &Opened) -> Result<Option<Application>, NotRead> {
    let Some(own) = &opened.file.application else { return Ok(None) };
    if own.sign_in != (SignIn::ClientSecret { file: None }) {
        return Ok(open::application(&own.sign_in)?);
    }
    let terminal = OwnTerminal::open().ok_or(NotRead::NoTerminal)?;
    match terminal.ask(&secret_prompt(&own.client_id)).await.map_err(NotRead::NotAsked)? {
        Asked::Typed(text) if !text.is_empty() => Ok(Some(Application::by_secret(text))),
        Asked::Typed(_) | Asked::Unreadable => Err(NotRead::NoClientSecret),
        Asked::Ended(ending) => Err(NotRead::Interrupted(ending)),
    }
}

/// The table of one site; with `watch`, for as long as this is polled.
///
/// # Errors
/// Any [`NotRead`]; with `watch` only when there is nothing left to try again.
pub async fn show<O: io::Write, A: io::Write>(
    site: &Site,
    (clock, application): (&Clock, Option<&Application>),
    telling: &mut Telling<O, A>,
    watch: bool,
) -> Result<u8, NotRead> {
    if !site.uses_graph {
        let code = telling.listed(&site.servers);
        telling.whole()?;
        return Ok(code);
    }
    let (_, trust) = engine::trusts(site)?;
    let client = Client::new(&trust, clock, Patience::default());
    let mut seat = seat::sign_in(&client, &site.login, application, telling).await?;
    if watch {
        return Err(reading::watch(&mut seat, site, telling).await);
    }
    let reading = seat.read(&site.graph).await?;
    let code = telling.read(&reading);
    telling.whole()?;
    Ok(code)
}
