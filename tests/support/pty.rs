//! A program on a pseudo-terminal: what it shows, every byte it wrote, how it ended; and keys, sizes, signals for it.
//!
//! Relies on portable-pty for the terminal and vt100 for reading it. Waits on a condition with a deadline, never sleeps.
//! Deliberately absent: any knowledge of what runs on it.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{Termios, tcgetattr};

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What did not happen in time, with the screen as it was then.
#[derive(Debug)]
pub struct Missed(String);

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missed {}

impl Missed {
    fn because(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

struct Seen {
    parser: vt100::Parser,
    output: Vec<u8>,
    /// The other end is closed: nothing more will come.
    closed: bool,
    status: Option<ExitStatus>,
}

type Shared = Arc<(Mutex<Seen>, Condvar)>;

pub struct Pty {
    shared: Shared,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    reader: Option<JoinHandle<()>>,
    cut: Arc<AtomicBool>,
    pid: Pid,
    /// The path of the program's end.
    pub path: PathBuf,
}

impl Pty {
    /// Starts `program` on a terminal of `size` (rows, columns) in an environment that holds only what is said.
    pub fn start(
        program: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
        size: (u16, u16),
    ) -> Result<Self, Missed> {
        let pair = native_pty_system().openpty(extent(size)).map_err(Missed::because)?;
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        for (name, value) in [("PATH", "/usr/bin:/bin"), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(std::env::current_dir().map_err(Missed::because)?);
        let child = pair.slave.spawn_command(command).map_err(Missed::because)?;
        let pid = child.process_id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        let shared = Arc::new((Mutex::new(Seen::new(size)?), Condvar::new()));
        let cut = Arc::new(AtomicBool::new(false));
        let source = pair.master.try_clone_reader().map_err(Missed::because)?;
        let reader = listen(source, Arc::clone(&shared), Arc::clone(&cut));
        attend(child, Arc::clone(&shared));
        Ok(Self {
            shared,
            writer: Some(pair.master.take_writer().map_err(Missed::because)?),
            reader: Some(reader),
            cut,
            pid: pid.ok_or_else(|| Missed::because("the program has no process id"))?,
            path: pair.master.tty_name().ok_or_else(|| Missed::because("the terminal has no name"))?,
            master: Some(pair.master),
        })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `condition` holds.
    pub fn wait_until(&self, what: &str, condition: impl Fn(&vt100::Screen) -> bool) -> Result<(), Missed> {
        let holds = |seen: &Seen| condition(seen.parser.screen());
        let seen = self.wait(PATIENCE, |seen| holds(seen) || seen.closed);
        if holds(&seen) { Ok(()) } else { Err(seen.missed(what)) }
    }

    /// Waits until `text` stands on the screen.
    pub fn wait_for(&self, text: &str) -> Result<(), Missed> {
        self.wait_until(text, |screen| screen.contents().contains(text))
    }

    /// Waits for the program's end and for everything it wrote.
    pub fn exit(&self, within: Duration) -> Result<ExitStatus, Missed> {
        let seen = self.wait(within, |seen| seen.status.is_some());
        let status = seen.status.clone().ok_or_else(|| seen.missed("the program's end"))?;
        drop(seen);
        if self.master.is_some() {
            drop(self.wait(PATIENCE, |seen| seen.closed));
        }
        Ok(status)
    }

    fn wait(&self, within: Duration, done: impl Fn(&Seen) -> bool) -> MutexGuard<'_, Seen> {
        let waited = self.shared.1.wait_timeout_while(self.seen(), within, |seen| !done(seen));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    pub fn send(&mut self, keys: &str) -> io::Result<()> {
        let writer = self.writer.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        writer.write_all(keys.as_bytes())?;
        writer.flush()
    }

    pub fn resize(&mut self, size: (u16, u16)) -> Result<(), Missed> {
        let (rows, columns) = nonzero(size)?;
        self.seen().parser.screen_mut().set_size(rows, columns);
        let master = self.master.as_ref().ok_or_else(|| Missed::because("the terminal is hung up"))?;
        master.resize(extent(size)).map_err(Missed::because)
    }

    pub fn text(&self) -> String {
        self.seen().parser.screen().contents()
    }

    pub fn screen(&self) -> vt100::Screen {
        self.seen().parser.screen().clone()
    }

    /// Everything the program ever wrote.
    pub fn output(&self) -> Vec<u8> {
        self.seen().output.clone()
    }

    pub fn bytes(&self) -> usize {
        self.seen().output.len()
    }

    /// Whether the program writes nothing for so long.
    pub fn silent(&self, time: Duration) -> bool {
        let before = self.bytes();
        self.wait(time, |seen| seen.output.len() > before).output.len() == before
    }

    /// The program that was started here.
    pub fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// The terminal's settings, as the program left them last.
    pub fn settings(&self) -> io::Result<Termios> {
        Ok(tcgetattr(self.far_end()?)?)
    }

    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill_process(self.pid, signal)?)
    }

    pub fn kill(&self) -> io::Result<()> {
        self.signal(Signal::KILL)
    }

    /// Takes the terminal away, as a lost link does.
    pub fn hang_up(&mut self) -> Result<(), Missed> {
        self.cut.store(true, Ordering::SeqCst);
        // The listener holds the terminal open while it waits; something to read lets it go.
        self.far_end().and_then(|mut end| end.write_all(b"\0")).map_err(Missed::because)?;
        if let Some(reader) = self.reader.take() {
            reader.join().map_err(|_| Missed::because("the listener panicked"))?;
        }
        self.writer = None;
        self.master = None;
        Ok(())
    }

    fn far_end(&self) -> io::Result<File> {
        let unowned = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).map_err(io::Error::other)?;
        OpenOptions::new().read(true).write(true).custom_flags(unowned).open(&self.path)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.seen().status.is_none() {
            // It may have ended this very moment.
            let _ = self.kill();
        }
    }
}

impl Seen {
    fn new(size: (u16, u16)) -> Result<Self, Missed> {
        let (rows, columns) = nonzero(size)?;
        let parser = vt100::Parser::new(rows, columns, 0);
        Ok(Self { parser, output: Vec::new(), closed: false, status: None })
    }

