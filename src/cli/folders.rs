//! Where records, ledger and the tool's own log are kept.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

/// There is no home to keep a state folder in.
#[derive(Debug, thiserror::Error)]
#[error(
    "no home folder is known for this user, so there is no place for the record. Nothing was started. Name a folder with --state-dir"
)]
pub struct NoHome;

/// Where records are kept: the user's own state folder, or the one that was asked for.
pub(super) fn state(asked: Option<&Path>) -> Result<PathBuf, NoHome> {
    asked.map_or_else(own, |folder| Ok(folder.to_owned()))
}

/// The user's own state folder. What was tried at a live site is counted here, wherever the records are kept.
pub(super) fn own() -> Result<PathBuf, NoHome> {
    let base = etcetera::choose_base_strategy().map_err(|_| NoHome)?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Ok(state.join("mdi-console"))
}
