//! Reaching a controller as named stages, each with its own end: connection, TLS, certificate, root, Kerberos, clock.
//!
//! Pure. Deliberately absent: asking (`ldap`, `kerberos`), and the sentences for what went well.

use std::fmt;

use serde::Serialize;

use super::{Controller, Fault, KerberosService, Reach, Tls};

/// In the order in which they are come by; the last two say nothing of the way there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageName {
    /// TCP to 636 or 389.
    Connection,
    Tls,
    Certificate,
    /// The root of the directory: which domain, which kind of controller.
    Root,
    /// An answer on port 88.
    Kerberos,
    Clock,
}

impl StageName {
    pub const ALL: [Self; 6] =
        [Self::Connection, Self::Tls, Self::Certificate, Self::Root, Self::Kerberos, Self::Clock];

    pub fn failed(self, fault: Fault) -> Unreached {
        Unreached { stage: self, fault }
    }

    /// Where TLS that failed so came to its end.
    fn of_tls(fault: &Fault) -> Self {
        match fault {
            Fault::NoRoute | Fault::ConnectionRefused | Fault::TimedOut => Self::Connection,
            Fault::NameMismatch | Fault::UnknownIssuer | Fault::CertificateExpired => Self::Certificate,
            _ => Self::Tls,
        }
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection => "connection",
            Self::Tls => "TLS",
            Self::Certificate => "certificate",
            Self::Root => "directory",
            Self::Kerberos => "Kerberos",
            Self::Clock => "clock",
        })
    }
}

/// How far a controller was reached, and what stood in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{stage}: {fault}")]
pub struct Unreached {
    pub stage: StageName,
    pub fault: Fault,
}

/// How one stage ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    Fine,
    /// A named, normal state: no server certificate.
    Absent,
    /// Not asked, or not come so far.
    NotAsked,
    Failed(Fault),
}

/// Beyond this Kerberos fails (MS-KILE's default).
const MOST_SKEW_SECONDS: i64 = 300;

/// Every stage of one controller, as [`Reach::joined`] and Kerberos's own answer have it.
pub fn of(
    controller: &Controller,
    reached: &Result<Reach, Unreached>,
    kerberos: Option<&Fault>,
) -> [(StageName, Came); 6] {
    StageName::ALL.map(|stage| {
        let came = match (stage, reached) {
            (StageName::Kerberos, Ok(reach)) => of_kerberos(&reach.kerberos),
            (StageName::Kerberos, Err(_)) => kerberos.cloned().map_or(Came::NotAsked, Came::Failed),
            (_, Err(unreached)) => of_unreached(stage, unreached),
            (StageName::Clock, Ok(reach)) => of_clock(reach),
            (_, Ok(_)) if controller.ldaps.is_none() && controller.ldap.is_none() => Came::NotAsked,
            (StageName::Root, Ok(reach)) => of_root(reach),
            (_, Ok(reach)) => of_way(stage, reach),
        };
        (stage, came)
    })
}

fn of_kerberos(service: &KerberosService) -> Came {
    match service {
        KerberosService::Available => Came::Fine,
        KerberosService::NotAsked => Came::NotAsked,
        KerberosService::Failed(fault) => Came::Failed(fault.clone()),
    }
}

fn of_unreached(stage: StageName, unreached: &Unreached) -> Came {
    let place = |of: StageName| StageName::ALL.iter().position(|one| *one == of);
    match place(stage).cmp(&place(unreached.stage)) {
        std::cmp::Ordering::Less => Came::Fine,
        std::cmp::Ordering::Equal => Came::Failed(unreached.fault.clone()),
        std::cmp::Ordering::Greater => Came::NotAsked,
    }
}

fn of_clock(reach: &Reach) -> Came {
    if reach.skew.as_secs().abs() > MOST_SKEW_SECONDS { Came::Failed(Fault::ClockSkew) } else { Came::Fine }
}

fn of_root(reach: &Reach) -> Came {
    match &reach.naming_context {
        Some(_) if reach.own_domain => Came::Fine,
        Some(_) => Came::Failed(Fault::Referral),
        None => Came::NotAsked,
    }
}

