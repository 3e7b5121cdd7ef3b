//! Reading a record back, and saying whether it is whole: consistent, torn at its end, or damaged and where.
//!
//! Pure: bytes in, lines out. A last line without its line feed was never acknowledged to anyone, so it is *torn* and
//! may be cut; any other damage is *not consistent* and is left as it is for someone to look at.
//! Deliberately absent: mending.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Chain, Line, Seal, VERSION};

/// A whole record, as far as it could be read.
#[derive(Debug)]
pub struct Read {
    /// The lines before the first damage.
    pub lines: Vec<Line>,
    pub torn: Option<Torn>,
    pub consistency: Consistency,
    /// How many bytes the good lines take, line feeds included.
    pub length: u64,
    pub chain: Chain,
}

/// What was left of a line that was being written when the writer stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The number the line would have had.
    pub line: u64,
    pub bytes: u64,
}

impl fmt::Display for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {} was cut off while it was being written ({} bytes); unless this is a copy that was cut, it announced nothing that was then done",
            self.line, self.bytes
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consistency {
    /// Every line follows from the one before.
    Consistent,
    /// Something was changed, dropped, moved or added at this line, counted from 1.
    NotConsistent { line: u64, damage: Damage },
    /// The chain holds as far as it was read, but from this line on the record is in a form of a later program.
    Newer { line: u64, version: u32 },
}

impl fmt::Display for Consistency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consistent => f.write_str("consistent"),
            Self::NotConsistent { line, damage } => {
                write!(
                    f,
                    "not consistent: line {line} {damage}; the lines before it are as they were written"
                )
            }
            Self::Newer { line, version } => {
                write!(f, "line {line} is in form {version} of a later mdi-console; read it with that one")
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    NoSeal,
    SealDiffers,
    NotALine,
    Number { found: u64 },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSeal => f.write_str("doesn't end with a hash"),
            Self::SealDiffers => f.write_str("or the one before it was changed: its hash doesn't follow"),
            Self::NotALine => f.write_str("has a hash that fits but is not an entry of a record"),
            Self::Number { found } => write!(f, "is numbered {found}"),
        }
    }
}

/// Reads a record from its bytes.
#[must_use]
pub fn read(bytes: &[u8]) -> Read {
    let mut record = Read {
        lines: Vec::new(),
        torn: None,
        consistency: Consistency::Consistent,
        length: 0,
        chain: Chain::default(),
    };
    for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
        let number = record.chain.count.saturating_add(1);
        let Some(text) = piece.strip_suffix(b"\n") else {
            record.torn = Some(Torn { line: number, bytes: piece.len() as u64 });
            break;
        };
        match read_line(&record.chain, text) {
            Ok(line) => {
                record.chain = record.chain.advance(&line);
                record.length = record.length.saturating_add(piece.len() as u64);
                record.lines.push(line);
            }
            Err(Stop::Damage(damage)) => {
                record.consistency = Consistency::NotConsistent { line: number, damage };
                break;
            }
            Err(Stop::Newer(version)) => {
                record.consistency = Consistency::Newer { line: number, version };
                break;
            }
        }
    }
    record
}

enum Stop {
    Damage(Damage),
    Newer(u32),
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(rename = "v")]
    _version: u32,
    n: u64,
    t: Timestamp,
    body: Box<RawValue>,
    #[serde(rename = "h")]
    _seal: String,
}

fn read_line(chain: &Chain, text: &[u8]) -> Result<Line, Stop> {
    let (sealed, written) = split_seal(text).ok_or(Stop::Damage(Damage::NoSeal))?;
    let seal = Seal::over(chain.last.as_ref(), sealed);
    if seal.as_str() != written {
        return Err(Stop::Damage(Damage::SealDiffers));
    }
    let not_a_line = || Stop::Damage(Damage::NotALine);
    let text = std::str::from_utf8(text).map_err(|_| not_a_line())?;
    let Version { v } = serde_json::from_str(text).map_err(|_| not_a_line())?;
    if v > VERSION {
        return Err(Stop::Newer(v));
    }
    let form: Form = serde_json::from_str(text).map_err(|_| not_a_line())?;
    if form.n != chain.count.saturating_add(1) {
        return Err(Stop::Damage(Damage::Number { found: form.n }));
    }
    Ok(Line { number: form.n, time: form.t, body: form.body, seal, text: text.to_owned() })
}

/// The bytes that are sealed, and the seal that was written after them.
fn split_seal(text: &[u8]) -> Option<(&[u8], &str)> {
    const LABEL: &[u8] = br#","h":""#;
    let rest = text.strip_suffix(b"\"}")?;
    let (rest, digits) = rest.split_at_checked(rest.len().checked_sub(64)?)?;
    let sealed = rest.strip_suffix(LABEL)?;
    Some((sealed, std::str::from_utf8(digits).ok()?))
}
