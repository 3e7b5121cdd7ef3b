//! Step 4: the masked field, the acceptance, its voiding, and going on past what stands against it.
//!
//! Acceptance belongs to one frozen secret, account and domain. Deliberately absent: the test itself (`testing`).

use std::time::Duration;

use crate::directory::Fault;
use crate::secret::SecretId;
use crate::text::Safe;

use super::effect::Effect;
use super::errand::{Errand, Then};
use super::event;
use super::fact::{Fact, Gate, ProofWord};
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::trial::{Misgiving, Verdict};
use super::{Acceptance, Notice, Saving, Walkthrough, words};

/// Beyond this age a proof is made again before anything is saved.
pub const PROOF_GOOD_FOR: Duration = Duration::from_mins(5);

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

    /// The masked field is open: for a first password, or for another one after a refusal.
    pub fn takes_password(&self) -> bool {
        self.current == Step::Password
            && self.dialog.is_none()
            && matches!(
                self.phase(Step::Password),
                Phase::Asking(Question::Password)
                    | Phase::Blocked(
                        Reason::PasswordEmpty
                            | Reason::PasswordRefused { .. }
                            | Reason::PasswordClosed { .. }
                            | Reason::WrongAccount { .. }
                    )
            )
    }

    /// A password is held that can still be edited: doing so gives it up, and it is tested anew.
    pub fn may_retype(&self) -> bool {
        self.current == Step::Password
            && self.dialog.is_none()
            && (self.acceptance.is_some() || self.waiting.is_some())
            && matches!(self.phase(Step::Password), Phase::Ready | Phase::Blocked(_))
    }

    pub(super) fn freeze(&mut self) {
        self.set(Step::Password, Phase::Working);
        let ticket = self.errand(Errand::Freeze);
        self.out(Effect::Freeze(ticket));
    }

    pub(super) fn secret_told(&mut self, event: event::Secret) {
        match event {
            event::Secret::Edited(field) => {
                let edited = field != self.field;
                self.field = field;
                if edited && !self.sending() {
                    self.void_acceptance();
                }
            }
            event::Secret::Frozen(ticket, frozen) => {
                if self.errands.get(&ticket) == Some(&Errand::Freeze) && !self.leaving {
                    self.errands.remove(&ticket);
                    self.frozen(frozen);
                } else if let Some(secret) = frozen {
                    self.out(Effect::Wipe(secret));
                }
            }
            event::Secret::Expired(secrets) => self.secrets_expired(&secrets),
        }
    }

    fn frozen(&mut self, secret: Option<SecretId>) {
        match secret {
            None => self.block(Step::Password, Reason::PasswordEmpty),
            Some(secret) if self.candidates().is_empty() => self.accept_untested(secret),
            Some(secret) => self.begin_trial(secret, false),
        }
    }

    /// A quarter of an hour unused: the password is asked for and tested again. A save that is out is not touched.
    fn secrets_expired(&mut self, secrets: &[SecretId]) {
        let held = self.acceptance.as_ref().map(|held| held.secret);
        let lost = [held, self.waiting].into_iter().flatten().any(|secret| secrets.contains(&secret));
        if lost && let Saving::HandedOver { secret_gone, .. } = &mut self.saving {
            *secret_gone = true;
        }
        if lost && !self.sending() {
            self.type_it_again();
        }
    }

    /// What was tested is not held any more, or can't be relied on.
    pub(super) fn type_it_again(&mut self) {
        self.stop_marking();
        if self.saving == Saving::Marking {
            self.saving = Saving::NotBegun;
        }
        self.void_acceptance();
        self.empty_field();
        if self.current == Step::Save {
            self.back_to_password();
        }
        self.notice = Some(Notice::PasswordGone);
    }

    pub(super) fn trial_over(&mut self, verdict: Verdict) {
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
            Verdict::AnotherAccounts { read, .. } => {
                self.record_read_back();
                self.refuse_account(secret, read);
            }
            Verdict::Unproved { host, fault } => {
                // A retest that learnt nothing takes the right to save on the earlier proof away.
                self.hold_untested(secret);
                self.block(Step::Password, Reason::PasswordUnproved { host, fault });
            }
        }
    }

    fn accept(&mut self, secret: SecretId, proof: ProofWord, mut misgivings: Vec<Misgiving>) {
        let Some(account) = self.account() else { return };
        self.record_read_back();
        if let Some(read) = self.read_another(&account) {
            return self.refuse_account(secret, read);
        }
        if self.blocked_by_account(secret) {
            return;
        }
        let not_asked = self.unproving();
        misgivings
            .extend(not_asked.into_iter().map(|(host, fault)| Misgiving::NotKnownElsewhere { host, fault }));
        let hosts = self
            .trial
            .iter()
            .flat_map(|trial| &trial.rows)
            .filter(|row| words::accepted(&row.word))
            .map(|row| row.host.clone())
            .collect();
        self.ring();
        self.record(Fact::Accepted { proof, hosts });
        self.hold(Acceptance { secret, account, proof, misgivings, overridden: false, at: self.now });
        self.set(Step::Password, Phase::Ready);
    }

    /// Nothing could prove or refuse it: it is kept, and may only be saved past a typed reason and name.
    pub(super) fn hold_untested(&mut self, secret: SecretId) {
        let Some(account) = self.account() else { return };
        let misgivings = match self.trial.as_ref().and_then(|trial| trial.verdict()) {
            Some(Verdict::Unproved { host, fault }) => {
                vec![Misgiving::NotKnownElsewhere { host: host.clone(), fault: fault.clone() }]
            }
            Some(
                Verdict::Accepted { .. }
                | Verdict::Refused { .. }
                | Verdict::Closed { .. }
                | Verdict::AnotherAccounts { .. },
            )
            | None => Vec::new(),
        };
        let proof = ProofWord::Untested;
        self.hold(Acceptance { secret, account, proof, misgivings, overridden: false, at: self.now });
    }

    /// A reason given for the very same acceptance still counts.
    fn hold(&mut self, mut acceptance: Acceptance) {
        if let Some(held) = self.acceptance.take() {
            acceptance.overridden = held.overridden && held.same_as(&acceptance);
            if held.secret != acceptance.secret {
                self.out(Effect::Wipe(held.secret));
            }
        }
        self.waiting = None;
        self.acceptance = Some(acceptance);
    }

    pub(super) fn accept_untested(&mut self, secret: SecretId) {
        self.trial = None;
        self.hold_untested(secret);
        self.set(Step::Password, Phase::Ready);
        self.dialog = Some(Question::ReasonToGoOn);
    }

    fn refuse_account(&mut self, secret: SecretId, read: Safe) {
        self.ring();
        let why = Safe::from(format!("it is another account's, {read}; it was wiped"));
        self.record(Fact::AcceptedInVain { why });
        self.forget(secret);
        self.block(Step::Password, Reason::WrongAccount { read });
    }

    /// A refused or misplaced password is wiped, and its field emptied.
    fn forget(&mut self, secret: SecretId) {
        self.acceptance = None;
        self.close_password_dialogs();
        self.out(Effect::Wipe(secret));
        self.empty_field();
    }

    pub(super) fn empty_field(&mut self) {
        self.out(Effect::ClearField);
        self.field = event::Field::default();
    }

    /// The acceptance ends: the password was edited or expired, the entry changed, or the walk went back.
    /// A test that is under way is given up; a bind already sent is still awaited and recorded.
    pub(super) fn void_acceptance(&mut self) {
        let held = self.acceptance.take().map(|held| held.secret);
        let tried = self.trial.take().map(|trial| trial.secret);
        if held.is_some() {
            self.record(Fact::AcceptanceVoided);
        }
        let mut secrets: Vec<SecretId> = [held, tried, self.waiting.take()].into_iter().flatten().collect();
        secrets.sort();
        secrets.dedup();
        for secret in secrets {
            self.out(Effect::Wipe(secret));
        }
        self.errands.retain(|_, errand| !matches!(errand, Errand::Freeze | Errand::Reserve(_)));
        self.typed_account_name = false;
        self.untested_reason = None;
        self.close_password_dialogs();
        let before_the_field = matches!(
            self.phase(Step::Password),
            Phase::Asking(Question::ChangedInDirectory)
                | Phase::Blocked(Reason::NotYetChanged | Reason::NoProvableController)
        );
        if self.current == Step::Password && !before_the_field {
            self.enter_password();
        }
    }

    fn close_password_dialogs(&mut self) {
        if matches!(
            self.dialog,
            Some(Question::GoOnOrRetest | Question::ReasonToGoOn | Question::UntestedName)
        ) {
            self.dialog = None;
        }
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
        let Some(held) = self.acceptance.clone() else { return };
        let about = held.misgivings.iter().map(words::misgiving_about).collect();
        let fact = Fact::Overridden { gate: Gate::Misgivings, reason, about };
        self.record_then(fact, Then::PassMisgivings(Box::new(held)));
    }

    /// Controllers that should be able to prove the password and could not be asked, and why.
    pub fn unproving(&self) -> Vec<(crate::directory::Host, Fault)> {
        self.stations
            .iter()
            .filter_map(|one| Some((one.host.clone(), one.unproving(self.terms.kerberos_alone)?)))
            .collect()
    }
}
