//! Domains, accounts and controllers, and how the directory is asked.
//!
//! Pure. A controller and an account must lie in a domain that the file names. Deliberately absent: asking DNS.

use super::super::keys;
use super::super::names::{self, lies_in};
use super::super::table::{Placed, Table};
use super::{Directory, Listed, Proof, Reading, minutes, seconds};
use crate::directory::Account;
use crate::directory::search::{Named, Ports, Search};
use crate::text::Safe;

/// Whence the controllers of a domain come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whence {
    Dns,
    Listed,
    Both,
}

/// A domain, before its controllers are put to it.
pub(super) struct Domain {
    name: Safe,
    whence: Option<Whence>,
    search: Search,
}

pub(super) fn domains(file: &Reading<'_, '_>) -> Vec<Domain> {
    let mut domains: Vec<Domain> = Vec::new();
    let tables = file.tables(keys::DOMAIN);
    if file.root.get("domain").is_none() {
        file.missing(keys::DOMAIN, "a table for each domain whose account is to be changed");
    }
    for table in &tables {
        let words = [("dns", Whence::Dns), ("listed", Whence::Listed), ("both", Whence::Both)];
        let whence = table.choice("controllers", &words);
        let servers = table.texts("dns_servers", &names::NAME_SERVER).unwrap_or_default();
        let site = table.text("site", &names::SITE);
        if whence == Some(Whence::Listed)
            && let Some(site) = &site
        {
            table.together(
                &site.at,
                "site",
                "a site is asked of DNS, and controllers = \"listed\" says not to",
            );
        }
        let Some(name) = table.needed("name", &names::DOMAIN) else { continue };
        if domains.iter().any(|domain| domain.name == name.value) {
            table.together(&name.at, "name", "this domain is named twice; put everything of it in one table");
            continue;
        }
        let search = Search {
            domain: name.value.clone(),
            site: site.map(|site| site.value),
            servers: servers.into_iter().map(|server| server.value).collect(),
            by_hand: Vec::new(),
            records: true,
        };
        domains.push(Domain { name: name.value, whence, search });
    }
    domains
}

/// An account in a domain that the file names.
fn account(table: &Table<'_, '_>, domains: &[Domain]) -> Option<Placed<Account>> {
    let name = table.needed("name", &names::ACCOUNT);
    let domain = table.needed("domain", &names::DOMAIN);
    let (name, domain) = (name?, domain?);
    if !domains.iter().any(|known| known.name == domain.value) {
        table.together(&domain.at, "domain", "there is no [[domain]] of this name in the file");
        return None;
    }
    Some(Placed { value: Account { name: name.value, domain: domain.value }, at: name.at })
}

pub(super) fn accounts(file: &Reading<'_, '_>, domains: &[Domain]) -> Vec<Listed> {
    let mut listed: Vec<Listed> = Vec::new();
    for table in file.tables(keys::ACCOUNT) {
        let entry = table.text("entry", &names::IDENTIFIER).map(|entry| entry.value);
        let Some(account) = account(&table, domains) else { continue };
        if listed.iter().any(|one| one.account.key() == account.value.key()) {
            table.together(&account.at, "name", "this account is listed twice");
            continue;
        }
        listed.push(Listed { account: account.value, entry });
    }
    listed
}

pub(super) fn reader(file: &Reading<'_, '_>, domains: &[Domain], accounts: &[Listed]) -> Option<Account> {
    let table = file.table(keys::READER)?;
    let reader = account(&table, domains)?;
    if accounts.iter().any(|one| one.account.key() == reader.value.key()) {
        let why = "the reader must be another account than the one whose password is changed";
        table.together(&reader.at, "name", why);
    }
    Some(reader.value)
}

