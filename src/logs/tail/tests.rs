//! Following real files through everything that happens to them.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};

use super::*;
use crate::clock::Driven;
use crate::logs::Position;

const POLL: Duration = Duration::from_secs(1);

/// A source that is followed in a folder of its own, with a clock that the test moves.
struct Scene {
    home: TempDir,
    driven: Driven,
    out: Receiver<Delivery>,
    state: Option<SourceState>,
    missed: Missed,
    lost: bool,
}

fn line(second: u32, text: &str) -> String {
    format!("2024-04-15 21:{:02}:{:02}.0000 Info  Component {text}\n", second / 60, second % 60)
}

impl Scene {
    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn follow(&mut self, pattern: &str) {
        self.follow_since(pattern, Vec::new());
    }

    fn follow_since(&mut self, pattern: &str, since: Vec<Position>) {
        let (send, out) = channel(64);
        self.out = out;
        let patterns = vec![self.path(pattern).display().to_string()];
        let source = Source { id: SourceId(1), host: "dc1".into(), patterns };
        let missed = self.missed.clone();
        tokio::spawn(follow((source, since), (self.driven.clock(), POLL), missed, send));
    }

    /// Takes all that is delivered until the tail sleeps; then moves the clock to its next look, `looks` times.
    async fn see(&mut self, looks: usize) -> Vec<Record> {
        let mut records = Vec::new();
        for look in 0..=looks {
            // A look that is under way has its own time-out on the clock; only when that is gone does the tail sleep.
            while self.driven.working() > 0 || self.driven.next().is_none() {
                tokio::task::yield_now().await;
                while let Ok(delivery) = self.out.try_recv() {
                    match delivery {
                        Delivery::Records(new) => records.extend(new),
                        Delivery::State(state) => self.state = Some(state),
                        Delivery::Lost(_) => self.lost = true,
                    }
                }
            }
            if look < looks {
                self.driven.move_to(self.driven.next().unwrap());
            }
        }
        while let Ok(delivery) = self.out.try_recv() {
            match delivery {
                Delivery::Records(new) => records.extend(new),
                Delivery::State(state) => self.state = Some(state),
                Delivery::Lost(_) => self.lost = true,
            }
        }
        records
    }

    async fn messages(&mut self, looks: usize) -> Vec<String> {
        self.see(looks).await.iter().map(|record| record.message.to_string()).collect()
    }
}

fn scene() -> Scene {
    let (_, out) = channel(1);
    let home = tempfile::tempdir().unwrap();
    Scene {
        home,
        driven: Driven::new(Timestamp::UNIX_EPOCH),
        out,
        state: None,
        missed: Missed::default(),
        lost: false,
    }
}

#[tokio::test]
async fn what_is_there_is_context_and_what_comes_is_new() {
    let mut scene = scene();
    scene.write("a.log", &line(1, "one"));
    scene.follow("*.log");
    let old = scene.see(1).await;
    assert_eq!((old.len(), old[0].context, old[0].message.as_str()), (1, true, "one"));
    scene.write("a.log", &(line(2, "two") + &line(3, "three")));
    let new = scene.see(2).await;
    assert_eq!(
        new.iter().map(|record| (&*record.message, record.context)).collect::<Vec<_>>(),
        [("two", false), ("three", false),]
    );
    let state = scene.state.clone().unwrap();
    let offset = fs::metadata(scene.path("a.log")).unwrap().len();
    assert_eq!(
        (state.state, state.files[0].at),
        (State::Following, Position { file: new[0].at.file, offset })
    );
}

#[tokio::test]
async fn a_big_file_is_opened_at_its_end() {
    let mut scene = scene();
    let many: String = (0..20_000).map(|second| line(second % 3600, &format!("number {second}"))).collect();
    scene.write("a.log", &many);
    scene.follow("a.log");
    let old = scene.see(1).await;
    let read: u64 = old.iter().map(|record| record.length).sum();
    assert!(read <= CONTEXT && read > CONTEXT - 200, "{read}");
    assert_eq!(old.last().unwrap().message.as_str(), "number 19999");
    let end = old.last().map(|record| record.at.offset + record.length);
    assert_eq!(end, Some(many.len() as u64));
}

