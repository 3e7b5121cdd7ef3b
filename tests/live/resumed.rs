//! Killed where it matters, and taken up again: the built binary on a terminal, at a site that outlives it.
//!
//! Relies on the lab's controllers, its portal, and its workspace, where the console saves by itself. Every line of every
//! scenario is cut after in `walk`, where time is driven; here the kill is real, and so is the watch's minute.

use std::fs;
use std::path::PathBuf;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::place::{Place, RIGHT};
use crate::pty::Pty;

use super::signing_in;

const COUNT: &str = "Type the number of sensors and the host it goes to, ";

/// What stands on the screen, and what takes the walk on from there.
const WALK: [(&str, Press); 11] = [
    ("How do you want to read the portal?", Press::Enter),
    ("Can someone present edit", Press::Enter),
    ("Enter chooses Directory Services", Press::Enter),
    ("Is this account used anywhere else", Press::Enter),
    ("The controllers are reached.", Press::Enter),
    ("Has the password been changed", Press::Enter),
    ("Type the account's password", Press::Right),
    // An attempt that was interrupted, or refused, counts; and nobody told this site's policy.
    ("Even one more failure can lock the account.", Press::Name),
    ("Enter goes on to Save.", Press::Enter),
    (COUNT, Press::Count),
    ("Enter goes on to the sensors.", Press::Enter),
];

#[derive(Clone, Copy)]
enum Press {
    Enter,
    Right,
    Name,
    Count,
}

/// A site where the console saves, with the shortest watch there is.
fn site(place: &Place) -> String {
    let at = &place.addresses;
    let text = signing_in::site(place, "");
    let account = "[[account]]\nname = \"svc-mdi\"\ndomain = \"contoso.test\"\n";
    let entry = format!("{account}entry = \"{}\"\n", at.entry_id);
    let save = format!("[save]\nmode = \"workspace\"\naddress = \"{}\"\n", at.workspace_url);
    let watch = "[watch]\nwatch_minutes = 1\nsettle_seconds = 30\npoll_seconds = 10\n";
    text.replace(account, &entry) + &save + watch
}

struct Seat<'a> {
    place: &'a Place,
    pty: Pty,
}

impl<'a> Seat<'a> {
    fn take(place: &'a Place, more: &[&str]) -> Self {
        let path = |name: &str| place.path(name).to_string_lossy().into_owned();
        let (site, own, home, roots) = (path("site.toml"), path("own"), path("home"), path("ca.pem"));
        let arguments: Vec<&str> = more.iter().copied().chain(["--site", &site]).collect();
        let environment =
            [("USER", "ana"), ("XDG_STATE_HOME", &*own), ("HOME", &*home), ("SSL_CERT_FILE", &*roots)];
        let pty = Pty::start(env!("CARGO_BIN_EXE_mdi-console"), &arguments, &environment, (40, 120)).unwrap();
        Self { place, pty }
    }

    fn said(&self) -> String {
        said(&self.pty.screen())
    }

    /// Presses what takes the walk on, until these words stand there.
    fn walk_to(&mut self, words: &str) {
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

    fn press(&mut self, press: Press) {
        match press {
            Press::Enter => {}
            Press::Right => self.type_slowly(RIGHT),
            Press::Name => self.type_slowly("svc-mdi"),
            Press::Count => {
                let text = self.said();
                let wanted = text.split(COUNT).nth(1).and_then(|rest| rest.split(", to save").next());
                self.type_slowly(wanted.unwrap());
            }
        }
        self.pty.send("\r").unwrap();
    }

    /// Key by key, each once the one before is seen.
    fn type_slowly(&mut self, text: &str) {
        for key in text.chars() {
            let before = self.pty.screen().cursor_position();
            self.pty.send(&key.to_string()).unwrap();
            self.pty.wait_until("the echo of a key", |screen| screen.cursor_position() != before).unwrap();
        }
    }

    /// Ends the program, without warning, as soon as this stands in its record; `act` leads there.
    fn kill_at(mut self, fact: &str, act: impl FnOnce(&mut Self)) {
        let (record, pid) = (record(self.place), self.pty.pid());
        let wanted = format!("\"fact\":\"{fact}\"");
        let before = count(&record, &wanted);
        let killer = thread::spawn(move || {
            while count(&record, &wanted) == before {
                thread::yield_now();
            }
            kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        });
        act(&mut self);
        killer.join().unwrap();
        self.pty.exit(crate::pty::PATIENCE).unwrap();
    }
}

fn count(record: &PathBuf, wanted: &str) -> usize {
    fs::read_to_string(record).unwrap_or_default().matches(wanted).count()
}

/// The one record of this place.
fn record(place: &Place) -> PathBuf {
    let folder = place.path("own").join("mdi-console");
    let records: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("20")))
        .filter(|path| path.metadata().unwrap().len() > 0)
        .collect();
    assert_eq!(records.len(), 1, "{records:?}");
    records.into_iter().next().unwrap()
}

