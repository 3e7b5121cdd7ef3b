//! Request bodies that hold a secret: written once into a buffer that is never moved and is wiped when dropped.
//!
//! Promised is "wiped where we hold it": what TLS and the kernel copy is out of reach.

use bytes::Bytes;
use serde::Serialize;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

/// Large enough for `held` bytes of values however they are escaped, so that the buffer is never moved.
const ESCAPED: usize = 6;
const NAMES: usize = 1024;

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> Bytes {
    let held: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
    let mut text = String::with_capacity(capacity(held));
    Serializer::new(&mut text).extend_pairs(pairs);
    Bytes::from_owner(Wiped(Zeroizing::new(text.into_bytes())))
}

/// `held` is the length of all values together.
pub(crate) fn json(body: &impl Serialize, held: usize) -> Result<Bytes, serde_json::Error> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(capacity(held)));
    serde_json::to_writer(&mut *buffer, body)?;
    Ok(Bytes::from_owner(Wiped(buffer)))
}

fn capacity(held: usize) -> usize {
    held.saturating_mul(ESCAPED).saturating_add(NAMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_escaped_and_fits_where_it_began() {
        let nasty = "&=%+ü\u{1f511}".repeat(64);
        let body = form(&[("client_secret", &nasty), ("a", "b c")]);
        assert!(body.ends_with(b"&a=b+c"));
        assert!(body.len() <= capacity(nasty.len()));
    }

    #[test]
    fn json_fits_where_it_began_however_it_is_escaped() {
        let nasty = "\u{1}\"\\".repeat(256);
        let body = json(&[&nasty], nasty.len()).unwrap();
        assert!(body.len() <= capacity(nasty.len()));
        assert_eq!(serde_json::from_slice::<Vec<String>>(&body).unwrap(), [nasty]);
    }
}