#[tokio::test]
async fn a_renamed_file_is_read_to_its_end_and_its_successor_from_its_beginning() {
    let mut scene = scene();
    scene.write("a.log", &line(1, "one"));
    scene.follow("a.log");
    scene.see(1).await;
    scene.write("a.log", &line(2, "last of the old"));
    fs::rename(scene.path("a.log"), scene.path("a-Archived-00000.log")).unwrap();
    scene.write("a.log", &line(3, "first of the new"));
    assert_eq!(scene.messages(2).await, ["last of the old", "first of the new"]);
    scene.write("a-Archived-00000.log", &line(4, "nobody writes here"));
    scene.write("a.log", &line(5, "more"));
    assert_eq!(scene.messages(2).await, ["more"]);
}

#[tokio::test]
async fn a_truncated_file_is_read_from_its_beginning() {
    let mut scene = scene();
    scene.write("a.log", &(line(1, "one") + &line(2, "two")));
    scene.follow("a.log");
    let old = scene.see(1).await;
    fs::write(scene.path("a.log"), line(3, "three")).unwrap();
    let new = scene.see(2).await;
    assert_eq!((new.len(), new[0].message.as_str(), new[0].context), (1, "three", false));
    assert_ne!(new[0].at.file, old[0].at.file, "it is another file now");
}

#[tokio::test]
async fn a_file_truncated_and_grown_past_its_old_end_is_noticed() {
    let mut scene = scene();
    scene.write("a.log", &line(1, "one"));
    scene.follow("a.log");
    scene.see(1).await;
    fs::write(scene.path("a.log"), line(2, "two") + &line(3, "three")).unwrap();
    assert_eq!(scene.messages(2).await, ["two", "three"]);
}

#[tokio::test]
async fn a_file_cut_to_the_same_beginning_is_another_round_of_it() {
    let mut scene = scene();
    let one = line(1, "one");
    scene.write("a.log", &(one.clone() + &line(2, "two")));
    scene.follow("a.log");
    let old = scene.see(1).await;
    fs::write(scene.path("a.log"), &one).unwrap();
    let new = scene.see(2).await;
    assert_eq!((new.len(), new[0].message.as_str()), (1, "one"));
    let short = one.len() < 64;
    assert!(short || new[0].at.file != old[0].at.file);
}

#[tokio::test]
async fn a_share_that_goes_and_comes_back_goes_on_where_it_was() {
    let mut scene = scene();
    let long = "x".repeat(80);
    scene.write("share/logs/a.log", &line(1, &long));
    scene.follow("share/logs/a.log");
    assert_eq!(scene.see(1).await.len(), 1);
    fs::rename(scene.path("share"), scene.path("elsewhere")).unwrap();
    assert_eq!(scene.see(1).await.len(), 0);
    let gone = scene.state.clone().unwrap();
    assert!(matches!(gone.state, State::Unreachable(Unreachable::NoFolder { .. })), "{gone:?}");
    assert_eq!(gone.since.at, scene.driven.clock().now().at);
    // Copied, so that every inode is another one, as on a share that is mounted anew.
    fs::create_dir_all(scene.path("share/logs")).unwrap();
    fs::copy(scene.path("elsewhere/logs/a.log"), scene.path("share/logs/a.log")).unwrap();
    scene.write("share/logs/a.log", &line(2, "two"));
    assert_eq!(scene.messages(2).await, ["two"]);
    assert_eq!(scene.state.map(|state| state.state), Some(State::Following));
}

