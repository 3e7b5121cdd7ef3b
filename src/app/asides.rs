//! What the screen asks for besides the walk: files written on request, and how that went.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

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
    pub(super) fn write(&self, file: &Safe, text: &Safe, work: Work) {
        let (out, file, text) = (self.out.clone(), file.clone(), text.clone());
        tokio::task::spawn_blocking(move || {
            let outcome = match write(file.as_str(), &text) {
                Ok(()) => Outcome::Written(file),
                Err(error) => Outcome::Failed(Safe::from(format!(
                    "{} was not written: {error}. Choose another name with o.",
                    file.as_str()
                ))),
            };
            let _ = out.send((outcome, Some(work)));
        });
    }
}

fn write(file: &str, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")
}
