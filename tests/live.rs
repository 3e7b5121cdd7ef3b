//! The built binary at a live site: a site file of its own, whose controllers are a lab's that runs beside it.
//!
//! Relies on the lab's directory, and on its portal where somebody signs in. The state folders are the test's own. Deliberately
//! absent: DNS, which stands beside its adapter's tests, and a portal of Microsoft's.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end where it stands")]

#[path = "support/disguises.rs"]
#[expect(dead_code, reason = "the passwords here are the lab's")]
mod disguises;
#[path = "support/live_seat.rs"]
mod live_seat;
#[path = "support/place.rs"]
mod place;
#[path = "support/pty.rs"]
#[expect(dead_code, reason = "other tests need more of a terminal")]
mod pty;

mod live {
    mod checking;
    mod proxies;
    mod reports;
    mod resumed;
    mod roots;
    mod seated;
    mod sensors;
    mod services;
    mod signing_in;
    mod two_people;
    mod walking;
}
