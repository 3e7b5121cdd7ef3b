//! The watch over a save that an earlier process made: what is on record of it counts, the time away doesn't. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Now;
use crate::directory::Account;
use crate::text::Safe;

use super::{Against, Mark, Missing, Verdict, VerdictWord, Watch};

/// A save, and what the record tells of the watch over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    pub mark: Mark,
    pub account: Account,
    /// By the record's clock; of a save without an outcome, when it was announced.
    pub saved_at: Timestamp,
    /// How much of the watch time was watched.
    pub watched: Duration,
    pub refusing: BTreeSet<Safe>,
    pub took: BTreeSet<Safe>,
    /// The first that was seen syncing since the mark.
    pub synced: BTreeSet<Safe>,
    pub count_rose: bool,
    pub doubts: BTreeSet<Missing>,
    pub verdict: Option<VerdictWord>,
}

impl Watch {
    /// Goes on at `now` with what is left of `length`, of which at least `least`, so that everything is looked at once.
    pub fn resumed(before: Before, now: Now, (length, least): (Duration, Duration)) -> Self {
        let logs = !before.mark.logs.sources.is_empty();
        // Logs keep what happened meanwhile. The portal doesn't: it is either watched anew for the whole time, or counts
        // for what it shows and not for what it may have shown.
        let left = if logs { length.saturating_sub(before.watched).max(least) } else { length };
        let saved_at = Now { at: now.at, wall: before.saved_at };
        let mut watch = Self::new(before.mark, before.account, saved_at, left);
        watch.portal_throughout = !logs;
        for host in before.refusing {
            watch.hold(&host, Against::LogRecord);
        }
        if before.count_rose {
            watch.count_rose();
        }
        watch.took = before.took;
        watch.syncing = before.synced;
        watch.doubts = before.doubts;
        watch.verdict = before.verdict.map(|word| Verdict { word, missing: Vec::new() });
        watch
    }

    /// Nothing was watched for so long, up to now.
    pub fn wait_for(&mut self, by: Duration) {
        if self.verdict.is_none() {
            self.until = self.until.after(by);
        }
    }

    /// The operator is there again: what is left of the watch time begins.
    pub fn go_on(&mut self, now: Now) {
        let left = self.until.since(self.saved_at.at);
        self.saved_at.at = now.at;
        self.until = now.at.after(left);
    }
}
