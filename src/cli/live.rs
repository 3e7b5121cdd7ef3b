//! `mdi-console` without a command: opens the site file, finds the domain controllers, and walks at the live site.
//!
//! Relies on DNS where the site file doesn't name the controllers' addresses. What finding them runs into is shown on
//! step 3 and doesn't end the program as long as one is known. Deliberately absent: secrets, which `asking` gets before
//! the walk begins; signing in, which the walk does.

use std::io;
use std::sync::Arc;

use futures_util::future;

use crate::clock::Clock;
use crate::directory::Controller;
use crate::directory::locate::{self, LocateFault, Located};
use crate::engine::Parts;
use crate::engine::secrets::Secrets;
use crate::engine::vault;
use crate::site::open::{self, NotOpened};
use crate::site::{Opened, Site, SiteFault, SiteFile};
use crate::terminal::signals::Ending;
use crate::walkthrough::resume::Opening;
use crate::walkthrough::words;

use super::resume::{self, NotResumed};
use super::walk::{self, Farewell, NotWalked, say};
use super::{Everywhere, NoHome, folders, log};

pub(super) mod asking;

/// Why the live site was not walked.
#[derive(Debug, thiserror::Error)]
pub enum LiveNotWalked {
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(transparent)]
    Log(#[from] log::NotKept),
    #[error(transparent)]
    Site(#[from] SiteFault),
    #[error("no domain controller is known, so nothing can prove a password. Nothing was started.{}", listed(.0))]
    NoController(Vec<LocateFault>),
    #[error("a password or secret could not be asked for: {0}. Nothing was started. Try another terminal")]
    NotAsked(io::Error),
    #[error(
        "what was typed is too long for a password, or not text. Nothing of it was kept, and nothing was started. Start again"
    )]
    Unreadable,
    #[error(
        "no client secret was given, and the site file has the application sign in by one. Nothing was started. Type \
         it when asked, name its file as cloud.client_secret_file, or have a person sign in with a code"
    )]
    NoClientSecret,
    #[error("it was interrupted before the walk began. Nothing was tested and nothing was saved")]
    Interrupted(Ending),
    #[error(transparent)]
    NotResumed(#[from] NotResumed),
    #[error(transparent)]
    NotWalked(#[from] NotWalked),
}

impl LiveNotWalked {
    /// 2 for what arguments and site file say, 3 for what could not be reached or made.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotOpened(_)
            | Self::NoHome(_)
            | Self::Site(_)
            | Self::Unreadable
            | Self::NoClientSecret => 2,
            Self::Log(_) | Self::NoController(_) | Self::NotAsked(_) => 3,
            Self::Interrupted(ending) => ending.exit_code(),
            Self::NotResumed(fault) => fault.exit_code(),
            Self::NotWalked(fault) => fault.exit_code(),
        }
    }
}

fn listed(faults: &[LocateFault]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}. {}", fault.remedy())).collect()
}

/// Walks the site that was asked for.
pub async fn run(everywhere: &Everywhere, resume: Option<&str>) -> Result<Farewell, LiveNotWalked> {
    let records = folders::state(everywhere.state_dir.as_deref())?;
    let asked = resume.map(|id| resume::find(&records, id)).transpose()?;
    let traits = walk::fit(everywhere)?;
    let opened = open::site(everywhere.site.as_deref())?;
    // Whatever folder the records are put into: an attempt counts for the account all the same.
    let ledger = folders::own()?;
    let _log = log::start(&records)?;
    for outcome in vault::harden() {
        tracing::info!(?outcome, "memory");
    }
    let clock = Clock::system();
    let application = asking::application(&opened).await?;
    let site = site(opened, &clock).await?;
    let opening = match asked {
        Some(offer) => resume::at_site(offer, &site.name)?,
        // The lines of a script answer the questions that it knows.
        None => match resume::newest(&records, &site.name) {
            Opening::Asked(_) if everywhere.password_stdin => Opening::Anew,
            Opening::Beside(beside) if everywhere.password_stdin => {
                say(&words::beside(&beside));
                Opening::Anew
            }
            opening => opening,
        },
    };
    let reader = asking::reader(&site).await?;
    let vault = Arc::new(Secrets::new(clock.clone()));
    let parts = Parts { site, clock, vault, ledger, records, reader, application };
    Ok(Box::pin(walk::walk(everywhere, (parts, opening), traits)).await?)
}

/// The site with its controllers.
async fn site(opened: Opened, clock: &Clock) -> Result<Site, LiveNotWalked> {
    let domains: Vec<&str> = opened.file.searches.iter().map(|search| search.domain.as_str()).collect();
    say(&format!("Finding the domain controllers of {}.", domains.join(", ")));
    let (controllers, faults) = joined(find(&opened.file, clock).await);
    if controllers.is_empty() {
        return Err(LiveNotWalked::NoController(faults));
    }
    let mut site = Site::of_file(opened, controllers)?;
    site.search_faults = faults;
    Ok(site)
}

/// What each search of the site file finds, in its order.
pub(super) async fn find(file: &SiteFile, clock: &Clock) -> Vec<Located> {
    let searches = file.searches.iter().map(|search| locate::find(search, clock, file.directory.dns));
    future::join_all(searches).await
}

/// All of them, each once: one search may find what another names by hand.
pub(super) fn joined(all: Vec<Located>) -> (Vec<Controller>, Vec<LocateFault>) {
    let (mut controllers, mut faults): (Vec<Controller>, _) = (Vec::new(), Vec::new());
    for located in all {
        for controller in located.controllers {
            if controllers.iter().all(|known| known.host != controller.host) {
                controllers.push(controller);
            }
        }
        faults.extend(located.faults);
    }
    (controllers, faults)
}
