//! A controller that is asked about its services too: SMB, the service control manager behind it, and a ticket to show.
//!
//! Relies on Debian's winbind and on Samba's own `net`. Deliberately absent: a service of a sensor's; Samba knows its own.

use std::path::{Path, PathBuf};

use super::trouble::Trouble;
use super::{Forest, RIGHT, script};

/// Who serves it; the first one is the others' oracle.
const SERVER: &str = "2";

impl Forest {
    /// The second controller, for as long as this is kept.
    pub fn service_control(&self) -> Trouble<'_> {
        let lines = ["server services = s3fs winbindd rpc ldap cldap kdc drepl kcc dns", "smb ports = 445"];
        self.changed(SERVER, &lines)
    }

    /// Where that account's ticket is.
    pub fn ticket(&self, name: &str) -> PathBuf {
        let at = self.folder.join(format!("ticket-{name}"));
        let who = format!("{name}@CONTOSO.TEST%{RIGHT}");
        let settings = format!("--configfile={}", self.folder.join("dc2/smb.conf").display());
        let get = ["net", "ads", "kerberos", "kinit", "-U", &who, &settings].map(ToOwned::to_owned);
        let (done, said) = script(self.with_ticket(&at, &get).into_iter().skip(2));
        assert!(done && at.exists(), "no ticket for {name}: {said}");
        at
    }

    /// The command, run where names lead to the forest and with that ticket.
    pub fn with_ticket(&self, ticket: &Path, command: &[String]) -> Vec<String> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/samba-dc.sh");
        let ticket = format!("KRB5CCNAME=FILE:{}", ticket.display());
        let before = ["bash", &here.to_string_lossy(), "inside", &self.folder.to_string_lossy(), SERVER];
        let before = before.map(ToOwned::to_owned).into_iter().chain(["env".to_owned(), ticket]);
        before.chain(command.iter().cloned()).collect()
    }
}
