//! A writer that rotates under load: nothing is lost, nothing comes twice, and evidence keeps its side of the mark.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::logs::{Mark, Side};

/// The program whose log it is: it writes numbered lines, half of one sometimes, and rotates.
struct Writer {
    home: TempDir,
    next: u32,
    /// What is still to be written of a line.
    rest: Option<String>,
    archived: u32,
    /// Beyond so many archives the oldest is deleted.
    kept: u32,
    /// The newest archive is always the first, and the others move up.
    shifts: bool,
    written: u64,
}

/// One thing that happens to a log.
#[derive(Clone, Copy, Debug)]
enum Move {
    Lines(u32),
    Half,
    Rename,
    CopyAndCut,
    /// The folder goes away, and comes back by the next move but one.
    Away,
    Look,
}

impl Writer {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            next: 0,
            rest: None,
            archived: 0,
            kept: 10,
            shifts: false,
            written: 0,
        }
    }

    fn share(&self) -> PathBuf {
        self.home.path().join("share")
    }

    fn log(&self) -> PathBuf {
        self.share().join("a.log")
    }

    fn archive(&self, number: u32) -> PathBuf {
        self.share().join(format!("a-Archived-{number:05}.log"))
    }

    fn append(&mut self, text: &str) {
        self.written += text.len() as u64;
        fs::create_dir_all(self.share()).unwrap();
        let mut file = OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn line(&mut self) -> String {
        let number = self.next;
        self.next += 1;
        let (minute, second) = (number / 60 % 60, number % 60);
        format!(
            "2024-04-15 21:{minute:02}:{second:02}.{:04} Info  Component number {number}\n",
            number % 9973
        )
    }

    fn lines(&mut self, count: u32) {
        let mut text = self.rest.take().unwrap_or_default();
        for _ in 0..count {
            text += &self.line();
        }
        self.append(&text);
    }

    fn half(&mut self) {
        self.lines(0);
        let line = self.line();
        let (now, later) = line.split_at(line.len() / 2);
        self.rest = Some(later.to_owned());
        self.append(now);
    }

    /// A line is never torn by it.
    fn rotate(&mut self, copy: bool) {
        self.lines(0);
        if self.shifts {
            for number in (0..self.archived).rev() {
                fs::rename(self.archive(number), self.archive(number + 1)).unwrap();
            }
        }
        let archive = self.archive(if self.shifts { 0 } else { self.archived });
        if copy {
            fs::copy(self.log(), archive).unwrap();
            OpenOptions::new().write(true).truncate(true).open(self.log()).unwrap();
        } else {
            fs::rename(self.log(), archive).unwrap();
        }
        self.archived += 1;
        if let Some(oldest) = self.archived.checked_sub(self.kept + 1) {
            fs::remove_file(self.archive(oldest)).unwrap();
        }
    }

    fn away(&self) {
        fs::rename(self.share(), self.home.path().join("elsewhere")).unwrap();
    }

    fn back(&self) {
        fs::rename(self.home.path().join("elsewhere"), self.share()).unwrap();
    }

    fn source(&self) -> Source {
        source(&self.log())
    }
}

fn source(path: &Path) -> Source {
    Source { id: SourceId(1), host: "dc1".into(), patterns: vec![path.display().to_string()] }
}

fn tail_of(source: Source) -> Tail {
    Tail { source, followed: Vec::new(), missed: Missed::default(), since: Vec::new() }
}

/// Looks until there is no more to be read at once.
fn look(tail: &mut Tail, records: &mut Vec<Record>) {
    loop {
        let look = tail.look();
        records.extend(look.records);
        if !look.more {
            return;
        }
    }
}

fn looks(times: u32, tail: &mut Tail, records: &mut Vec<Record>) {
    (0..times).for_each(|_| look(tail, records));
}

/// All that was written, each line once and in order, and every byte accounted for.
fn is_all(writer: &Writer, records: &[Record]) -> Result<(), TestCaseError> {
    let told: Vec<String> = records.iter().map(|record| record.message.to_string()).collect();
    let expected: Vec<String> = (0..writer.next).map(|number| format!("number {number}")).collect();
    prop_assert_eq!(told, expected);
    let read: u64 = records.iter().map(|record| record.length).sum();
    prop_assert_eq!(read, writer.written);
    Ok(())
}

