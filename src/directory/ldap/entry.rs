//! One entry of a search, and the searches themselves.
//!
//! Relies on `Client::answer` for the time-out. Attributes are looked up without regard to case, and as bytes where they
//! are bytes: ldap3 sorts values by whether they happen to be UTF-8. Deliberately absent: what attributes mean.

use ldap3::{Ldap, Scope, SearchEntry};

use super::{Client, decode, fault};
use crate::directory::Fault;

pub(super) struct Entry(SearchEntry);

impl Entry {
    pub(super) fn dn(&self) -> &str {
        &self.0.dn
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }

    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.attrs.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        values.into_iter().flat_map(|(_, values)| values).map(String::as_str)
    }

    pub(super) fn all_bytes(&self, name: &str) -> Vec<&[u8]> {
        let binary = self.0.bin_attrs.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        let binary = binary.into_iter().flat_map(|(_, values)| values).map(Vec::as_slice);
        binary.chain(self.texts(name).map(str::as_bytes)).collect()
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    pub(super) fn sid(&self, name: &str) -> Option<String> {
        self.all_bytes(name).first().and_then(|bytes| decode::sid(bytes))
    }
}

/// Where to look, and for what.
#[derive(Clone, Copy)]
pub(super) struct Query<'a> {
    pub(super) base: &'a str,
    pub(super) scope: Scope,
    pub(super) filter: &'a str,
    pub(super) attributes: &'a [&'static str],
}

impl Query<'_> {
    /// One object, by its own name.
    pub(super) fn object<'a>(base: &'a str, attributes: &'a [&'static str]) -> Query<'a> {
        Query { base, scope: Scope::Base, filter: "(objectClass=*)", attributes }
    }
}

impl Client {
    pub(super) async fn search(&self, ldap: &mut Ldap, query: Query<'_>) -> Result<Vec<Entry>, Fault> {
        let asked = ldap.search(query.base, query.scope, query.filter, query.attributes.to_vec());
        let found = self.answer(asked).await?;
        let (entries, result) = (found.0, found.1);
        if result.rc == 0 {
            Ok(entries.into_iter().map(|entry| Entry(SearchEntry::construct(entry))).collect())
        } else {
            Err(fault::of_result(&result))
        }
    }

    pub(super) async fn first(&self, ldap: &mut Ldap, query: Query<'_>) -> Result<Option<Entry>, Fault> {
        Ok(self.search(ldap, query).await?.into_iter().next())
    }
}
