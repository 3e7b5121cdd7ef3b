//! A Samba domain controller for one test, and the clients as they meet it.
//!
//! Relies on `samba-dc.sh` beside it. Every attempt has a permit of a ledger of its own, so that the guard, which would
//! rightly stop a table of wrong passwords, has nothing to add up. Deliberately absent: what the answers should be.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use mdi_console::clock::Clock;
use mdi_console::directory::ldap::{Credential, Trust};
use mdi_console::directory::lockout::{Charge, Permit, Request};
use mdi_console::directory::{Account, AccountFacts, Controller, Protocol, Tested, kerberos, ldap};
use mdi_console::engine::ledger::LedgerFile;
use mdi_console::secret::Secret;
use zeroize::Zeroizing;

const READER_PASSWORD: &str = "Svc-Pass-123!";

/// Ends when dropped.
pub struct Samba {
    folder: tempfile::TempDir,
    pub controller: Controller,
    ldap: ldap::Client,
}

fn script(arguments: &[&str]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/samba-dc.sh");
    let ran = Command::new("bash").arg(script).args(arguments).output().expect("bash runs");
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.success(), String::from_utf8_lossy(&said).trim().to_owned())
}

impl Samba {
    /// `None`, said aloud: this machine has no Samba.
    pub fn start(address: &str) -> Option<Self> {
        let (all_here, lacks) = script(&["missing"]);
        if !all_here {
            let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
            assert!(!required, "MDI_CONSOLE_PEERS=require, and this machine lacks {lacks}");
            println!("skipped: no Samba to meet; this machine lacks {lacks}");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let domain = folder.path().join("domain");
        let (started, said) = script(&["start", &domain.to_string_lossy(), address]);
        assert!(started, "{said}");
        let ca = std::fs::read(domain.join("tls/ca.pem")).expect("its certificate authority");
        let address: IpAddr = address.parse().expect("an address");
        let at = |port: u16| Some(SocketAddr::from((address, port)));
        let controller = Controller {
            also: Vec::new(),
            host: "dc1.contoso.test".into(),
            ldaps: at(636),
            ldap: at(389),
            kerberos: at(88),
            pdc_emulator: Some(true),
        };
        let ldap = ldap::Client::new(Trust::pinned(&ca).expect("trust"), Clock::system());
        Some(Self { folder, controller, ldap })
    }

    pub fn account(&self, name: &str) -> Account {
        Account { name: name.into(), domain: "contoso.test".into() }
    }

    fn credential(&self, name: &str, password: &str) -> Credential {
        let secret = Arc::new(Secret::new(Zeroizing::new(password.to_owned())));
        Credential { account: self.account(name), secret }
    }

    pub fn kerberos(&self) -> kerberos::Client {
        kerberos::Client::new(Clock::system())
    }

    fn permit(&self, protocol: Protocol, name: &str) -> Permit {
        let folder = tempfile::tempdir_in(self.folder.path()).expect("a folder");
        let request = Request {
            account: self.account(name).key(),
            controllers: vec![self.controller.host.clone()],
            protocol,
            charge: Charge::Account,
            typed_account_name: false,
            retest_of_current: false,
            lockout_window: Duration::from_hours(1),
        };
        let ledger = LedgerFile::in_folder(folder.path()).expect("a ledger");
        let reserved = ledger.reserve(&request, &[], Clock::system().now().wall).expect("a permit");
        reserved.permits.into_iter().next().expect("one")
    }

    pub async fn test(&self, protocol: Protocol, name: &str, password: &str) -> Tested {
        match protocol {
            Protocol::Ldap => {
                let permit = self.permit(protocol, name);
                self.ldap.test(permit, &self.controller, self.credential(name, password)).await
            }
            Protocol::Kerberos => self.test_by(&self.kerberos(), name, password).await,
        }
    }

    pub async fn test_by(&self, client: &kerberos::Client, name: &str, password: &str) -> Tested {
        let permit = self.permit(Protocol::Kerberos, name);
        client.test(permit, &self.controller, self.credential(name, password)).await
    }

    /// What a reader sees of the account.
    pub async fn seen(&self, name: &str) -> AccountFacts {
        let reader = self.credential("svc-reader", READER_PASSWORD);
        let standing = self.ldap.standing(&self.controller, reader, &self.account(name)).await;
        standing.expect("readable").account
    }

    /// What the controller counts for the account.
    pub async fn failures(&self, name: &str) -> i64 {
        self.seen(name).await.bad_password_count.expect("a count").into()
    }
}

impl Drop for Samba {
    fn drop(&mut self) {
        script(&["stop", &self.folder.path().join("domain").to_string_lossy()]);
    }
}
