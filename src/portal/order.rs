//! Which entries a sensor would try, and in which order: its own domain's, the parent's, a sibling's, then the rest in
//! turn; in each of these a group managed account before a regular one.
//!
//! Source: the product's own description of the fallback order; up to 30 entries. Pure. Deliberately absent: whether an
//! entry works, and whether a sensor came to it, which only its log tells.

use std::cmp::Ordering;

use super::{Entry, Sensor};

#[cfg(test)]
mod tests;

/// How near an entry's domain is to a sensor's, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    Same,
    Parent,
    Sibling,
    /// Nothing is told about the order of these.
    InTurn,
}

/// An entry as one sensor sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried<'a> {
    pub entry: &'a Entry,
    pub nearness: Nearness,
}

impl Tried<'_> {
    /// A gMSA is tried before a regular account that is as near.
    fn place(&self) -> (Nearness, bool) {
        (self.nearness, !self.entry.managed)
    }
}

/// How a sensor stands to one of the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliance {
    /// There is no other entry: a wrong password in this one shows.
    Alone,
    /// Tried first; when it is refused, another may serve the sensor and hide that.
    First,
    /// Perhaps tried first: another is as near, and nothing tells which comes before.
    Undecided,
    /// Others are nearer: as long as one of them works, this one is not used.
    Behind,
    /// The sensor uses no entry at all, or the entry isn't there.
    NotUsed,
}

/// Every entry in the order in which `sensor` would try them; none when it uses no entry.
pub fn tried<'a>(entries: &'a [Entry], sensor: &Sensor) -> Vec<Tried<'a>> {
    if !sensor.uses_entry() {
        return Vec::new();
    }
    let mut tried: Vec<Tried> = entries
        .iter()
        .map(|entry| Tried { entry, nearness: nearness(&sensor.domain, &entry.domain) })
        .collect();
    tried.sort_by_key(Tried::place);
    tried
}

/// How `sensor` stands to the entry of this id. Asked for every sensor of a fleet at each frame: nothing is sorted.
pub fn reliance(entries: &[Entry], sensor: &Sensor, id: &str) -> Reliance {
    let place = |entry| Tried { entry, nearness: nearness(&sensor.domain, &entry.domain) }.place();
    let this = entries.iter().find(|entry| *entry.id == *id).filter(|_| sensor.uses_entry());
    let Some(this) = this.map(place) else { return Reliance::NotUsed };
    let others = entries.iter().filter(|entry| *entry.id != *id).map(place);
    match others.map(|other| other.cmp(&this)).min() {
        None => Reliance::Alone,
        Some(Ordering::Less) => Reliance::Behind,
        Some(Ordering::Equal) => Reliance::Undecided,
        Some(Ordering::Greater) => Reliance::First,
    }
}

/// Of an entry's domain to a sensor's.
fn nearness(sensor: &str, entry: &str) -> Nearness {
    let same = |one: &str, other: &str| !one.is_empty() && one.eq_ignore_ascii_case(other);
    let (sensor, entry) = (sensor.trim_end_matches('.'), entry.trim_end_matches('.'));
    let (above_sensor, above_entry) = (parent(sensor), parent(entry));
    if same(sensor, entry) {
        Nearness::Same
    } else if same(above_sensor, entry) {
        Nearness::Parent
    } else if same(above_sensor, above_entry) {
        Nearness::Sibling
    } else {
        Nearness::InTurn
    }
}

/// The domain above; none above a domain of two labels, whose neighbours under a top level are strangers.
fn parent(domain: &str) -> &str {
    match domain.split_once('.') {
        Some((_, above)) if above.contains('.') => above,
        _ => "",
    }
}
