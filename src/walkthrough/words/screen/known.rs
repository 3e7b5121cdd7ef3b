//! What is known of each step's matter, in a line: the baseline, the account, the proof, the watch; and why a table is
//! still empty.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::clock::Now;
use crate::directory::Tls;
use crate::portal::{Fault, Reading};
use crate::text::Safe;
use crate::walkthrough::fact::ProofWord;
use crate::walkthrough::watch::Finding;
use crate::walkthrough::{Reaching, SigningIn, Station, Walkthrough};

use super::{Truth, age_of, counted, left_of, safe};

pub fn sign_in_trouble(fault: &Fault) -> Safe {
    safe(format!("The last question whether it was entered got no answer: {fault}. It is asked again."))
}

pub fn baseline(walk: &Walkthrough) -> Safe {
    match (&walk.baseline, &walk.signing_in) {
        (Some(read), _) if walk.has_older_baseline() => {
            safe(format!("on record; now {}", super::by_status(&read.reading)))
        }
        (None, _) if walk.has_older_baseline() => Safe::new("on record, from before the walk was taken up"),
        (Some(baseline), _) => {
            let at = age_of(baseline.at.at, walk.now.at);
            safe(format!("{} (read: {at})", super::by_status(&baseline.reading)))
        }
        (None, _) if walk.offered().is_some() => Safe::new("of the walk that was left: on its record"),
        (None, SigningIn::SignedIn { .. }) => Safe::new("being read"),
        (None, SigningIn::Without) => Safe::new("none: the portal's interface is not used"),
        (None, _) => Safe::new("not read yet; it is read before anything changes"),
    }
}

/// The entries in the order in which sensors try them.
pub fn entries(walk: &Walkthrough) -> Safe {
    let names: Vec<String> = walk
        .entries
        .iter()
        .map(|entry| {
            format!("{} in {}{}", entry.account, entry.domain, if entry.managed { " (gMSA)" } else { "" })
        })
        .collect();
    match names.len() {
        0 => Safe::new("not read yet"),
        1 => safe(format!("1 entry: {}", names.join(""))),
        count => safe(format!("{count} entries: {}", names.join(", "))),
    }
}

pub fn entries_order() -> Safe {
    Safe::new(
        "Sensors try their own domain first, then its parent, a sibling, the rest; in each a gMSA first.",
    )
}

pub fn unread_portal(walk: &Walkthrough) -> Safe {
    match walk.signing_in {
        SigningIn::Without => Safe::new(
            "The portal's interface is not used. Look at Settings, Identities in your own browser: Sensors, Health issues, Directory service accounts.",
        ),
        SigningIn::NotBegun | SigningIn::Requesting | SigningIn::Waiting(_) | SigningIn::SignedIn { .. } => {
            Safe::new("Sensors, health issues and entries will stand here once the portal is read.")
        }
    }
}

/// Open issues that concern a credential, and how many there are in all.
pub fn issues(reading: &Reading) -> Truth {
    let open = reading.issues.iter().filter(|issue| issue.open()).count();
    let credential = reading.issues.iter().filter(|issue| issue.open() && issue.about_credential()).count();
    match credential {
        0 => Truth::Good(safe(format!("no open issue about a credential, {open} in all"))),
        _ => Truth::Warn(safe(format!("{credential} open about a credential, {open} in all"))),
    }
}

/// How old the last reading is, and how often there is a new one; beyond three polls it is stale.
pub fn read_age(walk: &Walkthrough, now: Now) -> Truth {
    let Some(read) = walk.portal.read_at else { return Truth::Plain(Safe::new("not yet")) };
    let age = read_at(walk, read, now);
    if stale(walk, now) {
        Truth::Warn(safe(format!("{age}; stale")))
    } else {
        Truth::Plain(safe(format!("{age}; again every {}", every(walk))))
    }
}

/// The same beside a table, and whether it is stale; without the rhythm where there is no room for it.
pub fn read_short(walk: &Walkthrough, now: Now, roomy: bool) -> Option<(bool, Safe)> {
    let read = walk.portal.read_at?;
    let age = read_at(walk, read, now);
    if stale(walk, now) {
        return Some((true, safe(format!(" stale: {age} ·"))));
    }
    let ago = if age.as_str() == "now" { "" } else { " ago" };
    let rhythm = if roomy { format!(", every {}", every(walk)) } else { String::new() };
    Some((false, safe(format!(" read {age}{ago}{rhythm} ·"))))
}

fn every(walk: &Walkthrough) -> Safe {
    match walk.terms.poll.as_secs() {
        seconds @ 0..120 => safe(format!("{seconds} s")),
        seconds => safe(format!("{} min", seconds.div_euclid(60))),
    }
}

