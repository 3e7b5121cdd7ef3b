//! The password test as its own machine: in which order controllers are asked, and what their answers come to.
//!
//! The PDC emulator alone first; LDAP, then Kerberos; the rest only after *current*, and all at once only then.
//! Each attempt is reserved before it is made. Never more than one retry, and that only after a clock skew.
//! Pure; run by the walk and by `verify`. Deliberately absent: budgets (`directory::lockout`) and sentences (`words`).

use std::time::Duration;

use jiff::Timestamp;

use crate::directory::lockout::{AttemptId, Charge};
use crate::directory::refusal::{Class, SubCode};
use crate::directory::{AccountFacts, Answer, Fault, Host, Protocol, Reach, Tested, Tls};
use crate::secret::SecretId;

use super::fact::ProofWord;

/// A controller that may be given the password, in the order in which it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub host: Host,
    pub pdc_emulator: bool,
    pub ldap: bool,
    pub kerberos: bool,
}

impl Candidate {
    pub fn from_reach(reach: &Reach) -> Option<Self> {
        reach.provable().then(|| Self {
            host: reach.host.clone(),
            pdc_emulator: reach.pdc_emulator,
            ldap: matches!(reach.tls, Tls::Verified { .. }),
            kerberos: reach.kerberos == crate::directory::KerberosService::Available,
        })
    }

