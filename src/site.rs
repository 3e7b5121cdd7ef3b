//! A site: a list of addresses, times and names. The lab hands its own over as such a value; a live one is read from
//! a site file (`open` reads it, `file` understands it, `live` makes the site).
//!
//! Relies on the domains' types. Deliberately absent: any secret. The reader account's password goes to the vault.

use std::time::Duration;

use crate::directory::locate::LocateFault;
use crate::directory::search::Search;
use crate::directory::{Account, Controller};
use crate::lab::Addresses;
use crate::logs::SourceId;
use crate::logs::tail::{LogCommand, Source};
use crate::portal::Entry;
use crate::portal::token::Login;
use crate::sensor::probe::Template;
use crate::sensor::{Server, Way};
use crate::text::Safe;
use crate::walkthrough::{Clipboard, ControllerTerms, Terms};

mod controllers;
pub mod fault;
pub mod file;
mod keys;
mod live;
mod names;
pub mod open;
mod recorded;
pub mod secrets;
mod table;

pub use crate::walkthrough::fact::Origin;
pub use file::{Listed, Proof, Save, SignIn, SiteFile};

/// Everything the engine has to know of a place.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is said of a site by itself, and any of them may be so"
)]
pub struct Site {
    pub name: Safe,
    pub lab: bool,
    /// The site file it was read from, for the record; `None`: the lab.
    pub origin: Option<Origin>,
    pub controllers: Vec<Controller>,
    /// Where each domain's controllers were found, and may be looked for again.
    pub searches: Vec<Search>,
    /// What that ran into.
    pub search_faults: Vec<LocateFault>,
    /// PEM of the one authority to trust; `None`: the system's roots.
    pub ca: Option<Vec<u8>>,
    pub login: Login,
    pub graph: String,
    /// Sensors and issues are read from Graph; else `login` and `graph` name nothing that is asked.
    pub uses_graph: bool,
    /// The application signs in by itself, and nobody enters a code.
    pub application: bool,
    /// The portal's page, for the operator's own browser.
    pub portal: String,
    pub save: Save,
    /// Where the console itself saves; empty with a hand-off.
    pub workspace: String,
    /// The credential entries that the site file lists.
    pub accounts: Vec<Listed>,
    pub reader: Option<Account>,
    pub sources: Vec<Source>,
    pub servers: Vec<Server>,
    pub probe: Option<Template>,
    /// Servers that are asked in another way than `probe`, or not at all.
    pub probes: Vec<(Safe, Option<Template>)>,
    /// Logs that are read from a program's output.
    pub commands: Vec<LogCommand>,
    pub proof: Proof,
    /// Whether the tested password may be put on the operator's clipboard.
    pub clipboard: Clipboard,
    /// Save wants a second person's name on record.
    pub second_person: bool,
    pub limits: Limits,
    pub old_password: Duration,
    /// Taken for the lockout window where the policy is not known.
    pub lockout_window: Duration,
    pub poll: Duration,
    pub watch: Duration,
    pub settle: Duration,
    /// A newcomer is told at each step what it is about.
    pub tour: bool,
    /// What the program was called with to come here, as it is typed in a shell; each option behind a space.
    pub options: Safe,
    pub banner: Option<Safe>,
}

/// A site file that was read and understood.
#[derive(Clone, Debug)]
pub struct Opened {
    pub file: SiteFile,
    /// The CA file's bytes, if one is named.
    pub ca: Option<Vec<u8>>,
    pub origin: Origin,
}

/// How long is waited for answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For TCP, and again for TLS.
    pub connect: Duration,
    /// For a controller's answer.
    pub answer: Duration,
    pub dns: Duration,
    /// For a probe of one service.
    pub probe: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), answer: seconds(15), dns: seconds(5), probe: seconds(20) }
    }
}

/// Why a site can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteFault {
    #[error("the probe's command can't be used: {0}")]
    Probe(#[from] crate::sensor::ProbeFault),
}

impl Site {
    /// The lab's own site.
    pub fn of_lab(lab: &Addresses) -> Result<Self, SiteFault> {
        let sources = lab
            .log_sources
            .iter()
            .zip(0..)
            .map(|(source, number)| Source {
                id: SourceId(number),
                host: Safe::new(&source.host),
                patterns: source.patterns.clone(),
            })
            .collect();
        let servers = lab
            .servers
            .iter()
            .map(|one| Server { host: Safe::new(&one.host), standalone: one.standalone, way: Way::Sc })
            .collect();
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        Ok(Self {
            name: Safe::new(&lab.workspace),
            lab: true,
            origin: None,
            controllers: lab_controllers(lab),
            searches: vec![lab_domain(lab)],
            search_faults: Vec::new(),
            ca: Some(lab.ca_pem.clone().into_bytes()),
            login: Login {
                authority: format!("{}/{}", lab.login_url, lab.tenant),
                client_id: lab.client_id.clone(),
                scope: "SecurityIdentitiesSensors.Read.All SecurityIdentitiesHealth.Read.All offline_access"
                    .into(),
                verification_hosts: Vec::new(),
            },
            graph: lab.graph_url.clone(),
            uses_graph: true,
            application: false,
            portal: lab.workspace_url.clone(),
            save: Save::Workspace { address: lab.workspace_url.clone() },
            workspace: lab.workspace_url.clone(),
            accounts: Vec::new(),
            reader: Some(reader_account(&lab.reader.account, &lab.domain)),
            sources,
            servers,
            // It answers as `sc.exe` would.
            probe: Some(Template::new(Way::Sc, lab.service_probe.iter().cloned())?),
            probes: Vec::new(),
            commands: Vec::new(),
            proof: Proof::Any,
            clipboard: Clipboard::NotAllowed,
            second_person: false,
            limits: Limits::default(),
            old_password: seconds(lab.old_password_minutes.saturating_mul(60)),
            lockout_window: Duration::from_hours(1),
            poll: seconds(lab.poll_seconds),
            watch: seconds(lab.watch_seconds),
            settle: seconds(lab.settle_seconds),
            tour: false,
            options: Safe::default(),
            banner: lab.banner.as_deref().map(Safe::new),
        })
    }

