//! The real binary on a pseudo-terminal: what it shows, what it sends, what it leaves behind, and what that costs.
//!
//! Relies on `terminal/seat.rs` for an operator who reads before pressing a key. Nothing sleeps: a silence is waited for
//! as everything else is, on the terminal's own output. Deliberately absent: the session by itself (`session.rs`), and
//! times, which are measured by the benches and promised by no test.

#[path = "terminal/clipboard.rs"]
mod clipboard;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/disguises.rs"]
mod disguises;
#[path = "terminal/ending.rs"]
mod ending;
#[path = "terminal/figures.rs"]
mod figures;
#[path = "terminal/hostile.rs"]
mod hostile;
#[path = "terminal/process.rs"]
mod process;
#[path = "support/pty.rs"]
mod pty;
#[path = "terminal/seat.rs"]
mod seat;
#[path = "terminal/secrecy.rs"]
mod secrecy;
#[path = "terminal/sequences.rs"]
mod sequences;
#[path = "terminal/showing.rs"]
mod showing;
#[path = "terminal/typing.rs"]
mod typing;

type Tried<T = ()> = Result<T, Box<dyn std::error::Error>>;
