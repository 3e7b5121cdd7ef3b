//! The messages of the AS exchange: the request as it is written, the answers as they are read.
//!
//! Relies on RFC 4120 §5.4 and §5.9 for their shapes, MS-KILE 2.2.2 for the status in an error. Names are UTF-8, as Active
//! Directory writes them. Pure. Deliberately absent: the ticket's inside, which is for its service.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::der::{self, Cursor, Malformed, application, element, field};
use super::key::Aes;

mod padata;

pub(super) use padata::{Offer, Recipe, offer, offer_in_reply};

const AS_REQ: u8 = 10;
const AS_REP: u8 = 11;
const KRB_ERROR: u8 = 30;
/// A ticket for as long as the domain's policy lets it live; Windows asks so. An own moment would be wrong under skew.
const TILL: &[u8] = b"20370913024805Z";
/// `NT-PRINCIPAL`, the account's bare name.
const PRINCIPAL: u32 = 1;
/// `NT-SRV-INST`, the ticket-granting service.
const SERVICE: u32 = 2;
const ENC_TIMESTAMP: u32 = 2;
/// More of a controller's words than this is not kept.
const LONGEST_TEXT: usize = 300;

/// For whom a ticket is asked, and what marks this one request.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Upper case.
    pub(super) realm: String,
    pub(super) name: String,
    pub(super) nonce: u32,
}

