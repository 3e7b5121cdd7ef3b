//! Distinguished names, as far as an account's is read: its common name, and its domain (RFC 4514).
//!
//! Pure. Deliberately absent: names with several attributes in one part, which no account in Active Directory has.

/// What a distinguished name says of an account.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Distinguished {
    pub(super) common_name: String,
    /// The `DC` parts, joined by dots.
    pub(super) domain: String,
}

/// It can't be meant as anything else.
pub(super) fn looks_like(text: &str) -> bool {
    let kind = text.split_once('=').map(|(kind, _)| kind.trim());
    kind.is_some_and(|kind| ["CN", "OU", "DC", "UID"].iter().any(|known| kind.eq_ignore_ascii_case(known)))
}

/// `None`: it is broken off, or not the name of an account in a domain.
pub(super) fn read(text: &str) -> Option<Distinguished> {
    let parts = parts(text)?;
    let (kind, common_name) = parts.first()?;
    let domain: Vec<&str> =
        parts.iter().filter(|(kind, _)| kind == "dc").map(|(_, value)| value.as_str()).collect();
    // The domain's parts are the last ones.
    let ends_with_domain = parts.iter().rev().take(domain.len()).all(|(kind, _)| kind == "dc");
    (kind == "cn" && !domain.is_empty() && ends_with_domain)
        .then(|| Distinguished { common_name: common_name.clone(), domain: domain.join(".") })
}

/// Two ways of writing the name of the same object.
pub fn same_object(one: &str, other: &str) -> bool {
    let folded = |text: &str| {
        parts(text).map(|parts| {
            parts.into_iter().map(|(kind, value)| (kind, value.to_lowercase())).collect::<Vec<_>>()
        })
    };
    folded(one).is_some_and(|one| Some(one) == folded(other))
}

/// The parts in their order: the kind in lower case, the value without its escapes.
fn parts(text: &str) -> Option<Vec<(String, String)>> {
    split(text)
        .into_iter()
        .map(|part| {
            let (kind, value) = part.split_once('=')?;
            let value = unescaped(value.trim_start())?;
            let kind = kind.trim().to_ascii_lowercase();
            (!kind.is_empty() && !value.is_empty()).then_some((kind, value))
        })
        .collect()
}

/// At the commas that nothing escapes.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        if c == ',' && !escaped {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(part);
    parts
}

/// `\,` stands for the comma, `\2C` for the byte. `None`: an escape is broken, or something that needs one has none.
fn unescaped(value: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = value.chars();
    // A blank before the next comma is not part of the value, unless it is escaped.
    let mut kept = 0;
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                let next = rest.next()?;
                match next.to_digit(16) {
                    Some(high) => {
                        let low = rest.next()?.to_digit(16)?;
                        bytes.push(u8::try_from(high.saturating_mul(16).saturating_add(low)).ok()?);
                    }
                    None => bytes.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes()),
                }
                kept = bytes.len();
            }
            '"' | '+' | ';' | '<' | '>' => return None,
            ' ' => bytes.push(b' '),
            c => {
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                kept = bytes.len();
            }
        }
    }
    bytes.truncate(kept);
    String::from_utf8(bytes).ok()
}
