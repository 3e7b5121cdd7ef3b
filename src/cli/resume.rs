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
            | Self::Held(_)
            | Self::Nothing(_)
            | Self::AnotherSite { .. }
            | Self::LabGone(_) => 2,
            Self::NotRead(_) | Self::NotConsistent { .. } | Self::Newer { .. } | Self::Cut(_) => 3,
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
        let Ok(kept) = records::named(folder, &name) else { continue };
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

/// Lists the unfinished walks of a live site, or of labs.
pub fn run(everywhere: &Everywhere, lab: bool) -> Result<u8, NotResumed> {
    let state = folders::state(everywhere.state_dir.as_deref())?;
    let folder = if lab { state.join("lab") } else { state };
    output::say(list(&folder, (everywhere, lab))?.trim_end())?;
    Ok(0)
}

/// All that are unfinished, the newest first, and the command that goes on with one.
fn list(folder: &Path, (everywhere, lab): (&Everywhere, bool)) -> Result<String, NotResumed> {
    let mut lines = String::new();
    let mut first = None;
    let lab = if lab { "lab " } else { "" };
    for name in records::names(folder)? {
        let kept = records::named(folder, &name)?;
        let Some((line, goes_on)) = line(&kept) else { continue };
        // Writing to a String can't fail.
        let _ = writeln!(lines, "  {name}  {line}");
        first = first.or_else(|| goes_on.then(|| (name, site_file(&kept))));
    }
    let folder = records::shown(folder);
    if lines.is_empty() {
        return Ok(format!("No walk is unfinished in {folder}.\n"));
    }
    let how = first.map(|(id, site)| {
        let options = everywhere.again(site.as_deref());
        format!("Go on with one by its name: mdi-console {lab}--resume {id}{options}\n")
    });
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
    let open = match (kept.held, offer.gone()) {
        (true, _) => "locked by another mdi-console, which walks it now",
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

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Arguments;
    use crate::journal::file::JournalFile;
    use crate::walkthrough::fact::{Origin, SaveWord};
    use crate::walkthrough::step::Step;

    /// A walk at this site that went as far as these facts.
    fn walked(folder: &Path, (name, site, lab): (&str, &str, bool), facts: &[Fact]) {
        let origin = Origin { path: "/etc/sites/a b.toml".into(), hash: "0".into() };
        let began = Fact::Began {
            site: site.into(),
            lab,
            operator: "ana".into(),
            host: "jump-01".into(),
            program: "0".into(),
            site_file: (!lab).then_some(origin),
        };
        let mut record = JournalFile::create(folder, &format!("{name}.jsonl")).unwrap();
        for fact in std::iter::once(&began).chain(facts) {
            record.append("2026-03-04T05:06:07Z".parse().unwrap(), fact).unwrap();
        }
    }

    fn intended() -> Fact {
        Fact::SaveIntended {
            entry: "e1".into(),
            change: "c1".into(),
            tested: true,
            hand_off: false,
            positions: Vec::new(),
            open_issues: Vec::new(),
            bad_password_count: None,
            portal_time: None,
            etag: None,
        }
    }

    fn settled(step: Step) -> Fact {
        Fact::Settled { step, outcome: crate::walkthrough::step::Outcome::Done }
    }

    fn everywhere(options: &[&str]) -> Everywhere {
        Arguments::parse_from(["mdi-console"].iter().chain(options)).everywhere
    }

    #[test]
    fn a_walk_that_is_finished_elsewhere_hides_none_that_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let whole: Vec<Fact> = Step::ALL.into_iter().map(settled).collect();
        walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal)]);
        walked(folder.path(), ("20260304T050608Z", "site-b", false), &whole);
        let asked = |site: &str| match newest(folder.path(), &site.into()) {
            Opening::Asked(offer) => Some(offer.id.to_string()),
            _ => None,
        };
        assert_eq!(asked("site-a").as_deref(), Some("20260304T050607Z"));
        assert_eq!(asked("site-b"), None);
        walked(folder.path(), ("20260304T050609Z", "site-a", false), &whole);
        assert_eq!(asked("site-a"), None, "a later one at the same site makes it a matter of the past");
    }

    #[test]
    fn a_walk_that_is_being_walked_is_told_before_another_one_is_begun() {
        let folder = tempfile::tempdir().unwrap();
        let beside = || match newest(folder.path(), &"site-a".into()) {
            Opening::Beside(Beside::Walked { operator, step, .. }) => Some((operator.to_string(), step)),
            _ => None,
        };
        walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal), intended()]);
        walked(folder.path(), ("20260304T050608Z", "site-a", false), &[settled(Step::Portal)]);
        walked(folder.path(), ("20260304T050609Z", "site-b", false), &[settled(Step::Portal)]);
        let hold = |id: &str| JournalFile::open_existing(folder.path(), &format!("{id}.jsonl")).unwrap();
        assert_eq!(beside(), None);
        let elsewhere = hold("20260304T050609Z");
        assert_eq!(beside(), None, "that one is of another site");
        drop(elsewhere);
        let _older = hold("20260304T050607Z");
        assert_eq!(beside(), Some(("ana".into(), Step::Save)), "a newer one that nobody walks hides it not");
    }

    #[test]
    fn a_newest_record_that_cannot_be_read_is_told_and_the_older_one_named() {
        let check = |line: usize, older: bool, expected: Option<(u64, Option<&str>)>| {
            let folder = tempfile::tempdir().unwrap();
            if older {
                walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal)]);
            }
            walked(
                folder.path(),
                ("20260304T050608Z", "site-a", false),
                &[settled(Step::Portal), intended()],
            );
            let path = folder.path().join("20260304T050608Z.jsonl");
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().enumerate().map(|(number, one)| {
                if number + 1 == line { one.replace("\"n\"", "\"m\"") } else { one.to_owned() }
            });
            std::fs::write(&path, lines.map(|line| line + "\n").collect::<String>()).unwrap();
            let found = match newest(folder.path(), &"site-a".into()) {
                Opening::Beside(Beside::Unread { line, older, .. }) => Some((line, older)),
                _ => None,
            };
            let expected = expected.map(|(line, older)| (line, older.map(Safe::new)));
            assert_eq!(found, expected, "line {line}: {:?}", newest(folder.path(), &"site-a".into()));
        };
        check(0, true, None);
        check(3, false, Some((3, None)));
        check(3, true, Some((3, Some("20260304T050607Z"))));
        check(1, true, Some((1, Some("20260304T050607Z"))));
    }

    #[test]
    fn the_command_that_goes_on_is_whole_and_quoted() {
        let folder = tempfile::tempdir().unwrap();
        walked(folder.path(), ("20260304T050607Z", "site-a", false), &[settled(Step::Portal)]);
        let check = |options: &[&str], lab: bool, expected: &str| {
            let said = list(folder.path(), (&everywhere(options), lab)).unwrap();
            assert_eq!(said.lines().last(), Some(expected), "{said}");
        };
        let by_name = "Go on with one by its name: mdi-console --resume 20260304T050607Z";
        check(&[], false, &format!("{by_name} --site '/etc/sites/a b.toml'"));
        check(
            &["--site", "b.toml", "--state-dir", "it's"],
            false,
            &format!("{by_name} --site b.toml --state-dir \"it's\""),
        );
    }

    #[test]
    fn a_lab_that_ended_with_its_save_is_not_offered() {
        let check = |facts: &[Fact], ended: bool| {
            let folder = tempfile::tempdir().unwrap();
            walked(folder.path(), ("20260304T050607Z", "lab", true), facts);
            let said = list(folder.path(), (&everywhere(&[]), true)).unwrap();
            assert_eq!(
                (said.contains("its lab ended"), said.contains("Go on with")),
                (ended, !ended),
                "{said}"
            );
            assert_eq!(find(folder.path(), "20260304T050607Z").unwrap().gone(), ended, "{facts:?}");
        };
        let mut facts = vec![settled(Step::Portal), settled(Step::Password)];
        check(&facts, false);
        facts.push(intended());
        check(&facts, true);
        let ended = |result| Fact::SaveEnded { result, why: None, entered: None };
        check(&[facts.clone(), vec![ended(SaveWord::NotSaved)]].concat(), false);
        facts.extend([ended(SaveWord::Saved), settled(Step::Save)]);
        check(&facts, true);
        facts.push(Fact::WentBack { to: Step::Password });
        check(&facts, true);
    }
}
