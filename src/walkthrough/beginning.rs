//! How a walk begins: on a new record, or with the question whether an unfinished one goes on.
//!
//! Pure. Deliberately absent: taking a walk up again (`resuming`).

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Now;
use crate::portal::Sensor;
use crate::text::Safe;

use super::effect::Effect;
use super::event::{Field, Intent};
use super::fact::{Durable, Fact};
use super::resume::{Beside, Offer, Opening};
use super::resuming::TakenUp;
use super::second_person::SecondPerson;
use super::step::{Phase, Question, Step};
use super::{
    PortalView, Reaching, RecordView, Saving, ServiceRow, SigningIn, Station, Terms, Walkthrough, saving,
};

/// As far as a site file tells of them.
fn listed(servers: &[crate::sensor::Server]) -> Vec<Sensor> {
    servers.iter().map(|server| Sensor::listed(&server.host, server.standalone)).collect()
}

fn not_asked(terms: &Terms) -> Vec<Station> {
    let station = |host| Station { host, state: Reaching::NotAsked, at: None };
    terms.controllers.iter().map(|one| station(one.host.clone())).collect()
}

impl Walkthrough {
    pub fn new(terms: Terms, now: Now) -> Self {
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
            stations: not_asked(&terms),
            used_elsewhere: None,
            without_controller: false,
            changed_in_directory: None,
            field: Field::default(),
            trial: None,
            acceptance: None,
            budget: None,
            standing: None,
            saving: Saving::NotBegun,
            services: terms.servers.iter().cloned().map(ServiceRow::new).collect(),
            sources: BTreeMap::new(),
            watch: None,
            record: RecordView::default(),
            behind: Duration::ZERO,
            bells: 0,
            over: false,
            errands: BTreeMap::new(),
            next_ticket: 0,
            durable: Durable::default(),
            unwritten: Vec::new(),
            next_writing: None,
            open_attempts: Vec::new(),
            waiting: None,
            second_person: SecondPerson::default(),
            typed_account_name: false,
            name_wanted: None,
            untested_reason: None,
            entries_known: false,
            listed: listed(&terms.servers),
            not_before: None,
            marking: None,
            next_watch: None,
            unchanged_since: None,
            copied: saving::Copied::default(),
            next_services: None,
            next_sign_in: None,
            leaving: false,
            hurried: false,
            looked_up: false,
            account_recorded: false,
            left: false,
            begun: false,
            taken_up: TakenUp::default(),
            effects: Vec::new(),
            terms,
        }
    }

    /// Call before `begin`, if another record than a new one is to be written to, or may be.
    pub fn open_with(&mut self, opening: Opening) {
        self.taken_up.beside = None;
        let (offer, at_once) = match opening {
            Opening::Anew => (None, false),
            Opening::Beside(beside) => {
                self.taken_up.beside = Some(beside);
                (None, false)
            }
            Opening::Asked(offer) => (Some(offer), false),
            Opening::TakenUp(offer) => (Some(offer), true),
        };
        (self.taken_up.offer, self.taken_up.at_once) = (offer, at_once);
    }

    pub fn offered(&self) -> Option<&Offer> {
        self.taken_up.offer.as_ref()
    }

    /// What a new walk would be begun beside.
    pub fn beside(&self) -> Option<&Beside> {
        self.taken_up.beside.as_ref()
    }

    /// Opens the record, or asks which one. Call once, before anything else.
    pub fn begin(&mut self) -> Vec<Effect> {
        if self.taken_up.at_once {
            self.open_record();
        } else if self.taken_up.offer.is_some() {
            self.ask(Step::Portal, Question::Resume);
        } else if self.taken_up.beside.is_some() {
            self.ask(Step::Portal, Question::Beside);
        } else {
            self.begin_anew();
        }
        std::mem::take(&mut self.effects)
    }

    /// A new walk on a new record.
    pub(super) fn begin_anew(&mut self) {
        (self.taken_up.offer, self.taken_up.beside) = (None, None);
        self.out(Effect::Follow(Vec::new()));
        self.record_beginning();
        self.begin_portal();
    }

    /// As long as there is no record, nothing can be noted in it.
    pub(super) fn before_beginning(intent: &Intent) -> bool {
        matches!(
            intent,
            Intent::Proceed | Intent::Chose(_) | Intent::Dismiss | Intent::Leave | Intent::LeaveNow
        )
    }

    pub(super) fn record_beginning(&mut self) {
        self.begun = true;
        let fact = Fact::Began {
            site: self.terms.site.clone(),
            lab: self.terms.lab,
            operator: self.terms.operator.clone(),
            host: self.terms.host.clone(),
            program: Safe::new(env!("CARGO_PKG_VERSION")),
            site_file: self.terms.origin.clone(),
        };
        self.record(fact);
    }
}
