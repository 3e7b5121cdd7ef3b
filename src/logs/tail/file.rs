//! One path, followed across its file being renamed, truncated, replaced, taken away and brought back.
//!
//! Blocking. Relies on `open` for reading and on `archive` for what a full file was renamed to: what was written between
//! two looks and then renamed, or copied and cut, is read there. Nothing is lost that is still somewhere, and nothing is
//! read twice. Deliberately absent: deciding which files to follow.

mod archive;
mod open;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Source;
use crate::logs::parse::Origin;
use crate::logs::source::{File, Unreachable};
use crate::logs::{Position, Record};
use crate::text::Safe;
pub use archive::Archives;
pub use open::Found;
use open::{Open, Still};

/// A path that is followed, whether or not its file is there now.
pub struct Followed {
    path: PathBuf,
    origin: Origin,
    /// Its file may be old when first seen.
    first: bool,
    open: Option<Open>,
    /// The file that went away, in case it comes back or is found under another name.
    gone: Option<Open>,
    /// Files that are no longer at this path, and have to be read to their end first.
    before: VecDeque<Open>,
    /// Those there were when the file at this path was opened.
    archives: Option<Archives>,
    /// Where it is taken up: what this file and its archives gained behind these places is news.
    since: Option<Arc<[Position]>>,
    /// Those of them that were found.
    found: Vec<Position>,
    /// Something was deleted before it was read.
    lost: bool,
}

impl Followed {
    pub fn new(source: &Source, path: &Path, first: bool) -> Self {
        let origin = Origin { source: source.id, host: source.host.clone(), at: Position::default() };
        let (open, gone, before) = (None, None, VecDeque::new());
        // A path that comes later is new with all its archives, which a new version may have before it is looked at.
        let archives = (!first).then(Archives::default);
        let (since, found, lost) = (None, Vec::new(), false);
        Self { path: path.to_owned(), origin, first, open, gone, before, archives, since, found, lost }
    }

    /// A path that was followed before, up to these places.
    pub fn since(source: &Source, path: &Path, places: Arc<[Position]>) -> Self {
        Self { since: Some(places), archives: None, ..Self::new(source, path, false) }
    }

    /// Whether this place was found in its file or in one of its archives.
    pub fn found(&self, place: &Position) -> bool {
        self.found.contains(place)
    }