fn play(moves: &[Move], shifts: bool) -> Result<(), TestCaseError> {
    // What was deleted between two looks is lost to everybody.
    let mut writer = Writer { kept: 100, shifts, ..Writer::new() };
    let mut records = Vec::new();
    let mut tail = tail_of(writer.source());
    writer.lines(1);
    look(&mut tail, &mut records);
    // What is left half-written for longer than it is waited for is another test's.
    let mut waited = 0;
    for step in moves {
        match step {
            Move::Lines(count) => writer.lines(*count),
            Move::Half => writer.half(),
            Move::Rename => writer.rotate(false),
            Move::CopyAndCut => writer.rotate(true),
            Move::Look => look(&mut tail, &mut records),
            Move::Away => {
                writer.away();
                look(&mut tail, &mut records);
                writer.back();
            }
        }
        waited = match step {
            Move::Look => waited + 1,
            Move::Away => waited,
            _ => 0,
        };
        if waited == 8 {
            writer.lines(0);
        }
    }
    writer.lines(1);
    looks(3, &mut tail, &mut records);
    is_all(&writer, &records)
}

fn some_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => (1_u32..40).prop_map(Move::Lines),
        2 => Just(Move::Half),
        2 => Just(Move::Rename),
        1 => Just(Move::CopyAndCut),
        1 => Just(Move::Away),
        5 => Just(Move::Look),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn joining_what_the_tail_delivers_gives_back_what_was_written(
        moves in prop::collection::vec(some_move(), 0..40),
        shifts in any::<bool>(),
    ) {
        play(&moves, shifts)?;
    }
}

#[tokio::test]
async fn a_minute_of_rotation_under_load_loses_nothing_and_repeats_nothing() {
    let mut writer = Writer::new();
    let mut scene = scene();
    writer.lines(1);
    scene.follow(&writer.log().display().to_string());
    let mut records = scene.see(1).await;
    for second in 0..60_u32 {
        // Some thousands of lines a second, up to three rotations between two looks, of either kind.
        for turn in 0..=second % 4 {
            writer.lines(700 + 97 * turn);
            if turn > 0 {
                writer.rotate((second + turn) % 3 == 0);
                writer.lines(1 + second % 5);
            }
        }
        if second % 7 == 3 {
            writer.half();
        }
        records.extend(scene.see(1).await);
    }
    writer.lines(1);
    records.extend(scene.see(4).await);
    assert!(writer.archived > 80, "{}", writer.archived);
    is_all(&writer, &records).unwrap();
    assert!(records.iter().skip(1).all(|record| !record.context));
}

#[test]
fn a_rotation_leaves_each_record_on_its_side_of_the_mark() {
    let cases = [false, true].into_iter().flat_map(|copy| (1..10).map(move |times| (copy, times)));
    for (copy, times) in cases {
        let mut writer = Writer { kept: 12, shifts: times % 2 == 0, ..Writer::new() };
        let mut records = Vec::new();
        let mut tail = tail_of(writer.source());
        writer.lines(3);
        look(&mut tail, &mut records);
        // Written and rotated away before the mark, and not read yet when it is taken.
        for _ in 0..times {
            writer.lines(2);
            writer.rotate(copy);
        }
        writer.lines(2);
        let before = writer.next;
        let places: Vec<(SourceId, Position)> =
            ends(&writer.source()).unwrap().into_iter().map(|file| (SourceId(1), file.at)).collect();
        let mark = Mark::of(&places);
        writer.lines(2);
        writer.rotate(copy);
        writer.lines(2);
        look(&mut tail, &mut records);
        look(&mut tail, &mut records);
        let sides: Vec<Side> = records.iter().map(|record| mark.side(record)).collect();
        let expected: Vec<Side> =
            (0..writer.next).map(|number| if number < before { Side::Before } else { Side::After }).collect();
        assert_eq!(sides, expected, "copied and cut: {copy}, {times} times");
    }
}

