//! Standard input, and readers that go away.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use super::place::{CALM, Place, REFUSED, Said, wide};

fn piped(place: &Place, arguments: &[&str]) -> Child {
    place.command(arguments).stdin(Stdio::piped()).spawn().unwrap()
}

#[test]
fn standard_input_is_read_from_a_pipe_or_a_file() {
    let text = format!("{CALM}{REFUSED}{CALM}");
    let place = Place::with(&[("a.log", text.as_bytes())]);
    for (arguments, bytes) in [
        (&["--count"][..], text.clone().into_bytes()),
        (&["--count", "-"], text.clone().into_bytes()),
        (&["--count", "-"], wide(&text)),
    ] {
        let mut child = piped(&place, arguments);
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let said = Said::of(child);
        assert_eq!(said.code, Some(0), "{said:?}");
        let counted = &said.objects()[0];
        assert_eq!((&counted["file"], &counted["matches"]), (&"standard input".into(), &1.into()));
        assert_eq!(counted["bytes"], bytes.len());
    }
    let from_file = place.command(&[]).stdin(File::open(place.path("a.log")).unwrap()).spawn().unwrap();
    let said = Said::of(from_file);
    assert!(said.out.starts_with(&format!("standard input:{}: 2024-04-15", CALM.len())), "{said:?}");
    // What somebody else has read of it is not read again.
    let mut partly = File::open(place.path("a.log")).unwrap();
    partly.read_exact(&mut vec![0; CALM.len() + REFUSED.len()]).unwrap();
    assert_eq!(Said::of(place.command(&["-"]).stdin(partly).spawn().unwrap()).code, Some(1));
}

#[test]
fn what_comes_slowly_is_told_as_soon_as_it_is_whole() {
    let place = Place::new();
    let mut child = piped(&place, &["--json"]);
    let mut input = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        // The line behind it shows that the record has ended.
        input.write_all(format!("{REFUSED}{CALM}").as_bytes()).unwrap();
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert!(line.contains("\"refused\""), "{line}");
    }
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let place = Place::with(&[("a.log", REFUSED.repeat(100_000).as_bytes())]);
    for arguments in [&["a.log", "a.log"][..], &["--json", "a.log", "a.log"]] {
        let mut child = place.command(arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert!(line.contains("a.log"));
        drop(out);
        let said = Said::of(child);
        assert_eq!((said.code, said.aside.as_str()), (Some(0), ""), "{said:?}");
    }
}

#[test]
fn an_answer_that_cannot_be_written_is_not_passed_off_as_whole() {
    let place = Place::with(&[("a.log", REFUSED.as_bytes())]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let said = Said::of(place.command(&["a.log"]).stdout(full).spawn().unwrap());
    assert_eq!(said.code, Some(3));
    assert!(said.aside.contains("what was found can't be written: No space left on device"), "{said:?}");
}

#[test]
fn an_interrupt_is_heard_while_nothing_comes() {
    let place = Place::new();
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let mut child = piped(&place, &["--json"]);
        let mut input = child.stdin.take().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // Its answer shows that it listens.
        input.write_all(format!("{REFUSED}{CALM}").as_bytes()).unwrap();
        out.read_line(&mut String::new()).unwrap();
        let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
    }
}
