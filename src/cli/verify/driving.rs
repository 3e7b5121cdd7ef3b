//! Drives a test alone to its end: what the machine wants next, what comes back, what the system says.
//!
//! Relies on its ends as parameters. A bind that was sent is awaited whoever interrupts, but for a hang-up and a second
//! interrupt; what is not awaited stays in the ledger, and counts. Deliberately absent: decisions; the machine makes them.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, UnboundedReceiver};

use crate::clock::{Clock, Work};
use crate::directory::names::Named;
use crate::engine::vault::Edited;
use crate::engine::{Answer, Engine, Told};
use crate::plain::typed::Typed;
use crate::terminal::signals::Ending;
use crate::text::Safe;
use crate::walkthrough::alone::{Conclusion, Next};
use crate::walkthrough::effect::Ticket;
use crate::walkthrough::event::{self, Event, Field, Intent};
use crate::walkthrough::step::Question;
use crate::walkthrough::{Walkthrough, words};

use super::super::output::Cut;
use super::desk::Desk;
use super::telling::Telling;

/// After a hang-up there are less than two seconds for everything.
const CLOSING: Duration = Duration::from_millis(1_200);

pub struct Ends<W> {
    pub answers: Receiver<Answer>,
    pub signals: UnboundedReceiver<Ending>,
    pub desk: Desk,
    pub telling: Telling<W>,
}

pub struct Driving<W> {
    walk: Walkthrough,
    named: Named,
    engine: Engine,
    clock: Clock,
    ends: Ends<W>,
    /// Open once the account's name was asked for.
    typing: Option<(Receiver<Typed>, File)>,
    conclusion: Option<Conclusion>,
    /// How a test that is being left in order will have ended.
    leaving: Ending,
    ending: Option<Ending>,
    /// Held from an answer's arrival until its effects are started.
    work: Vec<Work>,
}

impl<W: Write> Driving<W> {
    pub fn new((walk, named): (Walkthrough, Named), (engine, clock): (Engine, Clock), ends: Ends<W>) -> Self {
        Self {
            walk,
            named,
            engine,
            clock,
            ends,
            typing: None,
            conclusion: None,
            leaving: Ending::Quit,
            ending: None,
            work: Vec::new(),
        }
    }

    /// Runs to the end, and gives the exit code. The password stands in the vault's field.
    pub async fn run(mut self, password: Edited) -> Result<u8, Cut> {
        let notes: Vec<Safe> = self.named.open.iter().map(words::open).collect();
        self.ends.telling.began(&self.walk, &notes);
        for effect in self.walk.begin_alone() {
            self.engine.act(effect);
        }
        let Edited { length, cursor, pasted, edge_space, .. } = password;
        self.happened(Event::Secret(event::Secret::Edited(Field {
            length,
            cursor,
            pasted,
            edge_space,
            refused: None,
        })));
        loop {
            self.go_on();
            self.work.clear();
            if let Some(ending) = self.ending.or_else(|| self.walk.over.then_some(self.leaving)) {
                return self.end(ending);
            }
            self.wait().await;
        }
    }

    fn end(mut self, ending: Ending) -> Result<u8, Cut> {
        self.engine.stop_watching();
        if !self.walk.over {
            self.close_at_once();
        }
        self.engine.vault().wipe_all();
        let code = match (ending, &self.conclusion) {
            (Ending::Quit, Some(conclusion)) => conclusion.exit_code(),
            (ending, _) => ending.exit_code(),
        };
        if ending != Ending::Quit {
            self.ends.telling.interrupted(&self.walk, code);
        }
        self.ends.telling.recorded(&self.walk);
        self.ends.telling.whole()?;
        Ok(code)
    }

    /// As far as it goes without anybody's answer.
    fn go_on(&mut self) {
        while self.conclusion.is_none() && self.leaving == Ending::Quit && self.ending.is_none() {
            match self.walk.next_alone(&self.named) {
                Next::Wait => return,
                Next::Go(intent) => self.intend(intent),
                Next::NameWanted if self.typing.is_some() => return,
                Next::NameWanted => self.ask_name(),
                Next::Concluded(conclusion) => self.conclude(conclusion),
            }
        }
    }

    fn conclude(&mut self, conclusion: Conclusion) {
        self.ends.telling.concluded(&self.walk, &conclusion);
        self.conclusion = Some(conclusion);
        self.intend(Intent::LeaveNow);
    }

    /// Of whoever sits at the terminal; a script can't mean what a person means by typing it.
    fn ask_name(&mut self) {
        match self.ends.desk.lines() {
            Ok(Some(typing)) => {
                self.typing = Some(typing);
                self.prompt();
            }
            Ok(None) | Err(_) => self.conclude(Conclusion::NameNotTyped),
        }
    }

    fn prompt(&mut self) {
        let asked = words::question(&self.walk, &Question::AccountName);
        if let Some((_, terminal)) = &mut self.typing {
            // A terminal that is gone gives no line either, and that ends the test.
            let _ = write!(terminal, "{asked}\n> ");
        }
    }

    async fn wait(&mut self) {
        let clock = self.clock.clone();
        let wake = self.engine.vault().next_wipe();
        let woken = async move {
            match wake {
                Some(at) => clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let typing = &mut self.typing;
        let typed = async move {
            match typing {
                Some((lines, _)) => lines.recv().await,
                None => std::future::pending().await,
            }
        };
        let ends = &mut self.ends;
        tokio::select! {
            biased;
            Some(ending) = ends.signals.recv() => self.signalled(ending),
            typed = typed => self.typed(typed.unwrap_or(Typed::Ended)),
            Some(answer) = ends.answers.recv() => self.answered(answer),
            () = woken => {
                let expired = self.engine.vault().wipe_idle();
                self.happened(Event::Secret(event::Secret::Expired(expired)));
            }
        }
    }

    fn typed(&mut self, typed: Typed) {
        match typed {
            Typed::Line(line) => self.intend(Intent::Typed(Safe::new(&line))),
            Typed::Unreadable => {}
            Typed::Ended => {
                self.typing = None;
                if self.conclusion.is_none() {
                    self.conclude(Conclusion::NameNotTyped);
                }
                return;
            }
        }
        if self.conclusion.is_none() && self.walk.next_alone(&self.named) == Next::NameWanted {
            self.prompt();
        }
    }

    fn answered(&mut self, answer: Answer) {
        self.work.push(answer.work);
        // There are no logs here.
        let Told::Event(event) = answer.told else { return };
        if let Event::Directory(_, event::Directory::Tested { host, protocol, tested, .. }) = &*event {
            self.ends.telling.attempted((host, *protocol), tested);
        }
        self.happened(*event);
        self.ends.telling.reached(&self.walk);
    }

    fn happened(&mut self, event: Event) {
        for effect in self.walk.handle(event, self.clock.now()) {
            self.engine.act(effect);
        }
    }

    fn intend(&mut self, intent: Intent) {
        self.happened(Event::Intended(intent));
    }

    /// INT and TERM leave in good order, a second one at once; a hang-up has no time for it.
    fn signalled(&mut self, ending: Ending) {
        if ending == Ending::LinkLost || self.leaving != Ending::Quit {
            self.ending = Some(ending);
            return;
        }
        self.leaving = ending;
        self.ends.telling.noted(&Safe::new(words::LEAVING));
        self.intend(Intent::LeaveNow);
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
