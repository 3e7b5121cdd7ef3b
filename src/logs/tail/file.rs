//! One file, followed across being renamed, truncated, replaced, taken away and brought back.
//!
//! Blocking. A file is known by its name and its first bytes (a log's first line carries a date to a fraction of a
//! second), so it is known again on a share that was mounted anew; one still shorter than that by device and inode.
//! Deliberately absent: deciding which files to follow.

use std::fs::{self, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use super::{CONTEXT, File, Source, Unreachable};
use crate::logs::parse::{Beginning, Encoding, Origin, Parser};
use crate::logs::{Position, Record};
use crate::text::Safe;

/// How many first bytes a file is known by: more than a date takes, in either encoding.
const FIRST: usize = 64;
/// The most that is read of a file in one look.
const AT_ONCE: u64 = 4 * 1024 * 1024;
/// For how many looks a half-written line is waited for, before it is shown as it is.
const PATIENCE: u32 = 10;

/// From where on a file is news when it is first opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// What is there may be old, and is context.
    MayBeOld,
    /// It came beside others that are followed already.
    Beside,
    /// What stands behind this place is news, however long it has been there.
    From(u64),
}

/// A path that is followed, whether or not its file is there now.
pub struct Followed {
    path: PathBuf,
    origin: Origin,
    start: Start,
    open: Option<Open>,
    /// The file that went away, in case it comes back.
    gone: Option<Read>,
}

/// How far a file had been read.
#[derive(Clone)]
struct Read {
    first: Vec<u8>,
    offset: u64,
    /// Counted up when a file was cut and begins with the same bytes again.
    round: u64,
}

struct Open {
    file: fs::File,
    inode: (u64, u64),
    read: Read,
    parser: Parser,
    /// What was there at the opening ends here.
    context: u64,
    quiet: u32,
}

/// What a path leads to, against what was read of it.
enum Still {
    Same,
    /// The same file, but what was read of it is no longer in it.
    Cut,
    Other,
}

impl Followed {
    pub fn new(source: &Source, path: &Path, start: Start) -> Self {
        let origin = Origin { source: source.id, host: source.host.clone(), at: Position::default() };
        Self { path: path.to_owned(), origin, start, open: None, gone: None }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_at(&self, path: &Path) -> bool {
        self.path == path
    }

    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub fn place(&self) -> File {
        let at = self.open.as_ref().map(|open| Position {
            file: identity(&self.path, open.inode, &open.read),
            offset: open.read.offset,
        });
        File { path: shown(&self.path), at: at.unwrap_or_default() }
    }

    /// Reads what is new. True if there is more to read at once.
    pub fn look(&mut self, records: &mut Vec<Record>) -> io::Result<bool> {
        let found = match fs::metadata(&self.path) {
            Ok(found) => found,
            Err(error) => {
                self.let_go(records);
                return Err(error);
            }
        };
        match self.open.as_mut().map(|open| open.compare(&self.path, &found)).transpose()? {
            Some(Still::Same) => {}
            Some(Still::Cut) => {
                // What was behind the place of reading is gone; what is there now is not its continuation.
                self.close(records);
                self.open = Some(self.begin()?);
            }
            Some(Still::Other) | None => {
                self.let_go(records);
                self.open = Some(self.begin()?);
            }
        }
        let Some(open) = &mut self.open else { return Ok(false) };
        let before = open.read.offset;
        let more = open.read_on(&self.path, records)?;
        open.settle(open.read.offset > before, records);
        Ok(more)
    }

    /// Reads to the end of a file that is no longer at its path, and keeps in mind how far that was.
    fn let_go(&mut self, records: &mut Vec<Record>) {
        let Some(open) = &mut self.open else { return };
        // A renamed file can still be read through the open handle; a file on a share that went away can't.
        while let Ok(true) = open.read_on(&self.path, records) {}
        self.close(records);
    }

    /// What is held back of its last record is given out.
    pub fn close(&mut self, records: &mut Vec<Record>) {
        if let Some(mut open) = self.open.take() {
            open.parser.finish(records);
            self.start = Start::Beside;
            self.gone = Some(open.read);
        }
    }

    fn begin(&mut self) -> io::Result<Open> {
        let mut file = fs::File::open(&self.path)?;
        let found = file.metadata()?;
        let first = first_bytes(&file)?;
        let length = found.len();
        let gone = self.gone.take();
        let back = gone.filter(|gone| gone.first == first && gone.first.len() == FIRST);
        // The same first bytes but less of it: it was cut and written anew.
        let round =
            back.as_ref().map_or(0, |back| back.round.saturating_add(u64::from(length < back.offset)));
        let resumed = back.filter(|back| back.offset <= length);
        // What ends here was there before, and is shown for context.
        let old = match (&resumed, self.start) {
            (Some(_), _) => 0,
            (None, Start::From(place)) => place.min(length),
            (None, Start::Beside) if length <= CONTEXT => 0,
            (None, Start::MayBeOld | Start::Beside) => length,
        };
        let encoding = Encoding::of(&first).unwrap_or_default();
        let offset = match &resumed {
            Some(back) => back.offset,
            // An even number of bytes, so that UTF-16 isn't cut in the middle of a unit.
            None => old.saturating_sub(CONTEXT).next_multiple_of(2).min(old),
        };
        let read = Read { first, offset, round };
        let inode = (found.dev(), found.ino());
        let mut origin = self.origin.clone();
        origin.at = Position { file: identity(&self.path, inode, &read), offset };
        file.seek(SeekFrom::Start(offset))?;
        let (parser, context) = if resumed.is_some() {
            (Parser::resuming(origin, encoding), 0)
        } else if offset > 0 {
            (Parser::new(origin, Beginning::Middle(encoding)), old)
        } else {
            (Parser::new(origin, Beginning::File), old)
        };
        Ok(Open { file, inode, read, parser, context, quiet: 0 })
    }
}

impl Open {
    /// What the path leads to now.
    fn compare(&mut self, path: &Path, found: &Metadata) -> io::Result<Still> {
        let inode = (found.dev(), found.ino());
        let known = inode == self.inode;
        if known && found.len() < self.read.offset {
            return Ok(Still::Cut);
        }
        if known && found.len() == self.read.offset {
            return Ok(Still::Same);
        }
        let file = if known { None } else { Some(fs::File::open(path)?) };
        let first = first_bytes(file.as_ref().unwrap_or(&self.file))?;
        let alike = first.starts_with(&self.read.first);
        match file {
            None if !alike => return Ok(Still::Cut),
            None => {}
            // Another inode with the same few bytes, or none yet, is another file.
            Some(_) if !alike || self.read.first.len() < FIRST || found.len() < self.read.offset => {
                return Ok(Still::Other);
            }
            // The share was mounted anew, and gives its files other numbers.
            Some(mut file) => {
                file.seek(SeekFrom::Start(self.read.offset))?;
                self.file = file;
                self.inode = inode;
            }
        }
        self.read.first = first;
        Ok(Still::Same)
    }

