//! The ledger's lines, and what they add up to.
//!
//! Relies on one line being one JSON object. Pure: text and the time in, attempts out. A line that can't be read is an
//! attempt of nobody knows which account: failing closed costs a wait, failing open an account. Deliberately absent: the
//! file, its lock, and the judgement.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Note, Settled};
use crate::directory::lockout::{Attempt, AttemptId, Charge, Outcome};
use crate::directory::{AccountKey, Host, Protocol};

/// The version of the lines written; others are not understood, and therefore count.
pub const VERSION: u8 = 1;

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    Reserved(ReservedLine),
    Settled(SettledLine),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReservedLine {
    v: u8,
    attempt: AttemptId,
    at: Timestamp,
    account: AccountKey,
    controller: Host,
    protocol: Protocol,
    charge: Charge,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettledLine {
    v: u8,
    settled: AttemptId,
    at: Timestamp,
    outcome: Outcome,
}

impl Line {
    pub(super) fn reserved(attempt: &Attempt) -> Self {
        Self::Reserved(ReservedLine {
            v: VERSION,
            attempt: attempt.id,
            at: attempt.at,
            account: attempt.account.clone(),
            controller: attempt.controller.clone(),
            protocol: attempt.protocol,
            charge: attempt.charge,
        })
    }

    pub(super) fn settled(settled: &Settled) -> Self {
        let Settled { attempt, outcome, at } = *settled;
        Self::Settled(SettledLine { v: VERSION, settled: attempt, at, outcome })
    }

    fn read(text: &[u8]) -> Option<Self> {
        let line: Self = serde_json::from_slice(text).ok()?;
        let (Self::Reserved(ReservedLine { v, .. }) | Self::Settled(SettledLine { v, .. })) = &line;
        (*v == VERSION).then_some(line)
    }
}

/// The whole file, read.
#[derive(Default)]
pub(super) struct Book {
    attempts: Vec<Attempt>,
    damaged: Vec<usize>,
    torn: Option<usize>,
    highest: u64,
}

/// Where the next line goes.
#[derive(Clone, Copy)]
pub(super) struct End {
    /// The file's length less a torn last line.
    pub(super) whole: u64,
    /// The file is longer than that.
    pub(super) torn: bool,
    /// The last line is whole but for its line break.
    pub(super) unended: bool,
}

impl End {
    /// Of the whole file, of which it reads the last line alone.
    pub(super) fn of(text: &[u8]) -> Self {
        let last = text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let content = last.trim_ascii();
        let unended = !content.is_empty() && Line::read(content).is_some();
        let torn = if unended || content.is_empty() { 0 } else { last.len() };
        Self { whole: text.len().saturating_sub(torn) as u64, torn: torn > 0, unended }
    }
}

impl Book {
    pub(super) fn read(text: &[u8], now: Timestamp) -> Self {
        let mut book = Self::default();
        let mut last_time = None;
        for (number, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let ended = line.ends_with(b"\n");
            let content = line.trim_ascii();
            match Line::read(content) {
                Some(read) => book.enter(read, number.saturating_add(1), &mut last_time),
                None if content.is_empty() => {}
                None if !ended => book.torn = Some(number.saturating_add(1)),
                None => book.damage(number.saturating_add(1), last_time),
            }
        }
        // Damage before the first line that tells a time happened before it; after no such line, at any time up to now.
        let first_time = book.attempts.iter().map(|attempt| attempt.at).find(|at| *at != Timestamp::MIN);
        for attempt in book.attempts.iter_mut().filter(|attempt| attempt.at == Timestamp::MIN) {
            attempt.at = first_time.unwrap_or(now);
        }
        book
    }

    fn enter(&mut self, line: Line, number: usize, last_time: &mut Option<Timestamp>) {
        match line {
            Line::Reserved(line) => {
                *last_time = (*last_time).max(Some(line.at));
                if self.attempts.iter().any(|attempt| attempt.id == line.attempt) {
                    self.damage(number, *last_time);
                    return;
                }
                self.highest = self.highest.max(line.attempt.0);
                self.attempts.push(Attempt {
                    id: line.attempt,
                    at: line.at,
                    settled_at: None,
                    account: line.account,
                    controller: line.controller,
                    protocol: line.protocol,
                    charge: line.charge,
                    outcome: None,
                });
            }
            Line::Settled(line) => {
                *last_time = (*last_time).max(Some(line.at));
                self.highest = self.highest.max(line.settled.0);
                // The attempt's own line may be the damaged one; that counts already.
                if let Some(attempt) =
                    self.attempts.iter_mut().rev().find(|attempt| attempt.id == line.settled)
                {
                    attempt.outcome = Some(line.outcome);
                    attempt.settled_at = Some(line.at);
                }
            }
        }
    }

    fn damage(&mut self, number: usize, last_time: Option<Timestamp>) {
        self.damaged.push(number);
        self.attempts.push(Attempt {
            id: AttemptId(u64::MAX),
            at: last_time.unwrap_or(Timestamp::MIN),
            settled_at: None,
            account: AccountKey::UNKNOWN,
            controller: Host::default(),
            protocol: Protocol::Ldap,
            charge: Charge::Account,
            outcome: None,
        });
    }

    /// Attempts that are about to be written behind what was read; they count at once.
    pub(super) fn add(&mut self, attempts: &[Attempt]) {
        let highest = attempts.iter().map(|attempt| attempt.id.0).max();
        self.highest = self.highest.max(highest.unwrap_or_default());
        self.attempts.extend_from_slice(attempts);
    }

    /// Drops what ended before `oldest`. Numbers stay taken.
    pub(super) fn forget(&mut self, oldest: Timestamp) {
        self.attempts.retain(|attempt| attempt.settled_at.unwrap_or(attempt.at).max(attempt.at) >= oldest);
    }

    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Beyond every number read and every one that a damaged line may have held.
    pub(super) fn next_id(&self) -> AttemptId {
        AttemptId(self.highest.saturating_add(self.damaged.len() as u64).saturating_add(1))
    }

    pub(super) fn notes(&self) -> Vec<Note> {
        let damaged = self.damaged.iter().map(|number| Note::DamagedLine(*number));
        damaged.chain(self.torn.map(Note::TornLineCut)).collect()
    }
}
