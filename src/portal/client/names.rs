//! ● Where the portal's hosts are: this machine's hosts file, then its name servers.
//!
//! Relies on hickory-resolver, as finding the controllers does: a program that is linked statically must not ask the
//! system's own resolver, which loads whatever modules that machine has into it. Asked anew for each connection, since an
//! operator who has just joined a VPN has other name servers. Deliberately absent: a time-out; connecting has one.

use std::net::SocketAddr;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why a host has no address here.
#[derive(Debug, thiserror::Error)]
enum NoAddress {
    #[error("{0} is known neither to this machine's hosts file nor to its name servers")]
    Unknown(String),
    #[error("this machine's name servers can't be asked where {host} is: {why}")]
    NotAsked { host: String, why: String },
}

pub(super) struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            Ok(addresses(&host).await.map_err(|why| no_address(host, &why))?)
        })
    }
}

async fn addresses(host: &str) -> Result<Addrs, NetError> {
    let provider = TokioRuntimeProvider::default;
    // Without name servers the hosts file still counts.
    let mut builder = TokioResolver::builder(provider())
        .unwrap_or_else(|_| TokioResolver::builder_with_config(ResolverConfig::default(), provider()));
    let options = builder.options_mut();
    options.use_hosts_file = ResolveHosts::Always;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    let found = builder.build()?.lookup_ip(host).await?;
    let addresses: Vec<SocketAddr> = found.iter().map(|address| SocketAddr::new(address, 0)).collect();
    Ok(Box::new(addresses.into_iter()))
}

fn no_address(host: String, why: &NetError) -> NoAddress {
    match why {
        NetError::Dns(DnsError::NoRecordsFound(_)) => NoAddress::Unknown(host),
        _ => NoAddress::NotAsked { host, why: why.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_has_addresses_or_a_sentence_says_that_nobody_knows_it() {
        // Neither is ever asked of a name server: RFC 6761.
        let here: Vec<SocketAddr> = addresses("localhost").await.unwrap().collect();
        assert!(here.iter().any(|address| address.ip().is_loopback()), "{here:?}");
        let why = addresses("nowhere.invalid").await.err().unwrap();
        let told = no_address("nowhere.invalid".into(), &why).to_string();
        assert_eq!(
            told,
            "nowhere.invalid is known neither to this machine's hosts file nor to its name servers"
        );
    }
}
