//! What happened, in the past tense, by family. Carries no secret, so any of it may be printed, recorded, compared.

use crate::directory::lockout::{AttemptId, Budget, Shut};
use crate::directory::{self, Host, Protocol, Standing, Tested};
use crate::logs::source::SourceState;
use crate::logs::{Known, Position, SourceId};
use crate::portal;
use crate::secret::SecretId;
use crate::sensor;
use crate::text::Safe;

use super::effect::Ticket;
use super::resume::Dated;
use super::step::Step;

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one at a time, boxed on its way, and never kept")]
pub enum Event {
    Directory(Ticket, Directory),
    Portal(Ticket, Portal),
    Sensor(Ticket, Sensor),
    Logs(Logs),
    Secret(Secret),
    Record(Ticket, Record),
    /// The time that `Walkthrough::due` named has come, or later.
    Timer,
    Intended(Intent),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directory {
    Reached(Result<directory::Reach, directory::Fault>),
    /// The attempts stand in the ledger, on disk.
    Reserved {
        attempts: Vec<(AttemptId, Host)>,
        budget: Budget,
        standing: Vec<Standing>,
    },
    GuardShut {
        shut: Shut,
        standing: Vec<Standing>,
    },
    LedgerFailed(Safe),
    /// What the reader account saw; `None`: nothing could be read.
    StandingRead(Option<Standing>),
    /// The attempt's outcome stands in the ledger too.
    Tested {
        attempt: AttemptId,
        host: Host,
        protocol: Protocol,
        tested: Tested,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Portal {
    CodeIssued(portal::signin::DeviceCode),
    /// What the token endpoint said to one poll.
    SignInAnswered(portal::signin::Answer),
    EntriesRead(Vec<portal::Entry>),
    EntryRead(portal::Entry),
    Read(portal::Reading),
    Failed(portal::Fault),
    SaveAnswered(portal::SaveAnswer),
    /// Who vouches for the host that the password would be sent to.
    IssuerRead(Safe),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sensor {
    ServiceAnswered { host: Host, service: sensor::Service, state: sensor::ServiceState },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logs {
    /// A record that `finders` know something about.
    Found {
        source: SourceId,
        host: Safe,
        at: Position,
        /// It was there when the source was opened: only a mark that names the file can place it.
        context: bool,
        written: Option<Safe>,
        known: Known,
    },
    /// How a source stands now.
    Watched { host: Safe, state: SourceState },
    /// What a source wrote since the mark can't be found any more.
    Lost { source: SourceId },
    /// Where every source stands, what the PDC emulator counts, and a fresh random `Change-Id` to tell this save by.
    Marked {
        ticket: Ticket,
        positions: Vec<(SourceId, Position)>,
        bad_password_count: Option<u32>,
        change: Safe,
    },
}

/// The masked field and the vault; lengths and names only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    Edited(Field),
    /// The field's content now stands in the vault under this name; `None`: the field was empty.
    Frozen(Ticket, Option<SecretId>),
    /// Unused for a quarter of an hour.
    Expired(Vec<SecretId>),
}

/// What the screen may know of the masked field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// In characters.
    pub length: usize,
    pub cursor: usize,
    pub pasted: bool,
    /// Begins or ends with a space.
    pub edge_space: bool,
    pub refused: Option<FieldRefusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldRefusal {
    /// Beyond 256 UTF-16 units; nothing of it was taken.
    TooLong,
    /// A line break or another control character inside; nothing of it was taken.
    ControlCharacter,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The line is on disk.
    Recorded {
        count: u64,
        hash: Safe,
    },
    /// Another record was taken up, and says this.
    Opened(Box<Opened>),
    Failed(Safe),
    /// The line would have held a secret, and was not written.
    HoldsSecret,
}

/// A record that is open for writing again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub path: Safe,
    pub lines: Vec<Dated>,
    pub hash: Safe,
    /// Bytes of a last line that was cut off, and is gone.
    pub torn: Option<u64>,
}

/// What the operator means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Enter: the step's main act, or on to the next.
    Proceed,
    /// The numbered option of the question asked, from 0.
    Chose(usize),
    /// The text answer to the question asked.
    Typed(Safe),
    /// Close a dialog without an answer.
    Dismiss,
    BackTo(Step),
    /// Ask again what this step shows.
    Refresh,
    MarkService(Host),
    Note,
    /// What whoever takes over has to know.
    HandOver,
    /// The tested password on the operator's own clipboard; asks first.
    CopyPassword,
    Leave,
    /// Leave without being asked; what was sent is still awaited.
    LeaveNow,
    /// After a verdict or a refusal: show the ways back.
    Recover,
}
