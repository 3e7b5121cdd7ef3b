//! Who is asked next, given what the last one said.
//!
//! The lead is asked by LDAP and then by Kerberos. *Current* at the PDC emulator opens the rest at once; anything less,
//! one at a time, and the first refusal ends it.

use jiff::Timestamp;

use crate::directory::lockout::Charge;
use crate::directory::refusal::{Class, SubCode};
use crate::directory::{Answer, Fault, Host, Protocol, Tested};
use crate::text::Safe;
use crate::walkthrough::fact::ProofWord;

use super::{Candidate, Misgiving, RowWord, Stage, Step, Trial, Verdict, reserve_one};

impl Trial {
    pub(super) fn first_answered(&mut self, host: &Host, protocol: Protocol, tested: &Tested) -> Vec<Step> {
        match &tested.answer {
            Answer::Accepted if protocol == Protocol::Kerberos => self.proved_by_kerberos(host),
            Answer::Accepted => {
                self.lead_time = tested.controller_time;
                if self.leading().is_some_and(|lead| lead.kerberos) {
                    self.stage = Stage::Proving;
                    return vec![reserve_one(host, Protocol::Kerberos)];
                }
                self.without_kerberos_proof()
            }
            Answer::Refused(refusal) => match refusal.code.class() {
                Class::NotKnown => self.lead_is_silent(host, &unwilling(refusal.code)),
                Class::Refused | Class::Closed | Class::RestrictedHere => self.refused(host, refusal.code),
            },
            Answer::NotKnown(fault) | Answer::NotSent(fault) => self.lead_is_silent(host, fault),
        }
    }

    /// It neither proved nor refused the password: the next one is asked instead.
    fn lead_is_silent(&mut self, host: &Host, fault: &Fault) -> Vec<Step> {
        self.misgivings.push(Misgiving::NotKnownElsewhere { host: host.clone(), fault: fault.clone() });
        self.unproved.get_or_insert_with(|| (host.clone(), fault.clone()));
        self.lead = self.lead.saturating_add(1);
        match self.leading() {
            Some(next) => vec![reserve_one(&next.host, next.first_protocol())],
            None => self.finish(),
        }
    }

    /// LDAP accepted, and Kerberos has now said whether it is the current one.
    pub(super) fn proof_answered(&mut self, host: &Host, answer: &Answer) -> Vec<Step> {
        match answer {
            Answer::Accepted => self.proved_by_kerberos(host),
            Answer::Refused(refusal) if refusal.code == SubCode::WrongPassword => {
                self.set_word(host, RowWord::Previous);
                self.end(Verdict::Refused { host: host.clone(), code: refusal.code, previous: true })
            }
            Answer::Refused(refusal) => match refusal.code.class() {
                Class::NotKnown => self.without_kerberos_proof(),
                Class::Refused | Class::Closed | Class::RestrictedHere => self.refused(host, refusal.code),
            },
            Answer::NotKnown(_) | Answer::NotSent(_) => self.without_kerberos_proof(),
        }
    }

    fn at_pdc_emulator(&self) -> bool {
        self.leading().is_some_and(|lead| lead.pdc_emulator)
    }

    fn proved_by_kerberos(&mut self, host: &Host) -> Vec<Step> {
        self.set_word(host, RowWord::CurrentByKerberos);
        if self.at_pdc_emulator() {
            self.proof = Some(ProofWord::CurrentByKerberos);
        } else {
            self.proof = Some(ProofWord::CurrentElsewhere);
            self.misgivings.push(Misgiving::NotAtPdcEmulator);
        }
        self.others()
    }

