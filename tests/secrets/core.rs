//! A process's memory, as a debugger takes it: every mapping, those included that are kept out of dumps.
//!
//! Relies on gdb and on being root, for the program makes itself undumpable; its being so is looked at, too. Deliberately
//! absent: what must not be in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use memchr::memmem;
use rustix::process::{Signal, geteuid};

use crate::disguises::disguises;
use crate::pty::Pty;

/// So that nothing the program keeps out of dumps flatters the search.
const WHOLE: [&str; 2] = ["set use-coredump-filter off", "set dump-excluded-mappings on"];
/// Of a segment: it is memory, and may be written to.
const LOADED: usize = 1;
const WRITABLE: usize = 2;

/// `false`, said aloud: no core can be taken here.
pub fn can_be_taken() -> bool {
    let lacks = if !geteuid().is_root() {
        "the right to look into another process; run it as root"
    } else if Command::new("gdb").arg("--version").output().is_err() {
        "gdb"
    } else {
        return true;
    };
    let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
    assert!(!required, "MDI_CONSOLE_PEERS=require, and this machine lacks {lacks}");
    println!("skipped: no core is taken; this machine lacks {lacks}");
    false
}

/// The memory of a program that can be written to.
pub struct Core {
    bytes: Vec<u8>,
    writable: Vec<(usize, usize)>,
}

impl Core {
    /// The program is held while it is taken, and goes on.
    pub fn of(pty: &Pty, folder: &Path) -> Self {
        let file = folder.join("held.core");
        pty.signal(Signal::STOP).unwrap();
        while !status(pty.pid(), "State").starts_with('T') {
            thread::yield_now();
        }
        let output = debugger(pty.pid(), &file, &[]).output().unwrap();
        pty.signal(Signal::CONT).unwrap();
        Self::read(&file, &output)
    }

    fn read(file: &Path, output: &Output) -> Self {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let bytes = fs::read(file).unwrap_or_else(|why| panic!("no core: {why}\n{complaint}"));
        fs::remove_file(file).unwrap();
        let writable = writable(&bytes);
        assert!(!writable.is_empty(), "there is no memory in it");
        Self { bytes, writable }
    }

    /// Every form in which the secret stands in it, as often as it does, and what stands before it.
    pub fn copies(&self, secret: &str) -> Vec<(String, String)> {
        let mut copies = Vec::new();
        for form in disguises(secret) {
            for (from, to) in &self.writable {
                let memory = &self.bytes[*from..*to];
                copies.extend(memmem::find_iter(memory, &form.bytes).map(|at| {
                    let before = memory[at.saturating_sub(64)..at].escape_ascii().to_string();
                    (form.name.clone(), before)
                }));
            }
        }
        copies
    }

    /// Some words that may stand anywhere.
    pub fn count(&self, words: &str) -> usize {
        let memory = self.writable.iter().map(|(from, to)| &self.bytes[*from..*to]);
        memory.map(|memory| memmem::find_iter(memory, words).count()).sum()
    }
}

/// Waits beside a running program for its end, and takes the core at its last call of the system.
pub struct AtTheEnd {
    gdb: Child,
    file: PathBuf,
}

impl AtTheEnd {
    pub fn of(pty: &Pty, folder: &Path) -> Self {
        let file = folder.join("last.core");
        // `all` leaves out what the debugger itself may be told.
        let hold = [
            "handle all nostop noprint pass",
            "handle SIGINT nostop noprint pass",
            "catch syscall exit_group",
            "continue",
        ];
        let mut gdb = debugger(pty.pid(), &file, &hold);
        let gdb = gdb.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while status(pty.pid(), "TracerPid") == "0" {
            thread::yield_now();
        }
        Self { gdb, file }
    }

    pub fn core(self) -> Core {
        let output = self.gdb.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("call to syscall exit_group"), "it was not held at its end: {said}");
        Core::read(&self.file, &output)
    }
}

fn debugger(pid: i32, file: &Path, before: &[&str]) -> Command {
    // In a session of its own, for it would take this one's terminal.
    let mut gdb = Command::new("setsid");
    gdb.args(["--wait", "gdb", "-nx", "-batch", "-iex", "set auto-load off", "-p", &pid.to_string()]);
    gdb.env_remove("DEBUGINFOD_URLS").stdin(Stdio::null());
    let generate = format!("generate-core-file {}", file.display());
    for command in WHOLE.iter().chain(before).copied().chain([&*generate]) {
        gdb.args(["-ex", command]);
    }
    gdb
}

/// A line of what the kernel says of a process.
fn status(pid: i32, name: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap().trim().to_owned()
}

/// Where memory that may be written to begins and ends in an ELF file of 64 bits.
fn writable(bytes: &[u8]) -> Vec<(usize, usize)> {
    let number = |at: usize, length: usize| {
        bytes[at..at + length].iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
    };
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    let headers = (0..count).map(|nth| table + nth * size);
    let wanted = headers.filter(|at| number(*at, 4) == LOADED && number(at + 4, 4) & WRITABLE != 0);
    wanted.map(|at| (number(at + 8, 8), number(at + 8, 8) + number(at + 32, 8))).collect()
}
