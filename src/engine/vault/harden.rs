//! Keeping what the process holds out of core files, other processes and the swap.
//!
//! Relies on Linux; elsewhere each measure says that it isn't there. Called once, before any secret is held. Deliberately
//! absent: protection from an administrator of this machine, which there is none against.

use crate::text::Safe;

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Other processes of this user can't read the memory.
    NotDumpable,
    NoCoreFile,
    /// Memory doesn't go to the swap.
    Locked,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardeningOutcome {
    pub measure: Measure,
    /// `Err`: why it could not be done.
    pub result: Result<(), Safe>,
}

/// Does what this system allows, and says what it didn't.
pub fn harden() -> Vec<HardeningOutcome> {
    let done = |measure, result: Result<(), String>| HardeningOutcome {
        measure,
        result: result.map_err(|why| Safe::new(&why)),
    };
    vec![
        done(Measure::NotDumpable, not_dumpable()),
        done(Measure::NoCoreFile, no_core_file()),
        done(Measure::Locked, locked()),
    ]
}

#[cfg(target_os = "linux")]
fn not_dumpable() -> Result<(), String> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|why| why.to_string())
}

#[cfg(not(target_os = "linux"))]
fn not_dumpable() -> Result<(), String> {
    Err("this system has no such setting".to_owned())
}

fn no_core_file() -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(|why| why.to_string())
}

/// Only without a limit: under one, everything mapped later would count against it, and fail when it is reached.
#[cfg(target_os = "linux")]
fn locked() -> Result<(), String> {
    use rustix::mm::{MlockAllFlags, mlockall};
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // A privileged process may lift its limit; for others this changes nothing.
    let _ = setrlimit(Resource::Memlock, Rlimit { current: None, maximum: None });
    if let Some(limit) = getrlimit(Resource::Memlock).current {
        return Err(format!("only {} KiB may be locked (ulimit -l); it may reach the swap", limit / 1024));
    }
    let all = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT;
    mlockall(all).map_err(|why| why.to_string())
}

#[cfg(not(target_os = "linux"))]
fn locked() -> Result<(), String> {
    Err("this system has no such setting".to_owned())
}
