//! What fails in the middle of a walk, and is mended: the walk goes on, and all of it is on record.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use crate::Tried;
use crate::machine::can_be_played;
use crate::seat::{Seat, Stop, Way, said};

/// The state folder on a small disk of its own, in a namespace that lives as long as its shell.
const SMALL_DISK: &str = r#"exec unshare -m sh -c 'mkdir "$5" && mount -t tmpfs -o size=64k,mode=700 none "$5" \
&& "$0" "$@"; echo "code: $?"; cp -r "$5"/. "$5".kept' "$0" "$@""#;

const NOTE: &str = "A note for the record:";

/// The folder as the shell of the namespace sees it.
fn within(seat: &Seat) -> PathBuf {
    let state = seat.state();
    let below = state.strip_prefix("/").unwrap_or(&state);
    PathBuf::from(format!("/proc/{}/root", seat.pty.pid())).join(below)
}

/// Takes all that is free, to the last byte.
fn fill(seat: &Seat) -> Tried {
    let mut filler = fs::File::create(within(seat).join("filler"))?;
    while filler.write_all(&[0; 4096]).is_ok() {}
    Ok(())
}

impl Seat {
    /// A note into the record.
    fn note(&mut self, text: &str) -> Tried {
        self.pty.send("i")?;
        self.pty.wait_until("the note's field", |screen| said(screen).contains(NOTE))?;
        self.type_slowly(text)?;
        self.pty.send("\r")?;
        Ok(self.pty.wait_until("the note's end", |screen| {
            let (said, open) = (said(screen), said(screen).contains(NOTE));
            // One that can't be written is asked for again.
            if open { said.contains("can't be written") } else { said.contains("The note is in the record.") }
        })?)
    }
}

#[test]
fn a_disk_that_fills_in_the_middle_stops_the_test_and_once_it_is_freed_the_walk_goes_on_with_nothing_lost()
-> Tried {
    if !can_be_played() {
        return Ok(());
    }
    let mut seat = Seat::take(&Way { script: Some(SMALL_DISK), ..Way::default() })?;
    seat.go_to(Stop::Changed)?;
    // What is left of the record's last page takes a few lines more; notes use it up.
    fill(&seat)?;
    let mut noted = 0;
    while !seat.pty.text().contains("The record can't be written") {
        assert!(noted < 40, "the disk never filled\n{}", seat.pty.text());
        noted += 1;
        seat.note(&format!("note {noted} while the disk is filling up"))?;
    }
    for sentence in ["No space left on device", "Free the disk"] {
        seat.pty.wait_until(sentence, |screen| said(screen).contains(sentence))?;
    }
    seat.pty.send("\x1b")?;
    seat.pty.wait_until("the field closed", |screen| !said(screen).contains(NOTE))?;
    fs::remove_file(within(&seat).join("filler"))?;
    seat.go_to(Stop::Verdict)?;
    seat.pty.send("\r")?;
    seat.pty.wait_for("code: 0")?;
    let kept = seat.state().with_extension("kept");
    seat.pty.exit(crate::pty::PATIENCE)?;
    let facts = Seat::facts_in(&kept)?;
    let count = |name: &str| facts.iter().filter(|fact| fact["fact"] == name).count();
    assert_eq!((count("began"), count("accepted"), count("save-intended"), count("verdict")), (1, 1, 1, 1));
    assert!(count("noted") + 1 >= noted, "{} of {noted} notes", count("noted"));
    Ok(())
}

#[test]
fn a_process_that_may_open_nothing_more_says_so_tests_nothing_and_goes_on_when_it_may_again() -> Tried {
    if !can_be_played() {
        return Ok(());
    }
    let mut seat = Seat::take(&Way { size: (40, 120), ..Way::default() })?;
    seat.go_to(Stop::Password)?;
    let pid = seat.pty.pid().to_string();
    let limit = |soft: &str| -> Tried {
        let limit = format!("--nofile={soft}:");
        assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status()?.success());
        Ok(())
    };
    limit("4")?;
    let right = seat.right.clone();
    seat.type_slowly(&right)?;
    seat.pty.send("\r")?;
    seat.pty.wait_for("The ledger of attempts can't be kept")?;
    seat.pty.wait_for("ulimit -n")?;
    limit("1024")?;
    assert_eq!(seat.count_facts("attempting")?, 0);
    seat.pty.send("\r")?;
    seat.pty.wait_for("Enter goes on to Save.")?;
    seat.pty.send("\r")?;
    seat.pty.wait_for("Type the number of sensors, ")?;
    seat.type_count()?;
    seat.pty.wait_for("Enter goes on to the sensors.")?;
    seat.pty.send("\r")?;
    seat.pty.wait_for("Confirmed:")?;
    seat.pty.send("\r")?;
    assert_eq!(seat.pty.exit(crate::pty::PATIENCE)?.exit_code(), 0);
    assert_eq!((seat.count_facts("accepted")?, seat.count_facts("verdict")?), (1, 1));
    Ok(())
}
