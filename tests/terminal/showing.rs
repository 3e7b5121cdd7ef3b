//! What is seen, and what is sent for it: sizes, colours, letters, the first frame, and the silence of an idle screen.
//!
//! Relies on vt100 for what a terminal makes of it. Deliberately absent: what each step looks like.

use std::time::Duration;

use mdi_console::clock::Clock;
use rustix::termios::{Winsize, tcsetwinsize};

use crate::Tried;
use crate::process;
use crate::pty::PATIENCE;
use crate::seat::{Seat, Stop, Way, said};
use crate::sequences::{colours, is_allowed, sequences};

/// Time enough for a key to show.
const MOMENT: Duration = Duration::from_millis(300);
const IDLE: Duration = Duration::from_secs(5);
/// So long before the minute ends, the clock in the frame won't tick while a silence is waited for.
const EARLY: i64 = 45;

#[test]
fn nothing_is_sent_but_what_draws() -> Tried {
    let mut seat = Seat::take(&Way::default())?;
    seat.go_to(Stop::Verdict)?;
    seat.pty.send("\x03\x03")?;
    seat.pty.exit(PATIENCE)?;
    let found = sequences(&seat.pty.output());
    assert!(found.len() > 500, "only {} sequences", found.len());
    let strange: Vec<&String> = found.iter().filter(|one| !is_allowed(one)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    Ok(())
}

#[test]
fn the_first_frame_is_one_synchronized_update_where_the_terminal_has_that() -> Tried {
    let check = |term: &str, synchronized: bool| -> Tried {
        let seat = Seat::take(&Way { environment: &[("TERM", term)], ..Way::default() })?;
        seat.pty.wait_for("leave")?;
        let output = String::from_utf8_lossy(&seat.pty.output()).into_owned();
        let frame = match output.split_once("\x1b[?2026h") {
            Some((before, rest)) => {
                assert!(synchronized, "{output:?}");
                assert!(!before.contains("contoso"), "{before:?}");
                rest.split("\x1b[?2026l").next().unwrap_or_default()
            }
            None => &output,
        };
        assert_eq!(synchronized, frame.len() < output.len());
        // The frame's first and last line.
        for shown in ["contoso", "leave"] {
            assert!(frame.contains(shown), "{shown} is not in {frame:?}");
        }
        Ok(())
    };
    check("xterm-256color", true)?;
    check("linux", false)
}

#[test]
fn an_idle_screen_writes_nothing_while_the_portal_is_polled() -> Tried {
    let mut seat = Seat::take(&Way::default())?;
    seat.go_to(Stop::UsedElsewhere)?;
    if Clock::system().now().wall.as_second().rem_euclid(60) >= EARLY {
        let clock = |screen: &vt100::Screen| screen.rows(0, 80).next().unwrap_or_default();
        let before = clock(&seat.pty.screen());
        seat.pty.wait_until("the next minute", |screen| clock(screen) != before)?;
        // A lab that has just begun: its sensors write their first routine line after twenty seconds.
        seat = Seat::take(&Way::default())?;
        seat.go_to(Stop::UsedElsewhere)?;
    }
    seat.go_to(Stop::Directory)?;
    // Back and forth, so that what is shown is new, and no age comes of age in the meantime.
    seat.pty.send("r")?;
    seat.pty.wait_until("an answer", |screen| said(screen).contains("The controllers are reached."))?;
    let quiet = (0..10).any(|_| seat.pty.silent_after(seat.pty.bytes(), Duration::from_secs(1)));
    assert!(quiet, "it never comes to rest\n{}", seat.pty.text());
    let worked = process::threads_time(seat.pty.pid())?;
    let before = seat.pty.bytes();
    let silent = seat.pty.silent_after(before, IDLE);
    let output = seat.pty.output();
    let written = String::from_utf8_lossy(output.get(before..).unwrap_or_default()).into_owned();
    assert!(silent, "{} bytes in an idle {IDLE:?}: {written:?}\n{}", written.len(), seat.pty.text());
    let worked = process::threads_time(seat.pty.pid())?.saturating_sub(worked);
    println!("idle for {IDLE:?}: 0 bytes, {worked:?} of processor time");
    Ok(())
}

#[test]
fn a_window_too_small_says_so_and_tests_nothing_until_it_is_larger() -> Tried {
    let mut seat = Seat::take(&Way { size: (3, 8), ..Way::default() })?;
    seat.pty.wait_until("a word", |screen| !screen.contents().trim().is_empty())?;
    let before = seat.pty.bytes();
    seat.pty.send("\r")?;
    assert!(seat.pty.silent_after(before, MOMENT), "Enter does something unseen");
    // The key before a repaint has been taken in once the repaint is there.
    seat.pty.send("\x0c")?;
    assert!(!seat.pty.silent_after(before, PATIENCE), "no repaint");
    seat.pty.resize((24, 80))?;
    seat.go_to(Stop::UsedElsewhere)?;
    let facts = seat.facts()?.len();
    let before = seat.pty.bytes();
    seat.pty.resize((3, 8))?;
    assert!(!seat.pty.silent_after(before, PATIENCE), "no frame for the small window");
    while !seat.pty.silent_after(seat.pty.bytes(), MOMENT) {}
    let before = seat.pty.bytes();
    seat.pty.send("q")?;
    assert!(seat.pty.silent_after(before, MOMENT), "the sentence about the size changes");
    seat.pty.resize((24, 80))?;
    seat.pty.wait_for("The walk is not finished. Leave it?")?;
    assert_eq!(seat.facts()?.len(), facts, "something was done unseen");
    Ok(())
}

#[test]
fn a_terminal_without_a_size_loses_no_walk() -> Tried {
    let mut seat = Seat::take(&Way::default())?;
    seat.go_to(Stop::Directory)?;
    let far_end = std::fs::OpenOptions::new().read(true).write(true).open(&seat.pty.path)?;
    let nothing = Winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&far_end, nothing)?;
    drop(far_end);
    seat.pty.resize((40, 120))?;
    seat.pty.wait_for("Good to know")?;
    seat.go_to(Stop::Changed)?;
    seat.pty.send("\x03\x03")?;
    assert_eq!(seat.pty.exit(PATIENCE)?.exit_code(), 130);
    Ok(())
}

