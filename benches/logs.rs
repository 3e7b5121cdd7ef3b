//! What following costs the operator: ten logs at ten thousand lines a second in all, and a key pressed now and then.
//!
//! Relies on the real loop, engine and tail on the system's clock, with a lab beside them for everything else of a site.
//! Prints frames a second, bytes a frame and the time from a key to its echo as over SSH, and ends with 1 when one is more
//! than it may be. Deliberately absent: the terminal itself, which `terminal.rs` has.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mdi_console::app::{App, Ends, Manner};
use mdi_console::clock::{Clock, Instant};
use mdi_console::engine::secrets::Secrets;
use mdi_console::engine::{Engine, Parts};
use mdi_console::key::{Code, Key};
use mdi_console::lab::{Addresses, Lab, StartOptions, scenario};
use mdi_console::logs::SourceId;
use mdi_console::logs::tail::Source;
use mdi_console::model::{Model, Size};
use mdi_console::site::Site;
use mdi_console::terminal::input::{Burst, Input};
use mdi_console::terminal::page::Page;
use mdi_console::terminal::traits::{Traits, Wishes};
use mdi_console::text::Safe;
use mdi_console::ui::look::Look;
use tokio::sync::mpsc;

type Tried<T = ()> = Result<T, Box<dyn Error>>;

const LOGS: u32 = 10;
/// Each log is given so many lines so often: ten thousand a second in all.
const LINES: usize = 50;
const EVERY: Duration = Duration::from_millis(50);
const LENGTH: Duration = Duration::from_secs(10);
const KEY_EVERY: Duration = Duration::from_millis(170);
const COLUMNS: u16 = 120;
const ROWS: u16 = 40;
const ECHO: Duration = Duration::from_millis(30);
const FRAMES: usize = 12;
/// What a whole pane of other lines may cost.
const BYTES: usize = 5_000;

/// When each frame left, and how long it was.
#[derive(Clone)]
struct Wire {
    clock: Clock,
    frames: Arc<Mutex<Vec<(Instant, usize)>>>,
}

