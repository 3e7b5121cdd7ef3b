//! The one sequence that may hold the password: once, on request, overwritten before the program ends, and never inside
//! a multiplexer.
//!
//! Relies on the lab's hand-off. Deliberately absent: the 45 seconds, which a driven clock proves (`walk/hand_off.rs`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mdi_console::terminal::page;
use rustix::process::Signal;

use crate::Tried;
use crate::ending::JOBS;
use crate::pty::PATIENCE;
use crate::seat::{Seat, Stop, Way, said};

const TO_THE_CLIPBOARD: &str = "\u{1b}]52;";
const PAGE: &str = "Save it there as shown";

fn at_the_page(way: &Way<'_>) -> Tried<Seat> {
    let mut seat = Seat::take(&Way { arguments: &["--hand-off"], ..*way })?;
    seat.go_to(Stop::Count)?;
    seat.type_count()?;
    seat.pty.wait_until(PAGE, |screen| said(screen).contains(PAGE))?;
    Ok(seat)
}

fn sequences(seat: &Seat) -> Vec<String> {
    let output = String::from_utf8_lossy(&seat.pty.output()).into_owned();
    let after = output.split(TO_THE_CLIPBOARD).skip(1);
    after.filter_map(|rest| rest.split('\u{1b}').next().map(str::to_owned)).collect()
}

fn of(text: &[u8]) -> String {
    format!("c;{}", STANDARD.encode(text))
}

fn interrupted(seat: &mut Seat) -> Tried {
    seat.pty.send("\u{3}")?;
    seat.pty.wait_for("The walk is not finished.")?;
    Ok(seat.pty.send("\u{3}")?)
}

/// The tested password, onto the clipboard.
fn put(seat: &mut Seat) -> Tried {
    seat.pty.send("p")?;
    seat.pty.wait_for("The clipboard")?;
    seat.pty.send("2")?;
    seat.pty.wait_for("▶ 2 Put it there")?;
    seat.pty.send("\r")?;
    Ok(seat.pty.wait_for("on your clipboard")?)
}

#[test]
fn y_copies_where_to_sign_in_and_the_code_and_no_secret() -> Tried {
    let mut seat = Seat::take(&Way::default())?;
    seat.go_to(Stop::Begin)?;
    seat.pty.send("\r")?;
    seat.pty.wait_for("/devicelogin")?;
    seat.pty.send("y")?;
    seat.pty.wait_for("Copied.")?;
    let sequences = sequences(&seat);
    let [copied] = sequences.as_slice() else { return Err(format!("{sequences:?}").into()) };
    let copied = STANDARD.decode(copied.strip_prefix("c;").ok_or("not the clipboard's own")?)?;
    let copied = String::from_utf8(copied)?;
    let (address, code) = copied.split_once(" | ").ok_or("no address and code")?;
    assert!(address.starts_with("https://127.0.0.1:") && address.ends_with("/devicelogin"), "{copied}");
    // The code for the program, which is a secret, has four times as many digits.
    let digits = code.strip_prefix("LAB").ok_or("no code")?;
    assert!(digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit()), "{copied}");
    Ok(())
}

#[test]
fn ctrl_z_overwrites_what_would_stand_there_while_nobody_counts_the_seconds() -> Tried {
    let mut seat = at_the_page(&Way { script: Some(JOBS), ..Way::default() })?;
    put(&mut seat)?;
    let password = of(seat.right.as_bytes());
    assert_eq!(sequences(&seat), std::slice::from_ref(&password));
    seat.pty.send("\x1a")?;
    seat.pty.wait_for("stopped, stty icanon")?;
    assert_eq!(sequences(&seat), [password.clone(), of(page::OVERWRITTEN)]);
    seat.pty.send("\r")?;
    seat.pty
        .wait_until("the page again", |screen| screen.alternate_screen() && said(screen).contains(PAGE))?;
    interrupted(&mut seat)?;
    seat.pty.wait_for("code: 130")?;
    let others = sequences(&seat).into_iter().skip(1);
    assert!(others.clone().count() >= 1 && others.into_iter().all(|one| one == of(page::OVERWRITTEN)));
    Ok(())
}

#[test]
fn the_password_is_on_the_clipboard_once_and_overwritten_before_the_end() -> Tried {
    let check = |end: &dyn Fn(&mut Seat) -> Tried, code: u32| -> Tried {
        let mut seat = at_the_page(&Way::default())?;
        assert_eq!(sequences(&seat), Vec::<String>::new());
        put(&mut seat)?;
        let password = of(seat.right.as_bytes());
        assert_eq!(sequences(&seat), std::slice::from_ref(&password));
        end(&mut seat)?;
        assert_eq!(seat.pty.exit(PATIENCE)?.exit_code(), code);
        assert_eq!(sequences(&seat), [password, of(page::OVERWRITTEN)]);
        assert_eq!(seat.count_facts("password-copied")?, 1);
        Ok(())
    };
    check(&|seat| Ok(seat.pty.signal(Signal::TERM)?), 143)?;
    check(&interrupted, 130)?;
    check(
        &|seat| {
            seat.pty.send("q")?;
            seat.pty.wait_for("The walk is not finished.")?;
            Ok(seat.pty.send("\r")?)
        },
        1,
    )
}

#[test]
fn inside_tmux_or_screen_no_password_goes_to_the_clipboard() -> Tried {
    let check = |environment: (&str, &str)| -> Tried {
        let mut seat = at_the_page(&Way { environment: &[environment], ..Way::default() })?;
        seat.pty.send("p")?;
        // With the mark of what is said about a key: the page itself says it too.
        let why = "! The clipboard is offered on a terminal of its own alone: tmux and screen";
        seat.pty.wait_until(why, |screen| said(screen).contains(why))?;
        interrupted(&mut seat)?;
        seat.pty.exit(PATIENCE)?;
        assert_eq!(sequences(&seat), Vec::<String>::new(), "{environment:?}");
        Ok(())
    };
    check(("TMUX", "/tmp/tmux-1000/default,1,0"))?;
    check(("STY", "1.pts-0.host"))?;
    check(("TERM", "screen-256color"))
}
