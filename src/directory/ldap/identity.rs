//! Whose bind a connection carries.
//!
//! `name@domain` can be another account's explicit user principal name, and its password is then the one that was tested.
//! Two witnesses tell: rootDSE's `tokenGroups`, the SIDs of the connection itself, and the answer to *who am I* (RFC 4532),
//! which Samba doesn't know. That a token holds the account's own SID besides its groups' is not promised of every
//! controller, so the absence of one proves nothing by itself; another user's SID in it does, or a token without any group
//! of the account's domain. Where neither witness tells, a search for the name has to do. Source: MS-ADTS (rootDSE
//! attributes, 3.1.1.3.4.2 for extended operations). Deliberately absent: what is read of an account (`account`).

use ldap3::exop::{Exop, WhoAmI};
use ldap3::{Ldap, Scope, ldap_escape};

use super::account::Found;
use super::entry::Query;
use super::reach::Root;
use super::{Client, decode};
use crate::directory::{Account, AccountFacts, Fault, Whose};
use crate::text::Safe;

/// More of a token's identities than this are not looked through.
const MOST_IDENTITIES: usize = 500;
/// A SID without its last part, which is of the account or group alone.
const RELATIVE: usize = 4;

/// What the witnesses say.
enum Bound {
    Meant,
    NotKnown,
    /// As it was found, and by the name that the controller gave.
    Another(Option<Box<Found>>, Safe),
}

/// What is held against what.
struct Witnesses<'a> {
    account: &'a Account,
    meant: Option<&'a Found>,
    token: &'a [Vec<u8>],
}

impl Client {
    /// The account whose bind this connection carries, if it can be read; or what the connection tells of it, where it
    /// is not the one that was meant.
    pub(super) async fn bound_account(
        &self,
        ldap: &mut Ldap,
        root: &Root,
        account: &Account,
    ) -> Result<Option<AccountFacts>, Fault> {
        // Asked for beside each other, over the one connection.
        let mut beside = ldap.clone();
        let (token, meant) =
            futures_util::join!(self.token(&mut beside), self.account(ldap, root, &account.name));
        let meant = meant?;
        let bound = match &meant {
            Some(meant) if token.iter().any(|held| Some(held.as_slice()) == meant.sid()) => Bound::Meant,
            meant => {
                let witnesses = Witnesses { account, meant: meant.as_ref(), token: &token };
                self.bound(ldap, root, witnesses).await
            }
        };
        let (found, whose) = match bound {
            Bound::Meant => (meant, Whose::Meant),
            Bound::NotKnown => (meant, Whose::NotKnown),
            Bound::Another(None, name) => return Ok(Some(nameless(name, &token))),
            Bound::Another(Some(found), _) => (Some(*found), Whose::Another),
        };
        let Some(found) = found else { return Ok(None) };
        let mut facts = AccountFacts { whose, ..found.facts(root.current_time) };
        if whose == Whose::NotKnown {
            facts.claimed_by = self.claimant(ldap, root, account).await;
        }
        facts.groups = found.groups(&token);
        Ok(Some(facts))
    }

    /// The token doesn't hold the account that was meant.
    async fn bound(&self, ldap: &mut Ldap, root: &Root, witnesses: Witnesses<'_>) -> Bound {
        let Witnesses { account, meant, token } = witnesses;
        if let Some(name) = self.who_am_i(ldap).await {
            if name.to_lowercase() == account.name.to_lowercase() {
                return Bound::Meant;
            }
            let found = self.account(ldap, root, &name).await.ok().flatten();
            return Bound::Another(found.map(Box::new), name);
        }
        if token.is_empty() {
            return Bound::NotKnown;
        }
        let user = self.account_by(ldap, root, &any_of(token)).await.ok().flatten();
        let foreign = meant.and_then(Found::sid).is_some_and(|sid| !of_same_domain(sid, token));
        match user {
            None if !foreign => Bound::NotKnown,
            found => Bound::Another(found.map(Box::new), Safe::default()),
        }
    }

    /// The bare name of who has bound: `u:CONTOSO\\svc-mdi`, as Windows writes it, and no other form.
    async fn who_am_i(&self, ldap: &mut Ldap) -> Option<Safe> {
        let said = self.answer(ldap.extended(Exop::from(WhoAmI))).await.ok()?;
        let (said, _) = said.success().ok()?;
        let identity = said.val.and_then(|said| String::from_utf8(said).ok())?;
        let (_, name) = identity.strip_prefix("u:")?.split_once('\\')?;
        (!name.is_empty()).then(|| Safe::new(name))
    }

    /// The SIDs that the connection's bind gave it; none where the controller doesn't tell.
    async fn token(&self, ldap: &mut Ldap) -> Vec<Vec<u8>> {
        let root = self.first(ldap, Query::object("", &["tokenGroups"])).await.ok().flatten();
        root.iter().flat_map(|root| root.all_bytes("tokenGroups")).map(<[u8]>::to_vec).collect()
    }

    /// Another account that has `name@domain` as its explicit user principal name, which goes before the name that every
    /// account has by itself.
    pub(super) async fn claimant(&self, ldap: &mut Ldap, root: &Root, account: &Account) -> Option<Safe> {
        let (principal, name) = (account.principal(), account.name.as_str());
        let filter = format!(
            "(&(objectClass=user)(userPrincipalName={})(!(sAMAccountName={})))",
            ldap_escape(principal.as_str()),
            ldap_escape(name)
        );
        let attributes = ["sAMAccountName"];
        let query = Query {
            base: &root.naming_context,
            scope: Scope::Subtree,
            filter: &filter,
            attributes: &attributes,
        };
        let found = self.first(ldap, query).await.ok().flatten()?;
        Some(Safe::new(found.text("sAMAccountName").unwrap_or(found.dn())))
    }
}

/// A filter for the user among a token's identities.
fn any_of(token: &[Vec<u8>]) -> String {
    let sids = token.iter().take(MOST_IDENTITIES).filter_map(|sid| decode::sid(sid));
    let any = sids.fold(String::new(), |any, sid| any + "(objectSid=" + &sid + ")");
    format!("(&(objectClass=user)(|{any}))")
}

/// Somebody else, of whom nothing can be read but what the connection tells.
fn nameless(name: Safe, token: &[Vec<u8>]) -> AccountFacts {
    let sid = token.first().filter(|_| name.is_empty()).and_then(|sid| decode::sid(sid));
    let sid = sid.map(Safe::from).unwrap_or_default();
    AccountFacts { name, sid, whose: Whose::Another, ..AccountFacts::default() }
}

/// Every account is in a group of its own domain, if only by its primary one.
fn of_same_domain(sid: &[u8], token: &[Vec<u8>]) -> bool {
    let domain = sid.len().checked_sub(RELATIVE).and_then(|length| sid.get(..length));
    domain.is_some_and(|domain| token.iter().any(|held| held.len() == sid.len() && held.starts_with(domain)))
}
