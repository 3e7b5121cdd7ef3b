//! `--resume`: which walks are unfinished, and which of them goes on.
//!
//! A record is looked at here and opened by the engine, which locks it. Deliberately absent: what a record implies
//! (`walkthrough::resume`), and any walking.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::journal::Consistency;
use crate::site::open;
use crate::text::Safe;
use crate::walkthrough::fact::Fact;
use crate::walkthrough::resume::{Beside, Dated, Offer, Opening, Past};
use crate::walkthrough::words;

use super::records::{self, Kept, NotRead};
use super::{Everywhere, NoHome, folders, output};

#[cfg(test)]
mod tests;

/// As `report` names the records of labs.
const OF_LABS: &str = "lab/";

/// Why a walk doesn't go on.
#[derive(Debug, thiserror::Error)]
pub enum NotResumed {
    #[error(transparent)]
    NotRead(#[from] NotRead),
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(
        "there is no record {id} in {folder}. `mdi-console lab --resume` lists the unfinished walks of labs"
    )]
    NoSuchLab { id: Safe, folder: Safe },
    #[error("{0} is a lab's walk, and this is none. `mdi-console lab --resume {0}` goes on with it")]
    OfALab(Safe),
    #[error(
        "the walk {0} is locked by another mdi-console, which is walking it now. Nothing was started. Leave it there first"
    )]
    Held(Safe),
    #[error(
        "the record {id} is {consistency}. It is not continued, so that it stays as it is. Keep it, and begin a new walk"
    )]
    NotConsistent { id: Safe, consistency: Consistency },
    #[error("{id}: {consistency}. Nothing was started")]
    Newer { id: Safe, consistency: Consistency },
    #[error(
        "there is nothing to go on with in the walk {0}: it is finished, or it never got past step 1. `mdi-console report {0}` shows it"
    )]
    Nothing(Safe),
    #[error(
        "the walk {id} was at {there}, and this is {here}. Nothing was started. Name its site file with --site"
    )]
    AnotherSite { id: Safe, there: Safe, here: Safe },
    #[error(
        "the lab in which the walk {0} saved its password ended with its process, so there is nothing left to watch. `mdi-console report lab/{0}` shows it"
    )]
    LabGone(Safe),
    #[error(transparent)]
    Cut(#[from] output::Cut),
}

impl NotResumed {
    /// 2 for what was asked for, 3 for what could not be read.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotRead(NotRead::NoSuch { .. } | NotRead::None(_))
            | Self::NoHome(_)
            | Self::NoSuchLab { .. }
            | Self::OfALab(_)
            | Self::Held(_)
            | Self::Nothing(_)
            | Self::AnotherSite { .. }
            | Self::LabGone(_) => 2,
            Self::NotRead(_) | Self::NotConsistent { .. } | Self::Newer { .. } | Self::Cut(_) => 3,
        }
    }
}

/// The walk of this name, of a live site.
pub(super) fn find(folder: &Path, id: &str) -> Result<Offer, NotResumed> {
    if id.starts_with(OF_LABS) {
        return Err(NotResumed::OfALab(Safe::new(id)));
    }
    found(folder, id)
}

/// The walk of this name, of a lab; what `report` calls it does as well.
pub(super) fn find_lab(state: &Path, id: &str) -> Result<Offer, NotResumed> {
    let bare = id.strip_prefix(OF_LABS).unwrap_or(id);
    found(&state.join("lab"), bare).map_err(|fault| match fault {
        NotResumed::NotRead(NotRead::NoSuch { id, folder }) => NotResumed::NoSuchLab { id, folder },
        other => other,
    })
}

fn found(folder: &Path, id: &str) -> Result<Offer, NotResumed> {
    let kept = records::named(folder, id)?;
    let id = kept.id.clone();
    if kept.held {
        return Err(NotResumed::Held(id));
    }
    let consistency = kept.read.consistency;
    match consistency {
        Consistency::Consistent => {}
        Consistency::NotConsistent { .. } => return Err(NotResumed::NotConsistent { id, consistency }),
        Consistency::Newer { .. } => return Err(NotResumed::Newer { id, consistency }),
    }
    let facts = kept.facts().map_err(NotRead::from)?;
    let lab = matches!(facts.first(), Some((_, Fact::Began { lab: true, .. })));
    let nothing = || NotResumed::Nothing(if lab { Safe::from(format!("lab/{id}")) } else { id.clone() });
    Offer::of(&id, &facts).ok_or_else(nothing)
}

/// The walk that was asked for, if it is of this site.
pub(super) fn at_site(offer: Offer, site: &Safe) -> Result<Opening, NotResumed> {
    if offer.lab || offer.site != *site {
        return Err(NotResumed::AnotherSite { id: offer.id, there: offer.site, here: site.clone() });
    }
    Ok(Opening::TakenUp(offer))
}

