//! The AS exchange's messages as the lab reads and writes them.
//!
//! Relies on picky's own types for every one of them. Deliberately absent: what decides which is sent; and any use for
//! the ticket, whose inside nobody can open.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use picky_asn1::bit_string::BitString;
use picky_asn1::date::GeneralizedTime;
use picky_asn1::restricted_string::Ia5String;
use picky_asn1::wrapper::{
    Asn1SequenceOf, ExplicitContextTag0 as Tag0, ExplicitContextTag1 as Tag1, ExplicitContextTag2 as Tag2,
    ExplicitContextTag3 as Tag3, ExplicitContextTag4 as Tag4, ExplicitContextTag5 as Tag5,
    ExplicitContextTag6 as Tag6, ExplicitContextTag7 as Tag7, ExplicitContextTag8 as Tag8,
    ExplicitContextTag9 as Tag9, ExplicitContextTag10 as Tag10, ExplicitContextTag12 as Tag12, IntegerAsn1,
    OctetStringAsn1, Optional,
};
use picky_asn1_der::{from_bytes, to_vec};
use picky_krb::constants::key_usages::{AS_REP_ENC, AS_REQ_TIMESTAMP};
use picky_krb::constants::types::{NT_PRINCIPAL, NT_SRV_INST};
use picky_krb::crypto::CipherSuite;
use picky_krb::data_types::{
    EncryptedData, EncryptionKey, EtypeInfo2Entry, KerberosFlags, KerberosStringAsn1, KerberosTime,
    LastReqInner, PaData, PaEncTsEnc, PrincipalName, Ticket, TicketInner,
};
use picky_krb::messages::{AsRep, AsReq, EncAsRepPart, EncKdcRepPart, KdcRep, KrbError, KrbErrorInner};

/// `PA-ENC-TIMESTAMP`
const ENC_TIMESTAMP: u8 = 2;
/// `PA-ETYPE-INFO2`
const ETYPE_INFO2: u8 = 19;
/// `PA-PW-SALT`, and Windows' name for an error's status.
const STATUS: u8 = 3;
/// `PA-FX-FAST`: offered by every controller since 2012.
const FX_FAST: u8 = 136;

/// What was asked, as far as it matters here.
pub struct Request {
    pub realm: String,
    pub name: String,
    pub timestamp: Option<Sealed>,
    nonce: IntegerAsn1,
    etypes: Vec<Vec<u8>>,
}

/// A timestamp under an account's key.
pub struct Sealed(EncryptedData);

/// What an error has beside its number.
#[derive(Clone, Copy)]
pub enum Told<'a> {
    /// The keys an account has, and their salt.
    Recipes(&'a str),
    /// The same, to be used inside an armored exchange alone.
    Armor(&'a str),
    Status(u32),
}

impl Told<'_> {
    fn written(self) -> Option<Vec<u8>> {
        let offered = match self {
            Self::Recipes(salt) => vec![
                padata(ETYPE_INFO2, recipes(salt)?),
                padata(ENC_TIMESTAMP, Vec::new()),
                wide_padata(FX_FAST, Vec::new()),
            ],
            Self::Armor(salt) => {
                vec![padata(ETYPE_INFO2, recipes(salt)?), wide_padata(FX_FAST, Vec::new())]
            }
            // Windows gives it by itself, in no list.
            Self::Status(status) => {
                let value = [status.to_le_bytes(), [0; 4], 1_u32.to_le_bytes()].concat();
                return to_vec(&padata(STATUS, value)).ok();
            }
        };
        to_vec(&Asn1SequenceOf::from(offered)).ok()
    }
}

impl Sealed {
    pub fn open(&self, suite: &CipherSuite, password: &str, salt: &str) -> Option<Timestamp> {
        let cipher = suite.cipher();
        let key = cipher.generate_key_from_password(password.as_bytes(), salt.as_bytes()).ok()?;
        let plain = cipher.decrypt(&key, AS_REQ_TIMESTAMP, &self.0.cipher.0.0).ok()?;
        let inside: PaEncTsEnc = from_bytes(&plain).ok()?;
        moment(&inside.patimestamp.0)
    }
}

