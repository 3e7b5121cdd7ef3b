//! What a lab plays: the state it starts in, the faults it makes, the operator's script and how it must end.
//!
//! Relies on the TOML texts in `assets/lab`, which are part of the binary. Pure: no file is read, no time asked.
//! Deliberately absent: how anything of it is carried out.

use serde::Deserialize;

mod settings;
mod words;

pub use settings::{
    AtStart, Certificates, DirectorySettings, FleetSettings, KdcManner, PortalSettings, PutFault, PutKind,
    Stored, Throttling, WaitForm,
};

/// The texts of every scenario, in the order they are listed.
const TEXTS: [&str; 16] = [
    include_str!("../../assets/lab/clean.toml"),
    include_str!("../../assets/lab/wrong-password-saved.toml"),
    include_str!("../../assets/lab/refused.toml"),
    include_str!("../../assets/lab/controller-down.toml"),
    include_str!("../../assets/lab/not-replicated.toml"),
    include_str!("../../assets/lab/near-lockout.toml"),
    include_str!("../../assets/lab/locked-out.toml"),
    include_str!("../../assets/lab/password-expired.toml"),
    include_str!("../../assets/lab/old-password-accepted.toml"),
    include_str!("../../assets/lab/sign-in-declined.toml"),
    include_str!("../../assets/lab/portal-throttled.toml"),
    include_str!("../../assets/lab/portal-down-at-save.toml"),
    include_str!("../../assets/lab/log-rotates.toml"),
    include_str!("../../assets/lab/one-sensor-refuses.toml"),
    include_str!("../../assets/lab/large-fleet.toml"),
    include_str!("../../assets/lab/gmsa.toml"),
];

/// The scenario played when none is named.
pub const DEFAULT: &str = "clean";

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    pub name: String,
    /// What a walk through it teaches, in a sentence.
    pub teaches: String,
    pub end: End,
    #[serde(default = "yes")]
    pub banner: bool,
    #[serde(default)]
    pub holds: Holds,
    #[serde(default)]
    pub directory: DirectorySettings,
    #[serde(default)]
    pub fleet: FleetSettings,
    #[serde(default)]
    pub portal: PortalSettings,
    pub script: Vec<Step>,
}

/// The verdict a walk must end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    Confirmed,
    Refused,
    NoRefusalSeen,
    NotConfirmed,
    /// No verdict: there was nothing to save.
    NothingSaved,
}

/// Facts that must hold at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Holds {
    /// How many saves the portal took.
    pub saves: Option<u32>,
    /// The most password tests of the account, the sensors' own aside.
    pub attempts_at_most: Option<usize>,
    pub stored_is_right: Option<bool>,
    /// The account was never locked by the walk.
    pub never_locked: bool,
}

/// One thing the operator does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// 1 to 7, as the console numbers them.
    pub step: u8,
    #[serde(rename = "do")]
    pub act: Act,
    /// What is typed or answered: for a password `right`, `wrong` or `previous`.
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub seconds: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Work the step's main act.
    Continue,
    /// Ask anew what the step has asked.
    Again,
    SignIn,
    /// Answer a question of the step.
    Answer,
    /// Type a password and test it.
    Type,
    /// Test again what is in the field.
    Retest,
    /// Give the reason that an override asks for.
    Reason,
    Wait,
    Save,
    Watch,
    /// Leave a walk that can't go on.
    Leave,
}

/// Every scenario, the default first.
pub fn all() -> Vec<Scenario> {
    TEXTS.iter().filter_map(|text| parse(text).ok()).collect()
}

pub fn find(name: &str) -> Option<Scenario> {
    all().into_iter().find(|scenario| scenario.name == name)
}

/// Reads one scenario; tests bring their own texts.
pub fn parse(text: &str) -> Result<Scenario, toml::de::Error> {
    toml::from_str(text)
}

/// The list of scenarios as a person reads it.
pub fn list() -> String {
    all().iter().map(Scenario::described).collect::<Vec<_>>().join("\n")
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests;
