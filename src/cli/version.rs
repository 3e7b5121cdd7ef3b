//! What `--version` tells: the program's version, the commit it was built from, and the forms of its files.
//!
//! Relies on the build script for the commit. A record or a ledger in a newer form than these is not understood, so
//! whoever takes a walk over on another machine compares them first.

use std::sync::LazyLock;

use crate::{engine::ledger, journal, site};

/// As `git` names it; *changed* beside it where the source was not as committed, *unknown* where none is told.
pub const COMMIT: &str = env!("MDI_CONSOLE_COMMIT");

static LONG: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{version}\ncommit {COMMIT}\nforms of its files: record {record}, ledger {ledger}, site file {site}",
        version = env!("CARGO_PKG_VERSION"),
        record = journal::VERSION,
        ledger = ledger::VERSION,
        site = site::file::VERSION,
    )
});

/// Of `--version`; `-V` tells the first line alone.
pub fn long() -> &'static str {
    &LONG
}
