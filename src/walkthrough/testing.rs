//! Step 4, the test itself: the guard's answer, the record's, and the trial's next step, in this order for every attempt.

use crate::directory::lockout::{AttemptId, Shut};
use crate::directory::{Answer, Fault, Host, Protocol, Standing, Tested};
use crate::secret::SecretId;
use crate::text::Safe;

use super::effect::{Effect, Reservation, Ticket};
use super::errand::{Errand, Then};
use super::event;
use super::fact::{Fact, ProofWord};
use super::step::{Phase, Question, Reason, Step};
use super::trial::{Attempt, Step as TrialStep, Trial};
use super::{Notice, Walkthrough, words};

impl Walkthrough {
    /// Enter in the masked field, or once more with the secret that is held.
    pub(super) fn test_password(&mut self) {
        if self.testing() {
            self.notice = Some(Notice::Waiting);
            return;
        }
        let held = self.acceptance.as_ref().map(|held| held.secret);
        let candidates = !self.candidates().is_empty();
        match (held, self.waiting) {
            (Some(secret), _) if candidates => self.begin_trial(secret, true),
            (None, Some(secret)) if candidates => self.begin_trial(secret, false),
            (None, None) if candidates => self.freeze(),
            _ if !self.without_controller => self.block(Step::Password, Reason::NoProvableController),
            (Some(secret), _) | (None, Some(secret)) => self.accept_untested(secret),
            (None, None) => self.freeze(),
        }
    }

    pub(super) fn begin_trial(&mut self, secret: SecretId, retest: bool) {
        self.set(Step::Password, Phase::Working);
        self.dialog = None;
        self.waiting = None;
        let mut trial = Trial::begin(secret, self.candidates(), self.terms.old_password);
        trial.retest = retest;
        let first = trial.first();
        self.trial = Some(trial);
        if let Some(step) = first {
            self.do_trial_step(step);
        }
    }

    fn do_trial_steps(&mut self, steps: Vec<TrialStep>) {
        for step in steps {
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
            TrialStep::Test(attempt) => {
                let Some(secret) = self.trial.as_ref().map(|trial| trial.secret) else { return };
                let Attempt { id, host, protocol } = attempt.clone();
                self.record_then(
                    Fact::Attempting { attempt: id, host, protocol },
                    Then::Test(attempt, secret),
                );
            }
            TrialStep::Done(verdict) => self.trial_over(verdict),
        }
    }

    pub(super) fn directory_answered(&mut self, ticket: Ticket, event: event::Directory) {
        let errand = self.errands.remove(&ticket);
        match (errand, event) {
            (_, event::Directory::Tested { attempt, host, protocol, tested }) => {
                self.attempt_ended(&Attempt { id: attempt, host, protocol }, &tested);
            }
            (Some(Errand::Reach(host)), event::Directory::Reached(result)) => self.reached(&host, result),
            (Some(Errand::Reserve(protocol)), event::Directory::Reserved { attempts, budget, standing })
                if !self.leaving =>
            {
                // The account's own: the other controllers' counts are each their own.
                if self.budget.is_none() || self.trial.as_ref().is_some_and(Trial::alone) {
                    self.budget = Some(budget);
                }
                self.keep_standing(&standing);
                self.granted(&attempts, protocol, &standing);
            }
            (_, event::Directory::Reserved { attempts, .. }) => {
                // Nobody waits for these any more, and nothing was sent.
                for (attempt, _) in attempts {
                    self.out(Effect::Release(attempt));
                }
            }
            (Some(Errand::Reserve(_)), event::Directory::GuardShut { shut, standing }) => {
                self.guard_shut(&shut, &standing);
            }
            (Some(Errand::Reserve(_)), event::Directory::LedgerFailed(why)) => {
                self.stopped_before(Reason::LedgerFailed(why));
            }
            (Some(Errand::ReadStanding), event::Directory::StandingRead(standing)) => {
                self.standing_read(standing);
            }
            (Some(Errand::LookUp), event::Directory::StandingRead(standing)) => self.looked_up(standing),
            (
                _,
                event::Directory::Reached(_)
                | event::Directory::GuardShut { .. }
                | event::Directory::LedgerFailed(_)
                | event::Directory::StandingRead(_),
            ) => {}
        }
    }

    pub(super) fn reserved(&mut self, attempts: &[(AttemptId, Host)], protocol: Protocol) {
        if attempts.is_empty() {
            self.stopped_before(Reason::LedgerFailed(Safe::new("it granted no attempt")));
            return;
        }
        let steps = self.trial.as_mut().map(|trial| trial.reserved(attempts, protocol)).unwrap_or_default();
        self.do_trial_steps(steps);
    }

