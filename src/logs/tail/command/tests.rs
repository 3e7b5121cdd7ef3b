//! Following real programs through everything that happens to them, on a clock that is driven.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};

use super::*;
use crate::clock::Driven;
use crate::logs::source::SourceState;
use crate::logs::{Mark, Record, Side};

/// A program that is followed, in a folder of its own.
struct Scene {
    home: TempDir,
    driven: Driven,
    family: Family,
    taken: Taken,
    out: Receiver<Delivery>,
    records: Vec<Record>,
    state: Option<SourceState>,
}

fn line(second: u32, text: &str) -> String {
    format!("2024-04-15 21:{:02}:{:02}.0000 Info  Component {text}\n", second / 60, second % 60)
}

impl Scene {
    /// A script that finds its folder in `$0`.
    fn follow(script: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let words = ["sh", "-c", script, &home.path().display().to_string()];
        Self::follow_in(home, words.map(str::to_owned).to_vec())
    }

    fn follow_in(home: TempDir, command: Vec<String>) -> Self {
        let driven = Driven::new(Timestamp::UNIX_EPOCH);
        let (send, out) = channel(64);
        let (family, taken) = (Family::default(), Taken::default());
        let command = LogCommand { id: SourceId(1), host: "dc1".into(), command };
        tokio::spawn(follow_command(command, (driven.clock(), family.clone()), taken.clone(), send));
        Self { home, driven, family, taken, out, records: Vec::new(), state: None }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn take(&mut self) {
        while let Ok(delivery) = self.out.try_recv() {
            match delivery {
                Delivery::Records(new) => self.records.extend(new),
                Delivery::State(state) => self.state = Some(state),
                Delivery::Lost(source) => panic!("{source:?} is lost"),
            }
        }
    }

    /// Lets the program and its follower run until it is so. Time stands still.
    async fn until(&mut self, so: impl Fn(&Self) -> bool) {
        loop {
            self.take();
            if so(self) {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// So many bytes were taken since the run began.
    async fn reach(&mut self, offset: u64) {
        self.until(|scene| scene.taken.reached() == offset).await;
    }

    /// Moves the clock on, over everything that is due on the way.
    async fn pass(&mut self, time: Duration) {
        let end = self.driven.clock().now().at.after(time);
        loop {
            for _ in 0..50 {
                self.driven.idle().await;
                tokio::task::yield_now().await;
            }
            match self.driven.next() {
                Some(next) if next <= end => self.driven.move_to(next),
                _ => break,
            }
        }
        self.driven.move_to(end);
        for _ in 0..50 {
            self.driven.idle().await;
            tokio::task::yield_now().await;
        }
        self.take();
    }

    async fn pass_seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds)).await;
    }

    /// What came since it was asked last; context in brackets.
    fn told(&mut self) -> String {
        let told = std::mem::take(&mut self.records).into_iter().map(|record| {
            if record.context { format!("[{}]", record.message) } else { record.message.to_string() }
        });
        told.collect::<Vec<_>>().join(" ")
    }

    fn ended(&self) -> Option<(String, String, u64)> {
        match &self.state.as_ref()?.state {
            State::Unreachable(Unreachable::Ended { status, said, again }) => {
                Some((status.to_string(), said.to_string(), *again))
            }
            _ => None,
        }
    }

    /// Ends the run as a lost link would.
    async fn cut(&mut self) {
        self.family.cut();
        self.until(|scene| scene.ended().is_some()).await;
    }
}

/// What `ssh host tail -F` does, as far as this is concerned.
const TAIL: &str = r#"touch "$0/log"; exec tail -n 3 -F "$0/log""#;

fn place(scene: &Scene) -> Option<Mark> {
    scene.taken.mark().map(|at| Mark::of(&[(SourceId(1), at)]))
}

#[tokio::test]
async fn what_is_printed_at_first_is_context_and_what_comes_is_new() {
    let mut scene = Scene::follow(r#"echo begun; exec tail -n 3 -F "$0/log""#);
    scene.until(|scene| scene.state.as_ref().is_some_and(|state| state.state == State::Waiting)).await;
    scene.reach(6).await;
    scene.write(&(line(1, "one") + &line(2, "two")));
    scene.reach(6 + 2 * line(1, "one").len() as u64).await;
    assert_eq!(place(&scene), None, "nobody knows yet what of it is new");
    scene.pass_seconds(3).await;
    assert_eq!(scene.told(), "[begun] [one] [two]");
    let state = scene.state.clone().unwrap();
    assert_eq!((state.state, state.active), (State::Following, None));
    let mark = place(&scene).unwrap();
    scene.write(&line(3, "three"));
    scene.reach(6 + 2 * line(1, "one").len() as u64 + line(3, "three").len() as u64).await;
    scene.pass_seconds(2).await;
    let three = scene.records.last().unwrap().clone();
    assert_eq!((scene.told(), mark.side(&three)), ("three".to_owned(), Side::After));
    let state = scene.state.unwrap();
    assert_eq!(state.files[0].at.offset, three.at.offset + three.length);
    assert!(state.active.is_some() && state.files[0].path.starts_with("sh -c"));
}

#[tokio::test]
async fn after_a_lost_link_what_is_repeated_is_left_out_and_the_rest_is_new() {
    let mut scene = Scene::follow(TAIL);
    scene.write(&line(1, "one"));
    scene.reach(line(1, "one").len() as u64).await;
    scene.pass_seconds(3).await;
    scene.write(&line(2, "two"));
    scene.reach(2 * line(1, "one").len() as u64).await;
    scene.pass_seconds(2).await;
    assert_eq!(scene.told(), "[one] two");
    let mark = place(&scene).unwrap();
    scene.cut().await;
    assert_eq!(scene.ended().unwrap().2, 1);
    scene.write(&line(3, "three"));
    scene.pass_seconds(1).await;
    scene.reach(2 * line(1, "one").len() as u64 + line(3, "three").len() as u64).await;
    assert_eq!(scene.state.as_ref().map(SourceState::is_readable), Some(true));
    scene.pass_seconds(3).await;
    let side = mark.side(scene.records.last().unwrap());
    assert_eq!((scene.told(), side), ("three".to_owned(), Side::After));
}

#[tokio::test]
async fn what_came_while_the_link_was_lost_and_a_mark_was_taken_is_no_evidence() {
    let mut scene = Scene::follow(TAIL);
    scene.write(&line(1, "one"));
    scene.reach(line(1, "one").len() as u64).await;
    scene.pass_seconds(3).await;
    scene.cut().await;
    scene.told();
    assert_eq!(place(&scene), None, "nothing is followed that could be marked");
    let mark = Mark::default();
    scene.write(&line(3, "three"));
    scene.pass_seconds(1).await;
    scene.reach((line(1, "one") + &line(3, "three")).len() as u64).await;
    scene.pass_seconds(3).await;
    let side = mark.side(scene.records.last().unwrap());
    assert_eq!((scene.told(), side), ("[three]".to_owned(), Side::NotKnown));
    scene.write(&line(4, "four"));
    scene.reach((line(1, "one") + &line(3, "three") + &line(4, "four")).len() as u64).await;
    scene.pass_seconds(2).await;
    assert_eq!(scene.told(), "four");
    assert!(place(&scene).is_some());
}

#[tokio::test]
async fn a_command_that_fails_says_why_and_is_tried_ever_later() {
    let mut scene = Scene::follow("echo noise >&2; echo 'Host key verification failed.' >&2; exit 255");
    for again in [1, 2, 4, 8, 16, 32, 60] {
        scene.until(|scene| scene.ended().is_some_and(|ended| ended.2 == again)).await;
        let (status, said, _) = scene.ended().unwrap();
        assert_eq!((status.as_str(), said.as_str()), ("exit status: 255", "Host key verification failed"));
        assert_eq!(scene.state.take().map(|state| state.since.at), Some(crate::clock::Instant::default()));
        scene.until(|scene| scene.driven.working() == 0 && scene.driven.next().is_some()).await;
        scene.driven.move_to(scene.driven.next().unwrap());
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_has_a_name_of_its_own() {
    let home = tempfile::tempdir().unwrap();
    let mut scene = Scene::follow_in(home, vec!["/nowhere/ssh".to_owned()]);
    scene.until(|scene| scene.state.is_some()).await;
    let state = scene.state.unwrap().state;
    assert!(
        matches!(&state, State::Unreachable(Unreachable::NotStarted { program, .. }) if program.as_str() == "/nowhere/ssh"),
        "{state:?}"
    );
}

#[tokio::test]
async fn nobody_listening_any_more_ends_the_program_with_all_it_started() {
    let mut scene = Scene::follow(r#"sleep 1000 & echo $! > "$0/part"; mv "$0/part" "$0/id"; wait"#);
    let to = scene.path("id");
    scene.until(|_| to.exists()).await;
    let id = fs::read_to_string(to).unwrap();
    let (_, out) = channel(1);
    scene.out = out;
    let stat = format!("/proc/{}/stat", id.trim());
    while fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_flood_is_delivered_in_few_pieces_and_whole() {
    let mut scene = Scene::follow(r#"cat "$0/log" 2>/dev/null; exec sleep 1000"#);
    scene.until(|scene| scene.state.is_some()).await;
    scene.cut().await;
    let many: String = (0..3000).map(|second| line(second % 3600, &format!("number {second}"))).collect();
    scene.write(&many);
    scene.pass_seconds(1).await;
    scene.reach(many.len() as u64).await;
    scene.pass_seconds(12).await;
    let read: u64 = scene.records.iter().map(|record| record.length).sum();
    assert_eq!((scene.records.len(), read), (3000, many.len() as u64));
}

#[tokio::test]
async fn half_a_line_is_waited_for_but_not_for_ever() {
    let mut scene = Scene::follow(r#"printf '%s' "2024-04-15 21:28:13.0000 Error A half"; exec sleep 1000"#);
    scene.reach(37).await;
    scene.pass_seconds(9).await;
    assert_eq!(scene.told(), "");
    scene.pass_seconds(2).await;
    assert_eq!(scene.told(), "half");
}
