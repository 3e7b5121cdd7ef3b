//! What a password test alone came to, in sentences; and what is wrong with how an account is named.
//!
//! Deliberately absent: any talk of going on with a reason; a test alone offers none.

use crate::directory::Protocol;
use crate::directory::names::{EntryFault, Form, Open};
use crate::text::Safe;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::alone::Conclusion;
use crate::walkthrough::fact::ProofWord;
use crate::walkthrough::step::Reason;
use crate::walkthrough::trial::Misgiving;

use super::reasons::{Said, said};
use super::{clock_second, safe};

pub const LEAVING: &str = "Leaving: what was sent is still awaited; the same again leaves at once.";
pub const INTERRUPTED: &str = "The test was interrupted.";
pub const AFTER_INTERRUPTION: &str =
    "What was sent and not answered counts as an attempt. Look at the budget before you run it again.";

pub fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Ldap => "LDAP",
        Protocol::Kerberos => "Kerberos",
    }
}

/// What is left for the ticket.
pub fn record_kept(walk: &Walkthrough) -> Safe {
    let hash: String = walk.record.hash.chars().take(16).collect();
    safe(format!("Record {}: {} lines, {hash}.", walk.record.path, walk.record.lines))
}

/// A conclusion in a word, for scripts. Stable.
pub fn conclusion_word(conclusion: &Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Current => "current",
        Conclusion::CurrentWhereAsked => "current-where-asked",
        Conclusion::NotProved => "not-proved",
        Conclusion::AnotherObject { .. }
        | Conclusion::Blocked(Reason::WrongAccount { .. } | Reason::NameClaimed { .. }) => "another-account",
        Conclusion::NameNotTyped => "guard-shut",
        Conclusion::Blocked(reason) => blocked_word(reason),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a test alone meets no other block")]
fn blocked_word(reason: &Reason) -> &'static str {
    match reason {
        Reason::PasswordRefused { previous: true, .. } => "previous",
        Reason::PasswordRefused { .. } => "refused",
        Reason::PasswordClosed { .. } => "closed",
        Reason::PasswordUnproved { .. } => "not-known",
        Reason::AccountUnusable(_) => "unusable",
        Reason::GuardNotBefore { .. } | Reason::GuardUntilUnlocked | Reason::GuardNever => "guard-shut",
        Reason::NoProvableController => "not-reached",
        Reason::LedgerFailed(_) | Reason::RecordFailed(_) => "not-written",
        _ => "not-tested",
    }
}

/// What a test alone came to: what happened, what it means, what to do.
pub fn conclusion(walk: &Walkthrough, conclusion: &Conclusion) -> Said {
    match conclusion {
        Conclusion::Current => said(
            format!("This is the current password{}.", by(walk)),
            "Every controller that was asked accepts it.",
            "It can be saved in the portal.",
        ),
        Conclusion::CurrentWhereAsked => said(
            format!("This is the current password{}.", by(walk)),
            "Not every controller could be asked.",
            "See above why; test again when they can be reached.",
        ),
        Conclusion::NotProved => {
            said(not_proved(walk), "It is not proved to be the current password everywhere.", opens(walk))
        }
        Conclusion::AnotherObject { read } => said(
            format!("The password was accepted for another account: {read}."),
            "The account that was named has not been tested.",
            "Name it by its own account name: the user logon name (pre-Windows 2000).",
        ),
        Conclusion::NameNotTyped => said(
            "The guard wants the account's name typed before one more test: one more failure could lock the account.",
            "Nothing was sent.",
            "Run it on a terminal without --password-stdin and type the name, or wait until the window has passed.",
        ),
        Conclusion::Blocked(reason) => blocked(reason),
    }
}

fn by(walk: &Walkthrough) -> &'static str {
    match walk.acceptance.as_ref().map(|held| held.proof) {
        Some(ProofWord::CurrentByKerberos) => " (Kerberos)",
        Some(ProofWord::CurrentByAge) => " (by age)",
        Some(
            ProofWord::CurrentElsewhere
            | ProofWord::PerhapsPrevious
            | ProofWord::RestrictedHere
            | ProofWord::Untested,
        )
        | None => "",
    }
}

fn not_proved(walk: &Walkthrough) -> &'static str {
    match walk.acceptance.as_ref().map(|held| held.proof) {
        Some(ProofWord::CurrentByKerberos | ProofWord::CurrentByAge) => {
            "This is the current password, but not every controller accepts it."
        }
        Some(ProofWord::CurrentElsewhere) => {
            "It is the current password at a controller, perhaps not at the others."
        }
        Some(ProofWord::PerhapsPrevious) => "It was accepted, but it may be the previous password.",
        Some(ProofWord::RestrictedHere) => {
            "The account may not sign in from here or now, and the password was not judged."
        }
        Some(ProofWord::Untested) | None => "Nothing could prove or refuse the password.",
    }
}

