//! Hostile lines in a sensor's log: whatever they hold reaches the terminal as visible marks, never as what it is.
//!
//! Relies on the lab's log files, which anybody may write to here, and on vt100 for what a terminal makes of the output.
//! Deliberately absent: which character becomes which mark (`text`).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Tried;
use crate::pty::PATIENCE;
use crate::seat::{Seat, Stop, Way, files};
use crate::sequences::{is_allowed, sequences};

const HEAD: &str = "2026-11-22 14:10:00.0000 Error Client ";
const SECRET: &str = "AQAAANCMnd8BFdERjHoAwE";

/// What a log may hold by malice, and what is left of it to be seen.
const LINES: [(&str, &str); 12] = [
    ("\x1b[2Jcleared", "[2Jcleared"),
    ("\x1b]0;owned\x07title", "]0;owned"),
    ("\x1b]52;c;b3duZWQ=\x07clipboard", "]52;c;b3duZWQ="),
    ("\x1bP+q544e\x1b\\device", "P+q544e"),
    ("\x1bcreset \x1b[6n asked", "creset"),
    ("\u{9b}31mc1 \u{9d}52;c;b3duZWQ=\u{9c}", "31mc1"),
    ("\u{202e}reversed\u{202c} \u{2066}isolated\u{2069}", "<U+202E>reversed"),
    ("zero\u{200b}width\u{feff}", "zero<U+200B>width"),
    ("wide 漢字漢字 🛡️👩‍💻 e\u{301}\u{302}\u{303}", "wide 漢字"),
    ("bell\x07 back\x08\x08\x08 tab\t nul\0 del\x7f", "bell␇"),
    ("\x0eshifted\x0f \x05enquired", "shifted"),
    ("carriage\rreturned", "carriage"),
];

/// Before anything of a log is written to the wire, these would be the signs of it.
const RAW: [&[u8]; 9] = [
    b"\x1b]0;",
    b"\x1b]52;c;b3duZWQ=",
    b"\x1bP",
    b"\x1bc",
    b"\x1b[6n",
    "\u{202e}".as_bytes(),
    "\u{200b}".as_bytes(),
    "\u{9b}".as_bytes(),
    b"\x0e",
];

struct Hostile {
    seat: Seat,
    log: PathBuf,
}

impl Hostile {
    /// The log pane as large as it gets, with the keys in it.
    fn take(size: (u16, u16)) -> Tried<Self> {
        let mut seat = Seat::take(&Way { size, ..Way::default() })?;
        seat.go_to(Stop::Configuration)?;
        let mut logs = files(&seat.temporary())?;
        logs.retain(|path| path.ends_with("Microsoft.Tri.Sensor-Errors.log"));
        logs.sort();
        let log = logs.into_iter().next().ok_or("the lab has no log")?;
        seat.pty.send("\t")?;
        seat.pty.wait_for("/ search")?;
        for _ in 0..2 {
            let before = seat.pty.bytes();
            seat.pty.send("l")?;
            if seat.pty.silent_after(before, PATIENCE) {
                return Err("the pane does not grow".into());
            }
        }
        Ok(Self { seat, log })
    }

    fn write(&self, bytes: &[u8]) -> Tried {
        Ok(OpenOptions::new().append(true).open(&self.log)?.write_all(bytes)?)
    }

    fn show(&mut self, keys: &str, wanted: &str) -> Tried {
        self.seat.pty.send(keys)?;
        Ok(self.seat.pty.wait_for(wanted)?)
    }

    /// A key that opens a field, and what is typed into it.
    fn ask(&mut self, key: &str, text: &str, wanted: &str) -> Tried {
        self.show(key, if key == "/" { "Search for" } else { "to a new file" })?;
        self.show(&format!("{text}\r"), wanted)
    }

    fn close(&mut self) -> Tried {
        self.seat.pty.send("\r")?;
        Ok(self
            .seat
            .pty
            .wait_until("the record's end", |screen| !screen.contents().contains("The record"))?)
    }

    /// Leaves, and looks at every byte that was ever sent.
    fn looked_through(mut self, copied: usize) -> Tried<Seat> {
        self.seat.pty.send("\x03\x03")?;
        self.seat.pty.exit(PATIENCE)?;
        let output = self.seat.pty.output();
        let all = sequences(&output);
        let clipboards = all.iter().filter(|one| one.starts_with("]52;c;")).count();
        assert_eq!(clipboards, copied, "the clipboard is written by the operator's own key alone");
        let strange: Vec<&String> =
            all.iter().filter(|one| !is_allowed(one) && !one.starts_with("]52;c;")).collect();
        assert!(strange.is_empty(), "{strange:?}");
        for raw in RAW {
            assert!(
                memchr::memmem::find(&output, raw).is_none(),
                "{:?} was sent",
                String::from_utf8_lossy(raw)
            );
        }
        assert!(memchr::memmem::find(&output, SECRET.as_bytes()).is_none(), "a hidden value was sent");
        Ok(self.seat)
    }
}

