//! The loop: says what is new, waits for a line, an answer or the time, and hands it to the walk.
//!
//! Relies on its ends as parameters. Deliberately absent: what anything means (`walkthrough`) and how it is said
//! (`telling`).

use std::io;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, UnboundedReceiver};
use zeroize::Zeroizing;

use crate::clock::{Clock, Instant, Work};
use crate::engine::vault::Edit;
use crate::engine::{Answer, Engine, Told};
use crate::terminal::signals::{self, Ending, Watchdog};
use crate::text::Safe;
use crate::walkthrough::effect::Ticket;
use crate::walkthrough::event::{self, Event, Field, Intent};
use crate::walkthrough::step::{Reason, Step};
use crate::walkthrough::{Notice, Walkthrough};

use super::echo::Echo;
use super::known;
use super::prompt::{self, Meaning, Prompt};
use super::saying::beginning;
use super::telling::{Telling, at_its_time};
use super::typed::Typed;

/// After a hang-up there are less than two seconds for everything.
const CLOSING: Duration = Duration::from_millis(1_200);
/// The most answers taken in before they are told.
const BATCH: usize = 256;

const MISFIT: &str = "The line on standard input does not answer this, so the walk is left: the lines after it were \
                      meant for other prompts.";

/// Who types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Commands are heard at any time.
    Terminal,
    /// One line a prompt, and nothing in between.
    Script,
}

/// Where lines come from and where they go.
pub struct Ends<W: io::Write> {
    pub lines: Receiver<Typed>,
    pub signals: UnboundedReceiver<Ending>,
    pub answers: Receiver<Answer>,
    pub out: W,
    pub echo: Option<Echo>,
}

/// The whole walk, running.
pub struct Looping<W: io::Write> {
    pub(super) walk: Walkthrough,
    pub(super) engine: Engine,
    pub(super) clock: Clock,
    pub(super) ends: Ends<W>,
    pub(super) source: Source,
    pub(super) telling: Telling,
    /// Since when the walk has been at work on this step, and when it says so next.
    pub(super) at_work: Option<(Step, Instant, Instant)>,
    /// The prompt stands at the line's beginning, and waits.
    pub(super) prompting: bool,
    /// How a walk that is being left in order will have ended.
    pub(super) leaving: Ending,
    pub(super) ending: Option<Ending>,
    ended_once: bool,
    watchdog: Option<Watchdog>,
    /// Held from an answer's arrival until its effects are started.
    work: Vec<Work>,
    /// The tested password stands on the operator's clipboard.
    pub(super) on_clipboard: bool,
}

impl<W: io::Write> Looping<W> {
    pub fn new(
        walk: Walkthrough,
        (engine, clock): (Engine, Clock),
        (ends, source): (Ends<W>, Source),
    ) -> Self {
        Self {
            walk,
            engine,
            clock,
            ends,
            source,
            telling: Telling::default(),
            at_work: None,
            prompting: false,
            leaving: Ending::Quit,
            ending: None,
            ended_once: false,
            watchdog: None,
            work: Vec::new(),
            on_clipboard: false,
        }
    }

    /// Runs until the walk is over or must end. The walk comes back for the last line.
    pub async fn run(mut self) -> (Ending, Walkthrough) {
        self.say(&beginning(&self.walk));
        for effect in self.walk.begin() {
            self.engine.act(effect);
        }
        loop {
            self.tell();
            self.work.clear();
            if let Some(ending) = self.ending.or_else(|| self.walk.over.then_some(self.leaving)) {
                self.engine.stop_watching();
                self.clear_clipboard(ending);
                if !self.walk.over {
                    self.close_at_once();
                }
                self.engine.vault().wipe_all();
                return (ending, self.walk);
            }
            self.wait().await;
        }
    }

