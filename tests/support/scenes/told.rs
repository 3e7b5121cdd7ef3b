//! Scenes of a walk by two, of a newcomer's with the lab's tour, and of log sources that stand differently.

use std::time::Duration;

use mdi_console::logs::source::{File, SourceState, State, Unreachable};
use mdi_console::logs::zone::Zone;
use mdi_console::logs::{Position, SourceId};
use mdi_console::model::Overlay;
use mdi_console::text::Safe;
use mdi_console::walkthrough::SourceView;

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
    let watched = || story().at_sensors().pass(Duration::from_secs(61));
    vec![
        ("the beginning", model(story())),
        ("the code", model(story().code())),
        ("can someone edit", model(at_edit())),
        ("the baseline", model(story().configured())),
        ("no baseline", model(story().choose(1).choose(0))),
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
        ("refused", model(watched().refusal_in_log(1, "dc1").refusal_in_log(3, "sensor1"))),
        ("one line, and the end", model(watched().refusal_in_log(1, "dc1").pass(Duration::from_mins(36)))),
    ]
}

/// The list of so many log sources, with the one of this number marked.
pub fn sources(count: u32, marked: Option<u32>) -> mdi_console::model::Model {
    let mut model = model(Story::new(crate::story::Names::Usual).configured());
    let now = model.now;
    model.walk.sources.clear();
    for number in 1..=count {
        let id = SourceId(number);
        let host = Safe::from(format!("dc{number}.europe.contoso.test"));
        let path = Safe::from(format!("logs/dc{number}/2.191.15751.45259/Logs/Microsoft.Tri.Sensor.log"));
        let at = Position { file: 1, offset: 14_541 * u64::from(number) };
        let following = SourceState {
            files: vec![File { path, at, begins: Some(0) }],
            ..SourceState::new(id, State::Following, now)
        };
        let folder = Safe::from(format!("logs/dc{number}"));
        let state = match number % 5 {
            1 => SourceState { active: Some(now), zone: Some(Zone { offset: 7200, ahead: 90 }), ..following },
            2 => SourceState { behind: 3 << 20, zone: Some(Zone { offset: 0, ahead: 0 }), ..following },
            3 => SourceState::new(id, State::Unreachable(Unreachable::NoFolder { folder }), now),
            4 => SourceState::new(id, State::Waiting, now),
            _ => following,
        };
        let readable = state.is_readable();
        model.walk.sources.insert(id, SourceView { host, readable, state });
    }
    model.now.at = now.at.after(Duration::from_secs(130));
    model.now.wall += Duration::from_secs(130);
    model.overlay = Some(Overlay::Sources(marked.map(SourceId)));
    model
}
