//! What this terminal can do, decided once from the arguments and the environment.
//!
//! Pure: the environment comes in as a lookup, so nothing here reads it. The terminal itself is asked nothing,
//! because an answer would arrive among the operator's keys.
//! Deliberately absent: terminfo, and colours beyond the sixteen that every theme defines.

/// Which colours may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Ansi16,
    Mono,
}

/// What `--color` said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// What stands between the program and the operator's own terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexer {
    Tmux,
    Screen,
}

/// What the operator asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    pub colour: ColourChoice,
    pub ascii: bool,
}

/// What may be sent to this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each read on its own")]
pub struct Traits {
    pub colour: Colour,
    /// Only ASCII can be trusted to come out as it went in.
    pub ascii: bool,
    /// The screen is at the other end of a link: fewer frames, and the clipboard is elsewhere.
    pub ssh: bool,
    pub multiplexer: Option<Multiplexer>,
    /// A frame may be wrapped in a synchronized update (mode 2026).
    pub synchronized: bool,
    /// The window's title can be set and put back.
    pub title: bool,
    /// Both ends, input and output, are terminals.
    pub is_terminal: bool,
    /// It can't place the cursor: only lines of text will do.
    pub dumb: bool,
}

impl Traits {
    /// Decides from what was asked for and what `environment` says. An empty variable counts as absent.
    #[must_use]
    pub fn decide(wishes: Wishes, environment: impl Fn(&str) -> Option<String>, is_terminal: bool) -> Self {
        let said = |name: &str| environment(name).filter(|value| !value.is_empty());
        let term = said("TERM").unwrap_or_default();
        let dumb = term.is_empty() || term == "dumb";
        let colourless = dumb || is_monochrome(&term) || said("NO_COLOR").is_some();
        let multiplexer = match (said("TMUX"), said("STY")) {
            (Some(_), _) => Some(Multiplexer::Tmux),
            (None, Some(_)) => Some(Multiplexer::Screen),
            // From inside one, at the other end of a link: only the terminal's name comes along.
            (None, None) if term.starts_with("tmux") => Some(Multiplexer::Tmux),
            (None, None) if term.starts_with("screen") => Some(Multiplexer::Screen),
            (None, None) => None,
        };
        let console = term == "linux";
        Self {
            colour: match wishes.colour {
                ColourChoice::Always => Colour::Ansi16,
                ColourChoice::Auto if !colourless => Colour::Ansi16,
                ColourChoice::Auto | ColourChoice::Never => Colour::Mono,
            },
            ascii: wishes.ascii || !speaks_utf8(said),
            ssh: said("SSH_CONNECTION").is_some() || said("SSH_TTY").is_some(),
            multiplexer,
            // Unknown modes are ignored by every terminal but a few old ones; these two have no use for it.
            synchronized: !dumb && !console && multiplexer != Some(Multiplexer::Screen),
            title: !dumb && !console,
            is_terminal,
            dumb,
        }
    }

    /// Whether a password may be put on the operator's clipboard through it: nothing in between may keep it.
    #[must_use]
    pub fn takes_password(self) -> bool {
        self.is_terminal && !self.dumb && self.multiplexer.is_none()
    }
}

fn is_monochrome(term: &str) -> bool {
    let is_dec = term.strip_prefix("vt").is_some_and(|model| model.starts_with(|c: char| c.is_ascii_digit()));
    is_dec || term.ends_with("-mono") || term.ends_with("-m")
}

/// The first of the locale's variables that is set decides, as it does for the C library; none set is the C locale.
fn speaks_utf8(said: impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(said).is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(wishes: Wishes, environment: &[(&str, &str)]) -> Traits {
        let lookup = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Traits::decide(wishes, lookup, true)
    }

    fn usual() -> Traits {
        Traits {
            colour: Colour::Ansi16,
            ascii: false,
            ssh: false,
            multiplexer: None,
            synchronized: true,
            title: true,
            is_terminal: true,
            dumb: false,
        }
    }

    #[test]
    fn the_environment_decides_what_may_be_sent() {
        let check = |extra: &[(&str, &str)], expected: Traits| {
            let mut environment = extra.to_vec();
            environment.extend([("TERM", "xterm-256color"), ("LANG", "de_DE.UTF-8")]);
            assert_eq!(decide(Wishes::default(), &environment), expected, "{extra:?}");
        };
        check(&[], usual());
        check(&[("NO_COLOR", "1")], Traits { colour: Colour::Mono, ..usual() });
        check(&[("NO_COLOR", "")], usual());
        check(&[("TERM", "vt220")], Traits { colour: Colour::Mono, ..usual() });
        let dumb = Traits { colour: Colour::Mono, synchronized: false, title: false, dumb: true, ..usual() };
        check(&[("TERM", "dumb")], dumb);
        check(&[("TERM", "linux")], Traits { synchronized: false, title: false, ..usual() });
        check(&[("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")], Traits { ssh: true, ..usual() });
        check(&[("SSH_TTY", "/dev/pts/3")], Traits { ssh: true, ..usual() });
        check(&[("TMUX", "/tmp/tmux")], Traits { multiplexer: Some(Multiplexer::Tmux), ..usual() });
        let screen = Traits { multiplexer: Some(Multiplexer::Screen), synchronized: false, ..usual() };
        check(&[("STY", "1.pts")], screen);
        check(&[("TERM", "tmux-256color")], Traits { multiplexer: Some(Multiplexer::Tmux), ..usual() });
        check(&[("TERM", "screen.xterm-256color")], screen);
        check(&[("LC_ALL", "C")], Traits { ascii: true, ..usual() });
        check(&[("LC_ALL", "C.utf8")], usual());
        check(&[("LC_ALL", ""), ("LC_CTYPE", "en_US.ISO-8859-1")], Traits { ascii: true, ..usual() });
    }

    #[test]
    fn nothing_said_is_a_dumb_terminal_in_the_c_locale() {
        let traits = decide(Wishes::default(), &[]);
        assert!(traits.dumb && traits.ascii);
        assert_eq!(traits.colour, Colour::Mono);
    }

    #[test]
    fn what_was_asked_for_wins_over_the_environment() {
        let check = |colour, no_color: &str, expected| {
            let environment = [("TERM", "xterm"), ("LANG", "C.UTF-8"), ("NO_COLOR", no_color)];
            assert_eq!(decide(Wishes { colour, ascii: false }, &environment).colour, expected);
        };
        check(ColourChoice::Always, "1", Colour::Ansi16);
        check(ColourChoice::Never, "", Colour::Mono);
        check(ColourChoice::Auto, "1", Colour::Mono);
        let wishes = Wishes { ascii: true, ..Wishes::default() };
        assert!(decide(wishes, &[("TERM", "xterm"), ("LANG", "C.UTF-8")]).ascii);
    }
}
