//! A site file's text read into types: everything checked, everything that is wrong told at once.
//!
//! Pure. Relies on `toml` for values with their places in the text. Deliberately absent: reading the file (`open`), and
//! what a site is once its controllers are found (`live`).

use std::time::Duration;

use toml::de::DeTable;

use crate::directory::Account;
use crate::directory::search::Search;
use crate::sensor::Way;
use crate::text::Safe;

use super::fault::{Faults, Wrong};
use super::keys;
use super::secrets;
use super::table::{Reported, Table};

mod directory;
mod kept;
mod sensors;
#[cfg(test)]
mod tests;
mod workspace;

/// The form of the file, raised when a key comes to mean something else. Files don't say it: unknown keys are refused.
pub const VERSION: u32 = 1;

/// What a site file says. Whatever it leaves out has its default here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    pub name: Safe,
    /// The portal's page, for the operator's own browser.
    pub portal: String,
    pub cloud: Cloud,
    /// `None`: no Graph; step 1 is worked by hand.
    pub application: Option<Application>,
    pub save: Save,
    /// The tested password may be put on the operator's clipboard, on request.
    pub clipboard: bool,
    /// Save wants a second person's name.
    pub second_person: bool,
    /// One for each domain.
    pub searches: Vec<Search>,
    pub accounts: Vec<Listed>,
    pub reader: Option<Account>,
    pub directory: Directory,
    pub watch: Watch,
    pub probe: Probe,
    pub sensors: Vec<Sensor>,
    pub logs: Vec<Log>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    Global,
    GccHigh,
    Dod,
}

/// As what to sign in, and where. Its secret, if it has one, is never here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub tenant: String,
    pub client_id: String,
    pub sign_in: SignIn,
    /// The cloud's own, unless the file says otherwise.
    pub login: String,
    pub graph: String,
}

/// Who signs in. Paths are as they are written: from the site file's folder, or from `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A person, with a code.
    DeviceCode,
    /// The application. Without a file its secret is asked for.
    ClientSecret { file: Option<String> },
    /// The application, by a certificate's key.
    Certificate { certificate: String, key: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Save {
    /// At the portal, by the operator.
    HandOff,
    /// By the console, at a workspace that offers it.
    Workspace { address: String },
}

/// A credential entry, as the site file lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub account: Account,
    /// Its id at the workspace.
    pub entry: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// LDAP over TLS, and Kerberos.
    #[default]
    Any,
    /// Nobody asks port 88.
    Ldap,
    /// No plaintext password leaves at all.
    Kerberos,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// As it is written: from the site file's folder, or from `/`.
    pub ca_file: Option<String>,
    pub proof: Proof,
    pub old_password: Duration,
    pub lockout_window: Duration,
    pub connect: Duration,
    pub answer: Duration,
    pub dns: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    pub watch: Duration,
    pub settle: Duration,
    pub poll: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// `None`: services are marked by the operator.
    pub asked: Option<Asked>,
    pub limit: Duration,
}

/// How services are asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub way: Way,
    /// A program and its arguments, with `{host}` and `{service}`.
    pub command: Vec<String>,
}

/// A sensor's server, named by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sensor {
    pub host: Safe,
    pub standalone: bool,
    /// `None`: asked as all others are.
    pub probe: Option<Option<Asked>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub host: Safe,
    pub from: LogFrom,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogFrom {
    Patterns(Vec<String>),
    /// A program whose output is followed.
    Command(Vec<String>),
}

/// Reads a site file's text. `name` is what it is called in what is said of it.
pub fn parse(name: &str, text: &str) -> Result<SiteFile, Faults> {
    let reported = Reported::new(text);
    let (document, broken) = DeTable::parse_recoverable(text);
    for error in &broken {
        let at = error.span().unwrap_or(0..0);
        reported.say(&at, "", Wrong::Syntax(Safe::new(error.message())));
    }
    kept::no_secrets(&reported, text, document.get_ref());
    let root = Table::new(&reported, ("", keys::ROOT), 0..0, document.get_ref());
    let read = read(&Reading { reported: &reported, root: &root });
    let mut all = reported.into_faults();
    match read {
        Some(read) if all.is_empty() => Ok(read),
        _ => {
            if !broken.is_empty() {
                all.retain(|fault| !fault.wrong.follows_from_broken_text());
            }
            Err(Faults { file: Safe::new(name), all })
        }
    }
}

/// The file being read.
struct Reading<'r, 'i> {
    reported: &'r Reported<'i>,
    root: &'r Table<'r, 'i>,
}

impl<'r, 'i> Reading<'r, 'i> {
    /// The one table of this name. An absent one reads as empty.
    fn table(&self, known: keys::Known) -> Option<Table<'r, 'i>> {
        let name = known.0.trim_matches(['[', ']']);
        let value = self.root.get(name)?;
        let Some(entries) = value.get_ref().as_table() else {
            let wrong = Wrong::Type {
                expected: format!("the table {}", known.0).into(),
                found: value.get_ref().type_str(),
            };
            self.reported.say(&value.span(), name, wrong);
            return None;
        };
        Some(Table::new(self.reported, known, value.span(), entries))
    }

    /// Every table of this name, in the order of the file.
    fn tables(&self, known: keys::Known) -> Vec<Table<'r, 'i>> {
        let name = known.0.trim_matches(['[', ']']);
        let Some(value) = self.root.get(name) else { return Vec::new() };
        let wrong = |found: &toml::Spanned<toml::de::DeValue<'_>>| {
            let expected = format!("tables that begin with {}, in double brackets", known.0);
            let wrong = Wrong::Type { expected: expected.into(), found: found.get_ref().type_str() };
            self.reported.say(&found.span(), name, wrong);
        };
        let Some(list) = value.get_ref().as_array() else {
            wrong(value);
            return Vec::new();
        };
        list.iter()
            .filter_map(|one| {
                let Some(entries) = one.get_ref().as_table() else {
                    wrong(one);
                    return None;
                };
                Some(Table::new(self.reported, known, one.span(), entries))
            })
            .collect()
    }

    fn missing(&self, known: keys::Known, expected: &str) {
        let expected = format!("{}: {expected}", known.0);
        self.reported.say(&(0..0), "", Wrong::Missing(expected.into()));
    }
}

/// `None` only after a fault was reported.
fn read(file: &Reading<'_, '_>) -> Option<SiteFile> {
    let place = workspace::read(file);
    let domains = directory::domains(file);
    let accounts = directory::accounts(file, &domains);
    let reader = directory::reader(file, &domains, &accounts);
    let searches = directory::searches(file, domains);
    let settings = directory::settings(file);
    let probe = sensors::probe(file);
    let sensors = sensors::sensors(file);
    let logs = sensors::logs(file);
    let watch = sensors::watch(file);
    let place = place?;
    if place.application.is_none() && sensors.is_empty() && !file.reported.any() {
        file.missing(keys::SENSOR, "without Graph, at least one sensor's server by hand");
    }
    Some(SiteFile {
        name: place.name,
        portal: place.portal,
        cloud: place.cloud,
        application: place.application,
        save: place.save,
        clipboard: place.clipboard,
        second_person: place.second_person,
        searches,
        accounts,
        reader,
        directory: settings,
        watch,
        probe,
        sensors,
        logs,
    })
}

/// As a value in its table's column, given in the unit of its key.
fn minutes(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes).saturating_mul(60))
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds))
}