impl Request {
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let request: AsReq = from_bytes(bytes).ok()?;
        let padata = request.0.padata.0.map(|padata| padata.0.0).unwrap_or_default();
        let sealed = padata.iter().find(|one| one.padata_type.0.0 == [ENC_TIMESTAMP]);
        let timestamp = match sealed {
            Some(one) => Some(Sealed(from_bytes(&one.padata_data.0.0).ok()?)),
            None => None,
        };
        let body = request.0.req_body.0;
        let cname = body.cname.0?;
        Some(Self {
            realm: body.realm.0.to_string(),
            name: cname.0.name_string.0.0.first()?.to_string(),
            timestamp,
            nonce: body.nonce.0,
            etypes: body.etype.0.0.into_iter().map(|etype| etype.0).collect(),
        })
    }

    /// The strongest key that both have; the timestamp's own where there is one.
    pub fn suite(&self) -> Option<CipherSuite> {
        let has = |suite: &CipherSuite| {
            let number = vec![u8::from(suite)];
            self.timestamp
                .as_ref()
                .map_or(self.etypes.contains(&number), |sealed| sealed.0.etype.0.0 == number)
        };
        suites().into_iter().find(has)
    }

    pub fn refuse(&self, now: Timestamp, error: u32, told: Option<Told<'_>>) -> Option<Vec<u8>> {
        let data = match told {
            None => None,
            Some(told) => Some(told.written()?),
        };
        let answer = KrbError::from(KrbErrorInner {
            pvno: Tag0::from(number(5)),
            msg_type: Tag1::from(number(30)),
            ctime: Optional::from(None),
            cusec: Optional::from(None),
            stime: Tag4::from(written(now)?),
            susec: Tag5::from(number(0)),
            error_code: Tag6::from(error),
            crealm: Optional::from(None),
            cname: Optional::from(None),
            realm: Tag9::from(text(&self.realm)?),
            sname: Tag10::from(service(&self.realm)?),
            e_text: Optional::from(None),
            e_data: Optional::from(data.map(|data| Tag12::from(OctetStringAsn1::from(data)))),
        });
        to_vec(&answer).ok()
    }

    /// A ticket, with a part that only the account's key opens. `key_of`: the password and the salt.
    pub fn grant(&self, now: Timestamp, suite: &CipherSuite, key_of: (&str, &str)) -> Option<Vec<u8>> {
        let cipher = suite.cipher();
        let key = cipher.generate_key_from_password(key_of.0.as_bytes(), key_of.1.as_bytes()).ok()?;
        let sealed = cipher.encrypt(&key, AS_REP_ENC, &to_vec(&self.part(now, suite)?).ok()?).ok()?;
        let etype = || Tag0::from(IntegerAsn1::from(vec![u8::from(suite)]));
        let encrypted = |bytes: Vec<u8>| EncryptedData {
            etype: etype(),
            kvno: Optional::from(Some(Tag1::from(number(2)))),
            cipher: Tag2::from(OctetStringAsn1::from(bytes)),
        };
        let realm = || text(&self.realm.to_uppercase());
        let answer = AsRep::from(KdcRep {
            pvno: Tag0::from(number(5)),
            msg_type: Tag1::from(number(11)),
            padata: Optional::from(Some(Tag2::from(Asn1SequenceOf::from(vec![padata(
                ETYPE_INFO2,
                recipes(key_of.1)?,
            )])))),
            crealm: Tag3::from(realm()?),
            cname: Tag4::from(principal(NT_PRINCIPAL, &[&self.name])?),
            ticket: Tag5::from(Ticket::from(TicketInner {
                tkt_vno: Tag0::from(number(5)),
                realm: Tag1::from(realm()?),
                sname: Tag2::from(service(&self.realm)?),
                enc_part: Tag3::from(encrypted(vec![0; 64])),
            })),
            enc_part: Tag6::from(encrypted(sealed)),
        });
        to_vec(&answer).ok()
    }

    fn part(&self, now: Timestamp, suite: &CipherSuite) -> Option<EncAsRepPart> {
        let cipher = suite.cipher();
        Some(EncAsRepPart::from(EncKdcRepPart {
            key: Tag0::from(EncryptionKey {
                key_type: Tag0::from(IntegerAsn1::from(vec![u8::from(suite)])),
                key_value: Tag1::from(OctetStringAsn1::from(vec![0; cipher.key_size()])),
            }),
            last_req: Tag1::from(Asn1SequenceOf::from(vec![LastReqInner {
                lr_type: Tag0::from(number(0)),
                lr_value: Tag1::from(written(now)?),
            }])),
            nonce: Tag2::from(self.nonce.clone()),
            key_expiration: Optional::from(None),
            flags: Tag4::from(KerberosFlags::from(BitString::with_bytes(vec![0x00, 0x20, 0, 0]))),
            auth_time: Tag5::from(written(now)?),
            start_time: Optional::from(Some(Tag6::from(written(now)?))),
            end_time: Tag7::from(written(now.saturating_add(jiff::SignedDuration::from_hours(10)).ok()?)?),
            renew_till: Optional::from(None::<Tag8<KerberosTime>>),
            srealm: Tag9::from(text(&self.realm.to_uppercase())?),
            sname: Tag10::from(service(&self.realm)?),
            caddr: Optional::from(None),
            encrypted_pa_data: Optional::from(None),
        }))
    }
}

