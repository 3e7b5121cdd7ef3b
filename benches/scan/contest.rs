//! One program on the file: how long, how much memory, and how many refusals it counted.
//!
//! Memory is what the system says of the running process, asked again and again in a run that isn't timed.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

#[derive(Clone, Copy)]
pub struct Contestant<'a> {
    pub name: &'static str,
    pub program: &'a str,
    pub arguments: &'a [&'a str],
}

pub struct Trial {
    /// Where it gives a number.
    pub refusals: Option<u64>,
    /// The most it held, in KiB.
    pub held: u64,
}

pub struct Standing {
    pub name: &'static str,
    pub held: u64,
    pub times: Vec<Duration>,
}

impl Contestant<'_> {
    fn start(&self, file: &Path, out: Stdio) -> io::Result<Child> {
        let mut command = Command::new(self.program);
        command.args(self.arguments).arg(file);
        command.stdin(Stdio::null()).stdout(out).stderr(Stdio::null()).spawn()
    }

    /// What it prints goes through a pipe, as to a script; a device that takes nothing lets some of them cheat.
    pub fn time(&self, file: &Path) -> io::Result<()> {
        let mut child = self.start(file, Stdio::piped())?;
        drained(&mut child)?;
        child.wait().map(drop)
    }

    pub fn run(&self, file: &Path) -> io::Result<Trial> {
        let mut child = self.start(file, Stdio::piped())?;
        let status = format!("/proc/{}/status", child.id());
        let (said, held) = thread::scope(|scope| {
            let said = scope.spawn(|| drained(&mut child));
            let mut held = 0;
            while let Some(now) = most_held(&status) {
                held = held.max(now);
                thread::yield_now();
            }
            (said.join(), held)
        });
        child.wait()?;
        let said = said.unwrap_or_else(|_| Ok(String::new()))?;
        let counted = said.trim().parse().ok().or_else(|| {
            let object: serde_json::Value = serde_json::from_str(&said).ok()?;
            object.get("matches")?.as_u64()
        });
        Ok(Trial { refusals: counted, held })
    }
}

/// What it says, or the beginning of that.
fn drained(child: &mut Child) -> io::Result<String> {
    let Some(mut out) = child.stdout.take() else { return Ok(String::new()) };
    let mut first = Vec::new();
    out.by_ref().take(1_000).read_to_end(&mut first)?;
    let mut rest = vec![0; 64 * 1024];
    while out.read(&mut rest)? > 0 {}
    Ok(String::from_utf8_lossy(&first).into_owned())
}

/// None once it has ended.
fn most_held(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

impl Standing {
    pub fn new(name: &'static str, held: u64) -> Self {
        Self { name, held, times: Vec::new() }
    }

    pub fn best(&self) -> Duration {
        self.times.iter().min().copied().unwrap_or_default()
    }

    fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    pub fn row(&self, ripgrep: Option<Duration>) -> String {
        let times =
            ripgrep.map_or("-".into(), |rg| format!("{:.1}", self.best().as_secs_f64() / rg.as_secs_f64()));
        let (median, best) = (self.median().as_secs_f64(), self.best().as_secs_f64());
        format!("| {} | {median:.3} s | {best:.3} s | {times} | {} MB |", self.name, self.held / 1_000)
    }
}