    fn read_on(&mut self, path: &Path, records: &mut Vec<Record>) -> io::Result<bool> {
        self.parser.rename(identity(path, self.inode, &self.read));
        let mut piece = vec![0; 64 * 1024];
        let mut taken = 0_u64;
        while taken < AT_ONCE {
            let length = match self.file.read(&mut piece) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let Some(bytes) = piece.get(..length).filter(|bytes| !bytes.is_empty()) else { return Ok(false) };
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
    fn settle(&mut self, grew: bool, records: &mut Vec<Record>) {
        self.quiet = if grew { 0 } else { self.quiet.saturating_add(1) };
        if self.quiet >= PATIENCE {
            self.parser.finish(records);
        } else if self.quiet > 0 {
            self.parser.flush(records);
        }
    }
}

/// Where a file ends now.
pub fn end(path: &Path) -> io::Result<File> {
    let file = fs::File::open(path)?;
    let found = file.metadata()?;
    let read = Read { first: first_bytes(&file)?, offset: found.len(), round: 0 };
    let file = identity(path, (found.dev(), found.ino()), &read);
    Ok(File { path: shown(path), at: Position { file, offset: read.offset } })
}

/// Which of these places is in this file, by the name that it had then.
pub fn holds(path: &Path, name: &Path, places: &[Position]) -> io::Result<Option<Position>> {
    let file = fs::File::open(path)?;
    let found = file.metadata()?;
    let inode = (found.dev(), found.ino());
    let read = Read { first: first_bytes(&file)?, offset: 0, round: 0 };
    // At the mark it may have been too short to be known by its first bytes.
    let short = Read { first: Vec::new(), ..read.clone() };
    let known = [&read, &short].map(|read| identity(name, inode, read));
    let held = |place: &&Position| known.contains(&place.file) && place.offset <= found.len();
    Ok(places.iter().find(held).copied())
}

pub fn fault(path: &Path, error: &io::Error) -> Unreachable {
    Unreachable::CanNotRead { path: shown(path), reason: Safe::from(error.kind().to_string()) }
}

fn shown(path: &Path) -> Safe {
    Safe::from(path.to_string_lossy().into_owned())
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

/// The number a file is known by. It goes into the record, so it must come out the same in every version of this
/// program: FNV-1a.
fn identity(path: &Path, inode: (u64, u64), read: &Read) -> u64 {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    add(name.as_bytes());
    if read.first.len() == FIRST {
        add(&read.first);
    } else {
        add(&inode.0.to_le_bytes());
        add(&inode.1.to_le_bytes());
    }
    add(&read.round.to_le_bytes());
    hash
}
