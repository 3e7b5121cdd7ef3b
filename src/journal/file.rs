//! The record's file: one writer, locked, forced to disk before it is called written.
//!
//! Relies on a Unix file system that keeps owners, modes and `flock`. Blocking: whoever calls it from a loop does so
//! on a thread of its own. Deliberately absent: choosing the folder, and any idea of what a line says.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::{Chain, Consistency, Line, Read, Unwritable, append, read};
use crate::text::told;

/// Why a record can't be begun, continued or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    #[error(
        "{path} could not be {act}: {}. Without a record the walk can't go on. Check the folder, or name another with --state-dir",
        told(.source)
    )]
    Io { path: PathBuf, act: &'static str, source: io::Error },
    #[error(
        "{path} is {what}. A record kept there could be read or changed by someone else, so none is begun. Name a folder of your own with --state-dir"
    )]
    NotOurs { path: PathBuf, what: &'static str },
    #[error(
        "{0} is held by another mdi-console. Two can't write one record. Leave the other one first, or begin a new walk"
    )]
    InUse(PathBuf),
    #[error(
        "{path} is {consistency}. It is not continued, so that it stays as it is. Keep it, and begin a new walk"
    )]
    NotContinued { path: PathBuf, consistency: Consistency },
    #[error(
        "the entry was not written to {path}: {}. What it announces must not be done now. Free space or mend the disk, then try again; the record is as it was before",
        told(.source)
    )]
    NotWritten { path: PathBuf, source: io::Error },
    #[error(
        "{0} could not be brought back to its last good line after a failed write. Nothing more is written to it. Leave, and resume: the torn line is then cut"
    )]
    Broken(PathBuf),
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

impl JournalFault {
    /// What happened alone, for whoever says the rest.
    #[must_use]
    pub fn happened(&self) -> String {
        match self {
            Self::Io { path, act, source } => {
                format!("{} could not be {act}: {}", path.display(), told(source))
            }
            Self::NotWritten { path, source } => format!("{}: {}", path.display(), told(source)),
            Self::Broken(path) => format!(
                "{} could not be brought back to its last good line after a failed write, so nothing more is written to it; leave, and --resume cuts the torn line",
                path.display()
            ),
            other => other.to_string(),
        }
    }
}

/// What a journal needs of what it is written on. A trait only so that a failing disk can be played.
pub trait Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn force(&mut self) -> io::Result<()>;
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Disk for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }
    fn force(&mut self) -> io::Result<()> {
        self.sync_data()
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.sync_data()
    }
}

impl Disk for Box<dyn Disk + Send> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        (**self).write(bytes)
    }
    fn force(&mut self) -> io::Result<()> {
        (**self).force()
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        (**self).cut(length)
    }
}

/// A record that is open for writing. The lock goes with it.
#[derive(Debug)]
pub struct JournalFile<D: Disk = File> {
    path: PathBuf,
    disk: D,
    chain: Chain,
    length: u64,
    broken: bool,
}

impl JournalFile {
    /// Begins a record `name` in `folder`, which is made (0700) if it isn't there.
    pub fn create(folder: &Path, name: &str) -> Result<Self, JournalFault> {
        own_folder(folder)?;
        let path = folder.join(name);
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|source| fault(&path, "created", source))?;
        lock(&file, &path)?;
        force_folder(folder)?;
        Ok(Self::over(path, file))
    }

    /// Continues the record `name` in `folder`: reads it, cuts a torn last line, and refuses one that isn't consistent.
    pub fn open_existing(folder: &Path, name: &str) -> Result<(Self, Read), JournalFault> {
        own_folder(folder)?;
        let path = folder.join(name);
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .custom_flags(no_follow())
            .open(&path)
            .map_err(|source| fault(&path, "opened", source))?;
        own_file(&file, &path)?;
        lock(&file, &path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|source| fault(&path, "read", source))?;
        let record = read(&bytes);
        if record.consistency != Consistency::Consistent {
            return Err(JournalFault::NotContinued { path, consistency: record.consistency });
        }
        if record.torn.is_some() {
            file.cut(record.length)
                .map_err(|source| fault(&path, "cut back to its last good line", source))?;
        }
        let journal =
            Self { path, disk: file, chain: record.chain.clone(), length: record.length, broken: false };
        Ok((journal, record))
    }
}

impl<D: Disk> JournalFile<D> {
    /// A new record on a disk that was made ready elsewhere.
    pub fn over(path: PathBuf, disk: D) -> Self {
        Self { path, disk, chain: Chain::default(), length: 0, broken: false }
    }

    /// Writes `body` as the next line. Returns only when it is on the disk; after an error the record is as before.
    pub fn append<B: Serialize + ?Sized>(&mut self, time: Timestamp, body: &B) -> Result<Line, JournalFault> {
        let mut together = Together::after(self);
        let line = together.add(time, body)?;
        self.write(together)?;
        Ok(line)
    }

