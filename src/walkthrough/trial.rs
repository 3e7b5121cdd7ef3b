//! The password test as its own machine: in which order controllers are asked, and what their answers come to.
//!
//! The PDC emulator alone first; LDAP, then Kerberos; the rest only after *current*, and all at once only then.
//! Each attempt is reserved before it is made. A controller that says nothing of the password is passed over.
//! Pure; run by the walk and by `verify`. Deliberately absent: budgets (`directory::lockout`) and sentences (`words`).

use std::time::Duration;

use jiff::Timestamp;

use crate::directory::lockout::{AttemptId, Charge};
use crate::directory::refusal::SubCode;
use crate::directory::{AccountFacts, Answer, Fault, Host, KerberosService, Protocol, Reach, Tested, Tls};
use crate::secret::SecretId;
use crate::text::Safe;

use super::fact::ProofWord;

mod identity;
mod order;
#[cfg(test)]
mod tests;

/// A controller that may be given the password, in the order in which it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub host: Host,
    pub pdc_emulator: bool,
    pub ldap: bool,
    pub kerberos: bool,
}

impl Candidate {
    /// `kerberos_alone`: the site wants no password to leave this machine.
    pub fn from_reach(reach: &Reach, kerberos_alone: bool) -> Option<Self> {
        let candidate = Self {
            host: reach.host.clone(),
            pdc_emulator: reach.pdc_emulator,
            ldap: matches!(reach.tls, Tls::Verified { .. }) && !kerberos_alone,
            kerberos: reach.kerberos == KerberosService::Available,
        };
        (reach.provable() && (candidate.ldap || candidate.kerberos)).then_some(candidate)
    }

    fn first_protocol(&self) -> Protocol {
        if self.ldap { Protocol::Ldap } else { Protocol::Kerberos }
    }
}

/// One controller's turn, by one protocol, under one reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub id: AttemptId,
    pub host: Host,
    pub protocol: Protocol,
}

/// What one controller said of the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub host: Host,
    pub pdc_emulator: bool,
    pub word: RowWord,
    pub latency: Option<Duration>,
    pub checked: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowWord {
    NotChecked,
    Testing,
    CurrentByKerberos,
    CurrentByAge,
    Accepted,
    /// Accepted by LDAP and refused by Kerberos.
    Previous,
    /// Accepted, and it was another account's.
    AnotherAccounts,
    Refused(SubCode),
    NotKnown(Fault),
}

/// What the trial came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted, with whatever stands against saving it without a word.
    Accepted {
        proof: ProofWord,
        misgivings: Vec<Misgiving>,
    },
    Refused {
        host: Host,
        code: SubCode,
        previous: bool,
    },
    /// The password may be right, but the account can't be used with it.
    Closed {
        host: Host,
        code: SubCode,
    },
    /// The bind went through as another account.
    AnotherAccounts {
        host: Host,
        read: Safe,
    },
    /// Neither proved nor refused.
    Unproved {
        host: Host,
        fault: Fault,
    },
}

/// Accepted, but.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misgiving {
    /// It may be the previous password until then.
    PerhapsPrevious {
        until: Option<Timestamp>,
    },
    RefusedElsewhere {
        host: Host,
        code: SubCode,
    },
    NotKnownElsewhere {
        host: Host,
        fault: Fault,
    },
    /// The guard left no attempt for it.
    NotTried {
        host: Host,
    },
    /// Logon hours or workstations (530, 531).
    RestrictedHere {
        host: Host,
        code: SubCode,
    },
    /// Proved, but not by the PDC emulator.
    NotAtPdcEmulator,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Reserve { controllers: Vec<Host>, protocol: Protocol, charge: Charge },
    Test(Attempt),
    Done(Verdict),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub secret: SecretId,
    pub rows: Vec<Row>,
    /// As the lead has it, or the first that could read it.
    pub account: Option<AccountFacts>,
    /// As each controller has it that accepted its bind.
    read: Vec<(Host, AccountFacts)>,
    candidates: Vec<Candidate>,
    /// How long the directory may accept the previous password.
    old_password: Duration,
    misgivings: Vec<Misgiving>,
    proof: Option<ProofWord>,
    stage: Stage,
    /// Which candidate is asked alone and first: the next one only while none has said anything.
    lead: usize,
    /// The lead's own clock, as its answer by LDAP told.
    lead_time: Option<Timestamp>,
    /// The first that neither proved nor refused it.
    unproved: Option<(Host, Fault)>,
    /// Whose clock differed: each is asked once more by its own time, under a permit of its own.
    skewed: Vec<Host>,
    /// Those of them whose turn comes when the others of their round have answered.
    again: Vec<Host>,
    /// The first may be a retest of a password proved already.
    pub retest: bool,
    verdict: Option<Verdict>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// The lead, by its first protocol.
    First,
    /// The same one, by Kerberos.
    Proving,
    /// The candidate with this number, alone.
    OneByOne(usize),
    /// All that remain and speak this protocol, at once; so many answers are still out.
    Together {
        protocol: Protocol,
        out: usize,
    },
    Over,
}

impl Trial {
    /// `candidates` must hold one at least; the PDC emulator is moved to the front.
    pub fn begin(secret: SecretId, mut candidates: Vec<Candidate>, old_password: Duration) -> Self {
        candidates.sort_by_key(|candidate| !candidate.pdc_emulator);
        let rows = candidates
            .iter()
            .map(|candidate| Row {
                host: candidate.host.clone(),
                pdc_emulator: candidate.pdc_emulator,
                word: RowWord::NotChecked,
                latency: None,
                checked: None,
            })
            .collect();
        Self {
            secret,
            rows,
            account: None,
            read: Vec::new(),
            candidates,
            old_password,
            misgivings: Vec::new(),
            proof: None,
            stage: Stage::First,
            lead: 0,
            lead_time: None,
            unproved: None,
            skewed: Vec::new(),
            again: Vec::new(),
            retest: false,
            verdict: None,
        }
    }

