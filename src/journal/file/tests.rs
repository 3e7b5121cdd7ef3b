//! The record's file on a real disk, and on one that fails.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::json;
use tempfile::TempDir;

use super::*;

const T: Timestamp = Timestamp::UNIX_EPOCH;

fn folder() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state/records");
    (home, folder)
}

#[test]
fn a_record_is_private_and_continues_where_it_ended() {
    let (_home, folder) = folder();
    let mut journal = JournalFile::create(&folder, "w.jsonl").unwrap();
    journal.append(T, &json!({"n": 1})).unwrap();
    let path = journal.path().to_owned();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&path)), (0o700, 0o600));
    drop(journal);
    let (mut journal, before) = JournalFile::open_existing(&folder, "w.jsonl").unwrap();
    assert_eq!(before.lines.len(), 1);
    journal.append(T, &json!({"n": 2})).unwrap();
    let back = read_record(&path).unwrap();
    assert_eq!((back.lines.len(), back.consistency), (2, Consistency::Consistent));
    assert_eq!(&back.chain, journal.chain());
}

#[test]
fn a_torn_last_line_is_cut_and_noted_and_the_record_goes_on() {
    let (_home, folder) = folder();
    let mut journal = JournalFile::create(&folder, "w.jsonl").unwrap();
    journal.append(T, &json!(1)).unwrap();
    let path = journal.path().to_owned();
    drop(journal);
    OpenOptions::new().append(true).open(&path).unwrap().write_all(br#"{"v":1,"n":2,"t"#).unwrap();
    let (mut journal, before) = JournalFile::open_existing(&folder, "w.jsonl").unwrap();
    assert_eq!(before.torn.map(|torn| (torn.line, torn.bytes)), Some((2, 15)));
    journal.append(T, &json!(2)).unwrap();
    let back = read_record(&path).unwrap();
    assert_eq!((back.lines.len(), back.torn, back.consistency), (2, None, Consistency::Consistent));
}

#[test]
fn only_one_writer_at_a_time() {
    let (_home, folder) = folder();
    let _journal = JournalFile::create(&folder, "w.jsonl").unwrap();
    let second = JournalFile::open_existing(&folder, "w.jsonl");
    assert!(matches!(second, Err(JournalFault::InUse(_))), "{second:?}");
}

#[test]
fn a_record_that_was_changed_is_not_continued_and_not_touched() {
    let (_home, folder) = folder();
    let mut journal = JournalFile::create(&folder, "w.jsonl").unwrap();
    journal.append(T, &json!({"ok": false})).unwrap();
    let path = journal.path().to_owned();
    drop(journal);
    let changed = std::fs::read_to_string(&path).unwrap().replace("false", "true ");
    std::fs::write(&path, &changed).unwrap();
    let refused = JournalFile::open_existing(&folder, "w.jsonl");
    assert!(matches!(refused, Err(JournalFault::NotContinued { .. })), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), changed);
}

#[test]
fn a_folder_or_file_that_others_could_change_is_refused() {
    let check = |what: &str, prepare: &dyn Fn(&Path)| {
        let (_home, folder) = folder();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        prepare(&folder);
        match JournalFile::create(&folder, "new.jsonl") {
            Err(JournalFault::NotOurs { what: found, .. }) => assert_eq!(found, what),
            other => panic!("{what}: {other:?}"),
        }
    };
    let mode =
        |mode| move |at: &Path| std::fs::set_permissions(at, std::fs::Permissions::from_mode(mode)).unwrap();
    check("writable by others", &mode(0o777));
    check("writable by others", &mode(0o770));
    check("a symbolic link", &|at: &Path| {
        std::fs::rename(at, at.with_extension("real")).unwrap();
        symlink(at.with_extension("real"), at).unwrap();
    });
    check("not a folder", &|at: &Path| {
        std::fs::remove_dir(at).unwrap();
        std::fs::write(at, "").unwrap();
    });
}

#[test]
fn a_place_for_folders_is_ours_and_no_one_elses_to_change_unless_it_is_sticky() {
    let check = |mode: u32, refused: bool| {
        let (_home, place) = folder();
        own_place(&place).unwrap();
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(mode)).unwrap();
        let looked = own_place(&place);
        assert_eq!(matches!(looked, Err(JournalFault::NotOurs { .. })), refused, "{mode:o}: {looked:?}");
        assert_eq!(own_folder(&place).is_err(), mode & 0o022 != 0, "a record's own folder is never shared");
    };
    check(0o700, false);
    check(0o755, false);
    check(0o777, true);
    check(0o775, true);
    check(0o1777, false);
}

