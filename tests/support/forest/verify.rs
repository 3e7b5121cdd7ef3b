//! `mdi-console verify`, the built binary, as an operator of this forest runs it.
//!
//! Relies on `--json` for what it says, and on a home of its own for its ledger. Deliberately absent: what it should say.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mdi_console::directory::Controller;
use serde_json::Value;
use tempfile::TempDir;

use super::{DOMAIN, Forest, fed};

const PROGRAM: &str = env!("CARGO_BIN_EXE_mdi-console");

/// A user of their own: a home, with a ledger in it.
pub struct Operator<'a> {
    forest: &'a Forest,
    home: TempDir,
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
        let lines =
            self.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("one object a line"));
        lines.filter(|line| text(line, "event") == event).collect()
    }

    pub fn verdict(&self) -> Value {
        self.events("verdict").pop().unwrap_or_else(|| panic!("no verdict: {self:?}"))
    }

    pub fn word(&self) -> String {
        text(&self.verdict(), "word").to_owned()
    }

    /// Host, protocol and answer of each attempt, in order.
    pub fn attempts(&self) -> Vec<String> {
        let attempts = self.events("attempt");
        let told = |attempt: &Value| {
            let host = text(attempt, "host").split('.').next().unwrap_or_default();
            format!("{host} {} {}", text(attempt, "protocol"), text(attempt, "answer"))
        };
        attempts.iter().map(told).collect()
    }
}

pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

impl Forest {
    pub fn operator(&self) -> Operator<'_> {
        Operator { forest: self, home: self.folder() }
    }
}

impl Operator<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The command, ready to run at both controllers: nothing of this user's own is read or written.
    pub fn command(&self, account: &str) -> Command {
        self.command_at(account, &self.forest.controllers)
    }

    pub fn command_at(&self, account: &str, controllers: &[Controller]) -> Command {
        let mut command = self.bare();
        command.args(["--account", account, "--domain", DOMAIN, "--pdc-emulator", "dc1.contoso.test"]);
        command.arg("--ca-file").arg(self.forest.authority("ca"));
        for one in controllers {
            let address = one.ldap.expect("an address").ip();
            command.args(["--controller", &format!("{}={address}", one.host)]);
        }
        command
    }

    fn bare(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(["verify", "--json", "--password-stdin"]).env_clear().env("USER", "ana");
        command.env("HOME", self.path("home")).env("XDG_STATE_HOME", self.path("state"));
        command
    }

    pub fn verify(&self, account: &str, password: &str) -> Said {
        said(fed(self.command(account), format!("{password}\n").as_bytes()))
    }

    /// By a site file that names a reader account, whose password comes after the account's own.
    pub fn verify_by_site(&self, account: &str, (password, reader): (&str, &str)) -> Said {
        let site = self.site(account, "controllers = \"listed\"", &self.listed());
        let mut command = self.bare();
        command.arg("--site").arg(site);
        said(fed(command, format!("{password}\n{reader}\n").as_bytes()))
    }

    /// By a site file that names nothing but the domain's own name servers.
    pub fn verify_by_dns(&self, account: &str, (password, reader): (&str, &str)) -> Said {
        let servers = self.forest.controllers.iter().filter_map(|one| one.ldap);
        let servers: Vec<String> = servers.map(|server| format!("\"{}\"", server.ip())).collect();
        let domain = format!("controllers = \"dns\"\ndns_servers = [{}]", servers.join(", "));
        let mut command = self.bare();
        command.arg("--site").arg(self.site(account, &domain, ""));
        said(fed(command, format!("{password}\n{reader}\n").as_bytes()))
    }

    fn listed(&self) -> String {
        let controllers = self.forest.controllers.iter();
        controllers
            .map(|one| {
                let (address, pdc) = (one.ldap.expect("an address").ip(), one.pdc_emulator == Some(true));
                format!(
                    "[[controller]]\nhost = \"{}\"\naddresses = [\"{address}\"]\npdc_emulator = {pdc}\n",
                    one.host
                )
            })
            .collect()
    }

    fn site(&self, account: &str, domain: &str, controllers: &str) -> PathBuf {
        let text = format!(
            "[workspace]\nname = \"contoso-live\"\n[cloud]\nname = \"global\"\ngraph = false\n\
             [[domain]]\nname = \"{DOMAIN}\"\n{domain}\n\
             [[account]]\nname = \"{account}\"\ndomain = \"{DOMAIN}\"\n{controllers}\
             [directory]\nca_file = \"ca.pem\"\n[[sensor]]\nhost = \"s1.contoso.test\"\n\
             [reader]\nname = \"svc-auditor\"\ndomain = \"{DOMAIN}\"\n"
        );
        let site = self.path("site.toml");
        fs::write(&site, text).expect("the site file");
        fs::copy(self.forest.authority("ca"), self.path("ca.pem")).expect("the CA file");
        site
    }

    /// How many attempts with an account's password stand in the ledger.
    pub fn reserved(&self, account: &str) -> usize {
        let text = fs::read_to_string(self.path("state/mdi-console/attempts.jsonl")).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let reserved = lines.filter(|line| line.to_string().contains(&format!("{account}@{DOMAIN}")));
        reserved.count()
    }

    /// The password is nowhere in what was written.
    pub fn gives_nothing_away(&self, password: &str) {
        for (path, text) in files(&self.path("state")) {
            let text = String::from_utf8_lossy(&text);
            assert!(!text.contains(password), "{} holds the password", path.display());
        }
    }
}

fn said(output: Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("text"),
        complaint: String::from_utf8(output.stderr).expect("text"),
    }
}

/// Started, with its password given.
pub fn started(mut command: Command, password: &str) -> std::process::Child {
    use std::io::Write as _;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    let _ = writeln!(child.stdin.take().expect("its input"), "{password}");
    child
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let found = paths.flat_map(|path| {
        if path.is_dir() { files(&path) } else { vec![(path.clone(), fs::read(&path).expect("a file"))] }
    });
    found.collect()
}
