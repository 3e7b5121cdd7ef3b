//! The clients against real servers of other makers, where this machine has them: two Samba domain controllers, and a
//! certified `OpenID` provider.
//!
//! Relies on `tests/support/samba-dc.sh`, on Debian's samba and on root; for the provider on `tests/support/oidc` and
//! node. Without them each test says that it was skipped.
//! `MDI_CONSOLE_PEERS=require` makes a missing peer a failure. The table is the lab's own: what holds there holds here.
//! Deliberately absent: Windows, which can't be had for a test; the columns where it differs are the lab's alone.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may end where it stands; it says why"
)]

#[path = "peers/accounts.rs"]
mod accounts;
#[path = "peers/attempts.rs"]
mod attempts;
#[path = "peers/certificates.rs"]
mod certificates;
#[expect(dead_code, reason = "the columns for Windows are read where the table runs against the lab")]
#[path = "support/directory_cases.rs"]
mod directory_cases;
#[path = "peers/figures.rs"]
mod figures;
#[path = "support/forest.rs"]
mod forest;
#[path = "peers/guard.rs"]
mod guard;
#[path = "peers/locating.rs"]
mod locating;
#[path = "peers/outages.rs"]
mod outages;
#[path = "support/provider.rs"]
mod provider;
#[path = "peers/replication.rs"]
mod replication;
#[path = "peers/sign_in.rs"]
mod sign_in;
#[path = "peers/standing.rs"]
mod standing;
#[path = "peers/table.rs"]
mod table;
#[path = "peers/verify.rs"]
mod verify;
#[path = "peers/words.rs"]
mod words;