#[test]
fn a_name_that_is_taken_or_a_link_is_not_written_through() {
    let (_home, folder) = folder();
    drop(JournalFile::create(&folder, "w.jsonl").unwrap());
    assert!(matches!(JournalFile::create(&folder, "w.jsonl"), Err(JournalFault::Io { .. })));
    symlink(folder.join("w.jsonl"), folder.join("link.jsonl")).unwrap();
    assert!(matches!(JournalFile::open_existing(&folder, "link.jsonl"), Err(JournalFault::Io { .. })));
    std::fs::set_permissions(folder.join("w.jsonl"), std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(matches!(JournalFile::open_existing(&folder, "w.jsonl"), Err(JournalFault::NotOurs { .. })));
}

/// A disk that takes `room` bytes, then fails; and that may fail to force or to cut.
#[derive(Debug, Default)]
struct Failing {
    bytes: Vec<u8>,
    room: usize,
    force_fails: bool,
    cut_fails: bool,
    forced: usize,
}

impl Disk for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let fits = bytes.len().min(self.room.saturating_sub(self.bytes.len()));
        self.bytes.extend_from_slice(&bytes[..fits]);
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
    fn force(&mut self) -> io::Result<()> {
        self.forced += 1;
        if self.force_fails { Err(io::Error::other("I/O error")) } else { Ok(()) }
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        if self.cut_fails {
            return Err(io::Error::other("I/O error"));
        }
        self.bytes.truncate(usize::try_from(length).unwrap());
        Ok(())
    }
}

fn on(disk: Failing) -> JournalFile<Failing> {
    JournalFile { path: "w.jsonl".into(), disk, chain: Chain::default(), length: 0, broken: false }
}

#[test]
fn a_failed_write_leaves_the_record_as_it_was() {
    let mut journal = on(Failing { room: 200, ..Failing::default() });
    journal.append(T, &json!(1)).unwrap();
    let good = journal.disk.bytes.clone();
    assert!(matches!(journal.append(T, &json!(2)), Err(JournalFault::NotWritten { .. })));
    assert_eq!(journal.disk.bytes, good);
    journal.disk.force_fails = true;
    journal.disk.room = 4096;
    assert!(matches!(journal.append(T, &json!(2)), Err(JournalFault::NotWritten { .. })));
    assert_eq!(journal.disk.bytes, good);
    journal.disk.force_fails = false;
    journal.append(T, &json!(2)).unwrap();
    let back = read(&journal.disk.bytes);
    assert_eq!((back.lines.len(), back.consistency), (2, Consistency::Consistent));
}

#[test]
fn a_record_that_can_not_be_cut_back_takes_nothing_more() {
    let mut journal = on(Failing { room: 10, cut_fails: true, ..Failing::default() });
    assert!(matches!(journal.append(T, &json!(1)), Err(JournalFault::NotWritten { .. })));
    journal.disk.room = 4096;
    assert!(matches!(journal.append(T, &json!(1)), Err(JournalFault::Broken(_))));
}

#[test]
fn lines_written_together_are_forced_once_and_stand_whole_or_not_at_all() {
    let mut journal = on(Failing { room: 4096, ..Failing::default() });
    journal.append(T, &json!(1)).unwrap();
    let good = journal.disk.bytes.clone();
    let three = |journal: &JournalFile<Failing>| {
        let mut together = Together::after(journal);
        let lines: Vec<Line> = (2..5).map(|n| together.add(T, &json!(n)).unwrap()).collect();
        (together, lines)
    };
    journal.disk.force_fails = true;
    let (together, _) = three(&journal);
    assert!(matches!(journal.write(together), Err(JournalFault::NotWritten { .. })));
    assert_eq!(journal.disk.bytes, good);
    journal.disk.force_fails = false;
    let forced = journal.disk.forced;
    let (together, lines) = three(&journal);
    journal.write(together).unwrap();
    assert_eq!(journal.disk.forced, forced + 1);
    let back = read(&journal.disk.bytes);
    assert_eq!((back.lines.len(), back.consistency), (4, Consistency::Consistent));
    assert_eq!(lines.last().map(|line| &line.seal), journal.chain().last.as_ref());
}
