//! Step 5: what is saved, where, and on what proof; how far the save is. At the portal: what to choose and type there.

use crate::model::Model;
use crate::walkthrough::Saving;
use crate::walkthrough::words::{self, Truth};

use crate::ui::stage::{Part, truth};

pub fn known(model: &Model) -> Vec<Part<'_>> {
    let walk = &model.walk;
    if walk.handed_over() {
        return portal_page(model);
    }
    let mut parts = Vec::new();
    if let Some(saving) = words::saving(walk) {
        parts.push(truth(saving));
        parts.push(Part::Gap);
    }
    parts.push(Part::fact("Account", words::account(walk)));
    parts.push(Part::fact("Goes to", words::goes_to(walk)));
    if !walk.terms.hand_off {
        parts.push(Part::fact("Issuer", words::issuer(walk)));
    }
    if matches!(walk.saving, Saving::NotBegun | Saving::Marking | Saving::Recording { .. }) {
        parts.push(Part::Fact("Proof", words::proof_held(walk, model.now)));
    }
    parts.push(Part::fact("Reaches", words::reaches(walk)));
    parts.extend(words::second_person(walk).map(|truth| Part::Fact("Approved", truth)));
    if let Some(held) = &walk.acceptance {
        let about = held.misgivings.iter().map(|one| truth(Truth::Warn(words::misgiving(one))));
        parts.extend(about);
    }
    parts.push(Part::Gap);
    parts.push(Part::dim(words::no_way_back(walk)));
    parts
}

/// What was seen stands first, then the page in the order of the portal's own; what is only good to know goes last.
fn portal_page(model: &Model) -> Vec<Part<'_>> {
    let walk = &model.walk;
    let mut parts: Vec<Part> = words::since_shown(walk).into_iter().map(truth).collect();
    let (gone, aged): (Vec<Truth>, Vec<Truth>) =
        words::proof_ages(walk, model.now).into_iter().partition(|_| walk.secret_gone());
    parts.extend(gone.into_iter().map(truth));
    let fields = words::portal_page(walk);
    parts.extend(fields.into_iter().map(|(label, what)| Part::fact(label, what)));
    parts.push(truth(words::autofill()));
    parts.extend(words::clipboard(walk, model.now).map(truth));
    parts.extend(aged.into_iter().map(truth));
    parts.push(Part::Gap);
    parts.extend(words::saving(walk).map(truth));
    parts
}