    /// The first thing to do.
    pub fn first(&self) -> Option<Step> {
        let first = self.candidates.first()?;
        Some(reserve_one(&first.host, first.first_protocol()))
    }

    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    pub fn over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// The attempts stand in the ledger: make them. At least one; none at all is [`Trial::shut`].
    pub fn reserved(&mut self, attempts: &[(AttemptId, Host)], protocol: Protocol) -> Vec<Step> {
        if let Stage::Together { protocol, out } = &mut self.stage {
            *out = attempts.len();
            let protocol = *protocol;
            let tried: Vec<Host> = attempts.iter().map(|(_, host)| host.clone()).collect();
            self.not_tried(protocol, &tried);
        }
        for (_, host) in attempts {
            self.set_word(host, RowWord::Testing);
        }
        attempts
            .iter()
            .map(|(id, host)| Step::Test(Attempt { id: *id, host: host.clone(), protocol }))
            .collect()
    }

    /// The guard left nothing: what is known so far has to do. `None` if nothing was tried yet.
    pub fn shut(&mut self) -> Option<Vec<Step>> {
        match self.stage {
            Stage::First if self.unproved.is_none() => None,
            Stage::First => Some(self.finish()),
            Stage::Over => None,
            Stage::Proving => Some(self.without_kerberos_proof()),
            Stage::OneByOne(_) => {
                self.not_tried(Protocol::Ldap, &[]);
                self.not_tried(Protocol::Kerberos, &[]);
                Some(self.finish())
            }
            Stage::Together { protocol, .. } => {
                self.not_tried(protocol, &[]);
                Some(self.together_after(protocol))
            }
        }
    }

    /// One controller is asked at a time.
    pub(super) fn alone(&self) -> bool {
        matches!(self.stage, Stage::First | Stage::Proving | Stage::OneByOne(_))
    }

    /// What was reserved for it is not made.
    pub(super) fn untested(&mut self, host: &Host) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.host == *host && row.word == RowWord::Testing)
        {
            row.word = RowWord::NotChecked;
        }
    }

    /// One controller answered. `at` is the message's time.
    pub fn tested(&mut self, attempt: &Attempt, tested: &Tested, at: Timestamp) -> Vec<Step> {
        let Attempt { host, protocol, .. } = attempt;
        let protocol = *protocol;
        if self.over() {
            return Vec::new();
        }
        let another = self.read_back(host, tested.account.as_ref());
        if let Some(row) = self.rows.iter_mut().find(|row| row.host == *host) {
            row.word = row_word(protocol, &tested.answer);
            row.latency = Some(tested.latency);
            row.checked = Some(at);
        }
        if let Some(read) = another {
            return self.anothers(host, read);
        }
        if self.asks_by_its_time(attempt, tested) {
            self.set_word(host, RowWord::NotChecked);
            if self.alone() {
                return vec![reserve_one(host, Protocol::Kerberos)];
            }
            self.again.push(host.clone());
            return self.one_less_out();
        }
        match self.stage {
            Stage::First => self.first_answered(host, protocol, tested),
            Stage::Proving => self.proof_answered(host, &tested.answer),
            Stage::OneByOne(number) => self.next_answered(number, host, &tested.answer),
            Stage::Together { .. } => {
                self.note_elsewhere(host, &tested.answer);
                self.one_less_out()
            }
            Stage::Over => Vec::new(),
        }
    }

    /// Kerberos error 37 judges nothing and counts nothing; once, it is answered with the controller's own time.
    fn asks_by_its_time(&mut self, attempt: &Attempt, tested: &Tested) -> bool {
        let off = tested.answer == Answer::NotSent(Fault::ClockSkew)
            && tested.controller_time.is_some()
            && !self.skewed.contains(&attempt.host);
        if off {
            self.skewed.push(attempt.host.clone());
        }
        off
    }

    /// One answer of a round is in: after the last, those whose clock differed, and then the next round.
    fn one_less_out(&mut self) -> Vec<Step> {
        let Stage::Together { protocol, out } = self.stage else { return Vec::new() };
        let out = out.saturating_sub(1);
        self.stage = Stage::Together { protocol, out };
        match (out, self.again.is_empty()) {
            (0, true) => self.together_after(protocol),
            (0, false) => {
                let controllers = std::mem::take(&mut self.again);
                self.stage = Stage::Together { protocol, out: controllers.len() };
                vec![Step::Reserve { controllers, protocol, charge: Charge::ControllerOnly }]
            }
            (_, _) => Vec::new(),
        }
    }

    fn leading(&self) -> Option<&Candidate> {
        self.candidates.get(self.lead)
    }

    fn leads(&self, host: &Host) -> bool {
        self.leading().is_some_and(|lead| lead.host == *host)
    }

    fn set_word(&mut self, host: &Host, word: RowWord) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.host == *host) {
            row.word = word;
        }
    }
}

fn reserve_one(host: &Host, protocol: Protocol) -> Step {
    Step::Reserve { controllers: vec![host.clone()], protocol, charge: Charge::Account }
}

fn row_word(protocol: Protocol, answer: &Answer) -> RowWord {
    match answer {
        Answer::Accepted if protocol == Protocol::Kerberos => RowWord::CurrentByKerberos,
        Answer::Accepted => RowWord::Accepted,
        Answer::Refused(refusal) => RowWord::Refused(refusal.code),
        Answer::NotKnown(fault) | Answer::NotSent(fault) => RowWord::NotKnown(fault.clone()),
    }
}
