//! A machine that fails around the real binary: a disk that is full or read-only, a folder of someone else's, no home, no
//! locale, no room for the lab, no file descriptors, a record that is newer or in use. A sentence each, and nothing lost.
//!
//! Played as root in a mount namespace of its own; where that isn't allowed it is said, and with
//! `MDI_CONSOLE_PEERS=require` it is a failure. Deliberately absent: a disk's errors, and each write and call of a walk
//! failing by itself (`walk/campaign.rs`); a clock set back (`walk/wall_clock.rs`, and beside the ledger).

#[path = "faults/beginning.rs"]
mod beginning;
#[expect(dead_code, reason = "other tests look for secrets in their disguises")]
#[path = "support/disguises.rs"]
mod disguises;
#[path = "faults/machine.rs"]
mod machine;
#[path = "faults/midway.rs"]
mod midway;
#[expect(dead_code, reason = "other tests need more of a terminal")]
#[path = "support/pty.rs"]
mod pty;
#[expect(dead_code, reason = "other tests sit there longer")]
#[path = "terminal/seat.rs"]
mod seat;

type Tried<T = ()> = Result<T, Box<dyn std::error::Error>>;
