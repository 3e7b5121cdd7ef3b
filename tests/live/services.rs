//! Step 6 at a live site: each server is asked in its own way, with what it may know of the environment; and nothing that
//! was started outlives the console, however that ends.
//!
//! Relies on the lab's directory for the steps before. Deliberately absent: ssh and Samba, which `peers` meets.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::Signal;

use crate::place::{Place, RIGHT};
use crate::pty::{PATIENCE, Pty};

/// What is said at each prompt on the way to step 6.
const WAY: [(&str, &str); 11] = [
    ("Can someone present edit", "1"),
    ("Step 2 of 7", ""),
    ("Is this account used anywhere else", "1"),
    ("The controllers are reached.", ""),
    ("changed in Active Directory already?", "1"),
    ("Enter tests it.", RIGHT),
    ("current (Kerberos).", ""),
    ("Type the domain", "contoso.test"),
    ("Save it there as shown", ""),
    ("Is the password saved at the portal?", "1"),
    ("How did it get into", "2"),
];

fn program(place: &Place, name: &str, script: &str) -> PathBuf {
    let path = place.path(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    path
}

/// A walk that was left would be offered to the next one: each has a folder of its own.
static SITTING: AtomicUsize = AtomicUsize::new(0);

/// Sits down at a terminal and walks in lines to step 6.
fn at_services(place: &Place, environment: &[(&str, &str)]) -> Pty {
    let path = |name: &str| place.path(name).to_string_lossy().into_owned();
    let own = path(&format!("own-{}", SITTING.fetch_add(1, Ordering::Relaxed)));
    let (site, home) = (path("site.toml"), path("home"));
    let usual = [("USER", "ana"), ("XDG_STATE_HOME", own.as_str()), ("HOME", home.as_str())];
    let all: Vec<(&str, &str)> = usual.iter().chain(environment).copied().collect();
    let arguments = ["--plain", "--site", &site];
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_mdi-console"), &arguments, &all, (100, 160)).unwrap();
    for (prompt, line) in WAY {
        pty.wait_for(prompt).unwrap();
        let asked = pty.text();
        // Its mark stands behind everything that was said.
        pty.wait_until("a prompt", |screen| screen.contents().trim_end().ends_with(['>', ':']))
            .unwrap_or_else(|why| {
                panic!("{why} after {prompt}: {asked}");
            });
        pty.send(&format!("{line}\n")).unwrap();
    }
    pty.wait_for("Step 6 of 7").unwrap();
    pty
}

fn probe(command: &Path) -> String {
    format!("preset = \"command\"\ncommand = [\"{}\", \"{{host}}\", \"{{service}}\"]\n", command.display())
}

#[test]
fn each_server_is_asked_in_its_own_way_or_not_at_all() {
    let place = Place::open();
    let asked = place.path("asked");
    let says = |name: &str, state: &str| {
        let script =
            format!("echo \"{name} $*\" >> {}\nenv >> {}.env\n{state}", asked.display(), asked.display());
        program(&place, name, &script)
    };
    let usual = says("usual", "echo \"$2 service is stopped.\"");
    let own = says("mine", "echo '[SC] OpenService FAILED 5:'; exit 5");
    let one = |host: &str, more: &str| format!("[[sensor]]\nhost = \"{host}\"\nstandalone = true\n{more}");
    place.write(&place.file(&format!(
        "[probe]\n{}{}{}{}",
        probe(&usual),
        one("a.contoso.test", ""),
        one("b.contoso.test", &probe(&own)),
        one("c.contoso.test", "preset = \"none\"\n"),
    )));
    let ticket = ("KRB5CCNAME", "FILE:/nowhere/ticket");
    let mut pty = at_services(&place, &[ticket, ("SECRET_OF_SOMEBODY", "x"), ("LD_PRELOAD", "")]);
    pty.wait_for("a.contoso.test: stopped.").unwrap();
    pty.wait_for("sc.exe start AATPSensor").unwrap();
    pty.wait_for("b.contoso.test: unknown: access denied (5).").unwrap();
    pty.wait_for("look on the host and mark it with m").unwrap();
    let lines = fs::read_to_string(&asked).unwrap();
    let count = |line: &str| lines.lines().filter(|one| *one == line).count();
    for service in ["AATPSensor", "AATPSensorUpdater"] {
        assert!(count(&format!("usual a.contoso.test {service}")) >= 1, "{lines}");
        assert!(count(&format!("mine b.contoso.test {service}")) >= 1, "{lines}");
    }
    assert!(!lines.contains("c.contoso.test"), "{lines}");
    let environment = fs::read_to_string(place.path("asked.env")).unwrap();
    assert!(environment.contains("KRB5CCNAME=FILE:/nowhere/ticket") && environment.contains("LC_ALL=C"));
    assert!(
        !environment.contains("SECRET_OF_SOMEBODY") && !environment.contains("USER=ana"),
        "{environment}"
    );
    pty.send("m c.contoso.test\n").unwrap();
    pty.wait_for("How do you know that the sensor service on c.contoso.test is running?").unwrap();
    pty.send("services.msc on its console\n").unwrap();
    pty.wait_for("c.contoso.test: marked by operator.").unwrap();
    pty.signal(Signal::TERM).unwrap();
    assert_eq!(pty.exit(PATIENCE).unwrap().exit_code(), 143);
    place.close();
}

/// Whether a process with this id is alive (a dead one nobody has waited for is not).
fn alive(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

fn ids(of: &Path) -> Vec<String> {
    let text = fs::read_to_string(of).unwrap_or_default();
    text.split_whitespace().map(ToOwned::to_owned).collect()
}

#[test]
fn nothing_that_was_asked_outlives_the_console_however_it_ends() {
    let place = Place::open();
    let pids = place.path("pids");
    // Deaf to every request to end, and with a child of its own.
    let hangs = format!("trap '' TERM HUP INT PIPE\nsleep 1000 &\necho $$ $! >> {}\nwait", pids.display());
    let hangs = program(&place, "hangs", &hangs);
    place.write(&place.file(&format!("[probe]\n{}timeout_seconds = 120\n", probe(&hangs))));
    let check = |end: &dyn Fn(&mut Pty), code: u32| {
        fs::write(&pids, "").unwrap();
        let mut pty = at_services(&place, &[]);
        // One server, two services, two processes each.
        let began = std::time::Instant::now();
        while ids(&pids).len() < 4 {
            assert!(began.elapsed() < PATIENCE, "nothing was asked: {}", pty.text());
            std::thread::yield_now();
        }
        end(&mut pty);
        assert_eq!(pty.exit(PATIENCE).unwrap().exit_code(), code, "{}", pty.text());
        let began = std::time::Instant::now();
        while ids(&pids).iter().any(|id| alive(id)) {
            assert!(began.elapsed() < Duration::from_secs(5), "still there after {code}: {:?}", ids(&pids));
            std::thread::yield_now();
        }
    };
    check(&|pty| pty.signal(Signal::TERM).unwrap(), 143);
    check(&|pty| pty.signal(Signal::HUP).unwrap(), 129);
    check(
        &|pty| {
            pty.send("q\n").unwrap();
            pty.wait_for("Leave it?").unwrap();
            pty.send("1\n").unwrap();
        },
        1,
    );
    place.close();
}
