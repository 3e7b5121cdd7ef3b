//! Step 5: what is saved, where, and on what proof; how far the save is.

use crate::model::Model;
use crate::walkthrough::Saving;
use crate::walkthrough::words::{self, Truth};

use crate::ui::stage::{Part, truth};

pub fn known(model: &Model) -> Vec<Part<'_>> {
    let walk = &model.walk;
    let mut parts = Vec::new();
    if let Some(saving) = words::saving(walk) {
        parts.push(truth(saving));
        parts.push(Part::Gap);
    }
    parts.push(Part::fact("Account", words::account(walk)));
    parts.push(Part::fact("Goes to", walk.terms.save_host.clone()));
    parts.push(Part::fact("Issuer", words::issuer(walk)));
    if matches!(walk.saving, Saving::NotBegun | Saving::Marking | Saving::Recording { .. }) {
        parts.push(Part::Fact("Proof", words::proof_held(walk, model.now)));
    }
    parts.push(Part::fact("Reaches", words::reaches(walk)));
    if let Some(held) = &walk.acceptance {
        let about = held.misgivings.iter().map(|one| truth(Truth::Warn(words::misgiving(one))));
        parts.extend(about);
    }
    parts.push(Part::Gap);
    parts.push(Part::dim(words::no_way_back(walk)));
    parts
}