/// Beside the figures that every step shows: how old they are, and when they are read next where that failed.
pub fn read_beside(walk: &Walkthrough, now: Now) -> Vec<Truth> {
    let Some(read) = walk.portal.read_at else { return Vec::new() };
    let age = read_at(walk, read, now);
    let told = match (stale(walk, now), age.as_str()) {
        (true, _) => Truth::Warn(safe(format!("stale: {age}"))),
        (false, "now") => Truth::Plain(Safe::new("read now")),
        (false, _) => Truth::Plain(safe(format!("read {age} ago"))),
    };
    let next = walk.portal.next_poll.filter(|_| walk.portal.fault.is_some());
    let next = next.and_then(|next| now.wall.checked_add(next.since(now.at)).ok());
    let again = next.map(|next| Truth::Warn(safe(format!("again {}", super::super::clock_second(next)))));
    std::iter::once(told).chain(again).collect()
}

/// As fresh as it can be is *now*: a screen that changed at every poll would never be idle.
fn read_at(walk: &Walkthrough, read: Now, now: Now) -> Safe {
    let limit = walk.terms.poll.saturating_mul(2).min(std::time::Duration::from_mins(1));
    let age = now.at.since(read.at);
    match age_of(read.at, now.at) {
        _ if age < limit => Safe::new("now"),
        // Where it is read every second, a few of them are old.
        coarse if coarse.as_str() == "now" => Safe::new("<15 s"),
        coarse => coarse,
    }
}

fn stale(walk: &Walkthrough, now: Now) -> bool {
    walk.portal.read_at.is_some_and(|read| now.at.since(read.at) > walk.terms.poll.saturating_mul(3))
}

pub fn no_controllers() -> Safe {
    Safe::new("The domain's controllers will stand here once an entry is chosen.")
}

pub fn reached_so_far(walk: &Walkthrough) -> Option<Safe> {
    let asking = walk.stations.iter().filter(|station| station.state == Reaching::Asking).count();
    let done = walk.stations.len().saturating_sub(asking);
    (asking > 0).then(|| safe(format!("{done} of {} asked.", walk.stations.len())))
}

pub fn certificate(tls: &Tls) -> Safe {
    match tls {
        Tls::Verified { until, .. } => super::day(*until),
        Tls::NoServerCertificate => Safe::new("no certificate"),
        Tls::Failed(_) => Safe::new("not trusted"),
    }
}

/// What finding the domain's controllers ran into: there may be more of them than are shown.
pub fn search_troubles(walk: &Walkthrough) -> Vec<Truth> {
    walk.terms.search_faults.iter().cloned().map(Truth::Warn).collect()
}

/// What is wrong with a controller, and what to do about it.
pub fn controller_trouble(station: &Station) -> Option<Truth> {
    let host = &station.host;
    match &station.state {
        Reaching::Failed(fault) => Some(Truth::Warn(safe(format!("{host}: {fault}. {}", fault.remedy())))),
        Reaching::Reached(reach) if !reach.own_domain => Some(Truth::Warn(safe(format!(
            "{host} holds {}, not the account's domain.",
            reach.naming_context.clone().unwrap_or_default()
        )))),
        Reaching::Reached(reach) => match &reach.tls {
            Tls::Failed(fault) => Some(Truth::Warn(safe(format!("{host}: {fault}. {}", fault.remedy())))),
            _ if reach.skew.as_secs().abs() > 120 => Some(Truth::Warn(safe(format!(
                "{host}'s clock differs by {}; beyond 5 minutes Kerberos fails.",
                super::skew(reach)
            )))),
            Tls::NoServerCertificate if !reach.read_only => Some(Truth::Plain(safe(format!(
                "{host} has no server certificate, which is common; no password is sent to it over LDAP."
            )))),
            Tls::NoServerCertificate | Tls::Verified { .. } => None,
        },
        Reaching::NotAsked | Reaching::Asking => None,
    }
}

pub fn account(walk: &Walkthrough) -> Safe {
    walk.account().map_or_else(|| Safe::new("no entry is chosen yet"), |account| safe(account.to_string()))
}

/// Why a controller has no time to show.
pub fn not_answering(walk: &Walkthrough, host: &Safe) -> Safe {
    let station = walk.stations.iter().find(|station| station.host == *host);
    match station.map(|station| &station.state) {
        Some(Reaching::Failed(fault)) => safe(fault.to_string()),
        Some(Reaching::Reached(reach)) => super::milliseconds(reach.latency),
        _ => Safe::default(),
    }
}

/// The coarse age of a time on the wall.
pub fn age_at(at: Timestamp, now: Timestamp) -> Safe {
    safe(super::super::coarse(std::time::Duration::try_from(now.duration_since(at)).unwrap_or_default()))
}

/// Where the password is sent, or who takes it there.
pub fn goes_to(walk: &Walkthrough) -> Safe {
    if walk.terms.hand_off {
        return Safe::new("the portal, by your own hand");
    }
    walk.terms.save_host.clone()
}

