//! The build script: tells the program which commit it is built from.
//!
//! A packager who has no repository names it in `MDI_CONSOLE_COMMIT`. Only a release asks git: for a developer each commit
//! would else mean building everything anew. Deliberately absent: the time of the build, which would make two builds of the
//! same source two programs.

#![expect(clippy::print_stdout, reason = "how a build script speaks to cargo")]

use std::env;
use std::path::Path;
use std::process::Command;

/// What the program is made of; the rest of the repository may differ from the commit.
const SOURCE: [&str; 4] = ["src", "assets", "Cargo.toml", "Cargo.lock"];

fn main() {
    println!("cargo::rerun-if-env-changed=MDI_CONSOLE_COMMIT");
    println!("cargo::rerun-if-changed=assets/packaging/commit.rs");
    println!("cargo::rustc-env=MDI_CONSOLE_COMMIT={}", commit());
}

fn commit() -> String {
    if let Some(told) = env::var("MDI_CONSOLE_COMMIT").ok().filter(|told| !told.is_empty()) {
        return told;
    }
    if env::var("PROFILE").is_ok_and(|profile| profile != "release") {
        return "not told, for this is no release".into();
    }
    from_git().unwrap_or_else(|| "unknown".into())
}

fn from_git() -> Option<String> {
    let top = git(&["rev-parse", "--show-toplevel"])?;
    // A copy of the source inside another repository is not that repository's commit.
    let here = env::var_os("CARGO_MANIFEST_DIR")?;
    if Path::new(&top).canonicalize().ok()? != Path::new(&here).canonicalize().ok()? {
        return None;
    }
    watch();
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&[["status", "--porcelain", "--"].as_slice(), &SOURCE].concat())?;
    Some(if changed.is_empty() { commit } else { format!("{commit}, changed") })
}

/// Runs again when HEAD moves, or the source it may differ from.
fn watch() {
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    let names = ["HEAD", "packed-refs"].into_iter().map(str::to_owned).chain(branch);
    let paths = names.filter_map(|name| git(&["rev-parse", "--git-path", &name]));
    // A path that isn't there would run the script each time.
    for path in paths.filter(|path| Path::new(path).exists()) {
        println!("cargo::rerun-if-changed={path}");
    }
    for path in SOURCE {
        println!("cargo::rerun-if-changed={path}");
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let said = Command::new("git").args(["-c", "safe.directory=*"]).args(arguments).output().ok()?;
    let told = String::from_utf8(said.stdout).ok().filter(|_| said.status.success())?;
    Some(told.trim().to_owned())
}
