//! A password goes through whole walks of the built binary, whose memory is searched for it on the way, and everything it
//! writes once it is gone.
//!
//! Relies on a lab in this process, so that the program under test knows no password but those that are typed, and on gdb,
//! run as root; without it that is said, and with `MDI_CONSOLE_PEERS=require` it is a failure. Deliberately absent: what a
//! library holds in the midst of a call.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end where it stands"
)]
#![expect(clippy::print_stdout, reason = "what is not tested is said aloud")]

#[path = "support/disguises.rs"]
mod disguises;
#[path = "support/live_seat.rs"]
mod live_seat;
#[path = "support/place.rs"]
#[expect(dead_code, reason = "other tests ask more of a place")]
mod place;
#[path = "support/pty.rs"]
#[expect(dead_code, reason = "other tests need more of a terminal")]
mod pty;

mod secrets {
    mod core;
    mod lines;
    mod walking;
    mod written;
}
