//! Whole walks through the real loop, against the real lab, over the real protocols, on a clock that is driven.
//!
//! The operator speaks in keys; what came of it is asked of the lab's own books, the model, the record on disk and
//! every byte that left. Deliberately absent: the terminal itself (`session.rs`), and any sleeping.

#[path = "support/console.rs"]
mod console;
#[path = "walk/operator.rs"]
mod operator;
#[path = "walk/oracle.rs"]
mod oracle;
#[path = "walk/scenarios.rs"]
mod scenarios;
#[path = "walk/script.rs"]
mod script;
#[path = "support/stage.rs"]
mod stage;

use std::future::Future;

use stage::Tried;

/// Runs one walk on a thread of its own runtime, and shows the screen when it fails.
fn play<F: Future<Output = Tried>>(walk: F) -> Tried {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(walk)
}
