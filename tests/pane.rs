//! The log pane under an operator's keys: what is searched, filtered, jumped to, bookmarked, copied and written, and that
//! what can't be done is said and loses nothing.
//!
//! Relies on the real model and the real view, read through vt100. Deliberately absent: the engine.

#![expect(clippy::expect_used, reason = "a test may end where it stands; it says why")]

#[path = "support/desk.rs"]
#[expect(dead_code, reason = "the benches use the rest")]
mod desk;
#[path = "pane/large.rs"]
mod large;

use desk::{Desk, now};
use mdi_console::key::{Code, Key};
use mdi_console::logs::source::{SourceState, State};
use mdi_console::logs::window::{Counted, Counting};
use mdi_console::logs::{Record, SourceId, parse};
use mdi_console::model::msg::{Msg, Request};
use mdi_console::model::update::update;
use mdi_console::model::{LineKind, LogRoom, Pane};
use mdi_console::text::Safe;
use mdi_console::walkthrough::event::{self, Event};

const SECRET: &str = "AQAAANCMnd8BFdERjHoAwE";

const LOG: &str = "\
2026-11-22 14:02:00.0000 Info  SensorHost OnStart started [version=2.254]
2026-11-22 14:02:30.0000 Error DirectoryServicesClient CreateLdapConnectionAsync failed [DomainControllerDnsName=dc1] ---> \
System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.
   at System.DirectoryServices.Protocols.LdapConnection.BindHelper()
   at Microsoft.Tri.Sensor.DirectoryServicesClient.CreateLdapConnectionAsync()
2026-11-22 14:03:00.0000 Warn  DirectoryServicesClient something slow
2026-11-22 14:03:30.0000 Info  Updater UpdateAccountAsync [EncryptedBytes=AQAAANCMnd8BFdERjHoAwE Name=a]
2026-11-22 14:04:00.0000 Error DirectoryServicesClient Failed to communicate with configured domain controllers [x=dc1]
";

struct Operator {
    desk: Desk,
    screen: vt100::Parser,
    asked: Vec<Request>,
}

fn records(source: u32, host: &str, log: &str) -> Vec<Record> {
    parse::read_all(SourceId(source), &Safe::new(host), log.as_bytes())
}

impl Operator {
    fn sits_down() -> Self {
        let mut desk = Desk::new(120, 40).expect("a desk");
        desk.model.pane = Pane::Logs;
        desk.model.room = LogRoom::Most;
        let size = |cells: u16| std::num::NonZeroU16::new(cells).expect("not none");
        let screen = vt100::Parser::new(size(40), size(120), 0);
        let mut operator = Self { desk, screen, asked: Vec::new() };
        operator.told(Msg::Logged(records(1, "dc1.contoso.test", LOG)));
        operator
    }

    fn told(&mut self, msg: Msg) -> &mut Self {
        self.asked.extend(update(&mut self.desk.model, msg, now()));
        self
    }

    fn presses(&mut self, key: Key) -> &mut Self {
        self.told(Msg::Key { key, waiting: false })
    }

    /// Character by character; `\n` is Enter.
    fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.presses(if c == '\n' { Key::plain(Code::Enter) } else { Key::char(c) });
        }
        self
    }

    fn sees(&mut self, what: &str) -> &mut Self {
        let text = self.text();
        assert!(text.contains(what), "{what}\n{text}");
        self
    }

    fn sees_no(&mut self, what: &str) -> &mut Self {
        let text = self.text();
        assert!(!text.contains(what), "{what}\n{text}");
        self
    }

    fn text(&mut self) -> String {
        for bytes in self.desk.draw().expect("drawn") {
            self.screen.process(&bytes);
        }
        self.screen.screen().contents()
    }

    fn selected(&self) -> Option<&str> {
        self.desk.model.logs.selected().map(|record| record.message.as_str())
    }

    fn field(&self) -> Option<(LineKind, &str)> {
        self.desk.model.line.as_ref().map(|line| (line.kind, line.input.value()))
    }
}

#[test]
fn every_match_is_marked_and_counted_and_n_goes_round() {
    let mut operator = Operator::sits_down();
    operator.types("/directoryservicesclient\n").sees("4 of 4 for directoryservicesclient");
    operator.types("N").sees("3 of 4").types("N").sees("2 of 4").types("N").sees("1 of 4");
    operator.types("N").sees("4 of 4").sees("That was the first match; on from the last.");
    operator.types("n").sees("1 of 4").sees("That was the last match; on from the first.");
    operator.types("n").sees("2 of 4").sees("at Microsoft.Tri.Sensor.DirectoryServicesClient.CreateLdap");
    let marked = (0..40).flat_map(|y| (0..120).map(move |x| (y, x)));
    let marked =
        marked.filter(|(y, x)| operator.screen.screen().cell(*y, *x).is_some_and(vt100::Cell::inverse));
    assert!(marked.count() >= 4 * "DirectoryServicesClient".len(), "each match stands out");
    operator.types("k").sees("4 matches for directoryservicesclient");
    operator.types("/\n").sees_no("matches for");
}

