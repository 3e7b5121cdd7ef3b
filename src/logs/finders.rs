//! What is found in a record: one finder a concern, merged into spans that never overlap, and what it amounts to.
//!
//! A record is a *refusal* if, outside of values, it holds .NET's sentence for LDAP 49 or the directory's own
//! `AcceptSecurityContext error`; or names result 49 (`ErrorCode=49` as a key of its own, or `LDAP result 49`) and an
//! `LdapException` as well, for on a Windows that isn't English the sentence is translated.
//! A *taken* credential needs the sensor's own component, its sentence at the very beginning, and one undoubted value
//! for each key. Deliberately absent: what side of the mark a record stands on.

pub mod fields;
pub mod secrets;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::sight::{Sign, look_at};
use super::{Find, FindKind, Known};
use crate::text::Safe;
use fields::Fields;

/// Without one of these a record is no refusal, whatever else it says.
pub const EVIDENCE: [&str; 4] =
    ["The supplied credential is invalid", "AcceptSecurityContext error", "LDAP result 49", "ErrorCode=49"];

/// Whether a record on which these were seen is a refusal.
#[must_use]
pub fn refuses(signs: &[Sign]) -> bool {
    let has = |sign: Sign| signs.contains(&sign);
    has(Sign::CredentialInvalid)
        || has(Sign::BindRefused)
        || (has(Sign::LdapException) && (has(Sign::Code(49)) || has(Sign::Result49)))
}

/// What a record amounts to, from everything that was seen on its lines, kept or not.
#[must_use]
pub fn judge(signs: &[Sign], component: Option<&str>, lines: &[Safe]) -> Option<Known> {
    let has = |sign: Sign| signs.contains(&sign);
    let code = |code: u16| has(Sign::Code(code)) && has(Sign::LdapException);
    if refuses(signs) {
        let fields = Fields::of(lines);
        return Some(Known::Refused {
            account: fields.account(),
            domain: fields.domain(),
            controller: fields.controller(),
        });
    }
    if has(Sign::ImpersonatorFinished)
        && let Some(known) = impersonation(component, lines)
    {
        return Some(known);
    }
    match () {
        () if has(Sign::ServerUnavailable) || code(81) => Some(Known::ServerUnavailable),
        () if has(Sign::LocalError) || code(82) => Some(Known::LocalError),
        () if has(Sign::StrongAuthentication) || code(8) => Some(Known::StrongAuthentication),
        () if has(Sign::NotEstablished) || code(91) => Some(Known::NotEstablished),
        () if has(Sign::TimedOut) || code(85) => Some(Known::TimedOut),
        () if has(Sign::GroupManagedAccount) => Some(Known::GroupManagedAccount),
        () if has(Sign::RegistryDenied) => Some(Known::RegistryDenied),
        () if has(Sign::ControllersUnreachable) => Some(Known::ControllersUnreachable),
        () => None,
    }
}

fn impersonation(component: Option<&str>, lines: &[Safe]) -> Option<Known> {
    let message = lines.first()?;
    let rest = message.strip_prefix("CreateImpersonatorAsync finished")?;
    if component != Some("ImpersonationManager") || !rest.trim_start().starts_with('[') {
        return None;
    }
    let fields = Fields::of(std::slice::from_ref(message));
    let (account, domain) = (fields.account(), fields.domain());
    match (fields.only("IsSuccess").as_deref(), account) {
        (Some("True"), Some(account)) => Some(Known::TookCredential { account, domain }),
        (Some("False"), account) => Some(Known::DidNotTakeCredential { account, domain }),
        _ => None,
    }
}

/// Everything worth a colour on a record's lines. `refused` says whether a code of 49 is one.
#[must_use]
pub fn find(lines: &[Safe], refused: bool) -> Vec<Find> {
    let mut finds = Vec::new();
    for (line, text) in lines.iter().enumerate() {
        let mut found = Vec::new();
        for finder in FINDERS {
            finder(text, refused, &mut found);
        }
        finds.extend(merge(found).into_iter().map(|(kind, range)| Find { kind, line, range }));
    }
    finds
}

type Found = Vec<(FindKind, Range<usize>)>;
type Finder = fn(&str, bool, &mut Found);

const FINDERS: [Finder; 5] = [find_secrets, find_faults, find_fields, find_times, find_levels];

fn find_secrets(text: &str, _refused: bool, found: &mut Found) {
    found.extend(
        text.match_indices(secrets::BLACK).map(|(at, black)| (FindKind::Secret, at..at + black.len())),
    );
}

fn find_faults(text: &str, refused: bool, found: &mut Found) {
    for (sign, range) in look_at(text).signs {
        let kind = match sign {
            Sign::CredentialInvalid | Sign::BindRefused => FindKind::CredentialRefused,
            Sign::Result49 | Sign::Code(49) if refused => FindKind::CredentialRefused,
            Sign::LdapException | Sign::ImpersonatorFinished | Sign::Result49 | Sign::Code(_) => continue,
            Sign::ServerUnavailable
            | Sign::LocalError
            | Sign::StrongAuthentication
            | Sign::NotEstablished
            | Sign::TimedOut
            | Sign::ControllersUnreachable
            | Sign::GroupManagedAccount
            | Sign::RegistryDenied => FindKind::OtherFault,
        };
        found.push((kind, range));
    }
}

fn find_fields(text: &str, _refused: bool, found: &mut Found) {
    for field in fields::in_line(text) {
        if fields::names_account(field.key) {
            found.push((FindKind::Account, field.range));
        } else if fields::names_host(field.key) {
            found.push((FindKind::Host, field.range));
        }
    }
}

fn find_times(text: &str, _refused: bool, found: &mut Found) {
    found_by(&TIME, FindKind::Time, text, found);
}

fn find_levels(text: &str, _refused: bool, found: &mut Found) {
    found_by(&LEVEL, FindKind::Level, text, found);
}

fn found_by(pattern: &LazyLock<Option<Regex>>, kind: FindKind, text: &str, found: &mut Found) {
    if let Some(pattern) = pattern.as_ref() {
        found.extend(pattern.find_iter(text).map(|place| (kind, place.range())));
    }
}

static TIME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?Z?\b").ok());
static LEVEL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b(?:Error|Fatal|Warn)\b").ok());

/// Keeps the weightier of two finds that overlap, and puts what stays into the order of the text.
fn merge(mut found: Found) -> Found {
    found.sort_by_key(|(kind, range)| (*kind, range.start));
    let mut kept: Found = Vec::new();
    for (kind, range) in found {
        let free = kept.iter().all(|(_, other)| range.end <= other.start || other.end <= range.start);
        if free && !range.is_empty() {
            kept.push((kind, range));
        }
    }
    kept.sort_by_key(|(_, range)| range.start);
    kept
}

#[cfg(test)]
mod tests;