    fn keep_standing(&mut self, standing: &[Standing]) {
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

    fn guard_shut(&mut self, shut: &Shut, standing: &[Standing]) {
        self.keep_standing(standing);
        self.record(Fact::GuardShut { why: words::shut(shut) });
        let reason = match shut {
            Shut::NotBefore(until, why) => {
                Reason::GuardNotBefore { until: *until, why: words::why_shut(why) }
            }
            Shut::UntilUnlocked => Reason::GuardUntilUnlocked,
            Shut::TypeAccountName { .. } | Shut::Never(_) => Reason::GuardNever,
        };
        if !self.stopped_before(reason) {
            return;
        }
        match shut {
            Shut::TypeAccountName { why } => {
                self.name_wanted = Some(why.clone());
                self.ask(Step::Password, Question::AccountName);
            }
            // No test will ever be safe: like a password that nothing could prove.
            Shut::Never(_) => {
                if let Some(secret) = self.waiting.take() {
                    self.hold_untested(secret);
                }
            }
            Shut::NotBefore(..) | Shut::UntilUnlocked => {}
        }
    }

    /// An attempt can't be made. What is known so far has to do; where nothing is, the step is blocked, and the secret
    /// that was frozen waits for the next Enter. True if it is blocked.
    pub(super) fn stopped_before(&mut self, reason: Reason) -> bool {
        if let Some(steps) = self.trial.as_mut().and_then(Trial::shut) {
            self.do_trial_steps(steps);
            return false;
        }
        if let Some(trial) = self.trial.take()
            && self.acceptance.as_ref().is_none_or(|held| held.secret != trial.secret)
        {
            self.waiting = Some(trial.secret);
        }
        self.block(Step::Password, reason);
        true
    }

    /// The name was typed for exactly one more attempt.
    pub(super) fn account_name_recorded(&mut self) {
        if self.current != Step::Password || self.leaving {
            return;
        }
        self.typed_account_name = true;
        self.test_password();
    }

    /// The intention is on record: the bind may leave, if its trial still runs.
    pub(super) fn send_attempt(&mut self, attempt: Attempt, secret: SecretId) {
        self.open_attempts.push(attempt.id);
        let wanted =
            !self.leaving && self.trial.as_ref().is_some_and(|trial| !trial.over() && trial.secret == secret);
        if let Some(account) = self.account().filter(|_| wanted) {
            let ticket = self.errand(Errand::Test(attempt.id));
            let Attempt { id, host, protocol } = attempt;
            self.out(Effect::Test { ticket, attempt: id, host, protocol, account, secret });
        } else {
            self.out(Effect::Release(attempt.id));
            self.attempt_ended(&attempt, &not_sent());
        }
    }

    /// Its announcement could not be written: it is not made, and costs nothing.
    pub(super) fn attempt_not_recorded(&mut self, attempt: &Attempt, reason: Reason) {
        self.out(Effect::Release(attempt.id));
        let at = self.now.wall;
        let Some(trial) = self.trial.as_mut().filter(|trial| !trial.over()) else { return };
        if trial.alone() {
            trial.untested(&attempt.host);
            self.stopped_before(reason);
        } else {
            let steps = trial.tested(attempt, &not_sent(), at);
            self.do_trial_steps(steps);
        }
    }

    /// Recorded wherever the walk now is; only a trial that still runs draws conclusions.
    pub(super) fn attempt_ended(&mut self, attempt: &Attempt, tested: &Tested) {
        let Some(place) = self.open_attempts.iter().position(|open| *open == attempt.id) else { return };
        self.open_attempts.remove(place);
        self.errands.retain(|_, errand| *errand != Errand::Test(attempt.id));
        self.record(Fact::Attempted {
            attempt: attempt.id,
            host: attempt.host.clone(),
            protocol: attempt.protocol,
            answer: tested.answer.clone(),
            from: tested.from,
        });
        if let (Some(budget), Answer::Refused(_) | Answer::NotKnown(_)) = (&mut self.budget, &tested.answer) {
            // It was read before this attempt, which has since cost one.
            budget.counted = budget.counted.saturating_add(1);
            budget.safe = budget.safe.saturating_sub(1);
        }
        if self.leaving || self.over {
            return;
        }
        let at = self.now.wall;
        let steps = self.trial.as_mut().map(|trial| trial.tested(attempt, tested, at));
        self.do_trial_steps(steps.unwrap_or_default());
    }

    /// A test is under way, or a bind of one that was given up is still out.
    pub fn testing(&self) -> bool {
        self.trial.as_ref().is_some_and(|trial| !trial.over()) || self.errands.values().any(Errand::of_a_test)
    }
}

fn not_sent() -> Tested {
    Tested::not_sent(Fault::Internal(Safe::new("it was not sent")))
}
