//! The sensors at work: they take what is due from the agenda, bind, write their logs, run or stop.
//!
//! Relies on the world for what is due and on the clock for when. While a sensor acts the clock's work is held, and
//! it is handed on until what follows stands in the agenda. Deliberately absent: any decision; the world makes them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::logfile::{Said, said};
use super::world::World;
use super::world::agenda::Happening;
use super::world::fleet::Bound;
use super::{Shared, service, world};
use crate::clock::Work;

mod line;

pub use line::Lines;

/// From waking to binding.
const SYNCING: Duration = Duration::from_millis(400);
/// From one refusal to the last try.
const RETRY: Duration = Duration::from_secs(1);
/// From the last try to what the portal makes of it.
const REVIEW: Duration = Duration::from_millis(700);
/// From finding no controller to looking again.
const AGAIN: Duration = Duration::from_secs(5);

/// Plays the agenda until dropped.
pub async fn play(shared: Arc<Shared>, lines: Arc<Lines>, mut nudged: UnboundedReceiver<Work>) {
    let mut binds = JoinSet::new();
    let mut held: Option<Work> = None;
    loop {
        let next = shared.world().agenda.next();
        let wait = async {
            match next {
                Some(at) => shared.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            nudge = nudged.recv() => match nudge {
                Some(work) => {
                    held = Some(work);
                    continue;
                }
                None => return,
            },
            () = wait => {}
            // Polled last, so what was handed on is let go only once the next wake-up is known to the clock.
            () = let_go(&mut held) => {}
        }
        let work = shared.clock.work();
        while binds.try_join_next().is_some() {}
        let due = shared.world().agenda.take_due(shared.clock.now().at);
        for happening in due {
            match happening {
                Happening::Bind { sensor, generation, last } => {
                    let (shared, lines) = (Arc::clone(&shared), Arc::clone(&lines));
                    let work = shared.clock.work();
                    binds.spawn(async move {
                        bind(&shared, &lines, Try { sensor, generation, last }).await;
                        shared.nudge(work);
                    });
                }
                other => happen(&shared, other),
            }
        }
        held = Some(work);
    }
}

async fn let_go(held: &mut Option<Work>) {
    drop(held.take());
    std::future::pending::<()>().await;
}

fn happen(shared: &Shared, happening: Happening) {
    let now = shared.clock.now();
    let mut world = shared.world();
    match happening {
        Happening::Wake { sensor, generation } if generation == world.entry.generation() => {
            world.fleet.wake(sensor);
            let bind = Happening::Bind { sensor, generation, last: false };
            world.agenda.add(now.at.after(SYNCING), bind);
            tell(shared, &world, sensor, &[Said::Woke]);
        }
        Happening::Heartbeat { sensor, beat } => {
            let beat = beat.wrapping_add(1);
            let next = now.at.after(world.fleet.heartbeat(sensor, beat));
            world.agenda.add(next, Happening::Heartbeat { sensor, beat });
            let runs = world
                .fleet
                .sensors
                .get(sensor)
                .is_some_and(|one| one.service == world::fleet::Service::Running);
            if runs {
                tell(shared, &world, sensor, &[Said::Heartbeat { beat: beat.wrapping_add(sensor as u64) }]);
            }
        }
        Happening::Review => {
            world.fleet.review(now.wall);
        }
        Happening::Wake { .. } | Happening::Bind { .. } => {}
    }
}

struct Try {
    sensor: usize,
    generation: u64,
    last: bool,
}

async fn bind(shared: &Shared, lines: &Lines, attempt: Try) {
    let Try { sensor, generation, last } = attempt;
    let (preferred, principal, password) = {
        let world = shared.world();
        if world.entry.generation() != generation {
            return;
        }
        let principal = format!("{}@{}", world.entry.account(), world.entry.domain());
        let password = zeroize::Zeroizing::new(world.entry.password().to_owned());
        (world.fleet.preferred(sensor, &world.directory), principal, password)
    };
    let mut ended = Vec::new();
    for controller in preferred {
        let bound = lines.bind(controller, &principal, &password).await;
        let settled = !matches!(bound, Bound::Unreachable { .. });
        ended.push(bound);
        if settled {
            break;
        }
    }
    let now = shared.clock.now();
    let mut world = shared.world();
    let mut told: Vec<Said> = ended.iter().cloned().map(Said::Bound).collect();
    let again = |last| Happening::Bind { sensor, generation, last };
    match ended.last() {
        // Whatever this bind said, it was about an entry that is no longer stored.
        _ if world.entry.generation() != generation => {}
        Some(Bound::Accepted { .. }) => {
            world.fleet.accepted(sensor);
            world.agenda.add(now.at.after(REVIEW), Happening::Review);
        }
        Some(Bound::Refused { controller, .. }) if last => {
            told.push(Said::GaveUp { controller: controller.clone() });
            world.fleet.gave_up(sensor);
            world.agenda.add(now.at.after(REVIEW), Happening::Review);
        }
        Some(Bound::Refused { .. }) => world.agenda.add(now.at.after(RETRY), again(true)),
        Some(Bound::Unreachable { .. }) | None => world.agenda.add(now.at.after(AGAIN), again(last)),
    }
    tell(shared, &world, sensor, &told);
}

/// Writes what a sensor tells, and the state its services are in.
fn tell(shared: &Shared, world: &World, index: usize, told: &[Said]) {
    let Some(sensor) = world.fleet.sensors.get(index) else { return };
    let now = shared.clock.now().wall;
    // A full disk takes the lab's logs, as it would take a sensor's; the console then sees no record.
    if index < world.fleet.logging() {
        let records: Vec<_> = told.iter().flat_map(|what| said(what, now)).collect();
        let _ = shared.logs.append(sensor, &records);
    }
    if told.iter().any(|what| matches!(what, Said::Bound(_))) {
        let _ = service::write(&shared.services, sensor);
    }
}
