//! The tool's own log: a 0600 file in the state folder, never the terminal.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use tracing::Level;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::journal::file::{JournalFault, own_folder, own_place};
use crate::text::{self, Safe};

use super::records;

/// At debug, ldap3 and hyper print what they send; these stay at info whatever the filter says of them or their parts.
const CAPPED: [&str; 7] = ["ldap3", "hyper", "hyper_util", "reqwest", "rustls", "tokio_rustls", "tower"];

/// Why the state folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    #[error(transparent)]
    Folder(#[from] JournalFault),
    #[error(
        "the program's own log could not be opened in {folder}: {}. Nothing was started. Check the folder, or name another with --state-dir",
        text::told(.source)
    )]
    File { folder: Safe, source: io::Error },
}

/// Writes what the program says of itself until the guard is dropped. Not into a folder that is someone else's.
pub(super) fn start(folder: &Path) -> Result<WorkerGuard, NotKept> {
    own_folder(folder)?;
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .custom_flags(i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default())
        .open(folder.join("mdi-console.log"))
        .map_err(|source| NotKept::File { folder: records::shown(folder), source })?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let asked = std::env::var("MDI_CONSOLE_LOG").ok().and_then(|asked| asked.parse().ok());
    let filter = asked.unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    let told = fmt::layer().with_writer(writer).with_ansi(false);
    let told = told.with_filter(filter_fn(|event| may_be_told(event.target(), *event.level())));
    // A second start in one process, as in tests, keeps the first one's log.
    let _ = tracing_subscriber::registry().with(filter).with(told).try_init();
    Ok(guard)
}

/// The same in a folder of its own within the state folder. Whoever may write to that could put another in its place.
pub(super) fn start_within(state: &Path, name: &str) -> Result<(PathBuf, WorkerGuard), NotKept> {
    own_place(state)?;
    let folder = state.join(name);
    let guard = start(&folder)?;
    Ok((folder, guard))
}

fn may_be_told(target: &str, level: Level) -> bool {
    let from = target.split("::").next().unwrap_or_default();
    level <= Level::INFO || !CAPPED.contains(&from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_its_requests_is_told_no_further_than_information() {
        let check = |target: &str, level: Level, told: bool| {
            assert_eq!(may_be_told(target, level), told, "{target} {level}");
        };
        check("mdi_console::engine", Level::TRACE, true);
        check("hyper::proto::h1::io", Level::TRACE, false);
        check("hyper_util::client::legacy", Level::DEBUG, false);
        check("hyper", Level::INFO, true);
        check("ldap3::conn", Level::DEBUG, false);
        check("ldap3::conn", Level::WARN, true);
        check("hyperbole", Level::TRACE, true);
    }
}
