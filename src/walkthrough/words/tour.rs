//! What the lab's tour says to a newcomer: one sentence for where the walk stands.
//!
//! Each fits three lines of the narrowest stage. Deliberately absent: anything that a walk without the tour wouldn't do.

use crate::walkthrough::Walkthrough;
use crate::walkthrough::step::{Phase, Question, Step};
use crate::walkthrough::watch::VerdictWord;

/// The sentence; `None`: no tour.
pub fn tour(walk: &Walkthrough) -> Option<&'static str> {
    if !walk.terms.tour || walk.over {
        return None;
    }
    Some(match walk.current {
        Step::Portal => portal(walk.phase(Step::Portal)),
        Step::Configuration if walk.baseline.is_none() => {
            "Without the portal there is no baseline here: what comes later can't be compared with how things stood."
        }
        Step::Configuration => {
            "This is the baseline: how things stood before anything was changed. What comes later is compared with it."
        }
        Step::DirectoryServices => directory(walk.phase(Step::DirectoryServices)),
        Step::Password => password(walk),
        Step::Save => save(walk.phase(Step::Save)),
        Step::Services => {
            "Running means the same process, seen twice some time apart: a service that keeps dying looks alive as well."
        }
        Step::Sensors => sensors(walk),
    })
}

fn portal(phase: &Phase) -> &'static str {
    match phase {
        Phase::Asking(Question::CanEdit) => {
            "If nobody here can edit the portal, a password changed in the directory can't be given to the sensors."
        }
        Phase::Working => {
            "A sign-in waits until a person enters this code in a browser. In the lab that happens after a moment."
        }
        Phase::Asking(_) | Phase::Ready | Phase::Blocked(_) | Phase::Settled(_) => {
            "You will give the sensors the new password of the account that they read the directory with. Enter signs in."
        }
    }
}

fn directory(phase: &Phase) -> &'static str {
    match phase {
        Phase::Asking(Question::UsedElsewhere) => {
            "What uses the account elsewhere needs the new password too, or locks it. In this lab nothing else does: No."
        }
        Phase::Asking(_) | Phase::Ready | Phase::Working | Phase::Blocked(_) | Phase::Settled(_) => {
            "Each controller is reached without a password, to see which can prove one. The PDC emulator has the last word."
        }
    }
}

fn password(walk: &Walkthrough) -> &'static str {
    match walk.phase(Step::Password) {
        Phase::Asking(Question::ChangedInDirectory) => {
            "The order: first Active Directory, then the portal. The lab's was changed in the directory already: Yes."
        }
        Phase::Working => {
            "One controller first, so that a wrong password costs one failure; the others once it is proved current."
        }
        Phase::Asking(_) | Phase::Ready | Phase::Blocked(_) | Phase::Settled(_)
            if walk.acceptance.is_some() =>
        {
            "LDAP takes the previous password for a while, Kerberos only the current one: that is why both were asked."
        }
        Phase::Asking(_) | Phase::Ready | Phase::Blocked(_) | Phase::Settled(_) => {
            "Type the lab's password, which F1 tells, and press Enter. Wrong ones are refused here, before they do harm."
        }
    }
}

fn save(phase: &Phase) -> &'static str {
    match phase {
        Phase::Working => {
            "First the mark: where every log and issue stands. Only what comes after it can be about this save."
        }
        Phase::Asking(_) | Phase::Ready | Phase::Blocked(_) | Phase::Settled(_) => {
            "From here there is no way back: the console doesn't know the old password. So you type a number, not just Enter."
        }
    }
}

fn sensors(walk: &Walkthrough) -> &'static str {
    let verdict = walk.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word));
    match verdict {
        None => {
            "A green table proves little: sensors take the password up one by one, each in its time. The watch waits for them."
        }
        Some(VerdictWord::Confirmed) => {
            "Confirmed: all were seen running after the save and none refused it. Record and hash are for the ticket. Enter ends."
        }
        Some(VerdictWord::Refused) => {
            "Refused: what was saved does not serve the sensors, and they go blind until it is mended. R shows the ways back."
        }
        Some(VerdictWord::NoRefusalSeen) => {
            "No refusal was seen, which is less than confirmed: the verdict names what could not be observed. Enter ends."
        }
        Some(VerdictWord::NotConfirmed) => {
            "Not confirmed: too little was seen to say that the sensors hold it; the verdict names what is missing. Enter ends."
        }
    }
}
