//! The package in a root of its own, put there by dpkg and taken away again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::package::{lacking, package, said};

pub struct Root(TempDir);

impl Root {
    /// Installs the package, where there is one.
    pub fn install() -> Option<Self> {
        let package = package()?;
        let root = Self(tempfile::tempdir().unwrap());
        for folder in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log"] {
            fs::create_dir_all(root.path(folder)).unwrap();
        }
        for file in ["status", "available"] {
            fs::write(root.path("var/lib/dpkg").join(file), "").unwrap();
        }
        said(root.dpkg().arg("--install").arg(&package.deb));
        Some(root)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn program(&self) -> PathBuf {
        self.path("usr/bin/mdi-console")
    }

    fn dpkg(&self) -> Command {
        let mut dpkg = Command::new("dpkg");
        // A test's folder belongs to whoever tests, and its path need not hold an administrator's programs.
        dpkg.args(["--force-not-root", "--force-bad-path"]).arg("--root").arg(self.0.path());
        dpkg
    }
}

/// Every file below `usr`, with its mode.
fn listed(root: &Path) -> String {
    let mut find = Command::new("find");
    let told = said(find.arg("usr").args(["-type", "f", "-printf", "%m %p\n"]).current_dir(root));
    let mut lines: Vec<&str> = told.lines().collect();
    lines.sort_unstable_by_key(|line| line.split_once(' ').map(|(_, path)| path));
    lines.join("\n")
}

#[test]
fn the_package_holds_the_program_its_manual_completions_and_an_example_and_goes_without_a_trace() {
    let Some(root) = Root::install() else { return };
    insta::assert_snapshot!("contents", listed(root.0.path()));
    // As it was packed, and belongs to root alone whoever packed it.
    said(root.dpkg().args(["--verify", "mdi-console"]));
    let owned = said(Command::new("dpkg-deb").arg("--contents").arg(package().unwrap().deb));
    assert!(owned.lines().all(|line| line.contains(" root/root ")), "{owned}");

    let unzipped = |path: &str| said(Command::new("gzip").arg("-dc").arg(root.path(path)));
    let printed = |arguments: &[&str]| said(Command::new(env!("CARGO_BIN_EXE_mdi-console")).args(arguments));
    let read = |path: &str| fs::read_to_string(root.path(path)).unwrap();
    assert_eq!(unzipped("usr/share/man/man1/mdi-console.1.gz"), printed(&["man"]));
    for (shell, path) in [
        ("bash", "usr/share/bash-completion/completions/mdi-console"),
        ("zsh", "usr/share/zsh/vendor-completions/_mdi-console"),
        ("fish", "usr/share/fish/vendor_completions.d/mdi-console.fish"),
    ] {
        assert_eq!(read(path), printed(&["completions", shell]));
    }
    let licences = unzipped("usr/share/doc/mdi-console/third-party-licences.gz");
    for one in ["aws-lc-sys", "ldap3_proto", "MPL-2.0", "glibc"] {
        assert!(licences.contains(one), "{one}");
    }

    said(root.dpkg().args(["--purge", "mdi-console"]));
    assert!(!root.path("usr").exists() || listed(root.0.path()).is_empty());
}

#[test]
fn lintian_finds_nothing_to_complain_of() {
    let Some(package) = package() else { return };
    let lintian = Command::new("lintian").args(["--fail-on", "error,warning"]).arg(&package.deb).output();
    let Ok(output) = lintian else { return lacking("this machine lacks lintian") };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
