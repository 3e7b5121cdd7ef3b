//! What DNS says about controllers, judged and put together with what the site says by hand.
//!
//! Pure. Deliberately absent: asking.

use std::net::IpAddr;

use super::LocateFault;
use crate::directory::search::{Ports, Search};
use crate::directory::{Controller, Host};
use crate::text::Safe;

/// More controllers than this are not taken from DNS.
pub(super) const MOST: usize = 256;

/// One SRV record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) host: Host,
    pub(super) priority: u16,
    pub(super) weight: u16,
    /// Of LDAP.
    pub(super) port: u16,
}

/// A controller that is wanted, before it is known where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) host: Host,
    /// By hand; empty: to be asked.
    pub(super) addresses: Vec<IpAddr>,
    ports: Ports,
    pdc_emulator: Option<bool>,
}

impl Wanted {
    pub(super) fn at(&self, addresses: &[IpAddr]) -> Option<Controller> {
        let controller = Controller::at(self.host.clone(), addresses, self.ports)?;
        Some(Controller { pdc_emulator: self.pdc_emulator, ..controller })
    }
}

/// The targets that lie inside the domain, each once, the preferred ones first.
pub(super) fn judged(domain: &Safe, found: Vec<Target>, faults: &mut Vec<LocateFault>) -> Vec<Target> {
    let mut judged: Vec<Target> = Vec::new();
    for target in found {
        let host = target.host.trim_end_matches('.').to_ascii_lowercase();
        // A target of "." says that there is no such service.
        if host.is_empty() {
            continue;
        }
        if !is_inside(&host, domain) {
            let fault = LocateFault::Outside { host: Safe::from(host), domain: domain.clone() };
            if !faults.contains(&fault) {
                faults.push(fault);
            }
            continue;
        }
        let host = Safe::from(host);
        if judged.iter().all(|one| one.host != host) {
            judged.push(Target { host, ..target });
        }
    }
    judged.sort_by(|a, b| (a.priority, b.weight, &a.host).cmp(&(b.priority, a.weight, &b.host)));
    if judged.len() > MOST {
        faults.push(LocateFault::TooMany { domain: domain.clone(), count: judged.len(), most: MOST });
        judged.truncate(MOST);
    }
    judged
}

/// A host's name below the domain's, made of what host names are made of.
fn is_inside(host: &str, domain: &str) -> bool {
    let below = host.strip_suffix(domain).and_then(|rest| rest.strip_suffix('.'));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && below.is_some_and(|below| below.split('.').all(label))
}

/// No machine is at an address that means all machines, or none.
pub(super) fn may_be_a_host(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !(address.is_unspecified() || address.is_multicast() || broadcast)
}

/// What is named by hand wins over what was found; the PDC emulator comes first.
pub(super) fn wanted(search: &Search, pdc: Option<&Safe>, found: Vec<Target>) -> Vec<Wanted> {
    let marked = search.by_hand.iter().find(|one| one.pdc_emulator == Some(true)).map(|one| &one.host);
    let pdc = marked.or(pdc);
    let is_pdc = |host: &Host| pdc.map(|pdc| pdc == host);
    let by_hand = search.by_hand.iter().map(|one| Wanted {
        host: one.host.clone(),
        addresses: one.addresses.clone(),
        ports: one.ports,
        pdc_emulator: one.pdc_emulator.or_else(|| is_pdc(&one.host)),
    });
    let mut wanted: Vec<Wanted> = by_hand.collect();
    for target in found {
        if wanted.iter().any(|one| one.host == target.host) {
            continue;
        }
        let usual = Ports::default();
        let ldap = if target.port == 0 { usual.ldap } else { target.port };
        let pdc_emulator = is_pdc(&target.host);
        wanted.push(Wanted {
            host: target.host,
            addresses: Vec::new(),
            ports: Ports { ldap, ..usual },
            pdc_emulator,
        });
    }
    // Stable: otherwise the order by hand, then that of the records.
    wanted.sort_by_key(|one| one.pdc_emulator != Some(true));
    wanted
}
