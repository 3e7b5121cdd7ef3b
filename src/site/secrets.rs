//! What looks like a secret in a text that must hold none.
//!
//! Pure. Looks at names (`password`, `token`), at pairs inside values (`--password=…`) and at long strings that nobody
//! would make up. Errs on the side of refusing. Deliberately absent: showing what was found. A short password under an
//! innocent name can't be told from any other word.

use std::fmt;

/// Why something looks like a secret. Says nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    Name,
    /// A value that names a secret and gives it.
    Pair,
    /// An address with a password in it.
    Address,
    Long,
    PrivateKey,
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "this key is named like a secret",
            Self::Pair => "this gives a secret by its name",
            Self::Address => "this address has a password in it",
            Self::Long => "this looks like a password, a token or a hash",
            Self::PrivateKey => "this looks like a private key",
        })
    }
}

/// Parts of a name that make it a secret's, wherever they stand.
const PARTS: [&str; 9] =
    ["password", "passwd", "passphrase", "pwd", "secret", "token", "credential", "apikey", "privatekey"];
/// Words that do so alone, among the words of a name.
const WORDS: [&str; 5] = ["pass", "pw", "key", "pin", "otp"];

/// Is this how somebody would call a secret?
pub fn in_name(name: &str) -> bool {
    let joined: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let joined = joined.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    PARTS.iter().any(|part| joined.contains(part))
        || words.any(|word| WORDS.iter().any(|secret| word.eq_ignore_ascii_case(secret)))
}

/// Looks through one value.
pub fn in_value(value: &str) -> Option<Suspicion> {
    if value.contains("-----BEGIN") {
        return Some(Suspicion::PrivateKey);
    }
    let authority = value.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    if authority.and_then(|authority| authority.rsplit_once('@')).is_some_and(|(user, _)| user.contains(':'))
    {
        return Some(Suspicion::Address);
    }
    if names_and_gives(value) {
        return Some(Suspicion::Pair);
    }
    let runs = value.split(|c: char| !(c.is_ascii_alphanumeric() || "+=~_!@#$^&%-".contains(c)));
    let path = is_absolute(value);
    let suspect = |run: &str| is_made_by_a_machine(run) && !(path && is_a_folders(run));
    runs.into_iter().any(suspect).then_some(Suspicion::Long)
}

/// Names a place on this machine or on a share, and so nothing that was made up to be hard to guess.
fn is_absolute(value: &str) -> bool {
    let drive = value.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
    drive || ["/", "~/", "\\\\"].iter().any(|start| value.starts_with(start))
}

/// Words with a version or a date between them, or an identifier in hexadecimal digits.
fn is_a_folders(run: &str) -> bool {
    let words = run.split(|c: char| !c.is_ascii_lowercase()).map(str::len).filter(|length| *length >= 3);
    let most = words.sum::<usize>().saturating_mul(5) >= run.chars().count().saturating_mul(2);
    most || run.chars().all(|c| c.is_ascii_hexdigit())
}

/// An argument of a command: also `user%password`, as Samba's programs take it, and programs that exist to pass one on.
pub fn in_argument(argument: &str) -> Option<Suspicion> {
    let user_and_more = argument.split_once('%').is_some_and(|(user, rest)| {
        // `%h` is what ssh fills in itself.
        let filled_in = rest.chars().nth(1).is_none_or(|c| !c.is_alphanumeric());
        user.ends_with(char::is_alphanumeric) && !filled_in
    });
    let option = argument.starts_with('-') && !argument.contains(['=', '{']) && in_option(argument);
    if user_and_more || option || argument.rsplit('/').next() == Some("sshpass") {
        return Some(Suspicion::Pair);
    }
    in_value(argument)
}

/// `--password`, whose value is the next argument. `--no-password` and its like give none.
fn in_option(option: &str) -> bool {
    let name = option.trim_start_matches('-');
    !name.starts_with("no-") && PARTS.iter().any(|part| name.to_ascii_lowercase().starts_with(part))
}

/// A comment is on the disk like everything else.
pub fn in_comment(comment: &str) -> Option<Suspicion> {
    in_value(comment)
}

/// `password=x`, `token: x`. Several words after it are prose and not a value.
fn names_and_gives(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    PARTS.iter().flat_map(|part| lower.match_indices(part)).any(|(at, part)| {
        let after = lower.get(at.saturating_add(part.len())..).unwrap_or_default();
        let given = after.trim_start().strip_prefix(['=', ':']).map(str::trim);
        given.is_some_and(|given| !given.is_empty() && given.split_whitespace().count() <= 2)
    })
}

