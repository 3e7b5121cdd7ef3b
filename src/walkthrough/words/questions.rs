//! The questions, their options, and what has to be typed.

use crate::text::Safe;
use crate::walkthrough::Walkthrough;
use crate::walkthrough::fact::ProofWord;
use crate::walkthrough::resume::Beside;
use crate::walkthrough::step::Question;
use crate::walkthrough::watch::VerdictWord;

use super::{hand_over, safe};

/// The option of `CanEdit` that shuts the gate.
pub const CAN_EDIT_NOBODY: usize = 1;
/// The option of `ChangedInDirectory` that explains the order.
pub const CHANGED_NOT_YET: usize = 1;

/// The options of `SavedThere` and of `HowEntered`; any other is *not sure*.
pub(in crate::walkthrough) const SAVED_THERE: usize = 0;
pub(in crate::walkthrough) const NOT_SAVED_THERE: usize = 1;
pub(in crate::walkthrough) const PASTED: usize = 0;
pub(in crate::walkthrough) const TYPED_BY_HAND: usize = 1;
/// The option of `SecondPerson` that somebody is here.
pub(in crate::walkthrough) const SECOND_PERSON: usize = 0;
/// The option of `Leave` that doesn't leave yet.
pub(in crate::walkthrough) const HAND_OVER_FIRST: usize = 2;
/// The option of `Beside` that leaves.
pub(in crate::walkthrough) const NOT_BESIDE: usize = 0;
/// The option of `CopyPassword` that does it.
pub(in crate::walkthrough) const COPY: usize = 1;

/// The question, in one sentence.
pub fn question(walk: &Walkthrough, question: &Question) -> Safe {
    match question {
        Question::Resume => resume(walk),
        Question::Beside => {
            walk.beside().map_or_else(|| Safe::new("Another walk stands beside this one. What now?"), beside)
        }
        Question::HowToBegin => Safe::new("How do you want to read the portal?"),
        Question::CanEdit => Safe::new("Can someone present edit the portal's directory service accounts?"),
        Question::WhichEntry => Safe::new("Which entry's password is to be changed?"),
        Question::UsedElsewhere => Safe::new("Is this account used anywhere else than by the sensors?"),
        Question::WithoutController => Safe::new(
            "No controller can prove the password. Why go on without one? Your reason goes into the record.",
        ),
        Question::ChangedInDirectory => {
            Safe::new("Has the password been changed in Active Directory already?")
        }
        Question::Password => {
            Safe::new("Type the account's password as Active Directory has it now; Enter tests it.")
        }
        Question::AccountName => name_wanted(walk),
        Question::GoOnOrRetest if untested(walk) => {
            Safe::new("Nothing could prove or refuse the password. What now?")
        }
        Question::GoOnOrRetest => Safe::new("The password was accepted, with misgivings. What now?"),
        Question::ReasonToGoOn => Safe::new("Why save it all the same? Your reason goes into the record."),
        Question::UntestedName => safe(format!(
            "It would be SAVED UNTESTED. Type the account's name, {}, to go on.",
            account_name(walk)
        )),
        Question::SecondPerson => Safe::new("This site wants a second person before Save. Is one here?"),
        Question::RecordedBy => Safe::new("You who type: what is your name, for the record?"),
        Question::ApprovedBy => Safe::new("Who approves it, having read what will be saved and where?"),
        Question::WithoutSecondPerson => {
            Safe::new("Why save without a second person? Your reason goes into the record.")
        }
        Question::ConfirmSave => confirm_save(walk),
        Question::SavedThere => Safe::new("Is the password saved at the portal?"),
        Question::HowEntered(_) => Safe::new("How did it get into the portal's password field?"),
        Question::CopyPassword => Safe::new("Put the tested password on your own clipboard?"),
        Question::ReasonForService(host) => safe(format!(
            "The sensor service on {host} is not running. Why go on? Your reason goes into the record."
        )),
        Question::EvidenceForService(host) => {
            safe(format!("How do you know that the sensor service on {host} is running?"))
        }
        Question::Note => Safe::new("A note for the record:"),
        Question::HandOver => Safe::new("What has whoever takes over to know?"),
        Question::HandOverField(field) => safe(format!("{}:", hand_over::asked(*field))),
        Question::Leave => Safe::new("The walk is not finished. Leave it?"),
        Question::Recover if refused(walk) => Safe::new("The saved password is refused. What now?"),
        Question::Recover if walk.save_on_record() => {
            Safe::new("A password is saved already; going back means testing and saving another. What now?")
        }
        Question::Recover => Safe::new("Nothing is saved yet. What now?"),
    }
}

