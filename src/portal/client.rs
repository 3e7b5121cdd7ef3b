//! ● One HTTPS client for sign-in, Graph and the workspace: whom it trusts, how long it waits, what it refuses to do.
//!
//! Relies on reqwest over one rustls configuration, and on the clock for every time-out. HTTPS only, loopback aside;
//! no redirect is followed, nothing is retried, no body beyond its bound is read. Loopback never goes through a proxy.
//! Deliberately absent: what the answers mean (`answer` has the part that is common to all).

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use reqwest::tls::TlsInfo;
use reqwest::{Method, RequestBuilder, Response, redirect, retry};
use rustls::ClientConfig;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::Fault;
use crate::clock::Clock;
use crate::text::Safe;
use crate::trust::{Trust, TrustFault};

pub(super) mod answer;
mod connect;
mod fault;
mod names;
pub(super) mod wiped;

#[cfg(test)]
mod tests;

/// How long the portal may take to be reached and to answer whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    pub connect: Duration,
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), answer: Duration::from_secs(30) }
    }
}

/// Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    trust: Trust,
    ways: Arc<OnceLock<Ways>>,
    clock: Clock,
    patience: Patience,
}

#[derive(Debug)]
struct Ways {
    direct: reqwest::Client,
    proxied: reqwest::Client,
}

/// A status, its headers, and the body as far as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Result<Zeroizing<Vec<u8>>, Fault>,
    /// The certificate of the very connection that answered.
    pub certificate: Option<Vec<u8>>,
    /// By the console's clock.
    pub received: Timestamp,
}

/// No answer, and whether the request can have been acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Nothing left this machine but the attempt to connect.
    Unsent(Fault),
    Sent(Fault),
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Unsent(fault) | Broken::Sent(fault) => fault,
        }
    }
}

impl Client {
    pub fn new(trust: &Trust, clock: &Clock, patience: Patience) -> Self {
        Self { trust: trust.clone(), ways: Arc::default(), clock: clock.clone(), patience }
    }

    /// Made when the first request wants them, for only then the machine's roots may have to be read.
    fn ways(&self) -> Result<&Ways, Fault> {
        if let Some(made) = self.ways.get() {
            return Ok(made);
        }
        let config = self.trust.config().map_err(untrusted)?;
        let build = |proxied: bool| {
            let connecting = connect::Within { clock: self.clock.clone(), limit: self.patience.connect };
            let builder = reqwest::Client::builder()
                .tls_backend_preconfigured(ClientConfig::clone(&config))
                .tls_info(true)
                .http1_only()
                .redirect(redirect::Policy::none())
                .retry(retry::never())
                .referer(false)
                .connector_layer(connecting)
                .dns_resolver(Arc::new(names::Names))
                .user_agent(concat!("mdi-console/", env!("CARGO_PKG_VERSION")));
            let builder = if proxied { builder } else { builder.no_proxy() };
            builder.build().map_err(|error| Fault::Internal(fault::told(&error)))
        };
        let made = Ways { direct: build(false)?, proxied: build(true)? };
        Ok(self.ways.get_or_init(|| made))
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Begins a request, if its address may be spoken to.
    pub(super) fn request(&self, method: Method, url: &Url) -> Result<RequestBuilder, Fault> {
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
            return Err(Fault::Foreign(origin(url)));
        }
        let ways = self.ways()?;
        let client = if is_loopback(url) { &ways.direct } else { &ways.proxied };
        Ok(client.request(method, url.clone()))
    }

    /// Sends, and reads at most `most` bytes of what comes back.
    pub(super) async fn exchange(&self, request: RequestBuilder, most: usize) -> Result<Answer, Broken> {
        let _work = self.clock.work();
        match self.clock.timeout(self.patience.answer, self.converse(request, most)).await {
            Ok(answer) => answer,
            Err(_) => Err(Broken::Sent(Fault::TimedOut)),
        }
    }

    async fn converse(&self, request: RequestBuilder, most: usize) -> Result<Answer, Broken> {
        let response = request.send().await.map_err(|error| fault::broken(&error))?;
        let info = response.extensions().get::<TlsInfo>();
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            certificate: info.and_then(TlsInfo::peer_certificate).map(<[u8]>::to_vec),
            received: self.clock.now().wall,
            body: read(response, most).await,
        })
    }
}

fn untrusted(why: TrustFault) -> Fault {
    match why {
        TrustFault::NoSystemRoots(why) => {
            Fault::Certificate(format!("this system has no trusted roots: {why}").into())
        }
        why => Fault::Internal(why.to_string().into()),
    }
}

async fn read(mut response: Response, most: usize) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let mut body = Zeroizing::new(Vec::with_capacity(announced.unwrap_or(64 * 1024).min(most)));
    while let Some(part) = response.chunk().await.map_err(|error| fault::of(&error))? {
        if body.len().saturating_add(part.len()) > most {
            return Err(Fault::Garbled(format!("more than {most} bytes").into()));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// Reads an address from the site file or from an answer.
pub(super) fn address(text: &str) -> Result<Url, Fault> {
    Url::parse(text).map_err(|_| Fault::Foreign(answer::excerpt(text)))
}

/// An address below `base`, which may have a path of its own.
pub(super) fn below(base: &str, segments: &[&str]) -> Result<Url, Fault> {
    let mut url = address(base)?;
    let foreign = Fault::Foreign(answer::excerpt(base));
    url.path_segments_mut().map_err(|()| foreign)?.pop_if_empty().extend(segments);
    Ok(url)
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Scheme, host and port, for an operator to recognise; never a path or a query.
pub(super) fn origin(url: &Url) -> Safe {
    url.origin().ascii_serialization().into()
}
