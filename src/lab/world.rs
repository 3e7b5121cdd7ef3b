//! The state of the lab: the directory, the stored credential entry, the sensors and what is due next.
//!
//! Relies on the scenario and on moments handed in. Pure: nothing is sent, read, or asked of a clock, and the same
//! scenario with the same moments always gives the same world. Deliberately absent: every protocol.

use std::collections::HashSet;

use crate::clock::Now;

use super::scenario::{AtStart, Scenario};

pub mod account;
pub mod agenda;
pub mod directory;
pub mod entry;
pub mod fleet;
pub mod kerberos;
pub mod remedy;
pub mod tree;

use agenda::{Agenda, Happening};
use directory::Directory;
use entry::StoredEntry;
use fleet::Fleet;

pub const DOMAIN: &str = "contoso.test";
pub const NETBIOS: &str = "CONTOSO";
pub const BASE: &str = "DC=contoso,DC=test";
pub const WORKSPACE: &str = "contoso-corp";
/// The account that the entry names.
pub const ACCOUNT: &str = "svc-mdi";
/// The account that it names instead where that is group managed.
pub const MANAGED_ACCOUNT: &str = "gmsa-mdi$";
/// The account that may read the policy.
pub const READER: &str = "svc-reader";
pub const READER_PASSWORD: &str = "Lab-Reader-2026!";
pub const RIGHT_PASSWORD: &str = "Lab-Pass-2026!";
pub const PREVIOUS_PASSWORD: &str = "Lab-Pass-2025!";
pub const OLDER_PASSWORD: &str = "Lab-Pass-2024!";
/// What someone saved by mistake: the letter O for the digit.
pub const WRONG_PASSWORD: &str = "Lab-Pass-2O26!";
/// Who signs in.
pub const OPERATOR: &str = "ana@contoso.test";

/// The whole of it.
pub struct World {
    pub scenario: Scenario,
    pub directory: Directory,
    pub entry: StoredEntry,
    pub fleet: Fleet,
    pub agenda: Agenda,
    /// Local ports of connections that sensors made.
    pub sensor_ports: HashSet<u16>,
}

impl World {
    /// The world as the scenario has it at `now`. `right` replaces the right password.
    pub fn new(scenario: &Scenario, right: Option<&str>, now: Now) -> Self {
        let directory = Directory::new(&scenario.directory, right.unwrap_or(RIGHT_PASSWORD), now.wall);
        let mut fleet = Fleet::new(scenario, now.wall);
        let mut agenda = Agenda::default();
        if scenario.fleet.at_start == AtStart::Stopped {
            fleet.stop_all(now.wall);
        }
        plan_start(scenario, &fleet, &mut agenda, now);
        Self {
            entry: StoredEntry::new(&scenario.portal, now.wall),
            scenario: scenario.clone(),
            directory,
            fleet,
            agenda,
            sensor_ports: HashSet::new(),
        }
    }

    /// Whether the sensors would be let in with what is stored.
    pub fn stored_is_right(&self) -> bool {
        self.directory.is_current(self.entry.account(), self.entry.password())
    }

    /// A new entry was stored: every sensor that uses it will wake in a while of its own.
    pub fn entry_changed(&mut self, now: Now) {
        let generation = self.entry.generation();
        for (sensor, delay) in self.fleet.wakes(generation) {
            self.agenda.add(now.at.after(delay), Happening::Wake { sensor, generation });
        }
    }
}

fn plan_start(scenario: &Scenario, fleet: &Fleet, agenda: &mut Agenda, now: Now) {
    if scenario.fleet.at_start == AtStart::Bind {
        for sensor in fleet.using_entry() {
            agenda.add(now.at, Happening::Bind { sensor, generation: 0, last: false });
        }
    }
    for sensor in 0..fleet.logging() {
        agenda.add(now.at.after(fleet.heartbeat(sensor, 0)), Happening::Heartbeat { sensor, beat: 0 });
    }
}
