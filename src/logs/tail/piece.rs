//! Reads a piece of a log again: what stands above or below what the pane holds of it.
//!
//! Blocking, in bounded memory however long a line or a record is. Relies on a file's identity, so that it is found
//! under whatever name it has by now. Deliberately absent: what a command printed; and deciding what to read.

use std::fs;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use super::file::{self, Archives, Found};
use super::{CONTEXT, Source, find};
use crate::logs::parse::{Beginning, Encoding, Origin, Parser};
use crate::logs::window::{Load, NotLoaded, Piece, Way};
use crate::logs::{Position, Record};

/// A record longer than this is shown cut where it is too long to be held, as at the file's opening.
const FARTHEST: u64 = 64 * 1024 * 1024;
/// So much is read at once.
const AT_ONCE: usize = 64 * 1024;

/// Reads the piece of a source's file.
pub fn read(source: &Source, load: Load) -> Result<Piece, NotLoaded> {
    let path = path_of(source, load.file)?.ok_or_else(|| NotLoaded::Gone(source.host.clone()))?;
    let read = || {
        let file = fs::File::open(&path)?;
        let reading = Reading { file, source, load };
        match load.way {
            Way::Above(end) => reading.above(end),
            Way::Below { from, until } => reading.below(from, until),
        }
    };
    read().map_err(|error| NotLoaded::Unreachable(file::fault(&path, &error)))
}

/// Where the file is now: at its own path, or archived.
fn path_of(source: &Source, wanted: u64) -> Result<Option<PathBuf>, NotLoaded> {
    for path in find::all(&source.patterns)? {
        if Found::open(&path).is_ok_and(|found| found.is_known_as(&path, wanted)) {
            return Ok(Some(path));
        }
        let archived = Archives::of(&path).and_then(|archives| archives.path_of(wanted));
        if archived.is_some() {
            return Ok(archived);
        }
    }
    Ok(None)
}

struct Reading<'a> {
    file: fs::File,
    source: &'a Source,
    load: Load,
}

impl Reading<'_> {
    /// From a record's beginning to `end`: as much as is read at the opening, or more where one record is longer.
    fn above(&self, end: u64) -> io::Result<Piece> {
        let mut size = CONTEXT;
        loop {
            // An even number of bytes, so that UTF-16 isn't cut in the middle of a unit.
            let start = end.saturating_sub(size).next_multiple_of(2).min(end);
            let start = if size >= end { 0 } else { start };
            let mut parser = self.parser(start, start > 0)?;
            let mut records = Vec::new();
            self.push(&mut parser, (start, end), &mut records)?;
            parser.finish(&mut records);
            let whole = records.iter().position(|record| record.time.is_some());
            if start == 0 || size >= FARTHEST {
                let begin =
                    if start == 0 { 0 } else { records.first().map_or(start, |record| record.at.offset) };
                return Ok(Piece { records, begin, end });
            }
            if let Some(whole) = whole {
                let records = records.split_off(whole);
                let begin = records.first().map_or(start, |record| record.at.offset);
                return Ok(Piece { records, begin, end });
            }
            size = size.saturating_mul(4);
        }
    }

    /// From a record's beginning on, so many whole records as come in about as many bytes.
    fn below(&self, from: u64, until: u64) -> io::Result<Piece> {
        let mut parser = self.parser(from, false)?;
        let mut records = Vec::new();
        let mut at = from;
        while at < until {
            let next = at.saturating_add(CONTEXT).min(until);
            self.push(&mut parser, (at, next), &mut records)?;
            at = next;
            if at < until && !records.is_empty() {
                let end = parser.held_from();
                return Ok(Piece { records, begin: from, end });
            }
        }
        parser.finish(&mut records);
        Ok(Piece { records, begin: from, end: until })
    }

    fn parser(&self, from: u64, within: bool) -> io::Result<Parser> {
        let at = Position { file: self.load.file, offset: from };
        let origin = Origin { source: self.source.id, host: self.source.host.clone(), at };
        if from == 0 {
            return Ok(Parser::new(origin, Beginning::File));
        }
        let mut first = [0; 4];
        let length = self.file.read_at(&mut first, 0)?;
        let encoding = first.get(..length).and_then(Encoding::of).unwrap_or_default();
        Ok(if within {
            Parser::new(origin, Beginning::Middle(encoding))
        } else {
            Parser::resuming(origin, encoding)
        })
    }

    fn push(&self, parser: &mut Parser, (from, to): (u64, u64), records: &mut Vec<Record>) -> io::Result<()> {
        let mut room = vec![0; AT_ONCE];
        let mut at = from;
        while at < to {
            let most = usize::try_from(to.saturating_sub(at)).unwrap_or(AT_ONCE).min(AT_ONCE);
            let length = match self.file.read_at(room.get_mut(..most).unwrap_or_default(), at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            // Shorter than it was: that is for whoever follows it to say.
            let Some(bytes) = room.get(..length).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
            parser.push(bytes, records);
            at = at.saturating_add(bytes.len() as u64);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
