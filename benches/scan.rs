//! What finding refused credentials in a large log costs: `scan` beside ripgrep, grep, lnav and tailspin, on one file.
//!
//! Relies on the built program and on what of the others is installed; who isn't is named. The file lies in the page cache,
//! rounds go from one program to the next, so that a busy machine is busy for all. Ends with 1 when `scan` takes more than
//! is wanted. `SCAN_BENCH_MEGABYTES` makes the file smaller. Deliberately absent: disks.

#[path = "scan/contest.rs"]
mod contest;
#[path = "scan/log.rs"]
mod log;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use contest::{Contestant, Standing};
use mdi_console::clock::Clock;

type Tried<T = ()> = Result<T, Box<dyn Error>>;

const MEGABYTES: u64 = 1_000;
const ROUNDS: usize = 9;
/// What `scan` may take of ripgrep's time, and of memory in KiB.
const MOST: f64 = 1.5;
const MOST_HELD: u64 = 64 * 1024;

const SENTENCE: &str = "The supplied credential is invalid";

fn main() -> Tried {
    // `cargo test --benches` only wants to know that it runs.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let megabytes = std::env::var("SCAN_BENCH_MEGABYTES").ok().and_then(|told| told.parse().ok());
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let file = folder.path().join("Microsoft.Tri.Sensor.log");
    let refusals = log::write(&file, megabytes.unwrap_or(MEGABYTES) * 1_000_000)?;
    say(&format!("{} bytes, {refusals} refusals, {ROUNDS} rounds", std::fs::metadata(&file)?.len()))?;
    let standings = contest(&file, refusals)?;
    say("| program | median | best | to ripgrep's | most memory |\n|-|-:|-:|-:|-:|")?;
    let of = |name: &str| standings.iter().find(|one| one.name == name);
    let ripgrep = of("rg -c").map(Standing::best);
    for one in &standings {
        say(&one.row(ripgrep))?;
    }
    let mut broken = Vec::new();
    for name in ["scan --count", "scan"] {
        let Some(ours) = of(name) else { return Err("the program itself did not run".into()) };
        if ripgrep.is_some_and(|theirs| ours.best().as_secs_f64() > theirs.as_secs_f64() * MOST) {
            broken.push(format!("{name} takes more than {MOST} times ripgrep's time"));
        }
        if of("grep -c").is_some_and(|grep| ours.best() > grep.best()) {
            broken.push(format!("{name} is behind grep"));
        }
        if ours.held > MOST_HELD {
            broken.push(format!("{name} held {} KiB", ours.held));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.join("; ").into()) }
}

fn say(line: &str) -> Tried {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// Lets them run in turns; the slow ones, who take a minute, once.
fn contest(file: &Path, refusals: u64) -> Tried<Vec<Standing>> {
    let clock = Clock::system();
    let own = env!("CARGO_BIN_EXE_mdi-console");
    let filter = format!(":filter-in {SENTENCE}");
    let fast = [
        Contestant { name: "scan --count", program: own, arguments: &["scan", "--count"] },
        Contestant { name: "scan", program: own, arguments: &["scan"] },
        Contestant { name: "rg -c", program: "rg", arguments: &["-c", SENTENCE] },
        Contestant { name: "rg -c --no-mmap", program: "rg", arguments: &["-c", "--no-mmap", SENTENCE] },
        Contestant { name: "grep -c", program: "grep", arguments: &["-c", SENTENCE] },
    ];
    let slow = [
        Contestant { name: "lnav", program: "lnav", arguments: &["-n", "-q", "-c", &filter] },
        Contestant { name: "tailspin", program: "tspin", arguments: &["--print"] },
    ];
    let mut standings = Vec::new();
    for one in fast.iter().chain(&slow) {
        // Untimed: brings the file into the page cache, and shows whether all see the same.
        let Ok(tried) = one.run(file) else {
            say(&format!("{} is not installed here", one.program))?;
            continue;
        };
        if tried.refusals.is_some_and(|counted| counted != refusals) {
            return Err(format!("{} counted {:?}, not {refusals}", one.name, tried.refusals).into());
        }
        standings.push(Standing::new(one.name, tried.held));
    }
    for round in 0..ROUNDS {
        for one in fast.iter().chain(&slow) {
            let many = fast.iter().any(|fast| fast.name == one.name);
            let standing = standings.iter_mut().find(|standing| standing.name == one.name);
            if let Some(standing) = standing.filter(|_| many || round == 0) {
                let began = clock.now().at;
                one.time(file)?;
                standing.times.push(clock.now().at.since(began));
            }
        }
    }
    Ok(standings)
}
