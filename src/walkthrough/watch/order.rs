//! How the sensors stand to the entry that was saved, among the portal's others. Pure.

use crate::portal::order::{self, Reliance};
use crate::portal::{Entry, Sensor};
use crate::text::Safe;

use super::Watch;

impl Watch {
    /// The portal's entries, of which the one named was saved: another may serve a sensor as well.
    pub fn among(&mut self, entries: &[Entry], saved: &Safe) {
        self.entries = entries.to_vec();
        self.entry = saved.clone();
    }

    /// How a sensor stands to the entry that was saved.
    pub fn reliance(&self, sensor: &Sensor) -> Reliance {
        if self.entries.len() < 2 {
            return Reliance::Alone;
        }
        order::reliance(&self.entries, sensor, &self.entry)
    }
}
