//! Two replicating Samba domain controllers of one domain, and the console's own clients as they meet them.
//!
//! Relies on `samba-dc.sh` beside it. One forest for all tests of a process, since making it takes longer than any of
//! them; they enter one after the other, and what one broke is whole again before the next. It ends with the process,
//! however that ends. Every attempt has a permit of a ledger of its own, so that the guard, which would rightly stop a
//! table of wrong passwords, has nothing to add up. Deliberately absent: what the answers should be.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use mdi_console::clock::Clock;
use mdi_console::directory::ldap::{Credential, Patience};
use mdi_console::directory::lockout::{Charge, Permit, Request};
use mdi_console::directory::{Account, Answer, Controller, Protocol, Standing, Tested, kerberos, ldap};
use mdi_console::engine::ledger::LedgerFile;
use mdi_console::secret::Secret;
use mdi_console::trust::Trust;
use tokio::sync::{Mutex, MutexGuard, OnceCell};
use zeroize::Zeroizing;

#[path = "forest/opinion.rs"]
mod opinion;
#[path = "forest/oracle.rs"]
mod oracle;
#[path = "forest/service_control.rs"]
mod service_control;
#[path = "forest/trouble.rs"]
mod trouble;
#[path = "forest/verify.rs"]
mod verify;

pub use opinion::{Opinion, Over};
pub use oracle::Seen;
pub use verify::{started, text};

pub const DOMAIN: &str = "contoso.test";
/// Of every account, unless a test changed it.
pub const RIGHT: &str = "Svc-Pass-123!";
/// svc-rotate's, before that.
pub const PREVIOUS: &str = "Svc-Pass-122!";
pub const BEFORE_PREVIOUS: &str = "Svc-Pass-121!";
pub const WRONG: &str = "Not-The-Password-1!";
const ADMINISTRATOR: (&str, &str) = ("Administrator@contoso.test", "Admin-Pass-123!");

pub struct Forest {
    folder: PathBuf,
    /// The first is the PDC emulator.
    pub controllers: [Controller; 2],
}

