//! Whose certificates are believed.
//!
//! Relies on rustls with aws-lc-rs, given explicitly. Certificates are always verified, against the site's own CA file or
//! the system's roots, never against both. Deliberately absent: any way to leave that out; reading the file.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::text::Safe;

/// The roots a controller's certificate has to lead to.
#[derive(Clone)]
pub struct Trust(pub(super) Arc<ClientConfig>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustFault {
    #[error(
        "the CA file holds no certificate. It must be PEM text with BEGIN CERTIFICATE; export the CA again."
    )]
    NoCertificate,
    #[error("the CA file can't be read as PEM: {0}. Export the CA again.")]
    NotPem(Safe),
    #[error(
        "a certificate of the CA file can't be used as a root: {0}. Name the issuing CA's own certificate."
    )]
    NotARoot(Safe),
    #[error("this system has no trusted roots: {0}. Name the issuing CA's file as ca_file.")]
    NoSystemRoots(Safe),
    #[error("TLS can't be set up: {0}. This is a fault of the program.")]
    Tls(Safe),
}

impl Trust {
    /// Only what `pem` names.
    pub fn pinned(pem: &[u8]) -> Result<Self, TrustFault> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|why| TrustFault::NotPem(Safe::new(&why.to_string())))?;
            roots.add(certificate).map_err(|why| TrustFault::NotARoot(Safe::new(&why.to_string())))?;
        }
        if roots.is_empty() {
            return Err(TrustFault::NoCertificate);
        }
        Self::with(roots)
    }

    /// What this machine trusts.
    pub fn system() -> Result<Self, TrustFault> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        let (added, _) = roots.add_parsable_certificates(found.certs);
        if added == 0 {
            let why = found.errors.first().map_or_else(|| "none found".to_owned(), ToString::to_string);
            return Err(TrustFault::NoSystemRoots(Safe::new(&why)));
        }
        Self::with(roots)
    }

    fn with(roots: RootCertStore) -> Result<Self, TrustFault> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|why| TrustFault::Tls(Safe::new(&why.to_string())))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_that_names_no_root_is_refused() {
        let check = |pem: &str, expected: fn(&TrustFault) -> bool| {
            assert!(Trust::pinned(pem.as_bytes()).is_err_and(|fault| expected(&fault)), "{pem}");
        };
        check("", |fault| *fault == TrustFault::NoCertificate);
        check("hello", |fault| *fault == TrustFault::NoCertificate);
        check("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", |fault| {
            matches!(fault, TrustFault::NotARoot(_))
        });
        check("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", |fault| {
            matches!(fault, TrustFault::NotPem(_))
        });
    }
}
