//! Domain controllers, accounts and password tests, as types.
//!
//! Relies on `text` for every name that came from outside. Pure; `ldap` below does the talking. Deliberately absent:
//! what a test's outcome means for the walk (`walkthrough::trial`), and NTLM, which can't prove a password.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::Safe;
use probe::AccountProbe;
use stages::Unreached;

pub mod account;
pub mod kerberos;
pub mod ldap;
pub mod locate;
pub mod lockout;
pub mod names;
pub mod probe;
pub mod refusal;
pub mod search;
pub mod stages;

pub use account::{AccountFacts, Flag, Group, Whose};

/// An account as the portal wants it: the bare name and the full domain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Account {
    /// `sAMAccountName`.
    pub name: Safe,
    /// The FQDN of the account's own domain.
    pub domain: Safe,
}

impl Account {
    /// What attempts are counted under, whatever form was typed.
    pub fn key(&self) -> AccountKey {
        AccountKey(format!("{}@{}", self.name.to_lowercase(), self.domain.to_lowercase()))
    }

    /// The form the console binds with: `name@domain`.
    pub fn principal(&self) -> String {
        format!("{}@{}", self.name, self.domain)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.domain)
    }
}

/// Canonical account name and domain, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountKey(pub String);

/// A controller's full name, in lower case; names it everywhere.
pub type Host = Safe;

/// Where a controller is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    pub host: Host,
    /// TLS from the first byte (636).
    pub ldaps: Option<SocketAddr>,
    /// Clear text turned into TLS by `StartTLS` (389); a password never leaves before that.
    pub ldap: Option<SocketAddr>,
    /// The AS exchange (88).
    pub kerberos: Option<SocketAddr>,
    /// Further addresses of the same name, tried at the same ports when the first doesn't answer.
    pub also: Vec<IpAddr>,
    /// As the site file or the SRV record of the PDC emulator says: a controller tells it only after a bind.
    pub pdc_emulator: Option<bool>,
}

/// What reaching a controller without a password told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    pub host: Host,
    pub pdc_emulator: bool,
    /// Announces `1.2.840.113556.1.4.1920`: shown, and never given a password.
    pub read_only: bool,
    /// Of the rootDSE search, else of the AS exchange.
    pub latency: Duration,
    pub tls: Tls,
    pub kerberos: KerberosService,
    /// The controller's clock less ours.
    pub skew: SignedDuration,
    /// `None`: its directory could not be read, and only port 88 answers. Whether it is read-only isn't known then;
    /// by Kerberos no password leaves.
    pub naming_context: Option<Safe>,
    /// `naming_context` is the account's own domain, or port 88 answers for it.
    pub own_domain: bool,
    /// What port 88 told of the account, without a password.
    pub probe: Option<AccountProbe>,
}

impl Reach {
    /// A password can be proved here.
    pub fn provable(&self) -> bool {
        !self.read_only
            && self.own_domain
            && (matches!(self.tls, Tls::Verified { .. }) || self.kerberos == KerberosService::Available)
    }

