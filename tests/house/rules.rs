//! The rules that one file keeps or breaks by itself.
//!
//! Each is a function from a source to its faults, so that a bad sample can be put to it. Deliberately absent: what
//! clippy, rustfmt and rustdoc hold already (lengths of functions, indexing, the shape of text).

use std::fmt;

use crate::imports;
use crate::source::{Kind, Source, Token};

#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub path: String,
    pub line: usize,
    pub rule: &'static str,
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; {}", self.path, self.line, self.rule, self.remedy)
    }
}

pub fn fault(source: &Source, line: usize, rule: &'static str, remedy: &str) -> Fault {
    Fault { path: source.path.clone(), line, rule, remedy: remedy.to_owned() }
}

pub fn files_are_short(source: &Source) -> Vec<Fault> {
    let lines = source.text.lines().count();
    let remedy = "split it by subject into `foo.rs` and `foo/part.rs`";
    if lines < 400 {
        Vec::new()
    } else {
        vec![fault(source, lines, "a file has fewer than 400 lines", remedy)]
    }
}

pub fn no_file_is_named_mod(source: &Source) -> Vec<Fault> {
    let named = source.path.ends_with("/mod.rs");
    let remedy = "name it after its module and lay it beside the module's folder";
    if named { vec![fault(source, 1, "there is no mod.rs", remedy)] } else { Vec::new() }
}

pub fn files_say_what_they_are(source: &Source) -> Vec<Fault> {
    let says = source.header().next().is_some_and(|line| !line.trim().is_empty());
    let remedy = "begin with `//!`: what this is, what it relies on, what is deliberately not here";
    if says { Vec::new() } else { vec![fault(source, 1, "every file says what it is", remedy)] }
}

/// The living code ends in an error that is explained, never in a panic; and it prints nowhere by itself.
pub fn living_code_neither_panics_nor_prints(source: &Source) -> Vec<Fault> {
    const CALLS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err", "unwrap_unchecked"];
    const MACROS: &[&str] =
        &["panic", "todo", "unimplemented", "unreachable", "print", "println", "eprint", "eprintln", "dbg"];
    if source.path == "src/main.rs" {
        return Vec::new();
    }
    let tokens = &source.living;
    let broken = |at: usize| {
        let (word, next) = (tokens.get(at)?, tokens.get(at + 1)?);
        let after_dot = at > 0 && tokens.get(at - 1).is_some_and(|token| token.is("."));
        let called = after_dot && next.is("(") && CALLS.iter().any(|call| word.is(call));
        let expanded = next.is("!") && MACROS.iter().any(|name| word.is(name));
        (called || expanded).then(|| {
            let remedy =
                format!("`{}`: return an error that says what to do, or write through the screen", word.text);
            fault(source, word.line, "living code neither panics nor prints", &remedy)
        })
    };
    (0..tokens.len()).filter_map(broken).collect()
}

/// Held in tests as well: what is silenced there isn't seen either.
pub fn nothing_is_silenced(source: &Source) -> Vec<Fault> {
    const ATTRIBUTES: &[(&str, &str)] = &[
        ("allow", "write `#[expect(lint, reason = \"…\")]`, which says when it is no longer needed"),
        ("ignore", "make the test run here, or let a missing peer be said aloud as the others do"),
    ];
    let tokens = &source.tokens;
    let silenced = |at: usize| {
        let opens = tokens.get(at)?.is("[") && at > 0 && (tokens[at - 1].is("#") || tokens[at - 1].is("!"));
        let name = tokens.get(at + 1).filter(|_| opens)?;
        let (_, remedy) = ATTRIBUTES.iter().find(|(attribute, _)| name.is(attribute))?;
        Some(fault(source, name.line, "nothing is silenced for good", remedy))
    };
    let unsafe_words = tokens.iter().filter(|token| token.is("unsafe"));
    let unsafe_words = unsafe_words
        .map(|token| fault(source, token.line, "no unsafe code", "find the safe crate that does it"));
    (0..tokens.len()).filter_map(silenced).chain(unsafe_words).collect()
}

/// Tests included: a test that sleeps is slow on one machine and wrong on another.
pub fn nothing_sleeps(source: &Source) -> Vec<Fault> {
    if source.path == "src/clock.rs" {
        return Vec::new();
    }
    let sleeps = |path: &[String]| {
        path.windows(2).any(|pair| {
            matches!(pair, [place, act] if matches!(place.as_str(), "thread" | "time") && matches!(act.as_str(), "sleep" | "sleep_until" | "sleep_ms"))
        })
    };
    let remedy = "wait by the `Clock`, which a test drives; for a process, wait for what it writes";
    let found = imports::paths(&source.tokens).into_iter().filter(|(path, _)| sleeps(path));
    found.map(|(_, line)| fault(source, line, "nothing sleeps", remedy)).collect()
}

