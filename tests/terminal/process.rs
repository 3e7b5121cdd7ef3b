//! What the kernel tells of a process: its children, its memory, the time it took.
//!
//! Relies on Linux's /proc. Deliberately absent: asking the process itself.

use std::error::Error;
use std::fs;
use std::time::Duration;

/// The unit in which Linux tells processor time, the same on every machine: a hundredth of a second.
const TICK: Duration = Duration::from_millis(10);

type Tried<T = ()> = Result<T, Box<dyn Error>>;

/// The first child of `pid`: what a shell runs.
pub fn child(pid: i32) -> Tried<i32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    Ok(children.split_whitespace().next().ok_or("it has no children")?.parse()?)
}

/// Resident memory in KiB.
pub fn resident(pid: i32) -> Tried<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no resident memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Processor time of all its threads so far.
pub fn processor_time(pid: i32) -> Tried<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name may hold anything, up to the last bracket; after it, the times are the 12th and 13th.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<u32> =
        rest.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(TICK.saturating_mul(ticks.iter().sum()))
}

/// Processor time of the threads that live now, to the nanosecond where a tick is too coarse.
pub fn threads_time(pid: i32) -> Tried<Duration> {
    let mut sum = Duration::ZERO;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end while it is looked at.
        let Ok(told) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        let nanos = told.split_whitespace().next().ok_or("no time")?.parse()?;
        sum = sum.saturating_add(Duration::from_nanos(nanos));
    }
    Ok(sum)
}
