//! The screens of a walk that another process left: offered, taken up, and with what it was handed over with.

use std::fmt::Write as _;

use mdi_console::key::{Code, Key};
use mdi_console::model::Overlay;
use mdi_console::model::msg::Msg;
use mdi_console::model::update::update;

use super::*;

#[test]
fn what_a_walk_was_handed_over_with_is_shown_whole_when_it_is_taken_up_and_again_at_a_key() {
    let press = |model: &mut Model, code| {
        let now = model.now;
        update(model, Msg::Key { key: Key::plain(code), waiting: false }, now);
    };
    let mut seen = String::new();
    for size @ (columns, rows) in [(80, 24), (60, 20)] {
        let mut model = scenes::resumed::taken_up();
        assert_eq!(model.overlay, Some(Overlay::HandedOver));
        let mut whole = String::new();
        for page in 0..9 {
            let shown = text(&draw(&mut model, &COLOUR, size));
            whole.push_str(&flat(&shown));
            let _ = writeln!(seen, "=== page {page} · {columns}×{rows}\n{shown}");
            if shown.contains(" end ") || !shown.contains("↓ more") {
                break;
            }
            (0..4).for_each(|_| press(&mut model, Code::Down));
        }
        let told = scenes::resumed::FIELDS.map(|(_, told)| told);
        for told in told.into_iter().chain(scenes::resumed::NOTES) {
            let last = told.rsplit([' ', '-']).next().expect("a word");
            assert!(whole.contains(last), "{told} at {columns}×{rows}\n{seen}");
        }
        press(&mut model, Code::Esc);
        assert_eq!(model.overlay, None);
        let shown = text(&draw(&mut model, &COLOUR, size));
        assert!(flat(&shown).contains("h shows that again. Next: step 6"), "{shown}");
        let _ = writeln!(seen, "=== closed · {columns}×{rows}\n{shown}");
        press(&mut model, Code::Char('h'));
        assert_eq!(model.overlay, Some(Overlay::HandedOver));
        press(&mut model, Code::Enter);
        assert_eq!(model.overlay, None);
        assert!(model.walk.question().is_some(), "Enter closed it and chose nothing");
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("handed-over", seen));
}

#[test]
fn an_offer_and_the_first_step_of_a_walk_that_was_taken_up_claim_nothing_that_was_not_looked_at() {
    let mut taken_up = scenes::resumed::taken_up();
    taken_up.overlay = None;
    let mut seen = String::new();
    for (name, mut model, said) in [
        ("offered", scenes::resumed::offered(), "Next: step 6, where it was left"),
        ("taken up", taken_up, "on record, from before"),
    ] {
        let shown = text(&draw(&mut model, &COLOUR, (80, 24)));
        let _ = writeln!(seen, "=== {name}\n{shown}");
        let flat = super::flat(&shown);
        assert!(flat.contains(said) && flat.contains("not checked"), "{shown}");
        let wide = text(&draw(&mut model, &COLOUR, (120, 40)));
        let flat = format!("{flat} {}", super::flat(&wide));
        for claim in ["none refused", "0 refused", "Nothing changes before", "before anything changes"] {
            assert!(!flat.contains(claim), "{claim}\n{shown}");
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("resumed", seen));
}
