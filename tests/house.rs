//! The rules of the house, read from the source: what `src/lib.rs` states, this holds.
//!
//! Every rule is first put to a sample that breaks it, so that a rule gone blind is seen. Relies on nothing of the
//! program: a rule that called what it judges could be talked round. Deliberately absent: what the compiler, clippy
//! and rustfmt hold already.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may end where it stands; it says why"
)]

#[path = "house/dependencies.rs"]
mod dependencies;
#[path = "house/imports.rs"]
mod imports;
#[path = "house/rules.rs"]
mod rules;
#[path = "house/source.rs"]
mod source;
#[path = "house/tracked.rs"]
mod tracked;

use std::path::Path;
use std::sync::OnceLock;

use rules::Fault;
use source::Source;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(|| source::read_all(root()))
}

/// Puts the rule to samples that keep and that break it, then to the program.
fn check(rule: fn(&Source) -> Vec<Fault>, keeps: &[(&str, &str)], breaks: &[(&str, &str)]) {
    for (path, text) in keeps {
        let faults = rule(&Source::new(path, text));
        assert!(
            faults.is_empty(),
            "the rule sees a fault where there is none: {path}: {text}\n{}",
            told(&faults)
        );
    }
    for (path, text) in breaks {
        assert!(!rule(&Source::new(path, text)).is_empty(), "the rule is blind to {path}: {text}");
    }
    let faults: Vec<Fault> = sources().iter().flat_map(rule).collect();
    assert!(faults.is_empty(), "\n{}", told(&faults));
}

