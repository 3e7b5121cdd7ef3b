//! Step 4: the masked field, the guard's answer, the trial's steps, the acceptance and its voiding.

use std::time::Duration;

use crate::directory::lockout::{AttemptId, Budget, Shut};
use crate::directory::{Answer, Fault, Host, Protocol, Standing, Tested};
use crate::secret::SecretId;
use crate::text::Safe;

use super::effect::{Effect, Reservation, Ticket};
use super::errand::{Errand, Then};
use super::event;
use super::fact::{Fact, Gate, ProofWord};
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::trial::{Misgiving, Step as TrialStep, Trial, Verdict};
use super::{Acceptance, Notice, Walkthrough, words};

/// Beyond this age a proof is made again before anything is saved.
pub const PROOF_GOOD_FOR: Duration = Duration::from_secs(300);

impl Walkthrough {
    pub(super) fn enter_password(&mut self) {
        let question = if self.changed_in_directory.is_some_and(|option| option != words::CHANGED_NOT_YET) {
            Question::Password
        } else {
            Question::ChangedInDirectory
        };
        self.ask(Step::Password, question);
    }

    pub(super) fn changed_answered(&mut self, option: usize) {
        self.changed_in_directory = Some(option);
        self.record(Fact::ChangedInDirectory {
            answer: words::option_word(&Question::ChangedInDirectory, option),
        });
        if option == words::CHANGED_NOT_YET {
            self.block(Step::Password, Reason::NotYetChanged);
        } else {
            self.ask(Step::Password, Question::Password);
        }
    }

    /// Enter in the masked field, or a retest of the secret that was accepted.
    pub(super) fn test_password(&mut self) {
        if self.testing() {
            self.notice = Some(Notice::Waiting);
            return;
        }
        if self.record.fault.is_some() {
            return self.block_on_record();
        }
        if self.candidates().is_empty() {
            return if self.without_controller {
                self.freeze()
            } else {
                self.block(Step::Password, Reason::NoProvableController)
            };
        }
        match self.acceptance.as_ref().map(|acceptance| acceptance.secret) {
            Some(secret) => self.begin_trial(secret, true),
            None => self.freeze(),
        }
    }

    fn freeze(&mut self) {
        self.set(Step::Password, Phase::Working);
        let ticket = self.errand(Errand::Freeze);
        self.out(Effect::Freeze(ticket));
    }

    pub(super) fn secret_told(&mut self, event: event::Secret) {
        match event {
            event::Secret::Edited(field) => {
                if field != self.field && !self.testing() {
                    self.void_acceptance();
                }
                self.field = field;
            }
            event::Secret::Frozen(ticket, frozen) => {
                if self.errands.remove(&ticket) != Some(Errand::Freeze) {
                    if let Some(secret) = frozen {
                        self.out(Effect::Wipe(secret));
                    }
                    return;
                }
                match frozen {
                    None => self.block(Step::Password, Reason::PasswordEmpty),
                    Some(secret) if self.candidates().is_empty() => self.accept_untested(secret),
                    Some(secret) => self.begin_trial(secret, false),
                }
            }
            event::Secret::Expired(secrets) => {
                if self.acceptance.as_ref().is_some_and(|held| secrets.contains(&held.secret)) {
                    self.void_acceptance();
                    if self.current == Step::Save {
                        self.go_to(Step::Password);
                    }
                }
            }
        }
    }

    fn begin_trial(&mut self, secret: SecretId, retest: bool) {
        self.set(Step::Password, Phase::Working);
        let mut trial = Trial::begin(secret, self.candidates(), self.terms.old_password);
        trial.retest = retest;
        let first = trial.first();
        self.trial = Some(trial);
        if let Some(step) = first {
            self.do_trial_step(step);
        }
    }

