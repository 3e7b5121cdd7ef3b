//! A second opinion: what `OpenLDAP`'s own client is answered for the same name and password.
//!
//! Relies on `ldapsearch -s base`, for Samba has no `WhoAmI`. The password comes from a file, so that its every byte is
//! its own. Deliberately absent: Kerberos.

use std::process::Command;

use mdi_console::directory::Controller;

use super::Forest;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opinion {
    Accepted,
    /// Result 49, with this sub-code.
    Refused(String),
    /// Another result.
    Result(i32),
}

/// How it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Tls,
    StartTls,
    Clear,
}

impl Forest {
    /// `name` in whatever form.
    pub fn opinion(&self, at: &Controller, over: Over, (name, password): (&str, &str)) -> Opinion {
        let (mut search, _kept) = self.ldapsearch(at, over, (name, password));
        let output = search.output().expect("ldapsearch runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let sub_code = || said.split("data ").nth(1).and_then(|rest| rest.split(',').next());
        match output.status.code() {
            Some(0) => Opinion::Accepted,
            Some(49) => Opinion::Refused(sub_code().unwrap_or_default().to_owned()),
            code => Opinion::Result(code.unwrap_or(-1)),
        }
    }

    /// One bind and one search of the root. The folder holds the password.
    pub fn ldapsearch(&self, at: &Controller, over: Over, who: (&str, &str)) -> (Command, tempfile::TempDir) {
        let folder = self.folder();
        let file = folder.path().join("password");
        std::fs::write(&file, who.1).expect("a file");
        let mut search = self.openldap("ldapsearch", at, over);
        if over == Over::StartTls {
            search.arg("-ZZ");
        }
        search.args(["-LLL", "-o", "nettimeout=10", "-D", who.0, "-y"]).arg(file);
        search.args(["-b", "", "-s", "base", "currentTime"]);
        (search, folder)
    }
}
