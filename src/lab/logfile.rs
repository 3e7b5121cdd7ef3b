//! The sensors' log files: what a sensor writes, in the real product's grammar, and where.
//!
//! Relies on `std::fs`. Every record is one write. As in the product, errors stand in `Microsoft.Tri.Sensor-Errors.log`
//! and the rest in `Microsoft.Tri.Sensor.log`. Deliberately absent: archives, the updater's logs, secrets.

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

    pub fn append(&self, sensor: &Sensor, records: &[Record]) -> io::Result<()> {
        let folder = self.0.join(sensor.host()).join(PRODUCT).join(sensor.version).join("Logs");
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
