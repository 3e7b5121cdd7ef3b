//! Whose password is tested, and where: the arguments, over what the site file says.
//!
//! Relies on DNS where controllers aren't named by hand with their addresses. Deliberately absent: any password.

use std::path::Path;

use crate::clock::Clock;
use crate::directory::Account;
use crate::directory::locate::{self, LocateFault};
use crate::directory::names::{self, NameFault, Named};
use crate::directory::search::{Named as NamedController, Search};
use crate::site::open::{self, NotOpened};
use crate::site::{Opened, Site, SiteFault};
use crate::text::Safe;

use super::VerifyArguments;
use super::named::{ControllerArgument, NotAController, read_host};

/// Why there is nothing to be tested, or nowhere.
#[derive(Debug, thiserror::Error)]
pub enum NoPlace {
    #[error("{why}. Nothing was started. {}", .why.remedy())]
    Name { why: NameFault },
    #[error(
        "whose password is to be tested is not told. Nothing was started. Name it with --account and --domain, or \
         a site file with --site; a site file with several accounts needs --account too"
    )]
    NoAccount,
    #[error(
        "{host} lies outside the account's domain {domain}. Nothing was started. Name controllers of that domain"
    )]
    Outside { host: Safe, domain: Safe },
    #[error("{host} is named twice. Nothing was started. Name each controller once")]
    Twice { host: Safe },
    #[error("--pdc-emulator: {0}. Nothing was started")]
    PdcEmulator(NotAController),
    #[error("--pdc-emulator names {host}, and --controller doesn't. Nothing was started. Name it with both")]
    PdcEmulatorNotNamed { host: Safe },
    #[error("there is no CA file {path}. Nothing was started. Correct --ca-file")]
    NoCa { path: Safe },
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    #[error(transparent)]
    Site(#[from] SiteFault),
    #[error("no controller of {domain} is known, so nothing can prove a password. Nothing was started.{}", listed(.faults))]
    NoController { domain: Safe, faults: Vec<LocateFault> },
}

impl NoPlace {
    /// 2 for what the arguments and the site file say, 3 for what DNS didn't.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoController { .. } => 3,
            Self::Name { .. }
            | Self::NoAccount
            | Self::Outside { .. }
            | Self::Twice { .. }
            | Self::PdcEmulator(_)
            | Self::PdcEmulatorNotNamed { .. }
            | Self::NoCa { .. }
            | Self::NotOpened(_)
            | Self::Site(_) => 2,
        }
    }
}

fn listed(faults: &[LocateFault]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}. {}", fault.remedy())).collect()
}

/// What was asked for, checked, before anything is looked for.
pub struct Place {
    pub named: Named,
    search: Search,
    /// Nothing but what is named by hand is asked.
    by_hand: bool,
    ca: Option<Vec<u8>>,
    opened: Option<Opened>,
}

impl Place {
    pub fn read(arguments: &VerifyArguments, site: Option<&Path>) -> Result<Self, NoPlace> {
        let opened = site.map(|site| open::site(Some(site))).transpose()?;
        let named = account(arguments, opened.as_ref())?;
        let by_hand = by_hand(arguments, &named.account.domain)?;
        let ca = arguments.ca_file.as_ref().map(|path| open::ca(path).map_err(of_ca)).transpose()?;
        let of_site = opened.as_ref().and_then(|opened| {
            opened.file.searches.iter().find(|search| search.domain == named.account.domain).cloned()
        });
        let mut search = of_site.unwrap_or_else(|| Search {
            domain: named.account.domain.clone(),
            site: None,
            servers: Vec::new(),
            by_hand: Vec::new(),
            records: true,
        });
        let ours = !by_hand.is_empty();
        if ours {
            // Who the PDC emulator is, DNS may still tell; where it isn't needed for anything else, it is left alone.
            let marked = by_hand.iter().any(|one| one.pdc_emulator == Some(true));
            search.records = !marked && arguments.controllers.iter().any(ControllerArgument::needs_dns);
            search.by_hand = by_hand;
        }
        Ok(Self { named, search, by_hand: ours, ca, opened })
    }