    fn first_protocol(&self) -> Protocol {
        if self.ldap { Protocol::Ldap } else { Protocol::Kerberos }
    }
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
    Test { attempt: AttemptId, host: Host, protocol: Protocol },
    Done(Verdict),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    pub secret: SecretId,
    pub rows: Vec<Row>,
    pub account: Option<AccountFacts>,
    candidates: Vec<Candidate>,
    /// How long the directory may accept the previous password.
    old_password: Duration,
    misgivings: Vec<Misgiving>,
    proof: Option<ProofWord>,
    stage: Stage,
    /// The first may be a retest of a password proved already.
    pub retest: bool,
    verdict: Option<Verdict>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// The first candidate, by LDAP.
    First,
    /// The same one, by Kerberos.
    Proving,
    /// The candidate with this number, alone.
    OneByOne(usize),
    /// All that remain, at once; so many answers are still out.
    Together {
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
            candidates,
            old_password,
            misgivings: Vec::new(),
            proof: None,
            stage: Stage::First,
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

    /// The attempts stand in the ledger and on record: make them.
    pub fn reserved(&mut self, attempts: &[(AttemptId, Host)], protocol: Protocol) -> Vec<Step> {
        if let Stage::Together { out } = &mut self.stage {
            *out = attempts.len();
            let tried: Vec<&Host> = attempts.iter().map(|(_, host)| host).collect();
            for candidate in
                self.candidates.iter().skip(1).filter(|candidate| !tried.contains(&&candidate.host))
            {
                self.misgivings.push(Misgiving::NotTried { host: candidate.host.clone() });
            }
        }
        for (_, host) in attempts {
            if let Some(row) = self.rows.iter_mut().find(|row| row.host == *host) {
                row.word = RowWord::Testing;
            }
        }
        if attempts.is_empty() {
            return self.finish();
        }
        attempts
            .iter()
            .map(|(attempt, host)| Step::Test { attempt: *attempt, host: host.clone(), protocol })
            .collect()
    }

    /// The guard left nothing: what is known so far has to do. `None` if nothing was proved yet.
    pub fn shut(&mut self) -> Option<Vec<Step>> {
        match self.stage {
            Stage::First | Stage::Over => None,
            Stage::Proving => Some(self.without_kerberos_proof()),
            Stage::OneByOne(_) | Stage::Together { .. } => {
                let untried: Vec<Host> = self
                    .rows
                    .iter()
                    .filter(|row| row.word == RowWord::NotChecked)
                    .map(|row| row.host.clone())
                    .collect();
                self.misgivings.extend(untried.into_iter().map(|host| Misgiving::NotTried { host }));
                Some(self.finish())
            }
        }
    }

    /// One controller answered. `at` is the message's time.
    pub fn tested(&mut self, host: &Host, protocol: Protocol, tested: &Tested, at: Timestamp) -> Vec<Step> {
        if self.over() {
            return Vec::new();
        }
        if let Some(facts) = &tested.account
            && (self.account.is_none() || self.is_first(host))
        {
            self.account = Some(facts.clone());
        }
        self.set_row(host, row_word(protocol, &tested.answer), tested.latency, at);
        match self.stage {
            Stage::First => self.first_answered(host, protocol, tested),
            Stage::Proving => self.proof_answered(host, &tested.answer),
            Stage::OneByOne(number) => self.next_answered(number, host, &tested.answer),
            Stage::Together { out } => {
                self.note_elsewhere(host, &tested.answer);
                let out = out.saturating_sub(1);
                self.stage = Stage::Together { out };
                if out == 0 { self.finish() } else { Vec::new() }
            }
            Stage::Over => Vec::new(),
        }
    }

    fn is_first(&self, host: &Host) -> bool {
        self.candidates.first().is_some_and(|first| first.host == *host)
    }

    fn set_row(&mut self, host: &Host, word: RowWord, latency: Duration, at: Timestamp) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.host == *host) {
            row.word = word;
            row.latency = Some(latency);
            row.checked = Some(at);
        }
    }

    fn first_answered(&mut self, host: &Host, protocol: Protocol, tested: &Tested) -> Vec<Step> {
        match &tested.answer {
            Answer::Accepted if protocol == Protocol::Kerberos => self.proved_by_kerberos(host),
            Answer::Accepted => {
                let kerberos = self.candidates.first().is_some_and(|first| first.kerberos);
                if kerberos {
                    self.stage = Stage::Proving;
                    return vec![reserve_one(host, Protocol::Kerberos)];
                }
                self.judge_by_age(host, tested.controller_time);
                self.others()
            }
            Answer::Refused(refusal) => self.refused(host, refusal.code),
            Answer::NotKnown(fault) | Answer::NotSent(fault) => {
                self.end(Verdict::Unproved { host: host.clone(), fault: fault.clone() })
            }
        }
    }

    /// LDAP accepted, and Kerberos has now said whether it is the current one.
    fn proof_answered(&mut self, host: &Host, answer: &Answer) -> Vec<Step> {
        match answer {
            Answer::Accepted => self.proved_by_kerberos(host),
            Answer::Refused(refusal) if refusal.code == SubCode::WrongPassword => {
                if let Some(row) = self.rows.iter_mut().find(|row| row.host == *host) {
                    row.word = RowWord::Previous;
                }
                self.end(Verdict::Refused { host: host.clone(), code: refusal.code, previous: true })
            }
            Answer::Refused(refusal) => self.refused(host, refusal.code),
            Answer::NotKnown(_) | Answer::NotSent(_) => self.without_kerberos_proof(),
        }
    }

    fn proved_by_kerberos(&mut self, host: &Host) -> Vec<Step> {
        let at_pdc = self.candidates.first().is_some_and(|first| first.pdc_emulator);
        if let Some(row) = self.rows.iter_mut().find(|row| row.host == *host) {
            row.word = RowWord::CurrentByKerberos;
        }
        if at_pdc {
            self.proof = Some(ProofWord::CurrentByKerberos);
        } else {
            self.proof = Some(ProofWord::CurrentElsewhere);
            self.misgivings.push(Misgiving::NotAtPdcEmulator);
        }
        self.others()
    }

    fn without_kerberos_proof(&mut self) -> Vec<Step> {
        self.proof = Some(ProofWord::PerhapsPrevious);
        self.misgivings.push(Misgiving::PerhapsPrevious { until: None });
        if let Some(row) = self.rows.first_mut() {
            row.word = RowWord::Accepted;
        }
        self.others()
    }

    /// An older change than the directory's window for the previous password makes an accepted one the current one;
    /// only the PDC emulator's own word and clock count, since every change reaches it at once.
    fn judge_by_age(&mut self, host: &Host, controller_time: Option<Timestamp>) {
        let at_pdc = self.candidates.first().is_some_and(|first| first.pdc_emulator);
        let changed = self.account.as_ref().and_then(|facts| facts.password_changed);
        let until = changed.and_then(|changed| changed.checked_add(self.old_password).ok());
        match (until, controller_time) {
            (Some(until), Some(time)) if at_pdc && until <= time => {
                self.proof = Some(ProofWord::CurrentByAge);
                if let Some(row) = self.rows.iter_mut().find(|row| row.host == *host) {
                    row.word = RowWord::CurrentByAge;
                }
            }
            _ => {
                self.proof = Some(ProofWord::PerhapsPrevious);
                self.misgivings.push(Misgiving::PerhapsPrevious { until: until.filter(|_| at_pdc) });
            }
        }
    }

    fn refused(&mut self, host: &Host, code: SubCode) -> Vec<Step> {
        let host = host.clone();
        match code.class() {
            Class::Refused => self.end(Verdict::Refused { host, code, previous: false }),
            Class::Closed => self.end(Verdict::Closed { host, code }),
            Class::RestrictedHere => {
                self.proof = Some(ProofWord::RestrictedHere);
                self.misgivings.push(Misgiving::RestrictedHere { host, code });
                self.finish()
            }
            Class::NotKnown => {
                let fault = Fault::Unwilling(crate::text::Safe::new(&code.to_string()));
                self.end(Verdict::Unproved { host, fault })
            }
        }
    }

    fn proved_current(&self) -> bool {
        matches!(self.proof, Some(ProofWord::CurrentByKerberos | ProofWord::CurrentByAge))
    }

    /// The rest: all at once after *current*, one at a time otherwise.
    fn others(&mut self) -> Vec<Step> {
        let rest: Vec<Host> =
            self.candidates.iter().skip(1).filter(|one| one.ldap).map(|one| one.host.clone()).collect();
        if rest.is_empty() {
            return self.finish();
        }
        if self.proved_current() {
            self.stage = Stage::Together { out: rest.len() };
            return vec![Step::Reserve {
                controllers: rest,
                protocol: Protocol::Ldap,
                charge: Charge::ControllerOnly,
            }];
        }
        self.one_by_one(1)
    }

    fn one_by_one(&mut self, number: usize) -> Vec<Step> {
        match self.candidates.get(number) {
            Some(next) => {
                self.stage = Stage::OneByOne(number);
                vec![reserve_one(&next.host, next.first_protocol())]
            }
            None => self.finish(),
        }
    }

    fn next_answered(&mut self, number: usize, host: &Host, answer: &Answer) -> Vec<Step> {
        match answer {
            Answer::Refused(refusal) => self.refused(host, refusal.code),
            Answer::Accepted | Answer::NotKnown(_) | Answer::NotSent(_) => {
                self.note_elsewhere(host, answer);
                self.one_by_one(number.saturating_add(1))
            }
        }
    }

    fn note_elsewhere(&mut self, host: &Host, answer: &Answer) {
        let host = host.clone();
        match answer {
            Answer::Accepted => {}
            Answer::Refused(refusal) => {
                self.misgivings.push(Misgiving::RefusedElsewhere { host, code: refusal.code });
            }
            Answer::NotKnown(fault) | Answer::NotSent(fault) => {
                self.misgivings.push(Misgiving::NotKnownElsewhere { host, fault: fault.clone() });
            }
        }
    }

    fn finish(&mut self) -> Vec<Step> {
        let proof = self.proof.unwrap_or(ProofWord::PerhapsPrevious);
        let misgivings = std::mem::take(&mut self.misgivings);
        self.end(Verdict::Accepted { proof, misgivings })
    }

    fn end(&mut self, verdict: Verdict) -> Vec<Step> {
        self.stage = Stage::Over;
        self.verdict = Some(verdict.clone());
        vec![Step::Done(verdict)]
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
