//! The verdict in one sentence, for someone who reads no other. Pure.

use crate::text::Safe;
use crate::walkthrough::fact::ProofWord;
use crate::walkthrough::watch::VerdictWord;
use crate::walkthrough::words;

use super::Report;
use super::gathering::Proved;

pub(super) fn sentence(report: &Report, proof: Proved) -> Safe {
    let account = report
        .account
        .as_ref()
        .map_or_else(|| "an account that is not on record".to_owned(), ToString::to_string);
    if report.alone {
        return Safe::from(format!("The password of {account} was tested alone: {}.", tested(proof)));
    }
    let untested = if report.saved_untested { "SAVED UNTESTED: " } else { "" };
    let saved = match report.saved {
        Some(false) if report.verdict_word.is_none() => {
            return Safe::from(match &report.account {
                Some(account) => {
                    format!("Nothing was saved: the walk was about {account}, and {}.", tested(proof))
                }
                None => "Nothing was saved, and no account was chosen.".into(),
            });
        }
        Some(true | false) => format!("The password of {account} was saved"),
        None => format!("Whether the password of {account} was saved is not known; it is treated as saved"),
    };
    let then = match report.verdict_word {
        Some(VerdictWord::Confirmed) => {
            "and is confirmed: every sensor that uses it was observed running afterwards, and none refused it"
        }
        Some(VerdictWord::Refused) => {
            "and is refused: the sensors could not use it, so those that rely on it stop"
        }
        Some(VerdictWord::NoRefusalSeen) => {
            "and no refusal was seen, but not everything that would show one was observed"
        }
        Some(VerdictWord::NotConfirmed) => "and is not confirmed",
        None if report.record.going_on => "and is being watched now; there is no verdict yet",
        None => "and the watch over it did not come to a verdict",
    };
    Safe::from(format!("{untested}{saved}, {then}."))
}

fn tested(proof: Proved) -> String {
    match proof {
        Proved::Nothing => "no password was proved or refused".into(),
        Proved::Refused => "the last password tested was refused".into(),
        Proved::Accepted(ProofWord::Untested, _) => "nothing could prove or refuse it".into(),
        Proved::Accepted(proof, 1) => format!("accepted by one controller as {}", words::proof(proof)),
        Proved::Accepted(proof, hosts) => {
            format!("accepted by {hosts} controllers as {}", words::proof(proof))
        }
    }
}
