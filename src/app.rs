//! The loop: waits for a message, updates for each that waits, starts the effects, draws at most once.
//!
//! Relies on its input, signals, answers and writer as parameters, so that tests run this very loop on a driven clock.
//! Input is polled before answers: a flood of log lines never delays a key. While the masked field has the focus, its
//! keys go to the vault and never become messages. Deliberately absent: what anything means (`model`, `walkthrough`).

pub mod pace;

mod asides;
mod clipboard;
mod masked;

use std::io;

use ratatui::Terminal;
use ratatui::layout::Size as Area;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver};

use crate::clock::{Clock, Instant, Work};
use crate::engine::{Answer, Engine, Told};
use crate::key::{Code, Key};
use crate::model::msg::{Msg, Request};
use crate::model::next_change::next_change;
use crate::model::update::update;
use crate::model::{Model, Size};
use crate::terminal::input::{Burst, Input};
use crate::terminal::page::{self, Page};
use crate::terminal::signals::{self, Ending, Signal, Watchdog};
use crate::text::Safe;
use crate::ui::{self, look::Look};
use crate::walkthrough::event::{Event, Intent};
use crate::walkthrough::words;

use pace::{Cause, Due, Pace};

/// The most messages taken in before the next frame.
const BATCH: usize = 256;

/// What stops the program and brings it back; absent in tests.
pub trait Stopping {
    /// Hands the terminal to the shell, and returns when the program goes on.
    fn suspend(&self) -> Result<(), Safe>;
    fn retake(&self);
    /// Whether the tested password stands on the operator's clipboard, to be overwritten before the terminal goes.
    fn clipboard_holds(&self, holds: bool);
}

/// Where messages come from and where frames go.
pub struct Ends<'a, W: io::Write> {
    pub inputs: Receiver<Input>,
    pub signals: UnboundedReceiver<Signal>,
    pub answers: Receiver<Answer>,
    pub screen: Terminal<Page<W>>,
    pub stopping: Option<&'a dyn Stopping>,
}

/// The whole program, running.
pub struct App<'a, W: io::Write> {
    pub model: Model,
    engine: Engine,
    clock: Clock,
    look: Look,
    pace: Pace,
    ends: Ends<'a, W>,
    bell: bool,
    ending: Option<Ending>,
    /// How a walk that is being left in order will have ended.
    leaving: Ending,
    watchdog: Option<Watchdog>,
    /// Held from a message's arrival until its effects are started.
    work: Vec<Work>,
    asides: asides::Asides,
    /// The tested password stands on the operator's clipboard.
    on_clipboard: bool,
}

/// How the program is to look and sound.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub look: Look,
    pub ssh: bool,
    pub bell: bool,
}

