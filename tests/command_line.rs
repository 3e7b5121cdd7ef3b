//! The table of arguments as it is told: the manual page, the completions, the version; and the examples of the help,
//! which are run as they stand there.
//!
//! Relies on the built binary, on a shell, and on a lab behind a site file. Deliberately absent: what the commands do,
//! which each has tests of its own for.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may end where it stands"
)]

#[path = "command_line/examples.rs"]
mod examples;
#[path = "support/place.rs"]
#[expect(dead_code, reason = "other tests ask more of a place")]
mod place;
#[path = "command_line/printed.rs"]
mod printed;
#[path = "support/pty.rs"]
#[expect(dead_code, reason = "other tests need more of a terminal")]
mod pty;
#[path = "command_line/unwritten.rs"]
mod unwritten;
