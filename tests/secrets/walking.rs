//! A walk on the screen: one copy where the console holds the password, one in the field, and none once it is void, saved,
//! left alone for too long, or left.
//!
//! Relies on a clock that can be set ahead, which takes a C compiler. Deliberately absent: walks in lines.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::disguises::random;
use crate::live_seat::{self, Press, Seat};
use crate::place::Place;
use crate::pty::Pty;

use super::core::{AtTheEnd, Core, can_be_taken};
use super::written::{TALKATIVE, holds_nothing, tells_nothing};

/// Where the console keeps a secret.
const HELD: &str = "UTF-8";
/// The masked field, a row of characters.
const FIELD: &str = "UTF-32LE";
const REFUSED: &str = "refused the password";

/// How the lab's access and refresh tokens begin.
const TOKENS: [&str; 2] = ["eyJhbGciOiJub25l", "1.LAB"];

/// A call that is under way has copies of its own, and ends; what is left by one stays.
const LOOKS: usize = 6;

/// The first core in which no call is under way that holds this secret has just these copies of it.
pub fn settled(pty: &Pty, folder: &Path, (what, secret): (&str, &str), expected: &[&str]) {
    let mut core = Core::of(pty, folder);
    for _ in 1..LOOKS {
        if core.copies(secret).len() == expected.len() {
            break;
        }
        core = Core::of(pty, folder);
    }
    check(&core, (what, secret), expected);
}

/// The core has just these copies of the secret.
pub fn check(core: &Core, (what, secret): (&str, &str), expected: &[&str]) {
    let copies = core.copies(secret);
    let forms: Vec<&str> = copies.iter().map(|(form, _)| form.as_str()).collect();
    assert_eq!(forms, expected, "{what}: {copies:#?}");
}

/// Every log record that is shown, into a file.
fn export(seat: &mut Seat<'_>) {
    let file = seat.place.path("records.txt");
    seat.pty.send("\t").unwrap();
    seat.pty.wait_for("/ search").unwrap();
    seat.pty.send("O").unwrap();
    seat.pty.wait_for("Write all shown to a new file").unwrap();
    seat.type_slowly(file.to_str().unwrap());
    seat.pty.send("\r").unwrap();
    seat.pty.wait_for("Written to ").unwrap();
    // Back to the step, whose main act Enter is.
    seat.pty.send("\t").unwrap();
    seat.pty.wait_until("the step's keys", |screen| !screen.contents().contains("/ search")).unwrap();
}

#[test]
fn no_copy_of_a_password_outlives_its_save_or_its_refusal_and_nothing_written_holds_one() {
    if !can_be_taken() {
        return;
    }
    let (right, wrong) = (random().unwrap(), random().unwrap());
    let place = Place::with("clean", &right);
    place.write(&live_seat::site(&place));
    let reader = place.addresses.reader.password.clone();
    let mut seat = Seat::take(&place, &[], &[TALKATIVE]);
    let folder = place.folder.path();

    seat.walk_to("Type the account's password");
    settled(&seat.pty, folder, ("the reader's", &reader), &[HELD]);
    seat.type_slowly(&wrong);
    settled(&seat.pty, folder, ("typed", &wrong), &[FIELD]);
    seat.pty.send("\r").unwrap();
    seat.pty.wait_for(REFUSED).unwrap();
    settled(&seat.pty, folder, ("refused", &wrong), &[]);

    seat.type_slowly(&right);
    seat.pty.send("\r").unwrap();
    seat.pty.wait_for("Enter goes on to Save.").unwrap();
    seat.walk_to("Type the number of sensors and");
    tells_nothing(&seat.pty, &[&right, &wrong, &reader]);
    settled(&seat.pty, folder, ("before the save", &right), &[HELD, FIELD]);
    let before = Core::of(&seat.pty, folder);
    for token in TOKENS {
        // Connections that stand open have it in their buffers, as it was sent.
        let copies = before.copies(token);
        assert!(!copies.is_empty() && copies.iter().all(|(form, _)| form == HELD), "{copies:#?}");
    }
    seat.walk_to("Enter goes on to the sensors.");
    settled(&seat.pty, folder, ("saved", &right), &[]);

    seat.walk_to("Confirmed:");
    export(&mut seat);
    tells_nothing(&seat.pty, &[&right, &wrong, &reader]);
    let end = AtTheEnd::of(&seat.pty, folder);
    seat.press(Press::Enter);
    let last = end.core();
    for secret in [&*right, &*wrong, &*reader].into_iter().chain(TOKENS) {
        check(&last, ("at the end", secret), &[]);
    }
    assert!(last.count("contoso.test") > 0, "the search finds not even a name");
    assert_eq!(seat.pty.exit(crate::pty::PATIENCE).unwrap().exit_code(), 0);
    holds_nothing(&place, &seat.pty, (&[&right, &wrong, &reader], &["records.txt"]));
    place.close();
}

#[test]
fn no_copy_of_a_tested_password_is_left_when_it_was_not_used_for_too_long() {
    if !can_be_taken() {
        return;
    }
    let right = random().unwrap();
    let place = Place::with("clean", &right);
    place.write(&live_seat::site(&place));
    let path = |name: &str| place.path(name).to_str().unwrap().to_owned();
    let (library, later) = (path("later.so"), path("later"));
    let compiler = Command::new("cc").args(["-shared", "-fPIC", "-o", &library, LATER]).status().unwrap();
    assert!(compiler.success());
    let mut seat = Seat::take(&place, &[], &[TALKATIVE, ("LD_PRELOAD", &library), ("LATER", &later)]);
    seat.walk_to("Enter goes on to Save.");
    settled(&seat.pty, place.folder.path(), ("tested", &right), &[HELD, FIELD]);
    fs::write(&later, "").unwrap();
    // Any key: the time is looked at when something comes.
    seat.pty.send("l").unwrap();
    seat.pty.wait_for("Type the account's password").unwrap();
    settled(&seat.pty, place.folder.path(), ("not used for too long", &right), &[]);
    seat.pty.send("\x03\x03").unwrap();
    assert_eq!(seat.pty.exit(crate::pty::PATIENCE).unwrap().exit_code(), 130);
    holds_nothing(&place, &seat.pty, (&[&right], &[]));
    place.close();
}

const LATER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/secrets/later.c");
