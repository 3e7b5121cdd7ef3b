//! What the program tells the terminal, sequence by sequence: only what it may.
//!
//! The list is of what is allowed, so that whatever else is sent is found, known today or not. Deliberately absent:
//! what the sequences do.

/// Everything in `output` that begins with ESC.
pub fn sequences(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    text.split('\x1b').skip(1).map(|rest| cut(rest).to_owned()).collect()
}

/// The sequence at the beginning of what follows an ESC. A string ends before the ESC of its own end.
fn cut(rest: &str) -> &str {
    let ends = |c: char| ('\x40'..='\x7e').contains(&c);
    let length = match rest.chars().next() {
        Some('[') => rest.get(1..).and_then(|rest| rest.find(ends)).map(|at| at + 2),
        Some(']' | 'P' | '_' | '^') => Some(rest.find('\x07').unwrap_or(rest.len())),
        Some(first) => Some(first.len_utf8()),
        None => None,
    };
    length.and_then(|length| rest.get(..length)).unwrap_or(rest)
}

/// Places, erases, scrolls, styles; the five modes that are taken back; the title. Nothing that is answered.
pub fn is_allowed(sequence: &str) -> bool {
    const MODES: [&str; 4] = ["[?25", "[?1049", "[?2004", "[?2026"];
    if let Some(mode) = sequence.strip_suffix(['h', 'l']) {
        return MODES.contains(&mode);
    }
    if matches!(sequence, "[22;2t" | "[23;2t" | "\\") {
        return true;
    }
    if let Some(title) = sequence.strip_prefix("]2;") {
        return !title.starts_with('?');
    }
    let numbers = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || c == ';');
    sequence
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(|last| "ABCDGHJKLMPSTX@dmr".contains(last)))
        .is_some_and(numbers)
}

/// The colours that a style sequence names.
pub fn colours(sequence: &str) -> Vec<u8> {
    let codes = sequence.strip_prefix('[').and_then(|rest| rest.strip_suffix('m')).unwrap_or_default();
    let codes = codes.split(';').filter_map(|code| code.parse().ok());
    codes.filter(|code| matches!(code, 30..=49 | 90..=107)).collect()
}

#[test]
fn what_may_not_be_sent_would_be_found() {
    let forbidden = [
        "\x1b[6n",
        "\x1b[c",
        "\x1b[>c",
        "\x1b[?u",
        "\x1b[18t",
        "\x1b]11;?\x07",
        "\x1b]11;?\x1b\\",
        "\x1bP+q544e\x1b\\",
        "\x1b[?1000h",
        "\x1b[?1003;1006h",
        "\x1b[?1004h",
        "\x1b[>1u",
        "\x1b[?2026$p",
        "\x1bc",
    ];
    for sent in forbidden {
        assert!(!sequences(sent.as_bytes()).iter().all(|one| is_allowed(one)), "{sent:?}");
    }
    let allowed =
        b"a\x1b[m\x1b[1;31mb\x1b[3;4H\x1b[2J\x1b[?2026h\x1b]2;1 Portal\x1b\\c\x1b[2;20r\x1b[3S\x1b[?25l";
    assert_eq!(sequences(allowed).len(), 10);
    assert!(sequences(allowed).iter().all(|one| is_allowed(one)), "{:?}", sequences(allowed));
    assert_eq!(colours("[0;1;31;106m"), [31, 106]);
    assert!(colours("[0;1;7m").is_empty());
}
