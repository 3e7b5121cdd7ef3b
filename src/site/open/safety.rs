//! ● Whether somebody else could have written a file: its owner, its mode, those of every folder above it and of every
//! symlink on the way.
//!
//! Relies on Unix owners and modes. This user and root are trusted, nobody else. A folder that everybody may write to
//! will do if it is sticky, as /tmp is: there nobody can replace what isn't theirs. Deliberately absent: access lists.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use crate::text::Safe;

/// Symlinks that are followed before it is called a loop.
const MOST_LINKS: usize = 40;

const STICKY: u32 = 0o1000;
const OTHERS_WRITE: u32 = 0o022;
const OWN_READ_AND_WRITE: u32 = 0o600;

/// Who else could have written it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    #[error("{path} belongs to another user (id {owner})")]
    Foreign { path: Safe, owner: u32 },
    #[error("{path} can be written by others (mode {mode:o})")]
    Writable { path: Safe, mode: u32 },
    #[error("{path} holds a secret and can be read by others (mode {mode:o})")]
    Readable { path: Safe, mode: u32 },
    #[error("{path} is not a file")]
    NotAFile { path: Safe },
    #[error("there are too many symlinks on the way to it")]
    TooManyLinks,
}

impl Unsafe {
    pub fn remedy(&self) -> Safe {
        match self {
            Self::Foreign { path, .. } => {
                format!("Copy it to a folder of your own, or have {path} given to you or to root").into()
            }
            Self::Writable { path, .. } => {
                format!("Look whether it still says what you wrote, then: chmod go-w '{path}'").into()
            }
            Self::Readable { path, .. } => {
                format!("Take it that others know it: have a new one made, and: chmod 600 '{path}'").into()
            }
            Self::NotAFile { .. } | Self::TooManyLinks => Safe::new("Name the file itself"),
        }
    }
}

/// Why the way to a file was not followed to its end.
#[derive(Debug)]
pub(super) enum Stopped {
    Unsafe(Unsafe),
    Io(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(why: io::Error) -> Self {
        Self::Io(why)
    }
}

impl From<Unsafe> for Stopped {
    fn from(why: Unsafe) -> Self {
        Self::Unsafe(why)
    }
}

/// Walks an absolute path from the root, and looks at everything on the way. Gives the path without symlinks.
pub(super) fn followed(path: &Path, mine: u32) -> Result<PathBuf, Stopped> {
    let mut rest = parts(path);
    let mut at = PathBuf::from("/");
    let mut links = 0_usize;
    safe(&at, &std::fs::symlink_metadata(&at)?, mine)?;
    while let Some(part) = rest.pop_front() {
        if part == ".." {
            at.pop();
            continue;
        }
        let next = at.join(&part);
        let found = std::fs::symlink_metadata(&next)?;
        safe(&next, &found, mine)?;
        if !found.is_symlink() {
            at = next;
            continue;
        }
        links = links.saturating_add(1);
        if links > MOST_LINKS {
            return Err(Unsafe::TooManyLinks.into());
        }
        let target = std::fs::read_link(&next)?;
        if target.is_absolute() {
            at = PathBuf::from("/");
        }
        for part in parts(&target).into_iter().rev() {
            rest.push_front(part);
        }
    }
    Ok(at)
}

fn parts(path: &Path) -> VecDeque<OsString> {
    let named = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    named.map(|part| part.as_os_str().to_owned()).collect()
}

/// The file at the end of the way.
pub(super) fn file(path: &Path, found: &Metadata, mine: u32) -> Result<(), Unsafe> {
    if !found.is_file() {
        return Err(Unsafe::NotAFile { path: shown(path) });
    }
    safe(path, found, mine)
}

/// A file with a secret in it is this user's own, and nobody else may even read it.
pub(super) fn private(path: &Path, found: &Metadata, mine: u32) -> Result<(), Unsafe> {
    file(path, found, mine)?;
    if found.uid() != mine {
        return Err(Unsafe::Foreign { path: shown(path), owner: found.uid() });
    }
    let mode = found.mode() & 0o7777;
    if mode & !OWN_READ_AND_WRITE == 0 { Ok(()) } else { Err(Unsafe::Readable { path: shown(path), mode }) }
}

fn safe(path: &Path, found: &Metadata, mine: u32) -> Result<(), Unsafe> {
    let kind = match (found.is_symlink(), found.is_dir()) {
        (true, _) => Kind::Link,
        (false, true) => Kind::Folder,
        (false, false) => Kind::File,
    };
    match judge(kind, (found.uid(), found.mode()), mine) {
        Judged::Safe => Ok(()),
        Judged::Foreign => Err(Unsafe::Foreign { path: shown(path), owner: found.uid() }),
        Judged::Writable => Err(Unsafe::Writable { path: shown(path), mode: found.mode() & 0o7777 }),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    File,
    Link,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    Safe,
    Foreign,
    Writable,
}

fn judge(kind: Kind, (owner, mode): (u32, u32), mine: u32) -> Judged {
    if owner != mine && owner != 0 {
        return Judged::Foreign;
    }
    // A symlink's own mode means nothing; who may change it is up to its folder.
    let writable = mode & OTHERS_WRITE != 0 && kind != Kind::Link;
    let sticky = kind == Kind::Folder && mode & STICKY != 0;
    if writable && !sticky { Judged::Writable } else { Judged::Safe }
}

fn shown(path: &Path) -> Safe {
    Safe::new(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_user_or_root_alone_can_write_is_safe() {
        let check = |kind, owner, mode, expected| {
            assert_eq!(judge(kind, (owner, mode), 1000), expected, "{owner} {mode:o}");
        };
        check(Kind::File, 1000, 0o100_600, Judged::Safe);
        check(Kind::File, 0, 0o100_644, Judged::Safe);
        check(Kind::File, 1001, 0o100_600, Judged::Foreign);
        check(Kind::File, 1000, 0o100_664, Judged::Writable);
        check(Kind::File, 0, 0o100_646, Judged::Writable);
        // Sticky means nothing on a file.
        check(Kind::File, 1000, 0o101_666, Judged::Writable);
        check(Kind::Folder, 1000, 0o40_775, Judged::Writable);
        check(Kind::Folder, 0, 0o41_777, Judged::Safe);
        check(Kind::Folder, 1001, 0o41_777, Judged::Foreign);
        check(Kind::Link, 1000, 0o120_777, Judged::Safe);
        check(Kind::Link, 1001, 0o120_777, Judged::Foreign);
    }
}
