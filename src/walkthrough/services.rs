//! Step 6: are the sensor services running on the sensor servers? Observed by the probe, or marked by the operator.

use std::collections::HashSet;
use std::time::Duration;

use crate::directory::Host;
use crate::portal::Sensor;
use crate::sensor::{How, Observation, Server, Service, Standing, Trail};
use crate::text::Safe;

use super::effect::{Effect, Ticket};
use super::errand::{Errand, Then};
use super::event;
use super::fact::{Fact, Gate};
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::{ServiceRow, Walkthrough, gate, words};

impl ServiceRow {
    pub(super) fn new(server: Server) -> Self {
        Self {
            server,
            sensor: Standing::NotObserved,
            updater: Standing::NotObserved,
            trails: [Trail::default(), Trail::default()],
            excused: None,
            marked: None,
            not_applicable: false,
        }
    }

    /// The same process, seen twice, the settle time apart.
    pub fn running(&self) -> bool {
        matches!(self.sensor, Standing::Running { .. })
    }

    /// Running by observation, marked by the operator, excused by a reason, or none of this sensor's.
    pub fn settled(&self) -> bool {
        self.running() || self.marked.is_some() || self.excused.is_some() || self.not_applicable
    }

    /// The gate waits for it.
    pub fn open(&self) -> bool {
        self.server.standalone && !self.settled()
    }

    /// What the operator's word was for is seen to be otherwise since.
    fn unmark_if_down(&mut self) {
        let down = matches!(
            self.sensor,
            Standing::Stopped { .. }
                | Standing::Stopping { .. }
                | Standing::Paused { .. }
                | Standing::Restarting { .. }
                | Standing::Disabled
                | Standing::Absent
        );
        if down {
            self.marked = None;
        }
    }

    /// Whether a host without the service needs none.
    fn needs_none(&self, sensors: &[Sensor]) -> bool {
        let own = |sensor: &Sensor| sensor.host.eq_ignore_ascii_case(&self.server.host);
        matches!(self.sensor, Standing::Disabled | Standing::Absent)
            && sensors.iter().any(|sensor| sensor.without_entry() && own(sensor))
    }
}

impl Walkthrough {
    /// What was seen before the save says nothing about it.
    pub(super) fn forget_services(&mut self) {
        self.errands.retain(|_, errand| !matches!(errand, Errand::AskService(..) | Errand::ReadStanding));
        for row in &mut self.services {
            *row = ServiceRow::new(row.server.clone());
        }
    }

    pub(super) fn enter_services(&mut self) {
        self.set(Step::Services, Phase::Working);
        self.services_changed();
        self.ask_services();
    }

    /// Asks for every service whose answer is not out already.
    pub(super) fn ask_services(&mut self) {
        self.next_services = None;
        if !self.asks_services() || !self.saved() || self.leaving {
            return;
        }
        // Looked up, not searched for: in a large fleet thousands are out when thousands are asked for.
        let out: HashSet<(&Host, Service)> = self
            .errands
            .values()
            .filter_map(|errand| {
                if let Errand::AskService(host, service) = errand { Some((host, *service)) } else { None }
            })
            .collect();
        // Standalone ones first: it is their services that the step is about.
        let (first, rest): (Vec<_>, Vec<_>) =
            self.services.iter().filter(|row| row.server.is_asked()).partition(|row| row.server.standalone);
        let mut asked = Vec::new();
        for row in first.into_iter().chain(rest) {
            for service in [Service::Sensor, Service::Updater] {
                if !out.contains(&(&row.server.host, service)) {
                    asked.push((row.server.host.clone(), service));
                }
            }
        }
        for (host, service) in asked {
            let ticket = self.errand(Errand::AskService(host.clone(), service));
            self.out(Effect::AskService { ticket, host, service });
        }
        if matches!(self.current, Step::Services | Step::Sensors) {
            self.next_services = Some(self.now.at.after(self.services_every()));
        }
    }

    /// Whether anybody but the operator looks at any server's services.
    pub fn asks_services(&self) -> bool {
        self.services.iter().any(|row| row.server.is_asked())
    }

    /// Often enough to see a process that changes within the settle time, and no oftener: each look is a sign-in at a
    /// server.
    fn services_every(&self) -> Duration {
        self.terms.settle.checked_div(3).unwrap_or_default().max(self.terms.poll)
    }

