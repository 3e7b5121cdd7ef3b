//! What is new since it was last told, as lines. Pure.
//!
//! Relies on `walkthrough::words` for every sentence. What happened by itself carries its time; what is asked doesn't.
//! Deliberately absent: writing them, and the prompt's own line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::text::Safe;
use crate::walkthrough::step::{Phase, Question, Step};
use crate::walkthrough::trial::{Row, RowWord};
use crate::walkthrough::watch::Finding;
use crate::walkthrough::{Notice, ServiceRow, Walkthrough, words};

use super::known;
use super::prompt::{self, Prompt};

/// What the operator was told last.
#[derive(Default)]
pub struct Telling {
    step: Option<Step>,
    asked: Option<(Prompt, Safe, Vec<Safe>)>,
    /// What is known of the step that is shown, and was said.
    said: BTreeSet<Safe>,
    notice: Option<Notice>,
    rows: BTreeMap<Safe, RowWord>,
    services: BTreeMap<Safe, Safe>,
    findings: BTreeMap<Safe, Finding>,
    verdict: Option<Safe>,
    portal_fault: Option<Safe>,
    record_fault: Option<Safe>,
    clock_behind: Option<Safe>,
    sources: BTreeMap<Safe, bool>,
    tour: Option<&'static str>,
}

impl Telling {
    /// Everything new, in the order in which it should be heard: what happened, where the walk is, what is asked.
    /// Nothing is asked of someone who leaves.
    pub fn news(&mut self, walk: &Walkthrough, leaving: bool) -> Vec<Safe> {
        let mut lines = self.happened(walk);
        let left = matches!(walk.phase(walk.current), Phase::Settled(_)) && walk.dialog.is_none();
        if leaving || walk.over || left {
            return lines;
        }
        lines.extend(self.place(walk));
        let tour = words::tour(walk);
        if self.tour != tour {
            self.tour = tour;
            lines.extend(tour.map(|sentence| Safe::from(format!("Tour: {sentence}"))));
        }
        lines.extend(self.asked(walk));
        lines
    }

    /// Says the place and the question again at the next telling.
    pub fn forget_place(&mut self) {
        self.step = None;
        self.asked = None;
    }

    /// Says the question again at the next telling.
    pub fn forget_question(&mut self) {
        self.asked = None;
    }

    fn happened(&mut self, walk: &Walkthrough) -> Vec<Safe> {
        let mut news = Vec::new();
        news.extend(self.faults(walk));
        news.extend(self.tests(walk));
        news.extend(self.service_states(walk));
        news.extend(self.sensor_findings(walk));
        let watch = walk.watch.as_ref();
        let verdict = watch.and_then(|watch| Some(words::verdict(watch, watch.verdict.as_ref()?)));
        if self.verdict != verdict {
            self.verdict.clone_from(&verdict);
            news.extend(verdict);
        }
        let mut lines: Vec<Safe> = news.iter().map(|what| at_its_time(walk.now.wall, what)).collect();
        // An answer to what was just typed: it needs no time.
        if self.notice != walk.notice {
            self.notice.clone_from(&walk.notice);
            lines.extend(walk.notice.iter().flat_map(|notice| said(walk, notice)));
        }
        lines
    }

    fn faults(&mut self, walk: &Walkthrough) -> Vec<Safe> {
        let mut news = Vec::new();
        let fault = walk.portal.fault.as_ref().map(|(fault, _)| {
            Safe::from(format!("The portal could not be read: {fault}. {}", fault.remedy()))
        });
        if self.portal_fault != fault {
            let again = self.portal_fault.is_some() && fault.is_none();
            news.extend(again.then(|| Safe::new("The portal is read again.")));
            news.extend(fault.clone());
            self.portal_fault = fault;
        }
        if self.record_fault != walk.record.fault {
            self.record_fault.clone_from(&walk.record.fault);
            let fault = walk.record.fault.as_ref();
            news.extend(fault.map(|why| Safe::from(format!("The record can't be written: {why}."))));
        }
        let behind = words::clock_behind(walk);
        if self.clock_behind != behind {
            let right = Safe::new("This machine's clock is where it was before it was set back.");
            news.push(behind.clone().unwrap_or(right));
            self.clock_behind = behind;
        }
        let mut unread = Vec::new();
        for view in walk.sources.values() {
            let told = self.sources.insert(view.host.clone(), view.readable).unwrap_or(true);
            if told != view.readable {
                let word = if view.readable { "can be read again" } else { "can't be read" };
                unread.push(Safe::from(format!("The log of {} {word}.", view.host)));
            }
        }
        news.extend(known::first(unread.into_iter()));
        news
    }

    fn tests(&mut self, walk: &Walkthrough) -> Vec<Safe> {
        let Some(trial) = &walk.trial else {
            self.rows.clear();
            return Vec::new();
        };
        let mut news = Vec::new();
        for row in &trial.rows {
            if self.rows.insert(row.host.clone(), row.word.clone()).as_ref() != Some(&row.word) {
                news.extend(tested(row));
            }
        }
        known::first(news.into_iter())
    }

    fn service_states(&mut self, walk: &Walkthrough) -> Vec<Safe> {
        let mut news = Vec::new();
        for row in walk.services.iter().filter(|row| row.server.standalone) {
            let word = words::service_of(row);
            let told = self.services.insert(row.server.host.clone(), word.clone());
            if walk.saved() && told.as_ref() != Some(&word) {
                news.push(service_state(row, &word));
                news.extend(started_by_hand(walk, row));
            }
        }
        known::first(news.into_iter())
    }

