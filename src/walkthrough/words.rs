//! Every sentence an operator reads about the walk, once, for the screen, for `--plain` and for the report.
//!
//! Sentences of blocks have three parts: what happened, what it means for the walk, what to do.
//! Deliberately absent: glyphs and colours (`ui`), and the explanations of log records (`logs::explain`).

mod questions;
mod reasons;
mod screen;

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Instant;
use crate::directory::lockout::{Budget, Shut, Why};
use crate::portal::{Sensor, ServiceStatus};
use crate::sensor::Standing;
use crate::text::Safe;

use super::step::{Outcome, Phase, Question, Reason, Step};
use super::trial::{Misgiving, RowWord};
use super::watch::{Finding, Missing, Verdict, VerdictWord, Watch};
use super::{Notice, Saving, SigningIn, Walkthrough};

pub use questions::{CAN_EDIT_NOBODY, CHANGED_NOT_YET, hint, option_word, options, question, wanted};
pub use reasons::{Said, reason};
pub use screen::*;

fn safe(sentence: String) -> Safe {
    Safe::from(sentence)
}

/// The rail's word for a step.
pub fn short(step: Step) -> &'static str {
    match step {
        Step::Portal => "Portal",
        Step::Configuration => "Configuration",
        Step::DirectoryServices => "Directory",
        Step::Password => "Password",
        Step::Save => "Save",
        Step::Services => "Services",
        Step::Sensors => "Sensors",
    }
}

/// The stage's heading.
pub fn title(step: Step) -> &'static str {
    match step {
        Step::Portal => "Open the portal",
        Step::Configuration => "Configuration",
        Step::DirectoryServices => "Directory Services",
        Step::Password => "Change the password",
        Step::Save => "Save",
        Step::Services => "Check the sensor services",
        Step::Sensors => "Check the sensors",
    }
}

/// What the documentation asks, in one sentence.
pub fn purpose(step: Step) -> &'static str {
    match step {
        Step::Portal => "Open the portal at the workspace URL.",
        Step::Configuration => "Select settings, then Configuration.",
        Step::DirectoryServices => "Select Directory Services: the account, its controllers.",
        Step::Password => "Under Password, change the password: tested first.",
        Step::Save => "Click Save: the tested password goes to the portal.",
        Step::Services => "Check that the sensor service runs on its servers.",
        Step::Sensors => "On the Sensors page, check the status of the sensors.",
    }
}

/// What is asked of the operator now. Stands on the same line on every step.
pub fn asked(walk: &Walkthrough) -> Safe {
    if let Some(asked) = walk.question() {
        return question(walk, asked);
    }
    match walk.phase(walk.current) {
        Phase::Blocked(why) => reason(why).what,
        Phase::Asking(asked) => question(walk, asked),
        Phase::Working => safe(working(walk)),
        Phase::Ready => safe(ready(walk)),
        Phase::Settled(_) => Safe::new("This step is settled. Enter goes on to the next."),
    }
}

fn working(walk: &Walkthrough) -> String {
    match walk.current {
        Step::Portal => match &walk.signing_in {
            SigningIn::Waiting(signing_in) => {
                format!(
                    "Open {} in a browser and enter the code {}.",
                    signing_in.code().verification_uri,
                    signing_in.code().user_code
                )
            }
            SigningIn::NotBegun | SigningIn::Requesting => "Asking for a sign-in code.".into(),
            SigningIn::SignedIn { .. } | SigningIn::Without => {
                "Reading sensors, health issues and entries from the portal.".into()
            }
        },
        Step::Configuration => "Reading the portal.".into(),
        Step::DirectoryServices => "Reaching the domain controllers; no password is used.".into(),
        Step::Password => {
            "Testing the password, one controller first. A test that is sent is always awaited.".into()
        }
        Step::Save => match walk.saving {
            Saving::AskingBack { .. } => {
                "The portal's answer was lost. Reading the entry back, to tell whether it was saved.".into()
            }
            Saving::NotBegun
            | Saving::Marking
            | Saving::Recording { .. }
            | Saving::Sending { .. }
            | Saving::Saved { .. }
            | Saving::NotKnown { .. } => {
                "Saving: the mark is recorded first, then the password is sent.".into()
            }
        },
        Step::Services => "Asking the sensor servers. Running means: the same process, seen twice.".into(),
        Step::Sensors => {
            "Watching the sensors and their logs. A verdict follows when the watch time is over.".into()
        }
    }
}

