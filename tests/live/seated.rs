//! A live site from a terminal: the reader account's password is typed unseen, before the screen is taken.

use rustix::process::Signal;
use rustix::termios::LocalModes;

use crate::place::{Place, READER};
use crate::pty::{PATIENCE, Pty};

const PROMPT: &str = "goes without it):";

pub fn sit(place: &Place, more: &[&str]) -> Pty {
    let path = |name: &str| place.path(name).to_string_lossy().into_owned();
    let site = path("site.toml");
    let arguments: Vec<&str> = more.iter().copied().chain(["--site", &site]).collect();
    let [own, home, roots] = ["own", "home", "ca.pem"].map(path);
    let environment: [(&str, &str); 4] =
        [("USER", "ana"), ("XDG_STATE_HOME", &own), ("HOME", &home), ("SSL_CERT_FILE", &roots)];
    Pty::start(env!("CARGO_BIN_EXE_mdi-console"), &arguments, &environment, (40, 120)).unwrap()
}

pub fn echoes(pty: &Pty) -> bool {
    pty.settings().unwrap().local_modes.contains(LocalModes::ECHO)
}

#[test]
fn the_readers_password_is_not_echoed_and_the_screen_is_taken_after_it() {
    let place = Place::open();
    place.write(&place.file(READER));
    let password = place.addresses.reader.password.clone();
    let mut pty = sit(&place, &[]);
    pty.wait_for(PROMPT).unwrap();
    assert!(!echoes(&pty));
    pty.send(&format!("{}\n", password.as_str())).unwrap();
    pty.wait_for("Can someone present edit").unwrap();
    pty.wait_for("LIVE").unwrap();
    pty.send("\x03\x03").unwrap();
    let code = pty.exit(PATIENCE).unwrap().exit_code();
    assert!(echoes(&pty), "the echo is still off: {code}");
    assert!(!String::from_utf8_lossy(&pty.output()).contains(password.as_str()));
    place.close();
}

#[test]
fn whoever_interrupts_that_prompt_gets_the_terminal_back() {
    let place = Place::open();
    place.write(&place.file(READER));
    let check = |end: &dyn Fn(&mut Pty), code: u32| {
        let mut pty = sit(&place, &["--plain"]);
        pty.wait_for(PROMPT).unwrap();
        assert!(!echoes(&pty));
        end(&mut pty);
        assert_eq!(pty.exit(PATIENCE).unwrap().exit_code(), code, "{}", pty.text());
        assert!(echoes(&pty), "the echo is still off");
        assert!(!String::from_utf8_lossy(&pty.output()).contains("half-a-pass"));
    };
    check(&|pty| pty.send("half-a-pass\x03").unwrap(), 130);
    check(&|pty| pty.signal(Signal::TERM).unwrap(), 143);
    check(&|pty| pty.signal(Signal::HUP).unwrap(), 129);
    place.close();
}
