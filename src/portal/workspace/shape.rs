//! The workspace's JSON, as entries, and what an entry read after a lost answer proves. Pure.
//!
//! A password is not among the fields: if a workspace ever sent one, it would not be read.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::portal::{Entry, Fault};
use crate::text::Safe;

#[cfg(test)]
mod tests;

/// What became of a save whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostVerdict {
    Saved,
    /// The entry is as it was when it was last read. A request still on its way could change that: read again before
    /// anybody else is told.
    NotSaved,
    /// Somebody else's change stands there, perhaps on top of this one. Treated as saved, and watched.
    NotKnown,
}

/// Judges by the entry as it is now: the change id proves a save, the old `ETag` that there was none.
pub fn judge_after_loss(entry: &Entry, sent_change_id: &str, old_etag: &str) -> LostVerdict {
    let ours = |id: &Safe| !sent_change_id.is_empty() && id.eq_ignore_ascii_case(sent_change_id);
    if entry.last_change.as_ref().is_some_and(ours) {
        LostVerdict::Saved
    } else if !old_etag.is_empty() && *entry.etag == *old_etag {
        LostVerdict::NotSaved
    } else {
        LostVerdict::NotKnown
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: Value,
    account_name: Option<String>,
    domain_dns_name: Option<String>,
    is_group_managed_service_account: Option<bool>,
    is_single_label_account_domain_name: Option<bool>,
    #[serde(rename = "@odata.etag", alias = "ETag", alias = "etag")]
    etag: Option<String>,
    #[serde(rename = "lastChangeId", alias = "LastChangeId")]
    last_change: Option<String>,
    #[serde(rename = "lastChangedBy", alias = "LastChangedBy")]
    changed_by: Option<String>,
    #[serde(rename = "lastChangedDateTime", alias = "LastChangedDateTime")]
    changed_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Rows {
    Bare(Vec<Row>),
    Wrapped { value: Vec<Row> },
}

pub fn entries(body: &[u8]) -> Result<Vec<Entry>, Fault> {
    let rows = match serde_json::from_slice(body).map_err(|error| garbled(&error))? {
        Rows::Bare(rows) | Rows::Wrapped { value: rows } => rows,
    };
    rows.into_iter().map(read).collect()
}

pub fn entry(body: &[u8]) -> Result<Entry, Fault> {
    read(serde_json::from_slice(body).map_err(|error| garbled(&error))?)
}

fn read(row: Row) -> Result<Entry, Fault> {
    let safe = |text: Option<String>| text.map(Safe::from).unwrap_or_default();
    let account = safe(row.account_name);
    let id = match row.id {
        Value::String(id) if !id.is_empty() => id.into(),
        Value::Number(id) => id.to_string().into(),
        _ => return Err(Fault::Garbled("an entry has no id".into())),
    };
    Ok(Entry {
        id,
        // A managed account's name ends so, whatever the flag says.
        managed: row.is_group_managed_service_account.unwrap_or(false) || account.ends_with('$'),
        account,
        domain: safe(row.domain_dns_name),
        single_label: row.is_single_label_account_domain_name.unwrap_or(false),
        etag: safe(row.etag),
        last_change: row.last_change.filter(|id| !id.is_empty()).map(Safe::from),
        changed_by: row.changed_by.map(Safe::from),
        changed_at: row.changed_at.and_then(|time| time.parse::<Timestamp>().ok()),
    })
}

/// Where it stopped making sense, but not the words: what isn't an entry may be anything.
fn garbled(error: &serde_json::Error) -> Fault {
    let (line, column) = (error.line(), error.column());
    Fault::Garbled(format!("no directory service accounts (line {line}, column {column})").into())
}
