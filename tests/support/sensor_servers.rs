//! Sensor servers that are asked over a real ssh: one `OpenSSH` server on loopback plays all of them.
//!
//! Relies on `sshd.sh` beside it. Each use has a server of its own, which ends with it, or with the process. Deliberately
//! absent: what the answers should be.

use std::path::{Path, PathBuf};
use std::process::Command;

use mdi_console::site::file;

/// A site file in which everything else is said.
const SITE: &str = "[workspace]\nname = \"contoso-corp\"\n[cloud]\nname = \"global\"\ngraph = false\n\
                    [[domain]]\nname = \"contoso.test\"\n[[account]]\nname = \"svc-mdi\"\ndomain = \"contoso.test\"\n\
                    [[sensor]]\nhost = \"s1.contoso.test\"\n";

/// The arguments that a preset of the site file stands for.
pub fn preset(name: &str) -> Vec<String> {
    let text = format!("{SITE}[probe]\npreset = \"{name}\"\n");
    let site = file::parse("site.toml", &text).expect("a site file");
    site.probe.asked.expect("a way of asking").command
}

pub struct SensorServers {
    folder: PathBuf,
}

impl SensorServers {
    /// `None`, said aloud: this machine has no `OpenSSH` server.
    pub fn start() -> Option<Self> {
        let (all_here, lacks) = script(["missing"]);
        if !all_here {
            let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
            assert!(!required, "MDI_CONSOLE_PEERS=require, and this machine lacks {lacks}");
            println!("skipped: no OpenSSH server to meet; this machine lacks {lacks}");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder").keep();
        let servers = Self { folder };
        servers.act(&["start"], &[&std::process::id().to_string()]);
        Some(servers)
    }

    /// One more host, with its services as they are: the name, and what `sshd.sh service` takes.
    pub fn host(&self, host: &str, services: &[(&str, &str)]) {
        self.act(&["host"], &[host]);
        for (service, state) in services {
            self.set(host, service, state);
        }
    }

    pub fn set(&self, host: &str, service: &str, state: &str) {
        let state: Vec<&str> = state.split(' ').collect();
        self.act(&["service"], &[&[host, service], state.as_slice()].concat());
    }

    /// `stranger`, `impostor` or `refused`.
    pub fn spoil(&self, host: &str, how: &str) {
        self.act(&[how], &[host]);
    }

    /// How often a host was asked this.
    pub fn asked(&self, what: &str) -> usize {
        let asked = std::fs::read_to_string(self.folder.join("asked")).unwrap_or_default();
        asked.lines().filter(|line| *line == what).count()
    }

    /// Where `ssh` is that knows these hosts.
    pub fn programs(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// The preset `ssh`, with the ssh that knows these hosts.
    pub fn probe(&self) -> Vec<String> {
        let mut command = preset("ssh");
        let program = command.first_mut().expect("a program");
        assert_eq!(program, "ssh");
        *program = self.programs().join("ssh").to_string_lossy().into_owned();
        command
    }

    fn act(&self, act: &[&str], arguments: &[&str]) {
        let folder = self.folder.to_string_lossy();
        let all: Vec<&str> = act.iter().copied().chain([&*folder]).chain(arguments.iter().copied()).collect();
        let (done, said) = script(&all);
        assert!(done || std::thread::panicking(), "{all:?}: {said}");
    }
}

impl Drop for SensorServers {
    fn drop(&mut self) {
        self.act(&["stop"], &[]);
    }
}

fn script(arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/sshd.sh");
    let ran = Command::new("bash").arg(script).args(arguments).output().expect("bash runs");
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.success(), String::from_utf8_lossy(&said).trim().to_owned())
}
