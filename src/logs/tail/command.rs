//! Follows what a program prints: a log on another host, by the operator's own ssh.
//!
//! Relies on `child` for running it and ending it with all it started. A place in its output is the bytes since the run
//! began, and each run is a file of its own. What a run prints at first (`tail -n 10`) was there before it: see
//! `overlap`. A program that ends is started again, ever later.
//! Deliberately absent: any shell, and knowing when a byte was written: one that was on its way when the mark was taken,
//! and not yet in the pipe, counts as written after it.

mod overlap;
mod run;
mod taken;

use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::Delivery;
use super::telling::{Stand, Teller};
use crate::child::{Family, NotStarted};
use crate::clock::Clock;
use crate::logs::SourceId;
use crate::logs::source::{State, Unreachable};
use crate::text::Safe;
use overlap::Overlap;
use run::{Ended, Run};
pub use taken::Taken;

/// From the end of a run to the next, the first time; doubled each time until a run has come to something.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// A log whose records a program prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogCommand {
    pub id: SourceId,
    pub host: Safe,
    /// The program and its arguments.
    pub command: Vec<String>,
}

/// Follows what `command` prints until nobody listens any more. `taken` always knows how far that is.
pub async fn follow_command(
    command: LogCommand,
    (clock, family): (Clock, Family),
    taken: Taken,
    out: Sender<Delivery>,
) {
    let teller = Teller::new(command.id, clock.clone(), out);
    let overlap = Overlap::default();
    let mut follower = Follower { command, clock, family, taken, teller, overlap, runs: 0 };
    let mut pause = FIRST_PAUSE;
    while let Some(ended) = follower.run().await {
        follower.taken.nothing();
        if ended.came_to_something {
            pause = FIRST_PAUSE;
        }
        let stand = ended.stand(pause.as_secs());
        if follower.teller.tell(stand).await.is_none() {
            return;
        }
        tokio::select! {
            () = follower.clock.sleep(pause) => {}
            () = follower.teller.closed() => return,
        }
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

struct Follower {
    command: LogCommand,
    clock: Clock,
    family: Family,
    taken: Taken,
    teller: Teller,
    overlap: Overlap,
    runs: u64,
}

impl Follower {
    /// One run to its end; nothing once nobody listens any more.
    async fn run(&mut self) -> Option<Ended> {
        let work = self.clock.work();
        let (program, arguments) = self.command.command.split_first()?;
        let running = match self.family.start(program, arguments) {
            Ok(running) => running,
            Err(NotStarted::Leaving) => return None,
            Err(NotStarted::Io(error)) => return Some(Ended::not_started(program, &error)),
        };
        self.runs = self.runs.saturating_add(1);
        if self.runs == 1 {
            self.teller.tell(State::Waiting).await?;
        }
        self.overlap.begin();
        let run = Run::new(self, running);
        drop(work);
        run.follow(self).await
    }
}

impl Ended {
    fn not_started(program: &str, error: &std::io::Error) -> Self {
        let (program, reason) = (Safe::new(program), Safe::from(error.kind().to_string()));
        Self { why: Unreachable::NotStarted { program, reason }, came_to_something: false }
    }

    fn stand(self, pause: u64) -> Stand {
        let why = match self.why {
            Unreachable::Ended { status, said, .. } => Unreachable::Ended { status, said, again: pause },
            why => why,
        };
        State::Unreachable(why).into()
    }
}

#[cfg(test)]
mod tests;
