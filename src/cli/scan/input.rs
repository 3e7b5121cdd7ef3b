//! What a name on the command line leads to: a file that can be read at any place, or something that can't.
//!
//! Relies on the system's own word for what is wrong. Deliberately absent: patterns, which are the shell's.

use std::fs::{File, Metadata};
use std::io::{self, Seek as _};
use std::os::fd::AsFd as _;
use std::path::Path;

use crate::text::Safe;

#[derive(Debug)]
pub enum Input {
    /// With its length when it was opened: what is written later isn't searched.
    File(File, u64),
    Stream(File),
}

/// Why a file wasn't searched, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("is a folder. Nothing in it was searched; name the log files in it")]
    Folder,
    #[error("isn't there. Nothing was searched in it; check the path, and that the share is mounted")]
    NotThere,
    #[error(
        "can't be read: permission denied. Nothing was searched in it; it takes the right to read the file"
    )]
    NotAllowed,
    #[error("can't be read: {0}. Refusals in it may be missing here; check the share, and search again")]
    Other(Safe),
}

impl Unread {
    pub fn from_error(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::IsADirectory => Self::Folder,
            io::ErrorKind::NotFound => Self::NotThere,
            io::ErrorKind::PermissionDenied => Self::NotAllowed,
            _ => Self::Other(Safe::from(error.to_string())),
        }
    }
}

impl Input {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path) -> Result<Self, Unread> {
        let fault = |error: io::Error| Unread::from_error(&error);
        let mut file = if is_standard_input(path) {
            File::from(io::stdin().as_fd().try_clone_to_owned().map_err(fault)?)
        } else {
            File::open(path).map_err(fault)?
        };
        let found = file.metadata().map_err(fault)?;
        if found.is_dir() {
            return Err(Unread::Folder);
        }
        // Part of standard input may have been read by somebody else.
        let at_beginning = found.is_file() && matches!(file.stream_position(), Ok(0));
        Ok(if at_beginning && has_length(&found) {
            Self::File(file, found.len())
        } else {
            Self::Stream(file)
        })
    }
}

/// What the system makes up while it is read says that it is empty.
fn has_length(found: &Metadata) -> bool {
    found.len() > 0
}

pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}
