//! Every controller in named stages, and every account by one question to port 88; neither is given a password.
//!
//! Relies on the walk's own adapters, so that what works here works there. An account is asked about at each controller of
//! its domain that is reached, once, which is how Kerberos's port is tried at all. Deliberately absent: binding.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt as _, future, stream};

use crate::clock::Clock;
use crate::directory::probe::{AccountProbe, Found, Keys};
use crate::directory::stages::{self, Came, StageName, Unreached};
use crate::directory::{Account, Controller, Fault, Reach, Tls, Transport, kerberos, ldap};
use crate::site::{Proof, Site};
use crate::text::Safe;
use crate::walkthrough::trial::Candidate;
use crate::walkthrough::words;

use super::finding::{About, Finding, Findings, State};

/// How many controllers are asked at once.
const IN_FLIGHT: usize = 16;

/// Who asks.
pub(super) struct Asking<'a> {
    pub site: &'a Site,
    pub clock: &'a Clock,
    pub ldap: ldap::Client,
    pub kerberos: kerberos::Client,
}

/// What one controller answered.
struct Answered<'a> {
    controller: &'a Controller,
    domain: Safe,
    ports: Vec<(u16, Result<Duration, Fault>)>,
    reached: Result<Reach, Unreached>,
    /// Of each account of its domain.
    probes: Vec<(Account, Result<AccountProbe, Fault>)>,
}

/// The controllers, then the accounts.
pub(super) async fn check(asking: &Asking<'_>) -> Vec<Finding> {
    let controllers = stream::iter(&asking.site.controllers);
    let answered = controllers.map(|one| asking.controller(one)).buffered(IN_FLIGHT);
    let answered: Vec<Answered<'_>> = answered.collect().await;
    let mut found: Vec<Finding> = answered.iter().flat_map(|one| controller(asking.site, one)).collect();
    for listed in &asking.site.accounts {
        found.extend(account(asking.site, &listed.account, &answered));
    }
    found
}

impl Asking<'_> {
    async fn controller<'c>(&self, controller: &'c Controller) -> Answered<'c> {
        let domain = self.site.domain_of(controller);
        let listed = self.site.accounts.iter().map(|listed| &listed.account);
        let accounts: Vec<Account> =
            listed.filter(|account| account.domain.eq_ignore_ascii_case(&domain)).cloned().collect();
        let probes = async {
            let mut probes = Vec::new();
            // One after the other: each is a question that the controller's own watchers see.
            for account in accounts.into_iter().filter(|_| controller.kerberos.is_some()) {
                let probe = self.kerberos.probe(controller, &account).await;
                probes.push((account, probe));
            }
            probes
        };
        let by_ldap = self.ldap.reach(controller, &domain);
        let (ports, by_ldap, probes) = future::join3(self.ports(controller), by_ldap, probes).await;
        let by_kerberos = probes.first().map(|(_, probe)| probe.clone());
        let reached = Reach::joined(controller, by_ldap, by_kerberos, self.clock.now().wall);
        Answered { controller, domain, ports, reached, probes }
    }

    /// Each port by itself: a firewall shuts them one by one.
    async fn ports(&self, controller: &Controller) -> Vec<(u16, Result<Duration, Fault>)> {
        let named = [controller.ldaps, controller.ldap, controller.kerberos].into_iter().flatten();
        let tried = named.map(|at| async move {
            let others = controller.also.iter().map(|other| SocketAddr::new(*other, at.port()));
            let mut opened = self.port(at).await;
            for other in others {
                if opened.is_err() {
                    opened = self.port(other).await;
                }
            }
            (at.port(), opened)
        });
        future::join_all(tried).await
    }

    async fn port(&self, at: SocketAddr) -> Result<Duration, Fault> {
        let began = self.clock.now().at;
        let connected = tokio::net::TcpStream::connect(at);
        match self.clock.timeout(self.site.limits.connect, connected).await {
            Ok(Ok(_)) => Ok(self.clock.now().at.since(began)),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                Err(Fault::ConnectionRefused)
            }
            Ok(Err(_)) => Err(Fault::NoRoute),
            Err(_) => Err(Fault::TimedOut),
        }
    }
}

fn controller(site: &Site, answered: &Answered<'_>) -> Vec<Finding> {
    let Answered { controller, domain, ports, reached, probes } = answered;
    let mut found = Findings::about(About::Controller, controller.host.clone());
    let proves = reached.as_ref().is_ok_and(|reach| proves(site, reach));
    for (port, opened) in ports {
        match opened {
            Ok(latency) => {
                found.add(
                    format!("port {port}"),
                    State::Fine,
                    format!("open, {}", words::milliseconds(*latency)),
                );
            }
            Err(fault) => {
                // One way is enough: the other may be shut on purpose.
                let state = if proves { State::Warning } else { State::Failed };
                found.add(format!("port {port}"), state, fault.to_string());
                found.mend(format!(
                    "Check the route and the firewall to port {port}, or set it to 0 in the site file."
                ));
            }
        }
    }
    let by_kerberos = probes.first().and_then(|(_, probe)| probe.as_ref().err());
    for (stage, came) in stages::of(controller, reached, by_kerberos) {
        // The ports have told that already.
        if stage != StageName::Connection {
            tell(&mut found, (stage, came), reached.as_ref().ok());
        }
    }
    judge(&mut found, site, (domain, reached.as_ref().ok()));
    found.all
}

