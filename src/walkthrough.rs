//! The walk through the seven steps: events in, effects out. It *is* the product; the rest only shows and does.
//!
//! Pure: no I/O, and the time is the event's. `handle` is the only way in. Ordering lives here: an attempt is reserved
//! before it is made, a save is on record before it is sent. Each step's own part stands in a child named after it;
//! `words` has every sentence an operator reads. Deliberately absent: the screen's own state (`model`).

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::{Instant, Now};
use crate::directory::lockout::{AttemptId, Budget};
use crate::directory::{self, Account, Host, Reach, Standing};
use crate::portal::{Entry, Reading, signin};
use crate::secret::SecretId;
use crate::sensor;
use crate::text::Safe;

pub mod closing;
pub mod controllers;
pub mod effect;
pub mod errand;
pub mod event;
pub mod fact;
pub mod gate;
pub mod leaving;
pub mod password;
pub mod portal_steps;
pub mod saving;
pub mod services;
pub mod step;
pub mod trial;
pub mod watch;
pub mod watching;
pub mod words;

use effect::{Effect, Ticket};
use errand::Errand;
use event::{Event, Field, Intent};
use fact::{Durable, DurableSave, Fact, ProofWord};
use step::{Phase, Question, Reason, Step};
use trial::{Misgiving, Trial};
use watch::{Mark, Watch};

/// What a site fixes for the whole walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What the frame calls the place.
    pub site: Safe,
    pub lab: bool,
    pub operator: Safe,
    pub host: Safe,
    /// The portal's address for the operator's own browser.
    pub portal_address: Safe,
    /// The host that the password would be sent to.
    pub save_host: Safe,
    pub controllers: Vec<ControllerTerms>,
    /// Servers whose services are asked for, standalone ones marked.
    pub servers: Vec<sensor::Server>,
    /// How services are asked; `false`: by hand only.
    pub probe: bool,
    /// How long the directory may accept the previous password.
    pub old_password: Duration,
    pub poll: Duration,
    pub watch: Duration,
    pub settle: Duration,
    /// What the lab tells its visitor; empty live.
    pub banner: Option<Safe>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerTerms {
    pub host: Host,
}

/// Where the sign-in stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningIn {
    NotBegun,
    Requesting,
    Waiting(Box<signin::SignIn>),
    SignedIn { name: Option<Safe> },
    Without,
}

/// One controller, as far as it was asked without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    pub host: Host,
    pub state: Reaching,
    pub at: Option<Now>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaching {
    NotAsked,
    Asking,
    Reached(Reach),
    Failed(directory::Fault),
}

/// What is known from the portal, and how old that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortalView {
    pub reading: Option<Reading>,
    pub read_at: Option<Now>,
    /// Why the last attempt to read failed, since when, and when it is tried again.
    pub fault: Option<(crate::portal::Fault, Now)>,
    pub next_poll: Option<Instant>,
    pub failures: u32,
}

/// The state before anything was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    pub reading: Reading,
    pub at: Now,
}

/// A tested password, bound to its account. Save sends exactly this secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    pub secret: SecretId,
    pub account: Account,
    pub proof: ProofWord,
    pub misgivings: Vec<Misgiving>,
    /// Past the misgivings by a typed reason, on record.
    pub overridden: bool,
    pub at: Now,
}

/// How far the save is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    NotBegun,
    Marking,
    /// The intention is on its way to the disk.
    Recording {
        change: Safe,
        mark: Mark,
    },
    Sending {
        change: Safe,
        mark: Mark,
        since: Now,
    },
    /// The answer was lost; the entry is read back to tell.
    AskingBack {
        change: Safe,
        mark: Mark,
        since: Now,
        tries: u32,
        again: Option<Instant>,
    },
    Saved {
        at: Now,
    },
    NotKnown {
        at: Now,
    },
}

/// A sensor server's services, as last learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRow {
    pub server: sensor::Server,
    pub sensor: sensor::Standing,
    pub updater: sensor::Standing,
    pub(crate) trails: [sensor::Trail; 2],
    /// Why the walk went on although it is not running.
    pub excused: Option<Safe>,
    pub marked: Option<Safe>,
}

/// A log source that would show a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceView {
    pub host: Safe,
    pub readable: bool,
}

/// Where the record stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordView {
    pub lines: u64,
    pub hash: Safe,
    pub fault: Option<Safe>,
}

/// What a sentence on the screen just said; the last one stays until something else happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    Blocked(Reason),
    ReasonRecorded,
    NoteRecorded,
    TooEarly,
    Waiting,
}