    fn do_trial_step(&mut self, step: TrialStep) {
        match step {
            TrialStep::Reserve { controllers, protocol, charge } => {
                let (Some(account), Some(trial)) = (self.account(), &self.trial) else { return };
                let proved = matches!(
                    self.acceptance.as_ref().map(|held| held.proof),
                    Some(ProofWord::CurrentByAge | ProofWord::CurrentByKerberos)
                );
                let reservation = Reservation {
                    account,
                    controllers,
                    pdc_emulator: self.pdc_emulator(),
                    protocol,
                    charge,
                    secret: trial.secret,
                    typed_account_name: std::mem::take(&mut self.typed_account_name),
                    retest_of_current: trial.retest && proved,
                };
                let ticket = self.errand(Errand::Reserve(protocol));
                self.out(Effect::Reserve(ticket, reservation));
            }
            TrialStep::Test { attempt, host, protocol } => {
                self.open_attempts.push(attempt);
                let fact = Fact::Attempting { attempt, host: host.clone(), protocol };
                self.record_then(fact, Then::Test { attempt, host, protocol });
            }
            TrialStep::Done(verdict) => self.trial_over(verdict),
        }
    }

    pub(super) fn directory_answered(&mut self, ticket: Ticket, event: event::Directory) {
        let errand = self.errands.remove(&ticket);
        match (errand, event) {
            (_, event::Directory::Tested { attempt, host, protocol, tested }) => {
                self.attempt_ended(attempt, &host, protocol, &tested);
            }
            (Some(Errand::Reach(host)), event::Directory::Reached(result)) => self.reached(&host, result),
            (Some(Errand::Reserve(protocol)), event::Directory::Reserved { attempts, budget, standing }) => {
                self.reserved(&attempts, protocol, budget, standing)
            }
            (errand, event::Directory::Reserved { attempts, .. }) => {
                // Nobody waits for these any more, and nothing was sent.
                debug_assert!(errand.is_none());
                for (attempt, _) in attempts {
                    self.out(Effect::Release(attempt));
                }
            }
            (Some(Errand::Reserve(_)), event::Directory::GuardShut { shut, standing }) => {
                self.guard_shut(&shut, standing);
            }
            (Some(Errand::Reserve(_)), event::Directory::LedgerFailed(why)) => {
                self.trial = None;
                self.block(Step::Password, Reason::LedgerFailed(why));
            }
            (Some(Errand::ReadStanding), event::Directory::StandingRead(standing)) => {
                self.standing_read(standing);
            }
            (
                _,
                event::Directory::Reached(_)
                | event::Directory::GuardShut { .. }
                | event::Directory::LedgerFailed(_)
                | event::Directory::StandingRead(_),
            ) => {}
        }
    }

    fn reserved(
        &mut self,
        attempts: &[(AttemptId, Host)],
        protocol: Protocol,
        budget: Budget,
        standing: Vec<Standing>,
    ) {
        self.budget = Some(budget);
        self.keep_standing(standing);
        let Some(trial) = &mut self.trial else {
            for (attempt, _) in attempts {
                self.out(Effect::Release(*attempt));
            }
            return;
        };
        for step in trial.reserved(attempts, protocol) {
            self.do_trial_step(step);
        }
    }

    fn keep_standing(&mut self, standing: Vec<Standing>) {
        let pdc = self.pdc_emulator();
        let kept = standing
            .iter()
            .find(|one| Some(&one.controller) == pdc.as_ref())
            .or_else(|| standing.first())
            .cloned();
        if kept.is_some() {
            self.standing = kept;
        }
    }

    fn guard_shut(&mut self, shut: &Shut, standing: Vec<Standing>) {
        self.keep_standing(standing);
        self.record(Fact::GuardShut { why: words::shut(shut) });
        if let Some(steps) = self.trial.as_mut().and_then(Trial::shut) {
            for step in steps {
                self.do_trial_step(step);
            }
            return;
        }
        let reason = match shut {
            Shut::NotBefore(until, why) => {
                Reason::GuardNotBefore { until: *until, why: words::why_shut(why) }
            }
            Shut::UntilUnlocked => Reason::GuardUntilUnlocked,
            Shut::Never(_) => Reason::GuardNever,
            Shut::TypeAccountName { .. } => {
                self.end_trial_unused();
                return self.ask(Step::Password, Question::AccountName);
            }
        };
        self.end_trial_unused();
        self.block(Step::Password, reason);
    }

