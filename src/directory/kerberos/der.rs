//! ASN.1 in its distinguished encoding, as much of it as the AS exchange needs: written from parts, read by cursor.
//!
//! Relies on nothing. What is read was sent by a stranger: every length is checked against what is there, nothing is
//! copied or allocated for a length that is only claimed, and no reader calls itself, so that depth costs nothing.
//! Pure. Deliberately absent: tags of more than one byte and indefinite lengths, which Kerberos never has.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const GENERAL_STRING: u8 = 0x1b;
pub(super) const SEQUENCE: u8 = 0x30;

/// A field's tag: `[number]`.
pub(super) const fn field(number: u8) -> u8 {
    0xa0 | number
}

/// A message's tag: `[APPLICATION number]`.
pub(super) const fn application(number: u8) -> u8 {
    0x60 | number
}

/// The bytes are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// What is left to read. Cheap to copy: to look ahead, read from a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next element's tag and content.
    fn next(&mut self) -> Result<(u8, &'a [u8]), Malformed> {
        let (tag, rest) = self.0.split_first().ok_or(Malformed)?;
        let (first, rest) = rest.split_first().ok_or(Malformed)?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            0x81..=0x84 => {
                let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f)).ok_or(Malformed)?;
                (length.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)), rest)
            }
            _ => return Err(Malformed),
        };
        let (content, rest) = rest.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok((*tag, content))
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn bytes(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        let mut ahead = *self;
        let (found, content) = ahead.next()?;
        if found != tag {
            return Err(Malformed);
        }
        *self = ahead;
        Ok(content)
    }

    /// Inside the next element, which must have this tag.
    pub(super) fn inside(&mut self, tag: u8) -> Result<Self, Malformed> {
        self.bytes(tag).map(Self)
    }

    /// Inside the next element if it has this tag.
    pub(super) fn inside_if(&mut self, tag: u8) -> Option<Self> {
        self.inside(tag).ok()
    }

    /// Goes past the fields of a sequence until this one, and inside it.
    pub(super) fn skip_to(&mut self, tag: u8) -> Result<Self, Malformed> {
        loop {
            if let Some(found) = self.inside_if(tag) {
                return Ok(found);
            }
            self.next()?;
        }
    }

    /// A whole number that fits. An unsigned one of 32 bits may be five bytes long.
    pub(super) fn integer(&mut self) -> Result<i64, Malformed> {
        let content = self.bytes(INTEGER)?;
        let first = content.first().ok_or(Malformed)?;
        if content.len() > 8 {
            return Err(Malformed);
        }
        let sign = if first & 0x80 == 0 { 0 } else { -1 };
        Ok(content.iter().fold(sign, |sum, byte| (sum << 8) | i64::from(*byte)))
    }

    pub(super) fn octets(&mut self) -> Result<&'a [u8], Malformed> {
        self.bytes(OCTET_STRING)
    }

    /// A name or a text. Kerberos means ASCII; Active Directory writes UTF-8.
    pub(super) fn text(&mut self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes(GENERAL_STRING)?).map_err(|_| Malformed)
    }
}

/// An element from its parts.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut written = vec![tag];
    let bytes = length.to_be_bytes();
    let significant = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let bytes = bytes.get(significant..).unwrap_or_default();
    if length >= 0x80 {
        written.push(0x80 | u8::try_from(bytes.len()).unwrap_or(0x7f));
        written.extend(bytes);
    } else {
        written.push(u8::try_from(length).unwrap_or(0));
    }
    for part in parts {
        written.extend_from_slice(part);
    }
    written
}

pub(super) fn integer(value: u32) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let significant = bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
    let bytes = bytes.get(significant..).unwrap_or_default();
    // A leading one would make it negative.
    let sign: &[u8] = if bytes.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
    element(INTEGER, &[sign, bytes])
}

pub(super) fn text(value: &str) -> Vec<u8> {
    element(GENERAL_STRING, &[value.as_bytes()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_has_them() {
        let check = |value: u32, bytes: &[u8]| assert_eq!(integer(value), bytes, "{value}");
        check(0, &[2, 1, 0]);
        check(127, &[2, 1, 127]);
        check(128, &[2, 2, 0, 128]);
        check(256, &[2, 2, 1, 0]);
        check(u32::MAX, &[2, 5, 0, 255, 255, 255, 255]);
        assert_eq!(Cursor::new(&[2, 1, 0x80]).integer(), Ok(-128));
        assert_eq!(Cursor::new(&[2, 0]).integer(), Err(Malformed));
        assert_eq!(Cursor::new(&[2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]).integer(), Err(Malformed));
    }

    #[test]
    fn a_length_that_lies_is_found_out() {
        let check = |bytes: &[u8]| assert_eq!(Cursor::new(bytes).octets(), Err(Malformed), "{bytes:?}");
        check(&[]);
        check(&[4]);
        check(&[4, 1]);
        check(&[4, 0x80, 0, 0]);
        check(&[4, 0x84, 255, 255, 255, 255, 1]);
        check(&[4, 0x85, 0, 0, 0, 0, 1, 1]);
        assert_eq!(Cursor::new(&[4, 0x81, 1, 7]).octets(), Ok(&[7][..]));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(content in proptest::collection::vec(any::<u8>(), 0..70_000), value: u32) {
            let written = element(SEQUENCE, &[&element(OCTET_STRING, &[&content]), &integer(value)]);
            let mut inside = Cursor::new(&written).inside(SEQUENCE).unwrap();
            prop_assert_eq!(inside.octets(), Ok(&content[..]));
            prop_assert_eq!(inside.integer(), Ok(i64::from(value)));
            prop_assert!(inside.is_empty());
        }
    }
}
