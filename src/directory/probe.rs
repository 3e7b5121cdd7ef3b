//! What one question without a password tells of an account: is it there, may it be used, which keys has it.
//!
//! Relies on Kerberos's first answer (RFC 4120, MS-KILE), which tests nothing and counts nothing. Pure; `kerberos` asks.
//! Deliberately absent: what it means for a gate.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::refusal::SubCode;
use crate::text::Safe;

/// An answer to the probe, from one controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountProbe {
    pub found: Found,
    /// The controller's own clock, if it told: an account without preauthentication is answered without.
    pub controller_time: Option<Timestamp>,
    /// From the request's leaving to its answer.
    pub latency: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// Error 6.
    NoSuchAccount,
    /// Error 18 or 23: disabled, locked, expired, or outside its logon hours. Which of them, where the controller says.
    Closed(Option<SubCode>),
    /// Error 25: it exists, and proves itself by one of these keys.
    Keys(Keys),
    /// It is given a ticket unasked: preauthentication is not required of it. A finding in itself, since anybody may
    /// then guess its password without the directory noticing.
    NoPreauthentication,
}

/// The AES keys that a controller names; some name the strongest alone. RC4 is not asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    pub aes256: bool,
    pub aes128: bool,
    /// What the controller mixes the password with; holds the name the account had when its password was set.
    pub salt: Safe,
}
