//! The package, found and held against its promises: how big, how static, of which source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Stripped, and whatever else is packed beside it.
const MOST_BYTES: u64 = 12_000_000;

pub struct Package {
    pub program: PathBuf,
    pub deb: PathBuf,
}

/// What a program said on standard output, having succeeded.
pub fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// `None`, said aloud: nothing of this commit was packed here.
pub fn package() -> Option<Package> {
    let found = find();
    if let Err(lacks) = &found {
        lacking(lacks);
    }
    found.ok()
}

/// Says what can't be held for want of something; where all is required, it fails.
pub fn lacking(lacks: &str) {
    let required = std::env::var_os("MDI_CONSOLE_PEERS").is_some_and(|value| value == "require");
    assert!(!required, "MDI_CONSOLE_PEERS=require, and {lacks}");
    println!("skipped: {lacks}");
}

fn find() -> Result<Package, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("package");
    let version = env!("CARGO_PKG_VERSION");
    let architecture = Command::new("dpkg").arg("--print-architecture").output();
    let architecture = architecture.map_err(|_| "this machine lacks dpkg".to_owned())?;
    let architecture = String::from_utf8(architecture.stdout).unwrap();
    let package = Package {
        program: folder.join(format!("mdi-console-{version}-{}-linux", std::env::consts::ARCH)),
        deb: folder.join(format!("mdi-console_{version}_{}.deb", architecture.trim())),
    };
    if !package.program.exists() || !package.deb.exists() {
        return Err("nothing is packed here: assets/packaging/deb.sh does it".into());
    }
    let told = said(Command::new(&package.program).arg("--version"));
    match head() {
        Some(head) if !told.contains(&format!("commit {head}")) => {
            Err(format!("what is packed here is not of commit {head}: {told}"))
        }
        _ => Ok(package),
    }
}

fn head() -> Option<String> {
    let mut git = Command::new("git");
    git.current_dir(env!("CARGO_MANIFEST_DIR")).args([
        "-c",
        "safe.directory=*",
        "rev-parse",
        "--short=12",
        "HEAD",
    ]);
    let said = git.output().ok().filter(|said| said.status.success())?;
    Some(String::from_utf8(said.stdout).ok()?.trim().to_owned())
}

#[test]
fn the_program_is_one_static_file_of_at_most_twelve_megabytes() {
    let Some(package) = package() else { return };
    let size = fs::metadata(&package.program).unwrap().len();
    println!("{size} bytes, {} of them for the package", fs::metadata(&package.deb).unwrap().len());
    assert!(size <= MOST_BYTES, "{size} bytes");
    assert_eq!(said(Command::new("ldd").arg(&package.program)).trim(), "statically linked");
}

#[test]
fn the_sums_that_a_download_is_held_against_are_those_of_the_files() {
    let Some(package) = package() else { return };
    let folder = package.deb.parent().unwrap();
    let told = said(Command::new("sha256sum").args(["--check", "SHA256SUMS"]).current_dir(folder));
    assert_eq!(told.matches(": OK").count(), 2, "{told}");
}

#[test]
fn nothing_in_the_program_tells_where_it_was_built() {
    let Some(package) = package() else { return };
    let program = fs::read(&package.program).unwrap();
    let holds = |text: &str| program.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("Walks an operator") || holds("walks an operator"), "the program's text is not read");
    let cargo = std::env::var("CARGO_HOME").unwrap_or_else(|_| std::env::var("HOME").unwrap() + "/.cargo");
    for path in [env!("CARGO_MANIFEST_DIR"), cargo.as_str()] {
        assert!(!holds(path), "{path}");
    }
}
