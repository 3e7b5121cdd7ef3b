//! What the record says, and what it implies: facts, and the fold over them.
//!
//! A fact is the body of one line. No variant can hold a secret; text typed by the operator is compared with the
//! secrets held before it is written. `Durable` is what survives the process: where a resumed walk continues.
//! Deliberately absent: the chain and the file (`journal`).

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directory::lockout::AttemptId;
use crate::directory::probe::Found;
use crate::directory::{Account, Answer, Flag, Group, Host, Protocol};
use crate::logs::Position;
use crate::text::Safe;

use super::hand_over::HandOver;
use super::step::{Outcome, Step};
use super::watch::{Finding, VerdictWord};

mod durable;

pub use durable::{Durable, DurableSave, fold};

/// One line's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Fact {
    Began {
        site: Safe,
        lab: bool,
        operator: Safe,
        host: Safe,
        program: Safe,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        site_file: Option<Origin>,
    },
    /// The walk goes on in another process.
    Resumed {
        operator: Safe,
        host: Safe,
        program: Safe,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        site_file: Option<Origin>,
        /// Bytes of a last line that was cut off while it was being written, and were taken away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        torn: Option<u64>,
    },
    SignedIn {
        name: Option<Safe>,
    },
    WorkedWithoutPortal,
    /// The state before anything was changed.
    Baseline {
        sensors: usize,
        running: usize,
        credential_issues: usize,
        /// Each of them; older records don't tell.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        listed: Vec<Listed>,
    },
    CanEdit {
        answer: Safe,
    },
    EntryChosen {
        id: Safe,
        account: Account,
    },
    UsedElsewhere {
        answer: Safe,
    },
    /// No walk: this account's password is tested, and nothing else is done.
    TestedAlone {
        account: Account,
    },
    ControllerReached {
        host: Host,
        provable: bool,
        pdc_emulator: bool,
        read_only: bool,
    },
    ControllerUnreachable {
        host: Host,
        why: Safe,
    },
    /// What one question without a password told of the account.
    AccountFound {
        host: Host,
        found: Found,
    },
    ChangedInDirectory {
        answer: Safe,
    },
    /// The attempt stands in the ledger and is about to be made.
    Attempting {
        attempt: AttemptId,
        host: Host,
        protocol: Protocol,
    },
    Attempted {
        attempt: AttemptId,
        host: Host,
        protocol: Protocol,
        answer: Answer,
        /// The console's own address towards that controller, by which its log knows the attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<IpAddr>,
    },
    GuardShut {
        why: Safe,
    },
    /// The guard let one more attempt through because the account's name was typed.
    AccountNameTyped,
    /// The account as its own bind read it; the counts are each controller's own.
    AccountRead {
        name: Safe,
        sid: Safe,
        password_changed: Option<Timestamp>,
        password_expires: Option<Timestamp>,
        password_never_expires: bool,
        flags: Option<Vec<Flag>>,
        groups: Option<Vec<Group>>,
        service_principals: usize,
        bad_password_counts: Vec<(Host, u32)>,
    },
    Accepted {
        proof: ProofWord,
        hosts: Vec<Host>,
    },
    Refused {
        host: Host,
        why: Safe,
    },
    AcceptanceVoided,
    /// Right, and of no use: another account's, or of an account that is shut.
    AcceptedInVain {
        why: Safe,
    },
    Overridden {
        gate: Gate,
        reason: Safe,
        about: Vec<Safe>,
    },
    /// The second person that the site wants before Save, and whoever wrote the name down.
    Approved {
        recorded_by: Safe,
        approved_by: Safe,
    },
    /// Everything that evidence will be measured against; on disk before the password leaves.
    SaveIntended {
        entry: Safe,
        change: Safe,
        tested: bool,
        /// The operator saves at the portal's page, which is shown once this is on disk.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hand_off: bool,
        positions: Vec<(u32, Position)>,
        open_issues: Vec<Safe>,
        bad_password_count: Option<u32>,
        /// By the portal's own clock, which issues' times are compared with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        portal_time: Option<Timestamp>,
        /// The entry as it was: one that still bears it was not changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        etag: Option<Safe>,
    },
    SaveEnded {
        result: SaveWord,
        why: Option<Safe>,
        /// By the operator's word, of a save at the portal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entered: Option<Entered>,
    },
    /// The tested password is about to stand on the operator's clipboard.
    PasswordCopied,
    ServiceSeen {
        host: Host,
        state: Safe,
    },
    ServiceMarked {
        host: Host,
        evidence: Safe,
    },
    Evidence {
        /// Or the issue's name.
        host: Safe,
        what: Safe,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Witness>,
        /// Of a log's record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<LogPlace>,
    },
    Verdict {
        verdict: VerdictWord,
        missing: Vec<Safe>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
        /// Each sensor, and what was found of it; older records don't tell.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        listed: Vec<Listed>,
    },
    Settled {
        step: Step,
        outcome: Outcome,
    },
    WentBack {
        to: Step,
    },
    Noted {
        text: Safe,
    },
    /// This machine's clock was found so much behind the time that it had told; what follows is that much earlier.
    ClockSetBack {
        by_seconds: u64,
    },
    /// It was behind, and went forward again.
    ClockSetForward {
        by_seconds: u64,
    },
    /// For so long nothing was watched: the console was stopped, its machine slept, or its clock was set forward.
    Paused {
        by_seconds: u64,
    },
    /// So many lines before this one could not be written when what they tell happened.
    WrittenLate {
        by_seconds: u64,
        lines: usize,
    },
    /// A health issue about a credential that was open at the mark was seen closed: open again, it is about the save.
    IssueClosed {
        id: Safe,
    },
    /// For whoever takes the walk on; a later one takes the place of an earlier one.
    HandOverNoted {
        field: HandOver,
        text: Safe,
    },
    Left {
        step: Step,
        verdict: Option<VerdictWord>,
    },
}

