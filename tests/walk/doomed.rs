//! A walk in a process of its own, which SIGKILL ends at a chosen line of its record; the lab outlives it.
//!
//! The process is this very program, called for the same test. A socket stands for its standard input: over it goes what
//! it needs, the right password too, and both keep step, so that no moment of the console's overtakes one of the lab's.
//! Once the socket is closed it ends by itself. Deliberately absent: what becomes of the walk afterwards.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use mdi_console::clock::{Driven, Instant};
use mdi_console::journal::file::Disk;
use mdi_console::lab::{Addresses, scenario};
use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::stage::{House, Missed, Stage, Tried, first_moment, quiet};

#[path = "doomed/in_step.rs"]
mod in_step;
#[path = "doomed/told.rs"]
mod told;

use told::Told;

/// Set for the process that is to die.
const DOOMED: &str = "MDI_CONSOLE_DOOMED";

/// When the process dies, for one number of lines. What was announced is then never done, or done and never recorded.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Moment {
    Written,
    BeforeTheNext,
}

/// What the process has to do.
#[derive(Serialize, Deserialize)]
struct Errand {
    scenario: String,
    folder: PathBuf,
    right: String,
    lab: Told,
    lines: usize,
    moment: Moment,
}

/// What the process says to the one that has the lab. Each is answered with the moment the lab waits for.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Said {
    Resting,
    MovingTo(Duration),
    /// The walk is over, and the process lives.
    Over,
}

/// The lab as the doomed process knows it.
struct Afar {
    to: UnixStream,
    from: BufReader<UnixStream>,
    lab: Told,
}

impl Afar {
    /// What stands in for the standard input, and the errand.
    fn called() -> Tried<(UnixStream, BufReader<UnixStream>, Errand)> {
        let to = UnixStream::from(rustix::stdio::stdin().try_clone_to_owned()?);
        let mut from = BufReader::new(to.try_clone()?);
        let errand = heard(&mut from)?;
        Ok((to, from, errand))
    }

    /// Nothing is done here until the lab's side has answered.
    fn say(&mut self, said: &Said) -> Tried<Option<Duration>> {
        self.to.write_all(line(said)?.as_bytes())?;
        heard(&mut self.from)
    }
}

fn line<T: Serialize>(said: &T) -> Tried<String> {
    Ok(serde_json::to_string(said)? + "\n")
}

fn heard<T: for<'a> Deserialize<'a>>(from: &mut BufReader<UnixStream>) -> Tried<T> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(Missed::because("whoever has the lab is gone"));
    }
    Ok(serde_json::from_str(&line)?)
}

impl House for Afar {
    fn site(&self) -> Addresses {
        self.lab.clone().into()
    }

    fn next(&mut self) -> Tried<Option<Instant>> {
        Ok(self.say(&Said::Resting)?.map(Instant))
    }

    fn move_to(&mut self, at: Instant) -> Tried {
        self.say(&Said::MovingTo(at.0)).map(drop)
    }
}

/// Takes so many lines; then it ends the process.
struct Deadly {
    file: File,
    left: usize,
    moment: Moment,
}

impl Deadly {
    fn die(&self) -> io::Result<()> {
        kill_process(getpid(), Signal::KILL)?;
        Err(io::Error::other(format!("the process survived its end, {:?}", self.moment)))
    }
}

impl Disk for Deadly {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.left == 0 {
                return self.die();
            }
            self.file.write_all(line)?;
            self.left -= 1;
            if self.left == 0 && matches!(self.moment, Moment::Written) {
                return self.die();
            }
        }
        Ok(())
    }

    fn force(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }
}

/// Whether this process is one that is to die.
pub fn is_called() -> bool {
    std::env::var_os(DOOMED).is_some()
}

/// Walks as the errand says. Returns only where the walk has fewer lines.
pub async fn walk() -> Tried {
    let (to, from, errand) = Afar::called()?;
    let Errand { scenario, folder, right, lab, lines, moment } = errand;
    let scenario = scenario::find(&scenario).ok_or_else(|| Missed::because("no such scenario"))?;
    let driven = Driven::new(first_moment()?);
    let mut stage = Stage::before(Afar { to, from, lab }, (driven, scenario), right, Box::new(folder));
    // As the program makes them, and locked as it locks its record.
    DirBuilder::new().mode(0o700).create(stage.state())?;
    let file = OpenOptions::new().create_new(true).append(true).open(stage.state().join("played.jsonl"))?;
    file.try_lock().map_err(|why| Missed::because(why.to_string()))?;
    stage.sit_down_over(Deadly { file, left: lines, moment })?;
    stage.settle().await?;
    stage.play_through().await?;
    stage.lab.say(&Said::Over).map(drop)
}

impl<H: House> Stage<H> {
    /// The script, and what is left to do after it.
    async fn play_through(&mut self) -> Tried {
        self.play_script().await?;
        self.settle().await?;
        if self.walk()?.over { Ok(()) } else { self.enter().await }
    }
}

impl Stage {
    /// The scenario's walk in another process, called for the test of this name. False once the walk has fewer lines.
    pub async fn walk_until_killed(&mut self, test: &str, lines: usize, moment: Moment) -> Tried<bool> {
        let (near, far) = UnixStream::pair()?;
        near.set_nonblocking(true)?;
        let process = Command::new(std::env::current_exe()?)
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env(DOOMED, "")
            .stdin(OwnedFd::from(far))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let errand = Errand {
            scenario: self.scenario.name.clone(),
            folder: self.folder().to_owned(),
            right: self.right.clone(),
            lab: self.lab.addresses().into(),
            lines,
            moment,
        };
        let near = tokio::net::UnixStream::from_std(near)?;
        let (over, output) = tokio::join!(self.keep_step(near, errand), process.wait_with_output());
        judge(&over, &output?)
    }

    /// Lets the lab come along with the process until that is gone. True when it lived to say that its walk is over.
    async fn keep_step(&self, near: tokio::net::UnixStream, errand: Errand) -> Tried<bool> {
        let (from, mut to) = near.into_split();
        let mut from = tokio::io::BufReader::new(from).lines();
        let mut over = false;
        let mut answer = line(&errand)?;
        // Who dies with an answer unread resets the socket, and it is the process's end that tells.
        while to.write_all(answer.as_bytes()).await.is_ok() {
            let Ok(Some(said)) = from.next_line().await else { break };
            match serde_json::from_str(&said)? {
                Said::Resting => {}
                Said::MovingTo(at) => self.driven.move_to(Instant(at)),
                Said::Over => over = true,
            }
            quiet(&self.driven).await;
            answer = line(&self.driven.next().map(|at| at.0))?;
        }
        Ok(over)
    }
}

/// Either killed, or through with the walk; whatever else is told with what the process said.
fn judge(over: &Tried<bool>, output: &Output) -> Tried<bool> {
    match over {
        Ok(false) if output.status.signal() == Some(Signal::KILL.as_raw()) => return Ok(true),
        Ok(true) if output.status.success() => return Ok(false),
        _ => {}
    }
    let [out, err] = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
    Err(Missed::because(format!(
        "neither killed nor through with the walk: {}, over {over:?}\n{out}\n{err}",
        output.status
    )))
}
