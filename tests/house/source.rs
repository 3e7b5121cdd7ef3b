//! Rust source as a list of tokens, with what belongs to tests set apart.
//!
//! Relies on the source compiling: only comments, literals and brackets are understood, nothing of the grammar beyond.
//! Deliberately absent: the rules, and macros' expansion; a rule sees what stands in the file.

use std::fs;
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Lifetime,
    Literal,
    Mark,
}

#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    pub line: usize,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Literal && self.text == text
    }

    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

#[derive(Clone, Debug)]
pub struct Source {
    /// From the top of the repository, with `/`.
    pub path: String,
    pub text: String,
    /// Everything, tests included.
    pub tokens: Vec<Token>,
    /// Without what only exists under `cfg(test)`; empty for a file that does.
    pub living: Vec<Token>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let tokens = tokens(text);
        let living = if path.starts_with("src/") { without_tests(&tokens) } else { Vec::new() };
        Self { path: path.to_owned(), text: text.to_owned(), tokens, living }
    }

    /// The module's path inside the crate: `src/engine/ledger.rs` is `engine::ledger`; outside `src` there is none.
    pub fn module(&self) -> Vec<&str> {
        let Some(inside) = self.path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs")) else {
            return Vec::new();
        };
        if inside == "lib" { Vec::new() } else { inside.split('/').collect() }
    }

    /// The `//!` lines at the top.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map_while(|line| line.strip_prefix("//!"))
    }
}

