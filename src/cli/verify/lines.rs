//! What `verify --json` says: one object a line, each with its `event`. Stable: names are added, never changed. Pure.
//!
//! Deliberately absent: the password, its length, and anything else of it.

use jiff::Timestamp;
use serde::Serialize;

use crate::directory::lockout::Budget;
use crate::directory::{AccountFacts, Answer, Flag, Group, Host, KerberosService, Protocol, Tested, Tls};
use crate::text::Safe;
use crate::walkthrough::alone::Conclusion;
use crate::walkthrough::fact::ProofWord;
use crate::walkthrough::step::Reason;
use crate::walkthrough::{Reaching, Station, Walkthrough, words};

#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Line {
    /// Something to know: of the account's name, of finding the controllers, of leaving.
    Note {
        text: Safe,
    },
    Reached(Asked),
    Attempt(Attempted),
    Verdict(Verdict),
    Record {
        path: Safe,
        lines: u64,
        hash: Safe,
    },
}

/// One controller, asked without a password.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of the controller's own")]
pub struct Asked {
    host: Host,
    reached: bool,
    pdc_emulator: bool,
    read_only: bool,
    /// A password can be proved by LDAP over TLS.
    ldap: bool,
    /// A password can be proved by Kerberos.
    kerberos: bool,
    latency_ms: Option<u64>,
    why_not: Option<Safe>,
}

/// One controller's answer to the password, by one protocol.
#[derive(Debug, Serialize)]
pub struct Attempted {
    pub host: Host,
    pub protocol: Protocol,
    /// `accepted`, `refused`, `not-known`, `not-sent`.
    pub answer: &'static str,
    /// Of a refusal, as Active Directory writes it: `52e`.
    pub sub_code: Option<Safe>,
    /// In plain words.
    pub why: Option<Safe>,
    pub latency_ms: u64,
    /// From the connection's beginning to the password's answer.
    pub elapsed_ms: u64,
    /// It was charged to the account's budget.
    pub counted: bool,
}

#[derive(Debug, Serialize)]
pub struct Verdict {
    pub word: &'static str,
    pub exit_code: u8,
    /// Who refused or proved it.
    pub host: Option<Host>,
    pub proof: Option<ProofWord>,
    pub sentence: Safe,
    pub remedy: Safe,
    pub misgivings: Vec<Safe>,
    pub account: Option<Facts>,
    pub budget: Option<Left>,
}

/// As the directory had it when the account had let itself in. Absent: not readable.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the directory's own")]
pub struct Facts {
    name: Safe,
    sid: Safe,
    distinguished_name: Safe,
    password_changed: Option<Timestamp>,
    password_expires: Option<Timestamp>,
    disabled: bool,
    locked: bool,
    account_expired: bool,
    password_expired: bool,
    must_change: bool,
    password_never_expires: bool,
    /// What is unusual about it.
    flags: Option<Vec<Flag>>,
    /// The privileged ones.
    groups: Option<Vec<Group>>,
    service_principals: usize,
}

/// What is left of the account's budget.
#[derive(Debug, Serialize)]
pub struct Left {
    /// Absent: not known. 0: the account never locks.
    threshold: Option<u32>,
    counted: u32,
    /// Of those counted, lines of the ledger that can't be read.
    #[serde(skip_serializing_if = "is_none")]
    unreadable: u32,
    /// Absent: without a limit.
    safe: Option<u32>,
}

impl Line {
    pub fn reached(station: &Station, kerberos_alone: bool) -> Option<Self> {
        let host = station.host.clone();
        let why_not = station.unproving(kerberos_alone).map(|fault| Safe::from(fault.to_string()));
        Some(Self::Reached(match &station.state {
            Reaching::NotAsked | Reaching::Asking => return None,
            Reaching::Failed(_) => Asked {
                host,
                reached: false,
                pdc_emulator: false,
                read_only: false,
                ldap: false,
                kerberos: false,
                latency_ms: None,
                why_not,
            },
            Reaching::Reached(reach) => Asked {
                host,
                reached: true,
                pdc_emulator: reach.pdc_emulator,
                read_only: reach.read_only,
                ldap: matches!(reach.tls, Tls::Verified { .. }),
                kerberos: reach.kerberos == KerberosService::Available,
                latency_ms: Some(milliseconds(reach.latency)),
                why_not,
            },
        }))
    }
}

