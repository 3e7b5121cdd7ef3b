//! Every form in which a secret might slip out: its encodings, and each of them as digits and in base64.
//!
//! Relies on nothing. Deliberately absent: where to look, and compression or encryption, which would hide anything.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// A form by its name.
pub struct Disguise {
    pub name: String,
    pub bytes: Vec<u8>,
}

pub fn disguises(secret: &str) -> Vec<Disguise> {
    let little: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = secret.encode_utf16().flat_map(u16::to_be_bytes).collect();
    // As a row of characters stands in memory.
    let wide: Vec<u8> = secret.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let encodings =
        [("UTF-8", secret.as_bytes().to_vec()), ("UTF-16LE", little), ("UTF-16BE", big), ("UTF-32LE", wide)];
    let mut disguises = Vec::new();
    for (name, plain) in encodings {
        let mut add = |form: &str, bytes| disguises.push(Disguise { name: format!("{name}{form}"), bytes });
        let hex = hex(&plain);
        add(" in hex", hex.to_uppercase().into_bytes());
        add(" in hex", hex.into_bytes());
        (0..3).for_each(|before| add(" in base64", in_base64(&plain, before)));
        add("", plain);
    }
    disguises
}

/// The part of the base64 text that is the same whatever stands before, by its length, and behind.
fn in_base64(plain: &[u8], before: usize) -> Vec<u8> {
    let text = STANDARD_NO_PAD.encode([vec![0; before], plain.to_vec()].concat());
    let begin = (before * 8).div_ceil(6);
    let end = (before + plain.len()) * 8 / 6;
    text.as_bytes().get(begin..end).unwrap_or_default().to_vec()
}

pub fn holds(bytes: &[u8], secret: &str) -> bool {
    disguises(secret).iter().any(|form| memchr::memmem::find(bytes, &form.bytes).is_some())
}

/// Legal for the directory, and nowhere by accident.
pub fn random() -> Result<String, Box<dyn std::error::Error>> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(|why| why.to_string())?;
    Ok(format!("Rz!{}", hex(&bytes)))
}

pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}