/// What there is at this site that is not a matter of the past: a walk that is being walked now; else the newest one, if
/// it is unfinished or can't be read. A later one that came to its end makes all before it a matter of the past.
pub(super) fn newest(folder: &Path, site: &Safe) -> Opening {
    let Ok(names) = records::names(folder) else { return Opening::Anew };
    let held = names.iter().filter(|name| records::is_held(folder, name));
    let mut held = held.filter_map(|name| Some(records::named(folder, name).ok()?.known().0));
    if let Some(beside) = held.find(|facts| of(facts) == Some(site)).and_then(|facts| Beside::walked(&facts))
    {
        return Opening::Beside(beside);
    }
    let mut unread = None;
    for name in names {
        let Ok(kept) = records::named(folder, &name) else {
            unread = unread.or(Some((Safe::from(name), 1)));
            continue;
        };
        let (facts, line) = kept.good();
        if let Some(line) = line {
            // Of a record that says nothing nobody knows whose it is.
            if of(&facts).is_none_or(|its| its == site) {
                unread = unread.or(Some((kept.id, line)));
            }
            continue;
        }
        match Offer::of(&name, &facts) {
            Some(offer) if offer.site == *site => return opening(Some(offer), unread),
            None if Past::of(&facts).finished() && of(&facts) == Some(site) => break,
            Some(_) | None => {}
        }
    }
    opening(None, unread)
}

fn opening(offer: Option<Offer>, unread: Option<(Safe, u64)>) -> Opening {
    match (offer, unread) {
        (older, Some((id, line))) => {
            Opening::Beside(Beside::Unread { id, line, older: older.map(|offer| offer.id) })
        }
        (Some(offer), None) => Opening::Asked(offer),
        (None, None) => Opening::Anew,
    }
}

/// Lists the unfinished walks of a live site, or of labs. 0, or 3 where one of them could not be read.
pub fn run(everywhere: &Everywhere, lab: bool) -> Result<u8, NotResumed> {
    let state = folders::state(everywhere.state_dir.as_deref())?;
    let folder = if lab { state.join("lab") } else { state };
    let (said, unread) = list(&folder, (everywhere, lab))?;
    output::say(said.trim_end())?;
    Ok(if unread { 3 } else { 0 })
}

/// All that are unfinished, the newest first, and the command that goes on with one; and whether one could not be read.
fn list(folder: &Path, (everywhere, lab): (&Everywhere, bool)) -> Result<(String, bool), NotResumed> {
    let mut lines = String::new();
    let mut first = None;
    let mut unread = false;
    let lab = if lab { "lab " } else { "" };
    for name in records::names(folder)? {
        let kept = match records::named(folder, &name) {
            Ok(kept) => kept,
            // The others can be gone on with all the same.
            Err(fault) => {
                unread = true;
                let _ = writeln!(lines, "  {name}  {}", fault.happened());
                continue;
            }
        };
        let Some((line, goes_on)) = line(&kept) else { continue };
        // Writing to a String can't fail.
        let _ = writeln!(lines, "  {name}  {line}");
        first = first.or_else(|| goes_on.then(|| (name, site_file(&kept))));
    }
    let folder = records::shown(folder);
    if lines.is_empty() {
        return Ok((format!("No walk is unfinished in {folder}.\n"), unread));
    }
    let how = first.map(|(id, site)| {
        let options = everywhere.again(site.as_deref());
        format!("Go on with one by its name: mdi-console {lab}--resume {id}{options}\n")
    });
    let how = how.unwrap_or_default();
    Ok((format!("Unfinished walks in {folder}, the newest first:\n{lines}{how}"), unread))
}

/// When, who, where, which step, what is open; and whether it can go on.
fn line(kept: &Kept) -> Option<(String, bool)> {
    if !kept.consistent() {
        return Some((kept.read.consistency.to_string(), false));
    }
    let facts = match kept.facts() {
        Ok(facts) => facts,
        Err(fault) => return Some((fault.to_string(), false)),
    };
    let Some(offer) = Offer::of(&kept.id, &facts) else {
        return Some((at_its_beginning(&facts).filter(|_| kept.held)?, false));
    };
    let open = match (kept.held, offer.gone()) {
        (true, _) => LOCKED,
        (false, true) => "its lab ended with its process, so it can't go on",
        (false, false) => &*offer.open,
    };
    let line = format!(
        "{}  {}@{}  {}  step {} {}  {open}",
        words::day_time(offer.began),
        offer.operator,
        offer.host,
        offer.site,
        offer.step.number(),
        words::short(offer.step),
    );
    Some((line, !kept.held && !offer.gone()))
}

const LOCKED: &str = "locked by another mdi-console, which walks it now";

/// A walk at step 1, which would be nothing to go on with if nobody walked it.
fn at_its_beginning(facts: &[Dated]) -> Option<String> {
    let Beside::Walked { operator, host, since, step } = Beside::walked(facts)? else { return None };
    let (since, site, step, short) = (words::day_time(since), of(facts)?, step.number(), words::short(step));
    Some(format!("{since}  {operator}@{host}  {site}  step {step} {short}  {LOCKED}"))
}

/// The site file that the walk began with, unless it is the one that is found without being named.
fn site_file(kept: &Kept) -> Option<PathBuf> {
    let facts = kept.facts().ok()?;
    let Some((_, Fact::Began { site_file: Some(origin), .. })) = facts.first() else { return None };
    let path = PathBuf::from(origin.path.as_str());
    open::usual().is_ok_and(|usual| usual != path).then_some(path)
}

fn of(facts: &[Dated]) -> Option<&Safe> {
    match facts.first() {
        Some((_, Fact::Began { site, .. })) => Some(site),
        _ => None,
    }
}
