//! What came of the attempts, on its way to the ledger: whatever waits is written together.
//!
//! Relies on the ledger's own lock against other processes. Forty controllers answer in one breath, and each outcome by
//! itself would open, lock and read the file again on a thread of its own. Deliberately absent: the reservations, which
//! are written before anything leaves.

use std::sync::{Mutex, PoisonError};

use super::ledger::{LedgerFile, Settled};

#[derive(Debug, Default)]
pub(super) struct Outcomes {
    waiting: Mutex<Vec<Settled>>,
    /// Held by whoever writes.
    turn: tokio::sync::Mutex<()>,
}

impl Outcomes {
    /// Returns once it is written, with what others left to be written meanwhile. An outcome that can't be written leaves
    /// the attempt open, and an open attempt counts.
    pub(super) async fn write(&self, ledger: &LedgerFile, settled: Settled) {
        self.waiting().push(settled);
        let _turn = self.turn.lock().await;
        let together = std::mem::take(&mut *self.waiting());
        if together.is_empty() {
            // Whoever had the turn before has written it.
            return;
        }
        let ledger = ledger.clone();
        let written = tokio::task::spawn_blocking(move || ledger.settle(&together)).await;
        if let Ok(Err(fault)) = written {
            tracing::warn!(%fault, "the outcome of an attempt was not written; it counts");
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Settled>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use jiff::Timestamp;

    use super::*;
    use crate::directory::lockout::{AttemptId, Outcome};
    use crate::engine::ledger::Paper;

    /// Counts how often lines are written.
    #[derive(Debug, Default)]
    struct Counting(AtomicUsize);

    impl Paper for Counting {
        fn write(&self, file: &mut File, lines: &[u8]) -> io::Result<()> {
            self.0.fetch_add(1, Ordering::Relaxed);
            io::Write::write_all(file, lines)
        }
    }

    fn ledger(folder: &Path, paper: Arc<dyn Paper>) -> LedgerFile {
        LedgerFile::in_folder(folder).unwrap().on(paper)
    }

    fn settled(attempt: u64) -> Settled {
        Settled { attempt: AttemptId(attempt), outcome: Outcome::Accepted, at: Timestamp::UNIX_EPOCH }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn forty_outcomes_of_one_breath_are_written_in_two_writes_and_none_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let paper = Arc::new(Counting::default());
        let (ledger, outcomes) = (ledger(folder.path(), paper.clone()), Outcomes::default());
        std::fs::write(ledger.path(), "").unwrap();
        let other = File::open(ledger.path()).unwrap();
        other.lock().unwrap();
        let writing = (0..40).map(|attempt| outcomes.write(&ledger, settled(attempt)));
        // The first is on its way, and can't be written before the others have come.
        let all_came = async {
            while outcomes.waiting().len() < 39 {
                tokio::task::yield_now().await;
            }
            drop(other);
        };
        tokio::join!(futures_util::future::join_all(writing), all_came);
        assert!(paper.0.load(Ordering::Relaxed) <= 2, "{paper:?}");
        let text = std::fs::read_to_string(ledger.path()).unwrap();
        for attempt in 0..40 {
            assert_eq!(text.matches(&format!("\"settled\":{attempt},")).count(), 1, "{text}");
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn one_that_comes_later_is_written_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let paper = Arc::new(Counting::default());
        let (ledger, outcomes) = (ledger(folder.path(), paper.clone()), Outcomes::default());
        for attempt in 0..3 {
            outcomes.write(&ledger, settled(attempt)).await;
            assert_eq!(std::fs::read_to_string(ledger.path()).unwrap().lines().count() as u64, attempt + 1);
        }
    }
}
