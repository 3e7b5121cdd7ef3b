//! A password made into an account's AES key, and what that key seals and opens.
//!
//! Relies on aws-lc-rs for the rounds (RFC 3962 §4) and on picky for the rest; the key and its first stage are wiped, the
//! keys picky derives from it for each use are not. Pure. Deliberately absent: RC4 and DES, whatever a controller offers.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use picky_krb::crypto::aes::{AesSize, derive_key};
use picky_krb::crypto::{Cipher, CipherSuite, KERBEROS};
use zeroize::Zeroizing;

use super::message::{Encrypted, Recipe};
use crate::directory::Fault;

/// Fewer make a stolen exchange cheap to guess at; the standard's own number.
const FEWEST_ROUNDS: u32 = 4096;
/// More would let a stranger keep this machine busy; a quarter of a second or so.
const MOST_ROUNDS: u32 = 250_000;
/// What the request's timestamp is sealed for (RFC 4120 §7.5.1).
pub(super) const FOR_TIMESTAMP: i32 = 1;
/// What the reply is sealed for.
pub(super) const FOR_REPLY: i32 = 3;
/// A confounder, a block and a checksum; picky is not asked to open less.
const SHORTEST: usize = 16 + 16 + 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aes {
    /// aes256-cts-hmac-sha1-96
    Bits256,
    /// aes128-cts-hmac-sha1-96
    Bits128,
}

impl Aes {
    pub(super) const OFFERED: [Self; 2] = [Self::Bits256, Self::Bits128];

    pub(super) fn number(self) -> u32 {
        match self {
            Self::Bits256 => 18,
            Self::Bits128 => 17,
        }
    }

    pub(super) fn from_number(number: i64) -> Option<Self> {
        Self::OFFERED.into_iter().find(|aes| i64::from(aes.number()) == number)
    }

    fn cipher(self) -> Box<dyn Cipher> {
        match self {
            Self::Bits256 => CipherSuite::Aes256CtsHmacSha196.cipher(),
            Self::Bits128 => CipherSuite::Aes128CtsHmacSha196.cipher(),
        }
    }
}

pub(super) struct Key {
    aes: Aes,
    bytes: Zeroizing<Vec<u8>>,
}

impl Key {
    /// By the controller's own recipe, within bounds.
    pub(super) fn of_password(password: &str, recipe: &Recipe<'_>) -> Result<Self, Fault> {
        let rounds = NonZeroU32::new(recipe.rounds)
            .filter(|rounds| (FEWEST_ROUNDS..=MOST_ROUNDS).contains(&rounds.get()))
            .ok_or(Fault::KeyRounds(recipe.rounds))?;
        let size = match recipe.aes {
            Aes::Bits256 => AesSize::Aes256,
            Aes::Bits128 => AesSize::Aes128,
        };
        let mut stretched = Zeroizing::new(vec![0; size.key_length()]);
        let salt = recipe.salt.as_bytes();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA1, rounds, salt, password.as_bytes(), &mut stretched);
        let bytes = derive_key(&stretched, KERBEROS, &size)
            .map_err(|error| Fault::Internal(error.to_string().into()))?;
        Ok(Self { aes: recipe.aes, bytes: Zeroizing::new(bytes) })
    }

    pub(super) fn seal(&self, usage: i32, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        let sealed = self.aes.cipher().encrypt(&self.bytes, usage, plain);
        sealed.map_err(|error| Fault::Internal(error.to_string().into()))
    }

    /// `None`: it was sealed with another key, or tampered with.
    pub(super) fn open(&self, usage: i32, sealed: &Encrypted<'_>) -> Option<Zeroizing<Vec<u8>>> {
        if sealed.etype != i64::from(self.aes.number()) || sealed.cipher.len() < SHORTEST {
            return None;
        }
        self.aes.cipher().decrypt(&self.bytes, usage, sealed.cipher).ok().map(Zeroizing::new)
    }

    pub(super) fn number(&self) -> u32 {
        self.aes.number()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn recipe(aes: Aes, rounds: u32) -> Recipe<'static> {
        Recipe { aes, salt: "ATHENA.MIT.EDUraeburn".into(), rounds }
    }

    /// The key is one that MIT Kerberos, picky and others agree on.
    #[test]
    fn a_password_makes_the_key_that_others_make_of_it() {
        let check = |aes: Aes, expected: &str| {
            let salt = "EXAMPLE.COMtest1".into();
            let key = Key::of_password("5hYYSAfFJp", &Recipe { aes, salt, rounds: 4096 }).unwrap();
            let hex: Vec<String> = key.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex.concat(), expected);
        };
        check(Aes::Bits256, "daded1cc15ae17deaa63a490f7678944758f3b255a542569cb20eba761eeabac");
        check(Aes::Bits128, "bb43d002e37743161256aec90681cfdc");
    }

    #[test]
    fn too_few_rounds_and_too_many_are_refused() {
        let check = |rounds: u32, taken: bool| {
            let key = Key::of_password("x", &recipe(Aes::Bits128, rounds));
            assert_eq!(key.as_ref().err(), (!taken).then_some(&Fault::KeyRounds(rounds)));
        };
        check(0, false);
        check(4095, false);
        check(4096, true);
        check(10_000, true);
        check(250_001, false);
        check(u32::MAX, false);
    }

    #[test]
    fn only_the_same_key_for_the_same_use_opens_what_was_sealed() {
        let key = |password: &str| Key::of_password(password, &recipe(Aes::Bits256, 4096)).unwrap();
        let cipher = key("right").seal(FOR_REPLY, b"what was sealed with it").unwrap();
        let check = |password: &str, usage: i32, etype: i64, opens: bool| {
            let opened = key(password).open(usage, &Encrypted { etype, cipher: &cipher });
            assert_eq!(opened.is_some_and(|plain| plain.as_slice() == b"what was sealed with it"), opens);
        };
        check("right", FOR_REPLY, 18, true);
        check("wrong", FOR_REPLY, 18, false);
        check("right", FOR_TIMESTAMP, 18, false);
        check("right", FOR_REPLY, 17, false);
        check("right", FOR_REPLY, 23, false);
    }

    proptest! {
        #[test]
        fn nothing_a_stranger_sends_is_opened(cipher in proptest::collection::vec(any::<u8>(), 0..200)) {
            let key = Key { aes: Aes::Bits256, bytes: Zeroizing::new(vec![7; 32]) };
            let opened = key.open(FOR_REPLY, &Encrypted { etype: 18, cipher: &cipher });
            prop_assert!(opened.is_none());
        }
    }
}