    /// Nothing left: the secret is frozen, and is tested again once the guard opens.
    fn end_trial_unused(&mut self) {
        if let Some(trial) = self.trial.take()
            && self.acceptance.as_ref().is_none_or(|held| held.secret != trial.secret)
        {
            self.out(Effect::Wipe(trial.secret));
        }
    }

    /// The intention is on record: the bind may leave.
    pub(super) fn send_attempt(&mut self, attempt: AttemptId, host: Host, protocol: Protocol) {
        let wanted = self.trial.as_ref().is_some_and(|trial| !trial.over());
        let (true, Some(account), Some(secret)) =
            (wanted, self.account(), self.trial.as_ref().map(|trial| trial.secret))
        else {
            return self.drop_attempt(attempt, host, protocol);
        };
        let ticket = self.errand(Errand::Test(attempt));
        self.out(Effect::Test { ticket, attempt, host, protocol, account, secret });
    }

    /// Reserved, but not sent: it costs nothing, and the trial hears why.
    pub(super) fn drop_attempt(&mut self, attempt: AttemptId, host: Host, protocol: Protocol) {
        self.out(Effect::Release(attempt));
        let tested = Tested {
            answer: Answer::NotSent(Fault::Internal(Safe::new("it was not sent"))),
            account: None,
            controller_time: None,
            latency: Duration::ZERO,
        };
        self.attempt_ended(attempt, &host, protocol, &tested);
    }

    /// Recorded wherever the walk now is; only a trial that still runs draws conclusions.
    fn attempt_ended(&mut self, attempt: AttemptId, host: &Host, protocol: Protocol, tested: &Tested) {
        let Some(place) = self.open_attempts.iter().position(|open| *open == attempt) else { return };
        self.open_attempts.remove(place);
        self.record(Fact::Attempted { attempt, host: host.clone(), protocol, answer: tested.answer.clone() });
        let at = self.now.wall;
        let steps = self
            .trial
            .as_mut()
            .filter(|_| !self.leaving)
            .map(|trial| trial.tested(host, protocol, tested, at))
            .unwrap_or_default();
        for step in steps {
            self.do_trial_step(step);
        }
    }

    fn trial_over(&mut self, verdict: Verdict) {
        let Some(trial) = &self.trial else { return };
        let secret = trial.secret;
        match verdict {
            Verdict::Accepted { proof, misgivings } => self.accept(secret, proof, misgivings),
            Verdict::Refused { host, code, previous } => {
                self.ring();
                self.record(Fact::Refused { host: host.clone(), why: Safe::new(&code.to_string()) });
                self.forget(secret);
                self.block(Step::Password, Reason::PasswordRefused { host, code, previous });
            }
            Verdict::Closed { host, code } => {
                self.ring();
                self.record(Fact::Refused { host: host.clone(), why: Safe::new(&code.to_string()) });
                self.forget(secret);
                self.block(Step::Password, Reason::PasswordClosed { host, code });
            }
            Verdict::Unproved { host, fault } => {
                if self.acceptance.as_ref().is_some_and(|held| held.secret == secret) {
                    // A retest that learnt nothing takes nothing away but the right to save on it.
                    self.acceptance = None;
                }
                self.hold_untested(secret);
                self.block(Step::Password, Reason::PasswordUnproved { host, fault });
            }
        }
    }

