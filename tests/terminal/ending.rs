//! However the program ends, the terminal is as it was and the record is closed; and it ends when it must.
//!
//! Relies on a shell where what comes after the program matters. Deliberately absent: what a panic does (`session.rs`).

use std::time::Duration;

use rustix::process::Signal;

use crate::Tried;
use crate::process;
use crate::pty::{PATIENCE, Pty};
use crate::seat::{Seat, Stop, Way, said};

/// From a hang-up to the end.
const HUNG_UP: Duration = Duration::from_secs(2);

/// What a shell tells of the program it ran, and the next line that it can read.
const SHELL: &str = r#""$0" "$@"; echo "code: $?"; IFS= read -r line; echo "line: [$line]""#;

/// A shell with job control: says when the program stopped, and brings it back when a line is typed.
pub const JOBS: &str = r#"set -m; "$0" "$@"; echo "stopped, stty $(stty -a | grep -o '[-]*icanon')"
IFS= read -r line; fg >/dev/null; echo "code: $?""#;

/// A shell that outlives its terminal, and writes down the program's code and the processor time of its children.
const SURVIVOR: &str = r#"trap : HUP; "$0" "$@"; { echo "code $?"; times; } >"$NOTE""#;

/// The settings of a terminal that nobody has touched.
fn untouched() -> Tried<String> {
    let idle = Pty::start("cat", &[], &[], (24, 80))?;
    Ok(format!("{:?}", idle.settings()?))
}

/// What was switched on is off again, each as often.
fn assert_returned(pty: &Pty) {
    let screen = pty.screen();
    assert!(!screen.alternate_screen(), "still on the alternate screen");
    assert!(!screen.hide_cursor(), "the cursor is hidden");
    assert!(!screen.bracketed_paste(), "pastes are still marked");
    let output = String::from_utf8_lossy(&pty.output()).into_owned();
    for (on, off) in [
        ("\x1b[?1049h", "\x1b[?1049l"),
        ("\x1b[?2004h", "\x1b[?2004l"),
        ("\x1b[?25l", "\x1b[?25h"),
        ("\x1b[22;2t", "\x1b[23;2t"),
        ("\x1b[?2026h", "\x1b[?2026l"),
    ] {
        assert!(output.contains(on), "{on:?} was never sent");
        assert!(output.rfind(on) < output.rfind(off), "{on:?} was not taken back");
    }
    let titles = |sequence| output.matches(sequence).count();
    assert_eq!(titles("\x1b[22;2t"), titles("\x1b[23;2t"), "the title");
}

#[test]
fn every_way_out_returns_the_terminal_and_closes_the_record() -> Tried {
    let untouched = untouched()?;
    let check = |stop: Stop, act: &dyn Fn(&mut Pty) -> Tried, within: Duration, code: u32| -> Tried {
        let mut seat = Seat::take(&Way::default())?;
        seat.go_to(stop)?;
        assert_ne!(format!("{:?}", seat.pty.settings()?), untouched);
        act(&mut seat.pty)?;
        assert_eq!(seat.pty.exit(within)?.exit_code(), code, "{}", seat.pty.text());
        assert_eq!(format!("{:?}", seat.pty.settings()?), untouched, "the terminal's settings");
        assert_returned(&seat.pty);
        let facts = seat.facts()?;
        assert_eq!(facts.last().ok_or("an empty record")?["fact"], "left");
        assert!(seat.pty.text().contains("record"), "{}", seat.pty.text());
        Ok(())
    };
    let quit = |pty: &mut Pty| -> Tried {
        pty.send("q")?;
        pty.wait_for("The walk is not finished. Leave it?")?;
        Ok(pty.send("\r")?)
    };
    check(Stop::Configuration, &quit, PATIENCE, 0)?;
    let interrupt = |pty: &mut Pty| -> Tried {
        pty.signal(Signal::INT)?;
        pty.wait_for("The walk is not finished. Leave it?")?;
        Ok(pty.signal(Signal::INT)?)
    };
    check(Stop::Configuration, &interrupt, PATIENCE, 130)?;
    check(Stop::Password, &|pty| Ok(pty.send("\x03\x03")?), PATIENCE, 130)?;
    check(Stop::Password, &|pty| Ok(pty.signal(Signal::TERM)?), PATIENCE, 143)?;
    check(Stop::Password, &|pty| Ok(pty.signal(Signal::HUP)?), HUNG_UP, 129)
}

#[test]
fn a_lost_link_ends_the_program_without_a_spin_and_with_its_record_closed() -> Tried {
    let folder = tempfile::tempdir()?;
    let note = folder.path().join("note");
    let environment = [("NOTE", note.to_str().ok_or("an odd path")?)];
    let way = Way { script: Some(SURVIVOR), environment: &environment, ..Way::default() };
    let mut seat = Seat::take(&way)?;
    seat.go_to(Stop::Directory)?;
    let program = process::child(seat.pty.pid())?;
    let before = process::processor_time(program)?;
    seat.pty.hang_up()?;
    seat.pty.exit(HUNG_UP)?;
    let note = std::fs::read_to_string(&note)?;
    assert!(note.starts_with("code 129\n"), "{note}");
    let after = children_time(&note).ok_or("no times")?;
    let spent = after - before.as_secs_f64();
    assert!(spent < 0.5, "{spent} s of processor time after the link was lost\n{note}");
    assert_eq!(seat.facts()?.last().ok_or("an empty record")?["fact"], "left");
    Ok(())
}

/// The last line of what a shell's `times` prints: user and system time of its children.
fn children_time(note: &str) -> Option<f64> {
    let last = note.lines().last()?;
    let times = last.split_whitespace().map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    });
    times.sum()
}

#[test]
fn ctrl_z_hands_the_terminal_over_and_fg_brings_the_same_step_back() -> Tried {
    let mut seat = Seat::take(&Way { script: Some(JOBS), ..Way::default() })?;
    seat.go_to(Stop::Configuration)?;
    seat.pty.send("\x1a")?;
    seat.pty.wait_for("stopped, stty icanon")?;
    assert_returned(&seat.pty);
    seat.pty.send("\r")?;
    seat.pty.wait_until("the step again", |screen| {
        screen.alternate_screen() && said(screen).contains("Enter chooses Directory Services")
    })?;
    seat.go_to(Stop::UsedElsewhere)?;
    seat.pty.send("\x03\x03")?;
    seat.pty.wait_for("code: 130")?;
    assert_returned(&seat.pty);
    assert_eq!(seat.count_facts("left")?, 1);
    Ok(())
}

#[test]
fn what_was_typed_ahead_does_not_land_in_the_shell() -> Tried {
    let mut seat = Seat::take(&Way { script: Some(SHELL), ..Way::default() })?;
    seat.go_to(Stop::Password)?;
    seat.pty.send("\x03\x03half a password\r")?;
    seat.pty.wait_for("code: 130")?;
    seat.pty.send("mine\r")?;
    seat.pty.wait_for("line: [mine]")?;
    assert!(!String::from_utf8_lossy(&seat.pty.output()).contains("half a password"));
    Ok(())
}
