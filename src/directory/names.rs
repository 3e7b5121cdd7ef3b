//! The forms in which an account is named, and what each comes to: the bare name and the full domain.
//!
//! The portal's rule is the canonical form: a credential entry holds the bare account name (`sAMAccountName`) and the
//! account's own domain in full. The other forms that Active Directory binds are read here: `user@domain`,
//! `DOMAIN\user`, and a distinguished name. What such a form leaves open until the account has been read is told with
//! it. Source of the limits: MS-SAMR 3.1.1.6 (at most 20 characters of a user's name, the characters not allowed).
//! Pure. Deliberately absent: asking a directory; nothing is looked up before a bind, which would need another password.

use crate::text::Safe;

use super::Account;

mod distinguished;
mod fault;
#[cfg(test)]
mod tests;

pub use distinguished::same_object;
pub use fault::{EntryFault, NameFault};

/// The most characters of a user's `sAMAccountName`.
pub const LONGEST: usize = 20;

/// The most characters of a domain's short (`NetBIOS`) name.
const LONGEST_SHORT_NAME: usize = 15;

/// How an account may be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `svc-mdi`
    Bare,
    /// `svc-mdi@contoso.test`
    Principal,
    /// `CONTOSO\svc-mdi`
    Prefixed,
    /// `CN=svc-mdi,OU=Service Accounts,DC=contoso,DC=test`
    Distinguished,
}

/// An account as it was named, in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub account: Account,
    pub form: Form,
    pub open: Option<Open>,
}

/// What a form leaves open: the account that a bind lets in shows whether it was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// A domain's short name needn't be the first part of its full one.
    ShortName { prefix: Safe, domain: Safe },
    /// A distinguished name doesn't hold the account name; what stands in it was taken for that.
    CommonName { distinguished: Safe },
    /// A principal may be one that was given to another account by hand.
    Principal { principal: Safe },
}

/// Reads an account in whatever form. `domain` is the account's own, where it was told apart from the name.
pub fn read(text: &str, domain: Option<&str>) -> Result<Named, NameFault> {
    let domain = domain.map(full_domain).transpose()?;
    if distinguished::looks_like(text) {
        return of_distinguished(text, domain);
    }
    if let Some((prefix, name)) = text.split_once('\\') {
        let domain = domain.ok_or(NameFault::NoDomain)?;
        let account = Account { name: bare(name)?, domain: domain.clone() };
        let prefix = Safe::new(prefix);
        let open = (!is_short_name(&prefix, &domain)).then_some(Open::ShortName { prefix, domain });
        return Ok(Named { account, form: Form::Prefixed, open });
    }
    if let Some((name, suffix)) = text.rsplit_once('@') {
        let suffix = full_domain(suffix)?;
        let domain = in_one_domain(suffix, domain)?;
        let open = Open::Principal { principal: Safe::new(text) };
        let account = Account { name: bare(name)?, domain };
        return Ok(Named { account, form: Form::Principal, open: Some(open) });
    }
    let name = bare(text)?;
    let account = Account { name, domain: domain.ok_or(NameFault::NoDomain)? };
    Ok(Named { account, form: Form::Bare, open: None })
}

fn of_distinguished(text: &str, domain: Option<Safe>) -> Result<Named, NameFault> {
    let read = distinguished::read(text).ok_or(NameFault::BrokenDistinguishedName)?;
    let account = Account {
        name: bare(&read.common_name)?,
        domain: in_one_domain(full_domain(&read.domain)?, domain)?,
    };
    let open = Open::CommonName { distinguished: Safe::new(text) };
    Ok(Named { account, form: Form::Distinguished, open: Some(open) })
}

/// The domain inside the name and the one told apart have to be the same.
fn in_one_domain(named: Safe, told: Option<Safe>) -> Result<Safe, NameFault> {
    match told {
        Some(told) if told != named => Err(NameFault::OtherDomain { named, told }),
        _ => Ok(named),
    }
}

/// A bare account name: of a user, since nobody types the password of any other.
pub fn bare(text: &str) -> Result<Safe, NameFault> {
    if let Some(found) = text.chars().find(|c| !is_legal(*c)) {
        return Err(NameFault::Illegal { found: Safe::from(found.to_string()) });
    }
    if text.trim().is_empty() {
        return Err(NameFault::Empty);
    }
    if text.trim() != text {
        return Err(NameFault::EdgeSpace);
    }
    if text.ends_with('$') {
        return Err(NameFault::Managed);
    }
    if text.ends_with('.') {
        return Err(NameFault::EndsWithDot);
    }
    let length = text.chars().count();
    if length > LONGEST {
        return Err(NameFault::TooLong { length });
    }
    Ok(Safe::new(text))
}

fn is_legal(c: char) -> bool {
    // What `Safe` would have to show otherwise is no character of a name either.
    !"\"/\\[]:;|=,+*?<>@".contains(c) && *Safe::from(c.to_string()) == *c.to_string()
}

/// A domain's full DNS name, in lower case, without the dot at its end.
pub fn full_domain(text: &str) -> Result<Safe, NameFault> {
    let lower = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if lower.len() <= 253 && lower.split('.').all(label) {
        Ok(Safe::from(lower))
    } else {
        Err(NameFault::NotADomain { given: Safe::new(text) })
    }
}

/// The short name that a domain has unless it was given another one when it was made.
fn is_short_name(prefix: &str, domain: &str) -> bool {
    let first: String =
        domain.split('.').next().unwrap_or_default().chars().take(LONGEST_SHORT_NAME).collect();
    prefix.eq_ignore_ascii_case(&first) || prefix.eq_ignore_ascii_case(domain)
}

/// What is wrong with how a credential entry names its account, by the portal's rule.
pub fn of_entry(account: &Account, single_label: bool) -> Result<(), EntryFault> {
    let domain = full_domain(&account.domain).map_err(EntryFault::Name)?;
    if !single_label && !domain.contains('.') {
        return Err(EntryFault::ShortDomain { domain: account.domain.clone() });
    }
    let Ok(_) = bare(&account.name) else {
        // A form other than the bare name is told as such, with the name that is meant if it can be read.
        return Err(match read(&account.name, Some(&domain)) {
            Ok(Named { account, form, .. }) => EntryFault::Form { form, bare: Some(account.name) },
            Err(NameFault::OtherDomain { .. }) => {
                EntryFault::Form { form: form_of(&account.name), bare: None }
            }
            Err(why) => EntryFault::Name(why),
        });
    };
    Ok(())
}

fn form_of(text: &str) -> Form {
    match () {
        () if distinguished::looks_like(text) => Form::Distinguished,
        () if text.contains('\\') => Form::Prefixed,
        () if text.contains('@') => Form::Principal,
        () => Form::Bare,
    }
}