    /// Writes lines that were made to follow this record, and forces them to the disk once for all. After an error the
    /// record is as before, and none of them stands in it.
    pub fn write(&mut self, together: Together) -> Result<(), JournalFault> {
        if self.broken {
            return Err(JournalFault::Broken(self.path.clone()));
        }
        if let Err(source) = self.disk.write(&together.bytes).and_then(|()| self.disk.force()) {
            self.broken = self.disk.cut(self.length).is_err();
            return Err(JournalFault::NotWritten { path: self.path.clone(), source });
        }
        self.length = self.length.saturating_add(together.bytes.len() as u64);
        self.chain = together.chain;
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn disk(&mut self) -> &mut D {
        &mut self.disk
    }

    /// The same, whatever it is written on.
    #[must_use]
    pub fn boxed(self) -> JournalFile<Box<dyn Disk + Send>>
    where
        D: Send + 'static,
    {
        let Self { path, disk, chain, length, broken } = self;
        JournalFile { path, disk: Box::new(disk), chain, length, broken }
    }

    /// Gives the file up; one in which nothing stands leaves nothing behind.
    pub fn remove_if_empty(self) {
        if self.chain.count == 0 {
            // What can't be removed is an empty record, which is passed over.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Lines that are to be written at once, each sealed behind the one before it.
#[derive(Debug)]
pub struct Together {
    chain: Chain,
    bytes: Vec<u8>,
}

impl Together {
    #[must_use]
    pub fn after<D: Disk>(file: &JournalFile<D>) -> Self {
        Self { chain: file.chain.clone(), bytes: Vec::new() }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// One more line; one that can't be a line changes nothing.
    pub fn add<B: Serialize + ?Sized>(&mut self, time: Timestamp, body: &B) -> Result<Line, Unwritable> {
        let line = append(&self.chain, time, body)?;
        self.bytes.extend_from_slice(line.text.as_bytes());
        self.bytes.push(b'\n');
        self.chain = self.chain.advance(&line);
        Ok(line)
    }
}

/// Reads a record without locking or changing it: for a report, also of a walk that is still going on.
pub fn read_record(path: &Path) -> Result<Read, JournalFault> {
    std::fs::read(path).map(|bytes| read(&bytes)).map_err(|source| fault(path, "read", source))
}

/// Whether a walk is being written to it at this moment.
pub fn is_held(path: &Path) -> Result<bool, JournalFault> {
    let file = File::open(path).map_err(|source| fault(path, "opened", source))?;
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(source)) => Err(fault(path, "looked at", source)),
    }
}

fn fault(path: &Path, act: &'static str, source: io::Error) -> JournalFault {
    JournalFault::Io { path: path.to_owned(), act, source }
}

fn no_follow() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

fn lock(file: &File, path: &Path) -> Result<(), JournalFault> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(JournalFault::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(fault(path, "locked", source)),
    }
}

/// Makes the folder (0700), or sees that the one that is there belongs to this user alone.
pub fn own_folder(folder: &Path) -> Result<(), JournalFault> {
    ours(folder, false)
}

/// The same of a folder in which only folders of ours stand. It may be everybody's where its sticky bit keeps others
/// from moving what isn't theirs, but not somebody else's own.
pub fn own_place(folder: &Path) -> Result<(), JournalFault> {
    ours(folder, true)
}

fn ours(folder: &Path, sticky_will_do: bool) -> Result<(), JournalFault> {
    let not_ours = |what| Err(JournalFault::NotOurs { path: folder.to_owned(), what });
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .or_else(|source| if folder.symlink_metadata().is_ok() { Ok(()) } else { Err(source) })
        .map_err(|source| fault(folder, "created", source))?;
    let found = folder.symlink_metadata().map_err(|source| fault(folder, "looked at", source))?;
    let guarded = sticky_will_do && found.mode() & 0o1000 != 0;
    match () {
        () if found.is_symlink() => not_ours("a symbolic link"),
        () if !found.is_dir() => not_ours("not a folder"),
        () if found.uid() != rustix::process::geteuid().as_raw() => not_ours("owned by someone else"),
        () if found.mode() & 0o022 != 0 && !guarded => not_ours("writable by others"),
        () => Ok(()),
    }
}

fn own_file(file: &File, path: &Path) -> Result<(), JournalFault> {
    let not_ours = |what| Err(JournalFault::NotOurs { path: path.to_owned(), what });
    let found = file.metadata().map_err(|source| fault(path, "looked at", source))?;
    match () {
        () if !found.is_file() => not_ours("not a file"),
        () if found.uid() != rustix::process::geteuid().as_raw() => not_ours("owned by someone else"),
        () if found.mode() & 0o022 != 0 => not_ours("writable by others"),
        () => Ok(()),
    }
}

/// A file's name is on disk only when its folder is.
fn force_folder(folder: &Path) -> Result<(), JournalFault> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| fault(folder, "forced to disk", source))
}

#[cfg(test)]
mod tests;
