//! The lab's portal in a real browser: what is saved there is what the sensors take, and the pages can be used by all.
//!
//! Relies on Chromium where it is installed; `MDI_CONSOLE_PEERS=require` makes its absence a failure.

#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may end where it stands; it says why, and when it met nobody"
)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/disguises.rs"]
#[expect(dead_code, reason = "nothing is searched for here")]
mod disguises;
#[expect(dead_code, reason = "nothing here counts bytes or hangs up")]
#[path = "support/pty.rs"]
mod pty;
#[path = "browser/reading.rs"]
mod reading;
#[path = "browser/saving.rs"]
mod saving;
#[expect(dead_code, reason = "this walk leaves the usual way where it saves")]
#[path = "terminal/seat.rs"]
mod seat;
#[path = "browser/walking.rs"]
mod walking;

use browser::{Browser, Tried};
use mdi_console::clock::Clock;
use mdi_console::lab::{Lab, StartOptions, scenario};

/// A lab on the system's clock, in a folder of its own.
struct Site {
    lab: Lab,
    _folder: tempfile::TempDir,
}

impl Site {
    fn start(name: &str) -> Tried<Self> {
        let folder = tempfile::tempdir()?;
        let options = StartOptions {
            scenario: scenario::find(name).ok_or("no such scenario")?,
            clock: Clock::system(),
            folder: folder.path().into(),
            program: "mdi-console".into(),
            password: None,
        };
        Ok(Self { lab: Lab::start(options)?, _folder: folder })
    }

    /// A browser that trusts this lab's portal and nobody else.
    fn browser(&self) -> Tried<Option<Browser>> {
        Browser::open(&self.lab.addresses().ca_pem)
    }
}