#[test]
fn half_a_line_is_waited_for_as_long_as_its_share_is_away() {
    let mut writer = Writer::new();
    let mut records = Vec::new();
    let mut tail = tail_of(writer.source());
    writer.lines(1);
    look(&mut tail, &mut records);
    writer.half();
    look(&mut tail, &mut records);
    writer.away();
    looks(60, &mut tail, &mut records);
    writer.back();
    writer.lines(1);
    looks(3, &mut tail, &mut records);
    is_all(&writer, &records).unwrap();
}

#[test]
fn what_came_while_a_share_was_away_and_a_mark_was_taken_is_no_evidence() {
    for marked in [false, true] {
        let mut writer = Writer::new();
        let mut records = Vec::new();
        let mut tail = tail_of(writer.source());
        writer.lines(2);
        look(&mut tail, &mut records);
        look(&mut tail, &mut records);
        records.clear();
        writer.away();
        look(&mut tail, &mut records);
        if marked {
            assert!(ends(&writer.source()).is_err());
            tail.missed.a_mark();
        }
        writer.back();
        writer.lines(2);
        writer.rotate(false);
        writer.lines(1);
        look(&mut tail, &mut records);
        look(&mut tail, &mut records);
        assert_eq!(records.iter().map(|record| record.context).collect::<Vec<_>>(), [marked; 3]);
        writer.lines(1);
        records.clear();
        look(&mut tail, &mut records);
        look(&mut tail, &mut records);
        assert_eq!(records.iter().map(|record| record.context).collect::<Vec<_>>(), [false]);
    }
}

#[test]
fn however_often_a_log_was_full_between_two_looks_only_what_was_deleted_is_lost() {
    let cases = [false, true].into_iter().flat_map(|copy| (1..14_u32).map(move |times| (copy, times)));
    for (copy, times) in cases {
        let mut writer = Writer::new();
        let mut records = Vec::new();
        let mut tail = tail_of(writer.source());
        writer.lines(3);
        writer.rotate(copy);
        writer.lines(3);
        look(&mut tail, &mut records);
        for _ in 0..times {
            writer.lines(2);
            writer.rotate(copy);
        }
        writer.lines(1);
        let mut lost = false;
        for _ in 0..20 {
            let look = tail.look();
            lost |= look.lost;
            records.extend(look.records);
        }
        // Ten are kept; the one that was followed when the looks began is read by its handle where it was renamed.
        let deleted = times.saturating_sub(writer.kept + u32::from(!copy));
        let read = u32::try_from(records.len()).unwrap();
        let all = writer.next - 3;
        let missing = if copy && times > writer.kept { 2 * (times - writer.kept) } else { 2 * deleted };
        assert_eq!((read, lost), (all - missing, deleted > 0), "copied and cut: {copy}, {times} times");
    }
}

#[test]
fn archives_that_were_there_already_are_left_alone() {
    let mut writer = Writer::new();
    writer.lines(5);
    writer.rotate(false);
    writer.lines(5);
    writer.rotate(false);
    writer.lines(1);
    let mut records = Vec::new();
    let mut tail = tail_of(writer.source());
    look(&mut tail, &mut records);
    writer.rotate(false);
    writer.lines(1);
    look(&mut tail, &mut records);
    look(&mut tail, &mut records);
    assert_eq!(records.len(), 2);
}

#[test]
fn a_new_version_that_has_archives_already_is_read_from_the_first() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, number: u32| {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, line(number, &format!("number {number}"))).unwrap();
    };
    write("2.9.1/Logs/a.log", 0);
    let mut tail = tail_of(source(&home.path().join("*/Logs/a.log")));
    let mut records = Vec::new();
    look(&mut tail, &mut records);
    write("2.10.1/Logs/a-Archived-00000.log", 1);
    write("2.10.1/Logs/a-Archived-00001.log", 2);
    write("2.10.1/Logs/a.log", 3);
    looks(3, &mut tail, &mut records);
    let told: Vec<(String, bool)> =
        records.iter().map(|record| (record.message.to_string(), record.context)).collect();
    let expected = (0..4).map(|number| (format!("number {number}"), number == 0));
    assert_eq!(told, expected.collect::<Vec<_>>());
}
