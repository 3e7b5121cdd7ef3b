//! The fuzz targets for a short while, the same bytes each time: noise, and what is understood with parts changed.
//!
//! Relies on `tests/fuzz/targets.rs`. Deliberately absent: the long search, which `cargo fuzz` makes.

#![expect(clippy::indexing_slicing, reason = "a test may end where it stands; it says why")]

#[path = "fuzz/targets.rs"]
mod targets;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Cases a target: some seconds in all.
const CASES: u32 = 1_500;

/// One change to the bytes that are understood.
#[derive(Clone, Debug)]
enum Change {
    Set(usize, u8),
    Insert(usize, Vec<u8>),
    Cut(usize, usize),
    /// A part of it again, elsewhere.
    Again(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<usize>();
    prop_oneof![
        (place, any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place, vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place, 1..40_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (place, place, 1..60_usize).prop_map(|(from, to, length)| Change::Again(from, to, length)),
    ]
}

fn changed(seed: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for change in changes {
        let at = |place: usize| place % (bytes.len() + 1);
        match change.clone() {
            Change::Set(place, byte) => {
                let at = at(place);
                bytes.get_mut(at).into_iter().for_each(|one| *one = byte);
            }
            Change::Insert(place, more) => {
                let at = at(place);
                bytes.splice(at..at, more);
            }
            Change::Cut(place, length) => {
                let at = at(place);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Change::Again(from, to, length) => {
                let (from, to) = (at(from), at(to));
                let part = bytes[from..(from + length).min(bytes.len())].to_vec();
                bytes.splice(to..to, part);
            }
        }
    }
    bytes
}

/// The same generator each time: what fails here fails everywhere.
fn runner() -> TestRunner {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn strangers_bytes_are_read_to_an_end() {
    for (name, _, seeds) in targets::ALL {
        for seed in *seeds {
            targets::run(name, seed);
        }
        let noise = vec(any::<u8>(), 0..400);
        let like = (0..seeds.len(), vec(change(), 1..6))
            .prop_map(|(which, changes)| changed(seeds[which], &changes));
        let bytes = prop_oneof![1 => noise, 4 => like];
        let put = |bytes: Vec<u8>| {
            targets::run(name, &bytes);
            Ok(())
        };
        runner().run(&bytes, put).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
}

/// A target that sees nothing would pass for ever.
#[test]
fn a_target_sees_what_its_reader_must_not_do() {
    let escaped = std::panic::catch_unwind(|| targets::shown("\x1b[2J"));
    assert!(escaped.is_err());
    let seen = targets::ALL.iter().filter(|(_, _, seeds)| !seeds.is_empty()).count();
    assert_eq!(seen, targets::ALL.len());
}
