//! That pieces, read one after the other in either direction, are the file: every record once, whatever its length.

use proptest::prelude::*;

use super::*;
use crate::logs::parse::read_all;
use crate::logs::{SourceId, window};

struct Place {
    home: tempfile::TempDir,
    source: Source,
    file: u64,
}

fn place(bytes: &[u8]) -> Place {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("sensor.log");
    fs::write(&path, bytes).unwrap();
    let file = Found::open(&path).unwrap().identity(&path);
    let patterns = vec![format!("{}/*.log", home.path().display())];
    Place { source: Source { id: SourceId(1), host: "dc1".into(), patterns }, home, file }
}

impl Place {
    fn read(&self, way: Way) -> Result<Piece, NotLoaded> {
        read(&self.source, Load { source: SourceId(1), file: self.file, way })
    }

    fn upward(&self, from: u64) -> Vec<Record> {
        let (mut at, mut records) = (from, Vec::new());
        while at > 0 {
            let piece = self.read(Way::Above(at)).unwrap();
            assert!(piece.begin < at && piece.end == at, "{piece:?}");
            at = piece.begin;
            records.splice(0..0, piece.records);
        }
        records
    }

    fn downward(&self, until: u64) -> Vec<Record> {
        let (mut at, mut records) = (0, Vec::new());
        while at < until {
            let piece = self.read(Way::Below { from: at, until }).unwrap();
            assert!(piece.end > at && piece.begin == at, "{piece:?}");
            at = piece.end;
            records.extend(piece.records);
        }
        records
    }
}

fn line(nth: usize, length: usize) -> String {
    let more = if nth.is_multiple_of(5) { "   at A.B()\n" } else { "" };
    format!(
        "2026-11-22 14:{:02}:{:02}.0000 Info  A {nth} {}\n{more}",
        nth / 60 % 60,
        nth % 60,
        "x".repeat(length)
    )
}

fn check(bytes: &[u8]) {
    let place = place(bytes);
    let mut all = read_all(SourceId(1), &"dc1".into(), bytes);
    for record in &mut all {
        record.at.file = place.file;
    }
    let length = bytes.len() as u64;
    assert!(place.upward(length) == all, "upward");
    assert!(place.downward(length) == all, "downward");
}

#[test]
fn pieces_end_to_end_are_the_file() {
    let many: String = (0..9_000).map(|nth| line(nth, nth % 173)).collect();
    check(many.as_bytes());
    check(format!("\u{feff}{many}").as_bytes());
    let wide: Vec<u8> = format!("\u{feff}{many}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&wide);
    check(many.replace('\n', "\r\n").as_bytes());
    check(line(0, 10).as_bytes());
}

#[test]
fn a_record_longer_than_a_piece_is_read_whole() {
    let long = [line(1, 10), line(2, 900_000), line(3, 10), line(5, 300_000), line(6, 400_000)].concat();
    check(long.as_bytes());
    let stack = format!("{}{}{}", line(1, 5), "   at Some.Method()\n".repeat(40_000), line(2, 5));
    check(stack.as_bytes());
}

#[test]
fn a_file_is_found_under_its_new_name_and_one_that_is_gone_is_said_to_be() {
    let text: String = (0..5_000).map(|nth| line(nth, 50)).collect();
    let place = place(text.as_bytes());
    let path = |name: &str| place.home.path().join(name);
    fs::rename(path("sensor.log"), path("sensor-Archived-00004.log")).unwrap();
    fs::write(path("sensor.log"), line(3, 500)).unwrap();
    let piece = place.read(Way::Above(text.len() as u64)).unwrap();
    assert!(piece.records.len() > 1_000);
    fs::remove_file(path("sensor-Archived-00004.log")).unwrap();
    let gone = place.read(Way::Above(text.len() as u64)).unwrap_err();
    assert_eq!(gone, window::NotLoaded::Gone("dc1".into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_the_lengths_pieces_are_the_file(lengths in prop::collection::vec(0..200_000_usize, 1..12)) {
        let text: String = lengths.iter().enumerate().map(|(nth, length)| line(nth, *length)).collect();
        check(text.as_bytes());
    }
}
