//! Why controllers were not found, and what can be done.
//!
//! Pure. Deliberately absent: any judgement of what was found; that stands beside these.

use crate::directory::search::Search;
use crate::text::Safe;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocateFault {
    #[error("this machine has no name servers to ask: {why}")]
    NoServers { why: Safe },
    #[error("DNS knows no domain {domain} with domain controllers")]
    NoSuchDomain { domain: Safe },
    #[error("DNS knows no site {site} in {domain}")]
    NoSuchSite { site: Safe, domain: Safe },
    #[error("DNS knows {domain}, but names no domain controllers of it")]
    NoControllers { domain: Safe },
    #[error("DNS names no PDC emulator of {domain}")]
    NoPdcEmulator { domain: Safe },
    #[error("DNS names {count} PDC emulators of {domain}; there can be one. None of them is taken for it")]
    SeveralPdcEmulators { domain: Safe, count: usize },
    #[error("DNS gives {host} as a controller of {domain}, but it lies outside the domain. It is left out")]
    Outside { host: Safe, domain: Safe },
    #[error("DNS names {count} controllers of {domain}; only the first {most} are taken")]
    TooMany { domain: Safe, count: usize, most: usize },
    #[error("DNS has no usable address of {host}")]
    NoAddress { host: Safe },
    #[error("DNS could not be asked for the address of {host}: {why}")]
    AddressOf { host: Safe, why: Box<LocateFault> },
    #[error("DNS could not be asked for the controllers of {domain}: {why}")]
    ControllersOf { domain: Safe, why: Box<LocateFault> },
    #[error("there is no such name")]
    NoSuchName,
    #[error("the name has no such records")]
    NoRecords,
    #[error("no name server answered in time")]
    TimedOut,
    #[error("the name server refused ({code})")]
    Refused { code: Safe },
    #[error("no name server can be reached ({why})")]
    NotReached { why: Safe },
    #[error("the name server's answer made no sense ({why})")]
    Garbled { why: Safe },
}

impl LocateFault {
    /// As the answer to "who are the controllers".
    pub(super) fn of_domain(self, search: &Search) -> Self {
        let domain = search.domain.clone();
        match (self, &search.site) {
            (Self::NoSuchName | Self::NoRecords, Some(site)) => {
                Self::NoSuchSite { site: site.clone(), domain }
            }
            (Self::NoSuchName, None) => Self::NoSuchDomain { domain },
            (Self::NoRecords, None) => Self::NoControllers { domain },
            (why, _) => Self::ControllersOf { domain, why: Box::new(why) },
        }
    }

    /// As the answer to "where is it".
    pub(super) fn of_host(self, host: &Safe) -> Self {
        let host = host.clone();
        match self {
            Self::NoSuchName | Self::NoRecords => Self::NoAddress { host },
            why => Self::AddressOf { host, why: Box::new(why) },
        }
    }

    /// What the operator can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoServers { .. } => {
                "Name the domain's name servers as dns_servers in the site file, or its controllers with addresses."
            }
            Self::NoSuchDomain { .. } | Self::NoSuchName => {
                "Compare the domain's name with its owner; if it is right, name the domain's own name servers as dns_servers."
            }
            Self::NoSuchSite { .. } => "Compare the site's name with its owner, or leave `site` out.",
            Self::NoControllers { .. } | Self::NoRecords => {
                "Name the domain's own name servers as dns_servers, or its controllers by hand."
            }
            Self::NoPdcEmulator { .. } | Self::SeveralPdcEmulators { .. } => {
                "Ask who holds the role (netdom query fsmo), and mark it with pdc_emulator = true in the site file."
            }
            Self::Outside { .. } => {
                "Tell the domain's owner: the record is wrong, or somebody else's. No password goes there."
            }
            Self::TooMany { .. } => "Name a `site` in the site file, so that fewer are asked.",
            Self::NoAddress { .. } => "Give its addresses in the site file, or have its record corrected.",
            Self::AddressOf { why, .. } | Self::ControllersOf { why, .. } => why.remedy(),
            Self::TimedOut | Self::NotReached { .. } => {
                "Check the route and the firewall to port 53 of the name servers, then press r to ask again."
            }
            Self::Refused { .. } | Self::Garbled { .. } => {
                "Ask other name servers (dns_servers), or name the controllers with their addresses."
            }
        }
    }
}
