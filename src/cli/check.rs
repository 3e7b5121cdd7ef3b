//! `mdi-console check`: reaches every address of the site file, touches no password, and says what it found.
//!
//! Relies on the adapters of a walk, so that what is reached here is reached there. Nothing is reserved, bound, signed in
//! to or run. Deliberately absent: judging anything the walk judges.

use std::io;

use futures_util::future;

use crate::clock::Clock;
use crate::directory::{kerberos, ldap};
use crate::engine;
use crate::portal::client::{Client, Patience};
use crate::site::open::{self, NotOpened};
use crate::site::{SignIn, Site, SiteFault};
use crate::trust::TrustFault;

use super::output::{Cut, Output};
use super::{CheckArguments, Everywhere, NoHome, folders, live};

mod controllers;
mod finding;
mod places;

use controllers::Asking;
use finding::{About, Finding, Findings, State};

/// Why nothing was checked.
#[derive(Debug, thiserror::Error)]
pub enum NotChecked {
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(transparent)]
    Site(#[from] SiteFault),
    #[error("the controllers' certificates can't be verified: {0}")]
    Trust(#[from] TrustFault),
    #[error(transparent)]
    Cut(#[from] Cut),
}

impl NotChecked {
    /// Nearly all of it is what arguments and site file say.
    pub fn exit_code(&self) -> u8 {
        if matches!(self, Self::Cut(_)) { 3 } else { 2 }
    }
}

/// Checks everything, says it, and gives the exit code.
pub async fn run(everywhere: &Everywhere, arguments: &CheckArguments) -> Result<u8, NotChecked> {
    let opened = open::site(everywhere.site.as_deref())?;
    let (records, own) = (folders::state(everywhere.state_dir.as_deref())?, folders::own()?);
    let clock = Clock::system();
    let mut out = Output::new(io::stdout());
    let mut told = |findings: Vec<Finding>| tell(&mut out, arguments, findings);
    let mut all = told(site_itself(&opened));
    let located = live::find(&opened.file, &clock).await;
    let domains = opened.file.searches.iter().zip(&located);
    all.extend(told(domains.flat_map(|(search, located)| places::domain(search, located)).collect()));
    let controllers = live::joined(located).0;
    let site = Site::of_file(opened, controllers)?;
    let (directory_trust, portal_trust) = engine::trusts(&site)?;
    let patience = ldap::Patience { connect: site.limits.connect, answer: site.limits.answer };
    let asking = Asking {
        site: &site,
        clock: &clock,
        ldap: ldap::Client::new(directory_trust, clock.clone()).with_patience(patience),
        kerberos: kerberos::Client::new(clock.clone()).with_patience(patience),
    };
    let client = Client::new(&portal_trust, &clock, Patience::default());
    let both = future::join(controllers::check(&asking), places::addresses(&site, &client));
    let (directory, addresses) = both.await;
    all.extend(told(directory));
    all.extend(told(addresses));
    all.extend(told(places::logs(&site).await));
    all.extend(told(places::services(&site)));
    all.extend(told(places::folder("records", &records)));
    all.extend(told(places::folder("attempts", &own)));
    all.extend(told(places::memory()));
    if !arguments.json {
        out.say(&finding::summary(&all));
    }
    out.whole()?;
    Ok(finding::exit_code(&all))
}

/// As soon as it is known: what comes after it may take its time.
fn tell(out: &mut Output<io::Stdout>, arguments: &CheckArguments, findings: Vec<Finding>) -> Vec<Finding> {
    if arguments.json {
        for one in &findings {
            out.say(&finding::json(one));
        }
    } else {
        for line in finding::lines(&findings) {
            out.say(&line);
        }
    }
    findings
}

fn site_itself(opened: &crate::site::Opened) -> Vec<Finding> {
    let mut found = Findings::about(About::Site, opened.file.name.clone());
    let (path, hash) = (&opened.origin.path, &opened.origin.hash);
    found.add("file", State::Fine, format!("{path} (SHA-256 {hash})"));
    let trust = if opened.ca.is_some() { "the CA file alone" } else { "this machine's roots" };
    found.add("trust", State::Fine, format!("controllers' certificates must lead to {trust}"));
    if let Some(own) = &opened.file.application {
        sign_in(&mut found, &own.sign_in);
    }
    found.all
}

/// Who is going to sign in, and whether the files for it are in order; nobody signs in here.
fn sign_in(found: &mut Findings, by: &SignIn) {
    let (state, told) = match (open::application(by), by) {
        (Err(why), _) => (State::Failed, why.to_string()),
        (Ok(_), SignIn::DeviceCode) => (State::Fine, "a person signs in with a code".to_owned()),
        (Ok(_), SignIn::ClientSecret { file: None }) => (
            State::Fine,
            "the application signs in by its secret, which is asked for at the start".to_owned(),
        ),
        (Ok(_), SignIn::ClientSecret { file: Some(file) }) => {
            (State::Fine, format!("the application signs in by the secret in {file}"))
        }
        (Ok(_), SignIn::Certificate { certificate, .. }) => {
            (State::Fine, format!("the application signs in by {certificate}, and the key is its own"))
        }
    };
    found.add("sign-in", state, told);
}