fn ready(walk: &Walkthrough) -> String {
    match walk.current {
        Step::Portal => "Enter begins the sign-in.".into(),
        Step::Configuration => "Read what stands here; Enter chooses Directory Services.".into(),
        Step::DirectoryServices => "The controllers are reached. Enter goes on to the password.".into(),
        Step::Password => accepted_sentence(walk),
        Step::Save => "Enter shows what will be saved, and asks once more.".into(),
        Step::Services => {
            "Every standalone sensor's service is accounted for. Enter goes on to the sensors.".into()
        }
        Step::Sensors => walk
            .watch
            .as_ref()
            .and_then(|watch| Some(verdict(watch, watch.verdict.as_ref()?).to_string()))
            .unwrap_or_else(|| "Nothing has been saved, so there is nothing to watch.".into()),
    }
}

fn accepted_sentence(walk: &Walkthrough) -> String {
    use super::fact::ProofWord;
    let Some(held) = &walk.acceptance else { return "Type the new password; Enter tests it.".into() };
    let clean = held.misgivings.is_empty() || held.overridden;
    let proof = match held.proof {
        ProofWord::CurrentByKerberos => "It is the current password (Kerberos).",
        ProofWord::CurrentByAge => "It is the current password (by age).",
        ProofWord::CurrentElsewhere => "It is the current password there, perhaps not replicated yet.",
        ProofWord::PerhapsPrevious => "Accepted, but it may be the previous password.",
        ProofWord::RestrictedHere => "Restricted here: the password could not be judged from this host.",
        ProofWord::Untested => "Nothing could prove or refuse this password.",
    };
    let next = if clean && held.proof != ProofWord::Untested {
        "Enter goes on to Save."
    } else {
        "Enter shows what can be done."
    };
    format!("{proof} {next}")
}

/// What happens next, in a short sentence.
pub fn next(step: Step) -> &'static str {
    match step {
        Step::Portal => "Next: what is there now. Nothing changes before step 5.",
        Step::Configuration => "Next: the account, and its controllers; no password yet.",
        Step::DirectoryServices => "Next: the password is typed and tested.",
        Step::Password => "Next: Save. Only what was tested here can be saved.",
        Step::Save => "Next: the sensors' services and logs are watched.",
        Step::Services => "Next: the sensor table, and the verdict.",
        Step::Sensors => "Next: the record is closed; one line says the verdict.",
    }
}

/// A phase in a word, for the rail and for `--plain`.
pub fn phase(phase: &Phase) -> &'static str {
    match phase {
        Phase::Ready => "ready",
        Phase::Asking(_) => "asking",
        Phase::Working => "working",
        Phase::Blocked(_) => "blocked",
        Phase::Settled(Outcome::Done) => "done",
        Phase::Settled(Outcome::WithoutPortal) => "without the portal",
        Phase::Settled(Outcome::Overridden) => "by a reason",
        Phase::Settled(Outcome::SaveNotKnown) => "not known",
    }
}

/// What a controller said of the password.
pub fn row(word: &RowWord) -> Safe {
    match word {
        RowWord::NotChecked => Safe::new("not checked"),
        RowWord::Testing => Safe::new("testing"),
        RowWord::CurrentByKerberos => Safe::new("current (Kerberos)"),
        RowWord::CurrentByAge => Safe::new("current (by age)"),
        RowWord::Accepted => Safe::new("accepted"),
        RowWord::Previous => Safe::new("the previous password"),
        RowWord::Refused(code) => safe(format!("refused ({code})")),
        RowWord::NotKnown(fault) => safe(format!("not known: {fault}")),
    }
}

pub(super) fn accepted(word: &RowWord) -> bool {
    matches!(word, RowWord::CurrentByKerberos | RowWord::CurrentByAge | RowWord::Accepted)
}