    /// Finds the controllers.
    pub async fn find(self, clock: &Clock) -> Result<(Named, Site), NoPlace> {
        let Self { named, search, by_hand, ca, opened } = self;
        let patience =
            opened.as_ref().map_or(crate::site::Limits::default().dns, |one| one.file.directory.dns);
        let found = locate::find(&search, clock, patience).await;
        let (mut controllers, mut faults) = (found.controllers, found.faults);
        if by_hand {
            let wanted = |host: &Safe| search.by_hand.iter().any(|one| one.host == *host);
            controllers.retain(|one| wanted(&one.host));
            // What the records lack is of no interest to whoever named the controllers.
            let all = controllers.len() == search.by_hand.len();
            faults.retain(|fault| match fault {
                LocateFault::NoAddress { .. } | LocateFault::AddressOf { .. } => true,
                LocateFault::NoServers { .. } => !all,
                _ => false,
            });
        }
        if controllers.is_empty() {
            return Err(NoPlace::NoController { domain: search.domain, faults });
        }
        let site = match opened {
            Some(opened) => {
                let mut site = Site::of_file(opened, controllers)?.for_a_test_alone();
                (site.searches, site.search_faults) = (vec![search], faults);
                site.ca = ca.or(site.ca);
                site
            }
            None => Site::of_controllers(search, controllers, faults, ca),
        };
        Ok((named, site))
    }
}

fn of_ca(why: NotOpened) -> NoPlace {
    match why {
        NotOpened::Absent { path } => NoPlace::NoCa { path },
        why => NoPlace::NotOpened(why),
    }
}

/// The account of the arguments, else the only one of the site file.
fn account(arguments: &VerifyArguments, opened: Option<&Opened>) -> Result<Named, NoPlace> {
    let listed: Vec<&Account> =
        opened.iter().flat_map(|opened| &opened.file.accounts).map(|listed| &listed.account).collect();
    let (text, domain) = match (&arguments.account, &arguments.domain, listed.as_slice()) {
        (Some(text), Some(domain), _) => (text.clone(), Some(domain.clone())),
        // The site file may know which domain the name belongs to.
        (Some(text), None, listed) => {
            let own = listed.iter().find(|one| one.name.eq_ignore_ascii_case(text));
            (text.clone(), own.map(|one| one.domain.to_string()))
        }
        (None, None, [one]) => (one.name.to_string(), Some(one.domain.to_string())),
        (None, Some(domain), listed) => {
            let own: Vec<_> = listed.iter().filter(|one| one.domain.eq_ignore_ascii_case(domain)).collect();
            match own.as_slice() {
                [one] => (one.name.to_string(), Some(domain.clone())),
                _ => return Err(NoPlace::NoAccount),
            }
        }
        (None, None, _) => return Err(NoPlace::NoAccount),
    };
    names::read(&text, domain.as_deref()).map_err(|why| NoPlace::Name { why })
}

fn by_hand(arguments: &VerifyArguments, domain: &Safe) -> Result<Vec<NamedController>, NoPlace> {
    let pdc_emulator =
        arguments.pdc_emulator.as_deref().map(read_host).transpose().map_err(NoPlace::PdcEmulator)?;
    let mut by_hand: Vec<NamedController> = Vec::new();
    for argument in &arguments.controllers {
        if !lies_in(&argument.host, domain) {
            return Err(NoPlace::Outside { host: argument.host.clone(), domain: domain.clone() });
        }
        if by_hand.iter().any(|one| one.host == argument.host) {
            return Err(NoPlace::Twice { host: argument.host.clone() });
        }
        by_hand.push(argument.named(pdc_emulator.as_ref().map(|pdc| *pdc == argument.host)));
    }
    match pdc_emulator {
        Some(host) if !by_hand.iter().any(|one| one.host == host) => {
            Err(NoPlace::PdcEmulatorNotNamed { host })
        }
        _ => Ok(by_hand),
    }
}

fn lies_in(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}
