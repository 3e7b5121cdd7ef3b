//! A log of a gigabyte is opened: when its end is on the screen, and when what lies above has been counted.
//!
//! Relies on the program's own follower, view and scan, on a file in the page cache; `LOG_MEGABYTES` makes it smaller.
//! The count is measured beside a plain scan of the same bytes, in turns. Deliberately absent: other programs.

#![expect(clippy::print_stdout, reason = "the figures are what this is for")]

#[path = "../tests/support/desk.rs"]
#[expect(dead_code, reason = "the other benches use the rest")]
mod desk;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use desk::Desk;
use mdi_console::clock::Clock;
use mdi_console::logs::SourceId;
use mdi_console::logs::scan::{self, Wanted};
use mdi_console::logs::tail::{self, Delivery, Missed, Source};
use tokio::sync::mpsc::channel;

type Tried<T = ()> = Result<T, Box<dyn std::error::Error>>;

const MEGABYTE: usize = 1024 * 1024;
const ROUNDS: usize = 5;
/// Lines that are made once and written again and again.
const LINES: usize = 20_000;

fn main() -> Tried {
    let megabytes = std::env::var("LOG_MEGABYTES").ok().and_then(|text| text.parse().ok()).unwrap_or(1024);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let path = folder.path().join("Microsoft.Tri.Sensor-Errors.log");
    write(&path, megabytes * MEGABYTE)?;
    // Once through, so that it is in the page cache.
    let upto = std::fs::metadata(&path)?.len().saturating_sub(tail::CONTEXT);
    scanned(&path, upto)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (mut opened, mut counted, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    let mut refusals = (0, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        runtime.block_on(open(folder.path()))?;
        opened.push(start.elapsed());
        refusals.0 = scanned(&path, upto)?;
        counted.push(start.elapsed());
        let start = Instant::now();
        refusals.1 = scanned(&path, upto.saturating_add(tail::CONTEXT))?;
        plain.push(start.elapsed());
    }
    let [opened, counted, plain] = [opened, counted, plain].map(median);
    let times = counted.as_secs_f64() / plain.as_secs_f64();
    println!("a log of {megabytes} MB in the page cache, median of {ROUNDS} rounds");
    println!("its end on the screen after      {:>8.1} ms", opened.as_secs_f64() * 1e3);
    println!(
        "what lies above counted after    {:>8.1} ms: {} refused",
        counted.as_secs_f64() * 1e3,
        refusals.0
    );
    println!(
        "the whole file scanned in        {:>8.1} ms: {} refused",
        plain.as_secs_f64() * 1e3,
        refusals.1
    );
    println!("counted in so many scans' time   {times:>8.2}");
    Ok(())
}

/// From nothing to a frame with the last records in it.
async fn open(folder: &Path) -> Tried {
    let mut desk = Desk::new(120, 40)?;
    let pattern = format!("{}/*.log", folder.display());
    let source = Source { id: SourceId(1), host: "dc1.contoso.test".into(), patterns: vec![pattern] };
    let (out, mut deliveries) = channel(16);
    let following = tokio::spawn(tail::follow(
        (source, Vec::new()),
        (Clock::system(), Duration::from_secs(1)),
        Missed::default(),
        out,
    ));
    while let Some(delivery) = deliveries.recv().await {
        match delivery {
            Delivery::Records(records) => desk.model.logs.push_batch(records),
            Delivery::State(_) | Delivery::Lost(_) => break,
        }
    }
    following.abort();
    desk.draw()?;
    if desk.model.logs.is_empty() { Err("nothing was shown".into()) } else { Ok(()) }
}

fn scanned(path: &Path, upto: u64) -> Tried<u64> {
    let wanted = || true;
    let file = File::open(path)?;
    let mut found = |_| ControlFlow::Continue(());
    Ok(scan::scan_file(&file, upto, (Wanted::Places, &wanted), &mut found)?.refusals)
}

fn write(path: &Path, length: usize) -> Tried {
    let block = desk::log(0, LINES);
    let mut file = BufWriter::new(File::create(path)?);
    let mut written = 0;
    while written < length {
        file.write_all(block.as_bytes())?;
        written += block.len();
    }
    Ok(file.flush()?)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
