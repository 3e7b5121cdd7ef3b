//! ● Reads sensors and health issues from Microsoft Graph, all pages of both, in one poll.
//!
//! Sources: Graph v1.0 `security/identities/sensors` and `healthIssues`. Relies on `client` for the conversation and on
//! `shape` for what the JSON means. A reading is whole or not at all: a fleet of which a page is missing would show
//! sensors as gone. Deliberately absent: when to ask again.

use reqwest::Method;
use reqwest::header::ACCEPT;
use url::Url;

use super::client::answer::excerpt;
use super::client::{Client, below};
use super::{Fault, Reading};
use crate::secret::Secret;

pub mod shape;

#[cfg(test)]
mod tests;

/// Of one list. Graph gives at least 100 a page; a service that never ends is not followed for ever.
const MOST_PAGES: usize = 200;
/// Of one poll, both lists together.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// What a reading of each list needs, as the tenant's administrator knows it.
const SENSORS_PERMISSION: &str = "SecurityIdentitiesSensors.Read.All";
const ISSUES_PERMISSION: &str = "SecurityIdentitiesHealth.Read.All";

/// `base` is Graph's address in this cloud, without a version: `https://graph.microsoft.com`.
///
/// # Errors
/// Any [`Fault`]; [`Fault::Foreign`] when a page's continuation lies outside `base`, where no token is sent;
/// [`Fault::Forbidden`] with the permission that is missing.
pub async fn read(client: &Client, base: &str, token: &Secret) -> Result<Reading, Fault> {
    let mut poll = Poll { client, token, bytes_left: MOST_BYTES, portal_time: None };
    let mut sensors = Vec::new();
    poll.list(below(base, &["v1.0", "security", "identities", "sensors"])?, |body| {
        let page = shape::sensors(body)?;
        sensors.extend(page.items);
        Ok(page.next)
    })
    .await
    .map_err(|fault| lacking(SENSORS_PERMISSION, fault))?;
    let mut issues = Vec::new();
    poll.list(below(base, &["v1.0", "security", "identities", "healthIssues"])?, |body| {
        let page = shape::issues(body)?;
        issues.extend(page.items);
        Ok(page.next)
    })
    .await
    .map_err(|fault| lacking(ISSUES_PERMISSION, fault))?;
    Ok(Reading { sensors, issues, portal_time: poll.portal_time })
}

/// Graph says only that something is missing; which permission it is follows from what was asked.
fn lacking(permission: &str, fault: Fault) -> Fault {
    match fault {
        Fault::Forbidden(said) => Fault::Forbidden(format!("{permission} ({said})").into()),
        fault => fault,
    }
}

struct Poll<'a> {
    client: &'a Client,
    token: &'a Secret,
    bytes_left: usize,
    portal_time: Option<jiff::Timestamp>,
}

impl Poll<'_> {
    /// Hands each page of a list to `take`, which gives the next page's address.
    async fn list(
        &mut self,
        first: Url,
        mut take: impl FnMut(&[u8]) -> Result<Option<String>, Fault>,
    ) -> Result<(), Fault> {
        let mut url = first.clone();
        for _ in 0..MOST_PAGES {
            let Some(next) = take(&self.page(&url).await?)? else { return Ok(()) };
            url = continuation(&first, &next)?;
        }
        Err(Fault::Garbled(format!("more than {MOST_PAGES} pages").into()))
    }

    async fn page(&mut self, url: &Url) -> Result<Vec<u8>, Fault> {
        let request = self.client.request(Method::GET, url)?;
        let request = request.bearer_auth(self.token.expose()).header(ACCEPT, "application/json");
        let answer = self.client.exchange(request, self.bytes_left).await?;
        let body = answer.json()?.to_vec();
        self.bytes_left = self.bytes_left.saturating_sub(body.len());
        self.portal_time = answer.date().or(self.portal_time);
        Ok(body)
    }
}

/// The token goes only where it was meant for: same scheme, host and port.
fn continuation(first: &Url, next: &str) -> Result<Url, Fault> {
    let url = first.join(next).map_err(|_| Fault::Foreign(excerpt(next)))?;
    if url.origin() == first.origin() && url.username().is_empty() && url.password().is_none() {
        Ok(url)
    } else {
        Err(Fault::Foreign(super::client::origin(&url)))
    }
}
