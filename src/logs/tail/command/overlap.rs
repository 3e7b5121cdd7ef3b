//! Tells what a new run of a command prints again from what is new.
//!
//! What a run prints at first was there before it, and is context: on which side of the mark it was written nobody can
//! tell. But where it prints again what a former run printed, that is left out, and what follows was written later
//! than all that was read before: then it is new, unless a mark was taken in between.
//! Pure. Deliberately absent: deciding when the beginning is over; that takes a clock.

use std::collections::{HashSet, VecDeque};

use crate::logs::Record;
use crate::logs::tail::number;

/// So many of the last records are known again.
const KEPT: usize = 4096;

#[derive(Debug, Default)]
pub struct Overlap {
    heard: VecDeque<u64>,
    /// What former runs printed.
    former: HashSet<u64>,
    opening: bool,
    joined: bool,
}

impl Overlap {
    /// A run begins.
    pub fn begin(&mut self) {
        self.former = self.heard.iter().copied().collect();
        self.opening = true;
        self.joined = false;
    }

    /// From here on everything is new.
    pub fn opened(&mut self) {
        self.opening = false;
    }

    pub fn is_opening(&self) -> bool {
        self.opening
    }

    /// A record of this run, unless it was heard in a former one. `doubtful`: a mark was taken since that one ended.
    pub fn judge(&mut self, mut record: Record, doubtful: bool) -> Option<Record> {
        if let Some(print) = print(&record) {
            if self.former.contains(&print) {
                self.joined = true;
                return None;
            }
            self.heard.push_back(print);
            if self.heard.len() > KEPT {
                self.heard.pop_front();
            }
        }
        record.context = self.opening && (doubtful || !self.joined);
        Some(record)
    }
}

/// What a record is known by: its first line. One without a time is like many others.
fn print(record: &Record) -> Option<u64> {
    let time = record.time?.to_string();
    let component = record.component.as_deref().unwrap_or_default();
    let level = record.level.map_or("", crate::logs::Level::word);
    Some(number([time.as_str(), level, component, &record.message].map(str::as_bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{SourceId, parse};

    /// Lines of a second each; what came of them, context in brackets.
    fn judged(overlap: &mut Overlap, seconds: &[u32], doubtful: bool) -> String {
        let mut told = Vec::new();
        for second in seconds {
            let line = format!("2026-03-04 05:06:{second:02}.0000 Info  A b\n");
            for record in parse::read_all(SourceId(1), &"dc1".into(), line.as_bytes()) {
                told.extend(
                    overlap.judge(record, doubtful).map(|record| {
                        if record.context { format!("[{second}]") } else { second.to_string() }
                    }),
                );
            }
        }
        told.join(" ")
    }

    #[test]
    fn the_first_run_begins_with_what_was_there() {
        let mut overlap = Overlap::default();
        overlap.begin();
        assert_eq!(judged(&mut overlap, &[1, 2], false), "[1] [2]");
        overlap.opened();
        assert_eq!(judged(&mut overlap, &[3, 3], false), "3 3");
    }

    #[test]
    fn what_a_run_repeats_is_left_out_and_what_follows_it_is_new() {
        // What the new run prints at first, whether a mark was taken between, and what comes of it.
        let check = |first: &[u32], doubtful: bool, expected: &str| {
            let mut overlap = Overlap::default();
            overlap.begin();
            judged(&mut overlap, &[1, 2, 3], false);
            overlap.opened();
            judged(&mut overlap, &[4], false);
            overlap.begin();
            assert_eq!(judged(&mut overlap, first, doubtful), expected, "{first:?}");
            overlap.opened();
            assert_eq!(judged(&mut overlap, &[4, 50], doubtful), "50", "after the beginning");
        };
        check(&[3, 4, 5, 6], false, "5 6");
        check(&[3, 4, 5, 6], true, "[5] [6]");
        check(&[8, 9], false, "[8] [9]");
        check(&[0, 4, 5], false, "[0] 5");
        check(&[], false, "");
    }

    #[test]
    fn only_the_last_records_are_kept_in_mind() {
        let mut overlap = Overlap::default();
        overlap.begin();
        for minute in 0..200 {
            let seconds: Vec<u32> = (0..60).collect();
            let mut told = 0;
            for second in seconds {
                let line =
                    format!("2026-03-04 {:02}:{:02}:{second:02}.0000 Info  A b\n", minute / 60, minute % 60);
                let records = parse::read_all(SourceId(1), &"dc1".into(), line.as_bytes());
                told += records.into_iter().filter_map(|record| overlap.judge(record, false)).count();
            }
            assert_eq!(told, 60);
        }
        assert_eq!(overlap.heard.len(), KEPT);
    }
}
