//! Step 1: the code to type while signing in; else who is signed in, and how far the baseline is read.

use ratatui::text::Line;

use crate::model::Model;
use crate::portal::signin::{DeviceCode, SignIn};
use crate::walkthrough::words::{self, Truth};
use crate::walkthrough::{SigningIn, Walkthrough};

use crate::ui::fit;
use crate::ui::look::Look;
use crate::ui::stage::{self, Part, Room, fault, truth};

use super::{code, qr};

/// Columns below which sentences beside a picture are hard to read.
const LEAST: usize = 40;

pub fn known<'a>(model: &'a Model, look: &'a Look, room: Room) -> Vec<Part<'a>> {
    let walk = &model.walk;
    if let SigningIn::Waiting(signing_in) = &walk.signing_in {
        let picture = qr::lines(&signing_in.code().verification_uri, look);
        let beside = picture.and_then(|picture| Some((spared(signing_in.code(), &picture, room)?, picture)));
        return match beside {
            None => waiting(model, signing_in, look, room),
            Some((columns, picture)) => {
                let left = Room { columns, ..room };
                stage::beside(&waiting(model, signing_in, look, left), picture, look, columns)
            }
        };
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

/// The columns that a picture leaves, if it takes no row from the code and its address, and doesn't make the code small.
fn spared(code: &DeviceCode, picture: &[Line], room: Room) -> Option<u16> {
    let width = picture.first().map_or(0, Line::width);
    let columns = usize::from(room.columns).checked_sub(width)?;
    let enough = columns >= fit::width(&code.user_code).saturating_mul(code::LARGE).max(LEAST);
    let fits = picture.len() <= usize::from(room.rows);
    u16::try_from(columns).ok().filter(|_| enough && fits)
}

fn waiting<'a>(model: &'a Model, signing_in: &SignIn, look: &'a Look, room: Room) -> Vec<Part<'a>> {
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
    parts.extend(banner(&model.walk));
    parts
}

/// What the lab tells its visitor.
pub fn banner<'a>(walk: &Walkthrough) -> Vec<Part<'a>> {
    walk.terms.banner.iter().flat_map(|banner| [Part::Gap, Part::dim(banner.clone())]).collect()
}