#[test]
fn hostile_lines_are_shown_as_marks_and_never_act_on_the_terminal() -> Tried {
    let mut hostile = Hostile::take((40, 120))?;
    for (line, shown) in LINES {
        hostile.write(format!("{HEAD}{line}\r\n").as_bytes())?;
        hostile.seat.pty.wait_for(shown)?;
    }
    hostile.write(&[HEAD.as_bytes(), b"broken \xff\xfe\x9b31m \xc3( bytes\r\n"].concat())?;
    hostile.seat.pty.wait_for("broken ")?;
    let frame = hostile.seat.pty.screen().rows(0, 120).next().unwrap_or_default();
    assert!(frame.contains("LAB"), "the frame still stands: {frame}");
    hostile.show(" ", "The record")?;
    hostile.close()?;
    hostile.looked_through(0)?;
    Ok(())
}

#[test]
fn what_is_copied_and_written_of_a_hostile_line_is_as_harmless_as_what_is_shown() -> Tried {
    let mut hostile = Hostile::take((24, 80))?;
    let (clipboard, _) = LINES[2];
    hostile
        .write(format!("{HEAD}{clipboard}\r\n   at \u{1b}[31mA.B() \u{202e}\r\n{HEAD}last\r\n").as_bytes())?;
    hostile.seat.pty.wait_for("  last  ")?;
    hostile.ask("/", "clipboard", "1 of 1 for clipboard")?;
    hostile.show("y", "Copied.")?;
    let output = hostile.seat.pty.output();
    let text = String::from_utf8_lossy(&output);
    let copied =
        text.rsplit("\x1b]52;c;").next().and_then(|rest| rest.split('\x1b').next()).unwrap_or_default();
    let copied = String::from_utf8(STANDARD.decode(copied)?)?;
    assert!(copied.contains("␛]52;c;b3duZWQ=␇clipboard") && copied.contains("<U+202E>"), "{copied}");
    assert!(!copied.chars().any(char::is_control), "{copied:?}");
    let file = hostile.seat.temporary().join("records.txt");
    hostile.ask("O", &file.to_string_lossy(), "Written to ")?;
    let written = std::fs::read_to_string(&file)?;
    assert!(written.contains("␛]52;c;b3duZWQ=␇clipboard\n") && written.contains(" last\n"), "{written}");
    assert!(!written.chars().any(|c| c.is_control() && c != '\n'), "{written:?}");
    hostile.ask("o", &file.to_string_lossy(), "is there already")?;
    assert_eq!(std::fs::read_to_string(&file)?, written, "never written over");
    hostile.looked_through(1)?;
    Ok(())
}

#[test]
fn ten_megabytes_without_a_line_end_cost_neither_the_screen_nor_what_comes_after() -> Tried {
    let hostile = Hostile::take((24, 80))?;
    let noise = "\x1b[2J\u{202e}x漢".repeat(1_000_000);
    hostile.write(format!("{HEAD}begins {noise}").as_bytes())?;
    hostile.write(format!(" The supplied credential is invalid.\r\n{HEAD}comes after\r\n").as_bytes())?;
    hostile.seat.pty.wait_for("comes after")?;
    hostile.seat.pty.wait_for("begins ␛[2J<U+202E>x漢")?;
    hostile.looked_through(0)?;
    Ok(())
}

#[test]
fn a_hidden_value_is_neither_shown_nor_found_nor_written() -> Tried {
    let mut hostile = Hostile::take((40, 120))?;
    let half = SECRET.len() / 2;
    let (front, back) = SECRET.split_at_checked(half).ok_or("the value is too short")?;
    hostile.write(
        format!(
            "{HEAD}UpdateAccount [EncryptedBytes={SECRET} Name=a]\r\n{HEAD}split [EncryptedBytes={front}"
        )
        .as_bytes(),
    )?;
    hostile.seat.pty.wait_for("EncryptedBytes=▇▇▇ Name=a")?;
    hostile.write(format!("{back}]\r\n{HEAD}last\r\n").as_bytes())?;
    hostile.seat.pty.wait_for("  last  ")?;
    hostile.ask("/", front, "no match for")?;
    hostile.ask("/", "", "12 sources · following")?;
    hostile.ask("/", "EncryptedBytes", "of 2 for EncryptedBytes")?;
    hostile.show(" ", "The record")?;
    hostile.show("y", "Copied.")?;
    hostile.close()?;
    let file = hostile.seat.temporary().join("records.txt");
    hostile.ask("O", &file.to_string_lossy(), "Written to ")?;
    let written = std::fs::read_to_string(&file)?;
    assert!(written.matches("EncryptedBytes=▇▇▇").count() == 2, "{written}");
    assert!(!written.contains("AQAAANCM") && !written.contains(back), "{written}");
    Ok(())
}
