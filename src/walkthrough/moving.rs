//! Moving from step to step, forwards and back; and what the passing of time sets off.

use crate::portal::Fault;

use super::errand::Errand;
use super::fact::Fact;
use super::step::{Outcome, Phase, Question, Reason, Step};
use super::{Notice, Saving, Walkthrough};

impl Walkthrough {
    /// Enter, outside fields and dialogs.
    pub(super) fn proceed(&mut self) {
        match self.current {
            Step::Portal => match self.phase(Step::Portal) {
                Phase::Blocked(_) => self.retry_portal(),
                Phase::Settled(_) => self.go_to(Step::Configuration),
                Phase::Ready => self.begin_portal(),
                Phase::Working | Phase::Asking(_) => self.notice = Some(Notice::Waiting),
            },
            Step::Configuration => self.settle(Step::Configuration, Outcome::Done),
            Step::DirectoryServices => self.proceed_directory_services(),
            Step::Password => self.proceed_password(),
            Step::Save if self.handed_over() => self.ask_saved_there(),
            Step::Save => match self.phase(Step::Save) {
                Phase::Blocked(Reason::ProofTooOld) => {
                    self.back_to_password();
                    self.test_password();
                }
                Phase::Blocked(Reason::NotTested) => self.back_to_password(),
                Phase::Blocked(Reason::NotSaved(Fault::Unauthorized)) => self.go_back(Step::Portal),
                Phase::Blocked(_) | Phase::Ready => self.enter_save(),
                Phase::Working | Phase::Asking(_) => self.notice = Some(Notice::Waiting),
                Phase::Settled(_) => self.go_to(Step::Services),
            },
            Step::Services => self.settle_services(),
            Step::Sensors => self.settle_sensors(),
        }
    }

    fn proceed_directory_services(&mut self) {
        match self.phase(Step::DirectoryServices) {
            Phase::Ready => self.settle_directory_services(),
            Phase::Settled(_) => self.go_to(Step::Password),
            Phase::Blocked(Reason::NoProvableController) => self.dialog = Some(Question::WithoutController),
            Phase::Blocked(Reason::ManagedAccount | Reason::EntryName(_)) if self.entries.len() > 1 => {
                self.ask(Step::DirectoryServices, Question::WhichEntry);
            }
            Phase::Blocked(_) => self.refresh(),
            Phase::Working | Phase::Asking(_) => self.notice = Some(Notice::Waiting),
        }
    }

    fn proceed_password(&mut self) {
        match self.phase(Step::Password) {
            Phase::Asking(Question::Password) => self.test_password(),
            Phase::Blocked(Reason::NotYetChanged) => self.ask(Step::Password, Question::ChangedInDirectory),
            Phase::Blocked(Reason::PasswordUnproved { .. } | Reason::GuardNever)
                if self.acceptance.is_some() =>
            {
                self.dialog = Some(Question::GoOnOrRetest);
            }
            Phase::Blocked(Reason::NoProvableController) => self.go_back(Step::DirectoryServices),
            Phase::Blocked(_) if self.acceptance.is_some() || self.waiting.is_some() => self.test_password(),
            Phase::Blocked(_) => self.ask(Step::Password, Question::Password),
            Phase::Ready | Phase::Settled(_) => self.settle_password(),
            Phase::Working | Phase::Asking(_) => self.notice = Some(Notice::Waiting),
        }
    }

    /// The step is done; on to the next.
    pub(super) fn settle(&mut self, step: Step, outcome: Outcome) {
        self.set(step, Phase::Settled(outcome.clone()));
        self.taken_up.target = None;
        self.record(Fact::Settled { step, outcome });
        if let Some(next) = step.next().filter(|_| !self.leaving) {
            self.go_to(next);
        }
    }

