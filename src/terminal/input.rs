//! The reader of keys: a thread of its own that turns what the operator types into `Input`.
//!
//! Relies on `decode` for what the bytes mean. Ends, and says so once, when the terminal is gone; never spins.
//! An Esc alone is told from the beginning of a key by 50 ms of silence, which the kernel measures, not the clock.
//! Deliberately absent: the window's size, which comes with a signal, and the mouse.

use std::fmt;
use std::io::{self, PipeReader, PipeWriter};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::Sender;
use zeroize::{Zeroize as _, Zeroizing};

use super::decode::{Decoded, Decoder, Unfinished};
use super::tty::Tty;
use crate::key::Key;

const AN_INSTANT: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
const REST_OF_A_KEY: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
const REST_OF_A_PASTE: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// What the operator did.
#[derive(PartialEq, Eq)]
pub enum Input {
    Key(Key, Burst),
    /// Text the terminal itself said was pasted.
    Paste(Zeroizing<String>),
    /// A paste that was longer than any field; nothing of it was kept.
    PasteTooLong,
    FocusGained,
    FocusLost,
    /// The terminal is gone. Nothing follows.
    Lost,
}

/// Whether a key came alone. Nobody types so fast that a key waits behind another one: that is a paste.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    /// The key before it was already there when that one was read.
    pub right_behind: bool,
    /// Something was already readable right behind it.
    pub more_waiting: bool,
}

/// What was typed may be a password.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key, burst) => f.debug_tuple("Key").field(key).field(burst).finish(),
            Self::Paste(_) => f.write_str("Paste(_)"),
            Self::PasteTooLong => f.write_str("PasteTooLong"),
            Self::FocusGained => f.write_str("FocusGained"),
            Self::FocusLost => f.write_str("FocusLost"),
            Self::Lost => f.write_str("Lost"),
        }
    }
}

/// The reading ends when this is dropped.
#[derive(Debug)]
pub struct Reader {
    _stop: PipeWriter,
}

/// Starts to read `tty` and delivers what comes, in order.
pub fn read(tty: Tty, deliver: Sender<Input>) -> io::Result<Reader> {
    let (stopped, stop) = io::pipe()?;
    thread::Builder::new().name("keys".into()).spawn(move || {
        let mut reading = Reading { tty, stopped, decoder: Decoder::default(), behind: false };
        while let Some(inputs) = reading.next() {
            for input in inputs {
                let last = input == Input::Lost;
                if deliver.blocking_send(input).is_err() || last {
                    return;
                }
            }
        }
    })?;
    Ok(Reader { _stop: stop })
}

struct Reading {
    tty: Tty,
    stopped: PipeReader,
    decoder: Decoder,
    behind: bool,
}

impl Reading {
    /// Waits for the next input; `None` when nobody wants it any more.
    fn next(&mut self) -> Option<Vec<Input>> {
        let patience = self.decoder.unfinished().map(|unfinished| match unfinished {
            Unfinished::Sequence => REST_OF_A_KEY,
            Unfinished::Paste => REST_OF_A_PASTE,
        });
        let mut waiting = [
            PollFd::from_borrowed_fd(self.tty.input(), PollFlags::IN),
            PollFd::new(&self.stopped, PollFlags::IN),
        ];
        match poll(&mut waiting, patience.as_ref()) {
            Ok(0) => {
                let decoded = self.decoder.give_up();
                return Some(self.told(decoded.into_iter().collect()));
            }
            Ok(_) => {}
            Err(Errno::INTR) => return Some(Vec::new()),
            Err(_) => return Some(vec![Input::Lost]),
        }
        let [keys, stopped] = waiting.map(|end| end.revents());
        if !stopped.is_empty() {
            return None;
        }
        if keys.contains(PollFlags::IN) { self.take() } else { Some(vec![Input::Lost]) }
    }

    fn take(&mut self) -> Option<Vec<Input>> {
        let mut bytes = Zeroizing::new([0_u8; 1024]);
        match rustix::io::read(self.tty.input(), bytes.as_mut_slice()) {
            Ok(0) => Some(vec![Input::Lost]),
            Ok(count) => {
                let decoded = self.decoder.feed(bytes.get(..count)?);
                bytes.zeroize();
                Some(self.told(decoded))
            }
            Err(Errno::INTR | Errno::AGAIN) => Some(Vec::new()),
            Err(_) => Some(vec![Input::Lost]),
        }
    }

