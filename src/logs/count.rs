//! Counts the refused credentials in the first bytes of a log, in bounded memory.
//!
//! Pure: whoever has the file lends it. Deliberately absent: keeping anything of what is counted.

use std::io::{self, ErrorKind, Read};

use super::parse::{Beginning, Origin, Parser};
use super::{Position, SourceId};
use crate::text::Safe;

const PIECE: usize = 1024 * 1024;

/// Reads `of` bytes, and says after each piece how many were read and how many refusals were among them; ends early
/// once it is told that it is not wanted any more. A record that goes on behind those bytes counts by what it says here.
pub fn refusals(stream: &mut dyn Read, of: u64, news: &mut dyn FnMut(u64, usize) -> bool) -> io::Result<()> {
    let origin = Origin { source: SourceId(0), host: Safe::default(), at: Position::default() };
    let mut parser = Parser::new(origin, Beginning::File);
    let (mut read, mut refusals, mut records) = (0_u64, 0_usize, Vec::new());
    let mut piece = vec![0; PIECE];
    loop {
        let wanted = usize::try_from(of.saturating_sub(read)).unwrap_or(PIECE).min(PIECE);
        let length = match stream.read(piece.get_mut(..wanted).unwrap_or_default()) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if length == 0 {
            parser.finish(&mut records);
        } else {
            parser.push(piece.get(..length).unwrap_or_default(), &mut records);
        }
        read = read.saturating_add(length as u64);
        refusals = refusals.saturating_add(records.drain(..).filter(super::Record::is_refusal).count());
        if !news(read, refusals) || length == 0 {
            return Ok(());
        }
    }
}