pub fn issuer(walk: &Walkthrough) -> Safe {
    walk.issuer.clone().unwrap_or_else(|| Safe::new("its certificate is being read"))
}

/// The proof that the save rests on, and its age.
pub fn proof_held(walk: &Walkthrough, now: Now) -> Truth {
    let Some(held) = &walk.acceptance else {
        return Truth::Bad(Safe::new("none: no tested password is at hand"));
    };
    let words = super::proof(held.proof);
    let age = age_of(held.at.at, now.at);
    let done = if held.proof == ProofWord::Untested { "typed" } else { "tested" };
    let tested = if age.as_str() == "now" { format!("{done} just now") } else { format!("{done} {age} ago") };
    let sentence = safe(format!("{words}, {tested}"));
    if held.overridden {
        return Truth::Warn(safe(format!("{sentence}; past what is below by your reason")));
    }
    match held.proof {
        ProofWord::CurrentByKerberos | ProofWord::CurrentByAge => Truth::Good(sentence),
        ProofWord::CurrentElsewhere
        | ProofWord::PerhapsPrevious
        | ProofWord::RestrictedHere
        | ProofWord::Untested => Truth::Warn(sentence),
    }
}

pub fn reaches(walk: &Walkthrough) -> Safe {
    match &walk.baseline {
        Some(baseline) => {
            let users = baseline.reading.sensors.iter().filter(|sensor| sensor.uses_entry()).count();
            let all = counted(baseline.reading.sensors.len(), "sensor", "sensors");
            safe(format!("{all}; {users} may use the entry"))
        }
        None => Safe::new("not known: the sensors were not read"),
    }
}

pub fn no_way_back(walk: &Walkthrough) -> Safe {
    if walk.saved() {
        return Safe::new("The old password is gone from the portal; the way back is another save.");
    }
    Safe::new(
        "Once it is saved the portal forgets the old password; the sensors go over as each next authenticates.",
    )
}

/// What is left of a watch without a verdict, in the few columns of a rail. Until a walk that was taken up is at the portal
/// again, nothing of it passes.
pub fn watch_left(walk: &Walkthrough, now: Now) -> Vec<Safe> {
    let Some(watch) = walk.watch.as_ref() else { return Vec::new() };
    let waits = walk.goes_on_at().is_some();
    let left = left_of(watch.until.since(if waits { watch.saved_at.at } else { now.at }));
    let waits = waits.then(|| Safe::new("after the sign-in"));
    std::iter::once(safe(format!("{left} of watch"))).chain(waits).collect()
}

/// What is left of the watch, and what was found so far.
pub fn watch_so_far(walk: &Walkthrough, now: Now) -> Option<Truth> {
    let watch = walk.watch.as_ref()?;
    let mut counts: BTreeMap<Finding, usize> = BTreeMap::new();
    for sensor in walk.sensors() {
        let count = counts.entry(watch.finding(sensor)).or_default();
        *count = count.saturating_add(1);
    }
    let mut parts = Vec::new();
    for finding in [
        Finding::Refused,
        Finding::Suspected,
        Finding::Trouble,
        Finding::NotObserved,
        Finding::TookIt,
        Finding::RunningNoRefusal,
        Finding::DoesNotUse,
    ] {
        if let Some(count) = counts.get(&finding) {
            parts.push(format!("{count} {}", super::finding_short(finding)));
        }
    }
    let found = if parts.is_empty() { "nothing observed yet".to_owned() } else { parts.join(", ") };
    let sentence = match &watch.verdict {
        Some(verdict) => safe(format!("{}: {found}", super::super::verdict_word(verdict.word))),
        None => safe(format!("{} left: {found}", left_of(watch.until.since(now.at)))),
    };
    Some(if watch.refused() {
        Truth::Bad(sentence)
    } else if watch.suspected() {
        Truth::Warn(sentence)
    } else {
        Truth::Plain(sentence)
    })
}

pub fn no_sensors(walk: &Walkthrough) -> Safe {
    match walk.signing_in {
        SigningIn::Without => {
            Safe::new("The portal's interface is not used: look at the Sensors page in your browser.")
        }
        SigningIn::NotBegun | SigningIn::Requesting | SigningIn::Waiting(_) | SigningIn::SignedIn { .. } => {
            Safe::new("The sensors will stand here once the portal is read.")
        }
    }
}

/// What kept the verdict from being *confirmed*, beyond what its sentence already says.
pub fn missing_from_verdict(walk: &Walkthrough) -> Vec<Truth> {
    let verdict = walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
    let missing = verdict.map(|verdict| verdict.missing.as_slice()).unwrap_or_default();
    missing.iter().skip(1).take(3).map(|one| Truth::Warn(super::super::missing(one))).collect()
}
