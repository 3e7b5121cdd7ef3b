//! That the sieve finds what the parser finds, however the bytes come and wherever a file is cut.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;

use super::*;
use crate::logs::SourceId;
use crate::logs::parse::{Encoding, read_all};
use crate::text::Safe;

/// The slow way: every record is made, and asked.
fn parsed(bytes: &[u8]) -> Vec<Record> {
    let bare = |record: Record| Record { finds: Vec::new(), ..record };
    read_all(SourceId(0), &Safe::default(), bytes).into_iter().filter(Record::is_refusal).map(bare).collect()
}

fn records(found: Vec<Refusal>) -> Vec<Record> {
    found.into_iter().filter_map(|refusal| refusal.record).map(|record| *record).collect()
}

fn feed(sieve: &mut Sieve, mut rest: &[u8], found: &mut Vec<Refusal>) {
    while !sieve.is_finished() {
        let room = sieve.room();
        let length = room.len().min(rest.len());
        room[..length].copy_from_slice(&rest[..length]);
        rest = &rest[length..];
        if length == 0 {
            sieve.finish(found);
        } else {
            sieve.take(length, found);
        }
    }
}

fn sieved(bytes: &[u8], sizes: Sizes) -> Vec<Record> {
    let mut found = Vec::new();
    feed(&mut Sieve::new(Wanted::Records, sizes), bytes, &mut found);
    records(found)
}

/// The same, each part by itself.
fn sieved_in_parts(bytes: &[u8], sizes: Sizes, cuts: &[u64]) -> Vec<Record> {
    let encoding = Encoding::of(&bytes[..bytes.len().min(4)]).unwrap_or_default();
    let mut found = Vec::new();
    let mut sieve = Sieve::new(Wanted::Records, sizes);
    for (from, until) in cuts.iter().zip(cuts.iter().skip(1)) {
        sieve.begin_part(*from, *until, encoding);
        let offset = usize::try_from(sieve.offset()).unwrap();
        feed(&mut sieve, &bytes[offset..], &mut found);
    }
    records(found)
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn texts() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => Just("2024-04-15 21:28:12.4525 Error A failed [DomainControllerDnsName=dc1 ErrorCode=49]".to_owned()),
        2 => Just("2024-04-15 21:28:12 Error A The supplied credential is invalid.".to_owned()),
        2 => Just(" ---> LdapException: The supplied credential is invalid.".to_owned()),
        2 => Just("   at System.X()".to_owned()),
        1 => Just("2024-04-15 21:28:12 Info A [Message=open".to_owned()),
        1 => Just("The supplied credential is invalid.] LdapException".to_owned()),
        1 => Just("AcceptSecurityContext error, data 52e".to_owned()),
        1 => Just("LDAP result 49 LdapException ErrorCode=049".to_owned()),
        1 => Just("2024-04-15 21:28:12".to_owned()),
        1 => Just("2024-04-15 21:28:12.".to_owned()),
        1 => Just("\0\0\u{feff}2024-04-15 21:28:12 Warn B c".to_owned()),
        1 => Just("\u{a0a}\u{a00}x".to_owned()),
        1 => (0..90_usize).prop_map(|length| "x".repeat(length)),
        1 => (0..90_usize).prop_map(|length| "\0".repeat(length)),
        1 => any::<String>(),
    ];
    (
        proptest::collection::vec(line, 0..14),
        prop_oneof![Just("\n"), Just("\r\n")],
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(lines, end, last, mark)| {
            let mark = if mark { "\u{feff}" } else { "" };
            mark.to_owned() + &lines.join(end) + if last { end } else { "" }
        })
}

fn files() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => texts().prop_map(String::into_bytes),
        3 => texts().prop_map(|text| wide(&text)),
        // Half a unit at the end.
        1 => texts().prop_map(|text| { let mut bytes = wide(&text); bytes.pop(); bytes }),
        1 => (texts(), any::<Vec<u8>>()).prop_map(|(text, noise)| [text.into_bytes(), noise].concat()),
    ]
}

