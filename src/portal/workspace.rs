//! ● The workspace portal's directory service accounts: reads them, and saves one password.
//!
//! Only for a workspace that offers this interface; Microsoft's own cloud has none that may be called, and a person saves
//! there. HTTPS only, on loopback too. A save is sent once, on a condition (`If-Match`), and not retried here; when no
//! answer comes the outcome is *lost* until the entry has been read again. Deliberately absent: reading a password.

use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use url::Url;

use super::client::answer::excerpt;
use super::client::{Answer, Broken, Client, address, below, origin, wiped};
use super::{Entry, Fault, SaveAnswer};
use crate::secret::Secret;
use crate::text::Safe;

mod certificate;
pub mod shape;

#[cfg(test)]
mod tests;

const MOST_BYTES: usize = 1024 * 1024;
const CHANGE_ID: HeaderName = HeaderName::from_static("change-id");

/// One workspace, and the right to speak to it.
#[derive(Clone, Copy, Debug)]
pub struct Workspace<'a> {
    pub client: &'a Client,
    /// `https://contoso-corp.atp.example`
    pub base: &'a str,
    pub token: &'a Secret,
}

/// What a save changes, and on what condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub entry: Safe,
    /// As the entry was read; a save of an entry that was changed since is refused.
    pub etag: Safe,
    /// Random, new for every save; the workspace gives it back as `lastChangeId`.
    pub id: Safe,
    pub account: Safe,
    pub domain: Safe,
    pub single_label: bool,
}

impl Workspace<'_> {
    /// The entries in the order in which sensors try them. Their `etag` may be empty: read the one that is
    /// to be changed.
    pub async fn entries(&self) -> Result<Vec<Entry>, Fault> {
        let answer = self.get(&list(self.base)?).await?;
        shape::entries(answer.json()?)
    }

    pub async fn entry(&self, id: &str) -> Result<Entry, Fault> {
        let answer = self.get(&one(self.base, id)?).await?;
        let mut entry = shape::entry(answer.json()?)?;
        if *entry.id != *id {
            return Err(Fault::Garbled(format!("it gave the entry {} for {id}", entry.id).into()));
        }
        entry.etag = answer.header(ETAG.as_str()).unwrap_or(entry.etag);
        Ok(entry)
    }

    /// Sends the password, once.
    pub async fn save(&self, change: &Change, password: &Secret) -> SaveAnswer {
        let request = match self.put(change, password) {
            Ok(request) => request,
            Err(fault) => return SaveAnswer::NotSaved(fault),
        };
        match self.client.exchange(request, MOST_BYTES).await {
            Ok(answer) => outcome(&answer, change),
            Err(Broken::Unsent(fault)) => SaveAnswer::NotSaved(fault),
            Err(Broken::Sent(fault)) => SaveAnswer::Lost(fault),
        }
    }

    async fn get(&self, url: &Url) -> Result<Answer, Fault> {
        let request = self.client.request(Method::GET, url)?;
        let request = request.bearer_auth(self.token.expose()).header(ACCEPT, "application/json");
        Ok(self.client.exchange(request, MOST_BYTES).await?)
    }

    fn put(&self, change: &Change, password: &Secret) -> Result<RequestBuilder, Fault> {
        let url = one(self.base, &change.entry)?;
        if change.etag.is_empty() || change.id.is_empty() {
            let missing = "a save needs the entry's ETag and a change id; without them it can't be told what became of it";
            return Err(Fault::Internal(missing.into()));
        }
        let request = self
            .client
            .request(Method::PUT, &url)?
            .bearer_auth(self.token.expose())
            .header(IF_MATCH, header(&change.etag)?)
            .header(CHANGE_ID, header(&change.id)?)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json");
        let body = Body {
            account_name: &change.account,
            domain_dns_name: &change.domain,
            account_password: password.expose(),
            is_group_managed_service_account: false,
            is_single_label_account_domain_name: change.single_label,
        };
        let held = change.account.len() + change.domain.len() + password.expose().len();
        let body = wiped::json(&body, held)
            .map_err(|_| Fault::Internal("the save could not be written down as JSON".into()))?;
        Ok(request.body(body))
    }
}

/// Who issued the certificate that the workspace shows on this very route, for the operator to recognise.
/// Sends no token.
pub async fn issuer(client: &Client, base: &str) -> Result<Safe, Fault> {
    let mut url = secure(base)?;
    url.set_path("/");
    url.set_query(None);
    let answer = client.exchange(client.request(Method::GET, &url)?, MOST_BYTES).await?;
    certificate::issuer(answer.certificate.as_deref().unwrap_or_default())
}

/// As the portal itself shapes an entry.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    account_name: &'a str,
    domain_dns_name: &'a str,
    account_password: &'a str,
    is_group_managed_service_account: bool,
    is_single_label_account_domain_name: bool,
}

/// *Saved* is said only of an answer that shows the entry's new `ETag`. Refusals are before saving; for everything that
/// is neither, the entry has to be read.
fn outcome(answer: &Answer, change: &Change) -> SaveAnswer {
    match answer.status {
        200 | 201 | 204 if !answer.is_page() => match answer.header(ETAG.as_str()) {
            Some(etag) if !etag.is_empty() && etag != change.etag => SaveAnswer::Saved { etag },
            _ => SaveAnswer::Lost(Fault::Garbled("it said yes, but showed no new ETag".into())),
        },
        412 => SaveAnswer::Conflict,
        // Said by something on the way that got tired of waiting, maybe not by the workspace.
        408 => SaveAnswer::Lost(Fault::TimedOut),
        307 | 308 | 400..=499 => answer.refusal().map_or_else(|| lost(answer), SaveAnswer::NotSaved),
        // 303 among them: a page to look at instead is also how a web form says "done".
        _ => lost(answer),
    }
}

fn lost(answer: &Answer) -> SaveAnswer {
    let strange = || Fault::Garbled(format!("it answered {} to a save", answer.status).into());
    SaveAnswer::Lost(answer.refusal().unwrap_or_else(strange))
}

fn list(base: &str) -> Result<Url, Fault> {
    secure(base)?;
    below(base, &["api", "directoryServices"])
}

fn one(base: &str, id: &str) -> Result<Url, Fault> {
    // A dot segment would name the list itself.
    if matches!(id, "" | "." | "..") {
        return Err(Fault::Garbled("the entry has no usable id".into()));
    }
    secure(base)?;
    below(base, &["api", "directoryServices", id])
}

fn secure(base: &str) -> Result<Url, Fault> {
    let url = address(base)?;
    if url.scheme() == "https" { Ok(url) } else { Err(Fault::Foreign(origin(&url))) }
}

fn header(value: &str) -> Result<HeaderValue, Fault> {
    HeaderValue::from_str(value)
        .map_err(|_| Fault::Garbled(format!("{} can't be sent back", excerpt(value)).into()))
}
