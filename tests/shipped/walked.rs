//! The installed program, walked: as lines of text to the end, and on a terminal as far as its first page.

use std::process::Command;

use crate::installed::Root;
use crate::place::{Place, RIGHT, files};
use crate::pty::{PATIENCE, Pty};

#[test]
fn the_installed_program_walks_the_lab_to_its_end() {
    let Some(root) = Root::install() else { return };
    let state = tempfile::tempdir().unwrap();
    let output = assert_cmd::Command::new(root.program())
        .args(["lab", "--plain", "--password-stdin", "--state-dir"])
        .arg(state.path())
        .write_stdin(["1", "1", "", "1", "", "1", RIGHT, "", "12", "", "", ""].join("\n"))
        .timeout(std::time::Duration::from_mins(3))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("dc1.contoso.test, PDC emulator: current (Kerberos)."), "{told}");
    assert!(told.contains("Confirmed: every sensor that uses the entry was seen running"), "{told}");
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(files(state.path()).iter().all(|(_, text)| !text.contains(RIGHT)));
}

#[test]
fn the_installed_program_takes_a_terminal_and_gives_it_back() {
    let Some(root) = Root::install() else { return };
    let state = tempfile::tempdir().unwrap();
    let (program, state) = (root.program(), state.path().to_str().unwrap().to_owned());
    let program = program.to_str().unwrap();
    let mut pty =
        Pty::start(program, &["lab"], &[("XDG_STATE_HOME", &state), ("USER", "ana")], (24, 80)).unwrap();
    pty.wait_for("Open the portal").unwrap();
    pty.send("q").unwrap();
    pty.wait_until("a question, or the end", |screen| {
        screen.contents().contains("Leave") || !screen.alternate_screen()
    })
    .unwrap();
    if pty.screen().alternate_screen() {
        pty.send("\u{3}").unwrap();
    }
    pty.exit(PATIENCE).unwrap();
    assert!(!pty.screen().alternate_screen());
}

#[test]
fn the_installed_program_finds_hosts_by_name() {
    let Some(root) = Root::install() else { return };
    let place = Place::open();
    let port = url::Url::parse(&place.addresses.workspace_url).unwrap().port().unwrap();
    let portal = format!("name = \"contoso-live\"\nportal = \"https://localhost:{port}\"\n");
    place.write(&place.file("").replace("name = \"contoso-live\"\n", &portal));
    let mut check = Command::new(root.program());
    check
        .args(["check", "--json", "--site"])
        .arg(place.path("site.toml"))
        .env("XDG_STATE_HOME", place.path("own"));
    let told = String::from_utf8(check.output().unwrap().stdout).unwrap();
    let address =
        told.lines().find(|line| line.contains(r#""about":"address""#)).unwrap_or_else(|| panic!("{told}"));
    // It was reached: what is missing is somebody who vouches for the lab.
    assert!(address.contains("certificate"), "{address}");
    place.close();
}
