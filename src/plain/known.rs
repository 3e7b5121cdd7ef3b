//! What is known on each step, as lines: the figures, and one by one only what is in trouble. Pure.
//!
//! Relies on `walkthrough::words` for every sentence. No line holds an age: it would be another line a minute later.
//! Deliberately absent: whole tables; a listener wants the counts, and the names of what is wrong.

use crate::text::Safe;
use crate::walkthrough::step::Step;
use crate::walkthrough::watch::Finding;
use crate::walkthrough::words::{self, Truth};
use crate::walkthrough::{Reaching, Saving, Station, Walkthrough};

/// The most names that are told one by one.
pub const MOST: usize = 10;

pub fn lines(walk: &Walkthrough) -> Vec<Safe> {
    let mut lines = match walk.current {
        Step::Portal => portal(walk),
        Step::Configuration => configuration(walk),
        Step::DirectoryServices => directory(walk),
        Step::Password => password(walk),
        Step::Save => save(walk),
        Step::Services => services(walk),
        Step::Sensors => sensors(walk),
    };
    lines.retain(|line| !line.is_empty());
    lines
}

pub fn truth(truth: Truth) -> Safe {
    words::sentence(truth)
}

fn labelled(label: &'static str, what: &str) -> Safe {
    Safe::from(format!("{label}: {what}"))
}

/// The first of them, and how many more there are.
pub fn first(lines: impl Iterator<Item = Safe>) -> Vec<Safe> {
    let mut all: Vec<Safe> = lines.collect();
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    if more > 0 {
        all.push(Safe::from(format!("And {more} more.")));
    }
    all
}

fn portal(walk: &Walkthrough) -> Vec<Safe> {
    let mut lines =
        vec![labelled("Portal", &walk.terms.portal_address), labelled("Sign-in", &words::signed_in_as(walk))];
    if let Some(baseline) = &walk.baseline {
        lines.push(labelled("Baseline", &words::by_status(&baseline.reading)));
        lines.push(labelled("Entries", &words::entries(walk)));
    }
    lines
}

fn configuration(walk: &Walkthrough) -> Vec<Safe> {
    let Some(reading) = &walk.portal.reading else { return vec![words::unread_portal(walk)] };
    let mut lines = vec![
        labelled("Sensors", &words::by_status(reading)),
        labelled("Versions", &words::by_version(reading)),
        labelled("Health", &truth(words::issues(reading))),
        labelled("Directory", &words::entries(walk)),
    ];
    lines.extend(words::warnings(walk).into_iter().map(truth));
    lines
}

fn directory(walk: &Walkthrough) -> Vec<Safe> {
    let mut lines = vec![labelled("Account", &words::account(walk))];
    if walk.entry.is_none() && !walk.entries.is_empty() {
        lines.push(words::entries_order());
    }
    lines.extend(words::fleet_order(walk).into_iter().map(truth));
    lines.extend(words::elsewhere(walk).map(truth));
    lines.extend(first(words::search_troubles(walk).into_iter().map(truth)));
    lines.extend(first(walk.stations.iter().filter_map(station)));
    lines.extend(words::account_found(walk).map(truth));
    lines.extend(first(walk.stations.iter().filter_map(words::controller_trouble).map(truth)));
    lines
}

fn station(station: &Station) -> Option<Safe> {
    let host = &station.host;
    Some(Safe::from(match &station.state {
        Reaching::NotAsked | Reaching::Asking => return None,
        Reaching::Failed(_) => format!("{host}: not reached."),
        Reaching::Reached(reach) => {
            let role = if reach.pdc_emulator { ", PDC emulator" } else { "" };
            format!(
                "{host}{role}: {}, answers in {}; {}.",
                words::provable(reach),
                words::milliseconds(reach.latency),
                words::tls(&reach.tls)
            )
        }
    }))
}

fn password(walk: &Walkthrough) -> Vec<Safe> {
    let mut lines = vec![
        labelled("Account", &words::account(walk)),
        words::guard(walk),
        words::whose_attempts(&walk.terms),
    ];
    lines.extend(words::account_facts(walk, walk.now).into_iter().map(truth));
    if let Some(held) = &walk.acceptance {
        lines.extend(first(held.misgivings.iter().map(words::misgiving)));
    }
    lines
}

