//! What `check` found, one finding a line: aligned for people, or as one object for programs.
//!
//! Pure. Deliberately absent: finding anything out.

use std::fmt;

use serde::Serialize;

use crate::text::Safe;

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Fine,
    /// A named, normal state: there is none.
    Absent,
    /// Not reached that far, or not to be asked here.
    NotAsked,
    /// Worth knowing; the walk goes on without it.
    Warning,
    /// It was asked, and its answer is no: such an account can't be worked with.
    No,
    /// Could not be reached or read.
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fine => "fine",
            Self::Absent => "absent",
            Self::NotAsked => "not asked",
            Self::Warning => "warning",
            Self::No => "no",
            Self::Failed => "failed",
        })
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    Site,
    Domain,
    Controller,
    Account,
    Address,
    Log,
    Services,
    Folder,
    Memory,
}

impl About {
    fn heading(self) -> &'static str {
        match self {
            Self::Site => "Site",
            Self::Domain => "Domain",
            Self::Controller => "Controller",
            Self::Account => "Account",
            Self::Address => "Address",
            Self::Log => "Log of",
            Self::Services => "Services",
            Self::Folder => "Folder",
            Self::Memory => "Memory",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub about: About,
    pub name: Safe,
    pub stage: Safe,
    pub state: State,
    /// What was seen, or what went wrong.
    pub told: Safe,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Safe>,
}

/// Findings about one thing, in the making.
#[derive(Debug)]
pub struct Findings {
    about: About,
    name: Safe,
    pub all: Vec<Finding>,
}

impl Findings {
    pub fn about(about: About, name: impl Into<Safe>) -> Self {
        Self { about, name: name.into(), all: Vec::new() }
    }

    pub fn add(&mut self, what: impl Into<Safe>, state: State, told: impl Into<Safe>) {
        let (about, name) = (self.about, self.name.clone());
        let finding = Finding { about, name, stage: what.into(), state, told: told.into(), remedy: None };
        self.all.push(finding);
    }

    /// The last one can be mended so.
    pub fn mend(&mut self, remedy: impl Into<Safe>) {
        if let Some(last) = self.all.last_mut() {
            last.remedy = Some(remedy.into());
        }
    }
}

/// How wide a stage's name is at most.
const STAGE: usize = 13;
const STATE: usize = 10;

/// Under a heading for each thing, remedies below what they mend.
pub fn lines(findings: &[Finding]) -> Vec<Safe> {
    let mut lines = Vec::new();
    let mut under: Option<(About, &Safe)> = None;
    for one in findings {
        if under != Some((one.about, &one.name)) {
            lines.push(Safe::from(format!("{} {}", one.about.heading(), one.name).trim_end().to_owned()));
            under = Some((one.about, &one.name));
        }
        let Finding { stage, state, told, remedy, .. } = one;
        lines.push(Safe::from(format!("  {:STAGE$} {state:STATE$} {told}", stage.as_str())));
        let indent = STAGE.saturating_add(STATE).saturating_add(4);
        lines.extend(remedy.as_ref().map(|remedy| Safe::from(format!("{:indent$}{remedy}", ""))));
    }
    lines
}

/// One object; its keys and their words stay.
pub fn json(finding: &Finding) -> Safe {
    // Nothing in a finding can fail to be written.
    Safe::from(serde_json::to_string(finding).unwrap_or_default())
}

/// The last line for people.
pub fn summary(findings: &[Finding]) -> Safe {
    let count = |state| findings.iter().filter(|one| one.state == state).count();
    let (failed, no, warnings) = (count(State::Failed), count(State::No), count(State::Warning));
    let mut parts = vec![match failed {
        0 => "Everything was reached".to_owned(),
        1 => "One thing could not be reached or read".to_owned(),
        more => format!("{more} things could not be reached or read"),
    }];
    if no > 0 {
        parts.push(if no == 1 {
            "one account can't be used".into()
        } else {
            format!("{no} accounts can't be used")
        });
    }
    if warnings > 0 {
        parts.push(if warnings == 1 { "one warning".into() } else { format!("{warnings} warnings") });
    }
    Safe::from(format!("{}. No password was used, and no attempt was counted.", parts.join(", ")))
}

/// 1: an answer is no; 3: something was not reached; 0.
pub fn exit_code(findings: &[Finding]) -> u8 {
    let any = |state| findings.iter().any(|one| one.state == state);
    match (any(State::No), any(State::Failed)) {
        (true, _) => 1,
        (false, true) => 3,
        (false, false) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(state: State) -> Finding {
        let mut findings = Findings::about(About::Controller, "dc1.contoso.test");
        findings.add("certificate", state, "it has expired");
        findings.mend("Have it renewed.");
        findings.all.remove(0)
    }

    #[test]
    fn what_was_not_reached_and_what_said_no_make_the_code() {
        let check = |states: &[State], code: u8| {
            let findings: Vec<Finding> = states.iter().map(|state| finding(*state)).collect();
            assert_eq!(exit_code(&findings), code, "{states:?}");
        };
        check(&[], 0);
        check(&[State::Fine, State::Absent, State::NotAsked, State::Warning], 0);
        check(&[State::Fine, State::Failed], 3);
        check(&[State::Failed, State::No], 1);
    }

    #[test]
    fn people_read_aligned_lines_and_programs_one_object() {
        let findings = [finding(State::Failed), finding(State::NotAsked)];
        let told: Vec<String> = lines(&findings).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "Controller dc1.contoso.test",
                "  certificate   failed     it has expired",
                "                           Have it renewed.",
                "  certificate   not asked  it has expired",
                "                           Have it renewed.",
            ]
        );
        assert_eq!(
            json(&findings[1]).as_str(),
            r#"{"about":"controller","name":"dc1.contoso.test","stage":"certificate","state":"not-asked","told":"it has expired","remedy":"Have it renewed."}"#
        );
        assert!(summary(&findings).starts_with("One thing could not be reached or read. "));
    }
}
