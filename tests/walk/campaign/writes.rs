//! Each write of record and ledger failing: once, for good, and on a disk that takes nothing back either.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mdi_console::engine::ledger::{LedgerFile, Paper};
use mdi_console::engine::record;
use mdi_console::journal::Consistency;
use mdi_console::journal::file::{Disk, read_record};
use mdi_console::walkthrough::fact::{Fact, fold};
use mdi_console::walkthrough::watch::VerdictWord;

use super::{check_order, places, stage_of};
use crate::play;
use crate::stage::{Missed, Stage, Tried};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failing {
    /// No space, this once; half of the line is there already.
    Once,
    /// No space from now on.
    ForGood,
    /// An error of the disk from now on, which takes nothing back either.
    Broken,
}

/// What becomes of the disk that record and ledger share.
#[derive(Debug)]
struct Fate {
    /// Counted from 1; 0 never comes.
    at: usize,
    failing: Failing,
    counted: AtomicUsize,
}

impl Fate {
    fn next(&self) -> io::Result<()> {
        let now = self.counted.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        match self.failing {
            Failing::Once if now == self.at => Err(io::ErrorKind::StorageFull.into()),
            Failing::ForGood if self.struck(now) => Err(io::ErrorKind::StorageFull.into()),
            Failing::Broken if self.struck(now) => Err(io::Error::from_raw_os_error(5)),
            Failing::Once | Failing::ForGood | Failing::Broken => Ok(()),
        }
    }

    fn struck(&self, now: usize) -> bool {
        self.at > 0 && now >= self.at
    }

    fn cut(&self) -> io::Result<()> {
        let now = self.counted.load(Ordering::SeqCst);
        let taken_back = self.failing != Failing::Broken || !self.struck(now);
        if taken_back { Ok(()) } else { Err(io::Error::from_raw_os_error(5)) }
    }

    /// As much as goes on a disk that fills.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        match self.next() {
            Ok(()) => file.write_all(bytes),
            Err(why) => file.write_all(bytes.get(..bytes.len() / 2).unwrap_or_default()).and(Err(why)),
        }
    }
}

/// The record's part of it.
struct Failed {
    file: File,
    fate: Arc<Fate>,
}

impl Disk for Failed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.fate.write(&mut self.file, bytes)
    }

    fn force(&mut self) -> io::Result<()> {
        self.fate.next()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.fate.cut()?;
        Disk::cut(&mut self.file, length)
    }
}

impl Paper for Fate {
    fn write(&self, file: &mut File, lines: &[u8]) -> io::Result<()> {
        Self::write(self, file, lines)
    }

    fn force(&self, _: &File) -> io::Result<()> {
        self.next()
    }

    fn cut(&self, file: &File, length: u64) -> io::Result<()> {
        Self::cut(self)?;
        file.set_len(length)
    }
}

/// How many writes the walk made.
async fn walked(name: &str, failing: Failing, at: usize) -> Tried<usize> {
    let mut stage = stage_of(name)?;
    std::fs::create_dir_all(stage.state())?;
    std::fs::set_permissions(stage.state(), PermissionsExt::from_mode(0o700))?;
    let fate = Arc::new(Fate { at, failing, counted: AtomicUsize::new(0) });
    let file = OpenOptions::new().append(true).create_new(true).open(stage.state().join("played.jsonl"))?;
    let ledger = LedgerFile::in_folder(&stage.state())?.on(Arc::clone(&fate) as Arc<dyn Paper>);
    stage.sit_down_with(Failed { file, fate: Arc::clone(&fate) }, ledger)?;
    let tried = async {
        stage.walk_through().await?;
        stage.check_campaign()?;
        let facts = stage.check_what_was_written(failing)?;
        check_order(&facts, stage.lab.saves())?;
        let verdict = stage.verdict()?;
        let as_ever = verdict == Some(VerdictWord::Confirmed);
        let so = as_ever || (at > 0 && failing != Failing::Once);
        stage.hold(so, &format!("an end as without it, not {verdict:?}"))
    };
    let tried = tried.await;
    tried.map_err(|missed| Missed::because(format!("{name}, write {at} {failing:?}: {missed}")))?;
    Ok(fate.counted.load(Ordering::SeqCst))
}

impl Stage {
    /// The record is whole and implies what the walk knows to be on disk; one that could not be cut back may be longer.
    fn check_what_was_written(&self, failing: Failing) -> Tried<Vec<Fact>> {
        let console = self.console()?;
        if failing != Failing::Broken {
            self.check_record(console)?;
        }
        let read = read_record(&console.record)?;
        self.hold(read.consistency == Consistency::Consistent, "a chain that holds")?;
        let known = usize::try_from(self.walk()?.record.lines)?;
        let facts: Vec<Fact> = record::facts(&read)?.into_iter().map(|(_, fact)| fact).collect();
        let on_disk = facts.get(..known).ok_or_else(|| self.missed("what was called written"))?;
        self.hold(fold(on_disk) == self.walk()?.durable(), "the record to imply what the walk knows")?;
        Ok(facts)
    }
}

/// The walk once on a good disk, and once for each write that fails.
async fn every_write(name: &str, failing: Failing) -> Tried {
    let writes = walked(name, failing, 0).await?;
    let mut missed = Vec::new();
    let tried = places(&format!("{name}{failing:?}"), writes, 2);
    for at in &tried {
        if let Err(why) = walked(name, failing, *at).await {
            missed.push(why.to_string());
        }
    }
    if missed.is_empty() && writes > 40 && !tried.is_empty() {
        return Ok(());
    }
    Err(Missed::because(format!("{} of {writes} writes:\n{}", missed.len(), missed.join("\n\n"))))
}

macro_rules! campaigns {
    ($($test:ident: $name:literal, $failing:ident;)*) => {
        $(#[test]
        fn $test() {
            play(every_write($name, Failing::$failing));
        })*
    };
}

campaigns! {
    clean_bears_any_write_failing_once: "clean", Once;
    clean_bears_a_disk_full_from_any_write_on: "clean", ForGood;
    clean_bears_a_disk_broken_from_any_write_on: "clean", Broken;
    refused_bears_any_write_failing_once: "refused", Once;
    refused_bears_a_disk_full_from_any_write_on: "refused", ForGood;
    refused_bears_a_disk_broken_from_any_write_on: "refused", Broken;
}
