//! Why a step is blocked: what happened, what it means for the walk, what to do.

use crate::directory::refusal::{SaysOfPassword, SubCode};
use crate::portal::Fault;
use crate::text::Safe;
use crate::walkthrough::step::Reason;

use super::clock_second;

mod sign_in;

pub use sign_in::to_copy;

/// The three parts of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub what: Safe,
    pub means: Safe,
    pub remedy: Safe,
}

pub(super) fn said(what: impl Into<Safe>, means: &str, remedy: impl Into<Safe>) -> Said {
    Said { what: what.into(), means: Safe::new(means), remedy: remedy.into() }
}

/// True also where an earlier save stands: a reason doesn't know of it.
const NOTHING_SAVED: &str = "Nothing was saved by this.";

pub fn reason(reason: &Reason) -> Said {
    match reason {
        Reason::NotResumed(_)
        | Reason::SignInDeclined
        | Reason::SignInExpired
        | Reason::SignInBlocked { .. }
        | Reason::PortalUnread(_)
        | Reason::NobodyCanEdit
        | Reason::NoEntry
        | Reason::NoAccountListed
        | Reason::ManagedAccount => of_the_portal(reason),
        Reason::EntryName(fault) => super::alone::entry_name(fault),
        Reason::AccountUnusable(_)
        | Reason::NoProvableController
        | Reason::NotYetChanged
        | Reason::PasswordEmpty
        | Reason::PasswordRefused { .. }
        | Reason::PasswordClosed { .. }
        | Reason::PasswordUnproved { .. }
        | Reason::WrongAccount { .. }
        | Reason::AcceptedButShut(_)
        | Reason::NameClaimed { .. } => of_the_password(reason),
        Reason::GuardNotBefore { .. }
        | Reason::GuardUntilUnlocked
        | Reason::GuardNever
        | Reason::LedgerFailed(_)
        | Reason::RecordFailed(_) => of_the_guard(reason),
        Reason::TextHoldsSecret
        | Reason::TextNamesSecret
        | Reason::TextEmpty
        | Reason::TypedMismatch
        | Reason::SamePerson => of_the_text(reason),
        Reason::ProofTooOld
        | Reason::NotApproved
        | Reason::NotTested
        | Reason::SaveNeedsPortal
        | Reason::SomeoneElseChanged
        | Reason::NotSaved(_)
        | Reason::NotSavedThere
        | Reason::ServicesOpen(_)
        | Reason::WatchRunning => of_the_save(reason),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`reason` names every variant and hands it to its family")]
fn of_the_portal(reason: &Reason) -> Said {
    match reason {
        Reason::NotResumed(why) => Said {
            what: super::safe(format!("The unfinished walk can't go on: {why}.")),
            means: Safe::new(NOTHING_SAVED),
            remedy: Safe::new("Enter begins a new walk."),
        },
        Reason::SignInDeclined => said(
            "The sign-in was declined.",
            NOTHING_SAVED,
            "Enter begins anew, or work without the portal's interface.",
        ),
        Reason::SignInExpired => {
            said("The code was not used in time.", NOTHING_SAVED, "Enter asks for a new one.")
        }
        Reason::SignInBlocked { code, description, trace, correlation } => {
            sign_in::blocked((code, description), [trace.as_ref(), correlation.as_ref()])
        }
        Reason::PortalUnread(fault) => {
            said(format!("The portal could not be read: {fault}."), NOTHING_SAVED, fault.remedy())
        }
        Reason::NobodyCanEdit => said(
            "Nobody present can edit the portal.",
            "If the password is changed in the directory now, the sensors can't be given it.",
            "Find someone who can edit it first; Enter asks again.",
        ),
        Reason::NoEntry => said(
            "The portal has no directory service account.",
            "There is no password to change.",
            "Look at Directory service accounts in the portal; r reads it again.",
        ),
        Reason::NoAccountListed => said(
            "The portal's entries can't be read by a program here, and the site file lists no account.",
            "There is no telling whose password is to be changed.",
            "Put the account into the site file as an [[account]], and start again.",
        ),
        Reason::ManagedAccount => said(
            "This entry is a group managed service account.",
            "Active Directory keeps its password; there is none to change here.",
            "Where another entry is listed, Enter chooses it; else leave with q.",
        ),
        _ => unsaid(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`reason` names every variant and hands it to its family")]
fn of_the_password(reason: &Reason) -> Said {
    match reason {
        Reason::AccountUnusable(code) => said(
            format!("The account can't be used: {} ({code}).", code.meaning()),
            NOTHING_SAVED,
            format!("{} r asks again.", mended(*code)),
        ),
        Reason::NoProvableController => said(
            "No controller can prove the password.",
            "None answers over TLS or Kerberos, so a password can't be tested from here.",
            "r reaches them again; Enter goes on with a typed reason.",
        ),
        Reason::NotYetChanged => said(
            "The password has not been changed in Active Directory yet.",
            "The order is: Active Directory first, then the portal. The portal can't change it in the directory.",
            "Have it changed there, then press Enter.",
        ),
        Reason::PasswordEmpty => said(
            "The field is empty.",
            "An empty password would be taken as an anonymous sign-in, so nothing was sent.",
            "Press Enter and type the password.",
        ),
        Reason::PasswordRefused { host, previous: true, .. } => said(
            format!("{host} says that this is the previous password."),
            "It works a little longer and then no more. It was not saved.",
            "Press Enter and type the new one.",
        ),
        Reason::PasswordRefused { host, code, .. } => said(
            format!("{host} refused the password: {} ({code}).", code.meaning()),
            "No other controller was asked. It was not saved.",
            remedy(*code),
        ),
        Reason::PasswordClosed { host, code } => said(
            format!("{host} does not let the account in: {} ({code}).", code.meaning()),
            says_of_password(*code),
            code.remedy(),
        ),
        Reason::PasswordUnproved { host, fault } => said(
            format!("{host} neither accepted nor refused the password: {fault}."),
            "This says nothing about the password. It counts as an attempt. It was not saved.",
            fault.remedy(),
        ),
        Reason::WrongAccount { read } => said(
            format!("The sign-in went through as another account: {read}."),
            "What was typed is that account's password, so nothing is proved of this one. It was not saved.",
            "Look whether it has this one's name as its user principal name, and have that changed; or correct the entry.",
        ),
        Reason::AcceptedButShut(code) => said(
            format!("The password was accepted, but {} ({code}).", shut(*code)),
            "The sensors could not go on signing in with it. It is kept here, and was not saved.",
            format!("{} Enter tests it again.", mended(*code)),
        ),
        Reason::NameClaimed { by } => said(
            format!("The account's name is also the user principal name of another: {by}."),
            "A test would be of that account's password, so none was made. It was not saved.",
            "Have that user principal name changed, then press Enter.",
        ),
        _ => unsaid(),
    }
}

fn says_of_password(code: SubCode) -> &'static str {
    match code.says_of_password() {
        SaysOfPassword::Right => "The password itself may be right; the account can't be used with it.",
        SaysOfPassword::Wrong | SaysOfPassword::NotLookedAt | SaysOfPassword::NotKnown => {
            "This says nothing about the password. It was not saved."
        }
    }
}

/// An account that let the password in: nothing is to be said of the password any more.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only one sub-code speaks of the password besides the account"
)]
fn shut(code: SubCode) -> &'static str {
    match code {
        SubCode::LockedOut => "the directory says that the account is locked out",
        code => code.meaning(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what the directory doesn't say of an account shuts none")]
fn mended(code: SubCode) -> &'static str {
    match code {
        SubCode::LockedOut => "Have it unlocked on the PDC emulator.",
        SubCode::Disabled => "Have it enabled in Active Directory.",
        SubCode::AccountExpired => "Have its end date moved or removed.",
        SubCode::MustChange => "Have \"User must change password at next logon\" cleared.",
        SubCode::PasswordExpired => "Have a new password set, or the account exempted from expiry.",
        code => code.remedy(),
    }
}

fn remedy(code: SubCode) -> String {
    format!("{} Then Enter tests it.", code.remedy())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`reason` names every variant and hands it to its family")]
fn of_the_guard(reason: &Reason) -> Said {
    match reason {
        Reason::GuardNotBefore { until, why } => said(
            format!("Another test is not safe before {}: {why}.", clock_second(*until)),
            "One more failure could lock the account, and with it the sensors.",
            "Wait until then; Enter tests again.",
        ),
        Reason::GuardUntilUnlocked => said(
            "The account is locked out.",
            "This says nothing about the password; testing it now would tell nothing.",
            "Have an administrator unlock it, then press Enter.",
        ),
        Reason::GuardNever => said(
            "This domain locks an account at its first failure.",
            "No test is safe.",
            "Enter asks whether to go on without a test; one elsewhere would cost the same failure.",
        ),
        Reason::LedgerFailed(why) => said(
            format!("The ledger of attempts can't be kept: {why}."),
            "Without it no attempt is made, since none could be counted.",
            "Free the disk or mend what is said there, then press Enter.",
        ),
        Reason::RecordFailed(why) => said(
            format!("The record can't be written: {why}."),
            "Nothing is tested or saved that would not be on record.",
            "Free the disk or mend what is said there, then try again.",
        ),
        _ => unsaid(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`reason` names every variant and hands it to its family")]
fn of_the_text(reason: &Reason) -> Said {
    match reason {
        Reason::TextHoldsSecret => {
            said("What you typed contains the password.", "It was not recorded.", "Say it in other words.")
        }
        Reason::TextNamesSecret => said(
            "What you typed reads as if it gave a secret by its name.",
            "The record never holds one. It was not recorded.",
            "Say where it is kept or who has it, without a value behind the name.",
        ),
        Reason::TextEmpty => {
            said("Nothing was typed.", "The walk stays where it is.", "Type a few words, or press Esc.")
        }
        Reason::SamePerson => said(
            "That is the name of whoever records, signed in or started the console.",
            "Nobody approves their own save. Nothing was saved by this.",
            "Have somebody else read it and give their name, or press Esc and break the glass.",
        ),
        Reason::TypedMismatch => said(
            "That is not what was asked for.",
            "Nothing was done.",
            "Type it as it stands in the question, or press Esc.",
        ),
        _ => unsaid(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`reason` names every variant and hands it to its family")]
fn of_the_save(reason: &Reason) -> Said {
    match reason {
        Reason::ProofTooOld => said(
            "The test is more than five minutes old.",
            "The password may have been changed since. It was not saved.",
            "Enter goes back to step 4 to test it again.",
        ),
        Reason::NotApproved => said(
            "This site wants a second person before Save.",
            NOTHING_SAVED,
            "Enter asks for their name, or for a reason.",
        ),
        Reason::NotTested => {
            said("No tested password is at hand.", NOTHING_SAVED, "Enter goes back to step 4.")
        }
        Reason::SaveNeedsPortal => said(
            "The entry and Save need the portal, and the walk works without it.",
            NOTHING_SAVED,
            "Go back to step 1 (b) and sign in.",
        ),
        Reason::SomeoneElseChanged => said(
            "Somebody else changed the entry since it was read.",
            "Nothing was saved by this walk.",
            "Talk to them; Enter reads the entry again.",
        ),
        Reason::NotSaved(fault @ Fault::Unauthorized) => said(
            format!("The portal did not save it: {fault}, and renewing it did not help."),
            "The entry is as it was. What was tested is asked for and tested anew after the sign-in.",
            "Enter goes back to step 1 to sign in again.",
        ),
        Reason::NotSaved(fault) => said(
            format!("The portal did not save it: {fault}."),
            "The entry is as it was.",
            "Enter tries again.",
        ),
        Reason::NotSavedThere => said(
            "It was not saved at the portal, as you say.",
            "Nothing is watched; the sensors go on with what they hold.",
            "Enter shows once more what to save; b goes back to step 4.",
        ),
        Reason::ServicesOpen(hosts) => said(
            format!("{} of the standalone sensors' services are not known to run.", hosts.len()),
            "A stopped service may be one that was refused.",
            "Mark one by hand with m, or press Enter to give a reason.",
        ),
        Reason::WatchRunning => said(
            "The watch is not over.",
            "There is no verdict yet.",
            "Wait for it, or leave with q: the record will say *not confirmed*.",
        ),
        _ => unsaid(),
    }
}

/// Never reached: `reason` hands each variant to the function that knows it, and a test walks them all.
fn unsaid() -> Said {
    said("", "", "")
}