    fn missed(&self, what: &str) -> Missed {
        let screen = self.parser.screen().contents();
        Missed(format!("missed: {what}\nended: {:?}\n--- screen ---\n{screen}\n---", self.status))
    }
}

fn listen(mut source: Box<dyn Read + Send>, shared: Shared, cut: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut bytes = vec![0; 65_536];
        loop {
            let count = source.read(&mut bytes).unwrap_or(0);
            let mut seen = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(bytes) = bytes.get(..count).filter(|_| count > 0 && !cut.load(Ordering::SeqCst)) {
                seen.parser.process(bytes);
                seen.output.extend_from_slice(bytes);
            } else {
                seen.closed = true;
            }
            let closed = seen.closed;
            drop(seen);
            shared.1.notify_all();
            if closed {
                return;
            }
        }
    })
}

fn attend(mut child: Box<dyn Child + Send + Sync>, shared: Shared) {
    thread::spawn(move || {
        let status = child.wait().unwrap_or_else(|_| ExitStatus::with_signal("not known"));
        shared.0.lock().unwrap_or_else(PoisonError::into_inner).status = Some(status);
        shared.1.notify_all();
    });
}

fn extent((rows, cols): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn nonzero((rows, columns): (u16, u16)) -> Result<(NonZeroU16, NonZeroU16), Missed> {
    let not_nothing =
        |length: u16| NonZeroU16::new(length).ok_or_else(|| Missed::because("a screen needs a size"));
    Ok((not_nothing(rows)?, not_nothing(columns)?))
}
