//! What was found, in words: of a controller, the guard, a service, a sensor, the watch.

use std::fmt::Write as _;

use crate::directory::lockout::{Budget, Shut, Why};
use crate::sensor::Standing;
use crate::text::Safe;
use crate::walkthrough::trial::{Misgiving, RowWord};
use crate::walkthrough::watch::{Finding, Missing, Verdict, VerdictWord, Watch};

use super::{clock_second, clock_time, safe};

/// What a controller said of the password.
pub fn row(word: &RowWord) -> Safe {
    match word {
        RowWord::NotChecked => Safe::new("not checked"),
        RowWord::Testing => Safe::new("testing"),
        RowWord::CurrentByKerberos => Safe::new("current (Kerberos)"),
        RowWord::CurrentByAge => Safe::new("current (by age)"),
        RowWord::Accepted => Safe::new("accepted"),
        RowWord::Previous => Safe::new("the previous password"),
        RowWord::AnotherAccounts => Safe::new("another account's"),
        RowWord::Refused(code) => safe(format!("refused ({code})")),
        RowWord::NotKnown(fault) => safe(format!("not known: {fault}")),
    }
}

pub(in crate::walkthrough) fn accepted(word: &RowWord) -> bool {
    matches!(word, RowWord::CurrentByKerberos | RowWord::CurrentByAge | RowWord::Accepted)
}

/// How many attempts are safe.
pub fn budget(budget: &Budget) -> Safe {
    let counted = match budget.counted {
        0 => "No failure counted".to_owned(),
        1 => "1 failure counted".to_owned(),
        more => format!("{more} failures counted"),
    } + &unreadable(budget);
    match budget.threshold {
        Some(0) => safe(format!("{counted}; this domain does not lock accounts.")),
        Some(threshold) => safe(format!(
            "{counted}; {} {} safe (lockout at {threshold}, {} in hand).",
            budget.safe,
            if budget.safe == 1 { "is" } else { "are" },
            budget.in_hand
        )),
        None => safe(format!(
            "{counted}; the lockout policy is not known, so even one failure can lock the account."
        )),
    }
}

/// Why so many count, where it is no password that was wrong.
fn unreadable(budget: &Budget) -> String {
    match budget.unreadable {
        0 => String::new(),
        1 => " (1 is a line of the ledger, attempts.jsonl, that can't be read)".into(),
        more => format!(" ({more} are lines of the ledger, attempts.jsonl, that can't be read)"),
    }
}

/// What stands against saving an accepted password without a word.
pub fn misgiving(misgiving: &Misgiving) -> Safe {
    match misgiving {
        Misgiving::PerhapsPrevious { until: Some(until) } => safe(format!(
            "The password was changed so recently that the previous one is accepted too, until {}. Test again then, or give a reason.",
            clock_time(*until)
        )),
        Misgiving::PerhapsPrevious { until: None } => Safe::new(
            "It may be the previous password: nothing here could tell. Test where Kerberos works, or give a reason.",
        ),
        Misgiving::RefusedElsewhere { host, code } => {
            safe(format!("{host} refused it ({code}): not replicated yet, or wrong there."))
        }
        Misgiving::NotKnownElsewhere { host, fault } => safe(format!("{host} was not asked: {fault}.")),
        Misgiving::NotTried { host } => {
            safe(format!("{host} was not asked: the guard left no attempt for it."))
        }
        Misgiving::RestrictedHere { host, code } => safe(format!(
            "{host} does not let the account sign in from here or now ({code}); the password was not judged wrong."
        )),
        Misgiving::NotAtPdcEmulator => {
            Safe::new("It is current at another controller than the PDC emulator, perhaps not replicated.")
        }
    }
}

/// What a misgiving is about, for the record.
pub(in crate::walkthrough) fn misgiving_about(misgiving: &Misgiving) -> Safe {
    match misgiving {
        Misgiving::PerhapsPrevious { .. } => Safe::new("perhaps the previous password"),
        Misgiving::RefusedElsewhere { host, code } => safe(format!("{host} refused it ({code})")),
        Misgiving::NotKnownElsewhere { host, .. } | Misgiving::NotTried { host } => {
            safe(format!("{host} not asked"))
        }
        Misgiving::RestrictedHere { host, code } => safe(format!("restricted at {host} ({code})")),
        Misgiving::NotAtPdcEmulator => Safe::new("not proved at the PDC emulator"),
    }
}

/// A service's state in a word or two.
pub fn service(standing: &Standing) -> Safe {
    match standing {
        Standing::NotObserved => Safe::new("not observed"),
        Standing::Running { .. } => Safe::new("running"),
        Standing::Settling { .. } => Safe::new("running, settling"),
        Standing::Restarting { .. } => Safe::new("restarting"),
        Standing::RunningUnproved { .. } => Safe::new("running, not proved"),
        Standing::Starting { .. } => Safe::new("starting"),
        Standing::Stopping { .. } => Safe::new("stopping"),
        Standing::Stopped { .. } => Safe::new("stopped"),
        Standing::Paused { .. } => Safe::new("paused"),
        Standing::Disabled => Safe::new("disabled"),
        Standing::Absent => Safe::new("absent"),
        Standing::Unknown(why) => safe(format!("unknown: {why}")),
        Standing::MarkedByOperator { .. } => Safe::new("marked by operator"),
    }
}

