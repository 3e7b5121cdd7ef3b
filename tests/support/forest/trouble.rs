//! What can be wrong with a controller, for as long as a test wants it to be.
//!
//! Deliberately absent: what is made of it.

use super::Forest;

/// Mended when dropped.
pub struct Trouble<'a> {
    forest: &'a Forest,
    mends: Vec<Vec<String>>,
}

impl Forest {
    /// Its processes have ended: connections are refused.
    pub fn stopped(&self, controller: &str) -> Trouble<'_> {
        self.act(&["down", controller]);
        self.trouble(&[&["up", controller]])
    }

    /// Connections are taken, and nobody answers.
    pub fn frozen(&self, controller: &str) -> Trouble<'_> {
        self.act(&["freeze", controller]);
        self.trouble(&[&["thaw", controller]])
    }

    /// It learns nothing from the other one.
    pub fn lagging(&self, controller: &str) -> Trouble<'_> {
        self.act(&["inbound", controller, "off"]);
        self.trouble(&[&["inbound", controller, "on"]])
    }

    /// Started anew with these lines in its settings.
    pub fn changed(&self, controller: &str, lines: &[&str]) -> Trouble<'_> {
        let trouble = self.trouble(&[&["down", controller], &["up", controller]]);
        self.act(&["down", controller]);
        self.act(&[&["up", controller], lines].concat());
        trouble
    }

    /// The same with a certificate for that name, which ends in so many days.
    pub fn certified(&self, controller: &str, (file, name, days): (&str, &str, i32)) -> Trouble<'_> {
        self.act(&["certificate", file, name, &days.to_string()]);
        let certificate = self.authority(file);
        let key = certificate.with_extension("key");
        let line = |key: &str, path: &std::path::Path| format!("tls {key} = {}", path.display());
        let lines = [line("certfile", &certificate), line("keyfile", &key)];
        self.changed(controller, &lines.each_ref().map(String::as_str))
    }

    fn trouble(&self, mends: &[&[&str]]) -> Trouble<'_> {
        let mends = mends.iter().map(|mend| mend.iter().map(ToString::to_string).collect()).collect();
        Trouble { forest: self, mends }
    }
}

impl Drop for Trouble<'_> {
    fn drop(&mut self) {
        for mend in &self.mends {
            self.forest.act(&mend.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}
