//! Keys and pastes at the real binary: what is not meant as an act is none.
//!
//! Relies on the record for what was done. Deliberately absent: the decoding of keys.

use crate::Tried;
use crate::seat::{Seat, Stop, Way};

#[test]
fn a_burst_outside_a_field_is_dropped_with_a_sentence() -> Tried {
    for keys in ["lab-pass\rq\r", "\x1b[200~q\r\r\x1b[201~", "\r\r\r"] {
        let mut seat = Seat::take(&Way::default())?;
        seat.go_to(Stop::Configuration)?;
        seat.pty.send(keys)?;
        seat.pty.wait_for("dropped")?;
        assert!(seat.pty.text().contains("Enter chooses Directory Services"), "{}", seat.pty.text());
        // One key by itself is a command again.
        seat.go_to(Stop::UsedElsewhere)?;
    }
    Ok(())
}

#[test]
fn a_newline_inside_a_paste_tests_nothing_and_enter_by_itself_does() -> Tried {
    let tests = |typed: &dyn Fn(&mut Seat) -> Tried| -> Tried<usize> {
        let mut seat = Seat::take(&Way::default())?;
        seat.go_to(Stop::Password)?;
        typed(&mut seat)?;
        assert_eq!(seat.count_facts("attempting")?, 0, "{}", seat.pty.text());
        seat.pty.send("\r")?;
        seat.pty.wait_for("Enter goes on to Save.")?;
        seat.count_facts("attempting")
    };
    let pasted = |before: &'static str, after: &'static str| {
        move |seat: &mut Seat| -> Tried {
            let keys = format!("{before}{}{after}", seat.right);
            seat.pty.send(&keys)?;
            seat.pty.wait_for("pasted")?;
            // The help is answered after everything before it; then nothing may still be under way.
            seat.pty.send("\x1bOP")?;
            seat.pty.wait_for("What can go wrong")?;
            seat.pty.send("\x1bOP")?;
            seat.pty
                .wait_until("the help's end", |screen| !screen.contents().contains("What can go wrong"))?;
            assert!(!seat.pty.text().contains("esting the password"), "{}", seat.pty.text());
            Ok(())
        }
    };
    let by_hand = tests(&|seat| seat.type_slowly(&seat.right.clone()))?;
    assert!(by_hand > 0);
    for (before, after) in [("\x1b[200~", "\r\x1b[201~"), ("\x1b[200~", "\n\x1b[201~"), ("", "\r")] {
        assert_eq!(tests(&pasted(before, after))?, by_hand, "{before:?}, {after:?}");
    }
    Ok(())
}