fn suites() -> [CipherSuite; 2] {
    [CipherSuite::Aes256CtsHmacSha196, CipherSuite::Aes128CtsHmacSha196]
}

/// `ETYPE-INFO2` of an account with both AES keys.
fn recipes(salt: &str) -> Option<Vec<u8>> {
    let entry = |suite: CipherSuite| {
        Some(EtypeInfo2Entry {
            etype: Tag0::from(IntegerAsn1::from(vec![u8::from(suite)])),
            salt: Optional::from(Some(Tag1::from(text(salt)?))),
            s2kparams: Optional::from(None),
        })
    };
    let entries: Option<Vec<_>> = suites().into_iter().map(entry).collect();
    to_vec(&Asn1SequenceOf::from(entries?)).ok()
}

fn padata(kind: u8, value: Vec<u8>) -> PaData {
    PaData { padata_type: Tag1::from(number(kind)), padata_data: Tag2::from(OctetStringAsn1::from(value)) }
}

/// A kind above 127 takes two bytes.
fn wide_padata(kind: u8, value: Vec<u8>) -> PaData {
    PaData {
        padata_type: Tag1::from(IntegerAsn1::from(vec![0, kind])),
        padata_data: Tag2::from(OctetStringAsn1::from(value)),
    }
}

fn number(value: u8) -> IntegerAsn1 {
    IntegerAsn1::from(vec![value])
}

fn text(value: &str) -> Option<KerberosStringAsn1> {
    Ia5String::from_string(value.to_owned()).ok().map(KerberosStringAsn1::from)
}

fn principal(kind: u8, names: &[&str]) -> Option<PrincipalName> {
    let names: Option<Vec<_>> = names.iter().map(|name| text(name)).collect();
    Some(PrincipalName {
        name_type: Tag0::from(number(kind)),
        name_string: Tag1::from(Asn1SequenceOf::from(names?)),
    })
}

fn service(realm: &str) -> Option<PrincipalName> {
    principal(NT_SRV_INST, &["krbtgt", &realm.to_uppercase()])
}

fn written(at: Timestamp) -> Option<KerberosTime> {
    let at = at.to_zoned(TimeZone::UTC);
    let part = |value: i8| u8::try_from(value).ok();
    let date = GeneralizedTime::new(
        u16::try_from(at.year()).ok()?,
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    );
    date.map(KerberosTime::from)
}

fn moment(time: &KerberosTime) -> Option<Timestamp> {
    let part = |value: u8| i8::try_from(value).ok();
    let civil = DateTime::new(
        i16::try_from(time.year()).ok()?,
        part(time.month())?,
        part(time.day())?,
        part(time.hour())?,
        part(time.minute())?,
        part(time.second())?,
        0,
    );
    civil.ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
