//! The `[key=value key=value]` groups of a message, taken apart.
//!
//! Pure. A value may hold spaces; it ends where the next key begins. Where groups begin and end is `sight`'s to say.
//! Deliberately absent: trust. A value is whatever somebody named an account or a host.

use std::ops::Range;

use crate::logs::Record;
use crate::logs::sight::look_at;
use crate::text::Safe;

const ACCOUNT: [&str; 2] = ["UserName", "AccountName"];
const DOMAIN: [&str; 3] = ["Domain", "DomainDnsName", "DomainName"];
const CONTROLLER: [&str; 2] = ["DomainControllerDnsName", "_domainControllerConnectionDatas"];

/// The host that a record speaks of; which sensor wrote it stands in none.
const HOST: [&str; 5] = ["HostName", "HostDnsName", "SensorName", "SensorDnsName", "MachineName"];

/// One key with its value, as they stand in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub key: &'a str,
    pub value: &'a str,
    /// Where the value stands.
    pub range: Range<usize>,
}

#[must_use]
pub fn names_account(key: &str) -> bool {
    ACCOUNT.contains(&key)
}

#[must_use]
pub fn names_host(key: &str) -> bool {
    DOMAIN.contains(&key)
        || CONTROLLER.contains(&key)
        || key.ends_with("DnsName")
        || key.ends_with("HostName")
}

/// All fields of all groups that end on a line.
#[must_use]
pub fn in_line(text: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    // Most lines are stack frames, and have none.
    if memchr::memchr(b'=', text.as_bytes()).is_none() {
        return fields;
    }
    for group in look_at(text).groups {
        let inner = group.start.saturating_add(1)..group.end.saturating_sub(1);
        let Some(inside) = text.get(inner.clone()) else { continue };
        let mut keys = keys(inside).into_iter().peekable();
        while let Some(key) = keys.next() {
            let end = keys.peek().map_or(inside.len(), |next| next.start);
            let Some(raw) = inside.get(key.end.saturating_add(1)..end) else { continue };
            let value = raw.trim_end();
            let start = inner.start.saturating_add(key.end).saturating_add(1);
            if let Some(key) = inside.get(key) {
                fields.push(Field { key, value, range: start..start.saturating_add(value.len()) });
            }
        }
    }
    fields
}

/// Where the keys stand: a name at the beginning of a word, with `=` right behind it.
fn keys(inside: &str) -> Vec<Range<usize>> {
    let mut keys = Vec::new();
    let mut at = 0_usize;
    for word in inside.split_inclusive(char::is_whitespace) {
        if let Some((key, _)) = word.split_once('=')
            && is_key(key)
        {
            keys.push(at..at.saturating_add(key.len()));
        }
        at = at.saturating_add(word.len());
    }
    keys
}

fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// The fields of a whole record.
#[derive(Clone, Debug)]
pub struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    #[must_use]
    pub fn of(lines: &'a [Safe]) -> Self {
        Self(lines.iter().flat_map(|line| in_line(line)).collect())
    }

    #[must_use]
    pub fn of_record(record: &'a Record) -> Self {
        Self(record.lines().flat_map(|line| in_line(line)).collect())
    }

    #[must_use]
    pub fn account(&self) -> Option<Safe> {
        self.only_of(&ACCOUNT)
    }

    #[must_use]
    pub fn domain(&self) -> Option<Safe> {
        self.only_of(&DOMAIN)
    }

    #[must_use]
    pub fn controller(&self) -> Option<Safe> {
        self.only_of(&CONTROLLER)
    }

    #[must_use]
    pub fn host(&self) -> Option<Safe> {
        self.only_of(&HOST)
    }

    /// The value of `key`, if all its values agree: a record that names two accounts names none.
    #[must_use]
    pub fn only(&self, key: &str) -> Option<Safe> {
        self.only_of(&[key])
    }

    fn only_of(&self, keys: &[&str]) -> Option<Safe> {
        let mut values = self
            .0
            .iter()
            .filter(|field| keys.contains(&field.key) && !field.value.is_empty())
            .map(|field| field.value);
        let first = values.next()?;
        values.all(|other| other.eq_ignore_ascii_case(first)).then(|| Safe::new(first))
    }
}
