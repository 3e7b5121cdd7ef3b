//! ● Whose certificates are believed: the system's roots, or only those of one CA file.
//!
//! One rustls configuration with aws-lc-rs, given out ready-made. Deliberately absent: any way to believe everybody,
//! and reading the CA file, which belongs to whoever read the site file.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::portal::Fault;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    System,
    /// The certificates of a PEM text, and no others.
    Only(Vec<u8>),
}

impl Trust {
    /// # Errors
    /// [`Fault::Certificate`] when the PEM text holds no usable certificate, or the system has no roots.
    pub fn config(&self) -> Result<ClientConfig, Fault> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let unusable = |error: rustls::Error| Fault::Certificate(error.to_string().into());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        Ok(match self {
            Self::System => builder.with_platform_verifier().map_err(unusable)?.with_no_client_auth(),
            Self::Only(pem) => builder.with_root_certificates(roots(pem)?).with_no_client_auth(),
        })
    }
}

fn roots(pem: &[u8]) -> Result<RootCertStore, Fault> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| Fault::Certificate(error.to_string().into()))?;
        store.add(certificate).map_err(|error| Fault::Certificate(error.to_string().into()))?;
    }
    if store.is_empty() {
        return Err(Fault::Certificate("the CA file holds no certificate".into()));
    }
    Ok(store)
}