    /// What LDAP and port 88, asked beside each other, tell together.
    pub fn joined(
        controller: &Controller,
        by_ldap: Result<Self, Unreached>,
        by_kerberos: Option<Result<AccountProbe, Fault>>,
        at: Timestamp,
    ) -> Result<Self, Unreached> {
        let skew = |probe: &AccountProbe| probe.controller_time.map(|theirs| theirs.duration_since(at));
        match (by_ldap, by_kerberos) {
            (Ok(reach), Some(Ok(probe))) => {
                Ok(Self { kerberos: KerberosService::Available, probe: Some(probe), ..reach })
            }
            (Ok(reach), Some(Err(fault))) => Ok(Self { kerberos: KerberosService::Failed(fault), ..reach }),
            (Err(unreached), Some(Ok(probe))) => Ok(Self {
                host: controller.host.clone(),
                pdc_emulator: controller.pdc_emulator.unwrap_or(false),
                read_only: false,
                latency: probe.latency,
                tls: Tls::Failed(unreached.fault),
                kerberos: KerberosService::Available,
                skew: skew(&probe).unwrap_or_default(),
                naming_context: None,
                own_domain: true,
                probe: Some(probe),
            }),
            (by_ldap, None | Some(Err(_))) => by_ldap,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    Verified {
        by: Transport,
        until: Timestamp,
        issuer: Safe,
    },
    /// A named, normal state: many domains have none.
    NoServerCertificate,
    Failed(Fault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transport {
    Ldaps,
    StartTls,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KerberosService {
    Available,
    /// The site doesn't name a port.
    NotAsked,
    Failed(Fault),
}

/// Why a controller could not be asked, or gave no answer that says anything about the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    #[error("no route to it")]
    NoRoute,
    #[error("the connection was refused")]
    ConnectionRefused,
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection was closed before the answer")]
    ConnectionClosed,
    #[error("TLS: no common cipher")]
    NoCommonCipher,
    #[error("TLS: the certificate is for another name")]
    NameMismatch,
    #[error("TLS: the certificate's issuer is not trusted")]
    UnknownIssuer,
    #[error("TLS: the certificate has expired")]
    CertificateExpired,
    #[error("TLS failed: {0}")]
    Tls(Safe),
    #[error("it wants stronger authentication (result 8)")]
    StrongerAuthRequired,
    #[error("it answered with a referral")]
    Referral,
    #[error("it is busy")]
    Busy,
    #[error("it says it is unavailable")]
    Unavailable,
    #[error("it is unwilling: {0}")]
    Unwilling(Safe),
    #[error("it has no server certificate, and the site names no port for Kerberos")]
    NoKerberos,
    #[error("its clock and this machine's differ by too much (Kerberos error 37)")]
    ClockSkew,
    #[error("it takes Kerberos only in an armored exchange (FAST), which this console doesn't speak")]
    ArmoringRequired,
    #[error("it has no AES key for the account, or takes none (RC4 only; Kerberos error 14)")]
    NoAesKey,
    #[error("it asks for {0} rounds to make a key, which is too few to be safe or too many to be honest")]
    KeyRounds(u32),
    #[error("its policy forbids it (Kerberos error 12)")]
    KerberosPolicy,
    #[error("it is of another realm (Kerberos error 68)")]
    WrongRealm,
    #[error("Kerberos error {error}: {text}")]
    Kerberos { error: u32, text: Safe },
    #[error("its yes proves nothing: {0}")]
    NotProved(Safe),
    #[error("its answer made no sense: {0}")]
    Garbled(Safe),
    #[error("the program failed while asking: {0}")]
    Internal(Safe),
}

impl Fault {
    /// What the operator can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoRoute | Self::TimedOut => {
                "Check the route and the firewall to port 636 or 389, or go on without it."
            }
            Self::ConnectionRefused => "Check that its directory service is running, or go on without it.",
            Self::ConnectionClosed | Self::Busy | Self::Unavailable | Self::Internal(_) => {
                "Wait a little, then press r to ask again."
            }
            Self::NoCommonCipher => {
                "Its TLS settings are too old for this console; use another controller or Kerberos."
            }
            Self::NameMismatch => {
                "Use the name that stands in its certificate, or have the certificate renewed."
            }
            Self::UnknownIssuer => "Name the issuing CA's file as ca_file, after checking it with its owner.",
            Self::CertificateExpired => "Have the certificate renewed; the console does not go round it.",
            Self::Tls(_) => "Look at the controller's certificate and TLS settings.",
            Self::StrongerAuthRequired => "It refuses simple binds here; use LDAPS on 636 or Kerberos.",
            Self::Referral => "It does not hold the account's domain; name a controller of that domain.",
            Self::ClockSkew => {
                "Set this machine's clock right; the password was not judged, and nothing was counted."
            }
            Self::ArmoringRequired | Self::KerberosPolicy => {
                "Prove the password by LDAP over TLS, or by age; Kerberos can't here."
            }
            Self::NoKerberos => {
                "Name its Kerberos port in the site file (88), or have a server certificate installed."
            }
            Self::NoAesKey => {
                "Have AES allowed for the account and its password set again, or prove it by LDAP over TLS."
            }
            Self::WrongRealm => {
                "Compare the account's domain with the controller's; name one of that domain."
            }
            Self::NotProved(_) => {
                "Look at who answers on port 88 of that address; prove the password by LDAP over TLS."
            }
            Self::Unwilling(_) | Self::Garbled(_) | Self::KeyRounds(_) | Self::Kerberos { .. } => {
                "Ask another controller; this says nothing of the password."
            }
        }
    }
}

/// How a password was put to a controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    Ldap,
    Kerberos,
}

/// What one attempt came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Accepted,
    Refused(refusal::Refusal),
    /// Neither accepted nor refused. Counts as an attempt; says nothing of the password.
    NotKnown(Fault),
    /// The exchange judged nothing and cost nothing: it never reached the password.
    NotSent(Fault),
}

/// An attempt's outcome together with what the same connection could read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    pub answer: Answer,
    /// The account read back with its own bind; only after acceptance by LDAP.
    pub account: Option<AccountFacts>,
    /// This console's own address towards the controller, as far as it is known.
    pub from: Option<IpAddr>,
    /// The controller's own clock, if it told.
    pub controller_time: Option<Timestamp>,
    /// Of the answer to the password; by Kerberos of both exchanges.
    pub latency: Duration,
    /// From the connection's beginning to that answer.
    pub elapsed: Duration,
}

impl Tested {
    /// The password never left: nothing was read either, and no time to speak of went by.
    pub fn not_sent(fault: Fault) -> Self {
        Self {
            answer: Answer::NotSent(fault),
            account: None,
            from: None,
            controller_time: None,
            latency: Duration::ZERO,
            elapsed: Duration::ZERO,
        }
    }
}

/// How many failures lock an account, and for how long they are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockoutPolicy {
    /// 0: never locks.
    pub threshold: u32,
    pub window: Duration,
    /// How long a locked account stays so; `None`: until somebody unlocks it.
    pub duration: Option<Duration>,
}

/// What a reader account saw just before an attempt, at the PDC emulator or the controller to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub controller: Host,
    /// By this machine's clock.
    pub read_at: Timestamp,
    /// `None`: not readable, or a fine-grained policy can't be excluded.
    pub policy: Option<LockoutPolicy>,
    pub account: AccountFacts,
}