    /// The same lab, its portal played as Microsoft's: it is saved at by hand, and tells its entries to nobody.
    #[must_use]
    pub fn handed_off(self, lab: &Addresses) -> Self {
        let account = Account { name: Safe::new(&lab.account), domain: Safe::new(&lab.domain) };
        Self {
            save: Save::HandOff,
            workspace: String::new(),
            accounts: vec![Listed { account, entry: Some(lab.entry_id.clone()) }],
            clipboard: Clipboard::Allowed,
            ..self
        }
    }

    /// What the walk has to know of it.
    pub fn terms(&self, operator: Safe, host: Safe) -> Terms {
        let save_host = url::Url::parse(&self.workspace).ok();
        let save_host = save_host.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        // Standalone servers first: they are what step 6 asks about.
        let mut servers = self.servers.clone();
        servers.sort_by_key(|server| !server.standalone);
        let told = |fault: &LocateFault| Safe::from(format!("{fault}. {}", fault.remedy()));
        Terms {
            site: self.name.clone(),
            lab: self.lab,
            origin: self.origin.clone(),
            operator,
            host,
            portal_address: Safe::new(&self.portal),
            graph: self.uses_graph,
            application: self.application,
            hand_off: self.save == Save::HandOff,
            clipboard: self.clipboard,
            second_person: self.second_person,
            entries: self.accounts.iter().map(entry).collect(),
            save_host: Safe::new(save_host),
            controllers: self.controllers.iter().map(|one| self.placed(one)).collect(),
            search_faults: self.search_faults.iter().map(told).collect(),
            kerberos_alone: self.proof == Proof::Kerberos,
            // Its own bind would send a password.
            reader: self.reader.is_some() && self.proof != Proof::Kerberos,
            servers,
            sources: recorded::sources(&self.sources, &self.commands),
            old_password: self.old_password,
            poll: self.poll,
            watch: self.watch,
            settle: self.settle,
            tour: self.tour,
            options: self.options.clone(),
            banner: self.banner.clone(),
        }
    }

    fn placed(&self, controller: &Controller) -> ControllerTerms {
        ControllerTerms { host: controller.host.clone(), domain: self.domain_of(controller) }
    }

    /// A controller of a child domain is not its parent's: the longest name that fits.
    pub fn domain_of(&self, controller: &Controller) -> Safe {
        let domains = self.searches.iter().map(|search| &search.domain);
        let own = domains.filter(|domain| names::lies_in(&controller.host, domain));
        own.max_by_key(|domain| domain.len()).cloned().unwrap_or_default()
    }
}

/// As the portal would list it, as far as a site file can tell.
fn entry(listed: &Listed) -> Entry {
    let Account { name, domain } = listed.account.clone();
    Entry {
        id: listed.entry.as_deref().map_or_else(|| Safe::from(listed.account.principal()), Safe::new),
        managed: name.ends_with('$'),
        single_label: !domain.contains('.'),
        account: name,
        domain,
        etag: Safe::default(),
        last_change: None,
        changed_by: None,
        changed_at: None,
    }
}

/// Its controllers are known, so that there is nothing to ask DNS for.
fn lab_domain(lab: &Addresses) -> Search {
    let domain = Safe::new(&lab.domain);
    Search { domain, site: None, servers: Vec::new(), by_hand: Vec::new(), records: false }
}

fn lab_controllers(lab: &Addresses) -> Vec<Controller> {
    let controllers = lab.controllers.iter().map(|one| Controller {
        host: Safe::new(&one.host),
        ldaps: Some(one.ldaps),
        ldap: Some(one.ldap),
        kerberos: one.kerberos,
        also: Vec::new(),
        pdc_emulator: Some(one.pdc_emulator),
    });
    controllers.collect()
}

/// The lab gives its reader as a principal; a site file gives name and domain.
fn reader_account(principal: &str, domain: &str) -> Account {
    let (name, domain) = principal.split_once('@').unwrap_or((principal, domain));
    Account { name: Safe::new(name), domain: Safe::new(domain) }
}
