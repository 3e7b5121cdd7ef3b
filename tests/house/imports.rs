//! Who may import whom, and who may act on the world: the tables, and the paths a file names.
//!
//! Relies on rustfmt's and rustc's idea of a path; `use` trees are unfolded. Deliberately absent: globs' contents and
//! what a re-export hides; a door opened by `pub use` is seen where it is opened.

use crate::rules::{Fault, fault};
use crate::source::{Source, Token};

/// A module and what it may name beyond its own room. The longest name that fits holds.
///
/// Everyone may import `text` and the clock's types; nobody may import `main`, `lib` or upward. `lab` gets neither
/// `text` nor anything else: it knows the protocols, not the program.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli", "app", "plain", "lab", "site", "clock", "trust"]),
    // Chooses what runs, and hands each its parts.
    (
        "cli",
        &[
            "app",
            "plain",
            "lab",
            "site",
            "engine",
            "walkthrough",
            "terminal",
            "model",
            "ui::look",
            "logs",
            "journal",
            // `check` asks a live site's controllers and addresses itself, without a walk.
            "directory",
            "portal::Fault",
            "portal::client",
            "portal::token",
            "portal::workspace",
            "trust",
        ],
    ),
    // Signs in and reads the portal itself, without a walk.
    (
        "cli::sensors",
        &[
            "engine",
            "plain",
            "portal",
            "sensor::Server",
            "site",
            "terminal::signals::Ending",
            "walkthrough",
            "trust",
        ],
    ),
    ("app", &["engine", "ui", "model", "terminal", "walkthrough", "key"]),
    ("app::pace", &[]),
    ("plain", &["engine", "walkthrough", "terminal", "site"]),
    // The lab's addresses become a site here and nowhere else.
    (
        "site",
        &[
            "directory",
            "portal",
            "sensor",
            "logs",
            "walkthrough::Terms",
            "walkthrough::Clipboard",
            "walkthrough::ControllerTerms",
            "walkthrough::fact::Origin",
            "lab::Addresses",
        ],
    ),
    (
        "engine",
        &[
            "walkthrough::effect",
            "walkthrough::event",
            "walkthrough::fact",
            "walkthrough::resume::Dated",
            "walkthrough::watch::Mark",
            "directory",
            "portal",
            "sensor",
            "logs",
            "journal",
            "child",
            "secret",
            "site",
            "trust",
        ],
    ),
    ("engine::ledger", &["directory"]),
    ("engine::vault", &["secret"]),
    ("ui", &["model", "walkthrough", "directory", "portal", "sensor", "logs", "key"]),
    ("model", &["walkthrough", "directory", "portal", "sensor", "logs", "key"]),
    ("walkthrough", &["directory", "portal", "sensor", "logs", "secret"]),
    ("directory", &["secret", "trust"]),
    ("portal", &["secret", "trust"]),
    ("sensor", &["secret"]),
    ("sensor::probe", &["secret", "child"]),
    ("logs", &["secret"]),
    ("logs::tail", &["secret", "child"]),
    ("terminal", &["key"]),
    ("journal", &[]),
    ("clock", &[]),
    ("child", &[]),
    ("key", &[]),
    ("secret", &[]),
    ("text", &[]),
    ("trust", &[]),
    ("lab", &["clock"]),
];

/// ● May do I/O; everything else is pure, and so is a file among these whose first lines say `Pure.`
const MAY_ACT: &[&str] = &[
    "main",
    "cli",
    "app",
    "plain",
    "engine",
    "directory::ldap",
    "directory::kerberos",
    "directory::locate",
    "site::open",
    "portal::client",
    "portal::graph",
    "portal::token",
    "portal::workspace",
    "sensor::probe",
    "logs::tail",
    "logs::scan",
    "journal::file",
    "clock",
    "child",
    "terminal",
    "trust",
    "lab",
];

/// Pure whatever stands around them.
const PURE_ALL_THE_SAME: &[&str] =
    &["app::pace", "engine::ledger::book", "terminal::traits", "lab::world", "lab::scenario", "lab::seeded"];

