//! What testing a proved password costs: `verify` as a whole, at a lab of one controller and at one of forty.
//!
//! Relies on the lab in this process and on the built program, in turns, so that a busy machine is busy for both. Prints
//! the medians and their ratio, and ends with 1 when forty take four times as long as one. Deliberately absent: real
//! controllers; `tests/peers/figures.rs` has them.

#![expect(dead_code, reason = "of the place for tests only the quiet part is needed")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench may end where it stands"
)]

#[path = "../tests/verify/place.rs"]
mod place;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use place::{Place, RIGHT};

const ROUNDS: usize = 11;
/// What forty may take of one, at most.
const MOST: f64 = 4.0;

fn main() -> ExitCode {
    let of = |controllers: usize| {
        Place::with(|directory| (directory.controllers, directory.read_only) = (controllers, 0))
    };
    let (one, forty) = (of(1), of(40));
    let (mut ones, mut forties) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ones.push(once(&one, 1));
        forties.push(once(&forty, 40));
    }
    let (one_took, forty_took) = (median(ones), median(forties));
    let ratio = forty_took.as_secs_f64() / one_took.as_secs_f64();
    println!(
        "verify at one controller {one_took:?}, at forty {forty_took:?}: {ratio:.2} times (at most {MOST})"
    );
    one.close();
    forty.close();
    if ratio < MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn once(place: &Place, controllers: usize) -> Duration {
    let began = Instant::now();
    let said = place.verify(RIGHT);
    let took = began.elapsed();
    let accepted = said.events("attempt").len();
    // The lead is asked twice: by LDAP and by Kerberos.
    assert!(said.code == Some(0) && accepted == controllers + 1, "{said:?}");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