#[tokio::test]
async fn a_new_version_folder_is_moved_to() {
    let mut scene = scene();
    scene.write("2.9.1/Logs/a.log", &line(1, "old version"));
    scene.follow("*/Logs/a.log");
    assert_eq!(scene.messages(1).await, ["old version"]);
    scene.write("2.10.1/Logs/a.log", &line(2, "new version"));
    scene.write("2.9.1/Logs/a.log", &line(3, "its last words"));
    let new = scene.see(2).await;
    let mut texts: Vec<&str> = new.iter().map(|record| record.message.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(
        (texts, new.iter().any(|record| record.context)),
        (vec!["its last words", "new version"], false)
    );
}

#[tokio::test]
async fn half_a_line_is_waited_for_but_not_for_ever() {
    let mut scene = scene();
    scene.write("a.log", &line(1, "one"));
    scene.follow("a.log");
    scene.see(1).await;
    scene.write("a.log", "2024-04-15 21:28:13.0000 Error A half");
    assert!(scene.messages(3).await.is_empty());
    scene.write("a.log", " whole\n");
    assert_eq!(scene.messages(2).await, ["half whole"]);
    scene.write("a.log", "2024-04-15 21:28:13.0000 Error A the last thing it");
    assert_eq!(scene.messages(12).await, ["the last thing it"]);
}

#[tokio::test]
async fn nothing_there_yet_is_waited_for_and_an_idle_file_says_nothing() {
    let mut scene = scene();
    scene.follow("a.log");
    assert!(scene.see(1).await.is_empty());
    assert_eq!(scene.state.as_ref().map(|state| state.state.clone()), Some(State::Waiting));
    scene.write("a.log", &line(1, "one"));
    assert_eq!(scene.see(2).await.len(), 1);
    scene.state = None;
    assert!(scene.see(3).await.is_empty());
    assert_eq!(scene.state, None);
}

#[tokio::test]
async fn a_share_that_hangs_is_named_and_taken_up_when_it_answers() {
    let mut scene = scene();
    // Opening a pipe that nobody writes to hangs as a dead share does.
    let pipe = scene.path("a.log");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    scene.follow("a.log");
    while scene.driven.next().is_none() {
        tokio::task::yield_now().await;
    }
    scene.driven.move_to(scene.driven.next().unwrap());
    let told = scene.out.recv().await;
    let Some(Delivery::State(state)) = told else { panic!("{told:?}") };
    assert_eq!(state.state, State::Unreachable(Unreachable::NoAnswer { seconds: 10 }));
    scene.driven.idle().await;
    drop(OpenOptions::new().write(true).open(&pipe).unwrap());
    let told = scene.out.recv().await;
    let Some(Delivery::State(state)) = told else { panic!("{told:?}") };
    assert!(matches!(state.state, State::Unreachable(Unreachable::CanNotRead { .. })), "{state:?}");
}

#[tokio::test]
async fn a_share_that_hangs_stalls_no_other() {
    let mut scene = scene();
    let pipe = scene.path("hung.log");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    scene.follow("hung.log");
    while scene.driven.next().is_none() {
        tokio::task::yield_now().await;
    }
    scene.driven.move_to(scene.driven.next().unwrap());
    let mut hung = std::mem::replace(&mut scene.out, channel(1).1);
    let Some(Delivery::State(state)) = hung.recv().await else { panic!("no state") };
    assert!(matches!(state.state, State::Unreachable(Unreachable::NoAnswer { .. })));
    scene.write("b.log", &line(1, "one"));
    scene.follow("b.log");
    assert_eq!(scene.messages(1).await, ["one"]);
    scene.write("b.log", &line(2, "two"));
    assert_eq!(scene.messages(2).await, ["two"]);
    assert!(hung.try_recv().is_err(), "the hung one still says nothing");
    // Lets the thread that hangs in it go.
    drop(OpenOptions::new().write(true).open(&pipe).unwrap());
    assert!(hung.recv().await.is_some());
}

#[tokio::test]
async fn a_source_says_when_something_last_came_how_far_it_is_and_in_which_zone_it_writes() {
    let mut scene = scene();
    scene.write("a.log", &line(1, "one"));
    scene.follow("a.log");
    scene.see(1).await;
    let state = scene.state.clone().unwrap();
    assert_eq!((state.active, state.zone, state.behind), (None, None, 0));
    // The clock stands at the epoch, and who writes is two hours ahead of it.
    scene.write("a.log", "1970-01-01 02:00:01.0000 Info  A two\n1970-01-01 02:00:01.5000 Info  A three\n");
    scene.see(2).await;
    let state = scene.state.clone().unwrap();
    assert_eq!(state.zone.map(|zone| zone.to_string()).as_deref(), Some("UTC+02:00"));
    assert!(state.active.is_some());
    assert_eq!(state.offset(), fs::metadata(scene.path("a.log")).unwrap().len());
}

#[tokio::test]
async fn the_mark_s_places_are_the_ones_that_records_carry() {
    let mut scene = scene();
    scene.write("a.log", &line(1, &"x".repeat(80)));
    scene.follow("a.log");
    let old = scene.see(1).await;
    let patterns = vec![scene.path("a.log").display().to_string()];
    let source = Source { id: SourceId(1), host: "dc1".into(), patterns };
    let ends = ends(&source).unwrap();
    assert_eq!(ends[0].at, Position { file: old[0].at.file, offset: old[0].length });
    let File { path, at, begins } = scene.state.unwrap().files.remove(0);
    assert_eq!((path, at, begins), (ends[0].path.clone(), ends[0].at, Some(0)));
}

mod rotation;
mod since;