/// Every Rust file of the crate, its tests and its benches.
pub fn read_all(root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in ["src", "tests", "benches"] {
        walk(root, Path::new(folder), &mut sources);
    }
    let tests: Vec<String> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        let inside = |test: &String| {
            source.path == format!("{test}.rs") || source.path.starts_with(&format!("{test}/"))
        };
        if tests.iter().any(inside) {
            source.living.clear();
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

fn walk(root: &Path, folder: &Path, into: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries.map(|entry| entry.expect("the folder can be read")) {
        let path = folder.join(entry.file_name());
        let name = path.to_str().expect("file names are UTF-8");
        if entry.file_type().expect("the entry has a type").is_dir() {
            if !name.ends_with("node_modules") && !name.ends_with("target") {
                walk(root, &path, into);
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(root.join(&path)).expect("source is UTF-8");
            into.push(Source::new(name, &text));
        }
    }
}

/// The files, without `.rs`, that `#[cfg(test)] mod name;`, however visible, in `source` brings in.
fn test_modules(source: &Source) -> Vec<String> {
    let folder = source.path.trim_end_matches(".rs").trim_end_matches("/lib").trim_end_matches("/main");
    let declares = |at: usize| {
        let mut after = end_of_attribute(&source.tokens, at)?;
        // `pub(crate)`, where tests of another room use it.
        if source.tokens.get(after)?.is("pub") {
            after += if source.tokens.get(after + 1)?.is("(") { 4 } else { 1 };
        }
        let [word, name, end] = source.tokens.get(after..after + 3)? else { return None };
        (word.is("mod") && end.is(";")).then(|| format!("{folder}/{}", name.text))
    };
    (0..source.tokens.len())
        .filter(|&at| is_test_attribute(&source.tokens, at))
        .filter_map(declares)
        .collect()
}

fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut living = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(tokens, at) {
            at = end_of_item(tokens, at);
        } else {
            living.push(tokens[at].clone());
            at += 1;
        }
    }
    living
}

/// Is this the `#` of a `#[cfg(…test…)]`?
fn is_test_attribute(tokens: &[Token], at: usize) -> bool {
    let starts = ["#", "[", "cfg", "("]
        .iter()
        .enumerate()
        .all(|(by, text)| tokens.get(at + by).is_some_and(|t| t.is(text)));
    let end = if starts { end_of_attribute(tokens, at) } else { None };
    let inside = end.map_or(&[][..], |end| &tokens[at..end]);
    inside.iter().any(|token| token.is("test")) && !inside.iter().any(|token| token.is("not"))
}

fn end_of_attribute(tokens: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(at + 1) {
        depth += i32::from(token.is("[")) - i32::from(token.is("]"));
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

/// Behind the item whose first attribute stands at `at`: its `;`, or the brace that closes it.
fn end_of_item(tokens: &[Token], at: usize) -> usize {
    let mut index = at;
    while tokens.get(index).is_some_and(|token| token.is("#")) {
        index = end_of_attribute(tokens, index).unwrap_or(tokens.len());
    }
    let mut depth = 0;
    while let Some(token) = tokens.get(index) {
        index += 1;
        match token.text.as_str() {
            "(" | "[" | "{" if token.kind == Kind::Mark => depth += 1,
            ")" | "]" if token.kind == Kind::Mark => depth -= 1,
            "}" if token.kind == Kind::Mark => {
                depth -= 1;
                // `use a::{b};` closes a brace and goes on.
                if depth == 0 && !tokens.get(index).is_some_and(|next| next.is(";")) {
                    return index;
                }
            }
            ";" if depth == 0 && token.kind == Kind::Mark => return index,
            _ => {}
        }
    }
    index
}

/// Words, lifetimes, literals and marks; `::` is one mark, comments are none.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { rest: text, line: 1, found: Vec::new() };
    while let Some(first) = reader.rest.chars().next() {
        reader.step(first);
    }
    reader.found
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    found: Vec<Token>,
}

impl Reader<'_> {
    fn step(&mut self, first: char) {
        let rest = self.rest;
        if first.is_whitespace() {
            self.pass(first.len_utf8());
        } else if rest.starts_with("//") {
            self.pass(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.pass(block_comment(rest));
        } else if let Some(length) = raw_string(rest).or_else(|| quoted(rest)) {
            self.take(Kind::Literal, length);
        } else if first == '\'' {
            let name = 1 + word_length(&rest[1..]);
            let kind =
                if rest[name..].starts_with('\'') && name > 1 { Kind::Literal } else { Kind::Lifetime };
            self.take(kind, name + usize::from(kind == Kind::Literal));
        } else if first.is_ascii_digit() {
            self.take(Kind::Literal, word_length(rest));
        } else if first.is_alphanumeric() || first == '_' {
            self.take(Kind::Word, word_length(rest));
        } else {
            self.take(Kind::Mark, if rest.starts_with("::") { 2 } else { first.len_utf8() });
        }
    }

    fn take(&mut self, kind: Kind, length: usize) {
        self.found.push(Token { kind, text: self.rest[..length].to_owned(), line: self.line });
        self.pass(length);
    }

    fn pass(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length);
        self.line += passed.matches('\n').count();
        self.rest = rest;
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of `r"…"`, `br#"…"#` and their like.
fn raw_string(text: &str) -> Option<usize> {
    let body = text.strip_prefix('b').or_else(|| text.strip_prefix('c')).unwrap_or(text).strip_prefix('r')?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let inside = body[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let before = text.len() - inside.len();
    Some(inside.find(&close).map_or(text.len(), |end| before + end + close.len()))
}

/// The length of a string, or of a character that is not plainly a word in quotes; lifetimes are neither.
fn quoted(text: &str) -> Option<usize> {
    let body = text.strip_prefix('b').or_else(|| text.strip_prefix('c')).unwrap_or(text);
    let prefix = text.len() - body.len();
    let quote = body.chars().next().filter(|&first| first == '"' || first == '\'')?;
    let second = body[1..].chars().next()?;
    let may_be_lifetime = quote == '\'' && prefix == 0 && (second.is_alphabetic() || second == '_');
    if may_be_lifetime {
        return None;
    }
    let mut escaped = false;
    for (at, c) in body.char_indices().skip(1) {
        if c == quote && !escaped {
            return Some(prefix + at + 1);
        }
        escaped = c == '\\' && !escaped;
    }
    Some(text.len())
}
