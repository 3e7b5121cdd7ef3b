//! What the program costs: bytes for a change, memory for a walk. Sizes are held here.
//!
//! Relies on the built binary, whichever profile built it. Deliberately absent: times, which the benches measure.

use crate::Tried;
use crate::desk::{Desk, log, records};
use crate::process;
use crate::seat::{Seat, Stop, Way};

/// The most bytes for one changed cell, and for a log pane of 120×40 that goes on by one line.
const ONE_CELL: usize = 60;
const ONE_LINE: usize = 300;
/// The most KiB of resident memory.
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
fn a_line_more_in_the_logs_costs_few_bytes_in_one_write() -> Tried {
    let mut desk = Desk::new(120, 40)?;
    desk.model.logs.push_batch(records(&log(0, 300)));
    assert_eq!(desk.draw()?.len(), 1, "the first frame is one write");
    assert_eq!(desk.draw()?.len(), 0, "a frame that shows nothing new is not written");
    let mut costs = Vec::new();
    for nth in 300..310 {
        desk.model.logs.push_batch(records(&log(nth, 1)));
        let writes = desk.draw()?;
        assert_eq!(writes.len(), 1);
        costs.push(writes.concat().len());
    }
    println!("bytes for one more line at 120x40: {costs:?} of {ONE_LINE}");
    assert!(costs.iter().all(|cost| (1..=ONE_LINE).contains(cost)), "{costs:?}");
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
