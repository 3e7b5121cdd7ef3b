//! One file that is open, and how far it has been read.
//!
//! Blocking. A file is known by its log's name and its first bytes (a log's first line carries a date to a fraction of a
//! second), so it is known again under another name and on a share that was mounted anew; one still shorter than that
//! by device and inode. Deliberately absent: which file comes before or after it.

use std::fs::{self, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

use crate::logs::parse::{Beginning, Encoding, Origin, Parser};
use crate::logs::tail::{CONTEXT, number};
use crate::logs::{Position, Record};

/// How many first bytes a file is known by: more than a date takes, in either encoding.
const FIRST: usize = 64;
/// A date to the fraction of a second is within so many.
const DATED: usize = 32;
/// A file that was cut and written anew is known again as often as this.
const ROUNDS: u64 = 8;
/// The most that is read of a file in one look.
const AT_ONCE: u64 = 4 * 1024 * 1024;
/// For how many looks a half-written line is waited for, before it is shown as it is.
const PATIENCE: u32 = 10;

/// What stands at a path at this moment.
pub struct Found {
    file: Option<fs::File>,
    inode: (u64, u64),
    length: u64,
    changed: (i64, i64),
    first: Vec<u8>,
}

impl Found {
    /// What can be known without opening it.
    pub fn at(path: &Path) -> io::Result<Self> {
        Ok(Self::of(None, &fs::metadata(path)?, Vec::new()))
    }

    pub fn open(path: &Path) -> io::Result<Self> {
        let file = fs::File::open(path)?;
        let (found, first) = (file.metadata()?, first_bytes(&file)?);
        Ok(Self::of(Some(file), &found, first))
    }

    fn of(file: Option<fs::File>, found: &Metadata, first: Vec<u8>) -> Self {
        let (inode, changed) = ((found.dev(), found.ino()), (found.mtime(), found.mtime_nsec()));
        Self { file, inode, length: found.len(), changed, first }
    }

    pub fn identity(&self, path: &Path) -> u64 {
        identity(path, self.inode, &Read { first: self.first.clone(), offset: 0, round: 0 })
    }

    /// Whether this is its number, or was while it was too short to be known by its first bytes.
    pub fn is_known_as(&self, path: &Path, number: u64) -> bool {
        (0..ROUNDS).any(|round| {
            let known =
                |first: Vec<u8>| identity(path, self.inode, &Read { first, offset: 0, round }) == number;
            known(self.first.clone()) || known(Vec::new())
        })
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    /// Which of these places lies in it. When the place was taken it may have been too short to be known by its first bytes.
    pub fn place(&self, path: &Path, places: &[Position]) -> Option<Position> {
        let young = identity(path, self.inode, &Read { first: Vec::new(), offset: 0, round: 0 });
        let known = [self.identity(path), young];
        let held = |place: &&Position| known.contains(&place.file) && place.offset <= self.length;
        places.iter().find(held).copied()
    }

    pub fn end(&self, path: &Path) -> Position {
        Position { file: self.identity(path), offset: self.length }
    }
}

/// How far a file had been read.
struct Read {
    first: Vec<u8>,
    offset: u64,
    /// Counted up when a file was cut and begins with the same bytes again.
    round: u64,
}

pub struct Open {
    file: fs::File,
    inode: (u64, u64),
    read: Read,
    parser: Parser,
    /// What was there at the opening ends here.
    context: u64,
    quiet: u32,
    grew: bool,
    /// As it was at the last look.
    length: u64,
    changed: (i64, i64),
}

/// What a path leads to, against what was read of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Still {
    Same,
    /// The same file, but what was read of it is no longer in it.
    Cut,
    Other,
}

impl Open {
    /// A file that was never read. Up to `old` it may have been there for long, and the last part of that is context.
    pub fn new(path: &Path, origin: &Origin, (found, round): (Found, u64), old: u64) -> io::Result<Self> {
        let Found { file, inode, length, changed, first } = found;
        let mut file = file.ok_or(io::ErrorKind::NotFound)?;
        let encoding = Encoding::of(&first).unwrap_or_default();
        // An even number of bytes, so that UTF-16 isn't cut in the middle of a unit.
        let context = old.min(length);
        let offset = context.saturating_sub(CONTEXT).next_multiple_of(2).min(context);
        let read = Read { first, offset, round };
        let mut origin = origin.clone();
        origin.at = Position { file: identity(path, inode, &read), offset };
        file.seek(SeekFrom::Start(offset))?;
        let beginning = if offset > 0 { Beginning::Middle(encoding) } else { Beginning::File };
        let parser = Parser::new(origin, beginning);
        Ok(Self { file, inode, read, parser, context, quiet: 0, grew: false, length, changed })
    }

    pub fn at(&self, path: &Path) -> Position {
        Position { file: identity(path, self.inode, &self.read), offset: self.read.offset }
    }

    /// Where the first line begins that was read, or what will be read once the rest of one is given up.
    pub fn begins(&self) -> Option<u64> {
        self.parser.first_line().or_else(|| (self.quiet >= PATIENCE).then_some(self.read.offset))
    }

    pub fn behind(&self) -> u64 {
        self.length.saturating_sub(self.read.offset)
    }

    /// Whether what was found begins as this file does.
    pub fn is_of(&self, found: &Found) -> bool {
        let alike = found.first.starts_with(&self.read.first);
        alike && (self.read.first.len() >= DATED || found.inode == self.inode)
    }

    /// Whether what was found is this file, with all that was read of it.
    pub fn is_in(&self, found: &Found) -> bool {
        self.is_of(found) && found.length >= self.read.offset
    }

    /// The round of a file that stands where this one was: the same first bytes but less of it is one more.
    pub fn next_round(&self, found: &Found) -> u64 {
        let again = self.is_of(found) && found.length < self.read.offset;
        if again { self.read.round.saturating_add(1) } else { 0 }
    }

    /// The same file, found anew.
    pub fn resumed(mut self, found: Found) -> io::Result<Self> {
        self.follow_to(found)?;
        Ok(self)
    }

    /// Goes on with what was found, which holds all that was read.
    pub fn follow_to(&mut self, found: Found) -> io::Result<()> {
        let mut file = found.file.ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(self.read.offset))?;
        self.file = file;
        self.inode = found.inode;
        self.length = found.length;
        self.read.first = found.first;
        Ok(())
    }

    /// Whether its handle still leads to what was read: a file that was cut may have been written anew.
    pub fn is_intact(&self) -> bool {
        let long = self.file.metadata().is_ok_and(|found| found.len() >= self.read.offset);
        long && first_bytes(&self.file).is_ok_and(|first| first.starts_with(&self.read.first))
    }

    /// What the path leads to now.
    pub fn compare(&mut self, path: &Path, now: &Found) -> io::Result<Still> {
        let known = now.inode == self.inode;
        self.length = now.length;
        if known && now.length < self.read.offset {
            return Ok(Still::Cut);
        }
        let touched = std::mem::replace(&mut self.changed, now.changed) != now.changed;
        if known && now.length == self.read.offset && !touched {
            return Ok(Still::Same);
        }
        if known {
            let first = first_bytes(&self.file)?;
            if !first.starts_with(&self.read.first) {
                return Ok(Still::Cut);
            }
            self.read.first = first;
            return Ok(Still::Same);
        }
        let found = Found::open(path)?;
        // Another inode with the same few bytes, or none yet, is another file.
        if self.read.first.len() < FIRST || !self.is_in(&found) {
            return Ok(Still::Other);
        }
        // The share was mounted anew, and gives its files other numbers.
        self.follow_to(found)?;
        Ok(Still::Same)
    }

    /// Too little of it was read to tell it from what may be written in its place.
    pub fn is_young(&self) -> bool {
        self.read.offset < DATED as u64
    }

    pub fn is_touched(&self, found: &Found) -> bool {
        self.changed != found.changed || self.length != found.length
    }

    pub fn doubt(&mut self) {
        self.parser.doubt();
    }

    /// True if there is more to read at once.
    pub fn read_on(&mut self, path: &Path, records: &mut Vec<Record>) -> io::Result<bool> {
        if self.read.first.len() < FIRST {
            self.read.first = first_bytes(&self.file)?;
        }
        self.parser.rename(identity(path, self.inode, &self.read));
        self.grew = false;
        let mut piece = vec![0; 64 * 1024];
        let mut taken = 0_u64;
        while taken < AT_ONCE {
            let length = match self.file.read(&mut piece) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let Some(bytes) = piece.get(..length).filter(|bytes| !bytes.is_empty()) else { return Ok(false) };
            (self.grew, self.quiet) = (true, 0);
            self.take(bytes, records);
            taken = taken.saturating_add(bytes.len() as u64);
        }
        Ok(true)
    }

    fn take(&mut self, bytes: &[u8], records: &mut Vec<Record>) {
        let old = usize::try_from(self.context.saturating_sub(self.read.offset)).unwrap_or(usize::MAX);
        let (old, new) = bytes.split_at_checked(old).unwrap_or((bytes, &[]));
        self.parser.context(true);
        self.parser.push(old, records);
        if !new.is_empty() {
            self.parser.context(false);
            self.parser.push(new, records);
        }
        self.read.offset = self.read.offset.saturating_add(bytes.len() as u64);
    }

    /// Gives out what is held back once the file has been quiet for a look, and half a line after several.
    pub fn settle(&mut self, records: &mut Vec<Record>) {
        self.quiet = self.quiet.saturating_add(u32::from(!self.grew));
        if self.quiet >= PATIENCE {
            self.parser.finish(records);
        } else {
            self.rest(records);
        }
    }

    /// The same without an end to the waiting for half a line.
    pub fn rest(&mut self, records: &mut Vec<Record>) {
        if !self.grew {
            self.parser.flush(records);
        }
    }

    /// It is at its end, and nothing will be added. What is too short to be known again may yet be read elsewhere.
    pub fn finish(&mut self, records: &mut Vec<Record>) {
        if self.read.offset >= DATED as u64 || self.context > 0 {
            self.parser.finish(records);
        }
    }
}

fn first_bytes(file: &fs::File) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; FIRST];
    let mut length = 0_usize;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, length as u64) {
            Ok(0) => break,
            Ok(read) => length = length.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Names without regard to case; the first bytes, or where there are too few of them the file's own numbers.
fn identity(path: &Path, inode: (u64, u64), read: &Read) -> u64 {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let (device, inode, round) = (inode.0.to_le_bytes(), inode.1.to_le_bytes(), read.round.to_le_bytes());
    if read.first.len() == FIRST {
        number([name.as_bytes(), &read.first, &round])
    } else {
        number([name.as_bytes(), &device, &inode, &round])
    }
}