fn tell(found: &mut Findings, (stage, came): (StageName, Came), reach: Option<&Reach>) {
    let name = stage.to_string();
    match came {
        Came::Fine => {
            let told = reach.map_or_else(Safe::default, |reach| seen(stage, reach));
            found.add(name, State::Fine, told);
        }
        Came::Absent => {
            found.add(
                name,
                State::Absent,
                "no server certificate, which is common; no password is sent over LDAP",
            );
        }
        Came::NotAsked => {
            let why = if stage == StageName::Kerberos {
                "no account of its domain, or no port, is named"
            } else {
                "not come so far"
            };
            found.add(name, State::NotAsked, why);
        }
        Came::Failed(fault) => {
            found.add(name, State::Failed, fault.to_string());
            found.mend(fault.remedy());
        }
    }
}

/// What went well, in its figures.
fn seen(stage: StageName, reach: &Reach) -> Safe {
    match (stage, &reach.tls) {
        (StageName::Tls, Tls::Verified { by: Transport::Ldaps, .. }) => "LDAPS".into(),
        (StageName::Tls, Tls::Verified { by: Transport::StartTls, .. }) => "StartTLS".into(),
        (StageName::Certificate, Tls::Verified { until, issuer, .. }) => {
            Safe::from(format!("issued by {issuer}, until {}", words::day(*until)))
        }
        (StageName::Root, _) => {
            let role = match (reach.read_only, reach.pdc_emulator) {
                (true, _) => "read-only: it is never given a password",
                (false, true) => "writable, the PDC emulator",
                (false, false) => "writable",
            };
            let holds = reach.naming_context.clone().unwrap_or_default();
            Safe::from(format!("{holds}, {role}, answers in {}", words::milliseconds(reach.latency)))
        }
        (StageName::Kerberos, _) => "answers for the domain".into(),
        (StageName::Clock, _) => Safe::from(format!("{} against this machine's", words::skew(reach))),
        (StageName::Connection | StageName::Tls | StageName::Certificate, _) => Safe::default(),
    }
}

/// Can a password be proved here, by what the site allows?
fn proves(site: &Site, reach: &Reach) -> bool {
    Candidate::from_reach(reach, site.proof == Proof::Kerberos).is_some()
}

fn judge(found: &mut Findings, site: &Site, (domain, reach): (&Safe, Option<&Reach>)) {
    match reach {
        Some(reach) if reach.read_only => found.add("proof", State::Absent, "read-only, outside the test"),
        Some(reach) if proves(site, reach) => {
            let by = if site.proof == Proof::Kerberos { "Kerberos" } else { words::provable(reach) };
            found.add("proof", State::Fine, format!("a password of {domain} can be proved by {by}"));
        }
        Some(_) | None => {
            found.add("proof", State::Failed, format!("no password of {domain} can be proved here"));
            found.mend("Mend what failed above, or leave this controller to the other ones.");
        }
    }
}

/// By the PDC emulator's word, else by that of the first that told.
fn account(site: &Site, account: &Account, answered: &[Answered<'_>]) -> Vec<Finding> {
    let mut found = Findings::about(About::Account, account.to_string());
    if account.name.ends_with('$') {
        found.add("account", State::No, "a group managed service account: it has no password to change");
        found.mend("List the regular accounts only.");
        return found.all;
    }
    let mut of_it: Vec<(&Controller, &AccountProbe)> = answered
        .iter()
        .flat_map(|one| one.probes.iter().map(move |probe| (one.controller, probe)))
        .filter(|(_, (asked, _))| asked.key() == account.key())
        .filter_map(|(controller, (_, probe))| Some((controller, probe.as_ref().ok()?)))
        .collect();
    of_it.sort_by_key(|(controller, _)| controller.pdc_emulator != Some(true));
    let Some((controller, probe)) = of_it.first() else {
        let why = if site.proof == Proof::Ldap {
            "the site file says not to use Kerberos"
        } else {
            "no controller told it on port 88"
        };
        found.add("account", State::NotAsked, why);
        return found.all;
    };
    let at = &controller.host;
    match &probe.found {
        Found::NoSuchAccount => {
            found.add("account", State::No, format!("{at} knows no such account"));
            found.mend(
                "Compare the name (sAMAccountName) and the domain in the site file with the directory.",
            );
        }
        Found::Closed(Some(code)) => {
            found.add("account", State::No, format!("{at}: {}", code.meaning()));
            found.mend(code.remedy());
        }
        Found::Closed(None) => {
            found.add(
                "account",
                State::Warning,
                format!("{at} lets it not sign in now, and doesn't say why"),
            );
            found.mend("Look whether it is disabled, locked or expired; outside its logon hours it is answered so too.");
        }
        Found::Keys(keys) => found.add("account", State::Fine, format!("exists at {at}; {}", named(keys))),
        Found::NoPreauthentication => {
            found.add(
                "account",
                State::Warning,
                format!("{at} gives it a ticket unasked: anybody may guess its password unseen"),
            );
            found.mend("Have \"Do not require Kerberos preauthentication\" taken off the account.");
        }
    }
    found.all
}

fn named(keys: &Keys) -> &'static str {
    match (keys.aes256, keys.aes128) {
        (true, true) => "AES-256 and AES-128 keys",
        (true, false) => "an AES-256 key",
        (false, true) => "an AES-128 key",
        (false, false) => "no AES key is named",
    }
}