/// Only a ● file names these.
const ACTING: &[&str] = &[
    "tokio",
    "tokio_rustls",
    "tokio_util",
    "ldap3",
    "reqwest",
    "hyper",
    "hyper_util",
    "axum",
    "hickory_resolver",
    "crossterm",
    "ratatui::crossterm",
    "signal_hook",
    "rustix",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "io::stdin",
    "io::stdout",
    "io::stderr",
];

/// Types that lie among those and do nothing.
const HARMLESS: &[&str] = &[
    "std::net::IpAddr",
    "std::net::Ipv4Addr",
    "std::net::Ipv6Addr",
    "std::net::SocketAddr",
    "std::net::SocketAddrV4",
    "std::net::SocketAddrV6",
    "std::net::AddrParseError",
];

/// What an adapter is told when it is made: plain facts, which a site is made of.
const SETTINGS: &[&str] = &[
    "lab::Addresses",
    "directory::locate::LocateFault",
    "logs::tail::LogCommand",
    "logs::tail::Source",
    "portal::token::Login",
    "portal::token::VERIFICATION_HOSTS",
    "portal::token::US_VERIFICATION_HOSTS",
    "sensor::probe::Template",
];

/// What an adapter's crate answers; a pure file beside the adapter reads it.
const ANSWERS: &[&str] = &[
    "reqwest::header",
    "reqwest::Method",
    "reqwest::StatusCode",
    "ldap3::LdapError",
    "ldap3::result::LdapResult",
];

/// The clock's types, which everyone may name.
const MOMENTS: &[&str] = &["clock::Instant", "clock::Now", "clock::TimedOut"];

pub fn who_may_import_whom(source: &Source) -> Vec<Fault> {
    let module = source.module();
    let [room, ..] = module.as_slice() else { return Vec::new() };
    let Some((_, may)) = longest(&module.join("::")) else {
        let remedy = format!("give `{room}` a line in the table of tests/house/imports.rs and in src/lib.rs");
        return vec![fault(source, 1, "every room has a line in the table of imports", &remedy)];
    };
    let allowed = |path: &str| {
        within(path, room)
            || may.iter().any(|may| within(path, may))
            || (*room != "lab" && (within(path, "text") || MOMENTS.iter().any(|moment| within(path, moment))))
            || (within(path, "clock") && acts(source))
    };
    own_paths(source)
        .into_iter()
        .filter(|(path, _)| !allowed(path))
        .map(|(path, line)| {
            let remedy = format!(
                "`{}` names `{path}`: let the two meet in `walkthrough` (meaning) or `engine` (doing)",
                module.join("::")
            );
            fault(source, line, "who may import whom", &remedy)
        })
        .collect()
}

pub fn pure_files_do_nothing(source: &Source) -> Vec<Fault> {
    if acts(source) {
        return Vec::new();
    }
    let module = source.module().join("::");
    // A pure file beside acting ones shares their types, and is held to naming nothing that acts.
    let beside = MAY_ACT.iter().any(|name| within(&module, name));
    let acting = |path: &str| {
        let harmless =
            HARMLESS.iter().chain(if beside { ANSWERS } else { &[] }).any(|name| within(path, name));
        !harmless && ACTING.iter().any(|name| within(path, name) || path.ends_with(&format!("::{name}")))
    };
    let foreign = paths(&source.living).into_iter().map(|(path, line)| (path.join("::"), line));
    let acting = foreign.filter(|(path, _)| acting(path)).map(|(path, line)| (path, line, "does I/O"));
    let own = own_paths(source);
    let borrowed = own.into_iter().filter(|(path, _)| {
        !beside
            && MAY_ACT.iter().any(|name| within(path, name))
            && !within(&module, path)
            && ![MOMENTS, SETTINGS, PURE_ALL_THE_SAME]
                .iter()
                .flat_map(|names| *names)
                .any(|name| within(path, name))
    });
    acting
        .chain(borrowed.map(|(path, line)| (path, line, "belongs to a file that does I/O")))
        .map(|(path, line, why)| {
            let remedy = format!("`{path}` {why}: ask for it by an effect, or hand the value in");
            fault(source, line, "only ● files act", &remedy)
        })
        .collect()
}

