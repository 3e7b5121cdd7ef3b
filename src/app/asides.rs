//! What the screen asks for besides the walk: files written on request, and how that went.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::clock::Work;
use crate::model::msg::Outcome;
use crate::text::Safe;

pub(super) struct Asides {
    out: UnboundedSender<(Outcome, Option<Work>)>,
    back: UnboundedReceiver<(Outcome, Option<Work>)>,
}

impl Asides {
    pub(super) fn new() -> Self {
        let (out, back) = unbounded_channel();
        Self { out, back }
    }

    pub(super) async fn next(&mut self) -> Option<Outcome> {
        self.back.recv().await.map(|(outcome, _)| outcome)
    }

    pub(super) fn done(&self, outcome: Outcome) {
        // The receiver is this same value's.
        let _ = self.out.send((outcome, None));
    }

    /// Writes a new file (0600); one that is there already is left alone.
    pub(super) fn write(&self, file: &Safe, lines: Vec<Safe>, work: Work) {
        let (out, path) = (self.out.clone(), place(file));
        tokio::task::spawn_blocking(move || {
            let shown = Safe::from(path.to_string_lossy().into_owned());
            let outcome = match write(&path, &lines) {
                Ok(()) => Outcome::Written(shown),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    Outcome::Failed(Safe::from(format!(
                        "{shown} is there already and was left as it is. Choose another name with the same key."
                    )))
                }
                Err(error) => Outcome::Failed(Safe::from(format!(
                    "{shown} was not written: {}. Choose another place with the same key.",
                    error.kind()
                ))),
            };
            let _ = out.send((outcome, Some(work)));
        });
    }
}

/// The whole path, so that it is told where a file went; `~/` is the operator's own folder.
fn place(file: &Safe) -> PathBuf {
    let home = file.strip_prefix("~/").and_then(|rest| Some(etcetera::home_dir().ok()?.join(rest)));
    let path = home.unwrap_or_else(|| PathBuf::from(file.as_str()));
    std::path::absolute(&path).unwrap_or(path)
}

/// Half a file is none, and would keep the same name from being tried again.
fn write(path: &Path, lines: &[Safe]) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    fill(file, lines).inspect_err(|_| {
        // What can't be removed either is found by whoever looks for it.
        let _ = std::fs::remove_file(path);
    })
}

fn fill(file: impl io::Write, lines: &[Safe]) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    for line in lines {
        writeln!(file, "{line}")?;
    }
    file.flush()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_written_for_its_owner_alone_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.txt");
        write(&path, &["one".into(), "two".into()]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = write(&path, &["three".into()]);
        assert_eq!(again.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn the_place_is_told_whole() {
        assert!(place(&Safe::new("records.txt")).is_absolute());
        assert!(place(&Safe::new("~/records.txt")).is_absolute());
        assert!(!place(&Safe::new("~/records.txt")).to_string_lossy().contains('~'));
    }
}
