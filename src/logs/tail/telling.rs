//! Tells the other end what came and how the source stands, and nothing twice.
//!
//! Relies on the clock for the moment at which something came. Deliberately absent: reading.

use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::Delivery;
use crate::clock::{Clock, Instant, Now};
use crate::logs::source::{File, SourceState, State};
use crate::logs::zone::Inference;
use crate::logs::{Record, SourceId};

/// The most records in one delivery.
const BATCH: usize = 500;
/// What was read so long after the look before may have been written long ago, and says nothing of the zone.
const FRESH: Duration = Duration::from_secs(15);

/// One source's voice. Every call returns nothing once nobody listens any more.
pub struct Teller {
    source: SourceId,
    clock: Clock,
    out: Sender<Delivery>,
    told: Option<SourceState>,
    looked: Option<Instant>,
    active: Option<Now>,
    inference: Inference,
}

/// How a source stands after a look at it; without files the ones told last still hold.
pub struct Stand {
    pub state: State,
    pub files: Option<Vec<File>>,
    pub behind: u64,
}

impl From<State> for Stand {
    fn from(state: State) -> Self {
        Self { state, files: None, behind: 0 }
    }
}

impl Teller {
    pub fn new(source: SourceId, clock: Clock, out: Sender<Delivery>) -> Self {
        let inference = Inference::default();
        Self { source, clock, out, told: None, looked: None, active: None, inference }
    }

    /// Returns once nobody listens any more.
    pub async fn closed(&self) {
        self.out.closed().await;
    }

    /// What a look gave.
    pub async fn records(&mut self, records: Vec<Record>) -> Option<()> {
        let now = self.clock.now();
        let fresh = self.looked.replace(now.at).is_some_and(|looked| now.at.since(looked) <= FRESH);
        for record in records.iter().filter(|record| !record.context) {
            self.active = Some(now);
            if let Some(written) = record.time.filter(|_| fresh) {
                self.inference.take(written, now.wall);
            }
        }
        let mut records = records.into_iter().peekable();
        while records.peek().is_some() {
            let batch: Vec<Record> = records.by_ref().take(BATCH).collect();
            self.out.send(Delivery::Records(batch)).await.ok()?;
        }
        Some(())
    }

    /// Something that was to be read is gone.
    pub async fn lost(&self) -> Option<()> {
        self.out.send(Delivery::Lost(self.source)).await.ok()
    }

    pub async fn tell(&mut self, stand: impl Into<Stand>) -> Option<()> {
        let Stand { state, files, behind } = stand.into();
        let told = self.told.as_ref();
        let since = told
            .filter(|told| told.state.is_still(&state))
            .map_or_else(|| self.clock.now(), |told| told.since);
        let files = files.or_else(|| told.map(|told| told.files.clone())).unwrap_or_default();
        let (active, zone) = (self.active, self.inference.zone());
        let now = SourceState { source: self.source, state, files, since, active, behind, zone };
        if told != Some(&now) {
            self.told = Some(now.clone());
            self.out.send(Delivery::State(now)).await.ok()?;
        }
        Some(())
    }
}
