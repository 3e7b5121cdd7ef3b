//! Reaching a controller without a password: what it says of itself to anybody.
//!
//! Relies on rootDSE being readable without a bind, as it is in every Active Directory. Where there is no TLS it is read in
//! clear, for information; no password follows. Deliberately absent: port 88, until the console speaks Kerberos; who the
//! PDC emulator is, which a controller tells only after a bind.

use jiff::{SignedDuration, Timestamp};
use ldap3::Ldap;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::connection::NoTls;
use super::entry::Query;
use super::{Client, decode};
use crate::directory::{Controller, Fault, KerberosService, Reach, Tls, Transport};
use crate::text::Safe;

/// `LDAP_CAP_ACTIVE_DIRECTORY_PARTIAL_SECRETS_OID`: a read-only controller.
const READ_ONLY: &str = "1.2.840.113556.1.4.1920";

/// What the root of a directory says.
pub(super) struct Root {
    pub(super) naming_context: String,
    pub(super) current_time: Option<Timestamp>,
    pub(super) read_only: bool,
}

impl Client {
    /// Asks a controller for what it tells anybody. `domain` is the account's.
    pub async fn reach(&self, controller: &Controller, domain: &str) -> Result<Reach, Fault> {
        let (client, controller, domain) = (self.clone(), controller.clone(), domain.to_owned());
        self.apart(async move { client.reached(&controller, &domain).await }).await?
    }

    async fn reached(&self, controller: &Controller, domain: &str) -> Result<Reach, Fault> {
        let (mut ldap, tls) = match self.connect(controller).await {
            Ok((mut ldap, by)) => {
                let tls = self.verified(&mut ldap, by).await?;
                (ldap, tls)
            }
            Err(no_tls) => {
                let tls = match &no_tls {
                    NoTls::NoServerCertificate => Tls::NoServerCertificate,
                    NoTls::Failed(fault) => Tls::Failed(fault.clone()),
                };
                // Without the clear port either, the first fault says more than the second.
                let ldap = self.connect_in_clear(controller).await.map_err(|_| no_tls.into_fault())?;
                (ldap, tls)
            }
        };
        let asked = self.clock.now().at;
        let root = self.root(&mut ldap).await?;
        let now = self.clock.now();
        self.part(ldap).await;
        Ok(Reach {
            host: controller.host.clone(),
            pdc_emulator: controller.pdc_emulator.unwrap_or(false),
            read_only: root.read_only,
            latency: now.at.since(asked),
            tls,
            kerberos: KerberosService::NotAvailable,
            skew: root.current_time.map_or(SignedDuration::ZERO, |theirs| theirs.duration_since(now.wall)),
            own_domain: decode::same_domain(&root.naming_context, domain),
            naming_context: Safe::new(&root.naming_context),
        })
    }

    pub(super) async fn root(&self, ldap: &mut Ldap) -> Result<Root, Fault> {
        let attributes = ["defaultNamingContext", "currentTime", "supportedCapabilities"];
        let root = self.first(ldap, Query::object("", &attributes)).await?;
        let root = root.ok_or_else(|| Fault::Garbled("it has no root".into()))?;
        let naming_context = root.text("defaultNamingContext");
        Ok(Root {
            naming_context: naming_context
                .ok_or_else(|| Fault::Garbled("it names no domain".into()))?
                .to_owned(),
            current_time: root.text("currentTime").and_then(decode::generalized_time),
            read_only: root.texts("supportedCapabilities").any(|capability| capability == READ_ONLY),
        })
    }

    async fn verified(&self, ldap: &mut Ldap, by: Transport) -> Result<Tls, Fault> {
        let certificate = self.answer(ldap.get_peer_certificate()).await?;
        let unreadable = || Fault::Tls("its certificate can't be read".into());
        let certificate = certificate.ok_or_else(unreadable)?;
        let (until, issuer) = ends_and_issuer(&certificate).ok_or_else(unreadable)?;
        Ok(Tls::Verified { by, until, issuer })
    }

    /// Says goodbye; nothing depends on its being heard.
    pub(super) async fn part(&self, mut ldap: Ldap) {
        let _ = self.clock.timeout(self.patience.connect, ldap.unbind()).await;
    }
}

/// The issuer by its common name, or whole where it has none.
fn ends_and_issuer(der: &[u8]) -> Option<(Timestamp, Safe)> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let until = Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?;
    let issuer = certificate.issuer();
    let name = issuer.iter_common_name().next().and_then(|name| name.as_str().ok());
    Some((until, name.map_or_else(|| Safe::new(&issuer.to_string()), Safe::new)))
}