/// What to do at the portal, in the order in which it is done there.
fn portal_page(walk: &Walkthrough) -> Vec<Safe> {
    let mut lines: Vec<Safe> =
        words::portal_page(walk).iter().map(|(label, what)| labelled(label, what)).collect();
    lines.push(truth(words::autofill()));
    lines.extend(words::proof_ages(walk, walk.now).filter(|_| walk.secret_gone()).map(truth));
    lines.extend(words::clipboard_offer(walk).map(truth));
    lines.extend(words::since_shown(walk).into_iter().map(truth));
    lines
}

fn save(walk: &Walkthrough) -> Vec<Safe> {
    if walk.handed_over() {
        return portal_page(walk);
    }
    let mut lines =
        vec![labelled("Account", &words::account(walk)), labelled("Goes to", &words::goes_to(walk))];
    if walk.issuer.is_some() {
        lines.push(labelled("Vouched by", &words::issuer(walk)));
    }
    if let Some(held) = walk.acceptance.as_ref().filter(|_| walk.saving == Saving::NotBegun) {
        lines.push(labelled("Proof", words::proof(held.proof)));
        lines.extend(first(held.misgivings.iter().map(words::misgiving)));
    }
    lines.push(labelled("Reaches", &words::reaches(walk)));
    lines.extend(words::second_person(walk).map(|one| labelled("Approved", &truth(one))));
    lines.push(words::no_way_back(walk));
    lines
}

fn services(walk: &Walkthrough) -> Vec<Safe> {
    let open = || walk.services.iter().filter(|row| row.open());
    let mut lines =
        first(open().map(|row| Safe::from(format!("{}: {}.", row.server.host, words::service_of(row)))));
    lines.extend(words::services_known(walk).into_iter().map(truth));
    let troubled = open().map(words::service_trouble).find(|told| !told.is_empty());
    lines.extend(troubled.into_iter().flatten().map(truth));
    if let Some(row) = open().find(|row| !words::start_commands(row).is_empty()) {
        lines.push(words::start_by_hand(walk, row));
        lines.extend(words::start_commands(row));
        lines.push(words::start_in_order());
    }
    lines
}

fn sensors(walk: &Walkthrough) -> Vec<Safe> {
    let mut lines: Vec<Safe> = words::watch_so_far(walk, walk.now).map(truth).into_iter().collect();
    lines.extend(walk.watch.as_ref().and_then(words::first_sign).map(truth));
    lines.extend(first(in_trouble(walk).into_iter().map(|(host, finding)| found(&host, finding))));
    lines.extend(words::credential_issues(walk).into_iter().map(truth));
    lines.extend(words::missing_from_verdict(walk).into_iter().map(truth));
    lines
}

pub fn found(host: &Safe, finding: Finding) -> Safe {
    Safe::from(format!("{host}: {}.", words::finding(finding)))
}

/// Sensors of which something is held against the save.
pub fn in_trouble(walk: &Walkthrough) -> Vec<(Safe, Finding)> {
    let Some(watch) = &walk.watch else { return Vec::new() };
    walk.sensors()
        .iter()
        .map(|sensor| (sensor.host.clone(), watch.finding(sensor)))
        .filter(|(_, finding)| matches!(finding, Finding::Refused | Finding::Suspected | Finding::Trouble))
        .collect()
}

/// In one line; a host is named only where few are meant.
pub fn in_trouble_now(hosts: &[Safe]) -> Safe {
    let named: Vec<&str> = hosts.iter().take(3).map(Safe::as_str).collect();
    match (hosts.len(), hosts.len().saturating_sub(named.len())) {
        (0, _) => Safe::new("No sensor is in trouble any more."),
        (_, 0) => Safe::from(format!("In trouble: {}.", named.join(", "))),
        (_, more) => Safe::from(format!("In trouble: {} and {more} more.", named.join(", "))),
    }
}
