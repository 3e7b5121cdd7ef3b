//! Step 1: the code to type while signing in; else who is signed in, and how far the baseline is read.

use crate::model::Model;
use crate::walkthrough::words::{self, Truth};
use crate::walkthrough::{SigningIn, Walkthrough};

use crate::ui::look::Look;
use crate::ui::stage::{Part, Room, fault, truth};

use super::code;

pub fn known<'a>(model: &'a Model, look: &'a Look, room: Room) -> Vec<Part<'a>> {
    let walk = &model.walk;
    if let SigningIn::Waiting(signing_in) = &walk.signing_in {
        let shown = signing_in.code();
        let mut parts: Vec<Part> =
            code::lines(&shown.user_code, look, room).into_iter().map(Part::Line).collect();
        parts.push(Part::Gap);
        parts.push(Part::fact("Address", shown.verification_uri.clone()));
        let left = shown.expires.since(model.now.at);
        parts.push(Part::fact("Good for", words::left_of(left)));
        if let Some(trouble) = signing_in.trouble() {
            parts.push(truth(Truth::Warn(words::sign_in_trouble(trouble))));
        }
        parts.extend(banner(walk));
        return parts;
    }
    let mut parts = vec![
        Part::fact("Portal", walk.terms.portal_address.clone()),
        Part::fact("Sign-in", words::signed_in_as(walk)),
    ];
    parts.extend(fault(&walk.portal, model.now));
    parts.push(Part::fact("Baseline", words::baseline(walk)));
    parts.push(Part::fact("Entries", words::entries(walk)));
    if let Some(answer) = words::who_can_edit(walk) {
        parts.push(Part::Fact("Editing", answer));
    }
    parts.extend(banner(walk));
    parts
}

/// What the lab tells its visitor.
pub fn banner<'a>(walk: &Walkthrough) -> Vec<Part<'a>> {
    walk.terms.banner.iter().flat_map(|banner| [Part::Gap, Part::dim(banner.clone())]).collect()
}