impl<'a, W: io::Write> App<'a, W> {
    pub fn new(model: Model, engine: Engine, clock: Clock, (ends, manner): (Ends<'a, W>, Manner)) -> Self {
        Self {
            model,
            engine,
            clock,
            look: manner.look,
            pace: Pace::new(manner.ssh),
            ends,
            bell: manner.bell,
            ending: None,
            leaving: Ending::Quit,
            watchdog: None,
            work: Vec::new(),
            asides: asides::Asides::new(),
            on_clipboard: false,
        }
    }

    /// Runs until the walk is over or must end. The model comes back for the last line.
    pub async fn run(mut self) -> (Ending, Model) {
        self.begin();
        loop {
            if let Some(ending) = self.turn().await {
                return (ending, self.end());
            }
        }
    }

    /// Opens the record. Once, before the first turn.
    pub fn begin(&mut self) {
        for effect in self.model.walk.begin() {
            self.act(effect);
        }
    }

    /// Once round: draws what is due, waits for something to happen and takes it in. Says how the program must end,
    /// once it must. It waits in one place only, so whoever drops it while it waits loses nothing.
    pub async fn turn(&mut self) -> Option<Ending> {
        if let Some(ending) = self.ending() {
            return Some(ending);
        }
        let draw_at = self.draw_if_due();
        self.wait(draw_at).await;
        self.take_what_waits();
        self.ending()
    }

    /// Stops what still runs, closes the record and wipes the secrets.
    pub fn end(mut self) -> Model {
        self.engine.stop_watching();
        self.clear_clipboard();
        if !self.model.walk.over {
            self.leave_at_once();
        }
        self.engine.vault().wipe_all();
        self.model
    }

    fn ending(&self) -> Option<Ending> {
        self.ending.or_else(|| self.model.walk.over.then_some(self.leaving))
    }

    /// The first message, or the time at which something is due.
    async fn wait(&mut self, draw_at: Option<Instant>) {
        let now = self.clock.now().at;
        let tick = next_change(&self.model).map(|at| at.max(now));
        let expiry = self.engine.vault().next_wipe();
        let wake = [tick, draw_at, expiry].into_iter().flatten().min();
        let clock = self.clock.clone();
        let ends = &mut self.ends;
        let woken = async move {
            match wake {
                Some(at) => clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(signal) = ends.signals.recv() => self.signalled(signal),
            input = ends.inputs.recv() => self.typed(input.unwrap_or(Input::Lost)),
            Some(answer) = ends.answers.recv() => self.answered(answer),
            Some(outcome) = self.asides.next() => self.update(Msg::Done(outcome), Cause::Echo),
            () = woken => self.ticked(),
        }
    }

    /// Input first: then answers, as many as one frame may hold, unless one is owed to a key.
    fn take_what_waits(&mut self) {
        for _ in 0..BATCH {
            if self.ending.is_some() {
                break;
            }
            if let Ok(signal) = self.ends.signals.try_recv() {
                self.signalled(signal);
            } else if let Ok(input) = self.ends.inputs.try_recv() {
                self.typed(input);
            } else if self.pace.owes_an_echo() {
                // Answers can be many and long; the frame that shows the key comes first.
                break;
            } else if let Ok(answer) = self.ends.answers.try_recv() {
                self.answered(answer);
            } else {
                break;
            }
        }
        self.work.clear();
    }

    fn ticked(&mut self) {
        let expired = self.engine.vault().wipe_idle();
        if !expired.is_empty() {
            let event = crate::walkthrough::event::Secret::Expired(expired);
            self.update(Msg::Happened(Box::new(Event::Secret(event))), Cause::News);
        }
        self.update(Msg::Ticked, Cause::News);
    }

    fn answered(&mut self, answer: Answer) {
        self.work.push(answer.work);
        let msg = match answer.told {
            Told::Event(event) => Msg::Happened(event),
            Told::Records(records) => Msg::Logged(records),
            Told::Counted(counted) => Msg::Counted(counted),
            Told::Loaded(loaded) => Msg::Loaded(loaded),
        };
        self.update(msg, Cause::News);
    }

    fn typed(&mut self, input: Input) {
        match input {
            Input::Key(key, burst) => self.key(key, burst),
            Input::Paste(text) => self.pasted(text),
            Input::PasteTooLong => self.paste_too_long(),
            Input::FocusGained | Input::FocusLost => {}
            Input::Lost => self.link_lost(),
        }
    }

    fn signalled(&mut self, signal: Signal) {
        match signal {
            Signal::Interrupt => self.key(Key::ctrl('c'), Burst::default()),
            Signal::Terminate => self.terminated(),
            Signal::HangUp => self.link_lost(),
            Signal::Suspend => self.suspend(),
            Signal::Continue => {
                if let Some(stopping) = self.ends.stopping {
                    stopping.retake();
                }
                self.repaint();
            }
            Signal::Resized(size) => self.resized(size),
        }
    }

    /// Nobody watches any more: out within two seconds, whatever is stuck.
    fn link_lost(&mut self) {
        self.watchdog = self.watchdog.take().or_else(|| {
            let nothing = || ();
            Watchdog::set(signals::AFTER_HANG_UP, Ending::LinkLost, nothing).ok()
        });
        self.ending = Some(Ending::LinkLost);
    }

    /// TERM leaves without asking, but awaits a bind that was sent; a second one doesn't.
    fn terminated(&mut self) {
        if self.leaving == Ending::Terminate {
            self.ending = Some(Ending::Terminate);
            return;
        }
        self.leaving = Ending::Terminate;
        self.intend(Intent::LeaveNow);
    }

    fn resized(&mut self, area: Area) {
        // A terminal that takes no new size will say so at the next frame.
        let _ = page::resize(&mut self.ends.screen, area);
        let size = Size { columns: area.width, rows: area.height };
        self.update(Msg::Resized(size), Cause::Echo);
    }

    /// One message, and everything that follows from it at once.
    fn update(&mut self, msg: Msg, cause: Cause) {
        let now = self.clock.now();
        self.pace.changed(cause);
        for request in update(&mut self.model, msg, now) {
            self.serve(request);
        }
    }

    fn serve(&mut self, request: Request) {
        match request {
            Request::Do(effect) => self.act(effect),
            Request::Bell if self.bell => self.ends.screen.backend_mut().bell(),
            Request::Bell => {}
            Request::Copy(text) => {
                self.ends.screen.backend_mut().copy(text.as_bytes());
                self.asides.done(crate::model::msg::Outcome::Copied);
            }
            Request::Write { file, lines } => self.asides.write(&file, lines, self.clock.work()),
            Request::Load(load) => self.engine.load(load),
            Request::Repaint => self.repaint(),
            Request::Suspend => self.suspend(),
            Request::LeaveNow => self.ending = Some(Ending::Interrupt),
        }
    }

    fn repaint(&mut self) {
        self.ends.screen.backend_mut().repaint();
        self.pace.changed(Cause::Echo);
    }

    fn suspend(&mut self) {
        let Some(stopping) = self.ends.stopping else { return };
        if let Err(why) = stopping.suspend() {
            self.update(Msg::Done(crate::model::msg::Outcome::Failed(why)), Cause::Echo);
        }
        self.repaint();
    }

    /// Draws if a frame is due; says when one will be.
    fn draw_if_due(&mut self) -> Option<Instant> {
        match self.pace.due(self.clock.now().at) {
            Due::Nothing => None,
            Due::At(at) => Some(at),
            Due::Now => {
                self.draw();
                None
            }
        }
    }

    fn draw(&mut self) {
        let (model, look) = (&self.model, &self.look);
        let title = words::window_title(&model.walk);
        let title = if look.ascii() { title.in_ascii() } else { title };
        self.ends.screen.backend_mut().title(&title);
        let drawn = self.ends.screen.draw(|frame| {
            ui::view(model, look, frame);
            page::settle(frame.buffer_mut());
        });
        match drawn {
            Ok(_) => self.pace.drawn(self.clock.now().at),
            Err(_) => self.link_lost(),
        }
    }

    /// No waiting for what is out: it stands in ledger and record as begun, and counts.
    fn leave_at_once(&mut self) {
        let (facts, patience) = masked::closing(&self.model, self.clock.now());
        for fact in facts {
            let ticket = crate::walkthrough::effect::Ticket(u64::MAX);
            self.engine.recorder().write(ticket, fact, self.clock.work());
        }
        if !self.engine.recorder().flush(patience) {
            tracing::warn!("the record's last lines were not forced to disk in time");
        }
    }

    fn intend(&mut self, intent: Intent) {
        self.update(Msg::Happened(Box::new(Event::Intended(intent))), Cause::Echo);
    }

    fn key(&mut self, key: Key, burst: Burst) {
        if self.model.focus() == crate::model::Focus::MaskedField && self.masked_key(key, burst) {
            return;
        }
        let waiting = burst.more_waiting && key.code != Code::Esc;
        self.update(Msg::Key { key, waiting }, Cause::Echo);
    }
}
