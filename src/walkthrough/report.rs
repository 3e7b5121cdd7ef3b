//! The record of one walk, or of one password test, gathered for whoever reads it later.
//!
//! A report holds sentences and figures, no more than the record does: it is made from the lines alone. Pure. Deliberately
//! absent: how it is written down (`markdown`; JSON is its own form), and reading the record.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;

use crate::directory::{Account, Host, Protocol};
use crate::text::Safe;

use super::fact::{Basis, DurableSave, Gate, LogPlace, Origin, SaveWord, Witness};
use super::hand_over::HandOver;
use super::resume::{Dated, Past};
use super::watch::{Finding, VerdictWord};

mod gathering;
pub mod markdown;
#[cfg(test)]
mod tests;
mod verdict;

use gathering::Gathering;

/// What the report says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The form of this object: names are added, never changed.
    pub form: u32,
    pub record: Sealed,
    /// In one sentence.
    pub verdict: Safe,
    pub verdict_word: Option<VerdictWord>,
    /// A password was saved that nothing proved.
    pub saved_untested: bool,
    /// No walk: one password was tested, and nothing else was done.
    pub alone: bool,
    pub saved: Option<bool>,
    /// Every save that was announced; the last is the one that the verdict is about.
    pub saves: Vec<Save>,
    /// The record's last line is not the leaving, and nobody is walking: what was done after it is not on record.
    pub broken_off: bool,
    pub account: Option<Account>,
    pub overrides: Vec<Override>,
    /// When one test more than is safe was let through because the account's name was typed.
    pub account_name_typed: Vec<Timestamp>,
    pub people: Vec<Person>,
    pub approvals: Vec<Approval>,
    /// What whoever takes over has to know; the last word of each kind.
    pub hand_over: BTreeMap<HandOver, Safe>,
    pub time_line: Vec<Moment>,
    /// The lines where the clock of the machine was set: times before and after them don't compare.
    pub clock_set: Vec<u64>,
    pub controllers: Vec<Controller>,
    pub account_read: Option<Read>,
    pub before: Option<Before>,
    pub after: Option<Basis>,
    /// Before and after, by name.
    pub sensors: Vec<Sensor>,
    pub services: Vec<Service>,
    pub evidence: Vec<Evidence>,
    /// What kept the verdict from being more.
    pub missing: Vec<Safe>,
    pub tests: Vec<Test>,
}

/// The second person, where the site wants one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approval {
    pub at: Timestamp,
    pub recorded_by: Safe,
    pub approved_by: Safe,
    /// Which save was made under it, counted from 1; `None`: it lapsed with the password that it was for.
    pub save: Option<usize>,
    /// All that were: one that did not happen is made again under it.
    pub saves: Vec<usize>,
}

/// The file, and whether it is as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sealed {
    pub id: Safe,
    pub consistent: bool,
    /// `consistent`, or where not.
    pub said: Safe,
    /// The line from which on nothing can be told: it was changed, or a later program wrote it.
    pub unread_from: Option<u64>,
    /// Lines that are as they were written.
    pub lines: u64,
    /// Of the last of them.
    pub hash: Option<Safe>,
    /// The walk is still being written to it.
    pub going_on: bool,
}

/// Who walked, on which machine, with which program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    pub at: Timestamp,
    pub operator: Safe,
    pub host: Safe,
    pub site: Safe,
    pub lab: bool,
    pub program: Safe,
    pub site_file: Option<Origin>,
    pub signed_in: Option<Safe>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Override {
    pub at: Timestamp,
    pub gate: Gate,
    pub reason: Safe,
    pub about: Vec<Safe>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    pub line: u64,
    pub at: Timestamp,
    pub said: Safe,
}

/// A domain controller, as last reached without a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Controller {
    pub host: Host,
    pub pdc_emulator: bool,
    pub read_only: bool,
    pub provable: bool,
    /// Why it could not be reached.
    pub why: Option<Safe>,
}

/// The account, as read with its own password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Read {
    pub name: Safe,
    pub sid: Safe,
    pub password_changed: Option<Timestamp>,
    pub password_expires: Option<Timestamp>,
    pub password_never_expires: bool,
}

/// At the portal, before anything was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Before {
    pub sensors: usize,
    pub running: usize,
    pub credential_issues: usize,
}

/// A sensor server's service, as last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Service {
    pub host: Host,
    pub state: Safe,
    pub at: Timestamp,
    /// By the operator's word.
    pub marked: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Save {
    pub at: Timestamp,
    pub tested: bool,
    /// By the operator's own hand at the portal.
    pub hand_off: bool,
    /// `None`: what came of it is not on record.
    pub result: Option<SaveWord>,
    /// The same, in words.
    pub said: Safe,
}

/// A sensor before anything was changed, and when the verdict was reached. What is not there was not told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sensor {
    pub host: Safe,
    pub before: Option<Told>,
    pub after: Option<Told>,
    pub finding: Option<Finding>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    pub service: Safe,
    pub status: Safe,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    pub at: Timestamp,
    /// After which of the saves, counted from 1.
    pub save: usize,
    pub host: Safe,
    pub what: Safe,
    pub source: Safe,
    pub by: Option<Witness>,
    /// Of a log's record.
    pub place: Option<LogPlace>,
}

/// The console's own test of the password at one controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Test {
    pub announced: Timestamp,
    pub ended: Option<Timestamp>,
    pub host: Host,
    pub protocol: Protocol,
    pub from: Option<IpAddr>,
    /// The machine by its name.
    pub console: Safe,
    /// *Interrupted*, where no outcome is on record; it counts as one failed attempt.
    pub answer: Safe,
}

impl Report {
    pub fn of(record: Sealed, lines: &[Dated]) -> Self {
        let past = Past::of(lines);
        let mut gathering = Gathering::new(record);
        for (number, (at, fact)) in (1..).zip(lines) {
            gathering.take(number, *at, fact);
        }
        if gathering.report.record.going_on && !past.durable.left {
            gathering.under_way();
        }
        let sensors = gathering.sensors();
        let mut report = gathering.report;
        report.saved = match past.durable.save {
            // What can't be read may tell of one.
            DurableSave::No if report.record.unread_from.is_some() => None,
            DurableSave::No => Some(false),
            DurableSave::Saved => Some(true),
            DurableSave::NotKnown => None,
        };
        report.hand_over = past.durable.hand_over.clone();
        report.verdict_word = past.durable.verdict;
        report.saved_untested = past.durable.save != DurableSave::No && gathering.judged.untested();
        report.broken_off =
            !past.durable.left && !report.record.going_on && report.record.unread_from.is_none();
        report.controllers = gathering.controllers.into_values().collect();
        report.services = gathering.services.into_values().collect();
        report.alone = gathering.alone;
        (report.sensors, report.after, report.missing) =
            (sensors, gathering.judged.after, gathering.judged.missing);
        report.verdict = verdict::sentence(&report, past.durable.save, gathering.proof);
        report
    }
}
