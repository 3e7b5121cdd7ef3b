//! The walk through the seven steps: events in, effects out. It *is* the product; the rest only shows and does.
//!
//! Pure: no I/O, and the time is the event's. `handle` is the only way in. Ordering lives here: an attempt is reserved
//! before it is made, a save is on record before it is sent. Each step's own part stands in a child named after it;
//! `words` has every sentence an operator reads. Deliberately absent: the screen's own state (`model`).

#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::{Instant, Now};
use crate::directory::lockout::{self, AttemptId, Budget};
use crate::directory::{Account, Standing};
use crate::portal::{Entry, Sensor};
use crate::secret::SecretId;
use crate::text::Safe;

mod accepted;
mod account;
pub mod alone;
mod answering;
mod beginning;
pub mod closing;
pub mod controllers;
pub mod effect;
pub mod errand;
pub mod event;
pub mod fact;
pub mod gate;
pub mod hand_over;
pub mod leaving;
mod moving;
pub mod password;
mod paused;
pub mod portal_steps;
mod recording;
pub mod report;
pub mod resume;
mod resuming;
pub mod saving;
pub mod second_person;
pub mod services;
mod state;
pub mod step;
mod testing;
#[cfg(test)]
mod tests;
pub mod trial;
mod wall_clock;
pub mod watch;
pub mod watching;
pub mod words;

pub use state::{
    Acceptance, Baseline, Clipboard, ControllerTerms, Notice, PortalView, Reaching, RecordView, Saving,
    ServiceRow, SigningIn, SourceView, Station, Terms,
};

use effect::{Effect, Ticket};
use errand::Errand;
use event::{Event, Field};
use fact::{Durable, DurableSave, Fact};
use resuming::TakenUp;
use saving::Marking;
use step::{Phase, Question, Reason, Step};
use trial::Trial;
use watch::Watch;

/// The machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any of them may be so")]
pub struct Walkthrough {
    pub terms: Terms,
    pub now: Now,
    pub current: Step,
    pub progress: [Phase; 7],
    /// Asked over whatever the step shows; closing it changes nothing.
    pub dialog: Option<Question>,
    pub notice: Option<Notice>,
    pub signing_in: SigningIn,
    pub portal: PortalView,
    pub baseline: Option<Baseline>,
    pub can_edit: Option<usize>,
    pub entries: Vec<Entry>,
    pub entry: Option<Entry>,
    pub issuer: Option<Safe>,
    pub stations: Vec<Station>,
    pub used_elsewhere: Option<usize>,
    pub without_controller: bool,
    pub changed_in_directory: Option<usize>,
    pub field: Field,
    pub trial: Option<Trial>,
    pub acceptance: Option<Acceptance>,
    pub budget: Option<Budget>,
    pub standing: Option<Standing>,
    pub saving: Saving,
    pub services: Vec<ServiceRow>,
    pub sources: BTreeMap<crate::logs::SourceId, SourceView>,
    pub watch: Option<Watch>,
    pub record: RecordView,
    /// How far this machine's clock was set back since the walk began, as far as it was not set right again.
    pub behind: Duration,
    /// Grows by one for each thing that the bell should ring for.
    pub bells: u32,
    pub over: bool,
    errands: BTreeMap<Ticket, Errand>,
    next_ticket: u64,
    /// What the lines on disk imply.
    durable: Durable,
    /// Facts that nothing waits for and that could not be written, and those that came since; tried again at the
    /// operator's next key, and by itself.
    unwritten: Vec<Fact>,
    next_writing: Option<Instant>,
    /// Attempts announced whose outcome has not come.
    open_attempts: Vec<AttemptId>,
    /// Frozen, and not tested yet: the guard or the record stood in the way before anything was sent.
    waiting: Option<SecretId>,
    second_person: second_person::SecondPerson,
    typed_account_name: bool,
    /// Why the guard wants it typed.
    name_wanted: Option<lockout::Why>,
    untested_reason: Option<Safe>,
    entries_known: bool,
    /// The site's own sensors, as far as a site file tells of them.
    listed: Vec<Sensor>,
    /// The portal asked not to be read before.
    not_before: Option<Instant>,
    marking: Option<Marking>,
    /// Over the save that is out; it takes the place of `watch` once that is saved.
    next_watch: Option<Watch>,
    /// After a lost answer: when the entry was first read back unchanged.
    unchanged_since: Option<Instant>,
    copied: saving::Copied,
    next_services: Option<Instant>,
    next_sign_in: Option<Instant>,
    leaving: bool,
    /// Nothing is awaited any more.
    hurried: bool,
    /// The reader was asked of the account since the controllers were last reached.
    looked_up: bool,
    account_recorded: bool,
    left: bool,
    /// The record is begun, or taken up.
    begun: bool,
    taken_up: TakenUp,
    effects: Vec<Effect>,
}

