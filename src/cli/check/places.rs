//! What is not a directory: domains as DNS has them, HTTPS addresses, logs, folders, this machine's memory.
//!
//! Relies on the adapters that the walk uses. No token is sent anywhere and no probe is run. Deliberately absent: judging
//! what a log says.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use crate::directory::Controller;
use crate::directory::locate::Located;
use crate::directory::search::Search;
use crate::engine::vault::{self, HardeningOutcome, Measure};
use crate::logs::tail::{self, Source};
use crate::portal::Fault;
use crate::portal::client::Client;
use crate::portal::workspace;
use crate::site::{Save, Site};
use crate::text::Safe;

use super::finding::{About, Finding, Findings, State};

pub(super) fn domain(search: &Search, located: &Located) -> Vec<Finding> {
    let mut found = Findings::about(About::Domain, search.domain.clone());
    let servers: Vec<String> = search.servers.iter().map(ToString::to_string).collect();
    let by = match (search.records, servers.is_empty()) {
        (false, _) => "named in the site file".to_owned(),
        (true, true) => "by this machine's own name servers".to_owned(),
        (true, false) => format!("by {}", servers.join(", ")),
    };
    let names: Vec<String> = located.controllers.iter().map(named).collect();
    if names.is_empty() {
        found.add("controllers", State::Failed, format!("none found, {by}"));
        found.mend("Mend what failed below, or name the controllers with their addresses in the site file.");
    } else {
        found.add("controllers", State::Fine, format!("{} {by}: {}", names.len(), names.join(", ")));
    }
    for fault in &located.faults {
        found.add("search", State::Failed, fault.to_string());
        found.mend(fault.remedy());
    }
    found.all
}

fn named(controller: &Controller) -> String {
    let address = controller.ldaps.or(controller.ldap).or(controller.kerberos);
    let address = address.map_or_else(|| "no port".to_owned(), |at| at.ip().to_string());
    let role = if controller.pdc_emulator == Some(true) { ", PDC emulator" } else { "" };
    format!("{} ({address}{role})", controller.host)
}

/// The portal's page is for the operator's own browser, wherever that runs; the others are the console's to reach.
pub(super) async fn addresses(site: &Site, client: &Client) -> Vec<Finding> {
    let mut wanted = vec![("portal", site.portal.as_str(), site.save == Save::HandOff)];
    if site.uses_graph {
        wanted
            .extend([("login", site.login.authority.as_str(), false), ("Graph", site.graph.as_str(), false)]);
    }
    if site.save != Save::HandOff {
        wanted.push(("save", site.workspace.as_str(), false));
    }
    let mut all = Vec::new();
    for (stage, address, browser) in wanted {
        let mut found = Findings::about(About::Address, host(address));
        match workspace::issuer(client, address).await {
            Ok(issuer) => {
                found.add(stage, State::Fine, format!("answers over HTTPS; vouched for by {issuer}"));
            }
            Err(fault) if browser => {
                found.add(stage, State::Warning, format!("{fault}; only your own browser has to reach it"));
            }
            Err(fault) => {
                found.add(stage, State::Failed, fault.to_string());
                found.mend(remedy(&fault));
            }
        }
        all.extend(found.all);
    }
    all
}

fn host(address: &str) -> Safe {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    Safe::new(rest.split('/').next().unwrap_or_default())
}

fn remedy(fault: &Fault) -> &'static str {
    match fault {
        // Nothing here is tried again by itself.
        Fault::Unreachable(_) | Fault::TimedOut | Fault::CutShort => {
            "Check the network, the firewall and the proxy between here and this host."
        }
        fault => fault.remedy(),
    }
}

pub(super) async fn logs(site: &Site) -> Vec<Finding> {
    let mut all = Vec::new();
    for source in &site.sources {
        all.extend(log(source.clone()).await);
    }
    for command in &site.commands {
        let mut found = Findings::about(About::Log, command.host.clone());
        let program = command.command.first().map(String::as_str).unwrap_or_default();
        found.add("log", State::NotAsked, format!("what {program} prints; it is not run here"));
        all.extend(found.all);
    }
    all
}

async fn log(source: Source) -> Vec<Finding> {
    let mut found = Findings::about(About::Log, source.host.clone());
    match tokio::task::spawn_blocking(move || tail::count(&source)).await {
        Ok(Ok(count)) => {
            found.add(
                "log",
                State::Fine,
                format!("{count} {}", if count == 1 { "file is readable" } else { "files are readable" }),
            );
        }
        Ok(Err(why)) => {
            found.add("log", State::Failed, why.to_string());
            found.mend("Check the pattern, the mount and who may read it.");
        }
        Err(_) => found.add("log", State::Failed, "the program failed while reading it"),
    }
    found.all
}

pub(super) fn services(site: &Site) -> Vec<Finding> {
    let mut found = Findings::about(About::Services, "");
    let asked = site.servers.iter().filter(|server| server.is_asked()).count();
    let told = match (asked, site.servers.len()) {
        (0, _) => "marked by the operator: the site file names no probe".to_owned(),
        (asked, all) if asked == all => format!("{all} servers; the probe is not run here"),
        (asked, all) => {
            format!("{asked} of {all} servers, the others marked by the operator; no probe is run here")
        }
    };
    found.add("probe", State::NotAsked, told);
    found.all
}

/// Made if it isn't there, as a walk would.
pub(super) fn folder(stage: &'static str, path: &Path) -> Vec<Finding> {
    let mut found = Findings::about(About::Folder, path.to_string_lossy().into_owned());
    match writable(path) {
        Ok(()) => found.add(stage, State::Fine, "can be written to"),
        Err(why) => {
            found.add(stage, State::Failed, format!("can't be written to: {why}"));
            found.mend("Give it to this user, or name another folder for the records with --state-dir.");
        }
    }
    found.all
}

fn writable(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    tempfile::Builder::new().prefix(".check-").tempfile_in(path)?.close()
}

pub(super) fn memory() -> Vec<Finding> {
    let mut found = Findings::about(About::Memory, "");
    for HardeningOutcome { measure, result } in vault::harden() {
        let (stage, good) = match measure {
            Measure::NotDumpable => ("not dumpable", "other processes of this user can't read it"),
            Measure::NoCoreFile => ("no core file", "a crash leaves none behind"),
            Measure::Locked => ("locked", "it doesn't go to the swap"),
        };
        match result {
            Ok(()) => found.add(stage, State::Fine, good),
            Err(why) => found.add(stage, State::Warning, why),
        }
    }
    found.all
}
