//! A walk in lines whose password goes to the operator's clipboard: what went there is in no buffer any more when the
//! program ends.
//!
//! Relies on a site where the portal is a person's, so that nothing is sent there. Deliberately absent: the screen.

use crate::disguises::random;
use crate::place::Place;
use crate::pty::{PATIENCE, Pty};

use super::core::{AtTheEnd, can_be_taken};
use super::walking::{check, settled};

/// What stands there, and the line that answers it.
const TO_THE_PASSWORD: [(&str, &str); 5] = [
    ("Can someone present edit", "1\n"),
    ("Read what stands here", "\n"),
    ("Is this account used anywhere else", "1\n"),
    ("The controllers are reached", "\n"),
    ("Has the password been changed", "1\n"),
];

fn answer(pty: &mut Pty, question: &str, line: &str) {
    pty.wait_for(question).unwrap();
    pty.wait_until("a prompt", |screen| screen.contents().trim_end().ends_with('>')).unwrap();
    pty.send(line).unwrap();
}

#[test]
fn a_walk_in_lines_keeps_no_copy_of_a_password_that_went_to_the_clipboard() {
    if !can_be_taken() {
        return;
    }
    let right = random().unwrap();
    let place = Place::with("clean", &right);
    place.write(&place.file("[save]\nclipboard = \"allow\"\n"));
    let [site, own, home] =
        ["site.toml", "own", "home"].map(|name| place.path(name).to_str().unwrap().to_owned());
    let environment = [("USER", "ana"), ("XDG_STATE_HOME", &*own), ("HOME", &*home), ("TERM", "xterm")];
    let arguments = ["--plain", "--site", &site];
    let mut pty =
        Pty::start(env!("CARGO_BIN_EXE_mdi-console"), &arguments, &environment, (200, 200)).unwrap();
    for (question, line) in TO_THE_PASSWORD {
        answer(&mut pty, question, line);
    }
    pty.wait_for("Password (not shown):").unwrap();
    pty.send(&format!("{right}\n")).unwrap();
    answer(&mut pty, "Enter goes on to Save.", "\n");
    answer(&mut pty, "Type the domain, contoso.test", "contoso.test\n");
    answer(&mut pty, "Save it there as shown", "p\n");
    pty.wait_for("2) Put it there, once").unwrap();
    pty.send("2\n").unwrap();
    pty.wait_for("The password is on your clipboard, for 45 s.").unwrap();
    settled(&pty, place.folder.path(), ("on the clipboard", &right), &["UTF-8", "UTF-32LE"]);
    let end = AtTheEnd::of(&pty, place.folder.path());
    pty.send("\x03").unwrap();
    check(&end.core(), ("at the end", &right), &[]);
    assert_eq!(pty.exit(PATIENCE).unwrap().exit_code(), 130);
    place.close();
}
