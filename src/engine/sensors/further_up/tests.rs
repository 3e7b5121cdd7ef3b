//! That what lies above is counted once, told when it is done, and given up when nobody listens or nothing can be read.

use std::fmt::Write as _;

use tokio::sync::mpsc::{Receiver, channel};

use super::*;
use crate::logs::source;
use crate::logs::tail::{Delivery, Missed, Source, follow};

const REFUSED: &str = "2026-11-22 14:00:00.0000 Error Client System.DirectoryServices.Protocols.LdapException: The \
                       supplied credential is invalid.\n   at A.B()\n";
const HEARTBEAT: &str =
    "2026-11-22 14:00:00.0000 Info  WebClient SendHeartbeatAsync finished [duration=12]\n";

struct Stage {
    further_up: FurtherUp,
    answers: Receiver<Answer>,
    folder: tempfile::TempDir,
}

fn stage() -> Stage {
    let (out, answers) = channel(64);
    let ends = Ends { clock: Clock::system(), out };
    let further_up = FurtherUp::new(ends, Arc::new(Semaphore::new(AT_ONCE)));
    Stage { further_up, answers, folder: tempfile::tempdir().unwrap() }
}

impl Stage {
    /// Takes what the tail delivers of the folder's log until it stands at its end.
    async fn open(&mut self) {
        let source = Source {
            id: SourceId(1),
            host: "dc1".into(),
            patterns: vec![format!("{}/*.log", self.folder.path().display())],
        };
        let (out, mut deliveries) = channel(16);
        let following = tokio::spawn(follow(
            (source, Vec::new()),
            (Clock::system(), Duration::from_millis(20)),
            Missed::default(),
            out,
        ));
        while let Some(delivery) = deliveries.recv().await {
            match delivery {
                Delivery::Records(_) => {}
                Delivery::Lost(source) => panic!("{source:?} is lost"),
                Delivery::State(state) => {
                    self.further_up.stand(state.source, &state.files);
                    if state.files.iter().all(|file| file.begins.is_some()) {
                        break;
                    }
                }
            }
        }
        following.abort();
    }

    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("sensor.log"), text).unwrap();
    }

    async fn told(&mut self) -> Counted {
        match self.answers.recv().await.unwrap().told {
            Told::Counted(counted) => counted,
            other => panic!("{other:?}"),
        }
    }
}

fn log(records: usize, refused_every: usize) -> String {
    let mut text = String::new();
    for number in 0..records {
        write!(text, "{}", if number % refused_every == 0 { REFUSED } else { HEARTBEAT }).unwrap();
    }
    text
}

#[tokio::test]
async fn what_lies_above_the_records_of_a_large_log_is_counted_to_the_byte() {
    let mut stage = stage();
    let text = log(20_000, 100);
    stage.write(&text);
    stage.open().await;
    let first = stage.told().await;
    assert_eq!((first.state, first.read, first.refusals), (Counting::UnderWay, 0, 0));
    let last = stage.told().await;
    let above = text.get(..usize::try_from(last.of).unwrap()).unwrap();
    assert!(above.ends_with('\n') && last.of > 1_000_000, "up to where the records begin: {}", last.of);
    assert_eq!((last.state, last.read), (Counting::Done, last.of));
    assert_eq!(last.refusals, above.matches("supplied credential").count());
    assert!(last.refusals > 100);
}

#[tokio::test]
async fn a_line_longer_than_what_is_read_of_a_log_is_counted_wherever_it_ends() {
    let long = REFUSED.replace("Error Client ", &format!("Error Client {} ", "x".repeat(400_000)));
    let half = REFUSED.trim_end().replace("\n   at A.B()", &" and so on".repeat(40_000));
    let check = async |text: String| {
        let mut stage = stage();
        stage.write(&text);
        stage.open().await;
        stage.told().await;
        let last = stage.told().await;
        let above = text.get(..usize::try_from(last.of).unwrap()).unwrap();
        assert_eq!(last.state, Counting::Done);
        assert_eq!(last.refusals, above.matches("supplied credential").count());
        assert_eq!(last.refusals, 3);
    };
    let above = log(1_000, 500);
    // Its end is in sight, with records below it; with none; and it has no end yet.
    check(format!("{above}{long}{}", log(1_999, 2_000).replace(REFUSED, HEARTBEAT))).await;
    check(format!("{above}{long}")).await;
    check(format!("{above}{half}\n")).await;
    check(format!("{above}{half}")).await;
}

#[tokio::test]
async fn a_log_that_is_read_whole_is_not_counted() {
    let mut stage = stage();
    stage.write(&log(100, 10));
    stage.open().await;
    assert!(stage.further_up.tasks.is_empty() && stage.answers.try_recv().is_err());
}

#[tokio::test]
async fn a_file_is_counted_once_and_a_missing_one_is_told_as_broken_off() {
    let mut stage = stage();
    let mut record = crate::logs::parse::read_all(SourceId(1), &"dc1".into(), HEARTBEAT.as_bytes()).remove(0);
    record.context = true;
    record.at.offset = 5_000;
    let begins = Some(5_000);
    let files = [source::File { path: "/nowhere/at/all.log".into(), at: record.at, begins }];
    stage.further_up.stand(SourceId(1), &files);
    assert_eq!(stage.told().await.state, Counting::UnderWay);
    assert_eq!(stage.told().await.state, Counting::BrokenOff);
    stage.further_up.stand(SourceId(1), &files);
    assert_eq!(stage.further_up.tasks.len(), 1, "it was given its turn before");
}
