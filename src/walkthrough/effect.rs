//! What the machine wants done, in the imperative. The engine does it and answers with an `Event`.

use crate::directory::lockout::{AttemptId, Charge};
use crate::directory::{Account, Host, Protocol};
use crate::logs::{Position, SourceId};
use crate::portal::Entry;
use crate::secret::SecretId;
use crate::sensor;
use crate::text::Safe;

use super::fact::Fact;

/// Names an errand; its one closing event carries it back. An answer with an unknown ticket changes nothing,
/// except that the outcome of a bind already sent is always recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    RequestCode(Ticket),
    /// Ask the token endpoint once.
    PollSignIn(Ticket),
    ReadEntries(Ticket),
    ReadEntry(Ticket, Safe),
    ReadPortal(Ticket),
    ReadIssuer(Ticket),
    /// Reach one controller without a password.
    Reach(Ticket, Host, Account),
    /// The masked field's content becomes a secret of its own.
    Freeze(Ticket),
    /// Empty the masked field.
    ClearField,
    Wipe(SecretId),
    Reserve(Ticket, Reservation),
    /// Spends the permit of `attempt`.
    Test {
        ticket: Ticket,
        attempt: AttemptId,
        host: Host,
        protocol: Protocol,
        account: Account,
        secret: SecretId,
    },
    /// The attempt was reserved, but nothing was sent: it costs nothing.
    Release(AttemptId),
    /// Ask the reader what the PDC emulator counts for the account.
    ReadStanding(Ticket, Host, Account),
    TakeMark(Ticket, Option<(Host, Account)>),
    Save {
        ticket: Ticket,
        entry: Entry,
        change: Safe,
        account: Account,
        secret: SecretId,
    },
    /// On the operator's own clipboard, by the terminal.
    PutOnClipboard(SecretId),
    /// Whatever is on that clipboard gives way to a harmless word.
    OverwriteClipboard,
    AskService {
        ticket: Ticket,
        host: Host,
        service: sensor::Service,
    },
    Record(Ticket, Fact),
    /// Take up the record of this name in place of the new one.
    OpenRecord(Ticket, Safe),
    /// Follow every log source; from these places on where it is named, so that what it gained meanwhile is read.
    Follow(Vec<(SourceId, Position)>),
    /// The walk is over; nothing more will be asked for.
    End,
}

/// What the guard is asked for, before anything leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    pub account: Account,
    pub controllers: Vec<Host>,
    pub pdc_emulator: Option<Host>,
    pub protocol: Protocol,
    pub charge: Charge,
    pub secret: SecretId,
    pub typed_account_name: bool,
    pub retest_of_current: bool,
}