fn resume(walk: &Walkthrough) -> Safe {
    let Some(offer) = walk.offered() else { return Safe::new("An unfinished walk is there. What now?") };
    safe(format!(
        "The walk that {} began on {} is unfinished at step {}: {}. What now?",
        offer.operator,
        super::day_time(offer.began),
        offer.step.number(),
        offer.open
    ))
}

/// What whoever begins a walk should know of another one at the same site.
pub fn beside(beside: &Beside) -> Safe {
    safe(match beside {
        Beside::Walked { operator, host, since, step } => format!(
            "Another process walks this site now: {operator}@{host}, since {}, at step {}. Two at once can save over each other.",
            super::day_time(*since),
            step.number()
        ),
        Beside::Unread { id, line, older } => {
            let older =
                older.as_ref().map(|older| format!(" An older walk is unfinished: --resume {older}."));
            format!(
                "The newest record, {id}, can't be read from line {line} on; `report {id}` tells the rest.{}",
                older.unwrap_or_default()
            )
        }
    })
}

fn name_wanted(walk: &Walkthrough) -> Safe {
    let why = walk.name_wanted.as_ref().map(|why| format!(": {}", super::why_shut(why)));
    safe(format!(
        "Even one more failure can lock the account{}. Type its name, {}, to allow one attempt.",
        why.unwrap_or_default(),
        account_name(walk)
    ))
}

fn account_name(walk: &Walkthrough) -> Safe {
    walk.entry.as_ref().map(|entry| entry.account.clone()).unwrap_or_default()
}

pub(super) fn untested(walk: &Walkthrough) -> bool {
    walk.acceptance.as_ref().is_some_and(|held| held.proof == ProofWord::Untested)
}

fn refused(walk: &Walkthrough) -> bool {
    let verdict = walk.watch.as_ref().and_then(|watch| watch.verdict.as_ref());
    verdict.is_some_and(|verdict| verdict.word == VerdictWord::Refused)
}

fn confirm_save(walk: &Walkthrough) -> Safe {
    if walk.terms.hand_off {
        let what = if sensor_count(walk).is_some() { "the number of sensors" } else { "the domain" };
        let wanted = to_save(walk);
        return safe(format!("Type {what}, {wanted}, to be shown what to save. There is no way back then."));
    }
    let what = match (sensor_count(walk), walk.terms.lab) {
        (Some(_), true) => "the number of sensors",
        (Some(_), false) => "the number of sensors and the host it goes to",
        (None, true) => "the domain",
        (None, false) => "the domain and the host it goes to",
    };
    let wanted = to_save(walk);
    safe(format!("Type {what}, {wanted}, to save. There is no way back from here."))
}

/// A live password goes to a host that the operator has read and typed.
fn to_save(walk: &Walkthrough) -> Safe {
    let first = sensor_count(walk).map_or_else(
        || walk.entry.as_ref().map(|entry| entry.domain.to_string()).unwrap_or_default(),
        |count| count.to_string(),
    );
    if walk.terms.lab || walk.terms.hand_off {
        safe(first)
    } else {
        safe(format!("{first} {}", walk.terms.save_host))
    }
}

/// The number of sensors as the dialog froze it: that of the baseline, which doesn't change under the typing hand.
fn sensor_count(walk: &Walkthrough) -> Option<usize> {
    walk.baseline.as_ref().map(|baseline| baseline.reading.sensors.len())
}

/// A second line under the question, where it helps.
pub fn hint(question: &Question) -> Option<&'static str> {
    match question {
        Question::ChangedInDirectory => Some(
            "The order is: Active Directory first, then the portal. In between, the sensors run on what they hold.",
        ),
        Question::UsedElsewhere => {
            Some("Whatever else holds the old password keeps trying it, and may lock the account.")
        }
        Question::GoOnOrRetest | Question::ReasonToGoOn => {
            Some("A wrong password stops the sensor service on every sensor that relies on it.")
        }
        Question::CanEdit => {
            Some("Security Administrator, Security Operator, or System settings under Unified RBAC.")
        }
        Question::Leave => Some("The record is closed; the secrets held are wiped."),
        Question::ApprovedBy => {
            Some("Somebody else than you. Both names stand in the record and in the report.")
        }
        Question::WithoutSecondPerson => Some("The report names it among its first lines."),
        Question::Note | Question::HandOverField(_) => {
            Some("One line; it stands in the record and in the report. Never a password.")
        }
        Question::SavedThere => Some("Not sure counts as saved, and is watched."),
        Question::HowEntered(_) => {
            Some("What was typed by hand may differ from what was tested: then only a sensor can tell.")
        }
        Question::UntestedName => Some(
            "Before that: run `mdi-console verify` on a host that reaches port 88, or forward the port and name it in the site file.",
        ),
        Question::Beside => Some("Nothing is begun yet."),
        Question::Resume => {
            Some("Going on means signing in again; a password that is not saved is typed and tested again.")
        }
        Question::HowToBegin
        | Question::WhichEntry
        | Question::WithoutController
        | Question::Password
        | Question::AccountName
        | Question::SecondPerson
        | Question::RecordedBy
        | Question::ConfirmSave
        | Question::CopyPassword
        | Question::ReasonForService(_)
        | Question::EvidenceForService(_)
        | Question::HandOver
        | Question::Recover => None,
    }
}

