//! What announces a secret: its key in one of the ways of writing that logs have, an element, a scheme, an address.
//!
//! Pure. `PublicKeyToken` stands in every .NET type's name and is none, so a token needs to be told which one it is.
//! Deliberately absent: where the value ends (`value`).

use std::sync::LazyLock;

use regex::Regex;

/// How secrets are called. What comes in front of it belongs to the name; what may follow is said here.
const STEM: &str = r"(?:passw(?:or)?d|passwort|kennwort|pwd|\bpw|SHORT|pass[-_\x20]?phrase|secret|(?:access|refresh|\bid|[_-]id|auth|bearer|session|security|sas|api)[-_.\x20]?token|\btoken|authorization|encrypted[-_]?bytes|(?:api|private|account|shared|subscription|access|(?:de|en)cryption|validation)[-_]?key|device[-_\x20]?code|code[-_]?verifier|(?:\b|[_-])(?:nt|lm|ntlm)[-_]?hash|(?-i:[a-z](?:NT|Nt|LM|Lm)Hash)|\bcookie|\bsig)s?(?:[-_]?(?:hash|value|text|bytes|string))?\d{0,3}";

/// Those that are everyday words as well: no secret is behind one and a colon with a blank.
const SHORT: &str = r"(?:\b|[_-])pass|(?-i:[a-z]Pass)|(?:\b|[_-])assertion|(?-i:[a-z]Assertion)";

/// Anything that could be one, so that other lines are passed over at once.
static PERHAPS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)pass|kennwort|pwd|\bpw|secret|token|authorization|encrypted|key|assertion|device.?code|verifier|(?:nt|lm)[-_]?hash|credential\s*\(|securestring|cookie|sig[=:]|bearer|basic\s|://[^\s/]*@|eyJ",
    )
    .ok()
});

static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let assigned = r"(?:\]?\s*(?::=|=>|->|→|=|%3d)(?P<spaced>\s*)|(?:\s+(?:is|was))?\s*(?P<colon>:)\s*)";
    let as_attribute = r#",?\s*\\*["']+value\\*["']+\s*[:=]\s*|\\*["']+,?\s*\\*["']*value\\*["']*\s*[:=]\s*|\\*["'],(?:\s*\\*["'][\w-]+\\*["']\s*:[^,:{}]*,){1,4}\s*\\*["']value\\*["']\s*:\s*"#;
    let tagged = r#"\b(?:name|n|key|id)\s*=\s*["'][^"'<>]*?STEM["'](?:[^<>]*?\svalue\s*=\s*|(?P<tagged>[^<>]*>\s*(?:<value(?:\s[^<>]*)?>\s*)?))"#;
    let element =
        r"(?:<|&lt;|\\u003c)(?:[\w.-]+:)?(?P<element>[\w.-]*?STEM)(?:\s(?:[^<>]*[^<>/])?)?(?:>|&gt;|\\u003e)";
    let argument = r#"(?:^|[\s"'\[(])--?[\w-]*?STEM\s+"#;
    let call = r#"\b(?:Network|PS)Credential\s*\(\s*(?:"[^"]*"|'[^']*'|[^,"'()]*),\s*|(?P<cmdlet>\bConvertTo-SecureString\s+(?:-(?:String|AsPlainText|Force)\s+)*)"#;
    let pair = r"\[[\w.-]*?STEM,\s+";
    let key = format!(
        r#"(?P<key>STEM)(?:\s+(?P<quote>["'])|(?P<closed>\\*(?:""|["'`])?){assigned}|(?:{as_attribute}))"#
    );
    let whole = format!(
        r"(?i){element}|{tagged}|(?P<argument>{argument}|{pair}|{call})|(?P<pem>-----BEGIN\x20[A-Z0-9\x20]*PRIVATE\x20KEY[A-Z\x20]*-----)|{key}|(?P<scheme>\b(?:bearer(?:\s*[:=]\s*|\s+)|basic\s+))|(?P<jwt>\beyJ)[\w-]{{8,}}\.|(?P<user>://[^\s/@:\x22']*:)[^\s/]*@"
    );
    Regex::new(&whole.replace("STEM", STEM).replace("SHORT", SHORT)).ok()
});

static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:pass(?:word|wd|phrase|wort)?|pwd|pw|kennwort|secret)\s+(?:is|was|ist|war|lautet)(?:\s+now|\s+jetzt)?:?\s+(\S+)").ok()
});

/// The words behind a password's name and a verb.
pub(super) fn said(text: &str) -> impl Iterator<Item = &str> {
    SAID.iter()
        .flat_map(|pattern| pattern.captures_iter(text))
        .filter_map(|found| Some(found.get(1)?.as_str()))
}

