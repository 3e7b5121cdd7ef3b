//! By which number a record names a log source: one that stays the source's own whatever else the site file lists.
//!
//! Where a source stands in the file changes when another is put before it, and a walk that is taken up would hold what
//! one log says against the place that another had at the save. Pure.

use sha2::{Digest as _, Sha256};

use crate::logs::SourceId;
use crate::logs::tail::{LogCommand, Source};

/// Every source, and its number in a record: a digest of its host and of where it is read.
pub fn sources(files: &[Source], commands: &[LogCommand]) -> Vec<(SourceId, u32)> {
    let files = files.iter().map(|source| (source.id, "files", &source.host, &source.patterns));
    let commands = commands.iter().map(|source| (source.id, "command", &source.host, &source.command));
    let mut named: Vec<(SourceId, u32)> = Vec::new();
    for (id, kind, host, parts) in files.chain(commands) {
        // The same source listed twice is two.
        let number = (0_u32..).map(|again| number(kind, host, (parts, again)));
        let number = number.into_iter().find(|number| named.iter().all(|(_, other)| other != number));
        named.extend(number.map(|number| (id, number)));
    }
    named
}

fn number(kind: &str, host: &str, (parts, again): (&[String], u32)) -> u32 {
    let mut digest = Sha256::new();
    for part in [kind, host].into_iter().chain(parts.iter().map(String::as_str)) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.update(again.to_be_bytes());
    let [first, second, third, fourth, ..] = <[u8; 32]>::from(digest.finalize());
    u32::from_be_bytes([first, second, third, fourth]) | SourceId::RECORDED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(number: u32, host: &str, pattern: &str) -> Source {
        Source { id: SourceId(number), host: host.into(), patterns: vec![pattern.to_owned()] }
    }

    #[test]
    fn a_source_keeps_its_number_wherever_it_is_listed_and_no_two_have_the_same() {
        let before = sources(&[source(0, "dc1", "/logs/1.log"), source(1, "dc2", "/logs/2.log")], &[]);
        let later = [
            source(0, "dc3", "/logs/3.log"),
            source(1, "dc2", "/logs/2.log"),
            source(2, "dc1", "/logs/1.log"),
            source(3, "dc1", "/logs/1.log"),
            source(4, "dc1", "/logs/2.log"),
        ];
        let after = sources(&later, &[]);
        assert_eq!((before[0].1, before[1].1), (after[2].1, after[1].1));
        let mut all: Vec<u32> = after.iter().map(|(_, number)| *number).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 5, "{after:?}");
        assert!(all.iter().all(|number| *number >= SourceId::RECORDED));
    }
}
