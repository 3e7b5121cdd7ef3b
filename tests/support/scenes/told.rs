//! Scenes of a walk by two, and of a newcomer's with the lab's tour.

use std::time::Duration;

use crate::story::Story;

use super::{Scene, model};

/// Step 5 where nobody saves alone.
pub fn for_two() -> Vec<Scene> {
    let at_save = || Story::for_two().sources().at_save();
    let named = || at_save().choose(0).typed("Ana Alvarez");
    vec![
        ("a second person", model(at_save())),
        ("who approves", model(named())),
        ("the same person", model(named().typed("ana alvarez"))),
        ("break the glass", model(at_save().choose(1))),
        ("approved", model(named().typed("Ben Brandt"))),
        ("without a second person", model(at_save().choose(1).typed("nobody else is awake"))),
    ]
}

/// A newcomer's walk, from its beginning to its end.
pub fn tour() -> Vec<Scene> {
    let story = || Story::tour().sources();
    let at_edit = || {
        let story = story().signed_in().entries(1);
        let reading = story.reading(|_, _| {});
        story.read(reading)
    };
    vec![
        ("the beginning", model(story())),
        ("the code", model(story().code())),
        ("can someone edit", model(at_edit())),
        ("the baseline", model(story().configured())),
        ("reached", model(story().configured().enter().all_reached())),
        ("changed already?", model(story().at_password())),
        ("the field", model(story().at_field())),
        ("testing", model(story().testing())),
        ("accepted", model(story().accepted())),
        ("save", model(story().at_save())),
        ("saving", model(story().sending())),
        ("services", model(story().saved())),
        ("watching", model(story().at_sensors())),
        ("confirmed", model(story().at_sensors().pass(Duration::from_mins(36)))),
    ]
}
