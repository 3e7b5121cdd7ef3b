//! What the lines of a record come to, one after the other. Pure.

use std::collections::BTreeMap;
use std::mem;

use jiff::Timestamp;

use crate::directory::Host;
use crate::directory::lockout::AttemptId;
use crate::text::Safe;
use crate::walkthrough::fact::{Basis, Fact, Gate, Listed, ProofWord, SaveWord};
use crate::walkthrough::words;

use super::{
    Approval, Before, Controller, Evidence, Moment, Override, Person, Read, Report, Save, Sealed, Sensor,
    Service, Test, Told,
};

/// What is known while the lines go by.
pub(super) struct Gathering {
    pub(super) report: Report,
    pub(super) controllers: BTreeMap<Host, Controller>,
    pub(super) services: BTreeMap<Host, Service>,
    /// Tests without an outcome, by their place among the tests.
    open: BTreeMap<AttemptId, usize>,
    /// How the password was proved last, and at how many controllers.
    pub(super) proof: Proved,
    pub(super) alone: bool,
    /// Of the last save, and what stands where it turns out not to have happened.
    pub(super) judged: Judged,
    judged_before: Judged,
    listed_before: Vec<Listed>,
    /// An approval holds for one tested password, up to its save.
    approved: bool,
}

/// What is known of one save.
#[derive(Debug, Default)]
pub(super) struct Judged {
    untested: bool,
    /// What may be saved still, where it is not known whether this save replaced it.
    perhaps_untested: bool,
    pub(super) after: Option<Basis>,
    pub(super) missing: Vec<Safe>,
    listed: Vec<Listed>,
}

impl Judged {
    /// What is saved was never tested, or may be what was not.
    pub(super) fn untested(&self) -> bool {
        self.untested || self.perhaps_untested
    }
}

/// What came of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proved {
    Nothing,
    Accepted(ProofWord, usize),
    /// Accepted, and wiped before it was saved.
    Voided,
    /// Accepted, and of no use.
    InVain,
    Refused,
}

impl Gathering {
    pub(super) fn new(record: Sealed) -> Self {
        let report = Report {
            form: 1,
            record,
            verdict: Safe::default(),
            verdict_word: None,
            saved_untested: false,
            alone: false,
            saved: None,
            saves: Vec::new(),
            broken_off: false,
            account: None,
            overrides: Vec::new(),
            account_name_typed: Vec::new(),
            people: Vec::new(),
            approvals: Vec::new(),
            hand_over: BTreeMap::new(),
            time_line: Vec::new(),
            clock_set: Vec::new(),
            controllers: Vec::new(),
            account_read: None,
            before: None,
            after: None,
            sensors: Vec::new(),
            services: Vec::new(),
            evidence: Vec::new(),
            missing: Vec::new(),
            tests: Vec::new(),
        };
        Self {
            report,
            controllers: BTreeMap::new(),
            services: BTreeMap::new(),
            open: BTreeMap::new(),
            proof: Proved::Nothing,
            alone: false,
            judged: Judged::default(),
            judged_before: Judged::default(),
            listed_before: Vec::new(),
            approved: false,
        }
    }

