//! One console under test: its keys, its screen, every byte it wrote, its model.
//!
//! Relies on the loop's own turn, so that a test may look between two of them, and on vt100 for reading the screen.
//! Deliberately absent: the clock; whoever owns it lets the turns run.

use std::cell::RefCell;
use std::io;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use mdi_console::app::{App, Ends, Manner};
use mdi_console::clock::Driven;
use mdi_console::engine::ledger::LedgerFile;
use mdi_console::engine::secrets::Secrets;
use mdi_console::engine::{Answer, Engine, Parts};
use mdi_console::journal::file::{Disk, JournalFile};
use mdi_console::key::Key;
use mdi_console::lab::Addresses;
use mdi_console::model::{Model, Size};
use mdi_console::site::Site;
use mdi_console::terminal::input::{Burst, Input};
use mdi_console::terminal::page::Page;
use mdi_console::terminal::signals::{Ending, Signal};
use mdi_console::terminal::traits::{Traits, Wishes};
use mdi_console::text::Safe;
use mdi_console::ui::look::Look;
use mdi_console::walkthrough::Terms;
use mdi_console::walkthrough::resume::Opening;
use tokio::sync::mpsc::{self, Receiver, Sender, UnboundedSender};

use crate::stage::{Missed, Tried};

const COLUMNS: u16 = 120;
const ROWS: u16 = 40;
/// The stage begins behind it.
const RAIL: u16 = 30;

pub struct Console {
    app: App<'static, Shown>,
    keys: Sender<Input>,
    signals: UnboundedSender<Signal>,
    shown: Shown,
    /// How the loop ended, once it has.
    pub ended: Option<Ending>,
    pub record: PathBuf,
}

/// What the terminal was sent, and what it shows of it.
#[derive(Clone)]
struct Shown(Rc<RefCell<(vt100::Parser, Vec<u8>)>>);