    async fn wait(&mut self) {
        let now = self.clock.now().at;
        let due = self.walk.due().map(|at| at.max(now));
        let still = self.at_work.map(|(_, _, next)| next);
        let wake = [due, still, self.engine.vault().next_wipe()].into_iter().flatten().min();
        let clock = self.clock.clone();
        let listening = self.listening();
        let ends = &mut self.ends;
        let woken = async move {
            match wake {
                Some(at) => clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(ending) = ends.signals.recv() => self.signalled(ending),
            typed = ends.lines.recv(), if listening => self.typed(typed.unwrap_or(Typed::Ended)),
            Some(answer) = ends.answers.recv() => self.answered(answer),
            () = woken => self.ticked(),
        }
        for _ in 0..BATCH {
            let Ok(answer) = self.ends.answers.try_recv() else { break };
            self.answered(answer);
        }
    }

    /// A script's lines are left alone until they answer something; nobody is asked while the walk is being left.
    fn listening(&self) -> bool {
        let ended = self.leaving != Ending::Quit;
        !ended && (self.source == Source::Terminal || prompt::open(&self.walk) != Prompt::Nothing)
    }

    fn ticked(&mut self) {
        let expired = self.engine.vault().wipe_idle();
        if !expired.is_empty() {
            self.happened(Event::Secret(event::Secret::Expired(expired)));
        }
        let now = self.clock.now().at;
        if self.walk.due().is_some_and(|due| due <= now) {
            self.happened(Event::Timer);
        }
    }

    fn answered(&mut self, answer: Answer) {
        self.work.push(answer.work);
        match answer.told {
            Told::Event(event) => self.happened(*event),
            // What was there before is not told here, so neither is how much of it there was.
            Told::Counted(_) | Told::Loaded(_) => {}
            Told::Records(records) => {
                let mut refused = Vec::new();
                for record in records {
                    let Some(known) = record.known.clone() else { continue };
                    if record.is_refusal() && !record.context {
                        let (host, title) = (&record.host, known.explanation().title);
                        let line = Safe::from(format!("Log of {host}: {title} {}", record.message));
                        refused.push(at_its_time(self.walk.now.wall, &line));
                    }
                    self.happened(Event::Logs(event::Logs::Found {
                        source: record.source,
                        host: record.host,
                        at: record.at,
                        context: record.context,
                        written: record.time.map(|time| Safe::from(time.to_string())),
                        known,
                    }));
                }
                self.say(&known::first(refused.into_iter()));
            }
        }
    }

    fn happened(&mut self, event: Event) {
        for effect in self.walk.handle(event, self.clock.now()) {
            self.act(effect);
        }
    }

    fn intend(&mut self, intent: Intent) {
        self.happened(Event::Intended(intent));
    }

    fn typed(&mut self, typed: Typed) {
        self.prompting = false;
        let prompt = prompt::open(&self.walk);
        let line = match typed {
            Typed::Line(line) => line,
            Typed::Unreadable => {
                return self.unfit("That line is too long, or not text. Nothing of it was taken.");
            }
            Typed::Ended => return self.input_ended(),
        };
        self.ended_once = false;
        // Whatever the line does, the prompt has to be there again after it.
        self.telling.forget_question();
        if prompt == Prompt::Masked {
            return self.password(line);
        }
        match prompt::meaning(&self.walk, &prompt, &line) {
            Meaning::Intend(intent) => {
                self.intend(intent);
                let misfit = matches!(
                    self.walk.notice,
                    Some(Notice::Blocked(
                        Reason::TypedMismatch | Reason::TextEmpty | Reason::TextNamesSecret
                    ))
                );
                if misfit && self.source == Source::Script {
                    self.misfit();
                }
            }
            Meaning::Help => self.help(),
            Meaning::WaysBack => {
                self.ways_back();
                self.intend(Intent::Recover);
            }
            Meaning::Sources => self.sources(),
            Meaning::Unfit(why) => self.unfit(why),
        }
    }

    /// Into the vault's own field, as if it had been typed there; only its length comes back.
    fn password(&mut self, line: Zeroizing<String>) {
        let cleared = self.engine.vault().edit(Edit::Clear);
        self.edited(cleared.length, cleared.edge_space);
        let edited = self.engine.vault().edit(Edit::Paste(line));
        if let Some(refused) = edited.refused {
            let why = Safe::from(refused.to_string());
            self.say(&[why]);
            if self.source == Source::Script {
                self.misfit();
            }
            return;
        }
        self.edited(edited.length, edited.edge_space);
        if edited.edge_space {
            self.say(&[Safe::new("It begins or ends with a space, which is taken as part of it.")]);
        }
        self.intend(Intent::Proceed);
    }

    fn edited(&mut self, length: usize, edge_space: bool) {
        let field = Field { length, cursor: length, pasted: false, edge_space, refused: None };
        self.happened(Event::Secret(event::Secret::Edited(field)));
    }

    fn unfit(&mut self, why: &'static str) {
        self.telling.forget_question();
        self.say(&[Safe::new(why)]);
        if self.source == Source::Script {
            self.misfit();
        }
    }

    fn misfit(&mut self) {
        self.say(&[Safe::new(MISFIT)]);
        self.leave(Ending::LinkLost);
    }

    /// A script is over. On a terminal the first end is what Ctrl-D says, and asks as `q` does; the second one leaves.
    fn input_ended(&mut self) {
        if self.source == Source::Terminal && !self.ended_once {
            self.ended_once = true;
            self.telling.forget_question();
            self.say(&[Safe::new("The end of input leaves the walk, once more at once.")]);
            return self.intend(Intent::Leave);
        }
        self.say(&[Safe::new("Standard input has ended, so the walk is left.")]);
        let judged = self.walk.watch.as_ref().is_some_and(|watch| watch.verdict.is_some());
        self.leave(if judged { Ending::Quit } else { Ending::LinkLost });
    }

    /// In good order: what was sent is awaited.
    pub(super) fn leave(&mut self, ending: Ending) {
        self.leaving = ending;
        self.intend(Intent::LeaveNow);
    }

    /// INT and TERM leave in good order, a second one at once; a hang-up has no time for it.
    fn signalled(&mut self, ending: Ending) {
        if ending == Ending::LinkLost {
            return self.link_lost();
        }
        if matches!(self.leaving, Ending::Interrupt | Ending::Terminate) {
            self.ending = Some(ending);
            return;
        }
        self.prompting = false;
        let said = "Leaving: what was sent is still awaited; the same again leaves at once.";
        self.say(&[Safe::default(), Safe::new(said)]);
        self.leave(ending);
    }

    pub(super) fn link_lost(&mut self) {
        let echo = self.ends.echo.clone();
        let last = move || {
            if let Some(echo) = echo {
                echo.show();
            }
        };
        self.watchdog = self
            .watchdog
            .take()
            .or_else(|| Watchdog::set(signals::AFTER_HANG_UP, Ending::LinkLost, last).ok());
        self.ending = Some(Ending::LinkLost);
    }

    /// No waiting for what is out: it stands in ledger and record as begun, and counts.
    fn close_at_once(&mut self) {
        for fact in self.walk.closing(self.clock.now()) {
            self.engine.recorder().write(Ticket(u64::MAX), fact, self.clock.work());
        }
        if !self.engine.recorder().flush(CLOSING) {
            tracing::warn!("the record's last lines were not forced to disk in time");
        }
    }
}