impl Walkthrough {
    /// Takes in what happened at `now`, and says what is to be done about it.
    pub fn handle(&mut self, event: Event, now: Now) -> Vec<Effect> {
        self.pause_told(now);
        self.time_told(now);
        if self.over {
            self.after_the_end(event);
            return std::mem::take(&mut self.effects);
        }
        match event {
            Event::Directory(ticket, event) => self.directory_answered(ticket, event),
            Event::Portal(ticket, event) => self.portal_answered(ticket, event),
            Event::Sensor(ticket, event) => self.service_answered(ticket, event),
            Event::Logs(event) => self.logs_told(event),
            Event::Secret(event) => self.secret_told(event),
            Event::Record(ticket, event) => self.record_answered(ticket, event),
            Event::Timer => self.time_passed(),
            Event::Intended(intent) => self.intended(intent),
        }
        self.finish_leaving();
        std::mem::take(&mut self.effects)
    }

    /// When `Event::Timer` is wanted next.
    pub fn due(&self) -> Option<Instant> {
        if self.over {
            return None;
        }
        let watching = !self.sending() && self.taken_up.target.is_none();
        let watch = self.watch.as_ref().filter(|watch| watch.verdict.is_none() && watching);
        let asking_back = match &self.saving {
            Saving::AskingBack { again, .. } => *again,
            Saving::NotBegun
            | Saving::Marking
            | Saving::Recording { .. }
            | Saving::Sending { .. }
            | Saving::HandedOver { .. }
            | Saving::Saved { .. }
            | Saving::NotKnown { .. } => None,
        };
        [
            self.portal.next_poll,
            self.next_services,
            self.next_sign_in,
            self.next_writing,
            self.heartbeat(),
            watch.map(|watch| watch.until),
            asking_back,
            self.copied.until,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// As the portal tells them; where it isn't asked, as the site lists them, of which the portal's part is not told.
    pub fn sensors(&self) -> &[Sensor] {
        match &self.portal.reading {
            Some(reading) => &reading.sensors,
            None if self.signing_in == SigningIn::Without => &self.listed,
            None => &[],
        }
    }

    /// What the lines on disk imply; the same as the fold over them.
    pub fn durable(&self) -> Durable {
        self.durable.clone()
    }

    pub fn phase(&self, step: Step) -> &Phase {
        let [one, two, three, four, five, six, seven] = &self.progress;
        match step {
            Step::Portal => one,
            Step::Configuration => two,
            Step::DirectoryServices => three,
            Step::Password => four,
            Step::Save => five,
            Step::Services => six,
            Step::Sensors => seven,
        }
    }

    /// The question that stands open: a dialog's, else the current step's own.
    pub fn question(&self) -> Option<&Question> {
        self.dialog.as_ref().or(match self.phase(self.current) {
            Phase::Asking(question) => Some(question),
            Phase::Ready | Phase::Working | Phase::Blocked(_) | Phase::Settled(_) => None,
        })
    }

    /// The account of the chosen entry.
    pub fn account(&self) -> Option<Account> {
        self.entry.as_ref().map(|entry| Account { name: entry.account.clone(), domain: entry.domain.clone() })
    }

    /// Whether an errand is out: the walk is doing something.
    pub fn busy(&self) -> bool {
        self.errands.values().any(Errand::shown)
    }

    /// A save is on its way to the record or to the portal, is in the operator's hands, or its lost answer is looked for.
    pub fn sending(&self) -> bool {
        matches!(
            self.saving,
            Saving::Recording { .. }
                | Saving::Sending { .. }
                | Saving::HandedOver { .. }
                | Saving::AskingBack { .. }
        )
    }

    /// Something is changed at the portal, or may be.
    pub fn saved(&self) -> bool {
        matches!(self.saving, Saving::Saved { .. } | Saving::NotKnown { .. })
    }

    /// The same of any save of this walk, also where it went back since, or was taken up.
    pub fn save_on_record(&self) -> bool {
        self.saved() || self.durable.save != DurableSave::No
    }

    fn set(&mut self, step: Step, phase: Phase) {
        let [one, two, three, four, five, six, seven] = &mut self.progress;
        *match step {
            Step::Portal => one,
            Step::Configuration => two,
            Step::DirectoryServices => three,
            Step::Password => four,
            Step::Save => five,
            Step::Services => six,
            Step::Sensors => seven,
        } = phase;
    }

    fn block(&mut self, step: Step, reason: Reason) {
        self.set(step, Phase::Blocked(reason));
    }

    fn ask(&mut self, step: Step, question: Question) {
        self.set(step, Phase::Asking(question));
    }

    fn errand(&mut self, errand: Errand) -> Ticket {
        self.next_ticket = self.next_ticket.saturating_add(1);
        let ticket = Ticket(self.next_ticket);
        self.errands.insert(ticket, errand);
        ticket
    }

    fn out(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn ring(&mut self) {
        self.bells = self.bells.saturating_add(1);
    }
}
