//! Meeting a controller by whichever way works: LDAPS, else `StartTLS`, else in clear for what anybody may read.
//!
//! A way that is silent doesn't hold up the others: they are tried beside it after a head start, so that a controller
//! which is dead is known to be so within the time for one connection and that head start. Deliberately absent: any
//! password; a bind takes its ways one after the other (`connection`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture, Either};
use jiff::Timestamp;
use ldap3::Ldap;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Client;
use super::connection::{NoTls, is_final};
use super::reach::Root;
use crate::clock::Now;
use crate::directory::stages::{StageName, Unreached};
use crate::directory::{Controller, Fault, Tls, Transport};
use crate::text::Safe;

/// What LDAPS has over the other ways.
const HEAD_START: Duration = Duration::from_secs(1);

type Connected = Result<(Ldap, Transport), NoTls>;

/// A controller's root, and how it was come by.
pub(super) struct Met {
    pub(super) root: Root,
    pub(super) tls: Tls,
    pub(super) latency: Duration,
    pub(super) at: Now,
}

impl Client {
    pub(super) async fn meet(&self, to: &Controller) -> Result<Met, Unreached> {
        let by_ldaps = Controller { ldap: None, ..to.clone() };
        let mut ldaps = self.soon(&by_ldaps);
        let ldaps = match self.clock.timeout(HEAD_START, &mut ldaps).await {
            Ok(Ok(met)) => return self.verified(met).await,
            Ok(Err(why)) => future::ready(Err(why)).boxed(),
            Err(_) => ldaps,
        };
        let tls = self.any_tls(to, ldaps).boxed();
        // Bounded as a whole: one that takes connections and says nothing is as dead as any.
        let clear = self.clock.timeout(self.patience.connect, self.in_clear(to));
        let clear =
            clear.map(|met| met.unwrap_or_else(|_| Err(StageName::Root.failed(Fault::TimedOut)))).boxed();
        let (no_tls, clear) = match future::select(tls, clear).await {
            Either::Left((Ok(met), _)) => return self.verified(met).await,
            Either::Left((Err(why), clear)) => (why, clear.await),
            Either::Right((clear, tls)) => match tls.await {
                Ok(met) => return self.verified(met).await,
                Err(why) => (why, clear),
            },
        };
        let tls = match &no_tls {
            NoTls::NoServerCertificate => Tls::NoServerCertificate,
            NoTls::Failed(unreached) => Tls::Failed(unreached.fault.clone()),
        };
        // Without the clear port either, the first fault says more than the second.
        clear.map(|met| Met { tls, ..met }).map_err(|_| no_tls.into_unreached())
    }

    /// TLS within the time for one connection. On the heap: several of these lie in one future, and they are large.
    fn soon<'a>(&'a self, to: &'a Controller) -> BoxFuture<'a, Connected> {
        async move {
            let connected = AtomicBool::new(false);
            let connecting = self.connect_noting(to, &connected).boxed();
            let met = self.clock.timeout(self.patience.connect, connecting).await;
            met.unwrap_or_else(|_| {
                let there = connected.load(Ordering::Relaxed);
                let stage = if there { StageName::Tls } else { StageName::Connection };
                Err(NoTls::Failed(stage.failed(Fault::TimedOut)))
            })
        }
        .boxed()
    }

    /// LDAPS, which may be under way still, or `StartTLS`.
    async fn any_tls(&self, to: &Controller, ldaps: BoxFuture<'_, Connected>) -> Connected {
        let by_ldap = Controller { ldaps: None, ..to.clone() };
        let (ldaps, start) = match future::select(ldaps, self.soon(&by_ldap)).await {
            Either::Left((Ok(met), _)) | Either::Right((Ok(met), _)) => return Ok(met),
            // The other port has the same certificate.
            Either::Left((Err(NoTls::Failed(why)), _)) if is_final(&why.fault) => {
                return Err(NoTls::Failed(why));
            }
            Either::Left((Err(ldaps), start)) => (ldaps, start.await),
            Either::Right((start, ldaps)) => match ldaps.await {
                Ok(met) => return Ok(met),
                Err(ldaps) => (ldaps, start),
            },
        };
        match (start, &ldaps) {
            (Ok(met), _) => Ok(met),
            (Err(NoTls::NoServerCertificate), _) => Err(NoTls::NoServerCertificate),
            (Err(NoTls::Failed(why)), _) if is_final(&why.fault) => Err(NoTls::Failed(why)),
            (Err(start), _) if to.ldaps.is_none() => Err(start),
            (Err(_), _) => Err(ldaps),
        }
    }

    async fn verified(&self, (mut ldap, by): (Ldap, Transport)) -> Result<Met, Unreached> {
        let certificate = self.answer(ldap.get_peer_certificate()).await;
        let certificate = certificate.map_err(|fault| StageName::Certificate.failed(fault))?;
        let unreadable = || StageName::Certificate.failed(Fault::Tls("its certificate can't be read".into()));
        let certificate = certificate.ok_or_else(unreadable)?;
        let (until, issuer) = ends_and_issuer(&certificate).ok_or_else(unreadable)?;
        self.rooted(ldap, Tls::Verified { by, until, issuer }).await
    }

    /// In clear the root says nothing of TLS; the caller knows.
    async fn in_clear(&self, to: &Controller) -> Result<Met, Unreached> {
        let ldap = self.connect_in_clear(to).await?;
        self.rooted(ldap, Tls::NoServerCertificate).await
    }

    async fn rooted(&self, mut ldap: Ldap, tls: Tls) -> Result<Met, Unreached> {
        let asked = self.clock.now().at;
        let root = self.root(&mut ldap).await.map_err(|fault| StageName::Root.failed(fault))?;
        let at = self.clock.now();
        self.part(ldap).await;
        Ok(Met { root, tls, latency: at.at.since(asked), at })
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
