//! Standard output, for whoever waits for the whole of an answer: what did not take it is kept, and said at the end.
//!
//! Relies on the writer given. Whoever closes a pipe has read enough, and that is no fault. Deliberately absent: the
//! walk's own screen and lines, whose terminal may go without being told so.

use std::io::{self, ErrorKind, Write};

use crate::text::told;

/// Standard output did not take all of an answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "standard output did not take all of it: {}. What stands there is cut. Make room, or send it elsewhere, and run it again",
    told(.0)
)]
pub struct Cut(io::Error);

/// Where an answer is written line by line.
#[derive(Debug)]
pub(super) struct Output<W> {
    pub(super) into: W,
    broken: Option<io::Error>,
}

impl<W: Write> Output<W> {
    pub(super) fn new(into: W) -> Self {
        Self { into, broken: None }
    }

    /// One line, at once; none after one that was not taken.
    pub(super) fn say(&mut self, line: &str) {
        if self.broken.is_none() {
            self.broken = writeln!(self.into, "{line}").and_then(|()| self.into.flush()).err();
        }
    }

    /// Whether all that was said was taken, by whoever still wanted it.
    pub(super) fn whole(&mut self) -> Result<(), Cut> {
        self.broken.take_if(|why| why.kind() != ErrorKind::BrokenPipe).map_or(Ok(()), |why| Err(Cut(why)))
    }
}

/// Prints what is made all at once.
pub fn print(make: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<(), Cut> {
    let mut text = Vec::new();
    make(&mut text).map_err(Cut)?;
    let mut out = Output::new(io::stdout());
    out.broken = out.into.write_all(&text).and_then(|()| out.into.flush()).err();
    out.whole()
}

/// Prints one line, or several.
pub(super) fn say(line: &str) -> Result<(), Cut> {
    print(|into| writeln!(into, "{line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes a line, and then none.
    struct Full(usize, ErrorKind);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(self.1)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_answer_is_cut_where_it_was_not_taken_and_not_where_nobody_reads_on() {
        let check = |room: usize, kind: ErrorKind, cut: bool| {
            let mut output = Output::new(Full(room, kind));
            output.say("first");
            output.say("second");
            output.say("");
            assert_eq!(output.whole().is_err(), cut, "{room} {kind:?}");
        };
        check(100, ErrorKind::StorageFull, false);
        check(6, ErrorKind::StorageFull, true);
        check(6, ErrorKind::BrokenPipe, false);
        check(0, ErrorKind::PermissionDenied, true);
    }
}
