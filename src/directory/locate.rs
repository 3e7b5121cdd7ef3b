//! ● Finds a domain's controllers by DNS: SRV records for who they are, addresses for where they are.
//!
//! Sources: MS-ADTS 6.3.2.3 (`_ldap._tcp.dc._msdcs.<domain>`, `_ldap._tcp.<site>._sites.dc._msdcs.<domain>`,
//! `_ldap._tcp.pdc._msdcs.<domain>`). Relies on hickory-resolver. DNS is not believed: a target must lie inside the
//! domain, and `ldap` verifies whoever answers there. What the site names by hand wins. Deliberately absent: DNSSEC,
//! caching, and connecting to anything but name servers.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::{StreamExt as _, future, stream};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
    ServerOrderingStrategy,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::Controller;
use super::search::Search;
use crate::clock::Clock;
use crate::text::Safe;

mod fault;
mod targets;
#[cfg(test)]
mod tests;

pub use fault::LocateFault;

use targets::{Target, Wanted};

/// How many names are asked about at once.
const AT_ONCE: usize = 16;

/// Of one controller; more is a mistake or mischief.
const MOST_ADDRESSES: usize = 8;

/// What a search came to. Faults don't take away from the controllers that were found all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// The PDC emulator first, where one is known.
    pub controllers: Vec<Controller>,
    pub faults: Vec<LocateFault>,
}

/// Looks for a domain's controllers. `patience` is for each question, and there are two, one after the other: who, and
/// where.
pub async fn find(search: &Search, clock: &Clock, patience: Duration) -> Located {
    let _work = clock.work();
    let mut faults = Vec::new();
    let asker = match resolver(search, patience) {
        Ok(resolver) => Asker { resolver, clock, patience },
        Err(fault) => {
            // What is named by hand with its addresses needs no DNS.
            faults.push(fault);
            let controllers = targets::wanted(search, None, Vec::new());
            let controllers = controllers.iter().filter_map(|one| one.at(&one.addresses)).collect();
            return Located { controllers, faults };
        }
    };
    let (pdc, targets) =
        if search.records { asker.targets(search, &mut faults).await } else { (None, vec![]) };
    let wanted = targets::wanted(search, pdc.as_ref(), targets);
    let placed = stream::iter(wanted).map(|one| asker.placed(one)).buffered(AT_ONCE);
    let placed: Vec<Result<Controller, LocateFault>> = placed.collect().await;
    let mut controllers = Vec::new();
    for placed in placed {
        match placed {
            Ok(controller) => controllers.push(controller),
            Err(fault) => faults.push(fault),
        }
    }
    Located { controllers, faults }
}

struct Asker<'a> {
    resolver: TokioResolver,
    clock: &'a Clock,
    patience: Duration,
}