/// What would have to be so for the same test to prove it; of the first thing that stands against it.
fn opens(walk: &Walkthrough) -> Safe {
    let first = walk.acceptance.as_ref().and_then(|held| held.misgivings.first());
    match first {
        Some(Misgiving::PerhapsPrevious { until: Some(until) }) => {
            safe(format!("Test again after {}, or from where port 88 answers.", clock_second(*until)))
        }
        Some(Misgiving::PerhapsPrevious { until: None }) => Safe::new(
            "Test at the PDC emulator, over TLS or from where its port 88 answers; name it with --pdc-emulator.",
        ),
        Some(Misgiving::RefusedElsewhere { .. }) => {
            Safe::new("Wait until it has replicated there, then test once more.")
        }
        Some(Misgiving::NotKnownElsewhere { fault, .. }) => Safe::new(fault.remedy()),
        Some(Misgiving::NotTried { .. }) => Safe::new("Wait for the guard, then test again."),
        Some(Misgiving::RestrictedHere { .. }) => {
            Safe::new("Test from a host and at an hour that the account may sign in from and at.")
        }
        Some(Misgiving::NotAtPdcEmulator) => {
            Safe::new("Have the PDC emulator asked: name it with --pdc-emulator.")
        }
        None => Safe::new("Test again."),
    }
}

/// What stands against a password that was accepted, without a word of reasons.
pub fn against(misgiving: &Misgiving) -> Safe {
    match misgiving {
        Misgiving::PerhapsPrevious { until: Some(until) } => safe(format!(
            "It was changed so recently that the previous one is accepted too, until {}.",
            clock_second(*until)
        )),
        Misgiving::PerhapsPrevious { until: None } => {
            Safe::new("Nothing here could tell it from the previous password.")
        }
        Misgiving::RefusedElsewhere { .. }
        | Misgiving::NotKnownElsewhere { .. }
        | Misgiving::NotTried { .. }
        | Misgiving::RestrictedHere { .. }
        | Misgiving::NotAtPdcEmulator => super::misgiving(misgiving),
    }
}

/// The walk's blocks speak of its keys and of saving; a test alone has neither.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others' sentences hold here as they stand")]
fn blocked(reason: &Reason) -> Said {
    let walked = super::reason(reason);
    let (means, remedy) = match reason {
        Reason::PasswordRefused { previous: true, .. } => {
            ("It works a little longer and then no more.", Safe::new("Test the new one."))
        }
        Reason::PasswordRefused { code, .. } => {
            ("No other controller was asked, and it is not tried again.", code.remedy().into())
        }
        Reason::PasswordClosed { code, .. } => ("", code.remedy().into()),
        Reason::PasswordUnproved { fault, .. } => {
            ("This says nothing about the password. It counts as an attempt.", fault.remedy().into())
        }
        Reason::WrongAccount { .. } => (
            "The account that was named has not been tested.",
            Safe::new("Name it by its own account name: the user logon name (pre-Windows 2000)."),
        ),
        Reason::NameClaimed { .. } => (
            "A test would be of that account's password, so none was made.",
            Safe::new("Have that user principal name changed, then test again."),
        ),
        Reason::AccountUnusable(code) => {
            ("As it is, the sensors could not use it with any password.", code.remedy().into())
        }
        Reason::NoProvableController => (
            "The password was not tested, and nothing was counted.",
            Safe::new(
                "See above why none can be asked; name others with --controller, or a CA with --ca-file.",
            ),
        ),
        Reason::GuardNotBefore { .. } => ("", Safe::new("Wait until then, and run it again.")),
        Reason::GuardUntilUnlocked => ("", Safe::new("Have an administrator unlock it, then test again.")),
        Reason::GuardNever => {
            ("", Safe::new("Nothing was sent; a test elsewhere would cost the same failure."))
        }
        Reason::LedgerFailed(_) | Reason::RecordFailed(_) => {
            ("", Safe::new("Free the disk or mend the folder's permissions, then run it again."))
        }
        _ => ("", walked.remedy.clone()),
    };
    let means = if means.is_empty() { walked.means.clone() } else { Safe::new(means) };
    Said { what: walked.what, means, remedy }
}

/// What the form of a name leaves open until the account was read.
pub fn open(open: &Open) -> Safe {
    match open {
        Open::ShortName { prefix, domain } => safe(format!(
            "{prefix} is not the first part of {domain}: whether it is this domain's short name is not known. Tested is the account in {domain}."
        )),
        Open::CommonName { .. } => Safe::new(
            "A distinguished name does not hold the account name; its common name is taken for it, and compared once the account is read.",
        ),
        Open::Principal { .. } => Safe::new(
            "What stands before the @ is taken for the account name, and compared once the account is read.",
        ),
    }
}

/// An entry that is not in the portal's form.
pub(super) fn entry_name(fault: &EntryFault) -> Said {
    const RULE: &str = "The portal wants the bare account name and the account's own domain in full; sensors may fail with anything else.";
    let written = |form: Form| match form {
        Form::Principal => "as a principal (name@domain)",
        Form::Prefixed => "with its domain in front (DOMAIN\\name)",
        Form::Distinguished => "by its distinguished name",
        Form::Bare => "otherwise than by its bare name",
    };
    match fault {
        EntryFault::Form { form, bare: Some(bare) } => said(
            format!("This entry names the account {}.", written(*form)),
            RULE,
            format!("Have {bare} written there in the portal; then Enter reads it again."),
        ),
        EntryFault::Form { form, bare: None } => said(
            format!("This entry names the account {}, of another domain.", written(*form)),
            RULE,
            "Have the account name and its own domain written there in the portal; then Enter reads it again.",
        ),
        EntryFault::ShortDomain { domain } => said(
            format!("This entry's domain is {domain}, which is not a full DNS name."),
            RULE,
            "Have the domain written in full in the portal, or marked as one of a single label; then Enter reads it again.",
        ),
        EntryFault::Name(why) => said(format!("This entry is not in order: {why}."), RULE, why.remedy()),
    }
}
