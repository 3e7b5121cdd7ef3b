//! Which entries the sensors would try, in words: for the fleet on step 3, for one sensor in its detail.
//!
//! Relies on the portal's order. Deliberately absent: whether an entry works.

use std::collections::BTreeMap;

use crate::portal::order::{self, Nearness, Reliance, Tried};
use crate::portal::{Entry, Sensor};
use crate::text::Safe;
use crate::walkthrough::Walkthrough;

use super::{Truth, counted, safe};

/// Named in one line; the rest are counted.
const NAMED: usize = 3;

/// How the fleet stands to the chosen entry; nothing where it is the only one.
pub fn fleet_order(walk: &Walkthrough) -> Vec<Truth> {
    let (Some(entry), true) = (&walk.entry, walk.entries.len() > 1) else { return Vec::new() };
    let mut by: BTreeMap<Place, usize> = BTreeMap::new();
    for sensor in walk.sensors() {
        let place = place(order::reliance(&walk.entries, sensor, &entry.id));
        let count = by.entry(place).or_default();
        *count = count.saturating_add(1);
    }
    let count = |place: Place| by.get(&place).copied().unwrap_or_default();
    let parts: Vec<String> = [
        (Place::First, "would try it first"),
        (Place::Undecided, "may try it first, another is as near"),
        (Place::Behind, "would try another entry before it"),
        (Place::NotUsed, "would use none"),
    ]
    .into_iter()
    .filter(|(place, _)| count(*place) > 0)
    .map(|(place, what)| format!("{} {what}", count(place)))
    .collect();
    let mut truths = Vec::new();
    if !parts.is_empty() {
        truths.push(Truth::Plain(safe(format!("Of the sensors {}.", parts.join("; ")))));
    }
    if count(Place::First).saturating_add(count(Place::Undecided)) > 0 || by.is_empty() {
        truths.push(Truth::Warn(masked(&others(&walk.entries, &entry.id))));
    } else if count(Place::Behind) > 0 {
        truths.push(Truth::Warn(Safe::new(
            "No sensor would try this entry first: whether they run says nothing about its password.",
        )));
    }
    truths
}

/// Another entry may serve a sensor that this one's password would have stopped.
fn masked(others: &[&Entry]) -> Safe {
    let names: Vec<String> = others.iter().take(NAMED).map(|entry| named(entry)).collect();
    let more = match others.len().saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {}", counted(more, "entry more", "entries more")),
    };
    safe(format!(
        "A wrong password here could stay hidden: a sensor that is refused goes on with {}{more}.",
        names.join(", ")
    ))
}

/// For a sensor's detail: the entries in their order, and what that means for the one that is changed.
pub fn sensor_order(walk: &Walkthrough, sensor: &Sensor) -> Vec<(&'static str, Safe)> {
    let tried = order::tried(&walk.entries, sensor);
    if tried.is_empty() {
        return Vec::new();
    }
    let named: Vec<String> =
        (1..).zip(&tried).map(|(number, one)| format!("{number}. {}", tried_as(one))).collect();
    let mut whole = vec![("Would try", safe(named.join("; ")))];
    if let Some(entry) = &walk.entry {
        let reliance = order::reliance(&walk.entries, sensor, &entry.id);
        whole.push(("This entry", Safe::new(relied_on(reliance))));
    }
    whole
}

fn tried_as(one: &Tried<'_>) -> String {
    let near = match one.nearness {
        Nearness::Same => "own domain",
        Nearness::Parent => "parent domain",
        Nearness::Sibling => "sibling domain",
        Nearness::InTurn => "in turn",
    };
    format!("{} ({near})", named(one.entry))
}

fn relied_on(reliance: Reliance) -> &'static str {
    match reliance {
        Reliance::Alone => "the only one: a wrong password shows",
        Reliance::First => "tried first; when it is refused, another may hide that",
        Reliance::Undecided => "perhaps tried first; another is as near and may hide a refusal",
        Reliance::Behind => "not tried while one before it works",
        Reliance::NotUsed => "not used there",
    }
}

fn named(entry: &Entry) -> String {
    format!("{} in {}{}", entry.account, entry.domain, if entry.managed { " (gMSA)" } else { "" })
}

fn others<'a>(entries: &'a [Entry], id: &str) -> Vec<&'a Entry> {
    entries.iter().filter(|entry| *entry.id != *id).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    First,
    Undecided,
    Behind,
    NotUsed,
}

fn place(reliance: Reliance) -> Place {
    match reliance {
        Reliance::Alone | Reliance::First => Place::First,
        Reliance::Undecided => Place::Undecided,
        Reliance::Behind => Place::Behind,
        Reliance::NotUsed => Place::NotUsed,
    }
}
