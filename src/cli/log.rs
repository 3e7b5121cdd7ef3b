//! The tool's own log: a 0600 file in the state folder, never the terminal.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

/// At debug, ldap3 and hyper print what they send; they stay at info whatever the filter says.
const CAPS: [&str; 5] = ["ldap3=info", "hyper=info", "hyper_util=info", "reqwest=info", "rustls=info"];

/// Writes what the program says of itself until the guard is dropped.
pub(super) fn start(folder: &Path) -> io::Result<WorkerGuard> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .custom_flags(i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default())
        .open(folder.join("mdi-console.log"))?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let mut filter = EnvFilter::try_from_env("MDI_CONSOLE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    for cap in CAPS {
        if let Ok(cap) = cap.parse() {
            filter = filter.add_directive(cap);
        }
    }
    // A second start in one process, as in tests, keeps the first one's log.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).try_init();
    Ok(guard)
}