    pub(super) fn go_to(&mut self, step: Step) {
        self.current = step;
        match step {
            Step::Portal => self.begin_portal(),
            Step::Configuration => self.set(step, Phase::Ready),
            Step::DirectoryServices => self.enter_directory_services(),
            Step::Password => self.enter_password(),
            Step::Save => self.enter_save(),
            Step::Services => self.enter_services(),
            Step::Sensors => self.enter_sensors(),
        }
    }

    /// The step 4 that an unsaved step 5 falls back to: nothing is voided by that.
    pub(super) fn back_to_password(&mut self) {
        self.reopen_from(Step::Password);
        self.go_to(Step::Password);
    }

    /// Back to an earlier step. After a save that means saving another password, so it is asked first.
    pub(super) fn go_back(&mut self, to: Step) {
        if to < self.current && self.handed_over() {
            // What happened at the portal is said first.
            self.ask_saved_there();
        } else if to >= self.current || self.sending() || self.testing() {
            self.notice = Some(Notice::Waiting);
        } else if self.saved() && to <= Step::Save {
            self.dialog = Some(Question::Recover);
        } else {
            self.reopen(to);
        }
    }

    /// Voids what rests on the step; never an attempt, the baseline or a save.
    pub(super) fn reopen(&mut self, to: Step) {
        self.taken_up.target = None;
        self.dialog = None;
        self.record(Fact::WentBack { to });
        self.reopen_from(to);
        self.current = to;
        if to <= Step::Password {
            self.saving = Saving::NotBegun;
            self.stop_marking();
            self.void_acceptance();
            self.empty_field();
        }
        match to {
            Step::Portal => self.retry_portal(),
            Step::DirectoryServices => self.reopen_directory_services(),
            Step::Configuration | Step::Password | Step::Save | Step::Services | Step::Sensors => {
                self.go_to(to);
            }
        }
    }

    /// Another entry may be chosen; what is known of the entries is read again meanwhile.
    fn reopen_directory_services(&mut self) {
        self.without_controller = false;
        if self.entries.len() > 1 {
            self.ask(Step::DirectoryServices, Question::WhichEntry);
            if self.reads_entries() {
                self.read_entries();
            }
        } else {
            self.read_entries_anew();
        }
    }

    pub(super) fn reopen_from(&mut self, step: Step) {
        for later in Step::ALL.into_iter().filter(|later| *later >= step) {
            self.set(later, Phase::Ready);
        }
    }

    fn read_entries_anew(&mut self) {
        if self.reads_entries() {
            self.set(Step::DirectoryServices, Phase::Working);
            self.read_entries();
        } else {
            self.enter_directory_services();
        }
    }

    pub(super) fn refresh(&mut self) {
        match self.current {
            Step::Portal => self.refresh_portal(),
            Step::DirectoryServices if !self.errands.values().any(|out| matches!(out, Errand::Reach(_))) => {
                self.read_entries_anew();
            }
            Step::Save if matches!(self.saving, Saving::AskingBack { again: Some(_), .. }) => {
                self.read_back();
            }
            Step::Services => {
                self.ask_services();
                self.poll_portal();
            }
            Step::Configuration | Step::Sensors => self.poll_portal(),
            Step::DirectoryServices | Step::Password | Step::Save => {}
        }
    }

    pub(super) fn time_passed(&mut self) {
        self.clipboard_due();
        if self.leaving {
            return;
        }
        let due = |at: Option<crate::clock::Instant>| at.is_some_and(|at| at <= self.now.at);
        let write = due(self.next_writing);
        let (poll, services, sign_in) =
            (due(self.portal.next_poll), due(self.next_services), due(self.next_sign_in));
        if write {
            self.write_again();
        }
        if poll {
            self.poll_portal();
        }
        if services {
            self.ask_services();
        }
        if sign_in {
            self.poll_sign_in();
        }
        if let Saving::AskingBack { again: Some(again), .. } = self.saving
            && again <= self.now.at
        {
            self.read_back();
        }
        self.judge();
    }
}
