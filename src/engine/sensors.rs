//! Errands at the sensor servers and their logs: services asked for, sources followed, the mark taken.

mod further_up;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, Receiver};

use crate::clock::Clock;
use crate::directory::{Account, Host};
use crate::logs::source::Unreachable;
use crate::logs::tail::{self, Delivery, Source};
use crate::logs::window::{Load, Loaded, NotLoaded};
use crate::logs::{Position, SourceId};
use crate::sensor::{self, ServiceState};
use crate::text::Safe;
use crate::walkthrough::effect::Ticket;
use crate::walkthrough::event::{self, Event};

use super::{Answer, Engine, Shared, Told, directory};
use further_up::{Ends, FurtherUp};

/// A source that doesn't say where it ends within this time is marked without.
const MARK_PATIENCE: Duration = Duration::from_secs(5);
/// Deliveries of one source that may wait for the loop.
const WAITING: usize = 16;

impl Engine {
    pub(super) fn ask_service(&self, ticket: Ticket, host: Host, service: sensor::Service) {
        let shared = Arc::clone(&self.shared);
        let asked = host.clone();
        let errand = async move {
            let site = &shared.site;
            let server = site.servers.iter().find(|server| server.host == asked);
            let answered = match (site.probe_of(&asked), server) {
                (Some(probe), Some(server)) => shared.prober.ask(probe, server, service).await,
                _ => Err(sensor::ProbeFault::ByHand),
            };
            answered.unwrap_or_else(|fault| ServiceState::Unknown(sensor::Why::Probe(fault)))
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
                let id = source.id;
                let ends = ends(&shared.clock, source).await;
                if let ([], Some((_, missed))) = (&*ends, shared.missed.iter().find(|(of, _)| *of == id)) {
                    missed.a_mark();
                }
                positions.extend(ends);
            }
            let taken = shared.taken.iter().filter_map(|(id, taken)| Some((*id, taken.mark()?)));
            positions.extend(taken);
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
        let turns = Arc::new(Semaphore::new(further_up::AT_ONCE));
        let ends = Ends { clock: self.shared.clock.clone(), out: self.shared.out.clone() };
        let mut watches = self.watches();
        watches.abort_all();
        self.tell_lost(from);
        for source in self.shared.site.sources.clone() {
            let (out, deliveries) = mpsc::channel(WAITING);
            let host = source.host.clone();
            let missed = self.shared.missed.iter().find(|(id, _)| *id == source.id);
            let missed = missed.map(|(_, missed)| missed.clone()).unwrap_or_default();
            let with = (self.shared.clock.clone(), self.shared.site.poll.min(Duration::from_secs(1)));
            let since = from.iter().filter(|(id, _)| *id == source.id).map(|(_, at)| *at).collect();
            watches.spawn(tail::follow((source, since), with, missed, out));
            let further_up = FurtherUp::new(ends.clone(), Arc::clone(&turns));
            watches.spawn(hand_on(Arc::clone(&self.shared), host, (deliveries, Some(further_up))));
        }
        for command in self.shared.site.commands.clone() {
            let Some((_, taken)) = self.shared.taken.iter().find(|(id, _)| *id == command.id) else {
                continue;
            };
            let (out, deliveries) = mpsc::channel(WAITING);
            let host = command.host.clone();
            let with = (self.shared.clock.clone(), self.children.clone());
            watches.spawn(tail::follow_command(command, with, taken.clone(), out));
            // What a command printed before it was followed can't be had again.
            watches.spawn(hand_on(Arc::clone(&self.shared), host, (deliveries, None)));
        }
    }

    /// Reads a piece of a log for the pane, off every other thread.
    pub fn load(&self, load: Load) {
        let shared = Arc::clone(&self.shared);
        let source = shared.site.sources.iter().find(|source| source.id == load.source).cloned();
        let work = shared.clock.work();
        tokio::spawn(async move {
            let got = match source {
                Some(source) => {
                    let reading = tokio::task::spawn_blocking(move || tail::read_piece(&source, load));
                    match shared.clock.timeout(tail::STALLED, reading).await {
                        Ok(Ok(got)) => got,
                        Ok(Err(_)) => Err(Unreachable::Broken.into()),
                        Err(_) => Err(Unreachable::NoAnswer { seconds: tail::STALLED.as_secs() }.into()),
                    }
                }
                None => Err(NotLoaded::Gone(Safe::new("this source"))),
            };
            let _ = shared.out.send(Answer { told: Told::Loaded(Loaded { load, got }), work }).await;
        });
    }

    /// What a command printed meanwhile is gone; so is what stood in a source that the site names no more.
    fn tell_lost(&self, from: &[(SourceId, Position)]) {
        let kept = |id: &SourceId| self.shared.site.sources.iter().any(|source| source.id == *id);
        let gone: BTreeSet<SourceId> = from.iter().map(|(id, _)| *id).filter(|id| !kept(id)).collect();
        for source in gone {
            self.tell(Event::Logs(event::Logs::Lost { source }));
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

async fn hand_on(
    shared: Arc<Shared>,
    host: Safe,
    (mut deliveries, mut further_up): (Receiver<Delivery>, Option<FurtherUp>),
) {
    while let Some(delivery) = deliveries.recv().await {
        let work = shared.clock.work();
        match (&delivery, &mut further_up) {
            (Delivery::State(state), Some(further_up)) => further_up.stand(state.source, &state.files),
            (Delivery::Records(_) | Delivery::Lost(_), _) | (_, None) => {}
        }
        let told = match delivery {
            Delivery::Records(records) => Told::Records(records),
            Delivery::Lost(source) => Told::Event(Box::new(Event::Logs(event::Logs::Lost { source }))),
            Delivery::State(state) => {
                Told::Event(Box::new(Event::Logs(event::Logs::Watched { host: host.clone(), state })))
            }
        };
        if shared.out.send(Answer { told, work }).await.is_err() {
            return;
        }
    }
}
