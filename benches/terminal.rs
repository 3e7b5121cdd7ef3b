//! What the release binary costs on a pseudo-terminal: time to the first frame, from a key to its echo, idle, memory.
//!
//! Sizes are held: too large a memory ends it with a non-zero exit. Times are printed beside what is wanted of them.
//! The binary holds the lab as well, so its figures are the console's and a portal's, directory's and fleet's together.
//! Deliberately absent: statistics beyond the median.

#[expect(dead_code, reason = "nothing is searched for here")]
#[path = "../tests/support/disguises.rs"]
mod disguises;
#[expect(dead_code, reason = "the measurements need less of it than the tests do")]
#[path = "../tests/terminal/process.rs"]
mod process;
#[expect(dead_code, reason = "the measurements need less of it than the tests do")]
#[path = "../tests/support/pty.rs"]
mod pty;
#[expect(dead_code, reason = "the measurements need less of it than the tests do")]
#[path = "../tests/terminal/seat.rs"]
mod seat;

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use mdi_console::clock::Clock;
use seat::{Seat, Stop, Way};

type Tried<T = ()> = Result<T, Box<dyn Error>>;

const STARTS: usize = 9;
const KEYS: usize = 200;
const IDLE: Duration = Duration::from_secs(5);
/// The scenarios, and the most KiB each may hold.
const SCENARIOS: [(&str, u64); 2] = [("clean", 40 * 1024), ("large-fleet", 80 * 1024)];

fn main() -> Tried {
    // `cargo test --benches` only wants to know that it runs.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let clock = Clock::system();
    let mut too_large = Vec::new();
    for (scenario, most) in SCENARIOS {
        say(scenario)?;
        first_frame(&clock, scenario)?;
        let resident = walk(&clock, scenario)?;
        say(&format!("  resident after the walk     {resident} KiB (wanted: under {most})"))?;
        if resident >= most {
            too_large.push(scenario);
        }
    }
    if too_large.is_empty() { Ok(()) } else { Err(format!("too much memory: {too_large:?}").into()) }
}

fn say(line: &str) -> Tried {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn first_frame(clock: &Clock, scenario: &str) -> Tried {
    let mut times = Vec::new();
    let mut bytes = 0;
    for _ in 0..STARTS {
        let begun = clock.now().at;
        let seat = Seat::take(&Way { scenario, ..Way::default() })?;
        seat.pty.wait_for("leave")?;
        times.push(clock.now().at.since(begun));
        bytes = seat.pty.bytes();
    }
    say(&format!(
        "  first frame                 {:.1?} median of {STARTS} (wanted: under 100 ms)",
        median(times)
    ))?;
    say(&format!("  bytes of the first frame    {bytes}"))
}

/// A whole walk; at its end, the resident memory in KiB.
fn walk(clock: &Clock, scenario: &str) -> Tried<u64> {
    let mut seat = Seat::take(&Way { scenario, ..Way::default() })?;
    seat.go_to(Stop::Password)?;
    let mut times = Vec::new();
    let mut sizes = Vec::new();
    // There and back again, so that the field is empty in the end.
    for nth in 0..KEYS {
        let key = if nth % 2 == 0 { "a" } else { "\x7f" };
        let (begun, before) = (clock.now().at, seat.pty.bytes());
        seat.type_slowly(key)?;
        times.push(clock.now().at.since(begun));
        sizes.push(seat.pty.bytes().saturating_sub(before));
    }
    sizes.sort_unstable();
    let size = sizes.get(KEYS / 2).copied().unwrap_or_default();
    say(&format!(
        "  key to echo                 {:.1?} median of {KEYS} (wanted: under 20 ms)",
        median(times)
    ))?;
    say(&format!("  bytes of a key's echo       {size} (wanted: 60 at most)"))?;
    let (worked, written) = (process::threads_time(seat.pty.pid())?, seat.pty.bytes());
    seat.pty.silent_after(usize::MAX, IDLE);
    let worked = process::threads_time(seat.pty.pid())?.saturating_sub(worked);
    let share = worked.as_secs_f64() / IDLE.as_secs_f64() * 100.0;
    say(&format!("  idle for {IDLE:?}                 {share:.2} % of a core (wanted: under 0.5 %)"))?;
    say(
        "                              the lab's portal in it, which is polled every second; a site's is once a minute",
    )?;
    say(&format!("  bytes written meanwhile     {}", seat.pty.bytes().saturating_sub(written)))?;
    seat.go_to(Stop::Verdict)?;
    process::resident(seat.pty.pid())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
