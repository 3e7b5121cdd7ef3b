//! `mdi-console verify`, the built binary, against a lab in this process: its answers, its codes, what it costs.
//!
//! Relies on the lab's own log of attempts as the witness of what was sent. Each test has a state folder of its own.
//! Deliberately absent: the machine's own cases, which stand beside it, and real directories (`peers`).

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may end where it stands; it says why"
)]

#[path = "support/pty.rs"]
#[expect(dead_code, reason = "other tests need more of a terminal")]
mod pty;

mod verify {
    mod answers;
    mod asking;
    mod guard;
    mod interrupted;
    mod killed;
    mod place;
    mod proxy;
    mod usage;
}
