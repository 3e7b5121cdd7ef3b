//! What a log was renamed to when it was full: `Name-Archived-00000.log`, counting up.
//!
//! Blocking. An archive is known by its first bytes, so it is the same whatever its name is by now.
//! Deliberately absent: reading one.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::open::{Found, Open};
use crate::logs::Position;

/// The archives of one log, by their numbers.
#[derive(Default)]
pub struct Archives(Vec<(u64, PathBuf, u64)>);

impl Archives {
    /// Nothing where the folder can't be read.
    pub fn of(path: &Path) -> Option<Self> {
        let folder = path.parent()?;
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let entries = fs::read_dir(folder).ok()?.collect::<io::Result<Vec<_>>>().ok()?;
        let mut found = Vec::new();
        for archive in entries.iter().map(fs::DirEntry::path) {
            let Some(number) = number_of(&archive, &name) else { continue };
            // One that is deleted at this moment is none.
            let Ok(known) = Found::open(&archive) else { continue };
            found.push((number, archive, known.identity(path)));
        }
        found.sort();
        Some(Self(found))
    }

    /// The path of the one that is known as `wanted`.
    pub fn path_of(&self, wanted: u64) -> Option<PathBuf> {
        let mut all = self.0.iter().rev();
        all.find(|(_, _, known)| *known == wanted).map(|(_, path, _)| path.clone())
    }

    /// The one that goes on where `was` ends.
    pub fn holding(&self, was: &Open) -> Option<Found> {
        self.found().rev().find(|found| was.is_in(found))
    }

    /// Those that came since, and were never followed while they were at the path.
    pub fn unseen(&self, now: &Self, followed: &VecDeque<Open>) -> Vec<Found> {
        let shifted = self.is_shifted(now, followed);
        let anew = shifted || self.is_counted_anew(now);
        let highest = self.highest().filter(|_| !anew);
        let newer = |number| highest.is_none_or(|highest| number > highest);
        let new = now.0.iter().filter(|(number, _, identity)| newer(*number) && !self.knows(*identity));
        let found = new.filter_map(|(_, path, _)| Found::open(path).ok());
        let mut found: Vec<Found> =
            found.filter(|found| !followed.iter().any(|open| open.is_of(found))).collect();
        if shifted {
            found.reverse();
        }
        found
    }

    /// Whether there are numbers missing among those that came since: then an archive was deleted before it was read.
    /// `held`: the log that was followed is read by its handle, whatever became of its archive.
    pub fn lacks_some(&self, now: &Self, (held, followed): (bool, &VecDeque<Open>)) -> bool {
        if self.is_shifted(now, followed) || self.is_counted_anew(now) {
            return false;
        }
        let Some((highest, last)) = self.highest().zip(now.highest()) else { return false };
        let there = now.0.iter().filter(|(number, ..)| *number > highest).count() as u64;
        there > 0 && last.saturating_sub(highest) > there.saturating_add(u64::from(held))
    }

    fn highest(&self) -> Option<u64> {
        self.0.last().map(|(number, ..)| *number)
    }

    fn knows(&self, identity: u64) -> bool {
        self.0.iter().any(|(_, _, known)| *known == identity)
    }

    /// One of them bears another number: the newest is always the first, and the others move up.
    fn is_shifted(&self, now: &Self, followed: &VecDeque<Open>) -> bool {
        let moved = |(number, _, identity): &(u64, PathBuf, u64)| {
            now.0.iter().any(|(other, _, known)| known == identity && other > number)
        };
        let is_followed = |path: &Path| {
            Found::open(path).is_ok_and(|found| followed.back().is_some_and(|last| last.is_in(&found)))
        };
        // What was followed last is older than all that nobody has seen.
        let mut below = now.0.iter().skip_while(|(_, _, identity)| self.knows(*identity)).skip(1);
        self.0.iter().any(moved) || below.any(|(_, path, _)| is_followed(path))
    }

    /// All of them are gone, and the numbers begin anew.
    fn is_counted_anew(&self, now: &Self) -> bool {
        now.0.iter().all(|(_, _, identity)| !self.knows(*identity)) && now.highest() < self.highest()
    }

    /// Those that hold a place, with it, and all that came after the first of them. Where none does and the log itself
    /// is another one, all of them came since.
    pub fn since(&self, path: &Path, places: &[Position]) -> Vec<(Found, Option<Position>)> {
        let found = self.found().map(|found| {
            let place = found.place(path, places);
            (found, place)
        });
        let mut since: Vec<(Found, Option<Position>)> = found.collect();
        let first = since.iter().position(|(_, place)| place.is_some());
        let live = Found::open(path).is_ok_and(|live| live.place(path, places).is_some());
        let keep = match first {
            Some(first) => since.len().saturating_sub(first),
            None if live => 0,
            None => since.len(),
        };
        since.split_off(since.len().saturating_sub(keep))
    }

    /// Each of them: however often a log was full between two looks, the mark names where it ended.
    pub fn all(self) -> Vec<Found> {
        self.found().rev().collect()
    }

    fn found(&self) -> impl DoubleEndedIterator<Item = Found> {
        self.0.iter().filter_map(|(_, path, _)| Found::open(path).ok())
    }
}

/// The number in an archive's name, if it is an archive of the log with this name in lower case.
fn number_of(path: &Path, log: &str) -> Option<u64> {
    const MARK: &str = "-archived-";
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let (before, after) = name.split_at_checked(name.rfind(MARK)?)?;
    let after = after.strip_prefix(MARK)?;
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let (number, rest) = after.split_at_checked(digits)?;
    (format!("{before}{rest}") == log).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_s_name_holds_its_log_s_and_a_number() {
        let check = |name: &str, expected: Option<u64>| {
            let path = Path::new("/logs").join(name);
            assert_eq!(number_of(&path, "microsoft.tri.sensor.log"), expected, "{name}");
        };
        check("Microsoft.Tri.Sensor-Archived-00000.log", Some(0));
        check("Microsoft.Tri.sensor-archived-00012.log", Some(12));
        check("Microsoft.Tri.Sensor.log-Archived-00003", Some(3));
        check("Microsoft.Tri.Sensor-Errors-Archived-00000.log", None);
        check("Microsoft.Tri.Sensor.log", None);
        check("Microsoft.Tri.Sensor-Archived-.log", None);
    }
}