/// How many attempts are safe.
pub fn budget(budget: &Budget) -> Safe {
    let counted = match budget.counted {
        0 => "No failure counted".to_owned(),
        1 => "1 failure counted".to_owned(),
        more => format!("{more} failures counted"),
    };
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
pub(super) fn misgiving_about(misgiving: &Misgiving) -> Safe {
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
                "{} of {threshold} failures are counted, and {} stay in hand",
                left.counted, left.in_hand
            )),
            None => Safe::new("one failure is counted, and the lockout policy is not known"),
        },
        Why::ControllerSpent(host, _) => safe(format!("no attempt is left at {host}")),
        Why::Locked => Safe::new("the account is locked until then"),
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
        Missing::NothingWatched => {
            Safe::new("Nothing that would show a refusal could be watched throughout.")
        }
        Missing::LeftEarly => Safe::new("The operator left before the watch time was over."),
    }
}

pub fn notice(notice: &Notice) -> Safe {
    match notice {
        Notice::Blocked(why) => {
            let said = reason(why);
            safe(format!("{} {}", said.what, said.remedy))
        }
        Notice::ReasonRecorded => Safe::new("Recorded."),
        Notice::NoteRecorded => Safe::new("The note is in the record."),
        Notice::TooEarly => Safe::new("Too early."),
        Notice::Waiting => Safe::new("Something is still under way; wait for it, or leave with Ctrl-C."),
    }
}

pub(super) fn is_running(sensor: &Sensor) -> bool {
    sensor.service == ServiceStatus::Running
}

/// Hours and minutes, UTC.
pub fn clock_time(at: Timestamp) -> String {
    at.strftime("%H:%MZ").to_string()
}

/// Hours, minutes and seconds, UTC; for what is safe not before.
pub fn clock_second(at: Timestamp) -> String {
    at.strftime("%H:%M:%SZ").to_string()
}

/// A coarse age: `now` under 15 s, then `<1 min`, whole minutes, whole hours.
pub fn age(of: Instant, now: Instant) -> String {
    coarse(now.since(of))
}

pub fn coarse(age: Duration) -> String {
    match age.as_secs() {
        0..15 => "now".into(),
        15..60 => "<1 min".into(),
        seconds @ 60..3600 => format!("{} min", seconds.div_euclid(60)),
        seconds => format!("{} h", seconds.div_euclid(3600)),
    }
}

/// The way back when the saved password is refused, or an account keeps locking.
pub fn recover() -> [&'static str; 4] {
    [
        "Save the right password: go back to step 4, test it, save it. The watch begins anew.",
        "The old password is known and the portal is out of reach: an administrator can reset the account in Active Directory to the old one.",
        "The account keeps locking: stop AATPSensorUpdater and AATPSensor on the hosts seen refusing, unlock on the PDC emulator, test in the same minute, save, start the services; unlock once more if needed.",
        "Or prove a second account, and add it to the portal as another entry.",
    ]
}

/// The terminal window's title: the step, or the verdict once there is one.
pub fn window_title(walk: &Walkthrough) -> Safe {
    let verdict = walk.watch.as_ref().and_then(|watch| Some(verdict_word(watch.verdict.as_ref()?.word)));
    let step = walk.current;
    match verdict {
        Some(verdict) => safe(format!("{verdict} · {} · mdi-console", walk.terms.site)),
        None => safe(format!("{} {} · {} · mdi-console", step.number(), short(step), walk.terms.site)),
    }
}

/// The one line when the walk is over.
pub fn farewell(walk: &Walkthrough, record: &str) -> Safe {
    let verdict = walk.watch.as_ref().and_then(|watch| Some(verdict_word(watch.verdict.as_ref()?.word)));
    let said = match (verdict, &walk.saving) {
        (Some(verdict), _) => verdict,
        (None, Saving::NotBegun | Saving::Marking) => "nothing was saved",
        (None, _) => "saved or not: not known",
    };
    let hash: String = walk.record.hash.chars().take(16).collect();
    safe(format!("{said} · record {record} · {} lines, {hash}", walk.record.lines))
}

/// How a blocked step reads as a whole, for `--plain` and the log.
pub fn blocked(why: &Reason) -> Safe {
    let said = reason(why);
    safe(format!("{} {} {}", said.what, said.means, said.remedy))
}

/// The masked field in a word, for `--plain`.
pub fn is_masked(question: &Question) -> bool {
    *question == Question::Password
}
