//! What the program costs: bytes for a change, memory for a walk. Sizes are held here.
//!
//! Relies on the built binary, whichever profile built it. Deliberately absent: times, which the benches measure.

use crate::Tried;
use crate::process;
use crate::seat::{Seat, Stop, Way};

/// The most bytes for one changed cell, and the most KiB of resident memory.
const ONE_CELL: usize = 60;
const CLEAN: u64 = 40 * 1024;
const LARGE_FLEET: u64 = 80 * 1024;
/// Code without optimisation is several times the size, and resident too.
const UNOPTIMISED: u64 = if cfg!(debug_assertions) { 16 * 1024 } else { 0 };

#[test]
fn a_key_in_the_field_costs_few_bytes() -> Tried {
    let mut seat = Seat::take(&Way::default())?;
    seat.go_to(Stop::Password)?;
    let mut costs = Vec::new();
    for key in ["a", "b", "c", "d", "e"] {
        let before = seat.pty.bytes();
        seat.type_slowly(key)?;
        costs.push(seat.pty.bytes().saturating_sub(before));
    }
    println!("bytes for one changed cell: {costs:?} of {ONE_CELL}");
    // Something else may become due at one of the keys, an age or the minute; not at every one.
    assert!(costs.iter().min().is_some_and(|least| (1..=ONE_CELL).contains(least)), "{costs:?}");
    Ok(())
}

#[test]
fn memory_stays_small_whatever_the_fleet() -> Tried {
    let check = |scenario: &str, most: u64| -> Tried {
        let mut seat = Seat::take(&Way { scenario, ..Way::default() })?;
        seat.go_to(Stop::Verdict)?;
        let resident = process::resident(seat.pty.pid())?;
        println!("resident in {scenario}: {resident} KiB of {most}");
        assert!(resident < most + UNOPTIMISED, "{scenario}: {resident} KiB");
        Ok(())
    };
    check("clean", CLEAN)?;
    check("large-fleet", LARGE_FLEET)
}
