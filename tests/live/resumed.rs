//! Killed where it matters, and taken up again: the built binary on a terminal, at a site that outlives it.
//!
//! Relies on the lab's controllers, its portal, and its workspace, where the console saves by itself. At every line of
//! every scenario a console is killed in `walk`, where time is driven; here the whole program is, and the watch's minute
//! is a real one. Deliberately absent: a machine that loses power.

use std::fs;
use std::path::PathBuf;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::live_seat::{self, COUNT, Press, Seat};
use crate::place::Place;

/// Ends the program, without warning, as soon as this stands in its record; `act` leads there.
fn kill_at(mut seat: Seat<'_>, fact: &str, act: impl FnOnce(&mut Seat<'_>)) {
    let (record, pid) = (record(seat.place), seat.pty.pid());
    let wanted = format!("\"fact\":\"{fact}\"");
    let before = count(&record, &wanted);
    let killer = thread::spawn(move || {
        while count(&record, &wanted) == before {
            thread::yield_now();
        }
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    });
    act(&mut seat);
    killer.join().unwrap();
    seat.pty.exit(crate::pty::PATIENCE).unwrap();
}

fn count(record: &PathBuf, wanted: &str) -> usize {
    fs::read_to_string(record).unwrap_or_default().matches(wanted).count()
}

/// The one record of this place.
fn record(place: &Place) -> PathBuf {
    let folder = place.path("own").join("mdi-console");
    let records: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("20")))
        .filter(|path| path.metadata().unwrap().len() > 0)
        .collect();
    assert_eq!(records.len(), 1, "{records:?}");
    records.into_iter().next().unwrap()
}

fn id(place: &Place) -> String {
    record(place).file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn a_walk_killed_at_a_test_at_its_save_and_in_its_watch_is_confirmed_all_the_same() {
    let place = Place::open();
    place.write(&live_seat::site(&place));
    let mut seat = Seat::take(&place, &[], &[]);
    seat.walk_to("Type the account's password");
    kill_at(seat, "attempting", |seat| seat.press(Press::Right));
    let id = id(&place);
    let listed = place.run(&["--resume"], "");
    listed.says(&[
        "Unfinished walks in",
        &id,
        "ana@",
        "contoso-live",
        "step 4 Password",
        "nothing saved yet",
        &format!("Go on with one by its name: mdi-console --resume {id}"),
    ]);

    let mut seat = Seat::take(&place, &["--resume", &id], &[]);
    seat.walk_to(COUNT);
    let held = place.run(&["--resume", &id], "");
    assert!(held.complaint.contains("locked by another mdi-console"), "{}", held.complaint);
    assert_eq!(held.code, Some(2));
    place.run(&["--resume"], "").says(&[&id, "locked by another mdi-console"]);
    let mut beside = Seat::take(&place, &[], &[]);
    beside.pty.wait_for("Another process walks this site now: ana@").unwrap();
    beside.pty.wait_for("Begin another walk").unwrap();
    beside.pty.send("\r").unwrap();
    assert_eq!(
        beside.pty.exit(crate::pty::PATIENCE).unwrap().exit_code(),
        0,
        "it is left, and nothing was begun"
    );
    kill_at(seat, "save-intended", |seat| seat.press(Press::Count));

    let mut seat = Seat::take(&place, &["--resume", &id], &[]);
    seat.walk_to("Enter goes on to the sensors.");
    kill_at(seat, "settled", |seat| seat.press(Press::Enter));

    let mut seat = Seat::take(&place, &["--resume", &id], &[]);
    seat.walk_to("Confirmed:");
    seat.pty.send("\r").unwrap();
    assert_eq!(seat.pty.exit(crate::pty::PATIENCE).unwrap().exit_code(), 0);
    let report = place.run(&["report"], "");
    report.says(&["# The password of svc-mdi in contoso.test was saved, and is confirmed", "**consistent**"]);
    report.says(&["interrupted: no outcome is on record", "took the walk up again on"]);
    assert_eq!(report.code, Some(0));
    let again = place.run(&["--resume", &id], "");
    assert!(again.complaint.contains("it is finished"), "{}", again.complaint);
    place.close();
}

#[test]
fn a_walk_killed_after_a_refusal_is_offered_at_the_start_and_confirmed() {
    let place = Place::open();
    place.write(&live_seat::site(&place));
    let mut seat = Seat::take(&place, &[], &[]);
    seat.walk_to("Type the account's password");
    kill_at(seat, "refused", |seat| {
        seat.type_slowly("Wrong-Pass-2026!");
        seat.pty.send("\r").unwrap();
    });
    let mut seat = Seat::take(&place, &[], &[]);
    seat.pty.wait_for("is unfinished at step 4").unwrap();
    seat.pty.wait_for("Go on with it").unwrap();
    seat.pty.send("\r").unwrap();
    seat.walk_to("Confirmed:");
    seat.pty.send("\r").unwrap();
    assert_eq!(seat.pty.exit(crate::pty::PATIENCE).unwrap().exit_code(), 0);
    let outcomes = place.outcomes();
    assert_eq!(outcomes.iter().filter(|one| **one == "52e").count(), 1, "{outcomes:?}");
    // Finished: nothing is offered any more.
    let mut seat = Seat::take(&place, &[], &[]);
    seat.pty.wait_for("How do you want to read the portal?").unwrap();
    seat.pty.send("\x03\x03").unwrap();
    place.close();
}