    /// The inputs with what was known of their neighbours.
    fn told(&mut self, decoded: Vec<Decoded>) -> Vec<Input> {
        let count = decoded.len();
        let more = self.decoder.unfinished().is_some() || self.readable();
        let mut inputs = Vec::with_capacity(count);
        for (nth, decoded) in (1..).zip(decoded) {
            let more_waiting = nth < count || more;
            let right_behind = std::mem::replace(&mut self.behind, more_waiting);
            inputs.push(match decoded {
                Decoded::Key(key) => Input::Key(key, Burst { right_behind, more_waiting }),
                Decoded::Paste(text) => Input::Paste(text),
                Decoded::PasteTooLong => Input::PasteTooLong,
                Decoded::FocusGained => Input::FocusGained,
                Decoded::FocusLost => Input::FocusLost,
            });
        }
        inputs
    }

    fn readable(&self) -> bool {
        let mut keys = [PollFd::from_borrowed_fd(self.tty.input(), PollFlags::IN)];
        let ready = poll(&mut keys, Some(&AN_INSTANT)).is_ok_and(|ready| ready > 0);
        ready && keys.iter().any(|keys| keys.revents().contains(PollFlags::IN))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    use tokio::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::key::Code;

    /// A terminal made of a socket: what is written to the first end is typed.
    fn typing() -> (UnixStream, Receiver<Input>, Reader) {
        let (fingers, keyboard) = UnixStream::pair().unwrap();
        let output = OwnedFd::from(keyboard.try_clone().unwrap());
        let (deliver, inputs) = channel(16);
        let reader = read(Tty::new(keyboard.into(), output), deliver).unwrap();
        (fingers, inputs, reader)
    }

    fn key(c: char, right_behind: bool, more_waiting: bool) -> Input {
        Input::Key(Key::char(c), Burst { right_behind, more_waiting })
    }

    #[test]
    fn keys_that_come_together_are_told_from_keys_that_come_alone() {
        let (mut fingers, mut inputs, _reader) = typing();
        fingers.write_all(b"a").unwrap();
        assert_eq!(inputs.blocking_recv(), Some(key('a', false, false)));
        fingers.write_all(b"bcd").unwrap();
        assert_eq!(inputs.blocking_recv(), Some(key('b', false, true)));
        assert_eq!(inputs.blocking_recv(), Some(key('c', true, true)));
        assert_eq!(inputs.blocking_recv(), Some(key('d', true, false)));
        fingers.write_all(b"e").unwrap();
        assert_eq!(inputs.blocking_recv(), Some(key('e', false, false)));
    }

    #[test]
    fn an_esc_alone_is_a_key_after_a_moment_of_silence() {
        let (mut fingers, mut inputs, _reader) = typing();
        fingers.write_all(b"\x1b").unwrap();
        assert_eq!(inputs.blocking_recv(), Some(Input::Key(Key::plain(Code::Esc), Burst::default())));
    }

    #[test]
    fn a_terminal_that_is_gone_is_said_once_and_the_reader_ends() {
        let (mut fingers, mut inputs, _reader) = typing();
        fingers.write_all(b"a\x1b[200~half").unwrap();
        drop(fingers);
        assert_eq!(inputs.blocking_recv(), Some(key('a', false, true)));
        assert_eq!(inputs.blocking_recv(), Some(Input::Lost));
        assert_eq!(inputs.blocking_recv(), None);
    }

    #[test]
    fn a_reader_nobody_holds_ends() {
        let (_fingers, mut inputs, reader) = typing();
        drop(reader);
        assert_eq!(inputs.blocking_recv(), None);
    }

    #[test]
    fn what_was_pasted_is_not_shown_by_debug() {
        let paste = Input::Paste(Zeroizing::new("hunter2".to_owned()));
        assert!(!format!("{paste:?}").contains("hunter2"));
    }
}
