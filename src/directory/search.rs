//! What is looked for in DNS, and what the site says by hand: where a domain's controllers are to be found.
//!
//! Pure; `locate` does the asking. Deliberately absent: any judgement of a controller; `ldap` reaches them.

use std::net::{IpAddr, SocketAddr};

use super::{Controller, Host};
use crate::text::Safe;

/// Where a domain's controllers come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// In lower case.
    pub domain: Safe,
    /// The site of Active Directory whose controllers are meant; `None`: the whole domain's.
    pub site: Option<Safe>,
    /// Whom to ask; empty: the system's.
    pub servers: Vec<SocketAddr>,
    pub by_hand: Vec<Named>,
    /// Ask for SRV records at all. Else DNS is asked only for the addresses of what is named by hand.
    pub records: bool,
}

/// A controller that the site names itself. What it says wins over what DNS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// In lower case.
    pub host: Host,
    /// Empty: DNS is asked.
    pub addresses: Vec<IpAddr>,
    pub ports: Ports,
    pub pdc_emulator: Option<bool>,
}

/// Where a controller listens; 0: that way is not to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    pub ldaps: u16,
    pub ldap: u16,
    pub kerberos: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { ldaps: 636, ldap: 389, kerberos: 88 }
    }
}

impl Controller {
    /// A controller at these addresses of its, in the order they are to be tried. `None` without any.
    pub fn at(host: Host, addresses: &[IpAddr], ports: Ports) -> Option<Self> {
        let (first, others) = addresses.split_first()?;
        let at = |port: u16| (port != 0).then(|| SocketAddr::new(*first, port));
        Some(Self {
            host,
            ldaps: at(ports.ldaps),
            ldap: at(ports.ldap),
            kerberos: at(ports.kerberos),
            also: others.to_vec(),
            pdc_emulator: None,
        })
    }
}
