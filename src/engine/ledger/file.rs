//! The ledger's file while its lock is held.
//!
//! Relies on the lock belonging to this open file: two openings exclude each other, in one process as in two. It is let
//! go when the file is closed. Deliberately absent: what the lines mean.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use super::book::{End, Line};
use super::{LedgerFault, Safe};
use crate::text::told;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A lock is held for milliseconds. Whoever holds it for longer was suspended, or waits for a disk that doesn't answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a machine that loses its power must not lose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// An attempt that is about to be made.
    Forced,
    /// Its outcome: every process sees it at once, and without it the attempt counts, which is the safe side.
    Written,
}

/// How lines come into the file. A trait only so that a failing disk can be played.
pub trait Paper: std::fmt::Debug + Send + Sync {
    fn write(&self, file: &mut File, lines: &[u8]) -> io::Result<()> {
        file.write_all(lines)
    }
    fn force(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
    fn cut(&self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }
    /// How long a lock that somebody else holds is waited for.
    fn patience(&self) -> Duration {
        PATIENCE
    }
}

/// The disk itself.
#[derive(Debug)]
pub(super) struct Plain;

impl Paper for Plain {}

pub(super) struct Held {
    file: File,
    path: PathBuf,
    paper: Arc<dyn Paper>,
}

/// Makes the folder, or makes sure that the one there is this user's and nobody else's.
pub(super) fn make_folder(folder: &Path) -> Result<(), LedgerFault> {
    let fault = |why: io::Error| disk("given a folder", folder, &why);
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder).map_err(fault)?;
    let found = std::fs::metadata(folder).map_err(fault)?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(LedgerFault::NotOurs { path: shown(folder) });
    }
    if found.mode() & 0o777 != FOLDER_MODE {
        std::fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE)).map_err(fault)?;
    }
    Ok(())
}

impl Held {
    /// Opens the file and waits for its lock, ten seconds at most.
    pub(super) fn open(path: &Path, paper: &Arc<dyn Paper>) -> Result<Self, LedgerFault> {
        let fault = |why: io::Error| disk("opened", path, &why);
        let no_link = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(FILE_MODE)
            .custom_flags(no_link)
            .open(path)
            .map_err(fault)?;
        let found = file.metadata().map_err(fault)?;
        if !found.is_file() || found.uid() != rustix::process::geteuid().as_raw() {
            return Err(LedgerFault::NotOurs { path: shown(path) });
        }
        if found.mode() & 0o777 != FILE_MODE {
            file.set_permissions(Permissions::from_mode(FILE_MODE)).map_err(fault)?;
        }
        let held = Self { file, path: path.to_owned(), paper: Arc::clone(paper) };
        held.lock()?;
        Ok(held)
    }

    fn lock(&self) -> Result<(), LedgerFault> {
        let fault = |why: io::Error| disk("locked", &self.path, &why);
        match self.file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(why)) => return Err(fault(why)),
        }
        // Nobody can be asked to wait for a lock for a while only. One that comes too late is let go at once.
        let same = self.file.try_clone().map_err(fault)?;
        let (say, said) = mpsc::channel();
        let waiting = thread::Builder::new().name("ledger".into());
        waiting.spawn(move || say.send(same.lock())).map_err(fault)?;
        match said.recv_timeout(self.paper.patience()) {
            Ok(locked) => locked.map_err(fault),
            Err(_) => Err(LedgerFault::Busy { path: shown(&self.path) }),
        }
    }

    pub(super) fn read(&mut self) -> Result<Vec<u8>, LedgerFault> {
        let mut text = Vec::new();
        let read = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.read_to_end(&mut text));
        read.map_err(|why| disk("read", &self.path, &why))?;
        Ok(text)
    }

    /// Adds the lines in one write, and forces them to disk where they must not be lost. What could not be written whole is
    /// taken back.
    pub(super) fn append(&mut self, end: End, lines: &[Line], keep: Keep) -> Result<(), LedgerFault> {
        let mut text = Vec::new();
        if end.unended {
            text.push(b'\n');
        }
        for line in lines {
            serde_json::to_writer(&mut text, line).map_err(|why| disk("written", &self.path, &why.into()))?;
            text.push(b'\n');
        }
        let cut = if end.torn { self.paper.cut(&self.file, end.whole) } else { Ok(()) };
        let written = cut.and_then(|()| self.paper.write(&mut self.file, &text));
        let forced = written.and_then(|()| match keep {
            Keep::Forced => self.force(end.whole == 0),
            Keep::Written => Ok(()),
        });
        forced.map_err(|why| {
            // If even that fails, a torn line is cut by the next reader and a whole one counts.
            let _ = self.paper.cut(&self.file, end.whole);
            disk("written", &self.path, &why)
        })
    }

    /// A new file's name is on disk only when its folder is.
    fn force(&self, new: bool) -> io::Result<()> {
        self.paper.force(&self.file)?;
        match self.path.parent().filter(|_| new) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }
}

fn disk(doing: &'static str, path: &Path, why: &io::Error) -> LedgerFault {
    LedgerFault::Disk { doing, path: shown(path), why: Safe::from(told(why)) }
}

fn shown(path: &Path) -> Safe {
    Safe::new(&path.to_string_lossy())
}