/// Connection, TLS and certificate.
fn of_way(stage: StageName, reach: &Reach) -> Came {
    let in_clear = reach.naming_context.is_some();
    match (&reach.tls, stage) {
        (Tls::Verified { .. }, _) | (Tls::NoServerCertificate, StageName::Connection) => Came::Fine,
        (Tls::NoServerCertificate, StageName::Tls) => Came::Absent,
        (Tls::NoServerCertificate, _) => Came::NotAsked,
        (Tls::Failed(fault), _) => {
            // Where the root was read in clear, there was a connection; what failed then is TLS.
            let ended = match StageName::of_tls(fault) {
                StageName::Connection if in_clear => StageName::Tls,
                ended => ended,
            };
            of_unreached(stage, &ended.failed(fault.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::SignedDuration;

    use super::*;
    use crate::directory::Transport;

    fn controller() -> Controller {
        let at = |port: u16| Some(([127, 0, 0, 1], port).into());
        Controller {
            host: "dc1.contoso.test".into(),
            ldaps: at(636),
            ldap: at(389),
            kerberos: at(88),
            also: Vec::new(),
            pdc_emulator: Some(true),
        }
    }

    fn reach() -> Reach {
        Reach {
            host: "dc1.contoso.test".into(),
            pdc_emulator: true,
            read_only: false,
            latency: Duration::from_millis(3),
            tls: Tls::Verified {
                by: Transport::Ldaps,
                until: jiff::Timestamp::UNIX_EPOCH,
                issuer: "CA".into(),
            },
            kerberos: KerberosService::Available,
            skew: SignedDuration::ZERO,
            naming_context: Some("DC=contoso,DC=test".into()),
            own_domain: true,
            probe: None,
        }
    }

    /// A letter a stage: fine, absent, not asked, Failed.
    fn told(reached: &Result<Reach, Unreached>, kerberos: Option<&Fault>) -> String {
        of(&controller(), reached, kerberos)
            .into_iter()
            .map(|(_, came)| match came {
                Came::Fine => 'f',
                Came::Absent => 'a',
                Came::NotAsked => '-',
                Came::Failed(_) => 'F',
            })
            .collect()
    }

    #[test]
    fn every_stage_has_its_own_end() {
        let check = |reached: Result<Reach, Unreached>, expected: &str| {
            assert_eq!(told(&reached, None), expected, "{reached:?}");
        };
        check(Ok(reach()), "ffffff");
        check(Ok(Reach { tls: Tls::NoServerCertificate, ..reach() }), "fa-fff");
        check(Ok(Reach { tls: Tls::Failed(Fault::CertificateExpired), ..reach() }), "ffFfff");
        check(Ok(Reach { tls: Tls::Failed(Fault::NoCommonCipher), ..reach() }), "fF-fff");
        // 636 is shut, and 389 answers in clear.
        check(Ok(Reach { tls: Tls::Failed(Fault::ConnectionRefused), ..reach() }), "fF-fff");
        check(Ok(Reach { own_domain: false, ..reach() }), "fffFff");
        check(Ok(Reach { skew: SignedDuration::from_mins(6), ..reach() }), "fffffF");
        check(Ok(Reach { kerberos: KerberosService::Failed(Fault::TimedOut), ..reach() }), "ffffFf");
        check(Ok(Reach { kerberos: KerberosService::NotAsked, ..reach() }), "ffff-f");
        check(Err(StageName::Connection.failed(Fault::NoRoute)), "F-----");
        check(Err(StageName::Certificate.failed(Fault::NameMismatch)), "ffF---");
        check(Err(StageName::Root.failed(Fault::Garbled("x".into()))), "fffF--");
    }

    #[test]
    fn a_controller_that_answers_on_port_88_alone_is_reached_and_proves_by_it() {
        let answered = crate::directory::probe::AccountProbe {
            found: crate::directory::probe::Found::NoSuchAccount,
            controller_time: Some(jiff::Timestamp::UNIX_EPOCH),
            latency: Duration::from_millis(5),
        };
        let at = jiff::Timestamp::UNIX_EPOCH;
        let shut = || Err(StageName::Connection.failed(Fault::TimedOut));
        let joined = Reach::joined(&controller(), shut(), Some(Ok(answered)), at);
        assert_eq!(told(&joined, None), "F---ff");
        let joined = joined.unwrap();
        assert!(joined.provable() && joined.naming_context.is_none() && joined.pdc_emulator);
        let silent = Reach::joined(&controller(), shut(), Some(Err(Fault::NoRoute)), at);
        assert_eq!(told(&silent, Some(&Fault::NoRoute)), "F---F-");
    }
}