/// Random-looking: changes between kinds of character more often than words and names do.
fn is_made_by_a_machine(run: &str) -> bool {
    let length = run.chars().count();
    if length < 20 || is_guid(run) {
        return false;
    }
    if length >= 32 && run.chars().all(|c| c.is_ascii_hexdigit()) {
        return true;
    }
    let kinds: Vec<Kind> = run.chars().filter_map(Kind::of).collect();
    let has = |kind| kinds.contains(&kind);
    let changes = kinds.windows(2).filter(|pair| match pair {
        [before, after] => before != after && !(*before == Kind::Upper && *after == Kind::Lower),
        _ => false,
    });
    let often = changes.count().saturating_mul(100) >= kinds.len().saturating_mul(22);
    let mixed = has(Kind::Upper) && has(Kind::Lower) && has(Kind::Digit);
    often && (mixed || (length >= 24 && has(Kind::Digit)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Upper,
    Lower,
    Digit,
    Sign,
}

impl Kind {
    /// A hyphen or underscore stands between words as well as in secrets, and tells nothing.
    fn of(c: char) -> Option<Self> {
        match c {
            '-' | '_' => None,
            c if c.is_ascii_uppercase() => Some(Self::Upper),
            c if c.is_ascii_lowercase() => Some(Self::Lower),
            c if c.is_ascii_digit() => Some(Self::Digit),
            _ => Some(Self::Sign),
        }
    }
}

/// `8-4-4-4-12` hexadecimal digits.
pub fn is_guid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_however_they_are_written() {
        for name in ["password", "Client_Secret", "client-secret", "apiKey", "api_key", "pass", "bearerToken"]
        {
            assert!(in_name(name), "{name}");
        }
        for name in ["host", "passive", "keyboard", "domain", "compass", "pinned"] {
            assert!(!in_name(name), "{name}");
        }
    }

    #[test]
    fn secrets_in_values_are_known() {
        let check = |value: &str, expected: Suspicion| assert_eq!(in_value(value), Some(expected), "{value}");
        // Made up for this test; the shapes are an application's secret, base64, hex, a bearer token.
        check("8mV8Q~kP2xT7wZ4nB6yR9sD3fG5hJ1lK0qE2uA7c", Suspicion::Long);
        check("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ", Suspicion::Long);
        check("8846f7eaee8fb117ad06bdd830b7586c", Suspicion::Long);
        check("eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiJ9aB3dE6gH9.x", Suspicion::Long);
        check("/8mV8Q~kP2xT7wZ4nB6yR9sD3fG5hJ1lK0qE2uA7c", Suspicion::Long);
        check("Get-ServiceStatus2024v2 SummerSummer2024Pass!x", Suspicion::Long);
        check("https://ana:hunter2@mdi.contoso.test/x", Suspicion::Address);
        check("--password=hunter2", Suspicion::Pair);
        check("token: abc", Suspicion::Pair);
        check("-----BEGIN PRIVATE KEY-----", Suspicion::PrivateKey);
    }

    #[test]
    fn what_a_site_is_made_of_is_no_secret() {
        for value in [
            "contoso-corp",
            "https://security.microsoft.com/settings/identities",
            "1b730954-1685-4b74-9bfd-dac224a7b894",
            "/srv/sensor-logs/dc1/Azure Advanced Threat Protection Sensor/2.191.15751.45259/Logs/*.log",
            "\\\\srv\\c$\\Program Files\\AzureAdvancedThreatProtectionSensor2024\\Logs",
            "standalone-sensor-01.branch-office-northwest.contoso.test",
            "Default-First-Site-Name",
            "StrictHostKeyChecking=yes",
            "Microsoft.Tri.Sensor-Errors.log",
            "fd00:1234:5678:9abc::10",
            "SRV-EUWEST-AD01-PRODUCTION",
            "/opt/mdi/Get-ServiceStatus2024v2.sh",
            "/srv/AzureATP2Sensor3Logs1/DC01EUWEST2A.log",
            "C:\\Probes\\Get-ServiceStatus2024v2.ps1",
            "/srv/sensor-logs/0f8fad5bd9cb469fa16570867728950e/x.log",
        ] {
            assert_eq!(in_argument(value), None, "{value}");
        }
    }

    #[test]
    fn arguments_that_pass_a_secret_on_are_known() {
        for argument in ["CONTOSO\\reader%hunter2", "--password", "/usr/bin/sshpass", "--pwd-file=x%yz"] {
            assert_eq!(in_argument(argument), Some(Suspicion::Pair), "{argument}");
        }
        for argument in ["-N", "--no-pass", "{service}", "%h", "ControlPath=~/.ssh/%C"] {
            assert_eq!(in_argument(argument), None, "{argument}");
        }
    }

    #[test]
    fn a_comment_may_speak_of_passwords_and_give_none() {
        assert_eq!(in_comment("# password = \"hunter2\""), Some(Suspicion::Pair));
        assert_eq!(in_comment("# The password: it is never put here, but typed."), None);
    }
}
