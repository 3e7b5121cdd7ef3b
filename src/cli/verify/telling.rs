//! Says what a test alone comes to, as text for people or as one object a line for scripts.
//!
//! Relies on `walkthrough::words` for every sentence and on `lines` for every object. A reader that is gone is not told
//! any more, and the test goes on. Deliberately absent: colours; the text is as it would be in a ticket.

use std::collections::BTreeSet;
use std::io::{self, Write};

use rustix::termios::isatty;

use crate::directory::{Host, Protocol, Tested};
use crate::text::Safe;
use crate::walkthrough::alone::Conclusion;
use crate::walkthrough::trial::{Row, RowWord};
use crate::walkthrough::words::Truth;
use crate::walkthrough::{Reaching, Station, Walkthrough, words};

use super::super::output::{Cut, Output};
use super::lines::{Attempted, Line, Verdict};

pub struct Telling<W> {
    out: Output<W>,
    manner: Manner,
    reached: BTreeSet<Host>,
    /// Where somebody watches, beside the answer: what is happening.
    aside: Option<io::Stderr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Text { ascii: bool },
    Json,
}

impl<W: Write> Telling<W> {
    pub fn new(out: W, manner: Manner) -> Self {
        let watched = manner != Manner::Json && isatty(rustix::stdio::stderr());
        Self { out: Output::new(out), manner, reached: BTreeSet::new(), aside: watched.then(io::stderr) }
    }

    /// Whether all that was said was taken.
    pub fn whole(&mut self) -> Result<(), Cut> {
        self.out.whole()
    }

    /// For whoever waits; the answer itself says it again.
    fn aside(&mut self, line: &str) {
        if let Some(aside) = &mut self.aside {
            let _ = writeln!(aside, "{line}");
        }
    }

    fn text(&mut self, line: &Safe) {
        let Manner::Text { ascii } = self.manner else { return };
        let line = if ascii { line.in_ascii() } else { line.clone() };
        self.out.say(&line);
    }

    fn json(&mut self, line: &Line) {
        if self.manner == Manner::Json
            && let Ok(line) = serde_json::to_string(line)
        {
            self.out.say(&line);
        }
    }

    pub fn began(&mut self, walk: &Walkthrough, notes: &[Safe]) {
        if let Some(account) = walk.account() {
            let tested = format!("The password of {account}. {}", words::whose_attempts(&walk.terms));
            self.text(&Safe::from(tested));
            self.aside(words::asked(walk).as_str());
        }
        for note in notes.iter().chain(&walk.terms.search_faults) {
            self.noted(note);
        }
    }

    pub fn noted(&mut self, note: &Safe) {
        self.text(note);
        self.json(&Line::Note { text: note.clone() });
    }

    /// Controllers that have answered, or not, since the last time.
    pub fn reached(&mut self, walk: &Walkthrough) {
        for station in &walk.stations {
            if let Some(line) = Line::reached(station, walk.terms.kerberos_alone)
                && self.reached.insert(station.host.clone())
            {
                self.json(&line);
                if matches!(station.state, Reaching::Reached(_)) {
                    self.aside(&format!("{} answers.", station.host));
                }
                if let Some(Truth::Warn(trouble) | Truth::Bad(trouble)) = words::controller_trouble(station) {
                    self.text(&trouble);
                }
            }
        }
    }

    pub fn attempted(&mut self, (host, protocol): (&Host, Protocol), tested: &Tested) {
        let attempted = Attempted::new(host, protocol, tested);
        self.aside(&format!("{host}, {}: {}.", words::protocol(protocol), attempted.answer));
        self.json(&Line::Attempt(attempted));
    }

    pub fn concluded(&mut self, walk: &Walkthrough, conclusion: &Conclusion) {
        let verdict = Verdict::of(walk, conclusion);
        for row in table(walk) {
            self.text(&row);
        }
        self.text(&Safe::from(format!("{} {}", verdict.sentence, verdict.remedy)));
        for against in &verdict.misgivings {
            self.text(against);
        }
        self.text(&words::guard(walk));
        for fact in words::account_facts(walk, walk.now) {
            self.text(match &fact {
                Truth::Good(fact) | Truth::Warn(fact) | Truth::Bad(fact) | Truth::Plain(fact) => fact,
            });
        }
        self.json(&Line::Verdict(verdict));
    }

    pub fn interrupted(&mut self, walk: &Walkthrough, exit_code: u8) {
        let verdict = Verdict::interrupted(walk, exit_code);
        self.text(&Safe::from(format!("{} {}", verdict.sentence, verdict.remedy)));
        self.json(&Line::Verdict(verdict));
    }

    pub fn recorded(&mut self, walk: &Walkthrough) {
        let record = &walk.record;
        self.text(&words::record_kept(walk));
        self.json(&Line::Record {
            path: record.path.clone(),
            lines: record.lines,
            hash: record.hash.clone(),
        });
    }
}

/// Each controller's line: its name, how long it takes, what it said of the password.
fn table(walk: &Walkthrough) -> Vec<Safe> {
    let rows: &[Row] = walk.trial.as_ref().map(|trial| trial.rows.as_slice()).unwrap_or_default();
    let lines: Vec<[String; 3]> = walk
        .stations
        .iter()
        .map(|station| {
            let row = rows.iter().find(|row| row.host == station.host);
            let role = if is_pdc_emulator(station) { " (PDC emulator)" } else { "" };
            let reached = match &station.state {
                Reaching::Reached(reach) => Some(reach.latency),
                Reaching::NotAsked | Reaching::Asking | Reaching::Failed(_) => None,
            };
            let latency = row.and_then(|row| row.latency).or(reached);
            let latency =
                latency.map_or_else(|| "-".to_owned(), |latency| words::milliseconds(latency).to_string());
            let word = row.map_or(&RowWord::NotChecked, |row| &row.word);
            let word = match &station.state {
                Reaching::Reached(reach) if reach.read_only => "not checked: read-only".to_owned(),
                Reaching::Reached(_) | Reaching::NotAsked | Reaching::Asking | Reaching::Failed(_) => {
                    words::row(word).to_string()
                }
            };
            [format!("{}{role}", station.host), latency, word]
        })
        .collect();
    let width =
        |column: usize| lines.iter().filter_map(|line| line.get(column)).map(String::len).max().unwrap_or(0);
    let (hosts, latencies) = (width(0), width(1));
    let lines = lines
        .iter()
        .map(|[host, latency, word]| Safe::from(format!("{host:<hosts$}  {latency:>latencies$}  {word}")));
    lines.collect()
}

fn is_pdc_emulator(station: &Station) -> bool {
    matches!(&station.state, Reaching::Reached(reach) if reach.pdc_emulator)
}
