//! A machine whose disks are a test's own: a private mount namespace.
//!
//! Relies on unshare, mount and prlimit of util-linux, and on being root.

use std::process::Command;

/// Whether such a machine can be played here.
#[expect(clippy::print_stderr, reason = "what is not tested is said")]
pub fn can_be_played() -> bool {
    let script = "mount -t tmpfs -o size=4k none /mnt && command -v prlimit setpriv";
    let played = Command::new("unshare").args(["-m", "sh", "-c", script]).output();
    if played.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
    assert!(!required, "MDI_CONSOLE_PEERS=require, and this machine allows no mount namespace");
    eprintln!("skipped: this machine allows no mount namespace (unshare -m), so no failing disk is played");
    false
}
