//! What ldap3, the system and rustls say went wrong, as faults of the domain.
//!
//! Relies on rustls's own error being found inside the I/O errors that wrap it. Pure. Deliberately absent: any judgement
//! of the password; none of these says anything of it.

use std::error::Error;
use std::io::{self, ErrorKind};

use ldap3::LdapError;
use ldap3::result::LdapResult;
use rustls::{AlertDescription, CertificateError};

use crate::directory::Fault;
use crate::text::{self, Safe};

/// While a connection is in use.
pub(super) fn of_ldap(error: &LdapError) -> Fault {
    match error {
        LdapError::Io { source } => of_io(source),
        LdapError::Rustls { source } => of_tls(source),
        LdapError::Timeout { .. } => Fault::TimedOut,
        LdapError::LdapResult { result } => of_result(result),
        LdapError::OpSend { .. }
        | LdapError::ResultRecv { .. }
        | LdapError::IdScrubSend { .. }
        | LdapError::MiscSend { .. }
        | LdapError::EndOfStream => Fault::ConnectionClosed,
        other => Fault::Internal(Safe::new(&other.to_string())),
    }
}

/// While TLS is being agreed on: a connection that ends there found no common cipher.
pub(super) fn of_handshake(error: &LdapError) -> Fault {
    match of_ldap(error) {
        Fault::ConnectionClosed => Fault::NoCommonCipher,
        fault => fault,
    }
}

pub(in crate::directory) fn of_io(error: &io::Error) -> Fault {
    if let Some(tls) = tls_inside(error) {
        return of_tls(tls);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => Fault::ConnectionRefused,
        ErrorKind::TimedOut => Fault::TimedOut,
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable
        // What a firewall on this machine answers.
        | ErrorKind::PermissionDenied => Fault::NoRoute,
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected => Fault::ConnectionClosed,
        _ if error.to_string() == "decoding error" => Fault::Garbled("not LDAP".into()),
        _ => Fault::Internal(text::told(error).into()),
    }
}

fn tls_inside(error: &io::Error) -> Option<&rustls::Error> {
    let mut inside: &(dyn Error + 'static) = error.get_ref()?;
    loop {
        if let Some(tls) = inside.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        inside = match inside.downcast_ref::<io::Error>() {
            Some(wrapped) => wrapped.get_ref()?,
            None => inside.source()?,
        };
    }
}

fn of_tls(error: &rustls::Error) -> Fault {
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Fault::NameMismatch
            }
            // A bad signature is what a renewed CA of the same name looks like, and an impostor of that name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Fault::UnknownIssuer,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Fault::CertificateExpired,
            other => Fault::Tls(Safe::new(&other.to_string())),
        },
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity
            | AlertDescription::ProtocolVersion,
        ) => Fault::NoCommonCipher,
        other => Fault::Tls(Safe::new(&other.to_string())),
    }
}

/// Any result but success and 49, which is a refusal and not a fault.
pub(super) fn of_result(result: &LdapResult) -> Fault {
    let text = || {
        let text: String = result.text.trim_end_matches('\0').chars().take(300).collect();
        Safe::new(&format!("result {}: {text}", result.rc))
    };
    match result.rc {
        8 | 13 => Fault::StrongerAuthRequired,
        10 => Fault::Referral,
        51 => Fault::Busy,
        52 => Fault::Unavailable,
        3 => Fault::TimedOut,
        _ => Fault::Unwilling(text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_that_are_no_refusal_are_named() {
        let check = |rc: u32, expected: &str| {
            let result =
                LdapResult { rc, matched: String::new(), text: "why\0".into(), refs: vec![], ctrls: vec![] };
            assert_eq!(of_result(&result).to_string(), expected);
        };
        check(8, "it wants stronger authentication (result 8)");
        check(10, "it answered with a referral");
        check(51, "it is busy");
        check(52, "it says it is unavailable");
        check(53, "it is unwilling: result 53: why");
        check(1, "it is unwilling: result 1: why");
    }

    #[test]
    fn a_tls_error_is_found_inside_the_io_error_that_wraps_it() {
        let check = |error: rustls::Error, expected: Fault| {
            let inner = io::Error::new(ErrorKind::InvalidData, error);
            assert_eq!(of_io(&io::Error::other(inner)), expected);
        };
        let certificate = rustls::Error::InvalidCertificate;
        check(certificate(CertificateError::UnknownIssuer), Fault::UnknownIssuer);
        check(certificate(CertificateError::Expired), Fault::CertificateExpired);
        check(certificate(CertificateError::NotValidForName), Fault::NameMismatch);
        check(rustls::Error::AlertReceived(AlertDescription::HandshakeFailure), Fault::NoCommonCipher);
        check(rustls::Error::AlertReceived(AlertDescription::InternalError), {
            Fault::Tls(Safe::new(&rustls::Error::AlertReceived(AlertDescription::InternalError).to_string()))
        });
    }

    #[test]
    fn the_systems_errors_are_told_apart() {
        let check = |kind: ErrorKind, expected: Fault| assert_eq!(of_io(&io::Error::from(kind)), expected);
        check(ErrorKind::ConnectionRefused, Fault::ConnectionRefused);
        check(ErrorKind::HostUnreachable, Fault::NoRoute);
        check(ErrorKind::UnexpectedEof, Fault::ConnectionClosed);
        check(ErrorKind::TimedOut, Fault::TimedOut);
        let eof = LdapError::from(io::Error::from(ErrorKind::UnexpectedEof));
        assert_eq!((of_ldap(&eof), of_handshake(&eof)), (Fault::ConnectionClosed, Fault::NoCommonCipher));
    }
}