impl io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        frames.push((self.clock.now().at, bytes.len()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() -> Tried {
    // `cargo test --benches` only wants to know that it runs.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let measured = runtime.block_on(measure());
    runtime.shutdown_background();
    measured
}

async fn measure() -> Tried {
    let (folder, clock) = (tempfile::tempdir()?, Clock::system());
    let options = StartOptions {
        scenario: scenario::find("clean").ok_or("no scenario")?,
        clock: clock.clone(),
        folder: folder.path().join("lab"),
        program: env!("CARGO_BIN_EXE_mdi-console").into(),
        password: None,
    };
    let lab = Lab::start(options)?;
    let logs: Vec<PathBuf> = (0..LOGS).map(|log| folder.path().join(format!("{log}.log"))).collect();
    logs.iter().try_for_each(|log| fs::write(log, line(0)))?;
    let site = Site { sources: sources(&logs), ..Site::of_lab(&lab.addresses())? };
    let wire = Wire { clock: clock.clone(), frames: Arc::default() };
    let (keys, app) = sit_down(site, (&lab.addresses(), folder.path()), &wire)?;
    let (going, written) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    let writing = tokio::spawn(write(logs, clock.clone(), (Arc::clone(&going), Arc::clone(&written))));
    let echoes = watch(app, &keys, &wire).await?;
    going.store(false, Ordering::Relaxed);
    writing.await??;
    let frames = wire.frames.lock().unwrap_or_else(PoisonError::into_inner).clone();
    tell(&frames, echoes, written.load(Ordering::Relaxed))
}

fn sources(logs: &[PathBuf]) -> Vec<Source> {
    let source = |(log, id): (&PathBuf, u32)| Source {
        id: SourceId(id),
        host: Safe::from(format!("dc{id}.contoso.test")),
        patterns: vec![log.display().to_string()],
    };
    logs.iter().zip(0..).map(source).collect()
}

type Bench = (mpsc::Sender<Input>, App<'static, Wire>);

fn sit_down(site: Site, (lab, folder): (&Addresses, &Path), wire: &Wire) -> Tried<Bench> {
    let clock = wire.clock.clone();
    let terms = site.terms(Safe::new("ana"), Safe::new("jump-01"));
    let vault = Arc::new(Secrets::new(clock.clone()));
    let (ledger, records) = (folder.join("state"), folder.join("state"));
    let reader = Some(lab.reader.password.clone());
    let parts = Parts { site, clock: clock.clone(), vault, ledger, records, reader, application: None };
    let (engine, answers) = Engine::start(parts)?;
    let environment = |name: &str| (name == "TERM").then(|| "xterm-256color".to_owned());
    let traits = Traits::decide(Wishes::default(), environment, true);
    let screen = Page::new(wire.clone(), (COLUMNS, ROWS).into(), traits).into_terminal()?;
    let (keys, inputs) = mpsc::channel(64);
    let (_, signals) = mpsc::unbounded_channel();
    let model = Model::new(terms, clock.now(), Size { columns: COLUMNS, rows: ROWS });
    let ends = Ends { inputs, signals, answers, screen, stopping: None };
    let manner = Manner { look: Look::new(true, false), ssh: true, bell: false };
    let mut app = App::new(model, engine, clock, (ends, manner));
    app.begin();
    Ok((keys, app))
}

fn line(nth: usize) -> String {
    let second = nth / 1000;
    format!(
        "2026-03-04 05:{:02}:{:02}.{:04} Info  EntityResolver resolved entities [count={nth} pending=0]\n",
        second / 60 % 60,
        second % 60,
        nth % 1000
    )
}

async fn write(
    logs: Vec<PathBuf>,
    clock: Clock,
    (going, written): (Arc<AtomicBool>, Arc<AtomicUsize>),
) -> io::Result<()> {
    let mut files = Vec::new();
    for log in &logs {
        files.push(OpenOptions::new().append(true).open(log)?);
    }
    let (begun, mut nth) = (clock.now().at, 0_u32);
    while going.load(Ordering::Relaxed) {
        let first = written.load(Ordering::Relaxed) / logs.len();
        let text: String = (first..first + LINES).map(line).collect();
        files.iter_mut().try_for_each(|file| file.write_all(text.as_bytes()))?;
        written.fetch_add(LINES * files.len(), Ordering::Relaxed);
        nth += 1;
        clock.sleep_until(begun.after(EVERY * nth)).await;
    }
    Ok(())
}

/// Turns the loop, and presses Tab now and then. From each key to the first frame that was made after it was taken in.
async fn watch(mut app: App<'static, Wire>, keys: &mpsc::Sender<Input>, wire: &Wire) -> Tried<Vec<Duration>> {
    let clock = wire.clock.clone();
    let end = clock.now().at.after(LENGTH);
    let mut echoes = Vec::new();
    let mut pressed: Option<(Instant, mdi_console::model::Pane)> = None;
    let mut taken: Option<(Instant, Instant)> = None;
    let mut next = clock.now().at.after(KEY_EVERY);
    while clock.now().at < end {
        if pressed.is_none() && taken.is_none() && clock.now().at >= next {
            next = clock.now().at.after(KEY_EVERY);
            pressed = Some((clock.now().at, app.model.pane));
            keys.try_send(Input::Key(Key::plain(Code::Tab), Burst::default()))?;
        }
        // Dropping a turn while it waits loses nothing.
        let _ = clock.timeout(KEY_EVERY, app.turn()).await;
        if let Some((at, _)) = pressed.filter(|(_, pane)| *pane != app.model.pane) {
            pressed = None;
            taken = Some((at, clock.now().at));
        }
        if let Some((at, since)) = taken {
            let frames = wire.frames.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((drawn, _)) = frames.iter().rev().take_while(|(drawn, _)| *drawn >= since).last() {
                echoes.push(drawn.since(at));
                taken = None;
            }
        }
    }
    drop(app.end());
    Ok(echoes)
}

fn tell(frames: &[(Instant, usize)], mut echoes: Vec<Duration>, written: usize) -> Tried {
    let seconds = usize::try_from(LENGTH.as_secs())?;
    let keys = echoes.len();
    let mut bytes: Vec<usize> = frames.iter().skip(1).map(|(_, bytes)| *bytes).collect();
    bytes.sort_unstable();
    echoes.sort_unstable();
    let middle = |length: usize| length / 2;
    let echo = echoes.get(middle(keys)).copied().unwrap_or_default();
    let worst = echoes.last().copied().unwrap_or_default();
    let (median, largest) = (
        bytes.get(middle(bytes.len())).copied().unwrap_or_default(),
        bytes.last().copied().unwrap_or_default(),
    );
    println!("{LOGS} logs, {} lines a second in all, {COLUMNS}×{ROWS}, as over SSH", written / seconds);
    println!(
        "  frames                 {} in {seconds} s, {keys} of them a key's echo (wanted: {FRAMES} a second, and the echoes)",
        frames.len()
    );
    println!("  bytes of a frame       {median} median, {largest} at most (wanted: under {BYTES})");
    println!("  key to echo            {echo:.1?} median, {worst:.1?} at worst (wanted: under {ECHO:?})");
    if keys == 0 || echo > ECHO || frames.len() > FRAMES * seconds + keys + 1 || largest > BYTES {
        return Err("following costs more than it may".into());
    }
    Ok(())
}
