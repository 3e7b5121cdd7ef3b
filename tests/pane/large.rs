//! Logs that are larger than what the pane holds: read on piece by piece, for whoever scrolls and for what is looked for.
//!
//! Relies on the reader that follows real files. Deliberately absent: how long that takes (`benches/logs_open.rs`).

use mdi_console::clock::Clock;
use mdi_console::key::{Code, Key};
use mdi_console::logs::tail::{self, Delivery, Missed, Source};
use mdi_console::logs::window::{Counted, Counting, Loaded, RECORDS, Window};
use mdi_console::logs::{Record, SourceId};
use mdi_console::model::msg::{Msg, Request};
use mdi_console::walkthrough::event::{self, Event};

use crate::{Operator, desk};

/// Follows the log for the operator until it stands at its end, and reads what the pane asks for, as the engine does.
struct Reader {
    source: Source,
    _folder: tempfile::TempDir,
}

impl Reader {
    fn opens(log: &str, operator: &mut Operator) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("Microsoft.Tri.Sensor.log"), log).expect("a log");
        let patterns = vec![format!("{}/*.log", folder.path().display())];
        let source = Source { id: SourceId(1), host: "dc1.contoso.test".into(), patterns };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (out, mut deliveries) = tokio::sync::mpsc::channel(16);
            let with = (Clock::system(), std::time::Duration::from_secs(1));
            let following =
                tokio::spawn(tail::follow((source.clone(), Vec::new()), with, Missed::default(), out));
            while let Some(delivery) = deliveries.recv().await {
                match delivery {
                    Delivery::Records(records) => drop(operator.told(Msg::Logged(records))),
                    Delivery::Lost(_) => {}
                    Delivery::State(state) => {
                        let watched = event::Logs::Watched { host: source.host.clone(), state };
                        operator.told(Msg::Happened(Box::new(Event::Logs(watched))));
                        break;
                    }
                }
            }
            following.abort();
        });
        Self { source, _folder: folder }
    }

    /// How many pieces were read.
    fn serves(&self, operator: &mut Operator) -> usize {
        let mut pieces = 0;
        while let Some(at) = operator.asked.iter().position(|asked| matches!(asked, Request::Load(_))) {
            let Request::Load(load) = operator.asked.remove(at) else { continue };
            assert!(operator.desk.model.logs.is_loading());
            let got = tail::read_piece(&self.source, load);
            operator.told(Msg::Loaded(Loaded { load, got }));
            pieces += 1;
        }
        pieces
    }
}

#[test]
fn a_log_of_three_megabytes_is_read_up_to_its_first_line() {
    let log = desk::log(0, 28_000);
    assert!(log.len() > 3_000_000, "{}", log.len());
    let first = "00:00:00";
    let refused = log.lines().filter(|line| line.contains("supplied credential")).count();
    let mut operator = Operator::sits_down();
    operator.desk.model.logs = Window::new();
    let reader = Reader::opens(&log, &mut operator);
    operator.told(Msg::Key { key: Key::plain(Code::Up), waiting: false }).sees_no("the file's beginning");
    let held = operator.desk.model.logs.len();
    operator.types("g").sees("loading…");
    assert_eq!(reader.serves(&mut operator), 1, "the beginning is read, not all there is before it");
    operator.sees(first).sees("the file's beginning").sees("further up, f returns").sees_no("loading…");
    assert!(operator.selected().is_some_and(|message| message.ends_with("cycle 0")));
    operator.types("/cycle 0\n").sees("1 of 1 loaded for cycle 0").types("/\n");
    operator.types("G").sees("following");
    assert_eq!(reader.serves(&mut operator), 1);
    assert!(operator.desk.model.logs.len().abs_diff(held) < 10, "the end, as it was opened");
    let (mut pages, mut pieces) = (0, 0);
    while operator.desk.model.logs.selected().is_some_and(|record| record.at.offset > 0) {
        operator.presses(Key::plain(Code::PageUp));
        pieces += reader.serves(&mut operator);
        pages += 1;
        assert!(pages < 5_000 && operator.desk.model.logs.len() <= RECORDS);
    }
    assert!(pieces >= 11, "{pieces} pieces");
    operator.sees(first).sees("the file's beginning");
    let counted =
        Counted { source: SourceId(1), file: 0, refusals: 0, read: 1, of: 1, state: Counting::Done };
    let known = operator.desk.model.logs.count_refusals().before;
    operator.told(Msg::Counted(Counted { refusals: refused - known, ..counted }));
    operator.types("e");
    reader.serves(&mut operator);
    assert!(operator.desk.model.logs.selected().is_some_and(Record::is_refusal));
    assert_eq!(operator.desk.model.logs.count_refusals().before, refused, "counted once");
}

#[test]
fn a_match_and_a_time_are_found_wherever_in_a_large_log_they_stand() {
    let log = desk::log(0, 28_000);
    let mut operator = Operator::sits_down();
    operator.desk.model.logs = Window::new();
    let reader = Reader::opens(&log, &mut operator);
    operator.types("/no such word\n").sees("no match loaded for no such word").sees("looking further up…");
    operator.types("0").sees_no("looking further up…");
    operator.types("//cycle 3$\n").sees("looking further up…");
    assert!(reader.serves(&mut operator) > 10);
    operator.sees("1 of 1 loaded for /cycle 3$").sees_no("looking further up…");
    operator.types("N").sees("That was the first match");
    operator.types("t07:46:38\n").sees("looking further down…");
    assert!(reader.serves(&mut operator) > 0);
    operator.sees("07:46:38").sees_no("looking further down…");
    operator.types("t00:00:01\n").sees("looking further up…");
    reader.serves(&mut operator);
    operator.sees("00:00:01").sees_no("looking further up…");
    operator.types("t23:59\n").sees("looking further down…");
    reader.serves(&mut operator);
    operator.sees("was written at 2026-11-24 23:59:00 or later");
}
