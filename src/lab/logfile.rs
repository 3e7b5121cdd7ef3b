//! The sensors' log files: what a sensor writes, in the real product's grammar, and where.
//!
//! Relies on `std::fs`. Every record is one write. As in the product, errors stand in `Microsoft.Tri.Sensor-Errors.log`
//! and the rest in `Microsoft.Tri.Sensor.log`; a full one becomes an archive: on some hosts by being renamed, on others
//! by being copied and cut. Deliberately absent: the updater's logs, secrets.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::world::fleet::Sensor;

mod sentences;

pub use sentences::{Said, history, said};

const PRODUCT: &str = "Azure Advanced Threat Protection Sensor";
const LOG: &str = "Microsoft.Tri.Sensor.log";
const ERRORS: &str = "Microsoft.Tri.Sensor-Errors.log";
/// Beyond so many archives of a log the oldest is deleted.
const ARCHIVES: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Info,
    Warn,
    Error,
}

/// One record; its text may have several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub at: Timestamp,
    pub level: Level,
    pub component: &'static str,
    pub text: String,
}

impl Record {
    /// As it stands in the file, with Windows's line ends.
    pub fn rendered(&self) -> String {
        let at = self.at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S%.4f");
        let level = match self.level {
            Level::Info => "Info ",
            Level::Warn => "Warn ",
            Level::Error => "Error",
        };
        let text = self.text.replace('\n', "\r\n");
        format!("{at} {level} {} {text}\r\n", self.component)
    }
}

#[derive(Clone, Debug)]
pub struct LogFolder {
    folder: PathBuf,
    /// With so many bytes a log is full.
    full: Option<u64>,
}

impl LogFolder {
    pub fn new(folder: &Path, full: Option<u64>) -> Self {
        Self { folder: std::path::absolute(folder).unwrap_or_else(|_| folder.into()), full }
    }

    /// Glob patterns of a host's logs, over every version.
    pub fn patterns(&self, host: &str) -> Vec<String> {
        let base = self.folder.join(host).join(PRODUCT);
        let base = glob::Pattern::escape(&base.to_string_lossy());
        [LOG, ERRORS].iter().map(|name| format!("{base}/*/Logs/{name}")).collect()
    }

    pub fn append(&self, sensor: &Sensor, records: &[Record]) -> io::Result<()> {
        let folder = self.folder.join(sensor.host()).join(PRODUCT).join(sensor.version).join("Logs");
        fs::create_dir_all(&folder)?;
        for name in [LOG, ERRORS] {
            let log = folder.join(name);
            open(&log)?;
            for record in records.iter().filter(|record| (record.level == Level::Error) == (name == ERRORS)) {
                self.archive_if_full(&log, sensor)?;
                open(&log)?.write_all(record.rendered().as_bytes())?;
            }
        }
        Ok(())
    }

    fn archive_if_full(&self, log: &Path, sensor: &Sensor) -> io::Result<()> {
        let length = fs::metadata(log)?.len();
        if self.full.is_none_or(|full| length < full) {
            return Ok(());
        }
        let mut archives = archives(log)?;
        let next = archives.last().map_or(0, |(number, _)| number.saturating_add(1));
        let archive = archive(log, next);
        if sensor.process.is_multiple_of(8) {
            fs::copy(log, archive)?;
            OpenOptions::new().write(true).truncate(true).open(log)?;
        } else {
            fs::rename(log, archive)?;
        }
        if archives.len() >= ARCHIVES {
            fs::remove_file(archives.swap_remove(0).1)?;
        }
        Ok(())
    }
}

fn open(log: &Path) -> io::Result<fs::File> {
    OpenOptions::new().create(true).append(true).open(log)
}

fn archive(log: &Path, number: u32) -> PathBuf {
    let name = log.file_stem().unwrap_or_default().to_string_lossy();
    log.with_file_name(format!("{name}-Archived-{number:05}.log"))
}

/// Those that there are, by their numbers.
fn archives(log: &Path) -> io::Result<Vec<(u32, PathBuf)>> {
    let name = log.file_stem().unwrap_or_default().to_string_lossy();
    let mut found = Vec::new();
    for entry in fs::read_dir(log.parent().unwrap_or(log))? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let number = stem.strip_prefix(&*name).and_then(|rest| rest.strip_prefix("-Archived-"));
        found.extend(number.and_then(|number| Some((number.parse().ok()?, path))));
    }
    found.sort();
    Ok(found)
}
