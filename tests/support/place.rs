//! A live site to test at: a site file in a folder of its own, and a lab whose controllers it names.
//!
//! Relies on the lab in this process and the built binary in another. Deliberately absent: what is asked of either.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use mdi_console::clock::Clock;
use mdi_console::lab::address::ControllerAddress;
use mdi_console::lab::{Addresses, Lab, StartOptions, scenario};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const RIGHT: &str = "Lab-Pass-2026!";
/// The lab's reader account, for behind a site file.
pub const READER: &str = "[reader]\nname = \"svc-reader\"\ndomain = \"contoso.test\"\n";

pub struct Place {
    pub folder: TempDir,
    pub addresses: Addresses,
    /// The right password of its lab.
    pub right: String,
    lab: Lab,
    runtime: Runtime,
}

impl Place {
    /// Beside a lab that also speaks Kerberos.
    pub fn open() -> Self {
        Self::of("clean")
    }

    /// Beside the lab of another scenario.
    pub fn of(scenario: &str) -> Self {
        Self::with(scenario, RIGHT)
    }

    /// The same, with a right password of its own.
    pub fn with(scenario: &str, right: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let scenario = scenario::find(scenario).unwrap();
        let options = StartOptions {
            scenario,
            clock: Clock::system(),
            folder: folder.path().join("lab"),
            program: env!("CARGO_BIN_EXE_mdi-console").into(),
            password: Some(right.to_owned()),
        };
        let lab = runtime.block_on(async { Lab::start(options) }).unwrap();
        let addresses = lab.addresses();
        let place = Self { folder, addresses, right: right.to_owned(), lab, runtime };
        fs::write(place.path("ca.pem"), &place.addresses.ca_pem).unwrap();
        place.write(&place.file(""));
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, text: &str) {
        fs::write(self.path("site.toml"), text).unwrap();
    }

    /// A site without Graph; `more` is put behind it.
    pub fn file(&self, more: &str) -> String {
        let controllers: String = self.addresses.controllers.iter().map(controller).collect();
        let log = self.addresses.log_sources.first().unwrap();
        format!(
            "[workspace]\nname = \"contoso-live\"\n[cloud]\nname = \"global\"\ngraph = false\n\
             [[domain]]\nname = \"contoso.test\"\ncontrollers = \"listed\"\n\
             [[account]]\nname = \"svc-mdi\"\ndomain = \"contoso.test\"\n{controllers}\
             [directory]\nca_file = \"ca.pem\"\nconnect_seconds = 2\nanswer_seconds = 5\n\
             [[sensor]]\nhost = \"s1.contoso.test\"\n\
             [[log]]\nhost = \"{}\"\npatterns = [\"{}\"]\n{more}",
            log.host,
            log.patterns.first().unwrap()
        )
    }

    /// The same with Graph, whose place the lab's portal takes.
    pub fn file_with_graph(&self, more: &str) -> String {
        let at = &self.addresses;
        let cloud = format!(
            "tenant = \"{}\"\nclient_id = \"{}\"\nlogin_address = \"{}\"\ngraph_address = \"{}\"\n{more}",
            at.tenant, at.client_id, at.login_url, at.graph_url
        );
        self.file("").replace("graph = false\n", &cloud)
    }

    /// Runs the binary; its own state folder is always `own`.
    pub fn run(&self, arguments: &[&str], input: &str) -> Said {
        self.run_with(arguments, input, &[])
    }

    /// The same, with more in its environment.
    pub fn run_with(&self, arguments: &[&str], input: &str, environment: &[(&str, &str)]) -> Said {
        self.started(Command::new(env!("CARGO_BIN_EXE_mdi-console")).args(arguments), input, environment)
    }

    /// In a session of its own, which has no terminal, whatever this was started on.
    pub fn run_apart(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new("setsid");
        self.started(command.args(["--wait", env!("CARGO_BIN_EXE_mdi-console")]).args(arguments), "", &[])
    }

    fn started(&self, command: &mut Command, input: &str, environment: &[(&str, &str)]) -> Said {
        let output = command
            .arg("--site")
            .arg(self.path("site.toml"))
            .env("XDG_STATE_HOME", self.path("own"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("USER", "ana")
            .env_remove("LOGNAME")
            .env_remove("HTTPS_PROXY")
            .env_remove("https_proxy")
            .env_remove("ALL_PROXY")
            .env_remove("all_proxy")
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .envs(environment.iter().copied())
            .write_stdin(input)
            .timeout(Duration::from_mins(2))
            .output()
            .unwrap();
        Said::of(&output)
    }

    /// How the lab's directory saw every bind of the account that was not a sensor's.
    pub fn outcomes(&self) -> Vec<&'static str> {
        let attempts = self.lab.attempts();
        attempts.iter().filter(|attempt| !attempt.by_sensor).map(|attempt| attempt.outcome).collect()
    }

    pub fn close(self) {
        self.runtime.block_on(self.lab.stop());
    }
}

pub fn controller(at: &ControllerAddress) -> String {
    let kerberos = at.kerberos.map_or(0, |at| at.port());
    format!(
        "[[controller]]\nhost = \"{}\"\naddresses = [\"127.0.0.1\"]\nldaps_port = {}\nldap_port = {}\n\
         kerberos_port = {kerberos}\npdc_emulator = {}\n",
        at.host,
        at.ldaps.port(),
        at.ldap.port(),
        at.pdc_emulator
    )
}

/// What the binary said, and its code.
pub struct Said {
    pub out: String,
    pub complaint: String,
    pub code: Option<i32>,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { out: text(&output.stdout), complaint: text(&output.stderr), code: output.status.code() }
    }

    /// In this order, whatever stands between them.
    pub fn says(&self, sentences: &[&str]) {
        let mut rest = self.out.as_str();
        for sentence in sentences {
            let Some(at) = rest.find(sentence) else {
                panic!("not said here: {sentence}\n{}\n{}", self.out, self.complaint);
            };
            rest = &rest[at + sentence.len()..];
        }
    }
}

/// Every file below a folder, with its text.
pub fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let found = paths.flat_map(|path| {
        if path.is_dir() { files(&path) } else { vec![(path.clone(), fs::read_to_string(&path).unwrap())] }
    });
    found.collect()
}
