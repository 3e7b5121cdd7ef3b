//! What is due and when, in order.
//!
//! Relies on clock's moments. Pure; whoever owns the clock takes what is due. Two things due at once keep the order
//! in which they were added.

use std::collections::BTreeMap;

use crate::clock::Instant;

/// Something that will happen by itself. Sensors are counted from 0 in the fleet's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A sensor sees that the stored entry has changed.
    Wake { sensor: usize, generation: u64 },
    /// A sensor binds; `last` when it gives up after a refusal.
    Bind { sensor: usize, generation: u64, last: bool },
    /// A sensor writes a routine line.
    Heartbeat { sensor: usize, beat: u64 },
    /// The portal looks at the sensors and opens or closes health issues.
    Review,
}

#[derive(Debug, Default)]
pub struct Agenda {
    due: BTreeMap<(Instant, u64), Happening>,
    added: u64,
}

impl Agenda {
    pub fn add(&mut self, at: Instant, happening: Happening) {
        self.added = self.added.wrapping_add(1);
        self.due.insert((at, self.added), happening);
    }

    pub fn next(&self) -> Option<Instant> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// Takes everything whose time has come.
    pub fn take_due(&mut self, now: Instant) -> Vec<Happening> {
        let later = self.due.split_off(&(now, u64::MAX));
        std::mem::replace(&mut self.due, later).into_values().collect()
    }
}
