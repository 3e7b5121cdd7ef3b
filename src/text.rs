//! Foreign text made safe to show: the only door from outside to the screen, the record and the log file.
//!
//! Control characters become their visible pictures, bidirectional overrides and invisible format characters a mark
//! that names them, so that what is shown is what was there and nothing of it acts on the terminal.
//! Deliberately absent: trimming and normalising; a name is shown as it came.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

/// Text that can be shown: no control character, no bidirectional override, nothing invisible.
/// Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Safe(Arc<str>);

impl Safe {
    /// Makes `foreign` visible, character by character.
    #[must_use]
    pub fn new(foreign: &str) -> Self {
        if foreign.chars().all(is_plain) {
            return Self(foreign.into());
        }
        let mut shown = String::with_capacity(foreign.len().saturating_add(16));
        for c in foreign.chars() {
            push_visible(&mut shown, c);
        }
        Self(shown.into())
    }

    /// Text from bytes in UTF-8; what isn't UTF-8 becomes the replacement character.
    #[must_use]
    pub fn from_bytes(foreign: &[u8]) -> Self {
        Self::new(&String::from_utf8_lossy(foreign))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same for a terminal that can show ASCII alone.
    #[must_use]
    pub fn in_ascii(&self) -> Self {
        let shown: String = self.chars().map(nearest_ascii).collect();
        Self(shown.into())
    }
}

/// `EMFILE` and `ENFILE`, by whose own words few would know what to do.
const FILES_OF_PROCESS: i32 = 24;
const FILES_OF_MACHINE: i32 = 23;

/// What the system says went wrong.
#[must_use]
pub fn told(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(FILES_OF_PROCESS) => {
            "this process may have no more files and connections open (os error 24); it can after a new start under a higher `ulimit -n`".into()
        }
        Some(FILES_OF_MACHINE) => "this machine can have no more files open (os error 23)".into(),
        _ => error.to_string(),
    }
}

/// The ASCII character that comes nearest; a question mark where none does.
#[must_use]
pub const fn nearest_ascii(c: char) -> char {
    match c {
        c if c.is_ascii() => c,
        '…' => '~',
        '·' | '–' | '—' => '-',
        '×' => 'x',
        '“' | '”' => '"',
        '’' => '\'',
        '↑' => '^',
        '↓' => 'v',
        '←' => '<',
        '→' => '>',
        '▇' => '#',
        _ => '?',
    }
}

/// Neither acts on a terminal nor hides or reorders text.
pub fn is_plain(c: char) -> bool {
    !c.is_control() && !is_hidden(c)
}

/// Format characters that reorder or hide text (Unicode general category Cf, less the joiners that scripts need,
/// plus the line and paragraph separators).
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn push_visible(shown: &mut String, c: char) {
    match c {
        '\t' => shown.push_str("    "),
        '\u{7f}' => shown.push('\u{2421}'),
        c if (c as u32) < 0x20 => shown.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
        c if c.is_control() || is_hidden(c) => {
            use fmt::Write as _;
            // Writing to a String can't fail.
            let _ = write!(shown, "<U+{:04X}>", c as u32);
        }
        c => shown.push(c),
    }
}

impl Deref for Safe {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Safe {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Safe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Safe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl From<&str> for Safe {
    fn from(foreign: &str) -> Self {
        Self::new(foreign)
    }
}

impl From<String> for Safe {
    fn from(foreign: String) -> Self {
        Self::new(&foreign)
    }
}

impl Default for Safe {
    fn default() -> Self {
        Self("".into())
    }
}

impl<'de> Deserialize<'de> for Safe {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|foreign| Self::new(&foreign))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_on_a_terminal_becomes_visible() {
        let check = |foreign: &str, shown: &str| assert_eq!(Safe::new(foreign).as_str(), shown);
        check("svc-mdi", "svc-mdi");
        check("\u{1b}[31mred", "\u{241b}[31mred");
        check("a\tb", "a    b");
        check("evil\u{202e}txt", "evil<U+202E>txt");
        check("nul\0", "nul\u{2400}");
        check("c1\u{9b}31m", "c1<U+009B>31m");
        check("bom\u{feff}", "bom<U+FEFF>");
        check("Grüße 漢字", "Grüße 漢字");
    }

    #[test]
    fn bytes_that_are_not_text_are_marked_and_not_lost() {
        assert_eq!(Safe::from_bytes(b"a\xff\xfeb").as_str(), "a\u{fffd}\u{fffd}b");
    }

    proptest! {
        #[test]
        fn nothing_that_acts_comes_through(foreign in any::<String>()) {
            let safe = Safe::new(&foreign);
            prop_assert!(safe.chars().all(is_plain));
            prop_assert_eq!(Safe::new(&safe), safe);
        }
    }
}
