//! A search request against the world's objects: scope, filter, and which attributes are given.
//!
//! Relies on the objects of `world::tree`. Pure. A filter that this directory doesn't evaluate (order, substrings,
//! matching rules) is undefined, so it and its negation match nothing.

use jiff::Timestamp;
use ldap3_proto::proto::{
    LdapFilter, LdapOp, LdapPartialAttribute, LdapResultCode, LdapSearchRequest, LdapSearchResultEntry,
    LdapSearchScope,
};

use super::result;
use crate::lab::world::directory::Directory;
use crate::lab::world::tree::{Attribute, Kind, Object};

const NO_OBJECT: &str = "0000208D: NameErr: DSID-0310028D, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'DC=contoso,DC=test'\n\0";

/// Which controller is asked, and by whom.
#[derive(Clone, Copy)]
pub struct Asked<'name> {
    /// Counted from 0 in the directory's order.
    pub controller: usize,
    pub by: Option<&'name str>,
}

/// Entries and the closing result.
pub fn answer(
    directory: &Directory,
    Asked { controller, by }: Asked<'_>,
    request: &LdapSearchRequest,
    now: Timestamp,
) -> Vec<LdapOp> {
    if request.base.is_empty() {
        let root = directory.root(controller, by, now).filter(|_| request.scope == LdapSearchScope::Base);
        let found: Vec<Object> = root.into_iter().collect();
        return entries(&found, request);
    }
    let objects = directory.objects(controller, now);
    if !objects.iter().any(|object| object.dn.eq_ignore_ascii_case(&request.base)) {
        return vec![LdapOp::SearchResultDone(result(LdapResultCode::NoSuchObject, NO_OBJECT))];
    }
    let found: Vec<Object> = objects
        .into_iter()
        .filter(|object| in_scope(&object.dn, request) && matches(&request.filter, object) == Some(true))
        .collect();
    entries(&found, request)
}

fn entries(found: &[Object], request: &LdapSearchRequest) -> Vec<LdapOp> {
    let limit = usize::try_from(request.sizelimit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let code = if found.len() > limit { LdapResultCode::SizeLimitExceeded } else { LdapResultCode::Success };
    let given = found.iter().take(limit).map(|object| {
        LdapOp::SearchResultEntry(LdapSearchResultEntry {
            dn: object.dn.clone(),
            attributes: object
                .attributes
                .iter()
                .filter(|attribute| wanted(attribute, request))
                .map(|attribute| partial(attribute, request))
                .collect(),
        })
    });
    given.chain([LdapOp::SearchResultDone(result(code, ""))]).collect()
}

/// The attribute under the name the client asked for, as Active Directory gives it.
fn partial(attribute: &Attribute, request: &LdapSearchRequest) -> LdapPartialAttribute {
    let asked = request.attrs.iter().find(|name| name.eq_ignore_ascii_case(attribute.name));
    LdapPartialAttribute {
        atype: asked.cloned().unwrap_or_else(|| attribute.name.into()),
        vals: if request.typesonly { Vec::new() } else { attribute.values.clone() },
    }
}

fn wanted(attribute: &Attribute, request: &LdapSearchRequest) -> bool {
    let named = request.attrs.iter().any(|name| name.eq_ignore_ascii_case(attribute.name));
    match attribute.kind {
        Kind::Stored => named || request.attrs.is_empty() || request.attrs.iter().any(|name| name == "*"),
        Kind::Constructed => named,
        Kind::BaseOnly => named && request.scope == LdapSearchScope::Base,
    }
}

fn in_scope(dn: &str, request: &LdapSearchRequest) -> bool {
    let (dn, base) = (dn.to_ascii_lowercase(), request.base.to_ascii_lowercase());
    let below = dn.strip_suffix(&base).and_then(|above| above.strip_suffix(','));
    match request.scope {
        LdapSearchScope::Base => dn == base,
        LdapSearchScope::OneLevel => below.is_some_and(|above| !above.contains(',')),
        LdapSearchScope::Subtree => dn == base || below.is_some(),
        LdapSearchScope::Children => below.is_some(),
    }
}

/// None is neither: the filter can't be evaluated.
fn matches(filter: &LdapFilter, object: &Object) -> Option<bool> {
    match filter {
        LdapFilter::And(parts) => combine(parts, object, false),
        LdapFilter::Or(parts) => combine(parts, object, true),
        LdapFilter::Not(part) => matches(part, object).map(|matched| !matched),
        LdapFilter::Present(name) => Some(find(object, name).is_some()),
        LdapFilter::Equality(name, value) => {
            Some(find(object, name).is_some_and(|attribute| {
                attribute.values.iter().any(|held| equal(attribute.name, held, value))
            }))
        }
        _ => None,
    }
}

/// One part that `decides` settles it; otherwise one that can't be evaluated leaves it open.
fn combine(parts: &[LdapFilter], object: &Object, decides: bool) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match matches(part, object) {
            Some(matched) if matched == decides => return Some(decides),
            Some(_) => {}
            None => open = true,
        }
    }
    (!open).then_some(!decides)
}

