//! A health issue: what it is about, since when, and whether it is over.
//!
//! Relies on moments handed in. Pure. The names and severities are those of Microsoft's list of health issues.

use jiff::Timestamp;

use crate::lab::seeded;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueKind {
    Credentials,
    StartFailed { host: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub id: String,
    pub kind: IssueKind,
    pub open: bool,
    pub created: Timestamp,
    pub modified: Timestamp,
}

impl Issue {
    pub fn new(number: u64, kind: IssueKind, now: Timestamp) -> Self {
        Self {
            id: seeded::guid(0x1550_0000_u64.wrapping_add(number)),
            kind,
            open: true,
            created: now,
            modified: now,
        }
    }

    pub fn close(&mut self, now: Timestamp) {
        self.open = false;
        self.modified = now;
    }

    pub fn names(&self, host: &str) -> bool {
        matches!(&self.kind, IssueKind::StartFailed { host: named } if named == host)
    }
}
