//! A lab and consoles in it, on a clock that is driven: the real loop, the real protocols, nothing sleeps.
//!
//! Time moves only when nothing is under way, and then to the next moment anybody waits for. What doesn't come about
//! ends in a fault that shows the screen. Deliberately absent: what a walk should come to (`walk/oracle.rs`).

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::future::select_all;
use jiff::Timestamp;
use mdi_console::clock::{Driven, Instant};
use mdi_console::engine::ledger::LedgerFile;
use mdi_console::journal::file::{Disk, JournalFile};
use mdi_console::lab::{Addresses, Lab, Scenario, StartOptions, scenario};
use mdi_console::model::Model;
use mdi_console::site::Site;
use mdi_console::walkthrough::Walkthrough;
use mdi_console::walkthrough::resume::{Offer, Opening};

use crate::console::Console;

/// What did not come about, with what stood there instead.
#[derive(Debug)]
pub struct Missed(String);

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Missed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl Missed {
    pub fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

pub type Tried<T = ()> = Result<T, Missed>;

/// Nothing that is waited for takes longer, in the walk's own time.
const MOST: Duration = Duration::from_mins(5);
/// A loop that turns so often without time passing turns for ever.
const TURNS: usize = 200_000;
/// How often the other tasks get their turn before nothing is taken to be under way.
const YIELDS: usize = 24;

/// The lab's side of a stage: where it answers, and its time, which keeps step with that of the consoles.
pub trait House {
    fn site(&self) -> Addresses;
    /// The next moment that the lab waits for, where it has a clock of its own, and rests by that.
    fn next(&mut self) -> Tried<Option<Instant>>;
    /// The lab comes to a moment before the consoles do.
    fn move_to(&mut self, at: Instant) -> Tried;
}

/// In one process there is one clock.
impl House for Lab {
    fn site(&self) -> Addresses {
        self.addresses()
    }

    fn next(&mut self) -> Tried<Option<Instant>> {
        Ok(None)
    }

    fn move_to(&mut self, _: Instant) -> Tried {
        Ok(())
    }
}

pub struct Stage<H = Lab> {
    pub driven: Driven,
    pub lab: H,
    pub scenario: Scenario,
    /// The right password of this lab, made at random.
    pub right: String,
    pub consoles: Vec<Console>,
    /// The console at which the operator sits.
    pub seat: usize,
    /// How often the portal may be asked before it said.
    pub impatient_at_most: u32,
    /// Removed in the end, where this stage has made it.
    folder: Box<dyn AsRef<Path>>,
}

impl Stage {
    /// A lab as the scenario has it, and one console.
    pub async fn open(name: &str) -> Tried<Self> {
        let found = scenario::find(name).ok_or_else(|| Missed(format!("no scenario {name}")))?;
        let mut stage = Self::empty(found)?;
        stage.sit_down()?;
        stage.settle().await?;
        Ok(stage)
    }

    /// The lab alone.
    pub fn empty(scenario: Scenario) -> Tried<Self> {
        // No banner: the right password must be nowhere.
        let scenario = Scenario { banner: false, ..scenario };
        let folder = tempfile::tempdir()?;
        let driven = Driven::new(first_moment()?);
        let right = random()?;
        let lab = Lab::start(StartOptions {
            scenario: scenario.clone(),
            clock: driven.clock(),
            folder: folder.path().join("lab"),
            program: PathBuf::from(env!("CARGO_BIN_EXE_mdi-console")),
            password: Some(right.clone()),
        })?;
        Ok(Self::before(lab, (driven, scenario), right, Box::new(folder)))
    }

    pub fn lab_folder(&self) -> PathBuf {
        self.folder().join("lab")
    }

    pub fn ledger(&self) -> PathBuf {
        self.state().join("attempts.jsonl")
    }
}

impl<H: House> Stage<H> {
    /// Nobody sits there yet.
    pub fn before(
        lab: H,
        (driven, scenario): (Driven, Scenario),
        right: String,
        folder: Box<dyn AsRef<Path>>,
    ) -> Self {
        let (consoles, seat) = (Vec::new(), 0);
        Self { driven, lab, scenario, right, consoles, seat, impatient_at_most: 0, folder }
    }

    /// One more console of the same user, and the operator goes to it.
    pub fn sit_down(&mut self) -> Tried {
        let console = Console::open(&self.lab.site(), &self.driven, &self.state())?;
        self.take_seat(console);
        Ok(())
    }

    /// A console at a site that differs from the lab's own.
    pub fn sit_down_at(&mut self, site: Site) -> Tried {
        let state = self.state();
        let console = Console::open_at(site, &self.lab.site(), (&self.driven, &state))?;
        self.take_seat(console);
        Ok(())
    }

    /// A console that reaches the lab at these addresses.
    pub fn sit_down_by(&mut self, lab: &Addresses) -> Tried {
        let console = Console::open(lab, &self.driven, &self.state())?;
        self.take_seat(console);
        Ok(())
    }

    /// A console with record and ledger on disks of the test's own.
    pub fn sit_down_with<D: Disk + Send + 'static>(&mut self, disk: D, ledger: LedgerFile) -> Tried {
        let state = self.state();
        let journal = JournalFile::over(state.join("played.jsonl"), disk);
        let on = (state.as_path(), journal, ledger);
        let console = Console::open_over(&self.lab.site(), &self.driven, on)?;
        self.take_seat(console);
        Ok(())
    }

    /// The same, with the record on a disk of the test's own.
    pub fn sit_down_over<D: Disk + Send + 'static>(&mut self, disk: D) -> Tried {
        let journal = JournalFile::over(self.state().join("played.jsonl"), disk);
        let console = Console::open_on(&self.lab.site(), &self.driven, (&self.state(), journal))?;
        self.take_seat(console);
        Ok(())
    }

    /// A new process that takes up what an earlier one left in this record.
    pub fn sit_down_again(&mut self, offer: Offer) -> Tried {
        self.consoles.clear();
        let opening = Opening::TakenUp(offer);
        let console = Console::resume(&self.lab.site(), &self.driven, (&self.state(), opening))?;
        self.take_seat(console);
        Ok(())
    }

    fn take_seat(&mut self, console: Console) {
        self.seat = self.consoles.len();
        self.consoles.push(console);
    }

    /// Everything of this stage's lies in it.
    pub fn folder(&self) -> &Path {
        (*self.folder).as_ref()
    }

    /// Where records and ledger are.
    pub fn state(&self) -> PathBuf {
        self.folder().join("state")
    }

    pub fn console(&self) -> Tried<&Console> {
        self.consoles.get(self.seat).ok_or_else(|| Missed("nobody sits there".into()))
    }

    pub fn model(&self) -> Tried<&Model> {
        Ok(self.console()?.model())
    }

    pub fn walk(&self) -> Tried<&Walkthrough> {
        Ok(&self.model()?.walk)
    }

    pub fn now(&self) -> Instant {
        self.driven.clock().now().at
    }

    /// Lets everything run that can without time passing.
    pub async fn settle(&mut self) -> Tried {
        let driven = self.driven.clone();
        for _ in 0..TURNS {
            let mut turns = pin!(one_turn(&mut self.consoles));
            tokio::select! {
                biased;
                () = &mut turns => {}
                () = quiet(&driven) => return Ok(()),
            }
        }
        Err(self.missed("the loop came to no rest"))
    }

    /// Turns the loops, without a rest, until the model is as wanted; time stands still.
    pub async fn turn_until(&mut self, wanted: impl Fn(&Model) -> bool) -> Tried {
        let driven = self.driven.clone();
        while !wanted(self.model()?) {
            let rested = {
                let mut turns = pin!(one_turn(&mut self.consoles));
                tokio::select! {
                    biased;
                    () = &mut turns => false,
                    () = quiet(&driven) => true,
                }
            };
            if rested {
                return Err(self.missed("what was to come about before the loop rested"));
            }
        }
        Ok(())
    }

    /// Moves time to the next moment anybody waits for, at most to `until`. False when nobody waits.
    async fn pass(&mut self, until: Instant) -> Tried<bool> {
        let driven = self.driven.clone();
        let theirs = self.lab.next()?;
        // The turns stay alive, so that what the loops wait for is known to the clock.
        let mut turns = pin!(one_turn(&mut self.consoles));
        tokio::select! {
            biased;
            () = &mut turns => return Ok(true),
            () = quiet(&driven) => {}
        }
        match driven.next().into_iter().chain(theirs).min() {
            Some(at) if at <= until => {
                self.lab.move_to(at)?;
                driven.move_to(at);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Lets time pass until the model is as wanted.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Model) -> bool) -> Tried {
        self.until_console(what, |console| wanted(console.model())).await
    }

    /// Lets time pass until these words can be read on the screen, wherever they wrap.
    pub async fn until_reads(&mut self, words: &str) -> Tried {
        self.until_console(&format!("the words: {words}"), |console| console.reads(words)).await
    }

    async fn until_console(&mut self, what: &str, wanted: impl Fn(&Console) -> bool) -> Tried {
        let last = self.now().after(MOST);
        loop {
            self.settle().await?;
            if wanted(self.console()?) {
                return Ok(());
            }
            if !self.pass(last).await? {
                return Err(self.missed(what));
            }
        }
    }

    /// Lets so much time pass, moment by moment.
    pub async fn wait(&mut self, time: Duration) -> Tried {
        let end = self.now().after(time);
        self.settle().await?;
        while self.pass(end).await? {
            self.settle().await?;
        }
        self.lab.move_to(end)?;
        self.driven.move_to(end);
        self.settle().await
    }

    /// Lets time pass until the walk's own end.
    pub async fn until_over(&mut self) -> Tried {
        self.until("the walk's end", |model| model.walk.over).await
    }

    pub fn missed(&self, what: &str) -> Missed {
        let now = self.now().0;
        let working = self.driven.working();
        let next = self.driven.next().map(|at| at.0);
        let consoles: String = self.consoles.iter().map(Console::told).collect();
        Missed(format!(
            "{}: missed: {what}\nat {now:?}, {working} under way, next {next:?}\n{consoles}",
            self.scenario.name
        ))
    }
}

/// One turn of whichever console's loop has something to do.
async fn one_turn(consoles: &mut [Console]) {
    let turns: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> = consoles
        .iter_mut()
        .filter(|console| console.ended.is_none())
        .map(|console| Box::pin(console.turn()) as Pin<Box<dyn Future<Output = ()> + '_>>)
        .collect();
    if turns.is_empty() {
        return std::future::pending().await;
    }
    select_all(turns).await;
}

/// When every stage's clock begins.
pub fn first_moment() -> Tried<Timestamp> {
    Ok("2026-03-04T05:06:07Z".parse()?)
}

/// Returns once nothing is under way, and nothing comes of letting everybody run.
pub async fn quiet(driven: &Driven) {
    let mut calm = 0;
    while calm < YIELDS {
        driven.idle().await;
        tokio::task::yield_now().await;
        calm = if driven.working() == 0 { calm + 1 } else { 0 };
    }
}

/// Legal for the directory, and nowhere by accident.
fn random() -> Tried<String> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(|why| Missed(why.to_string()))?;
    Ok(format!("Rz!{}", hex(&bytes)))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Every file below the folder.
pub fn files(folder: &Path) -> Tried<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