impl io::Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (parser, all) = &mut *self.0.borrow_mut();
        parser.process(bytes);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Console {
    pub fn open(lab: &Addresses, driven: &Driven, state: &Path) -> Tried<Self> {
        Self::open_at(Site::of_lab(lab)?, lab, (driven, state))
    }

    /// At a site that differs from the lab's own.
    pub fn open_at(site: Site, lab: &Addresses, (driven, state): (&Driven, &Path)) -> Tried<Self> {
        let terms = site.terms(Safe::new("ana"), Safe::new("jump-01"));
        Self::with(Engine::start(parts(site, lab, (driven, state)))?, terms, driven)
    }

    pub fn open_on<D: Disk + Send + 'static>(
        lab: &Addresses,
        driven: &Driven,
        (state, journal): (&Path, JournalFile<D>),
    ) -> Tried<Self> {
        Self::open_over(lab, driven, (state, journal, LedgerFile::in_folder(state)?))
    }

    /// Record and ledger on disks of the test's own.
    pub fn open_over<D: Disk + Send + 'static>(
        lab: &Addresses,
        driven: &Driven,
        (state, journal, ledger): (&Path, JournalFile<D>, LedgerFile),
    ) -> Tried<Self> {
        let site = Site::of_lab(lab)?;
        let terms = site.terms(Safe::new("ana"), Safe::new("jump-01"));
        let engine = Engine::start_over(parts(site, lab, (driven, state)), (journal, ledger))?;
        Self::with(engine, terms, driven)
    }

    pub fn resume(lab: &Addresses, driven: &Driven, (state, opening): (&Path, Opening)) -> Tried<Self> {
        let site = Site::of_lab(lab)?;
        let terms = site.terms(Safe::new("ana"), Safe::new("jump-01"));
        let record = match &opening {
            Opening::TakenUp(offer) => Some(state.join(format!("{}.jsonl", offer.id))),
            Opening::Anew | Opening::Asked(_) | Opening::Beside(_) => None,
        };
        let engine = Engine::start(parts(site, lab, (driven, state)))?;
        let mut console = Self::opening(engine, (terms, opening), driven)?;
        console.record = record.unwrap_or(console.record);
        Ok(console)
    }

    fn with(engine: (Engine, Receiver<Answer>), terms: Terms, driven: &Driven) -> Tried<Self> {
        Self::opening(engine, (terms, Opening::Anew), driven)
    }

    fn opening(
        (engine, answers): (Engine, Receiver<Answer>),
        (terms, opening): (Terms, Opening),
        driven: &Driven,
    ) -> Tried<Self> {
        let clock = driven.clock();
        let mut model = Model::new(terms, clock.now(), Size { columns: COLUMNS, rows: ROWS });
        model.walk.open_with(opening);
        let parser = vt100::Parser::new(nonzero(ROWS), nonzero(COLUMNS), 0);
        let shown = Shown(Rc::new(RefCell::new((parser, Vec::new()))));
        let environment = |name: &str| match name {
            "TERM" => Some("xterm-256color".to_owned()),
            "LANG" => Some("C.UTF-8".to_owned()),
            _ => None,
        };
        let traits = Traits::decide(Wishes::default(), environment, true);
        let area = ratatui::layout::Size { width: COLUMNS, height: ROWS };
        let screen = Page::new(shown.clone(), area, traits).into_terminal()?;
        let (keys, inputs) = mpsc::channel(4096);
        let (signals, signals_in) = mpsc::unbounded_channel();
        let record = engine.recorder().path().to_owned();
        let ends = Ends { inputs, signals: signals_in, answers, screen, stopping: None };
        let manner = Manner { look: Look::new(true, false), ssh: false, bell: true };
        let mut app = App::new(model, engine, clock, (ends, manner));
        app.begin();
        Ok(Self { app, keys, signals, shown, ended: None, record })
    }

    /// Once round the loop. May be dropped while it waits.
    pub async fn turn(&mut self) {
        self.ended = self.app.turn().await;
    }

    pub fn model(&self) -> &Model {
        &self.app.model
    }

    /// Leaves the loop as the program does, and gives back what is left of it.
    pub fn close(self) -> Model {
        self.app.end()
    }

    pub fn press(&self, key: Key) -> Tried {
        self.send(Input::Key(key, Burst::default()))
    }

    /// One key after the other, each by itself.
    pub fn type_text(&self, text: &str) -> Tried {
        text.chars().try_for_each(|c| self.press(Key::char(c)))
    }

    pub fn send(&self, input: Input) -> Tried {
        self.keys.try_send(input).map_err(|why| Missed::because(why.to_string()))
    }

    pub fn signal(&self, signal: Signal) -> Tried {
        self.signals.send(signal).map_err(|why| Missed::because(why.to_string()))
    }

    /// The screen as text.
    pub fn screen(&self) -> String {
        self.shown.0.borrow().0.screen().contents()
    }

    /// Whether these words stand on the screen: on one line of it, or wrapped on the stage.
    pub fn reads(&self, words: &str) -> bool {
        let flat = |text: &str| -> String {
            text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
        };
        let stage: String = {
            let shown = self.shown.0.borrow();
            let rows = shown.0.screen().rows(RAIL, COLUMNS - RAIL);
            rows.map(|row| row + "\n").collect()
        };
        let words = flat(words);
        flat(&self.screen()).contains(&words) || flat(&stage).contains(&words)
    }

    /// Every byte that was ever written to the terminal.
    pub fn bytes(&self) -> Vec<u8> {
        self.shown.0.borrow().1.clone()
    }

    /// The same, for when the console is closed.
    pub fn bytes_later(&self) -> impl Fn() -> Vec<u8> + use<> {
        let shown = self.shown.clone();
        move || shown.0.borrow().1.clone()
    }

    /// What stands there, for a fault.
    pub fn told(&self) -> String {
        let walk = &self.model().walk;
        let record = std::fs::read_to_string(&self.record).unwrap_or_default();
        let last: Vec<&str> = record.lines().rev().take(12).collect();
        let last = last.into_iter().rev().collect::<Vec<_>>().join("\n");
        format!(
            "step {:?}\nphases {:?}\ndialog {:?}, notice {:?}, saving {:?}\ntrial {:?}\nservices {:?}\nverdict {:?}\nportal fault {:?}\nrecord\n{last}\nscreen\n{}\n",
            walk.current,
            walk.progress,
            walk.dialog,
            walk.notice,
            walk.saving,
            walk.trial,
            walk.services.iter().map(|row| (&row.server.host, &row.sensor)).take(4).collect::<Vec<_>>(),
            walk.watch.as_ref().map(|watch| &watch.verdict),
            walk.portal.fault,
            self.screen()
        )
    }
}

fn parts(site: Site, lab: &Addresses, (driven, state): (&Driven, &Path)) -> Parts {
    let clock = driven.clock();
    Parts {
        site,
        vault: Arc::new(Secrets::new(clock.clone())),
        clock,
        ledger: state.to_owned(),
        records: state.to_owned(),
        reader: Some(lab.reader.password.clone()),
        application: None,
    }
}

fn nonzero(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}
