//! Step 5 at the portal: where to go, what to choose and type there field by field, and what stands in the way.
//!
//! Relies on the portal's own words for its pages and fields. Deliberately absent: the password.

use crate::clock::Now;
use crate::text::Safe;
use crate::walkthrough::password::PROOF_GOOD_FOR;
use crate::walkthrough::step::Step;
use crate::walkthrough::words::questions;
use crate::walkthrough::{Clipboard, Walkthrough};

use super::{Truth, age_of, left_of, safe};

/// For the record: what a sensor's going to *syncing* means.
pub const FIRST_SIGN: &str = "it went to syncing after the mark: the first sign that a save arrived";

/// The whole of it, as the operator goes through it.
pub fn portal_page(walk: &Walkthrough) -> Vec<(&'static str, Safe)> {
    let Some(entry) = &walk.entry else { return Vec::new() };
    let menu = if walk.terms.lab {
        "Configuration > Directory Services"
    } else {
        "Settings > Identities > Directory service accounts"
    };
    let password = if walk.secret_gone() {
        "the tested one, as it may stand there already; it is no longer held here"
    } else if questions::untested(walk) {
        "the UNTESTED one that you typed here, not the browser's own"
    } else {
        "the tested one, not the browser's own"
    };
    let single = if entry.single_label { "on" } else { "off" };
    vec![
        ("Open", walk.terms.portal_address.clone()),
        ("Menu", Safe::new(menu)),
        ("Account", safe(format!("{}: edit this entry, add no other", entry.account))),
        ("Domain", safe(format!("{}, in full", entry.domain))),
        ("Password", Safe::new(password)),
        ("Switches", safe(format!("gMSA off, single label domain {single}"))),
    ]
}

/// A browser fills in what it knows, and what it knows is old.
pub fn autofill() -> Truth {
    Truth::Warn(Safe::new(
        "Empty the password field first, and refuse what the browser fills in: it may be an old one.",
    ))
}

/// What is shown whole.
pub fn whole_title(step: Step) -> &'static str {
    if step == Step::Save { " At the portal " } else { " The row " }
}

/// What was seen since the page was shown, the worst first.
pub fn since_shown(walk: &Walkthrough) -> Vec<Truth> {
    let mut seen = Vec::new();
    let watch = walk.watch_of_page();
    if let Some(host) = watch.and_then(|watch| watch.refusing_hosts().next()) {
        seen.push(Truth::Bad(safe(format!(
            "{host} has refused a credential since this was shown. Look at its log before you answer."
        ))));
    }
    seen.extend(watch.and_then(first_sign));
    seen
}

/// Sensors that fetch a new configuration: the first sign that a save arrived, and no proof.
pub fn first_sign(watch: &crate::walkthrough::watch::Watch) -> Option<Truth> {
    let first = watch.synced().first().filter(|_| watch.verdict.is_none())?;
    let who = match watch.synced().len() {
        1 => first.clone(),
        more => safe(format!("{first} and {} more", more.saturating_sub(1))),
    };
    Some(Truth::Good(safe(format!("{who} went to syncing: the first sign that it arrived."))))
}

/// What stands on the clipboard and for how long, else what may be done with it.
pub fn clipboard(walk: &Walkthrough, now: Now) -> Option<Truth> {
    let Some(until) = walk.on_clipboard_until() else { return clipboard_offer(walk) };
    let left = left_of(until.since(now.at));
    Some(Truth::Warn(safe(format!("The password is on your clipboard; overwritten in {left}."))))
}

/// What may be done with the clipboard here; nothing where the site file doesn't speak of it.
pub fn clipboard_offer(walk: &Walkthrough) -> Option<Truth> {
    if walk.offers_clipboard() {
        return Some(Truth::Plain(Safe::new("p puts the tested password on your own clipboard, once.")));
    }
    (walk.terms.clipboard == Clipboard::NotHere).then(|| Truth::Plain(Safe::new(NO_CLIPBOARD_HERE)))
}

const NO_CLIPBOARD_HERE: &str =
    "The clipboard is offered on a terminal of its own alone: tmux and screen would keep the password.";

/// Why `p` does nothing.
pub fn no_clipboard(walk: &Walkthrough) -> Safe {
    Safe::new(match walk.terms.clipboard {
        _ if !walk.terms.hand_off => "The console saves here itself: no password goes to the clipboard.",
        Clipboard::NotAllowed => {
            "The site file doesn't allow the clipboard (clipboard = \"allow\" in [save])."
        }
        Clipboard::NotHere => NO_CLIPBOARD_HERE,
        Clipboard::Allowed if walk.handed_over() => {
            "This password was on the clipboard once already, or is not held any more."
        }
        Clipboard::Allowed => "The clipboard is offered while step 5 shows what to save.",
    })
}

/// What the operator should know before the password leaves for the clipboard.
pub fn copying_explained() -> [Safe; 2] {
    [
        Safe::new(
            "It goes through your terminal to the clipboard of the machine you sit at; a session recorder keeps it.",
        ),
        Safe::new(
            "After 45 s, and when the program ends, it is overwritten; that doesn't clear a clipboard history.",
        ),
    ]
}

/// The age of what was tested, while the page is shown.
pub fn proof_ages(walk: &Walkthrough, now: Now) -> Option<Truth> {
    if walk.secret_gone() {
        return Some(Truth::Warn(Safe::new(
            "The tested password is no longer held here. Not saved yet: answer so, and test it again.",
        )));
    }
    let held = walk.acceptance.as_ref()?;
    (now.at.since(held.at.at) > PROOF_GOOD_FOR).then(|| {
        let age = age_of(held.at.at, now.at);
        Truth::Warn(safe(format!(
            "It was tested {age} ago. Not saved yet: press Enter, answer so, and test it again."
        )))
    })
}
