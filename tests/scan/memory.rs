//! That memory stays small whatever comes: the most the program ever held, as the system counted it.

use std::io::Write as _;
use std::process::Stdio;

use super::place::{CALM, Place, Said};

/// In KiB, of a process that still runs.
fn most_held(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

#[test]
fn neither_a_line_of_a_hundred_megabytes_nor_very_many_refusals_take_memory() {
    const MEGABYTE: usize = 1_000_000;
    let dated = "2024-04-15 21:28:12 Error A ";
    let refused = format!("{dated}The supplied credential is invalid.\n");
    let check = |before: &str, text: &str, megabytes: usize, behind: &str, matches: usize| {
        let place = Place::new();
        let mut child = place.command(&["--count"]).stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let piece = text.repeat(MEGABYTE / text.len());
        input.write_all(before.as_bytes()).unwrap();
        for _ in 0..megabytes {
            input.write_all(piece.as_bytes()).unwrap();
        }
        input.write_all(behind.as_bytes()).unwrap();
        // All but what the pipe holds has been taken.
        let held = most_held(child.id());
        drop(input);
        let said = Said::of(child);
        assert_eq!(said.objects()[0]["matches"], matches, "{before}");
        assert!(held < 64 * 1024, "{held} KiB were held for {text:.60}");
    };
    let sentence = "The supplied credential is invalid.\n";
    check(dated, "all in one line ", 100, sentence, 1);
    check(dated, "   at System.Something()\n", 5, sentence, 1);
    check("", &refused, 10, CALM, MEGABYTE / refused.len() * 10);
}