/// The machine.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Grows by one for each thing that the bell should ring for.
    pub bells: u32,
    pub over: bool,
    errands: BTreeMap<Ticket, Errand>,
    next_ticket: u64,
    /// Attempts whose outcome is not on record yet.
    open_attempts: Vec<AttemptId>,
    typed_account_name: bool,
    untested_reason: Option<Safe>,
    save: DurableSave,
    save_before: DurableSave,
    next_services: Option<Instant>,
    next_sign_in: Option<Instant>,
    next_standing: Option<Instant>,
    leaving: bool,
    left: bool,
    effects: Vec<Effect>,
}

impl Walkthrough {
    pub fn new(terms: Terms, now: Now) -> Self {
        let stations = terms
            .controllers
            .iter()
            .map(|one| Station { host: one.host.clone(), state: Reaching::NotAsked, at: None })
            .collect();
        let services = terms.servers.iter().cloned().map(ServiceRow::new).collect();
        Self {
            now,
            current: Step::Portal,
            progress: std::array::from_fn(|_| Phase::Ready),
            dialog: None,
            notice: None,
            signing_in: SigningIn::NotBegun,
            portal: PortalView::default(),
            baseline: None,
            can_edit: None,
            entries: Vec::new(),
            entry: None,
            issuer: None,
            stations,
            used_elsewhere: None,
            without_controller: false,
            changed_in_directory: None,
            field: Field::default(),
            trial: None,
            acceptance: None,
            budget: None,
            standing: None,
            saving: Saving::NotBegun,
            services,
            sources: BTreeMap::new(),
            watch: None,
            record: RecordView::default(),
            bells: 0,
            over: false,
            errands: BTreeMap::new(),
            next_ticket: 0,
            open_attempts: Vec::new(),
            typed_account_name: false,
            untested_reason: None,
            save: DurableSave::No,
            save_before: DurableSave::No,
            next_services: None,
            next_sign_in: None,
            next_standing: None,
            leaving: false,
            left: false,
            effects: Vec::new(),
            terms,
        }
    }

    /// Opens the record. Call once, before anything else.
    pub fn begin(&mut self) -> Vec<Effect> {
        let fact = Fact::Began {
            site: self.terms.site.clone(),
            lab: self.terms.lab,
            operator: self.terms.operator.clone(),
            host: self.terms.host.clone(),
            program: Safe::new(env!("CARGO_PKG_VERSION")),
        };
        self.record(fact);
        self.set(Step::Portal, Phase::Asking(Question::HowToBegin));
        std::mem::take(&mut self.effects)
    }

    /// Takes in what happened at `now`, and says what is to be done about it.
    pub fn handle(&mut self, event: Event, now: Now) -> Vec<Effect> {
        self.now = now;
        if self.over {
            self.after_the_end(&event);
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
        let watch = self.watch.as_ref().filter(|watch| watch.verdict.is_none()).map(|watch| watch.until);
        let asking_back = match &self.saving {
            Saving::AskingBack { again, .. } => *again,
            _ => None,
        };
        [self.portal.next_poll, self.next_services, self.next_sign_in, self.next_standing, watch, asking_back]
            .into_iter()
            .flatten()
            .min()
    }

    /// What the record implies at this point; the same as the fold over the facts emitted so far.
    pub fn durable(&self) -> Durable {
        let announced = !matches!(self.saving, Saving::NotBegun | Saving::Marking);
        Durable {
            step: if self.current == Step::Save && announced {
                Step::Services
            } else {
                fact::resumable(self.current)
            },
            entry: self.entry.as_ref().map(|entry| entry.id.clone()),
            interrupted: self.open_attempts.clone(),
            save: self.save,
            save_before: self.save_before,
            verdict: self.watch.as_ref().and_then(|watch| Some(watch.verdict.as_ref()?.word)),
            left: self.left,
        }
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

    /// Something is changed at the portal, or may be.
    pub fn saved(&self) -> bool {
        matches!(self.saving, Saving::Saved { .. } | Saving::NotKnown { .. })
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

    /// Writes a fact that nothing waits for. If it can't be written, what waits for the record is blocked later.
    fn record(&mut self, fact: Fact) {
        let ticket = self.errand(Errand::Recording);
        self.out(Effect::Record(ticket, fact));
    }

    fn ring(&mut self) {
        self.bells = self.bells.saturating_add(1);
    }

    fn intended(&mut self, intent: Intent) {
        self.notice = None;
        match intent {
            Intent::Proceed => self.proceed(),
            Intent::Chose(option) => self.chose(option),
            Intent::Typed(text) => self.typed(text),
            Intent::Dismiss => self.dialog = None,
            Intent::BackTo(step) => self.go_back(step),
            Intent::Refresh => self.refresh(),
            Intent::MarkService(host) => self.dialog = Some(Question::EvidenceForService(host)),
            Intent::Note => self.dialog = Some(Question::Note),
            Intent::Leave => self.leave(),
            Intent::LeaveNow => self.end_walk(),
            Intent::Recover => self.dialog = Some(Question::Recover),
        }
    }
}
