//! `mdi-console scan` as the built program: what it prints, with which code it ends, and what never leaves it.
//!
//! Relies on nothing but files of its own. Deliberately absent: how fast it is; `benches/scan.rs` has that.

#![expect(clippy::unwrap_used, reason = "a test may end where it stands")]

mod scan {
    mod codes;
    mod forms;
    mod memory;
    mod place;
    mod streams;
}