#[test]
fn without_colours_the_state_is_told_by_word_and_the_selected_row_stands_out() -> Tried {
    let check = |arguments: &[&str], environment: &[(&str, &str)], coloured: bool| -> Tried {
        let mut seat = Seat::take(&Way { arguments, environment, size: (40, 120), ..Way::default() })?;
        seat.go_to(Stop::Begin)?;
        assert!(is_reversed(&seat.pty.screen(), "Sign in with a code"), "{}", seat.pty.text());
        seat.go_to(Stop::Changed)?;
        assert!(is_reversed(&seat.pty.screen(), "Yes"), "{}", seat.pty.text());
        seat.go_to(Stop::Password)?;
        let text = seat.pty.text();
        for word in ["done", "not checked", "LAB"] {
            assert!(text.contains(word), "{word} is not told by word\n{text}");
        }
        let colours: Vec<u8> =
            sequences(&seat.pty.output()).iter().flat_map(|sequence| colours(sequence)).collect();
        assert_eq!(!colours.is_empty(), coloured, "{arguments:?} {environment:?}: {colours:?}");
        Ok(())
    };
    check(&[], &[], true)?;
    check(&[], &[("NO_COLOR", "1")], false)?;
    check(&["--color", "never"], &[], false)?;
    check(&[], &[("TERM", "vt220")], false)?;
    check(&["--color", "always"], &[("NO_COLOR", "1")], true)
}

/// Whether every cell of the first place where `text` stands is reversed.
fn is_reversed(screen: &vt100::Screen, text: &str) -> bool {
    let columns = screen.size().1.get();
    let place = (0..).zip(screen.rows(0, columns)).find_map(|(y, row)| {
        let at = row.find(text)?;
        Some((y, row.get(..at)?.chars().count()))
    });
    let Some((y, x)) = place else { return false };
    (x..x + text.chars().count())
        .all(|x| u16::try_from(x).is_ok_and(|x| screen.cell(y, x).is_some_and(vt100::Cell::inverse)))
}

#[test]
fn an_ascii_screen_is_ascii_to_the_last_byte() -> Tried {
    let check = |arguments: &[&str], environment: &[(&str, &str)], ascii: bool| -> Tried {
        let mut seat = Seat::take(&Way { arguments, environment, ..Way::default() })?;
        seat.go_to(Stop::Accepted)?;
        let output = seat.pty.output();
        assert_eq!(output.is_ascii(), ascii, "{arguments:?} {environment:?}");
        assert!(seat.pty.text().contains("current (Kerberos)"), "{}", seat.pty.text());
        Ok(())
    };
    check(&[], &[], false)?;
    check(&["--ascii"], &[], true)?;
    check(&[], &[("LANG", "C")], true)
}
