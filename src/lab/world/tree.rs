//! What can be read of the domain: the rootDSE and the objects, with their attributes as bytes on the wire.
//!
//! Relies on the directory's state and a moment. Pure. Constructed attributes are marked, since a directory gives
//! them only to who asks by name. Deliberately absent: access control; whoever has bound may read everything.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::account::{Account, Restriction};
use super::directory::{Controller, Directory, Role};
use super::{ACCOUNT, BASE, DOMAIN};

/// Every change is made there first.
const PDC_EMULATOR: usize = 0;
/// How old a password may grow.
const OLDEST: SignedDuration = SignedDuration::from_hours(42 * 24);
const DOMAIN_ID: [u32; 4] = [21, 1_004_336_348, 1_177_238_915, 682_003_330];
/// Domain Users, which every account's primary group is.
const USERS: u32 = 513;
/// FILETIME of the moment that never comes.
const NEVER: i64 = i64::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Stored,
    /// Given only by name.
    Constructed,
    /// Given only by name and only by a search of the object itself.
    BaseOnly,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub name: &'static str,
    pub kind: Kind,
    pub values: Vec<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub dn: String,
    pub attributes: Vec<Attribute>,
}

impl Object {
    fn new(dn: String, classes: &[&str]) -> Self {
        let mut object = Self { attributes: Vec::new(), dn: dn.clone() };
        object.texts("objectClass", classes);
        object.text("distinguishedName", dn);
        object
    }

    fn text(&mut self, name: &'static str, value: impl Into<String>) {
        self.bytes(name, value.into().into_bytes());
    }

    fn texts(&mut self, name: &'static str, values: &[&str]) {
        let values = values.iter().map(|value| value.as_bytes().to_vec()).collect();
        self.attributes.push(Attribute { name, kind: Kind::Stored, values });
    }

    fn bytes(&mut self, name: &'static str, value: Vec<u8>) {
        self.attributes.push(Attribute { name, kind: Kind::Stored, values: vec![value] });
    }

    fn token(&mut self, kind: Kind, identities: &[Vec<u8>]) {
        self.attributes.push(Attribute { name: "tokenGroups", kind, values: identities.to_vec() });
    }

    fn computed(&mut self, name: &'static str, kind: Kind, value: i64) {
        self.attributes.push(Attribute { name, kind, values: vec![value.to_string().into_bytes()] });
    }
}

impl Directory {
    /// What may be read of the controller with this number: by anybody, but for the token of who has `bound`.
    pub fn root(&self, number: usize, bound: Option<&str>, now: Timestamp) -> Option<Object> {
        let controller = self.controllers.get(number)?;
        let mut root = Object { dn: String::new(), attributes: Vec::new() };
        root.text("dnsHostName", &controller.host);
        root.text("currentTime", generalized(self.time_at(number, now)));
        root.text("defaultNamingContext", BASE);
        root.text("rootDomainNamingContext", BASE);
        root.text("configurationNamingContext", format!("CN=Configuration,{BASE}"));
        root.text("schemaNamingContext", format!("CN=Schema,CN=Configuration,{BASE}"));
        root.texts("namingContexts", &[BASE, &format!("CN=Configuration,{BASE}")]);
        root.text("isSynchronized", "TRUE");
        root.text("isGlobalCatalogReady", "TRUE");
        root.texts("supportedLDAPVersion", &["3", "2"]);
        root.text("dsServiceName", settings_dn(&controller.host));
        root.text("serverName", server_dn(&controller.host));
        root.texts("supportedExtension", &["1.3.6.1.4.1.1466.20037", "1.3.6.1.4.1.4203.1.11.3"]);
        root.texts("supportedSASLMechanisms", &["GSSAPI", "GSS-SPNEGO", "EXTERNAL", "DIGEST-MD5"]);
        root.text("domainFunctionality", "7");
        let mut capabilities = vec!["800", "1670", "1791", "1935", "2080", "2237"];
        if controller.role == Role::ReadOnly {
            capabilities.push("1920");
        }
        let capabilities: Vec<_> =
            capabilities.iter().map(|last| format!("1.2.840.113556.1.4.{last}")).collect();
        root.texts("supportedCapabilities", &capabilities.iter().map(String::as_str).collect::<Vec<_>>());
        let bound = bound.and_then(|name| self.accounts.get(self.named(name)?));
        if let Some(account) = bound {
            root.token(Kind::Constructed, &[sid(Some(account.relative_id)), sid(Some(USERS))]);
        }
        Some(root)
    }

    /// Every object, as the controller with this number has it.
    pub fn objects(&self, controller: usize, now: Timestamp) -> Vec<Object> {
        let mut objects = vec![self.domain()];
        for (dn, class) in [
            (format!("OU=Service Accounts,{BASE}"), "organizationalUnit"),
            (format!("OU=Domain Controllers,{BASE}"), "organizationalUnit"),
            (format!("CN=Users,{BASE}"), "container"),
            (format!("CN=Password Settings Container,CN=System,{BASE}"), "msDS-PasswordSettingsContainer"),
        ] {
            objects.push(Object::new(dn, &["top", class]));
        }
        objects.extend(self.controllers.iter().map(server));
        objects.extend(self.accounts.iter().map(|account| self.account(account, controller, now)));
        objects
    }

