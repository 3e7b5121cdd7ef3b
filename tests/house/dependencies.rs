//! Licences, bans and duplicates of the crates that are built, held to the lists in `deny.toml`.
//!
//! Relies on `cargo tree` for what is really built on this machine: the lock file also names crates of other platforms
//! and of features that are off. `cargo deny check` reads the same lists; this runs wherever the tests run.
//! Deliberately absent: advisories, which need the network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

pub struct Lists {
    pub allowed: BTreeSet<String>,
    pub banned: BTreeSet<String>,
    pub twice: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Built {
    pub name: String,
    pub version: String,
    pub licence: String,
}

pub fn lists(deny: &str) -> Lists {
    let deny: toml::Table = deny.parse().expect("deny.toml is TOML");
    let names = |table: &str, list: &str, key: &str| -> BTreeSet<String> {
        let entries = deny[table][list].as_array().expect("a list");
        let name = |entry: &toml::Value| entry.get(key).unwrap_or(entry).as_str().expect("a name").to_owned();
        entries.iter().map(name).collect()
    };
    let twice = names("bans", "skip", "crate").into_iter();
    Lists {
        allowed: names("licenses", "allow", "name"),
        banned: names("bans", "deny", "crate"),
        twice: twice.map(|name| name.split('@').next().unwrap_or_default().to_owned()).collect(),
    }
}

pub fn built(root: &Path) -> BTreeSet<Built> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = Command::new(cargo)
        .current_dir(root)
        .args([
            "tree",
            "--locked",
            "--offline",
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--format",
            "{p}\t{l}",
        ])
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "cargo tree: {}", String::from_utf8_lossy(&tree.stderr));
    let listing = String::from_utf8(tree.stdout).expect("cargo writes UTF-8");
    listing.lines().filter_map(line).collect()
}

/// Sources in the lock file other than the one public registry.
pub fn foreign_sources(lock: &str) -> Vec<&str> {
    let sources = lock.lines().filter_map(|line| line.strip_prefix("source = "));
    sources.filter(|source| *source != "\"registry+https://github.com/rust-lang/crates.io-index\"").collect()
}

fn line(line: &str) -> Option<Built> {
    let (package, licence) = line.split_once('\t')?;
    let mut words = package.split(' ');
    let (name, version) = (words.next()?, words.next()?);
    let licence = licence.trim_end_matches(" (*)").to_owned();
    Some(Built { name: name.to_owned(), version: version.to_owned(), licence })
}

pub fn faults(built: &BTreeSet<Built>, lists: &Lists) -> Vec<String> {
    let mut faults = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Built { name, version, licence } in built {
        versions.entry(name).or_default().insert(version);
        if !is_allowed(licence, &lists.allowed) {
            faults.push(format!(
                "{name} {version}: licence `{licence}` is not allowed by deny.toml; take another crate"
            ));
        }
        if lists.banned.contains(name) {
            faults.push(format!(
                "{name} {version}: banned by deny.toml; find who asks for it with `cargo tree -i {name}`"
            ));
        }
    }
    for (name, versions) in
        versions.iter().filter(|(name, found)| found.len() > 1 && !lists.twice.contains(**name))
    {
        faults.push(format!(
            "{name}: built in {versions:?}; bring them together, or say in deny.toml under bans.skip who holds them apart"
        ));
    }
    faults
}

/// Can everything that `licence` demands be met? An SPDX expression, or the older `A/B` for a choice.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = licence.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = any(&mut rest, allowed);
    met && rest.is_empty()
}

fn any(rest: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut met = all(rest, allowed);
    while let ["OR", after @ ..] = rest {
        *rest = after;
        met |= all(rest, allowed);
    }
    met
}

fn all(rest: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut met = one(rest, allowed);
    while let ["AND", after @ ..] = rest {
        *rest = after;
        met &= one(rest, allowed);
    }
    met
}

fn one(rest: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    match *rest {
        ["(", inside @ ..] => {
            *rest = inside;
            let met = any(rest, allowed);
            *rest = rest.strip_prefix(&[")"]).unwrap_or_default();
            met
        }
        [name, "WITH", exception, after @ ..] => {
            *rest = after;
            allowed.contains(&format!("{name} WITH {exception}"))
        }
        [name, after @ ..] => {
            *rest = after;
            allowed.contains(*name)
        }
        [] => false,
    }
}
