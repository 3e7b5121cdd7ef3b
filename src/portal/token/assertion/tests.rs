//! Assertions as whoever checks them sees them, and the certificates and keys that make none.

use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use rcgen::{CertificateParams, KeyPair as Generated, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::Value;

use super::*;

/// A self-signed certificate and its key, as PEM.
fn certified(key: &Generated) -> (String, Zeroizing<String>) {
    let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(key).unwrap();
    (certificate.pem(), Zeroizing::new(key.serialize_pem()))
}

fn rsa() -> Generated {
    Generated::generate_for(&PKCS_RSA_SHA256).unwrap()
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn an_assertion_names_its_certificate_and_its_one_endpoint_and_is_signed_by_the_key() {
    let key = rsa();
    let (certificate, pem) = certified(&key);
    let application = Application::by_certificate(certificate.as_bytes(), pem.clone()).unwrap();
    let Proof::Certificate { thumbprint } = &application.proof else { panic!("{application:?}") };
    let now = "2026-03-04T05:06:07Z".parse().unwrap();
    let asked = Asked { endpoint: "https://login.test/t/oauth2/v2.0/token", now };
    let signed = || sign("client-1", thumbprint, &Secret::new(pem.clone()), &asked).unwrap();
    let (one, other) = (signed(), signed());
    let [header, claims, signature] = one.expose().split('.').collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(decoded(header), json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint }));
    let (told, next) = (decoded(claims), decoded(other.expose().split('.').nth(1).unwrap()));
    let claim = |name: &str| told[name].as_str().unwrap_or_default();
    assert_eq!((claim("aud"), claim("iss"), claim("sub")), (asked.endpoint, "client-1", "client-1"));
    assert_eq!(told["exp"], json!(now.as_second() + LIFE));
    assert!(told["nbf"].as_i64().unwrap() < now.as_second());
    assert_ne!(told["jti"], next["jti"]);
    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key.public_key_raw());
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public.verify(format!("{header}.{claims}").as_bytes(), &signature).unwrap();
    assert!(!format!("{application:?}").contains("PRIVATE"));
}

#[test]
fn a_certificate_and_a_key_that_prove_nothing_are_told_apart() {
    let (certificate, key) = certified(&rsa());
    let (_, elliptic) = certified(&Generated::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let check = |certificate: &str, key: &str, why: Unusable| {
        let key = Zeroizing::new(key.to_owned());
        let refused = Application::by_certificate(certificate.as_bytes(), key).map(|_| ()).unwrap_err();
        assert_eq!(refused, why);
        assert!(!why.to_string().contains("BEGIN"));
    };
    check(&certificate, &certified(&rsa()).1, Unusable::Mismatch);
    check(&certificate, &elliptic, Unusable::NotRsa);
    check(&certificate, "nothing", Unusable::NoKey);
    check(&certificate, &key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), Unusable::NoKey);
    check("nothing", &key, Unusable::NoCertificate);
    check(&key, &key, Unusable::NoCertificate);
}