fn sizes() -> impl Strategy<Value = Sizes> {
    (1..300_usize, 0..300_usize).prop_map(|(read, record)| Sizes { read, record })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_sieve_finds_what_the_parser_finds_whatever_is_read_at_once(bytes in files(), sizes in sizes()) {
        prop_assert_eq!(sieved(&bytes, sizes), parsed(&bytes), "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_file_in_parts_is_the_file(
        bytes in files(), sizes in sizes(), cuts in proptest::collection::vec(any::<Index>(), 0..5),
    ) {
        let mut cuts: Vec<u64> = cuts.iter().map(|cut| (cut.index(bytes.len() + 1) & !1) as u64).collect();
        cuts.extend([0, u64::MAX]);
        cuts.sort_unstable();
        prop_assert_eq!(sieved_in_parts(&bytes, sizes, &cuts), parsed(&bytes), "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn places_are_those_of_the_records(bytes in files(), sizes in sizes()) {
        let mut found = Vec::new();
        feed(&mut Sieve::new(Wanted::Places, sizes), &bytes, &mut found);
        let places: Vec<_> = found.iter().map(|refusal| (refusal.at, refusal.time)).collect();
        let expected: Vec<_> = parsed(&bytes).iter().map(|record| (record.at.offset, record.time)).collect();
        prop_assert_eq!(places, expected, "{}", String::from_utf8_lossy(&bytes));
    }
}

/// Without it the properties above would pass for a sieve that finds nothing.
#[test]
fn the_texts_of_the_properties_hold_refusals() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut refusals = 0;
    for _ in 0..200 {
        let bytes = files().new_tree(&mut runner).unwrap().current();
        refusals += parsed(&bytes).len();
    }
    assert!(refusals > 100, "{refusals}");
}

/// Gives the same text again and again, in reads of any size.
struct Endless<'a> {
    text: &'a [u8],
    left: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let length = room.len().min(self.left).min(self.text.len());
        room[..length].copy_from_slice(&self.text[..length]);
        self.left -= length;
        Ok(length)
    }
}

#[test]
fn memory_stays_bounded_however_long_lines_and_records_are() {
    let line = "2024-04-15 21:28:12 Error A The supplied credential is invalid.\n";
    let frames = "   at System.Something() [ErrorCode=49]\n".repeat(40);
    let check = |text: &str, before: &str, refusals: usize| {
        let sizes = Sizes { read: 8 * 1024, record: 24 * 1024 };
        let mut sieve = Sieve::new(Wanted::Records, sizes);
        let mut stream = before.as_bytes().chain(Endless { text: text.as_bytes(), left: 2_000_000 });
        let mut found = Vec::new();
        let (mut count, mut most) = (0, 0);
        loop {
            let length = stream.read(sieve.room()).unwrap();
            if length == 0 {
                break sieve.finish(&mut found);
            }
            sieve.take(length, &mut found);
            let weight: usize =
                found.iter().filter_map(|one| one.record.as_deref()).map(Record::weight).sum();
            most = most.max(sieve.room_held() + weight);
            count += found.drain(..).count();
        }
        assert_eq!(count + found.len(), refusals, "{text:.60}");
        assert!(most < 400_000, "{most} bytes were held for {text:.60}");
    };
    let dated = "2024-04-15 21:28:12 Error A ";
    check(line, "", 2_000_000 / line.len());
    // One line, and one record of very many lines.
    check("xxxxxxxxx The supplied credential is invalid xxxx", dated, 1);
    check("xxxxxxxxx LdapException ErrorCode=49 x", dated, 1);
    check(&frames, dated, 0);
    check(&frames, &format!("{dated}LdapException: "), 1);
    check(&"\0".repeat(5_000), dated, 0);
}

#[test]
fn a_stream_is_told_in_order_and_can_be_ended() {
    let line = "2024-04-15 21:28:12 Error A The supplied credential is invalid.\n";
    let text = line.repeat(5);
    let mut places = Vec::new();
    let scanned = scan_stream(&mut text.as_bytes(), (Wanted::Places, &|| true), &mut |refusal| {
        places.push(refusal.at);
        ControlFlow::Continue(())
    })
    .unwrap();
    let each = line.len() as u64;
    assert_eq!(places, [0, each, 2 * each, 3 * each, 4 * each]);
    assert_eq!(scanned, Scanned { refusals: 5, bytes: 5 * each, whole: true });
    let stopped =
        scan_stream(&mut text.as_bytes(), (Wanted::Places, &|| true), &mut |_| ControlFlow::Break(()))
            .unwrap();
    assert_eq!((stopped.refusals, stopped.whole), (1, false));
    let unwanted =
        scan_stream(&mut text.as_bytes(), (Wanted::Places, &|| false), &mut |_| ControlFlow::Continue(()));
    assert_eq!(unwanted.unwrap(), Scanned::default());
}
