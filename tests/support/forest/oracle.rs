//! The controllers' own authentication logs as a witness: which attempts reached them, whoever made them.
//!
//! Relies on Samba's `auth_json_audit`, one line of JSON for each attempt, written before it is answered. Deliberately
//! absent: what the console thinks that it did.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use serde_json::Value;

use super::Forest;

/// Sees what was written since it was asked for.
pub struct Oracle {
    logs: [(PathBuf, u64); 2],
}

/// One attempt with one password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `LDAP` or `Kerberos KDC`.
    pub service: String,
    /// As Windows calls its outcome.
    pub status: String,
}

impl Forest {
    pub fn watch(&self) -> Oracle {
        let logs = ["dc1", "dc2"].map(|name| {
            let log = self.folder.join(name).join("log/samba");
            let length = std::fs::metadata(&log).expect("a log").len();
            (log, length)
        });
        Oracle { logs }
    }
}

impl Oracle {
    /// The attempts with the account's name, at each of the two.
    pub fn seen(&self, account: &str) -> [Vec<Seen>; 2] {
        self.logs.each_ref().map(|(log, from)| {
            let mut file = std::fs::File::open(log).expect("a log");
            file.seek(SeekFrom::Start(*from)).expect("as long as it was");
            let mut text = Vec::new();
            file.read_to_end(&mut text).expect("readable");
            let text = String::from_utf8_lossy(&text);
            text.lines().filter_map(|line| attempt(line, account)).collect()
        })
    }

    /// How many in the whole forest.
    pub fn count(&self, account: &str) -> usize {
        self.seen(account).iter().map(Vec::len).sum()
    }
}

fn attempt(line: &str, account: &str) -> Option<Seen> {
    let line: Value = serde_json::from_str(line.trim()).ok()?;
    let attempt = line.get("Authentication")?;
    let text = |key: &str| attempt.get(key).and_then(Value::as_str).unwrap_or_default();
    let called = text("clientAccount");
    let bare = called.split('@').next().unwrap_or_default().rsplit('\\').next().unwrap_or_default();
    let by_name = |name: &str| name.eq_ignore_ascii_case(account);
    (by_name(text("mappedAccount")) || by_name(bare))
        .then(|| Seen { service: text("serviceDescription").to_owned(), status: text("status").to_owned() })
}