    /// An older change than the directory's window for the previous password makes an accepted one the current one;
    /// only the PDC emulator's own word and clock count, since every change reaches it at once.
    pub(super) fn without_kerberos_proof(&mut self) -> Vec<Step> {
        let at_pdc = self.at_pdc_emulator();
        let changed = self.account.as_ref().and_then(|facts| facts.password_changed);
        let until =
            changed.and_then(|changed| changed.checked_add(self.old_password).ok()).filter(|_| at_pdc);
        let by_age = until.zip(self.lead_time).is_some_and(|(until, time): (Timestamp, _)| until <= time);
        let word = if by_age { RowWord::CurrentByAge } else { RowWord::Accepted };
        if let Some(host) = self.leading().map(|lead| lead.host.clone()) {
            self.set_word(&host, word);
        }
        if by_age {
            self.proof = Some(ProofWord::CurrentByAge);
        } else {
            self.proof = Some(ProofWord::PerhapsPrevious);
            self.misgivings.push(Misgiving::PerhapsPrevious { until });
        }
        self.others()
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
            Class::NotKnown => self.end(Verdict::Unproved { host, fault: unwilling(code) }),
        }
    }

    /// The rest: all at once after *current*, one at a time otherwise.
    fn others(&mut self) -> Vec<Step> {
        match self.proof {
            Some(ProofWord::CurrentByKerberos | ProofWord::CurrentByAge) => self.together(Protocol::Ldap),
            Some(
                ProofWord::CurrentElsewhere
                | ProofWord::PerhapsPrevious
                | ProofWord::RestrictedHere
                | ProofWord::Untested,
            )
            | None => self.one_by_one(self.lead.saturating_add(1)),
        }
    }

    fn together(&mut self, protocol: Protocol) -> Vec<Step> {
        let controllers: Vec<Host> = self.rest(protocol).map(|one| one.host.clone()).collect();
        if controllers.is_empty() {
            return self.together_after(protocol);
        }
        self.stage = Stage::Together { protocol, out: controllers.len() };
        vec![Step::Reserve { controllers, protocol, charge: Charge::ControllerOnly }]
    }

    /// Those that speak LDAP have answered; those that have only Kerberos follow.
    pub(super) fn together_after(&mut self, protocol: Protocol) -> Vec<Step> {
        match protocol {
            Protocol::Ldap => self.together(Protocol::Kerberos),
            Protocol::Kerberos => self.finish(),
        }
    }

    fn rest(&self, protocol: Protocol) -> impl Iterator<Item = &Candidate> {
        let after = self.lead.saturating_add(1);
        self.candidates.iter().skip(after).filter(move |one| one.first_protocol() == protocol)
    }

    /// What the guard left out of those that were to be asked now.
    pub(super) fn not_tried(&mut self, protocol: Protocol, tried: &[Host]) {
        let left_out: Vec<Host> = self
            .rest(protocol)
            .map(|one| one.host.clone())
            .filter(|host| !tried.contains(host))
            .filter(|host| self.rows.iter().any(|row| row.host == *host && row.word == RowWord::NotChecked))
            .collect();
        self.misgivings.extend(left_out.into_iter().map(|host| Misgiving::NotTried { host }));
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

    pub(super) fn next_answered(&mut self, number: usize, host: &Host, answer: &Answer) -> Vec<Step> {
        if let Answer::Refused(refusal) = answer
            && matches!(refusal.code.class(), Class::Refused | Class::Closed)
        {
            return self.refused(host, refusal.code);
        }
        self.note_elsewhere(host, answer);
        self.one_by_one(number.saturating_add(1))
    }

    pub(super) fn note_elsewhere(&mut self, host: &Host, answer: &Answer) {
        let host = host.clone();
        let misgiving = match answer {
            Answer::Accepted => return,
            Answer::Refused(refusal) => match refusal.code.class() {
                Class::Refused | Class::Closed => Misgiving::RefusedElsewhere { host, code: refusal.code },
                Class::RestrictedHere => Misgiving::RestrictedHere { host, code: refusal.code },
                Class::NotKnown => Misgiving::NotKnownElsewhere { host, fault: unwilling(refusal.code) },
            },
            Answer::NotKnown(fault) | Answer::NotSent(fault) => {
                Misgiving::NotKnownElsewhere { host, fault: fault.clone() }
            }
        };
        self.misgivings.push(misgiving);
    }

    /// Nobody is left to ask. Without a proof of any kind it is not accepted, whatever else was said.
    pub(super) fn finish(&mut self) -> Vec<Step> {
        match (self.proof, self.unproved.clone()) {
            (Some(proof), _) => {
                let misgivings = std::mem::take(&mut self.misgivings);
                self.end(Verdict::Accepted { proof, misgivings })
            }
            (None, Some((host, fault))) => self.end(Verdict::Unproved { host, fault }),
            (None, None) => {
                let host = self.leading().map(|lead| lead.host.clone()).unwrap_or_default();
                let fault = Fault::Internal(Safe::new("nothing was asked"));
                self.end(Verdict::Unproved { host, fault })
            }
        }
    }

    pub(super) fn end(&mut self, verdict: Verdict) -> Vec<Step> {
        self.stage = Stage::Over;
        self.verdict = Some(verdict.clone());
        vec![Step::Done(verdict)]
    }
}

fn unwilling(code: SubCode) -> Fault {
    Fault::Unwilling(Safe::new(&code.to_string()))
}