/// The pattern is not there.
#[derive(Debug)]
pub(super) struct NoPattern;

/// What announces it, and how.
pub(super) enum Named<'a> {
    /// `closed` is what closed the key's own quotes; `spaced` is whether blanks stand behind the equals sign alone.
    Key {
        closed: &'a str,
        colon: bool,
        spaced: bool,
    },
    Element(&'a str),
    /// The text of an element whose attribute names it.
    Tagged,
    /// A header of HTTP, which has keys of its own in it.
    Header,
    /// A private key, between its own lines.
    Pem,
    /// LDIF's base64, which goes on in lines that begin with one blank.
    Folded,
    /// One word.
    Word,
    /// Somebody's name in an address.
    User,
}

/// Where it begins, and where its value does.
pub(super) struct Found<'a> {
    pub start: usize,
    pub end: usize,
    pub named: Named<'a>,
}

pub(super) fn perhaps(line: &str) -> bool {
    PERHAPS.as_ref().is_none_or(|pattern| pattern.is_match(line))
}

/// The first in a text.
pub(super) fn next(text: &str) -> Result<Option<Found<'_>>, NoPattern> {
    let pattern = NAMED.as_ref().ok_or(NoPattern)?;
    let mut from = 0;
    while let Some(found) = pattern.captures_at(text, from) {
        let Some(whole) = found.get(0) else { break };
        from = whole.end();
        let behind = text.get(from..).unwrap_or("");
        let group = |name: &str| found.name(name);
        let (start, end) = (whole.start(), whole.end());
        let named = if let Some(name) = group("element") {
            Named::Element(name.as_str())
        } else if let Some(tag) = group("tagged") {
            if tag.as_str().trim_end().ends_with("/>") {
                continue;
            }
            Named::Tagged
        } else if let Some(quote) = group("quote") {
            let named = Named::Key { closed: "", colon: false, spaced: false };
            return Ok(Some(Found { start, end: quote.start(), named }));
        } else if group("pem").is_some() {
            Named::Pem
        } else if group("scheme").is_some() {
            if !is_a_token(behind) {
                continue;
            }
            Named::Word
        } else if let Some(first) = group("jwt") {
            return Ok(Some(Found { start, end: first.start(), named: Named::Word }));
        } else if let Some(user) = group("user") {
            return Ok(Some(Found { start, end: user.end(), named: Named::User }));
        } else {
            let colon = group("colon").is_some();
            // What a command says of itself, and words that are no key.
            if group("cmdlet").is_some() && behind.starts_with(':')
                || colon && whole.as_str().ends_with(char::is_whitespace) && is_everyday(whole.as_str())
            {
                continue;
            }
            if colon && let Some(rest) = behind.strip_prefix(':') {
                // And not a path of names, as `Password::Of`.
                if rest.starts_with(' ') {
                    let end = text.len().saturating_sub(rest.trim_start().len());
                    return Ok(Some(Found { start, end, named: Named::Folded }));
                }
                continue;
            }
            if group("key").is_some_and(|key| is_header(key.as_str())) {
                return Ok(Some(Found { start, end, named: Named::Header }));
            }
            let closed = group("closed").map_or("", |closed| closed.as_str());
            let before_equals =
                found.name("spaced").and_then(|spaced| text.get(..spaced.start())).is_some_and(|before| {
                    before.trim_end_matches(['=', '>', ':', '-', '→']).ends_with(char::is_whitespace)
                });
            let spaced = group("spaced").is_some_and(|spaced| !spaced.is_empty()) && !before_equals;
            Named::Key { closed, colon: colon && closed.is_empty(), spaced }
        };
        return Ok(Some(Found { start, end, named }));
    }
    Ok(None)
}

/// Their values hold equals signs and blanks.
fn is_header(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("authorization") || key.starts_with("cookie")
}

/// Of [`SHORT`], with its colon.
fn is_everyday(key: &str) -> bool {
    let name = key.trim_end().trim_end_matches(':').trim_end().to_ascii_lowercase();
    ["pass", "assertion", "assertions"].iter().any(|word| name.ends_with(word))
}

/// Not `bearer authentication`, and not a challenge.
fn is_a_token(behind: &str) -> bool {
    let word = behind.split_whitespace().next().unwrap_or("");
    let letters = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (name, more) = word.split_at_checked(letters).unwrap_or((word, ""));
    let challenge = more.starts_with('=') && !more.trim_matches('=').is_empty();
    let plain = more.trim_matches(['.', ',', ';', ':', ')', ']', '\'', '"']).is_empty();
    let prose = plain && name.chars().skip(1).all(|c| c.is_ascii_lowercase()) && name.len() < 20;
    !word.is_empty() && !challenge && !prose
}
