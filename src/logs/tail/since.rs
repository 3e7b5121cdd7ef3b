//! Where a source is taken up again: the files that were there at the mark, whatever has become of them since.
//!
//! Blocking. A full file may have been renamed to an archive, perhaps several times, and an update of the sensor may have
//! moved on to a new folder: what such a file gained after its place is read as well. Deliberately absent: what was
//! archived and then deleted; that is lost, and said so.

use std::fs;
use std::path::{Path, PathBuf};

use super::file::{self, Followed, Start};
use super::{Source, find};
use crate::logs::Position;

/// What is to be followed, and whether every place was found.
pub struct Since {
    pub followed: Vec<Followed>,
    pub complete: bool,
}

/// The files of `now`, and those that were left behind since `places`, the older ones first.
pub fn take_up(source: &Source, now: &[PathBuf], places: &[Position]) -> Since {
    let (mut left, mut current) = (Vec::new(), Vec::new());
    let mut open: Vec<Position> = places.to_vec();
    for path in now {
        let held = file::holds(path, path, &open).ok().flatten();
        open.retain(|place| Some(*place) != held);
        // A file without a place was not there yet.
        let start = Start::From(held.map_or(0, |place| place.offset));
        current.push(Followed::new(source, path, start));
    }
    let mut older = find::every(&source.patterns);
    older.retain(|path| !now.contains(path));
    for path in now.iter().chain(&older) {
        left.extend(archived(source, path, &mut open));
    }
    for path in &older {
        if let Ok(Some(place)) = file::holds(path, path, &open) {
            open.retain(|one| *one != place);
            left.push(Followed::new(source, path, Start::From(place.offset)));
        }
    }
    left.append(&mut current);
    Since { followed: left, complete: open.is_empty() }
}

/// The archive in which a place of `path` now lies, and those that came after it.
fn archived(source: &Source, path: &Path, open: &mut Vec<Position>) -> Vec<Followed> {
    if open.is_empty() {
        return Vec::new();
    }
    let archives = archives_of(path);
    let held = archives.iter().enumerate().find_map(|(at, archive)| {
        let place = file::holds(archive, path, open).ok().flatten()?;
        Some((at, place))
    });
    let Some((at, place)) = held else { return Vec::new() };
    open.retain(|one| *one != place);
    let from = |number: usize| Start::From(if number == 0 { place.offset } else { 0 });
    let since = archives.iter().skip(at).enumerate();
    since.map(|(number, archive)| Followed::new(source, archive, from(number))).collect()
}

/// Archives of one log, in the order in which they were made: they count up.
fn archives_of(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Vec::new() };
    let name = name.to_string_lossy().to_lowercase();
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut archives: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| of_archive(&entry.file_name().to_string_lossy()).as_ref() == Some(&name))
        .map(|entry| entry.path())
        .collect();
    archives.sort();
    archives
}

/// The name that an archive had before: `name.log-Archived-00000` or `name-Archived-00000.log`.
fn of_archive(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let (before, after) = name.split_once("-archived-")?;
    let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
    Some(format!("{before}{after}"))
}
