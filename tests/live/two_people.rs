//! Two people at one site: the second person whom its file wants before Save, and somebody who walks there already.
//!
//! Relies on the lab's controllers, and on what the record and the report say afterwards. Deliberately absent: which
//! names are one person's, which stands beside the walk's own tests.

use crate::live_seat::{self, Seat};
use crate::place::{Place, RIGHT, Said};
use crate::pty::PATIENCE;

/// Who can edit; on; used elsewhere; on; changed already; the password; on to Save.
const TO_THE_SAVE: &str = "1\n\n1\n\n1\n";

/// What a script answers at Save, and what it leaves with; at a site that wants two people.
fn saved_with(place: &Place, answers: &str) -> Said {
    place.write(&place.file("[save]\nsecond_person = true\n"));
    let input = format!("{TO_THE_SAVE}{RIGHT}\n\n{answers}contoso.test\n\n1\n1\n");
    place.run(&["--plain", "--password-stdin"], &input)
}

/// Where a line with these words stands in the newest record.
fn line(place: &Place, words: &str) -> Option<usize> {
    let folder = std::fs::read_dir(place.path("own").join("mdi-console")).unwrap();
    let mut records: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    records.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("20")));
    let text = std::fs::read_to_string(records.iter().max().unwrap()).unwrap();
    text.lines().position(|line| line.contains(words))
}

#[test]
fn a_site_file_that_wants_a_second_person_has_both_names_before_anything_is_saved() {
    let place = Place::open();
    let said = saved_with(&place, "1\nAna Alvarez\nana  ALVAREZ\nBen Berg\n");
    said.says(&[
        "This site wants a second person before Save. Is one here?",
        "You who type: what is your name, for the record?",
        "Who approves it, having read what will be saved and where?",
        "Nobody approves their own save.",
        "Ben Berg approves, recorded by Ana Alvarez",
        "Type the domain, contoso.test, to be shown what to save.",
    ]);
    let approved = line(&place, "\"recorded_by\":\"Ana Alvarez\",\"approved_by\":\"Ben Berg\"");
    let intended = line(&place, "\"fact\":\"save-intended\"");
    assert!(approved.is_some() && approved < intended, "{approved:?} {intended:?}\n{}", said.out);
    assert_eq!(line(&place, "\"approved_by\":\"ana"), None);
    place.run(&["report"], "").says(&["Ben Berg", "Ana Alvarez"]);
    place.close();
}

#[test]
fn a_glass_that_was_broken_stands_among_the_reports_first_lines() {
    let place = Place::open();
    let said = saved_with(&place, "2\nnobody else is awake\n");
    said.says(&["Why save without a second person?", "none, by your reason: nobody else is awake"]);
    assert!(line(&place, "nobody else is awake") < line(&place, "\"fact\":\"save-intended\""));
    let report = place.run(&["report"], "");
    let head: String = report.out.lines().take(25).collect::<Vec<_>>().join("\n");
    assert!(head.contains("Reason given: \"nobody else is awake\""), "{head}");
    place.close();
}

#[test]
fn in_lines_too_a_walk_that_goes_on_elsewhere_is_told_before_another_is_begun() {
    let place = Place::open();
    place.write(&live_seat::site(&place));
    let mut seat = Seat::take(&place, &[], &[]);
    seat.walk_to("Can someone present edit");
    let mut beside = Seat::take(&place, &["--plain"], &[]);
    beside.pty.wait_for("Another process walks this site now: ana@").unwrap();
    beside.pty.wait_for("Begin another walk").unwrap();
    beside.pty.send("1\n").unwrap();
    assert_eq!(beside.pty.exit(PATIENCE).unwrap().exit_code(), 0);
    assert!(!beside.said().contains("How do you want to read the portal?"), "{}", beside.said());
    place.write(&place.file(""));
    let script = place.run(&["--plain", "--password-stdin"], "q\n1\n");
    script.says(&["Another process walks this site now: ana@", "Step 1 of 7", "Can someone present edit"]);
    drop(seat);
    place.close();
}