/// Only a `SecretId` goes where messages are printed, recorded and compared.
pub fn messages_hold_no_secret(source: &Source) -> Vec<Fault> {
    const WIPED: &[&str] = &["SecretString", "SecretBox", "Zeroizing", "Zeroize", "secrecy", "zeroize"];
    const NAMES_ONLY: &[&str] = &["secret::SecretId", "secret::MAX_UTF16"];
    let module = source.module();
    if !matches!(module.first(), Some(&("model" | "walkthrough" | "ui"))) {
        return Vec::new();
    }
    let wiped =
        source.living.iter().filter(|token| WIPED.iter().any(|name| token.is(name))).map(|token| token.line);
    let own = imports::own_paths(source).into_iter();
    let own = own.filter(|(path, _)| path.starts_with("secret::") && !NAMES_ONLY.contains(&path.as_str()));
    let remedy = "hold a `SecretId`; the secret stays in `engine::vault`";
    let lines = wiped.chain(own.map(|(_, line)| line));
    lines
        .map(|line| fault(source, line, "messages, events, effects and facts hold no secret", remedy))
        .collect()
}

/// The signatures and fields of `ui` take `Safe`, `&'static str`, or what ratatui made of them.
pub fn the_screen_takes_safe_text(source: &Source) -> Vec<Fault> {
    if source.module().first() != Some(&"ui") {
        return Vec::new();
    }
    let tokens = &source.living;
    let static_text =
        |at: usize| at > 0 && tokens[at - 1].kind == Kind::Lifetime && tokens[at - 1].text == "'static";
    let foreign = |at: usize| {
        let token = &tokens[at];
        (token.is("String") || token.is("Cow") || (token.is("str") && !static_text(at))).then_some(token.line)
    };
    let doors = (0..tokens.len()).filter(|&at| tokens[at].is_word()).filter_map(|at| accepted(tokens, at));
    let lines: Vec<usize> = doors.flatten().filter_map(foreign).collect();
    let remedy = "take `&Safe` or `&'static str`; foreign text comes through `text` and no other way";
    lines.into_iter().map(|line| fault(source, line, "the screen takes safe text", remedy)).collect()
}

/// Where the types stand that a `fn` takes, or that a `struct` or `enum` holds. A function of the file's own may be
/// given the parts of a text it has already, as `impl Iterator<Item = &str>`.
fn accepted(tokens: &[Token], at: usize) -> Option<Vec<usize>> {
    let (open, close) = match tokens[at].text.as_str() {
        "fn" => ("(", ")"),
        "struct" | "enum" => ("{", "}"),
        _ => return None,
    };
    tokens.get(at + 1).filter(|name| name.is_word())?;
    let start = (at + 1..tokens.len()).find(|&index| tokens[index].is(open) || tokens[index].is(";"))?;
    let private = open == "("
        && !(at > 0 && (tokens[at - 1].is("pub") || tokens[at - 1].is(")") || tokens[at - 1].is("const")));
    let (mut depth, mut angle) = (0, 0);
    let mut accepted = Vec::new();
    for index in start..tokens.len() {
        depth += i32::from(tokens[index].is(open)) - i32::from(tokens[index].is(close));
        let arrow = tokens[index - 1].is("-");
        angle += i32::from(tokens[index].is("<")) - i32::from(tokens[index].is(">") && !arrow);
        if depth == 0 {
            return Some(accepted);
        }
        if !private || angle == 0 {
            accepted.push(index);
        }
    }
    None
}

/// A permit is made where the ledger reserved the attempt, and nowhere else.
pub fn permits_come_from_the_ledger(source: &Source) -> Vec<Fault> {
    if matches!(source.path.as_str(), "src/directory/lockout.rs" | "src/engine/ledger.rs") {
        return Vec::new();
    }
    let tokens = &source.living;
    let made = tokens
        .windows(3)
        .filter(|three| three[0].is("Permit") && three[1].is("::") && three[2].is("granted"));
    let remedy = "ask `engine::ledger` to reserve the attempt; it hands out the permit";
    made.map(|three| fault(source, three[0].line, "permits come from the ledger", remedy)).collect()
}

/// A name that would fit anything says nothing.
pub fn names_say_something(source: &Source) -> Vec<Fault> {
    const EMPTY: &[&str] = &["Manager", "Handler", "Helper", "Helpers", "Util", "Utils", "Data", "Info"];
    let empty = |name: &str| {
        let words = name.split('_').flat_map(camel_words);
        words.into_iter().any(|word| EMPTY.iter().any(|empty| empty.eq_ignore_ascii_case(word)))
    };
    let remedy = "name it after what it is in the operator's world";
    let rule = "no Manager, Handler, Helper, Util, Data or Info";
    let file =
        source.path.rsplit('/').next().map(|name| name.trim_end_matches(".rs")).filter(|name| empty(name));
    let named = source.tokens.windows(2).filter(|pair| {
        let names = ["struct", "enum", "trait", "type", "mod", "union"].iter().any(|word| pair[0].is(word));
        names && pair[1].is_word() && empty(&pair[1].text)
    });
    let named = named.map(|pair| fault(source, pair[1].line, rule, remedy));
    named.chain(file.map(|_| fault(source, 1, rule, remedy))).collect()
}

fn camel_words(name: &str) -> Vec<&str> {
    let starts = name.char_indices().filter(|(at, c)| *at > 0 && c.is_uppercase()).map(|(at, _)| at);
    let mut cuts: Vec<usize> = std::iter::once(0).chain(starts).collect();
    cuts.push(name.len());
    cuts.windows(2).map(|pair| &name[pair[0]..pair[1]]).collect()
}
