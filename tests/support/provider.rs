//! A certified `OpenID` provider of other makers to sign in at, and the person at the browser.
//!
//! Relies on `oidc/`: node, and what `npm ci` puts there. Its certificate is issued here, by an authority of its own, and
//! nothing else is trusted. Deliberately absent: what the answers should be.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use mdi_console::clock::{Clock, Driven};
use mdi_console::portal::client::{Client, Patience};
use mdi_console::portal::token::{Application, Login};
use mdi_console::trust::Trust;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PKCS_RSA_SHA256};
use zeroize::Zeroizing;

pub const CLIENT_SECRET: &str = "The-Client-Secret-1";

pub struct Provider {
    child: Child,
    says: BufReader<ChildStdout>,
    hears: Option<ChildStdin>,
    folder: tempfile::TempDir,
    pub issuer: String,
    pub driven: Driven,
}

impl Provider {
    /// `None`, said aloud: this machine has no such peer.
    pub fn start() -> Option<Self> {
        let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
        let here =
            node.is_ok_and(|ended| ended.success()) && scripts().join("node_modules/oidc-provider").is_dir();
        if !here {
            let lacks = "node, or what `npm ci --prefix tests/support/oidc` installs";
            let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
            assert!(!required, "MDI_CONSOLE_PEERS=require, and this machine lacks {lacks}");
            println!("skipped: no OpenID provider to meet; this machine lacks {lacks}");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        certify(folder.path());
        let files = ["key.pem", "certificate.pem", "application.pem"].map(|name| folder.path().join(name));
        let mut child = Command::new("node")
            .arg(scripts().join("server.mjs"))
            .args(files)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let hears = child.stdin.take();
        let mut says = BufReader::new(child.stdout.take().expect("its output"));
        let issuer = line(&mut says);
        assert!(issuer.starts_with("https://localhost:"), "it says {issuer:?}");
        // Its own clock is the system's until it is put forward.
        let driven = Driven::new(jiff::Timestamp::now());
        Some(Self { child, says, hears, folder, issuer, driven })
    }

    pub fn clock(&self) -> Clock {
        self.driven.clock()
    }

    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    pub fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("a file")
    }

    /// The real client, which believes this provider's authority alone.
    pub fn client(&self) -> Client {
        let trust = Trust::pinned(self.file("authority.pem").as_bytes()).expect("an authority");
        Client::new(&trust, &self.clock(), Patience::default())
    }

    pub fn login(&self, client_id: &str) -> Login {
        Login {
            authority: format!("{}/contoso.test", self.issuer),
            client_id: client_id.into(),
            scope: "openid offline_access SecurityIdentitiesSensors.Read.All".into(),
            verification_hosts: Vec::new(),
        }
    }

    /// As which the application signs in by itself.
    pub fn application(&self) -> Application {
        let (certificate, key) = (self.file("application.pem"), Zeroizing::new(self.file("application.key")));
        Application::by_certificate(certificate.as_bytes(), key).expect("a certificate and its key")
    }

    /// Puts the provider's clock forward; the console's stays.
    pub fn forward(&mut self, time: Duration) {
        let hears = self.hears.as_mut().expect("it listens");
        writeln!(hears, "{}", time.as_secs()).expect("it listens");
        assert_eq!(line(&mut self.says), "forward");
    }

    /// Somebody opens the address, enters the code, and approves or declines.
    pub fn person(&self, address: &str, code: &str, act: &str) {
        let ran = Command::new("node")
            .arg(scripts().join("person.mjs"))
            .args([address, code, act])
            .env("NODE_EXTRA_CA_CERTS", self.authority())
            .output()
            .expect("node runs");
        assert!(ran.status.success(), "{act}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/oidc")
}

/// What the script says; the library's own notices are between its lines.
fn line(says: &mut BufReader<ChildStdout>) -> String {
    let mut lines = says.lines().map(|line| line.expect("a line"));
    lines.find(|line| !line.starts_with("oidc-provider ")).unwrap_or_default()
}

/// An authority, the provider's certificate by it, and the application's, which nobody issued but itself.
fn certify(folder: &Path) {
    let put = |name: &str, text: String| std::fs::write(folder.join(name), text).expect("a file");
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Provider's Issuer");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer =
        CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an issuer");
    let key = KeyPair::generate().expect("a key");
    let mut leaf = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    // Two of one name would be taken for one that signed itself.
    leaf.distinguished_name.push(DnType::CommonName, "localhost");
    put("certificate.pem", leaf.signed_by(&key, &issuer).expect("a certificate").pem());
    put("key.pem", key.serialize_pem());
    put("authority.pem", issuer.pem());
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).expect("a key");
    let application = CertificateParams::default().self_signed(&key).expect("a certificate");
    put("application.pem", application.pem());
    put("application.key", key.serialize_pem());
}
