//! A folder with logs, and the program run in it.
//!
//! Deliberately absent: what is asked of either.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_mdi-console");

pub const REFUSED: &str = "\
2024-04-15 21:28:12.4525 Error DirectoryServicesClient+<CreateLdapConnectionAsync>d__47 Microsoft.Tri.Infrastructure.ExtendedException: CreateLdapConnectionAsync failed [DomainControllerDnsName=DC.contoso.test UserName=svc-mdi Domain=contoso.test] ---> System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.
   at System.DirectoryServices.Protocols.LdapConnection.BindHelper()
";
pub const CALM: &str =
    "2024-04-15 21:28:13.0000 Info  NetworkListener connected [DomainControllerDnsName=dc1.contoso.test]\n";
/// The sentence as somebody's value: nobody was refused.
pub const QUOTED: &str =
    "2024-04-15 21:28:14.0000 Info  HealthIssue raised [Message=The supplied credential is invalid.]\n";
/// As a Windows writes it that speaks German.
pub const TRANSLATED: &str = "\
2024-04-15 22:00:00.0000 Error A failed [DomainControllerDnsName=dc2.contoso.test ErrorCode=49]
 ---> System.DirectoryServices.Protocols.LdapException: Die angegebenen Anmeldeinformationen sind ungültig.
";

pub struct Place {
    folder: TempDir,
}

#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub aside: String,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// With these files in it.
    pub fn with(files: &[(&str, &[u8])]) -> Self {
        let place = Self::new();
        for (name, bytes) in files {
            fs::write(place.path(name), bytes).unwrap();
        }
        place
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("scan").args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn scan(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).spawn().unwrap())
    }
}

impl Said {
    pub fn of(child: std::process::Child) -> Self {
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), aside: text(output.stderr) }
    }

    pub fn objects(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
