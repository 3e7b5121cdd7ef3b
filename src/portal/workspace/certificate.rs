//! The name of who issued a certificate. Pure; whether it is trusted has been decided before.

use x509_parser::parse_x509_certificate;

use crate::portal::Fault;
use crate::portal::client::answer::excerpt;
use crate::text::Safe;

pub(super) fn issuer(der: &[u8]) -> Result<Safe, Fault> {
    let (_, certificate) = parse_x509_certificate(der)
        .map_err(|error| Fault::Certificate(format!("it can't be read: {error}").into()))?;
    Ok(excerpt(&certificate.issuer().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_issuer() {
        let check = |der: &[u8]| assert!(matches!(issuer(der), Err(Fault::Certificate(_))), "{der:?}");
        check(b"");
        check(b"\x30\x03\x02\x01\x01");
    }
}
