//! Files of several pieces.

use std::io::Write as _;

use std::ops::ControlFlow;

use super::*;
use crate::logs::scan::{count_refusals, scan_file};

const REFUSED: &str =
    "2024-04-15 21:28:12 Error A failed ---> LdapException: The supplied credential is invalid.\n";
const OTHER: &str =
    "2024-04-15 21:28:13 Info  B connected [DomainControllerDnsName=dc1.contoso.test]\n   at X()\n";

/// Two pieces and a bit, with a refusal across each boundary, and where its refusals stand.
fn file() -> (File, u64, Vec<u64>) {
    let mut file = tempfile::tempfile().unwrap();
    let mut text = String::new();
    let mut places = Vec::new();
    while (text.len() as u64) < 2 * PIECE + 100_000 {
        let left = PIECE - text.len() as u64 % PIECE;
        // So that the next boundary is within the sentence.
        if left < 400 && left > 90 {
            text.push_str("2024-04-15 21:28:13 Info  C ");
            text.push_str(&"x".repeat(usize::try_from(left).unwrap() - 28 - 60));
            text.push('\n');
        }
        if left < 400 || text.len().is_multiple_of(97) {
            places.push(text.len() as u64);
            text.push_str(REFUSED);
        } else {
            text.push_str(OTHER);
        }
    }
    file.write_all(text.as_bytes()).unwrap();
    (file, text.len() as u64, places)
}

fn heard(file: &File, upto: u64) -> (Vec<u64>, Scanned) {
    let mut places = Vec::new();
    let scanned = scan_file(file, upto, (Wanted::Places, &|| true), &mut |refusal| {
        places.push(refusal.at);
        ControlFlow::Continue(())
    });
    (places, scanned.unwrap())
}

#[test]
fn pieces_are_told_in_order_and_none_twice() {
    let (file, length, places) = file();
    assert!(places.iter().any(|at| at % PIECE > PIECE - 90), "one crosses a boundary");
    let (found, scanned) = heard(&file, length);
    assert_eq!(found, places);
    assert_eq!(scanned, Scanned { refusals: places.len() as u64, bytes: length, whole: true });
    // Of a refusal that is cut off before its sentence nothing is known.
    let upto = places[places.len() / 2] + 20;
    assert_eq!(heard(&file, upto).0, places[..places.len() / 2]);
    let counted = count_refusals(&file, upto, &|| true).unwrap();
    assert_eq!(counted, Scanned { refusals: places.len() as u64 / 2, bytes: upto, whole: true });
}

#[test]
fn a_count_ends_early_when_it_is_not_wanted_or_the_file_became_shorter() {
    let (file, length, places) = file();
    let counted = count_refusals(&file, length, &|| false).unwrap();
    assert_eq!(counted, Scanned::default());
    let mut first = 0;
    let stopped = scan_file(&file, length, (Wanted::Records, &|| true), &mut |refusal| {
        first = refusal.at;
        ControlFlow::Break(())
    });
    assert_eq!((first, stopped.unwrap().refusals), (places[0], 1));
    file.set_len(PIECE + 10).unwrap();
    let counted = count_refusals(&file, length, &|| true).unwrap();
    assert!(!counted.whole && counted.bytes == PIECE + 10, "{counted:?}");
    assert_eq!(count_refusals(&file, 0, &|| true).unwrap(), Scanned { whole: true, ..Scanned::default() });
}

#[test]
fn what_cannot_be_read_is_an_error_and_leaves_no_thread_waiting() {
    let folder = File::open(std::env::temp_dir()).unwrap();
    assert!(count_refusals(&folder, 3 * PIECE, &|| true).is_err());
}
