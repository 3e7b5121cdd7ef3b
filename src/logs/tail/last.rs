//! The last records of a source, its files merged by the time that was written: refusals stand in a file of their own.
//!
//! Blocking. As far up as is read of any file at its opening. Relies on a log's records standing in the order they were
//! written in. Deliberately absent: archives, and following.

use std::fs;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::{CONTEXT, Source, file, find};
use crate::logs::parse::{Beginning, Encoding, Origin, Parser};
use crate::logs::source::Unreachable;
use crate::logs::{Position, Record};

/// What was read of a source's end.
#[derive(Debug, Default)]
pub struct Last {
    pub records: Vec<Record>,
    /// Of one of its files, what was read is the end of a single record, and so is left out.
    pub cut: bool,
}

/// Those that have no time, and none above them, come first.
pub fn last(source: &Source) -> Result<Last, Unreachable> {
    let (mut all, mut cut) = (Vec::new(), false);
    for path in find::newest(&source.patterns)? {
        let mut since = None;
        let read = of_file(source, &path).map_err(|error| file::fault(&path, &error))?;
        cut |= read.cut;
        for record in read.records {
            since = record.time.or(since);
            all.push((since, record));
        }
    }
    // Stable: what was written at the same moment stays in the order of its file.
    all.sort_by_key(|(time, _)| *time);
    Ok(Last { records: all.into_iter().map(|(_, record)| record).collect(), cut })
}

fn of_file(source: &Source, path: &Path) -> io::Result<Last> {
    let mut file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    // An even number of bytes, so that UTF-16 isn't cut in the middle of a unit.
    let offset = length.saturating_sub(CONTEXT).next_multiple_of(2).min(length);
    let beginning = if offset == 0 {
        Beginning::File
    } else {
        let mut first = [0; 4];
        let read = file.read_at(&mut first, 0)?;
        Beginning::Middle(first.get(..read).and_then(Encoding::of).unwrap_or_default())
    };
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(length.saturating_sub(offset)).read_to_end(&mut bytes)?;
    let at = Position { file: 0, offset };
    let origin = Origin { source: source.id, host: source.host.clone(), at };
    let mut parser = Parser::new(origin, beginning).without_finds().in_parts();
    let mut records = Vec::new();
    parser.push(&bytes, &mut records);
    parser.finish(&mut records);
    // What began before the part that was read could go on with half a secret.
    if offset > 0 && records.first().is_some_and(|record| record.time.is_none()) {
        records.remove(0);
    }
    Ok(Last { cut: records.is_empty() && length > 0, records })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::SourceId;

    fn messages(files: &[(&str, String)]) -> Vec<String> {
        let home = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(home.path().join(name), text).unwrap();
        }
        let patterns = vec![format!("{}/*.log", home.path().display())];
        let records = last(&Source { id: SourceId(0), host: "dc1".into(), patterns }).unwrap().records;
        records.iter().map(|record| record.message.to_string()).collect()
    }

    #[test]
    fn files_are_merged_by_time_and_what_has_none_stays_with_what_is_above_it() {
        let check = |files: &[(&str, &str)], expected: &[&str]| {
            let files: Vec<_> = files.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
            assert_eq!(messages(&files), expected);
        };
        let (one, three) = ("2026-03-04 01:00:00.0000 one\n", "2026-03-04 03:00:00.0000 three\n");
        let two = "2026-03-04 02:00:00.0000 two\n  below two\n";
        check(&[("a.log", two), ("b.log", &format!("{one}{three}"))], &["one", "two", "three"]);
        check(&[("a.log", three), ("b.log", &format!("banner\n{one}"))], &["banner", "one", "three"]);
        check(&[("a.log", &format!("{three}{one}")), ("b.log", two)], &["one", "two", "three"]);
        check(&[("a.log", ""), ("b.log", "x")], &["x"]);
    }

    #[test]
    fn of_a_file_without_a_time_the_last_lines_are_there_and_not_what_its_cut_may_have_halved() {
        use std::fmt::Write as _;
        let mut text = String::new();
        for line in 0..20_000 {
            writeln!(text, "line {line} of a log whose lines have no time").unwrap();
        }
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.log");
        fs::write(&path, &text).unwrap();
        let source =
            Source { id: SourceId(0), host: "dc1".into(), patterns: vec![path.display().to_string()] };
        let records = last(&source).unwrap().records;
        let lines: Vec<_> = records.iter().flat_map(Record::lines).map(ToString::to_string).collect();
        let whole: Vec<_> = text.lines().collect();
        assert!(lines.len() > 1000 && lines.len() < 10_000, "{}", lines.len());
        assert_eq!(lines, whole[whole.len() - lines.len()..]);
    }
    #[test]
    fn a_record_longer_than_what_is_read_is_no_empty_log() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.log");
        let patterns = vec![path.display().to_string()];
        let source = Source { id: SourceId(0), host: "dc1".into(), patterns };
        for (text, cut) in [(String::new(), false), ("x".repeat(300 * 1024), true)] {
            fs::write(&path, text).unwrap();
            let last = last(&source).unwrap();
            assert_eq!((last.records.len(), last.cut), (0, cut));
        }
    }
}
