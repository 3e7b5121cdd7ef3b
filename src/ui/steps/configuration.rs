//! Step 2: the configuration pages with one line of truth each, and what to be warned of before work begins.

use crate::model::Model;
use crate::walkthrough::words;

use crate::ui::stage::{Part, fault, truth};

pub fn known(model: &Model) -> Vec<Part<'_>> {
    let walk = &model.walk;
    let Some(reading) = &walk.portal.reading else {
        let mut parts: Vec<Part> = fault(&walk.portal, model.now).into_iter().collect();
        parts.push(Part::plain(words::unread_portal(walk)));
        return parts;
    };
    let mut parts: Vec<Part> = fault(&walk.portal, model.now).into_iter().collect();
    parts.push(Part::fact("Sensors", words::by_status(reading)));
    parts.push(Part::fact("Versions", words::by_version(reading)));
    parts.push(Part::Fact("Health", words::issues(reading)));
    parts.push(Part::fact("Entries", words::entries(walk)));
    parts.push(Part::Fact("Read", words::read_age(walk, model.now)));
    let warnings = words::warnings(walk);
    if !warnings.is_empty() {
        parts.push(Part::Gap);
    }
    parts.extend(warnings.into_iter().map(truth));
    parts
}
