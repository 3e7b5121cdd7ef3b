//! What stands in the record, in sentences for whoever reads it later and has never seen the program.

use jiff::Timestamp;

use crate::directory::probe::Found;
use crate::directory::{Answer, Host};
use crate::text::Safe;
use crate::walkthrough::fact::{Entered, Fact, Gate, LogPlace, ProofWord, SaveWord, Witness};
use crate::walkthrough::step::{Outcome, Step};

use super::{hand_over_field, protocol, safe, stretch, title, verdict_word};

/// One line of the record, in a sentence. Nothing, where another line says the same and more.
pub fn recorded(fact: &Fact) -> Option<Safe> {
    of_the_walk(fact).or_else(|| of_the_directory(fact)).or_else(|| of_the_save(fact))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`recorded` asks one family after the other")]
fn of_the_walk(fact: &Fact) -> Option<Safe> {
    Some(match fact {
        Fact::Began { operator, host, site, lab, .. } => {
            let place = if *lab { "the lab" } else { "the live site" };
            safe(format!("{operator} began on {host}, at {place} {site}."))
        }
        Fact::Resumed { operator, host, torn, .. } => {
            let torn = torn.map_or(String::new(), |bytes| {
                format!(" A last line of {bytes} bytes, cut off while it was being written, was taken away.")
            });
            safe(format!("{operator} took the walk up again on {host}.{torn}"))
        }
        Fact::SignedIn { name: Some(name) } => safe(format!("Signed in to the portal as {name}.")),
        Fact::SignedIn { name: None } => Safe::new("Signed in to the portal; it told no name."),
        Fact::WorkedWithoutPortal => Safe::new("Worked without the portal's interface (no Graph)."),
        Fact::Baseline { sensors, running, credential_issues, .. } => safe(format!(
            "Before anything was changed: {sensors} sensors, {running} running, open issues about a credential: {credential_issues}."
        )),
        Fact::CanEdit { answer } => safe(format!("Someone present can edit the portal: {answer}.")),
        Fact::Settled { step, outcome } => settled(*step, outcome),
        Fact::WentBack { to } => safe(format!("Went back to step {}, {}.", to.number(), title(*to))),
        Fact::HandOverNoted { field, text } => {
            safe(format!("For whoever takes over, {}: {text}", hand_over_field(*field)))
        }
        Fact::Noted { text } => safe(format!("Note: {text}")),
        Fact::ClockSetBack { by_seconds } => safe(format!(
            "This machine's clock was set back: it tells {} less than it had told. What follows bears times that much too early.",
            stretch(*by_seconds)
        )),
        Fact::ClockSetForward { by_seconds } => {
            safe(format!("This machine's clock, set back before, went forward by {}.", stretch(*by_seconds)))
        }
        Fact::Paused { by_seconds } => safe(format!(
            "Nothing was watched for {}: the console was stopped, its machine slept, or its clock was set forward.",
            stretch(*by_seconds)
        )),
        Fact::WrittenLate { by_seconds, lines } => safe(format!(
            "The record could not be written for {}. Of the lines before this one the last {lines} tell of that time, and bear the time when they were written.",
            stretch(*by_seconds)
        )),
        Fact::IssueClosed { id } => safe(format!(
            "The health issue {id}, open when the save was announced, was seen closed; open again, it counts."
        )),
        Fact::Left { step, .. } => safe(format!("Left at step {}, {}.", step.number(), title(*step))),
        _ => return None,
    })
}

fn settled(step: Step, outcome: &Outcome) -> Safe {
    let how = match outcome {
        Outcome::Done => "done",
        Outcome::WithoutPortal => "done without the portal's interface",
        Outcome::Overridden => "passed by a typed reason",
        Outcome::SaveNotKnown => "not known whether saved; treated as saved",
    };
    safe(format!("Step {}, {}: {how}.", step.number(), title(step)))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`recorded` asks one family after the other")]
fn of_the_directory(fact: &Fact) -> Option<Safe> {
    Some(match fact {
        Fact::EntryChosen { account, .. } => safe(format!("Chose the entry of {account}.")),
        Fact::TestedAlone { account } => safe(format!("Only the password of {account} was tested.")),
        Fact::UsedElsewhere { answer } => safe(format!("The account is used elsewhere: {answer}.")),
        Fact::ChangedInDirectory { answer } => {
            safe(format!("Changed in Active Directory already, by the operator's word: {answer}."))
        }
        Fact::ControllerReached { host, provable, read_only, .. } => {
            let what = match (provable, read_only) {
                (_, true) => "is read-only, and is given no password",
                (true, false) => "can prove a password",
                (false, false) => "can't prove a password",
            };
            safe(format!("Reached {host} without a password: it {what}."))
        }
        Fact::ControllerUnreachable { host, why } => safe(format!("Could not reach {host}: {why}.")),
        Fact::AccountFound { host, found } => {
            safe(format!("Asked without a password, {host} said: {}.", account_found(found)))
        }
        Fact::Attempting { host, protocol: by, .. } => {
            safe(format!("Announced a test of the password at {host} by {}.", protocol(*by)))
        }
        Fact::Attempted { host, protocol: by, answer: said, .. } => {
            safe(format!("{host} by {}: {}.", protocol(*by), answer(said)))
        }
        Fact::GuardShut { why } => safe(format!("The guard against lockout allowed no test: {why}")),
        Fact::AccountNameTyped => {
            Safe::new("The account's name was typed, to allow one test more than is safe.")
        }
        Fact::AccountRead { name, sid, .. } => {
            safe(format!("The account was read with its own password: {name}, {sid}."))
        }
        Fact::Accepted { proof: ProofWord::RestrictedHere, .. } => {
            Safe::new("The password was not judged: the account may not log on there, or at this hour.")
        }
        Fact::Accepted { proof: by, hosts } => {
            safe(format!("The password was accepted by {}: {}.", listed(hosts), proof(*by)))
        }
        Fact::Refused { host, why } => safe(format!("{host} refused the password ({why}); it was wiped.")),
        Fact::AcceptanceVoided => Safe::new("The acceptance no longer counts, and the password was wiped."),
        Fact::AcceptedInVain { why } => safe(format!("The password was accepted, and is of no use: {why}.")),
        _ => return None,
    })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`recorded` asks one family after the other")]
fn of_the_save(fact: &Fact) -> Option<Safe> {
    Some(match fact {
        Fact::Overridden { gate: which, reason, about } => {
            let about = if about.is_empty() { String::new() } else { format!(" ({})", listed(about)) };
            safe(format!("Override: {}{about}. Reason: {reason}", gate(*which)))
        }
        Fact::Approved { recorded_by, approved_by } => {
            safe(format!("{approved_by} approved that this password is saved; recorded by {recorded_by}."))
        }
        Fact::SaveIntended { tested, hand_off, positions, .. } => {
            let what = if *tested { "the tested password" } else { "an UNTESTED password" };
            let how = if *hand_off { "by the operator's own hand at the portal" } else { "to the portal" };
            let files = match positions.len() {
                1 => "1 log file".to_owned(),
                files => format!("{files} log files"),
            };
            safe(format!("Announced the save of {what} {how}; the mark names {files}."))
        }
        Fact::SaveEnded { result, why, entered } => save_ended(*result, why.as_ref(), *entered),
        Fact::PasswordCopied => Safe::new(
            "The tested password was put on the operator's own clipboard, to be overwritten after 45 s.",
        ),
        Fact::ServiceSeen { host, state } => safe(format!("The sensor service on {host}: {state}.")),
        Fact::ServiceMarked { host, evidence } => {
            safe(format!("Marked by the operator: the service on {host} runs. Evidence: {evidence}"))
        }
        Fact::Evidence { host, what, by, place } => {
            let written = place.as_ref().map(written).unwrap_or_default();
            safe(format!("Evidence, {}: {host}: {what}{written}.", said_of(*by)))
        }
        Fact::Verdict { verdict, missing, .. } => {
            let missing: Vec<&str> = missing.iter().map(Safe::as_str).collect();
            safe(format!("Verdict: {}. {}", verdict_word(*verdict), missing.join(" ")).trim_end().to_owned())
        }
        _ => return None,
    })
}

/// What came of a save.
pub fn save_ended(result: SaveWord, why: Option<&Safe>, entered: Option<Entered>) -> Safe {
    let said = match result {
        SaveWord::Saved => "Saved",
        SaveWord::NotSaved => "Not saved",
        SaveWord::Conflict => "Not saved: someone else had changed the entry",
        SaveWord::NotKnown => "Not known whether saved; treated as saved",
    };
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    let entered = match entered {
        Some(Entered::Pasted) => ", pasted at the portal",
        Some(Entered::TypedByHand) => ", typed by hand at the portal",
        Some(Entered::NotSure) => ", and the operator is not sure how it got into the portal",
        None => "",
    };
    safe(format!("{said}{why}{entered}."))
}

fn account_found(found: &Found) -> String {
    match found {
        Found::NoSuchAccount => "no such account".into(),
        Found::Closed(Some(code)) => format!("the account is closed: {} ({code})", code.meaning()),
        Found::Closed(None) => {
            "the account is closed: disabled, locked, expired, or outside its logon hours".into()
        }
        Found::Keys(keys) => {
            let keys = [(keys.aes256, "AES-256"), (keys.aes128, "AES-128")];
            let keys: Vec<&str> = keys.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect();
            format!(
                "the account exists; keys: {}",
                if keys.is_empty() { "none".into() } else { keys.join(", ") }
            )
        }
        Found::NoPreauthentication => {
            "the account exists, and needs no preauthentication: anybody may guess its password unseen".into()
        }
    }
}

/// What a controller answered to the password.
pub fn answer(answer: &Answer) -> Safe {
    match answer {
        Answer::Accepted => Safe::new("accepted"),
        Answer::Refused(refusal) => safe(format!("refused: {refusal}")),
        Answer::NotKnown(fault) => safe(format!("not known whether accepted: {fault}")),
        Answer::NotSent(fault) => safe(format!("the password was not sent: {fault}")),
    }
}

/// What a typed reason went past.
pub fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::WithoutController => "no controller could prove the password",
        Gate::Misgivings => "the password was accepted with misgivings",
        Gate::SavedUntested => "nothing could prove or refuse the password (SAVED UNTESTED)",
        Gate::SecondPerson => "nobody was there to approve the save (glass broken)",
        Gate::ServiceNotRunning => "a sensor service was not running",
    }
}

pub fn proof(proof: ProofWord) -> &'static str {
    match proof {
        ProofWord::CurrentByKerberos => "the current password, proved by Kerberos",
        ProofWord::CurrentByAge => "the current password, by its age",
        ProofWord::CurrentElsewhere => "the current password there, perhaps not replicated",
        ProofWord::PerhapsPrevious => "perhaps the previous password",
        ProofWord::RestrictedHere => "restricted here, not judged",
        ProofWord::Untested => "untested",
    }
}

/// Where a piece of evidence comes from.
pub fn witness(witness: Witness) -> &'static str {
    match witness {
        Witness::LogRefused => "against it, a record in the sensor's own log",
        Witness::LogTook => "for it, a record in the sensor's own log",
        Witness::ServiceStopped => "against it, the portal",
        Witness::CredentialIssue => "against it, a health issue at the portal",
        Witness::Syncing => "for it, the portal",
        Witness::CountRose => "against it, the PDC emulator's count",
    }
}

/// The same of a record that doesn't tell.
pub fn said_of(by: Option<Witness>) -> &'static str {
    by.map_or("source not recorded", witness)
}

/// By what a log's record is found again.
pub fn written(place: &LogPlace) -> String {
    let at = place.at.offset;
    let when = place.written.as_ref().map(|when| format!("written {when} by its host's clock, "));
    format!(", {}at byte {at}", when.unwrap_or_default())
}

fn listed(hosts: &[Host]) -> String {
    let names: Vec<&str> = hosts.iter().map(Safe::as_str).collect();
    names.join(", ")
}

/// To the second, UTC, as an auditor compares it with other logs.
pub fn at_second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
