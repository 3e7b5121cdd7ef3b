//! Lines from the operator or a script: read by a thread of its own, wiped when they have been used.
//!
//! Relies on the kernel's line editing on a terminal, and on nothing where input is a file or a pipe. A line too long
//! for any answer is dropped whole. Deliberately absent: what a line means (`prompt`), and echo (`echo`).

use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::thread;

use rustix::io::Errno;
use tokio::sync::mpsc::Sender;
use zeroize::{Zeroize as _, Zeroizing};

/// As long as a line of a terminal can be, and longer than any answer.
const LONGEST: usize = 4096;

/// What came in.
#[derive(PartialEq, Eq)]
pub enum Typed {
    Line(Zeroizing<String>),
    /// Longer than any answer, or not UTF-8; nothing of it was kept.
    Unreadable,
    /// End of input. On a terminal more may follow.
    Ended,
}

/// What was typed may be a password.
impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line(_) => "Line(_)",
            Self::Unreadable => "Unreadable",
            Self::Ended => "Ended",
        })
    }
}

/// Reads `input` and delivers its lines in order. Ends with the input: on a terminal with the second end in a row,
/// since one is what Ctrl-D says, and a terminal that is gone says it for ever.
pub fn read(input: OwnedFd, terminal: bool, deliver: Sender<Typed>) -> io::Result<()> {
    thread::Builder::new().name("lines".into()).spawn(move || {
        let mut lines = Lines::default();
        let mut chunk = Zeroizing::new([0_u8; LONGEST]);
        let mut ends = 0;
        while ends < if terminal { 2 } else { 1 } {
            let count = match rustix::io::read(&input, chunk.as_mut_slice()) {
                Err(Errno::INTR) => continue,
                Ok(count) => count,
                Err(_) => 0,
            };
            let typed = if count == 0 {
                ends += 1;
                lines.end()
            } else {
                ends = 0;
                lines.take(chunk.get(..count).unwrap_or_default())
            };
            chunk.zeroize();
            for typed in typed {
                if deliver.blocking_send(typed).is_err() {
                    return;
                }
            }
        }
    })?;
    Ok(())
}

/// Waits for one line, and reads not a byte beyond it: what follows is for whoever reads next.
pub fn read_one(input: &OwnedFd) -> Typed {
    let mut lines = Lines::default();
    let mut byte = Zeroizing::new([0_u8; 1]);
    loop {
        let typed = match rustix::io::read(input, byte.as_mut_slice()) {
            Err(Errno::INTR) => continue,
            Ok(1) => lines.take(byte.as_slice()),
            Ok(_) | Err(_) => lines.end(),
        };
        if let Some(first) = typed.into_iter().next() {
            return first;
        }
    }
}

/// Bytes on their way to becoming lines. The buffer has its full size from the start, so that no copy is left behind.
struct Lines {
    begun: Zeroizing<Vec<u8>>,
    dropping: bool,
}

impl Default for Lines {
    fn default() -> Self {
        Self { begun: Zeroizing::new(Vec::with_capacity(LONGEST)), dropping: false }
    }
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) -> Vec<Typed> {
        let mut lines = Vec::new();
        for byte in bytes {
            match byte {
                b'\n' => lines.push(self.line()),
                _ if self.begun.len() < LONGEST => self.begun.push(*byte),
                _ => self.dropping = true,
            }
        }
        lines
    }

    fn line(&mut self) -> Typed {
        let dropped = std::mem::take(&mut self.dropping);
        let line = self.begun.strip_suffix(b"\r").unwrap_or(&self.begun);
        let typed = match std::str::from_utf8(line) {
            Ok(text) if !dropped => Typed::Line(Zeroizing::new(text.to_owned())),
            _ => Typed::Unreadable,
        };
        // Keeps its capacity, and is overwritten whole.
        self.begun.zeroize();
        typed
    }

    /// A last line without its end counts.
    fn end(&mut self) -> Vec<Typed> {
        let mut last = Vec::new();
        if !self.begun.is_empty() || self.dropping {
            last.push(self.line());
        }
        last.push(Typed::Ended);
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Typed {
        Typed::Line(Zeroizing::new(text.to_owned()))
    }

    #[test]
    fn bytes_become_lines_however_they_arrive() {
        let check = |chunks: &[&[u8]], expected: &[Typed]| {
            let mut lines = Lines::default();
            let mut typed: Vec<Typed> = chunks.iter().flat_map(|chunk| lines.take(chunk)).collect();
            typed.extend(lines.end());
            assert_eq!(typed, expected, "{chunks:?}");
        };
        check(&[b"1\n\nyes\r\n"], &[line("1"), line(""), line("yes"), Typed::Ended]);
        check(&[b"sp", b"lit\nla", b"st"], &[line("split"), line("last"), Typed::Ended]);
        check(&[b"\xff\n1\n"], &[Typed::Unreadable, line("1"), Typed::Ended]);
        check(&[&[b'a'; LONGEST], b"b\n1\n"], &[Typed::Unreadable, line("1"), Typed::Ended]);
        check(&[], &[Typed::Ended]);
    }

    #[test]
    fn what_was_typed_is_not_printed() {
        assert_eq!(format!("{:?}", line("secret")), "Line(_)");
    }
}
