//! What whoever takes a walk over has to know: the ticket, the people, the next look.
//!
//! Each is a line of the record, and the last one of a kind holds. Pure. Deliberately absent: their names on the screen
//! (`words`), and any notion of who may do what: the console asks nobody's leave.

use serde::{Deserialize, Serialize};

/// One field of the hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandOver {
    Ticket,
    Owner,
    /// Who can unlock the account.
    Unlocks,
    /// Who can reset its password.
    Resets,
    /// Who can edit the portal.
    EditsPortal,
    NextCheck,
}

impl HandOver {
    pub const ALL: [Self; 6] =
        [Self::Ticket, Self::Owner, Self::Unlocks, Self::Resets, Self::EditsPortal, Self::NextCheck];
}