/// Sealed with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encrypted<'a> {
    pub(super) etype: i64,
    pub(super) cipher: &'a [u8],
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answered<'a> {
    Error(KerberosError<'a>),
    Reply(Reply<'a>),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct KerberosError<'a> {
    pub(super) code: u32,
    pub(super) time: Option<Timestamp>,
    pub(super) text: Cow<'a, str>,
    pub(super) status: Option<u32>,
    data: &'a [u8],
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply<'a> {
    padata: Option<Cursor<'a>>,
    realm: &'a str,
    name: Vec<&'a str>,
    pub(super) sealed: Encrypted<'a>,
}

impl Asked {
    /// The request; with a sealed timestamp it tests a password, and without it tests nothing.
    pub(super) fn request(&self, timestamp: Option<(u32, &[u8])>) -> Vec<u8> {
        let numbered = |number: u8, value: u32| element(field(number), &[&der::integer(value)]);
        let padata = timestamp.map(|(etype, cipher)| {
            let cipher = element(field(2), &[&element(der::OCTET_STRING, &[cipher])]);
            let sealed = element(der::SEQUENCE, &[&numbered(0, etype), &cipher]);
            let value = element(field(2), &[&element(der::OCTET_STRING, &[&sealed])]);
            let one = element(der::SEQUENCE, &[&numbered(1, ENC_TIMESTAMP), &value]);
            element(field(3), &[&element(der::SEQUENCE, &[&one])])
        });
        let body = element(field(4), &[&self.body()]);
        let parts = [numbered(1, 5), numbered(2, AS_REQ.into()), padata.unwrap_or_default(), body];
        let parts = parts.each_ref().map(Vec::as_slice);
        element(application(AS_REQ), &[&element(der::SEQUENCE, &parts)])
    }

    fn body(&self) -> Vec<u8> {
        let offered = Aes::OFFERED.map(|aes| der::integer(aes.number())).concat();
        let parts = [
            element(field(0), &[&element(der::BIT_STRING, &[&[0; 5]])]),
            element(field(1), &[&principal(PRINCIPAL, &[&self.name])]),
            element(field(2), &[&der::text(&self.realm)]),
            element(field(3), &[&principal(SERVICE, &["krbtgt", &self.realm])]),
            element(field(5), &[&element(der::GENERALIZED_TIME, &[TILL])]),
            element(field(7), &[&der::integer(self.nonce)]),
            element(field(8), &[&element(der::SEQUENCE, &[&offered])]),
        ];
        element(der::SEQUENCE, &parts.each_ref().map(Vec::as_slice))
    }

    fn salt(&self) -> String {
        format!("{}{}", self.realm, self.name)
    }

    fn is_realm(&self, realm: &str) -> bool {
        realm.to_uppercase() == self.realm
    }

    /// What a reply says in clear: for whom it is.
    pub(super) fn is_answered_by(&self, reply: &Reply<'_>) -> bool {
        let name = |name: &&str| name.to_lowercase() == self.name.to_lowercase();
        self.is_realm(reply.realm) && matches!(reply.name.as_slice(), [one] if name(one))
    }

    /// What it says under the account's key: the same request's mark, for the realm's own service. The controller's time
    /// if so, and nothing if not.
    pub(super) fn is_proved_by(&self, plain: &[u8]) -> Option<Timestamp> {
        let mut plain = Cursor::new(plain);
        // Some controllers give the part the tag of another kind of reply.
        let inside = plain.inside_if(application(25)).or_else(|| plain.inside_if(application(26)));
        let mut fields = inside?.inside(der::SEQUENCE).ok()?;
        let nonce = fields.skip_to(field(2)).ok()?.integer().ok()?;
        let time = time(fields.skip_to(field(5)).ok()?).ok()?;
        let realm = fields.skip_to(field(9)).ok()?.text().ok()?;
        let service = names(fields.skip_to(field(10)).ok()?).ok()?;
        let ours = matches!(service.as_slice(), ["krbtgt", of] if self.is_realm(of));
        (nonce == i64::from(self.nonce) && self.is_realm(realm) && ours).then_some(time)
    }
}

/// The timestamp that proves a key, before it is sealed.
pub(super) fn timestamp(at: Timestamp) -> Vec<u8> {
    let written = at.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%SZ").to_string();
    let micros = u32::try_from(at.subsec_nanosecond() / 1000).unwrap_or(0);
    let time = element(field(0), &[&element(der::GENERALIZED_TIME, &[written.as_bytes()])]);
    element(der::SEQUENCE, &[&time, &element(field(1), &[&der::integer(micros)])])
}

fn principal(kind: u32, names: &[&str]) -> Vec<u8> {
    let names: Vec<u8> = names.iter().flat_map(|name| der::text(name)).collect();
    let kind = element(field(0), &[&der::integer(kind)]);
    element(der::SEQUENCE, &[&kind, &element(field(1), &[&element(der::SEQUENCE, &[&names])])])
}

pub(super) fn read(bytes: &[u8]) -> Result<Answered<'_>, Malformed> {
    let mut message = Cursor::new(bytes);
    if let Some(mut error) = message.inside_if(application(KRB_ERROR)) {
        return error.inside(der::SEQUENCE).and_then(read_error).map(Answered::Error);
    }
    let mut reply = message.inside(application(AS_REP))?;
    reply.inside(der::SEQUENCE).and_then(read_reply).map(Answered::Reply)
}

fn read_error(mut fields: Cursor<'_>) -> Result<KerberosError<'_>, Malformed> {
    let time = time(fields.skip_to(field(4))?).ok();
    let code = fields.skip_to(field(6))?.integer()?;
    fields.skip_to(field(10))?;
    let text = fields.inside_if(field(11)).map_or(Ok(&[][..]), |mut text| text.bytes(der::GENERAL_STRING))?;
    let data = fields.inside_if(field(12)).map_or(Ok(&[][..]), |mut data| data.octets())?;
    Ok(KerberosError {
        code: u32::try_from(code).map_err(|_| Malformed)?,
        time,
        text: shortened(text),
        status: padata::status(data),
        data,
    })
}

/// Some controllers end their text with a NUL.
fn shortened(text: &[u8]) -> Cow<'_, str> {
    let text = text.get(..LONGEST_TEXT).unwrap_or(text);
    let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
    String::from_utf8_lossy(text.get(..end).unwrap_or_default())
}

fn read_reply(mut fields: Cursor<'_>) -> Result<Reply<'_>, Malformed> {
    fields.skip_to(field(1))?;
    let padata = fields.inside_if(field(2));
    let realm = fields.skip_to(field(3))?.text()?;
    let name = names(fields.skip_to(field(4))?)?;
    let mut sealed = fields.skip_to(field(6))?.inside(der::SEQUENCE)?;
    let etype = sealed.skip_to(field(0))?.integer()?;
    let cipher = sealed.skip_to(field(2))?.octets()?;
    Ok(Reply { padata, realm, name, sealed: Encrypted { etype, cipher } })
}

fn names(mut principal: Cursor<'_>) -> Result<Vec<&str>, Malformed> {
    let mut names = principal.inside(der::SEQUENCE)?.skip_to(field(1))?.inside(der::SEQUENCE)?;
    let mut found = Vec::new();
    while !names.is_empty() {
        found.push(names.text()?);
    }
    Ok(found)
}

fn time(mut field: Cursor<'_>) -> Result<Timestamp, Malformed> {
    let written = std::str::from_utf8(field.bytes(der::GENERALIZED_TIME)?).map_err(|_| Malformed)?;
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", written).map_err(|_| Malformed)?;
    civil.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|_| Malformed)
}