impl Forest {
    /// `None`, said aloud: this machine has no Samba.
    pub async fn enter() -> Option<MutexGuard<'static, Self>> {
        static FOREST: OnceCell<Result<Mutex<Forest>, String>> = OnceCell::const_new();
        let (all_here, lacks) = script(["missing"]);
        if !all_here {
            let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
            assert!(!required, "MDI_CONSOLE_PEERS=require, and this machine lacks {lacks}");
            println!("skipped: no Samba to meet; this machine lacks {lacks}");
            return None;
        }
        let forest = FOREST.get_or_init(|| async { Self::start().map(Mutex::new) }).await;
        match forest {
            Ok(forest) => Some(forest.lock().await),
            Err(why) => panic!("no forest: {why}"),
        }
    }

    fn start() -> Result<Self, String> {
        let folder = tempfile::tempdir().expect("a folder").keep();
        let process = std::process::id().to_string();
        let (started, said) = script([Path::new("start"), &folder, process.as_ref()]);
        if !started {
            return Err(said);
        }
        let controllers = [("dc1", "127.0.52.1", true), ("dc2", "127.0.52.2", false)];
        let controllers = controllers.map(|(name, address, pdc)| {
            let address: IpAddr = address.parse().expect("an address");
            let at = |port: u16| Some(SocketAddr::from((address, port)));
            Controller {
                also: Vec::new(),
                host: format!("{name}.{DOMAIN}").into(),
                ldaps: at(636),
                ldap: at(389),
                kerberos: at(88),
                pdc_emulator: Some(pdc),
            }
        });
        Ok(Self { folder, controllers })
    }

    /// Of the authority that signed the controllers' certificates, or of another.
    pub fn authority(&self, name: &str) -> PathBuf {
        self.folder.join("tls").join(name).with_extension("pem")
    }

    pub fn folder(&self) -> tempfile::TempDir {
        tempfile::tempdir_in(&self.folder).expect("a folder")
    }

    pub fn ldap(&self) -> ldap::Client {
        self.ldap_trusting("ca")
    }

    pub fn ldap_trusting(&self, authority: &str) -> ldap::Client {
        let authority = std::fs::read(self.authority(authority)).expect("an authority");
        ldap::Client::new(Trust::pinned(&authority).expect("trust"), Clock::system()).with_patience(PATIENCE)
    }

    pub fn permit(&self, controller: &Controller, protocol: Protocol, name: &str) -> Permit {
        let folder = self.folder();
        let request = Request {
            account: account(name).key(),
            controllers: vec![controller.host.clone()],
            protocol,
            charge: Charge::Account,
            typed_account_name: false,
            retest_of_current: false,
            unseen: false,
            lockout_window: Duration::from_hours(1),
        };
        let ledger = LedgerFile::in_folder(folder.path()).expect("a ledger");
        let reserved = ledger.reserve(&request, &[], Clock::system().now().wall).expect("a permit");
        reserved.permits.into_iter().next().expect("one")
    }

    pub async fn test(&self, to: &Controller, protocol: Protocol, (name, password): (&str, &str)) -> Tested {
        let permit = self.permit(to, protocol, name);
        let credential = credential(name, password);
        match protocol {
            Protocol::Ldap => self.ldap().test(permit, to, credential).await,
            Protocol::Kerberos => kerberos().test(permit, to, credential).await,
        }
    }

    pub async fn answer(&self, to: &Controller, protocol: Protocol, who: (&str, &str)) -> Answer {
        self.test(to, protocol, who).await.answer
    }

    /// What a reader account sees at that controller.
    pub async fn standing(&self, at: &Controller, reader: &str, name: &str) -> Standing {
        let reader = credential(reader, RIGHT);
        let standing = self.ldap().standing(at, reader, &account(name)).await;
        standing.expect("readable")
    }

    /// What the controller counts for the account. One that has never counted has no number.
    pub async fn failures(&self, at: &Controller, name: &str) -> i64 {
        let standing = self.standing(at, "svc-reader", name).await;
        standing.account.bad_password_count.unwrap_or(0).into()
    }

    /// The administrator sets it anew, there.
    pub fn set_password(&self, at: &Controller, name: &str, password: &str) {
        let quoted = format!("\"{password}\"");
        let bytes: Vec<u8> = quoted.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
        let ldif = format!(
            "dn: {}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: {encoded}\n",
            distinguished_name(name)
        );
        let mut change = self.openldap("ldapmodify", at, Over::Tls);
        change.args(["-D", ADMINISTRATOR.0, "-w", ADMINISTRATOR.1]);
        let output = fed(change, ldif.as_bytes());
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Waits until both controllers have the same password of it.
    pub fn replicated(&self, name: &str) {
        self.act(&["replicated", name]);
    }

    /// A client of `OpenLDAP`'s. TLS it verifies.
    fn openldap(&self, program: &str, at: &Controller, over: Over) -> Command {
        let mut command = Command::new(program);
        command.env("LDAPTLS_CACERT", self.authority("ca")).env("LDAPTLS_REQCERT", "demand");
        let scheme = if over == Over::Tls { "ldaps" } else { "ldap" };
        command.args(["-x", "-H", &format!("{scheme}://{}", at.ldap.expect("a port").ip())]);
        command
    }

    fn act(&self, arguments: &[&str]) {
        let [act, arguments @ ..] = arguments else { return };
        let all = [Path::new(act), &self.folder].into_iter().chain(arguments.iter().map(Path::new));
        let (done, said) = script(all);
        assert!(done || std::thread::panicking(), "{act} {arguments:?}: {said}");
    }
}

pub fn account(name: &str) -> Account {
    Account { name: name.into(), domain: DOMAIN.into() }
}

pub fn credential(name: &str, password: &str) -> Credential {
    let secret = Arc::new(Secret::new(Zeroizing::new(password.to_owned())));
    Credential { account: account(name), secret }
}

pub fn distinguished_name(name: &str) -> String {
    format!("CN={name},OU=Service Accounts,DC=contoso,DC=test")
}

pub fn kerberos() -> kerberos::Client {
    kerberos::Client::new(Clock::system()).with_patience(PATIENCE)
}

/// Long enough for two busy cores, short enough for a test of silence.
const PATIENCE: Patience = Patience { connect: Duration::from_secs(3), answer: Duration::from_secs(10) };

fn script(arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/samba-dc.sh");
    let ran = Command::new("bash").arg(script).args(arguments).output().expect("bash runs");
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.success(), String::from_utf8_lossy(&said).trim().to_owned())
}

/// Runs it to its end, with that on its standard input.
pub fn fed(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().expect("it starts");
    // One that doesn't listen says so by its output.
    let _ = running.stdin.take().expect("a pipe").write_all(input);
    running.wait_with_output().expect("it ends")
}