/// A site file, as the record names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub path: Safe,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub hash: Safe,
}

/// A sensor, in the words of the table on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub host: Safe,
    pub service: Safe,
    pub status: Safe,
    /// After a save.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

/// Where a log's record stands, by which it is found again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPlace {
    pub at: Position,
    /// As it says itself, without a zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Safe>,
}

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Sensors and issues were read from the portal after the save, and throughout.
    pub portal: bool,
    pub portal_throughout: bool,
    /// Log sources that the mark names, and those of them that were watched throughout.
    pub sources: usize,
    pub sources_throughout: usize,
    /// All that the site has, readable or not; older records don't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_sources: Option<usize>,
    /// Services were asked for at the servers themselves.
    pub probe: bool,
    /// As the portal, or else the site file, listed them last.
    pub sensors: usize,
    pub running: usize,
    pub credential_issues: usize,
    /// By what was found of each sensor.
    pub took: usize,
    pub no_refusal: usize,
    pub unused: usize,
    pub not_observed: usize,
    pub trouble: usize,
    pub refused: usize,
}

/// Who tells what is taken as evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Witness {
    /// A record in the sensor's own log that refuses the credential.
    LogRefused,
    /// A record there that takes it up.
    LogTook,
    /// The portal tells that the service stopped.
    ServiceStopped,
    /// A health issue about a credential.
    CredentialIssue,
    /// The portal tells that the sensor syncs.
    Syncing,
    /// The PDC emulator counts more failures than at the mark.
    CountRose,
}

/// How the password was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofWord {
    CurrentByKerberos,
    CurrentByAge,
    CurrentElsewhere,
    PerhapsPrevious,
    RestrictedHere,
    Untested,
}

/// A gate that a typed reason opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    WithoutController,
    Misgivings,
    SavedUntested,
    /// Nobody was there to approve the save.
    SecondPerson,
    ServiceNotRunning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaveWord {
    Saved,
    NotSaved,
    Conflict,
    NotKnown,
}

/// How the password got into the portal's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entered {
    Pasted,
    TypedByHand,
    NotSure,
}