    fn accept(&mut self, secret: SecretId, proof: ProofWord, mut misgivings: Vec<Misgiving>) {
        let Some(account) = self.account() else { return };
        let read = self.trial.as_ref().and_then(|trial| trial.account.as_ref());
        if let Some(facts) = read
            && !facts.name.eq_ignore_ascii_case(&account.name)
        {
            let read = facts.name.clone();
            self.forget(secret);
            return self.block(Step::Password, Reason::WrongAccount { read });
        }
        for host in self.unreachable() {
            let fault = Fault::NoRoute;
            misgivings.push(Misgiving::NotKnownElsewhere { host, fault });
        }
        let hosts = self
            .trial
            .iter()
            .flat_map(|trial| &trial.rows)
            .filter(|row| words::accepted(&row.word))
            .map(|row| row.host.clone())
            .collect();
        self.record(Fact::Accepted { proof, hosts });
        let overridden = self
            .acceptance
            .as_ref()
            .is_some_and(|held| held.overridden && held.secret == secret && held.misgivings == misgivings);
        self.acceptance = Some(Acceptance { secret, account, proof, misgivings, overridden, at: self.now });
        self.set(Step::Password, Phase::Ready);
    }

    /// Nothing could prove or refuse it: it is kept, and may only be saved past a typed reason and name.
    fn hold_untested(&mut self, secret: SecretId) {
        let Some(account) = self.account() else { return };
        self.acceptance = Some(Acceptance {
            secret,
            account,
            proof: ProofWord::Untested,
            misgivings: Vec::new(),
            overridden: false,
            at: self.now,
        });
    }

    fn accept_untested(&mut self, secret: SecretId) {
        self.hold_untested(secret);
        self.ask(Step::Password, Question::ReasonToGoOn);
    }

    /// A refused or misplaced password is wiped, and its field emptied.
    fn forget(&mut self, secret: SecretId) {
        self.acceptance = None;
        self.out(Effect::Wipe(secret));
        self.out(Effect::ClearField);
        self.field = event::Field::default();
    }

    /// The acceptance ends: the password was edited, the entry changed, or the walk went back.
    pub(super) fn void_acceptance(&mut self) {
        let held = self.acceptance.take();
        let running = self.trial.take();
        self.untested_reason = None;
        if let Some(acceptance) = &held {
            self.out(Effect::Wipe(acceptance.secret));
            self.record(Fact::AcceptanceVoided);
        }
        if let Some(trial) = running
            && held.is_none_or(|held| held.secret != trial.secret)
        {
            self.out(Effect::Wipe(trial.secret));
        }
        let stands =
            matches!(self.phase(Step::Password), Phase::Ready | Phase::Blocked(_) | Phase::Settled(_));
        if stands && self.current == Step::Password {
            self.enter_password();
        }
    }

    /// A trial is under way.
    pub fn testing(&self) -> bool {
        self.trial.as_ref().is_some_and(|trial| !trial.over())
            || self.errands.values().any(|errand| matches!(errand, Errand::Freeze | Errand::Test(_)))
    }

    /// Enter when the trial is over: on, or the question what to do about the misgivings.
    pub(super) fn settle_password(&mut self) {
        let Some(held) = &self.acceptance else { return self.test_password() };
        let clean = held.misgivings.is_empty() && held.proof != ProofWord::Untested;
        if clean {
            self.settle(Step::Password, Outcome::Done);
        } else if held.overridden {
            self.settle(Step::Password, Outcome::Overridden);
        } else if held.proof == ProofWord::Untested {
            self.dialog = Some(Question::ReasonToGoOn);
        } else {
            self.dialog = Some(Question::GoOnOrRetest);
        }
    }

    pub(super) fn misgivings_overridden(&mut self, reason: Safe) {
        let Some(held) = &self.acceptance else { return };
        let about = held.misgivings.iter().map(words::misgiving_about).collect();
        let fact = Fact::Overridden { gate: Gate::Misgivings, reason, about };
        self.record_then(fact, Then::PassGate(Gate::Misgivings));
    }
}
