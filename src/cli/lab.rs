//! `mdi-console lab`: starts a lab, walks it, and stops it again.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::engine::Parts;
use crate::engine::secrets::Secrets;
use crate::engine::vault;
use crate::lab::{Lab, LabFault, Scenario, StartOptions, scenario};
use crate::site::{Site, SiteFault};
use crate::text::{self, Safe};
use crate::walkthrough::resume::Opening;

use super::resume::{self, NotResumed};
use super::walk::{Farewell, NotWalked};
use super::{Everywhere, LabArguments, NoHome, folders, log, records, walk};

/// Why the lab was not walked.
#[derive(Debug, thiserror::Error)]
pub enum LabNotWalked {
    #[error("there is no scenario named {0}. Nothing was started. `mdi-console lab --list` names them all")]
    NoSuchScenario(Safe),
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(transparent)]
    Log(#[from] log::NotKept),
    #[error(
        "the lab has no folder for its logs in {folder}: {}. Nothing was started. Make room there, or name another folder by TMPDIR",
        text::told(.source)
    )]
    Folder { folder: Safe, source: io::Error },
    #[error(
        "the file of --password-file can't be read: {0}. Nothing was started. Check its path and its owner"
    )]
    PasswordFile(io::Error),
    #[error(transparent)]
    Lab(#[from] LabFault),
    #[error(transparent)]
    Site(#[from] SiteFault),
    #[error(transparent)]
    NotResumed(#[from] NotResumed),
    #[error(transparent)]
    NotWalked(#[from] NotWalked),
}

impl LabNotWalked {
    /// 2 for what the arguments ask, 3 for what could not be reached or made.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoSuchScenario(_) | Self::NoHome(_) => 2,
            Self::NotResumed(fault) => fault.exit_code(),
            Self::NotWalked(fault) => fault.exit_code(),
            Self::Log(_) | Self::Folder { .. } | Self::PasswordFile(_) | Self::Lab(_) | Self::Site(_) => 3,
        }
    }
}

/// Walks the lab. `program` answers for the lab's services.
pub async fn run(
    everywhere: &Everywhere,
    arguments: &LabArguments,
    program: PathBuf,
) -> Result<Farewell, LabNotWalked> {
    let asked = scenario::find(&arguments.scenario)
        .ok_or_else(|| LabNotWalked::NoSuchScenario(Safe::new(&arguments.scenario)))?;
    let state = folders::state(everywhere.state_dir.as_deref())?;
    let found = arguments.resume.as_deref().map(|id| resume::find_lab(&state, id));
    let opening = match found.transpose()? {
        Some(offer) if offer.gone() => return Err(NotResumed::LabGone(offer.id).into()),
        Some(offer) => Opening::TakenUp(offer),
        // A lab is new each time, and so is what is walked in it.
        None => Opening::Anew,
    };
    let traits = walk::fit(everywhere)?;
    let (records, _log) = log::start_within(&state, "lab")?;
    let running = tempfile::Builder::new()
        .prefix("mdi-console-lab-")
        .tempdir()
        .map_err(|source| LabNotWalked::Folder { folder: records::shown(&std::env::temp_dir()), source })?;
    let clock = Clock::system();
    let lab = start(arguments, asked, &clock, (running.path().to_owned(), program))?;
    let addresses = lab.addresses();
    let site = Site::of_lab(&addresses)?;
    let site = if arguments.hand_off { site.handed_off(&addresses) } else { site };
    let site = Site { tour: arguments.tour, ..site };
    let vault = Arc::new(Secrets::new(clock.clone()));
    for outcome in vault::harden() {
        tracing::info!(?outcome, "memory");
    }
    let parts = Parts {
        site,
        clock,
        vault,
        // A lab is new each time, and so is what was tried in it.
        ledger: running.path().to_owned(),
        records,
        reader: Some(addresses.reader.password.clone()),
        application: None,
    };
    let walked = Box::pin(walk::walk(everywhere, (parts, opening), traits)).await;
    lab.stop().await;
    Ok(walked?)
}

fn start(
    arguments: &LabArguments,
    scenario: Scenario,
    clock: &Clock,
    (folder, program): (PathBuf, PathBuf),
) -> Result<Lab, LabNotWalked> {
    let password = arguments
        .password_file
        .as_ref()
        .map(|file| fs::read_to_string(file).map(|text| text.trim_end_matches('\n').to_owned()))
        .transpose()
        .map_err(LabNotWalked::PasswordFile)?
        .map(Zeroizing::new);
    let options = StartOptions {
        // Whoever gave the password knows it, and the screen is no place for it.
        scenario: Scenario { banner: scenario.banner && password.is_none(), ..scenario },
        clock: clock.clone(),
        folder,
        program,
        password: password.map(|text| text.as_str().to_owned()),
    };
    Ok(Lab::start(options)?)
}
