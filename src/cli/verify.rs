//! `mdi-console verify`: the password test of step 4 alone, without a screen.
//!
//! The same machine, guard, ledger and record as a walk has; a record of its own. A small client of the engine: what is
//! asked of the operator is the password, and the account's name where the guard wants it typed. Relies on the
//! terminal for both, or on a line of standard input for the password. Deliberately absent: going on with a reason, the
//! portal, the sensors.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::directory::names::Named;
use crate::engine::secrets::Secrets;
use crate::engine::vault::{self, Edited};
use crate::engine::{Engine, EngineFault, Parts};
use crate::plain::signals;
use crate::site::Site;
use crate::walkthrough::Walkthrough;

use super::output::Cut;
use super::{Everywhere, NoHome, folders, log, screen};

mod desk;
mod driving;
mod lines;
mod named;
mod place;
mod telling;

use desk::{Desk, NoPassword};
use driving::{Driving, Ends};
use named::ControllerArgument;
use place::{NoPlace, Place};
use telling::{Manner, Telling};

#[derive(Debug, Args)]
#[command(after_help = HELP, next_help_heading = "The test")]
pub struct VerifyArguments {
    /// The account: svc-mdi, svc-mdi@contoso.test, CONTOSO\svc-mdi, or its distinguished name
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The account's own domain, in full
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
    /// A domain controller, by its full name: HOST, HOST:PORT (of LDAPS), HOST=ADDRESS, or HOST=ADDRESS:PORT for a port-forward of LDAPS alone (a site file can name Kerberos's too); again for each. Without any, DNS is asked
    #[arg(long = "controller", value_name = "HOST[=ADDRESS][:PORT]")]
    pub controllers: Vec<ControllerArgument>,
    /// Which of them is the PDC emulator, where DNS can't tell
    #[arg(long, value_name = "HOST", requires = "controllers")]
    pub pdc_emulator: Option<String>,
    /// The CA that issued the controllers' certificates, as PEM; it alone is trusted then
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Say what happens as one JSON object a line
    #[arg(long)]
    pub json: bool,
}

const HELP: &str = "\
Examples:
  mdi-console verify --account svc-mdi --domain contoso.test
  mdi-console verify --account svc-mdi --domain contoso.test --controller dc1.contoso.test --ca-file contoso-ca.pem
  mdi-console verify --site contoso.toml --json --password-stdin < password

The password is asked for on the terminal, without echo, or with --password-stdin read as one line of standard input; where the site file names a reader account its password is the next one, empty without it. --account, --domain, --controller and --ca-file win over the site file.

Every attempt is counted in this user's own ledger before it leaves, together with those of all walks. Where the guard wants the account's name typed, a script can't go on.

With --json, each line is an object with an `event`:
  note     text
  reached  host, reached, pdc_emulator, read_only, ldap, kerberos, latency_ms, why_not
  attempt  host, protocol (ldap, kerberos), answer (accepted, refused, not-known, not-sent), sub_code, why, latency_ms, elapsed_ms, counted
  verdict  word (current, current-where-asked, not-proved, refused, previous, closed, unusable, not-known, another-account, guard-shut, not-reached, not-written, not-tested, interrupted), exit_code, host, proof, sentence, remedy, misgivings, account, budget (threshold, counted, safe)
  record   path, lines, hash
What is not known is null. Times are UTC.

Exit codes: 0 proved current, and accepted everywhere; 1 refused, locked, guard shut, or not proved current; 2 usage; 3 a controller could not be asked, or nothing could be written; 129, 130, 143 interrupted.";

/// Why nothing was tested.
#[derive(Debug, thiserror::Error)]
pub enum NotVerified {
    #[error(transparent)]
    NoPlace(#[from] NoPlace),
    #[error(transparent)]
    NoPassword(#[from] NoPassword),
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(transparent)]
    Log(#[from] log::NotKept),
    #[error("signals can't be caught: {0}. Nothing was started")]
    Signals(io::Error),
    #[error(transparent)]
    Engine(#[from] EngineFault),
    #[error(transparent)]
    Cut(#[from] Cut),
}

impl NotVerified {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoPlace(fault) => fault.exit_code(),
            Self::NoPassword(fault) => fault.exit_code(),
            Self::NoHome(_) | Self::Engine(EngineFault::Trust(_)) => 2,
            Self::Log(_) | Self::Signals(_) | Self::Engine(_) | Self::Cut(_) => 3,
        }
    }
}

/// Tests one password, and gives the exit code.
pub async fn run(everywhere: &Everywhere, arguments: &VerifyArguments) -> Result<u8, NotVerified> {
    let place = Place::read(arguments, everywhere.site.as_deref())?;
    let desk = Desk::choose(everywhere.password_stdin)?;
    let state = folders::state(everywhere.state_dir.as_deref())?;
    let ledger = folders::own()?;
    let (records, _log) = log::start_within(&state, "verify")?;
    for outcome in vault::harden() {
        tracing::info!(?outcome, "memory");
    }
    let clock = Clock::system();
    let vault = Arc::new(Secrets::new(clock.clone()));
    let account = place.named.account.to_string();
    let password = desk.password(&account, &vault).await?;
    let (named, site) = place.find(&clock).await?;
    let reader = desk.reader(&site).await?;
    let parts = Parts { site, clock, vault, ledger, records, reader, application: None };
    let manner = if arguments.json { Manner::Json } else { Manner::Text { ascii: everywhere.ascii } };
    Box::pin(drive(parts, (named, password), desk, Telling::new(io::stdout(), manner))).await
}

async fn drive(
    parts: Parts,
    (named, password): (Named, Edited),
    desk: Desk,
    telling: Telling<io::Stdout>,
) -> Result<u8, NotVerified> {
    let (say, signals) = mpsc::unbounded_channel();
    let _caught = signals::catch(None, say).map_err(NotVerified::Signals)?;
    let clock = parts.clock.clone();
    let mut walk = begun(&parts.site, &named, &clock);
    let (engine, answers) = Engine::start(parts)?;
    walk.record.path = engine.recorder().name();
    let ends = Ends { answers, signals, desk, telling };
    Ok(Driving::new((walk, named), (engine, clock), ends).run(password).await?)
}

fn begun(site: &Site, named: &Named, clock: &Clock) -> Walkthrough {
    let (operator, host) = screen::who();
    Walkthrough::alone(site.terms(operator, host), named.account.clone(), clock.now())
}
