//! Errands at the sensor servers and their logs: services asked for, sources followed, the mark taken.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver};

use crate::clock::Clock;
use crate::directory::{Account, Host};
use crate::logs::tail::{self, Delivery, Source, State};
use crate::logs::{Position, SourceId};
use crate::sensor::{self, ServiceState};
use crate::text::Safe;
use crate::walkthrough::effect::Ticket;
use crate::walkthrough::event::{self, Event};

use super::{Answer, Engine, Shared, Told, directory};

/// A source that doesn't say where it ends within this time is marked without.
const MARK_PATIENCE: Duration = Duration::from_secs(5);
/// Deliveries of one source that may wait for the loop.
const WAITING: usize = 16;

impl Engine {
    pub(super) fn ask_service(&self, ticket: Ticket, host: Host, service: sensor::Service) {
        let shared = Arc::clone(&self.shared);
        let asked = host.clone();
        let errand = async move {
            let server = shared.site.servers.iter().find(|server| server.host == asked);
            match (&shared.prober, server) {
                (Some(prober), Some(server)) => prober
                    .ask(server, service)
                    .await
                    .unwrap_or_else(|fault| ServiceState::Unknown(sensor::Why::Probe(fault))),
                _ => ServiceState::Unknown(sensor::Why::Probe(sensor::ProbeFault::NoCommand)),
            }
        };
        self.run(errand, move |ended| {
            let failed = |why| ServiceState::Unknown(sensor::Why::Probe(sensor::ProbeFault::Cut(why)));
            let state = ended.unwrap_or_else(failed);
            Event::Sensor(ticket, event::Sensor::ServiceAnswered { host, service, state })
        });
    }

    /// Where every source ends now, what the PDC emulator counts, and a fresh Change-Id.
    pub(super) fn mark(&self, ticket: Ticket, reader: Option<(Host, Account)>) {
        let shared = Arc::clone(&self.shared);
        let errand = async move {
            let mut positions = Vec::new();
            for source in shared.site.sources.clone() {
                positions.extend(ends(&shared.clock, source).await);
            }
            let count = match reader {
                Some((host, account)) => directory::bad_password_count(&shared, host, &account).await,
                None => None,
            };
            (positions, count)
        };
        self.run(errand, move |ended| {
            let (positions, bad_password_count) = ended.unwrap_or_default();
            let change = change_id();
            Event::Logs(event::Logs::Marked { ticket, positions, bad_password_count, change })
        });
    }

    /// Follows every source until the engine is dropped, in place of what was followed before. From these places on
    /// what a source gained is news, however long ago.
    pub(super) fn follow(&self, from: &[(SourceId, Position)]) {
        let sources = &self.shared.site.sources;
        let mut watches = self.watches();
        watches.abort_all();
        let gone: BTreeSet<SourceId> =
            from.iter().map(|(id, _)| *id).filter(|id| sources.iter().all(|one| one.id != *id)).collect();
        for source in gone {
            // The site names it no more.
            self.tell(Event::Logs(event::Logs::Lost { source }));
        }
        for source in sources.clone() {
            let (out, deliveries) = mpsc::channel(WAITING);
            let host = source.host.clone();
            let (clock, poll) =
                (self.shared.clock.clone(), self.shared.site.poll.min(Duration::from_secs(1)));
            let from: Vec<Position> =
                from.iter().filter(|(id, _)| *id == source.id).map(|(_, at)| *at).collect();
            watches.spawn(tail::follow((source, from), clock, poll, out));
            watches.spawn(hand_on(Arc::clone(&self.shared), host, deliveries));
        }
    }
}

async fn ends(clock: &Clock, source: Source) -> Vec<(SourceId, Position)> {
    let id = source.id;
    let looked = tokio::task::spawn_blocking(move || tail::ends(&source));
    match clock.timeout(MARK_PATIENCE, looked).await {
        Ok(Ok(Ok(files))) => files.into_iter().map(|file| (id, file.at)).collect(),
        _ => Vec::new(),
    }
}

/// 128 random bits in hexadecimal; names this save and no other.
fn change_id() -> Safe {
    let mut bits = [0_u8; 16];
    if getrandom::fill(&mut bits).is_err() {
        // Without randomness the id could be another save's; an empty one is refused before anything is sent.
        return Safe::default();
    }
    Safe::from(format!("{:032x}", u128::from_be_bytes(bits)))
}

async fn hand_on(shared: Arc<Shared>, host: Safe, mut deliveries: Receiver<Delivery>) {
    while let Some(delivery) = deliveries.recv().await {
        let work = shared.clock.work();
        let told = match delivery {
            Delivery::Records(records) => Told::Records(records),
            Delivery::Lost(source) => Told::Event(Box::new(Event::Logs(event::Logs::Lost { source }))),
            Delivery::State(state) => Told::Event(Box::new(Event::Logs(event::Logs::Watched {
                source: state.source,
                host: host.clone(),
                readable: state.state == State::Following,
            }))),
        };
        if shared.out.send(Answer { told, work }).await.is_err() {
            return;
        }
    }
}