#[test]
fn a_bad_pattern_an_absent_word_and_a_time_not_known_are_said_and_nothing_is_lost() {
    let mut operator = Operator::sits_down();
    operator.types("/slow\n").sees("1 of 1 for slow");
    let at = operator.selected().map(ToOwned::to_owned);
    operator
        .types("//(slow")
        .presses(Key::plain(Code::Enter))
        .sees("This is not a regular expression: unclosed group");
    assert_eq!(operator.field(), Some((LineKind::Search, "/(slow")), "it can be corrected");
    operator.sees("1 of 1 for slow");
    assert_eq!(operator.selected(), at.as_deref());
    operator.types(")\n").sees("1 of 1 for /(slow)");
    operator.types("/nowhere\n").sees("no match for nowhere").sees("No record that is shown has nowhere");
    assert_eq!(operator.selected(), at.as_deref());
    operator.types("n").sees("No record that is shown has nowhere");
    operator.types("thalf past two\n").sees("That is no time. Type hh:mm");
    assert_eq!(operator.field(), Some((LineKind::JumpToTime, "half past two")));
    operator
        .presses(Key::ctrl('u'))
        .types("15:00\n")
        .sees("No record that is shown was written at 2026-11-22 15:00:00");
    operator.sees("the last is of").sees("2026-11-22 14:04:00.");
    assert_eq!(operator.selected(), at.as_deref());
    operator.presses(Key::plain(Code::Esc));
    assert_eq!(operator.field(), None);
}

#[test]
fn a_time_of_the_day_or_of_another_day_is_jumped_to() {
    let check = |typed: &str, message: &str| {
        let mut operator = Operator::sits_down();
        operator.types("t").types(typed).types("\n");
        assert_eq!((operator.selected(), operator.field()), (Some(message), None), "{typed}");
    };
    check("14:03", "something slow");
    check("14:02:45", "something slow");
    check("2026-11-22 14:03", "something slow");
    check("2026-11-21 23:59:59", "OnStart started [version=2.254]");
    check("00:00", "OnStart started [version=2.254]");
}

#[test]
fn filters_stand_in_the_title_while_they_are_on() {
    let mut operator = Operator::sits_down();
    operator.told(Msg::Logged(records(
        2,
        "dc2.contoso.test",
        "2026-11-22 14:05:00.0000 Info A from the second\n",
    )));
    operator
        .sees_no("and worse")
        .types("w")
        .sees("Warn and worse")
        .sees_no("from the second")
        .sees("something slow");
    operator
        .types("w")
        .sees("Error and worse")
        .sees_no("something slow")
        .sees("The supplied credential is invalid");
    operator.types("w").sees_no("and worse").sees("from the second");
    operator
        .types("c")
        .sees_no("from the second")
        .types("c")
        .sees("from the second")
        .sees_no("something slow");
    operator.types("w").sees("Every record is left out").types("wwc").sees("something slow");
}

#[test]
fn a_source_is_chosen_from_the_list_of_them() {
    let mut operator = Operator::sits_down();
    for number in 1..=45_u32 {
        let host = Safe::from(format!("dc{number}.contoso.test"));
        let line = format!("2026-11-22 14:05:{number:02}.0000 Info A written by {number}\n");
        operator.told(Msg::Logged(records(number, &host, &line)));
        let state = SourceState::new(SourceId(number), State::Following, now());
        let watched = event::Logs::Watched { host, state };
        operator.told(Msg::Happened(Box::new(Event::Logs(watched))));
    }
    operator.types("C").sees("The log sources").sees("all 45 followed");
    operator
        .types("jj")
        .sees_no("dc45.contoso.test")
        .types(&"j".repeat(60))
        .sees("dc45.contoso.test: following");
    operator.types("k\n").sees("dc44 only").sees("written by 44").sees_no("written by 45");
    operator.types("C").sees("dc44.contoso.test: following").presses(Key::plain(Code::PageUp));
    operator.types("C").sees_no("The log sources").sees("dc44 only");
    operator.types("C").types(&"k".repeat(60)).types("\n").sees_no(" only").sees("written by 45");
}

