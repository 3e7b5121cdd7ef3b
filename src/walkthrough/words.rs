//! Every sentence an operator reads about the walk, once, for the screen, for `--plain` and for the report.
//!
//! Sentences of blocks have three parts: what happened, what it means for the walk, what to do.
//! Deliberately absent: glyphs and colours (`ui`), and the explanations of log records (`logs::explain`).

mod alone;
mod enter;
mod hand_over;
mod outcomes;
mod questions;
mod reasons;
mod recorded;
mod recover;
mod screen;
mod tour;

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Instant;
use crate::portal::{Sensor, ServiceStatus};
use crate::text::Safe;

use super::fact::DurableSave;
use super::step::{Outcome, Phase, Reason, Step};
use super::watch::VerdictWord;
use super::{Notice, Saving, SigningIn, Walkthrough};

pub use alone::{
    AFTER_INTERRUPTION, INTERRUPTED, LEAVING, against, conclusion, conclusion_word, open, protocol,
    record_kept,
};
pub use enter::enter;
pub use hand_over::{HANDED_OVER, hand_over_field, handed_over, not_handed_over, second_person};
pub(super) use outcomes::{accepted, misgiving_about};
pub use outcomes::{
    budget, finding, misgiving, missing, row, service, shut, verdict, verdict_word, why_shut,
};
pub(super) use questions::option_of;
pub use questions::{CAN_EDIT_NOBODY, CHANGED_NOT_YET, beside, hint, option_word, options, question, wanted};
pub(in crate::walkthrough) use questions::{
    COPY, HAND_OVER_FIRST, NOT_BESIDE, NOT_SAVED_THERE, PASTED, SAVED_THERE, SECOND_PERSON, TYPED_BY_HAND,
};
pub use reasons::{Said, reason, to_copy};
pub use recorded::{answer, at_second, gate, proof, recorded, said_of, save_ended, witness, written};
pub use recover::{
    HELP_WAYS_BACK, WAYS_BACK, WayBack, WayLine, commands, ways_back, ways_back_keys, ways_back_lines,
    ways_back_wanted,
};
pub use screen::*;
pub use tour::tour;

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
pub fn purpose(walk: &Walkthrough, step: Step) -> &'static str {
    match step {
        Step::Save if questions::untested(walk) => "Click Save: an UNTESTED password goes to the portal.",
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
            _ if walk.offered().is_some() => "Opening the record of the walk that goes on.".into(),
            SigningIn::NotBegun | SigningIn::Requesting if walk.terms.application => {
                "Signing in as the application; nobody has to enter a code.".into()
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
            Saving::NotBegun | Saving::Marking | Saving::Recording { .. } | Saving::HandedOver { .. }
                if walk.terms.hand_off =>
            {
                "Taking the mark and putting it on record; then what to save is shown.".into()
            }
            Saving::NotBegun
            | Saving::Marking
            | Saving::Recording { .. }
            | Saving::HandedOver { .. }
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
        Step::Save if walk.secret_gone() => {
            "Enter says whether it is saved there; not saved leads to step 4.".into()
        }
        Step::Save if walk.handed_over() => "Save it there as shown, then Enter. Space shows it all.".into(),
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

/// What happens next, in a short sentence. A walk that was taken up says where it goes on.
pub fn next(walk: &Walkthrough, step: Step) -> Safe {
    if let Some(left) = walk.goes_on_at().filter(|_| step == walk.current) {
        return safe(format!("Next: step {}, where this walk was left.", left.number()));
    }
    if let Some(offer) = walk.offered().filter(|_| step == walk.current) {
        return safe(format!(
            "Next: step {}, where it was left, or a new walk's sign-in.",
            offer.step.number()
        ));
    }
    Safe::new(match step {
        Step::Portal if walk.beside().is_some() => "Next: the sign-in of another walk, if it is begun.",
        Step::Portal if walk.durable().save != DurableSave::No => {
            "Next: the configuration. What was saved stays until another save."
        }
        Step::Portal => "Next: the configuration. Nothing changes before step 5.",
        Step::Configuration => "Next: the account, and its domain controllers.",
        Step::DirectoryServices if *walk.phase(step) == Phase::Blocked(Reason::ManagedAccount) => {
            "Next: nothing; a managed account's password is none to change here."
        }
        Step::DirectoryServices => "Next: the password is typed and tested.",
        Step::Password => "Next: Save, and only what was tested here.",
        Step::Save => "Next: the services of the sensors are watched.",
        Step::Services => "Next: the sensor table, and the verdict.",
        Step::Sensors if refused(walk) => "Next: a way back; a save begins the watch anew.",
        Step::Sensors => "Next: the record is closed with the verdict.",
    })
}

fn refused(walk: &Walkthrough) -> bool {
    let verdict = walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
    verdict.is_some_and(|verdict| verdict.word == VerdictWord::Refused)
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

pub fn notice(notice: &Notice) -> Safe {
    match notice {
        Notice::Blocked(why) => {
            let said = reason(why);
            safe(format!("{} {}", said.what, said.remedy))
        }
        Notice::ReasonRecorded => Safe::new("Recorded."),
        Notice::HandOverRecorded => Safe::new("It is in the record."),
        Notice::Approved => Safe::new("The approval is in the record."),
        Notice::NoteRecorded => Safe::new("The note is in the record."),
        Notice::PasswordCopied => Safe::new("The password is on your clipboard, for 45 s."),
        Notice::ClipboardOverwritten => Safe::new("The clipboard was overwritten."),
        Notice::NoClipboard(why) => why.clone(),
        Notice::HandedOver(left_at) => safe(format!(
            "It was handed over: h shows that again. Next: step {}, where it was left.",
            left_at.number()
        )),
        Notice::NeverSent => Safe::new(
            "The save was not made before the process ended; the entry is as it was. Type the password again.",
        ),
        Notice::PasswordGone => Safe::new(
            "The tested password is not held any more. Step 4 asks for it again, and tests it, before Save.",
        ),
        Notice::Paused(by) => safe(format!(
            "Nothing was watched for {}: the console was stopped, or its machine slept.",
            stretch(by.as_secs())
        )),
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

/// Day, hours and minutes, UTC.
pub fn day_time(at: Timestamp) -> String {
    at.strftime("%d %b %H:%MZ").to_string()
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

/// The record's fault, for as long as it lasts.
pub fn unrecorded(walk: &Walkthrough) -> Option<Safe> {
    let why = walk.record.fault.clone()?;
    Some(notice(&Notice::Blocked(Reason::RecordFailed(why))))
}

/// That this machine's clock was set back, for as long as it is behind.
pub fn clock_behind(walk: &Walkthrough) -> Option<Safe> {
    (walk.behind > Duration::ZERO).then(|| {
        safe(format!(
            "This machine's clock was set back {}. Its times are early; attempts count on, guard and watch wait no less. Set it right.",
            stretch(walk.behind.as_secs())
        ))
    })
}

/// So long, about, for a sentence.
fn stretch(seconds: u64) -> String {
    let minutes = seconds.saturating_add(30).div_euclid(60);
    match (minutes.div_euclid(60), minutes.rem_euclid(60)) {
        (0, 0..2) => format!("about {seconds} s"),
        (0, minutes) => format!("about {minutes} min"),
        (hours, 0) => format!("about {hours} h"),
        (hours, minutes) => format!("about {hours} h {minutes} min"),
    }
}

/// The one line when the walk is over.
pub fn farewell(walk: &Walkthrough) -> Safe {
    let verdict = walk.watch.as_ref().and_then(|watch| Some(verdict_word(watch.verdict.as_ref()?.word)));
    let said = match (verdict, &walk.saving) {
        (Some(verdict), _) => verdict,
        (None, Saving::NotBegun | Saving::Marking) if !walk.save_on_record() => "nothing was saved",
        (None, _) if walk.durable().save == DurableSave::Saved => "saved, without a verdict",
        (None, _) => "saved or not: not known",
    };
    let hash: String = walk.record.hash.chars().take(16).collect();
    let again = how_to_go_on(walk).map(|how| format!(" · go on with {how}")).unwrap_or_default();
    let kept = match walk.record.lines {
        0 => "nothing could be written to it".to_owned(),
        lines => format!("{lines} lines, {hash}"),
    };
    let missing = match (walk.unwritten.len(), &walk.record.fault) {
        (0, None) => String::new(),
        (missing, _) => format!(" · not whole: {} could not be written", missing.max(1)),
    };
    safe(format!("{said} · record {} · {kept}{missing}{again}", walk.record.path))
}

/// For a walk that is unfinished; a lab in which something was saved ends with its process.
fn how_to_go_on(walk: &Walkthrough) -> Option<String> {
    let durable = walk.durable();
    let stands = matches!(durable.verdict, Some(VerdictWord::Confirmed | VerdictWord::NoRefusalSeen));
    let ended = stands || matches!(walk.phase(Step::Sensors), Phase::Settled(_));
    let saved = durable.save != DurableSave::No;
    if !durable.got_on || ended || (walk.terms.lab && saved) {
        return None;
    }
    let name = walk.record.path.rsplit('/').next()?.strip_suffix(".jsonl")?;
    let lab = if walk.terms.lab { "lab " } else { "" };
    Some(format!("mdi-console {lab}--resume {name}{}", walk.terms.options))
}

/// How a blocked step reads as a whole, for `--plain` and the log.
pub fn blocked(why: &Reason) -> Safe {
    let said = reason(why);
    safe(format!("{} {} {}", said.what, said.means, said.remedy))
}