    pub(super) fn take(&mut self, line: u64, at: Timestamp, fact: &Fact) {
        if let Some(said) = words::recorded(fact) {
            self.report.time_line.push(Moment { line, at, said });
        }
        if matches!(fact, Fact::ClockSetBack { .. } | Fact::ClockSetForward { .. }) {
            self.report.clock_set.push(line);
        }
        self.of_people(at, fact);
        self.of_controllers(fact);
        self.of_tests(at, fact);
        self.of_the_save(at, fact);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`take` asks one family after the other")]
    fn of_people(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Began { site, lab, operator, host, program, site_file } => {
                self.report.people.push(Person {
                    at,
                    operator: operator.clone(),
                    host: host.clone(),
                    site: site.clone(),
                    lab: *lab,
                    program: program.clone(),
                    site_file: site_file.clone(),
                    signed_in: None,
                });
            }
            Fact::Resumed { operator, host, program, site_file, .. } => {
                let first = self.report.people.first();
                let (site, lab) = first.map(|one| (one.site.clone(), one.lab)).unwrap_or_default();
                self.report.people.push(Person {
                    at,
                    operator: operator.clone(),
                    host: host.clone(),
                    site,
                    lab,
                    program: program.clone(),
                    site_file: site_file.clone(),
                    signed_in: None,
                });
                // Another process's numbers may begin anew, and the password was gone with the one before.
                self.open.clear();
                self.void();
            }
            Fact::SignedIn { name } => {
                if let Some(person) = self.report.people.last_mut() {
                    person.signed_in.clone_from(name);
                }
            }
            Fact::EntryChosen { account, .. } => {
                if self.report.account.as_ref() != Some(account) {
                    self.void();
                    self.proof = Proved::Nothing;
                }
                self.report.account = Some(account.clone());
            }
            Fact::TestedAlone { account } => {
                self.report.account = Some(account.clone());
                self.alone = true;
            }
            Fact::Baseline { sensors, running, credential_issues, listed } => {
                self.listed_before.clone_from(listed);
                let before =
                    Before { sensors: *sensors, running: *running, credential_issues: *credential_issues };
                self.report.before = Some(before);
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`take` asks one family after the other")]
    fn of_controllers(&mut self, fact: &Fact) {
        match fact {
            Fact::ControllerReached { host, provable, pdc_emulator, read_only } => {
                let (host, why) = (host.clone(), None);
                let reached = Controller {
                    host: host.clone(),
                    pdc_emulator: *pdc_emulator,
                    read_only: *read_only,
                    provable: *provable,
                    why,
                };
                self.controllers.insert(host, reached);
            }
            Fact::ControllerUnreachable { host, why } => {
                let before = self.controllers.get(host);
                let was = |told: fn(&Controller) -> bool| before.is_some_and(told);
                let unreached = Controller {
                    host: host.clone(),
                    pdc_emulator: was(|one| one.pdc_emulator),
                    read_only: was(|one| one.read_only),
                    provable: false,
                    why: Some(why.clone()),
                };
                self.controllers.insert(host.clone(), unreached);
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`take` asks one family after the other")]
    fn of_tests(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Attempting { attempt, host, protocol } => {
                self.open.insert(*attempt, self.report.tests.len());
                self.report.tests.push(Test {
                    announced: at,
                    ended: None,
                    host: host.clone(),
                    protocol: *protocol,
                    from: None,
                    console: self.report.people.last().map(|one| one.host.clone()).unwrap_or_default(),
                    answer: Safe::new("interrupted: no outcome is on record, and it counts as a failure"),
                });
            }
            Fact::Attempted { attempt, answer, from, .. } => {
                let place = self.open.remove(attempt);
                if let Some(test) = place.and_then(|place| self.report.tests.get_mut(place)) {
                    (test.ended, test.from) = (Some(at), *from);
                    test.answer = words::answer(answer);
                }
            }
            Fact::AccountRead {
                name,
                sid,
                password_changed,
                password_expires,
                password_never_expires,
                ..
            } => {
                self.report.account_read = Some(Read {
                    name: name.clone(),
                    sid: sid.clone(),
                    password_changed: *password_changed,
                    password_expires: *password_expires,
                    password_never_expires: *password_never_expires,
                });
            }
            Fact::Accepted { proof, hosts } => self.proof = Proved::Accepted(*proof, hosts.len()),
            Fact::Refused { .. } => {
                self.void();
                self.proof = Proved::Refused;
            }
            Fact::AcceptanceVoided => self.void(),
            Fact::AcceptedInVain { .. } => {
                self.void();
                self.proof = Proved::InVain;
            }
            Fact::AccountNameTyped => self.report.account_name_typed.push(at),
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "`take` asks one family after the other")]
    fn of_the_save(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Overridden { gate, reason, about } => {
                self.approved &= *gate != Gate::SecondPerson;
                self.report.overrides.push(Override {
                    at,
                    gate: *gate,
                    reason: reason.clone(),
                    about: about.clone(),
                });
            }
            Fact::Approved { recorded_by, approved_by } => {
                self.approved = true;
                let (recorded_by, approved_by) = (recorded_by.clone(), approved_by.clone());
                let (save, saves) = (None, Vec::new());
                self.report.approvals.push(Approval { at, recorded_by, approved_by, save, saves });
            }
            Fact::SaveIntended { tested, hand_off, .. } => {
                self.report.saves.push(Save {
                    at,
                    tested: *tested,
                    hand_off: *hand_off,
                    result: None,
                    said: Safe::new("what came of it is not on record"),
                });
                if let Some(approval) = self.report.approvals.last_mut().filter(|_| self.approved) {
                    approval.save = Some(self.report.saves.len());
                    approval.saves.extend(approval.save);
                }
                self.judged_before = mem::take(&mut self.judged);
                self.judged.untested = !tested;
                self.judged.perhaps_untested =
                    self.judged_before.untested || self.judged_before.perhaps_untested;
            }
            Fact::SaveEnded { result, why, entered } => {
                if let Some(save) = self.report.saves.last_mut() {
                    (save.result, save.said) =
                        (Some(*result), words::save_ended(*result, why.as_ref(), *entered));
                }
                self.save_ended(*result);
            }
            Fact::ServiceSeen { host, state } => self.service(at, (host, state), false),
            Fact::ServiceMarked { host, evidence } => self.service(at, (host, evidence), true),
            Fact::Evidence { host, what, by, place } => self.report.evidence.push(Evidence {
                at,
                save: self.report.saves.len(),
                host: host.clone(),
                what: what.clone(),
                source: Safe::new(words::said_of(*by)),
                by: *by,
                place: place.clone(),
            }),
            Fact::Verdict { missing, basis, listed, .. } => {
                self.judged.missing.clone_from(missing);
                self.judged.after = *basis;
                self.judged.listed.clone_from(listed);
            }
            _ => {}
        }
    }

    /// What was known of the save before it stands where it turns out not to have happened.
    fn save_ended(&mut self, result: SaveWord) {
        match result {
            SaveWord::NotSaved | SaveWord::Conflict => self.judged = mem::take(&mut self.judged_before),
            SaveWord::Saved => self.judged.perhaps_untested = false,
            SaveWord::NotKnown => {}
        }
    }

    /// The walk goes on: what has no outcome in it may yet get one.
    pub(super) fn under_way(&mut self) {
        for place in self.open.values() {
            if let Some(test) = self.report.tests.get_mut(*place) {
                test.answer = Safe::new("under way: no outcome is on record yet");
            }
        }
    }

    /// The password is gone, and what rested on it.
    fn void(&mut self) {
        self.approved = false;
        if matches!(self.proof, Proved::Accepted(..)) {
            self.proof = Proved::Voided;
        }
    }

    /// Each by its name, trouble first.
    pub(super) fn sensors(&self) -> Vec<Sensor> {
        let told = |one: &Listed| Some(Told { service: one.service.clone(), status: one.status.clone() });
        let mut sensors: BTreeMap<&Host, Sensor> = BTreeMap::new();
        for one in &self.listed_before {
            sensors
                .insert(&one.host, Sensor { host: one.host.clone(), before: told(one), ..Sensor::default() });
        }
        for one in &self.judged.listed {
            let sensor = sensors.entry(&one.host).or_default();
            (sensor.host, sensor.after, sensor.finding) = (one.host.clone(), told(one), one.finding);
        }
        let mut sensors: Vec<Sensor> = sensors.into_values().collect();
        sensors.sort_by_key(|sensor| (sensor.finding.is_none(), sensor.finding));
        sensors
    }

    fn service(&mut self, at: Timestamp, (host, state): (&Host, &Safe), marked: bool) {
        let service = Service { host: host.clone(), state: state.clone(), at, marked };
        self.services.insert(host.clone(), service);
    }
}