    fn domain(&self) -> Object {
        let policy = self.policy;
        let ticks = |length: SignedDuration| (-(length.as_nanos() / 100)).to_string();
        let mut domain = Object::new(BASE.into(), &["top", "domain", "domainDNS"]);
        domain.text("name", "contoso");
        domain.bytes("objectSid", sid(None));
        domain.text("lockoutThreshold", policy.threshold.to_string());
        domain.text("lockoutDuration", ticks(policy.lockout));
        domain.text("lockOutObservationWindow", ticks(policy.window));
        domain.text("maxPwdAge", ticks(OLDEST));
        domain.text("minPwdAge", "0");
        domain.text("minPwdLength", "12");
        domain.text("pwdHistoryLength", "24");
        let pdc = self.controllers.iter().find(|controller| controller.role == Role::PdcEmulator);
        domain.text("fSMORoleOwner", pdc.map(|pdc| settings_dn(&pdc.host)).unwrap_or_default());
        domain
    }

    fn account(&self, account: &Account, controller: usize, now: Timestamp) -> Object {
        let mut object = Object::new(account.dn(), &["top", "person", "organizationalPerson", "user"]);
        object.text("objectCategory", format!("CN=Person,CN=Schema,CN=Configuration,{BASE}"));
        object.text("cn", &account.name);
        object.text("name", &account.name);
        object.text("sAMAccountName", &account.name);
        let given = account.user_principal.clone();
        object.text("userPrincipalName", given.unwrap_or_else(|| account.principal()));
        object.bytes("objectSid", sid(Some(account.relative_id)));
        object.text("whenCreated", generalized(account.created));
        let must_change = account.restriction == Some(Restriction::MustChange);
        let changed = self.changed(account, controller);
        object.text("pwdLastSet", if must_change { 0 } else { filetime(changed) }.to_string());
        object.text("userAccountControl", account.control().to_string());
        let count = account.counts.get(controller).copied().unwrap_or_default();
        object.text("badPwdCount", count.bad.to_string());
        let own = |at| filetime(self.time_at(controller, at));
        object.text("badPasswordTime", count.last.map_or(0, own).to_string());
        // An account that was never locked has no such attribute.
        if let Some(since) = account.locked {
            object.text("lockoutTime", filetime(self.time_at(PDC_EMULATOR, since)).to_string());
        }
        let expires = if account.restriction == Some(Restriction::AccountExpired) {
            filetime(account.changed)
        } else {
            NEVER
        };
        object.text("primaryGroupID", USERS.to_string());
        object.token(Kind::BaseOnly, &[sid(Some(USERS))]);
        object.text("accountExpires", expires.to_string());
        object.text("memberOf", format!("CN=MDI Accounts,CN=Users,{BASE}"));
        if let Some(principal) = &account.service_principal {
            object.text("servicePrincipalName", principal);
        }
        let locked = account.is_locked(self.policy.lockout, now);
        object.computed(
            "msDS-User-Account-Control-Computed",
            Kind::BaseOnly,
            account.computed_control(locked).into(),
        );
        let expiry = match account.restriction {
            Some(Restriction::MustChange) => 0,
            Some(Restriction::PasswordExpired) => filetime(changed.checked_add(OLDEST).unwrap_or(changed)),
            _ => NEVER,
        };
        object.computed("msDS-UserPasswordExpiryTimeComputed", Kind::Constructed, expiry);
        object
    }

    /// When the password was last set, by the clock of the PDC emulator, as far as this controller has heard of it.
    fn changed(&self, account: &Account, controller: usize) -> Timestamp {
        let heard = !(self.is_stale(controller) && account.name == ACCOUNT);
        self.time_at(PDC_EMULATOR, if heard { account.changed } else { account.created })
    }
}

fn server(controller: &Controller) -> Object {
    let mut object = Object::new(server_dn(&controller.host), &["top", "server"]);
    object.text("dNSHostName", &controller.host);
    object
}

fn server_dn(host: &str) -> String {
    let short = host.strip_suffix(&format!(".{DOMAIN}")).unwrap_or(host).to_uppercase();
    format!("CN={short},CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,{BASE}")
}

fn settings_dn(host: &str) -> String {
    format!("CN=NTDS Settings,{}", server_dn(host))
}

/// LDAP's generalized time, as a controller writes it.
fn generalized(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S.0Z").to_string()
}

/// 100 nanoseconds since 1601.
pub fn filetime(at: Timestamp) -> i64 {
    let ticks = (at.as_nanosecond() / 100).saturating_add(116_444_736_000_000_000);
    i64::try_from(ticks).unwrap_or(0)
}

fn sid(relative_id: Option<u32>) -> Vec<u8> {
    let parts = DOMAIN_ID.iter().copied().chain(relative_id);
    let count: u8 = if relative_id.is_some() { 5 } else { 4 };
    let mut bytes = vec![1, count, 0, 0, 0, 0, 0, 5];
    parts.for_each(|part| bytes.extend(part.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_identities_have_the_forms_of_the_wire() {
        let at: Timestamp = "2026-01-02T03:04:05Z".parse().expect("a moment");
        assert_eq!(generalized(at), "20260102030405.0Z");
        assert_eq!(filetime(Timestamp::UNIX_EPOCH), 116_444_736_000_000_000);
        assert_eq!(filetime(at), 134_117_966_450_000_000);
        assert_eq!(sid(Some(1104)).len(), 28);
        assert_eq!(sid(Some(1104)).last_chunk(), Some(&1104_u32.to_le_bytes()));
    }
}
