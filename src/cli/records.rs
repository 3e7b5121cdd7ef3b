//! The records of a state folder: found, read, and said in a line each.
//!
//! Only read: no lock is held and nothing is mended. Relies on a record's name, which is the moment it was begun.
//! Deliberately absent: what follows from a record (`resume`, `report`).

use std::io;
use std::path::Path;

use crate::engine::record::{Unknown, facts, known};
use crate::journal::file::{JournalFault, is_held as is_held_at, read_record};
use crate::journal::{Consistency, Read};
use crate::text::Safe;
use crate::walkthrough::fact::Fact;
use crate::walkthrough::resume::Dated;

/// A record, as it was found.
#[derive(Debug)]
pub(super) struct Kept {
    /// The file's name without its end.
    pub id: Safe,
    pub read: Read,
    /// A walk is being written to it by another process.
    pub held: bool,
}

/// Why a record says nothing.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error("there is no record {id} in {folder}. `mdi-console --resume` lists the unfinished walks")]
    NoSuch { id: Safe, folder: Safe },
    #[error("there is no record in {0}. Nothing has been walked there; name another folder with --state-dir")]
    None(Safe),
    #[error(transparent)]
    Journal(#[from] JournalFault),
    #[error(transparent)]
    Unknown(#[from] Unknown),
    #[error("the state folder {folder} can't be read: {why}. Name another with --state-dir")]
    Folder { folder: Safe, why: io::Error },
}

impl NotRead {
    /// What happened alone, for a list in which each says its own.
    pub fn happened(&self) -> String {
        match self {
            Self::Journal(fault) => fault.happened(),
            Self::NoSuch { .. } => "it can't be read: it is no file of its own".to_owned(),
            other => other.to_string(),
        }
    }
}

impl Kept {
    pub fn open(path: &Path) -> Result<Self, NotRead> {
        // Asked first: a walk that ends meanwhile has its last line by the time it is read.
        let held = is_held_at(path)?;
        let read = read_record(path)?;
        let ended = || facts(&read).is_ok_and(|facts| matches!(facts.last(), Some((_, Fact::Left { .. }))));
        let held = held && !ended();
        let id = path.file_stem().map(|stem| Safe::new(&stem.to_string_lossy())).unwrap_or_default();
        Ok(Self { id, read, held })
    }

    pub fn facts(&self) -> Result<Vec<Dated>, Unknown> {
        facts(&self.read)
    }

    /// As far as this version knows them.
    pub fn known(&self) -> (Vec<Dated>, Option<Unknown>) {
        known(&self.read)
    }

    /// The lines that can be read, and the first that can't.
    pub(super) fn good(&self) -> (Vec<Dated>, Option<u64>) {
        let (facts, unknown) = self.known();
        let line = match self.read.consistency {
            Consistency::Consistent => None,
            Consistency::NotConsistent { line, .. } | Consistency::Newer { line, .. } => Some(line),
        };
        (facts, unknown.map(|unknown| unknown.line).or(line))
    }

    pub fn consistent(&self) -> bool {
        self.read.consistency == Consistency::Consistent
    }
}

/// The record of this name, which names no folder.
pub(super) fn named(folder: &Path, id: &str) -> Result<Kept, NotRead> {
    let path = folder.join(format!("{id}.jsonl"));
    if !is_a_records(id) || !path.is_file() {
        return Err(NotRead::NoSuch { id: Safe::new(id), folder: shown(folder) });
    }
    Kept::open(&path)
}

/// A walk is being written to the record of this name.
pub(super) fn is_held(folder: &Path, id: &str) -> bool {
    is_held_at(&folder.join(format!("{id}.jsonl"))).unwrap_or(false)
}

/// The record in this file, which may stand anywhere.
pub(super) fn at(path: &Path) -> Result<Kept, NotRead> {
    if path.is_file() {
        return Kept::open(path);
    }
    let folder = path.parent().map(shown).unwrap_or_default();
    Err(NotRead::NoSuch {
        id: path.file_name().map(|name| shown(Path::new(name))).unwrap_or_default(),
        folder,
    })
}

/// The names of all records of the folder, the newest first.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, NotRead> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(NotRead::Folder { folder: shown(folder), why }),
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".jsonl").map(str::to_owned))
        .filter(|name| is_a_records(name))
        .collect();
    // A second walk of the same second comes after the first.
    names.sort_by_key(|name| (name.len(), name.clone()));
    names.sort_by_key(|name| name.get(..16).map(str::to_owned));
    names.reverse();
    Ok(names)
}

/// `20260304T050607Z`, and `-2` behind it for the second of that second.
fn is_a_records(name: &str) -> bool {
    let mut shape = name.chars();
    let digits = |shape: &mut std::str::Chars<'_>, count: usize| {
        shape.by_ref().take(count).filter(char::is_ascii_digit).count() == count
    };
    let stamp = digits(&mut shape, 8)
        && shape.next() == Some('T')
        && digits(&mut shape, 6)
        && shape.next() == Some('Z');
    let rest = shape.as_str();
    let number = rest.strip_prefix('-').unwrap_or("0");
    stamp && (rest.is_empty() || rest.starts_with('-')) && number.parse::<u32>().is_ok()
}

pub(super) fn shown(path: &Path) -> Safe {
    Safe::new(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_told_by_its_name_and_the_newest_comes_first() {
        let check = |name: &str, so: bool| assert_eq!(is_a_records(name), so, "{name}");
        check("20260304T050607Z", true);
        check("20260304T050607Z-2", true);
        check("attempts", false);
        check("20260304T050607Z-", false);
        check("20260304T050607Z/../x", false);
        check("../20260304T050607Z", false);
        check("", false);
        let folder = tempfile::tempdir().unwrap();
        let wanted = ["20260304T050608Z", "20260304T050607Z-10", "20260304T050607Z-2", "20260304T050607Z"];
        for name in ["attempts"].iter().chain(&wanted) {
            std::fs::write(folder.path().join(format!("{name}.jsonl")), "").unwrap();
        }
        assert_eq!(names(folder.path()).unwrap(), wanted);
        assert_eq!(names(&folder.path().join("nowhere")).unwrap(), Vec::<String>::new());
    }
}
