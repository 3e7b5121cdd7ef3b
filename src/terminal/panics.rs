//! A panic while the terminal is lent to the program: it is logged, what was lent is returned, and only then it is reported.
//!
//! Relies on the thread that lends it to be the one that returns it, outside of any task: a panic in a task is not the end
//! of the program. Deliberately absent: what is returned, and how.

use std::panic::PanicHookInfo;
use std::thread;

use crate::text::Safe;

/// From here on. `returned` is told whether the panic is the owner's, which the caller is, returns what was lent if so,
/// and says whether the panic may be reported on the terminal.
pub fn watch(returned: impl Fn(bool) -> bool + Send + Sync + 'static) {
    let owner = thread::current().id();
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        log(panic);
        if returned(thread::current().id() == owner && tokio::task::try_id().is_none()) {
            report(panic);
        }
    }));
}

fn log(panic: &PanicHookInfo<'_>) {
    let what = Safe::new(panic.payload_as_str().unwrap_or("no message"));
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = Safe::new(thread::current().name().unwrap_or("unnamed"));
    tracing::error!(%what, place, %thread, "a part of the program panicked");
}
