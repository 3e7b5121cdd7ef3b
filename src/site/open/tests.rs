//! Site files on a disk: which are read, and which are refused for who could have written them.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;
use crate::portal::token::Proof;

const LEAST: &str = r#"
[workspace]
name = "contoso-corp"
[cloud]
name = "global"
tenant = "contoso.onmicrosoft.com"
client_id = "11111111-2222-3333-4444-555555555555"
[[domain]]
name = "contoso.test"
"#;

/// A folder with a good site file in it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("site.toml", LEAST, 0o600);
        place
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str, mode: u32) {
        fs::write(self.at(name), text).unwrap();
        self.mode(name, mode);
    }

    fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.at(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn folder(&self, name: &str, mode: u32) {
        fs::create_dir(self.at(name)).unwrap();
        self.mode(name, mode);
    }

    fn open(&self, name: &str) -> Result<Opened, NotOpened> {
        site(Some(&self.at(name)))
    }

    /// What is said of a file that is not used.
    fn said(&self, name: &str) -> String {
        self.open(name).map(|opened| opened.origin).expect_err(name).to_string()
    }
}

#[test]
fn a_file_of_ones_own_is_read_and_named_by_path_and_hash() {
    let place = Place::new();
    let opened = place.open("site.toml").unwrap();
    assert_eq!(opened.file.name.as_str(), "contoso-corp");
    assert_eq!(opened.origin.path.as_str(), place.at("site.toml").to_str().unwrap());
    let hash: String = Sha256::digest(LEAST).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((opened.origin.hash.as_str(), opened.ca), (hash.as_str(), None));
    place.write("marked.toml", &format!("\u{feff}{LEAST}"), 0o644);
    assert!(place.open("marked.toml").is_ok());
}

#[test]
fn a_file_that_others_can_write_is_refused_with_what_to_do() {
    let place = Place::new();
    for mode in [0o620, 0o602, 0o666] {
        place.mode("site.toml", mode);
        let said = place.said("site.toml");
        assert!(said.contains(&format!("can be written by others (mode {mode:o})")), "{said}");
        assert!(said.contains("Nothing was started") && said.contains("chmod go-w"), "{said}");
    }
}

#[test]
fn a_folder_above_it_that_others_can_write_is_enough_to_refuse_it() {
    let place = Place::new();
    place.folder("open", 0o777);
    place.folder("open/own", 0o700);
    place.write("open/own/site.toml", LEAST, 0o600);
    assert!(place.said("open/own/site.toml").contains("/open can be written by others"));
    // Where nobody can replace what isn't theirs, it will do.
    place.mode("open", 0o1777);
    assert!(place.open("open/own/site.toml").is_ok());
}

#[test]
fn a_symlink_is_followed_and_judged_by_where_it_leads() {
    let place = Place::new();
    symlink("site.toml", place.at("link.toml")).unwrap();
    assert!(place.open("link.toml").is_ok());
    place.folder("open", 0o777);
    place.write("open/site.toml", LEAST, 0o600);
    symlink(place.at("open/site.toml"), place.at("absolute.toml")).unwrap();
    symlink("open", place.at("folder")).unwrap();
    place.folder("sub", 0o700);
    symlink("../folder/site.toml", place.at("sub/up.toml")).unwrap();
    for name in ["absolute.toml", "folder/site.toml", "sub/up.toml"] {
        assert!(place.said(name).contains("/open can be written by others"), "{name}");
    }
    symlink("round.toml", place.at("round.toml")).unwrap();
    assert!(place.said("round.toml").contains("too many symlinks"));
}

#[test]
fn the_ca_file_is_held_to_the_same_and_looked_for_beside_the_site_file() {
    let place = Place::new();
    place.write("with.toml", &format!("{LEAST}[directory]\nca_file = \"ca.pem\""), 0o600);
    assert!(place.said("with.toml").starts_with(&format!("the CA file {}", place.at("ca.pem").display())));
    place.write("ca.pem", "a certificate", 0o600);
    assert_eq!(place.open("with.toml").unwrap().ca.as_deref(), Some(b"a certificate".as_slice()));
    place.mode("ca.pem", 0o622);
    assert!(place.said("with.toml").contains("ca.pem can be written by others"));
}

#[test]
fn what_is_no_site_file_is_said_to_be_none() {
    let place = Place::new();
    assert!(place.said("nothing.toml").contains("try `mdi-console lab`"));
    place.folder("folder", 0o700);
    assert!(place.said("folder").contains("is not a file"));
    fs::write(place.at("bytes.toml"), b"\xff\xfe").unwrap();
    place.mode("bytes.toml", 0o600);
    assert!(place.said("bytes.toml").contains("is not UTF-8"));
    place.write("long.toml", &"#".repeat(1_100_000), 0o600);
    assert!(place.said("long.toml").contains("larger than"));
    place.write("wrong.toml", "nmae = 1", 0o600);
    assert!(place.said("wrong.toml").contains("wrong.toml:1:1: nmae: "));
}

#[test]
fn unless_one_is_named_only_the_users_own_configuration_is_looked_at() {
    let usual = usual().unwrap();
    assert!(usual.is_absolute() && usual.ends_with("mdi-console/mdi-console.toml"), "{usual:?}");
}

#[test]
fn a_secrets_file_is_ones_own_and_nobody_elses_to_read() {
    let place = Place::new();
    let with = LEAST.replacen("tenant", "client_secret_file = \"./secret\"\ntenant", 1);
    place.write("site.toml", &with, 0o644);
    let asked = || {
        let opened = place.open("site.toml").unwrap();
        application(&opened.file.application.unwrap().sign_in).map(|found| found.map(|one| one.secret))
    };
    let said = || asked().map(|_| ()).unwrap_err().to_string();
    assert!(said().starts_with(&format!("the client secret's file {}", place.at("./secret").display())));
    place.write("secret", "hunter2\n", 0o600);
    assert_eq!(asked().unwrap().unwrap().expose(), "hunter2");
    for (mode, shut) in [(0o400, false), (0o640, true), (0o604, true), (0o610, true), (0o700, true)] {
        place.mode("secret", mode);
        assert_eq!(asked().is_err(), shut, "{mode:o}");
    }
    assert!(said().contains("can be read by others (mode 700)") && said().contains("chmod 600"));
    place.write("secret", "\n", 0o600);
    assert!(said().contains("is empty"));
    assert!(!said().contains("hunter2"));
}

#[test]
fn a_certificate_and_its_key_are_read_together_and_must_belong_together() {
    let place = Place::new();
    let with = LEAST.replacen("tenant", "certificate_file = \"a.pem\"\nkey_file = \"./a.key\"\ntenant", 1);
    place.write("site.toml", &with, 0o644);
    let asked = || {
        let opened = place.open("site.toml").unwrap();
        application(&opened.file.application.unwrap().sign_in).map(|found| found.map(|one| one.proof))
    };
    let said = || asked().map(|_| ()).unwrap_err().to_string();
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
    place.write("a.pem", &certificate.pem(), 0o644);
    assert!(said().starts_with("the key's file"), "{}", said());
    place.write("a.key", &key.serialize_pem(), 0o640);
    assert!(said().contains("can be read by others"));
    place.mode("a.key", 0o600);
    assert!(matches!(asked(), Ok(Some(Proof::Certificate { .. }))));
    place.write(
        "a.key",
        &rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem(),
        0o600,
    );
    assert!(said().contains("is not the certificate's own"));
}
