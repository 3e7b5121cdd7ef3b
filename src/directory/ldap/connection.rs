//! A connection to one controller: to an address, for a name.
//!
//! Relies on the name being a legal TLS server name, so that nothing in it can steer the URL ldap3 is given.
//! Deliberately absent: what is said over the connection.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, StdStream};
use rustls::pki_types::ServerName;
use url::Url;

use super::{Client, fault};
use crate::directory::stages::{StageName, Unreached};
use crate::directory::{Controller, Fault, Transport};

/// How a connection is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Tls(Transport),
    /// For what anybody may read; never for a password.
    Clear,
}

/// Why there is no TLS with a controller.
pub(super) enum NoTls {
    Failed(Unreached),
    /// It answers, and says that it can't.
    NoServerCertificate,
}

impl NoTls {
    pub(super) fn into_unreached(self) -> Unreached {
        match self {
            Self::Failed(unreached) => unreached,
            Self::NoServerCertificate => {
                StageName::Tls.failed(Fault::Tls("it has no server certificate".into()))
            }
        }
    }
}

impl Client {
    /// TLS by whichever way works: from the first byte, else by `StartTLS`. A certificate that is found wanting ends the
    /// search; the other port has the same.
    pub(super) async fn connect(&self, to: &Controller) -> Result<(Ldap, Transport), NoTls> {
        self.connect_noting(to, &AtomicBool::new(false)).await
    }

    /// The same; whoever gives up on it learns from `connected` whether TCP at least was there.
    pub(super) async fn connect_noting(
        &self,
        to: &Controller,
        connected: &AtomicBool,
    ) -> Result<(Ldap, Transport), NoTls> {
        let mut first = None;
        if let Some(address) = to.ldaps {
            match self.open(to, (address, Way::Tls(Transport::Ldaps)), connected).await {
                Ok(ldap) => return Ok((ldap, Transport::Ldaps)),
                Err(failed) if failed.final_() || to.ldap.is_none() => {
                    return Err(NoTls::Failed(failed.unreached));
                }
                Err(failed) => first = Some(failed.unreached),
            }
        }
        let Some(address) = to.ldap else {
            return Err(NoTls::Failed(StageName::Connection.failed(Fault::NoRoute)));
        };
        match self.open(to, (address, Way::Tls(Transport::StartTls)), connected).await {
            Ok(ldap) => Ok((ldap, Transport::StartTls)),
            Err(Failed { declined: true, .. }) => Err(NoTls::NoServerCertificate),
            Err(failed) if failed.final_() => Err(NoTls::Failed(failed.unreached)),
            Err(failed) => Err(NoTls::Failed(first.unwrap_or(failed.unreached))),
        }
    }

    /// Without TLS, for the root of the directory alone.
    pub(super) async fn connect_in_clear(&self, to: &Controller) -> Result<Ldap, Unreached> {
        let address = to.ldap.ok_or_else(|| StageName::Connection.failed(Fault::NoRoute))?;
        self.open(to, (address, Way::Clear), &AtomicBool::new(false)).await.map_err(|failed| failed.unreached)
    }

    async fn open(
        &self,
        to: &Controller,
        (address, way): (SocketAddr, Way),
        connected: &AtomicBool,
    ) -> Result<Ldap, Failed> {
        let at_connection = |fault| Failed::from(StageName::Connection.failed(fault));
        let url = address_bar(&to.host, way).map_err(at_connection)?;
        let stream = self.tcp(to, address).await.map_err(at_connection)?;
        connected.store(true, Ordering::Relaxed);
        let config = self.trust.config().map_err(|why| of_tls(Fault::Internal(why.to_string().into())))?;
        let settings = LdapConnSettings::new()
            .set_config(config)
            .set_starttls(way == Way::Tls(Transport::StartTls))
            .set_std_stream(StdStream::Tcp(stream));
        let agreed = LdapConnAsync::from_url_with_settings(settings, &url);
        let agreed = self.clock.timeout(self.patience.connect, agreed).await;
        let silent = |_| Failed::from(StageName::Tls.failed(Fault::TimedOut));
        let (connection, ldap) = agreed.map_err(silent)?.map_err(|error| Failed {
            declined: matches!(error, LdapError::LdapResult { .. }),
            unreached: of_tls(fault::of_handshake(&error)),
        })?;
        // Ends by itself when the last handle is dropped.
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(fault = %fault::of_ldap(&error), "an LDAP connection ended");
            }
        });
        Ok(ldap)
    }
}

struct Failed {
    unreached: Unreached,
    /// `StartTLS` was answered, with no.
    declined: bool,
}

impl From<Unreached> for Failed {
    fn from(unreached: Unreached) -> Self {
        Self { unreached, declined: false }
    }
}

impl Failed {
    fn final_(&self) -> bool {
        is_final(&self.unreached.fault)
    }
}

fn of_tls(fault: Fault) -> Unreached {
    let stage = if matches!(fault, Fault::NameMismatch | Fault::UnknownIssuer | Fault::CertificateExpired) {
        StageName::Certificate
    } else {
        StageName::Tls
    };
    stage.failed(fault)
}

/// Is the certificate found wanting? It will be by any other way too.
pub(super) fn is_final(fault: &Fault) -> bool {
    matches!(fault, Fault::NameMismatch | Fault::UnknownIssuer | Fault::CertificateExpired | Fault::Tls(_))
}

fn address_bar(host: &str, way: Way) -> Result<Url, Fault> {
    let host = host.trim_end_matches('.');
    let scheme = if way == Way::Tls(Transport::Ldaps) { "ldaps" } else { "ldap" };
    let no_name = || Fault::Internal("its name is not one that a certificate can be made out to".into());
    ServerName::try_from(host).map_err(|_| no_name())?;
    let url = Url::parse(&format!("{scheme}://{host}")).map_err(|_| no_name())?;
    if url.host_str() == Some(host) { Ok(url) } else { Err(no_name()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_stays_whole_in_the_url_is_connected_to() {
        let check =
            |host: &str, good: bool| assert_eq!(address_bar(host, Way::Clear).is_ok(), good, "{host}");
        check("dc1.contoso.test", true);
        check("dc1.contoso.test.", true);
        check("127.0.0.1", true);
        check("evil.test/dc1.contoso.test", false);
        check("user@evil.test", false);
        check("dc1.contoso.test:389", false);
        check("dc1 contoso", false);
        check("", false);
    }
}
