//! `--resume`: which walks are unfinished, and which of them goes on.
//!
//! A record is looked at here and opened by the engine, which locks it. Deliberately absent: what a record implies
//! (`walkthrough::resume`), and any walking.

use std::fmt::Write as _;
use std::path::Path;

use crate::journal::Consistency;
use crate::text::Safe;
use crate::walkthrough::resume::{Offer, Opening, Past};
use crate::walkthrough::words;

use super::records::{self, Kept, NotRead};
use super::{Everywhere, NoHome, folders, walk};

/// Why a walk doesn't go on.
#[derive(Debug, thiserror::Error)]
pub enum NotResumed {
    #[error(transparent)]
    NotRead(#[from] NotRead),
    #[error(transparent)]
    NoHome(#[from] NoHome),
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
        "the lab in which the walk {0} saved its password ended with its process, so there is nothing left to watch. `mdi-console report {0}` shows it"
    )]
    LabGone(Safe),
}

impl NotResumed {
    /// 2 for what was asked for, 3 for what could not be read.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotRead(NotRead::NoSuch { .. } | NotRead::None(_))
            | Self::NoHome(_)
            | Self::Held(_)
            | Self::Nothing(_)
            | Self::AnotherSite { .. }
            | Self::LabGone(_) => 2,
            Self::NotRead(_) | Self::NotConsistent { .. } | Self::Newer { .. } => 3,
        }
    }
}

/// The walk of this name.
pub(super) fn find(folder: &Path, id: &str) -> Result<Offer, NotResumed> {
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
    Offer::of(&id, &facts).ok_or(NotResumed::Nothing(id))
}

/// The walk that was asked for, if it is of this site.
pub(super) fn at_site(offer: Offer, site: &Safe) -> Result<Opening, NotResumed> {
    if offer.lab || offer.site != *site {
        return Err(NotResumed::AnotherSite { id: offer.id, there: offer.site, here: site.clone() });
    }
    Ok(Opening::TakenUp(offer))
}

/// The newest walk at this site, if it is unfinished; a later one that came to its end makes it a matter of the past.
pub(super) fn newest(folder: &Path, site: &Safe) -> Opening {
    let Ok(names) = records::names(folder) else { return Opening::Anew };
    for name in names {
        let Ok(kept) = records::named(folder, &name) else { continue };
        let Ok(facts) = kept.facts() else { continue };
        let past = Past::of(&facts);
        match Offer::of(&name, &facts) {
            Some(offer) if offer.site == *site && !kept.held && kept.consistent() => {
                return Opening::Asked(offer);
            }
            Some(offer) if offer.site == *site => return Opening::Anew,
            None if past.finished() => return Opening::Anew,
            Some(_) | None => {}
        }
    }
    Opening::Anew
}

/// Lists the unfinished walks of a live site, or of labs.
pub fn run(everywhere: &Everywhere, lab: bool) -> Result<u8, NotResumed> {
    let state = folders::state(everywhere.state_dir.as_deref())?;
    let folder = if lab { state.join("lab") } else { state };
    walk::say(list(&folder, if lab { "lab " } else { "" })?.trim_end());
    Ok(0)
}

/// All that are unfinished, the newest first, and the command that goes on with one.
fn list(folder: &Path, lab: &str) -> Result<String, NotResumed> {
    let mut lines = String::new();
    let mut first = None;
    for name in records::names(folder)? {
        let Some((line, open)) = line(&records::named(folder, &name)?) else { continue };
        // Writing to a String can't fail.
        let _ = writeln!(lines, "  {name}  {line}");
        first = first.or(open.then_some(name));
    }
    let folder = records::shown(folder);
    if lines.is_empty() {
        return Ok(format!("No walk is unfinished in {folder}.\n"));
    }
    let how = first.map(|id| format!("Go on with one by its name: mdi-console {lab}--resume {id}\n"));
    let how = how.unwrap_or_default();
    Ok(format!("Unfinished walks in {folder}, the newest first:\n{lines}{how}"))
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
    let offer = Offer::of(&kept.id, &facts)?;
    let open = if kept.held { "locked by another mdi-console, which walks it now" } else { &*offer.open };
    let line = format!(
        "{}  {}@{}  {}  step {} {}  {open}",
        words::day_time(offer.began),
        offer.operator,
        offer.host,
        offer.site,
        offer.step.number(),
        words::short(offer.step),
    );
    Some((line, !kept.held))
}
