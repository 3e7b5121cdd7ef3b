//! With which code it ends, and that one bad file keeps no other from being searched.

use super::place::{CALM, Place, REFUSED};

#[test]
fn the_code_tells_what_came_of_it() {
    let place = Place::with(&[
        ("refused.log", REFUSED.as_bytes()),
        ("calm.log", CALM.as_bytes()),
        ("empty.log", b""),
    ]);
    std::fs::create_dir(place.path("folder")).unwrap();
    let check = |files: &[&str], code: i32, complaint: &str| {
        for manner in [None, Some("--json"), Some("--count")] {
            let arguments: Vec<&str> = manner.into_iter().chain(files.iter().copied()).collect();
            let said = place.scan(&arguments);
            assert_eq!(said.code, Some(code), "{arguments:?}: {said:?}");
            assert!(said.aside.contains(complaint), "{arguments:?}: {said:?}");
            let found = files.contains(&"refused.log");
            assert_eq!(said.out.contains("refused.log"), found, "{arguments:?}: {said:?}");
        }
    };
    check(&["refused.log"], 0, "");
    check(&["calm.log", "refused.log"], 0, "");
    check(&["calm.log"], 1, "");
    check(&["empty.log"], 1, "");
    check(&["gone.log", "refused.log"], 3, "mdi-console: gone.log isn't there. Nothing was searched in it");
    check(&["gone.log", "calm.log"], 1, "mdi-console: gone.log isn't there.");
    check(&["gone.log"], 3, "mdi-console: gone.log isn't there.");
    check(
        &["folder"],
        3,
        "mdi-console: folder is a folder. Nothing in it was searched; name the log files in it.",
    );
    check(&["folder", "refused.log"], 3, "folder is a folder");
}

#[test]
fn what_cant_be_meant_is_refused_before_anything_is_read() {
    let place = Place::with(&[("refused.log", REFUSED.as_bytes())]);
    let check = |arguments: &[&str], complaint: &str| {
        let said = place.scan(arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments:?}: {said:?}");
        assert!(said.aside.contains(complaint), "{arguments:?}: {said:?}");
    };
    check(&["--since", "yesterday", "refused.log"], "that is no time as logs write it");
    check(&["--since", "2024-04-15T21:00:00Z", "refused.log"], "logs name no zone");
    check(&["--since"], "a value is required");
    check(&["--lines", "refused.log"], "unexpected argument");
}

#[test]
fn the_summary_says_how_much_was_looked_at() {
    let place = Place::with(&[("refused.log", REFUSED.as_bytes()), ("calm.log", CALM.as_bytes())]);
    let check = |files: &[&str], summary: &str| {
        let said = place.scan(files);
        assert!(said.aside.contains(summary), "{files:?}: {said:?}");
    };
    check(&["refused.log"], "1 refused credential in refused.log. ");
    check(&["calm.log"], "No refused credentials in calm.log.");
    check(&["refused.log", "calm.log", "refused.log"], "2 refused credentials in 2 of 3 files. ");
    check(&["calm.log", "calm.log", "gone.log"], "No refused credentials in the 2 files that could be read.");
}