    pub(super) fn service_answered(&mut self, ticket: Ticket, event: event::Sensor) {
        let event::Sensor::ServiceAnswered { host, service, state } = event;
        if self.errands.get(&ticket) != Some(&Errand::AskService(host.clone(), service)) {
            return;
        }
        self.errands.remove(&ticket);
        let (now, settle) = (self.now, self.terms.settle);
        let Some(row) = self.services.iter_mut().find(|row| row.server.host == host) else { return };
        let [of_sensor, of_updater] = &mut row.trails;
        let (trail, standing) = match service {
            Service::Sensor => (of_sensor, &mut row.sensor),
            Service::Updater => (of_updater, &mut row.updater),
        };
        let server = row.server.clone();
        trail.observe(Observation { server, service, state, how: How::Probe, at: now });
        let after = trail.standing(settle);
        let changed = words::service(&after) != words::service(standing);
        *standing = after;
        if changed && service == Service::Sensor {
            row.unmark_if_down();
        }
        let sensor = row.sensor.clone();
        if service == Service::Sensor {
            if changed {
                self.record(Fact::ServiceSeen { host: host.clone(), state: words::service(&sensor) });
                self.version_may_tell(&host);
            }
            if let Some(watch) = &mut self.watch {
                watch.probed(&host, &sensor);
            }
            self.judge();
        }
        self.services_changed();
    }

    /// Which sensor a host has, only the portal tells.
    pub(super) fn versions_may_tell(&mut self) {
        let without = |row: &&ServiceRow| matches!(row.sensor, Standing::Disabled | Standing::Absent);
        let hosts: Vec<Host> =
            self.services.iter().filter(without).map(|row| row.server.host.clone()).collect();
        for host in hosts {
            self.version_may_tell(&host);
        }
    }

    fn version_may_tell(&mut self, host: &Host) {
        let place = self.services.iter().position(|row| row.server.host == *host);
        let needs_none = |row: &ServiceRow| row.needs_none(self.sensors());
        let told = place.and_then(|place| self.services.get(place)).is_some_and(needs_none);
        let Some(row) = place.and_then(|place| self.services.get_mut(place)) else { return };
        let new = told && !row.not_applicable;
        row.not_applicable = told;
        if new {
            self.record(Fact::ServiceSeen { host: host.clone(), state: Safe::new("not applicable") });
        }
    }

    pub(super) fn services_changed(&mut self) {
        if self.current != Step::Services
            || matches!(self.phase(Step::Services), Phase::Settled(_) | Phase::Asking(_))
        {
            return;
        }
        match gate::services(self) {
            Ok(()) => self.set(Step::Services, Phase::Ready),
            // More is to be learnt without the operator.
            Err(_) if self.services.iter().any(|row| row.open() && row.server.is_asked()) => {
                self.set(Step::Services, Phase::Working);
            }
            Err(open) => self.block(Step::Services, Reason::ServicesOpen(open)),
        }
    }

    /// Enter on step 6: on, or a reason for the first service that is not running.
    pub(super) fn settle_services(&mut self) {
        match gate::services(self) {
            Ok(()) => {
                let excused = self.services.iter().any(|row| row.excused.is_some());
                let outcome = if excused { Outcome::Overridden } else { Outcome::Done };
                self.settle(Step::Services, outcome);
            }
            Err(open) => {
                if let Some(host) = open.into_iter().next() {
                    self.dialog = Some(Question::ReasonForService(host));
                }
            }
        }
    }

    pub(super) fn excuse_service(&mut self, host: Host, reason: Safe) {
        let fact = Fact::Overridden {
            gate: Gate::ServiceNotRunning,
            reason: reason.clone(),
            about: vec![host.clone()],
        };
        self.record_then(fact, Then::ExcuseService(host, reason));
    }

    pub(super) fn mark_service(&mut self, host: Host, evidence: Safe) {
        let fact = Fact::ServiceMarked { host: host.clone(), evidence: evidence.clone() };
        self.record_then(fact, Then::MarkService(host, evidence));
    }

    pub(super) fn service_noted(&mut self, host: &Host, excuse: Option<Safe>, marked: Option<Safe>) {
        if let Some(row) = self.services.iter_mut().find(|row| row.server.host == *host) {
            if excuse.is_some() {
                row.excused = excuse;
            }
            if marked.is_some() {
                row.marked = marked;
            }
        }
        self.services_changed();
    }
}
