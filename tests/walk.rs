//! Whole walks through the real loop, against the real lab, over the real protocols, on a clock that is driven.
//!
//! The operator speaks in keys; what came of it is asked of the lab's own books, the model, the record on disk and
//! every byte that left. Deliberately absent: the terminal itself (`session.rs`), and any sleeping.

#[path = "walk/back.rs"]
mod back;
#[path = "walk/campaign.rs"]
mod campaign;
#[path = "support/console.rs"]
mod console;
#[path = "walk/doomed.rs"]
mod doomed;
#[path = "walk/evidence.rs"]
mod evidence;
#[path = "walk/faults.rs"]
mod faults;
#[path = "walk/hand_off.rs"]
mod hand_off;
#[path = "walk/leaving.rs"]
mod leaving;
#[path = "walk/operator.rs"]
mod operator;
#[path = "walk/oracle.rs"]
mod oracle;
#[path = "walk/proving.rs"]
mod proving;
#[path = "walk/resuming.rs"]
mod resuming;
#[path = "walk/saving.rs"]
mod saving;
#[path = "walk/scenarios.rs"]
mod scenarios;
#[path = "walk/script.rs"]
mod script;
#[path = "support/stage.rs"]
mod stage;
#[path = "walk/throttled.rs"]
mod throttled;
#[path = "walk/wall_clock.rs"]
mod wall_clock;
#[path = "walk/ways_back.rs"]
mod ways_back;
#[path = "support/wire.rs"]
mod wire;

use std::future::Future;

use stage::Tried;

/// Runs one walk, and shows the screen when it fails.
#[expect(clippy::panic, reason = "a test's only way to fail with a text of many lines")]
fn play<F: Future<Output = Tried>>(walk: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let played = runtime.map_err(stage::Missed::from).and_then(|runtime| runtime.block_on(walk));
    if let Err(missed) = played {
        panic!("{missed}");
    }
}