/// Puts each controller to its domain, and says where the others are to be looked for.
pub(super) fn searches(file: &Reading<'_, '_>, mut domains: Vec<Domain>) -> Vec<Search> {
    for table in file.tables(keys::CONTROLLER) {
        let named = controller(&table);
        let Some(Placed { value: named, at }) = named else { continue };
        // The longest name that fits: a controller of a child domain is not its parent's.
        let domain = domains.iter_mut().filter(|domain| lies_in(&named.host, &domain.name));
        let Some(domain) = domain.max_by_key(|domain| domain.name.len()) else {
            table.together(&at, "host", "it lies in none of the domains that this file names");
            continue;
        };
        let others = &mut domain.search.by_hand;
        if domain.whence == Some(Whence::Dns) {
            let why = "its domain has controllers = \"dns\"; say \"listed\" or \"both\" there";
            table.together(&at, "host", why);
        } else if others.iter().any(|one| one.host == named.host) {
            table.together(&at, "host", "this controller is named twice");
        } else if named.pdc_emulator == Some(true) && others.iter().any(|one| one.pdc_emulator == Some(true))
        {
            table.together(
                &at,
                "pdc_emulator",
                "a domain has one PDC emulator, and another is marked already",
            );
        } else {
            others.push(named);
        }
    }
    domains.into_iter().map(|domain| search(file, domain)).collect()
}

fn search(file: &Reading<'_, '_>, domain: Domain) -> Search {
    let listed = !domain.search.by_hand.is_empty();
    let records = match domain.whence {
        None => !listed,
        Some(whence) => whence != Whence::Listed,
    };
    if !records && !listed && !file.reported.any() {
        let expected = format!("a controller of {}, since its controllers are to be \"listed\"", domain.name);
        file.missing(keys::CONTROLLER, &expected);
    }
    Search { records, ..domain.search }
}

fn controller(table: &Table<'_, '_>) -> Option<Placed<Named>> {
    let addresses = table.texts("addresses", &names::ADDRESS).unwrap_or_default();
    let usual = Ports::default();
    let port = |key, usual| {
        let port = table.number(key, &(0..=u32::from(u16::MAX)));
        port.and_then(|port| u16::try_from(port).ok()).unwrap_or(usual)
    };
    let ports = Ports {
        ldaps: port("ldaps_port", usual.ldaps),
        ldap: port("ldap_port", usual.ldap),
        kerberos: port("kerberos_port", usual.kerberos),
    };
    let pdc_emulator = table.flag("pdc_emulator");
    let host = table.needed("host", &names::HOST)?;
    if ports == (Ports { ldaps: 0, ldap: 0, kerberos: 0 }) {
        table.together(&host.at, "host", "all its ports are 0, so there is no way to ask it");
    }
    let addresses = addresses.into_iter().map(|address| address.value).collect();
    Some(Placed { value: Named { host: host.value, addresses, ports, pdc_emulator }, at: host.at })
}

pub(super) fn settings(file: &Reading<'_, '_>) -> Directory {
    let usual = Directory {
        ca_file: None,
        proof: Proof::Any,
        old_password: minutes(60),
        lockout_window: minutes(60),
        connect: seconds(5),
        answer: seconds(15),
        dns: seconds(5),
    };
    let Some(table) = file.table(keys::DIRECTORY) else { return usual };
    let kerberos = table.flag("kerberos").unwrap_or(true);
    let proof = table.choice("proof", &[("any", Proof::Any), ("kerberos", Proof::Kerberos)]);
    if let (false, Some(Proof::Kerberos), Some(value)) = (kerberos, proof, table.get("proof")) {
        table.together(&value.span(), "proof", "kerberos = false leaves no way to prove a password then");
    }
    Directory {
        ca_file: table.text("ca_file", &names::FILE).map(|file| file.value),
        proof: if kerberos { proof.unwrap_or_default() } else { Proof::Ldap },
        old_password: table.number("old_password_minutes", &(1..=10_080)).map_or(usual.old_password, minutes),
        lockout_window: table
            .number("lockout_window_minutes", &(1..=99_999))
            .map_or(usual.lockout_window, minutes),
        // Twice the first and twice the second stay below what an attempt may take.
        connect: table.number("connect_seconds", &(1..=10)).map_or(usual.connect, seconds),
        answer: table.number("answer_seconds", &(1..=18)).map_or(usual.answer, seconds),
        dns: table.number("dns_seconds", &(1..=60)).map_or(usual.dns, seconds),
    }
}
