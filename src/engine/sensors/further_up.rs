//! Counts the refused credentials that stand in a log above the records that are read of it, in the background.
//!
//! A large log is opened at its end. What lies above is counted once, two files of all sources at a time, on threads of
//! their own; a share that hangs gives up its turn. Relies on what the source says of where its first whole line begins.
//! Deliberately absent: what such a refusal means; it was there before the source was opened.

use std::collections::HashSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::{Sender, UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::engine::{Answer, Told};
use crate::logs::scan::{self, Wanted};
use crate::logs::window::{Counted, Counting};
use crate::logs::{SourceId, source};
use crate::text::Safe;

/// So many files are counted at once.
pub const AT_ONCE: usize = 2;
/// News are told after so many bytes.
const NEWS: u64 = 64 * 1024 * 1024;
/// The scan asks about so often whether it is still wanted.
const PIECE: u64 = 1024 * 1024;
/// A file of which nothing can be read for so long is given up.
const STALLED: Duration = Duration::from_secs(30);

/// Where time comes from and news go.
#[derive(Clone)]
pub struct Ends {
    pub clock: Clock,
    pub out: Sender<Answer>,
}

/// The files of one source that were counted. Dropping it ends what is being counted.
pub struct FurtherUp {
    ends: Ends,
    turns: Arc<Semaphore>,
    known: HashSet<u64>,
    tasks: JoinSet<()>,
}

impl FurtherUp {
    pub fn new(ends: Ends, turns: Arc<Semaphore>) -> Self {
        Self { ends, turns, known: HashSet::new(), tasks: JoinSet::new() }
    }

    /// Counts what lies above in those of the files that were read from somewhere further down.
    pub fn stand(&mut self, source: SourceId, files: &[source::File]) {
        for file in files {
            let Some(of) = file.begins.filter(|begins| *begins > 0 && self.known.insert(file.at.file)) else {
                continue;
            };
            let state = Counting::UnderWay;
            let news = Counted { source, file: file.at.file, refusals: 0, read: 0, of, state };
            let (ends, turns, path) = (self.ends.clone(), Arc::clone(&self.turns), file.path.clone());
            self.tasks.spawn(async move {
                if let Ok(_turn) = turns.acquire().await {
                    let _ = ends.tell_all(path, news).await;
                }
            });
        }
    }
}

/// Ends the threads that count, once nobody waits for it.
struct Listening(Arc<AtomicBool>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Ends {
    async fn tell_all(&self, path: Safe, first: Counted) -> Option<()> {
        // Whoever reads the pane waits for it.
        let _work = self.clock.work();
        let listening = Listening(Arc::new(AtomicBool::new(true)));
        let (out, mut news) = unbounded_channel();
        let asked = Arc::clone(&listening.0);
        tokio::task::spawn_blocking(move || count_file(&path, first, (&asked, &out)));
        self.tell(first).await?;
        let mut told = first;
        loop {
            let next = self.next(&mut news, told).await;
            let ended = next.state != Counting::UnderWay;
            if ended || next.read.saturating_sub(told.read) >= NEWS {
                self.tell(next).await?;
                told = next;
            }
            if ended {
                return Some(());
            }
        }
    }

    async fn next(&self, news: &mut UnboundedReceiver<Counted>, last: Counted) -> Counted {
        let broken_off = Counted { state: Counting::BrokenOff, ..last };
        self.clock.timeout(STALLED, news.recv()).await.ok().flatten().unwrap_or(broken_off)
    }

    async fn tell(&self, news: Counted) -> Option<()> {
        let answer = Answer { told: Told::Counted(news), work: self.clock.work() };
        self.out.send(answer).await.ok()
    }
}

fn count_file(path: &Safe, first: Counted, (wanted, out): (&AtomicBool, &UnboundedSender<Counted>)) {
    let (read, refusals) = (AtomicU64::new(0), AtomicUsize::new(0));
    let so_far = || Counted {
        read: read.load(Ordering::Relaxed).min(first.of),
        refusals: refusals.load(Ordering::Relaxed),
        ..first
    };
    let asked = || {
        read.fetch_add(PIECE, Ordering::Relaxed);
        // Nobody listens any more once it was given up.
        wanted.load(Ordering::Relaxed) && out.send(so_far()).is_ok()
    };
    let mut found = |_| {
        refusals.fetch_add(1, Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    let counted = File::open(path.as_str())
        .and_then(|file| scan::scan_file(&file, first.of, (Wanted::Places, &asked), &mut found));
    let state = match counted {
        Ok(scanned) if scanned.whole => Counting::Done,
        Ok(_) => Counting::BrokenOff,
        Err(error) => {
            tracing::warn!(%path, error = %error.kind(), "what lies above in this log was not counted");
            Counting::BrokenOff
        }
    };
    let read = if state == Counting::Done { first.of } else { so_far().read };
    let _ = out.send(Counted { read, state, ..so_far() });
}

#[cfg(test)]
mod tests;
