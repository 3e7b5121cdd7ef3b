//! Which zone a source's written times are in, inferred from records that came while it was followed.
//!
//! No log says its zone. A record is read moments after it was written, so its written time against the moment of its
//! reading tells the zone to the quarter of an hour, and by how much the host's clock differs from this one.
//! Pure. Deliberately absent: proof; it is shown as inferred, and no evidence rests on it.

use std::collections::VecDeque;
use std::fmt;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::WrittenTime;

/// The last records that count.
const KEPT: usize = 64;
/// Zones differ by whole quarters of an hour.
const QUARTER: i64 = 15 * 60;
/// No zone is further away than this.
const FURTHEST: i64 = 14 * 60 * 60;

/// How written times lie against UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Whole quarters of an hour, in seconds.
    pub offset: i64,
    /// By how many seconds the host's clock is ahead of this one; a little behind is but the time of the way.
    pub ahead: i64,
}

impl Zone {
    /// A written time as UTC by this machine's clock.
    #[must_use]
    pub fn utc(self, written: WrittenTime) -> WrittenTime {
        written.saturating_sub(SignedDuration::from_secs(self.offset.saturating_add(self.ahead)))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset.unsigned_abs() / 60;
        match self.offset {
            0 => f.write_str("UTC"),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(f, "UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// Gathers how far written times lie from the moments of reading them.
#[derive(Clone, Debug, Default)]
pub struct Inference {
    seconds: VecDeque<i64>,
}

impl Inference {
    /// A record that was written since the last look, which was moments ago.
    pub fn take(&mut self, written: WrittenTime, read: Timestamp) {
        let read = read.to_zoned(TimeZone::UTC).datetime();
        self.seconds.push_back(written.duration_since(read).as_secs());
        if self.seconds.len() > KEPT {
            self.seconds.pop_front();
        }
    }

    /// The record that came with the least delay tells.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        let latest = *self.seconds.iter().max()?;
        let offset = latest.saturating_add(QUARTER / 2).div_euclid(QUARTER).saturating_mul(QUARTER);
        (offset.abs() <= FURTHEST).then(|| Zone { offset, ahead: latest.saturating_sub(offset) })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn the_zone_is_the_nearest_quarter_of_an_hour_to_the_least_delayed_record() {
        let read: Timestamp = "2026-03-04T12:00:00Z".parse().unwrap();
        // Written so many seconds off UTC; the zone in words, and how far the clock is ahead.
        let check = |written: &[i64], expected: Option<(&str, i64)>| {
            let mut inference = Inference::default();
            for seconds in written {
                let noon = datetime(2026, 3, 4, 12, 0, 0, 0);
                inference.take(noon.saturating_add(SignedDuration::from_secs(*seconds)), read);
            }
            let zone = inference.zone().map(|zone| (zone.to_string(), zone.ahead));
            assert_eq!(zone, expected.map(|(words, ahead)| (words.to_owned(), ahead)), "{written:?}");
        };
        check(&[], None);
        check(&[-1], Some(("UTC", -1)));
        check(&[-40, -1, -20], Some(("UTC", -1)));
        check(&[7198], Some(("UTC+02:00", -2)));
        check(&[7290], Some(("UTC+02:00", 90)));
        check(&[-5 * 3600 - 3], Some(("UTC-05:00", -3)));
        check(&[5 * 3600 + 45 * 60 - 3], Some(("UTC+05:45", -3)));
        // One record late by an hour doesn't move it.
        check(&[7198, 3598], Some(("UTC+02:00", -2)));
        // A clock that is off by days is no zone.
        check(&[200_000], None);
    }

    #[test]
    fn what_was_long_ago_no_longer_counts() {
        let read: Timestamp = "2026-03-04T12:00:00Z".parse().unwrap();
        let mut inference = Inference::default();
        inference.take(datetime(2026, 3, 4, 14, 0, 0, 0), read);
        for _ in 0..KEPT {
            inference.take(datetime(2026, 3, 4, 13, 0, 0, 0), read);
        }
        let zone = inference.zone().unwrap();
        assert_eq!(zone, Zone { offset: 3600, ahead: 0 });
        assert_eq!(zone.utc(datetime(2026, 3, 4, 13, 30, 0, 0)), datetime(2026, 3, 4, 12, 30, 0, 0));
    }
}