    /// Whether something was deleted before it was read, since this was asked last.
    pub fn take_lost(&mut self) -> bool {
        std::mem::take(&mut self.lost)
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

    /// What was there at the last look and not read by it.
    pub fn behind(&self) -> u64 {
        self.before.iter().chain(&self.open).map(Open::behind).fold(0, u64::saturating_add)
    }

    pub fn place(&self) -> File {
        let at = self.open.as_ref().map(|open| open.at(&self.path));
        let begins = self.open.as_ref().and_then(Open::begins);
        File { path: shown(&self.path), at: at.unwrap_or_default(), begins }
    }

    /// Reads what is new. True if there is more to read at once.
    pub fn look(&mut self, records: &mut Vec<Record>) -> io::Result<bool> {
        let found = match Found::at(&self.path) {
            Ok(found) => found,
            Err(error) => {
                self.miss(records);
                return Err(error);
            }
        };
        let young = self.open.as_ref().is_some_and(|open| open.is_young() && open.is_touched(&found));
        let mut still = self.open.as_mut().map(|open| open.compare(&self.path, &found)).transpose()?;
        if young && still == Some(Still::Same) && self.was_archived() {
            still = Some(Still::Cut);
        }
        match still {
            Some(Still::Same) => {}
            Some(still @ (Still::Cut | Still::Other)) => self.begin(Some(still), records)?,
            None => self.begin(None, records)?,
        }
        if self.read_before(records)? {
            return Ok(true);
        }
        let Some(open) = &mut self.open else { return Ok(false) };
        let more = open.read_on(&self.path, records)?;
        open.settle(records);
        Ok(more)
    }

    /// What was read and is held back may lie on either side of the mark.
    pub fn doubt(&mut self) {
        self.before.iter_mut().chain(&mut self.gone).chain(&mut self.open).for_each(Open::doubt);
    }

    /// There is an archive that was not there when the file was opened.
    fn was_archived(&self) -> bool {
        let now = Archives::of(&self.path);
        let both = self.archives.as_ref().zip(now.as_ref());
        both.is_some_and(|(known, now)| !known.unseen(now, &self.before).is_empty())
    }

    /// Its file is not there. A renamed one can still be read by its handle; one on a share that went away can't.
    fn miss(&mut self, records: &mut Vec<Record>) {
        if let Some(open) = self.open.take() {
            self.before.extend(self.gone.replace(open));
        }
        // What fails here fails because the file is away, and that is said by whoever looked for it.
        let waiting = self.read_before(records).unwrap_or(false);
        // One of which nothing was read to speak of may have come after archives that nobody can see now.
        let young = self.gone.as_ref().is_some_and(Open::is_young);
        let away = Archives::of(&self.path).is_none();
        if waiting || young && (away || self.was_archived()) {
            return;
        }
        if let Some(gone) = self.gone.as_mut().filter(|gone| gone.is_intact()) {
            let _ = gone.read_on(&self.path, records);
            // The rest of a line can't be waited for where nobody sees whether it came.
            if away {
                gone.rest(records);
            } else {
                gone.settle(records);
            }
        }
    }

    /// True if there is more.
    fn read_before(&mut self, records: &mut Vec<Record>) -> io::Result<bool> {
        let Some(open) = self.before.front_mut() else { return Ok(false) };
        let read = open.read_on(&self.path, records);
        if matches!(read, Ok(true)) {
            return Ok(true);
        }
        open.finish(records);
        self.before.pop_front();
        read.map(|_| true)
    }

    /// There is another file at the path, or the one that was gone.
    fn begin(&mut self, still: Option<Still>, records: &mut Vec<Record>) -> io::Result<()> {
        let found = Found::open(&self.path)?;
        let was = match still {
            Some(_) => self.open.take(),
            None => self.gone.take(),
        };
        let round = was.as_ref().map_or(0, |was| was.next_round(&found));
        let was = match was {
            Some(was) if still.is_none() && was.is_in(&found) && !(was.is_young() && self.was_archived()) => {
                self.open = Some(was.resumed(found)?);
                return Ok(());
            }
            was => was,
        };
        let archives = Archives::of(&self.path);
        if let Some(was) = was {
            self.first = false;
            let cut = still == Some(Still::Cut) || was.is_in(&found);
            // One of which nothing was read to speak of is read anew, among the archives and in their order.
            if !(was.is_young() && self.was_archived()) {
                self.hand_over(was, (cut, archives.as_ref()), records);
            }
        }
        if let (Some(known), Some(now)) = (&self.archives, &archives) {
            let held = self.before.back().is_some_and(|open| now.holding(open).is_none());
            self.lost |= known.lacks_some(now, (held, &self.before));
            for found in known.unseen(now, &self.before) {
                let unseen = Open::new(&self.path, &self.origin, (found, 0), 0);
                self.before.extend(unseen.inspect_err(|error| warn(&self.path, error)).ok());
            }
        }
        let since = self.take_up(archives.as_ref(), &found);
        self.archives = archives.or(self.archives.take());
        let old = if self.first { found.length() } else { since };
        self.open = Some(Open::new(&self.path, &self.origin, (found, round), old)?);
        Ok(())
    }

    /// Has what its archives gained since read first, the oldest first. Says up to where the file itself is old.
    fn take_up(&mut self, archives: Option<&Archives>, live: &Found) -> u64 {
        let Some(places) = self.since.take() else { return 0 };
        for (found, place) in archives.map(|archives| archives.since(&self.path, &places)).unwrap_or_default()
        {
            self.found.extend(place);
            let old = place.map_or(0, |place| place.offset);
            let open = Open::new(&self.path, &self.origin, (found, 0), old);
            self.before.extend(open.inspect_err(|error| warn(&self.path, error)).ok());
        }
        let place = live.place(&self.path, &places);
        self.found.extend(place);
        place.map_or(0, |place| place.offset)
    }

    /// Has what is left of a file read where that is now. `cut`: not by its handle, which leads to what was written anew.
    fn hand_over(
        &mut self,
        mut was: Open,
        (cut, archives): (bool, Option<&Archives>),
        records: &mut Vec<Record>,
    ) {
        let elsewhere = archives.and_then(|archives| archives.holding(&was));
        match elsewhere.map(|found| was.follow_to(found)) {
            Some(Ok(())) => self.before.push_back(was),
            None if !cut && was.is_intact() => self.before.push_back(was),
            Some(Err(_)) | None => was.finish(records),
        }
    }
}

fn warn(path: &Path, error: &io::Error) {
    tracing::warn!(path = %path.display(), %error, "an archive of a log could not be read");
}

/// Where a log ends now: the file at its path, and all that it was renamed to.
pub fn ends(path: &Path) -> io::Result<Vec<File>> {
    let live = Found::open(path)?;
    let archived = Archives::of(path).map(Archives::all).unwrap_or_default();
    let places = std::iter::once(live).chain(archived).map(|found| found.end(path));
    Ok(places.map(|at| File { path: shown(path), at, begins: None }).collect())
}

pub fn fault(path: &Path, error: &io::Error) -> Unreachable {
    Unreachable::CanNotRead { path: shown(path), reason: Safe::from(error.kind().to_string()) }
}

fn shown(path: &Path) -> Safe {
    Safe::from(path.to_string_lossy().into_owned())
}
