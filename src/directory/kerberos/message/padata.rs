//! What a controller adds to its answers: which ways of preauthentication it takes, and how it makes keys.
//!
//! Relies on RFC 4120 §5.2.7 and RFC 6113 for the kinds, MS-KILE 2.2.2 for the status. Pure. Deliberately absent: the kinds
//! that this console doesn't speak, but for knowing that armoring was offered.

use std::borrow::Cow;

use super::super::der::{self, Cursor, Malformed, field};
use super::super::key::Aes;
use super::{Asked, ENC_TIMESTAMP, KerberosError, Reply};

/// `PA-PW-SALT`, in which Active Directory puts a status.
const STATUS: i64 = 3;
const ETYPE_INFO2: i64 = 19;
const FX_FAST: i64 = 136;
/// Where the controller names no number (RFC 3962 §4).
const DEFAULT_ROUNDS: u32 = 4096;

/// How a controller makes an account's key of its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Recipe<'a> {
    pub(in super::super) aes: Aes,
    pub(in super::super) salt: Cow<'a, str>,
    pub(in super::super) rounds: u32,
}

/// How a controller lets an account prove itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Offer<'a> {
    /// By a sealed timestamp.
    pub(in super::super) timestamp: bool,
    /// Inside an armored exchange.
    pub(in super::super) armor: bool,
    /// One for each AES key, in the controller's order of preference.
    pub(in super::super) recipes: Vec<Recipe<'a>>,
    /// It named the salt; otherwise the usual one is taken.
    pub(in super::super) salted: bool,
}

/// What error 25 offers.
pub(in super::super) fn offer<'a>(asked: &Asked, error: &KerberosError<'a>) -> Result<Offer<'a>, Malformed> {
    read(asked, Cursor::new(error.data).inside(der::SEQUENCE)?)
}

/// How the key was made that an unasked reply is sealed with. Without a word on it, as usual.
pub(in super::super) fn offer_in_reply<'a>(asked: &Asked, reply: &Reply<'a>) -> Result<Offer<'a>, Malformed> {
    let mut offer = match reply.padata {
        Some(mut padata) => read(asked, padata.inside(der::SEQUENCE)?)?,
        None => Offer::default(),
    };
    if let (true, Some(aes)) = (offer.recipes.is_empty(), Aes::from_number(reply.sealed.etype)) {
        offer.recipes.push(Recipe { aes, salt: asked.salt().into(), rounds: DEFAULT_ROUNDS });
    }
    offer.recipes.retain(|recipe| i64::from(recipe.aes.number()) == reply.sealed.etype);
    Ok(offer)
}

fn read<'a>(asked: &Asked, mut all: Cursor<'a>) -> Result<Offer<'a>, Malformed> {
    let mut offer = Offer::default();
    while !all.is_empty() {
        let (kind, value) = one(&mut all)?;
        match kind {
            ETYPE_INFO2 => recipes(asked, value, &mut offer)?,
            FX_FAST => offer.armor = true,
            kind if kind == i64::from(ENC_TIMESTAMP) => offer.timestamp = true,
            _ => {}
        }
    }
    Ok(offer)
}

fn one<'a>(all: &mut Cursor<'a>) -> Result<(i64, &'a [u8]), Malformed> {
    let mut fields = all.inside(der::SEQUENCE)?;
    let kind = fields.skip_to(field(1))?.integer()?;
    // MS-KILE leaves the value out where there is none.
    let value = fields.inside_if(field(2)).map_or(Ok(&[][..]), |mut value| value.octets())?;
    Ok((kind, value))
}

fn recipes<'a>(asked: &Asked, value: &'a [u8], offer: &mut Offer<'a>) -> Result<(), Malformed> {
    let mut entries = Cursor::new(value).inside(der::SEQUENCE)?;
    while !entries.is_empty() {
        let mut entry = entries.inside(der::SEQUENCE)?;
        let aes = Aes::from_number(entry.skip_to(field(0))?.integer()?);
        let salt = entry.inside_if(field(1)).map(|mut salt| salt.text()).transpose()?;
        let rounds = match entry.inside_if(field(2)) {
            Some(mut parameters) => {
                u32::from_be_bytes(parameters.octets()?.try_into().map_err(|_| Malformed)?)
            }
            None => DEFAULT_ROUNDS,
        };
        if let Some(aes) = aes {
            offer.salted |= salt.is_some();
            let salt = salt.map_or_else(|| asked.salt().into(), Cow::from);
            offer.recipes.push(Recipe { aes, salt, rounds });
        }
    }
    Ok(())
}

/// The status in an error's data: of Windows a single element, of Samba one in a list.
pub(super) fn status(data: &[u8]) -> Option<u32> {
    let mut whole = Cursor::new(data);
    let mut list = whole.inside(der::SEQUENCE).ok()?;
    if list.inside_if(field(1)).is_some() {
        return status_in(&mut Cursor::new(data));
    }
    while !list.is_empty() {
        if let Some(found) = status_in(&mut list) {
            return Some(found);
        }
    }
    None
}

fn status_in(list: &mut Cursor<'_>) -> Option<u32> {
    let Ok((kind, value)) = one(list) else {
        *list = Cursor::new(&[]);
        return None;
    };
    let status = value.first_chunk().map(|status| u32::from_le_bytes(*status));
    status.filter(|status| kind == STATUS && *status != 0)
}
