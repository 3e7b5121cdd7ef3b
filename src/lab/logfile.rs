//! The sensors' log files: what a sensor writes, in the real product's grammar, and where.
//!
//! Relies on `std::fs`. Every record is one write. As in the product, errors stand in `Microsoft.Tri.Sensor-Errors.log`
//! and the rest in `Microsoft.Tri.Sensor.log`. Deliberately absent: the updater's logs, secrets, and
//! the size at which a log is full; a scenario says when.

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
pub struct LogFolder(PathBuf);

impl LogFolder {
    pub fn new(folder: &Path) -> Self {
        Self(std::path::absolute(folder).unwrap_or_else(|_| folder.into()))
    }

    /// Glob patterns of a host's logs, over every version.
    pub fn patterns(&self, host: &str) -> Vec<String> {
        let base = self.0.join(host).join(PRODUCT);
        let base = glob::Pattern::escape(&base.to_string_lossy());
        [LOG, ERRORS].iter().map(|name| format!("{base}/*/Logs/{name}")).collect()
    }

    fn of(&self, sensor: &Sensor) -> PathBuf {
        self.0.join(sensor.host()).join(PRODUCT).join(sensor.version).join("Logs")
    }

    /// A full log is renamed, counting up; the next record begins a new one.
    pub fn rotate(&self, sensor: &Sensor) -> io::Result<()> {
        let folder = self.of(sensor);
        for name in [LOG, ERRORS] {
            let stem = name.trim_end_matches(".log");
            let archive = |number: u32| folder.join(format!("{stem}-Archived-{number:05}.log"));
            let free = (0..).map(archive).find(|path| !path.exists());
            fs::rename(folder.join(name), free.ok_or(io::ErrorKind::AlreadyExists)?)?;
        }
        Ok(())
    }

    pub fn append(&self, sensor: &Sensor, records: &[Record]) -> io::Result<()> {
        let folder = self.of(sensor);
        fs::create_dir_all(&folder)?;
        for name in [LOG, ERRORS] {
            let mut file = OpenOptions::new().create(true).append(true).open(folder.join(name))?;
            for record in records.iter().filter(|record| (record.level == Level::Error) == (name == ERRORS)) {
                file.write_all(record.rendered().as_bytes())?;
            }
        }
        Ok(())
    }
}
