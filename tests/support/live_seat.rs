//! An operator at a live site: waits for what the screen says, then presses a key, until some words stand there.
//!
//! Relies on a lab beside the program, whose controllers, portal and workspace the site file names. Deliberately absent:
//! judging what was seen.

use crate::place::{Place, READER};
use crate::pty::Pty;

pub const COUNT: &str = "Type the number of sensors and the host it goes to, ";

/// What stands on the screen, and what takes the walk on from there.
const WALK: [(&str, Press); 10] = [
    ("How do you want to read the portal?", Press::Enter),
    ("Can someone present edit", Press::Enter),
    ("Enter chooses Directory Services", Press::Enter),
    ("Is this account used anywhere else", Press::Enter),
    ("The controllers are reached.", Press::Enter),
    ("Has the password been changed", Press::Enter),
    ("Type the account's password", Press::Right),
    ("Enter goes on to Save.", Press::Enter),
    (COUNT, Press::Count),
    ("Enter goes on to the sensors.", Press::Enter),
];

#[derive(Clone, Copy)]
pub enum Press {
    Enter,
    Right,
    Count,
}

/// A site where the console saves, with the shortest watch there is.
pub fn site(place: &Place) -> String {
    let at = &place.addresses;
    let text = place.file_with_graph("");
    let account = "[[account]]\nname = \"svc-mdi\"\ndomain = \"contoso.test\"\n";
    let entry = format!("{account}entry = \"{}\"\n", at.entry_id);
    let save = format!("[save]\nmode = \"workspace\"\naddress = \"{}\"\n", at.workspace_url);
    let watch = "[watch]\nwatch_minutes = 1\nsettle_seconds = 30\npoll_seconds = 10\n";
    text.replace(account, &entry) + &save + watch + READER
}

pub struct Seat<'a> {
    pub place: &'a Place,
    pub pty: Pty,
}

impl<'a> Seat<'a> {
    pub fn take(place: &'a Place, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let path = |name: &str| place.path(name).to_string_lossy().into_owned();
        let (site, own, home, roots) = (path("site.toml"), path("own"), path("home"), path("ca.pem"));
        let arguments: Vec<&str> = more.iter().copied().chain(["--site", &site]).collect();
        let usual =
            [("USER", "ana"), ("XDG_STATE_HOME", &*own), ("HOME", &*home), ("SSL_CERT_FILE", &*roots)];
        let environment = [&usual, environment].concat();
        let mut pty =
            Pty::start(env!("CARGO_BIN_EXE_mdi-console"), &arguments, &environment, (40, 120)).unwrap();
        // It tells the policy: without it one attempt that was interrupted leaves none to prove the password with.
        pty.wait_for("goes without it):").unwrap();
        pty.send(&format!("{}\n", place.addresses.reader.password.as_str())).unwrap();
        Self { place, pty }
    }

    pub fn said(&self) -> String {
        said(&self.pty.screen())
    }

    /// Presses what takes the walk on, until these words stand there.
    pub fn walk_to(&mut self, words: &str) {
        for _ in 0..200 {
            let known = |text: &str| text.contains(words) || WALK.iter().any(|(here, _)| text.contains(here));
            // A watch takes its minute.
            let there =
                (0..5).any(|_| self.pty.wait_until("anything", |screen| known(&said(screen))).is_ok());
            let text = self.said();
            assert!(there, "missed: {words}\n{text}");
            if text.contains(words) {
                return;
            }
            if let Some((here, press)) = WALK.iter().find(|(here, _)| text.contains(here)) {
                self.press(*press);
                let gone = self.pty.wait_until("the next", |screen| !said(screen).contains(here));
                gone.unwrap_or_else(|missed| panic!("{missed}"));
            }
        }
        panic!("it never says: {words}");
    }

    pub fn press(&mut self, press: Press) {
        match press {
            Press::Enter => {}
            Press::Right => self.type_slowly(&self.place.right),
            Press::Count => {
                let text = self.said();
                let wanted = text.split(COUNT).nth(1).and_then(|rest| rest.split(", to save").next());
                self.type_slowly(wanted.unwrap());
            }
        }
        self.pty.send("\r").unwrap();
    }

    /// Key by key, each once the one before is seen.
    pub fn type_slowly(&mut self, text: &str) {
        for key in text.chars() {
            let before = self.pty.screen().cursor_position();
            self.pty.send(&key.to_string()).unwrap();
            self.pty.wait_until("the echo of a key", |screen| screen.cursor_position() != before).unwrap();
        }
    }
}

fn said(screen: &vt100::Screen) -> String {
    let rows: Vec<String> = screen.rows(0, screen.size().1.get()).collect();
    let text = rows.join(" ").replace(['│', '|', '║'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
