//! A domain to test at: a lab that runs in this process, a site file for it, and a state folder.
//!
//! Relies on the lab's addresses being all that a site file needs. Deliberately absent: what is expected.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mdi_console::clock::Clock;
use mdi_console::lab::scenario::{self, DirectorySettings};
use mdi_console::lab::{Addresses, Lab, StartOptions};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const RIGHT: &str = "Lab-Pass-2026!";
pub const PREVIOUS: &str = "Lab-Pass-2025!";
pub const WRONG: &str = "Wrong-Pass-2026!";
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_mdi-console");

pub struct Place {
    pub folder: TempDir,
    pub addresses: Addresses,
    pub lab: Lab,
    pub runtime: Runtime,
}

/// What one run said, and its code.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub complaint: String,
}

impl Said {
    /// Every object of this event.
    pub fn events(&self, event: &str) -> Vec<Value> {
        let parsed =
            self.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("one object a line"));
        parsed.filter(|line| line["event"] == event).collect()
    }

    pub fn verdict(&self) -> Value {
        self.events("verdict").pop().unwrap_or_else(|| panic!("no verdict: {self:?}"))
    }
}

impl Place {
    pub fn open() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut DirectorySettings)) -> Self {
        Self::with_password(None, change)
    }

    pub fn with_password(password: Option<&str>, change: impl FnOnce(&mut DirectorySettings)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = Runtime::new().expect("a runtime");
        let mut scenario = scenario::find("clean").expect("the scenario");
        change(&mut scenario.directory);
        let options = StartOptions {
            scenario,
            clock: Clock::system(),
            folder: folder.path().join("lab"),
            program: PROGRAM.into(),
            password: password.map(str::to_owned),
        };
        let lab = runtime.block_on(async { Lab::start(options) }).expect("a lab");
        let addresses = lab.addresses();
        let place = Self { folder, addresses, lab, runtime };
        fs::write(place.path("ca.pem"), &place.addresses.ca_pem).expect("the CA file");
        place.write_site("", |address| address);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A site file of the lab's controllers; `more` is put behind it, and `at` says where each address is to be asked.
    pub fn write_site(&self, more: &str, mut at: impl FnMut(SocketAddr) -> SocketAddr) {
        let controllers: String = self
            .addresses
            .controllers
            .iter()
            .map(|one| {
                let kerberos = one.kerberos.map_or(0, |kerberos| at(kerberos).port());
                format!(
                    "[[controller]]\nhost = \"{}\"\naddresses = [\"127.0.0.1\"]\nldaps_port = {}\nldap_port = {}\n\
                     kerberos_port = {kerberos}\npdc_emulator = {}\n",
                    one.host,
                    at(one.ldaps).port(),
                    at(one.ldap).port(),
                    one.pdc_emulator
                )
            })
            .collect();
        let text = format!(
            "[workspace]\nname = \"contoso-live\"\n[cloud]\nname = \"global\"\ngraph = false\n\
             [[domain]]\nname = \"contoso.test\"\ncontrollers = \"listed\"\n\
             [[account]]\nname = \"svc-mdi\"\ndomain = \"contoso.test\"\n{controllers}\
             [directory]\nca_file = \"ca.pem\"\nold_password_minutes = 1\n\
             [[sensor]]\nhost = \"s1.contoso.test\"\n{more}"
        );
        fs::write(self.path("site.toml"), text).expect("the site file");
    }

    /// The command, ready to run: nothing of this user's own is read or written.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("verify").args(arguments);
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command.env_remove("LOGNAME").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn environment(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("HOME", self.path("home")),
            ("XDG_STATE_HOME", self.path("state")),
            ("XDG_CONFIG_HOME", self.path("config")),
            ("USER", "ana".into()),
        ]
    }

    /// Tests `password`, by the site file.
    pub fn verify(&self, password: &str) -> Said {
        let site = self.path("site.toml");
        self.run(&["--json", "--password-stdin", "--site", &site.to_string_lossy()], &format!("{password}\n"))
    }

    pub fn run(&self, arguments: &[&str], input: &str) -> Said {
        use std::io::Write as _;
        let mut child = self.command(arguments).spawn().expect("the program");
        // One that complains of its arguments doesn't read at all.
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("its output");
        let said = Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("text"),
            complaint: String::from_utf8(output.stderr).expect("text"),
        };
        self.gives_nothing_away(&said, input.trim_end_matches('\n'));
        said
    }

    /// The password is nowhere: not in what was said, not in a file.
    pub fn gives_nothing_away(&self, said: &Said, password: &str) {
        if password.len() < 4 {
            return;
        }
        for text in [&said.out, &said.complaint] {
            assert!(!text.contains(password), "the password was said: {said:?}");
        }
        for (path, text) in files(&self.path("state")) {
            let text = String::from_utf8_lossy(&text);
            assert!(!text.contains(password), "{} holds the password", path.display());
        }
    }

    /// How the lab saw every attempt, in order.
    pub fn outcomes(&self) -> Vec<&'static str> {
        self.lab.attempts().iter().map(|attempt| attempt.outcome).collect()
    }

    /// The ledger's lines.
    pub fn ledger(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("state/mdi-console/attempts.jsonl")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// How many attempts were ever reserved.
    pub fn reserved(&self) -> usize {
        self.ledger().iter().filter(|line| line.get("attempt").is_some()).count()
    }

    /// Every record's lines.
    pub fn records(&self) -> Vec<Value> {
        let found = files(&self.path("state/mdi-console/verify"));
        let records = found.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "jsonl"));
        let lines = records.flat_map(|(_, text)| text.split(|byte| *byte == b'\n'));
        lines.filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }

    pub fn close(self) {
        self.runtime.block_on(self.lab.stop());
    }
}

pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let found = paths.flat_map(|path| {
        if path.is_dir() { files(&path) } else { vec![(path.clone(), fs::read(&path).expect("a file"))] }
    });
    found.collect()
}
