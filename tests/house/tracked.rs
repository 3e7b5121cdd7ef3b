//! What the repository holds: the fixed entries at its top, and text that is true on every machine.
//!
//! Relies on git to say what is tracked or would be; without git the folder itself is read. Deliberately absent: what
//! stands in Rust files beyond this; see `rules`.

use std::path::Path;
use std::process::Command;

const TOP: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "assets",
    "tests",
    "benches",
    "README.md",
    "justfile",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "clippy.toml",
    "rustfmt.toml",
    "deny.toml",
];

/// Written in two halves, so that this file doesn't say them itself.
const OF_ONE_MACHINE: &[(&str, &str)] = &[
    ("/ho", "me/"),
    ("/ro", "ot/"),
    ("/Us", "ers/"),
    ("/wo", "rk/"),
    ("/work", "space/"),
    ("/m", "nt/"),
    ("C:\\Us", "ers\\"),
    ("static.crat", "es.io"),
    ("index.crat", "es.io"),
    ("registry.npm", "js.org"),
    ("registry.yarn", "pkg.com"),
    ("pypi", ".org"),
    ("pythonho", "sted.org"),
    ("proxy.go", "lang.org"),
    ("deb.debi", "an.org"),
    ("replace", "-with"),
];

/// Every file that is tracked or would be, from the top of the repository.
pub fn files(root: &Path) -> Vec<String> {
    let git = Command::new("git")
        .current_dir(root)
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output();
    match git {
        Ok(listing) if listing.status.success() => {
            let names = String::from_utf8(listing.stdout).expect("file names are UTF-8");
            names.split_terminator('\0').map(str::to_owned).collect()
        }
        _ => {
            let entries = std::fs::read_dir(root).expect("the repository can be read");
            let names = entries
                .map(|entry| entry.expect("an entry").file_name().into_string().expect("a UTF-8 name"));
            names.filter(|name| name != "target").collect()
        }
    }
}

/// The entries at the top that don't belong there.
pub fn strangers_at_the_top(files: &[String]) -> Vec<String> {
    let mut strangers: Vec<String> = files
        .iter()
        .filter_map(|file| file.split('/').next())
        .filter(|entry| !entry.starts_with('.') && !TOP.contains(entry))
        .map(|entry| {
            format!(
                "{entry}: not one of the fixed entries at the top; put it under src, assets, tests or benches"
            )
        })
        .collect();
    strangers.dedup();
    strangers
}

/// Paths of one machine, and hosts of registries.
pub fn bound_to_one_machine(name: &str, text: &str) -> Vec<String> {
    let found = text.lines().enumerate().flat_map(|(at, line)| {
        let named = OF_ONE_MACHINE.iter().map(|(one, other)| format!("{one}{other}"));
        named.filter(move |pattern| names(line, pattern)).map(move |pattern| (at + 1, pattern))
    });
    found
        .map(|(line, pattern)| {
            format!("{name}:{line}: names `{pattern}`; write what is true on every machine, a relative path or a package's name")
        })
        .collect()
}

/// A path counts only from its beginning: `tests/work/` is nobody's machine.
fn names(line: &str, pattern: &str) -> bool {
    let inside = |at: usize| {
        line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._-}~".contains(c))
    };
    line.match_indices(pattern).any(|(at, _)| !pattern.starts_with('/') || !inside(at))
}
