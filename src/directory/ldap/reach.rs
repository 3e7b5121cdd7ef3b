//! Reaching a controller without a password: what it says of itself to anybody.
//!
//! Relies on rootDSE being readable without a bind, as it is in every Active Directory. Where there is no TLS it is read in
//! clear, for information; no password follows. Deliberately absent: port 88 (`kerberos`); who the PDC emulator is, which a
//! controller tells only after a bind.

use jiff::{SignedDuration, Timestamp};
use ldap3::Ldap;

use super::entry::Query;
use super::meet::Met;
use super::{Client, decode};
use crate::directory::stages::{StageName, Unreached};
use crate::directory::{Controller, Fault, KerberosService, Reach};
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
    pub async fn reach(&self, controller: &Controller, domain: &str) -> Result<Reach, Unreached> {
        let (client, controller, domain) = (self.clone(), controller.clone(), domain.to_owned());
        let reached = self.apart(async move { client.reached(&controller, &domain).await }).await;
        reached.map_err(|fault| StageName::Root.failed(fault))?
    }

    async fn reached(&self, controller: &Controller, domain: &str) -> Result<Reach, Unreached> {
        let Met { root, tls, latency, at } = self.meet(controller).await?;
        Ok(Reach {
            host: controller.host.clone(),
            pdc_emulator: controller.pdc_emulator.unwrap_or(false),
            read_only: root.read_only,
            latency,
            tls,
            kerberos: KerberosService::NotAsked,
            probe: None,
            skew: root.current_time.map_or(SignedDuration::ZERO, |theirs| theirs.duration_since(at.wall)),
            own_domain: decode::same_domain(&root.naming_context, domain),
            naming_context: Some(Safe::new(&root.naming_context)),
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

    /// Says goodbye; nothing depends on its being heard.
    pub(super) async fn part(&self, mut ldap: Ldap) {
        let _ = self.clock.timeout(self.patience.connect, ldap.unbind()).await;
    }
}