/// The options of a question that is answered by choosing.
pub fn options(walk: &Walkthrough, question: &Question) -> Vec<Safe> {
    if *question == Question::WhichEntry {
        return walk
            .entries
            .iter()
            .map(|entry| {
                let note = if entry.managed { " (gMSA: has no password to change)" } else { "" };
                safe(format!("{} in {}{note}", entry.account, entry.domain))
            })
            .collect();
    }
    if *question == Question::HandOver {
        return hand_over::fields(walk);
    }
    fixed_options(question).iter().map(|option| Safe::new(option)).collect()
}

fn fixed_options(question: &Question) -> &'static [&'static str] {
    match question {
        Question::Resume => &["Go on with it", "Begin a new walk"],
        Question::Beside => &["Leave", "Begin another walk"],
        Question::HowToBegin => &["Sign in with a code", "Work without the portal's interface"],
        Question::CanEdit => &["Yes", "No, nobody here can", "Not sure"],
        Question::UsedElsewhere => &["No", "Yes", "Don't know"],
        Question::ChangedInDirectory => &["Yes", "Not yet", "Don't know"],
        Question::GoOnOrRetest => &["Test the same password again", "Go on, with a reason"],
        Question::SavedThere => &["Saved", "Not saved", "Not sure"],
        Question::HowEntered(_) => &["Pasted", "Typed by hand", "Not sure"],
        Question::CopyPassword => &["No", "Put it there, once"],
        Question::SecondPerson => {
            &["Yes, somebody else than me", "No: break the glass, with a reason on record"]
        }
        Question::Recover => &["Back to step 4: test and save the right password", "Stay and look"],
        Question::Leave => &["Leave", "Stay", "Hand over first: ticket, people, next check"],
        Question::WhichEntry
        | Question::WithoutController
        | Question::Password
        | Question::AccountName
        | Question::ReasonToGoOn
        | Question::UntestedName
        | Question::ConfirmSave
        | Question::RecordedBy
        | Question::ApprovedBy
        | Question::WithoutSecondPerson
        | Question::ReasonForService(_)
        | Question::EvidenceForService(_)
        | Question::HandOver
        | Question::HandOverField(_)
        | Question::Note => &[],
    }
}

/// The chosen option's words, for the record.
pub fn option_word(question: &Question, option: usize) -> Safe {
    Safe::new(fixed_options(question).get(option).copied().unwrap_or("?"))
}

/// The option that has these words on record.
pub(in crate::walkthrough) fn option_of(question: &Question, word: &str) -> Option<usize> {
    fixed_options(question).iter().position(|option| *option == word)
}

/// What must be typed, letter by letter but for case; `None`: any text will do.
pub fn wanted(walk: &Walkthrough, question: &Question) -> Option<Safe> {
    match question {
        Question::AccountName | Question::UntestedName => Some(account_name(walk)),
        Question::ConfirmSave => Some(to_save(walk)),
        Question::Resume
        | Question::Beside
        | Question::HowToBegin
        | Question::CanEdit
        | Question::WhichEntry
        | Question::UsedElsewhere
        | Question::WithoutController
        | Question::ChangedInDirectory
        | Question::Password
        | Question::GoOnOrRetest
        | Question::ReasonToGoOn
        | Question::SavedThere
        | Question::HowEntered(_)
        | Question::CopyPassword
        | Question::ReasonForService(_)
        | Question::EvidenceForService(_)
        | Question::SecondPerson
        | Question::RecordedBy
        | Question::ApprovedBy
        | Question::WithoutSecondPerson
        | Question::Note
        | Question::HandOver
        | Question::HandOverField(_)
        | Question::Leave
        | Question::Recover => None,
    }
}
