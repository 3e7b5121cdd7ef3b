//! Where the lab answers and what a site needs to know of it: plain facts, in no type of the program's.
//!
//! Relies on nothing but std and zeroize. Deliberately absent: the right password, except inside the banner.

use std::net::SocketAddr;

use zeroize::Zeroizing;

/// Everything a site file would say, for a site that lives on loopback.
pub struct Addresses {
    pub workspace: String,
    pub domain: String,
    pub netbios: String,
    pub account: String,
    /// The credential entry's id in the workspace.
    pub entry_id: String,
    pub controllers: Vec<ControllerAddress>,
    /// The one certificate authority that signed every server of the lab.
    pub ca_pem: String,
    pub login_url: String,
    pub tenant: String,
    pub client_id: String,
    pub graph_url: String,
    pub workspace_url: String,
    pub reader: Reader,
    pub log_sources: Vec<LogSource>,
    /// An argument vector in which `{host}` and `{service}` stand for what is asked.
    pub service_probe: Vec<String>,
    /// The servers whose services are asked for: the standalone ones, and those whose logs are read. A fleet is not
    /// asked one by one.
    pub servers: Vec<SensorHost>,
    pub old_password_minutes: u32,
    pub watch_seconds: u32,
    pub poll_seconds: u32,
    pub settle_seconds: u32,
    /// What a person may know because it is a simulator; none where the scenario hides it.
    pub banner: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerAddress {
    pub host: String,
    pub ldaps: SocketAddr,
    pub ldap: SocketAddr,
    /// None where the scenario has no key distribution centre.
    pub kerberos: Option<SocketAddr>,
    pub pdc_emulator: bool,
}

/// The account that may read the policy.
pub struct Reader {
    pub account: String,
    pub password: Zeroizing<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSource {
    pub host: String,
    /// Absolute, with `*` for the version folder.
    pub patterns: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensorHost {
    pub host: String,
    pub standalone: bool,
}
