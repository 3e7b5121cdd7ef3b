//! ● Whose certificates are believed: the system's roots, those of one CA file, or both.
//!
//! One rustls configuration with aws-lc-rs, given out ready-made. Deliberately absent: any way to believe everybody,
//! and reading the CA file, which belongs to whoever read the site file.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};

use crate::portal::Fault;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    System,
    /// Nobody's: for where no portal is asked. Reading the system's takes longer than a whole password test.
    Nobody,
    /// The certificates of a PEM text, and no others.
    Only(Vec<u8>),
    /// The certificates of a PEM text beside the system's roots.
    SystemAnd(Vec<u8>),
}

impl Trust {
    /// # Errors
    /// [`Fault::Certificate`] when the PEM text holds no usable certificate, or the system has no roots.
    pub fn config(&self) -> Result<ClientConfig, Fault> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let unusable = |error: rustls::Error| Fault::Certificate(error.to_string().into());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        Ok(match self {
            Self::System => builder.with_platform_verifier().map_err(unusable)?.with_no_client_auth(),
            Self::SystemAnd(pem) => {
                let verifier = Verifier::new_with_extra_roots(certificates(pem)?, provider);
                let verifier = Arc::new(verifier.map_err(unusable)?);
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
            Self::Nobody => builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
            Self::Only(pem) => builder.with_root_certificates(roots(pem)?).with_no_client_auth(),
        })
    }
}

fn roots(pem: &[u8]) -> Result<RootCertStore, Fault> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(pem)? {
        store.add(certificate).map_err(|error| Fault::Certificate(error.to_string().into()))?;
    }
    Ok(store)
}

/// At least one.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let read = read.map_err(|error| Fault::Certificate(error.to_string().into()))?;
    if read.is_empty() {
        return Err(Fault::Certificate("the CA file holds no certificate".into()));
    }
    Ok(read)
}