impl Asker<'_> {
    /// Who the controllers are, by their records; and which of them is the PDC emulator.
    async fn targets(&self, search: &Search, faults: &mut Vec<LocateFault>) -> (Option<Safe>, Vec<Target>) {
        let domain = &search.domain;
        let all = match &search.site {
            Some(site) => format!("_ldap._tcp.{site}._sites.dc._msdcs.{domain}."),
            None => format!("_ldap._tcp.dc._msdcs.{domain}."),
        };
        let pdc = format!("_ldap._tcp.pdc._msdcs.{domain}.");
        let (all, pdc) = future::join(self.services(&all), self.services(&pdc)).await;
        let failed = all.is_err();
        let targets = all.map_err(|fault| faults.push(fault.of_domain(search))).unwrap_or_default();
        let mut targets = targets::judged(domain, targets, faults);
        let pdc = pdc.unwrap_or_else(|_| {
            // Told once already where nothing could be asked at all.
            if !failed {
                faults.push(LocateFault::NoPdcEmulator { domain: domain.clone() });
            }
            Vec::new()
        });
        let pdc = targets::judged(domain, pdc, faults);
        let pdc = match pdc.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => {
                let count = several.len();
                faults.push(LocateFault::SeveralPdcEmulators { domain: domain.clone(), count });
                None
            }
        };
        let host = pdc.as_ref().map(|pdc| pdc.host.clone());
        // Outside the site it is needed all the same: it is the first to be given a password.
        targets.extend(pdc.filter(|pdc| targets.iter().all(|one| one.host != pdc.host)));
        (host, targets)
    }

    /// The SRV records of a name.
    async fn services(&self, name: &str) -> Result<Vec<Target>, LocateFault> {
        let asked = self.resolver.lookup(name, RecordType::SRV);
        let answer = self.clock.timeout(self.patience, asked).await;
        let answer = answer.map_err(|_| LocateFault::TimedOut).and_then(|answer| answer.map_err(of_net))?;
        let services = answer.answers().iter().filter_map(|record| match &record.data {
            RData::SRV(service) => Some(Target {
                host: Safe::new(&service.target.to_ascii()),
                priority: service.priority,
                weight: service.weight,
                port: service.port,
            }),
            _ => None,
        });
        Ok(services.collect())
    }

    /// A controller with its addresses: those given by hand, else what DNS says.
    async fn placed(&self, wanted: Wanted) -> Result<Controller, LocateFault> {
        let addresses = match wanted.addresses.as_slice() {
            [] => self.addresses(&wanted.host).await?,
            by_hand => by_hand.to_vec(),
        };
        wanted.at(&addresses).ok_or_else(|| LocateFault::NoAddress { host: wanted.host.clone() })
    }

    async fn addresses(&self, host: &Safe) -> Result<Vec<IpAddr>, LocateFault> {
        let asked = self.resolver.lookup_ip(format!("{host}."));
        let answer = self.clock.timeout(self.patience, asked).await;
        let answer = answer.map_err(|_| LocateFault::TimedOut).and_then(|answer| answer.map_err(of_net));
        let answer = answer.map_err(|fault| fault.of_host(host))?;
        let mut addresses: Vec<IpAddr> = Vec::new();
        for address in answer.iter().map(|address| address.to_canonical()) {
            if targets::may_be_a_host(address) && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses.truncate(MOST_ADDRESSES);
        Ok(addresses)
    }
}

fn resolver(search: &Search, patience: Duration) -> Result<TokioResolver, LocateFault> {
    let provider = TokioRuntimeProvider::default();
    let no_servers = |why: NetError| LocateFault::NoServers { why: Safe::new(&why.to_string()) };
    let mut builder = if search.servers.is_empty() {
        let mut builder = TokioResolver::builder(provider).map_err(no_servers)?;
        builder.options_mut().use_hosts_file = ResolveHosts::Always;
        builder
    } else {
        let servers = search.servers.iter().map(|server| {
            let at = |mut connection: ConnectionConfig| {
                connection.port = server.port();
                connection
            };
            // Many controllers don't fit into a packet of UDP.
            let ways = vec![at(ConnectionConfig::udp()), at(ConnectionConfig::tcp())];
            NameServerConfig::new(server.ip(), true, ways)
        });
        let config = ResolverConfig::from_name_servers(servers.collect());
        let mut builder = TokioResolver::builder_with_config(config, provider);
        builder.options_mut().use_hosts_file = ResolveHosts::Never;
        builder.options_mut().server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
        builder
    };
    let options = builder.options_mut();
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    // Whoever asks again wants to know what is true now.
    options.cache_size = 0;
    // A lost packet is sent again once, within the time there is.
    options.timeout = patience.checked_div(2).unwrap_or(patience);
    options.attempts = 1;
    builder.build().map_err(no_servers)
}

fn of_net(why: NetError) -> LocateFault {
    match why {
        NetError::Timeout => LocateFault::TimedOut,
        NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NXDomain => {
            LocateFault::NoSuchName
        }
        NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NoError => {
            LocateFault::NoRecords
        }
        NetError::Dns(DnsError::NoRecordsFound(none)) => refused(none.response_code),
        NetError::Dns(DnsError::ResponseCode(code)) => refused(code),
        NetError::NoConnections => LocateFault::NotReached { why: Safe::new("no connection") },
        NetError::Io(why) => LocateFault::NotReached { why: Safe::new(&why.to_string()) },
        other => LocateFault::Garbled { why: Safe::new(&other.to_string()) },
    }
}

fn refused(code: ResponseCode) -> LocateFault {
    LocateFault::Refused { code: Safe::new(&code.to_string()) }
}
