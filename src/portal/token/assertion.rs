//! How an application proves itself where no person signs in: by a client secret, or by an assertion that the key of its
//! certificate signed (RFC 7523; for Entra PS256 with the header `x5t#S256`).
//!
//! Pure. Relies on aws-lc-rs for the signature. The key never leaves; an assertion is good for one endpoint and a few
//! minutes. Deliberately absent: reading files; keys other than RSA, which Entra takes no assertions from.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use zeroize::{Zeroize as _, Zeroizing};

use crate::secret::Secret;

#[cfg(test)]
mod tests;

pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Seconds for which an assertion is good.
const LIFE: i64 = 300;
/// Seconds by which the sign-in's clock may be behind this one.
const LEEWAY: i64 = 30;

/// What an application's proof is made of. The secret itself is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The secret is sent as it is.
    Secret,
    /// The secret is the certificate's private key, as PEM.
    Certificate { thumbprint: String },
}

/// An application that signs in by itself, with what its proof rests on.
#[derive(Debug)]
pub struct Application {
    pub proof: Proof,
    pub secret: Secret,
}

/// Why a certificate and its key prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("the certificate file holds no certificate as PEM")]
    NoCertificate,
    #[error("the key file holds no private key as PEM that is not itself encrypted")]
    NoKey,
    #[error("the private key is not an RSA key of at least 2048 bits")]
    NotRsa,
    #[error("the private key is not the certificate's own")]
    Mismatch,
    #[error("the assertion could not be signed")]
    NotSigned,
}

impl Application {
    /// Signs in with a certificate, if `key` is its own.
    pub fn by_certificate(certificate: &[u8], key: Zeroizing<String>) -> Result<Self, Unusable> {
        let certificate = CertificateDer::from_pem_slice(certificate).map_err(|_| Unusable::NoCertificate)?;
        let (_, read) =
            x509_parser::parse_x509_certificate(&certificate).map_err(|_| Unusable::NoCertificate)?;
        let own = key_pair(&key)?;
        if read.public_key().subject_public_key.data.as_ref() != own.public_key().as_ref() {
            return Err(Unusable::Mismatch);
        }
        let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, &certificate));
        Ok(Self { proof: Proof::Certificate { thumbprint }, secret: Secret::new(key) })
    }

    pub fn by_secret(secret: Zeroizing<String>) -> Self {
        Self { proof: Proof::Secret, secret: Secret::new(secret) }
    }
}

/// Whom an assertion is for, and the time by the system's clock.
pub(super) struct Asked<'a> {
    pub endpoint: &'a str,
    pub now: Timestamp,
}

/// A new assertion, which nobody can use twice.
pub(super) fn sign(
    client_id: &str,
    thumbprint: &str,
    key: &Secret,
    asked: &Asked<'_>,
) -> Result<Secret, Unusable> {
    let mut unique = [0_u8; 16];
    getrandom::fill(&mut unique).map_err(|_| Unusable::NotSigned)?;
    let now = asked.now.as_second();
    let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint });
    let claims = json!({
        "aud": asked.endpoint,
        "iss": client_id,
        "sub": client_id,
        "jti": URL_SAFE_NO_PAD.encode(unique),
        "iat": now.saturating_sub(LEEWAY),
        "nbf": now.saturating_sub(LEEWAY),
        "exp": now.saturating_add(LIFE),
    });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut text = Zeroizing::new(format!("{}.{}", part(&header), part(&claims)));
    let pair = key_pair(key.expose())?;
    let mut signature = vec![0_u8; pair.public_modulus_len()];
    pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .map_err(|_| Unusable::NotSigned)?;
    text.push('.');
    text.push_str(&URL_SAFE_NO_PAD.encode(signature));
    Ok(Secret::new(text))
}

fn key_pair(pem: &str) -> Result<KeyPair, Unusable> {
    let mut der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| Unusable::NoKey)?;
    let pair = match &der {
        PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
        _ => KeyPair::from_der(&[]),
    };
    der.zeroize();
    pair.map_err(|_| Unusable::NotRsa)
}
