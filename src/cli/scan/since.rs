//! The time from which on records are told, as an operator types it. Pure.
//!
//! Relies on nothing: logs name no zone, so neither may this. Deliberately absent: hours ago, which would need one.

use std::fmt;
use std::str::FromStr;

use crate::logs::WrittenTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since(WrittenTime);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTime {
    #[error("logs name no zone, so a time with one can't be compared. Give it as the log writes it, without")]
    Zone,
    #[error("that is no time as logs write it. Give 2026-11-03, or \"2026-11-03 14:05:00\"")]
    Shape,
}

impl Since {
    /// Whether a record of this time is told. One without a time may be as late as any.
    #[must_use]
    pub fn includes(self, written: Option<WrittenTime>) -> bool {
        written.is_none_or(|written| written >= self.0)
    }
}

impl FromStr for Since {
    type Err = NoTime;

    fn from_str(typed: &str) -> Result<Self, NoTime> {
        let typed = typed.trim();
        let clock = typed.get(10..).unwrap_or("");
        let time = typed.parse::<WrittenTime>().map(Self);
        if clock.contains(['Z', 'z', '+', '-', '[']) {
            Err(NoTime::Zone)
        } else {
            time.map_err(|_| NoTime::Shape)
        }
    }
}

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.strftime("%Y-%m-%d %H:%M:%S%.f").fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn a_time_is_read_as_logs_write_it_and_never_with_a_zone() {
        let check = |typed: &str, read: Result<&str, NoTime>| {
            let time = typed.parse::<Since>().map(|since| since.to_string());
            assert_eq!(time, read.map(str::to_owned), "{typed}");
        };
        check("2026-11-03", Ok("2026-11-03 00:00:00"));
        check("2026-11-03 14:05", Ok("2026-11-03 14:05:00"));
        check("2026-11-03T14:05:07.25", Ok("2026-11-03 14:05:07.25"));
        check(" 2026-11-03 14:05:07 ", Ok("2026-11-03 14:05:07"));
        check("2026-11-03T14:05:07Z", Err(NoTime::Zone));
        check("2026-11-03 14:05:07+02:00", Err(NoTime::Zone));
        check("2026-11-03T14:05:07[Europe/Vienna]", Err(NoTime::Zone));
        check("2026-13-03", Err(NoTime::Shape));
        check("14:05", Err(NoTime::Shape));
        check("", Err(NoTime::Shape));
        check("yesterday", Err(NoTime::Shape));
    }

    #[test]
    fn the_time_itself_is_included_and_so_is_a_record_without_one() {
        let since: Since = "2026-11-03 14:05".parse().unwrap();
        assert!(since.includes(Some(datetime(2026, 11, 3, 14, 5, 0, 0))));
        assert!(!since.includes(Some(datetime(2026, 11, 3, 14, 4, 59, 999_999_999))));
        assert!(since.includes(None));
    }
}