    /// A refusal is told host by host; who is in trouble, in one line, since that comes and goes while they restart.
    fn sensor_findings(&mut self, walk: &Walkthrough) -> Vec<Safe> {
        let now: BTreeMap<Safe, Finding> = known::in_trouble(walk).into_iter().collect();
        if walk.watch.is_none() || self.findings == now {
            return Vec::new();
        }
        let told = std::mem::replace(&mut self.findings, now);
        let new = self.findings.iter().filter(|(host, finding)| told.get(*host) != Some(*finding));
        let refused = new.filter(|(_, finding)| **finding != Finding::Trouble);
        let mut news = known::first(refused.map(|(host, finding)| known::found(host, *finding)));
        let (before, after) = (troubled(&told), troubled(&self.findings));
        if before != after {
            news.push(known::in_trouble_now(&after));
        }
        news
    }

    fn place(&mut self, walk: &Walkthrough) -> Vec<Safe> {
        let step = walk.current;
        if self.step == Some(step) {
            return Vec::new();
        }
        self.step = Some(step);
        self.asked = None;
        self.said.clear();
        let heading = format!("Step {} of {} — {}", step.number(), Step::ALL.len(), words::title(step));
        vec![
            Safe::default(),
            Safe::from(heading),
            Safe::new(words::purpose(walk, step)),
            words::next(walk, step),
        ]
    }

    fn asked(&mut self, walk: &Walkthrough) -> Vec<Safe> {
        let prompt = prompt::open(walk);
        // Between an answer and its effect nothing is asked, and nothing is under way that would take time.
        if prompt == Prompt::Nothing && *walk.phase(walk.current) != Phase::Working {
            return Vec::new();
        }
        // A list that changed is another question: its numbers mean something else.
        let options = match &prompt {
            Prompt::Choice(question) => words::options(walk, question),
            Prompt::Text(_) | Prompt::Masked | Prompt::GoOn | Prompt::Nothing => Vec::new(),
        };
        let asked = (prompt, question(walk), options);
        if self.asked.as_ref() == Some(&asked) {
            return Vec::new();
        }
        let mut lines = Vec::new();
        if asked.0 != Prompt::Nothing {
            lines.extend(self.known(walk));
        }
        lines.push(asked.1.clone());
        if let Prompt::Choice(question) | Prompt::Text(question) = &asked.0 {
            lines.extend(details(walk, question));
        }
        self.asked = Some(asked);
        lines
    }

    /// What was not said yet on this step.
    fn known(&mut self, walk: &Walkthrough) -> Vec<Safe> {
        let mut lines = known::lines(walk);
        lines.retain(|line| self.said.insert(line.clone()));
        lines
    }
}

/// Where it isn't known, with what to do: nothing else is asked meanwhile.
fn service_state(row: &ServiceRow, word: &Safe) -> Safe {
    let said = format!("Sensor service on {}: {word}.", row.server.host);
    match words::service_remedy(row) {
        Some(remedy) => Safe::from(format!("{said} {remedy}")),
        None => Safe::from(said),
    }
}

fn started_by_hand(walk: &Walkthrough, row: &ServiceRow) -> Vec<Safe> {
    let command = words::start_commands(row).into_iter().next().filter(|_| !row.settled());
    command.into_iter().flat_map(|command| [words::start_by_hand(walk, row), command]).collect()
}

fn troubled(findings: &BTreeMap<Safe, Finding>) -> Vec<Safe> {
    findings
        .iter()
        .filter(|(_, finding)| **finding == Finding::Trouble)
        .map(|(host, _)| host.clone())
        .collect()
}

pub fn at_its_time(at: Timestamp, what: &Safe) -> Safe {
    Safe::from(format!("{}  {what}", words::clock_second(at)))
}

/// What is asked; a block in all its three parts.
fn question(walk: &Walkthrough) -> Safe {
    match (walk.question(), walk.phase(walk.current)) {
        (None, Phase::Blocked(why)) => words::blocked(why),
        _ => words::asked(walk),
    }
}

fn said(walk: &Walkthrough, notice: &Notice) -> Vec<Safe> {
    vec![match notice {
        Notice::Blocked(why) => words::blocked(why),
        Notice::HandedOver(_) => {
            let fields = words::handed_over(walk);
            let fields = fields.iter().map(|(name, text)| Safe::from(format!("{name}: {text}")));
            return std::iter::once(Safe::new("It was handed over with this.")).chain(fields).collect();
        }
        Notice::ReasonRecorded
        | Notice::NoteRecorded
        | Notice::HandOverRecorded
        | Notice::Approved
        | Notice::PasswordCopied
        | Notice::ClipboardOverwritten
        | Notice::NoClipboard(_)
        | Notice::TooEarly
        | Notice::Paused(_)
        | Notice::NeverSent
        | Notice::PasswordGone
        | Notice::Waiting => words::notice(notice),
    }]
}

fn details(walk: &Walkthrough, question: &Question) -> Vec<Safe> {
    let mut lines: Vec<Safe> = words::hint(question).into_iter().map(Safe::new).collect();
    lines.extend(words::explained(walk, question));
    let options = words::options(walk, question);
    lines.extend((1..).zip(options).map(|(number, option)| Safe::from(format!("{number}) {option}"))));
    lines
}

fn tested(row: &Row) -> Option<Safe> {
    let role = if row.pdc_emulator { ", PDC emulator" } else { "" };
    match &row.word {
        RowWord::NotChecked => None,
        word => Some(Safe::from(format!("{}{role}: {}.", row.host, words::row(word)))),
    }
}
