//! What is shipped: the static program and the Debian package, as `assets/packaging/deb.sh` made them, installed into a
//! root of their own and walked there.
//!
//! Relies on `dpkg` and on the package standing where the script puts it: nothing is built here, for a release takes
//! minutes. Without a package of this very commit it is said so, and with `MDI_CONSOLE_PEERS=require` it is a failure.
//! Deliberately absent: the tests of what the program does, which are put to the debug build.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end where it stands")]
#![expect(clippy::print_stdout, reason = "what is not tested is said aloud")]

#[path = "shipped/installed.rs"]
mod installed;
#[path = "shipped/package.rs"]
mod package;
#[path = "support/place.rs"]
#[expect(dead_code, reason = "other tests ask more of a place")]
mod place;
#[path = "support/pty.rs"]
#[expect(dead_code, reason = "other tests need more of a terminal")]
mod pty;
#[path = "shipped/walked.rs"]
mod walked;
