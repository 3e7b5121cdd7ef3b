//! The record's own form: numbered JSON lines, each chained to the one before by a hash, with a body it never reads.
//!
//! `h` is SHA-256 over the previous line's `h` (as hex text; nothing for the first line) and this line's exact bytes
//! before `,"h":`. So a line can't be changed, dropped or moved without every later one showing it.
//! Relies on `sha2` and `serde_json`. Deliberately absent: what bodies mean, and signatures; whoever may write the
//! file can rewrite all of it, which is why the last hash and the count are printed for the ticket.

pub mod file;
mod read;

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

pub use read::{Consistency, Damage, Read, Torn, read};

/// The version of the form that is written here, and the newest that can be read.
pub const VERSION: u32 = 1;

/// A line's hash, as the 64 hexadecimal digits that stand in it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Seal(String);

impl Seal {
    /// The seal of a line whose bytes before `,"h":` are `sealed`.
    fn over(previous: Option<&Seal>, sealed: &[u8]) -> Self {
        use fmt::Write as _;
        let mut hash = Sha256::new();
        if let Some(previous) = previous {
            hash.update(previous.0.as_bytes());
        }
        hash.update(sealed);
        let mut text = String::with_capacity(64);
        for byte in hash.finalize() {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a record stands: how many lines it has, and the seal of the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    pub count: u64,
    pub last: Option<Seal>,
}

/// One line, written or read.
#[derive(Clone, Debug)]
pub struct Line {
    pub number: u64,
    pub time: Timestamp,
    pub body: Box<RawValue>,
    pub seal: Seal,
    /// The exact text, without the line feed that ends it.
    pub text: String,
}

/// A body that can't be written down.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    #[error("the entry could not be put into JSON: {0}. Nothing was written. This is a fault of the program")]
    NotJson(#[from] serde_json::Error),
    #[error(
        "the entry holds a line break where none can be. Nothing was written. This is a fault of the program"
    )]
    LineBreak,
    #[error("the record has as many lines as can be numbered. Begin a new one")]
    Full,
}

/// The line that comes after `chain`. The chain moves on by [`Chain::advance`], once the line is safely on disk.
pub fn append<B: Serialize + ?Sized>(chain: &Chain, time: Timestamp, body: &B) -> Result<Line, Unwritable> {
    let number = chain.count.checked_add(1).ok_or(Unwritable::Full)?;
    let body = serde_json::value::to_raw_value(body)?;
    if body.get().contains(['\n', '\r']) {
        return Err(Unwritable::LineBreak);
    }
    let mut text = format!(r#"{{"v":{VERSION},"n":{number},"t":"{time}","body":{}"#, body.get());
    let seal = Seal::over(chain.last.as_ref(), text.as_bytes());
    text.push_str(r#","h":""#);
    text.push_str(seal.as_str());
    text.push_str("\"}");
    Ok(Line { number, time, body, seal, text })
}

impl Chain {
    /// The chain with `line` as its last.
    #[must_use]
    pub fn advance(&self, line: &Line) -> Self {
        Self { count: line.number, last: Some(line.seal.clone()) }
    }
}

#[cfg(test)]
mod tests;
