//! Directory Services: the credential entry and the form that changes it, and what came of the last one sent.
//!
//! Relies on the stored entry. Pure. The password goes in and never comes out. Deliberately absent: adding and removing
//! entries, group managed accounts and single-label domains, which the lab has none of: their switches are here to be
//! left off.

use super::frame::{DIRECTORY_SERVICES, Page};
use super::markup::{Node, said, tag, text};
use crate::lab::world::entry::{ChangeRefused, StoredEntry};

pub const TOKEN: &str = "form";
pub const VERSION: &str = "version";
pub const ACCOUNT: &str = "account";
pub const DOMAIN: &str = "domain";
pub const PASSWORD: &str = "password";
pub const SWITCHES: [(&str, &str); 2] =
    [("gmsa", "Group managed service account"), ("single-label", "Single label domain")];

/// Why nothing was saved, by the word that the address bears.
const REFUSALS: [(&str, &str); 7] = [
    (
        "stale",
        "Someone else changed this entry after you opened the page. What it holds now is below: look at it, then type the password again.",
    ),
    (
        "form",
        "This form was sent before, or was open for too long. Look below when the entry was last saved, and by whom, before you send it again.",
    ),
    ("throttled", "The portal is busy. Wait a while, then type the password again."),
    (ACCOUNT, "The account's name is not in legal form: its short name alone, without a domain."),
    (DOMAIN, "The domain is not in legal form: its full name, such as contoso.test."),
    (PASSWORD, "No password was typed."),
    (
        "switches",
        "The lab has neither group managed accounts nor single label domains: leave both switches off.",
    ),
];

/// The word for a refusal of the world's.
pub fn word(why: ChangeRefused) -> &'static str {
    match why {
        ChangeRefused::Stale | ChangeRefused::NoPrecondition => "stale",
        ChangeRefused::NoChangeId => "form",
        ChangeRefused::Illegal("AccountName") => ACCOUNT,
        ChangeRefused::Illegal("DomainDnsName") => DOMAIN,
        ChangeRefused::Illegal(_) => PASSWORD,
    }
}

/// What the address says of the form that was sent before.
#[derive(Clone, Copy, Default)]
pub struct Told<'a> {
    pub saved: Option<&'a str>,
    pub refused: Option<&'a str>,
}

pub fn page(entry: &StoredEntry, token: &str, told: Told<'_>) -> Page {
    let refused = told.refused.and_then(|word| REFUSALS.iter().find(|(known, _)| *known == word));
    // An address can be made up; the world says whether that was the last change.
    let saved = told.saved.is_some_and(|change| change == entry.last_change);
    let mut content = Vec::new();
    let mut first = None;
    if let Some((_, words)) = refused {
        first = Some("Not saved");
        content.push(message("alert", "bad", "✗ Not saved. ", words));
    } else if saved {
        first = Some("Saved");
        let words = "Sensors read it within seconds here, and within minutes from Microsoft's portal.";
        content.push(message("status", "good", "✓ Saved. ", words));
    }
    content.push(said("h2", "Credential entries"));
    content.push(table(entry));
    content.push(said("h2", format!("Change {}", entry.account())));
    content.push(form(entry, token, refused.map(|(word, _)| *word)));
    Page { place: DIRECTORY_SERVICES, first, refresh: None, content }
}

fn message(role: &str, class: &str, first: &str, words: &str) -> Node {
    let attributes = [("role", role), ("class", class), ("id", "message")];
    tag("p", &attributes, vec![said("strong", first), text(words)])
}

fn table(entry: &StoredEntry) -> Node {
    let columns = ["Account", "Domain", "Last saved", "By"];
    let columns = columns.map(|name| tag("th", &[("scope", "col")], vec![text(name)]));
    let saved = entry.changed_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let cells = vec![
        tag("th", &[("scope", "row")], vec![text(entry.account())]),
        said("td", entry.domain()),
        said("td", saved),
        said("td", entry.changed_by.as_str()),
    ];
    let parts = vec![
        said("caption", "In the order in which sensors try them"),
        tag("thead", &[], vec![tag("tr", &[], columns.into())]),
        tag("tbody", &[], vec![tag("tr", &[], cells)]),
    ];
    let attributes = [("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Entries")];
    tag("div", &attributes, vec![tag("table", &[], parts)])
}

fn form(entry: &StoredEntry, token: &str, refused: Option<&str>) -> Node {
    let hidden = |name, value| tag("input", &[("type", "hidden"), ("name", name), ("value", value)], vec![]);
    let etag = entry.etag();
    let mut fields = vec![
        hidden(TOKEN, token),
        hidden(VERSION, &etag),
        field(ACCOUNT, "Account name", Some(entry.account()), refused),
        field(DOMAIN, "Domain", Some(entry.domain()), refused),
        field(PASSWORD, "Password", None, refused),
    ];
    fields.extend(SWITCHES.map(|(name, label)| {
        let switch = tag("input", &[("type", "checkbox"), ("id", name), ("name", name)], vec![]);
        tag("p", &[], vec![switch, tag("label", &[("for", name)], vec![text(label)])])
    }));
    fields.push(tag(
        "p",
        &[],
        vec![tag("button", &[("type", "submit"), ("id", "save")], vec![text("Save")])],
    ));
    let attributes = [("method", "post"), ("action", DIRECTORY_SERVICES), ("autocomplete", "off")];
    tag("form", &attributes, fields)
}

/// A field without a value takes a password, which no page ever shows.
fn field(name: &'static str, label: &str, value: Option<&str>, refused: Option<&str>) -> Node {
    let hint = format!("{name}-hint");
    let mut attributes = vec![
        ("id", name),
        ("name", name),
        ("required", ""),
        ("aria-describedby", &hint),
        ("spellcheck", "false"),
    ];
    match value {
        Some(value) => attributes.extend([("type", "text"), ("autocomplete", "off"), ("value", value)]),
        None => attributes.extend([("type", "password"), ("autocomplete", "new-password")]),
    }
    if refused == Some(name) {
        attributes.push(("aria-invalid", "true"));
    }
    let words = match name {
        ACCOUNT => "Its short name, such as svc-mdi.",
        DOMAIN => "In full, such as contoso.test.",
        _ => "Nobody tests it here: what you type is what sensors will use.",
    };
    let label = tag("label", &[("for", name)], vec![text(label)]);
    let hint = tag("span", &[("id", &hint), ("class", "hint")], vec![text(words)]);
    tag("p", &[], vec![label, tag("input", &attributes, vec![]), hint])
}
