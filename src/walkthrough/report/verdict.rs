//! The verdict in one sentence, for someone who reads no other. Pure.

use std::collections::BTreeSet;

use crate::text::Safe;
use crate::walkthrough::fact::{DurableSave, ProofWord, SaveWord, Witness};
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::words;

use super::gathering::Proved;
use super::{Report, Save};

/// So many names stand in the sentence; the others are counted.
const NAMED: usize = 3;

pub(super) fn sentence(report: &Report, save: DurableSave, proof: Proved) -> Safe {
    let lab = report.people.first().is_some_and(|person| person.lab);
    let told = match report.record.unread_from {
        _ if report.time_line.is_empty() => {
            return Safe::new("Nothing can be told: no line of the record could be read.");
        }
        // What was saved and how it ended may stand where it can't be read.
        Some(line) => {
            let told = walk(report, save, proof);
            let mut told = told.chars();
            let first = told.next().map(|c| c.to_ascii_lowercase()).into_iter();
            let told: String = first.chain(told).collect();
            let last = line.saturating_sub(1);
            format!(
                "The record could be read up to line {last} only, and what came after is not known; up to there {told}"
            )
        }
        None => walk(report, save, proof),
    };
    let lab = if lab { "LAB: " } else { "" };
    let untested = if report.saved_untested { "SAVED UNTESTED: " } else { "" };
    Safe::from(format!("{lab}{untested}{told}."))
}

fn walk(report: &Report, save: DurableSave, proof: Proved) -> String {
    let account = report
        .account
        .as_ref()
        .map_or_else(|| "an account that is not on record".to_owned(), ToString::to_string);
    if report.alone {
        return format!("The password of {account} was tested alone: {}", came(proof));
    }
    let saved = match save {
        DurableSave::No if report.account.is_none() => {
            return "Nothing was saved, and no account was chosen".into();
        }
        DurableSave::No => {
            return format!("Nothing was saved: the walk was about {account}, and {}", tested(proof));
        }
        DurableSave::Saved => format!("The password of {account} was saved"),
        DurableSave::NotKnown => {
            format!("Whether the password of {account} was saved is not known; it is treated as saved")
        }
    };
    let then = match report.verdict_word {
        Some(VerdictWord::Confirmed) => {
            "is confirmed: every sensor that uses it was observed running afterwards, and none refused it"
        }
        Some(VerdictWord::Refused) => {
            return format!("{saved}, and is refused{}; a sensor that can't use it stops", refusing(report));
        }
        Some(VerdictWord::NoRefusalSeen) => {
            "no refusal was seen, but not everything that would show one was observed"
        }
        Some(VerdictWord::NotConfirmed) => "is not confirmed",
        None if report.record.going_on => "is being watched now; there is no verdict yet",
        None => "the watch over it did not come to a verdict",
    };
    format!("{saved}, and {then}")
}

/// Who refused it, as far as their logs say so.
fn refusing(report: &Report) -> String {
    let happened = |save: &Save| !matches!(save.result, Some(SaveWord::NotSaved | SaveWord::Conflict));
    let last = report.saves.iter().rposition(happened).map_or(0, |place| place.saturating_add(1));
    let since = report.evidence.iter().filter(|one| one.save == last);
    let told_by_issue = since.clone().any(|one| one.by == Some(Witness::CredentialIssue));
    let refusing = since.filter(|one| one.by == Some(Witness::LogRefused));
    let hosts: BTreeSet<&Safe> = refusing.map(|one| &one.host).collect();
    let of = report.after.map(|after| format!(" of {} sensors", after.sensors)).unwrap_or_default();
    let named: Vec<&str> = hosts.iter().take(NAMED).map(|host| host.as_str()).collect();
    match hosts.len() {
        0 if told_by_issue => ", as a health issue at the portal tells".to_owned(),
        0 => String::new(),
        all @ 1..=NAMED => format!(" by {all}{of}: {}", named.join(", ")),
        all => format!(" by {all}{of}: {} and others", named.join(", ")),
    }
}

/// What came of the last password that was tested.
fn tested(proof: Proved) -> String {
    match proof {
        Proved::Nothing => "no password was proved or refused".into(),
        Proved::Voided => "a password that was accepted was wiped without being saved".into(),
        Proved::Refused | Proved::InVain | Proved::Accepted(..) => {
            format!("the last password tested was {}", came(proof))
        }
    }
}

fn came(proof: Proved) -> String {
    match proof {
        Proved::Nothing | Proved::Voided | Proved::Accepted(ProofWord::Untested, _) => {
            "neither proved nor refused".into()
        }
        Proved::Refused => "refused".into(),
        Proved::InVain => {
            "accepted, and is of no use: it is another account's, or the account is shut".into()
        }
        Proved::Accepted(ProofWord::RestrictedHere, _) => {
            "not judged: the account may not log on there, or at this hour".into()
        }
        Proved::Accepted(proof, 1) => format!("accepted by one controller as {}", words::proof(proof)),
        Proved::Accepted(proof, hosts) => {
            format!("accepted by {hosts} controllers as {}", words::proof(proof))
        }
    }
}