impl Attempted {
    pub fn new(host: &Host, protocol: Protocol, tested: &Tested) -> Self {
        let (answer, sub_code, why, counted) = match &tested.answer {
            Answer::Accepted => ("accepted", None, None, false),
            Answer::Refused(refusal) => {
                let code = Safe::from(refusal.code.to_string());
                ("refused", Some(code), Some(Safe::new(refusal.code.meaning())), true)
            }
            Answer::NotKnown(fault) => ("not-known", None, Some(Safe::from(fault.to_string())), true),
            Answer::NotSent(fault) => ("not-sent", None, Some(Safe::from(fault.to_string())), false),
        };
        let (latency_ms, elapsed_ms) = (milliseconds(tested.latency), milliseconds(tested.elapsed));
        Self { host: host.clone(), protocol, answer, sub_code, why, latency_ms, elapsed_ms, counted }
    }
}

impl Verdict {
    pub fn of(walk: &Walkthrough, conclusion: &Conclusion) -> Self {
        let said = words::conclusion(walk, conclusion);
        let held = walk.acceptance.as_ref();
        Self {
            word: words::conclusion_word(conclusion),
            exit_code: conclusion.exit_code(),
            host: host(walk, conclusion),
            proof: held.map(|held| held.proof).filter(|proof| *proof != ProofWord::Untested),
            sentence: Safe::from(format!("{} {}", said.what, said.means)),
            remedy: said.remedy,
            misgivings: held.iter().flat_map(|held| &held.misgivings).map(words::against).collect(),
            account: walk.trial.as_ref().and_then(|trial| trial.account.as_ref()).map(Facts::new),
            budget: walk.budget.as_ref().map(Left::new),
        }
    }

    pub fn interrupted(walk: &Walkthrough, exit_code: u8) -> Self {
        Self {
            word: "interrupted",
            exit_code,
            host: None,
            proof: None,
            sentence: Safe::new(words::INTERRUPTED),
            remedy: Safe::new(words::AFTER_INTERRUPTION),
            misgivings: Vec::new(),
            account: None,
            budget: walk.budget.as_ref().map(Left::new),
        }
    }
}

/// Who said what decided.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other block is a controller's own")]
fn host(walk: &Walkthrough, conclusion: &Conclusion) -> Option<Host> {
    match conclusion {
        Conclusion::Blocked(
            Reason::PasswordRefused { host, .. }
            | Reason::PasswordClosed { host, .. }
            | Reason::PasswordUnproved { host, .. },
        ) => Some(host.clone()),
        Conclusion::Current | Conclusion::CurrentWhereAsked | Conclusion::NotProved => {
            Some(walk.trial.as_ref()?.rows.iter().find(|row| row.checked.is_some())?.host.clone())
        }
        _ => None,
    }
}

impl Facts {
    fn new(facts: &AccountFacts) -> Self {
        Self {
            name: facts.name.clone(),
            sid: facts.sid.clone(),
            distinguished_name: facts.distinguished_name.clone(),
            password_changed: facts.password_changed,
            password_expires: facts.password_expires,
            disabled: facts.disabled,
            locked: facts.locked,
            account_expired: facts.account_expired,
            password_expired: facts.password_expired,
            must_change: facts.must_change,
            password_never_expires: facts.password_never_expires,
            flags: facts.flags.clone(),
            groups: facts.groups.clone(),
            service_principals: facts.service_principal_count,
        }
    }
}

impl Left {
    fn new(budget: &Budget) -> Self {
        let safe = (budget.safe != u32::MAX).then_some(budget.safe);
        Self { threshold: budget.threshold, counted: budget.counted, unreadable: budget.unreadable, safe }
    }
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

fn milliseconds(latency: std::time::Duration) -> u64 {
    u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)
}
