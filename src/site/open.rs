//! ● Finds and reads a site file and its CA file, if nobody else could have written them; and the files that hold the
//! application's secret, if nobody else could have read them.
//!
//! Relies on `safety` for whom to trust with a path. The current folder is never searched. Deliberately absent: what
//! the file says (`file`); writing anything.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::portal::token::assertion::Unusable;
use crate::text::Safe;

use super::fault::Faults;
use super::{Opened, Origin, file};

mod application;
mod safety;

pub use application::application;
pub use safety::Unsafe;

/// What the file is called in the user's configuration folder.
const NAME: &str = "mdi-console.toml";

/// More than any site needs.
const MOST: u64 = 1024 * 1024;

/// Why there is no site. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    #[error(
        "there is no site file {path}. Nothing was started. Write one (assets/site.example.toml shows how), name \
         one with --site, or try `mdi-console lab`"
    )]
    Absent { path: Safe },
    #[error("{what} {path} isn't there. Nothing was started. Correct {key} in the site file")]
    Missing { what: &'static str, key: &'static str, path: Safe },
    #[error("{path} is empty. Nothing was started. Put the client secret into it, and nothing else")]
    Empty { path: Safe },
    #[error(
        "the application can't sign in by its certificate: {0}. Nothing was started. Correct cloud.certificate_file \
         and cloud.key_file in the site file"
    )]
    Unusable(#[from] Unusable),
    #[error(
        "no home folder is known for this user, so there is no place to look for a site file. Name one with --site"
    )]
    NoHome,
    #[error("{path} can't be read: {why}. Nothing was started")]
    Io { path: Safe, why: Safe },
    #[error("{path} is not used: {why}. Nothing was started. {}", .why.remedy())]
    Unsafe { path: Safe, why: Unsafe },
    #[error(
        "{path} is larger than a site file or a CA file can be. Nothing was started. Look whether it is the right one"
    )]
    TooLong { path: Safe },
    #[error("{path} is not UTF-8 text. Nothing was started. Save it as UTF-8")]
    NotText { path: Safe },
    #[error(transparent)]
    Wrong(#[from] Faults),
}

/// Reads the site file that was asked for, else the one in the user's configuration folder.
pub fn site(asked: Option<&Path>) -> Result<Opened, NotOpened> {
    let path = match asked {
        Some(path) => path.to_owned(),
        None => usual()?,
    };
    let path = std::path::absolute(&path).map_err(|why| io_fault(&path, &why))?;
    let bytes = read(&path)?;
    let shown = shown(&path);
    let text = str::from_utf8(&bytes).map_err(|_| NotOpened::NotText { path: shown.clone() })?;
    let mut file = file::parse(&shown, text.strip_prefix('\u{feff}').unwrap_or(text))?;
    if let (Some(application), Some(folder)) = (&mut file.application, path.parent()) {
        application::from_folder(&mut application.sign_in, folder);
    }
    // `join` takes an absolute path as it is.
    let ca = file.directory.ca_file.as_ref().zip(path.parent());
    let ca = ca.map(|(ca, folder)| read(&folder.join(ca)).map_err(|why| missing(why, CA))).transpose()?;
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Opened { file, ca, origin: Origin { path: shown, hash: hash.into() } })
}

/// A CA file that was named by itself.
pub fn ca(path: &Path) -> Result<Vec<u8>, NotOpened> {
    let path = std::path::absolute(path).map_err(|why| io_fault(path, &why))?;
    read(&path)
}

/// Where a site file is looked for when none is named.
pub fn usual() -> Result<PathBuf, NotOpened> {
    let base = etcetera::choose_base_strategy().map_err(|_| NotOpened::NoHome)?;
    Ok(base.config_dir().join("mdi-console").join(NAME))
}

/// A file that the site file names, by that key.
fn missing(why: NotOpened, (what, key): (&'static str, &'static str)) -> NotOpened {
    match why {
        NotOpened::Absent { path } => NotOpened::Missing { what, key, path },
        why => why,
    }
}

const CA: (&str, &str) = ("the CA file", "directory.ca_file");

/// Who may have had to do with a file.
type Trusted = fn(&Path, &Metadata, u32) -> Result<(), Unsafe>;

/// The bytes of a file that only this user or root can have written.
fn read(path: &Path) -> Result<Vec<u8>, NotOpened> {
    read_if(path, safety::file).map(|mut bytes| std::mem::take(&mut *bytes))
}

fn read_if(path: &Path, trusted: Trusted) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let mine = rustix::process::geteuid().as_raw();
    let real = safety::followed(path, mine).map_err(|why| match why {
        safety::Stopped::Unsafe(why) => NotOpened::Unsafe { path: shown(path), why },
        safety::Stopped::Io(why) => io_fault(path, &why),
    })?;
    // Before it is opened: a pipe would wait for its writer.
    let found = std::fs::symlink_metadata(&real).map_err(|why| io_fault(path, &why))?;
    trusted(&real, &found, mine).map_err(|why| NotOpened::Unsafe { path: shown(path), why })?;
    let file = File::open(&real).map_err(|why| io_fault(path, &why))?;
    // Of the file that was opened, whatever has become of its name since it was looked at.
    let found = file.metadata().map_err(|why| io_fault(path, &why))?;
    trusted(&real, &found, mine).map_err(|why| NotOpened::Unsafe { path: shown(path), why })?;
    // As large as it is, so that it is not moved while it is read.
    let length = usize::try_from(found.len().min(MOST)).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.saturating_add(1)));
    file.take(MOST.saturating_add(1)).read_to_end(&mut bytes).map_err(|why| io_fault(path, &why))?;
    if bytes.len() as u64 > MOST {
        return Err(NotOpened::TooLong { path: shown(path) });
    }
    Ok(bytes)
}

fn io_fault(path: &Path, why: &io::Error) -> NotOpened {
    let path = shown(path);
    match why.kind() {
        io::ErrorKind::NotFound => NotOpened::Absent { path },
        _ => NotOpened::Io { path, why: Safe::from(why.to_string()) },
    }
}

fn shown(path: &Path) -> Safe {
    Safe::new(&path.to_string_lossy())
}

#[cfg(test)]
mod tests;
