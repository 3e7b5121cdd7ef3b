//! ● Whose certificates are believed, by controllers and by the portal alike: this machine's roots, those of one CA file,
//! or both.
//!
//! Relies on rustls with aws-lc-rs, given explicitly. The machine's roots are hundreds of files, and reading them takes
//! longer than a whole password test: they are read when a connection first needs them, and once. `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` stand in for them. Deliberately absent: any way to believe everybody; reading the CA file, which belongs
//! to whoever read the site file.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CipherSuite, ClientConfig, RootCertStore};

use crate::text::Safe;

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
    #[error("this system has no trusted roots: {0}. Install them, or name the issuing CA's file as ca_file.")]
    NoSystemRoots(Safe),
    #[error("TLS can't be set up: {0}. This is a fault of the program.")]
    Tls(Safe),
}

/// Begins what the first connection would otherwise wait for: the TLS library readies its randomness when it is first
/// asked for any. Where it was built without `.cargo/config.toml`, it gathers some from the processor's jitter, which
/// takes tens of milliseconds. Call it at the very start.
pub fn get_ready() {
    let gather = || {
        // Who needs randomness asks again, and hears of a fault.
        let _ = aws_lc_rs::rand::fill(&mut [0]);
    };
    // Without the thread the first connection gathers it.
    let _ = std::thread::Builder::new().name("randomness".into()).spawn(gather);
}

/// This machine's roots. Clones share what was read.
#[derive(Clone, Default)]
pub struct SystemRoots(Arc<OnceLock<RootCertStore>>);

impl SystemRoots {
    /// What can't be read is read again when it is wanted again: somebody may have mended it.
    fn read(&self) -> Result<&RootCertStore, TrustFault> {
        if let Some(read) = self.0.get() {
            return Ok(read);
        }
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        let (added, _) = roots.add_parsable_certificates(found.certs);
        if added == 0 {
            let why = found.errors.first().map_or_else(|| "none found".to_owned(), ToString::to_string);
            return Err(TrustFault::NoSystemRoots(Safe::new(&why)));
        }
        Ok(self.0.get_or_init(|| roots))
    }
}

/// The roots a certificate has to lead to. Cheap to clone.
#[derive(Clone)]
pub struct Trust {
    named: Arc<RootCertStore>,
    system: Option<SystemRoots>,
    made: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Trust {
    /// Only what `pem` names.
    pub fn pinned(pem: &[u8]) -> Result<Self, TrustFault> {
        Ok(Self::of(named(pem)?, None))
    }

    /// What this machine trusts.
    #[must_use]
    pub fn system(roots: &SystemRoots) -> Self {
        Self::of(RootCertStore::empty(), Some(roots.clone()))
    }

    /// What this machine trusts, and what `pem` names beside it.
    pub fn system_and(roots: &SystemRoots, pem: &[u8]) -> Result<Self, TrustFault> {
        Ok(Self::of(named(pem)?, Some(roots.clone())))
    }

    fn of(named: RootCertStore, system: Option<SystemRoots>) -> Self {
        Self { named: Arc::new(named), system, made: Arc::default() }
    }

    /// Reads this machine's roots if they are among them and nobody has read them yet.
    pub fn config(&self) -> Result<Arc<ClientConfig>, TrustFault> {
        if let Some(made) = self.made.get() {
            return Ok(Arc::clone(made));
        }
        let made = configured(self.roots()?)?;
        Ok(Arc::clone(self.made.get_or_init(|| made)))
    }

    fn roots(&self) -> Result<Arc<RootCertStore>, TrustFault> {
        let Some(system) = &self.system else { return Ok(Arc::clone(&self.named)) };
        match system.read() {
            Ok(read) => {
                let mut roots = RootCertStore::clone(&self.named);
                roots.extend(read.roots.iter().cloned());
                Ok(Arc::new(roots))
            }
            // The named ones may be all that is needed.
            Err(_) if !self.named.is_empty() => Ok(Arc::clone(&self.named)),
            Err(fault) => Err(fault),
        }
    }
}

/// At least one.
fn named(pem: &[u8]) -> Result<RootCertStore, TrustFault> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|why| TrustFault::NotPem(Safe::new(&why.to_string())))?;
        roots.add(certificate).map_err(|why| TrustFault::NotARoot(Safe::new(&why.to_string())))?;
    }
    if roots.is_empty() { Err(TrustFault::NoCertificate) } else { Ok(roots) }
}

fn configured(roots: Arc<RootCertStore>) -> Result<Arc<ClientConfig>, TrustFault> {
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    // First what its hash has instructions for in every processor; half of a handshake is hashing. The peer has the last word.
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|why| TrustFault::Tls(Safe::new(&why.to_string())))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

impl fmt::Debug for SystemRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemRoots(…)")
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
        let roots = SystemRoots::default();
        let check = |pem: &str, expected: fn(&TrustFault) -> bool| {
            for made in [Trust::pinned(pem.as_bytes()), Trust::system_and(&roots, pem.as_bytes())] {
                assert!(made.is_err_and(|fault| expected(&fault)), "{pem}");
            }
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

    #[test]
    fn every_cipher_suite_is_offered_and_the_one_that_is_hashed_soonest_first() {
        let authority = rcgen::generate_simple_self_signed(["ca.test".to_owned()]).unwrap().cert.pem();
        let config = Trust::pinned(authority.as_bytes()).unwrap().config().unwrap();
        let offered: Vec<_> =
            config.crypto_provider().cipher_suites.iter().map(rustls::SupportedCipherSuite::suite).collect();
        assert_eq!(offered[0], CipherSuite::TLS13_AES_128_GCM_SHA256);
        for suite in rustls::crypto::aws_lc_rs::default_provider().cipher_suites {
            assert!(offered.contains(&suite.suite()), "{suite:?}");
        }
    }

    #[test]
    fn the_machines_roots_are_read_only_where_they_are_wanted() {
        let authority = rcgen::generate_simple_self_signed(["ca.test".to_owned()]).unwrap().cert.pem();
        let roots = SystemRoots::default();
        let _unused = Trust::system(&roots);
        let _beside = Trust::system_and(&roots, authority.as_bytes()).unwrap();
        let pinned = Trust::pinned(authority.as_bytes()).unwrap();
        let made = pinned.config().unwrap();
        assert!(roots.0.get().is_none(), "nobody connected anywhere that needs them");
        assert!(Arc::ptr_eq(&made, &pinned.clone().config().unwrap()), "made once");
    }
}
