//! On a terminal: the password typed unseen, and the account's name where the guard wants it.

use std::time::Duration;

use super::place::{PROGRAM, Place, RIGHT, WRONG};
use crate::pty::{Missed, PATIENCE, Pty};

fn seat(place: &Place) -> Result<Pty, Missed> {
    let site = place.path("site.toml").to_string_lossy().into_owned();
    let environment = place.environment().map(|(name, value)| (name, value.to_string_lossy().into_owned()));
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Pty::start(PROGRAM, &["verify", "--site", &site], &environment, (30, 160))
}

#[test]
fn the_password_is_typed_unseen_and_the_name_opens_one_more_attempt() -> Result<(), Box<dyn std::error::Error>>
{
    let place = Place::open();
    let run = |keys: &str, name: &[&str], says: &str| -> Result<u32, Box<dyn std::error::Error>> {
        let mut seat = seat(&place)?;
        seat.wait_for("Password of svc-mdi in contoso.test (not shown):")?;
        seat.send(keys)?;
        for (number, name) in name.iter().enumerate() {
            seat.wait_until("the question", |screen| {
                screen.contents().matches("Type its name").count() > number
            })?;
            seat.send(name)?;
        }
        seat.wait_for(says)?;
        let code = seat.exit(PATIENCE)?.exit_code();
        let output = String::from_utf8_lossy(&seat.output()).into_owned();
        assert!(!output.contains(keys.trim_end()), "the password was shown: {output}");
        Ok(code)
    };
    let (wrong, right) = (format!("{WRONG}\n"), format!("{RIGHT}\n"));
    assert_eq!(run(&wrong, &[], "refused the password")?, 1);
    // Ctrl-D: nobody types it.
    assert_eq!(run(&right, &["\u{4}\u{4}"], "Nothing was sent.")?, 1);
    assert_eq!(place.outcomes(), ["52e"]);
    // One attempt and no more: Kerberos would be another, so the password's age has to prove it.
    assert_eq!(run(&right, &["somebody\n", "svc-mdi\n"], "This is the current password (by age).")?, 0);
    assert_eq!(place.outcomes(), ["52e", "accepted", "accepted"]);
    place.close();
    Ok(())
}

#[test]
fn interrupting_the_question_starts_nothing() -> Result<(), Box<dyn std::error::Error>> {
    let place = Place::open();
    let mut seat = seat(&place)?;
    seat.wait_for("(not shown):")?;
    seat.send("half\u{3}")?;
    assert_eq!(seat.exit(Duration::from_secs(20))?.exit_code(), 130);
    assert!(place.records().is_empty());
    assert_eq!((place.outcomes().len(), place.reserved()), (0, 0));
    place.close();
    Ok(())
}
