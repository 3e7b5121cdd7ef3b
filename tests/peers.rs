//! The clients against real servers of other makers, where this machine has them: two Samba domain controllers, a
//! certified `OpenID` provider, and `OpenSSH`'s server.
//!
//! Relies on `tests/support/samba-dc.sh`, on Debian's samba and on root; for the provider on `tests/support/oidc` and
//! node; for ssh on `tests/support/sshd.sh`. Without them each test says that it was skipped.
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
#[expect(dead_code, reason = "the walks against the lab need more of a console")]
#[path = "support/console.rs"]
mod console;
#[expect(dead_code, reason = "the columns for Windows are read where the table runs against the lab")]
#[path = "support/directory_cases.rs"]
mod directory_cases;
#[path = "peers/figures.rs"]
mod figures;
#[path = "peers/followed.rs"]
mod followed;
#[path = "support/forest.rs"]
mod forest;
#[path = "peers/guard.rs"]
mod guard;
#[path = "peers/locating.rs"]
mod locating;
#[path = "peers/net_rpc.rs"]
mod net_rpc;
#[expect(dead_code, reason = "the walks against the lab need more of an operator")]
#[path = "walk/operator.rs"]
mod operator;
#[path = "peers/outages.rs"]
mod outages;
#[path = "support/provider.rs"]
mod provider;
#[path = "peers/replication.rs"]
mod replication;
#[path = "support/sensor_servers.rs"]
mod sensor_servers;
#[path = "peers/services.rs"]
mod services;
#[path = "peers/sign_in.rs"]
mod sign_in;
#[expect(dead_code, reason = "the walks against the lab need more of a stage")]
#[path = "support/stage.rs"]
mod stage;
#[path = "peers/standing.rs"]
mod standing;
#[path = "peers/table.rs"]
mod table;
#[path = "peers/verify.rs"]
mod verify;
#[path = "peers/words.rs"]
mod words;
