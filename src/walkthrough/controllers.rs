//! Step 3: the entry, the controllers reached without a password, and who else uses the account.

use crate::directory::{Account, Fault, Host, Reach, names};

use super::effect::Effect;
use super::errand::{Errand, Then};
use super::fact::{Fact, Gate};
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::trial::Candidate;
use super::{ControllerTerms, Reaching, SigningIn, Station, Walkthrough, words};
use crate::text::Safe;

impl Walkthrough {
    /// Enters step 3, or takes it up where it stands.
    pub(super) fn enter_directory_services(&mut self) {
        match (self.entry.is_some(), self.entries.as_slice()) {
            (true, _) => self.reach_controllers(),
            (false, []) if !self.terms.graph || self.terms.hand_off => {
                self.block(Step::DirectoryServices, Reason::NoAccountListed);
            }
            // Without the portal nobody has told which account the entry names.
            (false, []) if self.signing_in == SigningIn::Without => {
                self.block(Step::DirectoryServices, Reason::SaveNeedsPortal);
            }
            (false, []) => self.block(Step::DirectoryServices, Reason::NoEntry),
            (false, [_]) => self.entry_chosen(0),
            (false, _) => self.ask(Step::DirectoryServices, Question::WhichEntry),
        }
    }

    pub(super) fn entry_chosen(&mut self, option: usize) {
        let Some(entry) = self.entries.get(option).cloned() else { return };
        if entry.managed {
            return self.block(Step::DirectoryServices, Reason::ManagedAccount);
        }
        let account = Account { name: entry.account.clone(), domain: entry.domain.clone() };
        if let Err(fault) = names::of_entry(&account, entry.single_label) {
            return self.block(Step::DirectoryServices, Reason::EntryName(fault));
        }
        self.void_acceptance();
        self.entry = Some(entry.clone());
        if let Some(account) = self.account() {
            self.record(Fact::EntryChosen { id: entry.id, account });
        }
        self.reach_controllers();
    }

    /// Reaches every controller anew, without a password.
    pub(super) fn reach_controllers(&mut self) {
        let Some(account) = self.account() else { return };
        self.errands.retain(|_, errand| !matches!(errand, Errand::Reach(_) | Errand::LookUp));
        (self.looked_up, self.account_recorded) = (false, false);
        self.stations = self.stations_of(&account.domain);
        self.set(Step::DirectoryServices, Phase::Working);
        self.ask_controllers(&account);
        self.all_reached();
    }

    pub(super) fn ask_controllers(&mut self, account: &Account) {
        let hosts: Vec<Host> = self.stations.iter().map(|station| station.host.clone()).collect();
        for host in hosts {
            let ticket = self.errand(Errand::Reach(host.clone()));
            self.out(Effect::Reach(ticket, host, account.clone()));
        }
    }

    /// The controllers of one domain; all of them where the site tells none of it, so that each says what it is of.
    pub(super) fn stations_of(&self, domain: &str) -> Vec<Station> {
        let all = &self.terms.controllers;
        let own: Vec<&ControllerTerms> =
            all.iter().filter(|one| one.domain.eq_ignore_ascii_case(domain)).collect();
        let meant = if own.is_empty() { all.iter().collect() } else { own };
        let before = |host: &Host| self.stations.iter().find(|station| station.host == *host);
        let station = |one: &ControllerTerms| Station {
            host: one.host.clone(),
            state: Reaching::Asking,
            at: before(&one.host).and_then(|station| station.at),
        };
        meant.into_iter().map(station).collect()
    }

    pub(super) fn reached(&mut self, host: &Host, result: Result<Reach, Fault>) {
        let now = self.now;
        let Some(station) = self.stations.iter_mut().find(|station| station.host == *host) else { return };
        station.at = Some(now);
        let fact = match result {
            Ok(reach) => {
                let fact = Fact::ControllerReached {
                    host: host.clone(),
                    provable: Candidate::from_reach(&reach, self.terms.kerberos_alone).is_some(),
                    pdc_emulator: reach.pdc_emulator,
                    read_only: reach.read_only,
                };
                station.state = Reaching::Reached(reach);
                fact
            }
            Err(fault) => {
                let why = Safe::new(&fault.to_string());
                station.state = Reaching::Failed(fault);
                Fact::ControllerUnreachable { host: host.clone(), why }
            }
        };
        self.record(fact);
        self.all_reached();
    }

    pub(super) fn all_reached(&mut self) {
        let asking = self.errands.values().any(|errand| matches!(errand, Errand::Reach(_)));
        if asking || *self.phase(Step::DirectoryServices) != Phase::Working {
            return;
        }
        self.record_account();
        if self.asks_reader() {
            return;
        }
        if let Some(code) = self.unusable() {
            self.block(Step::DirectoryServices, Reason::AccountUnusable(code));
        } else if self.used_elsewhere.is_none() {
            self.ask(Step::DirectoryServices, Question::UsedElsewhere);
        } else if self.candidates().is_empty() && !self.without_controller {
            self.block(Step::DirectoryServices, Reason::NoProvableController);
        } else if self.taken_up.target == Some(Step::Password) {
            self.on_to_password();
        } else {
            self.set(Step::DirectoryServices, Phase::Ready);
        }
    }

    pub(super) fn used_elsewhere_answered(&mut self, option: usize) {
        self.used_elsewhere = Some(option);
        self.record(Fact::UsedElsewhere { answer: words::option_word(&Question::UsedElsewhere, option) });
        self.set(Step::DirectoryServices, Phase::Working);
        self.all_reached();
    }

    /// Enter with step 3 complete.
    pub(super) fn settle_directory_services(&mut self) {
        let outcome = if self.candidates().is_empty() { Outcome::Overridden } else { Outcome::Done };
        self.settle(Step::DirectoryServices, outcome);
    }

    pub(super) fn go_on_without_controller(&mut self, reason: Safe) {
        let fact = Fact::Overridden { gate: Gate::WithoutController, reason, about: Vec::new() };
        self.record_then(fact, Then::GoOnWithoutController);
    }

    /// The controllers that may be given the password, as last reached.
    pub fn candidates(&self) -> Vec<Candidate> {
        self.stations
            .iter()
            .filter_map(|station| match &station.state {
                Reaching::Reached(reach) => Candidate::from_reach(reach, self.terms.kerberos_alone),
                Reaching::NotAsked | Reaching::Asking | Reaching::Failed(_) => None,
            })
            .collect()
    }

    /// Controllers that should be able to prove the password and could not be asked.
    pub fn unreachable(&self) -> Vec<Host> {
        self.unproving().into_iter().map(|(host, _)| host).collect()
    }

    pub(super) fn pdc_emulator(&self) -> Option<Host> {
        self.candidates().into_iter().find(|one| one.pdc_emulator).map(|one| one.host)
    }
}
