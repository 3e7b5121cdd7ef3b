//! Every table of a site file and every key in it, once: what is not here is refused.
//!
//! Pure. Deliberately absent: what a key's value may be; that stands where it is read.

/// A table's name as it is written in the file, and its keys.
pub type Known = (&'static str, &'static [&'static str]);

pub const ROOT: &[&str] = &[
    "workspace",
    "cloud",
    "save",
    "domain",
    "account",
    "reader",
    "controller",
    "directory",
    "watch",
    "probe",
    "sensor",
    "log",
];

pub const WORKSPACE: Known = ("[workspace]", &["name", "portal"]);
pub const CLOUD: Known = (
    "[cloud]",
    &[
        "name",
        "tenant",
        "client_id",
        "sign_in",
        "client_secret_file",
        "certificate_file",
        "key_file",
        "login_address",
        "graph_address",
        "graph",
    ],
);
pub const SAVE: Known = ("[save]", &["mode", "address", "clipboard", "second_person"]);
pub const DOMAIN: Known = ("[[domain]]", &["name", "controllers", "dns_servers", "site"]);
pub const ACCOUNT: Known = ("[[account]]", &["name", "domain", "entry"]);
pub const READER: Known = ("[reader]", &["name", "domain"]);
pub const CONTROLLER: Known =
    ("[[controller]]", &["host", "addresses", "ldaps_port", "ldap_port", "kerberos_port", "pdc_emulator"]);
pub const DIRECTORY: Known = (
    "[directory]",
    &[
        "ca_file",
        "kerberos",
        "proof",
        "old_password_minutes",
        "lockout_window_minutes",
        "connect_seconds",
        "answer_seconds",
        "dns_seconds",
    ],
);
pub const WATCH: Known = ("[watch]", &["watch_minutes", "settle_seconds", "poll_seconds"]);
pub const PROBE: Known = ("[probe]", &["preset", "command", "timeout_seconds"]);
pub const SENSOR: Known = ("[[sensor]]", &["host", "standalone", "preset", "command"]);
pub const LOG: Known = ("[[log]]", &["host", "patterns", "command"]);

pub const ALL: &[Known] =
    &[WORKSPACE, CLOUD, SAVE, DOMAIN, ACCOUNT, READER, CONTROLLER, DIRECTORY, WATCH, PROBE, SENSOR, LOG];

/// Where a key belongs that stands elsewhere; only if there is one such place.
pub fn home(key: &str) -> Option<&'static str> {
    let mut homes = ALL.iter().filter(|(_, keys)| keys.contains(&key));
    let (table, _) = homes.next()?;
    homes.next().is_none().then_some(*table)
}