pub fn the_clock_alone_is_asked_the_time(source: &Source) -> Vec<Fault> {
    if source.path == "src/clock.rs" {
        return Vec::new();
    }
    let asks = |path: &[String]| {
        path.iter().any(|part| part == "SystemTime")
            || path.windows(2).any(|pair| {
                matches!(pair, [what, now] if now == "now" && matches!(what.as_str(), "Instant" | "Timestamp" | "Zoned" | "Utc"))
            })
    };
    paths(&source.living)
        .into_iter()
        .filter(|(path, _)| asks(path))
        .map(|(_, line)| {
            let remedy = "take a `Now` from the message, or in a ● file ask the `Clock` that was handed in";
            fault(source, line, "only clock.rs asks the system for the time", remedy)
        })
        .collect()
}

fn acts(source: &Source) -> bool {
    let module = source.module().join("::");
    let says_pure =
        source.header().any(|line| line.split(' ').any(|word| matches!(word, "Pure." | "Pure:" | "Pure;")));
    MAY_ACT.iter().any(|name| within(&module, name))
        && !PURE_ALL_THE_SAME.iter().any(|name| within(&module, name))
        && !says_pure
}

fn longest(module: &str) -> Option<(&'static str, &'static [&'static str])> {
    MAY_IMPORT.iter().copied().filter(|(of, _)| within(module, of)).max_by_key(|(of, _)| of.len())
}

/// Is `path` the module `of`, or inside it?
fn within(path: &str, of: &str) -> bool {
    path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The crate's own paths that a file names, from the crate's root.
pub fn own_paths(source: &Source) -> Vec<(String, usize)> {
    let module = source.module();
    let from_root = |path: &[String]| -> Option<String> {
        let mut base = match path.first().map(String::as_str)? {
            "crate" => Vec::new(),
            "mdi_console" if module == ["main"] => Vec::new(),
            "super" => module.clone(),
            _ => return None,
        };
        let supers = path.iter().take_while(|part| *part == "super").count();
        base.truncate(base.len().saturating_sub(supers));
        let rest = path.iter().skip(supers.max(1)).map(String::as_str);
        Some(base.into_iter().chain(rest).collect::<Vec<_>>().join("::"))
    };
    let found = paths(&source.living).into_iter().filter_map(|(path, line)| Some((from_root(&path)?, line)));
    found.filter(|(path, _)| !path.is_empty()).collect()
}

/// Every path with at least two parts, `use` trees unfolded.
pub fn paths(tokens: &[Token]) -> Vec<(Vec<String>, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let starts = tokens[at].is_word() && tokens.get(at + 1).is_some_and(|next| next.is("::"));
        at = if starts { unfold(tokens, at, &[], &mut found) } else { at + 1 };
    }
    found
}

/// Reads one path or branch of a tree from `at`; says where it ends.
fn unfold(
    tokens: &[Token],
    mut at: usize,
    before: &[String],
    found: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let mut path = before.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at).filter(|token| token.is_word() || token.is("*")) {
        // `a::{self, b}` names `a`.
        if before.is_empty() || !token.is("self") {
            path.push(token.text.clone());
        }
        at += 1;
        if !tokens.get(at).is_some_and(|next| next.is("::")) {
            break;
        }
        at += 1;
    }
    if !tokens.get(at).is_some_and(|token| token.is("{"))
        || !tokens.get(at.wrapping_sub(1)).is_some_and(|t| t.is("::"))
    {
        found.push((path, line));
        return at;
    }
    at += 1;
    while tokens.get(at).is_some_and(|token| !token.is("}")) {
        let branch = tokens[at].is_word() || tokens[at].is("*");
        at = if branch && !tokens[at].is("as") {
            unfold(tokens, at, &path, found)
        } else {
            at + 1 + usize::from(branch)
        };
    }
    at + 1
}
