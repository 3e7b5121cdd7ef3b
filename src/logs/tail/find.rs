//! Finds a source's files: those that match its patterns, in the newest version folder, archives aside.
//!
//! Blocking. Relies on the sensor's layout, `…\<version>\Logs\<name>.log`, where versions compare as numbers.
//! Deliberately absent: opening anything.

use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, glob_with};

use crate::logs::source::Unreachable;
use crate::text::Safe;

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// The files to follow, in the order of their names.
pub fn newest(patterns: &[String]) -> Result<Vec<PathBuf>, Unreachable> {
    all(patterns).map(only_newest)
}

/// The same of every version.
pub fn all(patterns: &[String]) -> Result<Vec<PathBuf>, Unreachable> {
    let mut paths = Vec::new();
    let mut fault = None;
    for pattern in patterns {
        let found = matching(pattern)?;
        if found.is_empty() {
            fault = fault.or_else(|| missing_folder(pattern));
        }
        paths.extend(found);
    }
    paths.sort();
    paths.dedup();
    match fault {
        Some(fault) if paths.is_empty() => Err(fault),
        _ => Ok(paths),
    }
}

fn matching(pattern: &str) -> Result<Vec<PathBuf>, Unreachable> {
    if pattern.starts_with(r"\\") || pattern.starts_with("//") {
        return Err(Unreachable::Share { pattern: Safe::new(pattern) });
    }
    let matches = glob_with(&any_case(pattern), OPTIONS).map_err(|error| Unreachable::Pattern {
        pattern: Safe::new(pattern),
        reason: Safe::new(error.msg),
    })?;
    let mut found = Vec::new();
    for entry in matches {
        match entry {
            Ok(path) if !is_archive(&path) => found.push(path),
            Ok(_) => {}
            Err(error) => return Err(super::file::fault(error.path(), error.error())),
        }
    }
    Ok(found)
}

/// A name without a wildcard would be looked up as it is written, case and all; one letter in brackets makes it matched.
fn any_case(pattern: &str) -> String {
    let at = pattern.rfind('/').map_or(0, |at| at.saturating_add(1));
    let Some((folder, name)) = pattern.split_at_checked(at) else { return pattern.to_owned() };
    match name.find(|c: char| c.is_ascii_alphabetic()).and_then(|at| name.split_at_checked(at)) {
        Some((before, rest)) if !name.contains(['*', '?', '[']) => {
            let (letter, rest) = rest.split_at_checked(1).unwrap_or((rest, ""));
            format!("{folder}{before}[{letter}]{rest}")
        }
        _ => pattern.to_owned(),
    }
}

/// A full file is renamed `<name>-Archived-00000`; nothing is added to it any more.
fn is_archive(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().to_ascii_lowercase().contains("-archived-"))
}

/// The folder that stands before the first wildcard, if it isn't there.
fn missing_folder(pattern: &str) -> Option<Unreachable> {
    let wild = pattern.find(['*', '?', '[']).unwrap_or(pattern.len());
    let folder = Path::new(pattern.get(..pattern.get(..wild)?.rfind('/')?)?);
    match folder.metadata() {
        _ if folder.as_os_str().is_empty() => None,
        Ok(_) => None,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Some(Unreachable::NoFolder { folder: Safe::from(folder.display().to_string()) })
        }
        Err(error) => Some(super::file::fault(folder, &error)),
    }
}

/// Of paths that differ only in a version, keeps the newest.
fn only_newest(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut kept: Vec<(PathBuf, Vec<u64>, PathBuf)> = Vec::new();
    for path in paths {
        let (shape, version) = split_version(&path);
        match kept.iter_mut().find(|(other, ..)| *other == shape) {
            Some(entry) if entry.1 < version => *entry = (shape, version, path),
            Some(entry) if entry.1 > version => {}
            Some(_) if version.is_empty() => {}
            _ => kept.push((shape, version, path)),
        }
    }
    kept.into_iter().map(|(_, _, path)| path).collect()
}

/// A path with its last version folder taken out, and that version.
fn split_version(path: &Path) -> (PathBuf, Vec<u64>) {
    let mut version = Vec::new();
    let mut shape: Vec<Component> = path.components().collect();
    if let Some((at, found)) = shape
        .iter()
        .enumerate()
        .filter_map(|(at, part)| Some((at, read_version(&part.as_os_str().to_string_lossy())?)))
        .next_back()
    {
        shape.remove(at);
        version = found;
    }
    // Names without regard to case, as on the host they come from.
    let shape: PathBuf = shape.iter().collect();
    (shape.to_string_lossy().to_lowercase().into(), version)
}

/// `2.191.15751.45259` as numbers; at least two of them, so that no ordinary folder is taken for a version.
fn read_version(name: &str) -> Option<Vec<u64>> {
    let numbers: Option<Vec<u64>> = name.split('.').map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_taken_by_number_and_archives_are_left() {
        let home = tempfile::tempdir().unwrap();
        let file = |path: &str| {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        };
        for path in [
            "2.99.1.2/Logs/Microsoft.Tri.Sensor.log",
            "2.191.15751.45259/Logs/Microsoft.Tri.Sensor.log",
            "2.191.15751.45259/Logs/microsoft.tri.sensor-errors.log",
            "2.191.15751.9/Logs/Microsoft.Tri.Sensor.log",
            "2.191.15751.45259/Logs/Microsoft.Tri.Sensor-Archived-00000.log",
        ] {
            file(path);
        }
        let check = |patterns: &[&str], expected: &[&str]| {
            let patterns: Vec<String> =
                patterns.iter().map(|pattern| format!("{}/{pattern}", home.path().display())).collect();
            let found = newest(&patterns).unwrap();
            let found: Vec<String> = found
                .iter()
                .map(|path| path.strip_prefix(home.path()).unwrap().display().to_string())
                .collect();
            assert_eq!(found, expected, "{patterns:?}");
        };
        let newest = [
            "2.191.15751.45259/Logs/Microsoft.Tri.Sensor.log",
            "2.191.15751.45259/Logs/microsoft.tri.sensor-errors.log",
        ];
        check(&["*/Logs/Microsoft.Tri.Sensor*"], &newest);
        check(&["*/Logs/*.log"], &newest);
        check(&["*/Logs/Microsoft.Tri.Sensor-Errors.log"], &newest[1..]);
        check(&["*/Logs/Microsoft.Tri.Sensor.log", "*/Logs/*Sensor.log"], &newest[..1]);
        check(&["2.99.1.2/Logs/*"], &["2.99.1.2/Logs/Microsoft.Tri.Sensor.log"]);
        check(&["*/Logs/nothing"], &[]);
    }

    #[test]
    fn what_keeps_files_from_being_found_has_a_name() {
        let home = tempfile::tempdir().unwrap();
        let gone = home.path().join("share");
        let folder = Safe::from(gone.display().to_string());
        let no_folder = Err(Unreachable::NoFolder { folder });
        assert_eq!(newest(&[format!("{}/*/Logs/*.log", gone.display())]), no_folder);
        assert_eq!(newest(&[format!("{}/x.log", gone.display())]), no_folder);
        assert!(matches!(newest(&["a/[".to_owned()]), Err(Unreachable::Pattern { .. })));
        for share in [r"\\dc1\c$\Logs\*.log", "//dc1/c$/Logs/*.log"] {
            let fault = newest(&[share.to_owned()]).unwrap_err();
            assert!(fault.to_string().contains("mount the share"), "{fault}");
        }
    }
}