/// Why the guard is shut, in a clause.
pub fn why_shut(why: &Why) -> Safe {
    match why {
        Why::AccountSpent(left) => match left.threshold {
            Some(threshold) => safe(format!(
                "{} of {threshold} failures are counted{}, and {} stay in hand",
                left.counted,
                unreadable(left),
                left.in_hand
            )),
            None => safe(format!(
                "one failure is counted{}, and the lockout policy is not known",
                unreadable(left)
            )),
        },
        Why::ControllerSpent(host, _) => safe(format!("no attempt is left at {host}")),
        Why::Locked => Safe::new("the account is locked until then"),
        Why::StandingNotRead => {
            Safe::new("the reader account could not read what counts against the account")
        }
        Why::PolicyNotKnown => Safe::new("the lockout policy is not known"),
        Why::SmallThreshold(threshold) => safe(format!("the account locks at {threshold} failures")),
        Why::FirstFailureLocks => Safe::new("the first failure locks the account"),
        Why::TooManyAtOnce { asked, safe: left } => {
            safe(format!("{asked} attempts were asked for at once, and {left} are safe"))
        }
    }
}

/// The guard's refusal, for the record.
pub fn shut(shut: &Shut) -> Safe {
    match shut {
        Shut::NotBefore(until, why) => {
            safe(format!("not before {}: {}", clock_second(*until), why_shut(why)))
        }
        Shut::UntilUnlocked => Safe::new("until an administrator unlocks the account"),
        Shut::TypeAccountName { why } => {
            safe(format!("until the account's name is typed: {}", why_shut(why)))
        }
        Shut::Never(why) => safe(format!("never: {}", why_shut(why))),
    }
}

/// One sensor after the save.
pub fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::Refused => "refused",
        Finding::Suspected => "suspected",
        Finding::Trouble => "trouble",
        Finding::NotObserved => "not observed",
        Finding::RunningNoRefusal => "running, no refusal seen",
        Finding::TookIt => "took it",
        Finding::DoesNotUse => "doesn't use this entry",
    }
}

pub fn verdict_word(word: VerdictWord) -> &'static str {
    match word {
        VerdictWord::Confirmed => "confirmed",
        VerdictWord::Refused => "refused",
        VerdictWord::NoRefusalSeen => "no refusal seen",
        VerdictWord::NotConfirmed => "not confirmed",
    }
}

/// The verdict in one sentence.
pub fn verdict(watch: &Watch, verdict: &Verdict) -> Safe {
    let mut sentence = match verdict.word {
        VerdictWord::Confirmed => {
            "Confirmed: every sensor that uses the entry was seen running after the save, and none was refused.".to_owned()
        }
        VerdictWord::Refused => {
            let hosts: Vec<&str> = watch.refusing_hosts().map(Safe::as_str).take(3).collect();
            let by = if hosts.is_empty() { "the portal's health issue".to_owned() } else { hosts.join(", ") };
            format!("Refused: the saved password is refused, says {by}. Enter shows the ways back.")
        }
        VerdictWord::NoRefusalSeen => "No refusal seen, but not confirmed either.".to_owned(),
        VerdictWord::NotConfirmed => "Not confirmed.".to_owned(),
    };
    if let Some(first) = verdict.missing.first() {
        let _ = write!(sentence, " {}", missing(first));
        if verdict.missing.len() > 1 {
            let _ = write!(sentence, " And {} more.", verdict.missing.len().saturating_sub(1));
        }
    }
    safe(sentence)
}

/// What kept the verdict from being *confirmed*.
pub fn missing(missing: &Missing) -> Safe {
    match missing {
        Missing::NotObserved(host) => safe(format!("{host} was not observed after the save.")),
        Missing::InTrouble(host) => safe(format!("{host} was in trouble when the watch ended.")),
        Missing::Suspected(host) => {
            safe(format!("{host} wrote one refusal, and no second kind of evidence agrees."))
        }
        Missing::PerhapsOtherEntry(host) => {
            safe(format!("{host} may be using another entry; nothing showed that it took this one."))
        }
        Missing::TypedByHand => {
            Safe::new("The password was typed by hand at the portal, and no sensor showed that it took it.")
        }
        Missing::EntryNotKnown => Safe::new(
            "How the password got into the portal is not known, and no sensor showed that it took it.",
        ),
        Missing::PerhapsNotSaved => Safe::new(
            "Whether it was saved at the portal is not known, and no sensor showed that it took it.",
        ),
        Missing::NothingWatched => {
            Safe::new("Nothing that would show a refusal could be watched throughout.")
        }
        Missing::LeftEarly => Safe::new("The operator left before the watch time was over."),
    }
}