#[test]
fn bookmarks_are_gone_to_and_refusals_stepped_through() {
    let mut operator = Operator::sits_down();
    operator.types("'").sees("B bookmarks one");
    operator.types("t14:03\nBf");
    operator.types("'");
    assert_eq!(operator.selected(), Some("something slow"));
    operator.types("B'").sees("B bookmarks one");
    operator.types("f").types("e");
    assert!(operator.desk.model.logs.selected().is_some_and(Record::is_refusal));
    operator.types("e").sees("No refused credential further down.");
    operator.types("E").sees("No refused credential further up.");
}

#[test]
fn a_record_is_shown_whole_with_what_it_means_and_what_to_do() {
    let mut operator = Operator::sits_down();
    operator
        .types("e ")
        .sees("Credential refused (LDAP 49)")
        .sees("A domain controller refused the credential this");
    operator
        .sees("What to do Look whether the record stands after the save")
        .sees("at Microsoft.Tri.Sensor.Directory");
    operator.sees_no("It has more than one cause").presses(Key::plain(Code::Esc));
    operator
        .types("G ")
        .sees("No controller could be used")
        .sees("It has more than one cause: alone it proves nothing");
}

#[test]
fn what_is_under_the_cursor_or_all_that_is_shown_is_written_line_by_line() {
    let mut operator = Operator::sits_down();
    operator.types("eo");
    assert_eq!(operator.field(), Some((LineKind::Write, "")));
    operator.sees("Write to a new file").types("\n").sees("Type the name of a file");
    operator.types("one.txt\n").types("w").types("Oall.txt\n");
    operator.types("e o").types("overlay.txt\n");
    let written: Vec<(&str, Vec<&str>)> = operator
        .asked
        .iter()
        .filter_map(|request| match request {
            Request::Write { file, lines } => Some((file.as_str(), lines.iter().map(Safe::as_str).collect())),
            _ => None,
        })
        .collect();
    let [(one, first), (all, rest), (overlay, same)] = written.as_slice() else { panic!("{written:?}") };
    assert_eq!((*one, *all, *overlay), ("one.txt", "all.txt", "overlay.txt"));
    assert_eq!(first.len(), 3);
    assert!(first.first().is_some_and(|line| line.starts_with(
        "dc1.contoso.test 2026-11-22 14:02:30.0000 Error DirectoryServicesClient CreateLdapConnectionAsync failed ["
    )));
    assert_eq!((rest.len(), rest.get(..3)), (5, first.get(..3)), "of three records that the filter admits");
    assert_eq!(same, first, "what is shown whole stays there while the file is named");
}

#[test]
fn a_hidden_value_is_neither_shown_nor_found_copied_or_written() {
    let mut operator = Operator::sits_down();
    operator.sees("EncryptedBytes=▇▇▇ Name=a").sees_no(SECRET);
    operator.types("/").types(SECRET).types("\n").sees("no match for");
    operator.types("/AQAA\n").sees("no match for").types("//[A-Z]{6}[a-z]nd8\n").sees("no match for");
    operator.types("/EncryptedBytes=\n").sees("1 of 1").types("y").types(" ").sees_no(SECRET).types("y");
    operator.types("o").types("x\n").presses(Key::plain(Code::Esc)).types("O").types("y\n");
    let text = format!("{:?}", operator.asked);
    assert!(text.matches("EncryptedBytes=▇▇▇").count() == 4 && !text.contains(SECRET), "{text}");
}

#[test]
fn the_title_says_how_far_the_count_further_up_has_come_and_adds_what_it_found() {
    let mut operator = Operator::sits_down();
    let counted = |read: u64, refusals: usize, state: Counting| {
        Msg::Counted(Counted { source: SourceId(1), file: 0, refusals, read, of: 1000, state })
    };
    operator.sees("─ 1 refused, before the change ┐");
    operator.told(counted(430, 2, Counting::UnderWay));
    operator.sees("3 refused, before the change · counting further up, 43 %");
    operator.told(counted(1000, 11, Counting::Done)).sees("─ 12 refused, before the change ┐");
    operator
        .types("eE")
        .sees("11 more stand further up in the files than this pane reaches; mdi-console scan");
    operator
        .told(counted(500, 5, Counting::BrokenOff))
        .sees("6 refused, before the change · not all counted");
}

#[test]
fn a_match_far_to_the_right_is_brought_into_sight() {
    let mut operator = Operator::sits_down();
    let long = format!(
        "2026-11-22 14:06:00.0000 Info  A {} needle {}\n",
        "straw ".repeat(100),
        "straw ".repeat(100)
    );
    operator.told(Msg::Logged(records(1, "dc1.contoso.test", &long)));
    operator.sees_no("needle").types("/needle\n").sees("needle straw");
}