fn find<'object>(object: &'object Object, name: &str) -> Option<&'object Attribute> {
    object.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

fn equal(name: &str, held: &[u8], value: &str) -> bool {
    if held.eq_ignore_ascii_case(value.as_bytes()) {
        return true;
    }
    if name == "objectSid" {
        return sid_in_words(held).eq_ignore_ascii_case(value);
    }
    // A class may be named by its short name.
    let short = format!("CN={value},").to_ascii_lowercase();
    name == "objectCategory" && held.to_ascii_lowercase().starts_with(short.as_bytes())
}

/// `S-1-5-21-…`, as a filter may name it.
fn sid_in_words(bytes: &[u8]) -> String {
    let parts = bytes.get(8..).unwrap_or_default().as_chunks::<4>().0;
    parts.iter().fold("S-1-5".to_owned(), |words, part| format!("{words}-{}", u32::from_le_bytes(*part)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::scenario::DirectorySettings;
    use crate::lab::world::BASE;

    fn found(scope: LdapSearchScope, base: &str, filter: &str) -> Vec<String> {
        let now = Timestamp::UNIX_EPOCH;
        let directory = Directory::new(&DirectorySettings::default(), "right", now);
        let request = LdapSearchRequest {
            base: base.into(),
            scope,
            aliases: ldap3_proto::proto::LdapDerefAliases::Never,
            sizelimit: 0,
            timelimit: 0,
            typesonly: false,
            filter: ldap3_proto::parse_ldap_filter_str(filter).expect("a filter"),
            attrs: Vec::new(),
        };
        let names = answer(&directory, Asked { controller: 0, by: None }, &request, now)
            .into_iter()
            .filter_map(|op| match op {
                LdapOp::SearchResultEntry(entry) => {
                    Some(entry.dn.split([',', '=']).nth(1).unwrap_or_default().to_owned())
                }
                _ => None,
            });
        names.collect()
    }

    #[test]
    fn filters_choose_by_every_connective() {
        let check = |filter: &str, names: &[&str]| {
            assert_eq!(found(LdapSearchScope::Subtree, BASE, filter), names, "{filter}");
        };
        check("(sAMAccountName=SVC-MDI)", &["svc-mdi"]);
        check("(&(objectClass=user)(|(cn=svc-mdi)(cn=svc-reader)))", &["svc-mdi", "svc-reader"]);
        check("(&(objectCategory=person)(userAccountControl=66050))", &["svc-disabled"]);
        check("(&(objectClass=user)(servicePrincipalName=*))", &["svc-mdi"]);
        check("(&(objectClass=server)(!(cn=nobody)))", &["DC1", "DC2", "DC3"]);
        check("(objectSid=S-1-5-21-1004336348-1177238915-682003330-1105)", &["svc-reader"]);
        check("(sAMAccountName=nobody)", &[]);
        check("(!(badPwdCount>=1))", &[]);
        check("(|(badPwdCount>=1)(cn=svc-mdi))", &["svc-mdi"]);
    }

    #[test]
    fn scopes_reach_as_far_as_they_say() {
        let services = format!("ou=service accounts,{BASE}");
        let check = |scope, base: &str, count: usize| {
            assert_eq!(found(scope, base, "(objectClass=*)").len(), count, "{base}");
        };
        check(LdapSearchScope::Base, BASE, 1);
        check(LdapSearchScope::Base, &services, 1);
        check(LdapSearchScope::OneLevel, &services, 12);
        check(LdapSearchScope::Subtree, &services, 13);
        check(LdapSearchScope::Base, "DC=elsewhere,DC=test", 0);
    }
}