fn id(place: &Place) -> String {
    record(place).file_stem().unwrap().to_string_lossy().into_owned()
}

fn said(screen: &vt100::Screen) -> String {
    let rows: Vec<String> = screen.rows(0, screen.size().1.get()).collect();
    let text = rows.join(" ").replace(['│', '|', '║'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_walk_killed_at_a_test_at_its_save_and_in_its_watch_is_confirmed_all_the_same() {
    let place = Place::open();
    place.write(&site(&place));
    let mut seat = Seat::take(&place, &[]);
    seat.walk_to("Type the account's password");
    seat.kill_at("attempting", |seat| seat.press(Press::Right));
    let id = id(&place);
    let listed = place.run(&["--resume"], "");
    listed.says(&[
        "Unfinished walks in",
        &id,
        "ana@",
        "contoso-live",
        "step 4 Password",
        "nothing saved yet",
    ]);

    let mut seat = Seat::take(&place, &["--resume", &id]);
    seat.walk_to(COUNT);
    let held = place.run(&["--resume", &id], "");
    assert!(held.complaint.contains("locked by another mdi-console"), "{}", held.complaint);
    assert_eq!(held.code, Some(2));
    place.run(&["--resume"], "").says(&[&id, "locked by another mdi-console"]);
    seat.kill_at("save-intended", |seat| seat.press(Press::Count));

    let mut seat = Seat::take(&place, &["--resume", &id]);
    seat.walk_to("Enter goes on to the sensors.");
    seat.kill_at("settled", |seat| seat.press(Press::Enter));

    let mut seat = Seat::take(&place, &["--resume", &id]);
    seat.walk_to("Confirmed:");
    seat.pty.send("\r").unwrap();
    assert_eq!(seat.pty.exit(crate::pty::PATIENCE).unwrap().exit_code(), 0);
    let report = place.run(&["report"], "");
    report.says(&["# The password of svc-mdi in contoso.test was saved, and is confirmed", "**consistent**"]);
    report.says(&["interrupted: no outcome is on record", "took the walk up again on"]);
    assert_eq!(report.code, Some(0));
    let again = place.run(&["--resume", &id], "");
    assert!(again.complaint.contains("it is finished"), "{}", again.complaint);
    place.close();
}

#[test]
fn a_walk_killed_after_a_refusal_is_offered_at_the_start_and_confirmed() {
    let place = Place::open();
    place.write(&site(&place));
    let mut seat = Seat::take(&place, &[]);
    seat.walk_to("Type the account's password");
    seat.kill_at("refused", |seat| {
        seat.type_slowly("Wrong-Pass-2026!");
        seat.pty.send("\r").unwrap();
    });
    let mut seat = Seat::take(&place, &[]);
    seat.pty.wait_for("is unfinished at step 4").unwrap();
    seat.pty.wait_for("Go on with it").unwrap();
    seat.pty.send("\r").unwrap();
    seat.walk_to("Confirmed:");
    seat.pty.send("\r").unwrap();
    assert_eq!(seat.pty.exit(crate::pty::PATIENCE).unwrap().exit_code(), 0);
    let outcomes = place.outcomes();
    assert_eq!(outcomes.iter().filter(|one| **one == "52e").count(), 1, "{outcomes:?}");
    // Finished: nothing is offered any more.
    let mut seat = Seat::take(&place, &[]);
    seat.pty.wait_for("How do you want to read the portal?").unwrap();
    seat.pty.send("\x03\x03").unwrap();
    place.close();
}