fn told(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_source_is_there_to_be_read() {
    let find = |path: &str| sources().iter().find(|source| source.path == path);
    let library = find("src/lib.rs").expect("the library");
    assert!(!library.living.is_empty(), "the library is not read as living code");
    let test = find("src/directory/lockout/tests.rs").expect("a test module");
    assert!(test.living.is_empty(), "a test module is read as living code");
    assert!(sources().len() > 80, "only {} files were found", sources().len());
}

#[test]
fn what_only_tests_see_is_told_from_living_code() {
    let check = |text: &str, expected: &str| {
        let living = Source::new("src/a.rs", text).living;
        let words: Vec<&str> = living.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(words.join(" "), expected, "{text}");
    };
    check("a /* b /* c */ d */ e // f\ng", "a e g");
    check("#[cfg(test)]\nmod tests { fn a() { b(); } }\nfn c() {}", "fn c ( ) { }");
    check("#[cfg(test)] mod tests; d", "d");
    check("#[cfg(test)] #[path = \"x\"] use a::{b, c}; d", "d");
    check("#[cfg(all(test, unix))] fn a(b: [u8; 2]) -> C { d } e", "e");
    check("#[cfg(not(test))] fn a() {}", "# [ cfg ( not ( test ) ) ] fn a ( ) { }");
    check("'a' 'b '\\'' '{' \"}\\\"\" br#\"\"x\"# f", "'a' 'b '\\'' '{' \"}\\\"\" br#\"\"x\"# f");
}

#[test]
fn rooms_import_only_what_the_table_says() {
    check(
        imports::who_may_import_whom,
        &[
            (
                "src/directory/ldap.rs",
                "use crate::{clock::Clock, directory::Fault, secret::Secret, text::Safe};",
            ),
            ("src/ui/stage.rs", "use crate::walkthrough::words; use super::look::Look;"),
            ("src/engine.rs", "use crate::walkthrough::{effect::Effect, event::{self, Event}};"),
            ("src/lab/ldap.rs", "use crate::clock::Clock; use super::world::World;"),
            ("src/portal.rs", "#[cfg(test)] mod tests { use crate::directory::Host; }"),
            ("src/main.rs", "use mdi_console::app;"),
        ],
        &[
            ("src/directory/ldap.rs", "use crate::portal::Fault;"),
            ("src/portal/graph.rs", "fn a() { crate::sensor::Server::new(); }"),
            ("src/sensor.rs", "use super::logs::Record;"),
            ("src/logs/finders.rs", "use crate::{text::Safe, directory::{Host, Account}};"),
            ("src/directory.rs", "use crate::walkthrough::step::Step;"),
            ("src/lab/ldap.rs", "use crate::directory::refusal::SubCode;"),
            ("src/lab/world.rs", "use crate::text::Safe;"),
            ("src/ui/stage.rs", "use crate::engine::vault;"),
            ("src/engine.rs", "use crate::walkthrough::Walkthrough;"),
            ("src/engine/vault.rs", "use crate::portal::Entry;"),
            ("src/journal.rs", "use crate::walkthrough::fact::Fact;"),
            ("src/model.rs", "use crate::clock::Clock;"),
            ("src/app/pace.rs", "use crate::clock::Clock;"),
            ("src/main.rs", "use mdi_console::portal;"),
            ("src/cellar.rs", "//! A room that is in no table."),
        ],
    );
}

#[test]
fn only_the_files_that_may_act_do() {
    check(
        imports::pure_files_do_nothing,
        &[
            ("src/directory.rs", "use std::net::{IpAddr, SocketAddr}; use std::time::Duration;"),
            ("src/portal/client.rs", "use reqwest::Client;"),
            ("src/model.rs", "use crate::clock::{Instant, Now};"),
            ("src/ui.rs", "use ratatui::Frame;"),
            ("src/directory/ldap/fault.rs", "//! Pure.\nuse ldap3::LdapError;"),
        ],
        &[
            ("src/directory.rs", "use std::net::{IpAddr, TcpStream};"),
            ("src/model.rs", "fn a() { std::fs::read(b); }"),
            ("src/walkthrough.rs", "use std::{fmt, process::Command};"),
            ("src/walkthrough/trial.rs", "use tokio::time;"),
            ("src/sensor.rs", "use std::io; fn a() { io::stdout(); }"),
            ("src/ui/footer.rs", "use crossterm::event::KeyCode;"),
            ("src/ui/footer.rs", "use ratatui::crossterm::event::KeyCode;"),
            ("src/directory/refusal.rs", "use ldap3::LdapError;"),
            ("src/directory/refusal.rs", "use crate::directory::ldap::Reader;"),
            ("src/portal/client/answer.rs", "//! Pure.\nuse reqwest::Client;"),
            ("src/lab/world.rs", "use std::fs;"),
        ],
    );
}

#[test]
fn only_the_clock_asks_the_time() {
    check(
        imports::the_clock_alone_is_asked_the_time,
        &[("src/clock.rs", "fn a() { Timestamp::now(); }"), ("src/model.rs", "fn a() { self.now(); }")],
        &[
            ("src/model.rs", "fn a() { Timestamp::now(); }"),
            ("src/portal/token.rs", "fn a() { std::time::Instant::now(); }"),
            ("src/journal/file.rs", "use std::time::SystemTime;"),
        ],
    );
}

#[test]
fn messages_hold_no_secret() {
    check(
        rules::messages_hold_no_secret,
        &[
            (
                "src/walkthrough/effect.rs",
                "use crate::secret::SecretId; enum Event { Secret(event::Secret) }",
            ),
            ("src/engine/vault.rs", "use crate::secret::Secret; struct A(Secret);"),
        ],
        &[
            ("src/model/msg.rs", "enum Msg { Typed(Zeroizing<String>) }"),
            ("src/walkthrough/event.rs", "use crate::secret::{Secret, SecretId};"),
            ("src/walkthrough/fact.rs", "struct A { b: secrecy::SecretString }"),
        ],
    );
}

#[test]
fn the_screen_takes_safe_text() {
    check(
        rules::the_screen_takes_safe_text,
        &[
            ("src/ui/rail.rs", "fn a(b: &Safe, c: &'static str) -> String { let d: String = e(); d }"),
            ("src/ui/rail.rs", "struct A { b: &'static str } const C: &str = D;"),
            ("src/ui/rail.rs", "fn a<'a>(b: impl Iterator<Item = &'a str>) -> u8 {}"),
            ("src/logs.rs", "fn a(b: &str) {}"),
        ],
        &[
            ("src/ui/rail.rs", "fn a(b: &str) {}"),
            ("src/ui/rail.rs", "fn a<'a>(b: &'a str) {}"),
            ("src/ui/rail.rs", "pub(super) fn a(b: impl Fn(usize) -> u8, c: String) {}"),
            ("src/ui/rail.rs", "pub fn a(b: &[Option<String>]) {}"),
            ("src/ui/rail.rs", "struct A<'a> { b: Cow<'a, str> }"),
            ("src/ui.rs", "enum A { B { c: String } }"),
        ],
    );
}

#[test]
fn permits_come_from_the_ledger() {
    check(
        rules::permits_come_from_the_ledger,
        &[
            ("src/engine/ledger.rs", "fn a() { Permit::granted(b); }"),
            ("src/directory/ldap.rs", "fn a(b: Permit) {}"),
        ],
        &[("src/directory/ldap.rs", "fn a() { Permit::granted(b); }")],
    );
}

#[test]
fn files_are_short_named_and_introduced() {
    let long = "//! Long.\n".repeat(400);
    check(rules::files_are_short, &[("src/a.rs", "//! Short.")], &[("src/a.rs", &long)]);
    check(rules::no_file_is_named_mod, &[("src/a.rs", "")], &[("src/a/mod.rs", "//! A.")]);
    check(
        rules::files_say_what_they_are,
        &[("tests/a.rs", "//! What this is.")],
        &[("src/a.rs", "// Not this.\nuse b;"), ("src/a.rs", "\n//! Late."), ("src/a.rs", "//!\n")],
    );
    check(
        rules::names_say_something,
        &[("src/a.rs", "struct Standing; mod information; enum Database { Informed } struct Utility;")],
        &[
            ("src/a.rs", "struct SessionManager;"),
            ("src/a.rs", "pub enum KeyHandler {}"),
            ("src/a.rs", "type UserData = B;"),
            ("src/a.rs", "mod log_utils;"),
            ("tests/support/helpers.rs", ""),
        ],
    );
}

#[test]
fn living_code_neither_panics_nor_prints() {
    check(
        rules::living_code_neither_panics_nor_prints,
        &[
            ("src/a.rs", "#[expect(clippy::b, reason = \"c\")] fn a() { d.unwrap_or(e).expected(); }"),
            ("src/a.rs", "// panic!()\nconst A: &str = \"todo!()\";"),
            ("src/a.rs", "#[cfg(test)] mod tests { fn a() { b.unwrap(); } }"),
            ("src/main.rs", "fn main() { eprintln!(); }"),
        ],
        &[
            ("src/a.rs", "fn a() { b.unwrap(); }"),
            ("src/a.rs", "fn a() { b\n    .expect(\"c\"); }"),
            ("src/a.rs", "fn a() { panic!(\"b\"); }"),
            ("src/a.rs", "fn a() { todo!() }"),
            ("src/a.rs", "fn a() { std::println!(); }"),
            ("src/a.rs", "#[cfg(not(test))] fn a() { dbg!(b); }"),
        ],
    );
}

#[test]
fn nothing_is_silenced_and_nothing_sleeps() {
    check(
        rules::nothing_is_silenced,
        &[("src/a.rs", "#[expect(b, reason = \"c\")] fn allow() { d[ignore]; }")],
        &[
            ("src/a.rs", "#[allow(b)] fn a() {}"),
            ("src/a.rs", "#![allow(b)]"),
            ("tests/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn a() {}"),
            ("tests/a.rs", "fn a() { unsafe { b() } }"),
        ],
    );
    check(
        rules::nothing_sleeps,
        &[("src/a.rs", "async fn a() { clock.sleep(b).await; }")],
        &[
            ("tests/a.rs", "fn a() { std::thread::sleep(b); }"),
            ("src/a.rs", "#[cfg(test)] mod tests { use tokio::time::{sleep, timeout}; }"),
            ("src/a.rs", "use tokio::time; async fn a() { time::sleep(b).await; }"),
        ],
    );
}

#[test]
fn the_top_of_the_repository_holds_only_what_belongs_there() {
    let sample = ["src/lib.rs", "docs/a.md", ".ci/run", "notes.txt"].map(str::to_owned);
    assert_eq!(tracked::strangers_at_the_top(&sample).len(), 2);
    let strangers = tracked::strangers_at_the_top(&tracked::files(root()));
    assert!(strangers.is_empty(), "\n{}", strangers.join("\n"));
}

#[test]
fn no_text_is_bound_to_one_machine() {
    let sample = ["in /ho", "me/ana/x\nfrom https://static.crat", "es.io/y\nand tests/wo", "rk/z"].concat();
    assert_eq!(tracked::bound_to_one_machine("a", &sample).len(), 2);
    let files = tracked::files(root());
    let texts =
        files.iter().filter_map(|file| Some((file, std::fs::read_to_string(root().join(file)).ok()?)));
    let found: Vec<String> =
        texts.flat_map(|(file, text)| tracked::bound_to_one_machine(file, &text)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_crates_that_are_built_keep_to_deny_toml() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    let lists = dependencies::lists(&deny);
    let crate_of = |name: &str, version: &str, licence: &str| dependencies::Built {
        name: name.to_owned(),
        version: version.to_owned(),
        licence: licence.to_owned(),
    };
    let check = |built: &[dependencies::Built], expected: usize| {
        let faults = dependencies::faults(&built.iter().cloned().collect(), &lists);
        assert_eq!(faults.len(), expected, "{faults:?}");
    };
    check(&[crate_of("a", "v1", "(MIT OR GPL-3.0-only) AND Apache-2.0 WITH LLVM-exception")], 0);
    check(&[crate_of("a", "v1", "GPL-3.0-only/MIT")], 0);
    check(&[crate_of("a", "v1", "MIT AND GPL-3.0-only")], 1);
    check(&[crate_of("a", "v1", "")], 1);
    check(&[crate_of("openssl", "v1", "MIT"), crate_of("ring", "v1", "MIT")], 2);
    check(&[crate_of("rustls", "v1", "MIT"), crate_of("rustls", "v2", "MIT")], 1);

    let sample = "source = \"git+https://example.com/a\"";
    assert_eq!(dependencies::foreign_sources(sample).len(), 1);
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    assert_eq!(dependencies::foreign_sources(&lock), Vec::<&str>::new());

    let built = dependencies::built(root());
    assert!(built.len() > 200, "only {} crates were found", built.len());
    let faults = dependencies::faults(&built, &lists);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_readme_names_every_scenario_there_is() {
    let scenarios = |readme: &str| -> Vec<String> {
        let table = readme.lines().skip_while(|line| !line.starts_with("| scenario"));
        let rows = table.take_while(|line| line.starts_with('|')).filter_map(|line| line.split('`').nth(1));
        let mut names: Vec<String> = rows.map(str::to_owned).collect();
        names.sort();
        names
    };
    assert_eq!(scenarios("| scenario |\n|-|\n| `b` | c |\n| `a` |\n\n| `d` |"), ["a", "b"]);
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let files = std::fs::read_dir(root().join("assets/lab")).expect("assets/lab");
    let names = files.map(|file| file.expect("an entry").file_name().into_string().expect("a UTF-8 name"));
    let mut there: Vec<String> =
        names.filter_map(|name| Some(name.strip_suffix(".toml")?.to_owned())).collect();
    there.sort();
    assert_eq!(
        scenarios(&readme),
        there,
        "README.md's table of scenarios on the left, assets/lab on the right"
    );
}
